package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes output for people: aligned, escaped, with colours where they are wanted.
final class Plain {

    private static final String GAP = "  ";
    private static final int LONGEST_CELL = 120;
    private static final int LONGEST_WIDE_CELL = 10_000;

    private final boolean coloured;
    private final int width;
    private final List<String> lines = new ArrayList<>();

    private Plain(boolean coloured, int width) {
        this.coloured = coloured;
        this.width = width;
    }

    /// @param width columns that tables may take; 0 for any number
    static List<String> lines(Output output, boolean coloured, int width) {
        Plain plain = new Plain(coloured, width);
        int titles = output.sections().stream().mapToInt(Plain::titleLength).max().orElse(0);
        output.sections().forEach(section -> plain.section(section, titles));
        return plain.lines;
    }

    private static int titleLength(Output.Section section) {
        return section instanceof Output.Line(String title, List<Field> fields) ? title.length() : 0;
    }

    private void section(Output.Section section, int titles) {
        switch (section) {
            case Output.Sentence(String text) -> lines.add(Escape.line(text));
            case Output.Hidden hidden -> { }
            case Output.Line(String title, List<Field> fields) -> lines.add(line(title, fields, titles));
            case Output.Listing(String key, String title, List<String> texts) -> listing(title, texts);
            case Output.Rows(Table table) -> table(table);
        }
    }

    private String line(String title, List<Field> fields, int titles) {
        StringBuilder line = new StringBuilder(Tone.STRONG.paint(padded(title, titles, false), coloured));
        for (Field field : fields) {
            line.append(GAP);
            if (!field.label().isEmpty()) {
                line.append(Tone.FAINT.paint(field.label(), coloured)).append(' ');
            }
            line.append(painted(field.cell(), field.cell().shown()));
        }
        return line.toString();
    }

    private void listing(String title, List<String> texts) {
        lines.add(Tone.STRONG.paint(title, coloured));
        texts.forEach(text -> lines.add(GAP + Escape.line(text)));
    }

    private void table(Table table) {
        List<Integer> columns = columns(table);
        List<String> hidden = hide(table, columns);
        List<List<String>> shown = shown(table, columns);
        int[] widths = widths(table, columns, shown);
        lines.add(Tone.STRONG.paint(header(table, columns, widths), coloured));
        for (int i = 0; i < shown.size(); i++) {
            lines.add(row(table.rows().get(i), shown.get(i), columns, table, widths));
        }
        if (!hidden.isEmpty()) {
            lines.add("(too narrow for " + String.join(", ", hidden.reversed()) + ": --wide shows them)");
        }
        lines.add(table.total() + " rows (shown " + table.rows().size() + ")");
    }

    private static List<Integer> columns(Table table) {
        List<Integer> columns = new ArrayList<>();
        for (int i = 0; i < table.heads().size(); i++) {
            if (table.wide() || !table.heads().get(i).wide()) {
                columns.add(i);
            }
        }
        return columns;
    }

    /// Takes out numbers, from the right, until the rest fits the screen. Their titles.
    private List<String> hide(Table table, List<Integer> columns) {
        List<String> hidden = new ArrayList<>();
        for (int i = columns.size() - 1; i > 0 && width > 0 && !table.wide(); i--) {
            Table.Head head = table.heads().get(columns.get(i));
            if (head.kind().isNumber() && surplus(widths(table, columns, shown(table, columns))) > 0) {
                columns.remove(i);
                hidden.add(head.title());
            }
        }
        return hidden;
    }

    private static List<List<String>> shown(Table table, List<Integer> columns) {
        return table.rows().stream().map(row -> shown(table, columns, row)).toList();
    }

    private int surplus(int[] widths) {
        return Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - width;
    }

    private static List<String> shown(Table table, List<Integer> columns, List<Cell> row) {
        int most = table.wide() ? LONGEST_WIDE_CELL : LONGEST_CELL;
        return columns.stream().map(column -> cut(row.get(column).shown(), most)).toList();
    }

    private int[] widths(Table table, List<Integer> columns, List<List<String>> shown) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            int title = table.heads().get(columns.get(i)).title().length();
            widths[i] = Math.max(title, shown.stream().mapToInt(row -> length(row.get(column))).max().orElse(0));
        }
        if (width > 0 && !table.wide()) {
            narrow(table, columns, widths);
        }
        return widths;
    }

    /// Takes what is too much for the screen from the last texts, as far as they stay readable.
    private void narrow(Table table, List<Integer> columns, int[] widths) {
        int surplus = surplus(widths);
        for (int i = widths.length - 1; i >= 0 && surplus > 0; i--) {
            Table.Head head = table.heads().get(columns.get(i));
            int least = Math.max(head.title().length(), 12);
            if (head.kind() == Kind.TEXT && widths[i] > least) {
                int taken = Math.min(surplus, widths[i] - least);
                widths[i] -= taken;
                surplus -= taken;
            }
        }
    }

    private static String header(Table table, List<Integer> columns, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            Table.Head head = table.heads().get(columns.get(i));
            line.append(i == 0 ? "" : GAP).append(padded(head.title(), widths[i], head.kind().isNumber()));
        }
        return line.toString().stripTrailing();
    }

    private String row(List<Cell> cells, List<String> shown, List<Integer> columns, Table table, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            boolean right = table.heads().get(columns.get(i)).kind().isNumber();
            String text = padded(cut(shown.get(i), widths[i]), i == widths.length - 1 && !right ? 0 : widths[i], right);
            line.append(i == 0 ? "" : GAP).append(painted(cells.get(columns.get(i)), text));
        }
        return line.toString().stripTrailing();
    }

    private String painted(Cell cell, String text) {
        if (cell instanceof Cell.State(String word, Tone tone)) {
            return tone.paint(text, coloured);
        }
        return cell instanceof Cell.None ? Tone.FAINT.paint(text, coloured) : text;
    }

    private static String cut(String text, int most) {
        return length(text) <= most ? text : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
    }

    private static String padded(String text, int width, boolean right) {
        String space = " ".repeat(Math.max(0, width - length(text)));
        return right ? space + text : text + space;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
