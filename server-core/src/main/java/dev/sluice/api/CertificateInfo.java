package dev.sluice.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A certificate that a listener shows.
///
/// @param file    it was read from
/// @param subject whom it is for, as RFC 2253 writes it; not escaped
/// @param names   the host names it covers
/// @param from    when it begins to hold
/// @param until   when it expires
public record CertificateInfo(String file, String subject, List<String> names, Instant from, Instant until) {

    public CertificateInfo {
        names = List.copyOf(names);
    }

    /// Days until it expires, in whole and parts; negative when it has.
    public double daysLeft(Instant now) {
        return Duration.between(now, until).toMillis() / 86_400_000.0;
    }
}
