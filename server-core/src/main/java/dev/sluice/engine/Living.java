package dev.sluice.engine;

import java.util.AbstractCollection;
import java.util.BitSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The living connections of a registry, in no order. Each has a place in an array from its admission to its end: a map would take seventy bytes more for
/// each, and they are looked for by their number only when an operator asks.
///
/// Changed under the registry's lock, which guards `taken`, `lowest` and every `place`; read without. Reading is weakly consistent: whoever lives all the
/// while is met once, others may be.
final class Living extends AbstractCollection<Connection<?, ?>> {

    private static final int FIRST_PLACES = 64;

    /// Replaced when it is full.
    private volatile AtomicReferenceArray<@Nullable Connection<?, ?>> places = new AtomicReferenceArray<>(FIRST_PLACES);
    private volatile int size;
    private final BitSet taken = new BitSet();
    /// Below it all places are taken.
    private int lowest;

    /// Gives it a place. Under the registry's lock.
    void enter(Connection<?, ?> connection) {
        int count = size;
        int place = taken.nextClearBit(lowest);
        if (place >= places.length()) {
            places = roomier(places); // first: where there is no memory for that, nothing has changed
        }
        taken.set(place);
        lowest = place + 1;
        connection.place = place;
        places.setRelease(place, connection);
        size = count + 1;
    }

    private static AtomicReferenceArray<@Nullable Connection<?, ?>> roomier(AtomicReferenceArray<@Nullable Connection<?, ?>> full) {
        AtomicReferenceArray<@Nullable Connection<?, ?>> roomier = new AtomicReferenceArray<>(full.length() + (full.length() >> 1));
        for (int place = 0; place < full.length(); place++) {
            roomier.setPlain(place, full.getPlain(place));
        }
        return roomier;
    }

    /// Takes its place back, if it has one. Under the registry's lock.
    void leave(Connection<?, ?> connection) {
        int count = size;
        if (holds(connection)) {
            taken.clear(connection.place);
            lowest = Math.min(lowest, connection.place);
            places.setRelease(connection.place, null);
            size = count - 1;
        }
    }

    /// Whether it has entered and not left. Under the registry's lock.
    boolean holds(Connection<?, ?> connection) {
        return places.getPlain(connection.place) == connection;
    }

    /// Looks at each; null when none has this number.
    @Nullable Connection<?, ?> find(long id) {
        for (Connection<?, ?> connection : this) {
            if (connection.id() == id) {
                return connection;
            }
        }
        return null;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<Connection<?, ?>> iterator() {
        return new Round();
    }

    /// Of no known size, which may change on the way.
    @Override
    public Spliterator<Connection<?, ?>> spliterator() {
        return Spliterators.spliteratorUnknownSize(iterator(), Spliterator.DISTINCT | Spliterator.NONNULL | Spliterator.CONCURRENT);
    }

    /// It looks at the places of the moment, each time: nobody moves, and those of before may hold many who have ended.
    private final class Round implements Iterator<Connection<?, ?>> {

        private int place;
        private @Nullable Connection<?, ?> next;

        Round() {
            this.next = after();
        }

        private @Nullable Connection<?, ?> after() {
            AtomicReferenceArray<@Nullable Connection<?, ?>> now = places;
            while (place < now.length()) {
                Connection<?, ?> there = now.getAcquire(place++);
                if (there != null) {
                    return there;
                }
            }
            return null;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public Connection<?, ?> next() {
            Connection<?, ?> met = next;
            if (met == null) {
                throw new NoSuchElementException();
            }
            next = after();
            return met;
        }
    }
}
