package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The programs of `examples/`.
final class Programs {

    static final Path FOLDER = Path.of("../examples"); // tests run in their module's folder

    private Programs() {}

    /// Compiles each by itself, since they are single files, and without a warning.
    static void compile(Path classes, List<Path> programs) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-Xlint:all");
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
            for (Path program : programs) {
                compiler.getTask(null, files, found, options, null, files.getJavaFileObjects(program)).call();
            }
        }
        assertEquals(List.of(), found.getDiagnostics().stream().map(Diagnostic::toString).toList());
    }
}
