package dev.sluice.console.command;

import java.util.Collection;
import java.util.Comparator;

/// Finds what was probably meant.
public final class Nearest {

    private Nearest() {}

    /// `; did you mean x?` when something known is near, else a full stop.
    static String hint(String word, Collection<String> known) {
        int most = Math.max(2, word.length() / 2);
        return known.stream()
                .filter(candidate -> isNear(word, candidate, most))
                .min(Comparator.<String>comparingInt(candidate -> distance(word, candidate)).thenComparing(c -> c))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse(".");
    }

    private static boolean isNear(String word, String candidate, int most) {
        boolean begunAlike = word.length() >= 2 && candidate.length() >= 2 && word.substring(0, 2).equals(candidate.substring(0, 2));
        return begunAlike || (Math.abs(word.length() - candidate.length()) <= most && distance(word, candidate) <= most);
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other; no end of them
    /// when one is longer than 64 characters.
    public static int distance(String a, String b) {
        if (a.length() > 64 || b.length() > 64) {
            return Integer.MAX_VALUE;
        }
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(a, b, cost, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int step(String a, String b, int[][] cost, int i, int j) {
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
