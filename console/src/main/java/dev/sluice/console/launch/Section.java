package dev.sluice.console.launch;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// One object of the configuration, `{ … }`, that remembers which of its keys were asked for. Confined to the thread that reads.
final class Section {

    private static final ConfigObject NOTHING = ConfigValueFactory.fromMap(Map.of());

    private final ConfigObject object;
    private final String path;
    private final List<String> steps;
    private final Place place;
    private final Findings findings;
    private final Set<String> known = new TreeSet<>();

    /// @param path  in keys, empty for the outermost
    /// @param steps to it, from the very root
    private Section(ConfigObject object, String path, List<String> steps, Place place, Findings findings) {
        this.object = object;
        this.path = path;
        this.steps = steps;
        this.place = place;
        this.findings = findings;
    }

    /// The one object that holds everything; a problem when it is not there, or is not alone.
    ///
    /// @param place of the file, for what has no line
    static Section root(ConfigObject all, Place place, Findings findings) {
        Section whole = new Section(all, "", List.of(), place, findings);
        Optional<ConfigValue> root = whole.value(ConfigFile.ROOT);
        whole.refuseUnknown();
        List<String> steps = List.of(ConfigFile.ROOT);
        if (root.isPresent() && root.get() instanceof ConfigObject inner) {
            return new Section(inner, "", steps, firstPlace(inner), findings);
        }
        whole.problem(ConfigFile.ROOT, "is missing: everything must be inside " + ConfigFile.ROOT + " { … }");
        return new Section(NOTHING, "", steps, place, findings);
    }

    /// Its place in a file, or else who set it: an object that is merged from several has no line of its own, but what it holds has.
    private static Place firstPlace(ConfigValue value) {
        Place own = Place.of(value.origin());
        if (own.line() > 0 || !(value instanceof ConfigObject object) || Dangling.is(object)) {
            return own;
        }
        return object.values().stream().map(Section::firstPlace)
                .min(Comparator.comparing((Place one) -> one.line() == 0).thenComparing(Place::file).thenComparingInt(Place::line)).orElse(own);
    }

    /// What is given for a key; empty when nothing is, or `null`, or, which is a problem, what refers to nothing.
    Optional<ConfigValue> value(String key) {
        known.add(key);
        Optional<ConfigValue> value = Optional.ofNullable(object.get(key)).filter(one -> refers(key, one))
                .filter(one -> one.valueType() != ConfigValueType.NULL);
        value.filter(one -> one.valueType() != ConfigValueType.OBJECT).ifPresent(one -> findings.found(path(key), steps(key), one));
        return value;
    }

    private boolean refers(String key, ConfigValue value) {
        if (Dangling.is(value)) {
            findings.dangling(place(key), path(key), Dangling.message(value));
            return false;
        }
        return true;
    }

    /// The object of a key; an empty one when it is not there or, which is a problem, is none.
    Section child(String key) {
        Optional<ConfigValue> value = value(key);
        if (value.isPresent() && !(value.get() instanceof ConfigObject)) {
            problem(key, "is " + Values.text(value.get()) + ", but must be an object: " + key + " { … }");
        }
        if (value.isPresent() && value.get() instanceof ConfigObject inner) {
            return new Section(inner, path(key), steps(key), firstPlace(inner), findings);
        }
        return new Section(NOTHING, path(key), steps(key), place, findings);
    }

    /// The keys that are there, in the order of their lines.
    List<String> names() {
        return object.keySet().stream()
                .sorted(Comparator.comparing(this::place, Comparator.comparingInt(Place::line)).thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    /// All keys but some, those of inner objects joined by dots; they count as asked for.
    Map<String, String> rest(Set<String> except) {
        Map<String, String> rest = new LinkedHashMap<>();
        for (String key : names()) {
            if (!except.contains(key)) {
                value(key).ifPresent(value -> flatten(key, value, rest));
            }
        }
        return rest;
    }

    /// @param key to the value, in dots
    private void flatten(String key, ConfigValue value, Map<String, String> into) {
        if (value instanceof ConfigObject inner) {
            Section section = new Section(inner, path(key), steps(key), place, findings);
            inner.keySet().forEach(name -> section.value(name).ifPresent(one -> flatten(key + "." + name, one, into)));
        } else {
            into.put(key, Values.text(value));
        }
    }

    /// Each key that nobody asked for is a problem.
    void refuseUnknown() {
        for (String key : names()) {
            if (!known.contains(key)) {
                problem(key, "is not known; " + Names.hint(key, known));
            }
        }
    }

    /// @param key     may be dotted, or absent from this object: then the place is that of the object
    /// @param message continues a sentence that begins with the key
    void problem(String key, String message) {
        findings.problem(place(key), path(key), message);
    }

    /// Something is wrong with the object as a whole.
    void problem(String message) {
        findings.problem(place, path, message);
    }

    private Place place(String key) {
        List<String> down = new ArrayList<>(steps);
        ConfigValue at = object;
        for (String name : object.containsKey(key) ? List.of(key) : List.of(key.split("\\."))) {
            ConfigValue next = at instanceof ConfigObject inner && !Dangling.is(inner) ? inner.get(name) : null;
            if (next == null) {
                break;
            }
            down.add(name);
            at = next;
        }
        if (at == object) {
            return place;
        }
        Place written = findings.place(down, at);
        return written.line() > 0 ? written : firstPlace(at);
    }

    private List<String> steps(String key) {
        return Stream.concat(steps.stream(), Stream.of(key)).toList();
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    Findings findings() {
        return findings;
    }
}
