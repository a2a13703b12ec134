package dev.sluice.pool;

import java.util.List;

/// What was decided under a gate's lock, to be acted on outside it.
///
/// @param granted  have a permit now, and are to be handed to the executor
/// @param promoted have moved from the line of waiters to the queue, and are to be told
record Moves(List<Task> granted, List<Task> promoted) {

    static final Moves NONE = new Moves(List.of(), List.of());
}
