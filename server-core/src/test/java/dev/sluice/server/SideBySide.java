package dev.sluice.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;

/// A test that runs side by side with the others of its class, in all its places: they wait for sockets and deadlines, not for a processor. Not
/// beside other classes: each of them looks for what is left when it has ended.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@Execution(ExecutionMode.CONCURRENT)
@interface SideBySide {}
