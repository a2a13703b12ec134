package dev.sluice.console.command;

import dev.sluice.api.ReloadReport;
import dev.sluice.api.ResizeReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What commands need beside the server: the configuration file it was started from. Safe from any thread.
public interface ConfigControl {

    /// Reads the file and applies it, or only says what it would change. Never throws for a bad file.
    ///
    /// @param dryRun whether to change nothing
    ReloadResult reload(boolean dryRun);

    /// Changes how many may run at once in a pool, never in the midst of a reload.
    ///
    /// @throws IllegalArgumentException for a pool that is not there, or a size that it cannot have
    ResizeReport resize(String pool, int size);

    /// Every key, in the order of the documentation.
    List<ConfigEntry> entries();

    /// Where the configuration is from, and how its last reload went.
    ConfigStatus status();

    /// What a reload found.
    ///
    /// @param report   what changed, or would; null when the file could not be used
    /// @param problems of the file, in its order; empty when there is a report
    record ReloadResult(@Nullable ReloadReport report, List<ConfigProblem> problems) {}

    /// One thing that is wrong with the file.
    ///
    /// @param file    its path, or that of the file it includes
    /// @param line    from 1; 0 when it is not known
    /// @param key     its full path; may be empty
    /// @param message what is wrong and what is allowed
    record ConfigProblem(String file, int line, String key, String message) {}

    /// One key. Secrets are replaced before they get here.
    ///
    /// @param key       its full path
    /// @param value     that holds now
    /// @param byDefault what would hold without any configuration
    /// @param inFile    what the file says; empty when it says nothing
    /// @param source    of the value: `default`, `file`, `env`, `command line`, or who set it and until when
    /// @param kind      how a change of it takes effect: `live` or `restart`
    record ConfigEntry(String key, String value, String byDefault, String inFile, String source, String kind) {}

    /// @param path       of the file
    /// @param lastReload when it was last read after the start; null when it never was
    /// @param lastFailed whether that reading failed
    /// @param summary    of it in one line, for people; may be empty
    record ConfigStatus(String path, @Nullable Instant lastReload, boolean lastFailed, String summary) {}
}
