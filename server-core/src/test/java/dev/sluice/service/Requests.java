package dev.sluice.service;

import dev.sluice.protocol.Call;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/// A call that nobody cancels.
public final class Requests {

    public static final Call CALL = new Call() {
        @Override
        public Peer peer() {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
            return new Peer(1, "test", address, address);
        }

        @Override
        public long requestNumber() {
            return 1;
        }

        @Override
        public Duration remaining() {
            return Duration.ofSeconds(1);
        }

        @Override
        public boolean cancelled() {
            return false;
        }

        @Override
        public void onEnding(Consumer<CallEnding> action) {}
    };

    private Requests() {}
}
