"""Kept states, counts and presets that begin anew: what they answer, and bugs in that."""

from datetime import UTC, datetime, timedelta

import pytest
from planted import Bug

from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue, StaleState
from support_model.events import Changed, Created, Message
from support_model.patterns import Field
from support_model.presets import load_preset
from support_model.sla import (
    NEXT_RESPONSE,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    SlaState,
    Target,
    evaluate,
)
from support_model.vocabulary import Priority, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)
ALWAYS_OPEN = BusinessCalendar.always()


def at(hours):
    return AT + hours * HOUR


def created(**fields):
    return Created(
        ticket_id="T1", at=AT, role="customer", fields={"status": Status("open", "open"), **fields}
    )


def status(hours, name, **fields):
    fields["status"] = Status(name, name)
    return Changed(ticket_id="T1", at=at(hours), role="agent", fields=fields)


def said(hours, role):
    return Message(ticket_id="T1", at=at(hours), role=role, public=True)


def book(metric, hours, **more):
    target = Target(metric=metric, within=hours * HOUR, calendar=ALWAYS_OPEN, **more)
    return PolicyBook([SlaPolicy(name="gold", targets=[target])])


def fed(rules, *events):
    state = SlaState.of(rules)
    for event in events:
        state = state.feed(event)
    return state


EXCHANGES = (  # four exchanges: answered late, in time, late, in time; and one that waits
    created(),
    said(1, "agent"),
    *(said(10, "customer"), said(13, "agent")),
    *(said(20, "customer"), said(21, "agent")),
    *(said(30, "customer"), said(35, "agent")),
    *(said(40, "customer"), said(41, "agent")),
    said(50, "customer"),
)


def test_a_state_keeps_the_first_breach_of_what_it_folded():
    rules = book(NEXT_RESPONSE, 2)
    state = fed(rules, *EXCHANGES)
    whole = evaluate(EXCHANGES, rules, as_of=at(51))["next_response"]
    for kept in (state, state.stored(through=at(51))):
        found = kept.evaluate(at(51))["next_response"]
        assert (found.breach_at, found.was_breached) == (at(12), True)
        assert found.tally == whole.tally == {"met": 2, "missed": 2, "cancelled": 0}
    restored = SlaState.of(rules).restore(state.stored(through=at(51)).to_data())
    assert restored.evaluate(at(52))["next_response"].breach_at == at(12)


def test_moments_are_kept_until_they_are_stored():
    rules = book(NEXT_RESPONSE, 2)
    state = fed(rules, *EXCHANGES)
    told = evaluate(EXCHANGES, rules, as_of=at(51)).agenda
    assert state.evaluate(at(51)).agenda.moments == told.moments
    later = state.stored(through=at(50)).evaluate(at(51)).agenda
    assert later.between(at(50), at(99)) == told.between(at(50), at(99))
    assert later.next_at == told.next_at == at(52)


def test_what_is_stored_is_not_changed_any_more():
    state = fed(book(NEXT_RESPONSE, 2), *EXCHANGES).stored(through=at(51))
    with pytest.raises(StaleState):
        state.feed(said(51, "agent"))
    assert state.feed(said(52, "agent")).evaluate(at(53))["next_response"].state == "met"
    with pytest.raises(InvalidValue):
        state.stored(through=at(50))


def test_a_stop_at_the_very_due_is_in_time():
    rules = book(RESOLUTION, 2)
    for solved, late in ((at(2), False), (at(2) + MICROSECOND, True)):
        log = [
            created(),
            Changed(
                ticket_id="T1",
                at=solved,
                role="agent",
                fields={"status": Status("done", "solved")},
            ),
        ]
        found = evaluate(log, rules, as_of=at(5))["resolution"]
        assert (found.state, found.was_breached) == ("missed" if late else "met", late)
    assert evaluate([created()], rules, as_of=at(2))["resolution"].breached
    assert not evaluate([created()], rules, as_of=at(2) - MICROSECOND)["resolution"].breached


HIGH, LOW = Priority("high", 1), Priority("low", 3)


def restarted(name):
    """Whether a preset restarts at a reopening or at a change, with the log that does so."""
    preset = load_preset(name)
    metric = preset.metrics["resolution"]
    within = {"calendar": ALWAYS_OPEN, "warn_at": [0.5], "on_change": preset.on_change}
    if preset.on_change == "restart":
        log = [created(priority=LOW), status(9, "open", priority=HIGH)]
    else:
        log = [created(priority=HIGH), status(9, "solved"), status(10, "open")]
    targets = [
        Target(metric=metric, within=8 * HOUR, when=Field("priority").is_(word), **within)
        for word in ("low", "high")
    ]
    return PolicyBook([SlaPolicy(name="gold", targets=targets)], preset.select), log


def test_a_count_that_begins_anew_is_warned_and_breached_anew():
    for name in ("osticket", "erpnext", "servicenow", "jsm:unlinked"):
        rules, log = restarted(name)
        begins = log[-1].at
        state = fed(rules, *log)
        for found in (evaluate(log, rules, as_of=begins), state.evaluate(begins)):
            assert found.agenda.next_at == begins + 4 * HOUR, name
            ahead = found.agenda.between(begins, at(99))
            assert [(each.kind, each.at) for each in ahead] == [
                ("warning", begins + 4 * HOUR),
                ("breach", begins + 8 * HOUR),
            ]
            past = found.agenda.through(begins)
            assert [(each.kind, each.at) for each in past] == [
                ("warning", at(4)),
                ("breach", at(8)),
            ]
            assert len({each.key for each in found.agenda}) == 4


BUGS = (
    Bug(
        "_sla.clocks:_counted",
        "first = min([*breaches",
        "first = max([*breaches",
        test_a_state_keeps_the_first_breach_of_what_it_folded,
    ),
    Bug(
        "_sla.clocks:_counted",
        "*filter(None, [folded.first_breach])",
        "",
        test_a_state_keeps_the_first_breach_of_what_it_folded,
    ),
    Bug(
        "_sla.evaluations:Clock.breach_at",
        "breaches = [] if first is None or not self.cycles else [self.cycles[-1].at(first)]",
        "breaches = []",
        test_a_state_keeps_the_first_breach_of_what_it_folded,
    ),
    Bug(
        "_sla.evaluations:Clock.was_breached",
        "bool(self.folded.breached) or",
        "",
        test_a_state_keeps_the_first_breach_of_what_it_folded,
    ),
    Bug(
        "_sla.states:SlaState.feed",
        "event.micros <= self.through",
        "event.micros < self.through",
        test_what_is_stored_is_not_changed_any_more,
    ),
    Bug(
        "_sla.states:SlaState.stored",
        "at < self.through",
        "at <= self.through - 10**12",
        test_what_is_stored_is_not_changed_any_more,
    ),
    Bug(
        "_sla.cycles:state_of",
        "count.stopped > measure.due",
        "count.stopped >= measure.due",
        test_a_stop_at_the_very_due_is_in_time,
    ),
    Bug(
        "_sla.evaluations:Clock.tally",
        "tally[cycle.state] += 1",
        "tally[cycle.state] = 1",
        test_a_state_keeps_the_first_breach_of_what_it_folded,
    ),
    Bug(
        "_sla.evaluations:_moments",
        "cycle.number, number, *reached",
        "cycle.number, 1, *reached",
        test_a_count_that_begins_anew_is_warned_and_breached_anew,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
