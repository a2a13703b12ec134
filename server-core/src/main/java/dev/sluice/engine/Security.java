package dev.sluice.engine;

import dev.sluice.api.CertificateInfo;
import dev.sluice.api.ListenerConfig;
import dev.sluice.transport.tls.Certificates;
import dev.sluice.transport.tls.TlsIdentity;
import dev.sluice.transport.tls.Unusable;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one listener speaks TLS with, if it does. Replaced by whoever applies a configuration; read by any thread.
public final class Security {

    private final String listener;
    private final InstantSource clock;
    private volatile @Nullable Certificates certificates;

    /// @throws IOException when the certificates of a configuration cannot be used
    Security(String listener, ListenerConfig config, InstantSource clock) throws IOException {
        this.listener = listener;
        this.clock = clock;
        adopt(config, load(config));
    }

    /// Reads what its next configuration names.
    ///
    /// @return null when that speaks in the clear
    /// @throws IOException saying what cannot be used, and why
    @Nullable TlsIdentity load(ListenerConfig next) throws IOException {
        return load(listener, next, clock.instant());
    }

    /// Reads what a configuration names.
    ///
    /// @param now when the certificates are to be valid
    /// @return null when it speaks in the clear
    /// @throws IOException saying what cannot be used, and why
    public static @Nullable TlsIdentity load(String listener, ListenerConfig config, Instant now) throws IOException {
        if (config.tls().isEmpty()) {
            return null;
        }
        try {
            return TlsIdentity.load(config.tls().get(), config.endpoint().protocol().applicationProtocols(), now);
        } catch (Unusable unusable) {
            throw new IOException("listener " + listener + " cannot speak TLS: " + unusable.getMessage(), unusable);
        }
    }

    /// New connections get what was read; those that are there keep what they have.
    void adopt(ListenerConfig config, @Nullable TlsIdentity next) {
        Certificates present = certificates;
        if (next == null) {
            certificates = null;
        } else if (present == null) {
            certificates = new Certificates(listener, next, config.endpoint().protocol().applicationProtocols(), clock);
        } else {
            present.replace(next);
        }
    }

    /// With which a new connection begins; null when it speaks in the clear.
    @Nullable TlsIdentity identity() {
        Certificates present = certificates;
        return present == null ? null : present.current();
    }

    /// Looks at the files anew; they may be on a disk that makes one wait.
    ///
    /// @param surely whether what cannot be used is told of at once
    void look(boolean surely) {
        Certificates present = certificates;
        if (present != null) {
            present.look(surely);
        }
    }

    List<CertificateInfo> certificates() {
        TlsIdentity identity = identity();
        return identity == null ? List.of() : identity.certificates();
    }
}
