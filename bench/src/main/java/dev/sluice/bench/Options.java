package dev.sluice.bench;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/// What a server is asked to be, from words of the form `name=value`.
record Options(Map<String, String> values) {

    static Options of(String[] words) {
        return new Options(Arrays.stream(words).map(word -> word.split("=", 2)).collect(Collectors.toMap(
                pair -> pair[0], pair -> pair.length < 2 ? "" : pair[1])));
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /// Where to listen, always on loopback.
    int port() {
        return number("port", 18_100);
    }

    /// Seconds that an idle connection is kept: longer than any row takes.
    int idleSeconds() {
        return number("idle", 3_600);
    }

    /// How many connections may be open at once: more than any row opens.
    int connections() {
        return number("connections", 100_000);
    }
}
