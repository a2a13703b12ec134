package dev.sluice.console.command;

import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.ServerControl;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// A `show` of a table, filtered by its columns.
///
/// @param spec   of it
/// @param schema its columns
/// @param rows   what there is to show
/// @param <T>    what a row shows
record ShowCommands<T>(Spec spec, Schema<T> schema, Function<ServerControl, List<T>> rows) implements Command {

    static Command listeners() {
        return of(Spec.showing("show listeners", Level.VIEW, "[FILTERS]", "where the server listens, and what each listener did",
                "show listeners", "show listeners state=paused --json"), Schemas.LISTENERS, ServerControl::listeners);
    }

    static Command clients() {
        return of(Spec.showing("show clients", Level.OPERATE, "[FILTERS]", "connections, one a line",
                "show clients listener=web idle>10s --sort age", "show clients addr=10.0.0.0/8 --watch 1s"),
                Schemas.CLIENTS, ServerControl::connections);
    }

    static Command pools() {
        return of(Spec.showing("show pools", Level.VIEW, "[FILTERS]", "pools, their queues and their times over the last minute",
                "show pools", "show pools queued>0 --watch 1s"), Schemas.POOLS, ServerControl::pools);
    }

    static Command closed() {
        return of(Spec.showing("show closed", Level.OPERATE, "[FILTERS]", "the last connections that ended, newest first",
                "show closed reason=idle-timeout --limit 20", "show closed when<10m requests=0"),
                Schemas.CLOSED, server -> server.recent().closed().reversed());
    }

    static Command threads() {
        return of(Spec.showing("show threads", Level.OPERATE, "[FILTERS]", "threads of the server, virtual ones too, and what they do",
                "show threads kind=worker", "show threads op-age>1s --sort op-age"), Schemas.THREADS, ServerControl::threads);
    }

    static Command loops() {
        return of(Spec.showing("show loops", Level.OPERATE, "[FILTERS]", "event loops and how busy they are",
                "show loops", "show loops busy>80% --watch 1s"), Schemas.LOOPS, ServerControl::loops);
    }

    private static <T> Command of(Spec spec, Schema<T> schema, Function<ServerControl, List<T>> rows) {
        return new ShowCommands<>(spec.with(Option.sortBy(schema.keys()), Option.LIMIT), schema, rows);
    }

    @Override
    public Result run(Invocation call) {
        Filter<T> filter = Filter.parse(call.arguments(), schema);
        List<T> matching = rows.apply(call.server()).stream().filter(filter).toList();
        return Result.done(Output.of(schema.table(matching, call)));
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return filters(schema, rows.apply(context.server()), word);
    }

    /// The filters of clients, and the ids of those there are.
    static List<Suggestion> clientsOrFilters(CommandContext context, String word) {
        List<ConnectionInfo> clients = context.server().connections();
        return Stream.concat(ids(clients).stream(), filters(Schemas.CLIENTS, clients, word).stream()).toList();
    }

    static List<Suggestion> ids(List<ConnectionInfo> clients) {
        return clients.stream()
                .map(client -> new Suggestion(Long.toString(client.id()), Escape.line(client.address() + " " + client.op(), 60), true))
                .toList();
    }

    /// Keys; behind a key of words, the words that there are.
    static <T> List<Suggestion> filters(Schema<T> schema, List<T> rows, String word) {
        int sign = word.indexOf('=');
        if (sign < 0) {
            return schema.columns().stream().map(column -> new Suggestion(column.key() + "=", "", false)).toList();
        }
        return schema.columns().stream()
                .filter(column -> column.key().equals(word.substring(0, sign)) && !column.kind().isNumber())
                .flatMap(column -> rows.stream().map(row -> column.cell().apply(row).shown()).distinct())
                .filter(value -> value.matches("[\\w.:@/-]{1,60}"))
                .limit(100)
                .map(value -> Suggestion.of(word.substring(0, sign + 1) + value))
                .toList();
    }
}
