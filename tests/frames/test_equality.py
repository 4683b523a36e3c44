"""Columns answer as records do: over drawn histories, real logs and the exports of other systems.

`HYPOTHESIS_PROFILE=deep` draws 50,000 histories instead of a few thousand.
"""

import warnings
from datetime import timedelta

import numpy as np
import pytest
from adapters.scenario import DATA
from conformance import vendors
from frames.fact_records import plain, records_of
from frames.histories import drawn_as_of, drawn_log, smallest
from hypothesis import settings
from kpi import real_logs

from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.fact_building import facts_of_columns
from support_model._columns.values import NONE, NULL, Words
from support_model._time import micros
from support_model.kpi import case_table, readable_cases

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
def test_every_fact_of_drawn_histories_is_that_of_records(block):
    for seed, size in seeds(block):
        log = drawn_log(1_000_003 * (seed + 1), **size)
        as_of = drawn_as_of(seed, log)
        assert same_facts(log, as_of), smallest(
            log, lambda rows, at=as_of: not same_facts(rows, at)
        )


def test_rows_may_lack_the_columns_that_none_of_them_needs():
    for seed in range(60):
        log = drawn_log(seed, longest=(0, 3, 6)[seed % 3], tickets=1)
        as_of = drawn_as_of(seed, log)
        raw = raw_of_events(log)
        raw.parts = {name: part for name, part in raw.parts.items() if some(part)}
        columns = facts_of_columns(EventColumns.known_by(raw, micros(as_of)), micros(as_of))
        assert records_of(columns) == [plain(facts) for facts in case_table(log, as_of=as_of)]


def some(part):
    """Whether any row has a value of a part."""
    if isinstance(part, Words):
        return bool((part.codes != NONE).any())
    return bool((part != NULL).any()) if part.dtype == np.int64 else not np.isnan(part).all()


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
def test_every_fact_of_real_logs_is_that_of_records(name):
    log = real(name)
    for as_of in (log[len(log) // 2].at, max(event.at for event in log) + timedelta(days=1)):
        assert same_facts(log, as_of)


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
def test_every_fact_of_an_export_is_that_of_records(name):
    log = exported(EXPORTS[name])
    assert log
    instants = sorted({event.at for event in log})
    for as_of in (instants[len(instants) // 2], instants[-1] + timedelta(days=3)):
        table, _ = readable_cases(log, as_of=as_of)
        end = micros(as_of)
        columns = EventColumns.known_by(raw_of_events(log), end).sound()
        found = {one.ticket_id: one for one in records_of(facts_of_columns(columns, end))}
        assert found == {facts.ticket_id: plain(facts) for facts in table}
