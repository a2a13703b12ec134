package dev.sluice.console.launch;

import dev.sluice.api.DrainReport;

/// How the process ends.
final class ExitCode {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;
    static final int VICTIMS = 4;
    /// A third signal: as if it had been killed.
    static final int HALTED = 137;

    private ExitCode() {}

    /// @param session the exit code of the commands that were read; 0 when there were none, or all went well
    static int of(DrainReport report, int session) {
        return switch (report.result()) {
            case CLEAN -> session;
            case FORCED, INCOMPLETE -> VICTIMS;
            case CANCELLED -> FAILED;
        };
    }
}
