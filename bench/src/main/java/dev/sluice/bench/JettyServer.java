package dev.sluice.bench;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// Jetty: handlers on its selector threads (`threads=loop`), on its pool (`pool`, of 200 threads in all, or with `size` of so many for
/// handlers) or on virtual threads (`virtual`); with `files` a folder; with `store` (PKCS #12) and `password` over TLS.
final class JettyServer {

    private static final HttpField TYPE = new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, Work.CONTENT_TYPE);

    private JettyServer() {}

    public static void main(String[] words) throws Exception {
        start(Options.of(words)).join();
    }

    static Server start(Options options) throws Exception {
        Server server = new Server(threads(options));
        ServerConnector connector = new ServerConnector(server, connections(options));
        connector.setHost(Work.HOST);
        connector.setPort(options.port());
        connector.setAcceptQueueSize(Work.BACKLOG);
        connector.setIdleTimeout(1_000L * options.idleSeconds());
        server.addConnector(connector);
        server.setHandler(options.has("files") ? files(options.text("files", "")) : hello(options));
        server.start();
        return server;
    }

    private static QueuedThreadPool threads(Options options) {
        QueuedThreadPool pool = new QueuedThreadPool(options.number("size", 198) + 2); // one that accepts, one that selects
        if (options.text("threads", "pool").equals("virtual")) {
            pool.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        }
        return pool;
    }

    private static ConnectionFactory[] connections(Options options) {
        HttpConfiguration config = new HttpConfiguration();
        config.setSendServerVersion(false);
        HttpConnectionFactory http = new HttpConnectionFactory(config);
        if (!options.has("store")) {
            return new ConnectionFactory[] {http};
        }
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStorePath(options.text("store", ""));
        tls.setKeyStorePassword(options.text("password", ""));
        return new ConnectionFactory[] {new SslConnectionFactory(tls, http.getProtocol()), http};
    }

    private static Handler files(String root) {
        ResourceHandler handler = new ResourceHandler();
        handler.setBaseResource(ResourceFactory.root().newResource(Path.of(root)));
        return handler;
    }

    private static Handler hello(Options options) {
        boolean onLoop = options.text("threads", "pool").equals("loop");
        return new Hello(onLoop ? Invocable.InvocationType.NON_BLOCKING : Invocable.InvocationType.BLOCKING, Work.of(options));
    }

    private static final class Hello extends Handler.Abstract {

        private final Work work;

        Hello(InvocationType type, Work work) {
            super(type);
            this.work = work;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            byte[] body = work.perform();
            response.getHeaders().put(TYPE);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
            response.write(true, ByteBuffer.wrap(body), callback);
            return true;
        }
    }
}
