package dev.sluice.service.files;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `Cache-Control` by pattern. Immutable.
///
/// A pattern that begins with `/` is of the whole path, any other of the name of the file. `*` is anything but a slash, `**` anything,
/// `?` one character but a slash. Of several that match, that with the most other characters wins, then that with fewer stars, then the
/// first by the alphabet: an order of their own is nothing that keys have.
final class CacheRules {

    private final List<Rule> rules;

    private record Rule(String glob, Pattern pattern, String value) {

        boolean matches(String path) {
            return pattern.matcher(glob.startsWith("/") ? path : path.substring(path.lastIndexOf('/') + 1)).matches();
        }

        long characters() {
            return glob.chars().filter(c -> c != '*' && c != '?').count();
        }

        long stars() {
            return glob.chars().filter(c -> c == '*').count();
        }
    }

    /// @param byPattern what the field says
    CacheRules(Map<String, String> byPattern) {
        rules = byPattern.entrySet().stream().map(one -> new Rule(one.getKey(), pattern(one.getKey()), one.getValue()))
                .sorted(Comparator.comparing(Rule::characters).reversed().thenComparing(Rule::stars).thenComparing(Rule::glob)).toList();
    }

    /// What the field says for a file; null for no field.
    ///
    /// @param path from the root on, with its slash
    @Nullable String of(String path) {
        return rules.stream().filter(rule -> rule.matches(path)).map(Rule::value).findFirst().orElse(null);
    }

    private static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < glob.length()) {
            char c = glob.charAt(at);
            boolean all = glob.startsWith("**", at);
            regex.append(all ? ".*" : c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
            at += all ? 2 : 1;
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
