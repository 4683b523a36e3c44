"""Columns answer as records do: over drawn histories, real logs and the exports of other systems.

`HYPOTHESIS_PROFILE=deep` draws 50,000 histories instead of a few thousand.
"""

import json
import warnings
from datetime import timedelta
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from adapters.scenario import DATA
from attrs import evolve
from conformance import kpi as conformance
from conformance import vendors
from frames import histories
from frames.cycle_rows import expected
from frames.fact_records import plain, records_of
from frames.histories import calendars, drawn_as_of, drawn_book, drawn_log, reordered, smallest
from hypothesis import settings
from kpi import real_logs

from support_model import frames
from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.fact_building import facts_of_columns
from support_model._columns.values import NONE, NULL, Words
from support_model._time import micros
from support_model.kpi import KPIS, case_table, readable_cases
from support_model.patterns import Field
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target

DEEP = settings.get_current_profile_name() == "deep"
BLOCKS = range(20)
LOGS = 1_000 if DEEP else 50
"""Logs a block: some 2.5 histories each."""


def facts_of(log, as_of):
    """The facts of a log by columns."""
    end = micros(as_of)
    return facts_of_columns(EventColumns.known_by(raw_of_events(log), end), end)


def same_facts(log, as_of):
    theirs = [plain(facts) for facts in case_table(log, as_of=as_of)]
    return records_of(facts_of(log, as_of)) == theirs


def seeds(block):
    """Seeds of a block, each with the size of its log: some with many tickets, some long."""
    for seed in range(block * LOGS, (block + 1) * LOGS):
        yield seed, {"tickets": (3, 4, 4, 12)[seed % 4], "longest": (16, 8, 16, 50)[seed % 4]}


@pytest.mark.parametrize("block", BLOCKS)
def test_f3_every_fact_of_drawn_histories_is_that_of_records(block):
    for seed, size in seeds(block):
        log = drawn_log(1_000_003 * (seed + 1), **size)
        as_of = drawn_as_of(seed, log)
        assert same_facts(log, as_of), smallest(
            log, lambda rows, at=as_of: not same_facts(rows, at)
        )


ENDINGS = ("merged", "deleted", "restored", "restored solved", "policy", "promised")
"""Acts after which a ticket is folded, not answered by columns."""


def same_cycles(log, book, as_of):
    table = frames.evaluate(frames.Events.of(log), book, as_of=as_of)
    return table.to_pylist() == expected(log, book, as_of)


@pytest.mark.parametrize("block", BLOCKS)
def test_f4_every_cycle_of_drawn_histories_is_that_of_its_ticket_alone(block):
    for seed, size in seeds(block):
        if seed % 5:
            continue  # the fold of a ticket costs far more than its facts
        book = drawn_book(seed, plain=seed % 2 == 0)
        named = [(policy.name, policy.version) for policy in book.policies]
        without = ENDINGS if seed % 3 else ()
        log = drawn_log(seed, **size, without=without, policies=named)
        as_of = drawn_as_of(seed, log)
        assert same_cycles(log, book, as_of), smallest(
            log, lambda rows, to=book, at=as_of: not same_cycles(rows, to, at)
        )


def test_rows_may_lack_the_columns_that_none_of_them_needs():
    for seed in range(60):
        log = drawn_log(seed, longest=(0, 3, 6)[seed % 3], tickets=1)
        as_of = drawn_as_of(seed, log)
        raw = raw_of_events(log)
        raw.parts = {name: part for name, part in raw.parts.items() if some(part)}
        columns = facts_of_columns(EventColumns.known_by(raw, micros(as_of)), micros(as_of))
        assert records_of(columns) == [plain(facts) for facts in case_table(log, as_of=as_of)]


class Both:
    """Facts that the library takes for columns, and a loop for records."""

    def __init__(self, log, as_of):
        self.records = case_table(log, as_of=as_of)
        self.table = frames.facts(frames.Events.of(log), as_of=as_of)

    def __iter__(self):
        return iter(self.records)

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "kpi.json").read_text("utf-8"))
CASES = [
    case for case in conformance.cases(VECTORS) if "events" in case.data and "op" not in case.data
]


@pytest.mark.parametrize("name", sorted({case.data["kpi"] for case in CASES}))
def test_f5_every_definition_of_the_reference_cases_is_answered_by_columns(name, monkeypatch):
    read = conformance.read

    def by_columns(data):
        asked = read(data)
        return evolve(asked, facts=Both(asked.events, asked.as_of))

    monkeypatch.setattr(conformance, "read", by_columns)
    own = [case for case in CASES if case.data["kpi"] == name]
    assert own
    assert {case.id: conformance.run(case) for case in own} == dict.fromkeys(
        case.id for case in own
    )


def some(part):
    """Whether any row has a value of a part."""
    if isinstance(part, Words):
        return bool((part.codes != NONE).any())
    return bool((part != NULL).any()) if part.dtype == np.int64 else not np.isnan(part).all()


def as_parquet(table, folder):
    pyarrow.parquet.write_table(table, folder / "log.parquet", row_group_size=7)
    return folder / "log.parquet"


def as_parts(table, folder):
    """A folder of files, some rows in each."""
    for place, start in enumerate(range(0, table.num_rows, 9)):
        pyarrow.parquet.write_table(table.slice(start, 9), folder / f"{place:03}.parquet")
    return folder


def as_ipc(table, folder):
    pyarrow.feather.write_feather(table, folder / "log.arrow", compression="uncompressed")
    return folder / "log.arrow"


FORMS = {
    "pyarrow": lambda table, _: table,
    "pyarrow in pieces": lambda table, _: pa.Table.from_batches(table.to_batches(5)),
    # whole numbers beside nulls are floats in NumPy, which are refused by name
    "pandas": lambda table, _: table.to_pandas().convert_dtypes(),
    "pandas with Arrow types": lambda table, _: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda table, _: pl.from_arrow(table),
    "polars, lazy": lambda table, _: pl.from_arrow(table).lazy(),
    "duckdb": lambda table, _: duckdb.from_arrow(table),
    "parquet": as_parquet,
    "a folder": as_parts,
    "arrow ipc": as_ipc,
}
"""The rows of a log as something else, by name."""


def by_ticket(table):
    """The facts of each ticket; those merged into it by name, as they stand in order of rows."""
    rows = {row["ticket_id"]: row for row in table.to_pylist()}
    for row in rows.values():
        names = [each["ticket_id"] for each in row["merged"]]
        row["merged"] = {each["ticket_id"]: each for each in row["merged"]}
        for part in ("merged_acts", "merged_lines"):
            named = [each | {"place": names[each["place"]]} for each in row[part]]
            row[part] = sorted(named, key=lambda each: each["place"])
    return rows


@pytest.mark.parametrize("form", FORMS)
def test_f6_any_form_and_order_of_rows_gives_the_same_facts(form, tmp_path, monkeypatch):
    # 2**53 + 1 beside a null becomes a float in a data frame of NumPy, before we see it.
    monkeypatch.setitem(histories.CUSTOM, "custom.amount", (0, 7, -3))
    for seed in range(120 if DEEP else 12):
        log = drawn_log(seed, tickets=8)
        as_of = drawn_as_of(seed, log)
        theirs = by_ticket(frames.facts(frames.Events.of(log), as_of=as_of))
        folder = tmp_path / str(seed)
        folder.mkdir()
        given = FORMS[form](pa.table(frames.Events.of(reordered(seed, log))), folder)
        assert by_ticket(frames.facts(frames.events(given), as_of=as_of)) == theirs


@pytest.mark.parametrize("partitions", [1, 2, 16])
def test_f7_any_number_of_partitions_gives_the_same_facts(partitions):
    for seed in range(150 if DEEP else 15):
        log = drawn_log(seed, tickets=25, longest=8)
        as_of = drawn_as_of(seed, log)
        events = frames.Events.of(reordered(seed, log))
        whole = frames.facts(events, as_of=as_of)
        job = partial(frames.facts, as_of=as_of, columns=whole.column_names)
        parts = pa.concat_tables(
            frames.partitioned(events, job, partitions=partitions), promote_options="permissive"
        )
        assert by_ticket(parts) == by_ticket(whole)


def real(name):
    """The events of a real log."""
    if name == "bpi2013":
        lives = real_logs.bpi()
    elif name == "uci":
        lives = real_logs.uci_lives(real_logs.uci())
    else:
        lives = [life for lives in real_logs.github().values() for life in lives]
    return [event for life in lives for event in life]


REAL = pytest.mark.skipif(
    not real_logs.DATA.is_dir(), reason="the real logs are not beside this checkout"
)


@REAL
@pytest.mark.parametrize("name", ["bpi2013", "uci", "github"])
def test_f3_every_fact_of_real_logs_is_that_of_records(name):
    log = real(name)
    for as_of in (log[len(log) // 2].at, max(event.at for event in log) + timedelta(days=1)):
        assert same_facts(log, as_of)


@REAL
@pytest.mark.parametrize("name", ["bpi2013", "uci"])
def test_f5_every_figure_of_real_logs_is_that_of_records(name):
    log = real(name)
    as_of = max(event.at for event in log) + timedelta(days=1)
    records = case_table(log, as_of=as_of)
    columns = frames.facts(frames.Events.of(log), as_of=as_of)
    for key, each in KPIS.items():
        assert each.of(columns) == each.of(records), key


@REAL
@pytest.mark.parametrize("name", ["bpi2013", "uci", "github"])
def test_f4_cycles_of_real_logs_are_those_of_tickets_and_nearly_all_by_columns(name):
    log = real(name)
    as_of = max(event.at for event in log) + timedelta(days=1)
    names = ("first_response", "next_response", "ownership", "resolution")
    urgent = Field("custom.impact").is_("High")
    targets = [
        Target(metric=METRICS[metric], within=within, calendar=calendars()[0], when=when)
        for metric in names
        for within, when in ((timedelta(hours=4), urgent), (timedelta(hours=20), ~urgent))
    ]
    book = PolicyBook([SlaPolicy(name="standard", targets=targets)])
    ways = frames.ways(frames.Events.of(log), book, as_of=as_of)
    assert ways["columns"] >= 0.95 * sum(ways.values())
    some = set(sorted({event.ticket_id for event in log})[::25])
    own = [event for event in log if event.ticket_id in some]
    assert same_cycles(own, book, as_of)


EXPORTS = {
    case.id: case
    for case in vendors.cases(DATA / "vendors")
    if "refused" not in case.data and (DATA / "vendors" / case.source).is_dir()
}


def exported(case):
    """The events that an export tells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return vendors.reading(case).events


@pytest.mark.parametrize("name", EXPORTS)
def test_f3_every_fact_of_an_export_is_that_of_records(name):
    log = exported(EXPORTS[name])
    assert log
    instants = sorted({event.at for event in log})
    for as_of in (instants[len(instants) // 2], instants[-1] + timedelta(days=3)):
        table, _ = readable_cases(log, as_of=as_of)
        end = micros(as_of)
        columns = EventColumns.known_by(raw_of_events(log), end).sound()
        found = {one.ticket_id: one for one in records_of(facts_of_columns(columns, end))}
        assert found == {facts.ticket_id: plain(facts) for facts in table}
