package dev.sluice.console.launch;

import dev.sluice.api.ReloadReport.Change;
import dev.sluice.api.ReloadReport.Kind;
import dev.sluice.api.ReloadReport.Verdict;
import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import dev.sluice.console.launch.Plugin.Offer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The jars of `plugins/` beside the configuration file, as one reading of it found them, and all that can be named with them. Immutable.
///
/// A jar whose content has not changed since the reading before keeps its classes, and so what they made. A changed one is loaded anew, by
/// a loader of its own; unless anything is wrong with it: then what the old one brought stays, as the configuration stays when its file is
/// broken. What a jar brought that is gone can be named no more, and goes on where it is in use.
///
/// @param loaded    by name; also those of which everything is refused
/// @param providers all that a configuration can name, the application's own included
/// @param refused   what is wrong with jars and with what they bring; nothing else is harmed by it
record Plugins(SequencedMap<String, Plugin> loaded, Providers providers, List<ConfigProblem> refused) {

    Plugins {
        loaded = Collections.unmodifiableSequencedMap(loaded);
    }

    static final String FOLDER = "plugins";

    /// Where the classes that a plugin does not bring come from.
    private static final ClassLoader APPLICATION = Plugins.class.getClassLoader();

    private static final String SOURCE = "plugins folder";

    /// As if there were no such folder.
    static Plugins none() {
        return new Plugins(new LinkedHashMap<>(), Providers.none(), List.of());
    }

    /// Loads what is new.
    ///
    /// @param own     what the application brings itself
    /// @param earlier what the configuration that is in use was read with
    static Plugins load(PluginFolder folder, Providers own, Plugins earlier) {
        Gathering gathering = new Gathering(folder.folder(), own);
        folder.fault().ifPresent(fault -> {
            gathering.refuse("", fault);
            earlier.loaded.values().forEach(gathering::bring);
        });
        folder.digests().forEach((name, digest) -> {
            @Nullable Plugin before = earlier.loaded.get(name);
            boolean same = before != null && before.digest().equals(digest.orElse("-"));
            Plugin now = same ? before : Plugin.load(folder.folder().resolve(name), digest.orElse("-"), APPLICATION);
            gathering.add(now, before);
        });
        return gathering.whole(earlier);
    }

    /// What each jar brings, as lines of `show config`.
    List<ConfigEntry> entries() {
        return texts().entrySet().stream()
                .map(one -> new ConfigEntry(one.getKey(), one.getValue(), "", "", SOURCE, "live"))
                .toList();
    }

    /// What is different from before, as lines of the table of a reload.
    List<Change> changes(Plugins before, Verdict verdict) {
        Map<String, String> was = before.texts();
        Map<String, String> is = texts();
        List<Change> changes = new ArrayList<>();
        loaded.forEach((file, plugin) -> {
            String key = key(file);
            if (plugin != before.loaded.get(file) && is.containsKey(key)) {
                String now = is.get(key).equals(was.get(key)) ? is.get(key) + " (other content)" : is.get(key);
                changes.add(new Change(key, was.getOrDefault(key, "-"), now, Kind.LIVE, verdict));
            }
        });
        was.keySet().stream()
                .filter(key -> !is.containsKey(key))
                .forEach(key -> changes.add(new Change(key, was.get(key), "-", Kind.LIVE, verdict)));
        return changes;
    }

    private Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        loaded.forEach((file, plugin) -> {
            String text = plugin.text(providers::has);
            if (!text.isEmpty()) {
                texts.put(key(file), text);
            }
        });
        return texts;
    }

    private static String key(String file) {
        return FOLDER + ".\"" + Escape.line(file) + "\"";
    }

    /// Puts plugins together, one after the other. Confined to the thread that reads.
    private static final class Gathering {

        private final Path folder;
        private final SequencedMap<String, Plugin> loaded = new LinkedHashMap<>();
        private final List<ConfigProblem> refused = new ArrayList<>();
        private Providers providers;

        Gathering(Path folder, Providers own) {
            this.folder = folder;
            this.providers = own;
        }

        void refuse(String file, String fault) {
            refused.add(new ConfigProblem(Escape.line(Place.display(folder.resolve(file))), 0, "", Escape.line(fault)));
        }

        /// A jar as it is now, and as it was. A jar that was there before is taken as a whole or not at all.
        void add(Plugin now, @Nullable Plugin before) {
            boolean stays = before != null && before != now && !now.faults().isEmpty();
            now.faults().forEach(fault -> refuse(now.file(), stays ? fault + "; what it brought before stays in use" : fault));
            bring(stays ? before : now);
        }

        void bring(Plugin plugin) {
            for (Offer offer : plugin.offers()) {
                if (providers.names(offer)) {
                    refuse(plugin.file(), "brings " + offer.title() + ", but " + owner(offer) + " brings that already: rename one of them");
                } else {
                    providers = providers.with(offer);
                }
            }
            if (!plugin.offers().isEmpty()) {
                loaded.put(plugin.file(), plugin);
            }
        }

        private String owner(Offer taken) {
            return loaded.values().stream()
                    .filter(plugin -> plugin.offers().stream().anyMatch(one -> one.title().equals(taken.title()) && providers.has(one)))
                    .map(Plugin::file)
                    .findFirst().orElse("Sluice itself");
        }

        Plugins whole(Plugins earlier) {
            Map<String, String> gone = new HashMap<>();
            for (Plugin plugin : earlier.loaded.values()) {
                plugin.offers().stream()
                        .filter(offer -> earlier.providers.has(offer) && !providers.names(offer))
                        .forEach(offer -> gone.put(offer.title(), Place.display(folder.resolve(plugin.file()))));
            }
            return new Plugins(loaded, providers.withGone(gone), List.copyOf(refused));
        }
    }
}
