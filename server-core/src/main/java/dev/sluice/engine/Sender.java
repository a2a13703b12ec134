package dev.sluice.engine;

import dev.sluice.wire.Output;
import dev.sluice.wire.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.LongConsumer;

/// Sends what an output holds, in order, to a blocking or a non-blocking channel.
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
    static Sent send(Output output, SocketChannel channel, LongConsumer progress, Runnable resume) throws IOException {
        long share = TURN;
        for (Segment head = output.head(); head != null; head = output.head()) {
            long before = share;
            switch (head) {
                case Segment.Bytes(ByteBuffer buffer) -> {
                    if (!sendBytes(output, buffer, channel, progress)) {
                        return Sent.PART;
                    }
                    output.advance();
                }
                case Segment.Region region -> {
                    if (region.left() == 0) {
                        output.advance();
                        continue;
                    }
                    share -= sendRegion(region, Math.min(share, region.left()), channel, progress);
                    if (region.left() == 0) {
                        output.advance();
                    } else if (share == before || share <= 0) {
                        return Sent.PART;
                    }
                }
                case Segment.Pulled pulled -> {
                    boolean staged = pulled.stage().hasRemaining();
                    if (!staged && !pulled.ended() && pulled.mayBlock()) {
                        return Sent.BLOCKS;
                    }
                    if (!staged && !pulled.ended() && pulled.pull(resume) == 0) {
                        return Sent.LATER;
                    }
                    if (!staged && pulled.ended()) {
                        output.advance();
                    } else {
                        share -= sendStage(pulled.stage(), channel, progress);
                        if (pulled.stage().hasRemaining() || share <= 0) {
                            return Sent.PART;
                        }
                    }
                }
            }
        }
        return Sent.ALL;
    }

    private static boolean sendBytes(Output output, ByteBuffer buffer, SocketChannel channel, LongConsumer progress) throws IOException {
        while (buffer.hasRemaining()) {
            int written = channel.isBlocking() ? writeSome(buffer, channel) : channel.write(buffer);
            if (written == 0) {
                return false;
            }
            output.sent(written);
            progress.accept(written);
        }
        return true;
    }

    private static int writeSome(ByteBuffer buffer, SocketChannel channel) throws IOException {
        int limit = buffer.limit();
        buffer.limit(Math.min(limit, buffer.position() + BLOCKING_BYTES));
        try {
            return channel.write(buffer);
        } finally {
            buffer.limit(limit);
        }
    }

    private static long sendRegion(Segment.Region region, long most, SocketChannel channel, LongConsumer progress) throws IOException {
        long wanted = channel.isBlocking() ? Math.min(most, BLOCKING_REGION) : most;
        long sent = region.file().transferTo(region.position(), wanted, channel);
        if (sent > 0) {
            region.sent(sent);
            progress.accept(sent);
            return sent;
        }
        if (region.position() >= region.file().size()) {
            throw new IOException("the file became shorter while it was sent: " + region.left() + " bytes are missing");
        }
        return channel.isBlocking() ? copyRegion(region, wanted, channel, progress) : 0;
    }

    /// Through memory: a read on a virtual thread leaves the socket non-blocking underneath, and a transfer then gives up where a write waits.
    private static long copyRegion(Segment.Region region, long wanted, SocketChannel channel, LongConsumer progress) throws IOException {
        ByteBuffer copied = ByteBuffer.allocate((int) Math.min(wanted, BLOCKING_BYTES));
        region.file().read(copied, region.position());
        copied.flip();
        long sent = 0;
        while (copied.hasRemaining()) {
            int written = channel.write(copied);
            region.sent(written);
            progress.accept(written);
            sent += written;
        }
        return sent;
    }

    private static long sendStage(ByteBuffer stage, SocketChannel channel, LongConsumer progress) throws IOException {
        long sent = 0;
        while (stage.hasRemaining()) {
            int written = channel.write(stage);
            if (written == 0) {
                break;
            }
            sent += written;
            progress.accept(written);
        }
        return sent;
    }
}
