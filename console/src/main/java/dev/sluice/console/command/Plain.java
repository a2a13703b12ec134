package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.List;

/// Writes output for people: aligned, escaped, with colours where they are wanted.
final class Plain {

    private static final String GAP = "  ";

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
            case Output.Rows(Table table) -> lines.addAll(PlainTable.lines(table, coloured, width));
        }
    }

    private String line(String title, List<Field> fields, int titles) {
        StringBuilder line = new StringBuilder(Tone.STRONG.paint(padded(title, titles, false), coloured));
        for (Field field : fields) {
            line.append(GAP);
            if (!field.label().isEmpty()) {
                line.append(Tone.FAINT.paint(field.label(), coloured)).append(' ');
            }
            line.append(field.cell().tone().paint(field.cell().shown(), coloured));
        }
        return line.toString();
    }

    private void listing(String title, List<String> texts) {
        lines.add(Tone.STRONG.paint(title, coloured));
        texts.forEach(text -> lines.add(GAP + Escape.line(text)));
    }

    private static String padded(String text, int width, boolean right) {
        String space = " ".repeat(Math.max(0, width - length(text)));
        return right ? space + text : text + space;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
