package dev.sluice.protocol;

/// What happens to the connection after a response.
public enum Ending {
    /// The client may send another request.
    KEEP_OPEN,
    /// The client knows that none will be answered: the server closes once the response has been sent.
    CLOSE
}
