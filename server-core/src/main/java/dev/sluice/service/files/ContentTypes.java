package dev.sluice.service.files;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// The type of a file by the extension of its name, whatever its case. Immutable.
///
/// Text is said to be UTF-8. XML and JSON say so themselves, or by what they are.
final class ContentTypes {

    static final String UNKNOWN = "application/octet-stream";

    /// A type, and the extensions that have it.
    private static final String BUILT_IN = """
            text/html; charset=utf-8                     html htm shtml
            text/css; charset=utf-8                      css
            text/javascript; charset=utf-8               js mjs cjs
            text/plain; charset=utf-8                    txt text log conf ini
            text/markdown; charset=utf-8                 md markdown
            text/csv; charset=utf-8                      csv
            text/tab-separated-values; charset=utf-8     tsv
            text/calendar; charset=utf-8                 ics
            text/vcard; charset=utf-8                    vcf
            text/vtt; charset=utf-8                      vtt
            text/vnd.wap.wml; charset=utf-8              wml
            application/json                             json map
            application/ld+json                          jsonld
            application/geo+json                         geojson
            application/manifest+json                    webmanifest
            application/yaml                             yaml yml
            application/toml                             toml
            application/xml                              xml xsl xsd
            application/xhtml+xml                        xhtml
            application/atom+xml                         atom
            application/rss+xml                          rss
            application/wasm                             wasm
            application/pdf                              pdf
            application/postscript                       ps eps ai
            application/rtf                              rtf
            application/epub+zip                         epub
            application/sql                              sql
            application/zip                              zip
            application/gzip                             gz tgz
            application/zstd                             zst
            application/x-bzip2                          bz2
            application/x-xz                             xz
            application/x-7z-compressed                  7z
            application/vnd.rar                          rar
            application/x-tar                            tar
            application/java-archive                     jar war ear
            application/vnd.debian.binary-package        deb
            application/x-rpm                            rpm
            application/x-sh                             sh
            application/x-x509-ca-cert                   pem der crt
            application/msword                           doc
            application/vnd.ms-excel                     xls
            application/vnd.ms-powerpoint                ppt
            application/vnd.ms-fontobject                eot
            application/vnd.openxmlformats-officedocument.wordprocessingml.document    docx
            application/vnd.openxmlformats-officedocument.spreadsheetml.sheet          xlsx
            application/vnd.openxmlformats-officedocument.presentationml.presentation  pptx
            application/vnd.oasis.opendocument.text          odt
            application/vnd.oasis.opendocument.spreadsheet   ods
            application/vnd.oasis.opendocument.presentation  odp
            application/vnd.oasis.opendocument.graphics      odg
            application/vnd.apple.mpegurl                m3u8
            application/dash+xml                         mpd
            application/vnd.google-earth.kml+xml         kml
            application/vnd.google-earth.kmz             kmz
            application/gpx+xml                          gpx
            image/png                                    png
            image/apng                                   apng
            image/jpeg                                   jpg jpeg jpe
            image/gif                                    gif
            image/webp                                   webp
            image/avif                                   avif
            image/heic                                   heic
            image/jxl                                    jxl
            image/svg+xml                                svg
            image/tiff                                   tif tiff
            image/bmp                                    bmp
            image/x-icon                                 ico
            font/woff                                    woff
            font/woff2                                   woff2
            font/ttf                                     ttf
            font/otf                                     otf
            font/collection                              ttc
            audio/mpeg                                   mp3
            audio/mp4                                    m4a
            audio/aac                                    aac
            audio/ogg                                    ogg oga opus
            audio/flac                                   flac
            audio/wav                                    wav
            audio/midi                                   mid midi
            audio/webm                                   weba
            video/mp4                                    mp4 m4v
            video/mpeg                                   mpg mpeg
            video/ogg                                    ogv
            video/webm                                   webm
            video/mp2t                                   ts
            video/quicktime                              mov
            video/3gpp                                   3gp
            video/x-matroska                             mkv
            video/x-msvideo                              avi
            video/x-flv                                  flv
            model/gltf+json                              gltf
            model/gltf-binary                            glb
            """;

    private final Map<String, String> byExtension = new HashMap<>();

    /// @param more types by extension, without its dot; these win
    ContentTypes(Map<String, String> more) {
        BUILT_IN.lines().forEach(line -> {
            int gap = line.indexOf("  ");
            for (String extension : line.substring(gap).strip().split(" ", -1)) {
                byExtension.put(extension, line.substring(0, gap));
            }
        });
        more.forEach((extension, type) -> byExtension.put(extension.toLowerCase(Locale.ROOT), type));
    }

    String of(String fileName) {
        int dot = fileName.lastIndexOf('.');
        return dot < 0 ? UNKNOWN : byExtension.getOrDefault(fileName.substring(dot + 1).toLowerCase(Locale.ROOT), UNKNOWN);
    }
}
