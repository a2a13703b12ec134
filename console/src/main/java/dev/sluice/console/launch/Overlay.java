package dev.sluice.console.launch;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// One value that somebody set while the server ran. Immutable.
///
/// @param key   its full path without the root, the names in it unquoted: `log.dev.sluice`
/// @param value as it was typed; no quotes are needed, and `[a, b]` is a list
/// @param by    who
/// @param since when
/// @param until when it goes back by itself; empty when it stays
record Overlay(String key, String value, String by, Instant since, Optional<Instant> until) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    /// The place of its value in messages.
    Place place() {
        return new Place(Place.Source.OVERLAY, Place.SET_BY + by, 0);
    }

    /// The column of `show config`.
    String source() {
        return Place.SET_BY + by + end();
    }

    /// Who gave a key this value, for the table of a reload.
    String told(String shown) {
        return "set to " + shown + " by " + by + end();
    }

    /// ` until 12:30:00`, with its day when that is not the one it was set on.
    private String end() {
        ZoneId zone = ZoneId.systemDefault();
        LocalDate day = since.atZone(zone).toLocalDate();
        return until.map(end -> end.atZone(zone))
                .map(end -> " until " + (end.toLocalDate().equals(day) ? TIME : DAY).format(end)).orElse("");
    }

    boolean isDue(Instant now) {
        return until.isPresent() && !until.get().isAfter(now);
    }

    /// The value as if a file gave it.
    ConfigValue parsed() {
        String origin = place().file();
        return isList() ? ConfigValueFactory.fromIterable(items(), origin) : ConfigValueFactory.fromAnyRef(unquoted(value), origin);
    }

    /// The value as a file writes it.
    String written() {
        return isList() ? items().stream().map(HoconText::written).collect(Collectors.joining(", ", "[", "]"))
                : HoconText.written(unquoted(value));
    }

    private boolean isList() {
        return value.startsWith("[") && value.endsWith("]");
    }

    private List<String> items() {
        String inner = value.substring(1, value.length() - 1);
        return Arrays.stream(inner.split(",")).map(String::strip).filter(item -> !item.isEmpty()).map(Overlay::unquoted).toList();
    }

    /// Whoever is used to quotes may write them.
    private static String unquoted(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"") ? text.substring(1, text.length() - 1) : text;
    }
}
