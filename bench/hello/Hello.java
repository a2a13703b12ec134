import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.server.Server;
import dev.sluice.service.HttpServices;

/// "Hello, World!" on event-loop × inline, or with a second argument `blocking` on blocking × virtual.
class Hello {

    public static void main(String[] args) throws Exception {
        boolean blocking = args.length > 1 && args[1].equals("blocking");
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:" + args[0], new HttpProtocol(), HttpServices.hello());
        Server.start(ServerConfig.named("hello")
                .withPool("clients", PoolConfig.of(new PoolType.Virtual(), 10_000))
                .withListener("web", blocking ? listener.on(IoModel.blocking(), "clients") : listener.on(new IoModel.EventLoop(1), "inline")))
                .awaitStopped();
    }
}
