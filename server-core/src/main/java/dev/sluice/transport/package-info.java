/// What touches sockets for every engine: ending a connection without losing its last reply.
@NullMarked
package dev.sluice.transport;

import org.jspecify.annotations.NullMarked;
