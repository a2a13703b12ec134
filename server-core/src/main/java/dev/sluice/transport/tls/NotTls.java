package dev.sluice.transport.tls;

import java.io.IOException;

/// The client has begun with something that is not TLS, and is likely to understand words.
public final class NotTls extends IOException {
    private static final long serialVersionUID = 1;

    NotTls() {
        super("the client does not speak TLS");
    }
}
