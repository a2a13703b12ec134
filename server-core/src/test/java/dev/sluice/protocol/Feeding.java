package dev.sluice.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Feeds a decoder as a driver does: what it leaves is offered again in front of the next bytes, and the end is told last.
public final class Feeding {

    private Feeding() {}

    /// Everything the decoder finds: requests, and what ended them. What says only "more", and interim answers, are left out.
    ///
    /// @param piece how many bytes come at once
    public static <Q> List<Decoded<Q>> feed(Decoder<Q> decoder, byte[] bytes, int piece, RequestLimits limits) {
        return feed(decoder, bytes, at -> Math.min(piece, bytes.length - at), limits, false);
    }

    /// The same, in two pieces from direct memory.
    public static <Q> List<Decoded<Q>> split(Decoder<Q> decoder, byte[] bytes, int offset, RequestLimits limits) {
        return feed(decoder, bytes, at -> at < offset ? offset - at : bytes.length - at, limits, true);
    }

    /// The same, in up to three pieces.
    public static <Q> List<Decoded<Q>> cut(Decoder<Q> decoder, byte[] bytes, int first, int second, RequestLimits limits) {
        return feed(decoder, bytes, at -> (at < first ? first : at < second ? second : bytes.length) - at, limits, false);
    }

    private static <Q> List<Decoded<Q>> feed(
            Decoder<Q> decoder, byte[] bytes, IntFunction<Integer> piece, RequestLimits limits, boolean direct) {
        List<Decoded<Q>> found = new ArrayList<>();
        ByteBuffer in = direct ? ByteBuffer.allocateDirect(bytes.length + 1) : ByteBuffer.allocate(bytes.length + 3).slice(3, bytes.length);
        in.flip();
        int at = 0;
        while (at < bytes.length) {
            int count = piece.apply(at);
            in.compact().put(bytes, at, count).flip();
            at += count;
            if (!drained(decoder, in, limits, found, false)) {
                return found;
            }
        }
        drained(decoder, in, limits, found, true);
        return found;
    }

    private static <Q> boolean drained(
            Decoder<Q> decoder, ByteBuffer in, RequestLimits limits, List<Decoded<Q>> found, boolean last) {
        while (true) {
            Decoded<Q> decoded = last ? decoder.decodeLast(in, limits) : decoder.decode(in, limits);
            switch (decoded) {
                case Decoded.Complete<Q> complete -> found.add(complete);
                case Decoded.Interim<Q> _ -> {}
                case Decoded.Spool<Q> spool -> found.add(spool);
                case Decoded.Incomplete<Q> _ -> {
                    return true;
                }
                case Decoded.Malformed<Q> malformed -> {
                    found.add(malformed);
                    return false;
                }
            }
        }
    }
}
