package dev.sluice.console.launch;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// What the command line asks for. Immutable.
sealed interface Arguments {

    /// Start the server.
    ///
    /// @param config    the file; empty for the one that is shipped
    /// @param overrides that win over it
    /// @param console   whether to read commands from the standard input
    /// @param untilEof  whether the end of that input ends the server
    record Run(Optional<Path> config, List<ConfigFile.Override> overrides, boolean console, boolean untilEof) implements Arguments {}

    /// Say what is wrong with a file.
    record Check(Path config, List<ConfigFile.Override> overrides) implements Arguments {}

    /// Make a certificate to try TLS with.
    ///
    /// @param hosts that it is for
    /// @param out   the folder to write it to; empty for that of the shipped configuration
    /// @param days  that it holds
    /// @param force whether it replaces one that is there
    record Certify(List<String> hosts, Optional<Path> out, int days, boolean force) implements Arguments {}

    record Version() implements Arguments {}

    record Help() implements Arguments {}

    /// Nothing that is known.
    ///
    /// @param message in one line
    record Wrong(String message) implements Arguments {}

    String USAGE = """
            Usage: sluice [--config FILE] [--set KEY=VALUE]... [--no-console] [--until-eof]
                   sluice check FILE [--set KEY=VALUE]...
                   sluice cert [HOST]... [--out DIR] [--days N] [--force]
                   sluice --version | --help

              --config FILE    the configuration; config/sluice.conf unless given
              --set KEY=VALUE  wins over the file: --set pools.workers.size=16; may be repeated
              --no-console     read no commands: serve until a signal
              --until-eof      drain and end when the input of commands ends
              check FILE       say what is wrong with a configuration, or what it amounts to
              cert [HOST]...   make a self-signed certificate to try TLS with, for localhost unless hosts are given;
                               config/cert.pem and cert.key unless --out names a folder

            Commands are read from a terminal or a pipe; help lists them.
            TERM and INT drain and end, HUP reads the configuration again.
            Exit codes: 0 drained, 1 start failed, 2 wrong usage, 4 drained with victims.
            """;

    static Arguments parse(List<String> words) {
        try {
            return new Parser(words).parse();
        } catch (WrongUsage wrong) {
            return new Wrong(String.valueOf(wrong.getMessage()));
        } catch (InvalidPathException wrong) {
            return new Wrong("\"" + wrong.getInput() + "\" is no path");
        }
    }

    /// Ends the parsing.
    final class WrongUsage extends Exception {
        private static final long serialVersionUID = 1;

        private WrongUsage(String message) {
            super(message, null, false, false);
        }
    }

    /// Reads the words one after the other.
    final class Parser {

        private static final List<String> OPTIONS = List.of("--config", "--set", "--no-console", "--until-eof", "--version", "--help");

        private final Deque<String> left;
        private final List<ConfigFile.Override> overrides = new ArrayList<>();
        private Optional<Path> config = Optional.empty();
        private Optional<Path> check = Optional.empty();
        private boolean console = true;
        private boolean untilEof;

        private Parser(List<String> words) {
            left = new ArrayDeque<>(words);
        }

        private Arguments parse() throws WrongUsage {
            if (left.contains("--help") || left.contains("-h")) {
                return new Help();
            }
            if (left.contains("--version")) {
                return new Version();
            }
            if ("check".equals(left.peek())) {
                left.remove();
                check = Optional.of(Path.of(next("check", "FILE")));
            }
            if ("cert".equals(left.peek())) {
                left.remove();
                return certifying();
            }
            while (!left.isEmpty()) {
                option(left.remove());
            }
            return check.isPresent() ? checking(check.get()) : new Run(config, List.copyOf(overrides), console, untilEof);
        }

        private Arguments certifying() throws WrongUsage {
            List<String> hosts = new ArrayList<>();
            Optional<Path> out = Optional.empty();
            int days = 90;
            boolean force = false;
            while (!left.isEmpty()) {
                String word = left.remove();
                int equals = word.indexOf('=');
                if (word.startsWith("--") && equals > 0) {
                    left.addFirst(word.substring(equals + 1));
                    word = word.substring(0, equals);
                }
                switch (word) {
                    case "--force" -> force = true;
                    case "--out" -> out = Optional.of(Path.of(next(word, "DIR")));
                    case "--days" -> days = days(next(word, "number of days"));
                    default -> hosts.add(host(word));
                }
            }
            return new Certify(hosts.isEmpty() ? List.of("localhost", "127.0.0.1", "::1") : List.copyOf(hosts), out, days, force);
        }

        private static int days(String text) throws WrongUsage {
            if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1) {
                throw new WrongUsage("--days " + text + " is not a number of days from 1 to 9999");
            }
            return Integer.parseInt(text);
        }

        private static String host(String word) throws WrongUsage {
            if (word.startsWith("-")) {
                throw new WrongUsage("\"" + word + "\" is not known; " + Names.hint(word, List.of("--out", "--days", "--force")));
            }
            if (!word.matches("(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]+")) {
                throw new WrongUsage("\"" + word + "\" is no host: letters, digits, dots and hyphens, or an address");
            }
            return word;
        }

        private Arguments checking(Path file) throws WrongUsage {
            if (config.isPresent() || !console || untilEof) {
                throw new WrongUsage("check takes a FILE and --set, nothing else");
            }
            return new Check(file, List.copyOf(overrides));
        }

        private void option(String word) throws WrongUsage {
            int equals = word.indexOf('=');
            if (word.startsWith("--") && equals > 0) {
                left.addFirst(word.substring(equals + 1));
                valued(word.substring(0, equals), word);
                return;
            }
            switch (word) {
                case "--no-console" -> console = false;
                case "--until-eof" -> untilEof = true;
                default -> valued(word, word);
            }
        }

        private void valued(String name, String word) throws WrongUsage {
            switch (name) {
                case "--config" -> config = Optional.of(Path.of(next(name, "FILE")));
                case "--set" -> overrides.add(override(next(name, "KEY=VALUE")));
                default -> throw new WrongUsage("\"" + word + "\" is not known; " + Names.hint(name, OPTIONS));
            }
        }

        private String next(String option, String what) throws WrongUsage {
            if (left.isEmpty() || left.peek().isEmpty()) {
                throw new WrongUsage(option + " needs a " + what);
            }
            return left.remove();
        }

        private static ConfigFile.Override override(String text) throws WrongUsage {
            int equals = text.indexOf('=');
            if (equals < 1 || !ConfigFile.validKey(text.substring(0, equals).strip())) {
                throw new WrongUsage("--set " + text + " is not KEY=VALUE");
            }
            return new ConfigFile.Override(text.substring(0, equals).strip(), text.substring(equals + 1));
        }
    }
}
