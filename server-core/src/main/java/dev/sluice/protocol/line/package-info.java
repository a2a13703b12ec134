/// Lines of text: a request is a line, and so is a response.
@NullMarked
package dev.sluice.protocol.line;

import org.jspecify.annotations.NullMarked;
