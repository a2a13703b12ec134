package dev.sluice.console.launch;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.sluice.api.Secret;
import dev.sluice.api.TlsConfig;
import dev.sluice.api.TlsConfig.ClientCertificates;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads `tls { … }` of a listener. Confined to the thread that reads.
final class TlsReader {

    private final Section section;
    private final Path folder;

    private TlsReader(Section section, Path folder) {
        this.section = section;
        this.folder = folder;
    }

    /// What a listener speaks TLS with; empty when it says nothing of it, or there is a problem.
    static Optional<TlsConfig> read(Section listener, Path folder) {
        if (listener.value("tls").isEmpty()) {
            return Optional.empty();
        }
        Section section = listener.child("tls");
        Optional<TlsConfig> tls = new TlsReader(section, folder).read();
        section.refuseUnknown();
        return tls;
    }

    private Optional<TlsConfig> read() {
        List<Path> certificate = files("certificate");
        List<Path> key = files("key");
        List<Path> authorities = files("client-authorities");
        Optional<Secret> password = password();
        ClientCertificates clients = value("client-certificates").flatMap(this::clients).orElse(ClientCertificates.NONE);
        List<String> protocols = texts("protocols").orElse(TlsConfig.VERSIONS);
        if (certificate.isEmpty() || key.isEmpty()) {
            requireBoth(certificate, key);
            return Optional.empty();
        }
        try {
            return Optional.of(new TlsConfig(certificate, key, password, clients, authorities, protocols));
        } catch (IllegalArgumentException refused) {
            section.problem("cannot be as it is: " + refused.getMessage());
            return Optional.empty();
        }
    }

    private void requireBoth(List<Path> certificate, List<Path> key) {
        if (certificate.isEmpty() && section.value("certificate").isEmpty()) {
            section.problem("certificate", "is missing: name a PEM file, or make one to try with ./sluice cert");
        }
        if (key.isEmpty() && section.value("key").isEmpty()) {
            section.problem("key", "is missing: name the PEM file with the key of the certificate");
        }
    }

    private Optional<ConfigValue> value(String key) {
        return section.value(key);
    }

    private Optional<ClientCertificates> clients(ConfigValue value) {
        try {
            return Optional.of((ClientCertificates) Values.convert(ClientCertificates.class, value, false));
        } catch (Values.Unfit unfit) {
            section.problem("client-certificates", String.valueOf(unfit.getMessage()));
            return Optional.empty();
        }
    }

    /// What is wrong with it is said without it.
    private Optional<Secret> password() {
        Optional<ConfigValue> value = value("key-password");
        if (value.isPresent() && (value.get().valueType() == ConfigValueType.OBJECT || value.get().valueType() == ConfigValueType.LIST)) {
            section.problem("key-password", "must be a text");
            return Optional.empty();
        }
        return value.map(Values::text).filter(one -> !one.isEmpty()).map(Secret::new);
    }

    /// One text or a list of them.
    private Optional<List<String>> texts(String key) {
        Optional<ConfigValue> value = value(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        try {
            for (ConfigValue one : value.get() instanceof ConfigList list ? list : List.of(value.get())) {
                texts.add(Values.scalar(one, "a text, or a list of them"));
            }
        } catch (Values.Unfit unfit) {
            section.problem(key, String.valueOf(unfit.getMessage()));
            return Optional.empty();
        }
        if (texts.isEmpty()) {
            section.problem(key, "is empty, but must have one at least"); // or else TLS would be off without a word
            return Optional.empty();
        }
        return Optional.of(texts);
    }

    /// That start at the file's folder.
    private List<Path> files(String key) {
        List<Path> files = new ArrayList<>();
        for (String text : texts(key).orElse(List.of())) {
            try {
                Path file = folder.resolve(text).normalize();
                if (!Files.isReadable(file) || Files.isDirectory(file)) {
                    section.problem(key, "is " + text + ", but " + file + " is no file that can be read: a PEM file is needed");
                }
                files.add(file);
            } catch (InvalidPathException none) {
                section.problem(key, "is " + text + ", but must be a file");
            }
        }
        return files;
    }
}
