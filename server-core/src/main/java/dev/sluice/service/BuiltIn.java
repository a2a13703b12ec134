package dev.sluice.service;

import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.line.LineProtocol;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.InstantSource;

/// What a configuration finds by name, through [java.util.ServiceLoader]. Each record is one name.
public final class BuiltIn {

    private BuiltIn() {}

    /// The protocol `http`. No settings.
    public record Http() implements ProtocolProvider {
        @Override
        public String name() {
            return "http";
        }

        @Override
        public Protocol<?, ?> create(Settings settings) {
            return new HttpProtocol();
        }
    }

    /// The protocol `line`: `charset` (default UTF-8) and `line-end` (`lf`, the default, or `crlf`).
    public record Line() implements ProtocolProvider {
        @Override
        public String name() {
            return "line";
        }

        @Override
        public Protocol<?, ?> create(Settings settings) {
            String charset = settings.text("charset", "UTF-8");
            String lineEnd = switch (settings.text("line-end", "lf")) {
                case "lf" -> "\n";
                case "crlf" -> "\r\n";
                case String other -> throw new Settings.Invalid("line-end", "is " + other + ", but must be lf or crlf");
            };
            try {
                return new LineProtocol(Charset.forName(charset), lineEnd);
            } catch (IllegalArgumentException unknown) {
                throw new Settings.Invalid("charset", "is " + charset + ", but must be a known one that ends lines as ASCII does");
            }
        }
    }

    /// The service `files` of `http`: `root`, the folder to serve (default `public`).
    public record HttpFiles() implements ServiceProvider {
        @Override
        public String name() {
            return "files";
        }

        @Override
        public String protocol() {
            return "http";
        }

        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            Path root = settings.path("root", "public");
            try {
                return HandlerFactory.of(HttpServices.files(root));
            } catch (UncheckedIOException missing) {
                throw new Settings.Invalid("root", "is " + root + ", but must be a folder that can be read");
            }
        }

        @Override
        public boolean mayBlock() {
            return true; // for the disk
        }
    }

    /// The service `echo` of `http`. No settings.
    public record HttpEcho() implements ServiceProvider {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public String protocol() {
            return "http";
        }

        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            return HandlerFactory.of(HttpServices.echo());
        }
    }

    /// The service `hello` of `http`. No settings.
    public record HttpHello() implements ServiceProvider {
        @Override
        public String name() {
            return "hello";
        }

        @Override
        public String protocol() {
            return "http";
        }

        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            return HandlerFactory.of(HttpServices.hello());
        }
    }

    /// The service `echo` of `line`. No settings.
    public record LineEcho() implements ServiceProvider {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public String protocol() {
            return "line";
        }

        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            return HandlerFactory.of(LineServices.echo());
        }
    }

    /// The service `upper` of `line`. No settings.
    public record LineUpper() implements ServiceProvider {
        @Override
        public String name() {
            return "upper";
        }

        @Override
        public String protocol() {
            return "line";
        }

        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            return HandlerFactory.of(LineServices.upper());
        }
    }

    /// The service `time` of `line`. No settings.
    public record LineTime() implements ServiceProvider {
        @Override
        public String name() {
            return "time";
        }

        @Override
        public String protocol() {
            return "line";
        }

        @Override
        public HandlerFactory<?, ?> create(Settings settings) {
            return HandlerFactory.of(LineServices.time(InstantSource.system()));
        }
    }
}
