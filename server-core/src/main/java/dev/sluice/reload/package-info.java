/// What a changed configuration changes, and what a running server can take over of it.
@NullMarked
package dev.sluice.reload;

import org.jspecify.annotations.NullMarked;
