package dev.sluice.engine;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Listening channels whose `accept` fails as often as it is told to, and which keep what they have accepted; over those of the system.
public final class Flawed extends Relaying {

    /// What the next calls of accept throw, in their order.
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    /// In their order.
    public final Queue<SocketChannel> accepted = new ConcurrentLinkedQueue<>();

    @Override
    Ear relay(ServerSocketChannel real) {
        return new Ear(this, real) {
            @Override
            public SocketChannel accept() throws IOException {
                SocketChannel next = failures.isEmpty() ? real.accept() : null;
                Throwable failure = next == null ? failures.poll() : null;
                switch (failure) {
                    case null -> {}
                    case IOException io -> throw io;
                    case RuntimeException bug -> throw bug;
                    case Error error -> throw error;
                    default -> throw new AssertionError(failure);
                }
                if (next != null) {
                    accepted.add(next);
                }
                return next;
            }
        };
    }
}
