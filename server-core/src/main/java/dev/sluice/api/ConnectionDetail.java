package dev.sluice.api;

import dev.sluice.protocol.PeerTls;
import java.util.List;
import java.util.Optional;

/// Everything known of one connection.
///
/// @param info      as in the list
/// @param local     the address the client connected to
/// @param via       the address of the balancer that has named the client; empty when none has
/// @param user      over a Unix domain socket the user and group of the client's process; else empty
/// @param protocol  it speaks
/// @param pool      that runs its handlers
/// @param stack     of the thread that serves it, innermost first, platform or virtual; empty when there is none
/// @param deadline  which deadline runs and in what time, for people; empty when none does
/// @param tls       what was agreed on by TLS; empty when it speaks in the clear
public record ConnectionDetail(
        ConnectionInfo info, String local, String via, String user, String protocol, String pool, List<String> stack, String deadline,
        Optional<PeerTls> tls) {}
