package dev.sluice.console.command;

import java.time.Duration;
import java.util.List;

/// The place where a command is typed and answered. Belongs to the thread that runs the command.
public interface Console {

    /// Whether there is a person at a terminal, who can be asked and can press Ctrl-C.
    boolean interactive();

    /// Whether to use colours.
    boolean coloured();

    /// Columns of the screen; 0 when lines may have any length.
    int width();

    /// Rows of the screen; 0 when there is none on which [#block] could show anything.
    int height();

    /// Prints lines. Ctrl-C stops it where there are many of them. What [#block] shows stays above them.
    void out(List<String> lines);

    /// Prints a line.
    default void out(String line) {
        out(List.of(line));
    }

    /// Prints a line about something that went wrong.
    void err(String line);

    /// Shows lines in place of those it showed last; elsewhere than on a terminal, nothing. No lines remove the block.
    void block(List<String> lines);

    /// Asks a question that is answered with yes or no; no when there is nobody to ask.
    boolean ask(String question);

    /// Waits.
    ///
    /// @return whether to go on: false once Ctrl-C was pressed
    /// @throws InterruptedException when the session ends meanwhile
    boolean pause(Duration time) throws InterruptedException;

    /// Lines that were typed, the oldest first.
    List<String> history();

    /// Clears the screen, if there is one.
    void clear();
}
