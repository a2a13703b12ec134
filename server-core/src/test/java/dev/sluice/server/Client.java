package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.awaitility.Awaitility;

/// A client of one listener. No read waits for more than twenty seconds.
final class Client implements AutoCloseable {

    private static final int PATIENCE = 20_000;

    private final Plug plug;
    private final Speech speech;
    private final InputStream in;
    private final OutputStream out;

    Client(SocketAddress server, Speech speech) throws IOException {
        this(server, speech, 0);
    }

    /// @param receiveBuffer in bytes; 0 for what is usual
    Client(SocketAddress server, Speech speech, int receiveBuffer) throws IOException {
        this(Plug.to(server, receiveBuffer, PATIENCE), speech);
    }

    /// Over TLS.
    static Client secure(SocketAddress server, Speech speech, int receiveBuffer) throws IOException {
        return new Client(Plug.secure(server, receiveBuffer, PATIENCE), speech);
    }

    Client(Plug plug, Speech speech) throws IOException {
        this.speech = speech;
        this.plug = plug;
        in = new BufferedInputStream(plug.in(), 64 << 10);
        out = plug.out();
    }

    /// Of TCP, by which the server knows it.
    int port() {
        return ((Plug.Tcp) plug).socket().getLocalPort();
    }

    Client send(byte[] bytes) throws IOException {
        out.write(bytes);
        return this;
    }

    /// Sends in pieces, each in a segment of its own where the kernels let it.
    Client send(byte[] bytes, int piece) throws IOException {
        for (int i = 0; i < bytes.length; i += piece) {
            out.write(bytes, i, Math.min(piece, bytes.length - i));
        }
        return this;
    }

    /// Sends a byte each twentieth of a second, until there is an answer or an end.
    ///
    /// @return how many were sent
    long drip(byte[] bytes) throws IOException {
        plug.patience(20);
        try {
            for (int i = 0; i < bytes.length; i++) {
                out.write(bytes[i]);
                in.mark(1);
                try {
                    in.read();
                    in.reset();
                    return i;
                } catch (SocketTimeoutException nothingYet) {
                    // as it should be
                } catch (SocketException reset) {
                    return i; // an end too: this byte came after the server's last read
                }
            }
            return bytes.length;
        } finally {
            plug.patience(PATIENCE);
        }
    }

    Client ask(String words) throws IOException {
        return send(speech.ask(words));
    }

    /// The next line, without its end.
    String line() throws IOException {
        return Speech.line(in);
    }

    Speech.Answer answer() throws IOException {
        return speech.read(in);
    }

    void expect(String words) throws IOException {
        Speech.Answer answer = answer();
        assertEquals(words, answer.text());
        assertTrue(answer.ok());
    }

    /// An answer that the server gave in place of a handler.
    Speech.Answer expectRefusal() throws IOException {
        Speech.Answer answer = answer();
        assertFalse(answer.ok(), answer::toString);
        return answer;
    }

    /// The server has said all, and ended in order.
    void expectEnd() throws IOException {
        assertEquals("", new String(in.readAllBytes(), java.nio.charset.StandardCharsets.ISO_8859_1), "after the last answer");
    }

    /// Ends, in order or by a reset; what comes before does not matter.
    void awaitEnd() throws IOException {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (SocketException reset) {
            assertTrue(reset.getMessage().contains("reset") || reset.getMessage().contains("Broken"), reset.getMessage());
        }
    }

    /// Sends a byte now and then, until the kernel says that nobody is there to read it.
    void sendUntilReset() {
        Awaitility.await("a reset").atMost(Duration.ofMillis(PATIENCE)).pollInterval(Duration.ofMillis(5)).until(() -> {
            try {
                out.write(0);
                return false;
            } catch (IOException reset) {
                return true;
            }
        });
    }

    /// Our FIN.
    Client finish() throws IOException {
        plug.finish();
        return this;
    }

    /// Goes away without a word: the server gets a reset.
    void reset() throws IOException {
        plug.reset();
    }

    /// Closes before the end of its block.
    void leave() throws IOException {
        plug.close();
    }

    @Override
    public void close() throws IOException {
        plug.close();
    }
}
