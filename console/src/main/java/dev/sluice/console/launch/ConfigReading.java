package dev.sluice.console.launch;

import dev.sluice.api.ServerConfig;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import java.util.List;
import java.util.Map;

/// What a reading of the configuration file gave. Immutable.
sealed interface ConfigReading {

    /// The file and its includes, with what they held; those included that were not there, too.
    FileContents files();

    /// A configuration that a server can be started with.
    ///
    /// @param server what it is
    /// @param levels of loggers, by name
    /// @param found  each value that was given, by its full key
    /// @param parts  what providers made for it
    record Usable(
            ServerConfig server,
            Map<String, String> levels,
            Map<String, Findings.Found> found,
            Parts parts,
            FileContents files) implements ConfigReading {}

    /// @param problems at least one
    record Broken(List<ConfigProblem> problems, FileContents files) implements ConfigReading {}
}
