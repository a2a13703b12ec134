package dev.sluice.console.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ServerConfig;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The examples of plugins, as somebody would use them who has just read their README.
@Timeout(60)
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("../examples/plugins");

    @TempDir
    private Path home;

    @Test
    void aJarDroppedIntoPluginsServesAndABrokenOneBesideItIsOneLine() throws Exception {
        Path plugins = Files.createDirectory(home.resolve("plugins"));
        compiled().jar(plugins.resolve("examples.jar"));
        Files.writeString(plugins.resolve("broken.jar"), "not a jar");
        int greet = Running.freePort();
        int digest = Running.freePort();
        Path config = Files.writeString(home.resolve("sluice.conf"), readme().replace("8081", "" + greet).replace("7778", "" + digest)
                + "sluice.drain { idle-grace = 0, grace = 200ms }\n");
        try (Running sluice = Running.start(home, ProcessBuilder.Redirect.PIPE, "--config", config.toString())) {
            sluice.awaitErr(line -> line.contains("event=started"));
            List<String> refused = sluice.err().stream().filter(line -> line.contains("event=plugin-refused")).toList();
            assertEquals(1, refused.size(), refused.toString());
            assertTrue(refused.getFirst().contains("plugins/broken.jar detail=\"is no jar"), refused.toString());
            assertTrue(get(greet, "/Ada").matches("(?s)HTTP/1.1 200 .*\r\n\r\nGood morning, Ada, from crew-\\d+\n"), get(greet, "/Ada"));
            assertTrue(get(greet, "/").startsWith("HTTP/1.1 404 "));
            digests(digest);
            sluice.type("show config plugins").awaitOut(line -> line.contains("plugins.\"examples.jar\"")
                    && line.contains("pools: named-threads; protocols: frames; services: digest, greeting"));
            broken(sluice, plugins, greet);
            assertEquals(0, sluice.type("shutdown").exitCode(), () -> sluice.err().toString());
        }
    }

    private static void digests(int port) throws Exception {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(20_000);
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            DataInputStream in = new DataInputStream(client.getInputStream());
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] large = new byte[1 << 20];
            Arrays.fill(large, (byte) 7);
            for (byte[] frame : List.of("abc".getBytes(StandardCharsets.UTF_8), new byte[0], large)) {
                out.writeInt(frame.length);
                out.write(frame);
                assertEquals(0, in.readByte());
                assertArrayEquals(sha.digest(frame), in.readNBytes(in.readInt()));
            }
            out.writeInt((1 << 20) + 1);
            assertEquals(1, in.readByte());
            assertEquals("a frame of 1048577 bytes, but 0 to 1048576 are allowed",
                    new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            assertEquals(-1, in.read());
        }
    }

    /// What somebody copies there while it runs: a jar that is new, and one that is not there whole over one that is in use.
    private void broken(Running sluice, Path plugins, int greet) throws IOException {
        Path more = compiled().without("META-INF/services/dev.sluice.api.ProtocolProvider")
                .without("META-INF/services/dev.sluice.api.ServiceProvider").jar(home.resolve("more"));
        Files.move(more, plugins.resolve("more.jar"), StandardCopyOption.ATOMIC_MOVE);
        sluice.awaitErr(line -> line.contains("more.jar detail=\"brings pool named-threads, but examples.jar brings that already"));
        byte[] whole = Files.readAllBytes(plugins.resolve("examples.jar"));
        Files.write(plugins.resolve("examples.jar"), Arrays.copyOf(whole, whole.length - 100));
        sluice.awaitErr(line -> line.contains("examples.jar detail=\"is no jar") && line.contains("what it brought before stays in use"));
        assertTrue(get(greet, "/Bob").contains("Good morning, Bob"));
        assertTrue(get(greet, "/", "DELETE").startsWith("HTTP/1.1 405 "));
    }

    @Test
    void theScriptBuildsWhatTheReadmeConfigures() throws Exception {
        Path copy = home.resolve("somewhere else");
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            for (Path file : files.filter(one -> !one.startsWith(EXAMPLES.resolve("target"))).toList()) {
                Files.copy(file, copy.resolve(EXAMPLES.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        ProcessBuilder build = new ProcessBuilder(copy.resolve("build").toString()).redirectErrorStream(true);
        Path classes = Path.of(ServerConfig.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        build.environment().put("SLUICE_JAR", classes.toString());
        build.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = build.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertEquals(1, said.lines().count(), said);
        Files.copy(copy.resolve("target/examples.jar"), Files.createDirectory(home.resolve("plugins")).resolve("examples.jar"));
        Path config = Files.writeString(home.resolve("sluice.conf"), readme());
        ConfigReading reading = new ConfigFile(config, List.of(), Providers.load(), SampleProviders.ADMIN).read(Parts.none());
        assertTrue(reading instanceof ConfigReading.Usable, reading.toString());
        assertEquals(List.of(), reading.warnings());
    }

    /// The configuration that the README gives.
    private static String readme() throws IOException {
        Matcher block = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(EXAMPLES.resolve("README.md")));
        assertTrue(block.find());
        return block.group(1);
    }

    private PluginSource compiled() throws IOException {
        Path classes = Files.createDirectories(home.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.list(EXAMPLES.resolve("src/example"))) {
            List<String> options = List.of("-Xlint:all", "-Werror", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
            assertTrue(compiler.getTask(null, files, null, options, null, files.getJavaFileObjectsFromPaths(sources.toList())).call());
        }
        PluginSource made = PluginSource.empty().withAll(classes);
        try (Stream<Path> services = Files.list(EXAMPLES.resolve("src/META-INF/services"))) {
            services.forEach(file -> made.with("META-INF/services/" + file.getFileName(), text(file)));
        }
        return made;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String get(int port, String path) throws IOException {
        return get(port, path, "GET");
    }

    private static String get(int port, String path, String method) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(20_000);
            String request = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
            client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
