package dev.sluice.console.command;

import java.util.Arrays;

/// How many columns of a terminal a text takes: two for each ideograph, Hangul syllable and picture, none for a mark that is put on the
/// character before it, one for the rest.
final class Width {

    /// Below, a character of a text is one column: there are no marks, no wide ones, and no halves of pairs.
    private static final int FIRST_OTHER = 0x300;
    private static final int JAMO_VOWELS = 0x1160;
    private static final int JAMO_END = 0x1200;
    /// First and last of each, ascending: the East Asian wide and fullwidth ones of Unicode, without the pictures, which Java knows.
    private static final int[] WIDE = {
        0x1100, 0x115f, 0x2329, 0x232a, 0x2e80, 0x303e, 0x3041, 0x3247, 0x3250, 0x4dbf, 0x4e00, 0xa4c6, 0xa960, 0xa97c, 0xac00, 0xd7a3,
        0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6b, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x16ff6, 0x17000, 0x18cff,
        0x18d00, 0x18df2, 0x1aff0, 0x1b2fb, 0x1d300, 0x1d376, 0x1f200, 0x1f265, 0x20000, 0x2fffd, 0x30000, 0x3fffd
    };
    private static final int FIRST_LETTER_OF_A_FLAG = 0x1f1e6;
    private static final int LAST_LETTER_OF_A_FLAG = 0x1f1ff;

    private Width() {}

    /// Whether each `char` of a text is one column.
    static boolean isPlain(String text) {
        if (Escape.isPrintable(text)) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit >= FIRST_OTHER && unit != '…') {
                return false;
            }
        }
        return true;
    }

    static int of(String text) {
        int columns = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            columns += of(point);
            at += Character.charCount(point);
        }
        return columns;
    }

    /// The longest begin of a text that takes no more than so many columns, with the marks of its last character.
    static String begin(String text, int most) {
        int at = 0;
        for (int columns = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            columns += of(point);
            if (columns > most) {
                break;
            }
            at += Character.charCount(point);
        }
        return text.substring(0, at);
    }

    private static int of(int point) {
        if (point < FIRST_OTHER) {
            return 1;
        }
        if (isMark(point) || point >= JAMO_VOWELS && point < JAMO_END) {
            return 0;
        }
        return isWide(point) ? 2 : 1;
    }

    private static boolean isWide(int point) {
        int place = Arrays.binarySearch(WIDE, point);
        // What is not in the array itself is in a range when an odd number of bounds is below.
        boolean listed = place >= 0 || (-place - 1) % 2 == 1;
        boolean flag = point >= FIRST_LETTER_OF_A_FLAG && point <= LAST_LETTER_OF_A_FLAG; // a pair of them is one
        return listed || Character.isEmojiPresentation(point) && !flag;
    }

    /// Whether a code point is put on the one before it.
    static boolean isMark(int point) {
        if (point < FIRST_OTHER) {
            return false;
        }
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }
}
