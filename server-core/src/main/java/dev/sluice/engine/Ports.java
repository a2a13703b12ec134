package dev.sluice.engine;

import dev.sluice.api.ListenerConfig;
import dev.sluice.api.UnixConfig;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listening sockets of one listener: which it has bound itself, which it has taken over from another, and which others take over from it.
///
/// ```
///   bind ────► fresh ──┐
///   inherit ───────────┴─► all ─► its acceptor has them ─► closed, or given to those that inherit them
/// ```
///
/// The lists belong to whoever changes the server's configuration, one at a time.
final class Ports {

    private static final Logger LOG = LoggerFactory.getLogger(Ports.class);

    private final String listener;
    private final SelectorProvider provider;
    private final List<Port> all = new ArrayList<>();
    private final List<Port> fresh = new ArrayList<>();
    private final List<Port> given = new ArrayList<>();

    /// @param provider makes channels
    Ports(String listener, SelectorProvider provider) {
        this.listener = listener;
        this.provider = provider;
    }

    /// At which the listener is to accept, once it starts.
    List<Port> all() {
        return List.copyOf(all);
    }

    /// Which of them it has bound itself.
    List<Port> fresh() {
        return List.copyOf(fresh);
    }

    /// Which others take over.
    List<Port> given() {
        return List.copyOf(given);
    }

    /// @throws java.net.BindException when it cannot be had: naming listener and address
    void bind(SocketAddress address, ListenerConfig config) throws IOException {
        Port port = Port.bind(listener, address, address, config, provider);
        fresh.add(port);
        all.add(port);
    }

    /// Takes one over that is bound to this address: as configured, or by the one that the kernel made of it, unless something else is to be told to the
    /// kernel too.
    ///
    /// @param open        on which the other listener accepts
    /// @param sameOptions whether the kernel is to be told the same
    /// @return false when there is none
    boolean inherit(SocketAddress address, List<Port> open, Ports from, boolean sameOptions) {
        for (Port port : open) {
            boolean is = port.wanted().equals(address) || sameOptions && port.bound().equals(address);
            if (is && !from.given.contains(port)) {
                all.add(port);
                from.given.add(port);
                return true;
            }
        }
        return false;
    }

    /// Those who were to take them over have aborted.
    void keepAll() {
        given.clear();
    }

    /// Binds the addresses of closed ones again, at the same ports.
    ///
    /// @throws IOException when one cannot be had; none stays bound
    List<Port> boundAgain(List<Port> before, ListenerConfig config) throws IOException {
        List<Port> bound = new ArrayList<>();
        try {
            for (Port port : before) {
                bound.add(Port.bind(listener, port.wanted(), port.bound(), config, provider));
            }
            return bound;
        } catch (IOException | RuntimeException | Error failed) {
            close(bound);
            throw failed;
        }
    }

    void close(List<Port> bound) {
        for (Port port : bound) {
            try {
                port.close();
            } catch (IOException failed) {
                LOG.warn("event=close-failed listener={}", listener, failed);
            }
        }
    }

    /// Lets those connect to Unix domain sockets who are to. A file that somebody has taken away or replaced is not ours to change.
    void allow(List<Port> open, UnixConfig access) {
        for (Port port : open) {
            try {
                port.mode(access);
            } catch (IOException failed) {
                LOG.warn("event=socket-mode-not-changed listener={} cause=\"{}\"", listener, failed.getMessage());
            }
        }
    }
}
