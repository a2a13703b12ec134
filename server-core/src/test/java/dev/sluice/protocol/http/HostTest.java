package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "", "a", "a.b", "a.b.", "a_b", "a-b", "A:80", "a:", "a:0", "a:65535", "127.0.0.1", "127.0.0.1:80", "0.0.0.0=5000", "a%C3%A4", "%61.b", "a%5Fb",
        "[::]",
        "[::1]", "[1::]", "[::1]:80", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]", "[1::3:4:5:6:7:8]", "[::1.2.3.4]",
        "[1:2:3:4:5:6:1.2.3.4]", "[a::1.2.3.4]:1", "[ABCD::ef]"
    })
    void takesNamesAndAddresses(String host) {
        assertTrue(Host.valid(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        " ", "a b", ":", ":80", "a:b", "a:65536", "a:99999999999", "a:1:2", "-a", "a-", "a.-b", "a-.b", ".", ".a", "a..b", "*", "a*b",
        "a/b",
        "a@b", "a?b", "a#b", "a\\b", "a\"b", "a%", "a%4", "a,b", "a:80,b", "a%00b", "a%1f", "a%7F", "a%20b", "a%2Cb", "a%2Fb", "a%40b", "a%3a80", "a%2A", "a%zz", "\u00E4", "\u0130", "[", "[]", "]", "::1", "[::1", "::1]", "[::1]x",
        "[::1]:x",
        "[:::]", "[1]", "[:1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:]", "[1:2:3:4:5:6:7:8:9]", "[1:2:3:4:5:6:7:8::]", "[1::2::3]", "[12345::]",
        "[g::]", "[1.2.3.4]", "[::1.2.3]", "[::1.2.3.4.5]", "[::1.2.3.256]", "[::1.2.3.04]", "[::1..3.4]", "[::1.2.3.4:1]",
        "[1:2:3:4:5:6:7:1.2.3.4]",
        "[fe80::1%25eth0]", "[v1.a]", "[\u0661::]"
    })
    void refusesEverythingElse(String host) {
        assertFalse(Host.valid(host));
    }

    @ParameterizedTest
    @CsvSource({
        "/, /", "/a, /a", "/a/, /a/", "//a//b, /a/b", "/., /", "/.., /", "/../../a, /a", "/a/.., /", "/a/../, /", "/a/b/.., /a/",
        "/a/./b, /a/b",
        "/a/., /a/", "/.a/..b/..., /.a/..b/...", "/%2e%2e/a, /a", "/a%2F..%2fb, /b", "/%2E/, /", "/a%5Cb, /a\\b", "http://h, /",
        "http://h?q, /",
        "http://h/a/../b?q, /b", "/%ff, /\uFFFD", "/a?/../b, /a"
    })
    void areFollowedByAPathThatStaysBelowTheRoot(String target, String path) {
        assertEquals(path, HttpRequest.of("GET", target).path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/ ", "/%", "/%2", "/%g0", "/\u00E4", "/\u0130", "http://", "http:///", "ws://a/", "*", "a:1"})
    void precedeNothingElse(String target) {
        assertNull(Target.parse("GET", target));
    }
}
