package dev.sluice.transport.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The blocks of a PEM file (RFC 7468). What stands around them is left out, as others do: many files say in words what follows. Pure functions.
///
/// @param label   `CERTIFICATE`, `PRIVATE KEY` and so on
/// @param headers before the data, as the older encrypted keys have them; else empty
/// @param bytes   what the block holds
record Pem(String label, String headers, byte[] bytes) {

    private static final Pattern BLOCK = Pattern.compile(
            "-----BEGIN ([A-Z0-9 ]++)-----\\s*+((?:[A-Za-z-]++:[^\\n]*+\\n(?:[ \\t]++[^\\n]*+\\n)*+)*+)([^-]*+)-----END \\1-----");

    static List<Pem> blocks(Path file, byte[] content) throws Unusable {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        List<Pem> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Pem(matcher.group(1), matcher.group(2), decoded(file, matcher.group(1), matcher.group(3))));
        }
        if (blocks.isEmpty()) {
            throw new Unusable(file, text.contains("-----BEGIN ")
                    ? "has a block that does not end: it is cut off" : "is no PEM file: there is no -----BEGIN …----- in it"
                    + (content.length > 1 && content[0] == 0x30 ? "; it looks like DER: convert it with openssl" : ""));
        }
        return blocks;
    }

    private static byte[] decoded(Path file, String label, String data) throws Unusable {
        try {
            return Base64.getDecoder().decode(data.replaceAll("\\s", ""));
        } catch (IllegalArgumentException broken) {
            throw new Unusable(file, "is broken: what is in its " + label + " is not Base64");
        }
    }
}
