package dev.sluice.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A test that observes, in a running server, what a key of the configuration does. [KeyEffectTest] holds that there is one for every key.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Effect {

    /// The keys, in which `*` stands for the name of a pool or a listener: `listeners.*.timeouts.idle`.
    String[] value();
}
