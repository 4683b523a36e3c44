"""The command `events` says of a table by columns what it says of its events one by one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from frames.histories import logs
from frames.test_mapped import DATA, beside, shipped_rows, written
from hypothesis import given, settings
from hypothesis import strategies as st

from support_model import frames
from support_model.__main__ import _parser
from support_model._cli import log_commands
from support_model._files import parquet_events
from support_model.adapters import EventLog, table, told_of
from support_model.errors import InvalidValue, SupportModelError
from support_model.events import Changed, Created, Message
from support_model.serde import read_events, write_events
from support_model.vocabulary import Status

SOUND = "zendesk-ticket-table"
HOUR = timedelta(hours=1)


def answer(arguments, out=None):
    """What the command says, or the error that it raises, and the events that it has written."""
    more = [] if out is None else ["--out", str(out)]
    asked = _parser("events").parse_args(["events", *map(str, arguments), *more])
    try:
        said = log_commands.events_read(asked)
    except SupportModelError as error:
        return f"{type(error).__name__}: {error}", []
    return said, [] if out is None else [*read_events(out)]


def both(monkeypatch, *arguments, out=None):
    """The answers by columns and row by row, and whether the table was read by columns."""
    real, met = log_commands._by_columns, []
    with monkeypatch.context() as patch:
        patch.setattr(
            log_commands, "_by_columns", lambda *given: met.append(real(*given)) or met[0]
        )
        columns = answer(arguments, out)
        patch.setattr(log_commands, "_by_columns", lambda *_: None)
        return columns, answer(arguments, out), met[0] is not None


@pytest.mark.parametrize("ending", [None, "parquet"])
@pytest.mark.parametrize("form", table.NAMED)
def test_tables_of_shipped_mappings(tmp_path, form, ending, monkeypatch):
    path = written(tmp_path, shipped_rows(table.named(form)), "log.csv")
    config = tmp_path / "account.toml"
    config.write_text(
        '[roles]\nagent = ["1"]\ncustomer = ["Nobody"]\n[statuses]\nopen = ["Odd"]\n'
    )
    out = None if ending is None else tmp_path / f"out.{ending}"
    for more in ((), ("--config", config)):
        columns, rows, _ = both(monkeypatch, path, "--from", form, "--tz", "UTC", *more, out=out)
        assert columns == rows


def test_a_sound_table_is_read_by_columns(tmp_path, monkeypatch):
    path = written(tmp_path, shipped_rows(table.named(SOUND)), "log.csv")
    columns, rows, read = both(monkeypatch, path, "--from", SOUND, "--tz", "UTC")
    assert columns == rows
    assert read
    for more in (["--lenient"], ["--check"], ["--out", tmp_path / "out.jsonl"]):
        asked = map(str, ["events", path, "--from", SOUND, "--tz", "UTC", *more])
        arguments = _parser("events").parse_args(list(asked))
        options = log_commands.options_of(arguments)
        found = log_commands._by_columns([path], options, arguments.out, None)
        assert (found is None) is (more != ["--check"])


FORMS = ["jsonl", "csv", "jsonl.gz", "csv.gz", "parquet"]


@given(logs(), st.sampled_from(FORMS), st.sampled_from([None, "parquet"]), st.booleans())
@settings(max_examples=30)
def test_files_of_events(log, form, ending, named):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / f"log.{form}"
        write_events(log, path)
        out = None if ending is None else Path(folder) / f"out.{ending}"
        asked = ["--from", "events"] if named else []
        columns, rows, _ = both(patch, path, *asked, out=out)
        assert columns == rows


NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = Status("new", "new")
ANN = {"role": "agent", "actor": "ann"}
OWN_LOG = [
    Created(ticket_id="T2", at=NINE, role="customer", actor="eve", fields={"status": NEW}),
    Created(ticket_id="T1", at=NINE, role="system", fields={"status": NEW, "agent": "bob"}),
    Message(ticket_id="T2", at=NINE + HOUR, public=True, **ANN),
    Message(ticket_id="T2", at=NINE + HOUR, public=True, **ANN),  # said twice
]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_falls_may_hold_rows_of_one_instant(tmp_path, form, monkeypatch):
    """Which of them came first is known where the whole file is turned round, row by row."""
    path = tmp_path / f"log.{form}"
    late, early = OWN_LOG[0], OWN_LOG[1]
    solved = Changed(ticket_id="T2", at=NINE, fields={"status": Status("solved", "solved")}, **ANN)
    write_events([late, solved, evolve(early, at=NINE - HOUR)], path)
    columns, rows, _ = both(monkeypatch, path, out=tmp_path / "out.parquet")
    assert columns == rows


@pytest.mark.parametrize("form", FORMS)
def test_sound_files_of_events_are_read_by_columns(tmp_path, form, monkeypatch):
    path, config = tmp_path / f"log.{form}", tmp_path / "account.toml"
    config.write_text('[roles]\nagent = ["ann", "Nobody"]\n')
    told = told_of(EventLog(events=(), undated={"status"}, left_out={"a column": 3}))
    write_events(OWN_LOG, path, **({"told": lambda: told} if form == "jsonl" else {}))
    for asked in ([], ["--from", "events"], ["--config", config]):
        columns, rows, read = both(monkeypatch, path, *asked, out=tmp_path / "out.parquet")
        assert columns == rows
        assert read
    columns, rows, _ = both(monkeypatch, path, path)
    assert columns == rows
    assert ("message", "1", "1") in [row[:3] for row in columns[0].tables[0].rows]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ticket_id,at,type,role\n",
        "ticket_id,at,type,role\nT1,2026-03-02,created,agent\n",
        "ticket_id,at,type,role\nT1,2026-03-02T09:00:00Z,message,agent\n",
        "ticket_id,at,type,role\nT1,2026-03-02T09:00:00Z,acknowledged,agent\n",
        "ticket_id,at,type,role\nT1,2026-03-02T09:00:00Z,created,agent\n,,,\n",
    ],
)
def test_odd_files_of_events(tmp_path, text, monkeypatch):
    path = tmp_path / "log.csv"
    path.write_text(text)
    for asked in ([], ["--from", "events"], ["--from", "events", "--lenient"]):
        columns, rows, _ = both(monkeypatch, path, *asked)
        assert columns == rows


@beside
def test_a_real_log_is_read_by_columns(monkeypatch):
    columns, rows, read = both(monkeypatch, DATA / "bpi2013_incidents.csv.gz", "--from", "bpi2013")
    assert columns == rows
    assert read


def test_a_log_by_columns_is_written_as_its_events_are(tmp_path):
    rows = written(tmp_path, shipped_rows(table.named("zendesk-ticket-table")), "log.csv")
    log = frames.events(rows, "zendesk-ticket-table", tz="UTC", lenient=True).whole()
    events = [log.raw.event(row) for row in range(log.raw.size)]
    paths = tmp_path / "columns.parquet", tmp_path / "rows.parquet"
    assert write_events(log, paths[0]) == write_events(events, paths[1]) == len(events)
    assert [*read_events(paths[0])] == [*read_events(paths[1])] == events
    nothing = frames.Events.of([])
    assert write_events(nothing, paths[0]) == 0 == len([*read_events(paths[0])])
    with pytest.raises(InvalidValue, match="by columns"):
        write_events(log, tmp_path / "log.jsonl")


def test_pieces_of_a_long_log_are_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_events, "_WRITTEN", 7)
    test_a_log_by_columns_is_written_as_its_events_are(tmp_path)
