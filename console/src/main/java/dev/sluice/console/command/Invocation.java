package dev.sluice.console.command;

import dev.sluice.api.ServerControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One command line, taken apart. For the thread that runs it.
final class Invocation {

    private final CommandContext context;
    private final Console console;
    private final Spec spec;
    private final String line;
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> options = new LinkedHashMap<>();
    private boolean audited;

    Invocation(CommandContext context, Console console, Spec spec, String line) {
        this.context = context;
        this.console = console;
        this.spec = spec;
        this.line = line;
    }

    /// Sorts what stands behind the command's name into arguments and options.
    ///
    /// @throws CommandException of wrong usage, naming the nearest option
    void take(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (!word.matches("-{1,2}[a-z].*")) {
                arguments.add(word);
            } else if (option(word, i + 1 < words.size() ? Optional.of(words.get(i + 1)) : Optional.empty())) {
                i++;
            }
        }
    }

    /// Takes an option. Whether it took the next word too.
    private boolean option(String word, Optional<String> next) {
        int sign = word.indexOf('=');
        String name = sign < 0 ? word : word.substring(0, sign);
        Option option = spec.options().stream().filter(known -> known.name().equals(name)).findFirst().orElseThrow(() -> unknown(name));
        if (!option.takesArgument()) {
            if (sign >= 0) {
                throw CommandException.usage(name + " takes no value");
            }
            options.put(name, "");
            return false;
        }
        String value = sign >= 0 ? word.substring(sign + 1)
                : next.orElseThrow(() -> CommandException.usage(name + " needs a value: " + name + " " + option.argument()));
        options.put(name, value);
        return sign < 0;
    }

    private CommandException unknown(String name) {
        List<String> known = spec.options().stream().map(Option::name).toList();
        String all = known.isEmpty() ? "" : " Known: " + String.join(", ", known);
        return CommandException.usage(spec.name() + " has no option " + Escape.line(name, 40) + Nearest.hint(name, known) + all);
    }

    CommandContext context() {
        return context;
    }

    ServerControl server() {
        return context.server();
    }

    Console console() {
        return console;
    }

    Spec spec() {
        return spec;
    }

    List<String> arguments() {
        return arguments;
    }

    /// @throws CommandException unless there are so many arguments
    void expect(int least, int most) {
        if (arguments.size() < least) {
            throw CommandException.usage(spec.name() + " needs " + spec.arguments() + "; see: help " + spec.name());
        }
        if (arguments.size() > most) {
            throw CommandException.usage(spec.name() + " does not take \""
                    + Escape.line(arguments.get(most), 40) + "\"; see: help " + spec.name());
        }
    }

    String argument(int index) {
        return arguments.get(index);
    }

    boolean flag(String name) {
        return options.containsKey(name);
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    Optional<Duration> duration(String name) {
        return option(name).map(text -> Units.parseDuration(name, text));
    }

    OptionalLong number(String name, long least, long most) {
        return option(name).map(text -> OptionalLong.of(parse(name, text, least, most))).orElse(OptionalLong.empty());
    }

    /// A whole number.
    ///
    /// @throws CommandException when it is none or out of bounds
    static long parse(String name, String text, long least, long most) {
        if (text.matches("\\d{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw CommandException.usage(name + " is \"" + Escape.line(text, 40) + "\", but must be a whole number from " + least
                + (most == Long.MAX_VALUE ? "" : " to " + most));
    }

    /// Whether output is to be data, not sentences, so that nothing may be printed beside it.
    boolean wantsData() {
        return flag("--json") || flag("--csv");
    }

    /// Writes to the audit log now, for a command that may not live to see its end.
    void audit(String result, String before, String after) {
        if (!audited) {
            Audit.write(context.principal(), line, result, before, after);
        }
        audited = true;
    }
}
