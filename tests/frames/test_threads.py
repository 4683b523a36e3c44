"""The answer is the same whatever the number of threads, and columns are asked in several."""

from datetime import timedelta

import pyarrow as pa
import pytest
from frames.histories import drawn_as_of, drawn_log

from support_model import frames, kpi, sla
from support_model._columns import fact_chunks, threads
from support_model._frames import evaluate as evaluating
from support_model._kpi import column_figures
from support_model.calendars import BusinessCalendar

OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
METRICS = ("first_response", "next_response", "resolution")
BOOK = sla.SlaPolicy(
    name="standard",
    targets=[
        sla.Target(metric=sla.METRICS[name], within=timedelta(hours=4), calendar=OFFICE)
        for name in METRICS
    ],
)


@pytest.fixture
def small(monkeypatch):
    """Make few rows many."""
    monkeypatch.setattr(threads, "LARGE", 1)
    monkeypatch.setattr(fact_chunks, "CHUNK", 7)
    monkeypatch.setattr(fact_chunks, "_MANY", 1)
    monkeypatch.setattr(evaluating, "CHUNK", 5)
    monkeypatch.setattr(column_figures, "_STRETCH", 2)
    before = pa.cpu_count()
    yield
    pa.set_cpu_count(before)


def answers(rows, as_of):
    log, _ = frames.readable(frames.events(rows), as_of=as_of)
    facts = frames.facts(log, as_of=as_of)
    figures = [kpi.first_response(), kpi.full_resolution(pause=["pending"])]
    return (
        pa.table(log).to_pylist(),
        facts.to_pylist(),
        frames.evaluate(log, BOOK, as_of=as_of).to_pylist(),
        [figure.of(facts, calendar=OFFICE) for figure in figures],
    )


@pytest.mark.usefixtures("small")
def test_the_answer_is_the_same_whatever_the_number_of_threads():
    for seed in range(8):
        log = drawn_log(seed, tickets=9, without=("policy",), mixed=True)
        as_of = drawn_as_of(seed, log)
        rows = pa.table(frames.Events.of(log))
        found = []
        for number in (1, 2, 5):
            pa.set_cpu_count(number)
            found.append(answers(rows, as_of))
        assert found[0] == found[1] == found[2]


@pytest.mark.usefixtures("small")
def test_columns_of_many_rows_are_made_in_as_many_threads_as_arrow_uses(monkeypatch):
    asked = []
    pool = threads.ThreadPoolExecutor
    monkeypatch.setattr(threads, "ThreadPoolExecutor", lambda n: asked.append(n) or pool(n))
    log = drawn_log(1, tickets=9, without=("policy",), mixed=True)
    rows = pa.table(frames.Events.of(log))
    pa.set_cpu_count(3)
    answers(rows, drawn_as_of(1, log))
    assert set(asked) == {3}
    assert len(asked) >= 6  # reading, order, facts, cycles, and each figure
    asked.clear()
    monkeypatch.setattr(threads, "LARGE", 1 << 20)
    frames.events(rows)
    assert not asked
