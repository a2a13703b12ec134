package dev.sluice.engine;

import dev.sluice.pool.Work;

/// Closes a handler where handlers run.
record HandlerClosing(Dialogue<?, ?> dialogue) implements Work {

    @Override
    public void run(long queueWait) {
        dialogue.closeHandler();
    }

    @Override
    public void abandoned(Throwable cause) {
        dialogue.closeHandler();
    }
}
