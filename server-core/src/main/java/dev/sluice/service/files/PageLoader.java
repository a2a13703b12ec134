package dev.sluice.service.files;

import dev.sluice.service.files.FilesConfig.Links;
import dev.sluice.service.files.Page.Probe;
import dev.sluice.service.files.Representation.Contents;
import dev.sluice.service.files.Representation.Dates;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds what a path stands for. Here is decided what is served and what is not: a path is resolved first, links and all, and what it
/// comes to must lie where the configuration lets it, and be a regular file before it is opened.
///
/// Immutable, and shared by all threads; it waits for the file system.
final class PageLoader {

    /// Up to here contents are held in memory, and leave with their head in one write; a larger file is sent by the kernel.
    static final int SMALL = 16 << 10;

    private static final int TRIES = 3;
    private static final long NANOS = 1_000_000_000;
    /// Those of which compressed neighbours are served, the denser first, and how their names end.
    private static final List<String> CODINGS = List.of("br", "zstd", "gzip");
    private static final List<String> ENDINGS = List.of(".br", ".zst", ".gz");
    /// Names in this folder of the root are public by their purpose, though it has a dot (RFC 8615).
    private static final String WELL_KNOWN = "/.well-known/";

    private final FilesConfig config;
    private final InstantSource clock;

    /// @param clock of the same time as the file system's
    PageLoader(FilesConfig config, InstantSource clock) {
        this.config = config;
        this.clock = clock;
    }

    /// What a path stands for; null for a folder whose path has no slash at its end.
    ///
    /// @param path  of a request, decoded and normalised
    /// @param began when this began, by the clock of the cache
    /// @throws NoSuchFileException   when there is nothing to be served
    /// @throws AccessDeniedException when it may not be read
    /// @throws IOException           when it cannot be read
    @Nullable Page load(String path, long began) throws IOException {
        if (!path.startsWith("/") || path.indexOf('\0') >= 0 || path.indexOf('\\') >= 0 || hidden(path)) {
            throw new NoSuchFileException(path);
        }
        for (int tries = 1; ; tries++) {
            Search search = new Search(path);
            Place place = search.find();
            if (place == null) {
                return null;
            }
            Page page = search.page(place, began);
            if (search.steady || tries == TRIES) { // what is written all the time is sent as it is now
                return page;
            }
            page.release();
        }
    }

    private boolean hidden(String path) {
        boolean wellKnown = path.startsWith(WELL_KNOWN);
        return !config.dotFiles() && path.indexOf("/.", wellKnown ? WELL_KNOWN.length() - 1 : 0) >= 0;
    }

    /// A file that may be served.
    ///
    /// @param path  from the root on, with its slash
    /// @param real  without links
    /// @param stamp before it was opened
    private record Place(String path, Path real, Stamp stamp) {}

    /// One try. Confined to a thread.
    private final class Search {
        private final String path;
        /// Without links, as it was when this began, so that all that is found is of one root.
        private final Path root;
        private final List<Probe> probes = new ArrayList<>();
        private final long now = nanos(clock.instant());
        private boolean steady = true;
        private boolean settled = true;

        Search(String path) throws IOException {
            this.path = path;
            this.root = config.root().toRealPath();
        }

        /// Null for a folder without its slash.
        @Nullable Place find() throws IOException {
            List<String> names = path.endsWith("/") ? config.index().stream().map(path::concat).toList() : List.of(path);
            for (String name : names) {
                Place place = allowed(name);
                if (place != null && place.stamp().kind() == Stamp.Kind.FILE) {
                    return place;
                }
                if (place != null && place.stamp().kind() == Stamp.Kind.FOLDER && name.equals(path)) {
                    return null;
                }
            }
            throw new NoSuchFileException(path);
        }

        /// What is there and may be served; null when nothing is.
        private @Nullable Place allowed(String name) throws IOException {
            try {
                Path link = root.resolve(name.substring(1));
                Probe probe = Probe.of(config.root().resolve(name.substring(1)), link);
                probes.add(probe);
                Path real = probe.stamp() == null ? null : link.toRealPath();
                return probe.stamp() != null && real != null && lawful(link, real) ? new Place(name, real, probe.stamp()) : null;
            } catch (AccessDeniedException denied) {
                throw denied;
            } catch (IOException | InvalidPathException absent) {
                return null;
            }
        }

        private boolean lawful(Path link, Path real) {
            return switch (config.links()) {
                case Links.INSIDE -> real.startsWith(root);
                case Links.NEVER -> real.equals(link.normalize());
                case Links.ANY -> true;
            };
        }

        /// The neighbours that can be had, then the file itself.
        Page page(Place place, long began) throws IOException {
            List<Place> places = new ArrayList<>();
            List<@Nullable String> wanted = new ArrayList<>();
            for (int i = 0; config.precompressed() && i < CODINGS.size(); i++) {
                Place neighbour = neighbour(place.path() + ENDINGS.get(i));
                if (neighbour != null) {
                    places.add(neighbour);
                    wanted.add(CODINGS.get(i));
                }
            }
            List<Representation> forms = new ArrayList<>();
            List<@Nullable String> codings = new ArrayList<>();
            try {
                for (int i = 0; i < places.size(); i++) {
                    add(places.get(i), place, wanted.get(i), forms, codings);
                }
                forms.add(form(place, place, null, !places.isEmpty()));
                codings.add(null);
                return new Page(path, List.copyOf(forms), codings, List.copyOf(probes), settled, began);
            } catch (IOException | RuntimeException failed) {
                forms.forEach(Representation::release);
                throw failed;
            }
        }

        private void add(Place neighbour, Place original, @Nullable String coding, List<Representation> forms,
                List<@Nullable String> codings) {
            try {
                forms.add(form(neighbour, original, coding, true));
                codings.add(coding);
            } catch (IOException gone) {
                steady = false;
                settled = false;
            }
        }

        /// One that we may not see is not offered.
        private @Nullable Place neighbour(String name) throws IOException {
            try {
                Place place = allowed(name);
                return place != null && place.stamp().kind() == Stamp.Kind.FILE && Files.isReadable(place.real()) ? place : null;
            } catch (AccessDeniedException unseen) {
                settled = false;
                return null;
            }
        }

        private Representation form(Place place, Place original, @Nullable String coding, boolean varies) throws IOException {
            Stamp stamp = place.stamp();
            Contents contents = contents(place);
            boolean same = unchanged(place);
            boolean weak = !same || stamp.mayRecur(now);
            steady &= same;
            Dates dates = Dates.of(stamp.modified(), now);
            settled &= !weak && dates.settled(); // a date that is not the file's own is told anew
            String name = original.path().substring(original.path().lastIndexOf('/') + 1);
            return new Representation(contents, config.types().of(name), stamp.tag(weak), dates, coding, varies,
                    config.cacheControl().of(original.path()));
        }
    }

    /// Whether what was opened is what was looked at before.
    private static boolean unchanged(Place place) {
        try {
            return place.stamp().equals(Stamp.of(place.real(), LinkOption.NOFOLLOW_LINKS));
        } catch (IOException gone) {
            return false;
        }
    }

    private static Contents contents(Place place) throws IOException {
        FileChannel file = FileChannel.open(place.real(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        if (place.stamp().size() > SMALL) {
            return Contents.of(new SharedFile(file), place.stamp().size());
        }
        try (file) {
            ByteBuffer bytes = ByteBuffer.allocate((int) place.stamp().size());
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                // on to the end
            }
            return Contents.of(Arrays.copyOf(bytes.array(), bytes.position()));
        }
    }

    private static long nanos(Instant time) {
        return time.getEpochSecond() * NANOS + time.getNano();
    }
}
