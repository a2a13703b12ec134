package dev.sluice.engine;

import dev.sluice.protocol.SpoolFile;
import java.util.ArrayList;
import java.util.List;

/// The files of one connection's requests that are not answered yet, so that none outlives it. Guarded by the monitor, under which nothing is called that waits.
final class SpoolFiles {

    /// Of connections that have ended before they had files.
    static final SpoolFiles ENDED = new SpoolFiles(true);

    private List<SpoolFile> open = List.of();
    private boolean ended;

    SpoolFiles() {
        this(false);
    }

    private SpoolFiles(boolean ended) {
        this.ended = ended;
    }

    /// A part of a file is about to be written. Of a connection that has ended, it is closed.
    void add(SpoolFile file) {
        if (!kept(file)) {
            file.close();
        }
    }

    private synchronized boolean kept(SpoolFile file) {
        if (!ended && !open.contains(file)) {
            List<SpoolFile> next = new ArrayList<>(open);
            next.removeIf(SpoolFile::isClosed);
            next.add(file);
            open = next;
        }
        return !ended;
    }

    /// The connection has ended.
    void end() {
        taken().forEach(SpoolFile::close);
    }

    private synchronized List<SpoolFile> taken() {
        List<SpoolFile> left = open;
        open = List.of();
        ended = true;
        return left;
    }
}
