"""Event logs survive the way through files, and what is no event is placed by its line."""

import csv
import gzip
import itertools
import json
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serde.broken import broken
from serde.golden_values import LOG

from support_model._files.event_rows import COLUMNS
from support_model.adapters._event_logs import by_ticket
from support_model.errors import InvalidLog, MissingExtra
from support_model.events import Changed, Created, Message, PolicyApplied, Rated, Worked
from support_model.serde import Findings, event_to_data, read_events, read_logs, write_events
from support_model.vocabulary import Status

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), min_size=1
)
NASTY = st.sampled_from(["=1+1", "'", "''", "-1", "+x", "@a", '"', "a,b", "a\r\nb", "\t", "＝1"])  # noqa: RUF001 - wide
IDS = WORDS | NASTY
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
COMMON = {"ticket_id": IDS, "at": INSTANTS, "role": st.sampled_from(["agent", "bot"])}
BASIS = st.sampled_from([None, "snapshot", "merge"])
OPTIONAL = {"actor": IDS, "seq": st.integers(0, 2**40), "source_id": IDS, "basis": BASIS}
VALUES = IDS | st.integers(-(2**60), 2**60) | st.booleans() | INSTANTS | st.floats(-1e9, 1e9)
EVENTS = st.one_of(
    st.builds(Message, **COMMON, **OPTIONAL, public=st.booleans()),
    st.builds(
        Changed,
        **COMMON,
        fields=st.dictionaries(
            IDS.map("custom.{}".format), VALUES | st.frozensets(IDS), min_size=1, max_size=3
        ),
    ),
    st.builds(Worked, **COMMON, duration=st.timedeltas(timedelta(0), timedelta(days=900))),
    st.builds(Rated, **COMMON, kind=IDS, score=st.floats(-5, 5), scale=st.just((-5, 5))),
)


@given(st.lists(EVENTS, max_size=5), st.sampled_from(["jsonl", "csv", "csv.gz"]))
def test_what_is_written_is_read(events, form):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"log.{form}"
        assert write_events(events, path) == len(events)
        assert list(read_events(path)) == events


@given(broken([event_to_data(event) for event in LOG]))
def test_whatever_is_broken_is_placed_or_read(rows):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
        try:
            events = list(read_events(path))
        except InvalidLog as error:
            assert 1 <= error.line <= len(rows)  # noqa: PT017 - both outcomes are legal
        else:
            assert len(events) == len(rows)


@given(st.lists(EVENTS, max_size=5))
def test_no_spreadsheet_runs_a_cell(events):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        write_events(events, path)
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column, cell in row.items():
                    harmless = column in {"score", "seq", "duration"}
                    assert harmless or not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))  # noqa: RUF001


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("a.jsonl", '\n{"type": "mesage"}', 2, "did you mean 'message'"),
        ("a.jsonl", "{", 1, "no JSON"),
        ("a.jsonl", "[" * 100_000, 1, "no JSON"),
        ("a.jsonl", '"x"', 1, "not a table of keys"),
        ("a.jsonl", '{"schema": "support_model.events/2"}', 1, "unknown version"),
        (
            "a.jsonl",
            '{"type": "message", "a": "' + "x" * 2**20 + '"}',
            1,
            "a line longer than 1 MiB",
        ),
        ("a.csv", "type,tikcet_id\n", 1, "did you mean 'ticket_id'"),
        ("a.csv", "type,type\n", 1, "a column twice"),
        ("a.csv", "type,at\nmessage\n", 2, "cells and columns"),
        ("a.csv", "type,public\nmessage,maybe\n", 2, "true or false"),
        ("a.csv", "type,seq\nmessage,one\n", 2, "a whole number"),
        ("a.csv", "type,fields\nchanged,{\n", 2, "JSON, as"),
        ("a.csv", "type,scale\nrated,[\n", 2, "JSON, as"),
        ("a.csv", "type,score\nrated,x\n", 2, "a number"),
        ("a.csv", "type,schema\nmessage,2\n", 2, "unknown version"),
        ("a.csv", 'type\n"message', 2, "not well-formed CSV"),
        ("a.csv", "type,ticket_id\nmessage,T1\n", 2, "lacks the key"),
        ("a.xlsx", "", None, "no form of log"),
        ("a.gz", "", None, "no form of log"),
        ("a.parquet.gz", "", None, "no form of log"),
        ("a", "", None, "no form of log"),
        ("a.csv.gz", "type", None, "damaged or cut short"),
        ("a.jsonl", "PAR1", None, "a Parquet file, not JSON lines"),
        ("a.csv", '{"type": "message"}', None, "JSON, not CSV; events as JSON lines are read un"),
        ("a.csv", "type,seq\nmessage,1_0\n", 2, "a whole number"),
        ("a.csv", "type,seq\nmessage,\u0663\n", 2, "a whole number"),
        ("a.csv", "type,score\nrated,\uff15\n", 2, "a number"),
        ("a.csv", "type,score\nrated,1e99999999\n", 2, "a number"),
        ("a.csv", "type,score\nrated,1e999\n", 2, "a number"),
        ("a.csv", "type,score\nrated,nan\n", 2, "a number"),
        ("a.csv", "type,public\nmessage,1\n", 2, "true or false"),
        ("a.csv", "type,scale\nrated,[1e999]\n", 2, "JSON, as"),
        ("a.csv", "type,schema\nmessage,1.0\n", 2, "unknown version"),
        ("a.jsonl", '{"type": "rated", "score": 1e99999999}', 1, "no finite number"),
        ("a.jsonl", '{"type": "rated", "score": NaN}', 1, "no finite number"),
        ("a.jsonl", '{"type": "message", "type": "rated"}', 1, "the key 'type' stands twice"),
        ("a.jsonl", "null", 1, "not a table of keys"),
        ("a.jsonl", '{"schema": true}', 1, "unknown version"),
    ],
)
def test_what_is_no_event_is_placed(name, text, line, said, tmp_path):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(InvalidLog) as caught:
        list(read_events(path))
    assert (caught.value.file, caught.value.line) == (name, line)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_cut_off_or_no_text(tmp_path):
    with pytest.raises(InvalidLog, match="check the path"):
        list(read_events(tmp_path / "no.csv"))
    with pytest.raises(InvalidLog, match="cannot be written"):
        write_events(LOG, tmp_path / "no" / "a.csv")
    whole = gzip.compress(b'{"schema": "support_model.events/1"}\n' * 100)
    (tmp_path / "a.jsonl.gz").write_bytes(whole[:-20])
    with pytest.raises(InvalidLog, match="damaged or cut short"):
        list(read_events(tmp_path / "a.jsonl.gz"))
    (tmp_path / "a.jsonl").write_bytes(b"\xff")
    with pytest.raises(InvalidLog, match="not UTF-8"):
        list(read_events(tmp_path / "a.jsonl"))


def test_reading_and_writing_stream(tmp_path):
    path = tmp_path / "log.jsonl"

    def endless():
        yield LOG[0]
        assert [*tmp_path.iterdir()], "written as it comes"
        yield LOG[1]

    write_events(endless(), path)
    with path.open("a") as file:
        file.write("broken\n")
    found = read_events(path)
    assert [next(found), next(found)] == LOG[:2]
    with pytest.raises(InvalidLog):
        next(found)


FORMS = ["jsonl", "jsonl.gz", "csv", "csv.gz", "parquet"]
BAD_FIELDS = {
    "half of a character": ({"custom.a": "\ud800"}, ["jsonl", "csv", "parquet"]),
    "a long line": ({"custom.a": "x" * 2**20}, ["jsonl", "csv"]),
    "a long cell": ({"custom.a": "x" * 140_000}, ["csv"]),
    "many lines": ({"topic": "\n" * 10_001}, []),  # inside JSON they are no lines
}


def event_with(fields):
    return Changed(ticket_id="T", at=datetime(2026, 3, 2, tzinfo=UTC), role="bot", fields=fields)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", BAD_FIELDS)
def test_what_is_written_can_be_read_again_or_is_refused(what, form, tmp_path):
    """And a failed write leaves the old file, and nothing beside it."""
    if form == "parquet":
        pytest.importorskip("pyarrow")
    fields, refused = BAD_FIELDS[what]
    path = tmp_path / f"log.{form}"
    write_events(LOG, path)
    before = path.read_bytes()
    if form.removesuffix(".gz") in refused:
        with pytest.raises(InvalidLog):
            write_events([LOG[0], event_with(fields)], path)
        assert path.read_bytes() == before
    else:
        write_events([LOG[0], event_with(fields)], path)
        assert [*read_events(path)] == [LOG[0], event_with(fields)]
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("form", FORMS)
def test_a_source_that_fails_leaves_the_old_file(form, tmp_path):
    if form == "parquet":
        pytest.importorskip("pyarrow")

    def failing():
        yield LOG[0]
        raise LookupError

    path = tmp_path / f"log.{form}"
    path.write_bytes(b"old")
    with pytest.raises(LookupError):
        write_events(failing(), path)
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_csv_holds_text_and_flags_as_they_are(tmp_path):
    """So that other programs read them too: no escapes, no capitals, no guessed numbers."""
    log = [
        Message(ticket_id="\u0416-1", at=LOG[0].at, role="agent", actor="\u00d6", public=False),
        PolicyApplied(ticket_id="007", at=LOG[0].at, role="bot", policy="1e3", version="1.10"),
        event_with({"custom.a": True, "custom.b": "true", "custom.c": "\u043a\u043e\u0442"}),
    ]
    path = tmp_path / "log.csv"
    write_events(log, path)
    text = path.read_text("utf-8")
    assert "\u0416-1" in text
    assert '""custom.a"":true,""custom.b"":""true"",""custom.c"":""\u043a\u043e\u0442""' in text
    rows = [*csv.DictReader(text.splitlines())]
    assert (rows[0]["public"], rows[1]["version"], rows[1]["public"]) == ("false", "1.10", "")
    assert list(read_events(path)) == log
    text = text.replace("false", "False").replace("007", "'=007")
    path.write_text(text, "utf-8")
    said, applied, changed = read_events(path)
    assert said.public is False
    assert (applied.ticket_id, applied.version) == ("=007", "1.10")
    assert dict(changed.fields)["custom.a"] is True


def test_a_version_written_as_a_number_is_refused(tmp_path):
    path = tmp_path / "log.jsonl"
    row = event_to_data(next(event for event in LOG if isinstance(event, PolicyApplied)))
    for version in (2, 1.10):
        path.write_text(json.dumps(row | {"version": version}), "utf-8")
        with pytest.raises(InvalidLog, match=r"line 1: a version is text: .*say str"):
            list(read_events(path))


def test_a_name_that_is_empty_is_said_to_be(tmp_path):
    path = tmp_path / "log.jsonl"
    row = event_to_data(LOG[0])
    path.write_text(json.dumps(row | {"actor": ""}), "utf-8")
    with pytest.raises(InvalidLog, match=r"line 1: an id is empty: ''; give its text"):
        list(read_events(path))


def test_a_packed_file_that_expands_without_measure_is_refused(tmp_path):
    path = tmp_path / "bomb.jsonl.gz"
    packer = zlib.compressobj(9, wbits=31)
    row = b" " * 65_000 + b"\n"
    path.write_bytes(packer.compress(row * 600) + packer.flush())
    assert path.stat().st_size < 100_000
    with pytest.raises(InvalidLog, match="expands without measure"):
        list(read_events(path))
    findings = Findings(path.name, lenient=True)
    assert list(read_events(path, findings=findings)) == []
    assert [each.code for each in findings.all()] == ["too_large"]


def test_a_log_that_packs_too_well_is_refused_before_it_is_lost(tmp_path):
    one = event_with({"custom.a": "x" * 100_000})
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(b"old")
    with pytest.raises(InvalidLog, match="packs to less than 1 in 200"):
        write_events(itertools.repeat(one, 200), path)
    assert path.read_bytes() == b"old"
    assert write_events(itertools.repeat(one, 200), tmp_path / "log.jsonl") == 200


def test_leniently_lines_that_are_no_events_are_listed_and_left_out(tmp_path):
    path = tmp_path / "log.jsonl"
    write_events(LOG, path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[3:3] = [b"{\n", b'{"type": "mesage"}\n', b"\xff\n", b"x" * 2**21 + b"\n"]
    path.write_bytes(b"".join(lines))
    findings = Findings(path.name, lenient=True)
    assert list(read_events(path, findings=findings)) == LOG
    assert [(each.code, each.lines) for each in findings.all()] == [
        ("no_event", (4, 5, 6)),
        ("not_utf8", (6,)),
        ("long_line", (7,)),
    ]
    with pytest.raises(InvalidLog, match=r"log.jsonl, line 4: no JSON"):
        list(read_events(path))


def test_a_ticket_that_is_no_log_is_refused_by_line_or_left_out(tmp_path):
    path = tmp_path / "log.jsonl"
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    new = {"status": Status("new", "new")}
    sound = Created(ticket_id="T2", at=at, role="customer", fields=new)
    stray = Message(ticket_id="T1", at=at, role="agent", public=True)
    write_events([sound, stray], path)
    with pytest.raises(InvalidLog, match=r"log.jsonl, line 3: no creation: 'T1'; a log begins"):
        read_logs(path)
    findings = Findings(path.name, lenient=True)
    assert read_logs(path, findings=findings) == {"T2": (sound,)}
    assert [(each.code, each.lines) for each in findings.all()] == [("no_log", (3,))]


@pytest.mark.parametrize("backwards", [False, True])
def test_each_ticket_that_is_no_log_is_listed_by_its_line(backwards, tmp_path):
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    new = {"status": Status("new", "new")}
    rows = []
    for hour in range(6):
        for ticket in ("A", "B", "C"):
            shared = {"ticket_id": ticket, "at": at + timedelta(hours=hour), "role": "agent"}
            again = (ticket, hour) in {("A", 2), ("C", 4)}
            message = Message(**shared, public=True)
            rows.append(Created(**shared, fields=new) if again or not hour else message)
    path = tmp_path / "log.jsonl"
    told = rows[::-1] if backwards else rows
    write_events(told, path)
    findings = Findings(path.name, lenient=True)
    assert [*read_logs(path, findings=findings)] == ["B"]
    (unread,) = (each for each in findings.all() if each.code == "no_log")
    expected = {told.index(each) + 2 for each in (rows[6], rows[14])}  # line 1 says the version
    assert {*unread.lines} == expected


@pytest.mark.parametrize("numbered", [False, True])
def test_a_file_of_events_that_runs_backwards_is_read_from_its_end(numbered, tmp_path):
    """Its ties too: read as they stand, the ticket would be solved before it was taken up."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    stages = [Status("new", "new"), Status("open", "open"), Status("done", "solved")]
    log = [
        (Created if i == 0 else Changed)(
            ticket_id="T", at=at + timedelta(hours=min(i, 1)), role="agent",
            seq=i if numbered else None, fields={"status": status},
        )
        for i, status in enumerate(stages)
    ]  # fmt: skip
    path = tmp_path / "log.csv"
    write_events(log[::-1], path)
    findings = Findings(path.name)
    assert read_logs(path, findings=findings)["T"] == tuple(log)
    assert [each.code for each in findings.all()] == ([] if numbered else ["newest_first"])


def test_columns_may_be_missing_and_of_any_order(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("at,public,role,ticket_id,type\n2026-03-02T09:00Z,TRUE,agent,T1,message\n\n")
    (event,) = read_events(path)
    assert event.public is True
    assert {"type", "fields", "schema"} <= {*COLUMNS}


def test_events_are_gathered_by_ticket():
    one, two = LOG[:2]
    assert by_ticket([one, two]) == {"T-1": [one, two]}


def test_parquet_without_its_package_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for name in [name for name in sys.modules if name.startswith("support_model._columns")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "support_model._files.parquet_events", raising=False)
    with pytest.raises(MissingExtra, match=r"support-model\[frames\]"):
        write_events(LOG, tmp_path / "log.parquet")
    with pytest.raises(MissingExtra, match=r"support-model\[frames\]"):
        list(read_events(tmp_path / "log.parquet"))


def test_what_is_no_parquet(tmp_path):
    pa = pytest.importorskip("pyarrow")
    broken_text = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")]
    )
    pytest.importorskip("pyarrow.parquet").write_table(
        pa.table(dict.fromkeys(["ticket_id", "at", "type", "role"], broken_text)),
        tmp_path / "log.parquet",
    )
    with pytest.raises(InvalidLog, match="column 'ticket_id' cannot be read"):
        list(read_events(tmp_path / "log.parquet"))
    (tmp_path / "log.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(InvalidLog):
        list(read_events(tmp_path / "log.parquet"))
