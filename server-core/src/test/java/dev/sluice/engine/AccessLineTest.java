package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.AccessLog;
import dev.sluice.api.Exchange;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Summary;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccessLineTest {

    private static final Instant AT = Instant.parse("2026-03-01T04:05:06.789Z");
    private static final SocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 80);
    private static final Summary GET = new Summary("GET", "/a?b", "HTTP/1.1", "http://from/", "curl/8", 200, 12);

    private static String line(AccessLog format, SocketAddress remote, Summary summary) {
        return AccessLine.of(format, new Exchange(new Peer(17, "web", remote, LOCAL), 3, summary, Outcome.CLIENT_ERROR, 4_000,
                1_234_567), AT);
    }

    private static String line(AccessLog format, Summary summary) {
        return line(format, new InetSocketAddress("192.0.2.1", 4000), summary);
    }

    @Test
    void isInTheCombinedFormat() {
        assertEquals("192.0.2.1 - - [01/Mar/2026:04:05:06 +0000] \"GET /a?b HTTP/1.1\" 200 12 \"http://from/\" \"curl/8\"",
                line(AccessLog.COMBINED, GET));
        assertEquals("2001:db8:0:0:0:0:0:1 - - [01/Mar/2026:04:05:06 +0000] \"-\" 400 - \"-\" \"-\"",
                line(AccessLog.COMBINED, new InetSocketAddress("2001:db8::1", 1), new Summary("", "", "", "", "", 400, -1)));
        assertEquals("unix: - - [01/Mar/2026:04:05:06 +0000] \"say hello\" - - \"-\" \"-\"",
                line(AccessLog.COMBINED, UnixDomainSocketAddress.of(""), new Summary("say hello", "", "", "", "", 0, -1)));
    }

    @Test
    void isJsonWithAllThereIs() {
        assertEquals("{\"time\":\"2026-03-01T04:05:06.789Z\",\"listener\":\"web\",\"address\":\"192.0.2.1:4000\",\"connection\":17,\"request\":3,"
                + "\"method\":\"GET\",\"target\":\"/a?b\",\"version\":\"HTTP/1.1\",\"status\":200,\"bytes\":12,\"outcome\":\"client-error\","
                + "\"wait_us\":4,\"service_us\":1234,\"referer\":\"http://from/\",\"user_agent\":\"curl/8\"}", line(AccessLog.JSON, GET));
        assertTrue(line(AccessLog.JSON, new Summary("", "", "", "", "", 0, -1)).endsWith(
                "\"request\":3,\"outcome\":\"client-error\",\"wait_us\":4,\"service_us\":1234}"));
    }

    @Test
    void escapesWhatTheClientSays() {
        String nasty = "a\"b\\c\u001b[2J\r\n\u009b\u00e4\u202e\0";
        Summary summary = new Summary("GET", "/" + nasty, "HTTP/1.1", "", nasty, 200, 0);
        assertTrue(line(AccessLog.COMBINED, summary).endsWith(
                "\"GET /a\\\"b\\\\c\\x1b[2J\\x0d\\x0a\\x9b\\xe4\\u202e\\x00 HTTP/1.1\" 200 0 \"-\" \"a\\\"b\\\\c\\x1b[2J\\x0d\\x0a\\x9b\\xe4\\u202e\\x00\""));
        assertTrue(line(AccessLog.JSON, summary).endsWith(
                ",\"user_agent\":\"a\\\"b\\\\c\\u001b[2J\\u000d\\u000a\\u009b\\u00e4\\u202e\\u0000\"}"));
    }

    @ParameterizedTest
    @EnumSource(names = "OFF", mode = EnumSource.Mode.EXCLUDE)
    void cutsWhatIsLong(AccessLog format) {
        String text = "\u0007".repeat(100_000);
        assertTrue(line(format, new Summary(text, text, "", text, text, 200, 0)).length() < 4 * 6 * AccessLine.LONGEST + 400);
    }
}
