package dev.sluice.service;

import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.line.LineProtocol;
import dev.sluice.service.files.FilesConfig;
import dev.sluice.service.files.StaticFiles;
import java.nio.charset.Charset;
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

    /// The files below a folder; more in `docs/http.md`.
    ///
    /// - `root`, default `public`: the folder; a relative one starts at that of the configuration file
    /// - `index`, default `index.html`: the file that stands for its folder; of several names, with spaces between, the first that is there
    /// - `links`, default `inside`: which symbolic links below the root are followed: those that stay `inside` it, `never` any, or `any`
    /// - `dot-files`, default `false`: whether to serve names that begin with a dot, and what is below such folders; `/.well-known/` always is
    /// - `precompressed`, default `true`: whether to serve a neighbour `.br`, `.zst` or `.gz` in place of a file to those who accept it
    /// - `types`, default `{}`: types by extension, beside and before those that are built in: `{ glb = model/gltf-binary }`
    /// - `cache-control`, default `{}`: what `Cache-Control` says, by pattern: `{ "*.css" = "max-age=3600", "/assets/**" = immutable }`
    /// - `cache.entries`, default `1000`: paths that are remembered, each for a second at a time; from 0, for none, to 1000000
    /// - `cache.bytes`, default `16777216`: contents of files up to 16 KiB that are kept in memory, in bytes; from 0 to 1073741824
    /// - `cache.files`, default `64`: larger files that are kept open, for a second or two after each use; from 0 to 100000
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
            return HandlerFactory.of(new StaticFiles(FilesConfig.of(settings)));
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
