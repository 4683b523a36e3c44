"""Clocks as folds: one metric over a ticket's steps into cycles, and all metrics of a book.

Steps are taken one by one in the order of the log. At one step a reset comes before a stop, a
stop before a pause, a start last; a cancellation at the instant of a stop takes the stop back.

Before this: `support_model.service_levels.cycles`. Next:
`support_model.service_levels.evaluations`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from support_model.events import PolicyApplied, Promised, Related
from support_model.instants import LAST, micros
from support_model.service_levels.cycles import (
    NONE_FOLDED,
    CycleFold,
    Folded,
    Force,
    Pause,
    Result,
    Term,
    breach_of,
    due_of,
    earlier_breaches,
    length,
    measured,
    moments_of,
    state_of,
)
from support_model.tickets import still

if TYPE_CHECKING:
    from support_model.service_levels.metrics import Metric
    from support_model.service_levels.policies import PolicyBook
    from support_model.tickets import Step, Ticket

__all__ = ["ClockFold", "ClockFolds"]


@define
class ClockFold:
    """The cycles of one metric in one slot: a kind of agreement, or one policy.

    `key` is the slot and the name of the metric.
    """

    key: tuple[str, str]
    metric: Metric
    force: Force | None = None
    cycles: tuple[CycleFold, ...] = ()
    folded: Folded = NONE_FOLDED

    def bring(self, force: Force | None, at: int, *, void: bool) -> None:
        """Bring into force what holds from an instant on; nothing does for a void ticket."""
        if force != self.force:
            self.force = force
            if self.cycles and self.cycles[-1].stopped is None:
                self._enter(self.cycles[-1], at, force, void=void)

    def feed(self, now: Step, at: int, *, void: bool) -> None:
        """Take one step, after what it brought into force."""
        metric = self.metric
        cycle = self.cycles[-1] if self.cycles else None
        if cycle is None:
            cycle = self._first(now, at)
        elif cycle.stopped is None:
            cycle = self._running(cycle, now, at)
        elif metric.after_stop != "once" or cycle.stopped == at:
            cycle = self._stopped(cycle, now, at, void=void)
        if metric.pauses and cycle is not None and cycle.stopped is None:
            if metric.pause.test(now):
                if cycle.paused is None:
                    cycle.paused = (at, now.after.status.name)
            elif cycle.paused is not None:
                _resume(cycle, at)

    def _first(self, now: Step, at: int) -> CycleFold | None:
        """Begin; a ticket created in a status that stops the clock stops it at once."""
        if not self.metric.start.test(now):
            return None
        cycle = self._begin(at)
        if now.before is None and self.metric.stop.test(now):
            _stop(cycle, at, now)
        return cycle

    def _running(self, cycle: CycleFold, now: Step, at: int) -> CycleFold:
        metric = self.metric
        if metric.resets and metric.reset.test(now):
            self._restart(cycle, at)
        if metric.stop.test(now):
            _stop(cycle, at, now)
            if metric.repeats and metric.start.test(now):
                return self._begin(at)
        return cycle

    def _stopped(self, cycle: CycleFold, now: Step, at: int, *, void: bool) -> CycleFold:
        metric = self.metric
        if cycle.stopped == at and void:
            cycle.voided = True  # within one instant a cancellation comes before a stop
        elif metric.repeats:
            if metric.start.test(now):
                return self._begin(at)
        elif metric.after_stop != "once" and metric.reopen.test(now):
            self._reopen(cycle, at)
        return cycle

    def copy(self) -> ClockFold:
        """Return a fold that can be fed without this one noticing."""
        cycles = tuple([cycle.copy() for cycle in self.cycles])
        return ClockFold(self.key, self.metric, self.force, cycles, self.folded)

    def count_closed(self) -> None:
        """Keep of closed cycles only how many there were of each kind.

        The last one stays, and the last that had a target: it is what a clock answers with.
        """
        held = [cycle for cycle in self.cycles if cycle.held is not None]
        for cycle in held[:-1]:
            self.folded = _counted(self.folded, cycle)
        self.cycles = (*held[-1:], *(c for c in self.cycles[-1:] if c.held is None))

    def _begin(self, at: int) -> CycleFold:
        last = self.cycles[-1] if self.cycles else None
        if last is not None and self.metric.after_stop == "again_after_due":
            due = due_of(last, at)
            at = at if due is None else max(at, due)
        cycle = CycleFold(last.number + 1 if last else 1, at)
        cycle.terms += (Term(at, self.force, at),)
        self.cycles += (cycle,)
        return cycle

    def _restart(self, cycle: CycleFold, at: int) -> None:
        """Count from zero; what was reached stays reached."""
        cycle.reached = tuple(moment for moment in moments_of(cycle, at) if moment.when < at)
        held = cycle.held
        cycle.start, cycle.stopped, cycle.stopped_by, cycle.voided = at, None, (), False
        cycle.pauses, cycle.paused = (), None
        cycle.terms = (Term(at, self.force, at),)
        if self.force is None and held is not None:
            cycle.terms = (Term(at, held.force, at), *cycle.terms)

    def _reopen(self, cycle: CycleFold, at: int) -> None:
        stopped = cycle.stopped
        assert stopped is not None  # noqa: S101 - asked by the caller
        if (term := cycle.held) is not None:
            cycle.results += (Result(stopped, state_of(cycle, measured(cycle, term, at))),)
        if self.metric.after_stop == "restart":
            self._restart(cycle, at)
            return
        cycle.stopped, cycle.stopped_by, cycle.voided = None, (), False
        if self.metric.after_stop == "resume" and at > stopped:
            cycle.pauses += (Pause(stopped, at, "solved"),)
        if cycle.terms[-1].force != self.force:
            self._enter(cycle, at, self.force, void=False)

    def _enter(self, cycle: CycleFold, at: int, force: Force | None, *, void: bool) -> None:
        """Bring another target into force in an open cycle, by the rule that it names."""
        held = cycle.held
        old = None if held is None else held.force
        if force is None:
            if void or old is None or old.target.on_change != "frozen":
                cycle.terms += (Term(at, None, cycle.start),)
            return
        rule = force.target.on_change
        if held is None or old is None:
            term = Term(at, force, cycle.start)
        elif force.target == old.target:
            term = held._replace(since=at, force=force)
            same = old.policy.name == force.policy.name and old.promised == force.promised
            if same and cycle.terms[-1] is held:  # another edition promises the same
                cycle.terms = (*cycle.terms[:-1], held._replace(force=force))
                return
        elif rule == "carry":
            term = held._replace(since=at, force=force, allowance=None)
        elif rule == "frozen":
            term = held._replace(since=at)
        elif rule == "restart":
            term = Term(at, force, max(at, cycle.start))
        else:
            term = _forward(cycle, at, held, force)
        if term._replace(since=0) != cycle.terms[-1]._replace(since=0):
            cycle.terms += (term,)


def _forward(cycle: CycleFold, at: int, held: Term, force: Force) -> Term:
    """Leave the same share of the new target as was left of the old one."""
    before = measured(cycle, held, at)
    used, old, new = before.used(at), before.allowance, length(force.target, at)
    origin = max(at, cycle.start)
    if not old or new is None:
        return Term(at, force, origin, used)
    left = -((used - old) * new // old)
    return Term(at, force, origin, used, used + left)


def _stop(cycle: CycleFold, at: int, now: Step) -> None:
    cycle.stopped, cycle.stopped_by = at, tuple(sorted(now.facts))
    if cycle.paused is not None:
        _resume(cycle, at)


def _resume(cycle: CycleFold, at: int) -> None:
    assert cycle.paused is not None  # noqa: S101 - asked by the caller
    since, why = cycle.paused
    cycle.paused = None
    if at > since:
        cycle.pauses += (Pause(since, at, why),)


def _counted(folded: Folded, cycle: CycleFold) -> Folded:
    """Count one more closed cycle."""
    breaches = earlier_breaches(cycle, LAST)
    if (term := cycle.held) is not None:
        breach = breach_of(cycle, measured(cycle, term, LAST), LAST)
        breaches += [] if breach is None else [breach]
    if breaches or any(result.state == "missed" for result in cycle.results):
        first = min([*breaches, *filter(None, [folded.first_breach])], default=None)
        folded = folded._replace(breached=folded.breached + 1, first_breach=first)
    if term is None or cycle.stopped is None:
        return folded
    state = state_of(cycle, measured(cycle, term, cycle.stopped))
    return folded._replace(**{state: getattr(folded, state) + 1})


VOIDING = frozenset({"voided", "restored"})
DECIDING = (PolicyApplied, Promised, Related)


@define
class ClockFolds:
    """The clocks of a book, fed together; `forces` is what is in force after the last step."""

    book: PolicyBook
    clocks: tuple[ClockFold, ...]
    forces: dict[tuple[str, str], Force]
    void: bool = False

    @classmethod
    def of(cls, book: PolicyBook) -> ClockFolds:
        """Return the clocks of a book before the first step."""
        return cls(book, tuple([ClockFold(key, metric) for key, metric in book.slots]), {})

    def enter(self, ticket: Ticket) -> None:
        """Find what is in force for a ticket, without a step."""
        self.forces = self._in_force(ticket)
        for clock in self.clocks:
            clock.force = self.forces.get(clock.key)

    def copy(self) -> ClockFolds:
        """Return folds that can be fed without these noticing."""
        clocks = tuple([clock.copy() for clock in self.clocks])
        return ClockFolds(self.book, clocks, self.forces, self.void)

    def feed(self, now: Step) -> None:
        """Take one step: find what is in force, then let every clock see it."""
        event = now.event
        assert event is not None  # noqa: S101 - a fold goes over events
        at = event.micros
        if self._decides(now):
            self.forces = self._in_force(now.after)
            for clock in self.clocks:
                clock.bring(self.forces.get(clock.key), at, void=self.void)
        for clock in self.clocks:
            clock.feed(now, at, void=self.void)

    def _decides(self, now: Step) -> bool:
        """Tell whether a step may bring another target into force."""
        asks = self.book.asks
        if asks is None or now.before is None or type(now.event) in DECIDING:
            return True
        return not (asks.isdisjoint(now.changed) and VOIDING.isdisjoint(now.facts))

    def _in_force(self, ticket: Ticket) -> dict[tuple[str, str], Force]:
        merged = any(kind == "merged_into" for kind, _ in ticket.relations)
        self.void = merged or ticket.category == "void"
        if self.void:
            return {}
        promised = {metric: micros(due) for metric, due in ticket.promises}
        forces = {}
        for key, (policy, target) in self.book.in_force(still(ticket)).items():
            due = promised.get(key[1])
            if due is not None or target.within is not None:
                forces[key] = Force(policy, target, due)
        return forces
