package example;

import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;

/// A service of a protocol that Sluice brings: answers `GET /Ada` over HTTP.
///
/// ```hocon
/// service { type = greeting, words = "Good morning" }
/// ```
///
/// It says on which thread it ran, too: change the listener's `pool` and see.
public final class Greeting implements ServiceProvider {

    @Override
    public String name() {
        return "greeting";
    }

    @Override
    public String protocol() {
        return "http";
    }

    /// One handler for all connections will do, since it keeps nothing.
    @Override
    public HandlerFactory<HttpRequest, HttpResponse> create(Settings settings) {
        String words = settings.text("words", "Hello");
        return HandlerFactory.of((request, call) -> greet(words, request));
    }

    private static HttpResponse greet(String words, HttpRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return HttpResponse.text(405, "only GET\n").withHeader("Allow", "GET, HEAD");
        }
        String name = request.path().substring(1);
        if (name.isEmpty() || !name.chars().allMatch(Character::isLetter)) {
            return HttpResponse.text(404, "ask for /Ada\n");
        }
        return HttpResponse.text(200, words + ", " + name + ", from " + Thread.currentThread().getName() + "\n");
    }

    /// A service that asks a database or a disk says true, and whoever runs it on an event loop without a pool is warned.
    @Override
    public boolean mayBlock() {
        return false;
    }
}
