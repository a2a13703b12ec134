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

/// What a configuration finds by name, through [java.util.ServiceLoader]. Each record is one name, of a protocol or of a service; its
/// settings are listed where it has any.
public final class BuiltIn {

    private BuiltIn() {}

    /// HTTP/1.1 and 1.0.
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

    /// Lines of text, each a request that is answered with a line.
    ///
    /// - `charset`, default `UTF-8`: of both; any that Java knows and that ends lines as ASCII does
    /// - `line-end`, default `lf`: what a response ends in, `lf` or `crlf`; a request may end in either
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

    /// The files below a folder.
    ///
    /// - `root`, default `public`: the folder; a relative one starts at that of the configuration file
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

    /// The body of the request.
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

    /// `Hello, World!`: for a first trial, and for measuring.
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

    /// The line itself.
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

    /// The line in capital letters.
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

    /// The time: ISO 8601, in UTC.
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
