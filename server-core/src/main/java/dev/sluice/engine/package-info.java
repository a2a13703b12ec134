/// The server models: who accepts, who reads, who writes, and the exact account of every connection.
@NullMarked
package dev.sluice.engine;

import org.jspecify.annotations.NullMarked;
