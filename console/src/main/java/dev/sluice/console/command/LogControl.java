package dev.sluice.console.command;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// The levels of loggers. Safe from any thread. Levels are `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR` and `OFF`; the root logger is `ROOT`.
public interface LogControl {

    /// The level that holds for a logger, its own or inherited.
    String level(String logger);

    /// The level that was given to the logger itself; null when it inherits one.
    @Nullable String ownLevel(String logger);

    /// Gives a logger a level, to stay.
    ///
    /// @param level null to inherit
    void level(String logger, @Nullable String level);

    /// Gives a logger a level for some time. A level that is given otherwise meanwhile, by a person or by the configuration, stays.
    ///
    /// @param level null to inherit
    void levelForNow(String logger, @Nullable String level);

    /// Gives a logger the level it had before `levelForNow`; no effect when it has been given another since.
    void levelAsBefore(String logger);

    /// The names of all loggers there are.
    Collection<String> loggers();
}
