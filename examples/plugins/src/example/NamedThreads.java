package example;

import dev.sluice.api.PoolProvider;
import dev.sluice.api.Settings;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A type of pool: platform threads that are called what you like.
///
/// ```hocon
/// pools { crew { type = named-threads, prefix = "crew-", size = 4 } }
/// ```
///
/// Any `ExecutorService` will do. It need not bound anything: Sluice lets only `size` tasks in at a time, queues and refuses the others,
/// and resizes, all in front of the executor. So it should run what it is given at once, and no bound of its own should be smaller.
public final class NamedThreads implements PoolProvider {

    /// What a configuration calls it.
    @Override
    public String name() {
        return "named-threads";
    }

    /// Called when the server starts, and once before that to see whether the settings are good: so it starts no work. Sluice shuts
    /// the executor down. A key that is asked for nowhere is reported as a misspelling.
    @Override
    public ExecutorService open(Settings settings) {
        String prefix = settings.text("prefix", "named-");
        if (prefix.isBlank()) {
            throw new Settings.Invalid("prefix", "is blank, but must be what the names of threads begin with");
        }
        return Executors.newCachedThreadPool(Thread.ofPlatform().name(prefix, 1).factory());
    }
}
