package dev.sluice.console.launch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a key beside the listeners does to the clients of each of them.
class ServerWideEffectsTest {

    private static final List<String> ALL = List.of("loops", "threads", "own");
    private static final List<String> INHERITING = List.of("loops", "threads");
    private static final String TEXT = """
            sluice {
              pools { p { type = virtual } }
              listeners {
                loops { bind = "127.0.0.1:0", protocol = line, service = echo, io = event-loop, pool = p }
                threads { bind = "127.0.0.1:0", protocol = line, service = echo, io = blocking, pool = p }
                own {
                  bind = "127.0.0.1:0", protocol = line, service = echo, io = duplex, pool = p
                  timeouts { idle = 5m }, keep-alive { max-requests = auto }, limits { line = 1 KiB }
                }
              }
            }
            """;
    private static final String LONG = "a line of more than twenty bytes";

    @TempDir
    private Path folder;

    private final List<WatchedServer.Client> clients = new ArrayList<>();
    private WatchedServer server;

    @BeforeEach
    void start() throws IOException {
        server = WatchedServer.start(Files.writeString(folder.resolve("sluice.conf"), TEXT));
    }

    @AfterEach
    void stop() throws Exception {
        for (WatchedServer.Client client : clients) {
            client.close();
        }
        server.stop();
    }

    private WatchedServer.Client client(String listener) throws IOException {
        clients.add(server.client(listener));
        return clients.getLast();
    }

    /// Takes the place of what is said for all, and waits until it holds.
    private void forAll(String text) throws IOException {
        long generation = server.server().stats().generation();
        server.swap(TEXT + "sluice { " + text + " }\n");
        await().until(() -> server.server().stats().generation() > generation);
    }

    @Test
    void theIdleTimeForAllEndsTheClientsOfThoseThatHaveNone() throws IOException {
        List<WatchedServer.Client> open = new ArrayList<>();
        for (String listener : ALL) {
            open.add(client(listener).send("hello"));
            assertEquals(Optional.of("hello"), open.getLast().answer(), listener);
        }
        forAll("timeouts { idle = 200ms }");
        assertEquals(Optional.empty(), open.get(0).answer());
        assertEquals(Optional.empty(), open.get(1).answer());
        assertEquals(Optional.of("still here"), open.get(2).send("still here").answer());
    }

    @Test
    void theNumberOfRequestsForAllEndsAConnectionOfThoseThatHaveNone() throws IOException {
        forAll("keep-alive { max-requests = 2 }");
        for (String listener : ALL) {
            WatchedServer.Client client = client(listener);
            assertEquals(Optional.of("one"), client.send("one").answer(), listener);
            assertEquals(Optional.of("two"), client.send("two").answer(), listener);
            if (INHERITING.contains(listener)) {
                assertEquals(Optional.empty(), client.answer(), listener);
            } else {
                assertEquals(Optional.of("three"), client.send("three").answer(), listener);
            }
        }
    }

    @Test
    void theLongestLineForAllIsThatOfThoseThatHaveNone() throws IOException {
        forAll("limits { line = 20 }");
        for (String listener : ALL) {
            String answer = client(listener).send(LONG).answer().orElse("");
            assertTrue(INHERITING.contains(listener) ? answer.startsWith("error: ") : answer.equals(LONG), listener + ": " + answer);
        }
    }

    @Test
    void aTotalCountsTheConnectionsOfAllTogether() throws IOException {
        forAll("limits { connections = 3 }");
        for (String listener : ALL) {
            assertEquals(Optional.of("hello"), client(listener).send("hello").answer(), listener);
        }
        assertTrue(client("loops").answer().orElse("").startsWith("error: "));
    }
}
