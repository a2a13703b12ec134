/// The two directions of a connection as pure code: bytes to requests, responses to bytes. No channel, no thread, no clock.
@NullMarked
package dev.sluice.wire;

import org.jspecify.annotations.NullMarked;
