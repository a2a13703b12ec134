package dev.sluice.console.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Terms such as `listener=web`, `age>10m` or `age.gt=10m`, all of which must hold. Parsed once, then asked of each row.
///
/// Texts are compared whole, `*` standing for anything; addresses by their block, those of Unix domain sockets as texts; what has a unit,
/// with its unit.
///
/// @param <T> what it is asked of
final class Filter<T> implements Predicate<T> {

    private static final Pattern TERM = Pattern.compile(
            "([a-z][a-z0-9-]*)(?:\\.(eq|ne|gt|lt|ge|le)=|(!=|>=|<=|==|=|>|<))(.*)", Pattern.DOTALL);

    private final List<Predicate<T>> terms;

    private Filter(List<Predicate<T>> terms) {
        this.terms = terms;
    }

    /// @throws CommandException of wrong usage, naming the nearest known key
    static <T> Filter<T> parse(List<String> words, Schema<T> schema) {
        List<Predicate<T>> terms = new ArrayList<>();
        for (String word : words) {
            Matcher term = TERM.matcher(word);
            if (!term.matches()) {
                throw CommandException.usage("\"" + Escape.line(word, 40)
                        + "\" is no filter; write key=value, key!=value, key>n, key<n or key.gt=n");
            }
            String sign = term.group(2) == null ? term.group(3) : term.group(2);
            Comparison comparison = Comparison.of(sign.equals("==") ? "=" : sign);
            terms.add(term(schema.column(term.group(1)), comparison, term.group(4)));
        }
        return new Filter<>(terms);
    }

    private static <T> Predicate<T> term(Column<T> column, Comparison comparison, String value) {
        Predicate<Cell> holds = switch (column.kind()) {
            case TEXT, STATE, FLAG -> text(column, comparison, value);
            case ADDRESS -> address(column, comparison, value);
            case COUNT, DECIMAL -> number(comparison, parseNumber(column.key(), value));
            case DURATION -> number(comparison, Cell.seconds(Units.parseDuration(column.key(), value)));
            case BYTES -> number(comparison, Units.parseSize(column.key(), value));
            case PERCENT -> number(comparison, parseNumber(column.key(), value.replaceFirst("%$", "")) / 100);
            case MOMENT -> ago(comparison, Cell.seconds(Units.parseDuration(column.key(), value)));
        };
        return row -> holds.test(column.cell().apply(row));
    }

    private static Predicate<Cell> text(Column<?> column, Comparison comparison, String value) {
        onlyEquality(column, comparison);
        Glob wanted = new Glob(value);
        return cell -> comparison.holds(wanted.matches(raw(cell)));
    }

    private static String raw(Cell cell) {
        return cell instanceof Cell.Text(String value) ? value : cell instanceof Cell.None ? "" : cell.shown();
    }

    private static Predicate<Cell> address(Column<?> column, Comparison comparison, String value) {
        onlyEquality(column, comparison);
        if (value.startsWith("unix:") && value.indexOf('*') > 0) {
            Glob wanted = new Glob(value);
            return cell -> comparison.holds(wanted.matches(raw(cell)));
        }
        int colon = value.lastIndexOf(':');
        boolean withPort = colon > 0 && (value.charAt(colon - 1) == ']' || value.indexOf(':') == colon);
        if (withPort) {
            return cell -> comparison.holds(raw(cell).equals(value));
        }
        Network network = Network.parse(value);
        return cell -> comparison.holds(network.contains(raw(cell)));
    }

    private static void onlyEquality(Column<?> column, Comparison comparison) {
        if (!comparison.isEquality()) {
            throw CommandException.usage(column.key() + " is no number: compare it with = or !=");
        }
    }

    private static Predicate<Cell> number(Comparison comparison, double wanted) {
        return cell -> comparison.holds(cell.number(), wanted);
    }

    /// `when<10m` is less than ten minutes ago.
    private static Predicate<Cell> ago(Comparison comparison, double seconds) {
        double now = Instant.now().toEpochMilli() / 1e3;
        return cell -> comparison.holds(now - cell.number(), seconds);
    }

    static double parseNumber(String name, String value) {
        if (!value.matches("-?\\d{1,18}(\\.\\d{1,9})?")) {
            throw CommandException.usage(String.format(Locale.ROOT, "%s is \"%s\", but must be a number", name, Escape.line(value, 40)));
        }
        return Double.parseDouble(value);
    }

    @Override
    public boolean test(T row) {
        for (Predicate<T> term : terms) {
            if (!term.test(row)) {
                return false;
            }
        }
        return true;
    }

    /// Whether it lets everything through.
    boolean isEmpty() {
        return terms.isEmpty();
    }
}
