package dev.sluice.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenderedTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s", "PT1S, 1s", "PT0.5S, 500ms", "PT1.5S, 1500ms", "PT10M, 10m", "PT90S, 90s", "PT60S, 1m", "PT24H, 1d", "PT36H, 36h",
        "PT0.000001S, 1us", "PT0.000000001S, 1ns", "PT8760H, 365d", "PT8760000000H, 31536000000000s"
    })
    void aDurationTakesTheLargestUnitThatLosesNothing(Duration duration, String text) {
        assertEquals(text, Rendered.text(duration));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "1000, 1000", "1024, 1KiB", "8192, 8KiB", "1048576, 1MiB", "1536, 1536", "2621440, 2560KiB", "1099511627776, 1024GiB"
    })
    void aSizeTakesTheLargestUnitThatLosesNothing(long bytes, String text) {
        assertEquals(text, Rendered.bytes(bytes));
    }

    @Test
    void valuesLookAsAConfigurationWritesThem() {
        assertEquals("refuse", Rendered.text(PoolConfig.WhenFull.REFUSE));
        assertEquals("stop-accepting", Rendered.text(DrainPhase.STOP_ACCEPTING));
        assertEquals("work-stealing", Rendered.text(new PoolType.WorkStealing()));
        assertEquals("event-loop", Rendered.text(new IoModel.EventLoop(2)));
        assertEquals("[0:0:0:0:0:0:0:1]:80", Rendered.text(new InetSocketAddress("::1", 80)));
        assertEquals("7", Rendered.text(OptionalInt.of(7)));
        assertEquals("auto", Rendered.text(OptionalInt.empty()));
        assertEquals("true", Rendered.text(true));
        assertEquals("edge", Rendered.text("edge"));
    }
}
