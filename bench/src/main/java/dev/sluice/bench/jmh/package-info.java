/// The pieces that a request passes through, each by itself. `bench/jmh` runs them and holds what they allocate against its bounds.
package dev.sluice.bench.jmh;
