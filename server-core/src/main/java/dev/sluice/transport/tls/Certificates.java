package dev.sluice.transport.tls;

import dev.sluice.api.CertificateInfo;
import dev.sluice.api.TlsConfig;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one listener speaks TLS with now, followed as its files change. New connections take what is here when they come; those that are there keep what
/// they began with.
///
/// Files are looked at by their content, which no clock and no copying tool can disguise; they are small. A certificate and its key are seldom replaced in one
/// moment, so what does not fit is told of only when it is still there at the next look.
///
/// `current` is volatile. Looks are made one at a time, under the monitor, on a thread that may wait for a disk; the monitor guards the rest.
public final class Certificates {

    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final String listener;
    private final List<String> applicationProtocols;
    private final InstantSource clock;
    private volatile TlsIdentity current;
    /// What was wrong at the last look; empty when nothing was.
    private String wrong = "";
    /// What was told last.
    private String told = "";

    /// @param current what it begins with
    public Certificates(String listener, TlsIdentity current, List<String> applicationProtocols, InstantSource clock) {
        this.listener = listener;
        this.current = current;
        this.applicationProtocols = List.copyOf(applicationProtocols);
        this.clock = clock;
    }

    public TlsIdentity current() {
        return current;
    }

    /// Takes over what was read for another configuration.
    public synchronized void replace(TlsIdentity next) {
        if (next != current) {
            current = next;
            wrong = "";
            told = "";
        }
    }

    /// Looks whether the files have changed, and takes over what they hold. What cannot be used is told of, once, and changes nothing. Reads files.
    ///
    /// @param surely whether what does not fit is told of at once
    public synchronized void look(boolean surely) {
        TlsConfig config = current.config();
        String cause;
        byte @Nullable [] fingerprint = null;
        try {
            Map<Path, byte[]> contents = TlsIdentity.contents(config);
            fingerprint = TlsIdentity.fingerprint(contents);
            if (current.madeOf(fingerprint)) {
                wrong = "";
                told = "";
                return;
            }
            current = TlsIdentity.of(config, applicationProtocols, contents, clock.instant());
            wrong = "";
            told = "";
            LOG.info("event=certificate-loaded listener={} certificates=\"{}\"", listener, described(current.certificates()));
            return;
        } catch (Unusable unusable) {
            cause = String.valueOf(unusable.getMessage());
        }
        tell(cause + (fingerprint == null ? "" : " " + Arrays.hashCode(fingerprint)), cause, surely);
    }

    private void tell(String what, String cause, boolean surely) {
        boolean again = what.equals(wrong);
        wrong = what;
        if ((again || surely) && !what.equals(told)) {
            told = what;
            LOG.warn("event=certificate-not-usable listener={} cause=\"{}\"; what it has shown so far stays: mend the file, it is looked at each second",
                    listener, cause);
        }
    }

    private static String described(List<CertificateInfo> certificates) {
        return certificates.stream().map(one -> one.subject() + " until " + one.until()).collect(Collectors.joining("; "));
    }
}
