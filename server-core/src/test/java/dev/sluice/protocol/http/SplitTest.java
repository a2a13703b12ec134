package dev.sluice.protocol.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Feeding;
import dev.sluice.protocol.RecordingSink;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.RequestLimits;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// However the bytes of a connection are cut, the same bytes are answered.
class SplitTest {

    /// Below this length every pair of offsets is tried.
    private static final int SHORT = 220;

    private final HttpProtocol protocol = new HttpProtocol(() -> Instant.EPOCH);

    static Stream<CorpusFiles.File> corpus() {
        return CorpusFiles.all();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void isAnsweredAsItsNameSays(CorpusFiles.File file) {
        if (file.statuses() != null) {
            List<Decoded<HttpRequest>> found = found(file.bytes(), file.bytes().length, file.bytes().length);
            assertEquals(file.statuses(), Shown.statuses(found), () -> Shown.show(found).toString());
        }
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void isAnsweredTheSameCutAnywhere(CorpusFiles.File file) {
        byte[] bytes = file.bytes();
        String whole = answers(found(bytes, bytes.length, bytes.length));
        int step = bytes.length > 10_000 ? 97 : 1;
        for (int i = 0; i <= bytes.length; i += step) {
            assertCut(whole, bytes, i, bytes.length);
        }
        for (int i = 1; bytes.length <= SHORT && i < bytes.length; i++) {
            for (int j = i + 1; j < bytes.length; j++) {
                assertCut(whole, bytes, i, j);
            }
        }
    }

    private void assertCut(String whole, byte[] bytes, int first, int second) {
        assertEquals(whole, answers(found(bytes, first, second)), () -> "cut at " + first + " and " + second);
    }

    private static List<Decoded<HttpRequest>> found(byte[] bytes, int first, int second) {
        return Feeding.cut(Shown.decoder(), bytes, first, second, RequestLimits.DEFAULT);
    }

    /// What an echoing server would send until the connection ends, and what it understood.
    private String answers(List<Decoded<HttpRequest>> found) {
        RecordingSink out = new RecordingSink();
        Ending ending = Ending.KEEP_OPEN;
        for (int i = 0; i < found.size() && ending == Ending.KEEP_OPEN; i++) {
            out.putLatin1("\n" + Shown.show(found.get(i)) + "\n");
            ending = switch (found.get(i)) {
                case Decoded.Complete<HttpRequest>(HttpRequest request) ->
                        protocol.encode(request, HttpResponse.of(200, "a/b", request.body().bytes()), false, out);
                case Decoded.Malformed<HttpRequest>(HttpRequest partial, int code, String detail) ->
                        protocol.refuse(partial, new Refusal.Malformed(code, detail), out);
                case Decoded.Incomplete<HttpRequest> _, Decoded.Interim<HttpRequest> _, Decoded.Spool<HttpRequest> _ -> ending;
            };
        }
        return out.text();
    }
}
