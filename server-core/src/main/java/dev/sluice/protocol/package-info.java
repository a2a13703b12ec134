/// What a wire format is: pure code that turns bytes into requests and responses into bytes, and the
/// handlers that sit between the two. Nothing here sees a socket, a thread or a clock.
@NullMarked
package dev.sluice.protocol;

import org.jspecify.annotations.NullMarked;
