package dev.sluice.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Every meter of a server: what [ServerMetrics] registers is here, and what is here it registers.
///
/// The names are the same for every I/O model and every type of pool. Tag values come from configuration and from enums, never from
/// clients, so that the number of series is bounded. Only traffic listeners are measured: what reads the metrics does not appear in
/// them. All pools are, because an admin listener that starves is worth seeing.
///
/// What comes and goes while a server runs, listeners, pools and loops, brings its meters and takes them away; see [ServerMetrics#observe].
///
/// The names are chosen for what Prometheus makes of them: the base unit and `_total` are appended there.
public enum SluiceMeter {

    SERVER_STATE("sluice.server.state", Kind.GAUGE, "", "1 for the state the server is in, 0 for the others", "state"),
    SERVER_UPTIME("sluice.server.uptime", Kind.GAUGE, "seconds", "Time since the server of this name started", "server"),
    DRAIN_PHASE("sluice.drain.phase", Kind.GAUGE, "",
            "The phase of the drain under way, from 1 (mark) to 8 (release); 0 when there is none"),
    CONFIG_GENERATION("sluice.config.generation", Kind.GAUGE, "", "1 at the start, and one more with each change of configuration"),
    CONFIG_RELOADS("sluice.config.reloads", Kind.COUNTER, "", "Changes of configuration, by whether they were applied", "result"),

    CONNECTIONS_ACTIVE("sluice.connections.active", Kind.GAUGE, "", "Admitted connections that have not ended"),
    CONNECTIONS_PEAK("sluice.connections.peak", Kind.GAUGE, "", "The most connections there were at once"),
    CONNECTIONS_LIMIT("sluice.connections.limit", Kind.GAUGE, "", "How many connections there may be at once"),
    CONNECTIONS_ACCEPTED("sluice.connections.accepted", Kind.COUNTER, "", "Connections taken from the kernel: admitted and refused ones"),
    CONNECTIONS_ADMITTED("sluice.connections.admitted", Kind.COUNTER, "", "Connections let in: active and closed ones"),
    CONNECTIONS_REFUSED("sluice.connections.refused", Kind.COUNTER, "", "Connections refused at accept", "reason"),
    CONNECTIONS_CLOSED("sluice.connections.closed", Kind.COUNTER, "", "Admitted connections that have ended", "reason"),
    CONNECTION_DURATION("sluice.connection.duration", Kind.TIMER, "seconds", "How old connections became", Buckets.LIVES, "listener"),

    LISTENER_ACCEPTING("sluice.listener.accepting", Kind.GAUGE, "", "1 while the listener accepts, 0 when paused, draining or closed",
            "listener"),
    LISTENER_CONNECTIONS("sluice.listener.connections", Kind.GAUGE, "", "Connections of the listener that have not ended", "listener"),
    LISTENER_RETIRING("sluice.listener.retiring", Kind.GAUGE, "",
            "How many of those were accepted before the listener was changed, and drain on the old terms", "listener"),
    LISTENER_INFO("sluice.listener.info", Kind.GAUGE, "", "1 for what the listener serves now, and on which threads",
            "listener", "protocol", "service", "io", "pool"),
    LISTENER_ACCEPTED("sluice.listener.accepted", Kind.COUNTER, "", "Connections the listener took from the kernel", "listener"),
    LISTENER_REFUSED("sluice.listener.refused", Kind.COUNTER, "", "Connections the listener refused", "listener", "reason"),
    LISTENER_ACCEPT_FAILURES("sluice.listener.accept.failures", Kind.COUNTER, "", "Failures of accept itself, such as too many open files",
            "listener"),
    LISTENER_CERTIFICATE_DAYS("sluice.listener.certificate.days", Kind.GAUGE, "",
            "Days until the first of the listener's certificates expires; not a number where it speaks in the clear", "listener"),
    READ("sluice.read", Kind.COUNTER, "bytes", "Received from clients", "listener"),
    WRITTEN("sluice.written", Kind.COUNTER, "bytes", "Sent to clients", "listener"),

    REQUESTS("sluice.requests", Kind.COUNTER, "", "Requests answered or refused", "listener", "outcome"),
    REQUESTS_ACTIVE("sluice.requests.active", Kind.GAUGE, "", "Requests begun and not answered"),
    REQUEST_SERVICE("sluice.request.service", Kind.TIMER, "seconds",
            "From the call of the handler to the encoded response; requests that never reached their handler are not in it",
            "listener", "outcome"),
    REQUEST_SERVICE_BUCKETS("sluice.request.service.buckets", Kind.COUNTER, "", "Of those, the requests that took at most `le` seconds",
            Buckets.REQUESTS, "listener", "outcome", "le"),
    REQUEST_LONGEST_SERVICE("sluice.request.longest.service", Kind.GAUGE, "seconds",
            "The longest of those in the last minute, to two digits; 0 when there was none", "listener"),
    REQUEST_WAIT("sluice.request.wait", Kind.TIMER, "seconds",
            "How long requests waited for a permit of their pool; those that needed none are not in it", "listener", "outcome"),
    REQUEST_WAIT_BUCKETS("sluice.request.wait.buckets", Kind.COUNTER, "", "Of those, the requests that waited at most `le` seconds",
            Buckets.REQUESTS, "listener", "outcome", "le"),
    HANDLER_FAILURES("sluice.handler.failures", Kind.COUNTER, "", "Times a handler, codec or source threw", "listener"),
    HANDLER_TIMEOUTS("sluice.handler.timeouts", Kind.COUNTER, "", "Times a handler met its deadline", "listener"),

    ACCESS_LOG_DROPPED("sluice.access.log.dropped", Kind.COUNTER, "",
            "Lines of access logs that came faster than they could be written, and were dropped"),

    POOL_INFO("sluice.pool.info", Kind.GAUGE, "", "1 for the type the pool has now, and for what its permits hold", "pool", "type", "unit"),
    POOL_SIZE("sluice.pool.size", Kind.GAUGE, "", "How many may run at once", "pool"),
    POOL_ACTIVE("sluice.pool.active", Kind.GAUGE, "", "How many run", "pool"),
    POOL_QUEUED("sluice.pool.queued", Kind.GAUGE, "", "How many wait for a permit", "pool"),
    POOL_CAPACITY("sluice.pool.capacity", Kind.GAUGE, "", "How many may wait for a permit", "pool"),
    POOL_UTILISATION("sluice.pool.utilisation", Kind.GAUGE, "", "The part of the permits in use over the last second, 0 to 1", "pool"),
    POOL_OLDEST_WAIT("sluice.pool.oldest.wait", Kind.GAUGE, "seconds", "How long the longest waiting has waited; 0 when none waits",
            "pool"),
    POOL_LONGEST_WAIT("sluice.pool.longest.wait", Kind.GAUGE, "seconds",
            "The longest wait for a permit that ended with one in the last minute, to two digits; 0 when there was none", "pool"),
    POOL_DONE("sluice.pool.done", Kind.COUNTER, "", "How many have run", "pool"),
    POOL_REFUSED("sluice.pool.refused", Kind.COUNTER, "", "How many found permits and queue full", "pool"),
    POOL_RETIRING("sluice.pool.retiring", Kind.GAUGE, "",
            "How many of those that run are still on an executor that was replaced, since the pool's type was changed", "pool"),
    POOL_STEALS("sluice.pool.steals", Kind.COUNTER, "", "Tasks taken over between threads, for types that do so", "pool"),

    LOOP_CONNECTIONS("sluice.loop.connections", Kind.GAUGE, "", "Connections the event loop holds", "listener", "loop"),
    LOOP_BUSY("sluice.loop.busy", Kind.GAUGE, "", "The part of the last second the loop did not wait, 0 to 1", "listener", "loop"),
    LOOP_LONGEST_TURN("sluice.loop.longest.turn", Kind.GAUGE, "seconds",
            "The longest the loop was away from its selector in the last minute", "listener", "loop");

    /// What a meter is.
    public enum Kind {
        /// Only grows.
        COUNTER,
        /// Grows and shrinks.
        GAUGE,
        /// A count and a sum; where it has buckets, a maximum of the last minutes and a histogram too.
        TIMER
    }

    /// What the names begin with.
    public static final String PREFIX = "sluice.";

    private final String dotted;
    private final Kind kind;
    private final String baseUnit;
    private final String description;
    private final List<Duration> buckets;
    private final List<String> tags;

    SluiceMeter(String dotted, Kind kind, String baseUnit, String description, String... tags) {
        this(dotted, kind, baseUnit, description, List.of(), tags);
    }

    SluiceMeter(String dotted, Kind kind, String baseUnit, String description, List<Duration> buckets, String... tags) {
        this.dotted = dotted;
        this.kind = kind;
        this.baseUnit = baseUnit;
        this.description = description;
        this.buckets = buckets;
        this.tags = List.of(tags);
    }

    /// The name in the registry, for example `sluice.connections.active`.
    public String dotted() {
        return dotted;
    }

    public Kind kind() {
        return kind;
    }

    /// `seconds`, `bytes`, or empty for what is merely counted.
    public String baseUnit() {
        return baseUnit;
    }

    /// One line for people.
    public String description() {
        return description;
    }

    /// The upper bounds of a histogram, ascending; empty where there is none. Of a counter they are the values of its tag `le`, in seconds,
    /// with `+Inf` as the last, and each counts what those before it count.
    public List<Duration> buckets() {
        return buckets;
    }

    /// The tag keys, in the order in which values are given. Extra tags of [ServerMetrics] come on top.
    public List<String> tags() {
        return tags;
    }

    /// The value of a tag for a constant of an enum: `IDLE_TIMEOUT` is `idle-timeout`.
    public static String tagValue(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// A class of its own, because constants cannot use static fields of their enum.
    private static final class Buckets {

        static final List<Duration> REQUESTS = List.of(
                Duration.ofNanos(50_000), Duration.ofNanos(200_000), Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(20),
                Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30));

        static final List<Duration> LIVES = List.of(
                Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10),
                Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofHours(1));
    }
}
