package dev.sluice.engine;

import dev.sluice.api.Addresses;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.TcpConfig;
import dev.sluice.api.UnixConfig;
import dev.sluice.transport.SocketFile;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// One listening socket, from its bind to its close. It may pass from one acceptor to the next, and is used by one at a time, under that
/// one's lock.
final class Port {

    /// Below which only a privileged process may listen, where the system does not say.
    private static final int USUALLY_PRIVILEGED = 1_024;
    private static final Path FIRST_UNPRIVILEGED = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

    private final SocketAddress wanted;
    private final SocketAddress bound;
    private final ServerSocketChannel channel;
    /// Null for TCP.
    private final @Nullable SocketFile file;

    private Port(SocketAddress wanted, SocketAddress bound, ServerSocketChannel channel, @Nullable SocketFile file) {
        this.wanted = wanted;
        this.bound = bound;
        this.channel = channel;
        this.file = file;
    }

    // ---- binding ----

    /// Binds. From here on the kernel holds whoever connects, until somebody accepts. `0.0.0.0` takes IPv4 alone; `[::]` takes IPv4 too,
    /// and is `0.0.0.0` on a machine without IPv6.
    ///
    /// @param wanted as configured
    /// @param at     the address itself; another than `wanted` where the kernel had chosen a port before
    /// @throws BindException when the address cannot be had: naming the listener and the address, and what to do; nothing is left behind
    static Port bind(String listener, SocketAddress wanted, SocketAddress at, ListenerConfig config, SelectorProvider provider) throws BindException {
        try {
            return switch (at) {
                case UnixDomainSocketAddress unix -> unix(wanted, unix, config, provider);
                case InetSocketAddress tcp -> tcp(wanted, tcp, config.tcp(), provider);
                default -> throw new BindException("it is neither of TCP nor a Unix domain socket");
            };
        } catch (IOException | UnsupportedOperationException failed) {
            BindException clear = new BindException(
                    "listener " + listener + " cannot listen on " + Addresses.text(at) + ": " + failed.getMessage()
                            + hint(at, config.tcp(), failed));
            clear.initCause(failed);
            throw clear;
        }
    }

    private static Port unix(SocketAddress wanted, UnixDomainSocketAddress at, ListenerConfig config, SelectorProvider provider)
            throws IOException {
        ServerSocketChannel opened = provider.openServerSocketChannel(StandardProtocolFamily.UNIX);
        try {
            SocketFile file = SocketFile.bind(opened, at.getPath(), config.tcp().backlog(), config.unix());
            opened.configureBlocking(false);
            return new Port(wanted, at, opened, file);
        } catch (IOException | RuntimeException failed) {
            opened.close();
            throw failed;
        }
    }

    private static Port tcp(SocketAddress wanted, InetSocketAddress at, TcpConfig config, SelectorProvider provider) throws IOException {
        if (!(at.getAddress() instanceof Inet6Address six)) {
            return tcp(wanted, at, config, provider.openServerSocketChannel(StandardProtocolFamily.INET));
        }
        ServerSocketChannel opened;
        try {
            opened = provider.openServerSocketChannel(StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException noIpv6) {
            if (!six.isAnyLocalAddress()) {
                throw new UnsupportedOperationException("this machine has no IPv6: name an IPv4 address", noIpv6);
            }
            InetSocketAddress everywhere = new InetSocketAddress(InetAddress.getByAddress(new byte[4]), at.getPort());
            return tcp(wanted, everywhere, config, provider.openServerSocketChannel(StandardProtocolFamily.INET));
        }
        return tcp(wanted, at, config, opened);
    }

    private static Port tcp(SocketAddress wanted, InetSocketAddress at, TcpConfig config, ServerSocketChannel opened) throws IOException {
        try {
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (config.reusePort()) {
                share(opened);
            }
            opened.bind(at, config.backlog());
            opened.configureBlocking(false);
            return new Port(wanted, opened.getLocalAddress(), opened, null);
        } catch (IOException | RuntimeException failed) {
            opened.close();
            throw failed;
        }
    }

    private static void share(ServerSocketChannel opened) throws IOException {
        if (!opened.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
            throw new UnsupportedOperationException("this system has no SO_REUSEPORT: leave tcp.reuse-port off");
        }
        opened.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    }

    // ---- what to do when it cannot be had ----

    /// The system's own words may be in any language, so it is looked for what is the matter. Those of a Unix domain socket say it already.
    private static String hint(SocketAddress at, TcpConfig config, Exception failed) {
        if (!(at instanceof InetSocketAddress tcp) || !(failed instanceof SocketException)) {
            return "";
        }
        if (!isOfThisMachine(tcp.getAddress())) {
            return "; it is no address of this machine: name one that is, or 0.0.0.0 or [::] for all of them";
        }
        String unshared = config.reusePort() ? " without sharing it, or as another user" : "";
        String taken = "another process or listener has it" + unshared
                + ", or has that port of all addresses: choose another port, or stop that one";
        int privileged = firstUnprivileged();
        return tcp.getPort() == 0 || tcp.getPort() >= privileged ? "; " + taken
                : "; ports below " + privileged + " are for privileged processes (choose a higher one, or give this one"
                        + " CAP_NET_BIND_SERVICE), or " + taken;
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return address.isAnyLocalAddress() || address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true;
        }
    }

    private static int firstUnprivileged() {
        try {
            return Integer.parseInt(Files.readString(FIRST_UNPRIVILEGED).strip());
        } catch (IOException | NumberFormatException unknown) {
            return USUALLY_PRIVILEGED;
        }
    }

    // ---- its use ----

    /// As configured.
    SocketAddress wanted() {
        return wanted;
    }

    /// With the port that the kernel chose.
    SocketAddress bound() {
        return bound;
    }

    /// Makes it known to a selector, which is not to look at it yet.
    void register(Selector selector) throws IOException {
        channel.register(selector, 0);
    }

    /// Lets a selector look at it, or not.
    ///
    /// @return false when the selector does not know it
    boolean interest(Selector selector, boolean accepts) {
        SelectionKey key = channel.keyFor(selector);
        if (key == null) {
            return false;
        }
        key.interestOps(accepts ? SelectionKey.OP_ACCEPT : 0);
        return true;
    }

    /// The selector forgets it, at its next selection.
    void deregister(Selector selector) {
        SelectionKey key = channel.keyFor(selector);
        if (key != null) {
            key.cancel();
        }
    }

    /// @return null when nobody waits
    @Nullable SocketChannel accept() throws IOException {
        return channel.accept();
    }

    /// Changes who may connect to a Unix domain socket, from now on.
    ///
    /// @throws IOException when the file is not ours any more, or cannot be changed
    void mode(UnixConfig config) throws IOException {
        if (file != null) {
            file.mode(config);
        }
    }

    /// Takes the file of a Unix domain socket away, so that what is accepted from here on until there is no more is all there will be. TCP
    /// has nothing of the kind: whoever connects between the last accept and the close is reset.
    void conceal() throws IOException {
        if (file != null) {
            file.remove();
        }
    }

    void close() throws IOException {
        try {
            conceal();
        } finally {
            channel.close();
        }
    }
}
