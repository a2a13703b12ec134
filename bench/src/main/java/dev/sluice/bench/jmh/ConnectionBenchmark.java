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

    private final ByteBuffer last = Requests.direct("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    private final ByteBuffer in = ByteBuffer.allocateDirect(4 << 10);
    private final List<SocketChannel> idle = new ArrayList<>();
    private House house;

    @Setup
    public void open() throws IOException {
        house = House.open("event-loop inline");
        for (int i = 0; i < 1_000; i++) {
            idle.add(SocketChannel.open(house.address()));
        }
    }

    @TearDown
    public void close() throws IOException {
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
            int received = 0;
            for (int count = client.read(in.clear()); count >= 0; count = client.read(in.clear())) {
                received += count;
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
