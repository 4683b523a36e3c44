"""Clocks as folds: one metric over a ticket's instants into cycles, and all metrics of a book.

The events of one instant are taken together. What was open before it is cancelled, reset,
stopped, paused or resumed, in this order and whatever the order of the events; a start begins a
cycle at its place among them, and what follows may stop it. Targets are read after the last.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from attrs import define, evolve, field

from support_model._sla.cycles import (
    NONE_FOLDED,
    CountFold,
    CycleFold,
    Folded,
    Gap,
    Pause,
    Term,
    View,
    breach_of,
    due_of,
    earlier_breaches,
    measure_term,
    moments_of,
    nth_date,
    results_of,
    state_of,
    target_micros,
)
from support_model._time import DAY, FIRST, LAST, micros
from support_model.calendars import WorkingDays
from support_model.patterns import NEVER
from support_model.tickets import eventless_step, micros_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model._sla.metrics import Metric
    from support_model._sla.policies import Force, PolicyBook
    from support_model._vocabulary import Status
    from support_model.tickets import Ticket, TicketStep


DAYS_BESIDE = 2 * DAY
"""How far beyond two instants the working dates between them may be read."""
MOST = LAST - FIRST
"""What `forward` may leave of a target: more is never due, and no `timedelta` holds it."""


class HoursRead(NamedTuple):
    """What is kept of a clock depends on the hours of a target's calendar within [start, end)."""

    force: Force
    start: int
    end: int

    @classmethod
    def of(cls, force: Force, start: int, *ends: int | None) -> HoursRead:
        """Return what was read until some instants; None is an instant that never comes."""
        force = force._replace(promised=None)
        if None in ends:
            return cls(force, FIRST, LAST)
        beside = DAYS_BESIDE if isinstance(force.target.within, WorkingDays) else 0
        end = max(filter(None, ends))
        return cls(force, max(start - beside, FIRST), min(end + beside, LAST))

    def merged(self, others: Sequence[HoursRead]) -> tuple[HoursRead, ...]:
        """Return this beside others, one for each calendar."""
        for i, other in enumerate(others):
            if self.force.target.calendar == other.force.target.calendar:
                start, end = min(self.start, other.start), max(self.end, other.end)
                return (*others[:i], HoursRead(other.force, start, end), *others[i + 1 :])
        return (*others, self)


@define
class InstantSteps:
    """The steps of one instant, and whether the ticket is void.

    Attributes:
        steps: the steps, in order; at least one.
        at: the instant, in microseconds.
        void: since when the ticket is void after the last step, and why; None if it is not.
        voids: the stretches in which it was void before.
        words: the facts, what changed, and the names of the events: see `Pattern.triggers`.
    """

    steps: Sequence[TicketStep]
    at: int
    void: tuple[int, str] | None
    voids: Sequence[Pause]
    words: set[str]

    def may(self, words: frozenset[str] | None) -> bool:
        """Return whether a pattern that needs one of these words may hold of a step."""
        return words is None or not words.isdisjoint(self.words)


@define
class ClockFold:
    """The cycles of one metric in one slot: a kind of agreement, or one policy.

    `key` is the slot and the name of the metric; `read` are the hours on which anything kept
    here depends. What else is kept are facts, which are measured when they are asked for.
    Without one of the words that it `awaits` a step does nothing to it, as long as the same
    target is in force. It is `shared` once several folds have it, and then changed no more.
    """

    key: tuple[str, str]
    metric: Metric
    force: Force | None = None
    cycles: list[CycleFold] = field(factory=list)
    folded: Folded = NONE_FOLDED
    read: tuple[HoursRead, ...] = ()
    awaits: frozenset[str] | None = field(default=None, eq=False)
    shared: bool = field(default=False, eq=False)

    @property
    def is_open(self) -> bool:
        """Whether its last cycle has not stopped, so that another target may come into force."""
        return bool(self.cycles) and self.cycles[-1].counts[-1].stopped is None

    def copy(self) -> ClockFold:
        """Return a fold that can be fed without this one noticing; closed cycles do not change."""
        cycles = self.cycles
        cycles = [*cycles[:-1], cycles[-1].copy()] if cycles else []
        last = (self.folded, self.read, self.awaits)
        return ClockFold(self.key, self.metric, self.force, cycles, *last)

    def depends(self, *reads: HoursRead) -> None:
        """Note what something that is kept depends on."""
        for read in reads:
            self.read = read.merged(self.read)

    def take(self, now: InstantSteps, force: Force | None) -> None:
        """Take the steps of an instant, and what is in force after them."""
        same, self.force = force == self.force, force
        if now.void is not None and now.void[0] < now.at:
            self._reopen_in_void(now)
            self.awaits = None
            return
        metric, cycles = self.metric, self.cycles
        count = cycles[-1].counts[-1] if cycles else None
        was_open = count is not None and count.stopped is None
        if was_open:
            self._open(cycles[-1], now, same=same)
            count = cycles[-1].counts[-1]
        if count is None or count.stopped is not None:
            self.awaits = metric.start_words if count is None else metric.stopped_words
            if not now.may(self.awaits):
                return
            self._start(now, was_open=was_open)
            if not cycles:
                return
            count = cycles[-1].counts[-1]
        if count.stopped is None:
            self.awaits = metric.open_words
            self._hold(count, now)
        else:
            self.awaits = metric.stopped_words

    def turn(self, at: int, force: Force | None) -> None:
        """Take what an edition that begins at an instant brings into force."""
        same, self.force = force == self.force, force
        if not same and self.is_open:
            self._enter(self.cycles[-1], at)

    def _hold(self, count: CountFold, now: InstantSteps) -> None:
        """Cancel or pause what is open after the instant."""
        pause = self.metric.pause
        if now.void is not None:
            _void(count, now.void)
        elif pause is not NEVER:
            _pause(count, now, holds=pause.test(now.steps[-1]))

    def _open(self, cycle: CycleFold, now: InstantSteps, *, same: bool) -> None:
        """Cancel, reset or stop what was open before the instant."""
        metric, count = self.metric, cycle.counts[-1]
        lost = self.force is None and count.terms[-1].force is not None
        if not same or count.voided or metric.reset is not NEVER:
            self._renew(cycle, now, same=same)
        if now.void is None and not lost and now.may(metric.stop_words):
            test = metric.stop.test
            for step in now.steps:
                if test(step):
                    _stop(cycle.counts[-1], now.at, step)
                    break

    def _renew(self, cycle: CycleFold, now: InstantSteps, *, same: bool) -> None:
        """Take back a cancellation, reset the count, or bring another target into force."""
        metric, at, count = self.metric, now.at, cycle.counts[-1]
        restored = count.voided
        if restored:
            _restore(count, at)
        resets = metric.reset is not NEVER and count.start < at  # one yet to begin stays as it is
        if resets and any(map(metric.reset.test, now.steps)):
            self._again(cycle, at)
        elif now.void is None and (restored or not same):
            self._enter(cycle, at)

    def _start(self, now: InstantSteps, *, was_open: bool) -> None:
        """Begin and reopen cycles, each step at its place; no step both stops and reopens."""
        metric = self.metric
        fresh: CycleFold | None = None
        for step in now.steps:
            ends = (was_open or fresh is not None) and metric.stop.test(step)
            if fresh is not None and ends and now.void is None:
                if metric.starts_if_it_lasts and not fresh.last.gaps:  # begun, not reopened
                    self.cycles.pop()
                else:
                    _stop(fresh.last, now.at, step)
                fresh = None
            if fresh is None and self._may_start():
                fresh = self._begun_by(step, now, ends=ends)

    def _may_start(self) -> bool:
        """Return whether nothing is open and something may follow."""
        if not self.cycles:
            return True
        return self.metric.after_stop != "once" and self.cycles[-1].counts[-1].stopped is not None

    def _begun_by(self, step: TicketStep, now: InstantSteps, *, ends: bool) -> CycleFold | None:
        """Return the cycle that a step begins or reopens; None if none, or if it stops at once."""
        metric = self.metric
        if not self.cycles or metric.repeats:
            seen, last = step, now.steps[-1]
            if metric.starts_if_it_lasts and step is not last:
                seen = evolve(step, after=last.after)
            if not metric.start.test(seen):
                return None
            cycle = self._begin(now.at)
        else:
            if ends or not metric.reopen.test(step):
                return None
            cycle = self._reopen(now.at, now.voids)
        created = step.before is None and now.void is None
        if created and not metric.starts_if_it_lasts and metric.stop.test(step):
            _stop(cycle.last, now.at, step)  # created in a status that stops it
            return None
        return cycle

    def _begin(self, at: int) -> CycleFold:
        last = self.cycles[-1] if self.cycles else None
        if last is not None and self.metric.after_stop == "again_after_due":
            due, term = due_of(last.last, at), last.last.terms[-1]
            if term.force is not None:
                self.depends(HoursRead.of(term.force, last.last.start, due))
            at = at if due is None else max(at, due)
        number = last.number + 1 if last else 1
        cycle = CycleFold(number, [CountFold(number, 1, at, [Term(at, self.force, at)])])
        self.cycles.append(cycle)
        return cycle

    def _again(self, cycle: CycleFold, at: int) -> None:
        """End the count and begin the next from zero; one that begins now begins anew itself."""
        old = cycle.last
        paused = None if old.paused is None else (at, old.paused[1])
        if at <= old.start:
            again = [] if old.stopped is None else [Gap(old.stopped, at, "stop")]
            terms = [Term(old.start, self.force, old.start)]
            cycle.counts[-1] = new = CountFold(cycle.number, old.number, old.start, terms)
            new.gaps, new.paused = [*old.gaps, *again], paused
            return
        if old.stopped is None:
            _resume(old, at)
        old.ended = at
        new = CountFold(cycle.number, old.number + 1, at, [Term(at, self.force, at)])
        new.paused = paused
        back = old.stopped is not None or any(gap.end == at for gap in old.gaps[-1:])
        if paused is not None or back:  # it begins inside a pause, or comes back into one
            new.gaps.append(Gap(at, at, "back"))
        cycle.counts.append(new)

    def _reopen(self, at: int, voids: Sequence[Pause]) -> CycleFold:
        cycle = self.cycles[-1]
        count = cycle.last
        stopped, after = count.stopped, self.metric.after_stop
        assert stopped is not None  # noqa: S101 - checked by the caller
        if after == "restart":
            self._again(cycle, at)
            cycle.last.gaps.append(Gap(at, at, "back"))
            return cycle
        count.stopped, count.stopped_by = None, ()
        count.gaps.append(Gap(stopped, at, "stop"))
        if after == "resume" and at > stopped:
            count.pauses.append(Pause(stopped, at, "solved"))
        if after == "count":
            late = takewhile(lambda void: void.end > stopped, reversed(voids))
            cut = [void._replace(start=max(void.start, stopped)) for void in late]
            count.pauses += reversed(cut)
        self._enter(cycle, at)
        return cycle

    def _reopen_in_void(self, now: InstantSteps) -> None:
        """Let a clock that comes back in a merged ticket go on as a cancelled one.

        The clocks of a merged ticket are cancelled, also one that had stopped before.
        """
        metric = self.metric
        stopped = self.cycles and self.cycles[-1].last.stopped is not None
        if not stopped or metric.repeats or metric.after_stop == "once" or now.void is None:
            return
        if any(metric.reopen.test(step) for step in now.steps):
            since, why = now.void
            count = self._reopen(now.at, (*now.voids, Pause(since, now.at, why))).last
            _void(count, (now.at, why))

    def _enter(self, cycle: CycleFold, at: int) -> None:
        """Bring a target into force in an open cycle, by the rule that it names."""
        count, force = cycle.counts[-1], self.force
        if force is count.terms[-1].force and (force is None or at >= count.start):
            return
        if force is None:
            _append(count, Term(at, None, count.start))
        else:
            self._replace(cycle, at, force)

    def _replace(self, cycle: CycleFold, at: int, force: Force) -> None:
        count = cycle.counts[-1]
        first, held = count.first_with_length, count.last_with_length
        rule = force.target.on_change
        if force.target.within is None:
            base = Term(at, force, count.start) if held is None else held
            term = base._replace(since=at, force=force, allowance=None)
        elif first is None or held is None:
            late = rule in ("restart", "forward")
            term = Term(at, force, max(at, count.start) if late else count.start)
        elif _same(force, held.force):
            term = held._replace(since=at, force=force)
        elif rule == "restart":
            self._again(cycle, at)
            return
        elif rule == "carry":
            term = held._replace(since=at, force=force, allowance=None)
        elif rule == "frozen":
            term = _frozen(first, at, force)
        else:
            term, reads = _forward(count, at, held, force)
            self.depends(*reads)
        _append(count, term)


def _same(force: Force, held: Force | None) -> bool:
    """Return whether a target is the one that was held last, or that of another edition."""
    if held is None or force.policy.name != held.policy.name:
        return False
    return force.target is held.target or force.target == held.target


def _append(count: CountFold, term: Term) -> None:
    """Add a term, unless it equals the last one; another edition takes its place.

    In a count that is yet to begin it takes the place of the target that never was in force.
    """
    last = count.terms[-1]
    if term.since < count.start:
        term = term._replace(since=count.start)
        if last.force is not None and term.force is not None:
            count.terms.pop()
        count.terms.append(term)
        return
    same = term._replace(since=last.since)
    if same == last:
        return
    if last.force is not None and term.force is not None:
        edition = last._replace(force=last.force._replace(policy=term.force.policy))
        if same == edition and term.force.policy.name == last.force.policy.name:
            count.terms[-1] = same
            return
    count.terms.append(term)


def _frozen(first: Term, at: int, force: Force) -> Term:
    """Keep the first target of the count, with what is promised now."""
    assert first.force is not None  # noqa: S101 - it has a target
    kept = first.force._replace(promised=force.promised)
    return Term(at, kept, first.origin)


def _forward(count: CountFold, at: int, held: Term, force: Force) -> tuple[Term, list[HoursRead]]:
    """Leave the same share of the new target as was left of the old one, promises aside.

    Return also the hours that were read for it.
    """
    assert held.force is not None  # noqa: S101 - it has a target
    old_force = held.force._replace(promised=None)
    held = held._replace(force=old_force)
    before = measure_term(View(count, at), held)
    used, old, new = before.used(at), before.allowance, target_micros(force.target, at)
    origin = max(at, count.start)
    in_days = isinstance(old_force.target.within, WorkingDays)
    reads = [HoursRead.of(old_force, count.start, at, before.due if in_days else at)]
    within = force.target.within
    if isinstance(within, WorkingDays):
        reads.append(HoursRead.of(force, at, nth_date(force.target, within, at)))
    if not old or new is None:
        return Term(at, force, origin, used), reads
    allowed = used - (used - old) * new // old
    return Term(at, force, origin, used, max(-MOST, min(MOST, allowed))), reads


def _stop(count: CountFold, at: int, step: TicketStep) -> None:
    count.stopped, count.stopped_by = at, tuple(sorted(step.facts))
    if count.paused is not None:
        _resume(count, at)


def _pause(count: CountFold, now: InstantSteps, *, holds: bool) -> None:
    if not holds:
        _resume(count, now.at)
    elif count.paused is None:
        count.paused = (now.at, now.steps[-1].after.status.name)


def _resume(count: CountFold, at: int) -> None:
    if count.paused is not None:
        since, why = count.paused
        count.paused = None
        if at > since:
            count.pauses.append(Pause(since, at, why))


def _void(count: CountFold, void: tuple[int, str]) -> None:
    """Cancel an open count for as long as the ticket is void."""
    _resume(count, void[0])
    count.voided, count.paused = True, void


def _restore(count: CountFold, at: int) -> None:
    """Take a cancellation back: the time in void is a pause in which nothing came due."""
    assert count.paused is not None  # noqa: S101 - a voided count is paused
    count.gaps.append(Gap(count.paused[0], at, "void"))
    count.voided = False
    _resume(count, at)


def fold_closed(clock: ClockFold, book: PolicyBook, through: int) -> None:
    """Keep of closed cycles only how they ended, where all moments lie at or before an instant.

    The last one stays, and the last that had a target: it is what a clock answers with.
    """
    held = [cycle for cycle in clock.cycles if cycle.held is not None]
    kept = []
    for cycle in held[:-1]:
        if _over(cycle, book, through):
            clock.folded = _counted(book, clock.folded, cycle)
            clock.depends(*_read_by(cycle))
        else:
            kept.append(cycle)
    last = [cycle for cycle in clock.cycles[-1:] if cycle.held is None]
    clock.cycles = [*kept, *held[-1:], *last]


def _over(cycle: CycleFold, book: PolicyBook, through: int) -> bool:
    views = [View(count, LAST) for count in cycle.counts]
    moments = (reached.at for view in views for reached in moments_of(book, view))
    return cycle.last.end(LAST) <= through and all(when <= through for when in moments)


def _read_by(cycle: CycleFold) -> Iterator[HoursRead]:
    """Yield the hours on which it depends how a closed cycle ended."""
    for count in cycle.counts:
        for term in count.terms:
            if term.force is not None:
                yield HoursRead.of(term.force, count.start, count.end(LAST))


def _counted(book: PolicyBook, folded: Folded, cycle: CycleFold) -> Folded:
    """Count one more closed cycle: its last count, and any breach of an earlier one."""
    breaches: list[int] = []
    missed = False
    for count in cycle.counts:
        view = View(count, LAST)
        breaches += earlier_breaches(book, view)
        missed = missed or any(result.state == "missed" for result in results_of(view))
        if (term := count.held) is not None:
            breach = breach_of(book, measure_term(view, term))
            breaches += [] if breach is None else [breach]
    if breaches or missed:
        first = min([*breaches, *filter(None, [folded.first_breach])], default=None)
        folded = folded._replace(breached=folded.breached + 1, first_breach=first)
    state = closed_state(cycle)
    return folded if state is None else folded._replace(**{state: getattr(folded, state) + 1})


def closed_state(cycle: CycleFold) -> str | None:
    """Return how a closed cycle ended: met, missed or cancelled; None if it never had a target."""
    term = cycle.last.held
    if term is None:
        return None if cycle.held is None else "cancelled"
    return state_of(measure_term(View(cycle.last, LAST), term))


@define
class ClockFolds:
    """The clocks of a book, fed together; `forces` is what is in force after the last instant.

    `void` is since when the ticket is void, and why; `voids` are the stretches before. `named` is
    when the last of the editions begins that the log names, which it may do beforehand.
    """

    book: PolicyBook
    clocks: tuple[ClockFold, ...]
    forces: dict[tuple[str, str], Force]
    void: tuple[int, str] | None = None
    voids: tuple[Pause, ...] = ()
    named: int = field(default=FIRST, eq=False)  # of no matter once it lies in the past

    @classmethod
    def of(cls, book: PolicyBook) -> ClockFolds:
        """Return the clocks of a book before the first step."""
        return cls(book, tuple([ClockFold(key, metric) for key, metric in book.slots]), {})

    def enter(self, ticket: Ticket) -> None:
        """Find what is in force for a ticket, without a step."""
        self.forces = {} if is_void(ticket) else self._in_force(ticket, micros(ticket.at))
        for clock in self.clocks:
            clock.force = self.forces.get(clock.key)

    def copy(self) -> ClockFolds:
        """Return folds that can be fed without these noticing: both copy a clock to change it."""
        for clock in self.clocks:
            clock.shared = True
        return ClockFolds(self.book, self.clocks, self.forces, self.void, self.voids, self.named)

    def own(self, place: int) -> ClockFold:
        """Return a clock that can be changed: a copy of one that other folds have, too."""
        clock = self.clocks[place]
        if clock.shared:
            clock = clock.copy()
            self.clocks = (*self.clocks[:place], clock, *self.clocks[place + 1 :])
        return clock

    def take(self, steps: Sequence[TicketStep]) -> None:
        """Take the steps of one instant: find what is in force, then let every clock see them."""
        last, book, before = steps[-1], self.book, steps[0].before
        at, words = _instant_of(steps)
        decided = book.decisive_words is None or not book.decisive_words.isdisjoint(words)
        if before is not None and book.turns:
            self.turn(before, micros(before.at), at - 1)
            decided = decided or bool(book.turns_within(micros(before.at), at))
        if decided:
            self._decide(last.after, at)
        now = InstantSteps(steps, at, self.void, self.voids, words)
        for place, clock in enumerate(self.clocks):
            awaits = clock.awaits
            if decided or awaits is None or not awaits.isdisjoint(words):
                mine = self.own(place) if clock.shared else clock
                mine.take(now, self.forces.get(clock.key))

    def take_all(self, steps: Sequence[TicketStep]) -> None:
        """Take the steps of a log in order, instant by instant."""
        held = [steps[0]]
        at = micros_at(steps[0])
        for now in steps[1:]:
            if micros_at(now) != at:
                self.take(held)
                at, held = micros_at(now), []
            held.append(now)
        self.take(held)

    def turn(self, ticket: Ticket, after: int, through: int) -> None:
        """Bring in the editions that begin with after < instant <= through, each at its own."""
        for at in self.book.turns_within(after, through) if self.void is None else ():
            self.forces = self._in_force(ticket, at)
            for place, clock in enumerate(self.clocks):
                self.own(place).turn(at, self.forces.get(clock.key))

    def _decide(self, ticket: Ticket, at: int) -> None:
        if is_void(ticket):
            if self.void is None:
                self.void = (at, ticket.status.name if ticket.category == "void" else "merged")
            self.forces = {}
            return
        if self.void is not None:
            since, why = self.void
            self.void, self.voids = None, (*self.voids, Pause(since, at, why))
        self.forces = self._in_force(ticket, at)

    def _in_force(self, ticket: Ticket, at: int) -> dict[tuple[str, str], Force]:
        forces = self.book.in_force(eventless_step(ticket), at)
        promised = {metric: micros(due) for metric, due in ticket.promises}
        if ticket.policy is not None:
            self.named = max(self.named, self.book.named(*ticket.policy).begin)
        for key, force in [*forces.items()]:
            if key[1] in promised:
                forces[key] = force._replace(promised=promised[key[1]])
            elif force.target.within is None:
                del forces[key]
        return forces


def _instant_of(steps: Sequence[TicketStep]) -> tuple[int, set[str]]:
    """Return when steps of one instant are, and their words: see `Pattern.triggers`."""
    words: set[str] = set()
    for step in steps:
        words.update(step.changed, step.facts)
        words.add(step.event.type)  # type: ignore[union-attr] # a fold goes over events
    return micros_at(steps[0]), words


def is_void(ticket: Ticket) -> bool:
    """Tell whether a ticket is void or merged into another."""
    status: Status = ticket.fields.get("status")
    return status.category == "void" or any(kind == "merged_into" for kind, _ in ticket.relations)
