package dev.sluice.console.command;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Values that are for the server alone: no table, no log and no audit shows them. Told by the last name of their key, since only who made a plugin knows
/// what its settings mean. Pure functions.
public final class Secrets {

    /// What stands in the place of such a value.
    public static final String HIDDEN = "(hidden)";

    private static final List<String> WORDS = List.of("password", "passwd", "passphrase", "secret", "token", "credential", "credentials");
    private static final Pattern SET = Pattern.compile("(\\s*set\\s+(\\S+)\\s+)\\S.*");

    private Secrets() {}

    /// Whether the value of a key is one: `listeners.web.service.password`, `pools.p.api-token`, `….private-key`.
    public static boolean isSecret(String key) {
        String name = key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return WORDS.stream().anyMatch(word -> name.equals(word) || name.endsWith("-" + word)) || name.equals("private-key") || name.equals("api-key");
    }

    /// A value as people may see it. Whether there is one is no secret.
    public static String shown(String key, String text) {
        return isSecret(key) && !text.isEmpty() && !text.equals("-") ? HIDDEN : text;
    }

    /// A command as it was typed, without the secret in it.
    static String typed(String line) {
        return SET.matcher(line).replaceFirst(match -> isSecret(match.group(2)) ? Matcher.quoteReplacement(match.group(1) + HIDDEN) : Matcher.quoteReplacement(match.group()));
    }
}
