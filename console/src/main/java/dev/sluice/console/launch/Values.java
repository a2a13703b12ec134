package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.sluice.api.Addresses;
import dev.sluice.api.Rendered;
import dev.sluice.api.TrustedSource;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Turns single values of the configuration into what the records want.
final class Values {

    /// A value that cannot be used. The message continues a sentence that begins with the key.
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1;

        Unfit(String message) {
            super(message);
        }
    }

    private static final Pattern BARE_NUMBER = Pattern.compile("[-+]?[0-9.]+");
    /// The library would take `NaN s` for no time at all, and count in hexadecimal.
    private static final Pattern TIME = Pattern.compile("[-+]?[0-9.]+\\s*[A-Za-z]+");
    private static final String WHOLE = "a whole number";
    private static final String SIZE = "a size, such as 8192 or 8 KiB";
    private static final String AUTO = Rendered.text(OptionalInt.empty());

    private Values() {}

    /// @param type  of the record's component
    /// @param bytes whether a number counts bytes, so that it may have a unit
    static Object convert(Class<?> type, ConfigValue value, boolean bytes) throws Unfit {
        if (type == int.class) {
            return (int) number(value, bytes ? SIZE : WHOLE, bytes, Integer.MAX_VALUE);
        }
        if (type == OptionalInt.class) {
            return text(value).equals(AUTO)
                    ? OptionalInt.empty() : OptionalInt.of((int) number(value, AUTO + " or " + WHOLE, false, Integer.MAX_VALUE));
        }
        if (type == long.class) {
            return number(value, bytes ? SIZE : WHOLE, bytes, Long.MAX_VALUE);
        }
        if (type == boolean.class) {
            return truth(value);
        }
        if (type == Duration.class) {
            return duration(value);
        }
        if (type.isEnum()) {
            return constant(type, value);
        }
        if (type == String.class) {
            return scalar(value, "a text");
        }
        if (type == List.class) { // the one that is bound to a record: what `bind` holds is read apart
            return sources(value);
        }
        throw new IllegalStateException("a configuration record has a component of type " + type + ", which no value can be turned into");
    }

    /// A value as it was written, for people.
    static String text(ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT, LIST -> value.render(ConfigRenderOptions.concise());
            case STRING, NUMBER, BOOLEAN, NULL -> value.atKey("it").getIsNull("it") ? "null" : value.atKey("it").getString("it");
        };
    }

    static String scalar(ConfigValue value, String wanted) throws Unfit {
        if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
            throw new Unfit("is " + text(value) + ", but must be " + wanted);
        }
        return text(value);
    }

    /// The records say more exactly what they take; here is refused what is out of the type's bounds.
    private static long number(ConfigValue value, String wanted, boolean bytes, long most) throws Unfit {
        String text = scalar(value, wanted);
        long number;
        try {
            // The library would cut 1.5 bytes to 1.
            number = bytes && !BARE_NUMBER.matcher(text).matches() ? value.atKey("it").getBytes("it") : Long.parseLong(text);
        } catch (ConfigException | NumberFormatException notOne) {
            throw new Unfit("is " + text + ", but must be " + wanted);
        }
        if (number > most || number < -most) {
            throw new Unfit("is " + text + ", but must be " + (number > most ? "at most " + most : "0 or more"));
        }
        return number;
    }

    private static boolean truth(ConfigValue value) throws Unfit {
        String text = scalar(value, "true or false");
        try {
            return value.atKey("it").getBoolean("it");
        } catch (ConfigException notOne) {
            throw new Unfit("is " + text + ", but must be true or false");
        }
    }

    private static Duration duration(ConfigValue value) throws Unfit {
        String wanted = "a time with its unit, such as 500ms, 10s or 5m";
        String text = scalar(value, wanted);
        if (text.strip().equals("0")) {
            return Duration.ZERO;
        }
        if (!TIME.matcher(text.strip()).matches()) {
            throw new Unfit("is " + text + ", but must be " + wanted);
        }
        try {
            Duration time = value.atKey("it").getDuration("it");
            if (Math.abs(time.toNanos()) < Long.MAX_VALUE) {
                return time;
            }
        } catch (ConfigException notOne) {
            throw new Unfit("is " + text + ", but must be " + wanted);
        } catch (ArithmeticException tooLong) {
            // falls through to the same refusal as a time that the library has cut to what it can count
        }
        throw new Unfit("is " + text + ", but must be less than 292 years");
    }

    /// One address or a list of them.
    static List<SocketAddress> addresses(ConfigValue value) throws Unfit {
        List<SocketAddress> addresses = new ArrayList<>();
        for (ConfigValue one : value instanceof ConfigList list ? list : List.of(value)) {
            addresses.add(address(one));
        }
        return addresses;
    }

    private static SocketAddress address(ConfigValue value) throws Unfit {
        try {
            return Addresses.parse(scalar(value, "host:port, [ipv6]:port, :port or unix:path"));
        } catch (IllegalArgumentException notOne) {
            String message = String.valueOf(notOne.getMessage());
            throw new Unfit(message.startsWith("address ") ? message.substring("address ".length()) : message);
        }
    }

    /// One trusted source or a list of them.
    private static List<TrustedSource> sources(ConfigValue value) throws Unfit {
        List<TrustedSource> sources = new ArrayList<>();
        for (ConfigValue one : value instanceof ConfigList list ? list : List.of(value)) {
            try {
                sources.add(TrustedSource.parse(scalar(one, "an address, a block of addresses as 10.0.0.0/8, or unix")));
            } catch (IllegalArgumentException notOne) {
                throw new Unfit(String.valueOf(notOne.getMessage()));
            }
        }
        return List.copyOf(sources);
    }

    private static Object constant(Class<?> type, ConfigValue value) throws Unfit {
        List<?> constants = Arrays.asList(type.getEnumConstants());
        String known = constants.stream().map(one -> Names.kebab(one.toString())).collect(Collectors.joining(" or "));
        String text = scalar(value, known);
        for (Object constant : constants) {
            if (Names.kebab(constant.toString()).equals(text)) {
                return constant;
            }
        }
        throw new Unfit("is " + text + ", but must be " + known);
    }
}
