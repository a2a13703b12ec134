package dev.sluice.console.command;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations, sizes and other quantities as people write and read them: always with their unit, and read back as written.
///
/// They are put together by `concat` and whole numbers: a table has some of these in each of its thousands of rows, and the first one is made by an interpreter,
/// for which other ways take several times as long.
public final class Units {

    /// What is longer was mistyped.
    private static final Duration LONGEST = Duration.ofDays(365);

    private static final Pattern PART = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)([a-z]*)");
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final String[] TENTHS = {"", ".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8", ".9"};
    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    /// Up to here a number with tenths is exact in a long, and in a double.
    private static final double LARGE = 1e15;

    private Units() {}

    /// `0s`, `850us`, `1.2ms`, `4.2s`, `1m5s`, `3h12m`, `4d3h`.
    public static String duration(Duration time) {
        if (time.isNegative()) {
            return "-" + duration(time.negated());
        }
        long seconds = time.toSeconds();
        if (seconds >= 86_400) {
            return pair(seconds / 86_400, "d", seconds / 3_600 % 24, "h");
        }
        if (seconds >= 3_600) {
            return pair(seconds / 3_600, "h", seconds / 60 % 60, "m");
        }
        if (seconds >= 60) {
            return pair(seconds / 60, "m", seconds % 60, "s");
        }
        return subMinute(time.toNanos());
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return large + largeUnit + (small == 0 ? "" : small + smallUnit);
    }

    private static String subMinute(long nanos) {
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < 1_000) {
            return nanos + "ns";
        }
        if (nanos < 1_000_000) {
            return decimal(nanos, 1_000).concat("us");
        }
        return nanos < 1_000_000_000 ? decimal(nanos, 1_000_000).concat("ms") : decimal(nanos, 1_000_000_000).concat("s");
    }

    /// So many parts of a unit, as [#decimal(double)].
    private static String decimal(long parts, long unit) {
        boolean withTenths = parts < 100 * unit;
        long step = withTenths ? unit / 10 : unit;
        long rounded = (parts + step / 2) / step;
        return withTenths ? tenths(rounded) : Long.toString(rounded);
    }

    private static String tenths(long count) {
        return Long.toString(count / 10).concat(TENTHS[(int) (count % 10)]);
    }

    /// Three significant digits at most behind which nothing matters: `4.2`, `42`, `0.5`, `1200`.
    public static String decimal(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "-";
        }
        if (Math.abs(value) >= LARGE) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        boolean withTenths = Math.abs(value) < 100;
        long rounded = Math.round(Math.abs(value) * (withTenths ? 10 : 1));
        String size = withTenths ? tenths(rounded) : Long.toString(rounded);
        return value < 0 && rounded != 0 ? "-" + size : size;
    }

    /// `512B`, `1.5KiB`, `10MiB`.
    public static String size(long bytes) {
        if (bytes > -1_024 && bytes < 1_024) {
            return Long.toString(bytes).concat("B");
        }
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= 1_024 && unit < SIZES.length - 1) {
            value /= 1_024;
            unit++;
        }
        return decimal(value) + SIZES[unit];
    }

    /// `87%`, from a part of 1.
    public static String percent(double part) {
        return decimal(part * 100) + "%";
    }

    /// A time of the wall clock, to the second, in this machine's zone.
    public static String moment(Instant when) {
        return CLOCK.format(when);
    }

    /// Reads `500ms`, `10s`, `1.5m`, `1m30s`, `2h`, `1d`.
    ///
    /// @throws CommandException of wrong usage, when it is none, has no unit or is longer than a year
    static Duration parseDuration(String name, String text) {
        Matcher part = PART.matcher(text.toLowerCase(Locale.ROOT));
        Duration sum = Duration.ZERO;
        int end = 0;
        while (part.find() && part.start() == end) {
            sum = sum.plus(Duration.ofNanos((long) (Double.parseDouble(part.group(1)) * nanos(part.group(2)))));
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw CommandException.usage(name + " is \"" + text + "\", but must be a duration with its unit: 500ms, 30s, 10m, 2h, 1d");
        }
        if (sum.compareTo(LONGEST) > 0) {
            throw CommandException.usage(name + " is \"" + text + "\", but must be at most " + LONGEST.toDays() + "d");
        }
        return sum;
    }

    private static double nanos(String unit) {
        return switch (unit) {
            case "ns" -> 1;
            case "us", "µs" -> 1e3;
            case "ms" -> 1e6;
            case "s" -> 1e9;
            case "m" -> 60e9;
            case "h" -> 3_600e9;
            default -> 86_400e9;
        };
    }

    /// Reads `4096`, `10k`, `1.5MiB`, `2GB`. A lone letter is binary, as is `KiB`; `kB` is decimal.
    ///
    /// @throws CommandException of wrong usage, when it is none
    static long parseSize(String name, String text) {
        Matcher size = SIZE.matcher(text.toLowerCase(Locale.ROOT));
        int power = size.matches() ? power(size.group(2)) : -1;
        if (power < 0) {
            throw CommandException.usage(name + " is \"" + text + "\", but must be a size: 4096, 64k, 1.5MiB, 2GB");
        }
        double unit = size.group(2).matches("[kmgt]b") ? 1_000 : 1_024;
        return (long) (Double.parseDouble(size.group(1)) * Math.pow(unit, power));
    }

    private static int power(String unit) {
        return switch (unit) {
            case "", "b" -> 0;
            case "k", "kb", "kib" -> 1;
            case "m", "mb", "mib" -> 2;
            case "g", "gb", "gib" -> 3;
            case "t", "tb", "tib" -> 4;
            default -> -1;
        };
    }
}
