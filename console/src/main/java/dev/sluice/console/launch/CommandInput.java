package dev.sluice.console.launch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/// The standard input as characters, that can be told to end. Read by one thread; its fields are volatile, for those who ask.
final class CommandInput extends Reader {

    private final Reader in;
    private volatile boolean ended;
    private volatile boolean waiting;
    private volatile boolean saidAnything;
    private volatile boolean exhausted;

    CommandInput(InputStream in) {
        this.in = new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
        waiting = true;
        try {
            int count = ended ? -1 : take(into, offset, length);
            saidAnything |= count > 0;
            return ended ? -1 : count;
        } finally {
            waiting = false;
        }
    }

    private int take(char[] into, int offset, int length) throws IOException {
        try {
            int count = in.read(into, offset, length);
            exhausted |= count < 0;
            return count;
        } catch (IOException broken) {
            exhausted = true;
            throw broken;
        }
    }

    /// From now on there is no more.
    void end() {
        ended = true;
    }

    /// Whether the reader is in a call that may never return.
    boolean isWaiting() {
        return waiting;
    }

    /// Whether the standard input itself has ended, or has failed.
    boolean isExhausted() {
        return exhausted;
    }

    boolean saidAnything() {
        return saidAnything;
    }

    /// The standard input stays open: it is not ours.
    @Override
    public void close() {}
}
