package dev.sluice.console.command;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;

/// What this process uses.
///
/// @param heapUsed   bytes
/// @param heapMax    bytes
/// @param files      open file descriptors; −1 where the system does not tell
/// @param filesLimit how many it may open; −1 where the system does not tell
record ProcessInfo(long heapUsed, long heapMax, long files, long filesLimit) {

    static ProcessInfo now() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            return new ProcessInfo(heap.getUsed(), heap.getMax(), unix.getOpenFileDescriptorCount(), unix.getMaxFileDescriptorCount());
        }
        return new ProcessInfo(heap.getUsed(), heap.getMax(), -1, -1);
    }
}
