package dev.sluice.console.command;

/// Which program this is.
///
/// @param version of Sluice
/// @param pid     of this process
public record Build(String version, long pid) {

    /// This process.
    public static Build of(String version) {
        return new Build(version, ProcessHandle.current().pid());
    }
}
