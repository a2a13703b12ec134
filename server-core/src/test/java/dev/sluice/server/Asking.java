package dev.sluice.server;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Clients over HTTP that ask one request after the other on connections they keep, each from a thread of its own, and come back when they were told that a
/// reply is the last. Whatever else ends a connection, or a refusal, is a request lost.
final class Asking implements AutoCloseable {

    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch begun;
    private final Supplier<? extends SocketAddress> server;
    private volatile boolean over;

    /// @param server where to connect, each time anew
    Asking(int clients, Supplier<? extends SocketAddress> server) {
        this.server = server;
        begun = new CountDownLatch(clients);
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofVirtual().start(this::ask));
        }
    }

    private void ask() {
        while (!over) {
            try (Client client = new Client(server.get(), Speech.HTTP)) {
                connections.incrementAndGet();
                talk(client);
            } catch (IOException | RuntimeException | AssertionError failed) {
                lost.add(failed.toString());
            }
            begun.countDown();
        }
    }

    private void talk(Client client) throws IOException {
        while (!over) {
            Speech.Answer answer = client.ask("hello").answer();
            if (!answer.ok()) {
                lost.add(answer.toString());
            }
            answered.incrementAndGet();
            begun.countDown();
            if (answer.last()) {
                return;
            }
        }
    }

    void awaitBegun() throws InterruptedException {
        if (!begun.await(20, TimeUnit.SECONDS)) {
            throw new AssertionError("clients have not begun: " + lost);
        }
    }

    long answered() {
        return answered.get();
    }

    long connections() {
        return connections.get();
    }

    List<String> lost() {
        return List.copyOf(lost);
    }

    @Override
    public void close() {
        over = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
