package dev.sluice.console.shell;

import dev.sluice.console.command.CommandContext;
import dev.sluice.console.command.Commands;
import dev.sluice.console.command.Escape;
import java.util.List;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/// Hands the commands' own suggestions to the line editor.
///
/// @param commands that suggest
/// @param context  they look at
record CommandCompleter(Commands commands, CommandContext context) implements Completer {

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<String> before = line.words().subList(0, line.wordIndex());
        commands.complete(context, before, line.word().substring(0, line.wordCursor())).forEach(suggestion -> {
            String help = suggestion.help().isEmpty() ? null : Escape.line(suggestion.help(), 60);
            candidates.add(new Candidate(
                    suggestion.value(), Escape.line(suggestion.value(), 60), null, help, null, null, suggestion.complete()));
        });
    }
}
