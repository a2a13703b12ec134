package dev.sluice.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.sluice.api.Endpoint;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.http.HttpProtocol;
import dev.sluice.protocol.http.HttpResponse;
import dev.sluice.protocol.line.LineProtocol;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A protocol as a client speaks it: how words are asked, and answers read.
enum Speech {
    LINE {
        @Override
        byte[] ask(String words) {
            return (words + "\n").getBytes(ISO_8859_1);
        }

        @Override
        Answer read(InputStream in) throws IOException {
            String line = line(in);
            return new Answer(!line.startsWith("error: "), line, false);
        }

        @Override
        Endpoint<?, ?> endpoint(Deeds deeds) {
            return new Endpoint<>(new Faulty<>(new LineProtocol(), line -> line, line -> line, deeds), "deeds", peer -> {
                Deeds.Doer doer = deeds.open(peer);
                return new Deeds.Closing<String, String>(doer) {
                    @Override
                    public String handle(String request, Call call) throws Exception {
                        return doer.answer(request, call);
                    }
                };
            });
        }
    },

    HTTP {
        @Override
        byte[] ask(String words) {
            return ("POST /ask HTTP/1.1\r\nHost: test\r\nContent-Length: " + words.length() + "\r\n\r\n" + words).getBytes(ISO_8859_1);
        }

        @Override
        Answer read(InputStream in) throws IOException {
            String status = line(in);
            int length = -1;
            boolean last = false;
            for (String field = line(in); !field.isEmpty(); field = line(in)) {
                last |= field.equalsIgnoreCase("connection: close");
                length = field.regionMatches(true, 0, "content-length:", 0, 15) ? Integer.parseInt(field.substring(15).trim()) : length;
            }
            String body = new String(in.readNBytes(length), ISO_8859_1);
            return new Answer(status.startsWith("HTTP/1.1 200"), body, last);
        }

        @Override
        Endpoint<?, ?> endpoint(Deeds deeds) {
            return new Endpoint<>(new Faulty<>(new HttpProtocol(), request -> request.bodyText(), Speech::words, deeds), "deeds", peer -> {
                Deeds.Doer doer = deeds.open(peer);
                return new Deeds.Closing<dev.sluice.protocol.http.HttpRequest, HttpResponse>(doer) {
                    @Override
                    public HttpResponse handle(dev.sluice.protocol.http.HttpRequest request, Call call) throws Exception {
                        String words = doer.answer(request.bodyText(), call);
                        return words == null ? null : HttpResponse.text(200, words);
                    }
                };
            });
        }
    };

    /// @param ok   whether a handler answered, rather than the server in its place
    /// @param last whether it says that the connection ends after it
    record Answer(boolean ok, String text, boolean last) {}

    abstract byte[] ask(String words);

    /// @throws EOFException when the connection ends before the answer does
    abstract Answer read(InputStream in) throws IOException;

    /// A listener's endpoint, whose handlers do what they are asked.
    abstract Endpoint<?, ?> endpoint(Deeds deeds);

    private static String words(HttpResponse response) {
        return response.body() instanceof HttpResponse.Body.Bytes(byte[] bytes) ? new String(bytes, ISO_8859_1) : "";
    }

    static String line(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended after \"" + bytes + "\"");
            }
            bytes.write(next);
        }
        return bytes.toString(ISO_8859_1).stripTrailing();
    }
}
