package dev.sluice.console.launch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/// The program as a process of its own, as the launcher starts it, in a folder of its own.
final class Running implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers;

    private Running(Process process) {
        this.process = process;
        this.readers = List.of(
                reader(process.inputReader(StandardCharsets.UTF_8), out),
                reader(process.errorReader(StandardCharsets.UTF_8), err));
    }

    /// @param input for commands; a pipe that stays open unless it is something else
    static Running start(Path home, ProcessBuilder.Redirect input, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Dsluice.home=" + home, "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        return new Running(new ProcessBuilder(command).redirectInput(input).start());
    }

    static ProcessBuilder.Redirect nothing() {
        return ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile());
    }

    /// A port that was free a moment ago.
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Thread reader(BufferedReader from, List<String> into) {
        // Reading a pipe holds the thread below a virtual one, of which a small machine has two.
        return Thread.ofPlatform().daemon().start(() -> from.lines().forEach(line -> {
            synchronized (into) {
                into.add(line);
            }
        }));
    }

    /// Types lines, and leaves the input open.
    Running type(String... lines) throws IOException {
        Writer writer = process.outputWriter(StandardCharsets.UTF_8);
        for (String line : lines) {
            writer.write(line + "\n");
        }
        writer.flush();
        return this;
    }

    Running endInput() throws IOException {
        process.getOutputStream().close();
        return this;
    }

    Running signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        return this;
    }

    long pid() {
        return process.pid();
    }

    List<String> out() {
        synchronized (out) {
            return List.copyOf(out);
        }
    }

    List<String> err() {
        synchronized (err) {
            return List.copyOf(err);
        }
    }

    Running awaitOut(Predicate<String> line) {
        Awaitility.await().atMost(PATIENCE).failFast(() -> !process.isAlive()).until(() -> out().stream().anyMatch(line));
        return this;
    }

    Running awaitErr(Predicate<String> line) {
        Awaitility.await().atMost(PATIENCE).until(() -> err().stream().anyMatch(line));
        return this;
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it still runs; out " + out() + ", err " + err());
        }
        for (Thread reader : readers) {
            reader.join();
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
