package dev.sluice.console.launch;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sluice.api.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What the operating system allows, held against what the configuration wants.
///
/// @param files   open at once; empty when the system does not say
/// @param backlog the longest queue of connections not yet accepted; empty when the system does not say
record SystemLimits(OptionalLong files, OptionalLong backlog) {

    /// Files that are not connections: the program, its log, selectors, files being served.
    private static final int SPARE_FILES = 200;

    static SystemLimits here() {
        OptionalLong files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? OptionalLong.of(unix.getMaxFileDescriptorCount())
                : OptionalLong.empty();
        return new SystemLimits(files, number(Path.of("/proc/sys/net/core/somaxconn")));
    }

    private static OptionalLong number(Path file) {
        // Such a file gives everything to its first read and nothing to a second: it must be read through a buffer.
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return OptionalLong.of(Long.parseLong(String.valueOf(reader.readLine()).strip()));
        } catch (IOException | NumberFormatException notSaid) {
            return OptionalLong.empty();
        }
    }

    /// What will not work as configured; each with both numbers.
    List<String> warnings(ServerConfig config) {
        List<String> warnings = new ArrayList<>();
        int connections = config.limits().connections();
        if (files.isPresent() && connections + SPARE_FILES > files.getAsLong()) {
            warnings.add("limits.connections is " + connections + ", but the process may open only " + files.getAsLong()
                    + " files: raise ulimit -n, or lower the limit");
        }
        config.listeners().forEach((name, listener) -> {
            if (backlog.isPresent() && listener.tcp().backlog() > backlog.getAsLong()) {
                warnings.add("listeners." + name + ".tcp.backlog is " + listener.tcp().backlog() + ", but the kernel cuts it to "
                        + backlog.getAsLong() + ": raise net.core.somaxconn, or lower it");
            }
        });
        return List.copyOf(warnings);
    }
}
