package dev.sluice.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Everything that can be seen of a running server, and done to it. The console and the metrics hold nothing else, so an embedder can do
/// what they do. Safe from any thread. What reads takes a snapshot and never stalls traffic.
public interface ServerControl {

    ServerState state();

    /// The configuration that holds now, changes since the start included.
    ServerConfig config();

    ServerStats stats();

    /// How many lines of access logs were dropped, because they came faster than they were written.
    long accessLogDropped();

    /// What happened lately.
    Recent recent();

    /// In the order of the configuration, admin listeners included.
    List<ListenerInfo> listeners();

    /// In the order of the configuration.
    List<PoolInfo> pools();

    /// All connections, those of admin listeners excepted, by ascending id.
    List<ConnectionInfo> connections();

    /// One connection with the stack of the thread that serves it; empty when there is none with that id (any more).
    Optional<ConnectionDetail> connection(long id);

    /// All threads of the server, virtual ones included.
    List<ThreadInfo> threads();

    List<LoopInfo> loops();

    /// Ends connections.
    KickReport kick(Predicate<? super ConnectionInfo> who, Kick how);

    /// Changes how many may run at once in a pool; overrides the configuration.
    ///
    /// @throws IllegalArgumentException when there is no such pool, or the size is out of bounds
    ResizeReport resize(String pool, int size);

    /// Stops accepting; the port stays bound. No effect when it is paused already.
    ///
    /// @throws IllegalArgumentException when there is no such listener
    /// @throws IllegalStateException    when it is draining or closed
    void pause(String listener);

    /// Accepts again; binds again what could not be when a drain was cancelled. No effect when it is not paused.
    ///
    /// @throws IllegalArgumentException when there is no such listener
    /// @throws IllegalStateException    when the server is draining, or the address cannot be had
    void resume(String listener);

    /// What [#apply] would do.
    ReloadReport plan(ServerConfig next);

    /// Changes the configuration, all or nothing: one key that cannot change while the server runs refuses the whole. One application at a
    /// time; another waits for it.
    ///
    /// @throws IllegalStateException    during a drain
    /// @throws IllegalArgumentException when an executor of the user's own, to which a pool is to change, cannot be had
    ReloadReport apply(ServerConfig next);

    /// Drains up to the end of [DrainPhase#ACTIVE], and stays drained; waits for it. When a drain is under way, waits for that one.
    ///
    /// @throws IllegalStateException when the server is stopping or stopped
    /// @throws InterruptedException  when the waiting thread is interrupted; the drain goes on
    DrainReport drain(DrainConfig policy) throws InterruptedException;

    /// Where the drain stands.
    DrainProgress drainProgress();

    /// Goes back to running, from any phase before [DrainPhase#FORCE] and from drained.
    CancelReport cancelDrain();

    /// Lets every remaining budget of the drain under way end within a second. No effect when there is none.
    void forceDrain();

    /// Drains, forces what is left, and releases everything; waits for it. A drain under way goes on under this policy.
    ///
    /// @return the report; of the drain that was cancelled, if it was
    /// @throws InterruptedException when the waiting thread is interrupted; the shutdown goes on
    DrainReport shutdown(DrainConfig policy) throws InterruptedException;

    /// Waits until the server has stopped.
    ///
    /// @throws InterruptedException when the waiting thread is interrupted
    void awaitStopped() throws InterruptedException;
}
