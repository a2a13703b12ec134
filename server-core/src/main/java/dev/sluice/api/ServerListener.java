package dev.sluice.api;

/// Is told what is rare. Shared: called from any thread of the server, sometimes at once. Must be quick and must not call back into
/// [ServerControl] with anything that waits. What it throws is logged and changes nothing.
@FunctionalInterface
public interface ServerListener {

    void on(ServerEvent event);
}
