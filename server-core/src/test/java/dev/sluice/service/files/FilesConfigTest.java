package dev.sluice.service.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.api.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilesConfigTest {

    @TempDir
    private Path folder;

    @Test
    void takesItsSettingsAndNoOthers() {
        Settings settings = new Settings(folder, Map.of("root", ".", "index", "a.html b.html", "types.x", "a/b", 
                "cache-control.*.css", "max-age=1", "cache.entries", "0", "cache.entry", "1", "type", "x"));
        FilesConfig config = FilesConfig.of(settings);
        assertEquals(List.of("a.html", "b.html"), config.index());
        assertEquals("a/b", config.types().of("q.X"));
        assertEquals("max-age=1", config.cacheControl().of("/q/x.css"));
        assertEquals(Set.of("cache.entry", "type"), settings.unknown());
    }

    @ParameterizedTest
    @CsvSource({
        "index, a/b.html", "index, ..", "index, a.html ..", "links, outside", "dot-files, maybe", "precompressed, gzip", "types.x, ' '",
        "cache.entries, -1", "cache.bytes, much", "cache.files, 1000000"
    })
    void namesTheSettingThatCannotBeUsed(String key, String value) {
        Settings settings = new Settings(folder, Map.of("root", ".", key, value));
        assertEquals(key, assertThrows(Settings.Invalid.class, () -> FilesConfig.of(settings)).key());
    }

    @Test
    void refusesAValueThatNoFieldCanHave() {
        Settings settings = new Settings(folder, Map.of("root", ".", "cache-control.*", "a\r\nSet-Cookie: b"));
        assertEquals("cache-control.*", assertThrows(Settings.Invalid.class, () -> FilesConfig.of(settings)).key());
    }

    @Test
    void saysHowSeveralIndexesAreWritten() {
        Settings settings = new Settings(folder, Map.of("root", ".", "index", "[\"index.html\",\"index.htm\"]"));
        Settings.Invalid refused = assertThrows(Settings.Invalid.class, () -> FilesConfig.of(settings));
        assertEquals("index is [\"index.html\",\"index.htm\"], but must be names of files, without a folder, in one text with spaces between: "
                + "\"index.html index.htm\"", refused.getMessage());
    }

    @Test
    void takesExtensionsWithTheirDotToo() {
        FilesConfig config = FilesConfig.of(new Settings(folder, Map.of("root", ".", "types..glb", "a/b", "types.X", "c/d")));
        assertEquals("a/b", config.types().of("q.glb"));
        assertEquals("c/d", config.types().of("q.x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"types.tar.gz", "types..tar.gz", "types..", "types.a/b", "types...glb"})
    void refusesExtensionsThatNoNameCanHave(String key) {
        Settings settings = new Settings(folder, Map.of("root", ".", key, "a/b"));
        Settings.Invalid refused = assertThrows(Settings.Invalid.class, () -> FilesConfig.of(settings));
        assertEquals(key, refused.key());
    }

    @ParameterizedTest
    @CsvSource({
        "/a.css, style", "/a/b.css, style", "/a.min.css, min", "/assets/a.css, assets", "/assets/x/y.css, assets", "/assets/x/y.png, deep",
        "/assets.css, style", "/x.html, any", "/ab1, one", "/a/ab1, one", "/top/x, top", "/top/x/y, any", "/a+b, plus"
    })
    void controlsCachesByTheMostSpecificPattern(String path, String expected) {
        CacheRules rules = new CacheRules(Map.of("*", "any", "*.css", "style", "*.min.css", "min", "/assets/**.css", "assets", "/assets/**", "deep",
                "ab?", "one", "/top/*", "top", "a+b", "plus"));
        assertEquals(expected, rules.of(path));
    }

    @ParameterizedTest
    @CsvSource({
        "a.html, text/html; charset=utf-8", "A.HTML, text/html; charset=utf-8", "a.tar.gz, application/gzip", "a, application/octet-stream",
        "a., application/octet-stream", "a.nonsense, application/octet-stream", "a.docx, application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "a.mp4, video/mp4", "a.woff2, font/woff2", ".html, text/html; charset=utf-8"
    })
    void knowsTypesByExtension(String name, String type) {
        assertEquals(type, new ContentTypes(Map.of()).of(name));
    }

    @Test
    void letsTheConfigurationSayWhatATypeIs() {
        ContentTypes types = new ContentTypes(Map.of("html", "text/x", "New", "a/b"));
        assertEquals("text/x", types.of("a.html"));
        assertEquals("a/b", types.of("a.new"));
        assertTrue(types.of("a.css").startsWith("text/css"));
    }
}
