import dev.sluice.api.PoolProvider;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import dev.sluice.service.BuiltIn;

/// A TCP server that is operated while it runs.
@SuppressWarnings("requires-automatic") // HdrHistogram and tls-channel have no module names of their own
module dev.sluice.server {
    requires jdk.net;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires HdrHistogram;
    requires tls.channel;

    exports dev.sluice.api;
    exports dev.sluice.server;
    exports dev.sluice.protocol;
    exports dev.sluice.protocol.http;
    exports dev.sluice.protocol.line;
    exports dev.sluice.service;

    uses PoolProvider;
    uses ProtocolProvider;
    uses ServiceProvider;

    provides ProtocolProvider with BuiltIn.Http, BuiltIn.Line;
    provides ServiceProvider with
            BuiltIn.HttpFiles, BuiltIn.HttpEcho, BuiltIn.HttpHello, BuiltIn.LineEcho, BuiltIn.LineUpper, BuiltIn.LineTime;
}
