package dev.sluice.protocol.http;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// The segments of a [Route]'s template.
record PathTemplate(List<Segment> segments) {

    sealed interface Segment {

        record Literal(String text) implements Segment {}

        /// One segment.
        record One(String name) implements Segment {}

        /// All that follow.
        record Rest(String name) implements Segment {}
    }

    /// @throws IllegalArgumentException when the text is no template
    static PathTemplate parse(String template) {
        if (!template.startsWith("/")) {
            throw wrong(template, "must begin with a slash");
        }
        List<Segment> segments = new ArrayList<>();
        List<String> names = new ArrayList<>();
        String[] parts = template.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            Segment segment = segment(template, parts[i], i == parts.length - 1);
            String name = name(segment);
            if (names.contains(name)) {
                throw wrong(template, "has {" + name + "} twice");
            }
            if (!name.isEmpty()) {
                names.add(name);
            }
            segments.add(segment);
        }
        return new PathTemplate(List.copyOf(segments));
    }

    private static Segment segment(String template, String text, boolean last) {
        if (text.indexOf('{') < 0 && text.indexOf('}') < 0) {
            return literal(template, text, last);
        }
        if (!text.startsWith("{") || text.indexOf('}') != text.length() - 1) {
            throw wrong(template, "has \"" + text + "\", but a name in braces must be a whole segment");
        }
        boolean rest = text.endsWith("...}");
        String name = text.substring(1, text.length() - (rest ? 4 : 1));
        if (!name.matches("[A-Za-z][A-Za-z0-9_-]*")) {
            throw wrong(template, "has the name \"" + name + "\", but one must be a letter, and then letters, digits, _ and -");
        }
        if (rest && !last) {
            throw wrong(template, "goes on after {" + name + "...}, which takes the rest of the path");
        }
        return rest ? new Segment.Rest(name) : new Segment.One(name);
    }

    private static Segment literal(String template, String text, boolean last) {
        if (text.isEmpty() && !last || text.equals(".") || text.equals("..")) {
            throw wrong(template, "has the segment \"" + text + "\", which no path has once it is normalised");
        }
        if (text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
            throw wrong(template, "has a query or a fragment, but is matched with the path alone");
        }
        if (escaped(text)) {
            throw wrong(template, "has \"" + text + "\", but is compared with the decoded path: write the character that is meant");
        }
        return new Segment.Literal(text);
    }

    /// Whether there is an escape, that is `%` and two digits; a bare `%` is the character.
    private static boolean escaped(String text) {
        for (int at = text.indexOf('%'); at >= 0 && at + 2 < text.length(); at = text.indexOf('%', at + 1)) {
            if (HexFormat.isHexDigit(text.charAt(at + 1)) && HexFormat.isHexDigit(text.charAt(at + 2))) {
                return true;
            }
        }
        return false;
    }

    private static IllegalArgumentException wrong(String template, String why) {
        return new IllegalArgumentException("template is \"" + template + "\", and " + why);
    }

    private static String name(Segment segment) {
        return switch (segment) {
            case Segment.Literal literal -> "";
            case Segment.One(String name) -> name;
            case Segment.Rest(String name) -> name;
        };
    }

    /// The names in their order.
    List<String> names() {
        return segments.stream().map(PathTemplate::name).filter(name -> !name.isEmpty()).toList();
    }
}
