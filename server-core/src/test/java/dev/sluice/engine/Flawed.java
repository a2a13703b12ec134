package dev.sluice.engine;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Listening channels whose `accept` fails as often as it is told to, and which keep what they have accepted; over those of the system.
public final class Flawed extends Relaying {

    /// What the next calls of accept throw, in their order.
    final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    /// In their order.
    public final Queue<SocketChannel> accepted = new ConcurrentLinkedQueue<>();

    @Override
    Ear relay(ServerSocketChannel real) {
        return new Ear(this, real) {
            /// Accepted, while a failure was ordered: it comes after that.
            private @Nullable SocketChannel held;

            @Override
            public SocketChannel accept() throws IOException {
                if (held == null && failures.isEmpty()) {
                    held = real.accept();
                }
                switch (failures.poll()) {
                    case null -> {}
                    case IOException io -> throw io;
                    case RuntimeException bug -> throw bug;
                    case Error error -> throw error;
                    case Throwable other -> throw new AssertionError(other);
                }
                SocketChannel next = held;
                held = null;
                if (next != null) {
                    accepted.add(next);
                }
                return next;
            }
        };
    }
}
