package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A request target, taken apart (RFC 9112, 3.2).
///
/// @param raw   as it was sent
/// @param path  decoded and normalised
/// @param query as it was sent, or null
/// @param host  the authority of an absolute or authority form, or null
record Target(String raw, String path, @Nullable String query, @Nullable String host) {

    /// Of a request whose target is not known.
    static final Target UNKNOWN = new Target("", "", null, null);

    private static final Target ROOT = new Target("/", "/", null, null);
    private static final Target SERVER = new Target("*", "*", null, null);

    /// Takes a target apart.
    ///
    /// @return null when it has none of the four forms, or not the one that its method asks for
    static @Nullable Target parse(String method, String raw) {
        if (raw.equals("/") && !method.equals("CONNECT")) {
            return ROOT;
        }
        if (raw.isEmpty() || !visible(raw)) {
            return null;
        }
        if (method.equals("CONNECT")) {
            return Host.validWithPort(raw) ? new Target(raw, "", null, raw) : null;
        }
        if (raw.charAt(0) == '/') {
            return origin(raw, raw, null);
        }
        if (raw.equals("*")) {
            return method.equals("OPTIONS") ? SERVER : null;
        }
        return absolute(raw, method);
    }

    /// The segments of the path of a target that has been parsed, decoded, with `.`, `..` and empty ones resolved: joined again they are
    /// [#path()]. A path that ends in a slash has an empty one at the end.
    ///
    /// @return null when the path has an encoded slash: whether that divides segments is what servers and those before them disagree about
    static @Nullable List<String> segments(String raw) {
        int start = raw.charAt(0) == '/' ? 0 : raw.indexOf('/', raw.indexOf("://") + 3);
        int mark = raw.indexOf('?');
        int end = mark < 0 ? raw.length() : mark;
        List<String> segments = new ArrayList<>();
        boolean slash = true;
        for (int from = start + 1; start >= 0 && from <= end; ) {
            int next = raw.indexOf('/', from);
            int to = next < 0 || next > end ? end : next;
            String segment = known(decoded(raw.substring(from, to)));
            if (segment.indexOf('/') >= 0) {
                return null;
            }
            slash = !append(segments, segment) || to < end;
            from = to + 1;
        }
        if (slash) {
            segments.addLast("");
        }
        return segments;
    }

    private static String known(@Nullable String decoded) {
        return Objects.requireNonNull(decoded, "a target with a broken escape is never parsed");
    }

    /// @return whether the segment is one that stays
    private static boolean append(List<String> segments, String segment) {
        switch (segment) {
            case "", "." -> {
                return false;
            }
            case ".." -> {
                if (!segments.isEmpty()) {
                    segments.removeLast();
                }
                return false;
            }
            case String name -> {
                return segments.add(name);
            }
        }
    }

    private static boolean visible(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            if (raw.charAt(i) > 0x7F || !Syntax.is(Syntax.TARGET, raw.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /// `http://host/path?query`: the only schemes whose resources a server of ours can be.
    private static @Nullable Target absolute(String raw, String method) {
        int start = raw.regionMatches(true, 0, "http://", 0, 7) ? 7 : raw.regionMatches(true, 0, "https://", 0, 8) ? 8 : 0;
        int end = start;
        while (end < raw.length() && raw.charAt(end) != '/' && raw.charAt(end) != '?') {
            end++;
        }
        String host = raw.substring(start, end);
        if (start == 0 || host.isEmpty() || !Host.valid(host)) {
            return null;
        }
        if (end == raw.length() && method.equals("OPTIONS")) {
            return new Target(raw, "*", null, host);
        }
        return origin(raw, raw.substring(end), host);
    }

    private static @Nullable Target origin(String raw, String pathAndQuery, @Nullable String host) {
        int mark = pathAndQuery.indexOf('?');
        String path = mark < 0 ? pathAndQuery : pathAndQuery.substring(0, mark);
        String query = mark < 0 ? null : pathAndQuery.substring(mark + 1);
        String decoded = path.indexOf('%') < 0 ? path : decoded(path);
        return decoded == null ? null : new Target(raw, normal(decoded), query, host);
    }

    /// The path with `%xx` as UTF-8, or null when a `%` is not followed by two hexadecimal digits.
    private static @Nullable String decoded(String path) {
        byte[] bytes = new byte[path.length()];
        int size = 0;
        for (int i = 0; i < path.length(); i++) {
            int c = path.charAt(i);
            if (c == '%') {
                int value = i + 2 < path.length() ? Syntax.hex(path.charAt(i + 1)) << 4 | Syntax.hex(path.charAt(i + 2)) : -1;
                if (value < 0) {
                    return null;
                }
                c = value;
                i += 2;
            }
            bytes[size++] = (byte) c;
        }
        return new String(bytes, 0, size, StandardCharsets.UTF_8);
    }

    /// Resolves `.`, `..` and empty segments (RFC 3986, 5.2.4). Most paths have none and come back as they are.
    private static String normal(String path) {
        if (path.indexOf("//") < 0 && path.indexOf("/.") < 0) {
            return path.isEmpty() ? "/" : path;
        }
        StringBuilder out = new StringBuilder(path.length() + 1);
        int from = 0;
        while (from < path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            append(out, path.substring(from, to), slash >= 0);
            from = to + 1;
        }
        return out.toString();
    }

    /// `out` ends in a slash, but for the first segment, which is the nothing before the first slash.
    private static void append(StringBuilder out, String segment, boolean slashFollows) {
        switch (segment) {
            case "", "." -> {
                if (out.isEmpty()) {
                    out.append('/');
                }
            }
            case ".." -> out.setLength(Math.max(1, out.lastIndexOf("/", Math.max(0, out.length() - 2)) + 1));
            case String name -> out.append(name).append(slashFollows ? "/" : "");
        }
    }
}
