"""A mapped table by columns is what the table adapter makes of the same cells as text."""

import csv
import gzip
import re
import warnings
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from support_model import frames
from support_model._bounded_files import runs_backwards
from support_model._columns.event_joining import joined
from support_model._findings import Findings
from support_model._frames import mapped as mapped_module
from support_model._frames.mapped import mapped, mapped_file
from support_model._frames.mapped_cells import TextColumn
from support_model._frames.mapped_order import by_ticket, segments_of, turned
from support_model._frames.mapped_stamps import BAD, ODD, NeedsRows, stamped
from support_model._time import micros
from support_model.adapters import Account, table
from support_model.adapters._table_cells import Instants
from support_model.adapters._table_fields import FieldsReader
from support_model.adapters._table_lists import ListReader
from support_model.errors import InvalidLog
from support_model.vocabulary import Priority

DATA = Path(__file__).parents[2].parent / "shared" / "data"
BERLIN = ZoneInfo("Europe/Berlin")
beside = pytest.mark.skipif(not DATA.is_dir(), reason="real logs stand beside this checkout")


def written(folder, rows, name="table"):
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def arrow(rows):
    """Rows of texts as an Arrow table; an empty cell is null in every other row."""
    names, *cells = rows
    columns = [
        [None if cell == "" and place % 2 else cell for place, cell in enumerate(column)]
        for column in zip(*cells, strict=True)
    ] or [[] for _ in names]
    return pa.Table.from_arrays([pa.array(each, pa.string()) for each in columns], names)


def events_of(raw):
    return [raw.event(row) for row in range(raw.size)]


def answer(read):
    """What a reading says, or the error that it raises; warnings are part of it."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            found = read()
        except InvalidLog as error:
            return str(error)
    return found, sorted(str(each.message) for each in warned)


def by_rows(path, mapping, **more):
    return answer(lambda: table.read(path, mapping, **more))


def same(got, want):
    """Hold a reading by columns to one by rows, part by part."""
    if isinstance(want, str) or isinstance(got, str):
        assert got == want
        return
    (found, warned), (log, expected) = got, want
    assert events_of(found.raw) == [*log.events]
    assert warned == expected
    ids = found.raw.ids.to_pylist()
    told = found.told
    recorded = {ticket: told.recorded_of(place) for place, ticket in enumerate(ids)}
    assert {ticket: each for ticket, each in recorded.items() if each} == log.recorded
    stated = {ticket: told.stated_of(place) for place, ticket in enumerate(ids)}
    assert {ticket: each for ticket, each in stated.items() if each} == log.stated
    rest = evolve(log, events=(), recorded={}, stated={}, rows=log.rows, fields=log.fields)
    assert told.log == rest
    for part in ("unknown", "left_out", "columns", "incomplete"):
        assert getattr(told.log, part) == getattr(rest, part)


@cache
def real(name):
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return tuple(map(tuple, csv.reader(file)))


@beside
@pytest.mark.parametrize(
    ("name", "form", "tz"),
    [
        ("bpi2013_incidents.csv.gz", "bpi2013", None),
        ("uci_incidents_even.csv.gz", "uci-incidents", BERLIN),
    ],
)
def test_real_logs_are_read_by_columns_as_by_rows(name, form, tz):
    mapping = table.named(form)
    want = by_rows(DATA / name, mapping, tz=tz)
    got = answer(lambda: mapped(arrow(real(name)), mapping, tz=tz, name=name))
    same(got, want)
    again = answer(lambda: mapped_file(DATA / name, mapping, tz=tz))
    assert again[0].told.log == got[0].told.log
    assert pa.table(again[0]).equals(pa.table(got[0]))
    assert not got[0].told.by_rows
    assert not again[0].told.by_rows


CLOCKS = (
    *("2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 11:00", "2026-03-03 08:00"),
    *("2026-03-29 02:30", "2026-10-25 02:30", "2026-03-29 00:30", "2026-10-25 03:30"),
)
STAMPS = (*CLOCKS, "2026-03-02T09:00:00.5Z", "2026-03-02T10:30:00+01:00", "", "soon", "2026-03-02")
CHANGES = table.TableMapping(
    name="ours",
    ticket="id",
    at="when",
    status=("state", "why"),
    group="team",
    actor="who",
    agent="owner",
    line="level",
    priority="prio",
    requester="asks",
    topic=("a", "b"),
    created="opened",
    solved="done",
    sla_met="met",
    keep=("site",),
    tz=BERLIN,
    missing=("-", "?"),
    categories={"New/": "new", "Open/x": "open", "Wait/x": "pending", "Done/": "solved"},
    priorities={"high": Priority("High", 1), "low": Priority("low", 3)},
    lines={"L1": 1, "L2": 2},
    actors={"robot": "system", "ann": "agent"},
    ignore={"state": ["Draft"]},
)
COLUMNS = {
    "id": ("A", "B", "C"),
    "when": STAMPS[:8],
    "state": ("New", "Open", "Wait", "Done"),
    "why": ("", "x"),
    "team": ("billing", "", "-", "network"),
    "who": ("ann", "kim", "robot", "", "zed"),
    "owner": ("ann", "bob", "?"),
    "level": ("L1", "L2", ""),
    "prio": ("high", "low", "odd", ""),
    "asks": ("kim", "lee", ""),
    "a": ("mail", "-"),
    "b": ("", "quota"),
    "opened": ("2026-03-02 08:00", "2026-03-02 09:00", ""),
    "done": ("2026-03-30 09:00", "2026-10-25 02:30", ""),
    "met": ("true", "No", ""),
    "site": ("north", "", "?"),
    "n": ("0", "1", "2", "3"),
}
STRANGE = {
    "id": ("",),
    "when": STAMPS[8:],
    "state": ("Draft", "Lost"),
    "met": ("late",),
    "n": ("x",),
}


@st.composite
def tables(draw, columns=COLUMNS, odd=STRANGE, most=12):
    """Rows of a table: few words, so that stamps tie and rows repeat; sometimes an odd cell."""
    names = list(columns)
    row = st.tuples(*(st.sampled_from(columns[name]) for name in names)).map(list)
    rows = draw(st.lists(row, max_size=most))
    way = draw(st.sampled_from(["as drawn", "oldest", "newest"]))
    if way != "as drawn" and "when" in names:
        place = names.index("when")
        rows.sort(key=lambda each: each[place], reverse=way == "newest")
    for place in draw(st.lists(st.integers(0, max(len(rows) - 1, 0)), max_size=2)):
        if place < len(rows):
            rows.append([*rows[place]])
    if rows and odd and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(odd)))
        if name in names:
            rows[draw(st.integers(0, len(rows) - 1))][names.index(name)] = draw(
                st.sampled_from(odd[name])
            )
    return [names, *rows]


VARIANTS = {
    "plain": CHANGES,
    "counted": evolve(CHANGES, sequence="n"),
    "other": evolve(CHANGES, other="open", duplicates="drop"),
    "kept": evolve(CHANGES, duplicates="keep", order="newest_first", created=None, solved=None),
    "bare": table.TableMapping(
        name="bare",
        ticket="id",
        at="when",
        status="state",
        tz=BERLIN,
        categories={"New": "new", "Open": "open", "Wait": "on_hold", "Done": "closed"},
        duplicates="keep",
    ),
}
ACCOUNT = Account(
    roles={"kim": "customer", "bob": "agent"}, lines={"billing": 1}, groups={"network": "net"}
)


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("variant", VARIANTS)
@given(rows=tables(), known=st.booleans())
def test_changes_are_read_by_columns_as_by_rows(tmp_path_factory, variant, lenient, rows, known):
    mapping = VARIANTS[variant]
    account = ACCOUNT if known else None
    if known and variant == "bare":
        mapping = evolve(mapping, group="team")
    path = written(tmp_path_factory.mktemp("log"), rows)
    more = {"account": account, "lenient": lenient}
    want = by_rows(path, mapping, **more)
    same(answer(lambda: mapped(arrow(rows), mapping, **more)), want)
    same(answer(lambda: mapped_file(path, mapping, **more)), want)


@given(rows=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=12))
@example(rows=[(0, 2), (0, 1), (1, 1), (1, 2), (2, 1), (2, 1)])
@example(rows=[(0, 2), (0, 1), (2, 1), (2, 1), (1, 3)])
def test_which_way_rows_run_is_seen_as_by_the_adapter(rows):
    numbers = {each: place for place, each in enumerate(dict.fromkeys(each for each, _ in rows))}
    ticket = np.array([numbers[each] for each, _ in rows], np.int32)
    at = np.array([stamp for _, stamp in rows], np.int64)
    order = by_ticket(ticket)
    segments = segments_of(ticket[order], len(numbers))
    histories = [at[ticket == number].tolist() for number in range(len(numbers))]
    assert turned(at, order, segments).tolist() == runs_backwards(at.tolist(), histories)


def lively(count=400):
    """A sound table of changes, oldest first, with odd local times and unknown words."""
    names = list(COLUMNS)
    rows = []
    for number in range(count):
        at = datetime(2026, 3, 28, 20, tzinfo=UTC) + timedelta(minutes=7 * number)
        row = {name: words[number * 7 % len(words)] for name, words in COLUMNS.items()}
        state = number // 3 % 4
        row |= {"id": f"T{number % 40}", "when": f"{at:%Y-%m-%d %H:%M}", "n": str(number // 40)}
        row |= {"state": COLUMNS["state"][state], "why": ("", "x", "x", "")[state]}
        row |= {"opened": "2026-03-27 08:00", "done": ("", "2026-10-25 02:30")[number % 2]}
        rows.append([row[name] for name in names])
    return [names, *rows]


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_sound_table_is_read_by_columns(tmp_path, variant):
    rows = lively()
    mapping = VARIANTS[variant]
    if mapping.order:
        rows[1:] = rows[:0:-1]
    got = answer(lambda: mapped(arrow(rows), mapping))
    same(got, by_rows(written(tmp_path, rows), mapping))
    assert not got[0].told.by_rows


LIST = table.TableMapping(
    name="list",
    shape="list",
    ticket="id",
    status="state",
    created="opened",
    solved="done",
    closed="shut",
    first_reply="replied",
    settled="since",
    updated="touched",
    first_reply_time=table.Measured(column="wait", unit="minutes", none=["0"]),
    group="team",
    agent="owner",
    requester="asks",
    requester_name="mail",
    creator="by",
    priority="prio",
    channel="via",
    type="kind",
    topic=("a", "b"),
    keep=("site",),
    rating=table.Rating(score="score", at="rated", words={"good": 5, "bad": 1}, none=["none"]),
    stated=(
        table.Measured(column="wait", unit="minutes"),
        table.Measured(column="count", name="replies"),
        table.Measured(column="left", name="within_resolution", unit="clock"),
        table.Measured(column="ok", name="within_first_reply", yes=["y"], no=["n"]),
        table.Measured(column="end", name="last_solved"),
    ),
    tz=BERLIN,
    missing=("-",),
    ids=("agent",),
    categories={
        "New": "new",
        "Open": "open",
        "Solved": "solved",
        "Closed": "closed",
        "Spam": "void",
    },
    initial=None,
    priorities={"high": Priority("High", 1), "low": Priority("low", 3)},
    channels={"Mail": "email"},
    actors={"ann": "agent"},
    ignore={"state": ["Draft"]},
)
WHEN = (*CLOCKS[:3], "2026-10-25 02:30", "")
LISTED = {
    "id": ("A", "B", "C", " C", "D"),
    "state": ("New", "Open", "Solved", "Closed", " Closed", "Spam"),
    "opened": ("2026-03-02 08:00", "2026-03-02 09:00", "2026-03-29 02:30"),
    "done": WHEN,
    "shut": WHEN,
    "replied": ("", "", "2026-03-02 09:30"),
    "since": WHEN,
    "touched": ("", "2026-03-02 09:30", "2026-10-25 02:30"),
    "wait": ("", "0", "30", "1.5", "soon", "-"),
    "team": ("billing", "", "network"),
    "owner": ("ann", "bob c", "-"),
    "asks": ("kim", "", "7"),
    "mail": ("kim@x.org", ""),
    "by": ("ann", "kim", "zed", "", "7"),
    "prio": ("high", "odd", ""),
    "via": ("Mail", "Pigeon", ""),
    "kind": ("bug", ""),
    "a": ("mail", "-"),
    "b": ("", "quota"),
    "site": ("north", ""),
    "score": ("good", "bad", "odd", "none", ""),
    "rated": ("", "2026-03-29 02:30", "2026-03-30 10:00"),
    "count": ("0", "2", "many", ""),
    "left": ("1:30", "-0:20", ""),
    "ok": ("y", "n", "?", ""),
    "end": ("2026-03-02 11:00", "late", ""),
}
ODD_LISTED = {
    "id": ("",),
    "state": ("Draft", "Lost", "-"),
    "opened": ("", "soon"),
    "done": ("soon", "2020-01-01 00:00"),
    "rated": ("soon",),
    "touched": ("soon",),
}
LISTS = {
    "plain": LIST,
    "stamps alone": evolve(LIST, status=()),
    "other": evolve(LIST, other="open", initial=None, opened_by="customer", first_reply=None),
    "formats": evolve(
        LIST,
        stamps=[
            table.StampFormat(each)
            for each in ("iso", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")
        ],
    ),
    "bare": table.TableMapping(
        name="bare",
        shape="list",
        ticket="id",
        status="state",
        created="opened",
        rating=table.Rating(score="count", scale=(0, 1)),
        tz=BERLIN,
        other="open",
        duplicates="keep",
    ),
    "comments": evolve(
        LIST, comments=table.Comments(column="kind", form=["at", "actor", "text"], separator=";")
    ),
}
SLASHED = {
    **LISTED,
    "opened": ("02/03/2026 08:00", "02/03/2026 09:00"),
    "done": ("03/04/2026 08:00", "", "13/04/2026 08:00"),
    "shut": ("03/04/2026 08:00", ""),
    "kind": ("", "03/04/2026 08:00;ann;hello", "2026-03-04 08:00;kim;hello", "nothing"),
}


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("variant", LISTS)
@given(data=st.data(), known=st.booleans())
def test_lists_are_read_by_columns_as_by_rows(tmp_path_factory, variant, lenient, data, known):
    columns = LISTED
    if variant in ("formats", "comments"):
        columns = SLASHED if data.draw(st.booleans(), label="slashed") else LISTED
    mapping = LISTS[variant]
    if columns is SLASHED and variant == "comments":
        mapping = evolve(mapping, stamps=LISTS["formats"].stamps)
    rows = data.draw(tables(columns, ODD_LISTED, most=8))
    account = ACCOUNT if known else None
    path = written(tmp_path_factory.mktemp("log"), rows)
    more = {"account": account, "lenient": lenient}
    got = answer(lambda: mapped(arrow(rows), mapping, **more))
    same(got, by_rows(path, mapping, **more))


def listed(count=300):
    """A sound list, with odd local times, unknown words, and tickets that stand in it twice."""
    names = list(LISTED)
    rows = []
    for number in range(count):
        at = datetime(2026, 3, 1, 8, tzinfo=UTC) + timedelta(minutes=11 * number)
        row = {name: words[number * 13 % len(words)] for name, words in LISTED.items()}
        ends = [f"{at + timedelta(hours=number % each):%Y-%m-%d %H:%M}" for each in (5, 7, 3)]
        row |= {"id": f"T{number}", "opened": f"{at:%Y-%m-%d %H:%M}"}
        row |= {"done": ends[0], "shut": ends[1], "since": "2026-10-25 02:30"}
        row["replied"] = ("", ends[2])[number % 2]
        row["rated"] = ("2026-03-29 02:30", "")[number % 2]
        row |= {"state": ("New", "Open", "Solved", "Closed", " Closed", "Spam")[number % 6]}
        if number % 3 == 0:
            row["done"] = ""
        if number % 4 == 0:
            row["shut"] = ""
        rows.append([row[name] for name in names])
    twice = [[*row] for row in rows[::29]]
    for row in twice[::2]:
        row[names.index("touched")] = "2026-10-25 02:30"
    return [names, *rows, *twice]


@pytest.mark.parametrize("variant", ["plain", "stamps alone", "other", "bare", "formats"])
def test_a_sound_list_is_read_by_columns(tmp_path, variant, monkeypatch):
    rows = listed()
    mapping = evolve(LISTS[variant], other="open")
    want = by_rows(written(tmp_path, rows), mapping)
    monkeypatch.setattr(ListReader, "row", None)
    got = answer(lambda: mapped(arrow(rows), mapping))
    same(got, want)
    assert not got[0].told.by_rows


HISTORY = table.TableMapping(
    name="history",
    shape="fields",
    ticket="id",
    at="when",
    field="what",
    value="new",
    old="was",
    actor="who",
    sequence="n",
    tz=BERLIN,
    missing=("NULL",),
    ids=("agent",),
    changed={
        "state": "status",
        "team": "group",
        "owner": "agent",
        "asks": "requester",
        "prio": "priority",
        "via": "channel",
        "born": "created",
        "site": "custom.site",
    },
    categories={"New": "new", "Open": "open", "Done": "solved"},
    priorities={"Open": Priority("High", 1)},
    actors={"ann": "agent", "-1": "system"},
    ignore={"id": ["X"]},
)
VALUES = ("New", "Open", "Done", "", "NULL", "net", "kim")
FIELDS = {
    "id": ("A", "B", "C", "X"),
    "when": CLOCKS[:5],
    "what": ("state", "state", "team", "asks", "prio", "born", "site", "colour", "NULL"),
    "new": (*VALUES, "2026-03-02 08:00"),
    "was": VALUES,
    "who": ("ann", "kim", "-1", "", "zed"),
    "n": ("0", "1", "", "x"),
}
HISTORIES = {
    "old": HISTORY,
    "new": evolve(HISTORY, old=None, sequence=None, other="open"),
    "other": evolve(HISTORY, other="open", opened_by="customer", order="newest_first"),
    "lines": evolve(
        HISTORY,
        changed={"state": "status", "team": "line", "prio": "type", "born": "created"},
        lines={"net": 2, "Open": 1},
        other="open",
    ),
}


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("variant", HISTORIES)
@given(
    rows=tables(FIELDS, {"id": ("",), "when": ("", "soon"), "new": ("Lost",)}), known=st.booleans()
)
def test_histories_are_read_by_columns_as_by_rows(tmp_path_factory, variant, lenient, rows, known):
    account = ACCOUNT if known else None
    path = written(tmp_path_factory.mktemp("log"), rows)
    more = {"account": account, "lenient": lenient}
    got = answer(lambda: mapped(arrow(rows), HISTORIES[variant], **more))
    same(got, by_rows(path, HISTORIES[variant], **more))


def chained(count=60):
    """A sound history: each value begins where the one before ended."""
    states, rows = ("New", "Open", "Done"), []
    for number in range(count):
        at = datetime(2026, 3, 28, 20, tzinfo=UTC) + timedelta(minutes=37 * number)
        ticket, held = f"T{number}", {}
        if number % 3 == 0:
            rows.append([ticket, f"{at:%Y-%m-%d %H:%M}", "born", "", "", "kim", "0"])
        for step in range(number % 7 + 1):
            stamp = f"{at + timedelta(hours=step * 5):%Y-%m-%d %H:%M}"
            who = ("ann", "kim", "", "-1", "zed")[(number + step // 2) % 5]
            for name, value in (("state", states[step % 3]), ("team", ("net", "NULL")[step % 2])):
                was = "" if number % 2 else held.get(name, "New")
                rows.append([ticket, stamp, name, value, was, who, str(step)])
                held[name] = value
            if step % 2 == 0:
                break_of = ("asks", "kim") if step == 0 else ("prio", "odd")
                rows.append([ticket, stamp, *break_of, "", who, str(step)])
    return [list(FIELDS), *rows]


@pytest.mark.parametrize("variant", ["old", "new"])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_sound_history_is_read_by_columns(tmp_path, variant, backwards, monkeypatch):
    rows = chained()
    if backwards:
        rows[1:] = rows[:0:-1]
    mapping = HISTORIES[variant]
    want = by_rows(written(tmp_path, rows), mapping)
    monkeypatch.setattr(FieldsReader, "ticket", None)
    got = answer(lambda: mapped(arrow(rows), mapping))
    same(got, want)
    assert not got[0].told.by_rows


PLAIN = table.TableMapping(
    name="ours",
    shape="list",
    ticket="id",
    status="state",
    created="opened",
    tz=BERLIN,
    other="open",
    keep=("note",),
    delimiter="auto",
    encoding="auto",
)
PLAINLY = {
    "as usual": b"id,state,opened,note\n1,New,2026-03-02 09:00,x\n2,New,2026-03-02 09:00,\n",
    "line ends of Windows": b"id,state,opened,note\r\n1,New,2026-03-02 09:00,x\r\n",
    "a mark in front": b"\xef\xbb\xbfid;state;opened;note\n1;New;2026-03-02 09:00;x",
    "quotes": b'id,"state",opened,note\n"1","New",2026-03-02 09:00,"a ""b"", c"\n',
    "cells of several lines": b'id,state,opened,note\n1,New,2026-03-02 09:00,"a\nb\n"\n2,New,,x\n',
}
ODDLY = {
    "a title": b"Tickets of March\n\nid,state,opened,note\n1,New,2026-03-02 09:00,x\n",
    "a blank line": b"id,state,opened,note\n\n1,New,2026-03-02 09:00,x\n",
    "a short row": b"id,state,opened,note\n1,New,2026-03-02 09:00\n",
    "a loose quote": b'id,state,opened,note\n1,New,2026-03-02 09:00,5" disk\n',
    "text behind a quote": b'id,state,opened,note\n1,New,2026-03-02 09:00,""x\n',
    "an open quote": b'id,state,opened,note\n1,New,2026-03-02 09:00,"x\n',
    "a lone return": b"id,state,opened,note\n1,New,2026-03-02 09:00,a\rb\n",
    "a byte of zero": b"id,state,opened,note\n1,New,2026-03-02 09:00,a\0b\n",
    "another encoding": "id,state,opened,note\n1,New,2026-03-02 09:00,Müller\n".encode("cp1252"),
    "the header again": b"id,state,opened,note\nid,state,opened,note\n1,New,2026-03-02 09:00,x\n",
    "a total": b"id,state,opened,note\n1,New,2026-03-02 09:00,x\nTotal,1,,\n",
    "no column": b"id,state,note\n1,New,x\n",
    "nothing": b"",
    "no rows": b"id,state,opened,note\n",
    "a column twice": b"id,state,opened,note,id\n1,New,2026-03-02 09:00,x,2\n",
}


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("form", [*PLAINLY, *ODDLY])
def test_a_file_is_read_as_the_adapter_reads_it(tmp_path, form, lenient):
    path = tmp_path / "log.csv"
    path.write_bytes((PLAINLY | ODDLY)[form])
    got = answer(lambda: mapped_file(path, PLAIN, lenient=lenient))
    same(got, by_rows(path, PLAIN, lenient=lenient))
    if form in PLAINLY and not isinstance(got, str):
        assert not got[0].told.by_rows


def test_a_file_that_is_not_there_is_said_as_the_adapter_says_it(tmp_path):
    path = tmp_path / "none.csv"
    same(answer(lambda: mapped_file(path, PLAIN)), by_rows(path, PLAIN))


CELL = st.text(st.sampled_from('a",\n\r x'), max_size=5)


@given(rows=st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=4), raw=st.data())
def test_cells_with_quotes_are_those_of_the_adapter(tmp_path_factory, rows, raw):
    names = ["id", "state", "opened", "note"]
    body = raw.draw(st.text(st.sampled_from('1",\n\r x'), max_size=12))
    path = written(tmp_path_factory.mktemp("log"), [names, *rows])
    if raw.draw(st.booleans()):
        path.write_text(f"id,state,opened,note\n1,New,2026-03-02 09:00,{body}", newline="")
    for lenient in (False, True):
        got = answer(lambda lenient=lenient: mapped_file(path, PLAIN, lenient=lenient))
        same(got, by_rows(path, PLAIN, lenient=lenient))


def framed(rows):
    """The same table as each library holds it."""
    names, *cells = rows
    columns = {name: [each[place] for each in cells] for place, name in enumerate(names)}
    pandas = pd.DataFrame(columns)
    return {
        "pandas": pandas,
        "pandas of objects": pandas.astype(object),
        "pandas of categories": pandas.astype("category"),
        "polars": pl.DataFrame(columns),
        "polars lazy": pl.LazyFrame(columns),
        "polars of categories": pl.DataFrame(columns).cast(pl.Categorical),
        "pyarrow": pa.table(columns),
        "pyarrow in pieces": pa.concat_tables(
            [pa.table(columns).slice(0, 3), pa.table(columns)[3:]]
        ),
        "duckdb": duckdb.from_arrow(pa.table(columns)),
    }


@pytest.mark.parametrize("shape", ["changes", "list", "fields"])
@pytest.mark.parametrize("holder", [*framed([["a"], ["b"]]), "csv", "parquet", "two files"])
def test_every_holder_of_a_table_gives_the_same_events(tmp_path, shape, holder):
    rows, mapping = {
        "changes": (lively(60), VARIANTS["other"]),
        "list": (listed(60), evolve(LIST, other="open")),
        "fields": (chained(20), HISTORIES["old"]),
    }[shape]
    path = written(tmp_path, rows, "log.csv")
    files = {"csv": path, "parquet": tmp_path / "log.parquet"}
    files["two files"] = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    if holder == "parquet":
        pq.write_table(pa.table(framed(rows)["pandas"]), files["parquet"])
    elif holder == "two files":
        whole = pa.table(framed(rows)["pandas"])
        for part, name in ((whole[:9], "a.parquet"), (whole[9:], "b.parquet")):
            pq.write_table(part, tmp_path / name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log = table.read(path, mapping)
        got = frames.events(files.get(holder) or framed(rows)[holder], mapping)
        pieces = joined(got.batches())
        got = got.whole()
    assert events_of(pieces) == [*log.events]
    assert events_of(got.raw) == [*log.events]
    assert got.told.log.findings == log.findings


TYPED = pd.DataFrame(
    {
        "ticket": [7, 8, 9],
        "made": pd.to_datetime(["2026-03-29 02:30", "2026-03-02 10:00", "2026-10-25 02:30"]),
        "done": pd.to_datetime(["2026-04-01 12:00", None, "2026-11-01 12:00"], utc=True),
        "count": [1.0, None, 2.5],
        "flag": [True, False, None],
        "group": pd.Categorical(["a", None, "b"]),
    }
)
TYPES = table.TableMapping(
    name="typed",
    shape="list",
    ticket="ticket",
    created="made",
    solved="done",
    group="group",
    keep=("count", "flag"),
    stamps=table.StampFormat("%d/%m/%Y %H:%M"),
)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_timestamps_are_taken_as_they_are_and_other_cells_as_text(unit):
    frame = TYPED.astype({"made": f"datetime64[{unit}]", "done": f"datetime64[{unit}, UTC]"})
    log = frames.events(frame, TYPES, tz=BERLIN)
    first, solved, other, last = (log.raw.event(row) for row in (0, 1, 2, 3))
    assert (first.ticket_id, first.at) == ("7", datetime(2026, 3, 29, 1, tzinfo=UTC))
    assert solved.at == datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert dict(first.fields)["custom.count"] == "1"
    assert dict(last.fields)["custom.count"] == "2.5"
    assert dict(last.fields)["custom.group"] == "b"
    assert {"custom.count", "custom.group"}.isdisjoint(dict(other.fields))
    assert last.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    odd = [found.code for found in log.told.log.findings]
    assert odd == ["skipped_time", "ambiguous_time", "list_export"]


def test_timestamps_are_read_the_same_by_the_reader_of_rows(monkeypatch):
    """What columns do not answer is read from the same instants."""

    def by_rows_alone(*_):
        raise NeedsRows

    want = frames.events(TYPED, TYPES, tz=BERLIN)
    ways = {**mapped_module.WAYS, "list": by_rows_alone}
    monkeypatch.setattr(mapped_module, "WAYS", ways)
    got = frames.events(TYPED, TYPES, tz=BERLIN)
    assert events_of(got.raw) == events_of(want.raw)
    assert got.told.log == want.told.log


def test_a_local_timestamp_needs_a_zone():
    with pytest.raises(InvalidLog, match="a time without a zone"):
        frames.events(TYPED, TYPES)


def test_a_column_of_lists_is_refused_by_its_name():
    rows = pa.table({"ticket": ["7"], "made": ["2026-03-02T09:00Z"], "group": [["a"]]})
    plain = evolve(TYPES, stamps=table.StampFormat(), solved=None, keep=())
    with pytest.raises(InvalidLog, match="'group'"):
        frames.events(rows, plain)


def test_a_mapping_is_said_by_its_name_or_its_path():
    rows = pa.table(
        {
            "ticket_id": ["7", "7"],
            "field_name": ["status", "status"],
            "updated": ["2026-03-02 09:00:00", "2026-03-02 11:00:00"],
            "user_id": ["1", "2"],
            "value": ["new", "solved"],
        }
    )
    path = Path(table.__file__).parent / "mappings" / "zendesk-field-history.toml"
    roles = Account(roles={"1": "customer", "2": "agent"})
    by_name = frames.events(rows, "zendesk-field-history", account=roles)
    by_path = frames.events(rows, path, account=roles)
    assert [event.role for event in events_of(by_name.raw)] == ["customer", "agent"]
    assert events_of(by_name.raw) == events_of(by_path.raw)


def test_what_an_adapter_has_read_rides_along_with_its_events(tmp_path):
    log = table.read(written(tmp_path, lively()), VARIANTS["other"])
    got = frames.events(log)
    same(((got, []), ([], []))[0], (log, []))


DATES = st.sampled_from(
    [
        *("2026-03-02", "29/2/2016", "3/2/16", "02.03.2026", "02/Mar/26", "2. März 2026"),
        *("99/99/2026", "2026-02-29", "2026-13-01", "2026-04-31", "31/4/2026", "0000-01-01"),
    ]
)
TIMES = st.sampled_from(
    [
        *(" 09:00", " 9:05", "T24:00", "T09:00:00", " 09:00:60", " 09:60", " 11:30 PM"),
        *(" 0:10 AM", " 12:00 AM", " 13:00 PM", " 24:00", ""),
    ]
)
ENDS = st.sampled_from(["", "Z", "+01:00", "+0130", "-23:59", "+24:00", ".5", ".123456789", " x"])
FORMATS = (
    *("iso", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%y %H:%M", "%d.%m.%Y %H:%M:%S"),
    *("%d/%b/%y %I:%M %p", "%d. %B %Y %H:%M", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%d %H:%M:%S.%f"),
)


@given(
    texts=st.lists(
        st.tuples(DATES, TIMES, ENDS).map("".join)
        | st.text("0123456789-:/ TZ.+", max_size=25)
        | st.datetimes().map(str)
        | st.datetimes(timezones=st.timezones()).map(str),
        min_size=1,
        max_size=6,
    ),
    formats=st.lists(st.sampled_from(FORMATS), min_size=1, max_size=4, unique=True),
    zone=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
)
@example(
    texts=[
        *("2026-03-02 09:60", "2026-03-02 09:59:60", "2026-02-29 09:00", "2026-02-28 24:00"),
        *("31/4/2026 9:05", "30/4/2026 9:05", "29/2/2100 9:05", "0/4/2026 9:05", "1/13/2026 9:05"),
        *("30/4/2026 9:60", "30/4/2026 24:00", "29/2/2016 23:59", "2026-03-02 09:00+01:60"),
    ],
    formats=["iso", "%d/%m/%Y %H:%M"],
    zone="Europe/Berlin",
)
def test_stamps_are_read_as_the_adapter_reads_each(texts, formats, zone):
    forms = [table.StampFormat(each, ("en", "de")) for each in formats]
    ours, theirs = (Instants(forms, ZoneInfo(zone), Findings("x", lenient=True)) for _ in range(2))
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    codes = np.array([places[text] for text in texts], np.int32)
    column = TextColumn(codes, pa.array(list(places), pa.string()))
    try:
        theirs.choose(text for text in texts if text)
    except InvalidLog as error:
        with pytest.raises(InvalidLog, match=re.escape(str(error))):
            stamped([column], ours, {""})
        return
    (got,) = stamped([column], ours, {""})
    assert ours.formats == theirs.formats
    for place, text in enumerate(texts):
        try:
            want = micros(theirs.parsed(text, 1)), theirs.odd.get(text, "")
        except ValueError:
            want = None
        code, instant = int(got.odd[place]), got.at.tolist()[place]
        assert (None if code == BAD or not text else (instant, ODD[code])) == want


VENDORS = Path(__file__).parents[1] / "data" / "vendors"
EXPORTS = {
    "zendesk/view_export.csv": "zendesk-view",
    "freshdesk/tickets_export.csv": "freshdesk-tickets",
    "freshdesk/tickets_export_us.csv": "freshdesk-tickets",
    "jira/issues_export.csv": "jira-issues",
}


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("name", EXPORTS)
def test_exports_of_systems_are_read_as_the_adapter_reads_them(name, lenient):
    path, mapping = VENDORS / name, table.named(EXPORTS[name])
    more = {"account": Account(tz="Europe/Berlin"), "lenient": lenient}
    got = answer(lambda: mapped_file(path, mapping, **more))
    same(got, by_rows(path, mapping, **more))


def shipped_rows(mapping, count=40):
    """Rows that hold the columns of a shipped mapping, with words that it names."""
    stamps = ("at", "created", "solved", "closed", "updated", "settled", "first_reply")
    held = {key: ["1", "2", "3", *mapping.missing] for key in mapping.columns}
    held |= dict.fromkeys(mapping.status, [*mapping.categories] or ["1"])
    days = [f"2026-03-{day:02} 09:{day:02}:00" for day in range(1, 29)]
    held |= {getattr(mapping, role): days for role in stamps}
    held |= {mapping.field: [*mapping.changed], mapping.line: [*mapping.lines]}
    values = [*mapping.categories, *mapping.priorities, "x"]
    held |= {mapping.value: values, mapping.old: values}
    held |= {mapping.priority: [*mapping.priorities, "odd"]}
    names = [*dict.fromkeys(mapping.columns)]
    rows = []
    for number in range(count):
        row = {
            name: (own := held[name])[number * (3 + place) % len(own)]
            for place, name in enumerate(names)
        }
        row[mapping.ticket] = f"T{number if mapping.shape == 'list' else number // 4}"
        rows.append([row[name] for name in names])
    return [names, *rows]


@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
@pytest.mark.parametrize("form", table.NAMED)
def test_every_shipped_mapping_is_read_by_columns_as_by_rows(tmp_path, form, lenient):
    mapping = table.named(form)
    rows = shipped_rows(mapping)
    more = {"account": Account(tz="UTC"), "lenient": lenient}
    got = answer(lambda: mapped(arrow(rows), mapping, **more))
    same(got, by_rows(written(tmp_path, rows), mapping, **more))
