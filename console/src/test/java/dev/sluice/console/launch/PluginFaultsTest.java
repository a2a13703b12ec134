package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolType;
import dev.sluice.api.Settings;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.protocol.HandlerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is wrong with a plugin is one line, and nothing else is harmed.
class PluginFaultsTest {

    @TempDir
    private static Path scratch;
    private static PluginSource crew;

    @TempDir
    private Path home;
    private Path folder;

    @BeforeAll
    static void compile() throws IOException {
        crew = PluginSource.of(scratch, PluginSource.pool("Crew", "crew"));
    }

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(home.resolve("plugins"));
    }

    @Test
    void aJarThatIsSwollenIsRefusedBeforeItIsHeld() throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("big.jar")))) {
            zip.setLevel(Deflater.BEST_SPEED);
            zip.putNextEntry(new ZipEntry("zeros"));
            for (int mebibytes = 0; mebibytes < 257; mebibytes++) {
                zip.write(new byte[1 << 20]);
            }
        }
        String message = load(Plugins.none()).refused().getFirst().message();
        assertTrue(message.contains("it is larger than 256 MiB when unpacked"), message);
    }

    @Test
    void filesThatAreNoJarsAreOneLineEachAndHarmNothing() throws Exception {
        Files.writeString(folder.resolve("a.jar"), "no zip at all");
        Files.writeString(folder.resolve("b.jar"), "");
        Files.createDirectory(folder.resolve("c.jar"));
        Files.createSymbolicLink(folder.resolve("d.jar"), Path.of("nowhere"));
        assertEquals(0, new ProcessBuilder("mkfifo", folder.resolve("e.jar").toString()).start().waitFor());
        Path whole = crew.jar(home.resolve("whole"));
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(folder.resolve("f.jar"), Arrays.copyOf(bytes, bytes.length / 2));
        bytes[bytes.length / 3] ^= 0x55;
        Files.write(folder.resolve("g.jar"), bytes);
        Files.move(whole, folder.resolve("z.jar"));
        Plugins plugins = load(Plugins.none());
        List<String> lines = plugins.refused().stream().map(one -> Path.of(one.file()).getFileName() + " " + one.message()).toList();
        assertEquals(7, lines.size(), lines.toString());
        assertTrue(lines.get(0).startsWith("a.jar is no jar, or damaged"), lines.toString());
        assertTrue(lines.get(1).startsWith("b.jar is no jar, or damaged"), lines.toString());
        assertTrue(lines.get(2).startsWith("c.jar is a folder"), lines.toString());
        assertTrue(lines.get(3).startsWith("d.jar is a link that leads nowhere"), lines.toString());
        assertTrue(lines.get(4).startsWith("e.jar is no regular file"), lines.toString());
        assertTrue(lines.get(5).startsWith("f.jar is no jar, or damaged, or not all there yet"), lines.toString());
        assertTrue(lines.get(6).startsWith("g.jar is no jar, or damaged"), lines.toString());
        assertTrue(plugins.providers().pools().containsKey("crew"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "public String name() { throw new IllegalStateException(\"on purpose\"); } #java.lang.IllegalStateException: on purpose (at ",
        "public String name() { return null; } #brings plug.Bad, whose name is null, but must be letters, digits, - and _",
        "public String name() { return \" \"; } #whose name is \" \", but must be",
        "public String name() { return \"\\u001b[2J\"; } #whose name is \"\\x1b[2J\", but must be",
        "public String name() { throw new Rude(); } #plug.Bad: plug.Bad$Rude",
        "public String name() { return \"x\"; } Bad() throws Exception {} #Unable to get public no-arg constructor",
        "public String name() { return \"x\"; } public Bad() { throw new StackOverflowError(); } #java.lang.StackOverflowError",
        "public String name() { return \"x\"; } static int y = 1 / Integer.parseInt(\"0\"); #java.lang.ArithmeticException: / by zero",
    })
    void aProviderThatBreaksIsOneLineAndTheOthersOfItsJarAreThere(String source) throws IOException {
        String text = source.substring(0, source.indexOf('#'));
        String body = """
                class Bad implements PoolProvider {
                    %s
                    public ExecutorService open(Settings settings) { return null; }
                    static class Rude extends RuntimeException {
                        public String toString() { throw new Rude(); }
                        public StackTraceElement[] getStackTrace() { Thread.currentThread().interrupt(); throw new Rude(); }
                    }
                }
                """.formatted(text);
        PluginSource.of(scratch, body, PluginSource.pool("Good", "good"), PluginSource.service("Words", "words"))
                .jar(folder.resolve("x.jar"));
        Plugins plugins = load(Plugins.none());
        assertEquals(1, plugins.refused().size(), plugins.refused().toString());
        String message = plugins.refused().getFirst().message();
        assertTrue(message.contains(source.substring(source.indexOf('#') + 1)), message);
        assertEquals("pools: good; services: words", plugins.entries().getFirst().value());
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void classesForANewerJavaOrThatAreMissingAreNamed() throws IOException {
        int here = Runtime.version().feature();
        PluginSource.of(scratch, PluginSource.pool("Crew", "newer")).compiledFor(here + 1).jar(folder.resolve("a.jar"));
        String child = PluginSource.pool("Child", "child").replace("Child implements", "Child extends Base implements");
        PluginSource.of(scratch, "class Base {}", child).without("plug/Base.class")
                .with("META-INF/services/dev.sluice.api.PoolProvider", "plug.Child\nplug.Nobody\n").jar(folder.resolve("b.jar"));
        PluginSource.empty().with("something", "else").jar(folder.resolve("c.jar"));
        List<String> messages = load(Plugins.none()).refused().stream().map(ConfigProblem::message).toList();
        assertEquals(List.of(
                "brings a pool that cannot be used: plug.Crew is compiled for Java " + (here + 1) + ", but this is Java " + here
                        + ": compile it with --release " + here + ", or start Sluice with Java " + (here + 1),
                "brings a pool that cannot be used: it needs class plug.Base, which is neither in the jar nor in Sluice: put it into the jar",
                "brings a pool that cannot be used: Provider plug.Nobody not found",
                "brings nothing: it needs a file META-INF/services/dev.sluice.api.PoolProvider (or ProtocolProvider, ServiceProvider) with "
                        + "the name of a class"), messages);
    }

    @Test
    void anInterruptThatIsLeftBehindIsTakenBack() throws IOException {
        String interrupting = PluginSource.pool("Crew", "crew").replace("return \"crew\"", "Thread.currentThread().interrupt(); return \"crew\"");
        PluginSource.of(scratch, interrupting).jar(folder.resolve("x.jar"));
        assertEquals(1, load(Plugins.none()).entries().size());
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void whatAProviderThrowsOrMakesWhenItIsAskedIsAProblemOfTheLineThatNamesIt() throws Exception {
        PluginSource.of(scratch, """
                class Bad implements ServiceProvider {
                    public String name() { return "bad"; }
                    public String protocol() { return "line"; }
                    public HandlerFactory<?, ?> create(Settings settings) {
                        Thread.currentThread().interrupt();
                        return switch (settings.text("how", "")) {
                            case "nothing" -> null;
                            case "error" -> throw new NoClassDefFoundError("some/Gone");
                            case "refusal" -> throw new IllegalArgumentException("nobody is at home");
                            default -> throw new AssertionError("on purpose");
                        };
                    }
                }
                """).jar(folder.resolve("bad.jar"));
        Map<String, String> expected = Map.of("nothing", "it made no handlers", "refusal", "nobody is at home",
                "error", "it needs class some.Gone, which is neither in the jar nor in Sluice: put it into the jar");
        for (Map.Entry<String, String> one : expected.entrySet()) {
            write("listeners { a { bind = \":0\", protocol = line, service { type = bad, how = " + one.getKey() + " } } }");
            ConfigReading.Broken broken = assertInstanceOf(ConfigReading.Broken.class, file().read(Parts.none()));
            assertEquals(List.of("is bad, which refused: " + one.getValue()),
                    broken.problems().stream().map(ConfigProblem::message).toList());
            assertFalse(Thread.currentThread().isInterrupted());
        }
    }

    @Test
    void aPoolThatCannotBeOpenedWhenTheServerStartsIsOneClearRefusal() throws Exception {
        PluginSource.of(scratch, """
                class Once implements PoolProvider {
                    static int opened;
                    public String name() { return "once"; }
                    public ExecutorService open(Settings settings) {
                        if (opened++ > 0) {
                            throw new AssertionError("on purpose");
                        }
                        return Executors.newCachedThreadPool();
                    }
                }
                """).jar(folder.resolve("once.jar"));
        write("pools { p { type = once } }\nlisteners { a { bind = \":0\", protocol = line, service = echo, pool = p } }");
        ConfigReading.Usable usable = assertInstanceOf(ConfigReading.Usable.class, file().read(Parts.none()));
        PoolType.Custom type = assertInstanceOf(PoolType.Custom.class, usable.server().pools().get("p").type());
        String said = assertThrows(IllegalArgumentException.class, () -> type.executor().get()).getMessage();
        String expected = "pools.p.type is once, which cannot be opened: java.lang.AssertionError: on purpose (at once.jar//plug.Once";
        assertTrue(said.startsWith(expected), said);
    }

    private Plugins load(Plugins earlier) {
        return Plugins.load(PluginFolder.at(folder), Providers.load(), earlier);
    }

    private void write(String text) throws IOException {
        Files.writeString(home.resolve("sluice.conf"), "sluice {\n" + text + "\n}\n");
    }

    private ConfigFile file() {
        return new ConfigFile(home.resolve("sluice.conf"), List.of(), Providers.load(), SampleProviders.ADMIN);
    }
}
