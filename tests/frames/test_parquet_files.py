"""Parquet files of events: a column a field, and every event comes back as it was."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from frames.event_strategies import EVENTS, LOG, exactly
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet as pq

from support_model import frames
from support_model._columns.event_tables import MIXED
from support_model._files import parquet_events
from support_model.errors import InvalidLog, InvalidRow
from support_model.events import Changed, Worked
from support_model.serde import Findings, read_events, read_logs, write_events


def changes(values):
    some = {"ticket_id": "T", "at": LOG[0].at, "role": "bot"}
    return [Changed(**some, fields={"custom.a": value}) for value in values]


@given(st.lists(EVENTS, max_size=8), st.sampled_from([100_000, 3]))
def test_every_event_comes_back_from_parquet(events, waiting):
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(parquet_events, "_WRITTEN", waiting)
        path = Path(folder) / "log.parquet"
        assert write_events(events, path) == len(events)
        assert exactly(read_events(path)) == exactly(events)
        raw = frames.events(path).raw
        assert exactly([raw.event(row) for row in range(raw.size)]) == exactly(events)
        assert frames.events(path).rows == len(events)
        assert [each.name for each in Path(folder).iterdir()] == [path.name]


def test_a_field_has_the_type_of_its_values(tmp_path):
    path = tmp_path / "log.parquet"
    write_events(LOG, path)
    found = duckdb.read_parquet(str(path))
    types = dict(zip(found.columns, map(str, found.types), strict=True))
    assert {name: kind for name, kind in types.items() if name.startswith("custom.")} == {
        "custom.at": "TIMESTAMP WITH TIME ZONE",
        "custom.flag": "BOOLEAN",
        "custom.number": "DOUBLE",
        "custom.text": "VARCHAR",
        "custom.whole": "BIGINT",
        "custom.words": "VARCHAR[]",
    }
    assert "schema" not in found.columns
    assert pl.read_parquet(path)["status"].to_list()[:2] == ["open", "open"]


@pytest.mark.parametrize(
    "values",
    [[1, "1"], [1, True, 1.0], [2**63], [frozenset(), "a"], [0.5, LOG[0].at, None, -(2**70)]],
    ids=range(5),
)
def test_values_of_several_types_keep_theirs(values, tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_events, "_WRITTEN", 1)
    path = tmp_path / "log.parquet"
    write_events(changes(values), path)
    assert exactly(read_events(path)) == exactly(changes(values))
    assert pq.read_schema(path).field("custom.a").type.num_fields == MIXED.num_fields


def test_lengths_are_microseconds_to_an_engine_that_has_none(tmp_path):
    path = tmp_path / "log.parquet"
    worked = [event for event in LOG if isinstance(event, Worked)]
    write_events(worked, path)
    whole = pa.table({**pq.read_table(path).to_pydict(), "duration": [300_000_001]})
    with pytest.raises(InvalidRow, match="unit='us'"):
        frames.events(whole)
    assert frames.events(whole, unit="us").raw.event(0) == worked[0]


def broken(tmp_path, rows=(3, 7)):
    path = tmp_path / "log.parquet"
    write_events(changes([str(n) for n in range(10)]), path)
    table = pq.read_table(path)
    types = table["type"].to_pylist()
    for row in rows:
        types[row] = "chnaged"
    place = table.column_names.index("type")
    pq.write_table(table.set_column(place, "type", pa.array(types)), path)
    return path


def test_a_row_that_is_no_event_is_placed(tmp_path):
    path = broken(tmp_path)
    with pytest.raises(InvalidLog) as caught:
        list(read_events(path))
    assert (caught.value.file, caught.value.line) == ("log.parquet", 4)
    assert "did you mean 'changed'" in str(caught.value)


def test_a_lenient_reading_leaves_out_the_rows_that_are_no_events(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_events, "_READ", 4)
    path = broken(tmp_path)
    findings = Findings("log.parquet", lenient=True)
    values = [dict(event.fields)["custom.a"] for event in read_events(path, findings=findings)]
    assert values == [str(n) for n in range(10) if n not in (3, 7)]
    (found,) = findings.all()
    assert (found.code, found.count, found.lines) == ("no_event", 2, (4, 8))


def test_a_log_is_placed_by_its_row(tmp_path):
    path = tmp_path / "log.parquet"
    write_events([LOG[0], *changes(["a"])], path)
    with pytest.raises(InvalidLog, match="line 2: no creation"):
        read_logs(path)


def test_the_form_with_fields_in_one_text_is_refused(tmp_path):
    path = tmp_path / "log.parquet"
    pq.write_table(pa.table({"type": ["created"], "fields": ["{}"]}), path)
    with pytest.raises(InvalidLog, match="each field has a column of its own"):
        list(read_events(path))


def test_a_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "log.parquet"
    write_events(LOG, path)
    table = pq.read_table(path).replace_schema_metadata({"schema": "support_model.events/2"})
    pq.write_table(table, path)
    with pytest.raises(InvalidLog, match=r"an unknown version: 'support_model\.events/2'"):
        list(read_events(path))
