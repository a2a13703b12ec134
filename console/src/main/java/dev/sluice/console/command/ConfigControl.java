package dev.sluice.console.command;

import dev.sluice.api.ReloadReport;
import dev.sluice.api.ResizeReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What commands need beside the server: the configuration file it was started from. Safe from any thread.
public interface ConfigControl {

    /// Reads the file and applies it, or only says what it would change. Never throws for a bad file.
    ///
    /// @param dryRun whether to change nothing
    ReloadResult reload(boolean dryRun);

    /// Gives a key a value that wins over the file until it is unset, its time is over, or it is saved; or only says what that would
    /// change. Never throws for a bad key or value.
    ///
    /// @param dryRun whether to change nothing
    ReloadResult set(Setting setting, boolean dryRun);

    /// Gives a key that was set the value of the file again, or only says what that would change.
    ///
    /// @param dryRun whether to change nothing
    /// @throws IllegalArgumentException when it is not set
    ReloadResult unset(String key, boolean dryRun);

    /// Sets how many may run at once in a pool. Unlike other changes, this can be done during a drain.
    ///
    /// @param by   who
    /// @param time after which it goes back by itself; null when it stays
    /// @throws IllegalArgumentException for a pool that is not there, or a size that it cannot have
    ResizeReport resize(String pool, int size, String by, @Nullable Duration time);

    /// Writes what was set into the file, all else in which stays as it is; or only says how the file would change.
    ///
    /// @param dryRun whether to write nothing
    SaveResult save(boolean dryRun);

    /// The keys that are set, in the order in which they were.
    List<String> settings();

    /// Every key, in the order of the documentation.
    List<ConfigEntry> entries();

    /// Where the configuration is from, and how its last reload went.
    ConfigStatus status();

    /// What somebody wants a key to be.
    ///
    /// @param key   its full path
    /// @param value as it was typed
    /// @param by    who
    /// @param time  after which it goes back by itself; null when it stays
    record Setting(String key, String value, String by, @Nullable Duration time) {}

    /// What was written into the file, or would be.
    ///
    /// @param file    its path
    /// @param backup  the path of what it held before; empty when nothing was written
    /// @param keys    what was set, and what became of it
    /// @param lines   of the file that differ, each with its number and `-` for one that goes or `+` for one that comes
    /// @param problem why nothing could be written; empty when it could
    record SaveResult(String file, String backup, List<SavedKey> keys, List<String> lines, String problem) {}

    /// One key that was set.
    ///
    /// @param before what the file says; `-` when it says nothing
    /// @param after  what holds
    /// @param saved  whether the file says so now, or would
    /// @param result for people
    record SavedKey(String key, String before, String after, boolean saved, String result) {}

    /// What a change of the configuration found.
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
    /// @param source    of the value: `default`, `file`, `env NAME`, `command line`, or who set it and until when
    /// @param kind      how a change of it takes effect: `live`, `rebind` or `restart`
    record ConfigEntry(String key, String value, String byDefault, String inFile, String source, String kind) {}

    /// @param path       of the file
    /// @param lastReload when it was last read after the start; null when it never was
    /// @param lastFailed whether that reading failed
    /// @param summary    of it in one line, for people; may be empty
    record ConfigStatus(String path, @Nullable Instant lastReload, boolean lastFailed, String summary) {}
}
