"""Facts as Arrow tables: what engines hand back is what was given, or is refused by name."""

from datetime import UTC, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from frames import histories
from frames.fact_records import plain, records_of
from frames.histories import drawn_as_of, drawn_log

from support_model import frames
from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.fact_building import facts_of_columns
from support_model._columns.fact_columns import LISTS, SCALARS
from support_model._columns.fact_tables import from_arrow, to_arrow
from support_model._time import micros
from support_model.errors import (
    InconsistentLog,
    InvalidValue,
    MissingCreation,
    NaiveDatetime,
    OutOfRange,
)
from support_model.events import Created, Related, Worked
from support_model.kpi import case_table, readable_cases
from support_model.vocabulary import Priority, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = {"status": Status("new", "new")}


def created(name="T1", **fields):
    return Created(ticket_id=name, at=AT, role="customer", fields=NEW | fields)


def columns_of(log, as_of):
    end = micros(as_of)
    return facts_of_columns(EventColumns.known_by(raw_of_events(log), end), end)


def drawn(seed, **more):
    log = drawn_log(seed, tickets=2 + seed % 9, **more)
    return columns_of(log, drawn_as_of(seed, log))


def through_duckdb(table):
    return duckdb.from_arrow(table)


ENGINES = {
    "pyarrow": lambda table: table,
    "batches of two rows": lambda table: pa.Table.from_batches(table.to_batches(2)),
    "duckdb": through_duckdb,
    "polars": pl.DataFrame,
    "pandas": lambda table: table.to_pandas(),
    "pandas with Arrow types": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "parquet-like text": lambda table: table.cast(
        pa.schema([field.with_type(undictionaried(field.type)) for field in table.schema])
    ),
}


def undictionaried(kind):
    return pa.large_string() if pa.types.is_dictionary(kind) else kind


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_hand_back_the_same_facts(engine, monkeypatch):
    # 2**53 + 1 beside a null becomes a float in a data frame of NumPy, before we see it.
    monkeypatch.setitem(histories.CUSTOM, "custom.amount", (0, 7, -3))
    for seed in range(20):
        facts = drawn(seed, mixed=seed % 2 == 0)
        assert records_of(from_arrow(ENGINES[engine](to_arrow(facts)))) == records_of(facts)


def test_a_dictionary_holds_no_more_words_than_rows():
    others = [created(f"T{number}") for number in range(50)]
    merge = Related(ticket_id="T1", at=AT, role="agent", kind="merged_into", other="T2")
    table = to_arrow(columns_of([*others, merge], AT), ["merged"])
    assert table["merged"].combine_chunks().flatten().field(
        "ticket_id"
    ).dictionary.to_pylist() == ["T1"]


def test_values_of_several_types_keep_them_in_arrow():
    for seed in range(40):
        facts = drawn(seed, mixed=True)
        assert records_of(from_arrow(to_arrow(facts))) == records_of(facts)


def test_some_tickets_in_another_order_are_those_tickets():
    for seed in range(20):
        facts = drawn(seed)
        table = to_arrow(facts)
        places = np.arange(facts.size)[::-2]
        theirs = [records_of(facts)[place] for place in places]
        assert records_of(from_arrow(table.take(pa.array(places)))) == theirs
        assert records_of(facts.take(places)) == theirs
        assert records_of(from_arrow(table.slice(1))) == records_of(facts)[1:]


def test_frames_say_what_records_say_in_the_order_of_appearance():
    for seed in range(60):
        log = drawn_log(seed)
        as_of = drawn_as_of(seed, log)
        table = frames.facts(frames.Events.of(log), as_of=as_of)
        assert records_of(from_arrow(table)) == [
            plain(each) for each in case_table(log, as_of=as_of)
        ]


def test_the_first_ticket_that_is_no_log_is_the_error():
    raised = 0
    for seed in range(60):
        log = drawn_log(seed, broken=0.3)
        as_of = drawn_as_of(seed, log)
        events = frames.Events.of(log)
        table, unread = frames.readable_facts(events, as_of=as_of)
        good, theirs = readable_cases(log, as_of=as_of)
        assert records_of(from_arrow(table)) == [plain(each) for each in good]
        assert [shown(each) for each in unread] == [shown(each) for each in theirs]
        if not theirs:
            continue
        raised += 1
        with pytest.raises(InconsistentLog) as error:
            frames.facts(events, as_of=as_of)
        kind, (event, problem, remedy) = shown(theirs[0])[1:]
        assert (type(error.value), *error.value.args[:2]) == (kind, event, problem)
        number = f"{len(theirs)} of {len(theirs) + len(good)} tickets"
        assert error.value.args[2].startswith(f"{remedy}; {number} are no log: ")
    assert raised > 10


def shown(unread):
    """A ticket that is no log; a column holds whole numbers of scores as floats."""
    return unread.ticket_id, type(unread.problem), unread.problem.args


def test_columns_are_those_asked_for_in_their_order():
    wanted = ["waits", "priority", "created.group", "ticket_id", "custom.never"]
    events = frames.Events.of([created(priority=Priority("urgent", 1))])
    table = frames.facts(events, as_of=AT, columns=wanted)
    assert table.column_names == [
        *("waits", "priority", "priority_rank", "created.group", "ticket_id", "custom.never")
    ]
    assert table.to_pylist()[0]["created.group"] is None
    assert frames.facts(events, as_of=AT, columns=["priority_rank"]).to_pylist() == [
        {"priority_rank": 1}
    ]


@pytest.mark.parametrize("log", [[], [created()]])
def test_no_tickets_are_an_empty_table_with_its_columns(log):
    table = frames.facts(frames.Events.of(log), as_of=AT - timedelta(days=1))
    assert table.num_rows == 0
    assert {*SCALARS, *LISTS, "status", "status_category", "priority"} <= set(table.column_names)
    assert from_arrow(table).size == 0
    assert records_of(from_arrow(table)) == []


def test_what_is_no_name_of_a_column_is_refused():
    events = frames.Events.of([created()])
    with pytest.raises(InvalidValue, match=r"'first_replay'.*did you mean 'first_reply'"):
        frames.facts(events, as_of=AT, columns=["first_replay"])
    with pytest.raises(InvalidValue, match="no list of columns"):
        frames.facts(events, as_of=AT, columns="priority")
    with pytest.raises(InvalidValue, match=r"give frames.events"):
        frames.facts([created()], as_of=AT)
    with pytest.raises(NaiveDatetime):
        frames.facts(events, as_of=AT.replace(tzinfo=None))


def test_a_missing_column_is_named_when_it_is_asked_for():
    table = to_arrow(columns_of([created()], AT)).drop_columns(["waits", "created", "priority"])
    facts = from_arrow(table)
    assert facts.words("ticket_id").value(0) == "T1"
    assert facts.words("created.topic").value(0) is None  # as of a log that has no topics
    for name in ("waits", "created"):
        with pytest.raises(InvalidValue, match=rf"'{name}'.*columns=\[\.\.\., '{name}'\]"):
            facts.lists(name)
    without = from_arrow(pl.DataFrame(table))  # which keeps no word of what the log has
    with pytest.raises(InvalidValue, match=r"created\.topic"):
        without.words("created.topic")


BAD = {
    "instants": ("created", pa.array([AT.replace(tzinfo=None)])),
    "whole microseconds": ("created", pa.array([1], pa.timestamp("ns", "UTC"))),
    "text": ("category", pa.array([1])),
    "flags": ("solved", pa.array([None], pa.bool_())),
    "whole numbers": ("contacts", pa.array([1.5])),
    "lengths of time": ("worked", pa.array([1])),
    "lists": ("waits", pa.array(["a"])),
    "lists of structures": ("waits", pa.array([[1]])),
}


@pytest.mark.parametrize("what", BAD)
def test_a_column_of_another_type_is_refused_by_name(what):
    name, array = BAD[what]
    facts = from_arrow(pa.table({name: array}))
    with pytest.raises(InvalidValue, match=f"column '{name}' holds no {what}"):
        facts.lists(name) if name in LISTS else facts.column(name)


def test_entries_without_a_part_are_refused():
    facts = from_arrow(pa.table({"history": [[{"at": AT}]]}))
    with pytest.raises(InvalidValue, match=r"entries of 'history'.*\['category'\]"):
        facts.lists("history")


def test_what_speaks_no_arrow_is_refused():
    with pytest.raises(InvalidValue, match="collect a lazy one first"):
        from_arrow(pl.LazyFrame({"a": [1]}))


def test_effort_adds_up_beyond_what_a_sum_of_int64_holds():
    most = timedelta(microseconds=2**62)
    work = [Worked(ticket_id="T1", at=AT, role="agent", duration=most, source_id=name)
            for name in "abc"]  # fmt: skip
    events = frames.Events.of([created(), *work[:1]])
    assert frames.facts(events, as_of=AT)["worked"].to_pylist() == [most]
    with pytest.raises(OutOfRange, match="more effort than a column holds: 'T1'"):
        frames.facts(frames.Events.of([created(), *work]), as_of=AT)


def test_a_number_beyond_int64_is_refused_by_its_field():
    events = frames.Events.of([created(management_level=2**70)])
    with pytest.raises(OutOfRange, match=r"'management_level'.*2\*\*63"):
        frames.facts(events, as_of=AT)
    own = frames.Events.of([created(**{"custom.n": 2**70})])
    facts = from_arrow(frames.facts(own, as_of=AT))
    assert facts.words("custom.n").value(0) == 2**70


def test_the_past_is_asked_before_a_ticket_existed():
    with pytest.raises(MissingCreation):
        frames.facts(
            frames.Events.of([Worked(ticket_id="T1", at=AT, role="agent", duration=timedelta())]),
            as_of=AT,
        )
