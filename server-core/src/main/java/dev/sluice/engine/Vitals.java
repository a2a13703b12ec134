package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.engine.Connection.Cause;
import dev.sluice.protocol.SpoolFile;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What several threads know of one connection: its state, whether and why it ends, what it has moved, and the files of its bodies. These are fields rather
/// than atomic objects, which tens of thousands of idle connections would each have six of.
///
/// The counts are added to by one thread at a time and read by any, a moment late at most; that costs a plain addition. All else is volatile,
/// and what two sides want is taken by a compare-and-set.
abstract class Vitals {

    private static final VarHandle STATE = field("state", ConnectionState.class);
    private static final VarHandle ENDED = field("ended", boolean.class);
    private static final VarHandle CAUSE = field("cause", Cause.class);
    private static final VarHandle SPOOLS = field("spools", SpoolFiles.class);
    private static final VarHandle REQUESTS = field("requests", long.class);
    private static final VarHandle BYTES_IN = field("bytesIn", long.class);
    private static final VarHandle BYTES_OUT = field("bytesOut", long.class);

    private volatile ConnectionState state = ConnectionState.QUEUED;
    private volatile boolean ended;
    private volatile @Nullable Cause cause;
    /// Null until a body is written to a file, which most never are; those of one that has ended close whatever comes.
    private volatile @Nullable SpoolFiles spools;
    @SuppressWarnings("unused") // by REQUESTS
    private long requests;
    @SuppressWarnings("unused") // by BYTES_IN
    private long bytesIn;
    @SuppressWarnings("unused") // by BYTES_OUT
    private long bytesOut;

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Vitals.class, name, type);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    // ---- its state ----

    public final ConnectionState state() {
        return state;
    }

    final void state(ConnectionState next) {
        state = next;
    }

    /// Goes from one state to another, unless somebody else was faster.
    final boolean claim(ConnectionState from, ConnectionState to) {
        return STATE.compareAndSet(this, from, to);
    }

    // ---- its end ----

    final boolean ended() {
        return ended;
    }

    /// @return whether this call has ended it
    final boolean endsNow() {
        return ENDED.compareAndSet(this, false, true);
    }

    /// Decides why the connection will have ended, if nothing has yet.
    final void because(CloseReason reason, String detail) {
        because(new Cause(reason, detail));
    }

    final void because(Cause why) {
        CAUSE.compareAndSet(this, null, why);
    }

    /// Why it ends or has ended; null while nothing was decided.
    final @Nullable Cause cause() {
        return cause;
    }

    // ---- the files of its bodies ----

    /// A part of a file is about to be written. Of a connection that has ended, it is closed.
    final void keep(SpoolFile file) {
        SpoolFiles kept = spools;
        if (kept == null) {
            SpoolFiles fresh = new SpoolFiles();
            kept = (SpoolFiles) SPOOLS.compareAndExchange(this, null, fresh);
            kept = kept == null ? fresh : kept;
        }
        kept.add(file);
    }

    /// It has ended: closes its files, and those that are yet to come.
    final void closeFiles() {
        SpoolFiles before = (SpoolFiles) SPOOLS.getAndSet(this, SpoolFiles.ENDED);
        if (before != null) {
            before.end();
        }
    }

    // ---- what it has moved ----

    final void countRequest() {
        add(REQUESTS, 1);
    }

    final void countIn(long bytes) {
        add(BYTES_IN, bytes);
    }

    final void countOut(long bytes) {
        add(BYTES_OUT, bytes);
    }

    private void add(VarHandle count, long amount) {
        count.setRelease(this, (long) count.getOpaque(this) + amount);
    }

    final long requests() {
        return (long) REQUESTS.getAcquire(this);
    }

    final long bytesIn() {
        return (long) BYTES_IN.getAcquire(this);
    }

    final long bytesOut() {
        return (long) BYTES_OUT.getAcquire(this);
    }
}
