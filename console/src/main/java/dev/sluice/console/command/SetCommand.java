package dev.sluice.console.command;

import dev.sluice.console.command.ConfigControl.ConfigEntry;
import dev.sluice.console.command.ConfigControl.Setting;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `set KEY VALUE [for TIME]`: gives a key of the configuration a value that wins over the file.
final class SetCommand implements Command {

    @Override
    public Spec spec() {
        return Spec.acting("set", "KEY VALUE [for TIME]",
                "gives a key a value that wins over the file until it is unset or saved; with a time, it goes back by itself",
                "set listeners.web.timeouts.idle 5s for 10m", "set pools.workers.queue 2000 --dry-run").with(Option.DRY_RUN);
    }

    @Override
    public Result run(Invocation call) {
        call.expect(2, Integer.MAX_VALUE);
        Timed timed = Timed.read(call.arguments().subList(1, call.arguments().size()));
        boolean dryRun = call.flag("--dry-run");
        Setting setting = new Setting(call.argument(0), timed.words(), call.context().principal().name(), timed.time());
        return answer(timed.time(), dryRun).of(call.context().config().set(setting, dryRun), dryRun, call);
    }

    private static ChangeAnswer answer(@Nullable Duration time, boolean dryRun) {
        String how = time == null ? "" : ", for " + Units.duration(time);
        String until = time == null ? ", until it is unset or saved" : how;
        String held = dryRun ? "nothing would change by it; it would be kept, whatever the file says" : "nothing changes by it; it is kept, and holds whatever the file says";
        return new ChangeAnswer("changed" + how + ":", held + until);
    }

    @Override
    public List<Suggestion> complete(CommandContext context, List<String> before, String word) {
        if (before.isEmpty()) {
            return context.config().entries().stream()
                    .filter(entry -> !entry.kind().equals("restart") && !entry.key().startsWith("admin."))
                    .map(entry -> new Suggestion(entry.key(), entry.value(), true)).toList();
        }
        return before.size() == 1 ? now(context, before.getFirst()) : Timed.complete(before.subList(1, before.size()));
    }

    /// What a key is now, to be edited.
    private static List<Suggestion> now(CommandContext context, String key) {
        return Suggestion.all(context.config().entries().stream()
                .filter(entry -> entry.key().equals(key)).map(ConfigEntry::value).toList());
    }
}
