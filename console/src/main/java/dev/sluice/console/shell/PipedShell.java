package dev.sluice.console.shell;

import dev.sluice.console.command.CommandContext;
import dev.sluice.console.command.Commands;
import dev.sluice.console.command.Reply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// A session without a terminal: commands are lines of a stream, answers plain lines of another. Empty lines and those that begin
/// with `#` are left out. For one thread.
public final class PipedShell {

    private final Commands commands = Commands.standard();
    private final CommandContext context;

    public PipedShell(CommandContext context) {
        this.context = context;
    }

    /// Runs commands until the input ends, or one ends the session.
    ///
    /// @param in  commands, one a line; the last one needs no line feed
    /// @param out for answers
    /// @param err for what went wrong
    /// @return the exit code of the worst command: 0 done, 1 failed, 2 wrong usage, 3 not allowed
    /// @throws UncheckedIOException when the input fails
    public int run(Reader in, PrintWriter out, PrintWriter err) {
        PlainConsole console = new PlainConsole(out, err);
        BufferedReader lines = new BufferedReader(in);
        int worst = 0;
        try {
            for (@Nullable String line = next(lines); line != null; line = next(lines)) {
                if (line.isBlank() || line.stripLeading().startsWith("#")) {
                    continue;
                }
                Reply reply = commands.execute(line, context, console.remembering(line));
                worst = Math.max(worst, reply.code());
                if (reply.then() != Reply.Then.CONTINUE) {
                    break;
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
        return worst;
    }

    /// A line without its end; of one that is too long, so much that it is still too long. Null at the end of input.
    private static @Nullable String next(Reader in) throws IOException {
        StringBuilder line = new StringBuilder();
        int unit = in.read();
        if (unit < 0) {
            return null;
        }
        while (unit >= 0 && unit != '\n') {
            if (line.length() <= Commands.LONGEST_LINE) {
                line.append((char) unit);
            }
            unit = in.read();
        }
        boolean returned = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
        return returned ? line.substring(0, line.length() - 1) : line.toString();
    }
}
