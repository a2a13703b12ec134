package dev.sluice.service.files;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a `Range` asks of a representation (RFC 9110, 14).
///
/// Two kinds of request are answered whole, as 14.2 lets a server do: one for more than [#MOST] ranges, and one for ranges that overlap.
/// Both have been used to have servers send far more than they hold, and no honest client needs either.
sealed interface ByteRanges {

    /// So many ranges are answered in parts.
    int MOST = 16;

    /// So many elements of the list are looked at, those that are empty included.
    int ELEMENTS = 64;

    /// All of it: the field is malformed, of another unit, or not to be followed.
    record Whole() implements ByteRanges {}

    /// Nothing that is there: 416.
    record Nothing() implements ByteRanges {}

    /// Parts, in the order they were asked for, one or more.
    record Parts(List<Span> spans) implements ByteRanges {}

    /// From the first byte to the last, both included.
    record Span(long first, long last) {

        long length() {
            return last - first + 1;
        }

        boolean overlaps(Span other) {
            return first <= other.last && other.first <= last;
        }

        /// `bytes 0-9/20`.
        String text(long size) {
            return "bytes " + first + "-" + last + "/" + size;
        }
    }

    /// Reads the one value of `Range`.
    ///
    /// @param size of the representation, in bytes
    static ByteRanges of(String value, long size) {
        int equals = value.indexOf('=');
        if (equals < 0 || !value.substring(0, equals).equalsIgnoreCase("bytes")) {
            return new Whole();
        }
        List<String> asked = elements(value, equals + 1);
        if (asked.isEmpty() || asked.size() > MOST) {
            return new Whole();
        }
        List<Span> spans = new ArrayList<>();
        for (String range : asked) {
            Asked one = Asked.of(range);
            if (one == null) {
                return new Whole();
            }
            one.within(size, spans);
        }
        return chosen(spans, size);
    }

    /// Those that are not empty, as a list may have such (5.6.1.2); none when there are too many of either.
    private static List<String> elements(String value, int start) {
        List<String> elements = new ArrayList<>();
        int looked = 0;
        for (int from = start; from <= value.length(); looked++) {
            if (looked == ELEMENTS) {
                return List.of();
            }
            int comma = value.indexOf(',', from);
            int to = comma < 0 ? value.length() : comma;
            String element = strip(value.substring(from, to));
            if (!element.isEmpty()) {
                elements.add(element);
            }
            from = to + 1;
        }
        return elements;
    }

    private static ByteRanges chosen(List<Span> spans, long size) {
        if (spans.isEmpty()) {
            return new Nothing();
        }
        for (int i = 0; i < spans.size(); i++) {
            for (int k = 0; k < i; k++) {
                if (spans.get(i).overlaps(spans.get(k))) {
                    return new Whole();
                }
            }
        }
        return size == 0 ? new Whole() : new Parts(List.copyOf(spans)); // the end of nothing is there, but no Content-Range can say so
    }

    private static String strip(String element) {
        int from = 0;
        int to = element.length();
        while (from < to && (element.charAt(from) == ' ' || element.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (element.charAt(to - 1) == ' ' || element.charAt(to - 1) == '\t')) {
            to--;
        }
        return element.substring(from, to);
    }

    /// One range, as it was asked for. Numbers beyond what a file can hold are as large as can be.
    ///
    /// @param first −1 for so many from the end
    /// @param last  −1 for all from the first on
    record Asked(long first, long last) {

        /// Null when it is none.
        static @Nullable Asked of(String range) {
            int hyphen = range.indexOf('-');
            if (hyphen < 0 || range.length() == 1) {
                return null;
            }
            long first = hyphen == 0 ? -1 : number(range.substring(0, hyphen));
            long last = hyphen == range.length() - 1 ? -1 : number(range.substring(hyphen + 1));
            boolean malformed = first == -2 || last == -2 || first >= 0 && last >= 0 && last < first;
            return malformed ? null : new Asked(first, last);
        }

        /// −2 when it is no number.
        private static long number(String digits) {
            long number = 0;
            for (int i = 0; i < digits.length(); i++) {
                int digit = digits.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return -2;
                }
                number = number > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : number * 10 + digit;
            }
            return number;
        }

        /// Adds what is there of it, if anything is.
        void within(long size, List<Span> into) {
            if (first < 0) {
                if (last > 0) {
                    into.add(new Span(Math.max(0, size - last), size - 1));
                }
            } else if (first < size) {
                into.add(new Span(first, last < 0 ? size - 1 : Math.min(last, size - 1)));
            }
        }
    }
}
