"""Facts by columns are the records that they stand for."""

import pytest
from frames.fact_records import records_of
from frames.histories import drawn_log

from support_model import frames, kpi
from support_model._columns import fact_tables

PARTS = (
    *("ticket_id", "as_of", "created", "created_by", "history", "acts", "waits", "solves"),
    *("reopenings", "groups", "lines", "agents", "ratings", "closed", "statuses", "stays"),
    *("merges", "snapshot", "cut", "fields"),
)


@pytest.mark.parametrize("seed", range(12))
def test_columns_become_the_records_that_they_stand_for(seed):
    log = drawn_log(seed, 15)
    last = max(event.at for event in log)
    columns = fact_tables.from_arrow(frames.facts(frames.events(log), as_of=last))
    made, wanted = kpi.records(columns), records_of(columns)
    for one, other in zip(made, wanted, strict=True):
        for part in PARTS:
            assert getattr(one, part) == getattr(other, part), part


def test_records_stay_what_they_are():
    log = drawn_log(1)
    facts, _ = kpi.readable_cases(log, as_of=max(event.at for event in log))
    assert kpi.records(facts) == tuple(facts)
