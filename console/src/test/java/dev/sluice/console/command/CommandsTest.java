package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ClosedConnection;
import dev.sluice.api.ConnectionState;
import dev.sluice.api.DrainProgress;
import dev.sluice.api.Kick;
import dev.sluice.api.KickReport;
import dev.sluice.api.Recent;
import dev.sluice.api.RefusalReason;
import dev.sluice.api.ReloadReport;
import dev.sluice.api.Role;
import dev.sluice.api.ServerEvent;
import dev.sluice.protocol.Peer;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class CommandsTest {

    private final Fixture console = new Fixture();

    @AfterEach
    void end() {
        console.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "shwo clients            | did you mean show?",
        "show                    | show what? One of listeners, clients",
        "show clinets            | did you mean clients?",
        "show clients --jsno     | did you mean --json?",
        "show clients lisener=a  | did you mean listener?",
        "show clients --sort agee | did you mean age?",
        "show clients --limit x  | --limit is \"x\", but must be a whole number",
        "show clients --limit    | --limit needs a value",
        "show clients --wide=1   | --wide takes no value",
        "show client             | show client needs ID",
        "status now              | status does not take \"now\"",
        "drain stauts            | drain does not take \"stauts\"",
        "resize workers many     | N is \"many\"",
        "show pools --watch 1s   | needs --count N",
        "show pools --count 3    | --count goes with --watch",
        "show pools --watch 1ms --count 2 | must be 100ms or more",
        "show events -f          | needs a terminal",
        "kick 7 --now --after-request | contradict",
        "shutdown --now --grace 1s | contradict",
        "log dev.sluice LOUD     | no level LOUD",
        "log dev.sluice INFO 10m | log takes",
        "wait clients==many      | must be a number",
        "help me                 | no command me",
        "a\u001b[2J              | control character \\x1b"
    })
    void whatIsNotUnderstoodIsExplainedAndIsExitCode2(String line, String message) throws Exception {
        assertEquals(2, console.run(line.strip()));
        assertTrue(console.err().contains(message.strip()), console.err());
        assertEquals("", console.out());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "resize worker 4  | there is no pool worker; did you mean workers?",
        "resize workers 2000000 | must be from 1 to 1000000",
        "pause wbe        | there is no listener wbe; did you mean web?",
        "show client 1    | there is no client 1",
        "kick 1           | no client matches",
        "wait pool.x.idle>0 | there is no pool x",
        "drain force      | no drain is under way"
    })
    void whatCannotBeDoneIsExplainedAndIsExitCode1(String line, String message) throws Exception {
        assertEquals(1, console.run(line.strip()));
        assertTrue(console.err().contains(message.strip()), console.err());
    }

    @ParameterizedTest
    @CsvSource({
        "status, VIEW, 0", "show pools, VIEW, 0", "show clients, VIEW, 3", "show clients, OPERATE, 0", "kick 7, OPERATE, 3",
        "kick 7, ADMIN, 0",
        "shutdown, OPERATE, 3", "q, VIEW, 3", "help, VIEW, 0", "metrics, VIEW, 0", "show threads, VIEW, 3", "detach, VIEW, 0"
    })
    void levelsAreDeniedByDefault(String line, Level level, int code) throws Exception {
        assertEquals(code, console.reply(line, level).code());
        assertEquals(code == 3, console.err().contains("needs level"), console.err());
    }

    @Test
    void deniedCommandsDoNothing() throws Exception {
        console.reply("kick 7", Level.OPERATE);
        console.reply("shutdown", Level.VIEW);
        assertEquals(List.of(), console.server.done);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "show listeners", "show clients", "show client 7", "show pools", "show closed", "show config",
            "show threads",
        "show loops", "show events", "metrics", "kick 7", "pause", "resume", "resize workers 3", "reload", "reload --dry-run",
        "set drain.grace 5s for 10m", "set drain.grace 5s --dry-run", "unset pools.workers.size", "unset nothing", "save",
        "save --dry-run", "drain",
        "drain status", "drain cancel", "log dev.sluice DEBUG", "wait clients==3", "help", "help kick", "history", "clear", "detach",
        "shutdown",
        "q --yes", "show nothing", "kick x", "show client 99", "bogus"})
    void everyCommandAnswersOneJsonObject(String line) throws Exception {
        console.run(line + " --json");
        String json = console.out();
        assertTrue(json.matches("(?s)(\\(cleared\\)\n)?\\{.*}"), json);
        assertFalse(json.replaceFirst("^\\(cleared\\)\n", "").contains("\n"), json);
        assertEquals("", console.err());
    }

    @Test
    void actingCommandsSayTheirResultInJson() throws Exception {
        console.run("resize workers 2 --json");
        assertEquals("{\"result\":\"done\",\"pool\":\"workers\",\"before\":8,\"now\":2,\"surplus\":1}", console.out());
        console.run("resize nobody 2 --json");
        assertEquals("{\"result\":\"failed\",\"error\":\"there is no pool nobody. Pools: workers\"}", console.out());
        assertEquals(3, console.reply("kick 7 --json", Level.VIEW).code());
        assertTrue(console.out().startsWith("{\"result\":\"not-allowed\""), console.out());
    }

    @Test
    void clientsAreFilteredSortedAndLimited() throws Exception {
        assertEquals(0, console.run("show clients listener=web --sort age"));
        assertTrue(console.out().matches("(?s)ID .*\n 8  web.*\n 7  web.*\n2 rows \\(shown 2\\)"), console.out());
        console.run("show clients --sort -age --limit 1");
        assertTrue(console.out().matches("(?s)ID .*\n 7  web.*\n3 rows \\(shown 1\\)"), console.out());
    }

    @Test
    void aListenerSaysHowManyDrainOnItsOldTermsWhenAskedForEverything() throws Exception {
        console.run("show listeners");
        assertFalse(console.out().contains("RETIRING"), console.out());
        console.run("show listeners --wide");
        assertTrue(console.out().contains("RETIRING"), console.out());
        console.run("show listeners retiring>0 --json");
        assertTrue(console.out().contains("\"name\":\"web\"") && console.out().contains("\"retiring\":1"), console.out());
        assertFalse(console.out().contains("echo"), console.out());
    }

    @Test
    void aPoolThatChangesItsTypeSaysHowManyAreRetiring() throws Exception {
        console.run("show pools state=running --json");
        assertTrue(console.out().contains("\"state\":\"running\",\"retiring\":0,"), console.out());
        console.server.retiring = 3;
        console.run("show pools");
        assertTrue(console.out().matches("(?s)NAME .*\nworkers .* retiring 3\n.*"), console.out());
        assertEquals(1, console.run("wait pool.workers.retiring==0 --timeout 1ms"));
        assertEquals(0, console.run("wait pool.workers.retiring==3"));
    }

    @Test
    void hostileTextsOfClientsAreEscapedInEveryForm() throws Exception {
        console.server.clients.add(FakeServer.client(10, "web", "10.0.0.9:1", ConnectionState.IDLE,
                "GET /\u001b]0;x\u0007\u009b2J\r\u202e"));
        for (String line : List.of("show clients", "show clients --csv", "show clients --json", "show client 10", "show clients --wide")) {
            console.run(line);
            assertTrue(console.out().chars().noneMatch(c -> c != '\n' && Escape.isHarmful(c)), console.out());
            assertTrue(console.out().contains("1b]0;x"), console.out());
        }
    }

    @Test
    void oneClientIsShownWithItsStackAndItsEvents() throws Exception {
        Peer peer = new Peer(7, "web", new InetSocketAddress("10.0.0.7", 5_000), new InetSocketAddress("127.0.0.1", 8_080));
        console.server.events.add(FakeServer.event(new ServerEvent.ConnectionOpened(Role.TRAFFIC, peer)));
        console.server.events.add(FakeServer.event(new ServerEvent.ListenerPaused("web")));
        Kick kick = new Kick(Kick.Mode.NOW, "tester", "slow");
        console.server.events.add(FakeServer.event(new ServerEvent.Kicked(kick, new KickReport(2, 0, 2, 0, List.of(7L, 8L)))));
        console.server.events.add(FakeServer.event(new ServerEvent.Kicked(kick, new KickReport(1, 0, 1, 0, List.of(9L)))));
        assertEquals(0, console.run("show client 7"));
        assertTrue(console.out().contains("kicked  2 by tester: slow"), console.out());
        assertFalse(console.out().contains("kicked  1 by"), console.out());
        assertTrue(console.out().contains("stack of worker-1\n  app.Slow.handle(Slow.java:42)"), console.out());
        assertTrue(console.out().contains("connection-opened  #7 web from 10.0.0.7:5000"), console.out());
        assertFalse(console.out().contains("listener-paused"), console.out());
    }

    @Test
    void clientOfAUnixDomainSocketIsShownWithItsUser() throws Exception {
        console.server.clients.add(FakeServer.client(10, "web", "unix:ada", ConnectionState.IDLE, ""));
        Peer peer = new Peer(10, "web", UnixDomainSocketAddress.of(""), UnixDomainSocketAddress.of("/run/web.sock"), "ada:staff");
        console.server.events.add(FakeServer.event(new ServerEvent.ConnectionOpened(Role.TRAFFIC, peer)));
        console.server.events.add(FakeServer.event(new ServerEvent.ConnectionRefused(Role.TRAFFIC, peer, RefusalReason.RATE_LIMIT)));
        assertEquals(0, console.run("show client 10"));
        assertTrue(console.out().matches("(?s).*addr +unix:ada\n.*user +ada:staff\n.*"), console.out());
        assertTrue(console.out().contains("connection-opened  #10 web from unix:ada"), console.out());
        assertEquals(0, console.run("show events"));
        assertTrue(console.out().contains("web from unix:ada: rate-limit"), console.out());
    }

    @Test
    void clientThatHasEndedIsTold() throws Exception {
        console.server.closed.add(new ClosedConnection(
                3, "web", "10.0.0.3:1", FakeServer.NOON, Duration.ofSeconds(1), CloseReason.IDLE_TIMEOUT, "", 1, 2, 3));
        assertEquals(1, console.run("show client 3"));
        assertTrue(console.err().matches("client 3 ended at .*: idle-timeout"), console.err());
        console.run("show closed reason=idle-timeout");
        assertTrue(console.out().contains("10.0.0.3:1"), console.out());
    }

    @Test
    void eventsAreShownNewestFirst() throws Exception {
        console.server.events.add(FakeServer.event(new ServerEvent.ListenerPaused("web")));
        console.server.events.add(FakeServer.event(new ServerEvent.ListenerResumed("web")));
        console.server.events.add(FakeServer.event(new ServerEvent.Reloaded(new ReloadReport(List.of(), false))));
        console.run("show events --limit 2 --csv");
        List<String> lines = console.out().lines().toList();
        assertTrue(lines.get(1).contains("reloaded") && lines.get(2).contains("listener-resumed"), console.out());
    }

    @Test
    void aBareWordIsWhatKeysOfTheConfigurationBeginWith() throws Exception {
        assertEquals(0, console.run("show config drain"));
        assertTrue(console.out().contains("drain.grace") && !console.out().contains("pools."), console.out());
        assertEquals(0, console.run("show config pools. source=default"));
        assertTrue(console.out().contains("0 rows"), console.out());
    }

    @Test
    void configCanBeReducedToWhatWasChanged() throws Exception {
        console.run("show config --changed --source");
        assertTrue(console.out().startsWith("""
                KEY                 VALUE  DEFAULT  FILE  SOURCE  CLASS
                pools.workers.size  8      4        8     file    live
                1 rows"""), console.out());
    }

    @Test
    void eventsAreFollowedWithoutRepeatingAny() throws Exception {
        console.console.interactive = true;
        console.server.events.add(FakeServer.event(new ServerEvent.ListenerPaused("web")));
        int[] rounds = {0};
        console.console.pause = () -> {
            Instant when = FakeServer.NOON.plusSeconds(rounds[0] + 1);
            console.server.events.add(new Recent.Entry(when, new ServerEvent.ListenerResumed("web")));
            return ++rounds[0] < 3;
        };
        assertEquals(0, console.run("show events -f"));
        assertEquals(3, console.console.out.size(), console.out());
    }

    @Test
    void watchingWithoutATerminalPrintsEachRound() throws Exception {
        assertEquals(0, console.run("show pools --watch 1s --count 3 --json"));
        assertEquals(3, console.console.out.size());
    }

    @Test
    void watchingOnATerminalReplacesABlockAndLeavesTheLastRound() throws Exception {
        console.console.interactive = true;
        assertEquals(0, console.run("show pools --watch 1s --count 3"));
        assertEquals(3, console.console.blocks.size());
        assertEquals(List.of(), console.console.blocks.getLast());
        assertEquals(3, console.console.out.size(), console.out());
    }

    @Test
    void ctrlCEndsWatching() throws Exception {
        console.console.interactive = true;
        console.console.pause = () -> false;
        assertEquals(0, console.run("show pools --watch 1s"));
    }

    @Test
    void everyExampleInTheHelpIsUnderstood() throws Exception {
        console.console.interactive = true;
        console.console.pause = () -> false;
        for (Command command : Commands.standard().all()) {
            for (String example : command.spec().examples()) {
                assertTrue(console.run(example) < 2, example + ": " + console.err());
            }
            assertEquals(2, command.spec().examples().size());
        }
    }

    @Test
    void helpShowsLevelSyntaxAndTwoExamples() throws Exception {
        assertEquals(0, console.run("help kick"));
        assertTrue(console.out().contains("level admin") && console.out().contains("kick ID…|FILTERS [--after-request]"), console.out());
        assertTrue(console.out().contains("examples\n  kick 17"), console.out());
        console.run("help show");
        assertTrue(console.out().contains("9 rows (shown 9)"), console.out());
    }

    @Test
    void actingCommandsAreAuditedWithOldAndNewAndOthersAreNot() throws Exception {
        Logger audit = (Logger) LoggerFactory.getLogger("dev.sluice.audit");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        audit.addAppender(lines);
        try {
            console.run("show pools");
            console.run("resize workers 5");
            console.reply("resize workers 6", Level.VIEW);
            console.run("resize workers \"x\u001b\"");
            console.run("kick 7 --reason 'a\"b'");
            console.console.interactive = true;
            assertEquals(1, console.run("q"));
            assertEquals(1, console.run("kick state=idle"));
            console.console.interactive = false;
            console.run("shutdown");
        } finally {
            audit.detachAppender(lines);
        }
        List<String> texts = lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertEquals(6, texts.size(), texts::toString);
        assertEquals("event=command who=\"tester\" level=admin what=\"resize workers 5\" result=done before=\"8\" after=\"5\"",
                texts.get(0));
        assertTrue(texts.get(1).contains("level=view") && texts.get(1).contains("result=not-allowed"), texts.get(1));
        assertTrue(texts.get(2).contains("what=\"kick 7 --reason 'a'b'\"") && texts.get(2).contains("ids [7]"), texts.get(2));
        assertTrue(texts.get(3).contains("what=\"q\" result=declined"), texts.get(3));
        assertTrue(texts.get(4).contains("what=\"kick state=idle\" result=declined"), texts.get(4));
        assertTrue(texts.get(5).contains("what=\"shutdown\" result=begun before=\"RUNNING\""), texts.get(5));
    }

    @Test
    void aCommandThatBreaksFailsAlone() throws Exception {
        console.server.progress = null;
        assertEquals(1, console.run("drain status"));
        assertTrue(console.err().startsWith("drain status failed: java.lang.NullPointerException"), console.err());
        console.server.progress = DrainProgress.NONE;
        assertEquals(0, console.run("drain status"));
    }

    @Test
    void completionOffersWhatMayFollow() {
        assertEquals(List.of("status"), console.complete("sta"));
        assertEquals(List.of("clients", "client", "closed", "config"), console.complete("show", "c"));
        assertEquals(List.of("7", "8", "9"), console.complete("show", "client", ""));
        assertEquals(List.of("workers"), console.complete("resize", "w"));
        assertEquals(List.of("for"), console.complete("resize", "workers", "4", ""));
        assertEquals(List.of("pools.workers.size", "drain.grace"), console.complete("set", ""));
        assertEquals(List.of("30s"), console.complete("set", "drain.grace", ""));
        assertEquals(List.of("for"), console.complete("set", "drain.grace", "5s", "f"));
        assertEquals(List.of("10m"), console.complete("set", "drain.grace", "5s", "for", "10"));
        assertEquals(List.of(), console.complete("set", "drain.grace", "5s", "for", "10m", ""));
        assertEquals(List.of("pools.workers.size"), console.complete("unset", "p"));
        assertEquals(List.of("web"), console.complete("pause", "w"));
        assertEquals(List.of("--json"), console.complete("show", "pools", "--js"));
        assertEquals(List.of("age"), console.complete("show", "clients", "--sort", "ag"));
        assertEquals(List.of("listener="), console.complete("kick", "li"));
        assertEquals(List.of("listener=web"), console.complete("kick", "listener=w"));
        assertEquals(List.of("dev.sluice", "dev.sluice.audit"), console.complete("log", "dev"));
        assertEquals(List.of("DEBUG"), console.complete("log", "dev.sluice", "D"));
        assertEquals(List.of("status"), console.complete("drain", "s"));
        assertEquals(List.of("cancel"), console.complete("help", "drain", "c"));
        assertEquals(List.of("pool.workers.idle"), console.complete("wait", "pool.workers.i"));
        assertEquals(List.of(), console.complete("nonsense", "x"));
    }

    @Test
    void completionOfHostileValuesOffersNone() {
        console.server.clients.add(FakeServer.client(10, "\u001b[2J web", "10.0.0.9:1", ConnectionState.IDLE, "\u001b"));
        assertEquals(List.of("listener=web", "listener=echo"), console.complete("kick", "listener="));
    }

    @Test
    void completionOffersOnlyWhatTheLevelAllows() {
        Commands commands = Commands.standard();
        List<String> offered = commands.complete(console.context(Level.VIEW), List.of(), "").stream().map(Suggestion::value).toList();
        assertTrue(offered.contains("status") && !offered.contains("kick"), offered::toString);
        assertEquals(List.of(), commands.complete(console.context(Level.VIEW), List.of("kick"), ""));
    }
}
