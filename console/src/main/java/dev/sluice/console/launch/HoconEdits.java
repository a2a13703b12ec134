package dev.sluice.console.launch;

import com.typesafe.config.ConfigUtil;
import dev.sluice.console.launch.HoconText.Body;
import dev.sluice.console.launch.HoconText.Field;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The ways in which a text can be made to say a key's value, each a change of one place and nothing else; the plainest comes first. Which
/// of them has the wanted effect depends on includes, references and what is assigned twice, and only reading it tells. Pure functions.
final class HoconEdits {

    /// A reference that gives nothing when there is nothing: whoever wrote it wants to keep it.
    private static final String OPTIONAL = "${?";

    private final HoconText text;
    private final String key;
    private final String path;
    private final String value;

    private HoconEdits(String text, String key, String value) {
        this.text = HoconText.of(text);
        this.key = key;
        this.path = ConfigFile.ROOT + "." + key;
        this.value = value;
    }

    /// The edited texts.
    ///
    /// @param key   without the root
    /// @param value as it is to be written
    static Stream<String> of(String text, String key, String value) {
        HoconEdits edits = new HoconEdits(text, key, value);
        return Stream.of(edits.replaced(), edits.replacedFull(), edits.replacedWhole(), edits.replacedShort(), edits.spread(),
                edits.before(), edits.added(), Optional.of(edits.appended())).flatMap(Optional::stream);
    }

    /// `size = 8` becomes `size = 9`.
    private Optional<String> replaced() {
        return last(field -> isKey(field) && (field.body() == null || !Keys.isShort(key)))
                .map(field -> replaced(field, value));
    }

    /// In short for what the file has in full: `io { model = event-loop }` becomes `io { model = blocking }`.
    private Optional<String> replacedFull() {
        return Keys.isShort(key)
                ? last(field -> field.path().equals(ConfigFile.ROOT + "." + Keys.full(key))).map(field -> replaced(field, value))
                : Optional.empty();
    }

    /// `io { model = event-loop, loops = 2 }` becomes `io = blocking`.
    private Optional<String> replacedWhole() {
        return last(field -> isKey(field) && field.body() != null && Keys.isShort(key)).map(field -> replaced(field, value));
    }

    /// In full for what the file has in short: `io = event-loop` becomes `io = blocking`.
    private Optional<String> replacedShort() {
        return outer().filter(field -> Keys.full(Keys.outer(key).orElse(key)).equals(key)).map(field -> replaced(field, value));
    }

    /// `io = event-loop` becomes `io { model = event-loop, loops = 2 }`.
    private Optional<String> spread() {
        return outer().map(field -> {
            String outer = Keys.outer(key).orElse(key);
            String inner = key.substring(outer.length() + 1);
            String all = "{ " + Keys.naming(outer) + " = " + text.value(field) + ", " + written(inner) + " = " + value + " }";
            int from = field.sign().contains("\n") ? field.from() : field.from() - field.sign().length();
            return text.with(from, field.to(), from == field.from() ? all : " " + all);
        });
    }

    private Optional<Field> outer() {
        return Keys.outer(key).flatMap(outer ->
                last(field -> field.path().equals(ConfigFile.ROOT + "." + outer) && field.body() == null));
    }

    /// Before `size = ${?SIZE}`, which goes on to win where that is given.
    private Optional<String> before() {
        return text.fields().filter(field -> isKey(field) && isOptional(field)).findFirst().map(field -> {
            String name = text.text().substring(field.start(), field.from() - field.sign().length());
            String gap = startsLine(field.start()) ? newLine() + indentation(field.start()) : ", ";
            return text.with(field.start(), field.start(), name + field.sign() + value + gap);
        });
    }

    private Optional<Field> last(Predicate<Field> wanted) {
        return text.fields().filter(wanted).filter(field -> !isOptional(field)).reduce((earlier, later) -> later);
    }

    private boolean isKey(Field field) {
        return field.path().equals(path) || (key.equals(Keys.LOG + "ROOT") && field.path().equalsIgnoreCase(path));
    }

    private boolean isOptional(Field field) {
        return field.body() == null && text.value(field).contains(OPTIONAL);
    }

    private String replaced(Field field, String next) {
        boolean quoted = text.value(field).startsWith("\"") && !next.startsWith("\"") && !next.startsWith("[");
        String written = quoted ? ConfigUtil.quoteString(next) : next;
        return field.sign().isBlank()
                ? text.with(field.from() - field.sign().length(), field.to(), " = " + written)
                : text.with(field.from(), field.to(), written);
    }

    // ---- what the text does not have yet ----

    /// Into the innermost object that there is for it.
    private Optional<String> added() {
        return text.root().all()
                .filter(body -> !body.path().isEmpty() && path.startsWith(body.path() + "."))
                .max(Comparator.<Body>comparingInt(body -> body.path().length()).thenComparing(Body::from))
                .map(this::added);
    }

    /// Behind all else, so that nothing in the text can come later.
    private String appended() {
        return added(text.root());
    }

    private String added(Body body) {
        return text.text().substring(body.from(), body.to()).contains("\n") || !body.braced() ? onOwnLine(body) : onSameLine(body);
    }

    private String onSameLine(Body body) {
        String content = text.text().substring(body.from(), body.to());
        if (content.isBlank()) {
            return text.with(body.from(), body.to(), " " + field(body) + " ");
        }
        int end = body.fields().isEmpty() ? body.from() + content.stripTrailing().length() : body.fields().getLast().to();
        return text.with(end, end, ", " + field(body));
    }

    private String onOwnLine(Body body) {
        String all = text.text();
        int close = body.to();
        String line = all.substring(all.lastIndexOf('\n', close - 1) + 1, close);
        if (body.braced() && !line.isBlank()) {
            return onSameLine(body);
        }
        String indentation = body.fields().stream().map(Field::start).filter(this::startsLine).reduce((earlier, later) -> later)
                .map(this::indentation).orElse(body.braced() ? line + "  " : "");
        if (!body.braced()) {
            boolean open = !all.isEmpty() && !all.endsWith("\n");
            return all + (open ? newLine() : "") + indentation + field(body) + newLine();
        }
        int at = close - line.length();
        String added = text.with(at, at, indentation + field(body) + newLine());
        int end = body.fields().isEmpty() ? 0 : body.fields().getLast().to();
        return wantsComma(body) ? added.substring(0, end) + "," + added.substring(end) : added;
    }

    /// Whether a comma must come behind the last field, as JSON has it.
    private boolean wantsComma(Body body) {
        return !body.fields().isEmpty() && isJson(body.fields().getLast())
                && !text.text().substring(body.fields().getLast().to(), body.to()).contains(",");
    }

    /// `timeouts { idle = 10s }`: what of the key an object does not say yet, in the style of what is in it.
    private String field(Body body) {
        List<String> names = rest(body.path());
        boolean json = !body.fields().isEmpty() && isJson(body.fields().getLast());
        List<String> written = names.stream().map(name -> json ? ConfigUtil.quoteString(name) : written(name)).toList();
        String sign = json ? ": " : sign(body);
        String field = written.getLast() + sign + (json && !value.matches("\\d+|true|false") ? quoted() : value);
        if (names.size() == 1) {
            return field;
        }
        String outer = String.join(".", written.subList(0, names.size() - 1));
        return json ? nested(written.subList(0, names.size() - 1), field) : outer + " { " + field + " }";
    }

    private static String nested(List<String> outer, String field) {
        return outer.reversed().stream().reduce(field, (inner, name) -> name + ": { " + inner + " }");
    }

    private String quoted() {
        return value.startsWith("\"") || value.startsWith("[") ? value : ConfigUtil.quoteString(value);
    }

    /// The sign between key and value, as the fields beside it have it.
    private static String sign(Body body) {
        String last = body.fields().stream().filter(field -> field.body() == null).map(Field::sign)
                .reduce((earlier, later) -> later).orElse(" = ");
        String sign = last.contains(":") ? ":" : "=";
        return (last.startsWith(sign) ? "" : " ") + sign + (last.endsWith(sign) ? "" : " ");
    }

    /// Quoted keys, and colons behind them.
    private boolean isJson(Field field) {
        return text.text().charAt(field.start()) == '"' && field.sign().contains(":");
    }

    /// The names that lead from an object to the key; that of a logger is one, unless the object has a part of it.
    private List<String> rest(String from) {
        String rest = from.isEmpty() ? path : path.substring(from.length() + 1);
        List<String> names = key.startsWith(Keys.LOG)
                ? List.of(ConfigFile.ROOT, "log", key.substring(Keys.LOG.length())) : List.of(path.split("\\."));
        return IntStream.range(0, names.size()).mapToObj(skipped -> names.subList(skipped, names.size()))
                .filter(some -> String.join(".", some).equals(rest)).findFirst().orElse(List.of(rest));
    }

    private static String written(String name) {
        return name.matches("[A-Za-z0-9_-]+") ? name : ConfigUtil.quoteString(name);
    }

    private boolean startsLine(int position) {
        return indentationEnd(position) == position;
    }

    private String indentation(int position) {
        return text.text().substring(lineStart(position), indentationEnd(position));
    }

    private int lineStart(int position) {
        return text.text().lastIndexOf('\n', position - 1) + 1;
    }

    private int indentationEnd(int position) {
        int end = lineStart(position);
        while (end < position && (text.text().charAt(end) == ' ' || text.text().charAt(end) == '\t')) {
            end++;
        }
        return end;
    }

    private String newLine() {
        return text.text().contains("\r\n") ? "\r\n" : "\n";
    }
}
