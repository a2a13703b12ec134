package dev.sluice.api;

import dev.sluice.protocol.Outcome;

/// Is told of each request, in primitives. Shared: called from any thread that serves requests, so it must not wait, lock for long, or allocate.
/// What it throws is logged and changes nothing.
@FunctionalInterface
public interface RequestProbe {

    /// Sees nothing.
    RequestProbe NONE = (outcome, queueWait, service) -> {};

    /// A request has ended.
    ///
    /// @param outcome   how
    /// @param queueWait nanoseconds it waited for a permit; 0 where it needed none, or its connection holds it
    /// @param service   nanoseconds from the call of the handler to the encoded response; 0 when it never reached its handler. Requests that came together
    ///                  and are handled on an event loop are timed together, up to sixteen, decoding included: each has an even share,
    ///                  but for one that takes longer than about a twentieth of a second, which is timed by itself
    void ended(Outcome outcome, long queueWait, long service);

    /// Makes the probe of each listener as it starts.
    @FunctionalInterface
    interface Factory {

        Factory NONE = (listener, role, protocol) -> RequestProbe.NONE;

        RequestProbe of(String listener, Role role, String protocol);
    }
}
