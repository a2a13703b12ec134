package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            set listeners.web.service.password hunter2 for 10m | set listeners.web.service.password (hidden)
            set pools.p.api-token $1 | set pools.p.api-token (hidden)
            set pools.p.size 5 | set pools.p.size 5
            set listeners.web.tls.key $a/b.pem | set listeners.web.tls.key $a/b.pem
            unset pools.p.secret | unset pools.p.secret
            """)
    void theAuditHasTheCommandWithoutTheSecret(String typed, String kept) {
        assertEquals(kept, Secrets.typed(typed));
    }
}
