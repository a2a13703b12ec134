package dev.sluice.engine;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.Endpoint;
import dev.sluice.api.ServerEvent;
import dev.sluice.pool.Admission;
import dev.sluice.pool.Gate;
import dev.sluice.pool.Work;
import dev.sluice.protocol.CallEnding;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.SpoolFile;
import dev.sluice.protocol.Stage;
import dev.sluice.transport.Closer;
import dev.sluice.transport.Link;
import dev.sluice.transport.SocketLink;
import dev.sluice.transport.TlsWire;
import dev.sluice.transport.Wire;
import dev.sluice.transport.tls.NotTls;
import dev.sluice.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection of two threads and a pool between them.
///
/// ```
///  receiver ─► inbound ─► [gate] one handler at a time ─► outbound ─► sender
///     reads, decodes      (words and faults pass by,       encodes, writes
///                          in their order)
///
///  IDLE: at a boundary and nothing in flight    READING: within a message    HANDLING: in inbound or the handler    WRITING: in outbound
/// ```
///
/// The lock guards the two queues, `handling`, `inFlight`, the stage of the receiver, what ended, and every change of state. It is never held across a read, a write,
/// a handler or the gate. The reader belongs to the receiver, the writer to the sender. Whichever thread leaves last ends the connection.
final class DuplexConnection<Q, R> extends Connection<Q, R> implements Work {

    private static final Logger LOG = LoggerFactory.getLogger(DuplexConnection.class);
    private static final ByteBuffer NO_WORDS = ByteBuffer.allocate(0);
    private static final Runnable NOTHING = () -> {};
    private static final int READ = 16 << 10;
    private static final int GATHERED = 64 << 10;
    /// What may wait for the handler in bytes, beyond one request.
    private static final long WAITING_BYTES = 256 << 10;
    /// What may wait for the sender: enough that it never waits for the handler's next, and no more, since responses may be large.
    private static final int ANSWERED = 8;

    /// What goes through the queues, in the order of the requests.
    private sealed interface Item<Q, R> {
        record Request<Q, R>(Q request, long number, long size) implements Item<Q, R> {}

        record Words<Q, R>(ByteBuffer bytes) implements Item<Q, R> {}

        record Answer<Q, R>(Q request, long number, Result<R> result, boolean late) implements Item<Q, R> {}

        record Fault<Q, R>(@Nullable Q partial, Refusal why, CloseReason reason, String detail) implements Item<Q, R> {}

        /// The peer has ended, and all it asked for was answered before this.
        record PeerEnd<Q, R>() implements Item<Q, R> {}
    }

    private final Closer closer;
    /// Where the bytes come from and go to: the socket, until TLS is agreed on, and then that. Replaced by the receiver, before the first item is queued.
    private Wire wire;
    private Link link;
    private final LastWord lastWord;
    /// What the last of the two threads leaves to the closer to say.
    private ByteBuffer parting = NO_WORDS;
    private boolean handshaking;
    private final ByteBuffer buffer = ByteBuffer.allocate(READ).limit(0);
    private final Semaphore resumed = new Semaphore(0);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition received = lock.newCondition();
    private final Condition answered = lock.newCondition();
    private final ArrayDeque<Item<Q, R>> inbound = new ArrayDeque<>();
    private final ArrayDeque<Item<Q, R>> outbound = new ArrayDeque<>();
    private Item.@Nullable Request<Q, R> handed;
    private Stage receiving = Stage.BETWEEN;
    private int inFlight;
    private long inboundBytes;
    /// Of the receiver: bytes of the requests so far.
    private long countedIn;
    /// Of the pool's thread: what it does when its permit is back.
    private Runnable completion = NOTHING;
    private int running = 2;
    private boolean finSent;
    private boolean stopped;
    /// Of the sender: items written to the output and not yet sent.
    private int unsent;
    /// Of the sender: the last reply written is the last, in a drain, and its protocol has no word for it.
    private boolean untold;
    /// Of the receiver: since when it is within a message.
    private Stage timed = Stage.BETWEEN;
    private long stageDeadline = NEVER;
    private long stageSince;
    private long stageFrom;
    private volatile @Nullable Thread sender;
    private volatile @Nullable Thread handler;
    private volatile long writeDeadline = NEVER;
    private volatile @Nullable Thread receiver;

    DuplexConnection(SocketChannel channel, Peer peer, Listener listener, Endpoint<Q, R> endpoint, Events events, Closer closer)
            throws IOException {
        super(channel, peer, listener, endpoint, events);
        this.closer = closer;
        this.wire = Wire.over(channel, peer.remote());
        this.link = new SocketLink(channel);
        this.lastWord = new LastWord(channel);
    }

    // ---- the receiver ----

    void runReceiver() {
        receiver = Thread.currentThread();
        try {
            settleLocked();
            receive();
        } catch (IOException gone) {
            gone(gone);
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            at(Stage.BETWEEN);
            receiver = null;
            leave(1);
        }
    }

    /// Agrees on TLS, where the listener speaks it; the sender has nothing to send meanwhile.
    ///
    /// @return whether there is something to receive
    private boolean agrees() throws IOException {
        TlsIdentity identity = listener().identity();
        if (identity == null) {
            return true;
        }
        handshaking(true);
        TlsWire tls = new TlsWire(channel, wire, identity, buffer);
        buffer.limit(buffer.position());
        try {
            agreed(tls.handshake());
        } catch (NotTls clear) {
            handshaking(false);
            enqueue(new Item.Fault<>(null, NOT_TLS, CloseReason.HANDSHAKE_FAILED, String.valueOf(clear.getMessage())));
            return false;
        } catch (IOException failed) {
            disagreed(failed);
            partWith(tls.link().farewell());
            return false;
        }
        wire = tls;
        link = tls.link();
        handshaking(false);
        return true;
    }

    private void handshaking(boolean now) {
        lock.lock();
        try {
            handshaking = now;
            if (!now) {
                settle();
            } else if (!stopped) {
                handshakes();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The sender ends, and whoever leaves last lets the closer say this.
    private void partWith(ByteBuffer words) {
        lock.lock();
        try {
            parting = words;
            stopped = true;
            received.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void receive() throws IOException {
        boolean open = introduced() && agrees();
        boolean peerEnded = false;
        while (open) {
            switch (next(buffer, peerEnded && !link.truncated())) {
                case Decoded.Complete<Q>(Q request) -> {
                    boundary();
                    decoded(request, System.nanoTime());
                    open = enqueue(new Item.Request<>(request, requests(), sizeOfLast()));
                }
                case Decoded.Interim<Q>(ByteBuffer words) -> open = enqueue(new Item.Words<>(words));
                case Decoded.Spool<Q>(SpoolFile file, ByteBuffer bytes) -> {
                    String failure = stored(file, bytes);
                    open = failure == null;
                    if (failure != null) {
                        enqueue(new Item.Fault<>(null, new Refusal.HandlerFailed(), CloseReason.ERROR, failure));
                    }
                }
                case Decoded.Malformed<Q>(Q partial, int code, String detail) -> {
                    enqueue(new Item.Fault<>(partial, new Refusal.Malformed(code, detail), CloseReason.MALFORMED, detail));
                    open = false;
                }
                case Decoded.Incomplete<Q>(Stage stage) -> {
                    reader.hold(buffer);
                    if (peerEnded) {
                        enqueue(new Item.PeerEnd<>());
                        open = false;
                        break;
                    }
                    int count = fill(stage);
                    peerEnded = count == -1;
                    open = count != Wire.TIMED_OUT;
                }
            }
        }
    }

    /// Reads what a balancer has to say first, where one has to.
    ///
    /// @return whether the protocol begins
    private boolean introduced() throws IOException {
        Introduction introduction = introduction();
        if (introduction == null) {
            return true;
        }
        int count = fill(Stage.BETWEEN);
        boolean open = count != Wire.TIMED_OUT;
        while (open) {
            switch (introduction.take(this, buffer, count)) {
                case Introduction.Verdict.Known known -> {
                    return true;
                }
                case Introduction.Verdict.Refused(CloseReason reason) -> {
                    enqueue(new Item.Fault<>(null, new Refusal.TooManyConnections(), reason, ""));
                    open = false;
                }
                case Introduction.Verdict.Dropped(CloseReason reason, String detail) -> {
                    because(reason, detail);
                    stop(CallEnding.CLIENT_LEFT);
                    open = false;
                }
                case Introduction.Verdict.More more -> {
                    count = wire.read(buffer.clear(), introductionLeft());
                    buffer.position(0).limit(Math.max(count, 0));
                    open = count == Wire.TIMED_OUT || arrived(count);
                }
            }
        }
        return false;
    }

    /// Reads what comes next.
    ///
    /// @return how many bytes; −1 at the peer's end; [Wire#TIMED_OUT] when the receiver is to end
    private int fill(Stage stage) throws IOException {
        at(stage);
        int count = stage == Stage.BETWEEN ? wire.read(buffer.clear()) : readWithin(stage);
        if (count == Wire.TIMED_OUT) {
            enqueue(new Item.Fault<>(null, new Refusal.TimedOut(stage), stage == Stage.HEAD ? CloseReason.SLOW_HEAD : CloseReason.SLOW_BODY, ""));
            return Wire.TIMED_OUT;
        }
        buffer.position(0).limit(Math.max(count, 0));
        if (!arrived(count)) {
            return Wire.TIMED_OUT;
        }
        return count;
    }

    /// About how many bytes the last request had: those that came since the one before.
    private long sizeOfLast() {
        long size = bytesIn() - countedIn;
        countedIn = bytesIn();
        return size;
    }

    private void at(Stage stage) {
        lock.lock();
        try {
            receiving = stage;
            settle();
        } finally {
            lock.unlock();
        }
        if (stage == Stage.BETWEEN && lastAsked()) {
            wake();
        }
    }

    private int readWithin(Stage stage) throws IOException {
        long now = System.nanoTime();
        if (timed != stage || stageDeadline == NEVER) {
            timed = stage;
            stageSince = now;
            stageFrom = bytesIn();
            stageDeadline = now + listener().terms().head();
        }
        if (stage == Stage.BODY) {
            stageDeadline = stageSince + listener().terms().bodyTime(bytesIn() - stageFrom);
        }
        return wire.read(buffer.clear(), Math.max(1, stageDeadline - now));
    }

    /// @return false when the connection was ended meanwhile, and the bytes are dropped
    private boolean arrived(int count) {
        lock.lock();
        try {
            if (finSent || stopped) {
                return false;
            }
            intent = null;
            if (receiving == Stage.BETWEEN) {
                receiving = Stage.HEAD;
            }
            if (count > 0) {
                received(count, System.nanoTime());
            }
            settle();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Puts an item behind those before it; waits for room, which slows a fast client down by TCP.
    ///
    /// @return false when the connection is ending
    private boolean enqueue(Item<Q, R> item) {
        stageDeadline = NEVER;
        lock.lock();
        try {
            while (!stopped && (inbound.size() >= listener().terms().pipelined() || inboundBytes > WAITING_BYTES)) {
                answered.awaitUninterruptibly();
            }
            if (stopped) {
                return false;
            }
            inFlight++;
            receiving = buffer.hasRemaining() || reader.held() > 0 ? Stage.HEAD : Stage.BETWEEN; // the sender may look sooner than we read again
            inboundBytes += item instanceof Item.Request<Q, R> request ? request.size() : 0;
            inbound.addLast(item);
        } finally {
            lock.unlock();
        }
        advance();
        return true;
    }

    // ---- between the queues: whichever thread made room or brought something ----

    private void advance() {
        for (Item.Request<Q, R> next = nextToHandle(); next != null; next = nextToHandle()) {
            Gate gate = Objects.requireNonNull(listener().gate());
            Refusal refusal = switch (gate.submit(this)) {
                case ACCEPTED, WAITING -> null;
                case REFUSED -> new Refusal.Overloaded();
                case CLOSED -> new Refusal.Draining();
            };
            if (refusal == null) {
                return;
            }
            handled(next, Result.unstarted(refusal), false);
        }
    }

    /// Moves what needs no handler on to the sender, and takes the next request if none is being handled and the sender has room.
    private Item.@Nullable Request<Q, R> nextToHandle() {
        lock.lock();
        try {
            while (!stopped && handed == null && outbound.size() < ANSWERED) {
                Item<Q, R> item = inbound.pollFirst();
                if (item == null) {
                    break;
                }
                answered.signalAll();
                if (item instanceof Item.Request<Q, R> request) {
                    handed = request;
                    inboundBytes -= request.size();
                    settle();
                    return request;
                }
                outbound.addLast(item);
                received.signal();
            }
            settle();
            return null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run(long waited) {
        queueWait = waited;
        Item.Request<Q, R> request = handed();
        if (request == null) {
            return;
        }
        ActiveCall call = begin(request.number(), System.nanoTime());
        handler = Thread.currentThread();
        settleLocked();
        Result<R> result = dialogue.call(request.request(), call, waited);
        handler = null;
        completion = () -> {
            if (handled(request, result, call.ended() == CallEnding.DEADLINE)) {
                advance();
            }
        };
    }

    /// On to the sender and to the next request, once the permit is back.
    @Override
    public void done() {
        Runnable told = completion;
        completion = NOTHING;
        told.run();
    }

    private void settleLocked() {
        lock.lock();
        try {
            settle();
        } finally {
            lock.unlock();
        }
    }

    private Item.@Nullable Request<Q, R> handed() {
        lock.lock();
        try {
            return handed;
        } finally {
            lock.unlock();
        }
    }

    /// @return false when the client has had its answer already, or is gone
    private boolean handled(Item.Request<Q, R> request, Result<R> result, boolean late) {
        lock.lock();
        try {
            if (handed == request && !stopped) {
                handed = null;
                current = null;
                outbound.addLast(new Item.Answer<>(request.request(), request.number(), result, late));
                received.signal();
                settle();
                return true;
            }
        } finally {
            lock.unlock();
        }
        Dialogue.drop(result.response());
        return false;
    }

    @Override
    public void abandoned(Throwable cause) {
        LOG.warn("event=request-not-started listener={} connection={} cause={}", listener().name(), id(), cause.toString());
        refuseHanded(new Refusal.Overloaded());
    }

    @Override
    public void turnAway() {
        refuseHanded(new Refusal.Draining());
    }

    private void refuseHanded(Refusal why) {
        Item.Request<Q, R> request = handed();
        if (request != null && handled(request, Result.unstarted(why), false)) {
            advance();
        }
    }

    // ---- the sender ----

    void runSender() {
        sender = Thread.currentThread();
        try {
            sendAll();
        } catch (IOException gone) {
            gone(gone);
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            writer.output().discard();
            dropUnsent();
            sender = null;
            leave(1);
        }
    }

    private void sendAll() throws IOException {
        boolean open = true;
        while (open) {
            Item<Q, R> item = next(unsent == 0);
            if (item == null && unsent == 0) {
                return;
            }
            if (item != null) {
                unsent++;
                open = write(item);
            }
            if (item == null || !open || untold || writer.output().pending() > GATHERED || writer.output().streaming()) {
                flush();
                sentAll(unsent);
                unsent = 0;
                open = open && !(untold && !more());
                untold = false;
            }
        }
        because(CloseReason.DRAINED, "");
        part();
    }

    /// @param waits for one; otherwise null when there is none
    /// @return null also when the connection has stopped
    private @Nullable Item<Q, R> next(boolean waits) {
        Item<Q, R> item;
        lock.lock();
        try {
            while (waits && !stopped && outbound.isEmpty()) {
                received.awaitUninterruptibly();
            }
            item = stopped ? null : outbound.pollFirst();
        } finally {
            lock.unlock();
        }
        if (item != null) {
            advance();
        }
        return item;
    }

    /// @return false when the connection ends after it
    private boolean write(Item<Q, R> item) throws IOException {
        return switch (item) {
            case Item.Request<Q, R> request -> throw new IllegalStateException("a request in the outbound queue");
            case Item.Words<Q, R>(ByteBuffer words) -> {
                writer.interim(words);
                yield true;
            }
            case Item.Answer<Q, R> answer -> answer(answer);
            case Item.Fault<Q, R>(Q partial, Refusal why, CloseReason reason, String detail) -> {
                because(reason, detail);
                dialogue.answer(partial, Result.unstarted(why), true);
                yield false;
            }
            case Item.PeerEnd<Q, R>() -> {
                because(CloseReason.PEER, "");
                yield false;
            }
        };
    }

    private boolean answer(Item.Answer<Q, R> answer) {
        long now = System.nanoTime();
        CloseReason last = lastReason(answer.number(), more(), now);
        Ending ending = dialogue.answer(answer.request(), answer.result(), last != null);
        lastActive = now;
        untold = endsUntold(last);
        if (answer.late()) {
            because(CloseReason.HANDLER_TIMEOUT, "");
            return false;
        }
        if (ends(ending, last)) {
            because(last != null ? last : closeReason(answer.result()), "");
            return false;
        }
        return true;
    }

    private CloseReason closeReason(Result<R> result) {
        return switch (result.refusal()) {
            case null -> CloseReason.PEER;
            case Refusal.Overloaded overloaded -> CloseReason.OVERLOADED;
            case Refusal.Draining draining -> CloseReason.DRAINED;
            default -> CloseReason.ERROR;
        };
    }

    /// Whether a further request has come or begun to: in a drain, bytes the kernel holds count, since they arrived before our FIN.
    private boolean more() {
        lock.lock();
        try {
            if (inFlight > unsent || receiving != Stage.BETWEEN) {
                return true;
            }
        } finally {
            lock.unlock();
        }
        return listener().draining() && wire.unread();
    }

    private void flush() throws IOException {
        try {
            progress(0);
            Sender.Sent sent = Sender.send(writer.output(), link, this::progress, resumed::release);
            while (sent != Sender.Sent.ALL) {
                if (sent == Sender.Sent.PART) {
                    wire.awaitRoom();
                } else {
                    writeDeadline = NEVER; // waiting for a source is not the client's fault
                    settleLocked();
                    await(sent);
                    requireOpen();
                    progress(0);
                }
                sent = Sender.send(writer.output(), link, this::progress, resumed::release);
            }
        } finally {
            pending = 0;
            writeDeadline = NEVER;
        }
    }

    @Override
    void stalled(long nanos) {
        stageSince += nanos;
    }

    private void await(Sender.Sent sent) throws IOException {
        requireOpen(); // whoever ends it closes first, and then looks for a source to be told
        if (sent == Sender.Sent.LATER || writer.output().pull(resumed::release) == 0) {
            resumed.acquireUninterruptibly();
        }
    }

    private void progress(long count) {
        sent(count);
        long now = System.nanoTime();
        lastActive = now;
        writeDeadline = now + listener().terms().write();
        pending = writer.output().unsent();
        settleLocked();
    }

    private void sentAll(int items) {
        lock.lock();
        try {
            inFlight -= items;
            settle();
        } finally {
            lock.unlock();
        }
        advance();
        if (lastAsked()) {
            wake();
        }
    }

    private void dropUnsent() {
        lock.lock();
        try {
            stopped = true;
            for (Item<Q, R> item : outbound) {
                if (item instanceof Item.Answer<Q, R> answer) {
                    Dialogue.drop(answer.result().response());
                }
            }
            outbound.clear();
            inbound.clear();
            answered.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- ending ----

    @Override
    void closeChannel() {
        super.closeChannel();
        wire.hungUp();
    }

    /// The sender has said all: our FIN. The receiver, if it still reads, reads on to the peer's end.
    private void part() throws IOException {
        lock.lock();
        try {
            finSent = true;
            stopped = true;
            answered.signalAll();
            state.set(ConnectionState.CLOSING);
            deadline = System.nanoTime() + listener().terms().linger();
        } finally {
            lock.unlock();
        }
        lastWord.sayAll(link.farewell(), wire);
    }

    /// The threads that ran here and no longer do.
    private void leave(int threads) {
        boolean last;
        lock.lock();
        try {
            running -= threads;
            last = running == 0;
        } finally {
            lock.unlock();
        }
        if (!last) {
            return;
        }
        servedBy = null;
        lastWord.awaitSaid();
        wire.release();
        if (channel.isOpen()) {
            closer.linger(channel, parting, Duration.ofNanos(listener().terms().linger()));
        }
        end(CloseReason.RESET, "");
        withdraw();
        if (dialogue.end()) {
            closeHandler();
        }
    }

    private void closeHandler() {
        Gate gate = Objects.requireNonNull(listener().gate());
        if (gate.submitBeyondCapacity(new HandlerClosing(dialogue)) != Admission.ACCEPTED) {
            dialogue.closeHandler();
        }
    }

    private void withdraw() {
        if (handed() != null) {
            Objects.requireNonNull(listener().gate()).withdraw(this);
        }
    }

    private void gone(IOException why) {
        LOG.debug("event=connection-failed connection={}", id(), why);
        because(CloseReason.RESET, String.valueOf(why.getMessage()));
        stop(CallEnding.CLIENT_LEFT);
    }

    private void failed(Throwable failure) {
        LOG.warn("event=connection-error listener={} connection={}", listener().name(), id(), failure);
        events.publish(new ServerEvent.HandlerFailed(peer(), failure));
        because(CloseReason.ERROR, failure.toString());
        stop(CallEnding.CLIENT_LEFT);
    }

    /// So many of its threads could not be started.
    void failed(int threads) {
        because(CloseReason.ERROR, "no thread to serve it");
        stop(CallEnding.CLIENT_LEFT);
        leave(threads);
    }

    private void stop(CallEnding ending) {
        lock.lock();
        try {
            stopped = true;
            received.signalAll();
            answered.signalAll();
        } finally {
            lock.unlock();
        }
        closeChannel();
        cancelCall(ending);
        resumed.release();
        writer.output().abandon();
    }

    /// Says to others what the connection does. Under the lock.
    private void settle() {
        if (finSent || ended() || handshaking) {
            return;
        }
        ActiveCall call = current;
        long next = writeDeadline;
        if (call != null && call.ended() == null) {
            next = Math.min(next, call.deadline());
        }
        if (inFlight > 0) {
            state.set(handed != null || !inbound.isEmpty() ? ConnectionState.HANDLING : ConnectionState.WRITING);
        } else if (receiving == Stage.BETWEEN) {
            if (state() != ConnectionState.IDLE) {
                rests(System.nanoTime());
            }
            state.set(ConnectionState.IDLE);
        } else {
            state.set(introduction() == null ? ConnectionState.READING : ConnectionState.PREFACE);
        }
        deadline = next;
        servedBy = switch (state()) {
            case HANDLING -> handler != null ? handler : receiver;
            case WRITING -> sender;
            case QUEUED, HANDSHAKE, IDLE, PREFACE, READING, CLOSING -> receiver;
        };
    }

    @Override
    public boolean serves(Thread thread) {
        return thread == receiver || thread == sender || thread == handler;
    }

    // ---- from outside ----

    @Override
    boolean endIdle(Cause why, long idleFor) {
        return intend(why, idleFor);
    }

    /// If nothing has come since it was decided. What has arrived by now is served instead.
    private void endAtBoundary(Intent decided) {
        lock.lock();
        try {
            if (finSent || stopped || state() != ConnectionState.IDLE || lastActive != decided.lastActive() || wire.unread()) {
                return;
            }
            because(decided.why());
            finSent = true;
            stopped = true;
            state.set(ConnectionState.CLOSING);
            deadline = System.nanoTime() + listener().terms().linger();
            received.signalAll();
            lastWord.say(link, wire, id());
        } catch (IOException gone) {
            closeChannel();
        } finally {
            lock.unlock();
        }
    }

    @Override
    void endNow(Cause why, CallEnding ending) {
        because(why);
        stop(ending);
        withdraw();
        end(why.reason(), why.detail());
    }

    @Override
    void expire(long now) {
        Intent decided = intent;
        if (decided != null) {
            intent = null;
            endAtBoundary(decided);
            return;
        }
        ActiveCall call = current;
        if (state() == ConnectionState.CLOSING) {
            closeChannel();
        } else if (state() == ConnectionState.HANDSHAKE && late(now)) {
            endNow(new Cause(CloseReason.SLOW_HANDSHAKE, ""), CallEnding.CLIENT_LEFT);
        } else if (now >= writeDeadline) {
            endNow(new Cause(CloseReason.WRITE_STALL, ""), CallEnding.CLIENT_LEFT);
        } else if (call != null && now >= call.deadline()) {
            expireHandler(call);
        } else if (state() == ConnectionState.IDLE && late(now)) {
            endIdle(outOfPatience(), patience());
        } else {
            settleLocked();
        }
    }

    /// The client is told at once; what the handler returns later is dropped.
    private void expireHandler(ActiveCall call) {
        Item.Request<Q, R> request;
        lock.lock();
        try {
            request = current == call ? handed : null;
        } finally {
            lock.unlock();
        }
        if (request == null || request.number() != call.requestNumber() || call.ended() != null) {
            return;
        }
        String frame = stack().stream().findFirst().orElse("");
        call.cancel(CallEnding.DEADLINE);
        events.publish(new ServerEvent.HandlerTimedOut(peer(), Duration.ofNanos(listener().terms().handler()), frame));
        handled(request, Result.refused(new Refusal.HandlerTimedOut(), Outcome.TIMED_OUT, 0, queueWait), true);
    }

    /// Asked for its last reply with none to come: ends now.
    @Override
    void wake() {
        if (lastAsked()) {
            endIdle(new Cause(CloseReason.KICKED, ""), 0);
        }
    }
}
