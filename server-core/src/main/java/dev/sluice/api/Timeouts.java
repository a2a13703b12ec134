package dev.sluice.api;

import java.time.Duration;

/// Deadlines: each for the whole of what it names, so that a byte now and then does not prolong it.
///
/// @param idle    at a message boundary, until the first byte of a request
/// @param head    from the first byte of a request to the end of its head
/// @param body    from the end of the head to the end of the body
/// @param handler from the moment a handler is called to its return
/// @param write   without any progress while bytes wait to be sent
/// @param linger  how long to read and drop after the last response, so that it is not lost to a reset
@Live
public record Timeouts(Duration idle, Duration head, Duration body, Duration handler, Duration write, Duration linger) {

    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(500));

    public Timeouts {
        Check.positive("idle", idle);
        Check.positive("head", head);
        Check.positive("body", body);
        Check.positive("handler", handler);
        Check.positive("write", write);
        Check.duration("linger", linger);
    }

    public Timeouts withIdle(Duration next) {
        return new Timeouts(next, head, body, handler, write, linger);
    }

    public Timeouts withHead(Duration next) {
        return new Timeouts(idle, next, body, handler, write, linger);
    }

    public Timeouts withBody(Duration next) {
        return new Timeouts(idle, head, next, handler, write, linger);
    }

    public Timeouts withHandler(Duration next) {
        return new Timeouts(idle, head, body, next, write, linger);
    }

    public Timeouts withWrite(Duration next) {
        return new Timeouts(idle, head, body, handler, next, linger);
    }
}
