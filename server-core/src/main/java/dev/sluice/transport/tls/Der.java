package dev.sluice.transport.tls;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// As much of DER (X.690) as private keys need. Pure functions.
final class Der {

    private Der() {}

    /// A value with its tag and length.
    static byte[] of(int tag, byte[] content) {
        int length = content.length;
        ByteBuffer out = ByteBuffer.allocate(length + 6).put((byte) tag);
        if (length < 0x80) {
            out.put((byte) length);
        } else if (length < 0x100) {
            out.put((byte) 0x81).put((byte) length);
        } else {
            out.put((byte) 0x82).putShort((short) length);
        }
        return Arrays.copyOf(out.put(content).array(), out.position());
    }

    static byte[] sequence(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return of(0x30, all.array());
    }

    /// AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY }
    static byte[] algorithm(byte[] identifier, byte[] parameters) {
        return sequence(of(6, identifier), parameters);
    }

    /// Reads values one after the other. What is broken is an [IllegalArgumentException].
    static final class Reader {
        private final ByteBuffer in;

        Reader(byte[] bytes) {
            this(ByteBuffer.wrap(bytes));
        }

        private Reader(ByteBuffer in) {
            this.in = in;
        }

        /// What is in the next value, which has this tag.
        Reader inner(int tag) {
            if (!in.hasRemaining() || (in.get() & 0xff) != tag) {
                throw new IllegalArgumentException("another value");
            }
            return next();
        }

        void skip() {
            if (!in.hasRemaining()) {
                throw new IllegalArgumentException("no value");
            }
            in.get();
            next();
        }

        byte[] rest() {
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            return rest;
        }

        private Reader next() {
            int length = length();
            if (length < 0 || length > in.remaining()) {
                throw new IllegalArgumentException("cut off");
            }
            ByteBuffer content = in.slice(in.position(), length);
            in.position(in.position() + length);
            return new Reader(content);
        }

        private int length() {
            int first = in.hasRemaining() ? in.get() & 0xff : -1;
            if (first < 0x80) {
                return first;
            }
            int bytes = first & 0x7f;
            if (bytes > 3 || bytes > in.remaining()) {
                return -1;
            }
            int length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | in.get() & 0xff;
            }
            return length;
        }
    }
}
