package dev.sluice.api;

import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;

/// What a listener serves: a protocol, and the service that answers its requests.
///
/// @param protocol the wire format
/// @param service  the service's name, for people
/// @param handlers makes the handler of each connection
/// @param <Q>      the type of a request
/// @param <R>      the type of a response
public record Endpoint<Q, R>(Protocol<Q, R> protocol, String service, HandlerFactory<Q, R> handlers) {}
