package dev.sluice.protocol.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The `Date` field (RFC 9110, 6.6.1), made once a second and followed by the empty line that ends a head.
///
/// Shared by all threads; `latest` is guarded by nothing: threads that meet a new second all make the same line, and a record is
/// published safely.
final class DateLine {

    /// The fixed form of RFC 9110, 5.6.7; the formatter of the JDK writes days of one digit.
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n\r\n'", Locale.US).withZone(ZoneOffset.UTC);

    private final InstantSource clock;
    private Made latest;

    DateLine(InstantSource clock) {
        this.clock = clock;
        this.latest = made(second());
    }

    /// `Date`, CRLF, CRLF. Not to be written to.
    byte[] withHeadEnd() {
        long second = second();
        Made known = latest;
        if (known.second != second) {
            known = made(second);
            latest = known;
        }
        return known.line;
    }

    private long second() {
        return Math.floorDiv(clock.millis(), 1000L);
    }

    private static Made made(long second) {
        return new Made(second, FORM.format(Instant.ofEpochSecond(second)).getBytes(StandardCharsets.US_ASCII));
    }

    private record Made(long second, byte[] line) {}
}
