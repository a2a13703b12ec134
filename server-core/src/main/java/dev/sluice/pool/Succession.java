package dev.sluice.pool;

import dev.sluice.api.PoolConfig;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The executor that a gate hands works to, and those before it that have not ended.
///
/// ```text
///   opened ──► present ── replaced ──► retiring (n works) ── n is 0 ──► shut down, if it is ours ──► its threads are gone: forgotten
/// ```
///
/// Works are given and taken back under the gate's lock, and one executor takes the place of another under it; everything else is safe
/// from any thread, and calls executors, so never under that lock.
final class Succession {

    private final String pool;
    private final AtomicLong threads = new AtomicLong();
    private final List<Backing> former = new CopyOnWriteArrayList<>();
    private volatile Backing present;

    Succession(String pool, PoolConfig config) {
        this.pool = pool;
        present = Backing.open(pool, config, new Crew(pool, threads));
    }

    /// Opens one that may take the place of the present one. Its threads are numbered on, so that no two of a pool have the same name.
    ///
    /// @throws IllegalArgumentException when it cannot be had
    Backing open(PoolConfig config) {
        Backing opened = Backing.open(pool, config, new Crew(pool, threads));
        if (all().anyMatch(before -> before.ours && before.executor == opened.executor)) {
            throw new IllegalArgumentException("the executor of type " + config.type().name() + " for pool " + pool
                    + " is the one it has, which ends when it is replaced: its supplier must return another");
        }
        return opened;
    }

    private Stream<Backing> all() {
        return Stream.concat(former.stream(), Stream.of(present));
    }

    Backing present() {
        return present;
    }

    // ---- under the gate's lock ----

    void give(Task task) {
        Backing backing = present;
        backing.held++;
        task.backing = backing;
    }

    void takeBack(Task task) {
        task.backing().held--;
    }

    void replace(Backing next) {
        Backing before = present;
        if (next != before) {
            former.add(before);
            before.replaced = true;
            present = next;
        }
    }

    /// Whether nothing is held but by the present one.
    boolean settled() {
        return former.stream().allMatch(before -> before.held == 0);
    }

    int retiring() {
        return former.stream().mapToInt(before -> before.held).sum();
    }

    // ---- by any thread ----

    /// Ends those that hold nothing more.
    void endFormer() {
        if (former.isEmpty()) {
            return; // as nearly always, and after each work
        }
        for (Backing before : former) {
            if (before.held == 0) {
                before.end();
            }
        }
    }

    /// Forgets those of which nothing is left.
    void forget() {
        List<Backing> gone = former.stream()
                .filter(before -> before.held == 0 && before.ended() && before.living().isEmpty()).toList();
        former.removeAll(gone);
    }

    /// Whether all of them have ended that are ours.
    boolean ended() {
        return all().allMatch(Backing::ended);
    }

    boolean awaitEnded(long deadline) throws InterruptedException {
        for (Backing each : all().toList()) {
            if (!each.awaitEnded(Math.max(0, deadline - System.nanoTime()))) {
                return false;
            }
        }
        return true;
    }

    /// The platform threads that live.
    Stream<Thread> living() {
        return all().flatMap(each -> each.living().stream());
    }
}
