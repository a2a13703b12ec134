package dev.sluice.protocol.http;

import dev.sluice.protocol.Call;
import dev.sluice.protocol.Handler;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Chooses the [Route] that answers a request, by its method and path. Immutable, and stateless: one serves all connections.
///
/// - Of several templates that match, the one wins that is literal where the other has a name, at the first segment from the left
///   where they differ; `{name...}` comes last. Two routes of one method that match the same paths are refused when the router is made.
/// - HEAD is answered by the route for GET, unless the same template has one for HEAD; the body is left out, its length is not.
/// - OPTIONS is answered with 204 and `Allow`, unless it has a route of its own; `OPTIONS *` with the methods of all routes.
/// - A path with an encoded slash has no route: read before it is decoded, it is another than [HttpRequest#path()].
/// - A path without a route is a 404, or goes to the handler of [#otherwise]. A path with routes for other methods is a 405 with `Allow`
///   (RFC 9110, 15.5.6). A method that neither RFC 9110 nor any route knows is a 501 (RFC 9110, 9.1).
public final class Router implements Handler<HttpRequest, HttpResponse> {

    private static final Set<String> KNOWN = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");
    private static final HttpResponse NOT_FOUND = HttpResponse.text(404, "404 Not Found: there is nothing at this path\n");
    private static final HttpResponse NOT_IMPLEMENTED = HttpResponse.text(501, "501 Not Implemented: this method is not known here\n");

    private final List<Route> routes;
    private final RouteTree tree = new RouteTree();
    private final @Nullable Handler<HttpRequest, HttpResponse> fallback;

    private Router(List<Route> routes, @Nullable Handler<HttpRequest, HttpResponse> fallback) {
        this.routes = List.copyOf(routes);
        this.fallback = fallback;
        routes.forEach(tree::add);
    }

    /// A router of these routes; their order does not matter.
    ///
    /// @throws IllegalArgumentException when two of them match the same requests
    public static Router of(Route... routes) {
        return new Router(List.of(routes), null);
    }

    /// This router, and a handler for the paths that have no route, whatever the method is.
    public Router otherwise(Handler<HttpRequest, HttpResponse> handler) {
        return new Router(routes, handler);
    }

    public List<Route> routes() {
        return routes;
    }

    @Override
    public HttpResponse handle(HttpRequest request, Call call) throws Exception {
        if (request.path().equals("*")) {
            return options(methodsOfAll());
        }
        List<String> path = Target.segments(request.target());
        if (path == null) {
            return unrouted(request, Set.of(), call);
        }
        RouteTree.Found found = tree.find(request.method(), path);
        return found == null ? unrouted(request, tree.methods(path), call)
                : found.route().action().handle(request, found.parameters(), call);
    }

    private HttpResponse unrouted(HttpRequest request, Set<String> methods, Call call) throws Exception {
        if (methods.isEmpty() && fallback != null) {
            return fallback.handle(request, call);
        }
        if (!KNOWN.contains(request.method()) && routes.stream().noneMatch(route -> route.method().equals(request.method()))) {
            return NOT_IMPLEMENTED;
        }
        if (methods.isEmpty()) {
            return NOT_FOUND;
        }
        return request.method().equals("OPTIONS") ? options(methods)
                : HttpResponse.text(405, "405 Method Not Allowed: at this path there is " + allow(methods) + "\n")
                        .withHeader("Allow", allow(methods));
    }

    private Set<String> methodsOfAll() {
        Set<String> methods = new TreeSet<>();
        routes.forEach(route -> methods.add(route.method()));
        return methods;
    }

    private static HttpResponse options(Set<String> methods) {
        return HttpResponse.of(204).withHeader("Allow", allow(methods));
    }

    private static String allow(Set<String> methods) {
        Set<String> all = new TreeSet<>(methods);
        all.add("OPTIONS");
        if (methods.contains("GET")) {
            all.add("HEAD");
        }
        return String.join(", ", all);
    }
}
