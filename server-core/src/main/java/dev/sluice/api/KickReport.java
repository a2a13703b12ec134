package dev.sluice.api;

import java.util.List;

/// What a kick did.
///
/// @param matched connections
/// @param asked   of those, still finishing a request
/// @param closed  of those, ended
/// @param skipped of those, already closing
/// @param ids     of all matched, ascending
public record KickReport(int matched, int asked, int closed, int skipped, List<Long> ids) {}
