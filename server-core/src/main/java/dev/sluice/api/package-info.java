/// What an embedder configures and sees: the records of configuration, the control of a running server, its events, and
/// the interfaces through which pools, protocols and services are found by name.
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
