package dev.sluice.console.launch;

/// What holds, in its layers. Immutable.
///
/// @param bare     the file as it was last applied, with the command line
/// @param overlays what people set on top of it
/// @param whole    both together
record Layers(ConfigReading.Usable bare, Overlays overlays, ConfigReading.Usable whole) {

    /// A file on which nothing is set.
    static Layers of(ConfigReading.Usable bare) {
        return new Layers(bare, Overlays.NONE, bare);
    }

    /// What providers made for either.
    Parts parts() {
        return bare.parts().and(whole.parts());
    }
}
