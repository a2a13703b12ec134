/// Sessions: where people and scripts type commands, and see what they answer.
@NullMarked
package dev.sluice.console.shell;

import org.jspecify.annotations.NullMarked;
