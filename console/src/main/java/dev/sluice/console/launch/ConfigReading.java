package dev.sluice.console.launch;

import com.typesafe.config.Config;
import dev.sluice.api.ServerConfig;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a reading of the configuration file gave. Immutable.
sealed interface ConfigReading {

    /// The file and its includes, with what they held; those included that were not there, too.
    FileContents files();

    /// What is wrong beside the file, and harms nothing else: plugins that were refused.
    List<ConfigProblem> warnings();

    /// A configuration that a server can be started with.
    ///
    /// @param server  what it is
    /// @param levels  of loggers, by name
    /// @param found   each value that was given, by its full key
    /// @param waiting the listeners whose service may wait for something
    /// @param parsed  what it was read from, with the command line, its references not yet resolved
    /// @param parts   what providers made for it
    record Usable(
            ServerConfig server,
            Map<String, String> levels,
            Map<String, Findings.Found> found,
            Set<String> waiting,
            Config parsed,
            Parts parts,
            FileContents files) implements ConfigReading {

        @Override
        public List<ConfigProblem> warnings() {
            return parts.plugins().refused();
        }
    }

    /// @param problems at least one
    record Broken(List<ConfigProblem> problems, List<ConfigProblem> warnings, FileContents files) implements ConfigReading {}
}
