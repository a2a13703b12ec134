package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher `./sluice`, with stand-ins for the program, Java and Maven that say how they were called.
class LauncherScriptTest {

    private static final String SAY = "#!/bin/sh\nprintf '%s|' \"$0\" \"$@\"\necho\n";

    @TempDir
    private Path folder;

    private Path home;
    private Path java;
    private Path jar;

    @BeforeEach
    void makeAHome() throws IOException {
        home = Files.createDirectories(folder.toRealPath().resolve("home with spaces"));
        Files.copy(Path.of("../sluice"), home.resolve("sluice"), StandardCopyOption.COPY_ATTRIBUTES);
        Path source = Files.createDirectories(home.resolve("core/src/main"));
        Files.writeString(home.resolve("pom.xml"), "");
        jar = home.resolve("console/target/sluice.jar");
        Files.createDirectories(jar.getParent());
        Files.writeString(jar, "");
        for (Path old : List.of(home.resolve("pom.xml"), source)) {
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
        }
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
        java = jdk("new", "99.0.1");
    }

    @Test
    void itBecomesJavaWithTheProgramAndItsArguments() throws Exception {
        List<String> said = run(home.resolve("sluice").toString(), "--set", "name=a b");
        assertTrue(said.getLast().startsWith(java + "/bin/java|"), said.toString());
        assertTrue(said.getLast().endsWith("|-Dsluice.home=" + home + "|-jar|" + jar + "|--set|name=a b|"), said.toString());
        assertEquals(PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(home.resolve("logs")));
        assertEquals(PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(home.resolve("run")));
    }

    @Test
    void theArchiveOfClassesIsMovedIntoPlaceWhenItIsWholeAndNothingElseIsLeft() throws Exception {
        trainedBy("echo classes >\"$made\"; echo \"$@\" >'" + folder + "/trained'");
        Files.createDirectories(home.resolve("run/training.999999999"));
        Files.writeString(home.resolve("run/java-99.0.1.jsa.999999999"), "half of it");
        List<String> said = run(home.resolve("sluice").toString());
        Path archive = home.resolve("run/java-99.0.1.jsa");
        String trained = Files.readString(folder.resolve("trained"));
        assertTrue(trained.matches("(?s)-XX:ArchiveClassesAtExit=" + archive + "\\.\\d+ .*"), trained);
        assertEquals("classes\n", Files.readString(archive));
        assertEquals(List.of("java-99.0.1.jsa"), inRun());
        assertTrue(said.getLast().contains("|-XX:SharedArchiveFile=" + archive + "|"), said.toString());
    }

    @Test
    void theServerRunsWithoutOptionsThatOnlyHelpItsStart() throws Exception {
        assertFalse(run(home.resolve("sluice").toString()).getLast().contains("-Djdk."));
    }

    @Test
    void aFolderThatCannotBeWrittenMakesAStartSlowerAndNothingElse() throws Exception {
        Files.createSymbolicLink(home.resolve("run"), Path.of("/proc")); // where not even root makes anything
        List<String> said = run(home.resolve("sluice").toString());
        assertEquals(1, said.size(), said.toString());
        assertTrue(said.getLast().startsWith(java + "/bin/java|-Dsluice.home="), said.toString());
        Files.delete(home.resolve("run"));
    }

    @Test
    void anArchiveOfAnOlderProgramGoesAndNoneIsTriedAgainWhereNoneCanBeMade() throws Exception {
        trainedBy("echo >>'" + folder + "/trained'");
        Path archive = Files.createDirectories(home.resolve("run")).resolve("java-99.0.1.jsa");
        Files.writeString(archive, "classes");
        Files.setLastModifiedTime(archive, FileTime.from(Instant.now().minus(Duration.ofMinutes(5))));
        run(home.resolve("sluice").toString());
        run(home.resolve("sluice").toString());
        assertEquals("", Files.readString(archive));
        assertEquals(1, Files.readAllLines(folder.resolve("trained")).size());
    }

    @Test
    void anArchiveThatAnotherStartHasMadeMeanwhileStays() throws Exception {
        trainedBy("echo classes >\"${made%.*}\"");
        run(home.resolve("sluice").toString());
        assertEquals("classes\n", Files.readString(home.resolve("run/java-99.0.1.jsa")));
    }

    @Test
    void aStartThatIsEndedEndsItsTrainingToo() throws Exception {
        Path began = folder.resolve("began");
        trainedBy("echo >\"$made\"; echo $$ >'" + began + ".part'; mv '" + began + ".part' '" + began + "'; exec sleep 600");
        Process start = launcher(home.resolve("sluice").toString()).start();
        await().until(() -> Files.exists(began));
        start.destroy();
        assertEquals(143, start.waitFor());
        long trainee = Long.parseLong(Files.readString(began).strip());
        assertFalse(ProcessHandle.of(trainee).map(ProcessHandle::isAlive).orElse(false));
        assertEquals(List.of(), inRun());
    }

    /// Java that does this when it is to make an archive of classes, in the file that is named `made`.
    private void trainedBy(String does) throws IOException {
        executable(java.resolve("bin/java"), "#!/bin/sh\ncase $1 in -XX:ArchiveClassesAtExit=*)\n  made=${1#*=}\n  " + does
                + "\n  exit ;;\nesac\n" + SAY.substring(SAY.indexOf('\n')));
    }

    private List<String> inRun() throws IOException {
        try (Stream<Path> left = Files.list(home.resolve("run"))) {
            return left.map(one -> one.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void itFindsItsHomeThroughLinksFromAnyFolder() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("bin"));
        Files.createSymbolicLink(elsewhere.resolve("first"), home.resolve("sluice"));
        Files.createSymbolicLink(elsewhere.resolve("second"), Path.of("first"));
        assertTrue(run(elsewhere.resolve("second").toString()).getLast().contains("-Dsluice.home=" + home + "|"));
    }

    @Test
    void aJavaThatIsTooOldIsPassedOver() throws Exception {
        java = jdk("old", "17.0.2");
        assertFalse(run(home.resolve("sluice").toString()).getLast().startsWith(java.toString()));
    }

    @Test
    void aClosedInputIsReplacedByAnEmptyOne() throws Exception {
        Files.writeString(java.resolve("bin/java"), "#!/bin/sh\nreadlink /proc/self/fd/0\n");
        assertEquals("/dev/null", run("/bin/sh", "-c", "exec '" + home.resolve("sluice") + "' <&-").getLast());
    }

    @Test
    void aSourceThatIsNewerIsBuiltFirst() throws Exception {
        Files.writeString(home.resolve("core/src/main/New.java"), "");
        Path maven = maven(": >'" + jar + "'");
        List<String> said = runWith(maven);
        assertTrue(said.getFirst().matches("sluice: building\\.\\.\\. sluice: built in \\d+ s *"), said.toString());
        assertTrue(said.getLast().contains("-jar|" + jar), said.toString());
        assertFalse(run(home.resolve("sluice").toString()).getFirst().contains("building"));
    }

    @Test
    void aBuildThatFailsIsShownAndEndsIt() throws Exception {
        Files.delete(jar);
        Path maven = maven("echo it does not compile; exit 1");
        List<String> said = runWith(maven);
        assertTrue(said.contains("it does not compile"), said.toString());
        assertTrue(said.getLast().startsWith("sluice: the build failed"), said.toString());
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = Files.createDirectories(folder.toRealPath().resolve(name));
        Files.createDirectory(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        executable(jdk.resolve("bin/java"), SAY);
        return jdk;
    }

    private Path maven(String does) throws IOException {
        return executable(Files.createDirectory(folder.resolve("maven")).resolve("mvn"), "#!/bin/sh\n" + does + "\n");
    }

    private List<String> runWith(Path maven) throws IOException, InterruptedException {
        String path = "PATH=" + maven.getParent() + ":" + System.getenv("PATH");
        return run("/usr/bin/env", path, home.resolve("sluice").toString());
    }

    private static Path executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private List<String> run(String... command) throws IOException, InterruptedException {
        Process process = launcher(command).start();
        process.getOutputStream().close();
        List<String> said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        process.waitFor();
        return said;
    }

    private ProcessBuilder launcher(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", java.toString());
        builder.environment().remove("SLUICE_JAVA_OPTS");
        return builder;
    }
}
