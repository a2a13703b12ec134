package dev.sluice.api;

import java.util.List;

/// What cancelling a drain did.
///
/// @param cancelled whether there was a drain that could be cancelled
/// @param listening the names of the listeners that listen again
/// @param closed    the listeners that stay closed, each with its reason
public record CancelReport(boolean cancelled, List<String> listening, List<String> closed) {}
