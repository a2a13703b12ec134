package dev.sluice.console.launch;

import dev.sluice.api.Endpoint;
import dev.sluice.api.PoolProvider;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.Stage;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// Providers that a test's configuration can name: protocols `wire` (setting `charset`) and `other`, services `echo` and `files` (settings
/// `root`, `depth`), and the pool type `elastic` (setting `spare`).
final class SampleProviders {

    /// A protocol that never finds a request.
    record Wire(String name, String charset) implements Protocol<String, String> {

        @Override
        public Decoder<String> newDecoder() {
            return (in, limits) -> Decoded.incomplete(Stage.BETWEEN);
        }

        @Override
        public Ending encode(String request, String response, boolean last, ByteSink out) {
            return Ending.CLOSE;
        }

        @Override
        public Ending refuse(@Nullable String request, Refusal why, ByteSink out) {
            return Ending.CLOSE;
        }
    }

    record WireProvider(String name) implements ProtocolProvider {
        @Override
        public Protocol<?, ?> create(Settings settings) {
            return new Wire(name, settings.text("charset", "UTF-8"));
        }
    }

    record Echo(String name, String protocol) implements ServiceProvider {
        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            return HandlerFactory.<String, String>of((request, call) -> request);
        }
    }

    record FilesService(String name, String protocol) implements ServiceProvider {
        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            if (!Files.isDirectory(settings.path("root", "."))) {
                throw new Settings.Invalid("root", "is no folder");
            }
            settings.number("depth", 1, 1, 9);
            settings.text("password", "");
            return HandlerFactory.<String, String>of((request, call) -> request);
        }
    }

    record Elastic(String name) implements PoolProvider {
        @Override
        public ExecutorService open(Settings settings) {
            settings.number("spare", 0, 0, 10);
            return Executors.newCachedThreadPool();
        }
    }

    static final Endpoint<String, String> ADMIN =
            new Endpoint<>(new Wire("http", "UTF-8"), "admin", HandlerFactory.of((request, call) -> request));

    private SampleProviders() {}

    static Providers all() {
        return Providers.of(
                List.of(new Elastic("elastic")),
                List.of(new WireProvider("wire"), new WireProvider("other")),
                List.of(new Echo("echo", "wire"), new Echo("shout", "other"), new FilesService("files", "wire")));
    }
}
