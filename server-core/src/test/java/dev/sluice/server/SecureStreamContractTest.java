package dev.sluice.server;

import dev.sluice.api.ListenerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;

/// The same under TLS.
class SecureStreamContractTest extends StreamContractTest {

    @Override
    ListenerConfig furnished(ListenerConfig plain) {
        return Secure.listener(plain);
    }

    @Override
    Client connected(InetSocketAddress address) throws IOException {
        return Client.secure(address, Speech.LINE, 0);
    }
}
