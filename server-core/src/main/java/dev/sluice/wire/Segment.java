package dev.sluice.wire;

import dev.sluice.protocol.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;

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

    /// What a source gives. Confined to the thread that writes the connection, but for `drainBegan`.
    final class Pulled implements Segment {
        private static final int STAGE = 16 << 10;

        private final ByteSource source;
        private final ByteBuffer stage = ByteBuffer.allocate(STAGE).limit(0);
        private final AtomicBoolean told = new AtomicBoolean();

        Pulled(ByteSource source) {
            this.source = source;
        }

        /// Bytes that were pulled and not yet sent.
        public ByteBuffer stage() {
            return stage;
        }

        /// Tells the source of a drain, once. From any thread.
        void drainBegan() {
            if (told.compareAndSet(false, true)) {
                Attempt.make(source::drainBegan);
            }
        }

        /// Fills the empty stage from the source.
        ///
        /// @return as [ByteSource#pull]
        public int pull(Runnable resume) throws IOException {
            stage.clear();
            try {
                return source.pull(stage, resume);
            } finally {
                stage.flip();
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
