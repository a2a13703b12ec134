/// What Sluice is measured against: one small program for each server, all answering the same. Each takes words of the form `name=value`;
/// `bench/README.md` says which.
package dev.sluice.bench;
