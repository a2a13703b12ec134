package dev.sluice.console.launch;

import dev.sluice.console.command.ConfigControl.ConfigProblem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What people should know about a configuration although it is used. Each is logged once, and again when it has been away.
///
/// Guarded by whoever owns it: the start, and then the one reload at a time.
final class Warnings {

    private static final Logger LOG = LoggerFactory.getLogger(Warnings.class);

    private final SystemLimits system;
    private Set<Object> said = Set.of();

    Warnings(SystemLimits system) {
        this.system = system;
    }

    /// All of them, as lines.
    static List<String> lines(ConfigReading.Usable reading, SystemLimits system) {
        List<String> lines = new ArrayList<>();
        reading.warnings().forEach(one -> lines.add(Problems.text(one)));
        lines.addAll(checks(reading, system));
        return lines;
    }

    private static List<String> checks(ConfigReading.Usable used, SystemLimits system) {
        List<String> checks = new ArrayList<>(StartChecks.warnings(used.server(), used.waiting(), system));
        checks.addAll(CertificateChecks.warnings(used.server(), Instant.now()));
        return checks;
    }

    /// Logs what is new.
    ///
    /// @param read the files as they are
    /// @param used the configuration that holds; not that of the files, when they could not be used
    void log(ConfigReading read, ConfigReading.Usable used) {
        Set<Object> now = new HashSet<>(read.warnings());
        List<String> checks = checks(used, system);
        now.addAll(checks);
        read.warnings().stream().filter(one -> !said.contains(one)).forEach(Warnings::refused);
        checks.stream().filter(one -> !said.contains(one)).forEach(one -> LOG.warn("event=start-check detail=\"{}\"", one));
        said = now;
    }

    private static void refused(ConfigProblem plugin) {
        LOG.warn("event=plugin-refused file={} detail=\"{}\"", plugin.file(), plugin.message());
    }
}
