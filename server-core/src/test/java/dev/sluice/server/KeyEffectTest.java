package dev.sluice.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.sluice.api.ConfigKeys;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.PoolConfig;
import dev.sluice.api.PoolType;
import dev.sluice.api.ServerConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/// No key without a test that observes what it does.
class KeyEffectTest {

    /// Of all tests of this module.
    private static final List<JavaMethod> TESTS = new ClassFileImporter().importPackages("dev.sluice").stream()
            .flatMap(type -> type.getMethods().stream()).filter(method -> method.isAnnotatedWith(Effect.class)).toList();

    /// Has every key that a configuration can have: the models of input and output have some of their own.
    private static ServerConfig full() {
        ListenerConfig listener = ListenerConfig.at("127.0.0.1:0", Speech.LINE.endpoint(new Deeds()));
        return ServerConfig.named("full").withPool("p", PoolConfig.of(new PoolType.Virtual(), 1))
                .withListener("blocking", listener.on(IoModel.blocking(), "p"))
                .withListener("duplex", listener.on(IoModel.duplex(), "p"))
                .withListener("event-loop", listener.on(IoModel.eventLoop(), "p"))
                .withListener("secure", Secure.listener(listener));
    }

    private static String anyName(String key) {
        return key.replaceFirst("^(pools|listeners)\\.[^.]+", "$1.*");
    }

    private static Stream<String> observed(JavaMethod test) {
        return Arrays.stream(test.getAnnotationOfType(Effect.class).value());
    }

    @Test
    void everyKeyHasATestOfItsEffect() {
        Set<String> unobserved = keys();
        unobserved.removeAll(observed());
        assertEquals(Set.of(), unobserved, "a test has to observe, in a running server, what each of these does, and be annotated with it");
    }

    @Test
    void noTestIsOfAKeyThatIsNone() {
        Set<String> unknown = observed();
        unknown.removeAll(keys());
        assertEquals(Set.of(), unknown);
    }

    private static Set<String> keys() {
        return ConfigKeys.of(full()).keySet().stream().map(KeyEffectTest::anyName).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> observed() {
        return TESTS.stream().flatMap(KeyEffectTest::observed).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void whatObservesAnEffectIsATest() {
        List<String> none = TESTS.stream().filter(method -> !method.isMetaAnnotatedWith(Testable.class)).map(JavaMethod::getFullName).toList();
        assertEquals(List.of(), none);
    }
}
