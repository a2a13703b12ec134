/// What holds across packages.
package dev.sluice.arch;
