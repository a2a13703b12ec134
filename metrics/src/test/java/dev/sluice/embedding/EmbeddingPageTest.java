package dev.sluice.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class EmbeddingPageTest {

    private static final String WRITE = "sluice.write-docs";

    @Test
    void thePageShowsEveryProgramOnce() throws IOException {
        assertEquals(Page.programs().stream().map(file -> file.getFileName().toString()).toList(), Page.shown().stream().sorted().toList());
    }

    @Test
    void thePageShowsTheProgramsAsTheyAre() throws IOException {
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(Page.PATH, Page.text());
        }
        assertEquals(Page.text(), Files.readString(Page.PATH), "docs/embedding.md is stale: it says how to make it anew");
    }
}
