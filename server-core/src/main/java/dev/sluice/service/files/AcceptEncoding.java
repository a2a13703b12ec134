package dev.sluice.service.files;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What content codings a client takes, and how gladly (RFC 9110, 12.5.3). An element that is malformed is as if it were not there.
final class AcceptEncoding {

    private static final String IDENTITY = "identity";
    private static final int ALL = 1000;

    /// In thousandths, by name in small letters.
    private final Map<String, Integer> qualities = new HashMap<>();
    private final boolean given;

    /// @param values of all fields of that name
    AcceptEncoding(List<String> values) {
        given = !values.isEmpty();
        for (String value : values) {
            for (String element : value.split(",", -1)) {
                read(element);
            }
        }
    }

    private void read(String element) {
        String[] parts = element.split(";", -1);
        String name = parts[0].strip().toLowerCase(Locale.ROOT);
        int quality = ALL;
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            quality = parameter.regionMatches(true, 0, "q=", 0, 2) ? thousandths(parameter.substring(2)) : -1;
        }
        if (quality >= 0 && !name.isEmpty()) {
            qualities.put(name.equals("x-gzip") ? "gzip" : name, quality);
        }
    }

    /// `0.5` is 500; −1 when it is no such number (12.4.2).
    private static int thousandths(String text) {
        if (!text.matches("0(\\.\\d{0,3})?|1(\\.0{0,3})?")) {
            return -1;
        }
        int number = text.charAt(0) == '1' ? 1 : 0;
        for (int i = 2; i < 5; i++) {
            number = number * 10 + (i < text.length() ? text.charAt(i) - '0' : 0);
        }
        return number;
    }

    /// How gladly, in thousandths; 0 for not at all.
    ///
    /// @param coding null for none
    private int quality(@Nullable String coding) {
        Integer named = qualities.get(coding == null ? IDENTITY : coding);
        Integer other = qualities.get("*");
        if (named != null) {
            return named;
        }
        if (coding != null) {
            return other == null ? 0 : other;
        }
        return other != null && other == 0 ? 0 : 1; // what is as it is always fits, unless it is excluded, and is never preferred by that
    }

    /// The one that the client likes best; of those it likes the same, the first. A client that says nothing gets what is as it is: it
    /// would have to take any coding, but many that say nothing know none.
    ///
    /// @param codings null for none, which is among them
    /// @return an index; −1 when the client takes none of them
    int choose(List<@Nullable String> codings) {
        if (!given) {
            return codings.indexOf(null);
        }
        int best = -1;
        int most = 0;
        for (int i = 0; i < codings.size(); i++) {
            int quality = quality(codings.get(i));
            if (quality > most) {
                best = i;
                most = quality;
            }
        }
        return best;
    }
}
