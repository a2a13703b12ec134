package dev.sluice.api;

/// What a resize did.
///
/// @param pool    its name
/// @param before  its size until now
/// @param now     its size from now on
/// @param surplus how many run beyond the new size, and must finish before it holds
public record ResizeReport(String pool, int before, int now, int surplus) {}
