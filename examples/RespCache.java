import dev.sluice.api.Addresses;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ServerConfig;
import dev.sluice.api.Timeouts;
import dev.sluice.protocol.ByteSink;
import dev.sluice.protocol.Call;
import dev.sluice.protocol.Decoded;
import dev.sluice.protocol.Decoder;
import dev.sluice.protocol.Ending;
import dev.sluice.protocol.Handler;
import dev.sluice.protocol.Outcome;
import dev.sluice.protocol.Protocol;
import dev.sluice.protocol.Refusal;
import dev.sluice.protocol.RequestLimits;
import dev.sluice.protocol.Stage;
import dev.sluice.server.Server;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/// A cache in memory that speaks RESP, the protocol of Redis: `redis-cli -p 6380`. Ends with its input.
///
/// Reads from the top down: what is served, the commands, where the values are, and the protocol.
public final class RespCache {

    private static final int MOST_WORDS = 1_024;

    public static void main(String[] args) throws IOException {
        String bind = args.length > 0 ? args[0] : "127.0.0.1:6380";
        long room = args.length > 1 ? Long.parseLong(args[1]) << 20 : Runtime.getRuntime().maxMemory() / 2; // given in MiB
        IoModel io = args.length > 2 ? new IoModel.EventLoop(Integer.parseInt(args[2])) : IoModel.eventLoop();

        // Nothing here ever waits, so the thread that reads a request answers it too.
        ServerConfig config = ServerConfig.named("cache")
                .withListener("cache", ListenerConfig.at(bind, new Resp(), new Commands(new Store(room)))
                        .on(io, ServerConfig.INLINE)
                        .withTimeouts(Timeouts.DEFAULT.withIdle(Duration.ofHours(1))));

        try (Server server = Server.start(config)) {
            System.out.println("listening at " + Addresses.text(server.listeners().getFirst().address()));
            System.in.transferTo(System.out);
        }
    }

    /// A request. Nobody changes its arrays.
    ///
    /// @param name  of the command, in capitals
    /// @param words all of it, the name included
    private record Command(String name, byte[][] words) {}

    /// A response.
    private sealed interface Reply {
        /// @param bytes as they are sent
        record Ready(byte[] bytes) implements Reply {}

        record Bulk(byte[] bytes) implements Reply {}

        record Number(long value) implements Reply {}

        /// @param text begins with the kind of error
        record Fault(String text) implements Reply {}
    }

    /// What a client did wrong, in the words that it is told.
    private static final class Wrong extends RuntimeException {

        private static final long serialVersionUID = 1;

        Wrong(String words) {
            super(words, null, false, false); // without a trace: nothing went wrong in here
        }
    }

    /// Answers. One for all connections: what it remembers is for all of them.
    private static final class Commands implements Handler<Command, Reply> {

        private static final Reply OK = ready("+OK");
        private static final Reply PONG = ready("+PONG");
        private static final Reply NOTHING = ready("$-1");
        private static final Reply NONE = ready("*0");
        /// Asked for by redis-benchmark.
        private static final Map<String, Reply> SETTINGS = Map.of(
                "save", ready("*2\r\n$4\r\nsave\r\n$0\r\n"), "appendonly", ready("*2\r\n$10\r\nappendonly\r\n$2\r\nno"));

        /// @param least words that it takes, its name included
        private record Verb(int least, int most, Answer answer) {}

        private interface Answer {
            Reply to(byte[][] words);
        }

        private final Store store;
        private final Map<String, Verb> verbs = Map.ofEntries(
                Map.entry("GET", new Verb(2, 2, this::get)),
                Map.entry("SET", new Verb(3, MOST_WORDS, this::set)),
                Map.entry("DEL", new Verb(2, MOST_WORDS, this::delete)),
                Map.entry("INCR", new Verb(2, 2, this::increment)),
                Map.entry("EXPIRE", new Verb(3, 3, this::expire)),
                Map.entry("TTL", new Verb(2, 2, this::timeLeft)),
                Map.entry("PING", new Verb(1, 2, words -> words.length == 1 ? PONG : new Reply.Bulk(words[1]))),
                Map.entry("ECHO", new Verb(2, 2, words -> new Reply.Bulk(words[1]))),
                Map.entry("CONFIG", new Verb(3, 3, Commands::setting)),
                Map.entry("COMMAND", new Verb(1, MOST_WORDS, words -> NONE))); // redis-cli has help of its own

        Commands(Store store) {
            this.store = store;
        }

        @Override
        public Reply handle(Command command, Call call) {
            try {
                return answer(command);
            } catch (Wrong wrong) {
                return new Reply.Fault(wrong.getMessage());
            }
        }

        private Reply answer(Command command) {
            byte[][] words = command.words();
            Verb verb = verbs.get(command.name());
            if (verb == null) {
                StringBuilder all = new StringBuilder("ERR unknown command '" + shown(words[0]) + "', with args beginning with: ");
                Arrays.stream(words).skip(1).limit(4).forEach(word -> all.append('\'').append(shown(word)).append("' "));
                throw new Wrong(all.toString());
            }
            if (words.length < verb.least() || words.length > verb.most()) {
                throw new Wrong("ERR wrong number of arguments for '" + command.name().toLowerCase(Locale.ROOT) + "' command");
            }
            return verb.answer().to(words);
        }

        private Reply get(byte[][] words) {
            Entry entry = store.find(new Key(words[1]));
            return entry == null ? NOTHING : entry.value();
        }

        /// `SET key value [NX | XX] [EX seconds | PX milliseconds]`
        private Reply set(byte[][] words) {
            Key key = new Key(words[1]);
            String when = "";
            String unit = "";
            byte[] time = null;
            for (int i = 3; i < words.length; i++) {
                String option = text(words[i]).toUpperCase(Locale.ROOT);
                if (isOneOf("NX", "XX", option, when)) {
                    when = option;
                } else if (isOneOf("EX", "PX", option, unit) && i + 1 < words.length) {
                    unit = option;
                    time = words[++i];
                } else {
                    throw new Wrong("ERR syntax error");
                }
            }
            Entry next = new Entry(new Reply.Bulk(words[2]), time == null ? Entry.NEVER : end(time, unit));
            if (when.isEmpty()) {
                store.put(key, next);
                return OK;
            }
            boolean ifAbsent = when.equals("NX");
            return store.change(key, old -> (old == null) == ifAbsent ? next : old) == next ? OK : NOTHING;
        }

        private Reply delete(byte[][] words) {
            return new Reply.Number(Arrays.stream(words).skip(1).filter(word -> store.remove(new Key(word))).count());
        }

        private Reply increment(byte[][] words) {
            Entry next = store.change(new Key(words[1]), old -> {
                long value = old == null ? 0 : number(old.value().bytes());
                if (value == Long.MAX_VALUE) {
                    throw new Wrong("ERR increment or decrement would overflow");
                }
                return new Entry(new Reply.Bulk(bytes(Long.toString(value + 1))), old == null ? Entry.NEVER : old.end());
            });
            return new Reply.Number(number(next.value().bytes()));
        }

        /// A time that is over already is as good as deleting.
        private Reply expire(byte[][] words) {
            long end = end(words[2], TimeUnit.SECONDS, Long.MIN_VALUE, "expire");
            Entry left = store.change(new Key(words[1]), old -> old == null ? null : new Entry(old.value(), end));
            return new Reply.Number(left == null ? 0 : 1);
        }

        private Reply timeLeft(byte[][] words) {
            Entry entry = store.find(new Key(words[1]));
            return new Reply.Number(entry == null ? -2 : entry.end() == Entry.NEVER ? -1 : (entry.end() - Store.now() + 500) / 1_000);
        }

        private static Reply setting(byte[][] words) {
            if (!text(words[1]).equalsIgnoreCase("GET")) {
                throw new Wrong("ERR unknown subcommand '" + shown(words[1]) + "'");
            }
            return SETTINGS.getOrDefault(text(words[2]).toLowerCase(Locale.ROOT), NONE);
        }

        /// Whether it is one of two, and not the other one of what has been said before.
        private static boolean isOneOf(String one, String other, String option, String before) {
            return (option.equals(one) || option.equals(other)) && (before.isEmpty() || before.equals(option));
        }

        private static long end(byte[] count, String unit) {
            return end(count, unit.equals("EX") ? TimeUnit.SECONDS : TimeUnit.MILLISECONDS, 1, "set");
        }

        private static long end(byte[] count, TimeUnit unit, long least, String command) {
            long time = number(count);
            long millis = unit.toMillis(time);
            if (time < least || millis > Entry.NEVER / 2 || millis < -Entry.NEVER / 2) {
                throw new Wrong("ERR invalid expire time in '" + command + "' command");
            }
            return Store.now() + millis;
        }

        /// As strict as Redis: neither `+1` nor `01`.
        private static long number(byte[] word) {
            try {
                long number = Long.parseLong(text(word));
                if (Arrays.equals(word, bytes(Long.toString(number)))) {
                    return number;
                }
            } catch (NumberFormatException none) {
                // is said below
            }
            throw new Wrong("ERR value is not an integer or out of range");
        }

        private static Reply ready(String text) {
            return new Reply.Ready(bytes(text + "\r\n"));
        }
    }

    /// Compared by its bytes. Ordered too, so that a map is quick even when all keys that somebody sends have one and the same hash.
    private record Key(byte[] bytes, int hash) implements Comparable<Key> {

        Key(byte[] bytes) {
            this(bytes, Arrays.hashCode(bytes));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public int compareTo(Key other) {
            return Arrays.compare(bytes, other.bytes);
        }
    }

    /// What is kept for a key.
    ///
    /// @param value as it is answered, so that nothing is made for a GET
    /// @param end   of its time, as [Store#now] tells it
    private record Entry(Reply.Bulk value, long end) {

        static final long NEVER = Long.MAX_VALUE;

        /// No clock is read for what never expires.
        boolean expired() {
            return end != NEVER && end <= Store.now();
        }
    }

    /// Keys and values, for all connections. What has expired goes when somebody asks for it, and when there is no room for more: then
    /// goes what is next, expired or not. A cache may forget.
    private static final class Store {

        /// Bytes that an entry takes beside its key and its value, about.
        private static final int OF_ITS_OWN = 144;
        private static final int LARGE = 256 << 10;

        private final ConcurrentHashMap<Key, Entry> entries = new ConcurrentHashMap<>();
        private final AtomicLong taken = new AtomicLong();
        private final long room;
        /// What goes next; guarded by this.
        private Iterator<Map.Entry<Key, Entry>> hand = entries.entrySet().iterator();

        /// @param room in bytes
        Store(long room) {
            this.room = room;
        }

        /// Milliseconds of a clock that nobody sets.
        static long now() {
            return System.nanoTime() / 1_000_000;
        }

        /// Null when there is none, or none any more.
        Entry find(Key key) {
            Entry entry = entries.get(key);
            if (entry != null && entry.expired()) {
                drop(key, entry);
                return null;
            }
            return entry;
        }

        void put(Key key, Entry next) {
            count(key, entries.put(key, next), next);
            makeRoom();
        }

        /// Puts what comes of the one that is there, without anybody in between; null stands for none.
        Entry change(Key key, UnaryOperator<Entry> change) {
            Entry changed = entries.compute(key, (same, old) -> {
                Entry next = change.apply(old == null || old.expired() ? null : old);
                count(key, old, next);
                return next;
            });
            makeRoom();
            return changed;
        }

        boolean remove(Key key) {
            Entry old = entries.remove(key);
            count(key, old, null);
            return old != null && !old.expired();
        }

        private void drop(Key key, Entry entry) {
            if (entries.remove(key, entry)) {
                count(key, entry, null);
            }
        }

        private void count(Key key, Entry old, Entry next) {
            taken.addAndGet(size(key, next) - size(key, old));
        }

        private static long size(Key key, Entry entry) {
            return entry == null ? 0 : OF_ITS_OWN + size(key.bytes()) + size(entry.value().bytes());
        }

        /// What is large has regions of the heap for itself alone, and may fill little more than half of them.
        private static long size(byte[] bytes) {
            return bytes.length < LARGE ? bytes.length : 2L * bytes.length;
        }

        private void makeRoom() {
            if (taken.get() > room) {
                forget();
            }
        }

        /// Goes round and round, a few entries each time.
        private synchronized void forget() {
            while (taken.get() > room && !entries.isEmpty()) {
                if (!hand.hasNext()) {
                    hand = entries.entrySet().iterator();
                } else {
                    Map.Entry<Key, Entry> next = hand.next();
                    drop(next.getKey(), next.getValue());
                }
            }
        }
    }

    /// The protocol. One for all connections, so it keeps nothing.
    private static final class Resp implements Protocol<Command, Reply> {

        private static final byte[] END = bytes("\r\n");

        @Override
        public String name() {
            return "resp";
        }

        @Override
        public Decoder<Command> newDecoder() {
            return new Scanner();
        }

        /// There is no way to say that a reply is the last, so this never ends a connection.
        @Override
        public Ending encode(Command command, Reply reply, boolean last, ByteSink out) {
            switch (reply) {
                case Reply.Ready(byte[] bytes) -> out.put(bytes);
                case Reply.Bulk(byte[] bytes) -> {
                    line("$" + bytes.length, out);
                    out.put(bytes);
                    out.put(END);
                }
                case Reply.Number(long value) -> line(":" + value, out);
                case Reply.Fault(String text) -> say(text, Ending.KEEP_OPEN, out);
            }
            return Ending.KEEP_OPEN;
        }

        private static void line(String text, ByteSink out) {
            out.putLatin1(text + "\r\n");
        }

        /// In one line, whatever the client's own words in it were.
        private static Ending say(String fault, Ending ending, ByteSink out) {
            line("-" + fault.replace('\r', ' ').replace('\n', ' '), out);
            return ending;
        }

        /// In the words of Redis, where it has some.
        @Override
        public Ending refuse(Command command, Refusal why, ByteSink out) {
            return switch (why) {
                case Refusal.Malformed(int code, String detail) -> say("ERR Protocol error: " + detail, Ending.CLOSE, out);
                case Refusal.TimedOut(Stage stage) -> stage == Stage.BETWEEN ? Ending.CLOSE : say("ERR timed out", Ending.CLOSE, out);
                case Refusal.TooManyConnections() -> say("ERR max number of clients reached", Ending.CLOSE, out);
                case Refusal.Draining() -> say("ERR server is draining", Ending.CLOSE, out);
                case Refusal.Kicked() -> say("ERR disconnected by an operator", Ending.CLOSE, out);
                case Refusal.Overloaded() -> say("ERR busy", Ending.KEEP_OPEN, out);
                case Refusal.HandlerFailed() -> say("ERR command failed", Ending.KEEP_OPEN, out);
                case Refusal.HandlerTimedOut() -> say("ERR command took too long", Ending.KEEP_OPEN, out);
            };
        }

        /// For people, in the console and the log: the command and its key.
        @Override
        public void describe(Command command, StringBuilder into) {
            byte[][] words = command.words();
            into.append(shown(words[0])).append(words.length > 1 ? " " + shown(words[1]) : "");
        }

        @Override
        public Outcome outcome(Reply reply) {
            return reply instanceof Reply.Fault ? Outcome.CLIENT_ERROR : Outcome.SUCCESS;
        }
    }

    /// Takes requests off one connection. Each word is taken as soon as it is whole, so that no byte is looked at again and again,
    /// however slowly they come. What is too large is refused before it has come: by the limits of the listener a word of 1 MiB, a
    /// request of 2 MiB, or a line of 8 KiB.
    ///
    /// ```
    ///   *2 CRLF $3 CRLF GET CRLF $1 CRLF k CRLF     an array of words, each behind its length: what programs send
    ///   GET k CRLF                                  inline: what people type
    /// ```
    private static final class Scanner implements Decoder<Command> {

        private static final int UNKNOWN = -1;
        private static final int MOST_DIGITS = 10;

        /// Of the array that is coming; null when none is.
        private byte[][] words;
        private int whole;
        private long bytes;
        /// Of the word that is coming.
        private int length = UNKNOWN;
        /// How many bytes of the line that is coming are known to hold no LF.
        private int scanned;

        @Override
        public Decoded<Command> decode(ByteBuffer in, RequestLimits limits) {
            try {
                while (in.hasRemaining() || words != null) {
                    boolean array = words != null || in.get(in.position()) == '*';
                    byte[][] next = array ? array(in, limits) : inline(in, limits);
                    if (next == null) {
                        return Decoded.incomplete(words == null ? Stage.HEAD : Stage.BODY);
                    }
                    if (next.length > 0) { // an empty array, or line, asks for nothing
                        return Decoded.complete(new Command(text(next[0]).toUpperCase(Locale.ROOT), next));
                    }
                }
                return Decoded.incomplete(Stage.BETWEEN);
            } catch (Wrong wrong) {
                return Decoded.malformed(0, wrong.getMessage());
            }
        }

        /// Null as long as it is not whole.
        private byte[][] array(ByteBuffer in, RequestLimits limits) {
            if (words == null) {
                int count = count(in);
                if (count == UNKNOWN) {
                    return null;
                }
                words = new byte[count][];
                whole = 0;
                bytes = 0;
            }
            while (whole < words.length) {
                if (!word(in, limits)) {
                    return null;
                }
            }
            byte[][] all = words;
            words = null;
            return all;
        }

        /// Of the words that come; fewer than none are none.
        private static int count(ByteBuffer in) {
            String wrong = "invalid multibulk length";
            if (in.remaining() < 2 || in.get(in.position() + 1) != '-') {
                return number(in, 1, MOST_WORDS, wrong);
            }
            int count = number(in, 2, Integer.MAX_VALUE, wrong);
            if (count == 0) {
                throw new Wrong(wrong);
            }
            return Math.min(count, 0);
        }

        /// Takes one, if it is whole; refuses one that is too large before it has come.
        private boolean word(ByteBuffer in, RequestLimits limits) {
            if (length == UNKNOWN && in.hasRemaining()) {
                byte kind = in.get(in.position());
                if (kind != '$') {
                    throw new Wrong("expected '$', got '" + (char) (kind & 0xFF) + "'");
                }
                length = number(in, 1, Math.min(limits.body(), limits.request() - bytes), "invalid bulk length");
            }
            if (length == UNKNOWN || in.remaining() < length + 2) {
                return false;
            }
            byte[] word = new byte[length];
            in.get(word);
            if (in.get() != '\r' || in.get() != '\n') {
                throw new Wrong("expected CRLF after a bulk of " + length + " bytes");
            }
            words[whole++] = word;
            bytes += length;
            length = UNKNOWN;
            return true;
        }

        /// Takes a line that is a number behind so many bytes; as long as that is not whole, gives UNKNOWN and takes nothing.
        private static int number(ByteBuffer in, int behind, long most, String wrong) {
            int first = in.position() + behind;
            long number = 0;
            for (int i = first; i < in.limit(); i++) {
                byte digit = in.get(i);
                if (digit == '\r' && i > first && number <= most) {
                    if (i + 1 == in.limit()) {
                        return UNKNOWN;
                    }
                    in.position(i + 2); // behind the LF
                    return (int) number;
                }
                boolean padded = i > first && number == 0;
                if (digit < '0' || digit > '9' || padded || i - first == MOST_DIGITS) {
                    throw new Wrong(wrong);
                }
                number = 10 * number + digit - '0';
            }
            return UNKNOWN;
        }

        /// Null as long as the line is not whole.
        private byte[][] inline(ByteBuffer in, RequestLimits limits) {
            int start = in.position();
            int end = Math.min(in.limit(), start + limits.line());
            int at = start + scanned;
            while (at < end && in.get(at) != '\n') {
                at++;
            }
            scanned = at - start;
            if (scanned >= limits.line()) { // which may be lower than when the line began
                throw new Wrong("too big inline request");
            }
            if (at == end) {
                return null;
            }
            byte[] line = new byte[scanned];
            in.get(line).get();
            scanned = 0;
            return words(text(line).strip());
        }

        private static byte[][] words(String line) {
            if (line.regionMatches(true, 0, "POST ", 0, 5) || line.regionMatches(true, 0, "Host:", 0, 5)) {
                throw new Wrong("this is not HTTP"); // a web page may have written commands into what comes next
            }
            if (line.indexOf('"') >= 0 || line.indexOf('\'') >= 0) {
                throw new Wrong("quotes are not known in a line, send an array");
            }
            return line.isEmpty() ? new byte[0][] : Arrays.stream(line.split("\\s+")).map(RespCache::bytes).toArray(byte[][]::new);
        }
    }

    private static String shown(byte[] word) {
        return text(Arrays.copyOf(word, Math.min(word.length, 64)));
    }

    /// One character for each byte, so that nothing is lost there and back.
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
