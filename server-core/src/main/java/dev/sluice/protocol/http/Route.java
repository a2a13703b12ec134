package dev.sluice.protocol.http;

import dev.sluice.protocol.Call;

/// What answers the requests of one method to the paths of one template: an entry of a [Router].
///
/// A template is a path whose segments are literal text, `{name}` for one segment, which is not empty, or at the end `{name...}` for one
/// segment or more, the last of which may be empty: `/users/{id}`, `/files/{path...}`. Literals are compared with the decoded path,
/// exactly, and so have no escapes; `/users` and `/users/` are two paths.
///
/// @param method   as clients send it: in capitals
/// @param template see above
/// @param action   answers
public record Route(String method, String template, Action action) {

    /// @throws IllegalArgumentException when the method is no token or is CONNECT, or the template is none
    public Route {
        if (!Syntax.isToken(method) || method.equals("CONNECT")) {
            throw new IllegalArgumentException("method is \"" + method + "\", but must be a token, and not CONNECT, which is never served");
        }
        PathTemplate.parse(template);
    }

    /// Answers a request, as a [dev.sluice.protocol.Handler] does.
    @FunctionalInterface
    public interface Action {

        /// @param path what the template's names stand for in this request
        HttpResponse handle(HttpRequest request, PathParameters path, Call call) throws Exception;
    }

    /// A route for any method.
    public static Route of(String method, String template, Action action) {
        return new Route(method, template, action);
    }

    /// A route for GET, which answers HEAD too, its body left out.
    public static Route get(String template, Action action) {
        return new Route("GET", template, action);
    }

    public static Route post(String template, Action action) {
        return new Route("POST", template, action);
    }

    public static Route put(String template, Action action) {
        return new Route("PUT", template, action);
    }

    public static Route delete(String template, Action action) {
        return new Route("DELETE", template, action);
    }

    @Override
    public String toString() {
        return method + " " + template;
    }
}
