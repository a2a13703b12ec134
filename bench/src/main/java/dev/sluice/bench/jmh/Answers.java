package dev.sluice.bench.jmh;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// What servers send. Each benchmark looks at one answer before it begins, since one that fails may well be faster.
final class Answers {

    private Answers() {}

    /// @param answer the whole of one, from position to limit
    /// @return how long it is
    /// @throws IllegalStateException when it does not say hello
    static int length(ByteBuffer answer) {
        String text = StandardCharsets.ISO_8859_1.decode(answer.duplicate()).toString();
        if (!text.startsWith("HTTP/1.1 200 ") || !text.endsWith("Hello, World!")) {
            throw new IllegalStateException("this does not say hello: " + text);
        }
        return text.length();
    }

    /// Reads so many bytes, and nothing beyond them. What came last is in the buffer.
    static int receive(SocketChannel client, ByteBuffer in, int expected) throws IOException {
        int received = 0;
        while (received < expected) {
            int count = client.read(in.clear());
            if (count < 0) {
                throw new EOFException("the connection ended after " + received + " of " + expected + " bytes");
            }
            received += count;
        }
        if (received > expected) {
            throw new IllegalStateException(received + " bytes came, but should be " + expected);
        }
        return received;
    }
}
