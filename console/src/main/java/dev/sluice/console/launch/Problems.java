package dev.sluice.console.launch;

import com.typesafe.config.ConfigException;
import dev.sluice.console.command.ConfigControl.ConfigProblem;
import dev.sluice.console.command.Escape;
import java.io.IOException;
import java.nio.file.Path;

/// What is wrong with a configuration, as lines.
final class Problems {

    private Problems() {}

    /// `sluice.conf:12: pools.workers.size is 0, but must be from 1 to 1000000`
    static String text(ConfigProblem problem) {
        String line = problem.line() > 0 ? ":" + problem.line() : "";
        String key = problem.key().isEmpty() ? "" : problem.key() + " ";
        return problem.file() + line + ": " + key + problem.message();
    }

    /// What the library says of a file that it cannot make anything of.
    ///
    /// @param file that was read, for what has no place of its own
    static ConfigProblem of(ConfigException failed, Path file) {
        if (failed instanceof ConfigException.IO unread) {
            return new ConfigProblem(Place.display(file), 0, "", unread(unread));
        }
        String message = String.valueOf(failed.getMessage());
        if (failed.origin() == null) {
            return new ConfigProblem(Place.display(file), 0, "", Escape.line(message));
        }
        String prefix = failed.origin().description() + ": ";
        Place at = Place.of(failed.origin());
        boolean unknown = at.line() == 0 && !failed.origin().description().startsWith(Place.COMMAND_LINE.file());
        // The parser quotes what it cannot read.
        String said = Escape.line(message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        return new ConfigProblem(unknown ? Place.display(file) : at.file(), at.line(), "", said);
    }

    /// Why a file that is there could not be read. Continues a sentence that begins with the file.
    static String unread(ConfigException.IO failed) {
        Throwable why = failed.getCause() instanceof IOException cause ? cause : failed;
        return Escape.line("cannot be read: " + why.getMessage());
    }
}
