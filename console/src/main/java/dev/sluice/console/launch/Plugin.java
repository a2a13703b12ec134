package dev.sluice.console.launch;

import dev.sluice.api.PoolProvider;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One jar of plugins, loaded. Immutable.
///
/// @param file   its name
/// @param digest of what it held when it was loaded
/// @param offers what it brings, in the order of their kinds and of their files
/// @param faults what is wrong with it: each continues a sentence that begins with the jar
record Plugin(String file, String digest, List<Offer> offers, List<String> faults) {

    /// Something that a configuration can name. Its names are asked for once: what answers is not our code.
    sealed interface Offer {

        String name();

        /// What no other may be called: `pool named`.
        String title();

        record Pool(String name, PoolProvider provider) implements Offer {
            @Override
            public String title() {
                return poolTitle(name);
            }
        }

        record Protocol(String name, ProtocolProvider provider) implements Offer {
            @Override
            public String title() {
                return protocolTitle(name);
            }
        }

        record Service(String name, String protocol, ServiceProvider provider) implements Offer {
            @Override
            public String title() {
                return serviceTitle(name, protocol);
            }
        }

        static String poolTitle(String name) {
            return "pool " + name;
        }

        static String protocolTitle(String name) {
            return "protocol " + name;
        }

        static String serviceTitle(String name, String protocol) {
            return "service " + name + " of protocol " + protocol;
        }
    }

    /// Makes one kind of offer of a provider. What it calls is not our code.
    private interface Introduction<P> {
        Offer of(P provider);
    }

    /// A jar with more faults than this has one cause for all of them.
    private static final int ENOUGH = 20;

    /// Loads a jar. Never throws: whatever is wrong is among the faults.
    static Plugin load(Path jar, String digest, ClassLoader parent) {
        String file = jar.getFileName().toString();
        if (!Files.isRegularFile(jar) || !Files.isReadable(jar)) {
            return broken(file, unreadable(jar));
        }
        try {
            PluginLoader loader = PluginLoader.read(jar, parent);
            if (!PluginFolder.digest(jar).equals(Optional.of(digest))) {
                return broken(file, "is being written: it is looked at again when that is done");
            }
            return loaded(file, digest, loader);
        } catch (IOException noJar) {
            return broken(file, "is no jar, or damaged, or not all there yet (" + noJar.getMessage()
                    + "): put a whole one there, or remove it");
        } catch (OutOfMemoryError tooLarge) {
            return broken(file, "does not fit into the heap: raise it with SLUICE_JAVA_OPTS=-Xmx..., or make the jar smaller");
        }
    }

    static Plugin broken(String file, String fault) {
        return new Plugin(file, "", List.of(), List.of(fault));
    }

    private static String unreadable(Path jar) {
        if (Files.isDirectory(jar)) {
            return "is a folder, but should be a jar: rename or remove it";
        }
        if (!Files.exists(jar)) {
            return Files.isSymbolicLink(jar) ? "is a link that leads nowhere: make it lead to a jar, or remove it" : "is gone";
        }
        return Files.isRegularFile(jar) ? "cannot be read: permission denied; let the server read it" : "is no regular file: remove it";
    }

    private static Plugin loaded(String file, String digest, ClassLoader loader) {
        Loading loading = new Loading(loader);
        loading.find("pool", PoolProvider.class, one -> new Offer.Pool(checked("name", one.name()), one));
        loading.find("protocol", ProtocolProvider.class, one -> new Offer.Protocol(checked("name", one.name()), one));
        loading.find("service", ServiceProvider.class,
                one -> new Offer.Service(checked("name", one.name()), checked("protocol", one.protocol()), one));
        return loading.whole(file, digest);
    }

    /// What the configuration can write without quotes, and a log without escapes.
    private static String checked(String what, @Nullable String name) {
        if (name == null || !ConfigReader.NAME.matcher(name).matches()) {
            throw new Unnamed(what + (name == null ? " is null" : " is \"" + name + "\""));
        }
        return name;
    }

    /// A provider has no name that can be used.
    private static final class Unnamed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unnamed(String which) {
            super(which, null, false, false);
        }
    }

    /// Finds what a jar brings, kind by kind. Confined to the thread that loads.
    private static final class Loading {

        private final ClassLoader loader;
        private final List<Offer> offers = new ArrayList<>();
        private final List<String> faults = new ArrayList<>();

        Loading(ClassLoader loader) {
            this.loader = loader;
        }

        <P> void find(String kind, Class<P> type, Introduction<P> introduction) {
            Iterator<ServiceLoader.Provider<P>> providers = ServiceLoader.load(type, loader).stream().iterator();
            for (boolean more = true; more && faults.size() < ENOUGH; ) {
                try {
                    Optional<ServiceLoader.Provider<P>> next = Foreign.call(() ->
                            providers.hasNext() ? Optional.of(providers.next()) : Optional.empty());
                    // The application's own are found as well, since it is the parent.
                    next.filter(one -> one.type().getClassLoader() == loader).ifPresent(one -> introduce(kind, one, introduction));
                    more = next.isPresent();
                } catch (Foreign.Failed failed) {
                    faults.add("brings a " + kind + " that cannot be used: " + failed.why());
                }
            }
        }

        private <P> void introduce(String kind, ServiceLoader.Provider<P> found, Introduction<P> introduction) {
            String provider = found.type().getName();
            try {
                offers.add(Foreign.call(() -> introduction.of(found.get())));
            } catch (Foreign.Failed failed) {
                faults.add(failed.thrown() instanceof Unnamed unnamed
                        ? "brings " + provider + ", whose " + unnamed.getMessage() + ", but must be letters, digits, - and _"
                        : "brings a " + kind + " that cannot be used: " + provider + ": " + failed.why());
            }
        }

        Plugin whole(String file, String digest) {
            if (offers.isEmpty() && faults.isEmpty()) {
                faults.add("brings nothing: it needs a file META-INF/services/" + PoolProvider.class.getName()
                        + " (or ProtocolProvider, ServiceProvider) with the name of a class");
            }
            return new Plugin(file, digest, List.copyOf(offers), List.copyOf(faults));
        }
    }

    /// What it brings, for people: `pools: limited; services: shout`; empty when nothing.
    ///
    /// @param brought tells what it really brings of what it offers
    String text(Predicate<Offer> brought) {
        return Stream.of(names("pools", Offer.Pool.class, brought), names("protocols", Offer.Protocol.class, brought),
                        names("services", Offer.Service.class, brought))
                .filter(one -> !one.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private String names(String kinds, Class<? extends Offer> kind, Predicate<Offer> brought) {
        String names = offers.stream()
                .filter(kind::isInstance).filter(brought)
                .map(Offer::name).distinct()
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : kinds + ": " + names;
    }
}
