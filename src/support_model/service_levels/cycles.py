"""One cycle of a clock: what happened to it, and what that comes to at an instant.

`CycleFold` keeps facts and no result: start, pauses, stop, and terms (which target held from
when). The functions measure them on one line, the target's calendar minus the pauses; so
elapsed time is a difference, a due date one inverse look-up, and a breach a comparison of
instants: a cycle is missed if and only if it stopped after it was due.

Before this: `support_model.service_levels.policies`. Next:
`support_model.service_levels.clocks`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from attrs import define

from support_model.errors import OutOfRange
from support_model.hours.day_rules import Dates, WorkingDays
from support_model.hours.timeline import CutLine
from support_model.instants import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.hours.timeline import Line
    from support_model.service_levels.policies import SlaPolicy, Target

__all__ = ["CycleFold", "Folded", "Force", "Pause", "Result", "State", "Term"]

State = Literal["not_started", "running", "paused", "met", "missed", "cancelled"]
"""Where a clock stands; `running` says nothing about a breach, which is asked beside it."""


class Force(NamedTuple):
    """What is in force: a policy's target, and a promised date that overrides its due."""

    policy: SlaPolicy
    target: Target
    promised: int | None


class Term(NamedTuple):
    """A stretch of a cycle under one target, from `since` until the next term.

    Attributes:
        since: when it came into force.
        force: what came into force; None where no target held.
        origin: from when open time counts.
        carried: open time used before the origin, under an earlier target.
        allowance: the whole target where it is not the target's own length.
    """

    since: int
    force: Force | None
    origin: int
    carried: int = 0
    allowance: int | None = None


class Pause(NamedTuple):
    """A stretch [start, end) that does not count, and the status that says why."""

    start: int
    end: int
    why: str


class Result(NamedTuple):
    """How a cycle had ended before it was reopened."""

    stopped: int
    state: State


class Reached(NamedTuple):
    """A warning or a breach: when, which threshold, under which policy."""

    when: int
    kind: str
    text: str
    policy: str


class Folded(NamedTuple):
    """Closed cycles as counts, once nothing can change them any more."""

    met: int = 0
    missed: int = 0
    cancelled: int = 0
    breached: int = 0
    first_breach: int | None = None


NONE_FOLDED = Folded()


@define
class CycleFold:
    """What happened to one cycle so far; instants in microseconds.

    `paused` is the start and the status of a pause that still holds, `stopped_by` the facts of
    the step that stopped it, `results` how it had ended before it was reopened, `reached` what
    was reached before it was begun anew.
    """

    number: int
    start: int
    pauses: tuple[Pause, ...] = ()
    paused: tuple[int, str] | None = None
    stopped: int | None = None
    stopped_by: tuple[str, ...] = ()
    voided: bool = False
    terms: tuple[Term, ...] = ()
    results: tuple[Result, ...] = ()
    reached: tuple[Reached, ...] = ()

    @property
    def cancelled(self) -> bool:
        """Whether no target holds any more, or a cancellation took its stop back."""
        return self.voided or self.terms[-1].force is None

    def copy(self) -> CycleFold:
        """Return the same, to be changed apart."""
        return CycleFold(
            self.number,
            self.start,
            self.pauses,
            self.paused,
            self.stopped,
            self.stopped_by,
            self.voided,
            self.terms,
            self.results,
            self.reached,
        )

    @property
    def held(self) -> Term | None:
        """The last term in which a target was in force."""
        last = self.terms[-1]
        if last.force is not None:
            return last
        return next((term for term in reversed(self.terms) if term.force is not None), None)

    def end(self, as_of: int) -> int:
        """Return the cancellation, else the stop, else the instant asked about."""
        last = self.terms[-1]
        if last.force is None:
            return last.since
        return as_of if self.stopped is None else self.stopped

    def cuts(self, as_of: int) -> list[tuple[int, int]]:
        """Return the stretches that do not count; an open pause ends at the instant asked."""
        if not self.pauses and self.paused is None:
            return []
        found = [(start, end) for start, end, _ in self.pauses]
        if self.paused is not None and self.paused[0] < as_of:
            found.append((self.paused[0], as_of))
        return found


@define
class Measured:
    """A term of a cycle on its own line: where it starts, what it allows, when it is due."""

    cycle: CycleFold
    term: Term
    force: Force
    target: Target
    line: Line
    cuts: list[tuple[int, int]]
    base: int
    allowance: int | None
    due: int | None

    def used(self, at: int) -> int:
        """Return the counted time until an instant."""
        origin = self.term.origin
        return self.term.carried + (self.line.count(at) - self.base if at > origin else 0)

    def gross(self, at: int) -> int:
        """Return the open time until an instant, pauses included."""
        count, origin = self.target.calendar.line.count, self.term.origin
        return self.term.carried + (count(at) - count(origin) if at > origin else 0)

    def thresholds(self) -> Iterator[tuple[str, str, int | None]]:
        """Yield (kind, text, instant) of each warning and of the breach, if nothing pauses.

        A share of the target is the ceiling of the exact fraction.
        """
        allowance, within, promised = self.allowance, self.target.within, self.force.promised
        if promised is not None:
            allowance = self.gross(promised)
        for text, numerator, denominator, offset in self.target.warnings:
            if allowance is not None:
                need = -(-allowance * numerator // denominator) + offset
                at = self.reached(need) if promised is None else self.on_the_way(need, promised)
                yield "warning", text, at
        text = duration_text(within) if isinstance(within, timedelta) else str(within)
        yield "breach", text if promised is None else f"promised {promised}", self.due

    def reached(self, need: int) -> int | None:
        """Return when so much time will have counted; None if never."""
        need -= self.term.carried
        if need <= 0:
            return self.term.origin
        return _earliest(self.line, self.base + need, self.term.origin)

    def on_the_way(self, need: int, promised: int) -> int | None:
        """Return when so much of the time to a promised date is over.

        No pause moves the date, so none moves what is told on the way to it; beyond it time
        counts as ever.
        """
        origin, calendar = self.term.origin, self.target.calendar.line
        beyond = need - self.gross(promised)
        if beyond > 0:
            since = max(promised, origin)
            return _earliest(self.line, self.line.count(since) + beyond, since)
        need -= self.term.carried
        return origin if need <= 0 else _earliest(calendar, calendar.count(origin) + need, origin)

    def counts(self, at: int) -> int | None:
        """Return when something due at an instant happens: then, or where the term begins.

        Inside a pause that had begun before, it waits for the end of the pause; None where
        the pause is still open.
        """
        at = max(at, self.term.since)
        for start, end in self.cuts:
            if start < at < end:
                paused = self.cycle.paused
                return None if paused is not None and paused[0] == start else end
        return at

    @property
    def breach(self) -> int | None:
        """When it is breached unless it stops until then; None if never, or not while paused."""
        if self.due is None:
            return None
        if self.due > self.term.since and self.target.length and self.force.promised is None:
            return self.due  # a due that was counted out lies inside no pause
        return self.counts(self.due)

    def breach_by(self, end: int, *, stopped: bool) -> int | None:
        """Return when it was breached before an end; one that stopped late is, in any case."""
        breach = self.breach
        if stopped and self.due is not None and end > self.due:
            return end if breach is None else min(breach, end)
        return breach if breach is not None and end > breach else None


def _earliest(line: Line, count: int, near: int) -> int | None:
    """Return when a line reaches a count; a date beyond the year 9999 is never."""
    try:
        return line.earliest(count, near)
    except OutOfRange:
        return None


def measured(cycle: CycleFold, term: Term, as_of: int) -> Measured:
    """Return a term measured with the pauses until an instant; the term has a target."""
    force = term.force
    assert force is not None  # noqa: S101 - asked by every caller
    target = force.target
    cuts = cycle.cuts(as_of)
    line: Line = CutLine(target.calendar.line, cuts) if cuts else target.calendar.line
    base = line.count(term.origin)
    found = Measured(cycle, term, force, target, line, cuts, base, None, None)
    found.allowance = length(target, term.origin) if term.allowance is None else term.allowance
    if force.promised is not None:
        found.due = force.promised
        found.allowance = found.used(force.promised)
    elif isinstance(target.within, WorkingDays) and term.allowance is None:
        found.due = _due_in_days(found, target.within)
    elif found.allowance is not None:
        found.due = found.reached(found.allowance)
    return found


def length(target: Target, origin: int) -> int | None:
    """Return a target in microseconds of open time from an instant; None without one."""
    if not isinstance(target.within, WorkingDays):
        return target.length
    due = _nth_date(target, target.within, origin)
    count = target.calendar.line.count
    return None if due is None else count(due) - count(origin)


def _nth_date(target: Target, within: WorkingDays, origin: int) -> int | None:
    try:
        return within.reached(Dates(target.calendar.tz, target.calendar.line), origin)
    except OutOfRange:
        return None


def _due_in_days(found: Measured, within: WorkingDays) -> int | None:
    """Return the n-th date, moved on by the open time that pauses cost until then."""
    origin = found.term.origin
    due = _nth_date(found.target, within, origin)
    if due is None or found.allowance is None:
        return None
    if found.line.count(due) - found.base == found.allowance:
        return due
    return found.reached(found.allowance)


def due_of(cycle: CycleFold, as_of: int) -> int | None:
    """Return when a cycle is due under its last target; None where it is not."""
    term = cycle.held
    return None if term is None else measured(cycle, term, as_of).due


def state_of(cycle: CycleFold, measure: Measured) -> State:
    """Return where a cycle stands, given its last target measured.

    Missed if and only if it stopped after it was due: then its elapsed time exceeds the
    target, or equals it and the clock was not counting just before the stop.
    """
    if cycle.cancelled:
        return "cancelled"
    if cycle.stopped is None:
        return "running" if cycle.paused is None else "paused"
    return "missed" if measure.due is not None and cycle.stopped > measure.due else "met"


def terms_of(cycle: CycleFold, as_of: int) -> list[tuple[Term, int]]:
    """Return the terms that had a target, each with its end."""
    ends = [term.since for term in cycle.terms[1:]] + [cycle.end(as_of)]
    terms = zip(cycle.terms, ends, strict=True)
    return [(term, until) for term, until in terms if term.force is not None]


def moments_of(cycle: CycleFold, as_of: int) -> list[Reached]:
    """Return the first instant of each threshold, reached or ahead, under all terms."""
    found = {reached[1:]: reached for reached in cycle.reached}
    terms = terms_of(cycle, as_of)
    for i, (term, until) in enumerate(terms):
        measure = measured(cycle, term, as_of)
        last = i == len(terms) - 1 and not cycle.cancelled
        stopped = last and cycle.stopped is not None
        for kind, text, at in measure.thresholds():
            when = None if at is None else measure.counts(at)
            if kind == "breach" and (stopped or not last):
                when = measure.breach_by(until, stopped=stopped)
            elif when is not None and (stopped or not last) and when >= until:
                when = None
            elif when is not None and cycle.paused is not None and when > cycle.paused[0]:
                when = None  # it may never resume
            if when is not None:
                reached = Reached(when, kind, text, measure.force.policy.name)
                found.setdefault(reached[1:], reached)
    return list(found.values())


def ahead_of(cycle: CycleFold, measure: Measured, as_of: int) -> list[int]:
    """Return the moments of a running cycle that are still to come.

    Only where an earlier target may have reached a threshold, all terms have to be measured.
    """
    if len(cycle.terms) > 1 or cycle.reached:
        found = [reached.when for reached in moments_of(cycle, as_of)]
    else:
        reached = [at for _, _, at in measure.thresholds() if at is not None]
        found = [when for at in reached if (when := measure.counts(at)) is not None]
    return [when for when in found if when > as_of]


def earlier_breaches(cycle: CycleFold, as_of: int) -> list[int]:
    """Return when a cycle was breached under targets that are no longer in force."""
    found = [reached.when for reached in cycle.reached if reached.kind == "breach"]
    for term, until in terms_of(cycle, as_of):
        if cycle.cancelled or term is not cycle.terms[-1]:
            breach = measured(cycle, term, as_of).breach_by(until, stopped=False)
            found += [] if breach is None else [breach]
    return found


def breach_of(cycle: CycleFold, measure: Measured, as_of: int) -> int | None:
    """Return when a cycle was breached under the target in force; None if it is not."""
    if cycle.cancelled:
        return None
    return measure.breach_by(cycle.end(as_of), stopped=cycle.stopped is not None)
