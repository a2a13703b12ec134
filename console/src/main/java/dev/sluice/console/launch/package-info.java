/// The program: its arguments, its configuration file, its signals, its log, and the order it starts and ends in.
@NullMarked
package dev.sluice.console.launch;

import org.jspecify.annotations.NullMarked;
