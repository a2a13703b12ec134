package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S,0s", "PT0.00000085S,850ns", "PT0.00085S,850us", "PT0.0012S,1.2ms", "PT0.35S,350ms", "PT4.2S,4.2s", "PT59.9S,59.9s",
        "PT1M,1m", "PT1M5S,1m5s", "PT3H12M,3h12m", "PT99H,4d3h", "PT-5S,-5s"
    })
    void durationsAreWrittenWithTheirUnit(Duration time, String text) {
        assertEquals(text, Units.duration(time));
    }

    @ParameterizedTest
    @CsvSource({"0s,PT0S", "500ms,PT0.5S", "1.5m,PT1M30S", "1m30s,PT1M30S", "2h,PT2H", "1d,PT24H", "250us,PT0.00025S", "3h12m,PT3H12M"})
    void durationsAreReadBack(String text, Duration time) {
        assertEquals(time, Units.parseDuration("age", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "s", "10 s", "-1s", "1s2", "ten", "1e9s", "1x"})
    void durationsWithoutUnitAreRefusedByName(String text) {
        CommandException refused = assertThrows(CommandException.class, () -> Units.parseDuration("age", text));
        assertEquals(Result.WRONG_USAGE, refused.code());
        assertTrue(refused.text().startsWith("age is \"" + text + "\""), refused::text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"366d", "999999999999d", "365d1ns"})
    void durationsOfMoreThanAYearAreRefused(String text) {
        CommandException refused = assertThrows(CommandException.class, () -> Units.parseDuration("age", text));
        assertEquals(Result.WRONG_USAGE, refused.code());
        assertEquals("age is \"" + text + "\", but must be at most 365d", refused.text());
        assertEquals(Duration.ofDays(365), Units.parseDuration("age", "365d"));
    }

    @ParameterizedTest
    @CsvSource({"0,0B", "1023,1023B", "1536,1.5KiB", "10485760,10MiB", "9223372036854775807,8192PiB"})
    void sizesAreWrittenInBinaryUnits(long bytes, String text) {
        assertEquals(text, Units.size(bytes));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0.04,0", "-0.04,0", "0.05,0.1", "-0.05,-0.1", "2.5,2.5", "-2.55,-2.6", "42,42", "99.94,99.9", "99.96,100", "100.5,101", "-1234.4,-1234",
        "1e15,1000000000000000", "1e20,100000000000000000000", "NaN,-", "-Infinity,-"})
    void numbersHaveTenthsBelowAHundredAndNoneAbove(double value, String text) {
        assertEquals(text, Units.decimal(value));
    }

    @ParameterizedTest
    @CsvSource({"4096,4096", "10k,10240", "1.5KiB,1536", "2kB,2000", "1m,1048576", "1GB,1000000000", "7b,7"})
    void sizesAreRead(String text, long bytes) {
        assertEquals(bytes, Units.parseSize("in", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "10x", "-1", "1 k"})
    void whatIsNoSizeIsRefused(String text) {
        assertThrows(CommandException.class, () -> Units.parseSize("in", text));
    }
}
