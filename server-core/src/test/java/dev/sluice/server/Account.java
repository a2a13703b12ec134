package dev.sluice.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.api.ListenerInfo;
import dev.sluice.api.ServerStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What must hold whatever has happened.
final class Account {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private Account() {}

    /// The two equations, in one snapshot, at any moment.
    static void check(Server server) {
        ServerStats stats = server.stats();
        assertEquals(stats.accepted(), stats.admitted() + sum(stats.refused()), () -> "accepted = admitted + refused: " + stats);
        assertEquals(stats.admitted(), stats.connections() + sum(stats.closed()), () -> "admitted = connections + closed: " + stats);
        for (ListenerInfo listener : server.listeners()) {
            assertEquals(0, Math.min(0, listener.connections()), () -> "connections of " + listener);
        }
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /// What there is before a server is started, to be compared with what there is when it has ended.
    ///
    /// @param threads that live
    /// @param sockets by their inode; empty where the system does not tell
    record Before(Set<Thread> threads, Set<String> sockets) {

        static Before now() {
            haveTheRuntimeOpenItsOwn();
            return new Before(Set.copyOf(Thread.getAllStackTraces().keySet()), openSockets());
        }

        /// No thread of a server's, and no socket, is left of what came since.
        void assertNothingLeft() {
            await("no thread is left").until(this::newThreads, Set::isEmpty);
            await("no socket is left").until(this::newSockets, Set::isEmpty);
        }

        private Set<String> newThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.isAlive() && !threads.contains(thread))
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("sluice-") || name.startsWith("of-the-user-"))
                    .collect(Collectors.toSet());
        }

        private Set<String> newSockets() {
            Set<String> now = new HashSet<>(openSockets());
            now.removeAll(sockets);
            return now;
        }
    }

    /// The Java runtime keeps a socket that it puts in the place of those it closes.
    private static void haveTheRuntimeOpenItsOwn() {
        try (ServerSocketChannel listening = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(listening.getLocalAddress());
                SocketChannel accepted = listening.accept()) {
            client.shutdownOutput();
            accepted.shutdownOutput();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Set<String> openSockets() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Set.of();
        }
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.map(Account::target).filter(target -> target.startsWith("socket:")).collect(Collectors.toSet());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
