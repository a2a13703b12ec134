package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the assignments of a HOCON text are, so that one can be changed and every other byte left. The library's own `ConfigDocument`
/// would not do: it drops the bracket of `include required(…)`, deletes what is assigned twice, and adds in a style of its own. What is
/// found here is only a proposal: each edited text is read by the library before it is used.
///
/// @param text  whole
/// @param root  the object of the whole text
record HoconText(String text, Body root) {

    /// A value that needs no quotes: a number, a word, or a number and its unit.
    private static final Pattern BARE = Pattern.compile("(?!null$)[A-Za-z0-9][A-Za-z0-9_.-]*( [A-Za-z]+)?");

    private static final Pattern INCLUDE = Pattern.compile("include(\\s*\"|\\s+(required|file|url|classpath)\\s*\\()");

    /// The fields between two braces; or, of the whole text, perhaps without them.
    ///
    /// @param path   its key, joined by dots; empty for the whole text
    /// @param braced whether there are braces
    /// @param from   where its content begins
    /// @param to     where it ends: at the closing brace
    record Body(String path, boolean braced, int from, int to, List<Field> fields) {

        /// This and all bodies within, in the order of the text.
        Stream<Body> all() {
            return Stream.concat(Stream.of(this), fields.stream().flatMap(one -> one.body() == null ? Stream.empty() : one.body().all()));
        }
    }

    /// One assignment.
    ///
    /// @param path  its full key, joined by dots
    /// @param start of its key
    /// @param sign  all between its key and its value: ` = `
    /// @param from  where its value begins
    /// @param to    where it ends
    /// @param body  the value, when it is one object and nothing else
    record Field(String path, int start, String sign, int from, int to, @Nullable Body body) {}

    /// @throws IllegalArgumentException for what is no HOCON
    static HoconText of(String text) {
        return new HoconText(text, new Scanner(text).whole());
    }

    /// A text value as a file writes it.
    static String written(String value) {
        return BARE.matcher(value).matches() ? value : ConfigUtil.quoteString(value);
    }

    /// Every assignment, in the order of the text.
    Stream<Field> fields() {
        return root.all().flatMap(body -> body.fields().stream());
    }

    String value(Field field) {
        return text.substring(field.from(), field.to());
    }

    /// The text with a part of it replaced.
    String with(int from, int to, String next) {
        return text.substring(0, from) + next + text.substring(to);
    }

    /// Goes through the text once. Not for several threads.
    private static final class Scanner {

        private final String text;
        private int at;

        private Scanner(String text) {
            this.text = text;
        }

        private Body whole() {
            skipBlank();
            boolean braced = has("{");
            at += braced ? 1 : 0;
            Body body = body("", braced, braced ? at : 0);
            if (!braced && at < text.length()) {
                throw new IllegalArgumentException("there is a } too much at " + at);
            }
            return body;
        }

        private Body body(String path, boolean braced, int from) {
            List<Field> fields = new ArrayList<>();
            while (true) {
                skipBlank();
                if (at == text.length() || has("}")) {
                    break;
                }
                if (has(",")) {
                    at++;
                } else if (!skipInclude()) {
                    fields.add(field(path));
                }
            }
            if (braced && at == text.length()) {
                throw new IllegalArgumentException("a { is never closed");
            }
            return new Body(path, braced, from, at, List.copyOf(fields));
        }

        private Field field(String prefix) {
            int start = at;
            while (at < text.length() && "={:+".indexOf(text.charAt(at)) < 0) {
                skipPart();
            }
            String key = text.substring(start, at);
            int sign = start + key.stripTrailing().length();
            String path = (prefix.isEmpty() ? "" : prefix + ".") + path(key.strip());
            at += has("+=") ? 2 : has("{") ? 0 : 1;
            skipBlank();
            int from = at;
            @Nullable Body body = value(path);
            return new Field(path, start, text.substring(sign, from), from, at, body);
        }

        private static String path(String key) {
            try {
                return String.join(".", ConfigUtil.splitPath(key));
            } catch (ConfigException malformed) {
                throw new IllegalArgumentException("\"" + key + "\" is no key", malformed);
            }
        }

        /// Leaves `at` behind the value. The object that it is; null when it is something else, or more than one thing.
        private @Nullable Body value(String path) {
            @Nullable Body body = null;
            int end = at;
            for (int parts = 0; atValue(); ) {
                if (isBlank(text.charAt(at))) {
                    at++;
                    continue;
                }
                if (has("{")) {
                    Body inner = object(path);
                    body = parts == 0 ? inner : null;
                } else {
                    body = null;
                    skipPart();
                }
                parts++;
                end = at;
            }
            at = end;
            return body;
        }

        private boolean atValue() {
            return at < text.length() && "\n,}".indexOf(text.charAt(at)) < 0 && !atComment();
        }

        private Body object(String path) {
            int open = ++at;
            Body body = body(path, true, open);
            at++;
            return body;
        }

        /// A quoted text, a reference, a list, or one character.
        private void skipPart() {
            if (has("\"\"\"")) {
                at = behind("\"\"\"", at + 3);
                at += (int) text.substring(at).chars().takeWhile(c -> c == '"').count();
            } else if (has("\"")) {
                skipQuoted();
            } else if (has("${")) {
                at = behind("}", at + 2);
            } else if (has("[")) {
                skipList();
            } else {
                at++;
            }
        }

        private void skipQuoted() {
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            at++;
            if (at > text.length()) {
                throw new IllegalArgumentException("a quote is never closed");
            }
        }

        private void skipList() {
            at++;
            while (!has("]")) {
                skipBlank();
                if (at == text.length()) {
                    throw new IllegalArgumentException("a [ is never closed");
                }
                if (has("{")) {
                    object("");
                } else if (!has("]")) {
                    skipPart();
                }
            }
            at++;
        }

        /// `include "…"`, `include required(file("…"))`. Whether there was one.
        private boolean skipInclude() {
            if (!INCLUDE.matcher(text).region(at, text.length()).lookingAt()) {
                return false;
            }
            at += "include".length();
            while (atValue()) {
                skipPart();
            }
            return true;
        }

        private int behind(String what, int from) {
            int found = text.indexOf(what, from);
            if (found < 0) {
                throw new IllegalArgumentException("a " + what + " is missing behind " + from);
            }
            return found + what.length();
        }

        private void skipBlank() {
            while (at < text.length() && (isBlank(text.charAt(at)) || atComment())) {
                at = atComment() ? endOfLine() : at + 1;
            }
        }

        /// White space as the library knows it, with the mark that begins some files.
        private static boolean isBlank(char c) {
            return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\uFEFF';
        }

        private boolean atComment() {
            return has("#") || has("//");
        }

        private int endOfLine() {
            int end = text.indexOf('\n', at);
            return end < 0 ? text.length() : end;
        }

        private boolean has(String what) {
            return text.startsWith(what, at);
        }
    }
}
