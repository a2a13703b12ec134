package dev.sluice.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import dev.sluice.protocol.line.LineProtocol;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestReaderTest {

    private static final RequestLimits LIMITS = RequestLimits.DEFAULT;

    private final RequestReader<String> reader = new RequestReader<>(new LineProtocol().newDecoder());

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private List<String> read(ByteBuffer fresh) {
        List<String> found = new ArrayList<>();
        while (reader.next(fresh, LIMITS) instanceof Decoded.Complete<String>(String line)) {
            found.add(line);
        }
        reader.hold(fresh);
        return found;
    }

    @Test
    void findsTheSameRequestsHoweverTheyAreCut() {
        String text = "one\ntwo and three\n\nfour " + "x".repeat(3_000) + "\nrest";
        for (int piece : new int[] {1, 2, 7, 511, 512, 513, 10_000}) {
            RequestReader<String> each = new RequestReader<>(new LineProtocol().newDecoder());
            List<String> found = new ArrayList<>();
            for (int i = 0; i < text.length(); i += piece) {
                ByteBuffer fresh = bytes(text.substring(i, Math.min(text.length(), i + piece)));
                while (each.next(fresh, LIMITS) instanceof Decoded.Complete<String>(String line)) {
                    found.add(line);
                }
                each.hold(fresh);
                assertEquals(0, fresh.remaining(), "all is taken or held");
            }
            assertEquals(List.of("one", "two and three", "", "four " + "x".repeat(3_000)), found, "in pieces of " + piece);
            assertEquals(4, each.held());
            assertEquals(Decoded.complete("rest"), each.last(bytes(""), LIMITS));
            assertEquals(0, each.held());
        }
    }

    @Test
    void holdsNothingOfWhatWasRead() {
        ByteBuffer shared = ByteBuffer.allocate(64);
        shared.put(bytes("half a li")).flip();
        assertEquals(List.of(), read(shared));
        shared.clear().put(bytes("ne\nand m")).flip(); // as a loop does with the buffer of all its connections
        assertEquals(List.of("half a line"), read(shared));
        shared.clear().put(bytes("ore\n")).flip();
        assertEquals(List.of("and more"), read(shared));
    }

    /// What is not asked for yet is kept in its order.
    @Test
    void keepsRequestsThatAreTakenLater() {
        ByteBuffer first = bytes("a\nb\nc");
        assertEquals(Decoded.complete("a"), reader.next(first, LIMITS));
        reader.hold(first);
        reader.hold(bytes("c\nd\n"));
        assertEquals(List.of("b", "cc", "d"), read(bytes("")));
        assertEquals(0, reader.held());
    }

    /// A decoder that takes nothing until a request is complete, and forgets to bound it.
    @Test
    void boundsWhatADecoderLeavesUnread() {
        RequestReader<String> endless = new RequestReader<>((in, limits) -> Decoded.incomplete(Stage.HEAD));
        RequestLimits small = new RequestLimits(10, 10, 10, 1_000);
        Decoded<String> found = Decoded.incomplete(Stage.HEAD);
        int sent = 0;
        while (found instanceof Decoded.Incomplete<String> && sent < 10_000) {
            ByteBuffer fresh = bytes("y".repeat(100));
            found = endless.next(fresh, small);
            endless.hold(fresh);
            sent += 100;
        }
        assertInstanceOf(Decoded.Malformed.class, found);
        assertEquals(1_100, sent);
    }
}
