"""Rows read quickly are the events that the checked reading makes of them, or its refusals."""

import json

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model._event_drafts import begun_event, ended_event, plain_event
from support_model._files.event_rows import COLUMNS, _cell, _Cells, _flat, _from_json
from support_model._files.plain_events import PlainRows
from support_model._findings import Findings
from support_model._ticket_data import event_from_data, event_to_data
from support_model.errors import InvalidLog, SupportModelError
from support_model.events import EVENTS, Changed
from support_model.testing import events
from support_model.vocabulary import Priority, Status

JUNK = [None, "", "x", "agent", "open", 0, 1, 3, True, 1.5, 10**400, [], ["a"], [1], {}, {"a": 1}]
JUNK += [{"name": "x", "category": "open"}, {"name": "p", "rank": 2}, {"name": "", "rank": True}]
JUNK += [{"name": "p", "category": "odd"}, {"instant": "2026-03-02T09:00:00+01:00"}, {"name": []}]
JUNK += ["2026-03-02T09:00:00", "2026-03-02T09:00:00+03:00", "0001-01-01T00:00:00+05:00"]
KEYS = [
    "type",
    "ticket_id",
    "at",
    "role",
    "actor",
    "seq",
    "source_id",
    "basis",
    "fields",
    "public",
]
KEYS += ["until", "other", "strange"]
NAMES = ["status", "priority", "line", "management_level", "tags", "group", "agent", "custom.x"]
NAMES += ["custom.", "strange"]
RANKED = (Priority("p", 2), Priority("urgent", 1))


@st.composite
def rows(draw):
    """Draw the data of an event, some of it changed to what it may not be."""
    row = event_to_data(draw(st.sampled_from(draw(events(max_size=6)))))
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        inside = isinstance(row.get("fields"), dict) and draw(st.booleans())
        part = row["fields"] if inside else row
        key = draw(st.sampled_from(NAMES if inside else KEYS))
        if draw(st.integers(0, 3)):
            part[key] = draw(st.sampled_from(JUNK))
        else:
            part.pop(key, None)
    return row


def read(reading, row):
    try:
        return reading(row)
    except SupportModelError as error:
        return type(error), str(error)


def must_be_same(found, expected):
    assert found == expected
    if attrs.has(type(expected)):
        assert type(found) is type(expected)
        assert repr(found) == repr(expected)  # also where True equals 1
        assert found.micros == expected.micros
        assert found.at.tzinfo is expected.at.tzinfo


@given(st.lists(rows(), min_size=1, max_size=8), st.sampled_from([(), RANKED]))
def test_a_row_is_the_event_that_checks_make_of_it(many, priorities):
    plain = PlainRows(priorities)
    for row in many:
        expected = read(lambda row: event_from_data(row, priorities=priorities), row)
        must_be_same(read(plain.event, row), expected)


CELLS = [
    "",
    "'",
    "'T1",
    "'=1",
    "=1",
    "x",
    "agent",
    "created",
    "message",
    "acknowledged",
    "1",
    "007",
]
CELLS += [
    "+1",
    "-2",
    "1.0",
    "1" * 400,
    "\u0661",
    "true",
    "TRUE",
    "false",
    "null",
    "[]",
    "{}",
    '{"a": 1}',
]
CELLS += ['{"status":{"name":"new","category":"new"},"status":1}', '{"custom.x": true}', "2"]
CELLS += ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00", "2026-03-02T09:00:00+03:00", "snapshot"]


@st.composite
def lines_of_csv(draw):
    """Draw the cells of an event, some of them changed to what they may not be."""
    flat = _flat(event_to_data(draw(st.sampled_from(draw(events(max_size=6))))))
    cells = [_cell(flat.get(column)) for column in COLUMNS]
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        cells[draw(st.integers(0, len(COLUMNS) - 1))] = draw(st.sampled_from(CELLS))
    return cells[:-1] if draw(st.integers(0, 20)) == 0 else cells


def is_parts(made):
    """Say whether a reading made parts of an event, and neither an event nor a refusal."""
    return isinstance(made, tuple) and len(made) > 2


@given(st.lists(lines_of_csv(), min_size=1, max_size=8), st.sampled_from([(), RANKED]))
def test_a_line_of_csv_is_the_event_that_checks_make_of_it(many, priorities):
    checked, plain = (
        _Cells("log.csv", [*COLUMNS], each) for each in (None, PlainRows(priorities))
    )
    for cells in many:
        expected = read(
            lambda cells: event_from_data(checked.row(cells, 2), priorities=priorities), cells
        )
        made = read(lambda cells: plain.row(cells, 2), cells)
        if isinstance(made, dict):
            made = read(lambda row: event_from_data(row, priorities=priorities), made)
        must_be_same(plain_event(made) if is_parts(made) else made, expected)


PIECES = ['"', "\\", '"}', '{"a":1}', ',"x":{}', ",", ":", " ", "}", "{", "\t", "'", "0", "\u0661"]
PIECES += [
    '"seq":1,',
    '"status":1,',
    '"type":"created",',
    '"fields":{}',
    "\\u0041",
    "\x01",
    "null",
]


@st.composite
def lines_of_json(draw):
    """Draw the line of an event, written in one way or another, perhaps with something put in."""
    row = draw(rows())
    spaced = {"separators": draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :")]))}
    line = json.dumps(row, ensure_ascii=draw(st.booleans()), **spaced)
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        place = draw(st.integers(0, len(line)))
        line = line[:place] + draw(st.sampled_from(PIECES)) + line[place:]
    return (line + draw(st.sampled_from(["", "\r", " "]))).encode("utf-8", "backslashreplace")


@given(st.lists(lines_of_json(), min_size=1, max_size=8), st.sampled_from([(), RANKED]))
def test_a_line_of_json_is_the_event_that_checks_make_of_it(many, priorities):
    plain, findings = PlainRows(priorities), Findings("log.jsonl")

    def made(line, rows):
        row = _from_json(line, "log.jsonl", 2, findings, rows)
        row = plain_event(row) if is_parts(row) else row
        return event_from_data(row, priorities=priorities) if isinstance(row, dict) else row

    for line in many:
        expected = read(lambda line: made(line, None), line)
        must_be_same(read(lambda line: made(line, plain), line), expected)


PLAIN_LINE = (
    '{"type":"changed","ticket_id":"T1","at":"2026-03-02T09:00:00Z","role":"agent","actor":"ann",'
    '"seq":2,"source_id":"r7","fields":{"status":{"name":"done","category":"solved"}}}'
)


def test_plain_lines_of_json_are_made_at_once():
    rows, findings = PlainRows(), Findings("log.jsonl")
    spaced = json.dumps(json.loads(PLAIN_LINE))
    made = [
        plain_event(_from_json(line.encode(), "log.jsonl", 2, findings, rows))
        for line in (PLAIN_LINE, PLAIN_LINE + "\r", spaced)
    ]
    expected = event_from_data(json.loads(PLAIN_LINE))
    for event in made:
        must_be_same(event, expected)
        assert event.fields is made[0].fields or event is made[2]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("}}}", '}},"fields":{}}'),
        ("}}}", '}},"role":"agent"}'),
        ('"seq":2', '"seq":02'),
        ('"seq":2', '"seq":2,"seq":3'),
        ("r7", "r\t7"),
        ("}}}", "}}}}"),
        ("{", "[{"),
    ],
)
def test_what_is_no_json_is_refused_though_it_begins_as_a_plain_line(old, new):
    line = PLAIN_LINE.replace(old, new, 1).encode()
    with pytest.raises(InvalidLog, match="no JSON"):
        _from_json(line, "log.jsonl", 2, Findings("log.jsonl"), PlainRows())


def test_plain_lines_of_csv_are_made_at_once_and_share_what_is_equal():
    rows = PlainRows()
    fields = '{"status":{"name":"new","category":"new"},"group":"billing"}'
    at = "2026-03-02T09:00:00+00:00"
    told = {"type": "created", "ticket_id": "T1", "at": at, "role": "customer", "fields": fields}
    cells = [{**told, "schema": "1"}.get(column, "") for column in COLUMNS]
    plain = (rows.of_cells(each) for each in (cells, ["created", "T2", *cells[2:]]))
    one, other = map(plain_event, plain)
    assert one.fields is other.fields
    assert one.at is other.at
    assert (one.ticket_id, other.ticket_id) == ("T1", "T2")
    assert plain_event(rows.of_cells(["changed", *cells[1:]])).until is None
    for kind in ("message", "acknowledged", "worked"):
        assert rows.of_cells([kind, *cells[1:]]) is None


@pytest.mark.parametrize("row", [None, [], "text", 1, {}, {"type": "created"}, {"type": []}])
def test_what_is_no_row_is_refused_as_ever(row):
    assert read(PlainRows().event, row) == read(event_from_data, row)


def test_rows_share_what_is_equal_in_them():
    plain = PlainRows()
    row = {
        "type": "created",
        "ticket_id": "T1",
        "at": "2026-03-02T09:00:00+00:00",
        "role": "agent",
        "actor": "ann",
        "fields": {"status": {"name": "new", "category": "new"}, "group": "billing"},
    }
    one, other = plain.event(row), plain.event({**row, "ticket_id": "T2"})
    assert one.actor is other.actor
    assert all(a is b for a, b in zip(one.fields, other.fields, strict=True))


@given(st.data())
def test_an_event_drafted_is_the_event_checked(data):
    event = data.draw(st.sampled_from(data.draw(events(max_size=6))))
    kind = EVENTS[event.type]
    shared = ("ticket_id", "at", "role", "actor", "seq", "source_id", "basis")
    draft = begun_event(kind, *(getattr(event, name) for name in shared))
    for part in attrs.fields(kind):
        if part.init and part.name not in shared:
            setattr(draft, part.name, getattr(event, part.name))
    must_be_same(ended_event(draft, kind), event)
    assert hash(draft) == hash(event)


def test_a_drafted_event_cannot_be_written():
    event = PlainRows().event(
        {
            "type": "changed",
            "ticket_id": "T1",
            "at": "2026-03-02T09:00:00+00:00",
            "role": "agent",
            "fields": {"status": {"name": "done", "category": "solved"}},
        }
    )
    assert type(event) is Changed
    assert dict(event.fields) == {"status": Status("done", "solved")}
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        event.until = event.at
