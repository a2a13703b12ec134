package dev.sluice.service.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9110, 12.5.3: of `br`, `gzip` and what is as it is.
class AcceptEncodingTest {

    private static final List<@Nullable String> CODINGS = Arrays.asList("br", "gzip", null);

    private static String chosen(String... values) {
        int index = new AcceptEncoding(List.of(values)).choose(CODINGS);
        return index < 0 ? "none" : index == 2 ? "identity" : String.valueOf(CODINGS.get(index));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "gzip | gzip", "gzip, deflate, br | br", "gzip;q=1.0, br;q=0.5 | gzip", "br;q=0, gzip | gzip", "GZIP | gzip", "x-gzip | gzip", "* | br",
        "compress, gzip | gzip", "gzip;q=0, * | br", "br;q=0, gzip;q=0 | identity", "deflate | identity", "'' | identity", "identity | identity",
        "identity;q=1, gzip;q=0.5 | identity", "identity;q=0.5, gzip;q=1.0, *;q=0 | gzip", "gzip;q=0.001 | gzip", "*;q=0, identity;q=0.1 | identity",
        "gzip;q=2 | identity", "gzip;q=x | identity", "gzip;q=0.1234 | identity", "gzip;level=9 | identity", "gzip ; q=0.5 , br ; q=0.4 | gzip",
        "gzip;Q=0.5 | gzip", "br;q=0.0 | identity", "identity;q=0 | none", "*;q=0 | none", "identity;q=0, gzip | gzip", "identity;q=0, *;q=0.3 | br"
    })
    void choosesWhatTheClientLikesBest(String value, String expected) {
        assertEquals(expected, chosen(value));
    }

    @Test
    void choosesWhatIsAsItIsForAClientThatSaysNothing() {
        assertEquals("identity", chosen());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "gzip;q=1. | gzip", "gzip;q=1.000 | gzip", "gzip;q=1.001 | identity", "gzip;q=1.0000 | identity", "gzip;q=0. | identity", "gzip;q= | identity",
        "gzip;q=.5 | identity", "gzip;q=-0 | identity", "gzip;q=0.\u0665 | identity", "gzip;q=00 | identity", "gzip;q | identity", "gzip; | identity",
        ";q=1, br | br", ",,br,, | br", "br;q=0.5;q=0.1, gzip;q=0.3 | gzip", "br;q=1;x=2 | identity", "br;x=2;q=1 | br"
    })
    void readsQualitiesToTheLetter(String value, String expected) {
        assertEquals(expected, chosen(value));
    }

    @Test
    void looksAtNoMoreElementsThanAnybodySends() {
        assertEquals("gzip", chosen("x,".repeat(63) + "gzip"));
        assertEquals("identity", chosen("x,".repeat(64) + "gzip"));
        assertEquals("identity", chosen(",".repeat(64), "gzip"), "of all fields together, and though they are empty");
    }

    @Test
    void readsAllFields() {
        assertEquals("gzip", chosen("deflate", "gzip"));
    }
}
