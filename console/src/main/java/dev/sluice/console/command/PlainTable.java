package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.List;

/// A table as people read it. Each text is made once, and each width taken once, whatever there is room for on the screen: there may be tens of thousands
/// of rows.
final class PlainTable {

    private static final String GAP = "  ";
    private static final int LONGEST_CELL = 120;
    private static final int LONGEST_WIDE_CELL = 10_000;
    private static final int LEAST_OF_A_TEXT = 12;

    private final Table table;
    private final boolean coloured;
    /// Of the table's columns, those that are shown.
    private final List<Integer> columns = new ArrayList<>();
    /// By row, then by column of the table.
    private final List<String[]> texts = new ArrayList<>();
    /// What each column of the table would take.
    private final int[] wanted;
    /// By column of the table, whether some text in it has characters that are not one column.
    private final boolean[] uneven;

    private PlainTable(Table table, boolean coloured) {
        this.table = table;
        this.coloured = coloured;
        this.wanted = new int[table.heads().size()];
        this.uneven = new boolean[wanted.length];
        for (int column = 0; column < wanted.length; column++) {
            if (table.wide() || !table.heads().get(column).wide()) {
                columns.add(column);
                wanted[column] = table.heads().get(column).title().length();
            }
        }
        table.rows().forEach(row -> texts.add(texts(row)));
    }

    private String[] texts(List<Cell> row) {
        String[] made = new String[wanted.length];
        int most = table.wide() ? LONGEST_WIDE_CELL : LONGEST_CELL;
        for (int column : columns) {
            String shown = row.get(column).shown();
            boolean other = !Width.isPlain(shown);
            String text = cut(shown, most, other);
            made[column] = text;
            uneven[column] |= other;
            wanted[column] = Math.max(wanted[column], length(text, other));
        }
        return made;
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
        StringBuilder line = new StringBuilder();
        for (int row = 0; row < texts.size(); row++) {
            line.setLength(0);
            write(line, table.rows().get(row), texts.get(row), widths);
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
        return head(column).kind().isNumber();
    }

    private static int surplus(int[] widths, int screen) {
        int taken = GAP.length() * (widths.length - 1);
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
            line.append(i == 0 ? "" : GAP);
            pad(line, head(columns.get(i)).title(), widths[i], isNumber(columns.get(i)), false);
        }
        return line.toString().stripTrailing();
    }

    private void write(StringBuilder line, List<Cell> cells, String[] shown, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            int column = columns.get(i);
            boolean right = isNumber(column);
            line.append(i == 0 ? "" : GAP);
            int begin = line.length();
            String text = cut(shown[column], widths[i], uneven[column]);
            pad(line, text, i == widths.length - 1 && !right ? 0 : widths[i], right, uneven[column]);
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

    private static void pad(StringBuilder line, String text, int width, boolean right, boolean uneven) {
        int space = Math.max(0, width - length(text, uneven));
        line.repeat(' ', right ? space : 0).append(text).repeat(' ', right ? 0 : space);
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
