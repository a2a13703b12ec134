package dev.sluice.embedding;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Addresses;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/// A program of the page, in a process of its own, as its reader would run it.
final class Running implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final Thread listening;

    Running(Path classes, String program, String... args) throws IOException {
        this(List.of(), classes, program, args);
    }

    /// With options for Java.
    Running(List<String> options, Path classes, String program, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-cp", classes + File.pathSeparator + System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(program);
        command.addAll(List.of(args));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        listening = Thread.ofPlatform().start(this::listen);
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            out.lines().forEach(said::add);
        } catch (IOException | UncheckedIOException failed) {
            said.add("(" + failed + ")");
        }
    }

    /// The rest of a line that begins so; takes it, so that the next call finds the next one.
    String says(String beginning) {
        await(beginning).atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> said.stream().anyMatch(line -> line.startsWith(beginning)) || !listening.isAlive());
        String found = said.stream().filter(line -> line.startsWith(beginning)).findFirst()
                .orElseThrow(() -> new AssertionError("it has ended without \"" + beginning + "\", but said " + said));
        said.remove(found);
        return found.substring(beginning.length()).strip();
    }

    void type(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /// A client at an address that the program has named.
    Client client(String address) throws IOException {
        return new Client(SocketChannel.open(Addresses.parse(address)));
    }

    /// Ends its input, and waits for it to end, which it cannot while one of its threads goes on.
    void ends() throws Exception {
        process.getOutputStream().close();
        ends(0);
    }

    /// Tells it to end, as an operating system does, and goes on listening.
    void terminate() {
        process.toHandle().destroy();
    }

    void ends(int code) throws InterruptedException {
        assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), () -> "it goes on; it said " + said);
        listening.join();
        assertEquals(code, process.exitValue(), () -> "it said " + said);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /// Speaks to it.
    static final class Client implements AutoCloseable {

        private final SocketChannel channel;
        private final BufferedReader in;

        Client(SocketChannel channel) {
            this.channel = channel;
            in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        }

        Client says(String text) throws IOException {
            Channels.newOutputStream(channel).write(text.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        /// Bytes, given as hexadecimal digits; spaces do not count.
        Client sends(String digits) throws IOException {
            Channels.newOutputStream(channel).write(HexFormat.of().parseHex(digits.replace(" ", "")));
            return this;
        }

        /// So many bytes; fewer only at the end. Not to be mixed with what takes characters.
        byte[] takes(int count) throws IOException {
            return Channels.newInputStream(channel).readNBytes(count);
        }

        /// The next line; null at the end.
        String line() throws IOException {
            return in.readLine();
        }

        /// So many characters; fewer only at the end.
        String hears(int count) throws IOException {
            StringBuilder heard = new StringBuilder();
            for (int c = 0; heard.length() < count && c >= 0; ) {
                c = in.read();
                if (c >= 0) {
                    heard.append((char) c);
                }
            }
            return heard.toString();
        }

        /// Ends the connection by a reset.
        void reset() throws IOException {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
