package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogbackLevelsTest {

    private final LogbackLevels levels = new LogbackLevels(new LoggerContext());

    @Test
    void aLevelForSomeTimeGoesBackToTheOneBeforeTheFirst() {
        levels.level("a", "WARN");
        levels.levelForNow("a", "DEBUG");
        levels.levelForNow("a", "TRACE");
        levels.levelAsBefore("a");
        assertEquals("WARN", levels.ownLevel("a"));
    }

    @Test
    void whatTheConfigurationSetsMeanwhileStays() {
        levels.apply(Map.of("a", "WARN"));
        levels.levelForNow("a", "DEBUG");
        levels.apply(Map.of("a", "ERROR"));
        levels.levelAsBefore("a");
        assertEquals("ERROR", levels.ownLevel("a"));
    }

    @Test
    void whatTheConfigurationNoLongerSetsGoesBackBehindALevelForSomeTime() {
        levels.levelForNow("a", "DEBUG");
        levels.apply(Map.of("a", "ERROR"));
        levels.apply(Map.of());
        assertNull(levels.ownLevel("a"));
    }

    @Test
    void whatAPersonSetsToStayStays() {
        levels.levelForNow("a", "DEBUG");
        levels.level("a", "ERROR");
        levels.levelAsBefore("a");
        assertEquals("ERROR", levels.ownLevel("a"));
    }
}
