"""Event logs survive the way through files, and what is no event is placed by its line."""

import csv
import gzip
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serde.broken import broken
from serde.golden_values import LOG

from support_model.errors import InvalidLog, MissingExtra
from support_model.events import Changed, Message, Rated, Worked
from support_model.files.event_files import COLUMNS, by_ticket, read_events, write_events
from support_model.lifecycle.ticket_data import event_to_data

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
        ("a.jsonl", '"x"', 1, "not a mapping"),
        ("a.jsonl", '{"schema": "support_model.events/2"}', 1, "unknown version"),
        ("a.jsonl", '{"type": "message", "a": "' + "x" * 2**20 + '"}', 1, "too long a line"),
        ("a.csv", "type,tikcet_id\n", 1, "did you mean 'ticket_id'"),
        ("a.csv", "type,type\n", 1, "a column twice"),
        ("a.csv", "type,at\nmessage\n", 2, "cells and columns"),
        ("a.csv", "type,public\nmessage,maybe\n", 2, "true or false"),
        ("a.csv", "type,seq\nmessage,one\n", 2, "a whole number"),
        ("a.csv", "type,fields\nchanged,{\n", 2, "JSON, as"),
        ("a.csv", "type,scale\nrated,[\n", 2, "JSON, as"),
        ("a.csv", "type,score\nrated,x\n", 2, "a number"),
        ("a.csv", "type,schema\nmessage,2\n", 2, "unknown version"),
        ("a.csv", 'type\n"message', 2, "no CSV"),
        ("a.csv", "type,ticket_id\nmessage,T1\n", 2, "lacks the key"),
        ("a.xlsx", "", None, "no form of log"),
        ("a.gz", "", None, "no form of log"),
        ("a.parquet.gz", "", None, "no form of log"),
        ("a", "", None, "no form of log"),
        ("a.csv.gz", "type", None, "cannot be read"),
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
    with pytest.raises(InvalidLog, match="cannot be read"):
        list(read_events(tmp_path / "a.jsonl.gz"))
    (tmp_path / "a.jsonl").write_bytes(b"\xff")
    with pytest.raises(InvalidLog, match="not UTF-8"):
        list(read_events(tmp_path / "a.jsonl"))


def test_reading_and_writing_stream(tmp_path):
    path = tmp_path / "log.jsonl"

    def endless():
        yield LOG[0]
        assert path.exists(), "written as it comes"
        yield LOG[1]

    write_events(endless(), path)
    with path.open("a") as file:
        file.write("broken\n")
    found = read_events(path)
    assert [next(found), next(found)] == LOG[:2]
    with pytest.raises(InvalidLog):
        next(found)


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
    with pytest.raises(MissingExtra, match=r"support-model\[parquet\]"):
        write_events(LOG, tmp_path / "log.parquet")
    with pytest.raises(MissingExtra, match=r"support-model\[parquet\]"):
        list(read_events(tmp_path / "log.parquet"))


def test_what_is_no_parquet(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "log.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(InvalidLog):
        list(read_events(tmp_path / "log.parquet"))
