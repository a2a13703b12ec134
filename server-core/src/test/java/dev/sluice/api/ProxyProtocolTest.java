package dev.sluice.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.Peer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyProtocolTest {

    private static boolean trusts(String source, SocketAddress address) {
        return ProxyProtocol.requiredFrom(source).trusts(new Peer(1, "web", address, address));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true", "127.0.0.1, 127.0.0.2, false", "10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.1, false",
        "10.20.30.40/8, 10.1.1.1, true", "192.0.2.128/25, 192.0.2.127, false", "192.0.2.128/25, 192.0.2.200, true", "0.0.0.0/0, 203.0.113.1, true",
        "0.0.0.0/0, ::1, false", "::1, ::1, true", "2001:db8::/32, 2001:db8:ffff::1, true", "2001:db8::/32, 2001:db9::1, false", "::/0, ::1, true",
        "::/0, 127.0.0.1, false", "::ffff:10.0.0.1, 10.0.0.1, true", "10.0.0.1, ::ffff:10.0.0.1, true", "unix, 127.0.0.1, false"})
    void trustsWhomItNames(String source, String address, boolean trusted) {
        assertEquals(trusted, trusts(source, new InetSocketAddress(java.net.InetAddress.ofLiteral(address), 1)));
    }

    @Test
    void trustsClientsOfUnixDomainSocketsWhereItSaysSo() {
        assertTrue(trusts("unix", UnixDomainSocketAddress.of("")));
        assertFalse(trusts("0.0.0.0/0", UnixDomainSocketAddress.of("")));
        assertFalse(ProxyProtocol.OFF.trusts(new Peer(1, "web", UnixDomainSocketAddress.of(""), UnixDomainSocketAddress.of(""))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "10.0.0.0/33", "::1/129", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0.1:80", "unix:run/a.sock", "any"})
    void refusesWhatIsNoSource(String text) {
        String said = assertThrows(IllegalArgumentException.class, () -> TrustedSource.parse(text)).getMessage();
        assertTrue(said.startsWith("is \"" + text + "\", but must be an address"), said);
    }

    @ParameterizedTest
    @CsvSource({"0a000000, 33", "0a000000, -1", "0a0000, 8", "'', 0", "0g000000, 8", "0a00000000, 8", "00000000000000000000000000000001, 129"})
    void refusesANetworkThatIsNone(String prefix, int bits) {
        assertThrows(IllegalArgumentException.class, () -> new TrustedSource.Network(prefix, bits, "text"));
    }

    @Test
    void saysWhatToDoWhereNobodyIsTrusted() {
        String said = assertThrows(IllegalArgumentException.class, () -> new ProxyProtocol(ProxyProtocol.Mode.REQUIRED, List.of())).getMessage();
        assertTrue(said.startsWith("from is empty, but mode is required: name the addresses of the balancers"), said);
    }

    @Test
    void isWrittenAsItIsRead() {
        List<String> texts = List.of("127.0.0.1", "10.0.0.0/8", "::1", "unix");
        List<TrustedSource> sources = texts.stream().map(TrustedSource::parse).toList();
        assertEquals(texts, sources.stream().map(Rendered::text).toList());
        assertEquals(sources, texts.stream().map(TrustedSource::parse).toList());
        assertEquals(List.of(true, false), List.of(TrustedSource.parse("::/0").isEveryone(), TrustedSource.parse("unix").isEveryone()));
    }
}
