package dev.sluice.console.launch;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes log lines to the standard error; while a shell has a terminal there, hands them to the shell instead, which prints them above its
/// prompt. Named in `logback.xml`, so it is public, and the way to the shell is static. Belongs behind an asynchronous appender, as a
/// terminal may be slow.
public final class ShellAppender extends AppenderBase<ILoggingEvent> {

    private static final AtomicReference<Predicate<String>> SHELL = new AtomicReference<>(line -> false);

    private final PrintStream error = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    private @Nullable Encoder<ILoggingEvent> encoder;

    /// Called by Logback, for the element of that name.
    public void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    /// From now on lines go there, without their line ends; those it says it has not printed go to the standard error.
    static void handTo(Predicate<String> shell) {
        SHELL.set(shell);
    }

    @Override
    public void start() {
        if (encoder == null) {
            addError("the appender " + getName() + " needs an encoder");
            return;
        }
        super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        Encoder<ILoggingEvent> used = encoder;
        if (used == null) {
            return;
        }
        String text = new String(used.encode(event), StandardCharsets.UTF_8).stripTrailing();
        if (!SHELL.get().test(text)) {
            error.println(text);
        }
    }
}
