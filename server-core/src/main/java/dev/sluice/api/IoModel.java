package dev.sluice.api;

/// Which threads read and write a listener's connections.
public sealed interface IoModel {

    /// The name in configuration and in the console.
    String name();

    /// The thread that runs the handler also reads and writes its one connection, for the connection's life.
    record Blocking() implements IoModel {
        @Override
        public String name() {
            return "blocking";
        }
    }

    /// Two threads for each connection, a receiver and a sender, joined to the pool by bounded queues.
    ///
    /// @param threads what a receiver and a sender are
    record Duplex(Threads threads) implements IoModel {

        /// What a receiver and a sender are.
        public enum Threads {
            VIRTUAL,
            PLATFORM
        }

        @Override
        public String name() {
            return "duplex";
        }
    }

    /// A few threads, each of which serves many connections without blocking.
    ///
    /// @param loops how many threads
    record EventLoop(int loops) implements IoModel {

        public EventLoop {
            Check.range("loops", loops, 1, 1_024);
        }

        @Override
        public String name() {
            return "event-loop";
        }
    }

    static IoModel blocking() {
        return new Blocking();
    }

    /// Duplex on virtual threads.
    static IoModel duplex() {
        return new Duplex(Duplex.Threads.VIRTUAL);
    }

    /// One loop for every two processors.
    static IoModel eventLoop() {
        return new EventLoop(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }
}
