package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import ch.qos.logback.classic.LoggerContext;
import dev.sluice.api.DrainConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerControl;
import dev.sluice.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A server whose configuration file is watched as the program watches it, only that it is looked at sooner.
final class WatchedServer {

    /// A client of protocol `line`.
    record Client(Socket socket, BufferedReader in) implements AutoCloseable {

        Client send(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            return this;
        }

        Optional<String> answer() throws IOException {
            return Optional.ofNullable(in.readLine());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private final Path file;
    private final ServerControl server;
    private final FileConfigControl control;
    private final ConfigWatcher watcher;

    private WatchedServer(Path file, ServerControl server, FileConfigControl control) throws IOException {
        this.file = file;
        this.server = server;
        this.control = control;
        this.watcher = ConfigWatcher.start(control::seen, control::reloadChanged, Duration.ofMillis(20), Duration.ofSeconds(1));
    }

    /// @param file that is there already, or a link to it
    static WatchedServer start(Path file) throws IOException {
        ConfigFile config = new ConfigFile(file, List.of(), Providers.load(), SampleProviders.ADMIN);
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, config.read(Parts.none()));
        ServerControl server = Server.start(usable.server(), List.of(), RequestProbe.Factory.NONE);
        return new WatchedServer(file, server, new FileConfigControl(config, usable, server, new LogbackLevels(new LoggerContext()),
                new Warnings(SystemLimits.here()), InstantSource.system()));
    }

    ServerControl server() {
        return server;
    }

    /// Of the pool, as it holds now.
    int size(String pool) {
        Map<String, PoolConfig> pools = server.config().pools();
        return Objects.requireNonNull(pools.get(pool)).size();
    }

    /// Whether the file, as it was last read, could not be applied.
    boolean failed() {
        return control.status().lastFailed();
    }

    String said() {
        return control.status().summary();
    }

    /// Puts another file in its place.
    void swap(String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    Client client(String listener) throws IOException {
        int port = server.listeners().stream().filter(one -> one.name().equals(listener)).findFirst().orElseThrow().address().getPort();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return new Client(socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
    }

    void stop() throws InterruptedException {
        watcher.close();
        server.shutdown(DrainConfig.DEFAULT.withIdleGrace(Duration.ZERO));
    }
}
