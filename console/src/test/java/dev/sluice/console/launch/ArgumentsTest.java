package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {

    @Test
    void noneStartTheShippedConfigurationWithAConsole() {
        assertEquals(new Arguments.Run(Optional.empty(), List.of(), true, false), parse());
    }

    @Test
    void allOptionsAreRead() {
        Arguments expected = new Arguments.Run(
                Optional.of(Path.of("a.conf")),
                List.of(new ConfigFile.Override("pools.p.size", "4"), new ConfigFile.Override("listeners.web.bind", "127.0.0.1:0"),
                        new ConfigFile.Override("name", "a=b")),
                false, true);
        assertEquals(expected, parse("--config", "a.conf", "--set", "pools.p.size=4", "--no-console",
                "--set=listeners.web.bind=127.0.0.1:0", "--set", "name=a=b", "--until-eof"));
        assertEquals(parse("--config", "a.conf"), parse("--config=a.conf"));
    }

    @Test
    void checkTakesAFile() {
        assertEquals(new Arguments.Check(Path.of("a.conf"), List.of(new ConfigFile.Override("name", "x"))),
                parse("check", "a.conf", "--set", "name=x"));
    }

    @Test
    void certTakesHosts() {
        assertEquals(new Arguments.Certify(List.of("localhost", "127.0.0.1", "::1"), Optional.empty(), 90, false), parse("cert"));
        assertEquals(new Arguments.Certify(List.of("*.example.org", "10.0.0.1"), Optional.of(Path.of("here")), 7, true),
                parse("cert", "*.example.org", "10.0.0.1", "--out", "here", "--days=7", "--force"));
    }

    @Test
    void helpAndVersionWinOverAllElse() {
        assertEquals(new Arguments.Help(), parse("check", "--help"));
        assertEquals(new Arguments.Version(), parse("--version"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --confg a.conf          | "--confg" is not known; did you mean --config?
            --config                | --config needs a FILE
            --set                   | --set needs a KEY=VALUE
            --set size              | --set size is not KEY=VALUE
            --set =4                | --set =4 is not KEY=VALUE
            --set a..b=4            | --set a..b=4 is not KEY=VALUE
            check                   | check needs a FILE
            check a --no-console    | check takes a FILE and --set, nothing else
            cert --days 0           | --days 0 is not a number of days from 1 to 9999
            cert a,b                | "a,b" is no host: letters, digits, dots and hyphens, or an address
            cert --forc             | "--forc" is not known; did you mean --force?
            --no-console=yes        | "--no-console=yes" is not known; did you mean --no-console?
            """)
    void wrongUsageIsSaidInOneLine(String words, String message) {
        Arguments.Wrong wrong = assertInstanceOf(Arguments.Wrong.class, parse(words.split(" ")));
        assertEquals(message, wrong.message());
    }

    @Test
    void theUsageNamesEveryOption() {
        assertTrue(List.of("--config", "--set", "--no-console", "--until-eof", "--version", "--help", "check").stream()
                .allMatch(Arguments.USAGE::contains));
    }

    private static Arguments parse(String... words) {
        return Arguments.parse(List.of(words));
    }
}
