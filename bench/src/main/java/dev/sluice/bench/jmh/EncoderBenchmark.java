package dev.sluice.bench.jmh;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.wire.Output;
import dev.sluice.wire.ResponseWriter;
import dev.sluice.wire.Segment;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// A response to bytes, into a buffer that is lent as a loop lends its own: one that is sent again and again, and one made for its request.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncoderBenchmark {

    private static final byte[] BODY = "Hello, World!".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final HttpProtocol protocol = new HttpProtocol();
    private final HttpRequest request = request();
    private final HttpResponse kept = HttpResponse.of(200, "text/plain; charset=utf-8", BODY);
    private final ResponseWriter<HttpRequest, HttpResponse> writer = new ResponseWriter<>(protocol);
    private final ByteBuffer lent = ByteBuffer.allocateDirect(64 << 10);

    /// Both say hello, and are in the lent buffer.
    @Setup
    public void check() {
        saysHello(kept());
        saysHello(fresh());
    }

    private void saysHello(int bytes) {
        Answers.length(lent.duplicate().clear().limit(bytes));
    }

    @Benchmark
    public int kept() {
        return sent(kept);
    }

    @Benchmark
    public int fresh() {
        return sent(HttpResponse.of(200, "text/plain; charset=utf-8", BODY).withHeader("Cache-Control", "no-store"));
    }

    /// As if one write took all.
    private int sent(HttpResponse response) {
        Output output = writer.output();
        output.lend(lent);
        writer.respond(request, response, false);
        int bytes = 0;
        while (output.head() instanceof Segment.Bytes(ByteBuffer buffer)) {
            int count = buffer.remaining();
            buffer.position(buffer.limit());
            output.sent(count);
            output.advance();
            bytes += count;
        }
        output.settle();
        return bytes;
    }

    private HttpRequest request() {
        Decoded<HttpRequest> decoded = protocol.newDecoder().decode(Requests.direct(Requests.SMALL), RequestLimits.DEFAULT);
        if (decoded instanceof Decoded.Complete<HttpRequest>(HttpRequest whole)) {
            return whole;
        }
        throw new IllegalStateException("the request was not understood: " + decoded);
    }
}
