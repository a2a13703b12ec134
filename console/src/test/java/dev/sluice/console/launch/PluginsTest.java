package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.PoolType;
import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.Settings;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginsTest {

    private static final String POOL = """
            class %s implements PoolProvider {
                public String name() { return "%s"; }
                public ExecutorService open(Settings settings) { return Executors.newCachedThreadPool(); }
            }
            """;
    /// Answers with what a class says that is loaded only then.
    private static final String SERVICE = """
            class %s implements ServiceProvider {
                public String name() { return "%s"; }
                public String protocol() { return "line"; }
                public HandlerFactory<?, ?> create(Settings settings) {
                    return HandlerFactory.<String, String>of((line, call) -> Later.words() + settings.text("more", ""));
                }
                public boolean mayBlock() { return true; }
            }
            """;
    private static final String LATER = """
            class Later {
                static String words() {
                    try (var in = Later.class.getResourceAsStream("some words.txt")) {
                        return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                    } catch (java.io.IOException failed) {
                        throw new java.io.UncheckedIOException(failed);
                    }
                }
            }
            """;

    @TempDir
    private static Path scratch;
    private static PluginSource crew;
    private static PluginSource words;

    @TempDir
    private Path home;
    private Path folder;

    @BeforeAll
    static void compile() throws IOException {
        crew = PluginSource.of(scratch, POOL.formatted("Crew", "crew"));
        words = PluginSource.of(scratch, SERVICE.formatted("Words", "words"), LATER).with("plug/some words.txt", "first");
    }

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(home.resolve("plugins"));
    }

    @Test
    void whatJarsBringCanBeNamedAndIsShown() throws Exception {
        crew.jar(folder.resolve("b crew.jar"));
        words.jar(folder.resolve("words.jar"));
        crew.jar(folder.resolve(".hidden.jar"));
        Files.writeString(folder.resolve("README"), "no jar");
        Plugins plugins = load(Plugins.none());
        assertEquals(List.of(), plugins.refused());
        assertEquals(List.of(
                new ConfigEntry("plugins.\"b crew.jar\"", "pools: crew", "", "", "plugins folder", "live"),
                new ConfigEntry("plugins.\"words.jar\"", "services: words", "", "", "plugins folder", "live")), plugins.entries());
        assertTrue(plugins.providers().pools().containsKey("crew"));
        assertTrue(plugins.providers().servicesOf("line").keySet().containsAll(List.of("words", "echo")));
        assertEquals("first", answer(plugins));
        ClassLoader loader = plugins.providers().servicesOf("line").get("words").getClass().getClassLoader();
        assertNotSame(loader, plugins.providers().pools().get("crew").getClass().getClassLoader());
        assertEquals("words.jar", loader.getName());
    }

    @Test
    void ofAMultiReleaseJarTheEntriesForThisJavaAreTaken() throws Exception {
        PluginSource.of(scratch, SERVICE.formatted("Words", "words"), LATER)
                .with("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMulti-Release: true\n\n")
                .with("plug/some words.txt", "old")
                .with("META-INF/versions/9/plug/some words.txt", "older")
                .with("META-INF/versions/25/plug/some words.txt", "new")
                .with("META-INF/versions/999/plug/some words.txt", "newer")
                .jar(folder.resolve("words.jar"));
        assertEquals("new", answer(load(Plugins.none())));
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
    void withoutAFolderThereIsNothing() throws IOException {
        Files.delete(folder);
        Plugins plugins = load(Plugins.none());
        assertEquals(List.of(), plugins.entries());
        assertEquals(List.of(), plugins.refused());
        assertTrue(plugins.providers().protocols().containsKey("http"));
        Files.writeString(folder, "a file");
        ConfigProblem refused = load(Plugins.none()).refused().getFirst();
        assertEquals(Place.display(folder), refused.file());
        assertTrue(refused.message().startsWith("is no folder"), refused.message());
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
        PluginSource.of(scratch, body, POOL.formatted("Good", "good"), SERVICE.formatted("Words", "words"), LATER)
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
        PluginSource.of(scratch, POOL.formatted("Crew", "newer")).compiledFor(here + 1).jar(folder.resolve("a.jar"));
        String child = POOL.formatted("Child", "child").replace("Child implements", "Child extends Base implements");
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
        String interrupting = POOL.formatted("Crew", "crew").replace("return \"crew\"", "Thread.currentThread().interrupt(); return \"crew\"");
        PluginSource.of(scratch, interrupting).jar(folder.resolve("x.jar"));
        assertEquals(1, load(Plugins.none()).entries().size());
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void aNameThatIsTakenIsRefusedAndBothAreNamed() throws IOException {
        crew.jar(folder.resolve("a.jar"));
        PluginSource.of(scratch, POOL.formatted("Crew", "crew"), POOL.formatted("Fixed", "fixed"), POOL.formatted("Own", "own"),
                SERVICE.formatted("Echo", "echo"), LATER).jar(folder.resolve("b.jar"));
        Plugins plugins = load(Plugins.none());
        assertEquals(List.of(
                "brings pool crew, but a.jar brings that already: rename one of them",
                "brings pool fixed, but Sluice itself brings that already: rename one of them",
                "brings service echo of protocol line, but Sluice itself brings that already: rename one of them"),
                plugins.refused().stream().map(ConfigProblem::message).toList());
        assertEquals(List.of("pools: crew", "pools: own"), plugins.entries().stream().map(ConfigEntry::value).toList());
        Files.delete(folder.resolve("a.jar"));
        assertEquals("pools: crew, own", load(plugins).entries().getFirst().value());
    }

    @Test
    void aJarKeepsItsClassesUntilItsContentChanges() throws Exception {
        words.jar(folder.resolve("words.jar"));
        ConfigReading.Usable first = usable(Parts.none());
        Files.setLastModifiedTime(folder.resolve("words.jar"), FileTime.fromMillis(0));
        ConfigReading.Usable same = usable(first.parts());
        assertEquals(first.server(), same.server());
        PluginSource.of(scratch, SERVICE.formatted("Words", "words"), LATER).with("plug/some words.txt", "second")
                .jar(folder.resolve("words.jar"));
        ConfigReading.Usable changed = usable(same.parts());
        assertNotEquals(first.server().listeners().get("web").endpoint(), changed.server().listeners().get("web").endpoint());
        assertEquals(first.server().listeners().get("other"), changed.server().listeners().get("other"));
        assertEquals("first", answer(first.parts().plugins()));
        assertEquals("second", answer(changed.parts().plugins()));
        Change change = new Change("plugins.\"words.jar\"", "services: words", "services: words (other content)", Kind.LIVE, "planned");
        assertEquals(List.of(change), changed.parts().plugins().changes(first.parts().plugins(), "planned"));
        assertEquals(List.of(), same.parts().plugins().changes(first.parts().plugins(), "planned"));
        assertEquals(Set.of("web"), changed.waiting());
    }

    @Test
    void aBrokenJarInPlaceOfAGoodOneIsOneLineAndTheGoodOneStays() throws Exception {
        Path jar = words.jar(folder.resolve("words.jar"));
        ConfigReading.Usable first = usable(Parts.none());
        byte[] half = Arrays.copyOf(Files.readAllBytes(jar), 300);
        Files.write(jar, half);
        ConfigReading.Usable second = usable(first.parts());
        assertEquals(first.server(), second.server());
        assertEquals(1, second.warnings().size(), second.warnings().toString());
        assertTrue(second.warnings().getFirst().message().endsWith("; what it brought before stays in use"), second.warnings().toString());
        assertSame(first.parts().plugins().loaded().get("words.jar"), second.parts().plugins().loaded().get("words.jar"));
        assertEquals("first", answer(second.parts().plugins()), "a class that was not loaded before, of a file that is no more");
        PluginSource.of(scratch, SERVICE.formatted("Words", "words"), LATER, POOL.formatted("Bad", "")).jar(jar);
        ConfigReading.Usable third = usable(second.parts());
        assertEquals(first.server(), third.server());
        assertTrue(third.warnings().getFirst().message().endsWith("- and _; what it brought before stays in use"),
                third.warnings().toString());
    }

    @Test
    void whatIsGoneCanBeNamedNoMoreAndTheMessageSaysWhoBroughtIt() throws Exception {
        Path jar = words.jar(folder.resolve("words.jar"));
        ConfigReading.Usable first = usable(Parts.none());
        Files.delete(jar);
        ConfigReading.Broken broken = assertInstanceOf(ConfigReading.Broken.class, file().read(first.parts()));
        assertEquals("listeners.web.service", broken.problems().getFirst().key());
        assertEquals("is words, but there is no such service of protocol line; " + Place.display(jar) + " brought it, and does no more",
                broken.problems().getFirst().message());
        assertEquals("first", answer(first.parts().plugins()), "what is in use goes on");
        assertEquals(List.of(new Change("plugins.\"words.jar\"", "services: words", "-", Kind.LIVE, "planned")),
                load(first.parts().plugins()).changes(first.parts().plugins(), "planned"));
        broken = assertInstanceOf(ConfigReading.Broken.class, file().read(Parts.none()));
        assertTrue(broken.problems().getFirst().message().endsWith("; known are echo, time, upper"), broken.problems().toString());
        Files.writeString(jar, "no jar");
        assertEquals(1, file().read(Parts.none()).warnings().size());
    }

    @Test
    void ofAPoolWhoseJarIsGoneOnlyTheTypeIsWrong() throws IOException {
        Path jar = PluginSource.of(scratch, POOL.formatted("Crew", "crew").replace("{ return Exec", "{ settings.text(\"of\", \"\"); return Exec"))
                .jar(folder.resolve("crew.jar"));
        write("pools { p { type = crew, of = ship } }\nlisteners { a { bind = \":0\", protocol = line, service = echo, pool = p } }");
        Parts parts = assertInstanceOf(ConfigReading.Usable.class, file().read(Parts.none())).parts();
        Files.delete(jar);
        List<ConfigProblem> problems = assertInstanceOf(ConfigReading.Broken.class, file().read(parts)).problems();
        assertEquals(List.of("is crew, but there is no such type of pool; " + Place.display(jar) + " brought it, and does no more"),
                problems.stream().map(ConfigProblem::message).toList());
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

    @Test
    void theFoldersContentIsPartOfWhatWasSeen() throws IOException {
        words.jar(folder.resolve("words.jar"));
        FileContents seen = usable(Parts.none()).files();
        assertEquals(seen, seen.again());
        crew.jar(folder.resolve("crew.jar"));
        assertNotEquals(seen, seen.again());
    }

    private Plugins load(Plugins earlier) {
        return Plugins.load(PluginFolder.at(folder), Providers.load(), earlier);
    }

    private ConfigReading.Usable usable(Parts earlier) throws IOException {
        write("""
                listeners {
                  web { bind = "127.0.0.1:0", protocol = line, service = words }
                  other { bind = "127.0.0.1:0", protocol = line, service = echo }
                }
                """);
        return assertInstanceOf(ConfigReading.Usable.class, file().read(earlier));
    }

    private void write(String text) throws IOException {
        Files.writeString(home.resolve("sluice.conf"), "sluice {\n" + text + "\n}\n");
    }

    private ConfigFile file() {
        return new ConfigFile(home.resolve("sluice.conf"), List.of(), Providers.load(), SampleProviders.ADMIN);
    }

    /// What the service `words` answers.
    @SuppressWarnings("unchecked") // the service is of the protocol line
    private static String answer(Plugins plugins) throws Exception {
        var factory = (HandlerFactory<String, String>) plugins.providers().servicesOf("line").get("words")
                .create(new Settings(Path.of("."), Map.of()));
        return factory.open(new Peer(1, "web", new InetSocketAddress(1), new InetSocketAddress(2))).handle("", null);
    }
}
