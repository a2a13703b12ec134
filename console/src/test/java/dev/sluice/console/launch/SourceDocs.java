package dev.sluice.console.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The comments of a source file, for pages that are made of them: those of its types, of the components of its records and of the
/// constants of its enums. Immutable.
final class SourceDocs {

    private static final Path SOURCES = Path.of("..", "server-core", "src", "main", "java"); // tests run in their module's folder
    private static final Pattern PARAM = Pattern.compile("@param (\\S+) +(.*)");
    /// What says nothing to somebody who writes a configuration file.
    private static final Pattern JAVA = Pattern.compile("(^| )(See|Of type) \\[[^.]*(\\.|$)");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]*\\.)?([^\\].]*)]");

    private final List<String> lines;

    private SourceDocs(List<String> lines) {
        this.lines = lines;
    }

    /// @param type top-level
    static SourceDocs of(Class<?> type) throws IOException {
        return new SourceDocs(Files.readAllLines(SOURCES.resolve(type.getName().replace('.', '/') + ".java")));
    }

    /// What is said of a type, in one line, without what follows it in a list or of its components.
    String type(String name) {
        return sentences(above(declaration(name)).stream().takeWhile(line -> !line.startsWith("@") && !line.startsWith("- ")).toList());
    }

    /// The list below what is said of a type, an item a line.
    List<String> items(String name) {
        List<String> items = new ArrayList<>();
        above(declaration(name)).stream().dropWhile(line -> !line.startsWith("- ")).forEach(line -> {
            if (line.startsWith("- ")) {
                items.add(line.substring(2));
            } else {
                items.set(items.size() - 1, items.getLast() + " " + line);
            }
        });
        return items;
    }

    /// The component of a record.
    String component(String record, String name) {
        Map<String, List<String>> components = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : above(declaration(record))) {
            Matcher param = PARAM.matcher(line);
            if (param.matches()) {
                current = components.computeIfAbsent(param.group(1), any -> new ArrayList<>());
            }
            current.add(param.matches() ? param.group(2) : line);
        }
        return Optional.ofNullable(components.get(name)).map(SourceDocs::sentences)
                .orElseThrow(() -> new AssertionError("nothing is said of component " + name + " of record " + record));
    }

    /// A constant of an enum that is in the file.
    String constant(String name) {
        return sentences(above(line("\\s*" + name + "[,;]?")));
    }

    private int declaration(String type) {
        return line(".*\\b(record|enum|interface|class) " + type + "\\b.*");
    }

    private int line(String pattern) {
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).strip().startsWith("//") && lines.get(i).matches(pattern)) {
                return i;
            }
        }
        throw new AssertionError("no line is like " + pattern);
    }

    /// The comment above a line.
    private List<String> above(int line) {
        int end = line;
        while (lines.get(end - 1).strip().startsWith("@")) {
            end--;
        }
        int begin = end;
        while (lines.get(begin - 1).strip().startsWith("///")) {
            begin--;
        }
        return lines.subList(begin, end).stream().map(one -> one.strip().substring(3).strip()).toList();
    }

    /// To go on with after a colon, or in a table.
    private static String lower(String sentence) {
        boolean word = sentence.length() > 1 && (Character.isLowerCase(sentence.charAt(1)) || sentence.charAt(1) == ' ');
        return word ? Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1) : sentence;
    }

    private static String sentences(List<String> lines) {
        String text = lines.stream().filter(line -> !line.isEmpty()).collect(Collectors.joining(" "));
        return lower(LINK.matcher(JAVA.matcher(text).replaceAll("")).replaceAll("`$2`").strip().replaceFirst("\\.$", ""));
    }
}
