package dev.sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.api.ListenerConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.protocol.line.LineProtocol;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TermsTest {

    private static final int RATE = 100;

    /// Timeouts of 10 s for a head and 60 s for a body.
    private static Terms terms(int rate) {
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (request, call) -> request);
        Timeouts timeouts = listener.timeouts().withHead(Duration.ofSeconds(10)).withBody(Duration.ofSeconds(60));
        return Terms.of(listener.withTimeouts(timeouts).withLimits(listener.limits().withBodyRate(rate)));
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "999, 10", "1000, 10", "1500, 15", "6000, 60", "6001, 60", "1099511627776, 60", "9223372036854775807, 60"})
    void aBodyHasTheTimeThatTheLeastRateGivesItFromTheTimeOfAHeadToThatOfABody(long bytes, long seconds) {
        assertEquals(Duration.ofSeconds(seconds), Duration.ofNanos(terms(RATE).bodyTime(bytes)));
    }

    @ParameterizedTest
    @CsvSource({"0", "1000000"})
    void withoutALeastRateABodyHasAllItsTime(long bytes) {
        assertEquals(Duration.ofSeconds(60), Duration.ofNanos(terms(0).bodyTime(bytes)));
    }
}
