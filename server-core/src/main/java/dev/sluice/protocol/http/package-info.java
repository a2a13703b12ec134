/// HTTP/1.0 and 1.1 (RFC 9110, RFC 9112): requests, responses, and the protocol that turns bytes into the one and the other into bytes.
@NullMarked
package dev.sluice.protocol.http;

import org.jspecify.annotations.NullMarked;
