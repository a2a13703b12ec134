/// The gate of permits in front of every executor, and the executors behind it.
@NullMarked
package dev.sluice.pool;

import org.jspecify.annotations.NullMarked;
