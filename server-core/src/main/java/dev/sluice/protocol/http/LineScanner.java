package dev.sluice.protocol.http;

import java.nio.ByteBuffer;

/// Finds the end of a line without looking at any byte twice, and refuses on the way what no line of HTTP may hold: control
/// characters, a CR without its LF, and a LF without its CR (RFC 9112, 2.2).
final class LineScanner {

    static final int UNFINISHED = -1;
    static final int TOO_LONG = -2;
    static final int BAD_BYTE = -3;

    /// How many bytes of the unfinished line are known to be good, from the buffer's position on.
    private int scanned;

    /// Looks for the end of the line that starts at the buffer's position, which stays. What it answers does not depend on how
    /// the bytes were cut.
    ///
    /// @param most the longest line, CRLF included
    /// @return the length of the line, CRLF included, or one of the constants
    int find(ByteBuffer in, int most) {
        int start = in.position();
        int end = (int) Math.min((long) start + most, in.limit());
        for (int i = start + scanned; i < end; i++) {
            int octet = in.get(i);
            if (octet > 0x1F && octet != 0x7F || octet < 0 || octet == '\t') {
                continue;
            }
            if (octet != '\r') {
                return BAD_BYTE;
            }
            if (i + 1 >= end) {
                scanned = i - start;
                return i + 1 - start >= most ? TOO_LONG : UNFINISHED;
            }
            scanned = 0;
            return in.get(i + 1) == '\n' ? i + 2 - start : BAD_BYTE;
        }
        scanned = end - start;
        return scanned >= most ? TOO_LONG : UNFINISHED;
    }
}
