/// A TCP server that is operated while it runs.
module dev.sluice.server {
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires HdrHistogram;

    exports dev.sluice.api;
    exports dev.sluice.protocol;
    exports dev.sluice.protocol.http;
}
