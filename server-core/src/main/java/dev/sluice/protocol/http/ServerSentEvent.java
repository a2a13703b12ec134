package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;

/// One event of an [EventStream], in the words of the HTML standard, 9.2.
///
/// @param data any text; its lines, however they end, arrive as lines that end in LF
/// @param name what kind of event it is; empty for `message`. Without CR and LF
/// @param id   what a client that reconnects sends as `Last-Event-ID`; empty for none. Without CR, LF and NUL
public record ServerSentEvent(String data, String name, String id) {

    public ServerSentEvent {
        if (hasAny(name, "\r\n")) {
            throw new IllegalArgumentException("an event's name must have neither CR nor LF");
        }
        if (hasAny(id, "\r\n\0")) {
            throw new IllegalArgumentException("an event's id must have neither CR, LF nor NUL");
        }
    }

    /// A message without a name.
    public static ServerSentEvent of(String data) {
        return new ServerSentEvent(data, "", "");
    }

    /// @param name without CR and LF
    public ServerSentEvent named(String name) {
        return new ServerSentEvent(data, name, id);
    }

    /// @param id without CR, LF and NUL
    public ServerSentEvent withId(String id) {
        return new ServerSentEvent(data, name, id);
    }

    private static boolean hasAny(String text, String characters) {
        return text.chars().anyMatch(c -> characters.indexOf(c) >= 0);
    }

    byte[] encoded() {
        StringBuilder text = new StringBuilder(data.length() + 32);
        if (!name.isEmpty()) {
            text.append("event: ").append(name).append('\n');
        }
        if (!id.isEmpty()) {
            text.append("id: ").append(id).append('\n');
        }
        lines(text, "data: ", data);
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /// A comment, which clients ignore.
    static byte[] comment(String comment) {
        StringBuilder text = new StringBuilder(comment.length() + 8);
        lines(text, ": ", comment);
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    /// Each line behind its field's name: CRLF, CR and LF all end one, as they do for whoever reads it.
    private static void lines(StringBuilder into, String field, String text) {
        into.append(field);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                continue;
            }
            if (c == '\r' || c == '\n') {
                into.append('\n').append(field);
            } else {
                into.append(c);
            }
        }
        into.append('\n');
    }
}
