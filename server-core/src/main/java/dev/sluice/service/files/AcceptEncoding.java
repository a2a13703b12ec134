package dev.sluice.service.files;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What content codings a client takes, and how gladly (RFC 9110, 12.5.3). An element that is malformed is as if it were not there, and so
/// are those after the first [#MOST], which is more than there are codings: they would cost us time and say nothing.
final class AcceptEncoding {

    /// So many elements are looked at.
    private static final int MOST = 64;
    private static final String IDENTITY = "identity";
    private static final int ALL = 1000;

    /// In thousandths, by name in small letters.
    private final Map<String, Integer> qualities = new HashMap<>();
    private final boolean given;

    /// @param values of all fields of that name
    AcceptEncoding(List<String> values) {
        given = !values.isEmpty();
        int looked = 0;
        for (String value : values) {
            for (int from = 0; from <= value.length() && looked < MOST; looked++) {
                int comma = value.indexOf(',', from);
                int to = comma < 0 ? value.length() : comma;
                read(value, from, to);
                from = to + 1;
            }
        }
    }

    private void read(String value, int from, int to) {
        int semicolon = value.indexOf(';', from, to);
        String name = value.substring(from, semicolon < 0 ? to : semicolon).strip().toLowerCase(Locale.ROOT);
        int quality = semicolon < 0 ? ALL : weight(value.substring(value.lastIndexOf(';', to - 1) + 1, to).strip());
        if (quality >= 0 && !name.isEmpty()) {
            qualities.put(name.equals("x-gzip") ? "gzip" : name, quality);
        }
    }

    /// `q=0.5` is 500; −1 when it is no weight (12.4.2).
    private static int weight(String parameter) {
        return parameter.regionMatches(true, 0, "q=", 0, 2) ? thousandths(parameter.substring(2)) : -1;
    }

    /// 0 or 1, and perhaps a point and up to three digits; −1 when it is no such number, or more than 1.
    private static int thousandths(String text) {
        int length = text.length();
        if (length == 0 || length > 5 || text.charAt(0) != '0' && text.charAt(0) != '1' || length > 1 && text.charAt(1) != '.') {
            return -1;
        }
        int number = text.charAt(0) - '0';
        for (int i = 2; i < 5; i++) {
            int digit = i < length ? text.charAt(i) - '0' : 0;
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number <= ALL ? number : -1;
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
