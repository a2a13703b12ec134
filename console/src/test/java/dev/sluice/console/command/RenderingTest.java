package dev.sluice.console.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RenderingTest {

    private static final Table TABLE = new Table("things",
            List.of(new Table.Head("name", "NAME", Kind.TEXT, false), new Table.Head("op-age", "OP AGE", Kind.DURATION, false),
                    new Table.Head("in", "IN", Kind.BYTES, true), new Table.Head("used", "USED", Kind.PERCENT, false),
                    new Table.Head("state", "STATE", Kind.STATE, false)),
            List.of(
                    List.of(Cell.text("a\u001b[2J,\"b\""), Cell.span(Duration.ofMillis(1_500)), Cell.bytes(2_048), new Cell.Percent(0.5),
                            new Cell.State("idle", Tone.FAINT)),
                    List.of(Cell.NONE, Cell.NONE, Cell.bytes(7), new Cell.Percent(1), new Cell.State("handling", Tone.GOOD))),
            5, false);

    @Test
    void numbersOfJsonHaveNoDotWithoutDigits() {
        Table table = new Table("n", List.of(new Table.Head("v", "V", Kind.DECIMAL, false)), List.of(
                List.of(new Cell.Percent(0.07)), List.of(new Cell.Decimal(1e-10)), List.of(new Cell.Decimal(-1e-10)),
                List.of(new Cell.Decimal(2.50)), List.of(new Cell.Decimal(100)), List.of(new Cell.Decimal(1e20))), 6, false);
        String json = Json.of("", Output.of(table));
        assertTrue(json.contains("[{\"v\":7},{\"v\":0},{\"v\":0},{\"v\":2.5},{\"v\":100},{\"v\":100000000000000000000}]"), json);
    }

    @Test
    void tableForPeopleIsAlignedAndEscaped() {
        assertEquals("""
                NAME          OP AGE  USED  STATE
                a\\x1b[2J,"b"    1.5s   50%  idle
                -                  -  100%  handling
                5 rows (shown 2)""", text(Plain.lines(Output.of(TABLE), false, 0)));
    }

    @Test
    void wideTableHasAllColumns() {
        Table wide = new Table(TABLE.name(), TABLE.heads(), TABLE.rows(), 5, true);
        assertTrue(Plain.lines(Output.of(wide), false, 0).getFirst().contains(" IN "));
    }

    @Test
    void tableIsNarrowedToTheScreen() {
        Table.Head op = new Table.Head("op", "OP", Kind.TEXT, false);
        Table table = new Table("ops", List.of(op), List.of(List.of(Cell.text("x".repeat(100)))), 1, false);
        assertEquals("x".repeat(39) + "…", Plain.lines(Output.of(table), false, 40).get(1));
        assertEquals("x".repeat(100), Plain.lines(Output.of(table), false, 0).get(1));
    }

    @Test
    void numbersGiveWayWhereTheScreenIsTooNarrowForThem() {
        assertEquals("""
                NAME          STATE
                a\\x1b[2J,"b"  idle
                -             handling
                (too narrow for OP AGE, USED: --wide shows them)
                5 rows (shown 2)""", text(Plain.lines(Output.of(TABLE), false, 24)));
    }

    @Test
    void columnIsAsWideAsItsWidestCellInWhateverRow() {
        Table.Head name = new Table.Head("name", "NAME", Kind.TEXT, false);
        Table.Head state = new Table.Head("state", "STATE", Kind.STATE, false);
        Table table = new Table("things", List.of(name, state), List.of(
                List.of(Cell.text("a"), new Cell.State("idle", Tone.FAINT)), List.of(Cell.text("😀".repeat(6)), Cell.NONE)), 2, false);
        assertEquals("""
                NAME          STATE
                a             \u001b[2midle\u001b[0m
                😀😀😀😀😀😀  \u001b[2m-\u001b[0m
                2 rows (shown 2)""", text(Plain.lines(Output.of(table), true, 0)).replace("\u001b[1m", "").replaceFirst("STATE\u001b\\[0m", "STATE"));
    }

    /// The second row is as the first, and the third differs from it.
    @Test
    void rowsThatAreAlikeAreWrittenAlike() {
        List<Table.Head> heads = List.of(new Table.Head("name", "NAME", Kind.TEXT, false), new Table.Head("in", "IN", Kind.BYTES, false),
                new Table.Head("requests", "REQUESTS", Kind.COUNT, false), new Table.Head("op-age", "OP AGE", Kind.DURATION, false),
                new Table.Head("state", "STATE", Kind.STATE, false));
        String wide = "日本語?\u001b日日";
        Table table = new Table("things", heads, List.of(row(wide, 2_048), row(wide, 2_048), row("b".repeat(20), 1)), 3, false);
        assertEquals("""
                NAME             IN  REQUESTS  OP AGE  STATE
                日本語?\\x1b…   2KiB      2048    2.1s  \u001b[2midle\u001b[0m
                日本語?\\x1b…   2KiB      2048    2.1s  \u001b[2midle\u001b[0m
                bbbbbbbbbbbb…    1B         1      1s  \u001b[2midle\u001b[0m
                3 rows (shown 3)""", text(Plain.lines(Output.of(table), true, 44)).replace("\u001b[1m", "").replaceFirst("STATE\u001b\\[0m", "STATE"));
    }

    private static List<Cell> row(String name, long count) {
        return List.of(Cell.text(name), Cell.bytes(count), Cell.count(count), Cell.span(Duration.ofMillis(count == 1 ? 1_000 : 2_050)),
                new Cell.State("idle", Tone.FAINT));
    }

    @Test
    void wideCharactersTakeTwoColumnsAndMarksNone() {
        assertEquals("""
                NAME    STATE
                日本語  idle
                e\u0301\u0323a      idle
                한글    idle
                3 rows (shown 3)""", text(Plain.lines(Output.of(named("日本語", "e\u0301\u0323a", "한글")), false, 0)));
    }

    @Test
    void wideCharactersAreCutAtColumns() {
        Table.Head op = new Table.Head("op", "OP", Kind.TEXT, false);
        Table table = new Table("ops", List.of(op), List.of(List.of(Cell.text("語".repeat(100))), List.of(Cell.text("x" + "語".repeat(100))),
                List.of(Cell.text("😀".repeat(100))), List.of(Cell.text("e\u0301".repeat(39) + "e\u0301e"))), 4, false);
        List<String> lines = Plain.lines(Output.of(table), false, 40);
        assertEquals(List.of("語".repeat(19) + "…", "x" + "語".repeat(19) + "…", "😀".repeat(19) + "…", "e\u0301".repeat(39) + "…"),
                lines.subList(1, 5));
    }

    private static Table named(String... names) {
        List<Table.Head> heads = List.of(new Table.Head("name", "NAME", Kind.TEXT, false),
                new Table.Head("state", "STATE", Kind.STATE, false));
        List<List<Cell>> rows = Arrays.stream(names).map(name -> List.of(Cell.text(name), new Cell.State("idle", Tone.PLAIN))).toList();
        return new Table("things", heads, rows, names.length, false);
    }

    @Test
    void coloursSurroundStatesOnlyWhenAskedFor() {
        assertTrue(text(Plain.lines(Output.of(TABLE), true, 0)).contains("\u001b[32mhandling\u001b[0m"));
        assertFalse(text(Plain.lines(Output.of(TABLE), false, 0)).contains("\u001b"));
    }

    @Test
    void jsonHasUnitsInItsNamesAndEscapedTexts() {
        assertEquals("{\"things\":["
                + "{\"name\":\"a\\u001b[2J,\\\"b\\\"\",\"op_age_seconds\":1.5,\"in_bytes\":2048,\"used_percent\":50,\"state\":\"idle\"},"
                + "{\"name\":null,\"op_age_seconds\":null,\"in_bytes\":7,\"used_percent\":100,\"state\":\"handling\"}"
                + "],\"things_total\":5,\"things_shown\":2}", Json.of("", Output.of(TABLE)));
    }

    @Test
    void jsonOfEveryKindOfCell() {
        Output output = Output.saying("not in it").with(
                Field.text("text", "", "\\ \n \t \r \u0085 \u202e 😀"),
                new Field("moment", "", Kind.MOMENT, new Cell.Moment(Instant.parse("2026-01-01T12:00:00Z"))),
                new Field("flag", "", Kind.FLAG, new Cell.Flag(true)),
                Field.decimal("decimal", "", 1.25), Field.decimal("not-a-number", "", Double.NaN),
                Field.span("tiny", "", Duration.ofNanos(1)),
                new Field("items", "", Kind.COUNT, new Cell.Items(List.of(Cell.count(1), Cell.count(2)))),
                new Field("tally", "", Kind.COUNT, new Cell.Tally(new TreeMap<>(Map.of("slow-head", 2L, "error", 0L)))))
                .listing("stack", "stack", List.of("a", "b"));
        assertEquals("{\"result\":\"done\",\"text\":\"\\\\ \\n \\t \\r \\u0085 \\u202e \\ud83d\\ude00\","
                + "\"moment\":\"2026-01-01T12:00:00Z\","
                + "\"flag\":true,\"decimal\":1.25,\"not_a_number\":null,\"tiny_seconds\":0.000000001,\"items\":[1,2],"
                + "\"tally\":{\"error\":0,\"slow_head\":2},\"stack\":[\"a\",\"b\"]}", Json.of("done", output));
    }

    @Test
    void jsonOfAFailureIsAnObjectToo() {
        assertEquals("{\"result\":\"failed\",\"error\":\"no \\\"x\\\"\"}", Json.failure("failed", "no \"x\""));
    }

    @Test
    void csvQuotesWhatItMust() {
        assertEquals("""
                name,op_age_seconds,in_bytes,used_percent,state
                "a\\x1b[2J,""b""\",1.5,2048,50,idle
                ,,7,100,handling""", text(Csv.lines(Output.of(TABLE))));
    }

    private static String text(List<String> lines) {
        return String.join("\n", lines);
    }
}
