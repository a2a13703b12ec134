package dev.sluice.console.launch;

import dev.sluice.console.command.ConfigControl.SavedKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds out how the file is to be edited so that it says what people set. Changes nothing.
///
/// An edit counts only when the edited file, with what is not written yet on top of it, amounts to exactly what holds now. What the file
/// cannot say, as something else wins over it, stays set.
final class Saving {

    private static final String BY_ITSELF = "it goes back by itself; set it without a time to save it";
    private static final String ELSEWHERE = "no edit of the file alone gives it this value";

    private final ConfigFile file;
    private final Layers layers;
    private final String done;
    private final List<SavedKey> keys = new ArrayList<>();
    private final List<Overlay> staying = new ArrayList<>();
    private String text;

    private Saving(ConfigFile file, Layers layers, String text, String done) {
        this.file = file;
        this.layers = layers;
        this.done = done;
        this.text = text;
    }

    /// What is to be done.
    ///
    /// @param text    that the file is to have
    /// @param keys    what becomes of each that was set
    /// @param staying what the file cannot say
    record Plan(String text, List<SavedKey> keys, Overlays staying) {}

    /// @param text that the file has, the same that was last applied
    /// @param done the word for a key that the file will say
    static Plan plan(ConfigFile file, Layers layers, String text, String done) {
        Saving saving = new Saving(file, layers, text, done);
        saving.layers.overlays().shown().forEach(saving::write);
        return new Plan(saving.text, List.copyOf(saving.keys), new Overlays(saving.staying));
    }

    private void write(Overlay one) {
        Overlays others = left(one);
        Optional<String> why = one.until().isPresent() ? Optional.of(BY_ITSELF) : winner(one);
        Optional<String> edited = why.isPresent() ? Optional.empty()
                : HoconEdits.of(text, one.key(), one.written()).filter(next -> amountsToTheSame(next, others)).findFirst();
        edited.ifPresentOrElse(next -> text = next,
                () -> staying.addAll(layers.overlays().only(it -> it.key().equals(one.key())).all())); // with what it hides
        keys.add(new SavedKey(one.key(), Keys.shown(layers.bare(), one.key()), Keys.shown(layers.whole(), one.key()), edited.isPresent(), one.until().isPresent(),
                edited.isPresent() ? done : "stays " + one.source() + ": " + why.orElse(ELSEWHERE)));
    }

    /// What stays on top of the file when one more is written into it.
    private Overlays left(Overlay one) {
        List<Overlay> all = layers.overlays().all();
        return layers.overlays().only(it -> staying.contains(it) || all.indexOf(it) > all.indexOf(one));
    }

    private boolean amountsToTheSame(String next, Overlays left) {
        return file.read(next, layers.parts()) instanceof ConfigReading.Usable bare
                && file.over(bare, left, layers.parts()) instanceof ConfigReading.Usable whole
                && isSame(whole, layers.whole());
    }

    /// Whether two readings are of the same configuration.
    static boolean isSame(ConfigReading.Usable one, ConfigReading.Usable other) {
        return one.server().equals(other.server()) && one.levels().equals(other.levels());
    }

    /// What wins over the file for a key, so that writing it would have no effect now, or take a variable's.
    private Optional<String> winner(Overlay one) {
        return place(one).flatMap(found -> switch (found.place().source()) {
            case FILE, OVERLAY -> Optional.empty();
            case COMMAND_LINE -> Optional.of("--set on the command line wins over the file");
            case ENVIRONMENT -> Optional.of("the file takes its value from " + found.source() + ", at " + found.place().at());
        });
    }

    private Optional<Findings.Found> place(Overlay one) {
        return layers.bare().found().entrySet().stream()
                .filter(entry -> Keys.isSame(entry.getKey(), one.key()) || Keys.outer(one.key()).filter(entry.getKey()::equals).isPresent())
                .map(Map.Entry::getValue).findFirst();
    }
}
