package dev.sluice.service.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.protocol.http.Headers;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9110, 13: the representation has the tag `"a"`, and was changed on 10 March; it is the 20th.
class ConditionsTest {

    private static final long CHANGED = Instant.parse("2026-03-10T00:00:00Z").getEpochSecond();
    private static final long NOW = Instant.parse("2026-03-20T00:00:00Z").getEpochSecond();

    /// Dates are written as `@9`.
    private static Headers headers(String fields) {
        String[] lines = fields.isBlank() ? new String[0] : fields.split(" & ", -1);
        String[] all = new String[2 * lines.length];
        for (int i = 0; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String value = lines[i].substring(colon + 1).strip();
            all[2 * i] = lines[i].substring(0, colon).strip();
            all[2 * i + 1] = value.startsWith("@")
                    ? HttpDate.text(Instant.parse("2026-03-%02dT00:00:00Z".formatted(Integer.parseInt(value.substring(1)))).getEpochSecond()) : value;
        }
        return Headers.of(all);
    }

    private static Conditions conditions(String fields, String tag) {
        return new Conditions(headers(fields), tag, CHANGED, NOW);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Host: x | PASS",
        // 1. If-Match, strongly
        "If-Match: \"a\" | PASS", "If-Match: * | PASS", "If-Match: \"b\" | FAILED", "If-Match: \"b\", \"a\" | PASS", "If-Match: W/\"a\" | FAILED",
        "If-Match: \"b\" & If-Match: \"a\" | PASS", "If-Match: nonsense | FAILED", "If-Match: \"b,a\",\"a\" | PASS", "If-Match: \"a | FAILED",
        "If-Match: ,, \"a\" | PASS", "If-Match: \"A\" | FAILED",
        // 2. If-Unmodified-Since, without If-Match alone
        "If-Unmodified-Since: @9 | FAILED", "If-Unmodified-Since: @10 | PASS", "If-Unmodified-Since: @11 | PASS", "If-Unmodified-Since: @30 | PASS",
        "If-Unmodified-Since: soon | PASS", "If-Match: \"a\" & If-Unmodified-Since: @9 | PASS", "If-Unmodified-Since: @9 & If-Unmodified-Since: @9 | PASS",
        // 3. If-None-Match, weakly
        "If-None-Match: \"a\" | NOT_MODIFIED", "If-None-Match: W/\"a\" | NOT_MODIFIED", "If-None-Match: * | NOT_MODIFIED", "If-None-Match: \"b\" | PASS",
        "If-None-Match: \"b\", W/\"c\" , \"a\" | NOT_MODIFIED", "If-None-Match: a | PASS", "If-None-Match: \"\" | PASS", "If-None-Match: w/\"a\" | PASS",
        // 4. If-Modified-Since, without If-None-Match alone
        "If-Modified-Since: @9 | PASS", "If-Modified-Since: @10 | NOT_MODIFIED", "If-Modified-Since: @20 | NOT_MODIFIED",
        "If-Modified-Since: @21 | PASS", "If-Modified-Since: never | PASS", "If-None-Match: \"b\" & If-Modified-Since: @11 | PASS",
        "If-Modified-Since: @11 & If-Modified-Since: @11 | PASS",
        // their order
        "If-None-Match: \"a\" & If-Match: \"b\" | FAILED", "If-None-Match: \"a\" & If-Match: \"a\" | NOT_MODIFIED",
        "If-Modified-Since: @11 & If-Unmodified-Since: @9 | FAILED", "If-Modified-Since: @11 & If-Unmodified-Since: @12 | NOT_MODIFIED",
        "If-None-Match: \"a\" & If-Modified-Since: @9 | NOT_MODIFIED"
    })
    void areEvaluatedInTheirOrder(String fields, Conditions.Verdict expected) {
        assertEquals(expected, conditions(fields, "\"a\"").verdict());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "If-Match: W/\"a\" | FAILED", "If-Match: \"a\" | FAILED", "If-Match: * | PASS", "If-None-Match: \"a\" | NOT_MODIFIED",
        "If-None-Match: W/\"a\" | NOT_MODIFIED"
    })
    void compareAWeakTagStronglyWithNothing(String fields, Conditions.Verdict expected) {
        assertEquals(expected, conditions(fields, "W/\"a\"").verdict());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "Host: x | \"a\" | true", "If-Range: \"a\" | \"a\" | true", "If-Range: \"b\" | \"a\" | false", "If-Range: W/\"a\" | \"a\" | false",
        "If-Range: W/\"a\" | W/\"a\" | false", "If-Range: \"a\", \"b\" | \"a\" | false", "If-Range: @10 | \"a\" | true", "If-Range: @11 | \"a\" | false",
        "If-Range: @9 | \"a\" | false", "If-Range: yes | \"a\" | false", "If-Range: * | \"a\" | false", "If-Range: \"a\" & If-Range: \"a\" | \"a\" | false"
    })
    void letARangeBeAnswered(String fields, String tag, boolean expected) {
        assertEquals(expected, conditions(fields, tag).rangeHolds());
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, true"})
    void trustADateForARangeOnceItsSecondIsOver(long age, boolean expected) {
        assertEquals(expected, new Conditions(headers("If-Range: @10"), "\"a\"", CHANGED, CHANGED + age).rangeHolds());
    }
}
