package dev.sluice.bench.jmh;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Bytes to a request: what a load generator sends, and what a browser does; from the heap, as every engine reads.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecoderBenchmark {

    private final Decoder<HttpRequest> decoder = new HttpProtocol().newDecoder();
    private final ByteBuffer small = Requests.heap(Requests.SMALL);
    private final ByteBuffer browser = Requests.heap(Requests.BROWSER);

    /// Both are whole requests, to their last byte.
    @Setup
    public void check() {
        for (Decoded<HttpRequest> decoded : List.of(small(), browser())) {
            if (!(decoded instanceof Decoded.Complete<HttpRequest>) || small.hasRemaining() || browser.hasRemaining()) {
                throw new IllegalStateException("this is no whole request: " + decoded);
            }
        }
    }

    @Benchmark
    public Decoded<HttpRequest> small() {
        return decoder.decode(small.rewind(), RequestLimits.DEFAULT);
    }

    @Benchmark
    public Decoded<HttpRequest> browser() {
        return decoder.decode(browser.rewind(), RequestLimits.DEFAULT);
    }
}
