package dev.sluice.transport;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/// Who is at the other end of a Unix domain socket, as the kernel knows it.
public final class Credentials {

    private Credentials() {}

    /// The user and the group, as `user:group`, under which the client's process connected; numbers where the system has no names for them.
    /// Looks the names up, as the system is set up to. Empty where the system does not tell.
    public static String user(SocketChannel channel) throws IOException {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return "";
        }
        UnixDomainPrincipal principal = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
        return principal.user().getName() + ":" + principal.group().getName();
    }
}
