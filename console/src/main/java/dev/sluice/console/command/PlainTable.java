package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.List;

/// A table as people read it. Each text is made once, and each width taken once, whatever there is room for on the screen: there may be tens of thousands
/// of rows, and the first such table is made by an interpreter. So what holds for a column is found out once, and so is the text of a cell that is as the one above it.
final class PlainTable {

    private static final int GAP = 2;
    private static final int LONGEST_CELL = 120;
    private static final int LONGEST_WIDE_CELL = 10_000;
    private static final int LEAST_OF_A_TEXT = 12;

    private final Table table;
    private final boolean coloured;
    /// Of the table's columns, those that are shown.
    private final List<Integer> columns = new ArrayList<>();
    /// By row, then by column of the table.
    private final List<String[]> texts;
    /// What each column of the table would take.
    private final int[] wanted;
    /// By column of the table, whether it holds numbers: those stand on the right, and each of their characters is one column.
    private final boolean[] numbers;
    /// By column of the table, whether some text in it has characters that are not one column.
    private final boolean[] uneven;

    private PlainTable(Table table, boolean coloured) {
        this.table = table;
        this.coloured = coloured;
        this.wanted = new int[table.heads().size()];
        this.uneven = new boolean[wanted.length];
        this.numbers = new boolean[wanted.length];
        for (int column = 0; column < wanted.length; column++) {
            numbers[column] = head(column).kind().isNumber();
            if (table.wide() || !table.heads().get(column).wide()) {
                columns.add(column);
                wanted[column] = table.heads().get(column).title().length();
            }
        }
        this.texts = new ArrayList<>(table.rows().size());
        int[] all = shown();
        List<Cell> above = List.of();
        for (List<Cell> row : table.rows()) {
            texts.add(texts(row, above, all));
            above = row;
        }
    }

    private int[] shown() {
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }

    private String[] texts(List<Cell> row, List<Cell> above, int[] all) {
        String[] made = new String[wanted.length];
        for (int column : all) {
            Cell cell = row.get(column);
            made[column] = !above.isEmpty() && cell.isAs(above.get(column)) ? texts.getLast()[column] : text(column, cell);
        }
        return made;
    }

    private String text(int column, Cell cell) {
        String shown = cell.shown();
        boolean other = !isNumber(column) && !Width.isPlain(shown);
        String text = cut(shown, table.wide() ? LONGEST_WIDE_CELL : LONGEST_CELL, other);
        uneven[column] |= other;
        wanted[column] = Math.max(wanted[column], length(text, other));
        return text;
    }

    /// @param screen columns that it may take; 0 for any number
    static List<String> lines(Table table, boolean coloured, int screen) {
        return new PlainTable(table, coloured).lines(table.wide() ? 0 : screen);
    }

    private List<String> lines(int screen) {
        List<String> hidden = hide(screen);
        int[] widths = widths(screen);
        List<String> lines = new ArrayList<>(texts.size() + 3);
        lines.add(Tone.STRONG.paint(header(widths), coloured));
        int[] all = shown();
        StringBuilder line = new StringBuilder();
        for (int row = 0; row < texts.size(); row++) {
            line.setLength(0);
            write(line, table.rows().get(row), texts.get(row), all, widths);
            lines.add(line.toString().stripTrailing());
        }
        if (!hidden.isEmpty()) {
            lines.add("(too narrow for " + String.join(", ", hidden.reversed()) + ": --wide shows them)");
        }
        lines.add(table.total() + " rows (shown " + table.rows().size() + ")");
        return lines;
    }

    /// Takes out numbers, from the right, until the rest fits the screen. Their titles.
    private List<String> hide(int screen) {
        List<String> hidden = new ArrayList<>();
        for (int i = columns.size() - 1; i > 0 && screen > 0; i--) {
            if (isNumber(columns.get(i)) && surplus(widths(screen), screen) > 0) {
                hidden.add(head(columns.remove(i)).title());
            }
        }
        return hidden;
    }

    private Table.Head head(int column) {
        return table.heads().get(column);
    }

    private boolean isNumber(int column) {
        return numbers[column];
    }

    private static int surplus(int[] widths, int screen) {
        int taken = GAP * (widths.length - 1);
        for (int width : widths) {
            taken += width;
        }
        return taken - screen;
    }

    /// Of what is shown: what is too much for the screen is taken from the last texts, as far as they stay readable.
    private int[] widths(int screen) {
        int[] widths = columns.stream().mapToInt(column -> wanted[column]).toArray();
        int surplus = screen == 0 ? 0 : surplus(widths, screen);
        for (int i = widths.length - 1; i >= 0 && surplus > 0; i--) {
            Table.Head head = head(columns.get(i));
            int least = Math.max(head.title().length(), LEAST_OF_A_TEXT);
            if (head.kind() == Kind.TEXT && widths[i] > least) {
                int taken = Math.min(surplus, widths[i] - least);
                widths[i] -= taken;
                surplus -= taken;
            }
        }
        return widths;
    }

    private String header(int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            pad(line, i == 0 ? 0 : GAP, head(columns.get(i)).title(), widths[i], isNumber(columns.get(i)), false);
        }
        return line.toString().stripTrailing();
    }

    private void write(StringBuilder line, List<Cell> cells, String[] shown, int[] all, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            int column = all[i];
            boolean right = isNumber(column);
            int gap = i == 0 ? 0 : GAP;
            int begin = line.length() + gap;
            String text = widths[i] < wanted[column] ? cut(shown[column], widths[i], uneven[column]) : shown[column];
            pad(line, gap, text, i == widths.length - 1 && !right ? 0 : widths[i], right, uneven[column]);
            if (coloured) {
                paint(line, begin, cells.get(column));
            }
        }
    }

    private static void paint(StringBuilder line, int begin, Cell cell) {
        Tone tone = cell.tone();
        if (tone != Tone.PLAIN) {
            line.replace(begin, line.length(), tone.paint(line.substring(begin), true));
        }
    }

    private static void pad(StringBuilder line, int gap, String text, int width, boolean right, boolean uneven) {
        int space = Math.max(0, width - length(text, uneven));
        line.repeat(' ', right ? gap + space : gap).append(text);
        if (!right && space > 0) {
            line.repeat(' ', space);
        }
    }

    private static String cut(String text, int most, boolean uneven) {
        if (length(text, uneven) <= most) {
            return text;
        }
        return (uneven ? Width.begin(text, most - 1) : text.substring(0, most - 1)) + "…";
    }

    private static int length(String text, boolean uneven) {
        return uneven ? Width.of(text) : text.length();
    }
}
