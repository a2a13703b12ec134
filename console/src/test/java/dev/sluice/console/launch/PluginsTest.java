package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {

    @TempDir
    private static Path scratch;
    private static PluginSource crew;
    private static PluginSource words;

    @TempDir
    private Path home;
    private Path folder;

    @BeforeAll
    static void compile() throws IOException {
        crew = PluginSource.of(scratch, PluginSource.pool("Crew", "crew"));
        words = PluginSource.of(scratch, PluginSource.service("Words", "words")).with("plug/some words.txt", "first");
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
        PluginSource.of(scratch, PluginSource.service("Words", "words"))
                .with("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMulti-Release: true\n\n")
                .with("plug/some words.txt", "old")
                .with("META-INF/versions/9/plug/some words.txt", "older")
                .with("META-INF/versions/25/plug/some words.txt", "new")
                .with("META-INF/versions/999/plug/some words.txt", "newer")
                .jar(folder.resolve("words.jar"));
        assertEquals("new", answer(load(Plugins.none())));
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
    void aNameThatIsTakenIsRefusedAndBothAreNamed() throws IOException {
        crew.jar(folder.resolve("a.jar"));
        PluginSource.of(scratch, PluginSource.pool("Crew", "crew"), PluginSource.pool("Fixed", "fixed"), PluginSource.pool("Own", "own"),
                PluginSource.service("Echo", "echo")).jar(folder.resolve("b.jar"));
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
        PluginSource.of(scratch, PluginSource.service("Words", "words")).with("plug/some words.txt", "second")
                .jar(folder.resolve("words.jar"));
        ConfigReading.Usable changed = usable(same.parts());
        assertNotEquals(first.server().listeners().get("web").endpoint(), changed.server().listeners().get("web").endpoint());
        assertEquals(first.server().listeners().get("other"), changed.server().listeners().get("other"));
        assertEquals("first", answer(first.parts().plugins()));
        assertEquals("second", answer(changed.parts().plugins()));
        Change change = new Change("plugins.\"words.jar\"", "services: words", "services: words (other content)", Kind.LIVE, Verdict.PLANNED);
        assertEquals(List.of(change), changed.parts().plugins().changes(first.parts().plugins(), Verdict.PLANNED));
        assertEquals(List.of(), same.parts().plugins().changes(first.parts().plugins(), Verdict.PLANNED));
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
        PluginSource.of(scratch, PluginSource.service("Words", "words"), PluginSource.pool("Bad", "")).jar(jar);
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
        assertEquals(List.of(new Change("plugins.\"words.jar\"", "services: words", "-", Kind.LIVE, Verdict.PLANNED)),
                load(first.parts().plugins()).changes(first.parts().plugins(), Verdict.PLANNED));
        broken = assertInstanceOf(ConfigReading.Broken.class, file().read(Parts.none()));
        assertTrue(broken.problems().getFirst().message().endsWith("; known are echo, time, upper"), broken.problems().toString());
        Files.writeString(jar, "no jar");
        assertEquals(1, file().read(Parts.none()).warnings().size());
    }

    @Test
    void ofAPoolWhoseJarIsGoneOnlyTheTypeIsWrong() throws IOException {
        String asking = PluginSource.pool("Crew", "crew").replace("{ return Exec", "{ settings.text(\"of\", \"\"); return Exec");
        Path jar = PluginSource.of(scratch, asking).jar(folder.resolve("crew.jar"));
        write("pools { p { type = crew, of = ship } }\nlisteners { a { bind = \":0\", protocol = line, service = echo, pool = p } }");
        Parts parts = assertInstanceOf(ConfigReading.Usable.class, file().read(Parts.none())).parts();
        Files.delete(jar);
        List<ConfigProblem> problems = assertInstanceOf(ConfigReading.Broken.class, file().read(parts)).problems();
        assertEquals(List.of("is crew, but there is no such type of pool; " + Place.display(jar) + " brought it, and does no more"),
                problems.stream().map(ConfigProblem::message).toList());
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
