package dev.sluice.console.command;

/// `reload`: reads the file again and applies it, all or nothing.
final class ReloadCommand implements Command {

    private static final ChangeAnswer ANSWER = new ChangeAnswer("changed:", "the file says what already holds");

    @Override
    public Spec spec() {
        return Spec.acting("reload", "", "reads the configuration file again and applies it, all or nothing", "reload --dry-run", "reload")
                .with(Option.DRY_RUN);
    }

    @Override
    public Result run(Invocation call) {
        call.expect(0, 0);
        boolean dryRun = call.flag("--dry-run");
        return ANSWER.of(call.context().config().reload(dryRun), dryRun, call);
    }
}
