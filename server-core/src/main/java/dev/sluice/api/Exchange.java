package dev.sluice.api;

import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Peer;
import dev.sluice.protocol.Summary;

/// A request that has been answered: encoded, and perhaps not yet sent.
///
/// @param peer      who asked
/// @param number    of the answer on its connection, from 1
/// @param summary   in the words of the protocol
/// @param outcome   how it ended
/// @param queueWait nanoseconds it waited for a permit
/// @param service   nanoseconds from the call of the handler to the encoded answer; 0 when it never reached its handler
public record Exchange(Peer peer, long number, Summary summary, Outcome outcome, long queueWait, long service) {}
