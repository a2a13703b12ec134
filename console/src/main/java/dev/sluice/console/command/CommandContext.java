package dev.sluice.console.command;

import dev.sluice.api.ServerControl;
import io.micrometer.core.instrument.MeterRegistry;

/// Everything a command may use.
///
/// @param server    to read and change
/// @param config    the file it was started from
/// @param logs      levels of loggers
/// @param meters    the registry that is scraped
/// @param principal who types
/// @param build     which program this is
/// @param reverts   what undoes itself later; shared by all sessions, closed by whoever made it
public record CommandContext(
        ServerControl server,
        ConfigControl config,
        LogControl logs,
        MeterRegistry meters,
        Principal principal,
        Build build,
        Reverts reverts) {}
