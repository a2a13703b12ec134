package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ServerConfig;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The programs of the README compile as they stand there, and do what it says.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {

    private static final String IMPORTS = """
            import dev.sluice.api.*;
            import dev.sluice.protocol.*;
            import dev.sluice.protocol.line.LineProtocol;
            import dev.sluice.server.Server;
            import java.nio.ByteBuffer;
            """;

    private Class<?> programs;

    @BeforeAll
    void compile(@TempDir Path folder) throws Exception {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(Path.of("../README.md")));
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        assertEquals(3, blocks.size(), "Java blocks in the README: an embedding, a protocol, and its listener");
        String embedding = blocks.get(0).replace(":7000", ":0").replace("server.awaitStopped();\nserver.close();", "return server;");
        String source = IMPORTS + "public class Programs {\n"
                + "public static Server greeter() throws Exception {\n" + embedding + "}\n"
                + "public static ListenerConfig frames() {\nreturn " + blocks.get(2).replace(":7001", ":0").strip() + ";\n}\n}\n"
                + blocks.get(1);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        boolean compiled = compiler.getTask(null, null, null,
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")), null, List.of(new Source(source))).call();
        assertTrue(compiled, source);
        programs = new URLClassLoader(new URL[] {folder.toUri().toURL()}, ReadmeTest.class.getClassLoader()).loadClass("Programs");
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Programs.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static Socket client(Server server) throws IOException {
        InetSocketAddress address = server.listeners().getFirst().address();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void theEmbeddingGreets() throws Exception {
        try (Server server = (Server) programs.getMethod("greeter").invoke(null); Socket socket = client(server)) {
            socket.getOutputStream().write("world\n".getBytes(StandardCharsets.UTF_8));
            byte[] answer = socket.getInputStream().readNBytes("hello, world\n".length());
            assertEquals("hello, world\n", new String(answer, StandardCharsets.UTF_8));
        }
    }

    @Test
    void theProtocolOfOnesOwnEchoesFrames() throws Exception {
        ListenerConfig listener = (ListenerConfig) programs.getMethod("frames").invoke(null);
        try (Server server = Server.start(ServerConfig.named("frames").withListener("frames", listener)); Socket socket = client(server)) {
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int length : new int[] {0, 1, 70_000}) {
                out.writeInt(length);
                out.write(new byte[length]);
                assertEquals(length, in.readInt());
                assertEquals(length, in.readNBytes(length).length);
            }
            out.writeInt(-1);
            assertEquals(-1, in.read(), "a frame of a negative length ends the connection");
        }
    }
}
