package dev.sluice.console.command;

/// Who types.
///
/// @param name  for the audit log: user, process, where from
/// @param level what they may do
public record Principal(String name, Level level) {}
