package dev.sluice.console.command;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The record of who changed what.
public final class Audit {

    private static final Logger LOG = LoggerFactory.getLogger("dev.sluice.audit");
    private static final int LONGEST = 1_000;

    private Audit() {}

    /// @param what   the line as it was typed
    /// @param before what was; `-` when there is nothing to tell
    /// @param after  what is now
    static void write(Principal who, String what, String result, String before, String after) {
        LOG.info("event=command who={} level={} what={} result={} before={} after={}",
                quoted(who.name()), who.level().word(), quoted(Secrets.typed(what.strip())), result, quoted(before), quoted(after));
    }

    /// What somebody set for a time has gone back.
    ///
    /// @param who    set it
    /// @param before what it was set to
    /// @param after  what is now
    public static void expired(String who, String key, String before, String after) {
        LOG.info("event=overlay-expired who={} key={} before={} after={}", quoted(who), quoted(key), quoted(before), quoted(after));
    }

    private static String quoted(String text) {
        if (text.isEmpty()) {
            return "\"-\"";
        }
        return "\"" + Escape.line(text, LONGEST).replace("\"", "'") + "\"";
    }
}
