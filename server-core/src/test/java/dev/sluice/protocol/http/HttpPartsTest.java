package dev.sluice.protocol.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.ByteSource;
import dev.sluice.protocol.RecordingSink;
import dev.sluice.protocol.http.HttpResponse.Body;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bodies of several parts, and responses that are given another file.
class HttpPartsTest {

    @TempDir
    private Path folder;
    private FileChannel first;
    private FileChannel second;
    private HttpResponse response;

    @BeforeEach
    void open() throws IOException {
        Path file = Files.writeString(folder.resolve("ten"), "0123456789");
        first = FileChannel.open(file, StandardOpenOption.READ);
        second = FileChannel.open(file, StandardOpenOption.READ);
        response = HttpResponse.of(206, "a/b", new Body.Parts(List.of(bytes("<"), new Body.Region(first, 2, 3), bytes("|"),
                new Body.Region(second, 7, 2), bytes(">"))));
    }

    private static Body bytes(String text) {
        return new Body.Bytes(text.getBytes(US_ASCII));
    }

    private static String sent(String method, HttpResponse response) {
        RecordingSink out = new RecordingSink();
        new HttpProtocol().encode(HttpRequest.of(method, "/"), response, false, out);
        return out.text();
    }

    private void assertClosed() {
        assertFalse(first.isOpen());
        assertFalse(second.isOpen());
    }

    @Test
    void areSentInOrderUnderOneLength() {
        assertEquals(8, response.length());
        String text = sent("GET", response);
        assertTrue(text.contains("\r\nContent-Length: 8\r\n"), text);
        assertTrue(text.endsWith("\r\n\r\n<234|78>"), text);
        assertClosed();
    }

    @Test
    void areClosedWhenTheyAreNotSent() {
        assertTrue(sent("HEAD", response).endsWith("\r\n\r\n"));
        assertClosed();
        response.close();
    }

    @Test
    void areClosedWhenTheSinkFailsInTheMiddle() {
        ByteSink failing = new ByteSink() {
            private int given;

            @Override
            public void put(int value) {}

            @Override
            public void put(byte[] bytes, int offset, int length) {}

            @Override
            public void put(ByteBuffer bytes) {}

            @Override
            public void file(FileChannel file, long position, long count) {
                if (given++ > 0) {
                    throw new IllegalStateException("asked to fail");
                }
                try (file) {
                    assertSame(first, file);
                } catch (IOException impossible) {
                    throw new AssertionError(impossible);
                }
            }

            @Override
            public void source(ByteSource source) {
                source.close();
            }
        };
        assertThrows(IllegalStateException.class, () -> new HttpProtocol().encode(HttpRequest.of("GET", "/"), response, false, failing));
        assertClosed();
    }

    @Test
    void areOfKnownLength() {
        Body inner = new Body.Parts(List.of());
        assertThrows(IllegalArgumentException.class, () -> new Body.Parts(List.of(inner)));
    }

    @Test
    void areOfALengthThatCanBe() {
        assertThrows(IllegalArgumentException.class, () -> new Body.Region(first, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new Body.Region(first, 0, -1));
        assertThrows(IllegalArgumentException.class, () -> HttpResponse.file(200, "a/b", first, 0, -1));
        TextSource source = new TextSource("a", 1);
        assertThrows(IllegalArgumentException.class, () -> new Body.Source(source, -2));
        assertThrows(IllegalArgumentException.class, () -> HttpResponse.source(200, "a/b", source, -1));
        assertEquals(-1, new Body.Source(source, -1).length());
    }

    @Test
    void givesTheSameRegionOfAnotherFile() {
        HttpResponse whole = HttpResponse.file(200, "a/b", first, 1, 4).withHeader("X", "y");
        HttpResponse other = whole.withFile(second);
        assertSame(whole.head(), other.head());
        assertTrue(sent("GET", other).endsWith("\r\n\r\n1234"));
        assertTrue(first.isOpen());
        assertFalse(second.isOpen());
        whole.close();
        assertThrows(IllegalStateException.class, () -> HttpResponse.of(200).withFile(first));
    }
}
