import dev.sluice.api.AccessLog;
import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.http.EventStream;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.http.PathParameters;
import dev.sluice.protocol.http.Route;
import dev.sluice.protocol.http.Router;
import dev.sluice.protocol.http.ServerSentEvent;
import dev.sluice.server.Server;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Keeps notes in memory, and tells whoever listens at `/events` of each change. Ends with its input.
public final class Notes {

    private final Map<String, String> notes = new ConcurrentSkipListMap<>();
    private final Set<EventStream> listening = ConcurrentHashMap.newKeySet();

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:7080";
        ServerConfig config = ServerConfig.named("notes")
                .withPool("workers", PoolConfig.of(new PoolType.Virtual(), 100))
                .withListener("notes", ListenerConfig.at(bind, new HttpProtocol(), new Notes().router())
                        .on(IoModel.eventLoop(), "workers")
                        .withAccessLog(AccessLog.COMBINED));
        try (Server server = Server.start(config)) {
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            System.in.transferTo(System.out);
        }
    }

    private Router router() {
        return Router.of(
                Route.get("/notes", (request, path, call) -> HttpResponse.text(200, String.join("\n", notes.keySet()) + "\n")),
                Route.get("/notes/{name}", this::read),
                Route.put("/notes/{name}", this::write),
                Route.delete("/notes/{name}", this::delete),
                Route.get("/events", this::listen));
    }

    private HttpResponse read(HttpRequest request, PathParameters path, Call call) {
        String note = notes.get(path.value("name"));
        return note == null ? HttpResponse.text(404, "there is no such note\n") : HttpResponse.text(200, note);
    }

    private HttpResponse write(HttpRequest request, PathParameters path, Call call) {
        String name = path.value("name");
        boolean made = notes.put(name, request.bodyText()) == null;
        tell(made ? "made" : "changed", name);
        return HttpResponse.of(made ? 201 : 204);
    }

    private HttpResponse delete(HttpRequest request, PathParameters path, Call call) {
        boolean gone = notes.remove(path.value("name")) != null;
        if (gone) {
            tell("deleted", path.value("name"));
        }
        return HttpResponse.of(gone ? 204 : 404);
    }

    private HttpResponse listen(HttpRequest request, PathParameters path, Call call) {
        EventStream stream = EventStream.open();
        listening.add(stream);
        stream.onClosed(() -> listening.remove(stream));
        return HttpResponse.events(stream);
    }

    /// A listener that is slow misses events rather than hold up whoever writes.
    private void tell(String what, String name) {
        ServerSentEvent event = ServerSentEvent.of(name).named(what);
        listening.forEach(stream -> stream.offer(event));
    }
}
