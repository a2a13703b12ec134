package dev.sluice.api;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// Values of a configuration as text, the way a configuration file writes them: nothing is rounded, so what is written reads back as
/// the same value.
public final class Rendered {

    private static final String[] DURATION_UNITS = {"ns", "us", "ms", "s", "m", "h", "d"};
    private static final int[] DURATION_STEPS = {1_000, 1_000, 1_000, 60, 60, 24};
    private static final String[] SIZE_UNITS = {"", "KiB", "MiB", "GiB"};

    private Rendered() {}

    /// A value of any type that a configuration holds: `90s`, `refuse`, `127.0.0.1:8080`, `fixed`; of a whole pool or listener what it is
    /// in short. What has no form of its own is shown
    /// as its `toString`; an empty [OptionalInt], which leaves the choice to the server, as `auto`.
    public static String text(Object value) {
        return switch (value) {
            case Duration duration -> duration(duration);
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            case PoolType type -> type.name();
            case IoModel model -> model.name();
            case SocketAddress address -> Addresses.text(address);
            case List<?> several -> several.stream().map(Rendered::text).collect(Collectors.joining(", "));
            case OptionalInt number -> number.isPresent() ? Integer.toString(number.getAsInt()) : "auto";
            case Optional<?> given -> given.map(Rendered::text).orElse("none");
            case Endpoint<?, ?> endpoint -> endpoint.service();
            case TrustedSource source -> source.toString();
            case PoolConfig pool -> pool.type().name() + " " + pool.size();
            case ListenerConfig listener -> text(listener.bind()) + " " + listener.endpoint().protocol().name() + " "
                    + listener.endpoint().service() + " " + listener.io().name() + " " + listener.pool();
            default -> String.valueOf(value);
        };
    }

    /// In the largest unit that loses nothing: `500ms`, `90s`, `10m`, and `0s`.
    public static String duration(Duration value) {
        if (value.isZero()) {
            return "0s";
        }
        int unit = 0;
        long count;
        try {
            count = value.toNanos();
        } catch (ArithmeticException beyondCenturies) {
            return value.toSeconds() + "s";
        }
        while (unit < DURATION_STEPS.length && count % DURATION_STEPS[unit] == 0) {
            count /= DURATION_STEPS[unit++];
        }
        return count + DURATION_UNITS[unit];
    }

    /// In the largest unit that loses nothing: `1000`, `8KiB`, `1MiB`.
    public static String bytes(long value) {
        int unit = 0;
        long count = value;
        while (count != 0 && unit < SIZE_UNITS.length - 1 && count % 1_024 == 0) {
            count /= 1_024;
            unit++;
        }
        return count + SIZE_UNITS[unit];
    }
}
