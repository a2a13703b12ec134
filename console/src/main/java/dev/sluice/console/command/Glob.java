package dev.sluice.console.command;

/// A text in which `*` stands for anything, nothing included; the case of letters does not matter.
///
/// @param pattern as it was typed
record Glob(String pattern) {

    /// Whether the whole of a text is as the pattern says. When it goes wrong, only the last `*` takes one character more: the ones before
    /// it have no need to, so the time is at most the product of both lengths.
    boolean matches(String text) {
        int star = -1;
        int resume = 0;
        int at = 0;
        int i = 0;
        while (i < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                resume = i;
            } else if (at < pattern.length() && same(pattern.charAt(at), text.charAt(i))) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++resume;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    private static boolean same(char a, char b) {
        return a == b || Character.toLowerCase(a) == Character.toLowerCase(b);
    }
}
