import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.server.Server;
import dev.sluice.service.HttpServices;
import java.nio.file.Path;

/// The files below a folder on event-loop × inline, or with a third argument `pool` on event-loop × fixed.
class FileServer {

    public static void main(String[] args) throws Exception {
        boolean pooled = args[2].equals("pool");
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:" + args[0], new HttpProtocol(), HttpServices.files(Path.of(args[1])));
        Server.start(ServerConfig.named("files")
                .withPool("workers", PoolConfig.of(new PoolType.Fixed(), 2))
                .withListener("web", listener.on(new IoModel.EventLoop(1), pooled ? "workers" : ServerConfig.INLINE)))
                .awaitStopped();
    }
}
