package dev.sluice.console.command;

import dev.sluice.api.DrainPhase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One value, with what it is, so that each renderer can write it its own way. Text is not escaped here: renderers do that.
sealed interface Cell {

    /// Nothing to say: `-`, and null in JSON.
    Cell NONE = new None();

    record None() implements Cell {}

    record Text(String value) implements Cell {}

    /// A word of a fixed set.
    record State(String word, Tone tone) implements Cell {

        /// Those of constants are made once: a table has the same ones in thousands of rows.
        private static final Map<Enum<?>, State> KNOWN = new ConcurrentHashMap<>();

        private static State of(Enum<?> constant) {
            return KNOWN.computeIfAbsent(constant, unknown -> new State(Cell.word(unknown), Cell.tone(unknown)));
        }
    }

    record Flag(boolean value) implements Cell {}

    record Count(long value) implements Cell {}

    record Decimal(double value) implements Cell {}

    record Span(Duration value) implements Cell {}

    record Bytes(long value) implements Cell {}

    /// @param part of 1
    record Percent(double part) implements Cell {}

    record Moment(Instant value) implements Cell {}

    record Items(List<Cell> values) implements Cell {}

    /// Counts by what they count.
    record Tally(Map<String, Long> counts) implements Cell {
        long total() {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    static Cell text(@Nullable String value) {
        return value == null || value.isEmpty() ? NONE : new Text(value);
    }

    static Cell count(long value) {
        return new Count(value);
    }

    static Cell span(Duration value) {
        return new Span(value);
    }

    /// A duration that means "none" when it is zero.
    static Cell spanOrNone(Duration value) {
        return value.isZero() ? NONE : new Span(value);
    }

    /// A percentile; none when nothing was measured.
    static Cell nanos(long measured, long nanos) {
        return measured == 0 ? NONE : new Span(Duration.ofNanos(nanos));
    }

    static Cell bytes(long value) {
        return new Bytes(value);
    }

    static Cell texts(List<String> values) {
        return new Items(values.stream().<Cell>map(Text::new).toList());
    }

    static Cell tally(Map<? extends Enum<?>, Long> counts) {
        return new Tally(counts.entrySet().stream().collect(
                Collectors.toMap(entry -> word(entry.getKey()), Map.Entry::getValue, Long::sum, TreeMap::new)));
    }

    /// The constant's name as people write it, in the tone that suits it.
    static Cell state(Enum<?> constant) {
        return State.of(constant);
    }

    /// `SLOW_HEAD` is `slow-head`. Phases and states of the server keep their capitals, as everybody shouts them.
    static String word(Enum<?> constant) {
        boolean shouted = constant instanceof DrainPhase || constant instanceof dev.sluice.api.ServerState;
        return shouted ? constant.name() : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Tone tone(Enum<?> constant) {
        return switch (constant.name()) {
            case "RUNNING", "LISTENING", "HANDLING", "WRITING", "CLEAN" -> Tone.GOOD;
            case "DRAINING", "DRAINED", "PAUSED", "QUEUED", "ENDING", "CANCELLED", "INCOMPLETE" -> Tone.CAUTION;
            case "STOPPING", "STOPPED", "FORCED", "ERROR", "BLOCKED" -> Tone.BAD;
            case "IDLE", "CLOSED", "ENDED", "WAITING", "TIMED_WAITING" -> Tone.FAINT;
            default -> Tone.PLAIN;
        };
    }

    /// What it means to the eye.
    default Tone tone() {
        return switch (this) {
            case None none -> Tone.FAINT;
            case State(String word, Tone tone) -> tone;
            case Text text -> Tone.PLAIN;
            case Flag flag -> Tone.PLAIN;
            case Count count -> Tone.PLAIN;
            case Decimal decimal -> Tone.PLAIN;
            case Span span -> Tone.PLAIN;
            case Bytes bytes -> Tone.PLAIN;
            case Percent percent -> Tone.PLAIN;
            case Moment moment -> Tone.PLAIN;
            case Items items -> Tone.PLAIN;
            case Tally tally -> Tone.PLAIN;
        };
    }

    /// Whether it is as another, of those that tables have many of. To compare records by `equals` takes an interpreter longer than to make their texts.
    default boolean isAs(Cell other) {
        return this == other
                || this instanceof Text(String mine) && other instanceof Text(String its) && mine.equals(its)
                || this instanceof Count(long mine) && other instanceof Count(long its) && mine == its
                || this instanceof Bytes(long mine) && other instanceof Bytes(long its) && mine == its
                || this instanceof Span(Duration mine) && other instanceof Span(Duration its) && mine.equals(its);
    }

    /// For people; escaped.
    default String shown() {
        return switch (this) {
            case None none -> "-";
            case Text(String value) -> Escape.line(value);
            case State(String word, Tone tone) -> Escape.line(word);
            case Flag(boolean value) -> value ? "yes" : "no";
            case Count(long value) -> Long.toString(value);
            case Decimal(double value) -> Units.decimal(value);
            case Span(Duration value) -> Units.duration(value);
            case Bytes(long value) -> Units.size(value);
            case Percent(double part) -> Units.percent(part);
            case Moment(Instant value) -> Units.moment(value);
            case Items(List<Cell> values) -> String.join(", ", values.stream().map(Cell::shown).toList());
            case Tally tally -> tally.total() + parts(tally.counts());
        };
    }

    /// ` (server-limit 1, error 1)`: those that are not zero.
    private static String parts(Map<String, Long> counts) {
        String parts = counts.entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        return parts.isEmpty() ? "" : " (" + parts + ")";
    }

    /// For comparison with a number; NaN when it is none. Seconds, bytes, parts of 1.
    default double number() {
        return switch (this) {
            case Count(long value) -> value;
            case Decimal(double value) -> value;
            case Span(Duration value) -> seconds(value);
            case Bytes(long value) -> value;
            case Percent(double part) -> part;
            case Moment(Instant value) -> value.getEpochSecond() + value.getNano() / 1e9;
            case Flag(boolean value) -> value ? 1 : 0;
            case None none -> Double.NaN;
            case Text text -> Double.NaN;
            case State state -> Double.NaN;
            case Items items -> Double.NaN;
            case Tally tally -> tally.total();
        };
    }

    static double seconds(Duration value) {
        return value.toSeconds() + value.getNano() / 1e9;
    }
}
