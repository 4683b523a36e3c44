"""Facts by columns are the facts of records, of every ticket and at any instant."""

from frames.fact_records import plain, records_of
from frames.histories import drawn_as_of, drawn_log, smallest

from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.fact_building import facts_of_columns
from support_model._time import micros
from support_model.kpi import case_table

SEEDS = range(600)


def by_columns(log, as_of):
    columns = EventColumns.known_by(raw_of_events(log), micros(as_of))
    return records_of(facts_of_columns(columns, micros(as_of)))


def by_records(log, as_of):
    return [plain(facts) for facts in case_table(log, as_of=as_of)]


def test_facts_by_columns_are_the_facts_of_records():
    for seed in SEEDS:
        log = drawn_log(seed, tickets=2 + seed % 9)
        as_of = drawn_as_of(seed, log)
        assert by_columns(log, as_of) == by_records(log, as_of), smallest(
            log, lambda rows, at=as_of: by_columns(rows, at) != by_records(rows, at)
        )
