package dev.sluice.service.files;

import dev.sluice.service.files.FilesConfig.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Keeps what was found, within bounds, for a second; and for another, and another, as long as a look at the file system finds all as it
/// was. So no answer is older than a second, and most cost no more than a look into a map.
///
/// Shared by all threads, and read without a lock. `lock` guards what goes in and out: `order`, the two sums and `sweeping`; nothing is
/// called under it but the map, and the file system is not asked.
///
/// While a file is kept open, a virtual thread looks at it once a second, and closes it when it was changed, or deleted, or not asked for
/// meanwhile, so that a deleted file takes no room for more than two seconds, but for those that are still sent. It ends with the last of
/// them.
final class PageCache {

    /// How old an answer may be.
    static final long AGE = TimeUnit.SECONDS.toNanos(1);

    private final PageLoader loader;
    private final Limits limits;
    private final LongSupplier ticker;
    private final Executor background;
    private final Map<String, Page> pages = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    /// All that are kept, the oldest first; one that was used goes to the back before it would go out.
    private final LinkedHashSet<Page> order = new LinkedHashSet<>();
    private long memory;
    private int files;
    private boolean sweeping;

    /// @param ticker     in nanoseconds, as [System#nanoTime]
    /// @param background starts the thread that looks at open files
    PageCache(PageLoader loader, Limits limits, LongSupplier ticker, Executor background) {
        this.loader = loader;
        this.limits = limits;
        this.ticker = ticker;
        this.background = background;
    }

    /// What a path stands for; null for a folder whose path has no slash at its end. A page that is not kept is the caller's to release.
    ///
    /// @throws IOException as [PageLoader#load]
    @Nullable Page page(String path) throws IOException {
        Page known = pages.get(path);
        if (known == null) {
            return kept(loader.load(path, ticker.getAsLong()));
        }
        long now = ticker.getAsLong();
        if (now - known.checked() < AGE || known.recheck(now)) {
            known.use();
            return known;
        }
        drop(List.of(known));
        return kept(loader.load(path, now));
    }

    /// The same, found now, and the caller's to release: for when what is kept was closed. That is dropped.
    @Nullable Page loose(String path) throws IOException {
        Page known = pages.get(path);
        if (known != null) {
            drop(List.of(known));
        }
        return loader.load(path, ticker.getAsLong());
    }

    private @Nullable Page kept(@Nullable Page page) {
        if (page == null || limits.entries() == 0 || page.memory() > limits.bytes() || page.files() > limits.files()) {
            return page;
        }
        List<Page> out = new ArrayList<>();
        boolean sweep;
        lock.lock();
        try {
            page.keep();
            Page before = pages.put(page.path(), page);
            if (before != null && remove(before)) {
                out.add(before);
            }
            order.add(page);
            memory += page.memory();
            files += page.files();
            makeRoom(out);
            sweep = files > 0 && !sweeping;
            sweeping |= sweep;
        } finally {
            lock.unlock();
        }
        out.forEach(Page::release);
        if (sweep) {
            background.execute(this::sweepWhileOpen);
        }
        return page;
    }

    /// Takes out the oldest of those that help; one that was used has a second chance.
    private void makeRoom(List<Page> out) {
        int chances = order.size();
        while (order.size() > limits.entries() || memory > limits.bytes() || files > limits.files()) {
            Page oldest = order.getFirst();
            boolean helps = order.size() > limits.entries() || memory > limits.bytes() && oldest.memory() > 0
                    || files > limits.files() && oldest.files() > 0;
            if (!helps || chances-- > 0 && oldest.wasUsed()) {
                order.removeFirst();
                order.add(oldest);
            } else {
                pages.remove(oldest.path(), oldest);
                remove(oldest);
                out.add(oldest);
            }
        }
    }

    /// Whether it was still there: whoever is told so releases it.
    private boolean remove(Page page) {
        boolean there = order.remove(page);
        if (there) {
            memory -= page.memory();
            files -= page.files();
        }
        return there;
    }

    private void drop(List<Page> old) {
        List<Page> out = new ArrayList<>();
        lock.lock();
        try {
            for (Page page : old) {
                pages.remove(page.path(), page);
                if (remove(page)) {
                    out.add(page);
                }
            }
        } finally {
            lock.unlock();
        }
        out.forEach(Page::release);
    }

    private void sweepWhileOpen() {
        while (!finished()) {
            LockSupport.parkNanos(AGE);
            sweep();
        }
    }

    private boolean finished() {
        lock.lock();
        try {
            sweeping = files > 0;
            return !sweeping;
        } finally {
            lock.unlock();
        }
    }

    /// Closes files that were changed, or not asked for since this was called last.
    void sweep() {
        long now = ticker.getAsLong();
        drop(pages.values().stream().filter(page -> page.files() > 0).filter(page -> !page.wasUsed() || !page.recheck(now)).toList());
    }

    /// How many pages are kept.
    int entries() {
        return pages.size();
    }

    /// How many files are kept open.
    int files() {
        lock.lock();
        try {
            return files;
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes are kept.
    long memory() {
        lock.lock();
        try {
            return memory;
        } finally {
            lock.unlock();
        }
    }
}
