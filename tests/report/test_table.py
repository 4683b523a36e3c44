"""A log is read as it is, or refused with file, line and remedy; leniently, losses are listed."""

import gzip
import random
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from report.small_log import HEADER, MAPPING, ROWS

from support_model import kpi
from support_model._findings import PROBLEMS
from support_model._report.log_facts import facts_as_recorded, log_facts
from support_model.adapters import Recorded, table
from support_model.adapters.table import StampFormat
from support_model.errors import InvalidLog
from support_model.tickets import replay, steps

LONG = "x" * 10_000_000
FIRST = ROWS.splitlines(keepends=True)[0]


def with_line(line, at=3):
    """The small log with one more line, as line `at` of the file."""
    lines = ROWS.splitlines(keepends=True)
    lines.insert(at - 2, line)
    return HEADER + "".join(lines)


def encoded(text):
    return text.encode("latin-1")


LOCAL = evolve(MAPPING, stamps=StampFormat("%Y-%m-%d %H:%M"), tz=ZoneInfo("Europe/Berlin"))
LOCAL_LOG = (
    "ticket,at,status,team\n1,2026-03-28 09:00,New,\n1,{},Open,a\n1,2026-11-02 09:00,Done,a\n"
)

BROKEN = {  # what is wrong: (file, code of the finding, line, rows that a lenient reading keeps)
    "too few cells": (with_line("3,2026-03-02T09:00:00Z,New\n"), "cells", 3, 6),
    "too many cells": (with_line("3,2026-03-02T09:00:00Z,New,a,b,c\n"), "cells", 3, 6),
    "no ticket": (with_line(",2026-03-02T09:00:00Z,New,a,b\n"), "no_ticket", 3, 6),
    "no time": (with_line("3,,New,a,b\n"), "no_time", 3, 6),
    "no such day": (with_line("3,2026-02-30T09:00:00Z,New,a,b\n"), "bad_time", 3, 6),
    "no such hour": (with_line("3,2026-02-20T29:00:00Z,New,a,b\n"), "bad_time", 3, 6),
    "no time at all": (with_line("3,yesterday,New,a,b\n"), "bad_time", 3, 6),
    "a date only": (with_line("3,2026-02-20,New,a,b\n"), "bad_time", 3, 6),
    "before year 1": (with_line("3,0001-01-01T00:00:00+10:00,New,a,b\n"), "bad_time", 3, 6),
    "unknown status": (with_line("3,2026-02-20T09:00:00Z,Opne,a,b\n"), "bad_status", 3, 6),
    "a repeated row": (with_line(FIRST), "repeated", 3, 6),
    "a shuffled row": (with_line("1,2026-03-02T07:00:00Z,New,,vpn\n"), "out_of_order", 3, 7),
    "an open quote": (with_line('3,2026-02-20T09:00:00Z,New,"a,b\n', at=8), "malformed", 8, 6),
    "text after a quote": (with_line('3,2026-02-20T09:00:00Z,New,"a"a,b\n'), "malformed", 3, 6),
    "NUL bytes": (with_line("3,2026-03-02T09:00:00Z,New,a\0b,c\n"), "nul", 3, 7),
    "latin-1": (encoded(with_line("3,2026-03-02T09:00:00Z,New,M\xfc,c\n")), "undecodable", 3, 7),
    "a 10 MB line": (with_line(f"3,2026-03-02T09:00:00Z,New,{LONG},c\n"), "long_line", 3, 6),
    "a last 10 MB line": (HEADER + ROWS + LONG, "long_line", 8, 6),
    "an empty file": ("", "empty", None, 0),
    "a file of blank lines": ("\n\n\n", "empty", None, 0),
    "a header alone": (HEADER, "empty", None, 0),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_strictly_the_first_problem_stops_with_its_line_and_remedy(what, small):
    content, code, line, _ = BROKEN[what]
    with pytest.raises(InvalidLog) as caught:
        table.read(small(content), MAPPING)
    error = caught.value
    assert (error.file, error.line) == ("log.csv", line)
    assert error.problem == PROBLEMS[code].text
    assert error.remedy.endswith(PROBLEMS[code].remedy)
    assert "\n" not in str(error)
    assert len(str(error)) < 300


@pytest.mark.parametrize("what", BROKEN)
def test_leniently_every_problem_is_counted_and_listed(what, small):
    content, code, line, kept = BROKEN[what]
    log = table.read(small(content), MAPPING, lenient=True)
    found = {finding.code: finding for finding in log.findings}
    assert found[code].count == 1
    assert found[code].lines == (() if line is None else (line,))
    assert log.rows == kept


def test_the_sound_log_has_no_findings(small):
    log = table.read(small(), MAPPING, keep=["topic"])
    assert log.findings == ()
    assert [(ticket, len(rows)) for ticket, rows in told(log)] == [
        ("1", 4),
        ("2", 2),
    ]  # interleaved
    assert log.logs()["1"][0].at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    last = replay(log.logs()["2"]).fields
    assert (last["custom.topic"], last["group"]) == ("mail", "net")


def test_a_name_says_nothing_about_compression(small):
    plain = table.read(small(), MAPPING)
    assert table.read(small(name="log.csv.gz"), MAPPING).events == plain.events
    packed = gzip.compress((HEADER + ROWS).encode())
    assert table.read(small(packed, name="packed.csv"), MAPPING).events == plain.events


def test_several_gzip_members_are_one_file(small):
    path = small()
    path.write_bytes(gzip.compress(HEADER.encode()) + gzip.compress(ROWS.encode()))
    assert table.read(path, MAPPING).rows == 6


def many_rows(count=5000):
    rng = random.Random(1)  # noqa: S311 - rows that do not compress to nothing
    row = "{},2026-03-02T08:00:00Z,New,{},x\n"
    return HEADER + "".join(row.format(n, rng.random()) for n in range(count))


@pytest.mark.parametrize("damage", ["cut", "flipped", "not gzip at all"])
def test_damaged_gzip(damage, small):
    path = small(many_rows(), name="log.csv.gz")
    raw = bytearray(path.read_bytes())
    if damage == "cut":
        raw = raw[: len(raw) // 2]
    elif damage == "flipped":
        raw[-6] ^= 0xFF  # in the checksum: all rows are there, and not to be trusted
    else:
        raw = bytearray(HEADER.encode())
    path.write_bytes(raw)
    with pytest.raises(InvalidLog, match=r"damaged or cut short.*--lenient"):
        table.read(path, MAPPING)
    log = table.read(path, MAPPING, lenient=True)
    assert "corrupt" in [finding.code for finding in log.findings]
    if damage == "cut":
        assert 1000 < log.rows < 4000
        assert {finding.code for finding in log.findings} == {"corrupt"}  # no half line is read


def test_a_gzip_bomb_is_refused_in_bounded_memory(small):
    packer = zlib.compressobj(9, wbits=31)
    body = [packer.compress(HEADER.encode())]
    row = b"1,2026-03-02T08:00:00Z,New,," + b"x" * 65_000 + b"\n"
    body += [packer.compress(row * 16) for _ in range(100)]
    path = small(b"", name="bomb.csv")
    path.write_bytes(b"".join(body) + packer.flush())
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    with pytest.raises(InvalidLog, match="expands without measure"):
        table.read(path, evolve(MAPPING, duplicates="keep"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_a_long_line_is_never_held(small):
    path = small(with_line("x" * 30_000_000 + "\n"))
    tracemalloc.start()
    log = table.read(path, MAPPING, lenient=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert log.rows == 6
    assert peak < 8 << 20


def test_an_endless_quoted_cell_loses_lines_that_are_all_counted(small):
    text = HEADER + ROWS + '9,2026-03-02T08:00:00Z,New,"a,b\n' + many_rows(5000)[len(HEADER) :]
    log = table.read(small(text), MAPPING, lenient=True)
    malformed = next(finding for finding in log.findings if finding.code == "malformed")
    assert malformed.lines[0] == 8
    assert log.rows + malformed.count == 6 + 1 + 5000


@pytest.mark.parametrize("missing", ["nowhere.csv", "."])
def test_what_cannot_be_opened(missing, tmp_path):
    for lenient in (False, True):
        with pytest.raises(InvalidLog, match=r"cannot be opened.*check the path"):
            table.read(tmp_path / missing, MAPPING, lenient=lenient)


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("ticket,at,state,team", "no column: 'status'; did you mean 'state'"),
        ("ticket;at;status;team", "the header reads 'ticket;at;status;team'"),
        ("ticket,at,status,team,at", "more than one column: 'at'"),
    ],
)
def test_wrong_columns_are_refused_even_leniently(header, problem, small):
    for lenient in (False, True):
        with pytest.raises(InvalidLog, match=problem) as caught:
            table.read(small(header + "\n" + ROWS), MAPPING, lenient=lenient)
        assert caught.value.line == 1


def test_a_column_to_keep_must_exist(small):
    with pytest.raises(InvalidLog, match="no column: 'topics'; did you mean 'topic'"):
        table.read(small(), MAPPING, keep=["topics"])


def test_a_zone_is_never_guessed(small):
    text = (HEADER + ROWS).replace("Z,", ",")
    for lenient in (False, True):
        with pytest.raises(InvalidLog, match=r"line 2: a time without a zone.*--tz"):
            table.read(small(text), MAPPING, lenient=lenient)
    berlin = table.read(small(text), MAPPING, tz=ZoneInfo("Europe/Berlin"))
    assert berlin.first == datetime(2026, 3, 2, 7, tzinfo=UTC)


def test_a_stated_offset_wins_over_tz(small):
    berlin = table.read(small(), MAPPING, tz=ZoneInfo("Europe/Berlin"))
    assert berlin == table.read(small(), MAPPING)


def test_a_local_time_that_the_clock_skipped(small):
    """It is the first instant at or after it: when the clock went forward, and this is told."""
    log = table.read(small(LOCAL_LOG.format("2026-03-29 02:30")), LOCAL)
    assert changes(log.events)[1].event.at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert [(found.code, found.lines) for found in log.findings] == [("skipped_time", (3,))]


def test_a_local_time_shown_twice_is_its_first_and_is_told(small):
    log = table.read(small(LOCAL_LOG.format("2026-10-25 02:30")), LOCAL)
    assert changes(log.events)[1].event.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [(found.code, found.lines) for found in log.findings] == [("ambiguous_time", (3,))]


@pytest.mark.parametrize(("rule", "rows", "code"), [("drop", 6, "dropped"), ("keep", 7, "kept")])
def test_the_mapping_says_how_repetitions_count(rule, rows, code, small):
    log = table.read(small(with_line(FIRST)), evolve(MAPPING, duplicates=rule))
    assert (log.rows, log.findings[0].code, log.findings[0].lines) == (rows, code, (3,))


FULL = evolve(
    MAPPING,
    agent="who",
    line="level",
    lines={"L1": 1, "L2": 2},
    topic=("topic", "item"),
    requester="asker",
    channel="way",
    opened_by="agent",
)
FULL_LOG = (
    "ticket,at,status,team,topic,item,who,level,asker,way\n"
    "1,2026-03-02T08:00:00Z,New,a,vpn,,,L1,kim,mail\n"
    "1,2026-03-02T09:00:00Z,Open,a,vpn,cable,ann,L1,kim,mail\n"
    "1,2026-03-02T10:00:00Z,Open,b,vpn,,bob,L2,kim,\n"
    "1,2026-03-02T11:00:00Z,Done,b,vpn,,bob,L2,kim,\n"
)


def test_every_field_that_a_mapping_names_is_a_field_of_the_facts(small):
    log = table.read(small(FULL_LOG), FULL)
    facts = facts_at(log, log.last)
    assert (facts.agents, facts.lines, facts.groups) == (("ann", "bob"), (1, 2), ("a", "b"))
    assert (facts.created_by, facts.solves[-1].agent) == ("agent", "bob")
    stated = {name: facts.fields.get(name) for name in ("topic", "requester", "channel")}
    assert stated == {"topic": "vpn/?", "requester": "kim", "channel": None}  # of its last row
    earlier = facts_at(log, changes(log.events)[1].event.at)
    assert (earlier.agents, earlier.lines, earlier.solved) == (("ann",), (1,), False)


def test_an_unknown_line_is_refused_or_unknown(small):
    path = small(FULL_LOG.replace("bob,L2", "bob,L9"))
    with pytest.raises(InvalidLog, match="a support line that the mapping does not know: 'L9'"):
        table.read(path, FULL)
    log = table.read(path, FULL, lenient=True)
    assert [(found.code, found.count) for found in log.findings] == [("bad_line", 2)]
    assert facts_at(log, log.last).lines == (1,)


def test_encodings_and_delimiters(small):
    text = with_line("3,2026-03-02T09:00:00Z,New,M\xfcller,c\n")
    latin = table.read(small(encoded(text)), evolve(MAPPING, encoding="latin-1"))
    assert replay(latin.logs()["3"]).group == "M\xfcller"
    marked = table.read(small(b"\xef\xbb\xbf" + text.encode()), MAPPING)
    assert marked.events == latin.events
    tabs = table.read(small(text.replace(",", "\t")), evolve(MAPPING, delimiter="\t"))
    assert tabs.events == latin.events


TOLD = {"blank", "ambiguous_time", "dropped", "kept", "before_creation", "newest_first"}
TOLD |= {"list_export", "skipped_time", "no_row", "repeated_header"}
RECORDED = evolve(
    MAPPING, created="opened", solved="solved", closed="shut", sla_met="ok", sequence="n"
)
RECORDED_HEADER = "ticket,at,status,team,n,opened,solved,shut,ok\n"
DAY = "2026-03-02T{}:00Z"


def recorded(row):
    return RECORDED_HEADER + row.format(*(DAY.format(f"{h:02}:00") for h in (8, 9, 12, 7))) + "\n"


def test_recorded_instants_are_taken_from_the_last_row(small):
    log = table.read(small(recorded("1,{1},Done,a,0,{0},{1},{2},true")), RECORDED)
    kept = log.recorded["1"]
    assert {name: at.hour for name, at in kept.instants.items()} == {
        "created": 8, "solved": 9, "closed": 12,
    }  # fmt: skip
    assert kept.within_sla == (True,)
    missing = table.read(small(recorded("1,{1},Done,a,0,{0},,,")), RECORDED)
    kept = missing.recorded["1"]
    assert (kept.instants["solved"], kept.within_sla) == (None, ())
    facts = facts_at(missing, missing.last)
    assert (facts.solves, facts.solved, facts.ever_solved) == ((), True, True)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1,{1},Done,a,0,{0},soon,{2},true", "bad_recorded"),
        ("1,{1},Done,a,0,{0},{1},{2},perhaps", "bad_recorded"),
        ("1,{1},Done,a,0,{0},{3},{2},true", "ends_before_start"),
        ("1,{1},Done,a,0.5,{0},{1},{2},true", "bad_sequence"),
    ],
)
def test_recorded_values_that_cannot_be(row, code, small):
    path = small(recorded(row))
    with pytest.raises(InvalidLog) as caught:
        table.read(path, RECORDED)
    assert (caught.value.line, caught.value.problem) == (2, PROBLEMS[code].text)
    log = table.read(path, RECORDED, lenient=True)
    assert (log.findings[0].code, log.findings[0].count) == (code, 1)


def test_a_row_before_the_recorded_creation_is_told_and_kept(small):
    log = table.read(small(recorded("1,{3},Open,a,0,{0},{1},{2},true")), RECORDED)
    assert [(found.code, found.lines) for found in log.findings] == [
        ("before_creation", (2,)),
        ("list_export", ()),
    ]
    assert log.rows == 1


@given(st.randoms(use_true_random=False))
def test_a_shuffled_log_leniently_read_is_the_log(tmp_path_factory, rng):
    lines = ROWS.splitlines(keepends=True)
    rng.shuffle(lines)
    path = tmp_path_factory.mktemp("shuffled") / "log.csv"
    path.write_text(HEADER + "".join(lines))
    log = table.read(path, MAPPING, lenient=True)
    facts = sorted(map(_facts, log.logs().values()), key=lambda fact: fact.ticket_id)
    path.write_text(HEADER + ROWS)
    assert facts == [*map(_facts, table.read(path, MAPPING).logs().values())]


def _facts(events):
    return facts_as_recorded(events, Recorded(), as_of=events[-1].at)


@given(st.binary(max_size=200), st.integers(0, 300))
def test_whatever_the_bytes_strict_raises_exactly_where_lenient_lists(tmp_path_factory, junk, at):
    whole = (HEADER + ROWS).encode()
    path = tmp_path_factory.mktemp("junk") / "log.csv"
    path.write_bytes(whole[:at] + junk + whole[at:])
    try:
        strict = table.read(path, MAPPING, tz=UTC)
    except InvalidLog as error:
        assert error.file == "log.csv"  # noqa: PT017 - either outcome is allowed
        strict = None
    try:
        lenient = table.read(path, MAPPING, tz=UTC, lenient=True)
    except InvalidLog:  # the header itself is spoilt
        assert strict is None
        return
    if strict is None:
        assert any(finding.code not in TOLD for finding in lenient.findings)
    else:
        assert lenient == strict


TIES = (
    "1,2026-03-02T08:00:00Z,New,,\n"
    "1,2026-03-02T09:00:00Z,Open,a,\n"
    "1,2026-03-02T09:00:00Z,Done,a,\n"
    "1,2026-03-02T09:00:00Z,Open,b,\n"
    "1,2026-03-02T12:00:00Z,Done,b,last\n"
    "1,2026-03-02T12:00:00Z,Shut,b,\n"
    "2,2026-03-02T12:00:00Z,New,a,\n"
    "2,2026-03-02T12:00:00Z,Done,a,\n"
)


def changes(events):
    """The steps of one ticket's rows."""
    return [step for step in steps(events) if step.event.type in {"created", "changed"}]


def facts_at(log, as_of, ticket="1"):
    return facts_as_recorded(log.logs()[ticket], log.recorded[ticket], as_of=as_of)


def told(log):
    return [
        (
            ticket,
            [
                (step.event.at.hour, step.after.status.name, step.after.group)
                for step in changes(events)
            ],
        )
        for ticket, events in sorted(log.logs().items())
    ]


@pytest.mark.parametrize("by_ticket", [True, False])
def test_a_file_that_runs_from_the_newest_is_read_from_its_end(by_ticket, small):
    """Its ties too: read as they stand, the ticket would have been reopened once more."""
    lines = TIES.splitlines(keepends=True)
    if not by_ticket:
        lines.sort(key=lambda line: line.split(",")[1])
    forward = table.read(small(HEADER + "".join(lines)), MAPPING, keep=["topic"])
    backward = table.read(small(HEADER + "".join(reversed(lines))), MAPPING, keep=["topic"])
    assert forward.findings == ()
    assert told(backward) == told(forward)
    last = [
        {t: replay(events).fields for t, events in log.logs().items()}
        for log in (backward, forward)
    ]
    assert last[0] == last[1]
    assert [*last[0]] == [*last[1]][::-1]
    assert [(found.code, found.count) for found in backward.findings] == [("newest_first", 1)]


def test_one_ticket_that_runs_backwards_is_turned_alone(small):
    lines = TIES.splitlines(keepends=True)
    rising = "3,2026-03-02T08:00:00Z,New,a,\n3,2026-03-02T09:00:00Z,Done,a,\n"
    log = table.read(small(HEADER + "".join([*lines[5::-1], *lines[6:]]) + rising), MAPPING)
    whole = table.read(small(HEADER + TIES + rising), MAPPING)
    assert told(log) == told(whole)


def test_where_the_stamps_of_a_ticket_say_nothing_the_others_decide(small):
    lines = TIES.splitlines(keepends=True)
    log = table.read(small(HEADER + "".join([*lines[5::-1], *lines[6:]])), MAPPING)
    assert [status for _, status, _ in told(log)[1][1]] == ["Done", "New"]


def test_rows_that_run_neither_way_are_out_of_order(small):
    lines = TIES.splitlines(keepends=True)
    shuffled = HEADER + "".join([lines[1], lines[0], lines[4]])
    with pytest.raises(InvalidLog, match="line 3: a row earlier than the ticket's row before it"):
        table.read(small(shuffled), MAPPING)


COUNTED = evolve(MAPPING, sequence="n")


def counted(*rows):
    return "ticket,at,status,team,n\n" + "".join(
        f"1,2026-03-02T{hour:02}:00:00Z,{status},a,{count}\n" for hour, status, count in rows
    )


def test_the_update_count_is_the_order_and_the_later_stamp_holds(small):
    rows = [(8, "New", 1), (12, "Open", 2), (9, "Done", 3), (13, "Shut", 10)]
    for order in (rows, rows[::-1], [rows[2], rows[0], rows[3], rows[1]]):
        log = table.read(small(counted(*order)), COUNTED)
        assert told(log)[0][1] == [
            (8, "New", "a"), (12, "Open", "a"), (12, "Done", "a"), (13, "Shut", "a"),
        ]  # fmt: skip
        found = {each.code: each for each in log.findings}
        assert found["stamp_contradicts"].count == 1
        assert found["stamp_contradicts"].example == "2026-03-02T09:00:00+00:00"
    assert [event.at.hour for event in log.events if event.type != "acknowledged"] == [
        8,
        12,
        12,
        13,
    ]


def test_a_count_that_repeats_at_another_time_is_no_counter(small):
    log = table.read(small(counted((8, "New", 2), (9, "Open", 1), (10, "Done", 2))), COUNTED)
    assert [row[1] for row in told(log)[0][1]] == ["New", "Open", "Done"]
    assert [found.code for found in log.findings] == ["count_repeats"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"PAR1\x15\x04\x15", "a Parquet file, not CSV; events in Parquet"),
        (b"PK\x03\x04" + b"\0" * 30 + b"[Content_Types].xml", "an Excel workbook, not CSV; save"),
        (b"PK\x03\x04" + b"\0" * 30 + b"log.csv", "a zip archive, not CSV; unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook, not CSV"),
        (b'{"tickets": []}', "JSON, not CSV"),
        (b'\xef\xbb\xbf [ {"a": 1}]', "JSON, not CSV"),
        (b"\xff\xfet\0i\0", "text in UTF-16, not CSV; save it as UTF-8"),
        (b"\n<!DOCTYPE html><table>", "HTML or XML, not CSV"),
        (b"<?xml version='1.0'?>", "HTML or XML, not CSV"),
        (b"BZh9", "a file packed with bzip2, not CSV"),
        (b"SQLite format 3\0", "an SQLite database, not CSV"),
    ],
)
def test_what_is_no_csv_is_called_what_it_is(raw, said, small):
    for packed in (False, True):
        for lenient in (False, True):
            path = small(raw, name="log.csv")
            path.write_bytes(gzip.compress(raw) if packed else raw)
            with pytest.raises(InvalidLog, match=f"log.csv: {said}") as caught:
                table.read(path, MAPPING, lenient=lenient)
            assert "latin-1" not in str(caught.value)
    if "UTF-16" not in said:  # which is text, though no mapping that ships has its columns
        with pytest.raises(InvalidLog, match=said):
            table.recognized(path)


def test_one_row_a_ticket_tells_no_history(small):
    """Of present values nothing is told that only a history tells: never a zero."""
    rows = ["1,{1},Done,a,0,{0},{1},{2},true", "2,{1},Open,b,0,{0},,,"]
    text = RECORDED_HEADER + "".join(
        row.format(*(DAY.format(f"{h:02}:00") for h in (8, 9, 12))) + "\n" for row in rows
    )
    log = table.read(small(text), RECORDED)
    assert [found.code for found in log.findings] == ["list_export"]
    assert {event.basis for event in log.events} == {"snapshot"}
    facts = log_facts(log)
    assert dict(kpi.reopened().of(facts).excluded) == {"not_stated": 2}
    assert dict(kpi.first_resolution().of(facts).excluded) == {"not_stated": 2}
    solved = kpi.full_resolution().of(facts)  # a recorded solution is the last, if not the first
    assert (solved.n, solved.total) == (1, timedelta(hours=1))
    more = text + "2," + DAY.format("10:00") + ",Done,b,1," + DAY.format("08:00") + ",,,\n"
    assert {event.basis for event in table.read(small(more), RECORDED).events} == {None}
    fresh = "".join(f"{n},{DAY.format('08:00')},New,a,\n" for n in (1, 2))
    assert {event.basis for event in table.read(small(HEADER + fresh), MAPPING).events} == {None}
