package dev.sluice.service.files;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Dates as HTTP writes them (RFC 9110, 5.6.7): one form to write, three to read, each to the letter.
final class HttpDate {

    /// What is no date.
    static final long NONE = Long.MIN_VALUE;

    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);
    private static final List<String> MONTHS =
            List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final String DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
    private static final String LONG_DAY = "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
    private static final String MONTH = "(?<month>" + String.join("|", MONTHS) + ")";
    private static final String TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";
    private static final Pattern FIXED =
            Pattern.compile(DAY + ", (?<day>\\d\\d) " + MONTH + " (?<year>\\d{4}) " + TIME + " GMT");
    private static final Pattern RFC_850 =
            Pattern.compile(LONG_DAY + ", (?<day>\\d\\d)-" + MONTH + "-(?<year>\\d\\d) " + TIME + " GMT");
    private static final Pattern ASCTIME =
            Pattern.compile(DAY + " " + MONTH + " (?<day>\\d\\d| \\d) " + TIME + " (?<year>\\d{4})");

    private HttpDate() {}

    /// The one form to write.
    static String text(long epochSecond) {
        return FORM.format(Instant.ofEpochSecond(epochSecond));
    }

    /// The second of a date; [#NONE] when it is none.
    ///
    /// @param now in seconds, by which a year of two digits is told
    static long second(String text, long now) {
        Matcher fixed = FIXED.matcher(text);
        if (fixed.matches()) {
            return second(fixed, number(fixed, "year"));
        }
        Matcher old = RFC_850.matcher(text);
        if (old.matches()) {
            return second(old, century(number(old, "year"), now));
        }
        Matcher asctime = ASCTIME.matcher(text);
        return asctime.matches() ? second(asctime, number(asctime, "year")) : NONE;
    }

    private static int number(Matcher date, String group) {
        return Integer.parseInt(date.group(group).strip());
    }

    /// A second of 60, which a leap second is, is the first of the next minute.
    private static long second(Matcher date, int year) {
        int second = number(date, "second");
        if (second > 60) {
            return NONE;
        }
        try {
            return LocalDateTime.of(year, MONTHS.indexOf(date.group("month")) + 1, number(date, "day"), number(date, "hour"),
                    number(date, "minute")).toEpochSecond(ZoneOffset.UTC) + second;
        } catch (DateTimeException noSuchDay) {
            return NONE;
        }
    }

    /// What would lie more than 50 years ahead is the latest past year of the same two digits.
    private static int century(int digits, long now) {
        int thisYear = Instant.ofEpochSecond(now).atOffset(ZoneOffset.UTC).getYear();
        int year = thisYear - thisYear % 100 + digits;
        if (year > thisYear + 50) {
            return year - 100;
        }
        return year <= thisYear - 50 ? year + 100 : year;
    }
}
