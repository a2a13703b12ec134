package dev.sluice.api;

/// Is told of each request with all there is to say of it, which costs some microseconds each: for access logs and audits. Shared: called
/// from any thread that serves requests, in the order of the answers of one connection, so it must not wait. What it throws is logged and
/// changes nothing. Where there is none, a request costs nothing more.
@FunctionalInterface
public interface ExchangeListener {

    /// Is not told anything.
    ExchangeListener NONE = exchange -> {};

    /// A request has been answered.
    void ended(Exchange exchange);
}
