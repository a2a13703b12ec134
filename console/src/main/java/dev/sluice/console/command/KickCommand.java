package dev.sluice.console.command;

import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Kick;
import dev.sluice.api.KickReport;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// `kick`: ends connections, named by id or found by filters.
final class KickCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("kick", "ID…|FILTERS",
                "ends connections; show clients with the same filters lists them",
                "kick 17 --reason \"stuck upload\"", "kick listener=web idle>10m --max 50").with(
                Option.flag("--after-request", "finish the request in flight first, as is the default"),
                Option.flag("--now", "close the socket and interrupt the handler"),
                Option.taking("--reason", "TEXT", "for the record"),
                Option.flag("--dry-run", "only say who it would be"),
                Option.YES,
                Option.taking("--max", "N", "kick nobody if it would be more than so many; asks nothing"));
    }

    @Override
    public Result run(Invocation call) {
        call.expect(1, Integer.MAX_VALUE);
        if (call.flag("--now") && call.flag("--after-request")) {
            throw CommandException.usage("--now and --after-request contradict each other: give one");
        }
        Predicate<ConnectionInfo> wanted = wanted(call.arguments());
        List<ConnectionInfo> victims = call.server().connections().stream().filter(wanted).toList();
        if (call.flag("--dry-run")) {
            return Result.done(new Output().with(Field.count("matched", "", victims.size())).table(Schemas.CLIENTS.table(victims, call)));
        }
        if (victims.isEmpty()) {
            throw CommandException.failed("no client matches; nobody is kicked");
        }
        if (!isAgreed(call, victims)) {
            call.audit("declined", "-", "-");
            throw CommandException.failed("nobody is kicked");
        }
        // Nobody beyond those that were counted; and of those, nobody who does not match any more.
        Set<Long> ids = victims.stream().map(ConnectionInfo::id).collect(Collectors.toSet());
        Kick.Mode mode = call.flag("--now") ? Kick.Mode.NOW : Kick.Mode.AFTER_REQUEST;
        Kick kick = new Kick(mode, call.context().principal().name(), call.option("--reason").orElse(""));
        return answer(call.server().kick(client -> ids.contains(client.id()) && wanted.test(client), kick));
    }

    /// All words are ids, or all are filters.
    private static Predicate<ConnectionInfo> wanted(List<String> words) {
        if (!words.getFirst().matches("\\d+")) {
            return Filter.parse(words, Schemas.CLIENTS);
        }
        Set<Long> ids = words.stream().map(word -> Invocation.parse("ID", word, 1, Long.MAX_VALUE)).collect(Collectors.toSet());
        return client -> ids.contains(client.id());
    }

    private static boolean isAgreed(Invocation call, List<ConnectionInfo> victims) {
        OptionalLong most = call.number("--max", 0, Integer.MAX_VALUE);
        if (most.isPresent() && victims.size() > most.getAsLong()) {
            throw CommandException.failed(
                    victims.size() + " clients match, which is more than --max " + most.getAsLong() + "; nobody is kicked");
        }
        if (victims.size() == 1 || most.isPresent() || call.flag("--yes")) {
            return true;
        }
        if (!call.console().interactive()) {
            throw CommandException.usage(victims.size() + " clients match; to kick more than one without a terminal give --yes or --max N");
        }
        return call.console().ask("Kick " + victims.size() + " clients?");
    }

    private static Result answer(KickReport report) {
        Output output = Output.saying("matched " + report.matched() + ", closed " + report.closed() + ", still finishing a request "
                + report.asked() + ", skipped " + report.skipped() + " that were closing")
                .with(
                        Field.count("matched", "", report.matched()),
                        Field.count("asked", "", report.asked()),
                        Field.count("closed", "", report.closed()),
                        Field.count("skipped", "", report.skipped()),
                        new Field("ids", "", Kind.COUNT, new Cell.Items(report.ids().stream().map(Cell::count).toList())));
        if (!report.ids().isEmpty()) {
            output.say("ids " + report.ids().stream().map(String::valueOf).collect(Collectors.joining(" ")));
        }
        return Result.done(output).changing("-", "matched " + report.matched() + " closed " + report.closed() + " ids " + report.ids());
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return ShowCommands.clientsOrFilters(context, word);
    }
}
