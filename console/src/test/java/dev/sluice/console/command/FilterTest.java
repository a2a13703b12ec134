package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ConnectionState;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The clients are 7 (web, 10.0.0.7, handling), 8 (web, 10.1.2.3, idle) and 9 (echo, 192.168.0.1, idle); each is as many minutes old
/// as its id, and made ten times as many requests.
class FilterTest {

    private final List<ConnectionInfo> clients = new FakeServer().connections();

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "listener=web, 7 8", "listener!=web, 9", "listener==echo, 9", "listener.eq=echo, 9", "listener.ne=echo, 7 8",
        "age>8m, 9", "age>=8m, 8 9", "age<8m, 7", "age<=7m, 7", "age.gt=8m, 9", "age.lt=7m30s, 7", "age.ge=9m, 9", "age.le=1h, 7 8 9",
        "age=8m, 8",
        "requests>=80, 8 9", "requests=70, 7", "id=9, 9", "id!=9, 7 8",
        "in>1k, 7 8 9", "out<4KiB, ''", "in=2048, 7 8 9",
        "addr=10.0.0.0/8, 7 8", "addr=10.1.2.3, 8", "addr=10.1.2.3:5001, 8", "addr!=10.0.0.0/8, 9", "addr=0.0.0.0/0, 7 8 9",
        "addr=::/0, ''",
        "state=idle, 8 9", "state=IDLE, 8 9", "state!=idle, 7", "op=GET*, 7 8", "op=*b, 8", "op=GET /a, 7", "op=*e*, 7 8 9", "thread=, 8 9",
        "idle>10s listener=web, 8", "'', 7 8 9"
    })
    void termsSelect(String terms, String ids) {
        List<String> words = terms.equals("''") ? List.of()
                : terms.startsWith("op=GET /") ? List.of(terms) : Arrays.asList(terms.split(" "));
        Filter<ConnectionInfo> filter = Filter.parse(words, Schemas.CLIENTS);
        String found = String.join(" ", clients.stream().filter(filter).map(client -> Long.toString(client.id())).toList());
        assertEquals(ids.replace("''", ""), found);
    }

    @ParameterizedTest
    @CsvSource({"lisener=web, listener", "adress=1, addr", "request>1, requests", "agee>1s, age", "opage>1s, op-age"})
    void unknownKeysNameTheNearest(String term, String nearest) {
        assertTrue(refusal(term).contains("did you mean " + nearest + "?"), refusal(term));
    }

    @ParameterizedTest
    @ValueSource(strings = {"age>10", "age=x", "requests>many", "listener>web", "addr=10.0.0.0/33", "addr=web.example", "in>5parsecs",
            "web", "=web",
        "state<idle", "age~10m"})
    void badTermsAreWrongUsage(String term) {
        CommandException refused = assertThrows(CommandException.class, () -> Filter.parse(List.of(term), Schemas.CLIENTS));
        assertEquals(Result.WRONG_USAGE, refused.code());
    }

    @ParameterizedTest
    @CsvSource({
        "addr=unix:ada, unix:ada", "addr!=unix:ada, unix:bob 10.0.0.7:5000", "addr=unix:*, unix:ada unix:bob", "addr!=unix:*, 10.0.0.7:5000",
        "addr=0.0.0.0/0, 10.0.0.7:5000", "addr=::/0, ''", "addr=unix:a, ''"
    })
    void clientsOfUnixDomainSocketsAreFoundByTheirUser(String term, String found) {
        Filter<ConnectionInfo> filter = Filter.parse(List.of(term), Schemas.CLIENTS);
        List<String> addresses = Stream.of("unix:ada", "unix:bob", "10.0.0.7:5000")
                .filter(address -> filter.test(FakeServer.client(1, "web", address, ConnectionState.IDLE, ""))).toList();
        assertEquals(found, String.join(" ", addresses));
    }

    @Test
    void addressesOfIpv6AreFoundByTheirBlock() {
        assertTrue(Network.parse("2001:db8::/32").contains("[2001:db8::7]:443"));
        assertTrue(Network.parse("::1").contains("[::1]:9"));
        assertEquals(false, Network.parse("2001:db8::/32").contains("[2001:db9::7]:443"));
        assertEquals(false, Network.parse("10.0.0.0/8").contains("no address"));
    }

    private static String refusal(String term) {
        return assertThrows(CommandException.class, () -> Filter.parse(List.of(term), Schemas.CLIENTS)).text();
    }
}
