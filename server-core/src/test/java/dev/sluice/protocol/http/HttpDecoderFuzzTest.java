package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What holds for any bytes at all. As a test it tries the files of its corpus; with `JAZZER_FUZZ=1` it looks for more:
///
/// ```
/// JAZZER_FUZZ=1 mvn test -pl server-core -Dtest=HttpDecoderFuzzTest
/// ```
class HttpDecoderFuzzTest {

    private static final List<RequestLimits> LIMITS = List.of(RequestLimits.DEFAULT, new RequestLimits(40, 90, 30, 140));
    /// The shortest request there is: `A / HTTP/1.0` and two line ends.
    private static final int SHORTEST = 16;

    @FuzzTest(maxDuration = "5m")
    void keepsItsPromises(byte[] bytes) {
        int seed = Arrays.hashCode(bytes);
        for (RequestLimits limits : LIMITS) {
            List<String> whole = Shown.show(fed(bytes, bytes.length + 1, (byte) 0, limits));
            assertEquals(whole, Shown.show(fed(bytes, bytes.length + 1, (byte) '\n', limits)), "it reads past its input");
            assertEquals(whole, Shown.show(fed(bytes, 1, (byte) '\r', limits)), "byte by byte");
            int piece = 2 + Math.floorMod(seed, Math.max(1, bytes.length));
            assertEquals(whole, Shown.show(fed(bytes, piece, (byte) '0', limits)), () -> "in pieces of " + piece);
            assertTrue(whole.size() <= bytes.length / SHORTEST + 1, () -> whole.size() + " found in " + bytes.length + " bytes");
        }
    }

    /// Feeds the bytes as they might come, in an array of which they are a part.
    ///
    /// @param around what the rest of the array is filled with
    private static List<Decoded<HttpRequest>> fed(byte[] bytes, int piece, byte around, RequestLimits limits) {
        byte[] array = new byte[bytes.length + 20];
        Arrays.fill(array, around);
        System.arraycopy(bytes, 0, array, 10, bytes.length);
        byte[] before = array.clone();
        ByteBuffer in = ByteBuffer.wrap(array).limit(10).position(10);
        List<Decoded<HttpRequest>> found = new ArrayList<>();
        Decoder<HttpRequest> decoder = new HttpProtocol().newDecoder();
        boolean goesOn = true;
        while (goesOn && in.limit() < 10 + bytes.length) {
            in.limit(Math.min(10 + bytes.length, in.limit() + piece));
            goesOn = drained(decoder, in, limits, found);
        }
        if (goesOn) {
            keep(decoder.decodeLast(in, limits), found, limits);
        }
        assertArrayEquals(before, array, "it writes into its input");
        return found;
    }

    /// @return whether more may come
    private static boolean drained(Decoder<HttpRequest> decoder, ByteBuffer in, RequestLimits limits, List<Decoded<HttpRequest>> found) {
        for (int calls = 0; ; calls++) {
            int from = in.position();
            Decoded<HttpRequest> decoded = decoder.decode(in, limits);
            assertTrue(in.position() >= from, "it goes back");
            assertTrue(calls <= 2 + 2 * in.limit(), "it does not come to an end");
            Stage stage = keep(decoded, found, limits);
            if (stage != null) {
                long most = stage == Stage.BETWEEN ? 1 : Math.max(limits.line(), limits.head()) + 20L;
                assertTrue(in.remaining() <= most, () -> "it leaves " + in.remaining() + " bytes unread in " + stage);
                return true;
            }
            if (decoded instanceof Decoded.Malformed<HttpRequest>) {
                return false;
            }
        }
    }

    /// @return how far the decoder is when it needs more bytes, else null
    private static @Nullable Stage keep(Decoded<HttpRequest> decoded, List<Decoded<HttpRequest>> found, RequestLimits limits) {
        return switch (decoded) {
            case Decoded.Incomplete<HttpRequest>(Stage stage) -> stage;
            case Decoded.Interim<HttpRequest> _, Decoded.Spool<HttpRequest> _ -> null;
            case Decoded.Complete<HttpRequest>(HttpRequest request) -> {
                assertTrue(request.body().length() <= limits.body(), () -> "a body of " + request.body().length());
                assertTrue(request.path().startsWith("/") || request.path().equals("*"), request::path);
                found.add(decoded);
                yield null;
            }
            case Decoded.Malformed<HttpRequest>(var partial, int code, String detail) -> {
                assertTrue(code >= 400 && code < 600 && !detail.isBlank(), () -> code + detail);
                found.add(decoded);
                yield null;
            }
        };
    }
}
