package dev.sluice.console.launch;

import dev.sluice.console.command.ConfigControl.SaveResult;
import dev.sluice.console.command.Secrets;
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
import java.util.stream.Stream;

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
        Optional<String> outdated = outdated(applied, applied.again());
        if (bytes.isEmpty() || outdated.isPresent()) {
            return problem(outdated.orElse("the file could not be read when it was last applied") + ": reload first");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(bytes.get().duplicate()).toString();
            Saving.Plan plan = Saving.plan(file, layers, text, dryRun ? "planned" : "saved");
            List<String> lines = withoutSecrets(LineDiff.of(text, plan.text()));
            if (dryRun) {
                return text.equals(plan.text()) ? new SaveResult(shown(), "", plan.keys(), lines, "") : tried(plan, lines);
            }
            return text.equals(plan.text()) ? settle(plan, "", lines, saved) : write(bytes.get(), plan, lines, saved);
        } catch (CharacterCodingException foreign) {
            return problem("the file is not in UTF-8");
        } catch (IllegalArgumentException unclear) {
            return problem("the file cannot be edited: " + unclear.getMessage());
        }
    }

    /// What has changed since the file was applied; empty when nothing has.
    private Optional<String> outdated(FileContents applied, FileContents now) {
        if (now.equals(applied)) {
            return Optional.empty();
        }
        if (now.bytes().equals(applied.bytes())) {
            return Optional.of("the plugins beside the file have changed since it was last applied");
        }
        return Optional.of(FileContents.trouble(path).map(why -> "it " + why)
                .orElse("the file, or what it includes, has been edited since it was last applied"));
    }

    private SaveResult tried(Saving.Plan plan, List<String> lines) {
        try {
            Optional<String> trouble = SavedFile.behind(path).trouble();
            return trouble.isEmpty() ? new SaveResult(shown(), "", plan.keys(), lines, "") : problem("the file cannot be written: " + trouble.get());
        } catch (IOException failed) {
            return problem("the file cannot be written: " + reason(failed));
        }
    }

    /// Those of keys that were set, and what the file had in their place.
    private List<String> withoutSecrets(List<String> lines) {
        List<String> secrets = layers.overlays().all().stream().map(Overlay::key).filter(Secrets::isSecret).distinct()
                .flatMap(key -> Stream.of(Keys.text(layers.bare(), key), Keys.text(layers.whole(), key)))
                .filter(text -> !text.isEmpty() && !text.equals("-")).toList();
        return lines.stream().map(line -> secrets.stream().reduce(line, (left, secret) -> left.replace(secret, Secrets.HIDDEN))).toList();
    }

    private SaveResult write(ByteBuffer before, Saving.Plan plan, List<String> lines, Consumer<Layers> saved) {
        try {
            SavedFile target = SavedFile.behind(path);
            target.replace(before, plan.text().getBytes(StandardCharsets.UTF_8));
            return settle(plan, Place.display(target.backup()), lines, saved);
        } catch (IOException failed) {
            return problem("the file cannot be written: " + reason(failed));
        }
    }

    /// @param backup empty when the file said it all before
    private SaveResult settle(Saving.Plan plan, String backup, List<String> lines, Consumer<Layers> saved) {
        if (settled(plan, saved)) {
            return new SaveResult(shown(), backup, plan.keys(), lines, "");
        }
        return new SaveResult(shown(), backup, List.of(), List.of(),
                "the file has been changed by somebody else at the same moment: see what it says");
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

    private SaveResult problem(String what) {
        return new SaveResult(shown(), "", List.of(), List.of(), what);
    }

    private String shown() {
        return Place.display(file.path());
    }
}
