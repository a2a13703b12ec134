package dev.sluice.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.sluice.server.Server;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// The arrows between the packages: what each may depend on, of this project. There are no others.
class ArchitectureTest {

    private static final String ROOT = "dev.sluice.";
    private static final Path MAIN = main();
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(MAIN);

    /// The closer of `transport` is one of the parts that a drain brings to their end.
    static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("protocol", List.of()),
            Map.entry("protocol.line", List.of("protocol")),
            Map.entry("protocol.http", List.of("protocol")),
            Map.entry("api", List.of("protocol")),
            Map.entry("service", List.of("api", "protocol", "protocol.line", "protocol.http", "service.files")),
            Map.entry("service.files", List.of("api", "protocol", "protocol.http")),
            Map.entry("wire", List.of("protocol")),
            Map.entry("transport", List.of("api", "protocol", "transport.tls")),
            Map.entry("transport.tls", List.of("api", "protocol")),
            Map.entry("pool", List.of("api")),
            Map.entry("engine", List.of("wire", "transport", "transport.tls", "pool", "api", "protocol")),
            Map.entry("drain", List.of("engine", "pool", "api", "transport")),
            Map.entry("reload", List.of("engine", "pool", "api", "transport.tls")),
            Map.entry("server", List.of("api", "protocol", "engine", "pool", "drain", "reload", "transport")));

    static final List<String> PACKAGES = ARROWS.keySet().stream().sorted().toList();

    private static final Set<String> EXPORTED = Set.of("api", "server", "protocol", "protocol.http", "protocol.line", "service");

    private static Path main() {
        try {
            return Path.of(Server.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void everyPackageHasItsArrows() {
        Set<String> found = CLASSES.stream().map(type -> type.getPackageName()).filter(name -> !name.isEmpty()).map(name -> name.substring(ROOT.length())).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(PACKAGES), found);
    }

    @ParameterizedTest
    @FieldSource("PACKAGES")
    void aPackageDependsOnNothingButWhatItsArrowsSay(String name) {
        List<String> allowed = new ArrayList<>(List.of(ROOT + name));
        ARROWS.get(name).forEach(arrow -> allowed.add(ROOT + arrow));
        allowed.addAll(List.of("java..", "javax.net.ssl..", "javax.crypto..", "javax.security..", "tlschannel", "jdk.net..", "org.slf4j..", "org.jspecify..", "org.HdrHistogram..", ""));
        classes().that().resideInAPackage(ROOT + name)
                .should().onlyDependOnClassesThat().resideInAnyPackage(allowed.toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void thereAreNoCircles() {
        SlicesRuleDefinition.slices().matching("dev.sluice.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyWhatIsMeantForOthersIsExported() throws IOException {
        try (InputStream bytes = Files.newInputStream(MAIN.resolve("module-info.class"))) {
            Set<String> exported = ModuleDescriptor.read(bytes).exports().stream()
                    .map(export -> export.source().substring(ROOT.length())).collect(Collectors.toSet());
            assertEquals(EXPORTED, exported);
        }
    }

    /// The facade is the only class of its package that anybody sees.
    @Test
    void onlyTheServerIsPublicInItsPackage() {
        List<String> open = CLASSES.stream().filter(type -> type.getPackageName().equals(ROOT + "server"))
                .filter(type -> type.getModifiers().contains(com.tngtech.archunit.core.domain.JavaModifier.PUBLIC))
                .map(type -> type.getSimpleName()).toList();
        assertEquals(List.of("Server"), open);
    }
}
