package dev.sluice.console.launch;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// What the machine has to give.
///
/// @param files   open at once; empty when the system does not say
/// @param backlog the longest queue of connections not yet accepted; empty when the system does not say
/// @param heap    the most that Java's heap may grow to, in bytes
record SystemLimits(OptionalLong files, OptionalLong backlog, long heap) {

    static SystemLimits here() {
        OptionalLong files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? OptionalLong.of(unix.getMaxFileDescriptorCount())
                : OptionalLong.empty();
        return new SystemLimits(files, number(Path.of("/proc/sys/net/core/somaxconn")), Runtime.getRuntime().maxMemory());
    }

    private static OptionalLong number(Path file) {
        // Such a file gives everything to its first read and nothing to a second: it must be read through a buffer.
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return OptionalLong.of(Long.parseLong(String.valueOf(reader.readLine()).strip()));
        } catch (IOException | NumberFormatException notSaid) {
            return OptionalLong.empty();
        }
    }
}
