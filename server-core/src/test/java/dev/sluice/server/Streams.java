package dev.sluice.server;

import dev.sluice.api.Endpoint;
import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.ByteSource;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.line.LineProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A protocol of lines that are answered with regions of files and with sources, each behind a first line, and before a last one.
final class Streams implements Protocol<String, Streams.Part> {

    private final LineProtocol lines = new LineProtocol();

    static Endpoint<String, Part> endpoint(Function<String, Part> answers) {
        return new Endpoint<>(new Streams(), "streams", HandlerFactory.of((request, call) -> answers.apply(request)));
    }

    /// What an answer is made of; closed when it is not to be sent.
    sealed interface Part extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    record Words(String text) implements Part {
        @Override
        public void close() {
            // holds nothing
        }
    }

    record Made(ByteSource source) implements Part {
        @Override
        public void close() {
            source.close();
        }
    }

    record Region(FileChannel file, long position, long count) implements Part {
        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    @Override
    public String name() {
        return "streams";
    }

    @Override
    public Decoder<String> newDecoder() {
        return lines.newDecoder();
    }

    @Override
    public Ending encode(String request, Part response, boolean last, ByteSink out) {
        out.put("<".getBytes(StandardCharsets.US_ASCII));
        if (request.startsWith("fail-early")) {
            throw new IllegalStateException("asked to fail before anything was given");
        }
        switch (response) {
            case Words(String text) -> out.put(text.getBytes(StandardCharsets.US_ASCII));
            case Made(ByteSource source) -> out.source(source);
            case Region(FileChannel file, long position, long count) -> out.file(file, position, count);
        }
        out.put(">\n".getBytes(StandardCharsets.US_ASCII));
        if (request.startsWith("fail-encode")) {
            throw new IllegalStateException("asked to fail");
        }
        return Ending.KEEP_OPEN;
    }

    @Override
    public Ending refuse(@Nullable String request, Refusal why, ByteSink out) {
        return lines.refuse(request, why, out);
    }

    /// A source that gives so many bytes, or fewer once a drain has begun, and counts how it is treated.
    static class Counted implements ByteSource {
        final AtomicLong given = new AtomicLong();
        final AtomicInteger closed = new AtomicInteger();
        final AtomicInteger told = new AtomicInteger();
        final AtomicInteger pulledAfterClose = new AtomicInteger();
        final long length;

        Counted(long length) {
            this.length = length;
        }

        @Override
        public int pull(ByteBuffer into, Runnable resume) throws IOException {
            if (closed.get() > 0) {
                pulledAfterClose.incrementAndGet();
            }
            long left = told.get() > 0 ? 0 : length - given.get();
            if (left == 0) {
                return -1;
            }
            int count = (int) Math.min(into.remaining(), left);
            for (int i = 0; i < count; i++) {
                into.put((byte) 'x');
            }
            given.addAndGet(count);
            return count;
        }

        @Override
        public void drainBegan() {
            told.incrementAndGet();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    /// A source that has nothing to give until it is told to go on.
    static class Paused extends Counted {
        private volatile @Nullable Runnable waiting;
        private volatile boolean open;

        Paused(long length) {
            super(length);
        }

        @Override
        public int pull(ByteBuffer into, Runnable resume) throws IOException {
            waiting = resume;
            return open ? super.pull(into, resume) : 0;
        }

        boolean waits() {
            return waiting != null;
        }

        void goOn() {
            open = true;
            Runnable resume = waiting;
            if (resume != null) {
                resume.run();
            }
        }
    }
}
