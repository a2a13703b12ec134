package dev.sluice.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

/// The JDK's own HTTP server, on virtual threads. Its idle limit and its delayed small writes are set aside: see `bench/README.md`.
final class JdkServer {

    private JdkServer() {}

    public static void main(String[] words) throws IOException {
        Options options = Options.of(words);
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.maxIdleConnections", Integer.toString(options.connections()));
        System.setProperty("sun.net.httpserver.idleInterval", Integer.toString(options.idleSeconds()));
        Work work = Work.of(options);
        HttpServer server = HttpServer.create(new InetSocketAddress(Work.HOST, options.port()), Work.BACKLOG);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            byte[] body = work.perform();
            exchange.getResponseHeaders().set("Content-Type", Work.CONTENT_TYPE);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }
}
