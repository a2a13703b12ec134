package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkHeadTest {

    @ParameterizedTest
    @CsvSource({
        "7fffffffffffffff, 9223372036854775807, 9223372036854775807", "8000000000000000, 9223372036854775807, -2",
        "ffffffffffffffff, 9223372036854775807, -2", "10000000000000005, 9223372036854775807, -2",
        "100000000000000000000000000000005, 9223372036854775807, -2", "00000000000000000000000a, 10, 10", "b, 10, -2", "0b, 10, -2", "10, 16, 16",
        "11, 16, -2", "0, 0, 0", "1, 0, -2", "10000000000000005 x, 9223372036854775807, -1"
    })
    void isReadWithoutOverflow(String line, long most, long size) {
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        assertEquals(size, ChunkHead.size(bytes, 0, bytes.length, most));
    }
}
