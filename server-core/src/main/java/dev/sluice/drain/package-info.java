/// The ordered drain.
@NullMarked
package dev.sluice.drain;

import org.jspecify.annotations.NullMarked;
