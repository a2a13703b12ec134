package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.Call;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {

    private static final Router ROUTER = Router.of(
            says("GET", "/"), says("GET", "/users"), says("POST", "/users"), says("GET", "/users/"), says("GET", "/users/{id}"),
            says("PUT", "/users/me"), says("GET", "/users/{id}/posts/{post}"), says("GET", "/users/me/posts/new"),
            says("GET", "/files/{path...}"), says("DELETE", "/files/{path...}"), says("GET", "/files/{one}/info"), says("HEAD", "/own"),
            says("GET", "/own"), says("OPTIONS", "/own"), says("GET", "/vague/exact"), says("HEAD", "/vague/{name}"), says("GET", "/vague/{path...}"), says("GET", "/100%"),
            says("PURGE", "/caf\u00E9/{a-1}"));

    private static Route says(String method, String template) {
        return Route.of(method, template, (request, path, call) -> HttpResponse.text(200, method + " " + template + " " + path));
    }

    private static HttpResponse answer(Router router, String method, String target) throws Exception {
        return router.handle(HttpRequest.of(method, target), new NoCall());
    }

    private static String text(HttpResponse response) {
        return new String(((HttpResponse.Body.Bytes) response.body()).bytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "GET, /, GET / {}", "GET, http://h, GET / {}", "GET, http://h?a/b, GET / {}", "GET, /?q=/users, GET / {}",
        "GET, /users, GET /users {}", "GET, http://h/users?x, GET /users {}", "GET, //users, GET /users {}", "GET, /users/, GET /users/ {}",
        "GET, /users/., GET /users/ {}", "GET, /users/7/.., GET /users/ {}", "GET, /users/x/../7, GET /users/{id} {id=7}",
        "GET, /%75sers/7, GET /users/{id} {id=7}", "GET, /users/%C3%A4, GET /users/{id} {id=\u00E4}",
        "GET, /users/7?a%2Fb, GET /users/{id} {id=7}", "GET, /users/a%2525b, GET /users/{id} {id=a%25b}", "GET, /../users/%2e%2e/users/7, GET /users/{id} {id=7}",
        "PUT, /users/me, PUT /users/me {}", "GET, /users/me, GET /users/{id} {id=me}",
        "GET, /users/me/posts/2, `GET /users/{id}/posts/{post} {id=me, post=2}`", "GET, /users/me/posts/new, GET /users/me/posts/new {}",
        "GET, /files/, GET /files/{path...} {path=}", "GET, /files/a/b/, GET /files/{path...} {path=a/b/}",
        "GET, /files/a/info, GET /files/{one}/info {one=a}", "GET, /files/a/info/b, GET /files/{path...} {path=a/info/b}",
        "DELETE, /files/a/info, DELETE /files/{path...} {path=a/info}",
        "HEAD, /users/me, GET /users/{id} {id=me}", "HEAD, /vague/exact, GET /vague/exact {}", "HEAD, /vague/x, HEAD /vague/{name} {name=x}",
        "HEAD, /vague/x/y, GET /vague/{path...} {path=x/y}", "GET, /100%25, GET /100% {}", "HEAD, /users, GET /users {}", "HEAD, /own, HEAD /own {}", "OPTIONS, /own, OPTIONS /own {}",
        "PURGE, /caf%C3%A9/x, PURGE /caf\u00E9/{a-1} {a-1=x}"
    })
    void findsTheRouteOfARequest(String method, String target, String answered) throws Exception {
        HttpResponse response = answer(ROUTER, method, target);
        assertEquals(200, response.status());
        assertEquals(answered, text(response));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /user, 404,", "GET, /Users, 404,", "GET, /users/7/posts, 404,", "GET, /users/7/posts/, 404,", "GET, /files, 404,",
        "GET, /files/a%2Fb, 404,", "GET, /files/..%2Fetc, 404,", "GET, /users/a%2Fb, 404,", "GET, /users/..%2fb, 404,", "GET, /x%2F/../users, 404,",
        "GET, /files/a%2Fb/info, 404,", "GET, /users%2F7, 404,", "GET, http://h/users/a%2Fb?x, 404,", "OPTIONS, /users/a%2Fb, 404,", "OPTIONS, /nothing, 404,", "TRACE, /nothing, 404,",
        "PURGE, /, 405, 'GET, HEAD, OPTIONS'",
        "DELETE, /users, 405, 'GET, HEAD, OPTIONS, POST'", "TRACE, /users, 405, 'GET, HEAD, OPTIONS, POST'",
        "POST, /users/me, 405, 'GET, HEAD, OPTIONS, PUT'", "HEAD, /caf%C3%A9/x, 405, 'OPTIONS, PURGE'", "BREW, /users, 501,",
        "get, /users, 501,",
        "OPTIONS, /users/7, 204, 'GET, HEAD, OPTIONS'", "OPTIONS, *, 204, 'DELETE, GET, HEAD, OPTIONS, POST, PURGE, PUT'",
        "OPTIONS, http://h, 204, 'DELETE, GET, HEAD, OPTIONS, POST, PURGE, PUT'"
    })
    void saysWhyThereIsNone(String method, String target, int status, String allow) throws Exception {
        HttpResponse response = answer(ROUTER, method, target);
        assertEquals(status, response.status());
        assertEquals(allow, response.headers().first("Allow"));
    }

    @Test
    void leavesToAnotherHandlerWhatHasNoRoute() throws Exception {
        Router router = Router.of(says("GET", "/a")).otherwise((request, call) -> HttpResponse.text(200, "other " + request));
        assertEquals("GET /a {}", text(answer(router, "GET", "/a")));
        assertEquals("other BREW /b", text(answer(router, "BREW", "/b")));
        assertEquals(405, answer(router, "PUT", "/a").status());
    }

    /// An action that looks at the request's path sees what the route was chosen by.
    @Test
    void readsAPathAsTheRequestDoes() throws Exception {
        Router router = Router.of(Route.get("/{path...}", (request, path, call) -> HttpResponse.text(200, "/" + path.value("path"))));
        List<String> pieces = List.of("/", "/", ".", "..", "a", "%61", "%2e", "%2E", "%2F", "%5C", "%25", "%00", "%C3", "%A4", "?", "%3F", "%23", ";");
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder target = new StringBuilder(i % 5 == 0 ? "http://h/" : "/");
            for (int k = random.nextInt(10); k > 0; k--) {
                target.append(pieces.get(random.nextInt(pieces.size())));
            }
            HttpResponse response = answer(router, "GET", target.toString());
            boolean slash = target.toString().split("\\?", 2)[0].contains("%2F");
            assertEquals(slash ? 404 : 200, response.status(), target::toString);
            assertEquals(slash ? text(response) : HttpRequest.of("GET", target.toString()).path(), text(response), target::toString);
        }
    }

    @Test
    void leavesAPathThatCanBeReadInTwoWaysToNoRoute() throws Exception {
        Router router = Router.of(says("GET", "/admin/{name}"), says("GET", "/{name}"));
        assertEquals(404, answer(router, "GET", "/admin/..%2Fpublic").status());
        assertEquals("GET /{name} {name=public}", text(answer(router, "GET", "/admin/%2e%2e/public")));
    }

    @Test
    void knowsNamesOnly() throws Exception {
        Router router = Router.of(Route.get("/{a}", (request, path, call) -> HttpResponse.text(200, path.value("b"))));
        String said = assertThrows(IllegalArgumentException.class, () -> answer(router, "GET", "/x")).getMessage();
        assertEquals("the template has no {b}, but [a]", said);
    }

    @ParameterizedTest
    @CsvSource({"/a, /a", "/{a}, /{b}", "/a/{b}/c, /a/{x}/c", "/{a...}, /{b...}", "/, /"})
    void refusesRoutesThatMatchTheSame(String one, String other) {
        String said = assertThrows(IllegalArgumentException.class, () -> Router.of(says("GET", one), says("GET", other))).getMessage();
        assertEquals("GET " + other + " and GET " + one + " match the same requests", said);
        assertEquals(2, Router.of(says("GET", one), says("PUT", other)).routes().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "*", "/a//b", "/./a", "/..", "/{a}/{a}", "/{a...}/b", "/{a...}/", "/{}", "/{...}", "/a{b}", "/{b}c",
        "/{a b}", "/{a",
        "/a}", "/{{a}}", "/{1}", "/a?b", "/a#b", "/caf%C3%A9", "/a/b%2fc"})
    void refusesTemplatesThatAreNone(String template) {
        String said = assertThrows(IllegalArgumentException.class, () -> says("GET", template)).getMessage();
        assertTrue(said.startsWith("template is \"" + template + "\", and "), said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G T", "CONNECT", "GET\n"})
    void refusesMethodsThatAreNone(String method) {
        assertThrows(IllegalArgumentException.class, () -> says(method, "/"));
    }

    @Test
    void isFoundAtOnceHoweverLongThePathIs() throws Exception {
        Route[] routes = new Route[20];
        for (int i = 0; i < routes.length; i++) {
            routes[i] = says("GET", "/a".repeat(i) + "/{x}" + "/a".repeat(routes.length - i - 1));
        }
        assertNull(answer(Router.of(routes), "GET", "/a".repeat(4_000) + "/b").headers().first("Allow"));
        assertEquals(404, answer(Router.of(routes), "GET", "/a".repeat(19) + "/b/b").status());
    }

    /// Of nobody.
    private static final class NoCall implements Call {
        @Override
        public Peer peer() {
            InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere", 1);
            return new Peer(1, "test", nowhere, nowhere);
        }

        @Override
        public long requestNumber() {
            return 1;
        }

        @Override
        public Duration remaining() {
            return Duration.ofMinutes(1);
        }

        @Override
        public boolean cancelled() {
            return false;
        }

        @Override
        public void onEnding(Consumer<CallEnding> action) {
            // it never ends
        }
    }
}
