package dev.sluice.console.launch;

import com.typesafe.config.ConfigOrigin;
import dev.sluice.console.command.Escape;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /// What is put together from several places has them all in its description: `merge of /etc/a.conf: 3,/etc/b.conf: 5-7`.
    private static final Pattern FIRST_OF_SEVERAL = Pattern.compile("(/.*?): (\\d{1,9})(-\\d+)?(,.*)?");

    /// Whether a value is from one place in a file.
    static boolean isOne(ConfigOrigin origin) {
        return origin.filename() != null && origin.filename().startsWith("/");
    }

    static Place of(ConfigOrigin origin) {
        if (isOne(origin)) {
            return new Place(Source.FILE, display(Path.of(origin.filename())), Math.max(0, origin.lineNumber()));
        }
        if (origin.description().startsWith(SET_BY)) {
            return new Place(Source.OVERLAY, origin.description(), 0);
        }
        boolean environment = origin.description().contains(ENVIRONMENT);
        Matcher several = FIRST_OF_SEVERAL.matcher(origin.description());
        if (several.find()) {
            return new Place(environment ? Source.ENVIRONMENT : Source.FILE, display(Path.of(several.group(1))),
                    Integer.parseInt(several.group(2)));
        }
        return environment ? new Place(Source.ENVIRONMENT, "environment", 0) : COMMAND_LINE;
    }

    /// A path as people call it: relative where it is below the working folder.
    static String display(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path absolute = path.toAbsolutePath().normalize();
        String shown = (absolute.startsWith(here) ? here.relativize(absolute) : absolute).toString();
        return shown.isEmpty() ? "." : Escape.line(shown);
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
