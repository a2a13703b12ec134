package dev.sluice.console.command;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Makes text that came from a client safe to print: what a terminal would obey, or what would hide what is there, is written
/// out instead. C0, DEL and C1 become `\x` and two digits; line separators, bidirectional and other invisible format characters, halves
/// of surrogate pairs, and marks beyond the second on one character, which would cover the lines around, become the Unicode escape of
/// Java and JSON.
public final class Escape {

    private static final int MOST_MARKS = 2;
    private static final byte DELETE = 0x7f;

    private Escape() {}

    /// One line, whole.
    public static String line(String text) {
        return line(text, Integer.MAX_VALUE);
    }

    /// Several lines, in which line feeds and tabs are kept.
    public static String lines(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        int marks = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            marks = Width.isMark(point) ? marks + 1 : 0;
            safe.append(point == '\n' || point == '\t' ? Character.toString(point) : shown(point, marks));
            at += Character.charCount(point);
        }
        return safe.toString();
    }

    /// One line of at most so many characters, the last of which is `…` when there were more.
    public static String line(String text, int most) {
        if (text.length() <= most && (isPrintable(text) || isSafe(text))) {
            return text;
        }
        StringBuilder safe = new StringBuilder(Math.min(text.length(), most) + 16);
        int marks = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            marks = Width.isMark(point) ? marks + 1 : 0;
            String shown = shown(point, marks);
            at += Character.charCount(point);
            if (safe.length() + shown.length() > most - (at < text.length() ? 1 : 0)) {
                return safe.append('…').toString();
            }
            safe.append(shown);
        }
        return safe.toString();
    }

    /// Whether a text surely has no characters but the printable ones of ASCII, as most have. Looks at its bytes: an array is cheaper than a text to an
    /// interpreter, which makes the first table of thousands of rows. Among them a `?` may be what has become of half a surrogate pair, and is not sure.
    static boolean isPrintable(String text) {
        for (byte unit : text.getBytes(StandardCharsets.UTF_8)) {
            if (unit < ' ' || unit == DELETE || unit == '?') {
                return false;
            }
        }
        return true;
    }

    private static boolean isSafe(String text) {
        int marks = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            marks = Width.isMark(point) ? marks + 1 : 0;
            if (marks > MOST_MARKS || isHarmful(point)) {
                return false;
            }
            at += Character.charCount(point);
        }
        return true;
    }

    /// @param marks that the code point is the last of
    private static String shown(int point, int marks) {
        if (marks <= MOST_MARKS && !isHarmful(point)) {
            return Character.toString(point);
        }
        if (point < 0x100) {
            return String.format(Locale.ROOT, "\\x%02x", point);
        }
        StringBuilder units = new StringBuilder();
        for (char unit : Character.toChars(point)) {
            units.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
        }
        return units.toString();
    }

    /// Whether a code point must not reach a terminal.
    static boolean isHarmful(int point) {
        if (point < 0x7f) {
            return point < 0x20;
        }
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
