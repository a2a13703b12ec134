package dev.sluice.console.launch;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;

/// The standard streams of the process.
///
/// @param in         commands
/// @param out        answers
/// @param err        what went wrong
/// @param isTerminal whether a person is at both ends
record Streams(InputStream in, PrintStream out, PrintStream err, boolean isTerminal) {

    static Streams ofProcess() {
        // Only whether there is a terminal is asked; the default would load a second line editor for that, the one that belongs to jshell.
        System.setProperty("jdk.console", "java.base");
        Console console = System.console();
        return new Streams(System.in, System.out, System.err, console != null && console.isTerminal());
    }
}
