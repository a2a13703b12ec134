package dev.sluice.engine;

import dev.sluice.transport.Link;
import dev.sluice.wire.Output;
import dev.sluice.wire.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/// Sends what an output holds, in order, over a link that waits or not.
final class Sender {

    /// How a turn of sending ended.
    enum Sent {
        /// The output is empty.
        ALL,
        /// The socket's buffer is full, or enough was sent for one turn: more can go when the channel is writable.
        PART,
        /// A source has nothing to give now, and will run what it was given.
        LATER,
        /// A source that may block is to be pulled, by a thread that may wait for it.
        BLOCKS
    }

    /// So slow a client still shows progress within a write timeout, although a blocking write returns only when all is taken.
    private static final int BLOCKING_BYTES = 16 << 10;
    private static final int BLOCKING_REGION = 64 << 10;
    /// What one turn of a loop sends of a file or a source before others have theirs.
    private static final long TURN = 256 << 10;

    private Sender() {}

    /// Sends until the output is empty, the channel takes no more, a source pauses, or a turn's share of files and sources is sent.
    ///
    /// @param progress is told of every number of bytes that was taken
    /// @param resume   to be run, once and from any thread, by a source that pauses
    /// @throws IOException when the connection or a source failed, or a file was shorter than its region
    static Sent send(Output output, Link link, LongConsumer progress, Runnable resume) throws IOException {
        long share = TURN;
        for (Segment head = output.head(); head != null; head = output.head()) {
            long before = share;
            switch (head) {
                case Segment.Bytes(ByteBuffer buffer) -> {
                    if (!sendBytes(output, buffer, link, progress)) {
                        return Sent.PART;
                    }
                    output.advance();
                }
                case Segment.Region region -> {
                    if (region.left() == 0) {
                        output.advance();
                        continue;
                    }
                    share -= sendRegion(region, Math.min(share, region.left()), link, progress);
                    if (region.left() == 0) {
                        output.advance();
                    } else if (share == before || share <= 0) {
                        return Sent.PART;
                    }
                }
                case Segment.Pulled pulled -> {
                    boolean staged = pulled.stage().hasRemaining();
                    if (!staged && !link.flush()) {
                        return Sent.PART; // the end of what the source gave before is still to go out, whenever it gives more
                    }
                    if (!staged && !pulled.ended() && pulled.mayBlock()) {
                        return Sent.BLOCKS;
                    }
                    if (!staged && !pulled.ended() && pulled.pull(resume) == 0) {
                        return Sent.LATER;
                    }
                    if (!staged && pulled.ended()) {
                        output.advance();
                    } else {
                        share -= sendStage(pulled.stage(), link, progress);
                        if (pulled.stage().hasRemaining() || share <= 0) {
                            return Sent.PART;
                        }
                    }
                }
            }
        }
        return link.flush() ? Sent.ALL : Sent.PART;
    }

    private static boolean sendBytes(Output output, ByteBuffer buffer, Link link, LongConsumer progress) throws IOException {
        while (buffer.hasRemaining()) {
            int written = link.waits() ? writeSome(buffer, link) : link.write(buffer);
            if (written == 0) {
                return false;
            }
            output.sent(written);
            progress.accept(written);
        }
        return true;
    }

    private static int writeSome(ByteBuffer buffer, Link link) throws IOException {
        int limit = buffer.limit();
        buffer.limit(Math.min(limit, buffer.position() + BLOCKING_BYTES));
        try {
            return link.write(buffer);
        } finally {
            buffer.limit(limit);
        }
    }

    private static long sendRegion(Segment.Region region, long most, Link link, LongConsumer progress) throws IOException {
        long wanted = link.waits() ? Math.min(most, BLOCKING_REGION) : most;
        long sent = link.transfer(region.file(), region.position(), wanted);
        if (sent > 0) {
            region.sent(sent);
            progress.accept(sent);
            return sent;
        }
        if (region.position() >= region.file().size()) {
            throw new IOException("the file became shorter while it was sent: " + region.left() + " bytes are missing");
        }
        return link.waits() ? copyRegion(region, wanted, link, progress) : 0;
    }

    /// Through memory: a read on a virtual thread leaves the socket non-blocking underneath, and a transfer then gives up where a write waits.
    private static long copyRegion(Segment.Region region, long wanted, Link link, LongConsumer progress) throws IOException {
        ByteBuffer copied = ByteBuffer.allocate((int) Math.min(wanted, BLOCKING_BYTES));
        region.file().read(copied, region.position());
        copied.flip();
        long sent = 0;
        while (copied.hasRemaining()) {
            int written = link.write(copied);
            region.sent(written);
            progress.accept(written);
            sent += written;
        }
        return sent;
    }

    private static long sendStage(ByteBuffer stage, Link link, LongConsumer progress) throws IOException {
        long sent = 0;
        while (stage.hasRemaining()) {
            int written = link.write(stage);
            if (written == 0) {
                break;
            }
            sent += written;
            progress.accept(written);
        }
        return sent;
    }
}
