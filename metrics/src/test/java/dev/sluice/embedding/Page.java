package dev.sluice.embedding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The page about embedding, in which each program stands behind a comment that names its file.
final class Page {

    static final Path PROGRAMS = Programs.FOLDER.resolve("embedding");
    static final Path PATH = Path.of("../docs/embedding.md");
    private static final Pattern PROGRAM =
            Pattern.compile("<!-- examples/embedding/(\\w+\\.java) -->\n```java\n(.*?)```\n", Pattern.DOTALL);

    private Page() {}

    /// The files of all programs, sorted by name.
    static List<Path> programs() throws IOException {
        try (Stream<Path> files = Files.list(PROGRAMS)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    /// The names of the programs that the page shows, in its order.
    static List<String> shown() throws IOException {
        return PROGRAM.matcher(Files.readString(PATH)).results().map(found -> found.group(1)).toList();
    }

    /// The page, with the programs as their files are now.
    static String text() throws IOException {
        String page = Files.readString(PATH);
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (MatchResult program : PROGRAM.matcher(page).results().toList()) {
            text.append(page, from, program.start(2)).append(Files.readString(PROGRAMS.resolve(program.group(1))));
            from = program.end(2);
        }
        return text.append(page.substring(from)).toString();
    }
}
