"""An edition of a policy holds from an instant on, and nothing dated before it changes."""

import pickle
from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sla.differential import disagreements, looks, meetings
from sla.test_sla_rules import OFFICE, URGENT, at, life, of, promises, says

from support_model._escalation.plans import Edition, PlanHistory
from support_model.desk import Desk
from support_model.errors import InvalidTarget, NaiveDatetime, UnknownPolicy
from support_model.escalation import EscalationRule, Plan, Step, Threshold
from support_model.events import PolicyApplied
from support_model.lines import Agent
from support_model.patterns import NEVER
from support_model.sla import (
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    SlaState,
    Target,
    book_to_data,
    evaluate,
    read_book,
)
from support_model.testing._sla_strategies import sla_scenes

HOUR = timedelta(hours=1)


@st.composite
def edits(draw, scene):
    """The book of a scene with a further edition of one of its policies, near an event."""
    book = scene.book
    policy = draw(st.sampled_from(book.policies))
    lengths = [t.within for p in book.policies for t in p.targets if t.within is not None]

    def changed(target):
        within = draw(st.sampled_from([*lengths, 2 * HOUR])) if target.within else target.within
        rule = draw(st.sampled_from(("carry", "restart", "forward", "frozen")))
        return attrs.evolve(target, within=within, on_change=rule)

    kind = draw(st.integers(0, 9))
    new = attrs.evolve(policy, version="edited", since=None)
    if kind == 0:
        new = attrs.evolve(new, when=NEVER)
    elif kind == 1:
        new = attrs.evolve(new, targets=())
    elif kind > 2:
        new = attrs.evolve(new, targets=map(changed, policy.targets))
    near = draw(st.sampled_from([event.at for event in scene.log] + [scene.as_of, scene.later]))
    away = draw(st.sampled_from((0, 0, 1, -1, 60, 480, -240, 2000)))
    since = near + away * timedelta(minutes=1)
    return since, book.replaced(since, new)


@given(meetings(), st.data())
def test_engine_and_twin_agree_on_editions(meeting, data):
    scene, *rest = meeting
    _, book = data.draw(edits(scene))
    edited = attrs.evolve(scene, book=book)
    for as_of in looks(edited):
        assert not disagreements((edited, *rest), as_of)


@given(sla_scenes(), st.data())
def test_nothing_dated_before_an_edition_changes(scene, data):
    """L-edition: the moments before `since` are those of the book without the edition."""
    since, book = data.draw(edits(scene))
    for as_of in looks(scene):
        was, now = (evaluate(scene.log, one, as_of=as_of).agenda for one in (scene.book, book))
        before = [[m for m in agenda if m.at < since] for agenda in (was, now)]
        assert before[0] == before[1]


@given(sla_scenes(), st.data())
def test_what_an_edition_brings_is_known_before_it_holds(scene, data):
    """Without an event the agenda is the same before and after the edition came into force."""
    since, book = data.draw(edits(scene))
    log = [event for event in scene.log if event.at <= scene.as_of]
    early = evaluate(log, book, as_of=scene.as_of)
    for later in (scene.later, max(since, scene.as_of), max(since, scene.later) + HOUR):
        late = evaluate(log, book, as_of=later)
        assert late.agenda.moments == early.agenda.moments
        assert late.next_at == late.agenda.next_at


@given(sla_scenes(), st.data())
def test_a_state_follows_editions_as_the_log_does(scene, data):
    _, book = data.draw(edits(scene))
    empty = state = SlaState.of(book)
    for number, event in enumerate(scene.log, 1):
        state = empty.restore(state.feed(event).to_data())
        for as_of in (event.at, event.at + 9 * HOUR):
            whole = evaluate(scene.log[:number], book, as_of=as_of)
            assert state.evaluate(as_of) == whole
            assert state.evaluate(as_of).agenda == whole.agenda


def gold(*targets, **more):
    return SlaPolicy(name="gold", targets=targets, **more)


def turned(hours, *targets, old=None):
    """Eight hours for all, and other targets from some hours after the creation."""
    return PolicyBook.of(gold(old or of("8h"))).replaced(at(hours), gold(*targets, version="2"))


def moments(log, book, hours):
    return [(m.at, *m.key[-2:]) for m in evaluate(log, book, as_of=at(hours)).agenda]


@pytest.mark.parametrize(
    ("rule", "hours", "counts"),
    [("carry", 5, 1), ("restart", 9, 2), ("forward", 6, 1), ("frozen", 8, 1)],
)
def test_an_open_cycle_takes_the_edition_by_its_rule(rule, hours, counts):
    """Four of eight hours used when four hours come: 4 + 1, 4 + 4, half of four, or as it was."""
    book = turned(4, of("5h" if rule != "forward" else "4h", on_change=rule))
    for as_of in (1, 4, 4.5):
        assert moments(life(), book, as_of)[-1][0] == at(hours)
    assert len(evaluate(life(), book, as_of=at(4.5))["resolution"].last.counts) == counts
    before = evaluate(life(), book, as_of=at(3))["resolution"].last
    assert (before.policy.version, before.due_at, len(before.counts)) == ("1", at(8), 1)


def test_a_shorter_edition_breaches_at_its_instant_and_not_in_the_past():
    book = turned(4, of("2h"))
    assert moments(life(), book, 1) == moments(life(), book, 9) == [(at(4), "due", "2h")]
    assert evaluate(life(), book, as_of=at(3)).next_at == at(4)
    edited = gold(of("2h"))
    assert moments(life(), edited, 9) == [(at(2), "due", "2h")]


def test_what_was_breached_yesterday_stays_so_under_a_longer_edition():
    book = turned(9, of("20h"))
    found = evaluate(life(), book, as_of=at(10))["resolution"].last
    assert (found.breached, found.was_breached) == (False, True)
    assert moments(life(), book, 10) == [(at(8), "due", "8h"), (at(20), "due", "20h")]


def test_a_cycle_that_stopped_before_keeps_its_target():
    book = turned(4, of("1h"))
    found = evaluate(life((2, "solved")), book, as_of=at(9))["resolution"].last
    assert (found.state, found.policy.version, found.allowed) == ("met", "1", 8 * HOUR)


def test_a_cycle_that_is_reopened_after_it_takes_the_edition():
    book = turned(4, of("3h"))
    found = evaluate(life((2, "solved"), (6, "open")), book, as_of=at(6))["resolution"].last
    assert (found.state, found.policy.version, found.due_at) == ("running", "2", at(7))


def test_a_log_that_names_an_edition_keeps_it():
    pinned = life((1, applied("1")))
    book = turned(4, of("2h"))
    assert moments(pinned, book, 9) == [(at(8), "due", "8h")]


def applied(version):
    def event(hours, seq):
        return PolicyApplied(
            ticket_id="T1", at=at(hours), seq=seq, role="system", policy="gold", version=version
        )

    return event


def test_an_event_at_the_very_instant_sees_the_edition():
    """A stop comes in time; a change of priority asks the new edition at once."""
    book = turned(4, of("2h", when=URGENT), of("20h"))
    assert moments(life((4, "solved")), book, 9) == []
    assert moments(life((4, "urgent")), book, 9) == [(at(4), "due", "2h")]
    assert moments(life((4, "normal"), priority="urgent"), book, 9) == [(at(20), "due", "20h")]


def test_nothing_is_reached_while_paused_or_void():
    paused = life((3, "pending"), (6, "open"))
    assert moments(paused, turned(4, of("2h")), 5) == []
    assert moments(paused, turned(4, of("2h")), 7) == [(at(6), "due", "2h")]
    void = life((3, "void"), (6, "open"))
    assert moments(void, turned(4, of("2h")), 5) == []
    assert moments(void, turned(4, of("2h")), 7) == [(at(6), "due", "2h")]


def test_a_policy_may_begin_and_end():
    """Before it begins there is no clock, but its moments are known; an empty edition ends it."""
    book = PolicyBook([gold(of("4h"), since=at(2))]).replaced(at(7), gold(version="2", when=NEVER))
    early = evaluate(life(), book, as_of=at(1))
    assert early.clocks == ()
    assert early.next_at == at(4)
    assert evaluate(life(), book, as_of=at(8))["resolution"].state == "cancelled"
    assert evaluate(life((5, "pending")), book, as_of=at(6)).agenda.moments != ()
    late = PolicyBook([gold(of("4h"), since=at(2))]).replaced(at(3), gold(version="2"))
    assert evaluate(life(), late, as_of=at(1)).next_at is None


def test_a_promise_outlives_an_edition():
    log = life((1, promises("resolution", 6)))
    assert moments(log, turned(4, of("2h")), 5) == [(at(6), "due", "by 2026-03-02T15:00Z")]


def test_plans_escalate_along_an_edition_that_is_to_come():
    """Half of eight hours is over with the edition of two hours: the step fires with it."""
    half = Step(id="half", to="user:ann", anchor=Threshold(0.75))
    rule = EscalationRule(Plan("warn", [half]), "resolution")
    desk = Desk(policies=turned(4, of("2h")), plans=[rule], agents=[Agent(id="ann")])
    log = life()
    for hours in (1, 3, 4, 5):
        result = evaluate(log, desk.policies, as_of=at(hours))
        agenda = desk.agenda(result, log)
        assert [m.at for m in agenda if m.kind == "notify"] == [at(4)]
        assert desk.next_at(result, log) == agenda.next_at == (at(4) if hours < 4 else None)
        assert pickle.loads(pickle.dumps(result)).agenda == result.agenda  # noqa: S301 - our own


@pytest.mark.parametrize(("follow", "steps"), [("snapshot", ["half"]), ("live", ["soon"])])
def test_a_plan_is_replaced_as_a_policy_is(follow, steps):
    """At four hours of eight another plan holds: a course that has begun keeps its own, or not."""
    half = Plan("warn", [Step(id="half", to="user:ann", anchor=Threshold(0.75))])
    soon = Plan("warn", [Step(id="soon", to="user:ann", anchor=Threshold(0.875))])
    rule = EscalationRule(PlanHistory([Edition(half)], follow), "resolution")
    rule = rule.replaced(at(4), soon)
    assert [edition.since for edition in rule.editions] == [None, at(4)]
    desk = Desk(policies=gold(of("8h")), plans=[rule], agents=[Agent(id="ann")])
    agenda = desk.agenda(evaluate(life(), desk.policies, as_of=at(9)), life())
    assert [m.key[-2] for m in agenda if m.kind == "notify"] == steps


def test_editions_are_read_and_written():
    book = turned(4, Target(metric=RESOLUTION, within=HOUR, calendar=OFFICE))
    data = book_to_data(book)
    assert data["policies"][1]["since"] == "2026-03-02T13:00:00+00:00"
    assert "since" not in data["policies"][0]
    assert read_book(data) == book


def test_editions_of_a_book_follow_each_other():
    book = turned(4, of("2h"))
    with pytest.raises(InvalidTarget, match="editions follow each other"):
        book.replaced(at(3), gold(version="3"))
    with pytest.raises(InvalidTarget, match="editions follow each other"):
        book.replaced(at(4), gold(version="3"))
    with pytest.raises(InvalidTarget, match="editions follow each other"):
        PolicyBook([gold(since=at(1)), gold(version="2")])
    with pytest.raises(InvalidTarget, match="a policy twice"):
        book.replaced(at(5), gold(version="2"))
    with pytest.raises(UnknownPolicy, match="did you mean 'gold'"):
        book.replaced(at(5), SlaPolicy(name="golt", targets=()))
    with pytest.raises(NaiveDatetime):
        book.replaced(datetime(2026, 3, 2), gold(version="3"))
    assert [p.version for p in book.replaced(at(5), gold(version="3")).policies] == ["1", "2", "3"]


def test_a_ticket_is_asked_about_as_of_its_last_event():
    book = turned(4, of("2h")).replaced(at(6), gold(version="3", when=URGENT))
    tickets = [evaluate(life((h, says())), book, as_of=at(9)).ticket for h in (3, 4, 6)]
    assert [[p.version for p in book.matching(t)] for t in tickets] == [["1"], ["2"], []]
    assert [row.policy.version for row in book.rejected(tickets[2])] == ["3"]
