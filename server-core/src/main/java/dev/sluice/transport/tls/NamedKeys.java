package dev.sluice.transport.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Chooses which certificate a client is shown: one that covers the name it asks for, else the first. Among those that do, the first whose key the client can
/// check. An alias is the index of a credential. Immutable; safe from any thread.
final class NamedKeys extends X509ExtendedKeyManager {

    private final List<Credential> credentials;

    NamedKeys(List<Credential> credentials) {
        this.credentials = List.copyOf(credentials);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
        String host = engine.getHandshakeSession() instanceof ExtendedSSLSession session ? host(session.getRequestedServerNames()) : "";
        Credential chosen = chosen(host, keyType);
        return chosen == null ? null : Integer.toString(credentials.indexOf(chosen));
    }

    /// The host that was asked for, in small letters; empty when none was.
    static String host(List<SNIServerName> names) {
        return names.stream().filter(SNIHostName.class::isInstance).map(name -> ((SNIHostName) name).getAsciiName().toLowerCase(Locale.ROOT))
                .findFirst().orElse("");
    }

    /// @return null when the client is to be asked for another type of key
    @Nullable Credential chosen(String host, String keyType) {
        List<Credential> covering = credentials.stream().filter(one -> one.covers(host)).toList();
        List<Credential> candidates = covering.isEmpty() ? likeTheFirst() : covering;
        return candidates.stream().filter(one -> one.key().getAlgorithm().equals(keyType)).findFirst().orElse(null);
    }

    /// The same host may have a certificate for each type of key.
    private List<Credential> likeTheFirst() {
        List<String> names = credentials.getFirst().names();
        return credentials.stream().filter(one -> one.names().equals(names)).toList();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return credential(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return credential(alias).key();
    }

    private Credential credential(String alias) {
        return credentials.get(Integer.parseInt(alias));
    }

    // ---- of sockets and of clients, which there are none of ----

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers, Socket socket) {
        return null;
    }
}
