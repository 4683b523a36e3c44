"""The command `events` says of a table by columns what it says of its events one by one."""

import pytest
from frames.test_mapped import DATA, beside, shipped_rows, written

from support_model import frames
from support_model.__main__ import _parser
from support_model._cli import log_commands
from support_model._files import parquet_events
from support_model.adapters import table
from support_model.errors import InvalidValue, SupportModelError
from support_model.serde import read_events, write_events

SOUND = "zendesk-ticket-table"


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
