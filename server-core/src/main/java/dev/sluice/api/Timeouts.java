package dev.sluice.api;

import java.time.Duration;

/// Deadlines: each for the whole of what it names, so that a byte now and then does not prolong it.
///
/// @param handshake from the accepted connection to the end of its TLS handshake. Then the connection is closed
/// @param idle    between requests, and before the first: until the first byte of one. Then the connection is closed
/// @param head    from the first byte of a request to the end of its head, or of its line. Then it is refused: HTTP says 408
/// @param body    from the end of the head to the end of the body. Then it is refused likewise
/// @param handler from the moment a handler is called to its return. Then its thread is interrupted and the client told: HTTP says 503
/// @param write   without any progress while bytes wait to be sent. Then the connection is closed
/// @param linger  after the last response: how long to read on and drop what comes, so that the response is not lost to a reset; 0 to close
///                at once
@Live
public record Timeouts(Duration handshake, Duration idle, Duration head, Duration body, Duration handler, Duration write, Duration linger) {

    public static final Timeouts DEFAULT = new Timeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(500));

    public Timeouts {
        Check.positive("handshake", handshake);
        Check.positive("idle", idle);
        Check.positive("head", head);
        Check.positive("body", body);
        Check.positive("handler", handler);
        Check.positive("write", write);
        Check.duration("linger", linger);
    }

    public Timeouts withHandshake(Duration next) {
        return new Timeouts(next, idle, head, body, handler, write, linger);
    }

    public Timeouts withIdle(Duration next) {
        return new Timeouts(handshake, next, head, body, handler, write, linger);
    }

    public Timeouts withHead(Duration next) {
        return new Timeouts(handshake, idle, next, body, handler, write, linger);
    }

    public Timeouts withBody(Duration next) {
        return new Timeouts(handshake, idle, head, next, handler, write, linger);
    }

    public Timeouts withHandler(Duration next) {
        return new Timeouts(handshake, idle, head, body, next, write, linger);
    }

    public Timeouts withWrite(Duration next) {
        return new Timeouts(handshake, idle, head, body, handler, next, linger);
    }
}
