"""Other rules on the same past, by example: who would have been late, which moments differ."""

from datetime import UTC, datetime, timedelta

import pytest

from support_model.calendars import BusinessCalendar
from support_model.errors import NaiveDatetime
from support_model.events import Changed, Created
from support_model.lifecycle.vocabulary import Priority, Status
from support_model.service_levels.metrics import FIRST_RESPONSE, RESOLUTION
from support_model.service_levels.policies import SlaPolicy, Target
from support_model.simulation import Impact, backtest, impact

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
ALWAYS_OPEN = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")


def at(hours):
    return START + timedelta(hours=hours)


def ticket(name, solved=None, *, created=0, rank=2):
    log = [
        Created(
            ticket_id=name,
            at=at(created),
            role="customer",
            fields={"status": Status("open", "open"), "priority": Priority(f"P{rank}", rank)},
        )
    ]
    if solved is not None:
        done = {"status": Status("solved", "solved")}
        log.append(Changed(ticket_id=name, at=at(solved), role="agent", fields=done))
    return log


def within(hours, *, metric=RESOLUTION, calendar=ALWAYS_OPEN):
    target = Target(metric=metric, within=timedelta(hours=hours), calendar=calendar)
    return SlaPolicy(name="gold", targets=[target])


LOGS = [
    ticket("T2", 3),
    ticket("T1", 3, rank=1),
    ticket("T3", 1),
    ticket("T4"),
    ticket("T5", 6),
    ticket("T6", created=50),
]


def counts(share):
    return share.numerator, share.n, dict(share.excluded)


def test_a_shorter_target_would_have_been_missed_more_often():
    (row,) = backtest(LOGS, within(4), within(2), as_of=at(8)).rows
    assert (row.segment, row.metric) == ("all", "resolution")
    assert counts(row.old) == (2, 5, {})  # T4 ran out, T5 was late
    assert counts(row.new) == (4, 5, {})
    assert row.newly_breached == ("T1", "T2")
    assert row.no_longer_breached == ()
    assert row.old.key == "resolution_breached"


def test_a_longer_target_is_undecided_where_it_still_runs():
    found = backtest(LOGS, within(2), within(10), as_of=at(8))
    (row,) = found.rows
    assert counts(row.old) == (4, 5, {})
    assert counts(row.new) == (0, 4, {"undecided": 1})
    assert found.no_longer_breached == ("T1", "T2", "T4", "T5")
    assert found.newly_breached == ()


def test_segments_and_metrics_have_rows_of_their_own():
    def rank(seen):
        return f"P{seen.priority.rank}"

    both = SlaPolicy(
        name="gold", targets=[*within(2).targets, *within(1, metric=FIRST_RESPONSE).targets]
    )
    found = backtest(LOGS, within(4), both, as_of=at(8), by=rank)
    assert [(row.segment, row.metric) for row in found.rows] == [
        *(("P1", "first_response"), ("P1", "resolution")),
        *(("P2", "first_response"), ("P2", "resolution")),
    ]
    first = found.rows[0]
    assert counts(first.old) == (0, 0, {"undecided": 1})  # nothing was promised
    assert counts(first.new) == (1, 1, {})
    assert found.newly_breached == ("T1", "T2", "T4", "T5")


def test_other_hours_are_other_rules():
    late = [ticket("T1", 24)]  # Tuesday 09:00
    (row,) = backtest(late, within(10), within(10, calendar=OFFICE), as_of=at(30)).rows
    assert row.no_longer_breached == ("T1",)


def test_impact_tells_the_moments_that_moved():
    found = [*impact(LOGS, within(4), within(2), as_of=at(2.5))]
    assert {one.ticket_id for one in found} == {"T1", "T2", "T4", "T5"}
    one = found[0]
    assert isinstance(one, Impact)
    assert one.ticket_id == "T2"
    assert [moment.at for moment in one.new] == [at(2)]
    assert [moment.at for moment in one.withdrawn] == [at(4)]


def test_equal_rules_have_no_impact():
    assert [*impact(LOGS, within(4), within(4), as_of=at(8))] == []


def test_impact_reads_one_log_at_a_time():
    def logs():
        yield ticket("T1")
        raise AssertionError

    first = next(impact(logs(), within(4), within(2), as_of=at(1)))
    assert first.ticket_id == "T1"


def test_an_instant_needs_a_zone():
    naive = datetime(2026, 3, 2, 9)
    with pytest.raises(NaiveDatetime):
        backtest(LOGS, within(4), within(2), as_of=naive)
    with pytest.raises(NaiveDatetime):
        next(impact(LOGS, within(4), within(2), as_of=naive))
