package dev.sluice.transport.tls;

import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.ArrayDeque;
import java.util.Random;

/// Two ends of a connection in memory, which never wait, and let through so many bytes at a time, and now and then nothing at all.
final class Pipe {

    private final int piece;
    private final int room;
    private final ArrayDeque<Byte> there = new ArrayDeque<>();
    private final ArrayDeque<Byte> back = new ArrayDeque<>();
    private boolean ended;

    /// @param piece in bytes
    /// @param room  how many may be on their way
    Pipe(int piece, int room) {
        this.piece = piece;
        this.room = room;
    }

    ByteChannel client() {
        return new End(back, there);
    }

    ByteChannel server() {
        return new End(there, back);
    }

    /// The client's FIN.
    void end() {
        ended = true;
    }

    private final class End implements ByteChannel {
        private final ArrayDeque<Byte> in;
        private final ArrayDeque<Byte> out;
        private final Random random = new Random(5);

        End(ArrayDeque<Byte> in, ArrayDeque<Byte> out) {
            this.in = in;
            this.out = out;
        }

        @Override
        public int read(ByteBuffer into) {
            int count = random.nextInt(3) > 0 ? Math.min(piece, Math.min(in.size(), into.remaining())) : 0;
            for (int i = 0; i < count; i++) {
                into.put(in.remove());
            }
            return count == 0 && ended && in.isEmpty() ? -1 : count;
        }

        @Override
        public int write(ByteBuffer from) {
            int count = random.nextInt(3) > 0 ? Math.min(Math.min(piece, room - out.size()), from.remaining()) : 0;
            for (int i = 0; i < count; i++) {
                out.add(from.get());
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
