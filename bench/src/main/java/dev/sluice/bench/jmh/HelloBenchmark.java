package dev.sluice.bench.jmh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Whole requests on a running server with metrics, over a socket. It is here for what a request allocates, which counts every thread: the
/// client allocates nothing. For how long it takes see `bench/run`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HelloBenchmark {

    private static final int DEPTH = 16;

    @Param({"event-loop inline", "event-loop fixed", "event-loop virtual", "blocking virtual", "duplex fixed"})
    public String model = "event-loop inline";

    private final ByteBuffer one = Requests.direct(Requests.SMALL);
    private final ByteBuffer many = Requests.direct(Requests.SMALL.repeat(DEPTH));
    private final ByteBuffer in = ByteBuffer.allocateDirect(64 << 10);
    private House house;
    private SocketChannel client;
    private int length;

    @Setup
    public void open() throws IOException {
        house = House.open(model);
        client = SocketChannel.open(house.address());
        client.socket().setTcpNoDelay(true);
        client.write(one.rewind());
        client.read(in.clear());
        length = Answers.length(in.flip());
    }

    @TearDown
    public void close() throws IOException {
        client.close();
        house.close();
    }

    @Benchmark
    public int request() throws IOException {
        return exchange(one, length);
    }

    @Benchmark
    @OperationsPerInvocation(DEPTH)
    public int pipelined() throws IOException {
        return exchange(many, DEPTH * length);
    }

    private int exchange(ByteBuffer requests, int expected) throws IOException {
        client.write(requests.rewind());
        return Answers.receive(client, in, expected);
    }
}
