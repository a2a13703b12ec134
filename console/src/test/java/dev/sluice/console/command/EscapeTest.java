package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EscapeTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, value = {
        "\u001b]0;x\u0007,\\x1b]0;x\\x07",
        "\u001b[2J,\\x1b[2J",
        "\u001b]52;c;aGk=\u0007,\\x1b]52;c;aGk=\\x07",
        "\u009b2J,\\x9b2J",
        "good\rbad,good\\x0dbad",
        "a\u007fb,a\\x7fb",
        "a\u202eb\u2066c,a\\u202eb\\u2066c",
        "a\u200bb\ufeffc,a\\u200bb\\ufeffc",
        "a\u2028b,a\\u2028b"
    })
    void whatATerminalWouldObeyIsWrittenOut(String hostile, String shown) {
        assertEquals(shown, Escape.line(hostile));
    }

    @Test
    void pairsOfSurrogatesDoNotHideWhatComesAfterThem() {
        assertEquals("😀\\x1b[2J", Escape.line("😀\u001b[2J"));
        assertEquals("😀\\ud83d", Escape.line("😀\ud83d"));
        assertSame("😀 é", Escape.line("😀 é"));
    }

    @Test
    void everyControlCharacterIsWrittenOut() {
        for (int point = 0; point < 0xa0; point++) {
            boolean harmless = point >= 0x20 && point < 0x7f;
            assertEquals(harmless ? 1 : 4, Escape.line(Character.toString(point)).length(), "U+" + Integer.toHexString(point));
        }
    }

    @Test
    void marksThatAreHeapedOnOneCharacterAreWrittenOutBeyondTheSecond() {
        assertSame("e\u0301\u0323 a\u0301", Escape.line("e\u0301\u0323 a\u0301"));
        assertEquals("e\u0301\u0323\\u0300\\u0488x\u0301", Escape.line("e\u0301\u0323\u0300\u0488x\u0301"));
        assertEquals("e\u0301\u0323\\u0300\ne", Escape.lines("e\u0301\u0323\u0300\ne"));
        assertEquals("😀\u0301\u0301" + "\\u0301".repeat(200), Escape.line("😀" + "\u0301".repeat(202)));
    }

    @Test
    void lineFeedsAndTabsAreKeptOnlyInLines() {
        assertEquals("a\\x0ab\\x09c", Escape.line("a\nb\tc"));
        assertEquals("a\nb\tc\\x1b", Escape.lines("a\nb\tc\u001b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /index.html", "grün 漢字 😀", "C:\\x1b"})
    void plainTextIsLeftAsItIs(String plain) {
        assertSame(plain, Escape.line(plain));
    }

    @Test
    void halvesOfSurrogatePairsAreWrittenOut() {
        assertEquals("a\\ud83dz", Escape.line("a\ud83dz"));
    }

    @Test
    void longTextIsCutWithoutSplittingAnEscape() {
        assertEquals("abc…", Escape.line("abcdef", 4));
        assertEquals("abcd", Escape.line("abcd", 4));
        assertEquals("ab…", Escape.line("ab\u001bcdef", 5));
        String cut = Escape.line("\u001b".repeat(10_000_000), 100);
        assertTrue(cut.length() <= 100 && cut.endsWith("\\x1b…"), cut);
    }
}
