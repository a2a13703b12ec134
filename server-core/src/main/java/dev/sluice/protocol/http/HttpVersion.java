package dev.sluice.protocol.http;

/// The versions of HTTP that are spoken. A client's higher minor version of HTTP/1 is served as 1.1 (RFC 9110, 2.5).
public enum HttpVersion {
    HTTP_1_0("HTTP/1.0"),
    HTTP_1_1("HTTP/1.1");

    private final String text;

    HttpVersion(String text) {
        this.text = text;
    }

    /// As it is written in a request: `HTTP/1.1`.
    @Override
    public String toString() {
        return text;
    }
}
