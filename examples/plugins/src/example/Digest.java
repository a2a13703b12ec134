package example;

import dev.sluice.api.ServiceProvider;
import dev.sluice.api.Settings;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.HandlerFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// A service of the protocol [Frames]: answers each frame with its digest.
///
/// ```hocon
/// service { type = digest, algorithm = SHA-256 }
/// ```
///
/// A service and the protocol it is for share the types of requests and responses. Each jar has a class loader of its own and does not see
/// the classes of another, so the two belong into one jar, unless those types are Java's own or, as for `line` and `http`, Sluice's.
public final class Digest implements ServiceProvider {

    @Override
    public String name() {
        return "digest";
    }

    @Override
    public String protocol() {
        return "frames";
    }

    /// Refuses here what can be known to be wrong: then `./sluice check` says so, with the line of the setting.
    @Override
    public HandlerFactory<byte[], byte[]> create(Settings settings) {
        String algorithm = settings.text("algorithm", "SHA-256");
        try {
            MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException unknown) {
            throw new Settings.Invalid("algorithm", "is " + algorithm + ", but must be one that Java knows, such as SHA-256");
        }
        return peer -> new OfOneConnection(algorithm);
    }

    /// The calls for one connection never overlap, whatever threads they are on, so plain fields are enough.
    private static final class OfOneConnection implements Handler<byte[], byte[]> {

        private final MessageDigest digest;

        OfOneConnection(String algorithm) {
            try {
                digest = MessageDigest.getInstance(algorithm);
            } catch (NoSuchAlgorithmException vanished) {
                throw new IllegalStateException(algorithm + " was there when the service was made", vanished);
            }
        }

        @Override
        public byte[] handle(byte[] frame, Call call) {
            return digest.digest(frame);
        }
    }
}
