package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The program as a process: what people and supervisors see of it.
@Timeout(60)
class LauncherTest {

    @TempDir
    private Path home;

    private Path config;
    private int port;
    private String text;

    @BeforeEach
    void configure() throws IOException {
        port = Running.freePort();
        text = """
                sluice {
                  pools { p { type = virtual, size = 10 } }
                  listeners {
                    web { bind = "127.0.0.1:%d", protocol = http, service = hello, pool = p
                          timeouts { idle = 60s, head = 60s } }
                  }
                  drain { idle-grace = 0, grace = 200ms }
                }
                """.formatted(port);
        config = Files.writeString(home.resolve("test.conf"), text);
    }

    @Test
    void untilEofDetachingDoesNotEndIt() throws Exception {
        try (Running sluice = start("--until-eof").type("detach")) {
            sluice.awaitErr(line -> line.contains("the console is left") && line.contains("kill -TERM " + sluice.pid()));
            assertTrue(answers());
            assertEquals(0, sluice.signal("TERM").exitCode());
        }
    }

    @Test
    void commandsFromAPipeAreAnsweredAndShutdownEndsIt() throws Exception {
        try (Running sluice = start().type("status", "show pools", "shutdown")) {
            assertEquals(0, sluice.exitCode(), () -> sluice.err().toString());
            assertTrue(sluice.out().stream().anyMatch(line -> line.contains("RUNNING")), () -> sluice.out().toString());
            assertTrue(sluice.out().stream().noneMatch(line -> line.contains("\u001b")), () -> sluice.out().toString());
        }
    }

    @Test
    void aFailedCommandIsTheExitCodeOfACleanEnd() throws Exception {
        try (Running sluice = start().type("resize nobody 3", "shutdown")) {
            assertEquals(1, sluice.exitCode());
        }
    }

    @Test
    void atTheEndOfInputItServesOnAndSaysHowToStopIt() throws Exception {
        try (Running sluice = start().type("status").endInput()) {
            sluice.awaitErr(line -> line.contains("kill -TERM " + sluice.pid()));
            assertTrue(answers());
            assertEquals(0, sluice.signal("TERM").exitCode());
        }
    }

    @Test
    void untilEofTheEndOfInputEndsIt() throws Exception {
        try (Running sluice = start("--until-eof").type("status").endInput()) {
            assertEquals(0, sluice.exitCode());
        }
    }

    @Test
    void aDaemonServesUntilASignal() throws Exception {
        for (String signal : new String[] {"TERM", "INT"}) {
            try (Running sluice = Running.start(home, Running.nothing(), "--config", config.toString())) {
                await().atMost(Duration.ofSeconds(30)).until(this::answers);
                assertEquals(0, sluice.signal(signal).exitCode(), () -> sluice.err().toString());
                boolean reported = sluice.err().stream().anyMatch(line -> line.contains("event=drain-report result=CLEAN"));
                assertTrue(reported, () -> sluice.err().toString());
            }
        }
    }

    @Test
    void aClientClosedByForceIsExitCode4() throws Exception {
        try (Running sluice = start().type("status").awaitOut(line -> line.contains("RUNNING"));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            await().atMost(Duration.ofSeconds(30)).until(() ->
                    sluice.type("show clients").out().stream().anyMatch(line -> line.contains("reading")));
            assertEquals(4, sluice.signal("TERM").exitCode(), () -> sluice.err().toString());
        }
    }

    @Test
    void aTakenPortIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress()); Running sluice = start()) {
            assertEquals(1, sluice.exitCode());
            assertEquals(1, sluice.err().size(), () -> sluice.err().toString());
            assertTrue(sluice.err().getFirst().contains("127.0.0.1:" + taken.getLocalPort()), () -> sluice.err().toString());
        }
    }

    @Test
    void anEditOfTheFileTakesEffect() throws Exception {
        try (Running sluice = start().type("status").awaitOut(line -> line.contains("RUNNING"));
                Socket idle = new Socket(InetAddress.getLoopbackAddress(), port)) {
            idle.setSoTimeout(30_000);
            Path next = Files.writeString(home.resolve("next"), text.replace("idle = 60s", "idle = 300ms"));
            Files.move(next, config, StandardCopyOption.ATOMIC_MOVE);
            sluice.awaitErr(line -> line.contains("event=reloaded cause=watch"));
            assertEquals(-1, idle.getInputStream().read());
            Files.writeString(config, text.replace("size = 10", "sise = 10"));
            sluice.awaitErr(line -> line.contains("did you mean size?"));
            assertTrue(answers());
            assertEquals(0, sluice.type("shutdown").exitCode());
        }
    }

    @Test
    void whatIsSetForATimeTakesEffectAndGoesBackByItself() throws Exception {
        try (Running sluice = start().type("status").awaitOut(line -> line.contains("RUNNING"));
                Socket idle = new Socket(InetAddress.getLoopbackAddress(), port)) {
            idle.setSoTimeout(30_000);
            assertTrue(exchange(idle).contains("200 OK"));
            sluice.type("set listeners.web.timeouts.idle 300ms for 2s").awaitOut(line -> line.matches(".* 1m +300ms +live +applied"));
            assertEquals(-1, idle.getInputStream().read());
            sluice.awaitErr(line -> line.contains("event=overlay-expired key=listeners.web.timeouts.idle before=\"300ms\" after=\"1m\""));
            sluice.type("show config listeners.web.timeouts.idle").awaitOut(line -> line.matches("listeners.web.timeouts.idle +1m .*test.conf:5.*"));
            assertEquals(0, sluice.type("shutdown").exitCode());
        }
    }

    @Test
    void whatIsSetIsSavedIntoTheFileAndHoldsAtTheNextStart() throws Exception {
        try (Running sluice = start().type("resize p 7", "set listeners.web.io blocking", "save --dry-run", "show config --changed")
                .awaitOut(line -> line.matches("pools.p.size +7 +set by \\S+@console:\\d+ .*"))) {
            assertTrue(sluice.out().stream().anyMatch(line -> line.strip().equals("2+   pools { p { type = virtual, size = 7 } }")),
                    () -> sluice.out().toString());
            assertEquals(text, Files.readString(config));
            sluice.type("save", "unset pools.p.size", "show config pools").awaitOut(line -> line.matches("pools.p.size +7 .*test.conf:2.*"));
            assertEquals(text.replace("size = 10", "size = 7").replace("head = 60s }", "head = 60s }, io = blocking"),
                    Files.readString(config));
            assertEquals(1, sluice.type("shutdown").exitCode(), "nothing was left to unset");
            assertTrue(sluice.err().stream().noneMatch(line -> line.contains("event=reload")), () -> sluice.err().toString());
        }
        try (Running sluice = start().type("show config listeners.web.io", "shutdown")) {
            assertEquals(0, sluice.exitCode());
            assertTrue(sluice.out().stream().anyMatch(line -> line.matches("listeners.web.io.model +blocking .*")), () -> sluice.out().toString());
        }
    }

    @Test
    void aHangUpReadsTheFileAgain() throws Exception {
        try (Running sluice = Running.start(home, Running.nothing(), "--config", config.toString())) {
            await().atMost(Duration.ofSeconds(30)).until(this::answers);
            sluice.signal("HUP").awaitErr(line -> line.contains("event=reloaded cause=HUP detail=\"nothing to change\""));
            assertEquals(0, sluice.signal("TERM").exitCode());
        }
    }

    private Running start(String... more) throws IOException {
        String[] words = new String[more.length + 2];
        words[0] = "--config";
        words[1] = config.toString();
        System.arraycopy(more, 0, words, 2, more.length);
        return Running.start(home, ProcessBuilder.Redirect.PIPE, words);
    }

    private boolean answers() throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return exchange(client).contains("200 OK");
        } catch (ConnectException notYet) {
            return false;
        }
    }

    private static String exchange(Socket client) throws IOException {
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = new byte[4_096];
        StringBuilder answer = new StringBuilder();
        int count = client.getInputStream().read(bytes);
        while (count > 0 && !answer.append(new String(bytes, 0, count, StandardCharsets.US_ASCII)).toString().contains("\r\n\r\n")) {
            count = client.getInputStream().read(bytes);
        }
        return answer.toString();
    }
}
