package dev.sluice.console.launch;

import dev.sluice.console.command.ConfigControl.ConfigProblem;

/// What is wrong with a configuration, as lines.
final class Problems {

    private Problems() {}

    /// `sluice.conf:12: pools.workers.size is 0, but must be from 1 to 1000000`
    static String text(ConfigProblem problem) {
        String line = problem.line() > 0 ? ":" + problem.line() : "";
        String key = problem.key().isEmpty() ? "" : problem.key() + " ";
        return problem.file() + line + ": " + key + problem.message();
    }
}
