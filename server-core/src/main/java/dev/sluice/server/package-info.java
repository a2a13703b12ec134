/// The server as an embedder starts it.
@NullMarked
package dev.sluice.server;

import org.jspecify.annotations.NullMarked;
