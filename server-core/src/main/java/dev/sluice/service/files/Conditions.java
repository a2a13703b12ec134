package dev.sluice.service.files;

import dev.sluice.protocol.http.Headers;
import java.util.List;

/// What a request makes its answer depend on, evaluated in the order of RFC 9110, 13.2.2. A field that is no date, or a date that was
/// given twice, is as if it were not there; so is an `If-Modified-Since` that lies ahead of us, which no answer of ours can have told.
final class Conditions {

    /// What the conditions come to.
    enum Verdict { PASS, NOT_MODIFIED, FAILED }

    private final Headers headers;
    private final String tag;
    private final long modified;
    private final long now;

    /// @param tag      the current entity tag, of a representation that is there
    /// @param modified the second of its last change
    /// @param now      the second it is
    Conditions(Headers headers, String tag, long modified, long now) {
        this.headers = headers;
        this.tag = tag;
        this.modified = modified;
        this.now = now;
    }

    /// Whether to answer a GET or HEAD as if there were no conditions, but for [#rangeHolds].
    Verdict verdict() {
        List<String> match = headers.all("If-Match");
        if (!match.isEmpty()) {
            if (!EntityTags.any(match) && !EntityTags.strongly(match, tag)) {
                return Verdict.FAILED;
            }
        } else {
            long unmodifiedSince = date("If-Unmodified-Since");
            if (unmodifiedSince != HttpDate.NONE && modified > unmodifiedSince) {
                return Verdict.FAILED;
            }
        }
        List<String> noneMatch = headers.all("If-None-Match");
        if (!noneMatch.isEmpty()) {
            return EntityTags.any(noneMatch) || EntityTags.weakly(noneMatch, tag) ? Verdict.NOT_MODIFIED : Verdict.PASS;
        }
        long modifiedSince = date("If-Modified-Since");
        return modifiedSince != HttpDate.NONE && modifiedSince <= now && modified <= modifiedSince ? Verdict.NOT_MODIFIED : Verdict.PASS;
    }

    /// Whether a range may be answered with a part: there is no `If-Range`, or it names what there is now, by a strong tag, or by the
    /// very date of `Last-Modified` once that second is over (8.8.2.2).
    boolean rangeHolds() {
        List<String> ifRange = headers.all("If-Range");
        if (ifRange.isEmpty()) {
            return true;
        }
        String value = ifRange.getFirst();
        if (ifRange.size() > 1) {
            return false;
        }
        return value.startsWith("\"") || value.startsWith("W/") ? value.equals(tag) && value.startsWith("\"")
                : HttpDate.second(value, now) == modified && modified < now;
    }

    private long date(String name) {
        List<String> values = headers.all(name);
        return values.size() == 1 ? HttpDate.second(values.getFirst(), now) : HttpDate.NONE;
    }
}
