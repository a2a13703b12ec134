package dev.sluice.console.command;

import java.util.ArrayList;
import java.util.List;

/// Splits a line into words: by spaces, with `'…'`, `"…"` and `\` as in a shell, and nothing else of a shell.
final class CommandLine {

    /// Characters a line may have.
    static final int LONGEST = 64 << 10;

    private final String line;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int at;

    private CommandLine(String line) {
        this.line = line;
    }

    /// @throws CommandException of wrong usage, saying what is wrong and where
    static List<String> split(String line) {
        if (line.length() > LONGEST) {
            throw CommandException.usage("the line is longer than " + LONGEST + " characters");
        }
        for (int i = 0; i < line.length(); i++) {
            if (Character.isISOControl(line.charAt(i)) && line.charAt(i) != '\t') {
                String shown = Escape.line(line.substring(i, i + 1));
                throw CommandException.usage("the line has the control character " + shown + " in column " + (i + 1));
            }
        }
        return new CommandLine(line).words();
    }

    private List<String> words() {
        while (at < line.length()) {
            char c = line.charAt(at++);
            switch (c) {
                case ' ', '\t' -> end();
                case '\'', '"' -> quoted(c);
                case '\\' -> add(next());
                default -> add(c);
            }
        }
        end();
        return words;
    }

    private void quoted(char quote) {
        int start = at;
        inWord = true;
        while (at < line.length()) {
            char c = line.charAt(at++);
            if (c == quote) {
                return;
            }
            add(c == '\\' && quote == '"' ? next() : c);
        }
        throw CommandException.usage("the quote " + quote + " in column " + start + " is never closed");
    }

    private char next() {
        if (at == line.length()) {
            throw CommandException.usage("the line ends with a \\ that stands before nothing");
        }
        return line.charAt(at++);
    }

    private void add(char c) {
        inWord = true;
        word.append(c);
    }

    private void end() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }
}
