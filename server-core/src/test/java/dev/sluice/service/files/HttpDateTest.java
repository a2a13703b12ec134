package dev.sluice.service.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110, 5.6.7.
class HttpDateTest {

    private static final long NOW = Instant.parse("2026-03-01T00:00:00Z").getEpochSecond();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Sun, 06 Nov 1994 08:49:37 GMT | 1994-11-06T08:49:37Z", "Sunday, 06-Nov-94 08:49:37 GMT | 1994-11-06T08:49:37Z",
        "Sun Nov  6 08:49:37 1994 | 1994-11-06T08:49:37Z", "Wed Nov 16 08:49:37 1994 | 1994-11-16T08:49:37Z",
        "Thu, 01 Jan 1970 00:00:00 GMT | 1970-01-01T00:00:00Z", "Sat, 31 Dec 2016 23:59:60 GMT | 2017-01-01T00:00:00Z",
        "Monday, 01-Jan-76 00:00:00 GMT | 2076-01-01T00:00:00Z", "Monday, 01-Jan-77 00:00:00 GMT | 1977-01-01T00:00:00Z",
        "Monday, 01-Jan-25 00:00:00 GMT | 2025-01-01T00:00:00Z"
    })
    void readsTheThreeForms(String text, Instant expected) {
        assertEquals(expected.getEpochSecond(), HttpDate.second(text, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "x", "0", "1994-11-06T08:49:37Z", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 +0000", "sun, 06 nov 1994 08:49:37 gmt", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT"
    })
    void readsNothingElse(String text) {
        assertEquals(HttpDate.NONE, HttpDate.second(text, NOW));
    }

    @Test
    void writesTheFixedForm() {
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", HttpDate.text(784111777));
    }
}
