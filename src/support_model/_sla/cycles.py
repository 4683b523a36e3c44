"""One cycle of a clock: what happened to it, and what that means at an instant.

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
from support_model._time import LAST, Suspension, Suspensions
from support_model.calendars import WorkingDays
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._sla.policies import Force, PolicyBook, Target
    from support_model._vocabulary import MomentKind
    from support_model.calendars import Timeline


END = LAST + 1

State = Literal["not_started", "running", "paused", "met", "missed", "cancelled", "ended"]
"""The state of a clock; `running` leaves open whether it is breached, which `breached` answers.

`ended` is the state of a count that another count of its cycle replaced before it stopped.
"""


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
    """A stretch [start, end) that does not count, and the status that is the reason."""

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
    kind: MomentKind
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
        terms, pauses, gaps = [*self.terms], [*self.pauses], [*self.gaps]
        last = (self.paused, self.stopped, self.stopped_by, self.voided, gaps, self.ended)
        return CountFold(self.cycle, self.number, self.start, terms, pauses, *last)

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
        """Return the cancellation, else the stop, else the end, else the given instant."""
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


def _suspensions(count: CountFold) -> Suspensions:
    """Return the pauses and gaps of a count, those that touch joined behind a gap."""
    spans = [Suspension(pause.start, pause.end, closed=False) for pause in count.pauses]
    if count.paused is not None:
        spans.append(Suspension(count.paused[0], END, closed=count.voided))
    spans += [Suspension(gap.start, gap.end, closed=True) for gap in count.gaps]
    return _joined(sorted(spans, key=lambda span: (span.start, not span.closed, span.end)))


def _joined(spans: list[Suspension]) -> Suspensions:
    joined: list[Suspension] = []
    gap_ends = False  # whether a gap reaches the end of the last stretch
    for span in spans:
        last = joined[-1] if joined else None
        touches = gap_ends or span.closed
        if last is None or span.start > last.end or (span.start == last.end and not touches):
            joined.append(span)
            gap_ends = span.closed
        elif span.end > last.end:
            joined[-1] = Suspension(last.start, span.end, last.closed)
            gap_ends = span.closed
        elif span.end == last.end:
            gap_ends = gap_ends or span.closed
    return Suspensions(tuple(joined))


@define
class View:
    """A count as it is seen at an instant: what does not count, and when nothing comes due.

    An open pause is taken to end at the instant; `timelines` keeps the counted time of each
    calendar, so that all terms share it.
    """

    count: CountFold
    as_of: int
    timelines: list[tuple[Timeline, Timeline]] = field(factory=list)
    known: Suspensions | None = None

    @property
    def cuts(self) -> list[tuple[int, int]]:
        """The pauses until the instant."""
        cuts = [(start, end) for start, end, _ in self.count.pauses]
        paused = self.count.paused
        if paused is not None and paused[0] < self.as_of:
            cuts.append((paused[0], self.as_of))
        return cuts

    @property
    def stops(self) -> list[int]:
        """When the count had stopped, before it was reopened."""
        return [gap.start for gap in self.count.gaps if gap.by == "stop"]

    @property
    def suspensions(self) -> Suspensions:
        """The pauses and gaps, joined when they are first asked for."""
        if self.known is None:
            self.known = _suspensions(self.count)
        return self.known

    def timeline(self, target: Target) -> Timeline:
        """Return the counted time under a target: its calendar minus the pauses."""
        base: Timeline = target.calendar.timeline
        if not self.count.pauses and self.count.paused is None:
            return base
        for known, timeline in self.timelines:
            if known is base:
                return timeline
        timeline = base.without(self.cuts)
        self.timelines.append((base, timeline))
        return timeline

    def __reduce__(self) -> tuple[object, ...]:
        return View, (self.count, self.as_of)  # a compiled calendar is no part of a copy

    def happens_at(self, at: int) -> int | None:
        """Return when something that falls on an instant happens; None while a pause is open.

        It waits for the end of the pause or gap in which it lies.
        """
        after = self.suspensions.after(at)
        return None if after == END else after

    def stretches(
        self, known: MeasuredTerm | None = None
    ) -> Iterator[tuple[MeasuredTerm, int | None]]:
        """Yield the terms that had a target, measured, each with its end; None: it is open.

        A term that is known as seen like this is not measured again.
        """
        count, as_of = self.count, self.as_of
        open_ended = count.stopped is None and count.ended is None and not count.cancelled
        for i, term in enumerate(count.terms):
            if term.force is not None:
                last = i + 1 == len(count.terms)
                until = count.end(as_of) if last else count.terms[i + 1].since
                same = known is not None and known.term is term and known.view is self
                measure = known if known is not None and same else measure_term(self, term)
                yield measure, None if last and open_ended else until


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

    @property
    def length(self) -> timedelta | WorkingDays | int | None:
        """The target as the term has it; a promised date in microseconds."""
        if self.force.promised is not None:
            return self.force.promised
        allowance = self.term.allowance
        return self.target.within if allowance is None else timedelta(microseconds=allowance)

    def name(self, book: PolicyBook) -> tuple[str, str]:
        """Return the policy and how keys spell the target: by name, length or promised date."""
        policy, target, promised = self.force
        if promised is not None:
            return policy.name, target_text(promised)
        label = book.target_label(policy, target)
        allowance = self.term.allowance
        if allowance is None:
            return policy.name, label.label
        return policy.name, label.forwarded(timedelta(microseconds=allowance))

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

    def thresholds(self) -> Iterator[tuple[MomentKind, str, int | None]]:
        """Yield (kind, threshold, instant) of each warning and of the breach, if nothing pauses.

        A share of the target is the ceiling of the exact fraction.
        """
        for need, (text, *_) in zip(self.needs(), self.target.warnings, strict=False):
            yield "warning", text, self.reached(need)
        yield "breach", "due", self.due

    def needs(self) -> list[int]:
        """Return how much has to count for each warning; empty where nothing is allowed."""
        allowance = self.allowance
        if allowance is None:
            return []
        return [
            -(-allowance * numerator // denominator) + offset
            for _, numerator, denominator, offset in self.target.warnings
        ]

    def reached(self, need: int) -> int | None:
        """Return when so much time will have counted; None if never.

        No pause moves a promised date, so none moves a warning on the way to it; beyond it
        pauses do not count, as before.
        """
        origin, promised = self.term.origin, self.force.promised
        timeline, base = self.timeline, self.base
        if promised is not None:
            beyond = need - self.gross(promised)
            if beyond > 0:
                return _later(timeline, max(promised, origin), beyond)
            timeline = self.target.calendar.timeline
            base = timeline.open_before(origin)
        need -= self.term.carried
        return origin if need <= 0 else _earliest(timeline, base + need, origin)

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
        if not stops:
            return at
        late = bisect_right(stops, max(due, self.term.since - 1))
        if late == len(stops):
            return at
        return stops[late] if at is None else min(at, stops[late])

    def breach_by(self, end: int | None, *, stopped: bool) -> int | None:
        """Return when it was breached before an end; one that stopped late is, in any case.

        At the very end it is not: a stop, a change or a cancellation comes in time. None as the
        end is `as_of`, until which everything is known.
        """
        breach = self.breach
        if end is None:
            return breach if breach is not None and breach <= self.view.as_of else None
        if stopped and self.due is not None and end > self.due:
            return end if breach is None else min(breach, end)
        return breach if breach is not None and end > breach else None


def _later(timeline: Timeline, at: int, amount: int) -> int | None:
    """Return when so much more is open after an instant; beyond the year 9999 is never."""
    return _earliest(timeline, timeline.open_before(at) + amount, at)


def _earliest(timeline: Timeline, open_before: int, near: int) -> int | None:
    try:
        return timeline.earliest(open_before, near)
    except OutOfRange:
        return None


def measure_term(view: View, term: Term) -> MeasuredTerm:
    """Return a term measured with the pauses until an instant; the term has a target."""
    force = term.force
    assert force is not None  # noqa: S101 - checked by every caller
    target = force.target
    timeline = view.timeline(target)
    base = timeline.open_before(term.origin)
    allowance = target.length if term.allowance is None else term.allowance
    measure = MeasuredTerm(view, term, force, target, timeline, base, allowance, None)
    if force.promised is not None:
        measure.due, measure.allowance = force.promised, measure.gross(force.promised)
    elif allowance is not None:
        origin, need = term.origin, allowance - term.carried
        measure.due = origin if need <= 0 else _earliest(timeline, base + need, origin)
    elif isinstance(target.within, WorkingDays):
        measure.due = _due_in_days(measure, target.within)
        measure.allowance = None if measure.due is None else measure.used(measure.due)
    return measure


def target_micros(target: Target, origin: int) -> int | None:
    """Return a target in microseconds of open time from an instant; None without one."""
    if not isinstance(target.within, WorkingDays):
        return target.length
    due = nth_date(target, target.within, origin)
    count = target.calendar.timeline.open_before
    return None if due is None else count(due) - count(origin)


def nth_date(target: Target, within: WorkingDays, origin: int) -> int | None:
    """Return when working days from an instant on are over; None if never."""
    try:
        return within.reached(target.calendar, origin)
    except OutOfRange:
        return None


def _due_in_days(measure: MeasuredTerm, within: WorkingDays) -> int | None:
    """Return the n-th date from where counting began, moved on by what pauses cost until then."""
    first, timeline = measure.view.count.first_with_length, measure.timeline
    origin = measure.term.origin if first is None else first.origin
    due = nth_date(measure.target, within, origin)
    if due is None:
        return None
    open_before = measure.target.calendar.timeline.open_before
    whole, base = open_before(due) - open_before(origin), timeline.open_before(origin)
    if timeline.open_before(due) - base == whole:
        return due
    return _earliest(timeline, base + whole, origin)


def due_of(count: CountFold, as_of: int) -> int | None:
    """Return when a count is due under the target in force; None where there is none."""
    term = count.terms[-1]
    return None if term.force is None else measure_term(View(count, as_of), term).due


def state_of(measure: MeasuredTerm) -> State:
    """Return the state of a count, given its last target measured.

    Missed if and only if it stopped after it was due: then its elapsed time exceeds the
    target, or equals it and the clock was not counting just before the stop.
    """
    count = measure.view.count
    if count.voided or count.terms[-1].force is None:
        return "cancelled"
    if count.stopped is not None:
        return "missed" if measure.due is not None and count.stopped > measure.due else "met"
    if count.ended is not None:
        return "ended"
    return "running" if count.paused is None else "paused"


def results_of(view: View) -> list[Result]:
    """Return how a count had ended, each time before it was reopened."""
    terms = view.count.terms
    results = []
    dues: dict[int, int | None] = {}
    for stop in view.stops:
        i = max(bisect_right(terms, stop, key=lambda term: term.since) - 1, 0)
        state: State = "cancelled"
        if terms[i].force is not None:
            if i not in dues:
                dues[i] = measure_term(view, terms[i]).due
            due = dues[i]
            state = "missed" if due is not None and stop > due else "met"
        elif all(term.force is None for term in terms[:i]):
            continue  # nothing had been promised yet
        results.append(Result(stop, state))
    return results


def moments_of(book: PolicyBook, view: View) -> list[ThresholdMoment]:
    """Return the first instant of each threshold, reached or ahead, under all terms."""
    moments: dict[tuple[str, ...], ThresholdMoment] = {}
    for measure, end in view.stretches():
        policy, target = measure.name(book)
        warn_at = measure.target.warn_at if measure.allowance is not None else ()
        thresholds = zip(measure.thresholds(), (*warn_at, None), strict=True)
        for (kind, threshold, due), warning in thresholds:
            at = _breach_in(measure, end) if kind == "breach" else _warning_in(measure, end, due)
            if at is not None:
                moment = ThresholdMoment(
                    at, kind, threshold, target, policy, warning, measure.length
                )
                known = moments.setdefault(moment[1:5], moment)
                if at < known.at:
                    moments[moment[1:5]] = moment
    return list(moments.values())


def _warning_in(measure: MeasuredTerm, end: int | None, due: int | None) -> int | None:
    """Return when a warning of a term happens; None if the term has ended by then."""
    at = None if due is None else measure.happens_at(due)
    return at if at is None or end is None or at < end else None


def warned(measure: MeasuredTerm) -> bool:
    """Return whether a warning of a term, up to `as_of` the last of its count, happened."""
    view, count = measure.view, measure.view.count
    is_open = state_of(measure) in ("running", "paused")
    end = None if is_open else count.end(view.as_of)
    found = [
        _warning_in(measure, end, at) for kind, _, at in measure.thresholds() if kind == "warning"
    ]
    return any(at is not None and at <= view.as_of for at in found)


def _breach_in(measure: MeasuredTerm, end: int | None) -> int | None:
    """Return when a term is breached, reached or ahead; None if it ended before."""
    if end is None:
        return measure.breach
    count = measure.view.count
    return measure.breach_by(end, stopped=end == count.stopped and measure.term is count.terms[-1])


def ahead_of(book: PolicyBook, measure: MeasuredTerm) -> list[int]:
    """Return the moments of a running count that are still to come, at least the first.

    What needs more counted time comes later, and no pause is open: one look-up finds the next.
    Only where an earlier target may have reached a threshold, all terms have to be measured.
    """
    as_of = measure.view.as_of
    if not counts_alone(measure):
        return [moment.at for moment in moments_of(book, measure.view) if moment.at > as_of]
    used = measure.used(as_of)
    needs = [need for need in measure.needs() if need > used]
    ahead = measure.due, measure.reached(min(needs)) if needs else None
    return [at for at in ahead if at is not None and at > as_of]


def counts_alone(measure: MeasuredTerm) -> bool:
    """Return whether a term is the only one, has begun, and nothing is promised."""
    term, view = measure.term, measure.view
    begun = term.since <= view.as_of and term.origin <= view.as_of
    return begun and len(view.count.terms) == 1 and measure.force.promised is None


def earlier_breaches(book: PolicyBook, view: View) -> list[int]:
    """Return when a count was breached under targets under which it is breached no more."""
    count = view.count
    last = None
    if not count.cancelled and count.held is not None:
        held = measure_term(view, count.held)
        last = None if breach_of(book, held) is None else held.name(book)
    breaches: dict[tuple[str, str], int] = {}
    for measure, end in view.stretches():
        over = end is not None and (count.cancelled or measure.term is not count.terms[-1])
        name = measure.name(book)
        if over and name != last:
            breach = measure.breach_by(end, stopped=False)
            if breach is not None:
                breaches.setdefault(name, breach)
    return list(breaches.values())


def breach_of(book: PolicyBook, measure: MeasuredTerm) -> int | None:
    """Return when a count was breached under the target in force; None if it is not.

    A target that came back was breached when it first was.
    """
    view = measure.view
    count = view.count
    if count.cancelled:
        return None
    over = count.stopped is not None or count.ended is not None
    end = count.end(view.as_of) if over else None
    breach = measure.breach_by(end, stopped=count.stopped is not None)
    if len(count.terms) == 1 or (over and breach is None):
        return breach
    breaches = [breach, *_breaches_before(book, measure)]
    return min((at for at in breaches if at is not None), default=None)


def _breaches_before(book: PolicyBook, measure: MeasuredTerm) -> Iterator[int | None]:
    """Yield when a target was breached in the other terms in which it was in force."""
    name = measure.name(book)
    for other, end in measure.view.stretches():
        if end is not None and other.term is not measure.term and other.name(book) == name:
            yield other.breach_by(end, stopped=False)
