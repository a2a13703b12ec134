package dev.sluice.protocol.http;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventStreamTest {

    private static String pulled(ByteSource source, int room) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(room);
        int count = source.pull(into, () -> {});
        return count < 0 ? "(end)" : new String(into.array(), 0, count, StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "a, data: a\\n\\n", "``, data: \\n\\n", "a\\nb, data: a\\ndata: b\\n\\n", "a\\r\\nb, data: a\\ndata: b\\n\\n",
        "a\\rb\\n, data: a\\ndata: b\\ndata: \\n\\n", "\\r\\r\\n\\n, data: \\ndata: \\ndata: \\ndata: \\n\\n",
        "a\\n\\nevent: forged, data: a\\ndata: \\ndata: event: forged\\n\\n", "\u00e4\u20ac, data: \u00e4\u20ac\\n\\n"
    })
    void writesEachLineOfDataOnALineOfItsOwn(String data, String bytes) {
        ServerSentEvent event = ServerSentEvent.of(data.translateEscapes());
        assertEquals(bytes.translateEscapes(), text(event.encoded()));
        assertEquals("event: tick\nid: 7\n" + bytes.translateEscapes(), text(event.named("tick").withId("7").encoded()));
    }

    @Test
    void writesCommentsThatCannotBecomeEvents() {
        assertEquals(": a\n: data: b\n\n", text(ServerSentEvent.comment("a\rdata: b")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r", "\r\n"})
    void refusesNamesAndIdsThatCouldForgeAField(String text) {
        assertThrows(IllegalArgumentException.class, () -> ServerSentEvent.of("").named(text));
        assertThrows(IllegalArgumentException.class, () -> ServerSentEvent.of("").withId(text));
        assertThrows(IllegalArgumentException.class, () -> ServerSentEvent.of("").withId("\0"));
    }

    @Test
    void saysWhenTheClientIsSlow() throws IOException {
        EventStream stream = EventStream.open(20);
        ByteSource source = stream.source();
        assertTrue(stream.offer(ServerSentEvent.of("123")));
        assertFalse(stream.offer(ServerSentEvent.of("1234")), "11 and 12 bytes");
        assertFalse(stream.ended());
        assertTrue(stream.comment("45"));
        assertEquals(17, stream.queued());
        assertEquals("data: 12", pulled(source, 8));
        assertEquals("3\n\n: 45\n\n", pulled(source, 100));
        assertEquals("", pulled(source, 100));
        assertTrue(stream.offer(ServerSentEvent.of("x".repeat(100))), "one that is larger waits alone");
        assertFalse(stream.comment(""));
        assertEquals(100 + 8, pulled(source, 1_000).length());
    }

    @Test
    void wakesTheWriterOnce() throws IOException {
        EventStream stream = EventStream.open();
        ByteSource source = stream.source();
        AtomicInteger woken = new AtomicInteger();
        assertEquals(0, source.pull(ByteBuffer.allocate(10), woken::incrementAndGet));
        stream.offer(ServerSentEvent.of("a"));
        stream.offer(ServerSentEvent.of("b"));
        assertEquals(1, woken.get());
        pulled(source, 100);
        assertEquals(0, source.pull(ByteBuffer.allocate(10), woken::incrementAndGet));
        stream.end();
        stream.end();
        assertEquals(2, woken.get());
    }

    @Test
    void sendsWhatWaitsBeforeItEnds() throws Exception {
        EventStream stream = EventStream.open();
        ByteSource source = stream.source();
        stream.offer(ServerSentEvent.of("last"));
        source.drainBegan();
        assertTrue(stream.ended());
        assertFalse(stream.offer(ServerSentEvent.of("later")));
        assertFalse(stream.send(ServerSentEvent.of("later")));
        assertEquals("data: last\n\n", pulled(source, 100));
        assertEquals("(end)", pulled(source, 100));
    }

    @Test
    void aSenderWaitsForRoomAndIsLetGoWhenTheClientLeaves() throws Exception {
        EventStream stream = EventStream.open(10);
        ByteSource source = stream.source();
        assertTrue(stream.send(ServerSentEvent.of("1")));
        CompletableFuture<Boolean> second = sending(stream, "2");
        assertEquals("data: 1\n\n", pulled(source, 100));
        assertTrue(second.get(20, TimeUnit.SECONDS));
        CompletableFuture<Boolean> third = sending(stream, "3");
        source.close();
        assertFalse(third.get(20, TimeUnit.SECONDS));
        assertEquals(0, stream.queued());
    }

    /// Waits already.
    private static CompletableFuture<Boolean> sending(EventStream stream, String data) {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        Thread sender = Thread.ofPlatform().daemon().start(() -> {
            try {
                sent.complete(stream.send(ServerSentEvent.of(data)));
            } catch (InterruptedException impossible) {
                sent.completeExceptionally(impossible);
            }
        });
        await().pollDelay(Duration.ZERO).until(() -> sender.getState() == Thread.State.WAITING);
        return sent;
    }

    @Test
    void runsWhatIsToFollowItsEndOnce() {
        EventStream stream = EventStream.open();
        AtomicInteger runs = new AtomicInteger();
        stream.onClosed(runs::incrementAndGet);
        HttpResponse.events(stream).close();
        assertEquals(1, runs.get());
        stream.onClosed(runs::incrementAndGet);
        assertEquals(2, runs.get());
    }

    @Test
    void runsAllThatIsToFollowItsEndThoughOneFails() {
        EventStream stream = EventStream.open();
        AtomicInteger runs = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            stream.onClosed(() -> {
                throw new IllegalStateException("asked to fail as " + runs.incrementAndGet());
            });
        }
        HttpResponse response = HttpResponse.events(stream);
        IllegalStateException failed = assertThrows(IllegalStateException.class, response::close);
        assertEquals("asked to fail as 1", failed.getMessage());
        assertEquals(2, failed.getSuppressed().length);
        assertEquals(3, runs.get());
    }

    @Test
    void isOfOneResponse() {
        EventStream stream = EventStream.open();
        HttpResponse response = HttpResponse.events(stream);
        assertThrows(IllegalStateException.class, () -> HttpResponse.events(stream));
        assertFalse(stream.ended());
        response.close();
        assertTrue(stream.ended());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void refusesACapacityThatHoldsNothing(int capacity) {
        assertThrows(IllegalArgumentException.class, () -> EventStream.open(capacity));
    }
}
