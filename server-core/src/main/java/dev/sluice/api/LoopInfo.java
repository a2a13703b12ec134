package dev.sluice.api;

import java.time.Duration;

/// One event loop, as it was when it was asked about.
///
/// @param name           of its thread
/// @param listener       it serves
/// @param connections    it holds
/// @param readyPerSecond ready channels in the last second
/// @param busy           the part of the last second it did not wait, from 0 to 1
/// @param longestTurn    the longest it was away from its selector, in the last minute
public record LoopInfo(
        String name, String listener, int connections, double readyPerSecond, double busy, Duration longestTurn) {}
