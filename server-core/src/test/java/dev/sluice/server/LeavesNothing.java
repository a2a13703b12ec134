package dev.sluice.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/// When all tests of the class have run, and what it opened for all of them is closed, no thread and no socket is left of its servers, and they have logged no
/// error.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(LeavesNothing.Comparison.class)
@interface LeavesNothing {

    /// What is there before the class opens anything, with what is there when it has closed all.
    final class Comparison implements BeforeAllCallback, AfterAllCallback {

        private static final Namespace HERE = Namespace.create(LeavesNothing.class);

        private record Begun(Account.Before before, Errors errors) {}

        @Override
        public void beforeAll(ExtensionContext context) {
            context.getStore(HERE).put(Begun.class, new Begun(Account.Before.now(), Errors.watch()));
        }

        @Override
        public void afterAll(ExtensionContext context) {
            Begun begun = context.getStore(HERE).remove(Begun.class, Begun.class);
            try {
                begun.before().assertNothingLeft();
            } finally {
                begun.errors().assertNone();
            }
        }
    }
}
