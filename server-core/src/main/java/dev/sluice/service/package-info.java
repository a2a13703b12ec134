/// Services that come with the server, for the protocols that come with it: handlers to be used in code, and found by name from a
/// configuration.
@NullMarked
package dev.sluice.service;

import org.jspecify.annotations.NullMarked;
