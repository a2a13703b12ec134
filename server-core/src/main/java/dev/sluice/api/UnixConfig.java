package dev.sluice.api;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// The file of a Unix domain socket.
///
/// @param mode who may connect, as octal digits: `600` the user of the server alone, `660` its group too, `666` everyone
public record UnixConfig(@Live String mode) {

    public static final UnixConfig DEFAULT = new UnixConfig("600");

    /// In the order of the bits, the lowest first.
    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_READ
    };

    public UnixConfig {
        if (!mode.matches("0?[0-7]{3}")) {
            throw new IllegalArgumentException("mode is " + mode + ", but must be three octal digits, such as 600 or 660");
        }
    }

    /// The mode as the file system takes it.
    public Set<PosixFilePermission> permissions() {
        int bits = Integer.parseInt(mode, 8);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < BITS.length; i++) {
            if ((bits >> i & 1) == 1) {
                permissions.add(BITS[i]);
            }
        }
        return permissions;
    }
}
