package dev.sluice.console.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;

/// Makes configuration files that nobody would write, from some that somebody would. What it makes depends on its random numbers alone.
final class FuzzedFiles {

    /// Files that others may include, and what is in their place.
    private static final List<String> INCLUDED = List.of("pools.conf", "self.conf", "broken.conf", "wrong.json", "flat.properties",
            "folder.conf", "gone.conf", "loop.conf", "no\u001b[2Jsuch.conf", "\u0001.conf", "", ".", "..", "/", "/dev/null", "a\\u0000b");

    private static final List<String> KEYS = List.of("sluice", "name", "pools", "listeners", "limits", "timeouts", "keep-alive", "tcp", "unix",
            "drain", "log", "admin", "http", "bind", "protocol", "service", "type", "io", "model", "loops", "threads", "pool", "size",
            "queue", "when-full", "line", "idle", "max-requests", "backlog", "mode", "root", "proxy-protocol", "from", "charset", "workers", "web", "inline");

    private static final List<String> ODD_KEYS = List.of("\"\"", "\"a.b\"", "\"a b\"", "\"\u001b]0;x\u0007\"", "\"\\u0000\"", "\"\\uD800\"",
            "\"\u202eevil\"", "\"" + "k".repeat(300) + "\"", "a.b.c.d", "\"\\\"\"", "\"\\\\\"", "_", "0", "-1", "admin", "\u00fcber", "\"=\"");

    private static final List<String> VALUES = List.of("0", "1", "-1", "64", "99999999999999999999", "-4294967295", "2147483648", "1e3", "1e400",
            "-0", "0.5", "NaN", "Infinity", "NaN s", "-Infinity s", "0x1p3 s", "1s", "-1s", "1e9d", "99999999999d", "0ns", "5 parsecs", "8 KiB",
            "-8KiB", "1 YiB", "999999999999999999 ZiB", "true", "off", "null", "\"\"", "\" \"", "\"\\u0000\"", "\"\u001b[2J\"", "\"\u202e\"",
            "[]", "[[]]", "[1, [2, {a: 3}]]", "[null]", "{}", "{ a = 1 }", "{ name = line }", "{ type = echo }", "{ model = duplex }",
            "{ model = blocking, loops = 9 }", "{ name = [] }", "{ type = { type = echo } }", "${sluice.name}", "${?sluice.name}", "${sluice}",
            "${?sluice}", "${no.such}", "${?no.such}", "${PATH}", "${HOME}${HOME}", "[${no.such}, 1]", "${sluice.pools} { z { size = 1 } }",
            "${sluice.limits}", "\"\"\"a\nb\"\"\"", "a b c", "fixed", "cached", "virtual", "work-stealing", "elastic", "inline", "workers",
            "blocking", "duplex", "event-loop", "http", "line", "wire", "files", "echo", "\":0\"", "\":81\"", "\"unix:a\"", "\"unix:\"",
            "[\":0\", \"unix:b\"]", "\"unix:\\u0000\"", "\"[::1]:0\"", "\"[::1\"", "\":99999\"", "\"x:-1\"", "\u0660\u0661", "660", "auto",
            "required", "unix", "[\"127.0.0.1\", unix]", "10.0.0.0/33");

    private static final List<String> SNIPPETS = List.of("a = ${b}\nb = ${a}\n", "a = ${a}\n", "sluice.x = ${sluice.x}\n", "}\n", "{\n", "]\n",
            "sluice = 5\n", "sluice = []\n", "sluice = null\n", "sluice { sluice { pools { } } }\n", "sluice.pools = ${sluice.pools} { }\n",
            "sluice.listeners = ${sluice.pools}\n", "sluice.pools += 5\n", "sluice.log.\"a.b\" = ${no}\n", "sluice.log { a.b.c = DEBUG }\n",
            "sluice.pools.p {}\nsluice.pools.p {}\n", "sluice.listeners.l {}\nsluice.listeners.l {}\n", "\u0000\n", "\ufeff", "\"\n",
            "sluice.name = ${sluice.pools}\n", "sluice.admin.http = ${?no}\n", "sluice.limits = { line = 5 } { line = ${none} }\n",
            "sluice.timeouts = ${sluice.timeouts} { idle = 1s }\n", "sluice.pools.q = { size = 1 }\nsluice.pools.q = 5\n",
            "sluice.pools.q = 5\nsluice.pools.q = { size = 1 }\n", "# \u001b[2J\n", "include", "sluice.tcp = { } ${?no} { }\n");

    private final Random random;
    private final List<String> seeds;
    private final List<BiFunction<String, Random, String>> changes = List.of(FuzzedFiles::truncated, FuzzedFiles::characterChanged,
            FuzzedFiles::characterInserted, FuzzedFiles::valueReplaced, FuzzedFiles::valueReplaced, FuzzedFiles::valueReplaced,
            FuzzedFiles::keyReplaced, FuzzedFiles::lineDoubled, FuzzedFiles::lineDropped, FuzzedFiles::lineMoved, FuzzedFiles::lineAdded,
            FuzzedFiles::snippetAdded, FuzzedFiles::included, FuzzedFiles::nested);

    /// @param seeds the files to begin with
    FuzzedFiles(Random random, List<String> seeds) {
        this.random = random;
        this.seeds = seeds;
    }

    /// Puts the files there that others may include.
    static void prepare(Path folder) {
        try {
            Files.writeString(folder.resolve("pools.conf"), "pools { more { size = 3 } }\nlimits { line = 4 KiB }\n");
            Files.writeString(folder.resolve("self.conf"), "include \"self.conf\"\n");
            Files.writeString(folder.resolve("broken.conf"), "pools { broken {\n");
            Files.writeString(folder.resolve("wrong.json"), "{ \"pools\": { \"j\": { \"size\": \"many\", \"\\u001b[2J\": 1 } } }\n");
            Files.writeString(folder.resolve("flat.properties"), "pools.flat.size=7\npools.flat.type=fxied\n");
            Files.writeString(folder.resolve("\u0001.conf"), "pools { size = 1 }\n");
            Files.createDirectory(folder.resolve("folder.conf"));
            Files.createSymbolicLink(folder.resolve("loop.conf"), Path.of("loop.conf"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The next file.
    byte[] next() {
        if (random.nextInt(10) == 0) {
            return object(3).getBytes(StandardCharsets.UTF_8);
        }
        String text = pick(seeds);
        for (int i = random.nextInt(4); i >= 0; i--) {
            text = pick(changes).apply(text, random);
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(20) == 0 && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    /// Made of nothing but known and odd keys and values.
    private String object(int depth) {
        StringBuilder text = new StringBuilder(depth == 3 ? "sluice {\n" : "{\n");
        for (int i = random.nextInt(6); i >= 0; i--) {
            String value = depth > 0 && random.nextInt(3) > 0 ? object(depth - 1) : pick(VALUES);
            text.append(random.nextInt(8) == 0 ? pick(ODD_KEYS) : pick(KEYS)).append(" = ").append(value).append('\n');
        }
        return text.append("}\n").toString();
    }

    private <T> T pick(List<T> from) {
        return pick(from, random);
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static String truncated(String text, Random random) {
        return text.substring(0, random.nextInt(text.length() + 1));
    }

    private static String characterChanged(String text, Random random) {
        return text.isEmpty() ? text
                : characterInserted(new StringBuilder(text).deleteCharAt(random.nextInt(text.length())).toString(), random);
    }

    private static String characterInserted(String text, Random random) {
        String odd = "{}[]()=:,.\"'#$+?\\/ \n\r\t\u0000\u001b\u007f\u0085\u00a0\u202e\ufeff\ud800x0-";
        return new StringBuilder(text).insert(random.nextInt(text.length() + 1), odd.charAt(random.nextInt(odd.length()))).toString();
    }

    private static String valueReplaced(String text, Random random) {
        return lineChanged(text, random, line -> {
            int equals = line.indexOf('=', random.nextInt(line.length() + 1));
            if (equals < 0) {
                return line;
            }
            int end = line.indexOf(',', equals);
            return line.substring(0, equals + 1) + " " + pick(VALUES, random) + (end < 0 ? "" : line.substring(end));
        });
    }

    private static String keyReplaced(String text, Random random) {
        return lineChanged(text, random, line -> line.replaceFirst("[a-z][a-z-]*(?=\\s*[={])",
                Matcher.quoteReplacement(random.nextBoolean() ? pick(KEYS, random) : pick(ODD_KEYS, random))));
    }

    private static String lineDoubled(String text, Random random) {
        return lineChanged(text, random, line -> line + "\n" + line);
    }

    private static String lineDropped(String text, Random random) {
        return lineChanged(text, random, line -> "");
    }

    private static String lineMoved(String text, Random random) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        String line = lines.remove(random.nextInt(lines.size()));
        lines.add(random.nextInt(lines.size() + 1), line);
        return String.join("\n", lines);
    }

    private static String lineAdded(String text, Random random) {
        String key = random.nextInt(4) == 0 ? pick(ODD_KEYS, random) : pick(KEYS, random);
        return lineChanged(text, random, line -> line + "\n" + key + " = " + pick(VALUES, random));
    }

    private static String snippetAdded(String text, Random random) {
        return random.nextBoolean() ? text + "\n" + pick(SNIPPETS, random) : pick(SNIPPETS, random) + text;
    }

    private static String included(String text, Random random) {
        String file = '"' + pick(INCLUDED, random) + '"';
        String include = pick(List.of("include F", "include file(F)", "include required(F)", "include required(file(F))", "include classpath(F)",
                "include required(classpath(F))"), random);
        return lineChanged(text, random, line -> line + "\n" + include.replace("F", file));
    }

    private static String nested(String text, Random random) {
        int depth = 1 << random.nextInt(8);
        String open = pick(List.of("[", "{ a = ", "{ a { ", "{ pools = "), random);
        return lineChanged(text, random, line -> line + "\n x = " + open.repeat(depth)
                + (random.nextInt(4) == 0 ? "" : "1" + (open.equals("[") ? "]" : open.equals("{ a { ") ? "}}" : "}").repeat(depth)));
    }

    private static String lineChanged(String text, Random random, UnaryOperator<String> change) {
        String[] lines = text.split("\n", -1);
        int at = random.nextInt(lines.length);
        lines[at] = change.apply(lines[at]);
        return String.join("\n", lines);
    }
}
