package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "'','',true", "'',a,false", "*,'',true", "*,anything,true", "web,web,true", "web,WEB,true", "web,web2,false", "w*b,web,true",
        "w*b,wb,true", "*.example,a.example,true", "*.example,a.example.org,false", "a*b*c,aXbYbZc,true", "a*b*c,acb,false",
        "a.c,abc,false", "**x**,axb,true", "*ab,aab,true", "é*,ÉT,true"
    })
    void aStarStandsForAnything(String pattern, String text, boolean matches) {
        assertEquals(matches, new Glob(pattern).matches(text));
    }

    @Test
    void manyStarsDoNotTakeLong() {
        assertTimeoutPreemptively(Duration.ofSeconds(5),
                () -> assertFalse(new Glob("a*".repeat(50) + "b").matches("a".repeat(20_000))));
    }
}
