/// The commands of the console: plain objects that read and change a server and answer with data, and the renderers that print it.
/// Nothing here knows of a terminal.
@NullMarked
package dev.sluice.console.command;

import org.jspecify.annotations.NullMarked;
