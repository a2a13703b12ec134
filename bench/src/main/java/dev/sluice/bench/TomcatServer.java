package dev.sluice.bench;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;

/// Tomcat: a servlet on its pool of 200 threads (`threads=pool`; `size` is another number) or on virtual ones (`virtual`).
final class TomcatServer {

    private TomcatServer() {}

    public static void main(String[] words) throws IOException, LifecycleException {
        Options options = Options.of(words);
        Logger.getLogger("").setLevel(Level.WARNING);
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
        tomcat.setConnector(connector(options));
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "hello", new Hello(Work.of(options))).addMapping("/");
        tomcat.start();
        tomcat.getServer().await();
    }

    private static Connector connector(Options options) {
        Connector connector = new Connector();
        connector.setPort(options.port());
        String idle = Integer.toString(1_000 * options.idleSeconds());
        connector.setProperty("address", Work.HOST);
        connector.setProperty("acceptCount", Integer.toString(Work.BACKLOG));
        connector.setProperty("maxConnections", Integer.toString(options.connections()));
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("connectionTimeout", idle);
        connector.setProperty("keepAliveTimeout", idle);
        if (options.has("size")) {
            connector.setProperty("maxThreads", options.text("size", ""));
        }
        if (options.text("threads", "pool").equals("virtual")) {
            ((AbstractProtocol<?>) connector.getProtocolHandler()).setExecutor(new VirtualThreadExecutor("tomcat-"));
        }
        return connector;
    }

    @SuppressWarnings("serial") // it is never sent anywhere
    private static final class Hello extends HttpServlet {

        private final transient Work work;

        Hello(Work work) {
            this.work = work;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            byte[] body = work.perform();
            response.setContentType(Work.CONTENT_TYPE);
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }
}
