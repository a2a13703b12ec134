package dev.sluice.wire;

import dev.sluice.protocol.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A part of what is to be sent, in order.
public sealed interface Segment {

    /// Bytes in memory, from the buffer's position to its limit.
    record Bytes(ByteBuffer buffer) implements Segment {}

    /// What is left of a region of a file. Confined to the thread that writes the connection.
    final class Region implements Segment {
        private final FileChannel file;
        private long position;
        private long left;

        Region(FileChannel file, long position, long left) {
            this.file = file;
            this.position = position;
            this.left = left;
        }

        public FileChannel file() {
            return file;
        }

        public long position() {
            return position;
        }

        public long left() {
            return left;
        }

        public void sent(long count) {
            position += count;
            left -= count;
        }
    }

    /// What a source gives. Confined to the thread that writes the connection, or to the one that it leaves a pull to meanwhile; but for `drainBegan` and
    /// `abandon`. The monitor guards `puller` and `abandoned`.
    final class Pulled implements Segment {
        private static final int STAGE = 16 << 10;

        private final ByteSource source;
        private final ByteBuffer stage = ByteBuffer.allocate(STAGE).limit(0);
        private final AtomicBoolean told = new AtomicBoolean();
        private final boolean blocks;
        private int given = 1;
        private boolean elsewhere;
        /// Inside a pull that may block.
        private @Nullable Thread puller;
        private boolean abandoned;

        Pulled(ByteSource source) {
            this.source = source;
            this.blocks = source.mayBlock();
        }

        /// Bytes that were pulled and not yet sent.
        public ByteBuffer stage() {
            return stage;
        }

        /// How many these are, as far as the thread that writes the connection may know.
        int staged() {
            return elsewhere ? 0 : stage.remaining();
        }

        /// Whether the last pull was the last.
        public boolean ended() {
            return given < 0;
        }

        /// Whether the last pull gave nothing for now.
        public boolean paused() {
            return given == 0;
        }

        public boolean mayBlock() {
            return blocks;
        }

        /// The next pull is left to another thread; until [#back], nobody but that one touches the segment.
        public void away() {
            elsewhere = true;
        }

        public void back() {
            elsewhere = false;
        }

        /// Tells the source of a drain, once. From any thread.
        void drainBegan() {
            if (told.compareAndSet(false, true)) {
                Attempt.make(source::drainBegan);
            }
        }

        /// Fills the empty stage from the source. Clears what the source leaves of an interrupt, which would close the channel.
        ///
        /// @return as [ByteSource#pull]
        public int pull(Runnable resume) throws IOException {
            if (blocks) {
                enter();
            }
            stage.clear();
            try {
                given = source.pull(stage, resume);
                return given;
            } finally {
                stage.flip();
                leave();
            }
        }

        private synchronized void enter() throws IOException {
            if (abandoned) {
                throw new ClosedChannelException();
            }
            puller = Thread.currentThread();
        }

        private void leave() {
            if (blocks) {
                synchronized (this) {
                    puller = null;
                }
            }
            Thread.interrupted();
        }

        /// Nobody waits for it any more: a pull that may block is interrupted, and none begins. From any thread.
        synchronized void abandon() {
            abandoned = true;
            if (puller != null) {
                puller.interrupt();
            }
        }
    }

    /// Lets go of what the segment owns. Called once. What that throws is logged: the connection must end whatever happens here.
    default void release() {
        switch (this) {
            case Bytes bytes -> {}
            case Pulled pulled -> Attempt.make(pulled.source::close);
            case Region region -> Attempt.make(region.file::close);
        }
    }
}
