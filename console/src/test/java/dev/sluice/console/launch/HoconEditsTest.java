package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoconEditsTest {

    private static String first(String text, String key, String value) {
        return HoconEdits.of(text, key, value).findFirst().orElseThrow();
    }

    @Test
    void aValueIsReplacedAndNothingElse() {
        String text = "# top\nsluice {\n  pools { p { size   =  8 , queue = 10 } } // c\n}\n";
        assertEquals(text.replace("8", "9"), first(text, "pools.p.size", "9"));
    }

    @Test
    void theLastOfSeveralIsReplaced() {
        String text = "sluice.pools.p.size = 8\nsluice { pools.p { size = 9 # nine\n } }\n";
        assertEquals(text.replace("9 #", "10 #"), first(text, "pools.p.size", "10"));
    }

    @Test
    void whatWasQuotedStaysQuoted() {
        assertEquals("sluice { name = \"b\" }", first("sluice { name = \"a\" }", "name", "b"));
        assertEquals("sluice { name = \"a b c\" }", first("sluice { name = a }", "name", HoconText.written("a b c")));
    }

    @Test
    void aVariableKeepsItsLine() {
        String text = "sluice {\n  drain {\n    grace = ${?GRACE}  # of the machine\n  }\n}\n";
        assertEquals(text.replace("    grace", "    grace = 5s\n    grace"), first(text, "drain.grace", "5s"));
        assertEquals("sluice.drain { grace = 5s, grace = ${?GRACE} }", first("sluice.drain { grace = ${?GRACE} }", "drain.grace", "5s"));
        assertEquals("sluice.drain.grace = 5s\nsluice.drain.grace = ${?GRACE}",
                first("sluice.drain.grace = 4s\nsluice.drain.grace = ${?GRACE}", "drain.grace", "5s"));
    }

    @Test
    void theShortFormStaysShort() {
        String text = "sluice.listeners.web { io = event-loop, pool = p }";
        assertEquals(text.replace("event-loop", "blocking"), first(text, "listeners.web.io.model", "blocking"));
        assertEquals(text.replace("event-loop", "blocking"), first(text, "listeners.web.io", "blocking"));
        String full = "sluice.listeners.web { io { model = event-loop }, service { type = files, root = x } }";
        assertEquals(full.replace("event-loop", "blocking"), first(full, "listeners.web.io", "blocking"));
        assertTrue(HoconEdits.of(full, "listeners.web.service", "echo")
                .anyMatch(full.replace("service { type = files, root = x }", "service = echo")::equals));
        assertEquals("sluice.listeners.web { io { model = event-loop, loops = 2 }, pool = p }", first(text, "listeners.web.io.loops", "2"));
    }

    @Test
    void whatIsNotThereIsAddedInTheStyleOfWhatIs() {
        assertEquals("sluice { drain { grace = 1s, spread = 2s } }", first("sluice { drain { grace = 1s } }", "drain.spread", "2s"));
        assertEquals("sluice { drain { spread = 2s } }", first("sluice { drain {} }", "drain.spread", "2s"));
        assertEquals("sluice {\n\tdrain {\n\t\tgrace=1s # c\n\t\t# spread\n\t\tspread=2s\n\t}\n}\n",
                first("sluice {\n\tdrain {\n\t\tgrace=1s # c\n\t\t# spread\n\t}\n}\n", "drain.spread", "2s"));
        assertEquals("sluice {\r\n  name = a\r\n  drain { spread = 2s }\r\n}\r\n", first("sluice {\r\n  name = a\r\n}\r\n", "drain.spread", "2s"));
        assertEquals("sluice { drain { include \"x\", spread = 2s } }", first("sluice { drain { include \"x\" } }", "drain.spread", "2s"));
        assertEquals("include \"x\"\nsluice.drain { spread = 2s }\n", first("include \"x\"", "drain.spread", "2s"));
        assertEquals("{\n  \"sluice\": {\n    \"drain\": { \"grace\": \"1s\", \"spread\": \"2s\" }\n  }\n}",
                first("{\n  \"sluice\": {\n    \"drain\": { \"grace\": \"1s\" }\n  }\n}", "drain.spread", "2s"));
        assertEquals("{\n  \"sluice\": {\n    \"name\": \"a\",\n    \"drain\": { \"spread\": \"2s\" }\n  }\n}",
                first("{\n  \"sluice\": {\n    \"name\": \"a\"\n  }\n}", "drain.spread", "2s"));
        assertEquals("sluice { log {\n  \"a.b\" = DEBUG\n} }", first("sluice { log {\n} }", "log.a.b", "DEBUG"));
        assertEquals("sluice { name = x, log { \"a.b\" = DEBUG } }", first("sluice { name = x }", "log.a.b", "DEBUG"));
        assertEquals("sluice { log { a { c = INFO, b = DEBUG } } }", first("sluice { log { a { c = INFO } } }", "log.a.b", "DEBUG"));
    }

    @Test
    void thereIsAlwaysAWayToAddAtTheEnd() {
        String text = "x { y = 1 }\nsluice = ${x} { drain { grace = 1s } }";
        assertEquals(text + "\nsluice.drain { grace = 2s }\n", HoconEdits.of(text, "drain.grace", "2s").reduce((one, two) -> two).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a {", "a = \"b", "a = [1", "a = ${b", "}", "a = \"\"\"b\"\""})
    void whatIsNoHoconIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> HoconText.of(text));
    }

    @Test
    void everythingThatTheLanguageHasIsPassedOver() {
        String text = """
                \uFEFF# a { comment = "
                include required(file("x{.conf"))
                include "y"
                sluice : { // another }
                  a."b.c" = "quoted } # \\" text", d = \"""raw } "one" and two\"""
                  list = [ 1, { in = list }, # ]
                    "]" ]
                  e = ${?HOME}/x${b} { } , f = http.x
                  g
                    { h = 1 } { i = 2 }
                  j += 3
                  url = "http://a#b"
                  last = here }
                """;
        List<String> paths = HoconText.of(text).fields().map(HoconText.Field::path).toList();
        assertEquals(List.of("sluice", "sluice.a.b.c", "sluice.d", "sluice.list", "sluice.e", "sluice.f", "sluice.g", "sluice.j", "sluice.url",
                "sluice.last"), paths);
        assertEquals(text.replace("here", "there"), first(text, "last", "there"));
        assertEquals(text.replace("\"http://a#b\"", "\"x\""), first(text, "url", "x"));
    }

    /// Whatever a file looks like: one of the edits makes the library read the new value, and every other one as it was.
    @RepeatedTest(300)
    void anyEditOfAnyFileChangesOneValueOnly(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        String text = file(random);
        Config before = ConfigFactory.parseString(text);
        String key = path(random);
        String value = random.nextBoolean() ? "new" : "two words, and = \"more\" ${?}";
        Config wanted = ConfigValueFactory.fromAnyRef(value).atPath("sluice." + key).withFallback(before);
        List<String> edits = HoconEdits.of(text, key, HoconText.written(value)).toList();
        assertTrue(edits.stream().anyMatch(edited -> values(ConfigFactory.parseString(edited)).equals(values(wanted))),
                () -> key + " in\n" + text + "\n=>\n" + String.join("\n---\n", edits));
    }

    private static String values(Config config) {
        return config.resolve().root().render(ConfigRenderOptions.concise());
    }

    private static final List<String> NAMES = List.of("a", "b", "c");

    private static String path(Random random) {
        return NAMES.get(random.nextInt(3)) + "." + NAMES.get(random.nextInt(3));
    }

    private static String file(Random random) {
        String end = random.nextInt(4) == 0 ? "\r\n" : "\n";
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "# comment = { \"" + end : "");
        text.append("x = 1").append(end).append(random.nextBoolean() ? "sluice {" : "sluice = {");
        fields(random, 0, text, end);
        return text.append("}").append(random.nextBoolean() ? end : "").toString();
    }

    private static void fields(Random random, int depth, StringBuilder into, String end) {
        boolean lines = random.nextBoolean();
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            into.append(lines ? end + " ".repeat(random.nextInt(5)) : i > 0 ? ", " : " ");
            String name = NAMES.get(random.nextInt(3));
            into.append(random.nextInt(4) == 0 ? "\"" + name + "\"" : name);
            if (depth == 0 && random.nextInt(3) > 0) {
                into.append(random.nextBoolean() ? " {" : " : {");
                fields(random, 1, into, end);
                into.append("}");
            } else {
                into.append(depth == 0 ? "." + NAMES.get(random.nextInt(3)) : "").append(random.nextBoolean() ? " = " : ":");
                into.append(List.of("1", "\"q } {\"", "[1, 2]", "some words", "\"\"\"r \" w\"\"\"", "${x}").get(random.nextInt(6)));
            }
            into.append(lines && random.nextInt(3) == 0 ? " # } remark" : "");
        }
        into.append(lines || count > 0 && into.toString().endsWith("remark") ? end : " ");
    }
}
