package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    @Test
    void wordsAreSplitBySpacesAndQuotesKeepThem() {
        assertEquals(List.of("kick", "op=GET /a b", "x y", ""), CommandLine.split("  kick\top='GET /a b' x\\ y \"\" "));
        assertEquals(List.of("say \"hi\""), CommandLine.split("\"say \\\"hi\\\"\""));
        assertEquals(List.of(), CommandLine.split("   "));
    }

    @Test
    void unclosedQuotesAreNamedWithTheirColumn() {
        assertEquals("the quote ' in column 6 is never closed", refusal("kick 'abc"));
        assertTrue(refusal("kick \\").contains("ends with a \\"));
    }

    @Test
    void controlCharactersAreNamed() {
        assertEquals("the line has the control character \\x00 in column 3", refusal("ab\0c"));
        assertEquals("the line has the control character \\x1b in column 1", refusal("\u001b[2J"));
    }

    @Test
    void endlessLinesAreRefused() {
        assertEquals("the line is longer than 65536 characters", refusal("a".repeat(1 << 20)));
    }

    private static String refusal(String line) {
        return assertThrows(CommandException.class, () -> CommandLine.split(line)).text();
    }
}
