package dev.sluice.console.launch;

import dev.sluice.api.RequestProbe;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.ServerControl;
import dev.sluice.api.ServerListener;
import java.io.IOException;
import java.util.List;

/// Starts a server.
@FunctionalInterface
interface Starter {

    /// @throws IOException when it cannot, saying why in one line
    ServerControl start(ServerConfig config, List<ServerListener> listeners, RequestProbe.Factory probes) throws IOException;
}
