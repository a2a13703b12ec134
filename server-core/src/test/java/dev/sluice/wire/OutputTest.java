package dev.sluice.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.ByteSource;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {

    private final Output output = new Output();

    @TempDir
    Path folder;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// Takes so many bytes, as a channel would.
    private String take(int most) throws IOException {
        StringBuilder taken = new StringBuilder();
        for (Segment head = output.head(); head != null && taken.length() < most; head = output.head()) {
            switch (head) {
                case Segment.Bytes(ByteBuffer buffer) -> {
                    int count = Math.min(buffer.remaining(), most - taken.length());
                    byte[] copy = new byte[count];
                    buffer.get(copy);
                    output.sent(count);
                    taken.append(new String(copy, StandardCharsets.US_ASCII));
                    if (!buffer.hasRemaining()) {
                        output.advance();
                    }
                }
                case Segment.Region region -> {
                    int count = (int) Math.min(region.left(), most - taken.length());
                    ByteBuffer read = ByteBuffer.allocate(count);
                    region.file().read(read, region.position());
                    region.sent(count);
                    taken.append(new String(read.array(), StandardCharsets.US_ASCII));
                    if (region.left() == 0) {
                        output.advance();
                    }
                }
                case Segment.Pulled pulled -> {
                    if (!pulled.stage().hasRemaining() && pulled.pull(() -> {}) < 0) {
                        output.advance();
                    } else {
                        int count = Math.min(pulled.stage().remaining(), most - taken.length());
                        byte[] copy = new byte[count];
                        pulled.stage().get(copy);
                        taken.append(new String(copy, StandardCharsets.US_ASCII));
                    }
                }
            }
        }
        return taken.toString();
    }

    private String takeAll() throws IOException {
        String all = take(Integer.MAX_VALUE);
        assertTrue(output.isEmpty());
        assertEquals(0, output.pending());
        return all;
    }

    private static final class Text implements ByteSource {
        private final ByteBuffer left;
        private final AtomicInteger closed;

        Text(String text, AtomicInteger closed) {
            this.left = ByteBuffer.wrap(bytes(text));
            this.closed = closed;
        }

        @Override
        public int pull(ByteBuffer into, Runnable resume) {
            if (!left.hasRemaining()) {
                return -1;
            }
            int count = Math.min(into.remaining(), left.remaining());
            into.put(left.slice(left.position(), count));
            left.position(left.position() + count);
            return count;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private FileChannel file(String text) throws IOException {
        return FileChannel.open(Files.writeString(Files.createTempFile(folder, "out", ""), text));
    }

    @Test
    void givesEverythingInItsOrder() throws IOException {
        AtomicInteger closed = new AtomicInteger();
        FileChannel file = file("0123456789");
        output.put(bytes("a"));
        output.put('b');
        output.file(file, 2, 3);
        output.put(ByteBuffer.wrap(bytes("c")));
        output.source(new Text("dd", closed));
        output.putLatin1("e");
        assertTrue(output.streaming());
        assertEquals("ab234cdde", takeAll());
        assertFalse(output.streaming());
        assertEquals(1, closed.get());
        assertFalse(file.isOpen());
    }

    @Test
    void countsWhatIsPending() throws IOException {
        output.put(new byte[1_000]);
        assertEquals(1_000, output.pending());
        take(300);
        assertEquals(700, output.pending());
        output.put(new byte[100_000]);
        assertEquals(100_700, output.pending());
        takeAll();
    }

    @Test
    void dropsWhatCameSinceTheMarkAndNothingElse() throws IOException {
        AtomicInteger closed = new AtomicInteger();
        FileChannel file = file("x");
        output.put(bytes("kept"));
        output.mark();
        output.put(bytes("dropped"));
        output.file(file, 0, 1);
        output.put(new byte[200_000]);
        output.source(new Text("y", closed));
        output.put(bytes("z"));
        output.rollback();
        assertEquals(4, output.pending());
        assertEquals(1, closed.get());
        assertFalse(file.isOpen());
        output.put(bytes(" and on"));
        assertEquals("kept and on", takeAll());
        assertEquals(1, closed.get());
    }

    @Test
    void aLentBufferIsGivenBackWithNothingOfItInUse() throws IOException {
        ByteBuffer lent = ByteBuffer.allocate(100);
        output.lend(lent);
        output.put(bytes("lent"));
        assertEquals("le", take(2));
        output.settle();
        lent.clear().put(new byte[100]);
        assertEquals("nt", takeAll());

        output.lend(lent);
        output.put(bytes("unsent"));
        output.settle();
        lent.clear().put(new byte[100]);
        assertEquals("unsent", takeAll());
    }

    /// Whatever is put, marked, dropped, taken and lent, in whatever order, what comes out is what a plain string would have held.
    @Test
    void isAStringWhateverHappensToIt() throws IOException {
        for (int seed = 0; seed < 1_000; seed++) {
            try {
                random(new Random(seed));
            } catch (AssertionError | RuntimeException failed) {
                throw new AssertionError("with seed " + seed, failed);
            }
        }
    }

    private void random(Random random) throws IOException {
        AtomicInteger closed = new AtomicInteger();
        int opened = 0;
        StringBuilder expected = new StringBuilder();
        ByteBuffer lent = ByteBuffer.allocate(16 + random.nextInt(200));
        for (int turn = 0; turn < 12; turn++) {
            if (random.nextBoolean()) {
                output.lend(lent);
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                StringBuilder answer = new StringBuilder();
                output.mark();
                for (int j = random.nextInt(4); j > 0; j--) {
                    String text = String.valueOf((char) ('a' + random.nextInt(26))).repeat(1 + random.nextInt(random.nextInt(10) == 0 ? 70_000 : 150));
                    if (random.nextInt(5) == 0) {
                        output.source(new Text(text, closed));
                        opened++;
                    } else {
                        output.put(bytes(text));
                    }
                    answer.append(text);
                }
                if (random.nextInt(3) == 0) {
                    output.rollback();
                } else {
                    expected.append(answer);
                }
                if (random.nextInt(3) == 0) {
                    String taken = take(1 + random.nextInt(400));
                    assertEquals(expected.substring(0, taken.length()), taken);
                    expected.delete(0, taken.length());
                }
            }
            output.settle();
            lent.clear().put(new byte[lent.capacity()]);
        }
        assertEquals(expected.toString(), takeAll());
        assertEquals(opened, closed.get());
    }

    @Test
    void discardingLetsGoOfEverythingOnce() throws IOException {
        AtomicInteger closed = new AtomicInteger();
        FileChannel file = file("x");
        output.put(bytes("a"));
        output.source(new Text("b", closed));
        output.file(file, 0, 1);
        output.discard();
        output.discard();
        assertEquals(1, closed.get());
        assertFalse(file.isOpen());
        assertEquals("", takeAll());
    }

    /// Encodes what it is told to, and then throws.
    private static Protocol<String, Consumer<ByteSink>> failing() {
        return new Protocol<>() {
            @Override
            public String name() {
                return "failing";
            }

            @Override
            public Decoder<String> newDecoder() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Ending encode(String request, Consumer<ByteSink> response, boolean last, ByteSink out) {
                response.accept(out);
                if (last) {
                    throw new StackOverflowError("asked to fail");
                }
                return Ending.KEEP_OPEN;
            }

            @Override
            public Ending refuse(String request, Refusal why, ByteSink out) {
                out.putLatin1("refused");
                throw new IllegalStateException("asked to fail");
            }
        };
    }

    @Test
    void aWriterWritesAnAnswerWholeOrNotAtAll() {
        ResponseWriter<String, Consumer<ByteSink>> writer = new ResponseWriter<>(failing());
        AtomicInteger closed = new AtomicInteger();
        writer.respond("a", out -> out.putLatin1("first,"), false);
        assertThrows(StackOverflowError.class, () -> writer.respond("b", out -> {
            out.putLatin1("second");
            out.source(new Text("third", closed));
        }, true));
        assertThrows(IllegalStateException.class, () -> writer.refuse("c", new Refusal.Overloaded()));
        writer.interim(ByteBuffer.wrap(bytes("last")));
        assertEquals("first,last", StandardCharsets.US_ASCII.decode(writer.words()).toString());
        assertEquals(1, closed.get());
    }
}
