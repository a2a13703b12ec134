package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A program of an embedder's own, as a module beside ours, in a process of its own.
class ModulePathTest {

    private static final String MODULE = """
            module embedding {
                requires dev.sluice.server;
            }
            """;

    private static final String PROGRAM = """
            package embedding;

            import dev.sluice.api.ListenerConfig;
            import dev.sluice.api.ServerConfig;
            import dev.sluice.protocol.line.LineProtocol;
            import dev.sluice.server.Server;

            public final class Main {
                public static void main(String[] args) throws Exception {
                    ServerConfig config = ServerConfig.named("embedded").withListener("echo",
                            ListenerConfig.at("127.0.0.1:0", new LineProtocol(), (line, call) -> "echo " + line));
                    try (Server server = Server.start(config)) {
                        System.out.println(server.listeners().getFirst().address().getPort());
                        System.in.read();
                    }
                    System.out.println("stopped");
                }
            }
            """;

    private static final String INTRUDER = """
            package embedding;

            public final class Intruder {
                dev.sluice.engine.Rates hidden;
            }
            """;

    @TempDir
    Path folder;

    @Test
    void anEmbeddingRunsOnTheModulePath() throws Exception {
        Path out = folder.resolve("out");
        assertEquals("", compiled(out, "module-info", MODULE, "Main", PROGRAM));
        ProcessBuilder program = new ProcessBuilder(tool("java"), "--module-path", out + File.pathSeparator + modules(), "--module", "embedding/embedding.Main");
        program.redirectError(folder.resolve("errors").toFile());
        Process process = program.start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            String port = said.readLine();
            assertTrue(port != null, this::errors);
            try (Client client = new Client(new InetSocketAddress("127.0.0.1", Integer.parseInt(port)), Speech.LINE)) {
                client.ask("hello").expect("echo hello");
            }
            process.getOutputStream().close();
            assertEquals("stopped", said.readLine(), this::errors);
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue(), this::errors);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void whatIsHiddenCannotBeUsed() throws Exception {
        String errors = compiled(folder.resolve("out"), "module-info", MODULE, "Intruder", INTRUDER);
        assertTrue(errors.contains("dev.sluice.engine is not visible"), errors);
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve("errors"));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    /// Compiles two sources, given by name and text.
    ///
    /// @return what the compiler said
    private String compiled(Path out, String... sources) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(tool("javac"), "-d", out.toString(), "--module-path", modules()));
        for (int i = 0; i < sources.length; i += 2) {
            Path source = folder.resolve(sources[i] + ".java");
            Files.writeString(source, sources[i + 1]);
            command.add(source.toString());
        }
        Process javac = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader said = new BufferedReader(new InputStreamReader(javac.getInputStream(), StandardCharsets.UTF_8))) {
            String all = said.lines().collect(Collectors.joining("\n"));
            javac.waitFor();
            return all;
        }
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    /// Where the classes of ours, and those they need, were loaded from.
    private static String modules() {
        return Stream.of(Server.class, org.slf4j.Logger.class, org.jspecify.annotations.Nullable.class, org.HdrHistogram.Histogram.class,
                        tlschannel.TlsChannel.class)
                .map(ModulePathTest::origin).collect(Collectors.joining(File.pathSeparator));
    }

    private static String origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
