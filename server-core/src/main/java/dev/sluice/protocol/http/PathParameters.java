package dev.sluice.protocol.http;

import java.util.List;

/// What the names of a [Route]'s template stand for in one request. Immutable.
///
/// Values are decoded, `%xx` as UTF-8, and are parts of [HttpRequest#path()]. The value of `{name}` is neither empty, `.` nor `..`, and holds
/// no slash: a path with an encoded one has no route. It may hold any other character, a backslash and NUL too. The value of `{name...}`
/// is such segments joined by `/`, of which the last may be empty.
public final class PathParameters {

    static final PathParameters NONE = new PathParameters(List.of(), List.of());

    private final List<String> names;
    private final List<String> values;

    PathParameters(List<String> names, List<String> values) {
        this.names = List.copyOf(names);
        this.values = List.copyOf(values);
    }

    /// The names, in the order of the template.
    public List<String> names() {
        return names;
    }

    /// What a name stands for.
    ///
    /// @throws IllegalArgumentException when the template has no such name
    public String value(String name) {
        int index = names.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("the template has no {" + name + "}, but " + names);
        }
        return values.get(index);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < names.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(names.get(i)).append('=').append(values.get(i));
        }
        return text.append('}').toString();
    }
}
