/// TLS, but for the sockets: certificates and keys from PEM files, which of them a client is shown, and the stream of plain bytes that TLS makes of encrypted ones.
@NullMarked
package dev.sluice.transport.tls;

import org.jspecify.annotations.NullMarked;
