package dev.sluice.engine;

import dev.sluice.api.AccessLog;
import dev.sluice.api.Addresses;
import dev.sluice.api.Exchange;
import dev.sluice.protocol.Summary;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// An exchange as one line of an access log. Pure. Client text is cut to [#LONGEST] characters, and escaped so that it can neither end the
/// line, nor end its field, nor say anything to a terminal.
final class AccessLine {

    static final int LONGEST = 1_024;
    private static final DateTimeFormatter CLF =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss +0000", Locale.US).withZone(ZoneOffset.UTC);
    private static final String HEX = "0123456789abcdef";

    private AccessLine() {}

    /// @param format not off
    static String of(AccessLog format, Exchange exchange, Instant at) {
        return format == AccessLog.JSON ? json(exchange, at) : combined(exchange, at);
    }

    private static String combined(Exchange exchange, Instant at) {
        Summary said = exchange.summary();
        StringBuilder line = new StringBuilder(200).append(host(exchange.peer().remote())).append(" - - [");
        CLF.formatTo(at, line);
        line.append("] \"");
        if (said.method().isEmpty()) {
            line.append('-');
        }
        request(line, said);
        line.append("\" ").append(said.status() == 0 ? "-" : String.valueOf(said.status()))
                .append(' ').append(said.bytes() < 0 ? "-" : String.valueOf(said.bytes())).append(" \"");
        quoted(line, said.referer().isEmpty() ? "-" : said.referer());
        line.append("\" \"");
        quoted(line, said.agent().isEmpty() ? "-" : said.agent());
        return line.append('"').toString();
    }

    private static void request(StringBuilder line, Summary said) {
        quoted(line, said.method());
        if (!said.target().isEmpty()) {
            quoted(line.append(' '), said.target());
        }
        if (!said.version().isEmpty()) {
            line.append(' ').append(said.version());
        }
    }

    private static String host(SocketAddress remote) {
        if (remote instanceof InetSocketAddress tcp) {
            return tcp.getAddress() == null ? tcp.getHostString() : tcp.getAddress().getHostAddress();
        }
        return "unix:";
    }

    /// Bytes that are not visible ASCII as `\xHH`, as other servers write them.
    private static void quoted(StringBuilder into, String text) {
        for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                into.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7F) {
                into.append(c);
            } else if (c <= 0xFF) {
                into.append("\\x").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
            } else {
                unicode(into, c);
            }
        }
    }

    private static String json(Exchange exchange, Instant at) {
        Summary said = exchange.summary();
        StringBuilder line = new StringBuilder(400).append("{\"time\":\"").append(at.truncatedTo(ChronoUnit.MILLIS)).append('"');
        text(line, "listener", exchange.peer().listener());
        text(line, "address", Addresses.text(exchange.peer().remote()));
        number(line, "connection", exchange.peer().connection());
        number(line, "request", exchange.number());
        text(line, "method", said.method());
        text(line, "target", said.target());
        text(line, "version", said.version());
        if (said.status() != 0) {
            number(line, "status", said.status());
        }
        if (said.bytes() >= 0) {
            number(line, "bytes", said.bytes());
        }
        text(line, "outcome", exchange.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        number(line, "wait_us", exchange.queueWait() / 1_000);
        number(line, "service_us", exchange.service() / 1_000);
        text(line, "referer", said.referer());
        text(line, "user_agent", said.agent());
        return line.append('}').toString();
    }

    private static void number(StringBuilder line, String name, long value) {
        line.append(",\"").append(name).append("\":").append(value);
    }

    /// What is empty is left out.
    private static void text(StringBuilder line, String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        line.append(",\"").append(name).append("\":\"");
        for (int i = 0; i < Math.min(LONGEST, value.length()); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7F) {
                line.append(c);
            } else {
                unicode(line, c);
            }
        }
        line.append('"');
    }

    private static void unicode(StringBuilder into, char c) {
        into.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            into.append(HEX.charAt(c >> shift & 0xF));
        }
    }
}
