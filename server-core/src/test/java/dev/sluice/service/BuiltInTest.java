package dev.sluice.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.protocol.http.Headers;
import dev.sluice.protocol.http.HttpRequest;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltInTest {

    @Test
    void isFoundByName(@TempDir Path folder) {
        Settings settings = new Settings(folder, Map.of("root", "."));
        Set<String> protocols = new TreeSet<>();
        for (ProtocolProvider provider : ServiceLoader.load(ProtocolProvider.class)) {
            assertEquals(provider.name(), provider.create(settings).name());
            protocols.add(provider.name());
        }
        assertEquals(Set.of("http", "line"), protocols);
        Set<String> services = new TreeSet<>();
        for (ServiceProvider provider : ServiceLoader.load(ServiceProvider.class)) {
            assertNotNull(provider.create(settings));
            assertEquals(provider.name().equals("files"), provider.mayBlock(), "only a disk is waited for");
            services.add(provider.protocol() + " " + provider.name());
        }
        assertEquals(Set.of("http files", "http echo", "http hello", "line echo", "line upper", "line time"), services);
    }

    @ParameterizedTest
    @CsvSource({"charset, nonsense", "charset, UTF-16", "charset, ' '", "line-end, cr"})
    void namesTheSettingOfALineThatCannotBeUsed(String key, String value) {
        Settings settings = new Settings(Path.of("."), Map.of(key, value));
        assertEquals(key, assertThrows(Settings.Invalid.class, () -> new BuiltIn.Line().create(settings)).key());
    }

    @Test
    void takesTheSettingsOfALine() {
        Settings settings = new Settings(Path.of("."), Map.of("charset", "ISO-8859-1", "line-end", "crlf", "lineend", "x"));
        assertNotNull(new BuiltIn.Line().create(settings));
        assertEquals(Set.of("lineend"), settings.unknown());
    }

    @Test
    void namesARootThatIsNoFolder(@TempDir Path folder) {
        Settings settings = new Settings(folder, Map.of("root", "missing"));
        assertEquals("root", assertThrows(Settings.Invalid.class, () -> new BuiltIn.HttpFiles().create(settings)).key());
    }

    @ParameterizedTest
    @CsvSource({"text/x, text/x", ", application/octet-stream"})
    void echoesABodyAndItsType(String given, String answered) throws Exception {
        Headers headers = given == null ? Headers.EMPTY : Headers.of("content-type", given);
        HttpRequest request = HttpRequest.of("BREW", "/pot", HttpVersion.HTTP_1_1, headers, new byte[] {1, 2});
        HttpResponse response = HttpServices.echo().handle(request, Requests.CALL);
        assertEquals(200, response.status());
        assertEquals(answered, response.headers().first("Content-Type"));
        assertArrayEquals(new byte[] {1, 2}, ((HttpResponse.Body.Bytes) response.body()).bytes());
    }

    @Test
    void answersLines() throws Exception {
        assertEquals("a\u00E4", LineServices.echo().handle("a\u00E4", Requests.CALL));
        assertEquals("A\u00C4", LineServices.upper().handle("a\u00E4", Requests.CALL));
        Instant now = Instant.parse("2026-03-01T04:05:06Z");
        assertEquals("2026-03-01T04:05:06Z", LineServices.time(() -> now).handle("", Requests.CALL));
    }

    @Test
    void saysHello() throws Exception {
        HttpResponse response = HttpServices.hello().handle(HttpRequest.of("GET", "/"), Requests.CALL);
        byte[] body = ((HttpResponse.Body.Bytes) response.body()).bytes();
        assertEquals("Hello, World!", new String(body, StandardCharsets.US_ASCII));
    }
}
