package dev.sluice.transport.tls;

import java.io.IOException;
import java.nio.file.Path;

/// A certificate or a key that TLS cannot be spoken with. The message names the file, what is wrong, and what would be right.
public final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(Path file, String what) {
        super(file + " " + what);
    }

    Unusable(String message) {
        super(message);
    }
}
