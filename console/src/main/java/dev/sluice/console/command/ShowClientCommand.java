package dev.sluice.console.command;

import dev.sluice.api.ConnectionDetail;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.protocol.PeerTls;
import java.util.List;

/// `show client ID`: everything known of one connection.
final class ShowClientCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.showing("show client", Level.OPERATE, "ID", "one connection, the stack of the thread that serves it, its last events",
                "show client 17", "show client 17 --watch 1s");
    }

    @Override
    public Result run(Invocation call) {
        call.expect(1, 1);
        long id = Invocation.parse("ID", call.argument(0), 1, Long.MAX_VALUE);
        ConnectionDetail detail = call.server().connection(id).orElseThrow(() -> gone(call, id));
        Output output = new Output();
        for (Column<ConnectionInfo> column : Schemas.CLIENTS.columns()) {
            output.line(column.key(), new Field(column.key(), "", column.kind(), column.cell().apply(detail.info())));
        }
        output.line("local", Field.text("local", "", detail.local()));
        output.line("via", Field.text("via", "", detail.via()));
        output.line("user", Field.text("user", "", detail.user()));
        output.line("protocol", Field.text("protocol", "", detail.protocol()));
        output.line("pool", Field.text("pool", "", detail.pool()));
        detail.tls().ifPresent(tls -> secure(output, tls));
        output.line("deadline", Field.text("deadline", "", detail.deadline()));
        output.listing("stack", stackTitle(detail), detail.stack());
        return Result.done(output.listing("events", "events", events(call, id)));
    }

    private static void secure(Output output, PeerTls tls) {
        output.line("tls", Field.text("tls", "", tls.version()));
        output.line("cipher", Field.text("cipher", "", tls.cipher()));
        output.line("server-name", Field.text("server-name", "", tls.serverName()));
        output.line("application-protocol", Field.text("application-protocol", "", tls.applicationProtocol()));
        output.line("client-certificate", Field.text("client-certificate", "", tls.clientName()));
    }

    private static String stackTitle(ConnectionDetail detail) {
        String thread = detail.info().thread();
        return detail.stack().isEmpty() ? "no thread serves it now" : "stack of " + (thread.isEmpty() ? "its thread" : thread);
    }

    private static List<String> events(Invocation call, long id) {
        return call.server().recent().events().stream()
                .filter(entry -> EventText.connections(entry.event()).contains(id))
                .map(entry -> Units.moment(entry.when()) + "  " + EventText.name(entry.event()) + "  " + EventText.detail(entry.event()))
                .toList();
    }

    private static CommandException gone(Invocation call, long id) {
        return call.server().recent().closed().stream()
                .filter(closed -> closed.id() == id)
                .findFirst()
                .map(closed -> CommandException.failed("client " + id + " ended at " + Units.moment(closed.when()) + ": "
                        + Cell.word(closed.reason()) + (closed.detail().isEmpty() ? "" : ", " + closed.detail())))
                .orElseGet(() -> CommandException.failed("there is no client " + id));
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        return before.isEmpty() ? ShowCommands.ids(context.server().connections()) : List.of();
    }
}
