package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.console.command.ConfigControl.ConfigProblem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of a file that cannot be used.
class ConfigProblemsTest {

    private static final String LISTENER = "sluice.listeners.web { bind = \":0\", protocol = wire, service = echo }\n";

    @TempDir
    private Path folder;

    /// What the library would read as some number or other.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            pools { p { size = -4294967295 } } | pools.p.size | is -4294967295, but must be 0 or more
            pools { p { size = 1e3 } } | pools.p.size | is 1e3, but must be a whole number
            drain { grace = NaN s } | drain.grace | is NaN s, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = 0x1p3 s } | drain.grace | is 0x1p3 s, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = 1e3 s } | drain.grace | is 1e3 s, but must be a time with its unit, such as 500ms, 10s or 5m
            drain { grace = -1s } | drain.grace | is -1s, but must be from 0 s to 365 days
            drain { grace = 99999999999d } | drain.grace | is 99999999999d, but must be less than 292 years
            limits { line = 1.5 } | limits.line | is 1.5, but must be a size, such as 8192 or 8 KiB
            limits { line = -8 KiB } | limits.line | is -8 KiB, but must be a size, such as 8192 or 8 KiB
            limits { body = -5 } | limits.body | is -5, but must be from 0 to 1099511627776
            limits { body = 9 YiB } | limits.body | is 9 YiB, but must be a size, such as 8192 or 8 KiB
            keep-alive { max-requests = -1 } | keep-alive.max-requests | is -1, but must be 0 or more
            keep-alive { max-requests = few } | keep-alive.max-requests | is few, but must be auto or a whole number
            """)
    void anOddNumberIsRefused(String line, String key, String message) throws IOException {
        Path file = write("sluice.conf", LISTENER + "sluice {\n" + line + "\n}\n");
        assertEquals(List.of(new ConfigProblem(Place.display(file), 3, key, message)), problems(file));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            certificate = [], key = [], client-certificates = required | listeners.web.tls.certificate | is empty, but must have one at least
            protocols = [], certificate = "a.pem", key = "a.pem"       | listeners.web.tls.protocols   | is empty, but must have one at least
            key-password { a = hunter2 }, certificate = "a.pem", key = "a.pem" | listeners.web.tls.key-password | must be a text
            """)
    void tlsIsNotOffWithoutAWordNorAPasswordSaid(String tls, String key, String message) throws IOException {
        write("a.pem", "");
        Path file = write("sluice.conf", LISTENER + "sluice.listeners.web.tls { " + tls + " }\n");
        assertEquals(new ConfigProblem(Place.display(file), 2, key, message), problems(file).getFirst());
    }

    @Test
    void errorsInManyPlacesAreReportedAtOnce() throws IOException {
        Path parts = Files.createDirectory(folder.resolve("parts"));
        Path pools = write("parts/pools.conf", """
                pools {
                  big { type = fixd, size = 8 }
                  small {
                    sise = 2
                  }
                }
                """);
        Path limits = write("parts/limits.conf", "line = 8 stones\n");
        Path file = write("sluice.conf", """
                sluice {
                  include "parts/pools"
                  nane = edge
                  listeners {
                    web { bind = ":0", protocol = wire, service = ecko, pool = small }
                    raw {
                      bind = "here", protocol = wire, service = echo
                      io { model = duplex, thread = platform }
                      pool = samll
                      timeouts { idle = ${SLUICE_IDLE} }
                    }
                  }
                  limits { include "limits.conf", connections = ${SLUICE_CONNECTIONS} }
                  limits { include "parts/limits.conf" }
                  drain { grace = 10 }
                }
                """);
        String main = Place.display(file);
        assertEquals(Place.display(parts.resolve("pools.conf")), Place.display(pools));
        String nowhere = ", but there is no such key, and no such variable in the environment; ${?NAME} leaves a key out when there is none";
        assertEquals(List.of(
                new ConfigProblem(Place.display(limits), 1, "limits.line", "is 8 stones, but must be a size, such as 8192 or 8 KiB"),
                new ConfigProblem(Place.display(pools), 2, "pools.big.type", "is fixd, but there is no such type of pool; did you mean fixed?"),
                new ConfigProblem(Place.display(pools), 4, "pools.small.sise", "is not known; did you mean size?"),
                new ConfigProblem(main, 3, "nane", "is not known; did you mean name?"),
                new ConfigProblem(main, 5, "listeners.web.service",
                        "is ecko, but there is no such service of protocol wire; did you mean echo?"),
                new ConfigProblem(main, 7, "listeners.raw.bind", "is \"here\", but must be host:port, [ipv6]:port, :port or unix:path"),
                new ConfigProblem(main, 8, "listeners.raw.io.thread", "is not known; did you mean threads?"),
                new ConfigProblem(main, 9, "listeners.raw.pool", "is samll, but there is no such pool; did you mean small?"),
                new ConfigProblem(main, 10, "listeners.raw.timeouts.idle", "refers to ${SLUICE_IDLE}" + nowhere),
                new ConfigProblem(main, 13, "limits.connections", "refers to ${SLUICE_CONNECTIONS}" + nowhere),
                new ConfigProblem(main, 15, "drain.grace", "is 10, but must be a time with its unit, such as 500ms, 10s or 5m")),
                problems(file));
    }

    @Test
    void aFileThatCannotBeParsedHidesNoOther() throws IOException {
        write("one.conf", "pools {\n x = [ }\n");
        write("two.conf", "\n\nname = }\n");
        Path file = write("sluice.conf", LISTENER
                + "sluice { include \"one.conf\" }\nsluice {\n include \"two.conf\"\n include required(\"three.conf\")\n}\n");
        assertEquals(List.of("one.conf:2", "two.conf:3", "sluice.conf:5"), places(problems(file)));
    }

    @Test
    void aReferenceToNothingIsTheOnlyThingSaidOfItsKey() throws IOException {
        Path file = write("sluice.conf", """
                sluice {
                  listeners.web = ${no.such} { protocol = wire, service = echo }
                  listeners.raw { bind = ${NO_ADDRESS}, protocol = ${NO}-wire, service { type = files, root = ${NO_ROOT} } }
                  log { a.b = ${NO_LEVEL} }
                  pools.p { type = elastic, spare = ${?NO_SPARE} }
                }
                """);
        assertEquals(List.of("listeners.web", "listeners.raw.bind", "listeners.raw.protocol", "listeners.raw.service.root", "log.a.b"),
                problems(file).stream().map(ConfigProblem::key).toList());
        assertEquals(List.of(2, 3, 3, 3, 4), problems(file).stream().map(ConfigProblem::line).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            include "folder.conf" | "folder.conf" is included; it is a folder, but must be a file
            include file("pipe.conf") | "pipe.conf" is included; it is not a regular file
            include "memory.conf" | "memory.conf" is included; it cannot be read: Input/output error
            include "sluice.conf" | "sluice.conf" is included, but includes this file in turn
            include required("gone") | "gone" is included, but cannot be found
            include "a\\u0000b" | "a\\x00b" is included, but is no path
            include classpath("logback.xml") | "logback.xml" is included, but only files can be
            include url("http://localhost/a.conf") | "http://localhost/a.conf" is included, but only files can be
            include "http://localhost/a.conf" | "http://localhost/a.conf" is included, but only files can be
            """)
    void whatCannotBeIncludedIsReportedOnItsLine(String include, String message) throws Exception {
        Files.createDirectory(folder.resolve("folder.conf"));
        assertEquals(0, new ProcessBuilder("mkfifo", folder.resolve("pipe.conf").toString()).start().waitFor());
        Path memory = Files.createSymbolicLink(folder.resolve("memory.conf"), Path.of("/proc/self/mem"));
        Path file = write("sluice.conf", LISTENER + "# include\n  " + include + "\n");
        assertEquals(List.of(new ConfigProblem(Place.display(file), 3, "", message)), problems(file));
        Files.delete(memory);
    }

    @Test
    void filesThatIncludeEachOtherAreReportedOnce() throws IOException {
        write("one.conf", "include \"two.conf\"\n");
        write("two.conf", "\ninclude \"one.conf\"\n");
        assertEquals(List.of("two.conf:2"), places(problems(write("sluice.conf", LISTENER + "include \"one.conf\"\n"))));
    }

    @Test
    void anIncludeNeverComesFromTheClassPath() throws IOException {
        ConfigFile file = new ConfigFile(write("sluice.conf", LISTENER + "include \"junit-platform.properties\"\ninclude \"dev/sluice\"\n"),
                List.of(), SampleProviders.all(), SampleProviders.ADMIN);
        assertInstanceOf(ConfigReading.Usable.class, file.read(Parts.none()));
    }

    @Test
    void aFileOfUnlikelySizeIsNotRead() throws IOException {
        Path file = folder.resolve("sluice.conf");
        try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
            large.setLength(5L << 30);
        }
        assertEquals(List.of(new ConfigProblem(Place.display(file), 0, "", "has 5368709120 bytes, but must have at most 16777216")),
                problems(file));
    }

    @Test
    void whatCannotBeReadThoughItIsThereIsReported() throws IOException {
        Path file = Files.createSymbolicLink(folder.resolve("sluice.conf"), Path.of("/proc/self/mem"));
        assertEquals(List.of(new ConfigProblem(Place.display(file), 0, "", "cannot be read: Input/output error")), problems(file));
        Files.delete(file);
    }

    @Test
    void whatIsPutTogetherFromSeveralFilesHasThePlaceItIsWrittenIn() throws IOException {
        write("more.conf", "pools { a { size = 1 } }\nname = ${sluice.pools}\n");
        Path file = write("sluice.conf", LISTENER
                + "sluice { include \"more.conf\" }\nsluice.pools { b { size = 2 } }\nsluice.pools.b.c {}\n");
        assertEquals(List.of("more.conf:2 name", "sluice.conf:4 pools.b.c"), problems(file).stream()
                .map(problem -> places(List.of(problem)).getFirst() + " " + problem.key()).toList());
    }

    @Test
    void whatIsPutTogetherWithTheEnvironmentHasTheLineItIsWrittenIn() throws IOException {
        Path file = write("sluice.conf", LISTENER + "${PATH} = 1\nsluice.limits.connections = ${PATH}${PATH}\n"
                + "sluice.drain.grace = ${PATH}s\nsluice.log.\"a.b\" = ${PATH}\nx = ${PATH}\n");
        assertEquals(List.of("sluice.conf:2"), places(problems(file)));
        write("sluice.conf", LISTENER + "\nsluice.limits.connections = ${PATH}${PATH}\n"
                + "sluice.drain.grace = ${PATH}s\nsluice.log.\"a.b\" = ${PATH}\nx = ${PATH}\n");
        assertEquals(List.of("sluice.conf:3", "sluice.conf:4", "sluice.conf:5", "sluice.conf:6"), places(problems(file)));
    }

    private static List<String> places(List<ConfigProblem> problems) {
        return problems.stream().map(problem -> Path.of(problem.file()).getFileName() + ":" + problem.line()).toList();
    }

    private static List<ConfigProblem> problems(Path file) {
        ConfigFile config = new ConfigFile(file, List.of(), SampleProviders.all(), SampleProviders.ADMIN);
        return assertInstanceOf(ConfigReading.Broken.class, config.read(Parts.none())).problems();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
