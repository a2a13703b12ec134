package dev.sluice.console.command;

import dev.sluice.console.command.ConfigControl.SaveResult;
import dev.sluice.console.command.ConfigControl.SavedKey;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `save`: writes what was set into the file.
final class SaveCommand implements Command {

    private static final Schema<SavedKey> KEYS = new Schema<>("keys", List.of(
            Column.of("key", Kind.TEXT, it -> Cell.text(it.key())),
            Column.of("old", Kind.TEXT, it -> Cell.text(it.before())),
            Column.of("new", Kind.TEXT, it -> Cell.text(it.after())),
            Column.of("result", Kind.TEXT, it -> Cell.text(it.result()))));

    @Override
    public Spec spec() {
        return Spec.acting("save", "", "writes what was set into the configuration file, whose comments and order stay as they are",
                "save --dry-run", "save").with(Option.DRY_RUN);
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        boolean dryRun = call.flag("--dry-run");
        SaveResult result = call.context().config().save(dryRun);
        List<SavedKey> saved = result.keys().stream().filter(SavedKey::saved).toList();
        boolean whole = result.problem().isEmpty() && saved.size() == result.keys().size();
        Output output = Output.saying(sentence(result, saved, dryRun)).with(
                Field.text("outcome", "", outcome(result, saved, dryRun)),
                Field.text("file", "", result.file()),
                Field.text("backup", "", result.backup()),
                Field.text("problem", "", result.problem()));
        if (call.wantsData() || !result.keys().isEmpty()) {
            output.table(KEYS.table(result.keys(), call));
        }
        if (dryRun && (call.flag("--json") || !result.lines().isEmpty())) {
            output.listing("lines", "lines", result.lines());
        }
        return (whole ? Result.done(output) : Result.failed(output)).changing(side(saved, SavedKey::before), side(saved, SavedKey::after));
    }

    private static String outcome(SaveResult result, List<SavedKey> saved, boolean dryRun) {
        if (!result.problem().isEmpty()) {
            return "refused";
        }
        return saved.isEmpty() ? "unchanged" : dryRun ? "planned" : "saved";
    }

    private static String sentence(SaveResult result, List<SavedKey> saved, boolean dryRun) {
        if (!result.problem().isEmpty()) {
            return result.file() + ": " + result.problem() + "; nothing was saved";
        }
        if (result.keys().isEmpty()) {
            return "nothing is set: what holds is what " + result.file() + " says";
        }
        String count = EventText.counted(saved.size(), "key");
        String left = saved.size() == result.keys().size() ? "" : "; what it cannot say stays set";
        if (saved.isEmpty()) {
            return "nothing was saved: something else wins over " + result.file() + left;
        }
        return dryRun ? count + " would be written into " + result.file() + left
                : count + " written into " + result.file() + ", which was kept as " + result.backup() + left;
    }

    private static String side(List<SavedKey> saved, Function<SavedKey, String> value) {
        return saved.stream().map(key -> key.key() + "=" + value.apply(key)).collect(Collectors.joining(" "));
    }
}
