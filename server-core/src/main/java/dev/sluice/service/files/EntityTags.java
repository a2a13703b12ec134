package dev.sluice.service.files;

import java.util.List;

/// The lists of entity tags that conditions are made of, and how they are compared (RFC 9110, 8.8.3).
final class EntityTags {

    private static final String WEAK = "W/";

    private EntityTags() {}

    /// Whether a tag is in a list by the strong comparison: both are strong, and the same.
    static boolean strongly(List<String> lists, String tag) {
        return !tag.startsWith(WEAK) && lists.stream().anyMatch(list -> has(list, tag, false));
    }

    /// Whether a tag is in a list by the weak comparison: the same, whether they are weak or strong.
    static boolean weakly(List<String> lists, String tag) {
        String opaque = tag.startsWith(WEAK) ? tag.substring(WEAK.length()) : tag;
        return lists.stream().anyMatch(list -> has(list, opaque, true));
    }

    /// Whether a condition holds for whatever there is: `*`.
    static boolean any(List<String> lists) {
        return lists.size() == 1 && lists.getFirst().equals("*");
    }

    /// Up to what is no tag: a list that goes wrong says nothing after that.
    private static boolean has(String list, String opaque, boolean weak) {
        int at = 0;
        while (at < list.length()) {
            char c = list.charAt(at);
            if (c == ',' || c == ' ' || c == '\t') {
                at++;
                continue;
            }
            boolean marked = list.startsWith(WEAK, at);
            int from = marked ? at + WEAK.length() : at;
            int to = from < list.length() && list.charAt(from) == '"' ? list.indexOf('"', from + 1) : -1;
            if (to < 0) {
                return false;
            }
            if ((weak || !marked) && to + 1 - from == opaque.length() && list.startsWith(opaque, from)) {
                return true;
            }
            at = to + 1;
        }
        return false;
    }
}
