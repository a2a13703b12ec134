package dev.sluice.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// How many new connections a second each address has made, against a limit with bursts of a second's worth: the generic cell rate
/// algorithm.
///
/// Of each address it knows one moment: when all that it has taken is paid back, at the limit's pace. That is never more than a second
/// ahead, whatever the limit is or becomes, so an address that has paid back is forgotten when it is the one seen least recently. Not for
/// several threads: the registry's lock guards it.
final class Throttle {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    /// So that a flood from many addresses cannot take the memory; those seen least recently are forgotten, and begin with a full second's
    /// worth again.
    static final int MOST_ADDRESSES = 1 << 16;

    /// In the order in which the addresses were last seen.
    private final LinkedHashMap<Object, Long> paidBack = new LinkedHashMap<>(16, 0.75f, true);

    /// Whether one more may come now. Takes nothing.
    ///
    /// @param perSecond 0 for no limit
    /// @param now       by the monotonic clock
    boolean permits(Object address, int perSecond, long now) {
        if (perSecond == 0) {
            paidBack.clear();
            return true;
        }
        Long until = paidBack.get(address);
        return until == null || until - now <= SECOND - pace(perSecond);
    }

    /// One has come that was permitted.
    void take(Object address, int perSecond, long now) {
        if (perSecond == 0) {
            return;
        }
        Long until = paidBack.get(address);
        long from = until == null || until - now < 0 ? now : until;
        paidBack.put(address, from + pace(perSecond));
        forget(now);
    }

    private static long pace(int perSecond) {
        return SECOND / perSecond;
    }

    private void forget(long now) {
        Iterator<Map.Entry<Object, Long>> leastRecent = paidBack.entrySet().iterator();
        while (leastRecent.hasNext() && (leastRecent.next().getValue() - now <= 0 || paidBack.size() > MOST_ADDRESSES)) {
            leastRecent.remove();
        }
    }

    int addresses() {
        return paidBack.size();
    }
}
