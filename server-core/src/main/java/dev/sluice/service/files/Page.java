package dev.sluice.service.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a path stands for, as it was found, and what was looked at to find it.
///
/// Shared by all threads. `checked` is volatile: whoever finds it old looks again, more than one at a time perhaps, which does no harm.
/// `used` is a plain hint, to be lost now and then. `kept` is set before others can see the page.
final class Page {

    private final String path;
    private final List<Representation> forms;
    private final List<@Nullable String> codings;
    private final List<Probe> probes;
    private final boolean settled;
    private volatile long checked;
    private boolean used = true;
    private boolean kept;

    /// What was at a place.
    ///
    /// @param path  by which it is looked at again, through the links of the root
    /// @param stamp null when nothing was
    record Probe(Path path, @Nullable Stamp stamp) {

        /// @param place what the path is now
        /// @throws AccessDeniedException when we may not see what is there
        static Probe of(Path path, Path place) throws AccessDeniedException {
            return new Probe(path, stamp(place));
        }

        boolean unchanged() {
            try {
                return Objects.equals(stamp, stamp(path));
            } catch (AccessDeniedException changed) {
                return false;
            }
        }

        /// Null also for a name too long, a file where a folder should be, a loop of links.
        private static @Nullable Stamp stamp(Path path) throws AccessDeniedException {
            try {
                return Stamp.of(path);
            } catch (AccessDeniedException denied) {
                throw denied;
            } catch (IOException absent) {
                return null;
            }
        }
    }

    /// @param path    that was asked for
    /// @param forms   one or more, in the order in which they are preferred
    /// @param codings of the forms; null for none
    /// @param probes  all that was looked at
    /// @param settled whether a change would show in the probes
    /// @param checked when looking began, by the clock of the cache
    Page(String path, List<Representation> forms, List<@Nullable String> codings, List<Probe> probes, boolean settled, long checked) {
        this.path = path;
        this.forms = forms;
        this.codings = codings;
        this.probes = probes;
        this.settled = settled;
        this.checked = checked;
    }

    String path() {
        return path;
    }

    List<Representation> forms() {
        return forms;
    }

    List<@Nullable String> codings() {
        return codings;
    }

    long checked() {
        return checked;
    }

    /// Looks whether all is as it was.
    ///
    /// @param now by the clock of the cache
    boolean recheck(long now) {
        boolean same = settled && probes.stream().allMatch(Probe::unchanged);
        if (same) {
            checked = now;
        }
        return same;
    }

    void use() {
        if (!used) {
            used = true;
        }
    }

    /// Whether it was used since this was asked last.
    boolean wasUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    boolean kept() {
        return kept;
    }

    void keep() {
        kept = true;
    }

    int memory() {
        return forms.stream().mapToInt(Representation::memory).sum();
    }

    int files() {
        return (int) forms.stream().filter(Representation::open).count();
    }

    /// To be called once, by whoever takes it out of the cache, or has not put it there.
    void release() {
        forms.forEach(Representation::release);
    }
}
