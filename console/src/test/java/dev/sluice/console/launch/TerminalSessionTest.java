package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.console.command.Fixture;
import dev.sluice.console.command.Level;
import dev.sluice.console.shell.InteractiveShell;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalSessionTest {

    @TempDir
    private Path folder;

    @Test
    void aTerminalThatStandsStillDoesNotHoldUpTheEnd() throws Exception {
        CountDownLatch flows = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        OutputStream still = new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                written.countDown();
                try {
                    flows.await();
                } catch (InterruptedException interrupted) {
                    throw new InterruptedIOException();
                }
            }
        };
        try (Fixture fixture = new Fixture();
                DumbTerminal terminal = new DumbTerminal("still", "dumb", InputStream.nullInputStream(), still, StandardCharsets.UTF_8)) {
            InteractiveShell shell = new InteractiveShell(fixture.context(Level.ADMIN), folder.resolve("history"));
            TerminalSession session = new TerminalSession(terminal, shell, "banner", () -> {});
            session.start();
            try {
                assertTrue(written.await(10, TimeUnit.SECONDS));
                Thread ending = Thread.ofPlatform().daemon().start(() -> session.end(true));
                assertTrue(ending.join(Duration.ofSeconds(10)));
            } finally {
                flows.countDown();
            }
        }
    }
}
