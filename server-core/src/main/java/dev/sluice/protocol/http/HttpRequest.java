package dev.sluice.protocol.http;

import org.jspecify.annotations.Nullable;

/// One request. Immutable, as is its body. Closed by the server, once it is answered.
public final class HttpRequest implements AutoCloseable {

    private final String method;
    private final String target;
    private final String path;
    private final @Nullable String query;
    private final @Nullable String host;
    private final HttpVersion version;
    private final Headers headers;
    private final HttpBody body;
    private final boolean keepAlive;

    HttpRequest(String method, Target target, HttpVersion version, Headers headers, HttpBody body, boolean keepAlive) {
        this.method = method;
        this.target = target.raw();
        this.path = target.path();
        this.query = target.query();
        this.host = target.host();
        this.version = version;
        this.headers = headers;
        this.body = body;
        this.keepAlive = keepAlive;
    }

    /// An HTTP/1.1 request without fields and body: for trying a handler without a connection.
    ///
    /// @throws IllegalArgumentException when no client could send this
    public static HttpRequest of(String method, String target) {
        return of(method, target, HttpVersion.HTTP_1_1, Headers.EMPTY, HttpBody.EMPTY);
    }

    /// A request: for trying a handler without a connection.
    ///
    /// @throws IllegalArgumentException when no client could send this
    public static HttpRequest of(String method, String target, HttpVersion version, Headers headers, byte[] body) {
        return of(method, target, version, headers, HttpBody.of(body));
    }

    private static HttpRequest of(String method, String target, HttpVersion version, Headers headers, HttpBody body) {
        Target parsed = Syntax.isToken(method) ? Target.parse(method, target) : null;
        if (parsed == null) {
            throw new IllegalArgumentException("no request line can be made of \"" + method + "\" and \"" + target + "\"");
        }
        return new HttpRequest(method, parsed, version, headers, body, Connection.keepAlive(version, headers));
    }

    /// The method, as it was sent: methods are case-sensitive (RFC 9110, 9.1).
    public String method() {
        return method;
    }

    /// The target as it was sent: `/a?b`, `http://host/a?b`, `*`, or for CONNECT `host:port` (RFC 9112, 3.2).
    public String target() {
        return target;
    }

    /// The path of the target, with `%xx` decoded as UTF-8 and then `.`, `..` and empty segments resolved. Begins with `/`, never
    /// leads above it, and may hold any character, NUL too when it was sent as `%00`. `*` for `OPTIONS *`, empty for CONNECT.
    public String path() {
        return path;
    }

    /// What follows the first `?` of the target, as it was sent; null when there is none.
    public @Nullable String query() {
        return query;
    }

    /// The host and port that are asked: those of an absolute target, which win over the `Host` field (RFC 9112, 3.2.2), else the field's.
    /// Empty when the client has none to give; null when an HTTP/1.0 client said nothing.
    public @Nullable String authority() {
        return host == null ? headers.first("Host") : host;
    }

    /// The version the client speaks.
    public HttpVersion version() {
        return version;
    }

    public Headers headers() {
        return headers;
    }

    /// The value of the first field of this name, or null.
    public @Nullable String header(String name) {
        return headers.first(name);
    }

    /// The body, chunks put together; empty when there is none.
    public HttpBody body() {
        return body;
    }

    /// The body as UTF-8 text: [HttpBody#text()].
    public String bodyText() {
        return body.text();
    }

    /// Whether the client expects the connection to stay open: true in HTTP/1.1 unless it sent `Connection: close`, false in
    /// HTTP/1.0 unless it sent `Connection: keep-alive` (RFC 9112, 9.3).
    public boolean keepAlive() {
        return keepAlive;
    }

    /// The server does this: lets go of the file that the body may be in.
    @Override
    public void close() {
        body.close();
    }

    /// The method and the target.
    @Override
    public String toString() {
        return method + " " + target;
    }
}
