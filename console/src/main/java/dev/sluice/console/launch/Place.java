package dev.sluice.console.launch;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;

/// Where a value of the configuration is from.
///
/// @param source what gave it
/// @param file   its path, as people call it; for what no file says, what does
/// @param line   from 1; 0 when it is not known
record Place(Source source, String file, int line) {

    enum Source {
        FILE,
        ENVIRONMENT,
        COMMAND_LINE,
        OVERLAY
    }

    static final Place COMMAND_LINE = new Place(Source.COMMAND_LINE, "command line", 0);

    /// Begins the place of what somebody set while the server ran.
    static final String SET_BY = "set by ";

    /// The library knows the values of `${NAME}` by this description alone.
    private static final String ENVIRONMENT = "env variables";

    static Place of(ConfigOrigin origin) {
        if (origin.filename() != null) {
            return new Place(Source.FILE, display(Path.of(origin.filename())), Math.max(0, origin.lineNumber()));
        }
        if (origin.description().startsWith(SET_BY)) {
            return new Place(Source.OVERLAY, origin.description(), 0);
        }
        // Also of a text that is put together from a variable and something else.
        return origin.description().contains(ENVIRONMENT) ? new Place(Source.ENVIRONMENT, "environment", 0) : COMMAND_LINE;
    }

    /// A path as people call it: relative where it is below the working folder.
    static String display(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = path.toAbsolutePath().normalize();
        String shown = (absolute.startsWith(here) ? here.relativize(absolute) : absolute).toString();
        return shown.isEmpty() ? "." : shown;
    }

    /// The column of `show config`.
    String text() {
        return switch (source) {
            case FILE, COMMAND_LINE, OVERLAY -> at();
            case ENVIRONMENT -> line > 0 ? "env " + at() : "env";
        };
    }

    /// With its line, where it has one.
    String at() {
        return line > 0 ? file + ":" + line : file;
    }
}
