"""Compliance of clocks that were cancelled: they promise nothing any more."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message
from support_model.patterns import Field
from support_model.sla import NEXT_RESPONSE, RESOLUTION, SlaPolicy, Target, evaluate
from support_model.testing._sla_strategies import policy_books, sla_logs
from support_model.vocabulary import Priority, Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
UNITS = ("cycle", "ticket_last", "ticket_any")
URGENT, LOW = Priority("urgent", 1), Priority("low", 4)


def event(kind, hours, role="agent", **more):
    return kind(ticket_id="T1", at=NINE + hours * HOUR, role=role, **more)


def created(**fields):
    fields = {"status": Status("new", "new"), "priority": URGENT, **fields}
    return event(Created, 0, "customer", fields=fields)


def ranked(hours, priority):
    return event(Changed, hours, fields={"priority": priority})


def stands(log, hours, unit="cycle", metric=RESOLUTION):
    """Counts of a log under a target of two hours for what is urgent."""
    target = Target(
        metric=metric,
        within=2 * HOUR,
        calendar=BusinessCalendar.always(),
        when=Field("priority").is_("urgent"),
    )
    result = evaluate(log, SlaPolicy(name="p", targets=[target]), as_of=NINE + hours * HOUR)
    found = kpi.sla_compliance([result], metric.name, unit=unit)
    names = ("met", "missed", "running_late", "undecided", "cancelled", "no_contact")
    return {name: getattr(found, name) for name in names if getattr(found, name)}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("cancelled_at", [1, 5])  # in time, and past the due
def test_a_clock_without_target_any_more_is_cancelled_and_not_undecided(unit, cancelled_at):
    log = [created(), ranked(cancelled_at, LOW)]
    assert stands(log, 9, unit) == {"cancelled": 1}
    back = [*log, ranked(6, URGENT)]
    assert stands(back, 9, unit) == {"running_late": 1}


def wrote(hours, role):
    return event(Message, hours, role, public=True)


def test_of_several_cycles_the_cancelled_one_speaks_last():
    met_then_cancelled = [
        *(created(), wrote(1, "agent"), wrote(2, "customer"), wrote(3, "agent")),
        *(wrote(4, "customer"), ranked(5, LOW)),
    ]
    found = [stands(met_then_cancelled, 9, unit, NEXT_RESPONSE) for unit in UNITS]
    assert found == [{"met": 1, "cancelled": 1}, {"cancelled": 1}, {"met": 1}]


@given(data=st.data())
def test_k3_every_ticket_is_counted_once_or_left_out_by_name(data):
    """By ticket, for a clock of the first contact: with the promises of some tickets alone."""
    book = data.draw(policy_books())
    logs = [data.draw(sla_logs(book)) for _ in range(3)]
    end = max(log[-1].at for log in logs)
    results = [evaluate(log, book, as_of=end) for log in logs]
    for metric in ("first_response", "resolution", "nobody_promises_this"):
        clocks = [result[metric] for result in results if metric in result]
        if any(clock.metric.repeats for clock in clocks):
            continue  # who need not wait again is not of the population
        for unit in UNITS[1:]:
            found = kpi.sla_compliance(results, metric, unit=unit)
            assert found.share.n + sum(found.share.excluded.values()) == len(results)
    nothing = kpi.sla_compliance(results, "nobody_promises_this")
    void = sum(result.ticket.category == "void" for result in results)
    assert (nothing.cancelled, nothing.no_target) == (void, len(results) - void)


@given(data=st.data())
def test_every_cycle_of_a_ticket_that_is_not_void_is_counted_once_by_its_state(data):
    book = data.draw(policy_books())
    log = data.draw(sla_logs(book))
    result = evaluate(log, book, as_of=log[-1].at + data.draw(st.integers(0, 99)) * HOUR)
    for metric in {clock.metric.name for clock in result.clocks}:
        found = kpi.sla_compliance([result], metric)
        states = [cycle.state for cycle in result[metric].cycles]
        if result.ticket.category == "void":
            assert (found.cancelled, found.share.n) == (1, 0)
            continue
        assert (found.met, found.missed) == (states.count("met"), states.count("missed"))
        assert found.cancelled == states.count("cancelled")
        open_ones = states.count("running") + states.count("paused")
        assert found.running_late + found.undecided == open_ones


@pytest.mark.parametrize(
    ("hours", "more", "stood"),
    [
        (4, [], {"missed": 1}),
        (6, [], {"undecided": 1}),  # the count that began anew is in time
        (9, [], {"running_late": 1}),
        (9, [("solved", 7)], {"met": 1}),
        (12, [("solved", 11)], {"missed": 1}),
    ],
)
def test_a_cycle_that_was_begun_anew_stands_as_its_last_count(hours, more, stood):
    """Late by two hours the first time; whether it was ever late is asked beside it."""
    log = [created()]
    changes = [("solved", 4), ("open", 5), *more]
    log += [event(Changed, at, fields={"status": Status(name, name)}) for name, at in changes]
    metric = evolve(RESOLUTION, after_stop="restart")
    known = [each for each in log if each.at <= NINE + hours * HOUR]
    target = Target(metric=metric, within=2 * HOUR, calendar=BusinessCalendar.always())
    result = evaluate(known, SlaPolicy(name="gold", targets=[target]), as_of=NINE + hours * HOUR)
    found = kpi.sla_compliance([result], "resolution")
    assert {name: n for name in (*stood, "met") if (n := getattr(found, name))} == stood
    assert found.share.n + sum(found.share.excluded.values()) == 1
    assert result["resolution"].was_breached
