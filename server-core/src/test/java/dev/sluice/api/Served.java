package dev.sluice.api;

import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/// Endpoints that configurations in tests name and nobody calls.
public final class Served {

    private Served() {}

    /// The same protocol and handlers each time, so that two with the same names are equal.
    public static Endpoint<String, String> as(String protocol, String service) {
        return new Endpoint<>(new Named(protocol), service, HANDLERS);
    }

    private static final HandlerFactory<String, String> HANDLERS = HandlerFactory.of((request, call) -> request);

    private record Named(String name) implements Protocol<String, String> {
        @Override
        public Decoder<String> newDecoder() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Ending encode(String request, String response, boolean last, ByteSink out) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Ending refuse(@Nullable String request, Refusal why, ByteSink out) {
            throw new UnsupportedOperationException();
        }
    }
}
