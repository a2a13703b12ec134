package dev.sluice.console.shell;

import dev.sluice.api.ServerState;
import dev.sluice.console.command.CommandContext;
import dev.sluice.console.command.Escape;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/// `name[STATE n]level>`: what the server is doing, and what whoever types may do.
///
/// @param name        of the server
/// @param state       in a word or two
/// @param style       that suits the state
/// @param connections now
/// @param level       of whoever types
record Prompt(String name, String state, AttributedStyle style, int connections, String level) {

    static Prompt of(CommandContext context) {
        ServerState state = context.server().state();
        boolean reloadFailed = state == ServerState.RUNNING && context.config().status().lastFailed();
        return new Prompt(
                Escape.line(context.server().config().name()),
                reloadFailed ? "RELOAD FAILED" : state.name(),
                AttributedStyle.BOLD.foreground(reloadFailed ? AttributedStyle.RED : colour(state)),
                context.server().stats().connections(),
                context.principal().level().word());
    }

    private static int colour(ServerState state) {
        return switch (state) {
            case RUNNING -> AttributedStyle.GREEN;
            case DRAINING, DRAINED -> AttributedStyle.YELLOW;
            case STOPPING, STOPPED -> AttributedStyle.RED;
        };
    }

    AttributedString text() {
        return new AttributedStringBuilder()
                .append(name).append("[")
                .styled(style, state).append(" ").append(Integer.toString(connections))
                .append("]").append(level).append("> ")
                .toAttributedString();
    }
}
