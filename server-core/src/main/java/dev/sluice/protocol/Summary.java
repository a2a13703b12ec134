package dev.sluice.protocol;

/// What an access log says of a request and its answer, in the words of its protocol. The text is the client's own, and is escaped by whoever
/// prints it.
///
/// @param method  or the whole request, where the protocol knows no methods; empty when the request could not be read
/// @param target  empty where there is none
/// @param version of the protocol; empty where there is none
/// @param referer from which page the client says it comes; empty when it does not say
/// @param agent   which program the client says it is; empty when it does not say
/// @param status  of the answer; 0 where the protocol has none
/// @param bytes   of the answer's body, as they were known when it was encoded; −1 when it is made while it is sent
public record Summary(String method, String target, String version, String referer, String agent, int status, long bytes) {}
