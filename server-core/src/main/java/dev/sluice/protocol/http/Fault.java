package dev.sluice.protocol.http;

/// Why bytes are no request.
///
/// @param status the status to refuse it with
/// @param detail for a person; never holds what the client sent
record Fault(int status, String detail) {

    static Fault bad(String detail) {
        return new Fault(400, detail);
    }
}
