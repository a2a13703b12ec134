/// The `files` service: what is below a folder, over HTTP.
@NullMarked
package dev.sluice.service.files;

import org.jspecify.annotations.NullMarked;
