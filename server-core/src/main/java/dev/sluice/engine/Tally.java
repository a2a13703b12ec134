package dev.sluice.engine;

import dev.sluice.api.RefusalReason;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// The account of one listener. Guarded by the lock of the [ConnectionRegistry]; what a live connection has moved is added when it ends.
final class Tally {

    long accepted;
    final Map<RefusalReason, Long> refused = new EnumMap<>(RefusalReason.class);
    /// Connections that hold a place: admitted, or about to be.
    int places;
    final Throttle throttle = new Throttle();
    private final Map<Object, Integer> placesByAddress = new HashMap<>();
    int connections;
    int peak;
    long requests;
    long bytesIn;
    long bytesOut;

    Tally() {
        for (RefusalReason reason : RefusalReason.values()) {
            refused.put(reason, 0L);
        }
    }

    int perAddress(Object address) {
        return placesByAddress.getOrDefault(address, 0);
    }

    /// Counts one that holds a place under an address.
    void count(Object address) {
        placesByAddress.merge(address, 1, Integer::sum);
    }

    void giveBack(Object address) {
        placesByAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    void refused(RefusalReason reason) {
        accepted++;
        refused.merge(reason, 1L, Long::sum);
    }

    void admitted() {
        accepted++;
        connections++;
        peak = Math.max(peak, connections);
    }

    void ended(Connection<?, ?> connection) {
        connections--;
        requests += connection.requests();
        bytesIn += connection.bytesIn();
        bytesOut += connection.bytesOut();
    }
}
