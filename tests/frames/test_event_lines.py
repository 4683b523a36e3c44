"""Files of events in text by columns: what the reader of rows makes of them, error for error."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from frames.event_strategies import EVENTS, LOG, exactly
from hypothesis import given
from hypothesis import strategies as st
from serde.broken import broken

from support_model import frames
from support_model._columns import event_lines
from support_model._frames import sources
from support_model.errors import InvalidLog
from support_model.events import Acknowledged, Message, Promised
from support_model.serde import event_to_data, read_events, write_events
from support_model.vocabulary import Priority

FORMS = ["jsonl", "csv", "jsonl.gz", "csv.gz"]


def by_columns(path, **how):
    raw = frames.events(path, **how).raw
    return [raw.event(row) for row in range(raw.size)]


def either(read, path):
    """The events of a file, or what is said of it."""
    try:
        return exactly(list(read(path)))
    except InvalidLog as error:
        return str(error)


@given(st.lists(EVENTS, max_size=6), st.sampled_from(FORMS))
def test_files_are_read_by_columns_as_by_rows(events, form):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"log.{form}"
        try:
            write_events(events, path)
        except InvalidLog:  # a NUL character in CSV
            return
        assert exactly(by_columns(path)) == exactly(list(read_events(path)))


@given(broken([event_to_data(event) for event in LOG]))
def test_what_is_broken_is_said_as_by_rows(rows):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
        assert either(by_columns, path) == either(read_events, path)
        compact = "".join(f"{json.dumps(row, separators=(',', ':'))}\n" for row in rows)
        path.write_text(compact, "utf-8")
        assert either(by_columns, path) == either(read_events, path)


@pytest.mark.parametrize("form", FORMS)
def test_plain_files_take_no_reader_of_rows(form, tmp_path, monkeypatch):
    path = tmp_path / f"log.{form}"
    write_events(LOG, path)
    monkeypatch.setattr(sources, "read_events", None)
    assert exactly(by_columns(path)) == exactly(LOG)


@pytest.mark.parametrize("block", [64, 3_000])
@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz"])
def test_blocks_of_lines_are_one_log(form, block, tmp_path, monkeypatch):
    monkeypatch.setattr(event_lines, "BLOCK", block)
    path = tmp_path / f"log.{form}"
    write_events(LOG * 3, path)
    assert exactly(by_columns(path)) == exactly(LOG * 3)


ROW = (
    '{"type":"message","ticket_id":"T1","at":"2026-03-02T09:00:00+00:00","role":"agent","public":'
)
CHANGE = ROW.replace('"message"', '"changed"').removesuffix('"public":')
LINES = [
    f"{ROW}true}}\n\n{ROW}false}}",
    f"\N{ZERO WIDTH NO-BREAK SPACE}{ROW}true}}\r\n{ROW}false}}\r\n",
    f'{{"schema": "support_model.events/1"}}\n{ROW}true}}\n',
    f'{{"schema": "support_model.events/2"}}\n{ROW}true}}\n',
    f'{ROW}true}}\n{{"schema": "support_model.events/1", "log": {{"form": "x"}}}}\n',
    f'{ROW}true,"actor":null}}',
    f'{ROW}true,"until":null}}',
    f'{ROW}true,"public":true}}',
    f'{ROW}"true"}}',
    f'{ROW}true,"actor":""}}',
    f'{ROW}true,"seq":1.0}}',
    f'{ROW}true,"actor":"\\ud800"}}',
    f'{ROW}true,"actor":",\\"fields\\":{{}}"}}',
    f'{ROW}true,"fields":{{}}}}',
    f'{CHANGE}"fields":{{"group":"a"}}}}',
    f'{CHANGE}"fields":{{"group":"a","group":"b"}}}}',
    f'{CHANGE}"fields":{{"group":"a"}},"fields":{{"group":"b"}}}}',
    f'{CHANGE}"fields":{{"group":"a"}},"until":"2026-03-03T09:00:00Z"}}',
    f'{CHANGE}"fields":{{"group":"a"}},"until":"2026-03-03T09:00:00"}}',
    f'{CHANGE}"fields":{{"group":"a"}},"until":""}}',
    f'{CHANGE}"fields":{{"custom.a":",\\"until\\":\\"x"}}}}',
    f'{CHANGE}"fields":{{"custom.a":1e999}}}}',
    f'{CHANGE}"fields":{{"custom.a":{{"instant":"2026-03-03T09:00:00Z"}},"custom.b":[]}}}}',
    f'{CHANGE}"fields":{{"agent":null,"priority":{{"name":"p","rank":1}}}}}}',
    f'{CHANGE}"fields":{{"priority":"high"}}}}',
    f'{CHANGE}"fields":[]}}',
    f'{CHANGE}"until":"2026-03-03T09:00:00Z","fields":{{"group":"a"}}}}',
    f"{ROW.replace('T09:00:00+00:00', 'T09:00:00')}true}}",
    f"{ROW.replace('2026-03-02T09:00:00+00:00', '')}true}}",
    f"{ROW}true}}\n{ROW}true",
    f"{ROW}true}} {ROW}true}}",
    "[]",
    "",
]


@pytest.mark.parametrize("text", LINES, ids=range(len(LINES)))
def test_any_line_means_what_it_means_to_the_reader_of_rows(text, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(text, "utf-8", newline="")
    assert either(by_columns, path) == either(read_events, path)


CELLS = [
    "type,ticket_id,at,role,public,fields\r\nmessage,T1,2026-03-02T09:00Z,agent,true,\r\n",
    "type,ticket_id,at,role,public,fields\r\nmessage,'=1,2026-03-02T09:00Z,agent,FALSE,\r\n",
    "type,ticket_id,at,role,public,fields\r\nmessage,''x,2026-03-02T09:00Z,agent,false,\r\n",
    "type,ticket_id,at,role,public,fields\r\nmessage,T1,2026-03-02T09:00Z,agent,1,\r\n",
    "type,ticket_id,at,role,fields,schema\r\nacknowledged,T1,2026-03-02T09:00Z,agent,,2\r\n",
    "type,ticket_id,at,role,fields,schema\r\nacknowledged,T1,2026-03-02T09:00Z,agent,,1\r\n",
    "type,ticket_id,at,role,fields\r\nacknowledged,T1,2026-03-02T09:00Z,agent\r\n",
    "type,ticket_id,at,role,fields,fields\r\nacknowledged,T1,2026-03-02T09:00Z,agent,,\r\n",
    "type,ticket_id,at,role,fields,group\r\nacknowledged,T1,2026-03-02T09:00Z,agent,,\r\n",
    'type,ticket_id,at,role,fields\r\nchanged,T1,2026-03-02T09:00Z,agent,"{""line"":9}"\r\n',
    'type,ticket_id,at,role,fields\r\nchanged,T1,2026-03-02T09:00Z,agent,"{""line"":2}"\r\n',
    "type,ticket_id,at,role,fields,duration\r\nworked,T1,2026-03-02T09:00Z,agent,,5m\r\n",
    "type,ticket_id,at,role,fields,duration\r\nworked,T1,2026-03-02T09:00Z,agent,,1d\r\n",
    "type,ticket_id,at,role,fields\r\nacknowledged,T1,2026-03-02T09:00Z,agent,\r\n\r\n",
    "type,role,fields\r\nacknowledged,agent,\r\n",
]


@pytest.mark.parametrize("text", CELLS, ids=range(len(CELLS)))
def test_any_cell_means_what_it_means_to_the_reader_of_rows(text, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(text, "utf-8", newline="")
    assert either(by_columns, path) == either(read_events, path)


def test_a_withdrawn_promise_takes_no_reader_of_rows(tmp_path, monkeypatch):
    path = tmp_path / "log.jsonl"
    some = {"ticket_id": "T1", "at": LOG[0].at, "role": "agent"}
    log = [Promised(**some, metric="resolution", due=None), Acknowledged(**some)]
    write_events(log, path)
    monkeypatch.setattr(sources, "read_events", None)
    assert by_columns(path) == log


def test_priorities_by_name_are_those_that_are_said(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(f'{CHANGE}"fields":{{"priority":"A"}}}}\n', "utf-8")
    (event,) = by_columns(path, priorities=["B", "A"])
    assert dict(event.fields) == {"priority": Priority("A", 2)}
    assert isinstance(next(read_events(path, priorities=[Priority("A", 2)])), type(event))


def test_after_an_odd_row_the_reader_of_rows_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(event_lines, "BLOCK", 200)
    path = tmp_path / "log.jsonl"
    odd = f'{ROW}true, "actor": null}}'
    path.write_text("\n".join([f"{ROW}true}}"] * 5 + [odd] + [f"{ROW}false}}"] * 5), "utf-8")
    events = by_columns(path)
    assert [event.public for event in events] == [True] * 6 + [False] * 5
    assert all(isinstance(event, Message) for event in events)


def test_what_columns_cannot_hold_is_refused(tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_text(f'{ROW}true,"seq":99999999999999999999}}', "utf-8")
    with pytest.raises(InvalidLog, match="a value that columns cannot hold"):
        by_columns(path)
    with pytest.raises(InvalidLog, match="a value that columns cannot hold"):
        frames.events([Message(ticket_id="\ud800", at=LOG[0].at, role="bot", public=True)])
