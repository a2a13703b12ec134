package dev.sluice.bench.jmh;

import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ServerStats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What the registry of connections does: a connection from admission to its end, with one request and both ends of the socket, and the
/// snapshots that the console and the metrics take, beside 1,000 connections.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConnectionBenchmark {

    private static final int IDLE = 1_000;

    private final ByteBuffer last = Requests.direct("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    private final ByteBuffer in = ByteBuffer.allocateDirect(4 << 10);
    private final ByteBuffer small = Requests.direct(Requests.SMALL);
    private final List<SocketChannel> idle = new ArrayList<>();
    private House house;
    private int length;

    @Setup
    public void open() throws IOException {
        house = House.open("event-loop inline");
        for (int i = 0; i < IDLE; i++) {
            SocketChannel client = SocketChannel.open(house.address());
            idle.add(client);
            client.write(small.rewind());
            client.read(in.clear());
            Answers.length(in.flip());
        }
        try (SocketChannel client = SocketChannel.open(house.address())) {
            client.write(last.rewind());
            client.read(in.clear());
            length = Answers.length(in.flip());
        }
    }

    /// All of them were there to the end.
    @TearDown
    public void close() throws IOException {
        int left = house.server().connections().size();
        if (left < IDLE) {
            throw new IllegalStateException("of " + IDLE + " idle connections " + left + " are left");
        }
        for (SocketChannel one : idle) {
            one.close();
        }
        house.close();
    }

    /// Read to the end, so that the server closes first.
    @Benchmark
    public int connection() throws IOException {
        try (SocketChannel client = SocketChannel.open(house.address())) {
            client.write(last.rewind());
            int received = Answers.receive(client, in, length);
            if (client.read(in.clear()) >= 0) {
                throw new IllegalStateException("the server does not close");
            }
            return received;
        }
    }

    @Benchmark
    public ServerStats stats() {
        return house.server().stats();
    }

    @Benchmark
    public List<ConnectionInfo> connections() {
        return house.server().connections();
    }
}
