package dev.sluice.protocol.http;

import dev.sluice.protocol.ByteSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Gives a text in steps, and ends early when a drain begins.
final class TextSource implements ByteSource {

    private final ByteBuffer text;
    private final int step;
    private boolean paused;
    private int closed;

    TextSource(String text, int step) {
        this.text = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        this.step = step;
    }

    void pauseOnce() {
        paused = true;
    }

    int closed() {
        return closed;
    }

    @Override
    public int pull(ByteBuffer into, Runnable resume) {
        if (paused) {
            paused = false;
            return 0;
        }
        int count = Math.min(step, Math.min(text.remaining(), into.remaining()));
        into.put(text.slice(text.position(), count));
        text.position(text.position() + count);
        return count == 0 ? -1 : count;
    }

    @Override
    public void drainBegan() {
        text.position(text.limit());
    }

    @Override
    public void close() {
        closed++;
    }
}
