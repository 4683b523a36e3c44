"""One cycle of a clock: what happened to it, and what that comes to at an instant.

A cycle is a row of counts: a reset, a restart after a stop, or a target that restarts ends one
count and begins the next from zero. `CountFold` keeps facts and no result: start, pauses, stop,
and terms (which target held from when). `View` and `MeasuredTerm` measure them on one line, the
target's calendar minus the pauses; so elapsed time is a difference, a due date one inverse
look-up, and a breach a comparison of instants.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from attrs import define, field

from support_model._sla.policies import target_text
from support_model._time import LAST
from support_model.calendars import WorkingDays
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._sla.policies import PolicyBook, SlaPolicy, Target
    from support_model.calendars import Timeline


END = LAST + 1

State = Literal["not_started", "running", "paused", "met", "missed", "cancelled", "ended"]
"""Where a clock stands; `running` says nothing about a breach, which is asked beside it.

`ended` is said of a count that another count of its cycle replaced before it stopped.
"""


class Force(NamedTuple):
    """What is in force: a policy's target, and a promised date that overrides its due."""

    policy: SlaPolicy
    target: Target
    promised: int | None


class Term(NamedTuple):
    """A stretch of a count under one target, from `since` until the next term.

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

    @property
    def has_length(self) -> bool:
        """Whether a target with a length holds, and not a promised date alone."""
        return self.force is not None and self.force.target.within is not None


class Pause(NamedTuple):
    """A stretch [start, end) that does not count, and the status that says why."""

    start: int
    end: int
    why: str


class Gap(NamedTuple):
    """A stretch [start, end) in which nothing comes due: solved and reopened, or void.

    `back` is the empty one at the start of a count that begins in a pause or by a reopening.
    """

    start: int
    end: int
    by: Literal["stop", "void", "back"]


class Result(NamedTuple):
    """How a cycle had ended before it was reopened."""

    stopped: int
    state: State


class ThresholdMoment(NamedTuple):
    """A warning or a breach: when, which threshold of which target, under which policy.

    `warning` is the share or the offset of a warning; `length` is the target as its term has it.
    """

    at: int
    kind: str
    threshold: str
    target: str
    policy: str
    warning: float | timedelta | None
    length: timedelta | WorkingDays | int | None


class Folded(NamedTuple):
    """Closed cycles as counts, once nothing can change them any more."""

    met: int = 0
    missed: int = 0
    cancelled: int = 0
    breached: int = 0
    first_breach: int | None = None


NONE_FOLDED = Folded()


@define
class CountFold:
    """What happened to one count so far; instants in microseconds.

    `paused` is the start and the status of a pause that still holds, a void one included;
    `stopped_by` are the facts of the step that stopped it; `gaps` are stretches in which it had
    stopped or was void; `ended` is when the next count began.
    """

    cycle: int
    number: int
    start: int
    terms: list[Term]
    pauses: list[Pause] = field(factory=list)
    paused: tuple[int, str] | None = None
    stopped: int | None = None
    stopped_by: tuple[str, ...] = ()
    voided: bool = False
    gaps: list[Gap] = field(factory=list)
    ended: int | None = None

    @property
    def cancelled(self) -> bool:
        """Whether no target holds any more, or the ticket is void."""
        return self.voided or self.terms[-1].force is None

    def copy(self) -> CountFold:
        """Return the same, to be changed apart."""
        return CountFold(
            self.cycle,
            self.number,
            self.start,
            [*self.terms],
            [*self.pauses],
            self.paused,
            self.stopped,
            self.stopped_by,
            self.voided,
            [*self.gaps],
            self.ended,
        )

    @property
    def held(self) -> Term | None:
        """The last term in which a target was in force."""
        last = self.terms[-1]
        if last.force is not None:
            return last
        return next((term for term in reversed(self.terms) if term.force is not None), None)

    @property
    def first_with_length(self) -> Term | None:
        """The first term in which a target with a length was in force."""
        return next((term for term in self.terms if term.has_length), None)

    @property
    def last_with_length(self) -> Term | None:
        """The last term in which a target with a length was in force."""
        return next((term for term in reversed(self.terms) if term.has_length), None)

    def end(self, as_of: int) -> int:
        """Return the cancellation, else the stop, else the end, else the instant asked about."""
        last = self.terms[-1]
        if last.force is None:
            voids = (gap for gap in self.gaps if gap.by == "void")
            covering = (void.start for void in voids if void.start <= last.since <= void.end)
            return next(covering, last.since)
        if self.voided and self.paused is not None:
            return self.paused[0]
        if self.stopped is not None:
            return self.stopped
        return as_of if self.ended is None else self.ended


@define
class CycleFold:
    """The counts of a cycle, in order; all but the last have ended."""

    number: int
    counts: list[CountFold]

    @property
    def last(self) -> CountFold:
        """The count that runs, or ran last."""
        return self.counts[-1]

    @property
    def held(self) -> CountFold | None:
        """The last count that ever had a target; None where none did."""
        return next((c for c in reversed(self.counts) if c.held is not None), None)

    def copy(self) -> CycleFold:
        """Return the same, to be changed apart; counts that have ended do not change."""
        return CycleFold(self.number, [*self.counts[:-1], self.counts[-1].copy()])


class Suspension(NamedTuple):
    """A stretch in which nothing happens; whether what falls on its start waits, too."""

    start: int
    end: int
    closed: bool


def _suspensions(count: CountFold, paused_until: int) -> list[Suspension]:
    """Return the pauses and gaps of a count, those that touch joined behind a gap.

    A pause that begins at the instant of a due comes too late; a stop or a cancellation at that
    instant comes in time, so a gap holds its first instant, too.
    """
    spans = [Suspension(pause.start, pause.end, closed=False) for pause in count.pauses]
    if count.paused is not None:
        spans.append(Suspension(count.paused[0], paused_until, closed=count.voided))
    spans += [Suspension(gap.start, gap.end, closed=True) for gap in count.gaps]
    spans.sort(key=lambda span: (span.start, not span.closed, span.end))
    joined: list[Suspension] = []
    gap_last = False  # whether a gap reaches the end of the last stretch
    for span in spans:
        last = joined[-1] if joined else None
        touches = last is not None and (gap_last or span.closed) and span.start == last.end
        if last is None or (span.start >= last.end and not touches):
            joined.append(span)
            gap_last = span.closed
        elif span.end > last.end:
            joined[-1] = Suspension(last.start, span.end, last.closed)
            gap_last = span.closed
        else:
            gap_last = gap_last or (span.closed and span.end == last.end)
    return joined


@define
class View:
    """A count as it is seen at an instant: what does not count, and when nothing is told.

    An open pause is taken to end at the instant; `lines` keeps the counted time of each
    calendar, so that all terms share it.
    """

    count: CountFold
    as_of: int
    cuts: list[tuple[int, int]]
    suspensions: list[Suspension]
    starts: list[int]
    stops: list[int]
    timelines: list[tuple[Timeline, Timeline]]

    @classmethod
    def of(cls, count: CountFold, as_of: int) -> View:
        """Return a count as it is seen at an instant."""
        if not count.pauses and count.paused is None and not count.gaps:
            return cls(count, as_of, [], [], [], [], [])
        cuts = [(start, end) for start, end, _ in count.pauses]
        if count.paused is not None and count.paused[0] < as_of:
            cuts.append((count.paused[0], as_of))
        quiet = _suspensions(count, END)
        stops = [gap.start for gap in count.gaps if gap.by == "stop"]
        return cls(count, as_of, cuts, quiet, [span.start for span in quiet], stops, [])

    def timeline(self, target: Target) -> Timeline:
        """Return the counted time under a target: its calendar minus the pauses."""
        base: Timeline = target.calendar.timeline
        if not self.cuts:
            return base
        for known, line in self.timelines:
            if known is base:
                return line
        line = base.without(self.cuts)
        self.timelines.append((base, line))
        return line

    def __reduce__(self) -> tuple[object, ...]:
        return View.of, (self.count, self.as_of)  # a compiled calendar is no part of a copy

    def happens_at(self, at: int) -> int | None:
        """Return when something that falls on an instant happens; None while a pause is open.

        It waits for the end of the pause or gap in which it lies.
        """
        if not self.suspensions:
            return at
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return at
        span = self.suspensions[i]
        if span.start < at < span.end or (span.closed and at == span.start < span.end):
            return None if span.end == END else span.end
        return at

    def stretches(self) -> Iterator[tuple[MeasuredTerm, int | None]]:
        """Yield the terms that had a target, measured, each with its end; None: it is open."""
        count, as_of = self.count, self.as_of
        open_ended = count.stopped is None and count.ended is None and not count.cancelled
        for i, term in enumerate(count.terms):
            if term.force is not None:
                last = i + 1 == len(count.terms)
                until = count.end(as_of) if last else count.terms[i + 1].since
                yield measure_term(self, term), None if last and open_ended else until


@define
class MeasuredTerm:
    """A term of a count on its own line: where it starts, what it allows, when it is due."""

    view: View
    term: Term
    force: Force
    target: Target
    timeline: Timeline
    base: int
    allowance: int | None
    due: int | None

    def __reduce__(self) -> tuple[object, ...]:
        return measure_term, (self.view, self.term)

    def used(self, at: int) -> int:
        """Return the time counted until an instant; on the way to a promised date pauses count."""
        term, promised = self.term, self.force.promised
        if at <= term.origin:
            return term.carried
        if promised is None:
            return term.carried + self.timeline.open_before(at) - self.base
        way = max(min(at, promised), term.origin)
        return self.gross(way) + self.timeline.open_before(at) - self.timeline.open_before(way)

    def gross(self, at: int) -> int:
        """Return the open time until an instant, pauses included."""
        count, origin = self.target.calendar.timeline.open_before, self.term.origin
        return self.term.carried + (count(at) - count(origin) if at > origin else 0)

    def thresholds(self) -> Iterator[tuple[str, str, int | None]]:
        """Yield (kind, threshold, instant) of each warning and of the breach, if nothing pauses.

        A share of the target is the ceiling of the exact fraction.
        """
        allowance = self.allowance
        for text, numerator, denominator, offset in self.target.warnings:
            if allowance is not None:
                need = -(-allowance * numerator // denominator) + offset
                yield "warning", text, self.reached(need)
        yield "breach", "due", self.due

    def reached(self, need: int) -> int | None:
        """Return when so much time will have counted; None if never.

        No pause moves a promised date, so none moves what is told on the way to it; beyond it
        time counts as ever.
        """
        origin, promised, line = self.term.origin, self.force.promised, self.timeline
        if promised is not None:
            beyond = need - self.gross(promised)
            if beyond > 0:
                since = max(promised, origin)
                return _earliest(line, line.open_before(since) + beyond, since)
            line = self.target.calendar.timeline
        need -= self.term.carried
        return origin if need <= 0 else _earliest(line, line.open_before(origin) + need, origin)

    def happens_at(self, at: int) -> int | None:
        """Return when something due at an instant happens, at the earliest as the term begins."""
        return self.view.happens_at(max(at, self.term.since))

    @property
    def breach(self) -> int | None:
        """When it is breached unless it stops until then; None if never, or not while paused.

        A stop that came late is a breach, even where the due lay in the pause that it ended.
        """
        due = self.due
        if due is None:
            return None
        at = self.happens_at(due)
        stops = self.view.stops
        late = bisect_right(stops, max(due, self.term.since - 1))
        if late == len(stops):
            return at
        return stops[late] if at is None else min(at, stops[late])

    def breach_by(self, end: int | None, *, stopped: bool) -> int | None:
        """Return when it was breached before an end; one that stopped late is, in any case.

        At the very end it is not: a stop, a change or a cancellation comes in time. None as the
        end is the instant asked about, at which everything is known.
        """
        breach = self.breach
        if end is None:
            return breach if breach is not None and breach <= self.view.as_of else None
        if stopped and self.due is not None and end > self.due:
            return end if breach is None else min(breach, end)
        return breach if breach is not None and end > breach else None


def _earliest(timeline: Timeline, open_before: int, near: int) -> int | None:
    """Return when a line reaches a count; a date beyond the year 9999 is never."""
    try:
        return timeline.earliest(open_before, near)
    except OutOfRange:
        return None


def measure_term(view: View, term: Term) -> MeasuredTerm:
    """Return a term measured with the pauses until an instant; the term has a target."""
    force = term.force
    assert force is not None  # noqa: S101 - asked by every caller
    target = force.target
    line = view.timeline(target)
    measure = MeasuredTerm(
        view, term, force, target, line, line.open_before(term.origin), None, None
    )
    if force.promised is not None:
        measure.due, measure.allowance = force.promised, measure.gross(force.promised)
        return measure
    if term.allowance is None and isinstance(target.within, WorkingDays):
        measure.due = _due_in_days(measure, target.within)
        measure.allowance = None if measure.due is None else measure.used(measure.due)
        return measure
    measure.allowance = target.length if term.allowance is None else term.allowance
    if measure.allowance is not None:
        measure.due = measure.reached(measure.allowance)
    return measure


def target_micros(target: Target, origin: int) -> int | None:
    """Return a target in microseconds of open time from an instant; None without one."""
    if not isinstance(target.within, WorkingDays):
        return target.length
    due = _nth_date(target, target.within, origin)
    count = target.calendar.timeline.open_before
    return None if due is None else count(due) - count(origin)


def _nth_date(target: Target, within: WorkingDays, origin: int) -> int | None:
    try:
        return within.reached(target.calendar, origin)
    except OutOfRange:
        return None


def _due_in_days(measure: MeasuredTerm, within: WorkingDays) -> int | None:
    """Return the n-th date from where counting began, moved on by what pauses cost until then."""
    first, line = measure.view.count.first_with_length, measure.timeline
    origin = measure.term.origin if first is None else first.origin
    due = _nth_date(measure.target, within, origin)
    if due is None:
        return None
    count = measure.target.calendar.timeline.open_before
    whole, base = count(due) - count(origin), line.open_before(origin)
    if line.open_before(due) - base == whole:
        return due
    return _earliest(line, base + whole, origin)


def due_of(count: CountFold, as_of: int) -> int | None:
    """Return when a count is due under the target in force; None where there is none."""
    term = count.terms[-1]
    return None if term.force is None else measure_term(View.of(count, as_of), term).due


def state_of(measure: MeasuredTerm) -> State:
    """Return where a count stands, given its last target measured.

    Missed if and only if it stopped after it was due: then its elapsed time exceeds the
    target, or equals it and the clock was not counting just before the stop.
    """
    count = measure.view.count
    if count.cancelled:
        return "cancelled"
    if count.stopped is not None:
        return "missed" if measure.due is not None and count.stopped > measure.due else "met"
    if count.ended is not None:
        return "ended"
    return "running" if count.paused is None else "paused"


def results_of(view: View) -> list[Result]:
    """Return how a count had ended, each time before it was reopened."""
    count = view.count
    results = []
    dues: dict[int, int | None] = {}
    since = [term.since for term in count.terms]
    for stop, _, by in count.gaps:
        if by != "stop":
            continue
        i = bisect_right(since, stop) - 1
        i = max(i, 0)
        term = count.terms[i]
        state: State = "cancelled"
        if all(earlier.force is None for earlier in count.terms[: i + 1]):
            continue  # nothing had been promised yet
        if term.force is not None:
            if i not in dues:
                dues[i] = measure_term(view, term).due
            due = dues[i]
            state = "missed" if due is not None and stop > due else "met"
        results.append(Result(stop, state))
    return results


def label_of(book: PolicyBook, measure: MeasuredTerm) -> str:
    """Return how keys spell the target of a term: its name, its length or its promised date."""
    policy, target, promised = measure.force
    if promised is not None:
        return target_text(promised)
    place = book.target_label(policy, target)
    if measure.term.allowance is None:
        return place.label
    return place.forwarded(timedelta(microseconds=measure.term.allowance))


def _length_of(measure: MeasuredTerm) -> timedelta | WorkingDays | int | None:
    """Return the length of the target as its term has it; a promised date in microseconds."""
    if measure.force.promised is not None:
        return measure.force.promised
    allowance = measure.term.allowance
    return measure.target.within if allowance is None else timedelta(microseconds=allowance)


def moments_of(book: PolicyBook, view: View) -> list[ThresholdMoment]:
    """Return the first instant of each threshold, reached or ahead, under all terms."""
    count = view.count
    moments: dict[tuple[str, ...], ThresholdMoment] = {}
    for measure, until in view.stretches():
        stopped = until is not None and until == count.stopped and measure.term is count.terms[-1]
        policy, target = measure.force.policy.name, label_of(book, measure)
        length = _length_of(measure)
        given = (*measure.target.warn_at, None) if measure.allowance is not None else (None,)
        for (kind, threshold, at), warning in zip(measure.thresholds(), given, strict=True):
            when = None if at is None else measure.happens_at(at)
            if kind == "breach":
                when = measure.breach
                if until is not None:
                    when = measure.breach_by(until, stopped=stopped)
            elif when is not None and until is not None and when >= until:
                when = None
            if when is not None:
                reached = ThresholdMoment(when, kind, threshold, target, policy, warning, length)
                known = moments.setdefault(reached[1:5], reached)
                if when < known.at:
                    moments[reached[1:5]] = reached
    return list(moments.values())


def ahead_of(book: PolicyBook, measure: MeasuredTerm) -> list[int]:
    """Return the moments of a running count that are still to come.

    Only where an earlier target may have reached a threshold, all terms have to be measured.
    """
    view = measure.view
    if len(view.count.terms) > 1 or view.count.gaps:
        instants = [reached.at for reached in moments_of(book, view)]
    else:
        reached = [at for _, _, at in measure.thresholds() if at is not None]
        instants = [when for at in reached if (when := measure.happens_at(at)) is not None]
    return [when for when in instants if when > view.as_of]


def earlier_breaches(book: PolicyBook, view: View) -> list[int]:
    """Return when a count was breached under targets under which it is breached no more."""
    count = view.count
    last = None
    if not count.cancelled and count.held is not None:
        held = measure_term(view, count.held)
        last = None if breach_of(book, held) is None else _named(book, held)
    breaches: dict[tuple[str, str], int] = {}
    for measure, until in view.stretches():
        name = _named(book, measure)
        if (
            until is not None
            and name != last
            and (count.cancelled or measure.term is not count.terms[-1])
        ):
            breach = measure.breach_by(until, stopped=False)
            if breach is not None:
                breaches.setdefault(name, breach)
    return list(breaches.values())


def _named(book: PolicyBook, measure: MeasuredTerm) -> tuple[str, str]:
    return measure.force.policy.name, label_of(book, measure)


def breach_of(book: PolicyBook, measure: MeasuredTerm) -> int | None:
    """Return when a count was breached under the target in force; None if it is not.

    A target that came back was breached when it first was.
    """
    view = measure.view
    count = view.count
    if count.cancelled:
        return None
    if count.stopped is None and count.ended is None:
        breach = measure.breach_by(None, stopped=False)
    else:
        breach = measure.breach_by(count.end(view.as_of), stopped=count.stopped is not None)
    over = breach is None and (count.stopped is not None or count.ended is not None)
    if over or len(count.terms) == 1:
        return breach
    name = _named(book, measure)
    for earlier, until in view.stretches():
        if (
            until is not None
            and earlier.term is not measure.term
            and _named(book, earlier) == name
        ):
            breaches = (breach, earlier.breach_by(until, stopped=False))
            breach = min((at for at in breaches if at is not None), default=None)
    return breach
