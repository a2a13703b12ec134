package dev.sluice.console.launch;

import dev.sluice.console.command.ConfigControl.SaveResult;
import dev.sluice.console.command.ConfigControl.SavedKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Writes what people set into the file. For one call.
final class FileSave {

    private final ConfigFile file;
    private final Layers layers;
    private final Path path;

    /// @param layers what holds
    FileSave(ConfigFile file, Layers layers) {
        this.file = file;
        this.layers = layers;
        this.path = file.path().toAbsolutePath().normalize();
    }

    /// @param dryRun whether to write nothing
    /// @param saved  takes what holds afterwards: the same, in other layers
    SaveResult run(boolean dryRun, Consumer<Layers> saved) {
        FileContents applied = layers.bare().files();
        Optional<ByteBuffer> bytes = applied.bytes().getOrDefault(path, Optional.empty());
        if (layers.overlays().all().isEmpty()) {
            return new SaveResult(shown(), "", List.of(), List.of(), "");
        }
        if (bytes.isEmpty() || !applied.again().equals(applied)) {
            return problem(List.of(), "the file, or what it includes, has been edited since it was last applied: reload first");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes.get().duplicate()).toString();
            Saving.Plan plan = Saving.plan(file, layers, text, dryRun ? "planned" : "saved");
            List<String> lines = LineDiff.of(text, plan.text());
            return dryRun || text.equals(plan.text())
                    ? new SaveResult(shown(), "", plan.keys(), lines, "") : write(bytes.get(), plan, lines, saved);
        } catch (CharacterCodingException foreign) {
            return problem(List.of(), "the file is not in UTF-8");
        } catch (IllegalArgumentException unclear) {
            return problem(List.of(), "the file cannot be edited: " + unclear.getMessage());
        }
    }

    private SaveResult write(ByteBuffer before, Saving.Plan plan, List<String> lines, Consumer<Layers> saved) {
        try {
            SavedFile target = SavedFile.behind(path);
            target.replace(before, plan.text().getBytes(StandardCharsets.UTF_8));
            return settled(plan, saved)
                    ? new SaveResult(shown(), Place.display(target.backup()), plan.keys(), lines, "")
                    : problem(plan.keys(), "the file was written, and changed by somebody else at the same moment: see what it says");
        } catch (IOException failed) {
            return problem(List.of(), "the file cannot be written: " + reason(failed));
        }
    }

    /// Whether the file, read anew, says what was meant. Only then is it what holds.
    private boolean settled(Saving.Plan plan, Consumer<Layers> saved) {
        if (file.read(layers.parts()) instanceof ConfigReading.Usable bare
                && file.over(bare, plan.staying(), layers.parts()) instanceof ConfigReading.Usable whole
                && Saving.isSame(whole, layers.whole())) {
            saved.accept(new Layers(bare, plan.staying(), whole));
            return true;
        }
        return false;
    }

    private static String reason(IOException failed) {
        return switch (failed) {
            case AccessDeniedException denied -> "permission denied for " + Place.display(Path.of(denied.getFile()));
            case FileSystemException known when known.getReason() != null -> known.getReason() + ": " + known.getFile();
            default -> String.valueOf(failed.getMessage());
        };
    }

    private SaveResult problem(List<SavedKey> keys, String what) {
        return new SaveResult(shown(), "", keys, List.of(), what);
    }

    private String shown() {
        return Place.display(file.path());
    }
}
