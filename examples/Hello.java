import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.http.Route;
import dev.sluice.protocol.http.Router;
import dev.sluice.server.Server;
import java.io.IOException;

/// Greets over HTTP: `curl http://127.0.0.1:7012/hello/Ada`. Ends with its input.
public final class Hello {

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7012";

        // What no route matches is answered with 404, another method with 405, and HEAD as GET without its body.
        Router router = Router.of(
                Route.get("/", (request, path, call) -> HttpResponse.text(200, "Hello, World!\n")),
                Route.get("/hello/{name}", (request, path, call) -> HttpResponse.text(200, "Hello, " + path.value("name") + "!\n")),
                Route.post("/hello", (request, path, call) -> HttpResponse.text(200, "Hello, " + request.bodyText() + "!\n")));

        // One thread reads and writes for all clients, and up to 100 requests are handled at once: there a handler may wait.
        ServerConfig config = ServerConfig.named("hello")
                .withPool("workers", PoolConfig.of(new PoolType.Virtual(), 100))
                .withListener("web", ListenerConfig.at(bind, new HttpProtocol(), router).on(IoModel.eventLoop(), "workers"));

        try (Server server = Server.start(config)) {
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            System.in.transferTo(System.out);
        }
    }
}
