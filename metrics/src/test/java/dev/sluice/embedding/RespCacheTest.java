package dev.sluice.embedding;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.embedding.Running.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The cache speaks RESP over sockets, as a client of Redis would expect it. Each test has keys of its own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class RespCacheTest {

    private Path classes;
    private Running cache;
    private String address;

    @BeforeAll
    void start(@TempDir Path out) throws IOException {
        classes = out;
        Programs.compile(out, List.of(Programs.FOLDER.resolve("RespCache.java")));
        cache = new Running(out, "RespCache", "127.0.0.1:0");
        address = cache.says("listening at ");
    }

    @AfterAll
    void end() throws Exception {
        try (Running started = cache) {
            started.ends();
        }
    }

    private enum Form {
        INLINE {
            @Override
            String of(String command) {
                return command + "\r\n";
            }
        },
        ARRAY {
            @Override
            String of(String command) {
                String[] words = command.split(" ");
                return "*" + words.length + "\r\n"
                        + Stream.of(words).map(word -> "$" + word.length() + "\r\n" + word + "\r\n").collect(Collectors.joining());
            }
        };

        abstract String of(String command);
    }

    /// Sends everything at once, and compares all that comes with what is told behind each `=`, where a `~` stands between two lines.
    private void converses(Form form, String script) throws IOException {
        StringBuilder requests = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (String line : script.lines().toList()) {
            String[] turn = line.split(" = ", 2);
            requests.append(form.of(turn[0]));
            expected.append(turn[1].replace("~", "\r\n")).append("\r\n");
        }
        assertEquals(expected.toString(), answer(requests.toString(), expected.length()));
    }

    /// So many characters; fewer when the connection ends before.
    private String answer(String requests, int length) throws IOException {
        try (Client client = cache.client(address)) {
            return client.says(requests).hears(length);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void answersInOrderWhatIsSentTogether(Form form) throws IOException {
        converses(form, """
                PING = +PONG
                ping hello = $5~hello
                ECHO again = $5~again
                GET KEY = $-1
                SET KEY value = +OK
                gEt KEY = $5~value
                SET KEY other NX = $-1
                SET KEY other XX = +OK
                GET KEY = $5~other
                DEL KEY none KEY = :1
                SET KEY other XX = $-1
                INCR KEY = :1
                INCR KEY = :2
                GET KEY = $1~2
                TTL KEY = :-1
                EXPIRE KEY 100 = :1
                INCR KEY = :3
                TTL KEY = :100
                SET KEY -1 = +OK
                TTL KEY = :-1
                INCR KEY = :0
                SET KEY a ex 1000 nx = $-1
                SET KEY a ex 1000 xx = +OK
                TTL KEY = :1000
                SET KEY a XX xx EX 10 EX 2000 = +OK
                TTL KEY = :2000
                EXPIRE KEY -1 = :1
                GET KEY = $-1
                EXPIRE KEY 5 = :0
                TTL KEY = :-2
                CONFIG GET save = *2~$4~save~$0~
                CONFIG GET none = *0
                COMMAND DOCS = *0
                """.replace("KEY", "talk-" + form));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void saysWhatIsWrongAndGoesOn(Form form) throws IOException {
        converses(form, """
                GET = -ERR wrong number of arguments for 'get' command
                set KEY = -ERR wrong number of arguments for 'set' command
                PING a b = -ERR wrong number of arguments for 'ping' command
                Frobnicate a b = -ERR unknown command 'Frobnicate', with args beginning with: 'a' 'b'\s
                SET KEY a PX = -ERR syntax error
                SET KEY a NX XX = -ERR syntax error
                SET KEY a EX 1 PX 1 = -ERR syntax error
                SET KEY a EX soon NX XX = -ERR syntax error
                CONFIG SET save = -ERR unknown subcommand 'SET'
                SET KEY a EX 0 = -ERR invalid expire time in 'set' command
                SET KEY a EX 9223372036854775807 = -ERR invalid expire time in 'set' command
                SET KEY a EX soon = -ERR value is not an integer or out of range
                GET KEY = $-1
                SET KEY 01 = +OK
                INCR KEY = -ERR value is not an integer or out of range
                EXPIRE KEY 9223372036854775807 = -ERR invalid expire time in 'expire' command
                SET KEY 9223372036854775807 = +OK
                INCR KEY = -ERR increment or decrement would overflow
                GET KEY = $19~9223372036854775807
                """.replace("KEY", "wrong-" + form));
    }

    @Test
    void keepsEveryByteOfKeysAndValues() throws IOException {
        String odd = "*3~$3~SET~$4~a~ ~$7~$1~*~~".replace("~", "\r\n");
        assertEquals("+OK\r\n$7\r\n$1\r\n*\r\n\r\n", answer(odd + "*2\r\n$3\r\nGET\r\n$4\r\na\r\n \r\n", 18));
    }

    @Test
    void takesForNothingWhatIsEmptyAndAnswersOnOneLineWhatHasSeveral() throws IOException {
        assertEquals("+PONG\r\n", answer("\r\n*0\r\n*-1\r\n*-1000\r\n  \n PING \n", 7));
        String expected = "-ERR unknown command 'a  b', with args beginning with: \r\n";
        assertEquals(expected, answer("*1\r\n$4\r\na\r\nb\r\n", expected.length()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '=', textBlock = """
            *1~+PING~                              = expected '$', got '+'
            *1~~PING~                              = expected '$', got ' '
            *x~                                    = invalid multibulk length
            *1025~                                 = invalid multibulk length
            *00000000001~                          = invalid multibulk length
            *01~                                   = invalid multibulk length
            *00~                                   = invalid multibulk length
            *-0~                                   = invalid multibulk length
            *-~                                    = invalid multibulk length
            *1~$04~PING~                           = invalid bulk length
            *1~$-1~                                = invalid bulk length
            *1~$1048577~                           = invalid bulk length
            *1~$99999999999999999999~              = invalid bulk length
            *1~$4~PINGPONG~                        = expected CRLF after a bulk of 4 bytes
            *1~$~                                  = invalid bulk length
            POST / HTTP/1.1~                       = this is not HTTP
            SET k "two words"~                     = quotes are not known in a line, send an array
            ECHO it's~                             = quotes are not known in a line, send an array
            """)
    void tellsWhatIsNoRequestAndEnds(String request, String why) throws IOException {
        String answer = answer("PING\r\n" + request.replace("~", "\r\n") + "PING\r\n", 1_000);
        assertEquals("+PONG\r\n-ERR Protocol error: " + why + "\r\n", answer);
    }

    @Test
    void refusesALineThatIsTooLongAndARequestThatIsTooLargeBeforeAllOfItHasCome() throws IOException {
        assertEquals("-ERR Protocol error: too big inline request\r\n", answer("x".repeat(8 << 10), 1_000));
        String bulk = "$1048576\r\n" + "x".repeat(1 << 20) + "\r\n";
        assertEquals("-ERR Protocol error: invalid bulk length\r\n", answer("*4\r\n$3\r\nDEL\r\n" + bulk + "$1048576\r\n", 1_000));
    }

    @Test
    void forgetsWhatHasExpired() throws IOException {
        assertEquals("+OK\r\n", answer("SET soon gone PX 50\r\n", 5));
        await().until(() -> answer("GET soon\r\n", 5).equals("$-1\r\n"));
        assertEquals(":0\r\n+OK\r\n", answer("DEL soon\r\nSET soon again NX\r\n", 9));
    }

    @Test
    void forgetsOthersWhenThereIsNoRoomForMore() throws Exception {
        try (Running small = new Running(classes, "RespCache", "127.0.0.1:0", "1")) {
            String where = small.says("listening at ");
            try (Client client = small.client(where)) {
                for (int i = 0; i < 50; i++) {
                    assertEquals("+OK", client.says("*3\r\n$3\r\nSET\r\n$2\r\n" + (10 + i) + "\r\n$100000\r\n" + "x".repeat(100_000) + "\r\n").line());
                }
                String all = IntStream.range(10, 60).mapToObj(key -> " " + key).collect(Collectors.joining());
                assertEquals(":10", client.says("DEL" + all + "\r\n").line(), "of 100 KB, 10 go into 1 MiB");
            }
            small.ends();
        }
    }

    @Test
    void forgetsLargeOnesInTimeInASmallHeap() throws Exception {
        String value = "$1048576\r\n" + "x".repeat(1 << 20) + "\r\n";
        try (Running small = new Running(List.of("-Xmx64m", "-XX:+UseG1GC"), classes, "RespCache", "127.0.0.1:0")) {
            String where = small.says("listening at ");
            try (Client client = small.client(where)) {
                for (int i = 10; i < 70; i++) {
                    assertEquals("+OK", client.says("*3\r\n$3\r\nSET\r\n$2\r\n" + i + "\r\n" + value).line(), "value " + i);
                }
                assertEquals("$1048576", client.says("GET 69\r\n").line());
            }
            small.ends();
        }
    }

    @Test
    void countsForManyAtOnceWithoutLosingOne() throws Exception {
        List<Callable<String>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(() -> {
                try (Client client = cache.client(address)) {
                    client.says("INCR counter\r\n".repeat(500));
                    return IntStream.range(0, 500).mapToObj(each -> line(client)).toList().getLast();
                }
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> client : threads.invokeAll(clients)) {
                assertTrue(client.get().startsWith(":"), client.get());
            }
        }
        assertEquals("$4\r\n4000\r\n", answer("GET counter\r\n", 10));
    }

    private static String line(Client client) {
        try {
            return client.line();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
