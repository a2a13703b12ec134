package dev.sluice.server;

import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Summary;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A protocol that fails where the words of a request tell it to.
record Faulty<Q, R>(Protocol<Q, R> inner, Function<Q, String> asked, Function<R, String> answered, Deeds deeds) implements Protocol<Q, R> {

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public List<String> applicationProtocols() {
        return inner.applicationProtocols();
    }

    @Override
    public Decoder<Q> newDecoder() {
        Decoder<Q> decoder = inner.newDecoder();
        return new Decoder<>() {
            @Override
            public Decoded<Q> decode(ByteBuffer in, RequestLimits limits) {
                return spoilt(decoder.decode(in, limits));
            }

            @Override
            public Decoded<Q> decodeLast(ByteBuffer in, RequestLimits limits) {
                return spoilt(decoder.decodeLast(in, limits));
            }
        };
    }

    private Decoded<Q> spoilt(Decoded<Q> decoded) {
        if (decoded instanceof Decoded.Complete<Q>(Q request)) {
            deeds.decoded(asked.apply(request));
            fail("decode", asked.apply(request));
        }
        return decoded;
    }

    @Override
    public Ending encode(Q request, R response, boolean last, ByteSink out) {
        if (asked.apply(request).contains("fail-encode")) {
            out.put("half of an ans".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        fail("encode", asked.apply(request));
        return inner.encode(request, response, last, out);
    }

    @Override
    public Ending refuse(@Nullable Q request, Refusal why, ByteSink out) {
        if (request != null) {
            fail("refuse", asked.apply(request));
        }
        return inner.refuse(request, why, out);
    }

    @Override
    public Summary summary(@Nullable Q request, @Nullable R response, @Nullable Refusal refusal) {
        return inner.summary(request, response, refusal);
    }

    @Override
    public void describe(Q request, StringBuilder into) {
        fail("describe", asked.apply(request));
        inner.describe(request, into);
    }

    @Override
    public Outcome outcome(R response) {
        fail("outcome", answered.apply(response));
        return inner.outcome(response);
    }

    private static void fail(String where, String words) {
        if (words.contains("flag-" + where)) {
            Thread.currentThread().interrupt();
        }
        if (words.contains("fail-" + where)) {
            throw new IllegalStateException("asked to fail in " + where);
        }
        if (words.contains("overflow-" + where)) {
            throw new StackOverflowError("asked to overflow in " + where);
        }
    }
}
