package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What docs/http.md says about where the RFCs' demands are met is there.
class HttpPageTest {

    private static final Path PAGE = Path.of("../docs/http.md"); // tests run in their module's folder
    private static final Path PROGRAM = Path.of("../examples/http/Notes.java");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (91\\d\\d [^|]*)\\|.*\\| ([^|]*) \\|$");
    private static final Pattern NAME = Pattern.compile("`(\\w+)(?:#(\\w+))?`");

    @Test
    void everyRowNamesWhatIsThere() throws IOException {
        Map<String, Path> classes = classes();
        List<String> wrong = new ArrayList<>();
        List<MatchResult> rows = ROW.matcher(Files.readString(PAGE)).results().toList();
        assertFalse(rows.isEmpty());
        for (MatchResult row : rows) {
            List<MatchResult> names = NAME.matcher(row.group(2)).results().toList();
            if (names.isEmpty() || !NAME.matcher(row.group(2)).replaceAll("").isBlank()) {
                wrong.add(row.group(1) + " does not name classes or tests alone: " + row.group(2));
            }
            for (MatchResult name : names) {
                Path file = classes.get(name.group(1));
                if (file == null || name.group(2) != null && !isTest(file, name.group(2))) {
                    wrong.add(row.group(1) + ": there is no " + name.group());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /// A method without a modifier: in these files, all of those that answer nothing are tests, or what surrounds tests.
    private static boolean isTest(Path file, String method) throws IOException {
        return Files.readString(file).contains("\n    void " + method + "(");
    }

    private static Map<String, Path> classes() throws IOException {
        Map<String, Path> classes = new TreeMap<>();
        for (String root : List.of("src/main/java/dev/sluice/protocol", "src/test/java")) {
            try (Stream<Path> files = Files.walk(Path.of(root))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .forEach(file -> classes.putIfAbsent(file.getFileName().toString().replace(".java", ""), file));
            }
        }
        return classes;
    }

    @Test
    void thePageShowsTheProgramAsItIs() throws IOException {
        String shown = "<!-- examples/http/Notes.java -->\n```java\n" + Files.readString(PROGRAM) + "```\n";
        assertEquals(1, Files.readString(PAGE).split(Pattern.quote(shown), -1).length - 1,
                "docs/http.md must show examples/http/Notes.java as it is, once");
    }
}
