package dev.sluice.console.launch;

/// Where the commands of this process come from. Its end never stops the server.
interface Session {

    /// Starts to read commands, on a thread of its own, `sluice-console`.
    void start();

    /// The terminal may have gone.
    ///
    /// @return whether it has, and the session took note by ending; false, too, when it had ended for this before
    boolean hangUp();

    /// The server has stopped: let a command that runs finish what it prints, and end.
    ///
    /// @param atOnce whether there is nothing worth waiting for
    void end(boolean atOnce);

    /// The exit code of what was read: 0 when all went well.
    int code();

    /// Reads nothing.
    Session NONE = new Session() {
        @Override
        public void start() {}

        @Override
        public boolean hangUp() {
            return false;
        }

        @Override
        public void end(boolean atOnce) {}

        @Override
        public int code() {
            return ExitCode.OK;
        }
    };
}
