package dev.sluice.service.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 9110, 14.1.2 and 14.2.
class ByteRangesTest {

    private static String text(ByteRanges ranges) {
        return switch (ranges) {
            case ByteRanges.Whole() -> "whole";
            case ByteRanges.Nothing() -> "nothing";
            case ByteRanges.Parts(var spans) -> spans.stream().map(span -> span.first() + "-" + span.last()).collect(Collectors.joining(" "));
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bytes=0-499 | 10000 | 0-499", "bytes=500-999 | 10000 | 500-999", "bytes=-500 | 10000 | 9500-9999", "bytes=9500- | 10000 | 9500-9999",
        "bytes=0-0,-1 | 10000 | 0-0 9999-9999", "bytes= 0-999, 4500-5499, -1000 | 10000 | 0-999 4500-5499 9000-9999",
        "bytes=0- | 10 | 0-9", "bytes=0-10 | 10 | 0-9", "bytes=9-9 | 10 | 9-9", "bytes=-10 | 10 | 0-9", "bytes=-11 | 10 | 0-9",
        "BYTES=1-2 | 10 | 1-2", "bytes=5-6,1-2 | 10 | 5-6 1-2", "bytes=0-1,,\t2-3 , | 10 | 0-1 2-3", "bytes=1-99999999999999999999999 | 10 | 1-9",
        "bytes=-99999999999999999999999 | 10 | 0-9", "bytes=2147483648-2147483649 | 3000000000 | 2147483648-2147483649"
    })
    void areWhatIsThereOfThem(String value, long size, String expected) {
        assertEquals(expected, text(ByteRanges.of(value, size)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bytes=10- | 10", "bytes=10-11 | 10", "bytes=-0 | 10", "bytes=10-,-0 | 10", "bytes=0- | 0", "bytes=0-0 | 0", "bytes=-0 | 0",
        "bytes=99999999999999999999999- | 10"
    })
    void areNothingThatIsThere(String value, long size) {
        assertEquals("nothing", text(ByteRanges.of(value, size)));
    }

    @Test
    void leaveOutWhatIsNotThere() {
        assertEquals("1-2", text(ByteRanges.of("bytes=1-2,20-30,-0", 10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=1", "bytes=2-1", "bytes=1-2,3", "bytes=1-2-3", "bytes=--1", "bytes=+1-2",
        "bytes=1 - 2", "bytes =1-2", "lines=1-2", "bytes:1-2", "bytes=0x1-2", "bytes=1-2;3-4", "bytes=\u0661-2"
    })
    void areIgnoredWhenMalformed(String value) {
        assertEquals("whole", text(ByteRanges.of(value, 10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-5,5-9", "bytes=0-,0-", "bytes=5-,0-,7-", "bytes=0-9,2-3", "bytes=-5,-6", "bytes=1-1,2-2,1-1"})
    void areIgnoredWhenTheyOverlap(String value) {
        assertEquals("whole", text(ByteRanges.of(value, 10)));
    }

    @Test
    void areIgnoredWhenThereAreTooMany() {
        String sixteen = IntStream.range(0, ByteRanges.MOST).mapToObj(i -> 2 * i + "-" + 2 * i).collect(Collectors.joining(",", "bytes=", ""));
        assertEquals(16, assertInstanceOf(ByteRanges.Parts.class, ByteRanges.of(sixteen, 100)).spans().size());
        assertEquals("whole", text(ByteRanges.of(sixteen + ",90-91", 100)));
        assertEquals("whole", text(ByteRanges.of(sixteen + ",900-901", 100)));
    }

    @Test
    void areIgnoredAmongTooManyElementsThatAreEmpty() {
        assertEquals("1-2", text(ByteRanges.of("bytes=" + ",".repeat(63) + "1-2", 100)));
        assertEquals("whole", text(ByteRanges.of("bytes=" + ",".repeat(64) + "1-2", 100)));
    }

    @Test
    void areIgnoredAtTheEndOfNothing() {
        assertEquals("whole", text(ByteRanges.of("bytes=-5", 0)));
    }
}
