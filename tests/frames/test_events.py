"""Rows of events from any source: the same log, or a refusal with column and row."""

import gzip
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

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
from support_model._frames import sources
from support_model._time import instant, instant_of_reading
from support_model.adapters import Account, EventLog
from support_model.errors import (
    AmbiguousWallTime,
    DuplicateSequence,
    InvalidEvent,
    InvalidLog,
    InvalidRow,
    InvalidValue,
    MissingCreation,
    UnknownZone,
)
from support_model.events import Created
from support_model.kpi import case_table
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


# --- what a column cannot be ---------------------------------------------------------------------

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROWS = {
    "ticket_id": ["T1", "T1"],
    "at": [AT, AT + timedelta(hours=1)],
    "type": ["created", "message"],
    "role": ["customer", "agent"],
    "status": ["new", None],
    "public": [None, True],
}


def table_with(**columns):
    return pa.table({**ROWS, **columns})


def two(value, kind=None):
    return pa.array([value, None], kind)


WRONG_TYPES = {
    "seq as float": (
        {"seq": two(1.0)},
        "column 'seq' .*'double'; cast it to whole numbers; a join",
    ),
    "ids as floats": (
        {"ticket_id": [1.0, 1.0]},
        "column 'ticket_id' .*'double'; cast it to whole numbers",
    ),
    "scale as text": (
        {"scale": two("[1, 5]")},
        "column 'scale' .*'string'; .*lists of two numbers",
    ),
    "tags as text": ({"tags": two("vip")}, "column 'tags' .*; cast it to lists of text"),
    "flags as numbers": ({"public": [None, 1]}, "column 'public' .*; cast it to true and false"),
    "a date": ({"until": two(AT.date())}, "column 'until' .*'date32.*; cast it to timestamps"),
    "a line as text": ({"line": two("L2")}, "column 'line' .*; cast it to whole numbers"),
    "a line as float": ({"line": two(2.0)}, "column 'line' .*; cast it to whole numbers"),
    "bytes": ({"agent": two(b"ann")}, "column 'agent' .*'binary'; cast it to text"),
    "a decimal": ({"custom.x": two(Decimal("1.5"))}, "column 'custom.x' .*decimal"),
    "a date of one's own": ({"custom.x": two(AT.date())}, "column 'custom.x' .*date32"),
    "views of lists": (
        {"tags": two(["a"], pa.list_view(pa.string()))},
        "column 'tags' .*list_view.*; cast it to lists of text",
    ),
    "a table in a cell": ({"custom.x": two({"a": 1})}, "column 'custom.x' .*struct"),
    "an unknown column": ({"stauts": two("new")}, "unknown column: 'stauts'; .*'status'"),
    "a field of one's own": ({"site": two("a")}, "unknown column: 'site'.*'custom.site'"),
    "fields in one text": ({"fields": two("{}")}, "each field has a column of its own"),
}


@pytest.mark.parametrize("what", WRONG_TYPES)
def test_a_column_of_a_type_that_it_cannot_have_is_refused_by_name(what):
    columns, said = WRONG_TYPES[what]
    with pytest.raises(InvalidLog, match=said):
        frames.events(table_with(**columns))


def test_ids_that_are_whole_numbers_are_text():
    ids = {"ticket_id": [7, 7], "actor": pa.array([None, 2**63], pa.uint64())}
    log = frames.events(table_with(**ids))
    assert log.raw.event(0).ticket_id == "7"
    assert log.raw.event(1).actor == str(2**63)


def test_a_column_twice_or_missing_is_refused():
    names = [*ROWS, "role"]
    double = pa.Table.from_arrays([*table_with().columns, pa.array(["agent"] * 2)], names=names)
    with pytest.raises(InvalidLog, match="a column twice: 'role'"):
        frames.events(double)
    for name in ("ticket_id", "at", "type", "role"):
        with pytest.raises(InvalidLog, match=f"no column '{name}'"):
            frames.events(table_with().drop_columns(name))


WRONG_ROWS = {
    "no ticket": ({"ticket_id": ["T1", None]}, 2, "ticket_id", "every row needs"),
    "an empty ticket": ({"ticket_id": ["T1", ""]}, 2, "ticket_id", "empty text"),
    "no instant": ({"at": [None, AT]}, 1, "at", "every row needs"),
    "no type": ({"type": ["created", None]}, 2, "type", "every row needs"),
    "no role": ({"role": [None, "agent"]}, 1, "role", "every row needs"),
    "an unknown type": ({"type": ["created", "mesage"]}, 2, "type", "did you mean 'message'"),
    "an unknown role": ({"role": ["agnet", "agent"]}, 1, "role", "did you mean 'agent'"),
    "an unknown basis": ({"basis": ["guess", None]}, 1, "basis", "unknown basis: 'guess'"),
    "an unknown category": (
        {"category": ["opne", None]},
        *(1, "category", "did you mean 'open'"),
    ),
    "a status without category": ({"status": ["waiting", None]}, 1, "status", "'category'"),
    "a priority without rank": ({"priority": ["A1", None]}, 1, "priority", "priorities="),
    "a rank without priority": (
        {"priority_rank": [1, None]},
        1,
        "priority_rank",
        "rank of no priority",
    ),
    "a message without public": ({"public": [None, None]}, 2, "public", "'message' events need"),
    "public of a creation": ({"public": [True, True]}, 1, "public", "no part of 'created' events"),
    "fields of a message": ({"group": [None, "a"]}, 2, "group", "no part of 'message' events"),
    "no status": ({"status": [None, None]}, 1, "status", "begins in a status"),
    "a line beyond": ({"line": [6, None]}, 1, "line", "give 1 to 5"),
    "NaN": ({"custom.x": [math.nan, None]}, 1, "custom.x", "not a value of 'custom.x': nan"),
    "an empty actor": ({"actor": ["ann", ""]}, 2, "actor", "make it null"),
    "nothing in a list": ({"tags": [["a", None], None]}, 1, "tags", "drop what is null"),
    "an unknown field emptied": ({"cleared": [["gruop"], None]}, 1, "cleared", "mean 'group'"),
    "a status emptied": ({"cleared": [["status"], None]}, 1, "cleared", "not a value of 'status'"),
    "emptied and set": (
        {"cleared": [["group"], None], "group": ["a", None]},
        *(1, "cleared", "emptied and has a value"),
    ),
    "beyond int64": ({"seq": pa.array([2**63, None], pa.uint64())}, 1, "seq", "beyond int64"),
    "no zone": ({"at": [AT.replace(tzinfo=None)] * 2}, 1, "at", "say which zone"),
    "no zone in text": ({"at": ["2026-03-02 09:00"] * 2}, 1, "at", "say which zone"),
    "no stamp": ({"at": ["2026-03-02T09:00Z", "soon"]}, 2, "at", "not an instant: 'soon'"),
    "a date in text": ({"at": ["2026-03-02T09:00Z", "2026-03-02"]}, 2, "at", "say which zone"),
    "no unit": ({"at": [1772442000, 1772442001]}, 1, "at", "unit='s' or unit='ms'"),
    "no unit of a float": ({"until": [1.5, None]}, 1, "until", "unit='s' or unit='ms'"),
    "nanoseconds": (
        {"at": pa.array([10**18 + 1, 10**18], pa.timestamp("ns", "UTC"))},
        *(1, "at", "round on purpose"),
    ),
    "year 10000": (
        {"at": pa.array([0, 253402300800], pa.timestamp("s", "UTC"))},
        *(2, "at", "outside the years 1 to 9999"),
    ),
    "seconds without end": (
        {"at": pa.array([0, 2**62], pa.timestamp("s", "UTC"))},
        *(2, "at", "outside the years 1 to 9999"),
    ),
    "microseconds without end": (
        {"at": pa.array([0, 2**62], pa.timestamp("us", "UTC"))},
        *(2, "at", "outside the years 1 to 9999"),
    ),
    "microseconds before the first year": (
        {"at": pa.array([0, -(2**62)], pa.timestamp("us", "UTC"))},
        *(2, "at", "outside the years 1 to 9999"),
    ),
    "a scale of three": ({"scale": [[1.0, 2.0, 3.0], None]}, 1, "scale", "two numbers"),
}


@pytest.mark.parametrize("what", WRONG_ROWS)
def test_a_row_that_is_no_event_is_refused_with_its_column(what):
    columns, row, column, said = WRONG_ROWS[what]
    with pytest.raises(InvalidRow, match=said) as caught:
        frames.events(table_with(**columns))
    assert (caught.value.line, caught.value.column) == (row, column)
    assert caught.value.remedy


def test_a_long_value_is_shortened_and_rows_are_counted_over_pieces(monkeypatch):
    monkeypatch.setattr(sources, "PIECE", 2)
    good = table_with()
    bad = pa.table({**ROWS, "type": ["created", "x" * 10_000]})
    batches = [*good.to_batches(), *good.to_batches(), *bad.to_batches()]
    with pytest.raises(InvalidRow, match=r"row 6, column 'type'") as caught:
        frames.events(pa.Table.from_batches(batches))
    assert len(str(caught.value)) < 1_000


def test_a_value_of_its_own_type_is_refused_in_polars_where_it_is_nan():
    rated = {"ticket_id": "T", "at": AT, "type": "rated", "role": "customer", "kind": "csat"}
    frame = pl.DataFrame([{**rated, "score": math.nan, "scale": [1.0, 5.0]}])
    with pytest.raises(InvalidRow, match="NaN, which is no number"):
        frames.events(frame)


# --- instants ------------------------------------------------------------------------------------

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("unit", "factor"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)]
)
def test_numbers_are_instants_by_their_unit(unit, factor):
    seconds = int(AT.timestamp())
    for kind in (int, float):
        table = table_with(at=[kind(seconds * factor), kind((seconds + 1) * factor)])
        assert [event.at for event in read(table, unit=unit)] == [AT, AT + timedelta(seconds=1)]
    parts = table_with(at=pa.array([seconds + 0.123456, seconds + 0.5]))
    assert read(parts, unit="s")[0].at == AT + timedelta(microseconds=123456)
    with pytest.raises(InvalidRow, match="outside the years"):
        frames.events(table_with(at=[10**18, 10**18]), unit="s")
    with pytest.raises(InvalidRow, match="no number"):
        frames.events(table_with(at=pa.array([math.nan, 1.0])), unit=unit)


@given(
    st.lists(
        st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1))
        | st.datetimes(datetime(2026, 3, 29), datetime(2026, 3, 29, 4))
        | st.datetimes(datetime(2026, 10, 25), datetime(2026, 10, 25, 4)),
        min_size=1,
    ),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.booleans(),
)
@pytest.mark.filterwarnings("ignore::support_model.errors.AmbiguousWallTime")
def test_a_local_time_is_read_as_everywhere(stamps, zone, in_text):
    tz = ZoneInfo(zone)
    rows = {name: [values[0]] * len(stamps) for name, values in ROWS.items()}
    given_stamps = [at.isoformat() for at in stamps] if in_text else stamps
    found = read(pa.table({**rows, "at": given_stamps}), tz=tz)
    micros = [(at - at.replace(hour=0, minute=0, second=0, microsecond=0)) for at in stamps]
    wanted = [
        instant(instant_of_reading(tz, at.toordinal(), part // timedelta(microseconds=1)))
        for at, part in zip(stamps, micros, strict=True)
    ]
    assert [event.at for event in found] == wanted


def test_local_times_that_a_clock_skips_or_repeats_are_said():
    odd = [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30)]
    with pytest.warns(
        AmbiguousWallTime, match="2 local times that Europe/Berlin shows twice or ne"
    ):
        found = read(table_with(at=odd), tz=BERLIN)
    assert [event.at for event in found] == [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ]


STAMPS = st.datetimes(
    datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones() | st.just(UTC)
)


@given(st.lists(STAMPS.map(datetime.isoformat), min_size=1, max_size=4))
def test_a_stamp_in_text_is_read_as_python_reads_it(texts):
    rows = {name: [values[0]] * len(texts) for name, values in ROWS.items()}
    found = read(pa.table({**rows, "at": texts}))
    assert [event.at for event in found] == [datetime.fromisoformat(text) for text in texts]


ODD_STAMPS = ["20260302T090000Z", "2026-W10-1T09:00:00Z", "2026-03-02T09:00:00.123456789+01:00:30"]


@pytest.mark.parametrize("text", [*ODD_STAMPS, "2026-03-02 09:00Z", "2026-03-02T09:00:00,5Z"])
def test_any_form_of_iso_8601_is_read(text):
    found = read(table_with(at=[text, "2026-03-02T09:00:00Z"]))
    assert [event.at for event in found] == [datetime.fromisoformat(text), AT]


# --- whole logs ----------------------------------------------------------------------------------


def facts_of(table):
    as_of = datetime(2027, 1, 1, tzinfo=UTC)
    return frames.facts(frames.events(table), as_of=as_of).to_pylist()


def test_the_order_of_rows_and_rows_said_twice_change_nothing():
    table = TABLE.filter(pc.equal(TABLE["ticket_id"].cast(pa.string()), "T1"))
    once = facts_of(table)
    twice = pa.concat_tables([table, table.slice(3), table])
    assert facts_of(twice) == once
    later = table_with()
    assert facts_of(later.take([1, 0])) == facts_of(later)


def test_ties_keep_the_order_given():
    some = {name: [*values, values[1]] for name, values in ROWS.items()}
    some |= {"at": [AT] * 3, "type": ["created", "changed", "changed"], "public": [None] * 3}
    some |= {"status": ["new", None, None], "group": [None, "a", "b"]}
    (fact,) = facts_of(pa.table(some))
    assert fact["group"] == "b"
    (fact,) = facts_of(pa.table({**some, "group": [None, "b", "a"]}))
    assert fact["group"] == "a"
    (fact,) = facts_of(pa.table({**some, "seq": [0, 2, 1]}))
    assert fact["group"] == "a"


def test_two_events_of_one_number_are_no_log():
    with pytest.raises(DuplicateSequence):
        facts_of(table_with(at=[AT, AT], seq=[1, 1]))


def test_a_ticket_without_a_creation_is_no_log():
    with pytest.raises(MissingCreation):
        facts_of(table_with(ticket_id=["T1", "T2"]))
    as_of = datetime(2027, 1, 1, tzinfo=UTC)
    log = frames.events(table_with(ticket_id=["T1", "T2"]))
    assert len(frames.readable_facts(log, as_of=as_of)[0]) == 1


# --- sources -------------------------------------------------------------------------------------


def test_a_frame_is_read_when_it_is_handed_over():
    session = duckdb.connect()
    session.register("given", table_with())
    session.execute("create table log as from given")
    log = frames.events(session.sql("from log"))
    session.execute("insert into log from log")
    session.close()
    assert log.rows == log.raw.size == 2


def test_a_join_that_loses_whole_numbers_is_refused():
    left = pd.DataFrame({"ticket_id": ["T1", "T1"], "n": [0, 1]})
    right = pd.DataFrame({"n": [0], "seq": [2**53 + 1]})
    joined = left.merge(right, how="left", on="n").drop(columns="n")
    for name in ("at", "type", "role", "status", "public"):
        joined[name] = ROWS[name]
    with pytest.raises(InvalidLog, match="a join that found nothing makes floats of them"):
        frames.events(joined)


def test_categories_that_no_row_has_are_no_words():
    kinds = pa.DictionaryArray.from_arrays([2, 0, None], ["message", "nonsense", "created", ""])
    assert [event.type for event in read(table_with(type=kinds.slice(0, 2)))] == [
        "created",
        "message",
    ]
    double = pa.DictionaryArray.from_arrays([0, 1], ["T1", "T1"])
    assert len(frames.events(table_with(ticket_id=double)).raw.ids) == 1


def test_a_priority_has_the_rank_that_is_said():
    def rank(name, **how):
        fields = dict(read(table_with(priority=[name, None]), **how)[0].fields)
        return fields["priority"].rank

    assert rank("Urgent") == 1
    assert rank("P3") == 3
    assert rank("low", priorities=["low", "high"]) == 1
    assert rank("A", priorities=[Priority("A", 4)]) == 4
    table = table_with(priority=["A", None], priority_rank=[2, None])
    assert dict(read(table)[0].fields)["priority"] == Priority("A", 2)
    with pytest.raises(InvalidRow, match="'A' has rank 1"):
        frames.events(table, priorities=["A"])
    with pytest.raises(InvalidEvent, match="a priority twice"):
        frames.events(table, priorities=["A", "A"])
    with pytest.raises(InvalidEvent, match="not priorities"):
        frames.events(table, priorities="A")


def test_a_csv_file_of_columns_is_read(tmp_path):
    text = (
        "ticket_id,at,type,role,status,public,seq,tags,score,scale,kind,custom.site\r\n"
        'T1,2026-03-02T09:00:00Z,created,customer,new,,1,"[""vip""]",,,,"Köln, Süd"\r\n'
        "T1,2026-03-02 10:00:00+01:00,message,agent,,true,2,,,,,\r\n"
        'T1,2026-03-02T12:00:00Z,rated,customer,,,3,,4.5,"[1, 5]",csat,\r\n'
    )
    path = tmp_path / "log.csv"
    for encoded in (text.encode(), b"\xef\xbb\xbf" + text.replace("\r", "").encode()):
        path.write_bytes(encoded)
        created, message, rated = read(path)
        assert dict(created.fields)["tags"] == {"vip"}
        assert dict(created.fields)["custom.site"] == "Köln, Süd"
        assert (message.public, message.seq, message.at) == (True, 2, AT)
        assert (rated.score, rated.scale) == (4.5, (1.0, 5.0))
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert read(packed) == read(path)


@pytest.mark.parametrize(
    ("column", "cell", "remedy"),
    [
        ("seq", "1.0", "a whole number"),
        ("seq", "１", "a whole number"),  # noqa: RUF001 - wide on purpose
        ("public", "1", "true or false"),
        ("score", "nan", "a number"),
        ("tags", "vip", "JSON, as"),
        ("scale", '"[1, ""5""]"', "JSON, as"),
        ("tags", '"[[]]"', "JSON, as"),
    ],
)
def test_a_cell_of_csv_that_cannot_be_read_is_placed(column, cell, remedy, tmp_path):
    path = tmp_path / "log.csv"
    head = f"ticket_id,at,type,role,status,{column}\n"
    first = "T1,2026-03-02T09:00:00Z,created,customer,new,\n"
    path.write_text(f"{head}{first}{first.removesuffix(chr(10))}{cell}\n", "utf-8")
    with pytest.raises(InvalidRow, match=remedy) as caught:
        frames.events(path).raw  # noqa: B018 - reading is what fails
    assert (caught.value.file, caught.value.line, caught.value.column) == ("log.csv", 2, column)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path):
    for name, ticket in (("b.parquet", "T2"), ("a.parquet", "T1")):
        pq.write_table(table_with(ticket_id=[ticket] * 2), tmp_path / name)
    (tmp_path / "_SUCCESS").write_text("")
    log = frames.events(tmp_path)
    assert log.raw.ids.to_pylist() == ["T1", "T2"]
    assert (log.rows, "2 files" in repr(log)) == (4, True)
    seen = []
    assert sum(piece.size for piece in log.batches(seen.append)) == 4
    assert seen == [2, 4]
    (tmp_path / "week=1").mkdir()
    pq.write_table(table_with(), tmp_path / "week=1" / "c.parquet")
    with pytest.raises(InvalidLog, match="a folder whose name holds a column: 'week=1'"):
        frames.events(tmp_path)


def test_what_is_no_log_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "log.parquet").write_bytes(b"PAR1")
    (tmp_path / "log.arrow").write_bytes(b"ARROW1 and more")
    (tmp_path / "log.csv").write_bytes(b"\xff\xfe")
    (tmp_path / "log.csv.gz").write_bytes(b"no gzip")
    (tmp_path / "log.xlsx").write_bytes(b"")
    for name in (
        "empty",
        "log.parquet",
        "log.arrow",
        "log.csv",
        "log.csv.gz",
        "log.xlsx",
        "none.csv",
    ):
        with pytest.raises(InvalidLog):
            frames.events(tmp_path / name).raw  # noqa: B018 - reading is what fails
    for thing in (3, {"at": []}, b"x", None):
        with pytest.raises(InvalidLog, match="nothing that rows can be read of"):
            frames.events(thing)
    with pytest.raises(InvalidEvent):
        frames.events([1])
    with pytest.raises(InvalidLog, match="what Arrow cannot take over"):
        frames.events(pd.DataFrame({"ticket_id": ["T1", 2]}))
    with pytest.raises(UnknownZone, match="unknown time zone"):
        frames.events(table_with(), tz="Europe/Berlim")
    with pytest.raises(InvalidValue, match="unknown unit of time"):
        frames.events(table_with(), unit="min")


def test_a_packed_file_that_expands_without_measure_is_refused(tmp_path):
    path = tmp_path / "log.csv.gz"
    head = b"ticket_id,at,type,role,status\n"
    row = b"T1,2026-03-02T09:00:00Z,created,customer,new\n"
    path.write_bytes(gzip.compress(head + row * 1_000_000))
    with pytest.raises(InvalidLog, match="expands without measure"):
        frames.events(path).raw  # noqa: B018 - reading is what fails


def test_nothing_is_a_log_too():
    assert frames.events(table_with().slice(2)).rows == 0
    assert frames.events([]).rows == 0
    assert frames.events(pl.from_arrow(table_with()).lazy().limit(0)).raw.size == 0


CREATIONS = pd.DataFrame(
    {
        "ticket_id": ["a", "b"],
        "at": ["2026-03-02T09:00:00Z"] * 2,
        "type": "created",
        "role": "customer",
        "status": "new",
    }
)


@pytest.mark.parametrize(
    ("mapping", "option", "remedy"),
    [
        (None, {"account": Account()}, "give the mapping="),
        (None, {"lenient": True}, "give the mapping="),
        ("jira", {"priorities": ["high"]}, "say them in the mapping"),
        ("jira", {"unit": "s"}, "`stamps` of the mapping"),
    ],
)
def test_an_option_that_would_have_no_effect_is_refused(mapping, option, remedy):
    (name,) = option
    with pytest.raises(InvalidValue, match=f"{name}= has no effect here.*{remedy}"):
        frames.events(CREATIONS, mapping, **option)


@pytest.mark.parametrize(
    "option", [{"mapping": "jira"}, {"tz": "UTC"}, {"priorities": ["high"]}, {"unit": "s"}]
)
def test_events_take_no_option_of_how_rows_are_read(option):
    log = frames.events(CREATIONS)
    for source in (log, [log.raw.event(0)], EventLog(events=(log.raw.event(0),))):
        with pytest.raises(InvalidValue, match=r"has no effect here.*events already"):
            frames.events(source, **option)
        assert frames.events(source).rows in (1, 2)


def test_whole_numbers_that_arrow_cannot_hold_are_refused():
    with pytest.raises(InvalidLog, match=r"beyond 64 bits.*make its column text"):
        frames.events(CREATIONS.assign(ticket_id=[2**64, 1]))


def test_ids_that_a_join_made_floats_are_to_be_whole_numbers_first():
    """As text they would be "1016.0", which is the id of no ticket."""
    with pytest.raises(InvalidLog, match=r"\.astype\('Int64'\)"):
        frames.events(CREATIONS.assign(ticket_id=[1016.0, 1017.0]))


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"category": ["new", "nwe"]}, "category"),
        ({"status": ["new", "nwe"]}, "status"),
        ({"priority_rank": [1, 2]}, "priority_rank"),
    ],
)
def test_a_bad_value_is_reported_of_its_own_column(columns, column):
    with pytest.raises(InvalidRow, match="row") as refused:
        frames.events(CREATIONS.assign(**columns))
    assert refused.value.column == column


def test_a_column_in_capitals_is_taken_for_the_known_one():
    with pytest.raises(InvalidLog, match="did you mean 'ticket_id'"):
        frames.events(CREATIONS.rename(columns={"ticket_id": "TICKET_ID"}))


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "ask",
    [
        lambda log: frames.facts(log, as_of=NOON),
        lambda log: frames.evaluate(log, [], as_of=NOON),
        lambda log: frames.partitioned(log, len, partitions=2),
    ],
    ids=["facts", "evaluate", "partitioned"],
)
def test_a_frame_that_is_no_log_is_refused(ask):
    with pytest.raises(InvalidValue, match=r"no log, but a DataFrame.*give frames\.events"):
        ask(CREATIONS)


def test_a_job_that_returns_no_table_is_refused():
    log = frames.events(CREATIONS)
    with pytest.raises(InvalidValue, match=r"returns no Arrow table: 3; return a pyarrow\.Table"):
        list(frames.partitioned(log, lambda _: 3, partitions=2))


def test_times_of_which_some_have_no_zone_can_be_given_theirs():
    """As the page on data frames says: Arrow makes such a column one type before it is read."""
    zone = ZoneInfo("Europe/Berlin")
    given = pd.Series([datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 9)], dtype=object)
    mended = given.map(lambda at: at if at.tzinfo else at.replace(tzinfo=zone))
    events = read(CREATIONS.assign(at=mended.astype(object)))
    assert [event.at for event in events] == [NOON - timedelta(hours=3), NOON - timedelta(hours=4)]


# --- many words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [60, 130, 1_000])
def test_any_number_of_words_comes_through_pieces(rows, monkeypatch):
    """Codes take as few bytes as a piece needs; together the pieces may need more."""
    monkeypatch.setattr(sources, "PIECE", rows)
    log = [
        Created(
            ticket_id=f"T{number}",
            at=AT + timedelta(seconds=number),
            role="agent",
            actor=f"A{number % 400}",
            fields={
                "status": Status("new", "new"),
                "agent": f"A{number % 300}",
                "custom.mixed": f"t{number}" if number % 3 else number,
            },
        )
        for number in range(900)
    ]
    batches = table_of_raw(raw_of_events(log)).to_batches(rows)
    given = frames.events(pa.RecordBatchReader.from_batches(batches[0].schema, batches))
    assert [given.raw.event(row) for row in range(given.raw.size)] == log
    facts = frames.facts(given, as_of=AT + timedelta(days=1), columns=["agent"])
    wanted = case_table(log, as_of=AT + timedelta(days=1))
    assert facts["agent"].to_pylist() == [each.fields["agent"] for each in wanted]
