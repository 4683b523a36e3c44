"""Bugs that people make, planted in the engine of service levels: the laws notice each one."""

from collections import Counter

import pytest
from sla.differential import drawn

from support_model._sla import clocks, cycles, evaluations, policies
from support_model.errors import LawBroken
from support_model.testing import SLA_LAWS
from support_model.testing._laws import counted_branches
from support_model.testing._sla_laws import check_policy_at
from support_model.testing._sla_strategies import sla_scenes

FEW, LAST, RARE = 200, cycles.LAST, 0.05


def warned_late(right):
    """A warning comes at 125 % of its share."""

    def thresholds(measure):
        for kind, text, at in right(measure):
            share = [w for w in measure.target.warnings if w.text == text and w.numerator]
            late = kind == "warning" and share and measure.allowance
            need = late and -(-measure.allowance * share[0].numerator * 5 // share[0].denominator)
            yield kind, text, measure.reached(need // 4 + share[0].offset) if late else at

    return thresholds


def equality_is_late(right):
    def state(measure):
        late = measure.due is not None and measure.due == measure.view.count.stopped
        return "missed" if late and right(measure) == "met" else right(measure)

    return state


def to_the_next_opening(right):
    """A due on a close moves to the next opening."""

    def earliest(line, count, near):
        found = right(line, count + 1, near)
        return found if found is None else found - 1

    return earliest


def solved_time_counts(right):
    def reopen(fold, at, voids):
        cycle = right(fold, at, voids)
        if fold.metric.after_stop == "resume":
            cycle.last.pauses = [p for p in cycle.last.pauses if p.why != "solved"]
        return cycle

    return reopen


def restarted_in_place(right):
    """A reset begins no count of its own."""

    def again(fold, cycle, at):
        right(fold, cycle, at)
        if len(cycle.counts) > 1:
            cycle.counts[-1].start = cycle.counts[-2].start
            del cycle.counts[-1]

    return again


def without_promises(right):
    def in_force(folds, ticket, at):
        forces = right(folds, ticket, at)
        return {key: force._replace(promised=None) for key, force in forces.items()}

    return in_force


def never(_):
    return lambda *_, **_more: None


def off_by_one(right):
    def answer(*given):
        found = right(*given)
        return found if found is None else found + 1

    return answer


def before_the_end(right):
    """What is due at the instant asked about is not breached yet."""

    def breach_by(measure, end, *, stopped):
        found = right(measure, end, stopped=stopped)
        return None if end is None and found == measure.view.as_of else found

    return breach_by


PLANTED = {
    "equality is late": (evaluations, "state_of", equality_is_late),
    "a due on a close": (cycles, "_earliest", to_the_next_opening),
    "a reopening does not resume": (
        clocks.ClockFold,
        "_begun_by",
        lambda right: (
            lambda fold, step, now, *, ends: right(
                fold, step, now, ends=ends or (bool(fold.cycles) and not fold.metric.repeats)
            )
        ),
    ),
    "solved time counts": (clocks.ClockFold, "_reopen", solved_time_counts),
    "a warning at 125 %": (cycles.MeasuredTerm, "thresholds", warned_late),
    "an earlier breach forgotten": (evaluations, "earlier_breaches", lambda _: lambda *_: []),
    "time used up too early": (cycles.MeasuredTerm, "used", off_by_one),
    "reached too late": (cycles.MeasuredTerm, "reached", off_by_one),
    "a pause that never ends": (clocks, "_resume", never),
    "a cycle begins late": (
        clocks.ClockFold,
        "_begin",
        lambda right: lambda fold, at: right(fold, at + 1),
    ),
    "due in a pause": (cycles.View, "happens_at", lambda _: lambda _view, at: at),
    "pauses do not move a due": (
        cycles.View,
        "timeline",
        lambda _: lambda _view, target: target.calendar.timeline,
    ),
    "a reset begins no count": (clocks.ClockFold, "_again", restarted_in_place),
    "a promise is not kept": (clocks.ClockFolds, "_in_force", without_promises),
    "time in void counts": (clocks, "_restore", never),
    "not breached at the due": (cycles.MeasuredTerm, "breach_by", before_the_end),
    "no moment ahead": (evaluations, "ahead_of", lambda _: lambda *_: []),
    "a stop a microsecond late": (
        clocks,
        "_stop",
        lambda right: lambda count, at, step: right(count, at + 1, step),
    ),
    "an edition holds from the start": (
        policies.PolicyBook,
        "current",
        lambda _: lambda book, _at: book.epochs[-1],
    ),
    "an edition waits for an event": (clocks.ClockFold, "turn", never),
    "warnings are not reported": (
        cycles.MeasuredTerm,
        "thresholds",
        lambda right: (
            lambda measure: [
                row if row[0] == "breach" else (*row[:2], None) for row in right(measure)
            ]
        ),
    ),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_breaks_a_law(bug, monkeypatch):
    owner, name, wrong = PLANTED[bug]
    monkeypatch.setattr(owner, name, wrong(getattr(owner, name)))

    def judge():
        for scene in drawn(sla_scenes(), FEW):
            check_policy_at(scene)

    with pytest.raises(LawBroken, match=r"law S\d+ does not hold: "):
        judge()


def test_each_law_meets_what_it_speaks_about():
    """Of two hundred scenes each branch of each law is met in one of twenty."""
    seen = Counter()
    for scene in drawn(sla_scenes(), FEW, seed=1):
        with counted_branches() as branches:
            check_policy_at(scene)
        seen.update(branches.keys())
    assert {branch: times for branch, times in seen.items() if times < RARE * FEW} == {}
    assert {branch.partition(":")[0] for branch in seen} == {*SLA_LAWS}
