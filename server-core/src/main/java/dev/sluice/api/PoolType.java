package dev.sluice.api;

import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/// The executor behind a pool's gate.
public sealed interface PoolType {

    /// The name in configuration and in the console.
    String name();

    /// As many platform threads as the pool's size, kept.
    record Fixed() implements PoolType {
        @Override
        public String name() {
            return "fixed";
        }
    }

    /// Platform threads made when needed, up to the pool's size, and ended after a minute without work.
    record Cached() implements PoolType {
        @Override
        public String name() {
            return "cached";
        }
    }

    /// A [java.util.concurrent.ForkJoinPool] in asynchronous (first in, first out) mode.
    record WorkStealing() implements PoolType {
        @Override
        public String name() {
            return "work-stealing";
        }
    }

    /// A new virtual thread for each task.
    record Virtual() implements PoolType {
        @Override
        public String name() {
            return "virtual";
        }
    }

    /// An executor of the user's own.
    ///
    /// @param name     as shown and configured
    /// @param executor called once, when the server starts or when a pool changes to this type; gives a running executor, and never again one
    ///                 that it gave before if that is owned
    /// @param owned    whether the server shuts it down, when it ends or when the pool has changed to another type and the executor has
    ///                 nothing left to do; otherwise it never does
    record Custom(String name, Supplier<? extends ExecutorService> executor, boolean owned) implements PoolType {}
}
