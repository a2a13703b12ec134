package dev.sluice.console.launch;

import java.util.ArrayList;
import java.util.List;

/// The lines in which two texts differ. Pure functions.
final class LineDiff {

    private LineDiff() {}

    /// `12- size = 8` for a line that goes and `12+ size = 9` for one that comes, each with its number in its own text.
    static List<String> of(String before, String after) {
        List<String> old = before.lines().toList();
        List<String> next = after.lines().toList();
        List<String> lines = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < old.size() || j < next.size()) {
            int[] skip = apart(old, i, next, j);
            for (int end = i + skip[0]; i < end; i++) {
                lines.add((i + 1) + "- " + old.get(i));
            }
            for (int end = j + skip[1]; j < end; j++) {
                lines.add((j + 1) + "+ " + next.get(j));
            }
            i++;
            j++;
        }
        return List.copyOf(lines);
    }

    /// How many lines of either text are to be passed over, as few as possible together, until both go on alike.
    private static int[] apart(List<String> old, int i, List<String> next, int j) {
        for (int sum = 0; sum < old.size() - i + next.size() - j; sum++) {
            for (int gone = Math.min(sum, old.size() - i); gone >= 0; gone--) {
                int came = sum - gone;
                if (i + gone < old.size() && j + came < next.size() && old.get(i + gone).equals(next.get(j + came))) {
                    return new int[] {gone, came};
                }
            }
        }
        return new int[] {old.size() - i, next.size() - j};
    }
}
