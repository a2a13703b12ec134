package dev.sluice.protocol;

/// Why a [Call] was cancelled.
public enum CallEnding {
    /// The client closed or reset the connection.
    CLIENT_LEFT,
    /// An operator ended the connection.
    KICKED,
    /// The drain's budget was spent.
    DRAINED,
    /// The handler's deadline passed.
    DEADLINE
}
