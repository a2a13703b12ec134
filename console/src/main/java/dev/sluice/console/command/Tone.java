package dev.sluice.console.command;

/// What a word means to the eye.
public enum Tone {
    PLAIN(""),
    GOOD("32"),
    CAUTION("33"),
    BAD("31"),
    FAINT("2"),
    STRONG("1");

    private final String code;

    Tone(String code) {
        this.code = code;
    }

    /// The text in this tone's colour, or as it is.
    public String paint(String text, boolean coloured) {
        return coloured && !code.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
