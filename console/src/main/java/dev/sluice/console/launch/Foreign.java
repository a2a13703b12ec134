package dev.sluice.console.launch;

import java.util.ServiceConfigurationError;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The boundary around code that is not ours: what a plugin does while it is loaded, and what any provider does when it is asked for
/// something. Whatever such code throws ends the one call, and an interrupt that it leaves behind is taken back.
final class Foreign {

    /// Such code threw; the cause is what.
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        private final Throwable thrown;

        private Failed(Throwable thrown) {
            super(null, null, false, false);
            this.thrown = thrown;
        }

        Throwable thrown() {
            return thrown;
        }

        /// In one line, for people.
        String why() {
            return Foreign.why(thrown);
        }
    }

    /// Such code gave nothing where something is needed.
    private static final class Nothing extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Nothing(String message) {
            super(message, null, false, false);
        }
    }

    private static final Pattern CLASS = Pattern.compile("[\\w$/.]+");
    private static final Pattern NEWER = Pattern.compile("(\\S+) has been compiled by a more recent version .*class file version (\\d+).*");
    /// Version 45 was Java 1.
    private static final int BEFORE_JAVA_1 = 44;

    private Foreign() {}

    static <T extends @Nullable Object> T call(Callable<T> code) throws Failed {
        try {
            return code.call();
        } catch (Throwable thrown) {
            throw new Failed(thrown);
        } finally {
            Thread.interrupted();
        }
    }

    /// To be called within such code.
    ///
    /// @param otherwise what to say of it when it is null
    static <T> T given(@Nullable T thing, String otherwise) {
        if (thing == null) {
            throw new Nothing(otherwise);
        }
        return thing;
    }

    /// What was thrown, as a person can use it. A class of somebody's own may even throw when it is asked.
    private static String why(Throwable thrown) {
        try {
            return told(thrown);
        } catch (Throwable evenThen) {
            return thrown.getClass().getName();
        } finally {
            Thread.interrupted();
        }
    }

    private static String told(Throwable thrown) {
        @Nullable Throwable cause = thrown.getCause();
        return switch (thrown) {
            case UnsupportedClassVersionError newer -> compiled(String.valueOf(newer.getMessage()));
            case NoClassDefFoundError missing -> missing(String.valueOf(missing.getMessage()));
            case IncompatibleClassChangeError other -> other + ": it was compiled against another version of Sluice; compile it again";
            case ExceptionInInitializerError initializer when cause != null -> told(cause);
            case ServiceConfigurationError refused -> configured(String.valueOf(refused.getMessage()), cause);
            case Nothing nothing -> String.valueOf(nothing.getMessage());
            case IllegalArgumentException refusal when refusal.getMessage() != null -> refusal.getMessage(); // written for people
            default -> thrown + place(thrown);
        };
    }

    private static String compiled(String message) {
        Matcher newer = NEWER.matcher(message);
        if (!newer.matches()) {
            return message;
        }
        int wants = Integer.parseInt(newer.group(2)) - BEFORE_JAVA_1;
        int here = Runtime.version().feature();
        return newer.group(1).replace('/', '.') + " is compiled for Java " + wants + ", but this is Java " + here
                + ": compile it with --release " + here + ", or start Sluice with Java " + wants;
    }

    private static String missing(String message) {
        return CLASS.matcher(message).matches()
                ? "it needs class " + message.replace('/', '.') + ", which is neither in the jar nor in Sluice: put it into the jar"
                : message;
    }

    /// `dev.sluice.api.PoolProvider: Provider example.Pool not found`, without the interface, and with the cause.
    private static String configured(String message, @Nullable Throwable cause) {
        String detail = message.substring(message.indexOf(": ") + 1).strip();
        return cause == null ? detail : detail + ": " + told(cause);
    }

    /// Where, since one line has no room for a stack.
    private static String place(Throwable thrown) {
        return Stream.of(thrown.getStackTrace()).findFirst().map(frame -> " (at " + frame + ")").orElse("");
    }
}
