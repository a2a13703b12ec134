package dev.sluice.protocol.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The requests that are kept as files, where the fuzz test finds them too. A file's name begins with what is to be made of it:
/// 200 for each request, then the refusal's own status, if any; `none` when it holds no request. Files that the fuzzer found
/// have no such beginning.
final class CorpusFiles {

    /// Tests run in their module's folder.
    private static final Path FOLDER = Path.of("src/test/resources/dev/sluice/protocol/http/HttpDecoderFuzzTestInputs/keepsItsPromises");

    private CorpusFiles() {}

    /// @param statuses null when nothing in particular is expected
    record File(String name, byte[] bytes, @Nullable List<Integer> statuses) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<File> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(CorpusFiles::read).toList().stream();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static File read(Path file) {
        String name = file.getFileName().toString();
        int mark = name.indexOf('_');
        try {
            return new File(name, Files.readAllBytes(file), mark < 0 ? null : statuses(name.substring(0, mark)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static List<Integer> statuses(String text) {
        return text.equals("none") ? List.of() : Stream.of(text.split("-")).map(Integer::valueOf).toList();
    }
}
