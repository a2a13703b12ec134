package dev.sluice.api;

import java.time.Duration;

/// Deadlines: each for the whole of what it names, so that a byte now and then does not prolong it.
///
/// @param preface from the moment a connection is served to the end of its PROXY header, where `proxy-protocol` demands one. Then it is closed
/// @param handshake from the moment a connection is served, or its PROXY header has come, to the end of its TLS handshake. Then it is closed
/// @param idle    between requests, and before the first: until the first byte of one. Then the connection is closed
/// @param head    from the first byte of a request to the end of its head, or of its line. Then it is refused: HTTP says 408
/// @param body    from the end of the head to the end of the body. Then it is refused likewise
/// @param handler from the moment a handler is called to its return. Then its thread is interrupted and the client told: HTTP says 503
/// @param write   without any progress while bytes wait to be sent. Then the connection is closed
/// @param linger  after the last response: how long to read on and drop what comes, so that the response is not lost to a reset; 0 to close
///                at once
@Live
public record Timeouts(
        Duration preface, Duration handshake, Duration idle, Duration head, Duration body, Duration handler, Duration write, Duration linger) {

    private static final Duration PREFACE = Duration.ofSeconds(5);
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    public static final Timeouts DEFAULT = new Timeouts(
            PREFACE, HANDSHAKE, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMillis(500));

    public Timeouts {
        Check.positive("preface", preface);
        Check.positive("handshake", handshake);
        Check.positive("idle", idle);
        Check.positive("head", head);
        Check.positive("body", body);
        Check.positive("handler", handler);
        Check.positive("write", write);
        Check.duration("linger", linger);
    }

    /// With the usual time for what comes before the first request.
    public Timeouts(Duration idle, Duration head, Duration body, Duration handler, Duration write, Duration linger) {
        this(PREFACE, HANDSHAKE, idle, head, body, handler, write, linger);
    }

    public Timeouts withPreface(Duration next) {
        return new Timeouts(next, handshake, idle, head, body, handler, write, linger);
    }

    public Timeouts withHandshake(Duration next) {
        return new Timeouts(preface, next, idle, head, body, handler, write, linger);
    }

    public Timeouts withIdle(Duration next) {
        return new Timeouts(preface, handshake, next, head, body, handler, write, linger);
    }

    public Timeouts withHead(Duration next) {
        return new Timeouts(preface, handshake, idle, next, body, handler, write, linger);
    }

    public Timeouts withBody(Duration next) {
        return new Timeouts(preface, handshake, idle, head, next, handler, write, linger);
    }

    public Timeouts withHandler(Duration next) {
        return new Timeouts(preface, handshake, idle, head, body, next, write, linger);
    }

    public Timeouts withWrite(Duration next) {
        return new Timeouts(preface, handshake, idle, head, body, handler, next, linger);
    }
}
