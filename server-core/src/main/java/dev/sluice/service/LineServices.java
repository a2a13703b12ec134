package dev.sluice.service;

import dev.sluice.protocol.Handler;
import java.time.InstantSource;
import java.util.Locale;

/// Handlers of lines. Each is stateless, and may be shared by all connections.
public final class LineServices {

    private LineServices() {}

    /// Answers each line with itself.
    public static Handler<String, String> echo() {
        return (line, call) -> line;
    }

    /// Answers each line with itself in capital letters.
    public static Handler<String, String> upper() {
        return (line, call) -> line.toUpperCase(Locale.ROOT);
    }

    /// Answers each line with the time: ISO 8601, in UTC.
    public static Handler<String, String> time(InstantSource clock) {
        return (line, call) -> clock.instant().toString();
    }
}
