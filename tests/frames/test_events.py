"""Rows of events from any source: the same log, or the refusal that the events themselves give."""

from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from frames.event_strategies import EVENTS, LOG, exactly
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, ipc
from pyarrow import parquet as pq

from support_model import frames
from support_model._columns.event_columns import raw_of_events
from support_model._columns.event_tables import table_of_raw
from support_model.adapters import EventLog
from support_model.serde import write_events
from support_model.vocabulary import Priority, Status

LOGS = st.lists(EVENTS, max_size=6)
TABLE = table_of_raw(raw_of_events(LOG))


def read(source, **how):
    raw = frames.events(source, **how).raw
    return [raw.event(row) for row in range(raw.size)]


def plain(table):
    """A table whose texts are no dictionaries, as most sources hand it over."""
    return table.cast(
        pa.schema(
            [
                (part.name, pa.string() if pa.types.is_dictionary(part.type) else part.type)
                for part in table.schema
            ]
        )
    )


def files(folder):
    """A log as files in every form that is read."""
    folder = Path(folder)
    pq.write_table(TABLE, folder / "a.parquet")
    pq.write_table(plain(TABLE), folder / "b.parquet", row_group_size=2, use_dictionary=False)
    feather.write_feather(plain(TABLE), folder / "c.feather")
    with ipc.new_stream(folder / "d.arrow", TABLE.schema) as sink:
        sink.write_table(TABLE)
    with ipc.new_file(folder / "e.ipc", TABLE.schema) as sink:
        sink.write_table(TABLE)
    for name in ("f.csv", "g.csv.gz", "h.jsonl", "i.jsonl.gz"):
        write_events(LOG, folder / name)
    return sorted(folder.iterdir())


@given(LOGS)
def test_rows_of_a_table_are_the_events_that_it_was_made_of(events):
    table = table_of_raw(raw_of_events(events))
    for given_table in (table, plain(table), pl.from_arrow(table), pl.from_arrow(table).lazy()):
        assert exactly(read(given_table)) == exactly(events)


def with_clock(table):
    """A relation of DuckDB under a session whose clock is far from UTC."""
    session = duckdb.connect()
    session.execute("set timezone = 'America/New_York'")
    session.register("log", table)
    return session.sql("from log")


def with_categories(table):
    roles = pl.Enum(["third_party", "customer", "agent", "bot", "system"])
    return pl.from_arrow(table).with_columns(
        pl.col("type").cast(pl.Categorical),
        pl.col("role").cast(roles),
        pl.col("tags").cast(pl.List(pl.Categorical)),
        pl.col("at").dt.convert_time_zone("America/New_York"),
    )


def arrow_frame(table):
    return table.to_pandas(types_mapper=pd.ArrowDtype)


ENGINES = {
    "pyarrow reader": pa.Table.to_reader,
    "polars": pl.from_arrow,
    "polars lazy": lambda table: pl.from_arrow(table).lazy(),
    "polars categories": with_categories,
    "pandas": arrow_frame,
    "pandas in another order": lambda table: arrow_frame(table).sample(frac=1, random_state=1),
    "pandas with an index": lambda table: arrow_frame(table).set_index("ticket_id"),
    "duckdb": with_clock,
    "records": lambda _: iter(LOG),
    "a log of an adapter": lambda _: EventLog(events=tuple(LOG)),
    "a log": frames.events,
}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_hands_over_the_same_log(engine):
    events = read(ENGINES[engine](plain(TABLE)))
    assert exactly(sorted(events, key=attrgetter("source_id"))) == exactly(LOG)


def test_an_expression_of_ibis_is_read():
    worked = pc.equal(TABLE["type"].cast(pa.string()), "worked")  # DuckDB has no durations
    table = plain(TABLE).filter(pc.invert(worked)).drop_columns("duration")
    events = [event for event in LOG if event.type != "worked"]
    assert exactly(read(ibis.memtable(table))) == exactly(events)


def test_a_frame_of_pandas_itself_is_read():
    rows = {
        "ticket_id": ["T1", "T1"],
        "at": pd.to_datetime(["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"]),
        "type": pd.Categorical(["created", "message"], ["worked", "message", "created"]),
        "role": ["customer", "agent"],
        "status": ["new", None],
        "public": [None, True],
        "priority": pd.Categorical(["high", None]),
    }
    for unit in ("s", "ms", "us", "ns"):
        frame = pd.DataFrame(rows, index=[7, 3]).assign(at=rows["at"].as_unit(unit))
        events = read(frame)
        assert [event.type for event in events] == ["created", "message"]
        assert events[0].at == datetime(2026, 3, 2, 9, tzinfo=UTC)
        assert dict(events[0].fields) == {
            "status": Status("new", "new"),
            "priority": Priority("high", 2),
        }


def test_files_of_every_form_hold_the_same_log(tmp_path):
    for path in files(tmp_path):
        assert exactly(read(path)) == exactly(LOG), path.name
        assert exactly(read(str(path))) == exactly(LOG)
    both = frames.events([tmp_path / "a.parquet", tmp_path / "h.jsonl"])
    assert both.rows is None
    assert exactly(read(both)) == exactly(LOG + LOG)
