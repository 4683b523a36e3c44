"""What counts mean at an instant: `support_model._sla.cycles` for whole columns.

Open time counts from the origin of a count, less its pauses. A due lies in the first stretch
between pauses in which the count reaches; a breach waits for the end of the pause or the gap in
which it would fall.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from attrs import define, evolve

from support_model._columns.values import NULL, is_constant
from support_model._frames.forwarding import Terms, terms_of
from support_model._frames.hours import Hours, HoursBy
from support_model._time import LAST
from support_model.calendars import WorkingDays
from support_model.errors import OutOfRange

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.values import Flags, Ints
    from support_model._frames.clock_passes import Counts
    from support_model._frames.forces import ForceTable
    from support_model.sla import Target

END = LAST + 1
"""The end of a pause that is still open; nothing that waits for it ever happens."""
STATES = ("not_started", "running", "paused", "met", "missed", "cancelled", "ended")
RUNNING, PAUSED, MET, MISSED, CANCELLED = range(1, 6)
DAY = 86_400_000_000
NEAR = 366 * DAY
"""How far the instant may lie beyond the last event to be in the tables of calendars."""


@define(eq=False)
class Measured:
    """Counts as they are at an instant, in the order of the counts.

    Attributes:
        state: a place in `STATES`.
        due: when they are due, or `NULL`.
        elapsed: the counted time.
        allowed: the length of the target, or `NULL`.
        warned: whether a warning was reached.
        breach: when they were breached, or `NULL`.
        late: whether they are open and were breached before the instant, or before their pause.
        odd: whether they are left to the fold, and all this means nothing.
    """

    state: NDArray[np.int8]
    due: Ints
    elapsed: Ints
    allowed: Ints
    warned: Flags
    breach: Ints
    late: Flags
    odd: Flags


@define(eq=False)
class Measures:
    """The targets of a book, ready to measure counts at an instant.

    Attributes:
        table: the targets.
        hours: their calendars.
        which: for each target the place of its calendar.
        lengths: for each its length, `NULL` where it is none.
        as_of: the instant, in microseconds.
    """

    table: ForceTable
    hours: tuple[Hours, ...]
    which: Ints
    lengths: Ints
    as_of: int

    @classmethod
    def of(cls, table: ForceTable, low: int, high: int, as_of: int, rows: int) -> Measures:
        """Return measures of counts whose events lie from one instant to another."""
        targets = [target for _, target in table.forces]
        places: dict[object, int] = {}
        which = [places.setdefault(target.calendar, len(places)) for target in targets]
        lengths = [NULL if target.length is None else target.length for target in targets]
        high = as_of if as_of - high < NEAR else high
        need = max(map(_most, targets), default=0)
        hours = [Hours.of(calendar, low, high, need, rows) for calendar in places]  # type: ignore[arg-type] # keys are calendars
        made = np.array(which, np.int64), np.array(lengths, np.int64)
        return cls(table, tuple(hours), *made, as_of)

    def measured(self, counts: Counts) -> Measured:
        """Return counts as they are at the instant."""
        which = self.which[counts.code] if len(self.hours) > 1 else None
        terms = terms_of(counts, self)
        moved = evolve(counts, origin=terms.origin)
        return _Measuring(moved, self, HoursBy(self.hours, which), terms).measured()


def _most(target: Target) -> int:
    """Return about how much open time a target and its warnings ask for."""
    within = target.within
    length = (within.n + 1) * DAY if isinstance(within, WorkingDays) else target.length or 0
    needs = [length * warn.numerator // warn.denominator + warn.offset for warn in target.warnings]
    return min(max(length, *needs, 0), 100 * NEAR)


@define(eq=False)
class _Spans:
    """Stretches of counts in order; a closed one holds its first instant, too."""

    count: Ints
    start: Ints
    end: Ints
    closed: Flags

    def after(self, at: Ints) -> Ints:
        """Return instants of all counts, or the ends of the stretches in which they lie."""
        if not self.count.size:
            return at
        mine = at[self.count]
        inside = ((self.start < mine) & (mine < self.end)) | (self.closed & (mine == self.start))
        found = at.copy()
        inside = np.flatnonzero(inside)
        found[self.count.take(inside)] = self.end.take(inside)
        return found


@define(eq=False, slots=False)
class _Measuring:
    """Some counts being measured."""

    counts: Counts
    measures: Measures
    hours: HoursBy
    terms: Terms

    @cached_property
    def size(self) -> int:
        return int(self.counts.start.size)

    @cached_property
    def origin_before(self) -> Ints:
        """The open time before each origin."""
        return self.hours.before(self.counts.origin)

    @cached_property
    def open_pauses(self) -> Ints:
        """The counts that are paused."""
        return np.flatnonzero(self.counts.paused != NULL)

    @cached_property
    def pauses(self) -> tuple[Ints, Ints, Ints]:
        """Count, start and end of each pause in order; an open one ends at the instant."""
        count, start, end = self.counts.pauses
        still = self.open_pauses
        if not still.size:
            return count, start, end
        paused = self.counts.paused[still]
        until = np.full(still.size, self.measures.as_of)
        count, start, end = (
            np.concatenate(pair) for pair in ((count, still), (start, paused), (end, until))
        )
        order = np.argsort(count, kind="stable")
        return count[order], start[order], end[order]

    @cached_property
    def costs(self) -> Ints:
        """The open time that each pause takes out, behind the origin of its count."""
        count, start, end = self.pauses
        origin = self.counts.origin[count]
        first = self.hours.before(np.maximum(start, origin), count)
        return self.hours.before(np.maximum(end, origin), count) - first

    @cached_property
    def ran(self) -> Ints:
        """What had counted of its count when each pause began."""
        count, start, _ = self.pauses
        spent = np.cumsum(self.costs) - self.costs
        spent -= spent[count.searchsorted(count)]
        begun = self.hours.before(np.maximum(start, self.counts.origin[count]), count)
        return begun - self.origin_before[count] - spent

    def lost(self, amounts: Ints) -> Ints:
        """Return the sum of amounts, one for each pause, by count."""
        found = np.zeros(self.size, np.int64)
        np.add.at(found, self.pauses[0], amounts)
        return found

    def reached(self, need: Ints) -> Ints:
        """Return when so much will have counted; `NULL` for never."""
        need = need - self.terms.carried
        counted = self.origin_before + need
        if self.pauses[0].size:
            earlier = self.ran < need[self.pauses[0]]
            counted += self.lost(np.where(earlier, self.costs, 0))
        some = need > 0
        if some.all():
            return self.hours.reached(counted)
        found = self.counts.origin.copy()
        rows = np.flatnonzero(some)
        found[rows] = self.hours.reached(counted[rows], rows)
        return found

    @cached_property
    def suspended(self) -> _Spans:
        """Stretches of all counts in which nothing comes due."""
        return self._suspended(np.ones(self.size, np.bool_))

    def _suspended(self, some: Flags) -> _Spans:
        """Return the stretches in which nothing of some counts comes due.

        These are pauses and gaps, joined behind a gap.
        """
        counts, still = self.counts, self.open_pauses[some[self.open_pauses]]
        (count, start, end), gaps = (_of(spans, some) for spans in (counts.pauses, counts.gaps))
        back = np.flatnonzero(counts.back & some)
        began = counts.start[back]
        closed = np.zeros(count.size + still.size + gaps[0].size + back.size, np.bool_)
        closed[count.size + still.size :] = True
        closed[count.size : count.size + still.size] = counts.void[still]
        count = np.concatenate([count, still, gaps[0], back])
        start = np.concatenate([start, counts.paused[still], gaps[1], began])
        end = np.concatenate([end, np.full(still.size, END), gaps[2], began])
        if not closed.any():
            return _Spans(count, start, end, closed)
        order = np.lexsort((end, ~closed, start, count))
        return _joined(_Spans(count[order], start[order], end[order], closed[order]))

    def measured(self) -> Measured:
        counts, as_of = self.counts, self.measures.as_of
        stopped = counts.stop != NULL
        end = np.where(stopped, counts.stop, as_of)
        np.copyto(end, counts.paused, where=counts.void)
        elapsed = self.terms.carried + self.hours.before(end) - self.origin_before
        if self.pauses[0].size:
            elapsed -= self.lost(np.where(self.pauses[1] < end[self.pauses[0]], self.costs, 0))
        due, allowed = self._due()
        breach = self._breach(due)
        paused, overdue = counts.paused != NULL, (due != NULL) & (counts.stop > due)
        state = np.where(paused, np.int8(PAUSED), np.int8(RUNNING))
        state[counts.void] = CANCELLED
        np.copyto(state, np.where(overdue, np.int8(MISSED), np.int8(MET)), where=stopped)
        late = (breach < np.where(paused, counts.paused, as_of)) & (breach != NULL) & ~stopped
        warned = self._warned(allowed, end)
        return Measured(state, due, elapsed, allowed, warned, breach, late, self.terms.odd)

    def _due(self) -> tuple[Ints, Ints]:
        """Return when counts are due, and what their targets allow."""
        allowance = self.terms.allowance
        allowed = self.measures.lengths.take(self.counts.code)
        if not is_constant(allowance):
            allowed = np.where(allowance == NULL, allowed, allowance)
        days = np.flatnonzero(allowed == NULL)
        if not days.size:
            return self.reached(allowed), allowed
        due = self.reached(np.where(allowed == NULL, 1, allowed))
        nth = self._nth_dates(days)
        there = days[nth != NULL]
        due[days], date = nth, nth[nth != NULL]
        whole = np.zeros(self.size, np.int64)
        whole[there] = self.hours.before(date, there) - self.origin_before[there]
        dates = np.zeros(self.size, np.int64)
        dates[there] = date
        moved = there[self._cost_until(dates)[there] != 0]
        if moved.size:
            due[moved] = self.reached(whole)[moved]
        allowed = allowed.copy()
        known = there[due[there] != NULL]
        until = np.where(due == NULL, self.counts.origin, np.maximum(due, self.counts.origin))
        used = self.hours.before(until) - self.origin_before - self._cost_until(until)
        allowed[known] = used[known]
        return due, allowed

    def _cost_until(self, until: Ints) -> Ints:
        """Return the open time that pauses take out until an instant of each count."""
        count, start, end = self.pauses
        if not count.size:
            return np.zeros(self.size, np.int64)
        origin = self.counts.origin[count]
        last = np.maximum(until[count], origin)
        begun, over = (np.clip(at, origin, last) for at in (start, end))
        return self.lost(self.hours.before(over, count) - self.hours.before(begun, count))

    def _nth_dates(self, rows: Ints) -> Ints:
        """Return when the working days of some counts are over, each distinct one read once."""
        code, origin = self.counts.code[rows].astype(np.int64), self.counts.origin[rows]
        pairs, places = np.unique(np.stack([code, origin]), axis=1, return_inverse=True)
        forces = self.measures.table.forces
        found = [_nth_date(forces[one][1], at) for one, at in pairs.T.tolist()]
        return np.array(found, np.int64)[places.reshape(-1)]

    def _warned(self, allowed: Ints, end: Ints) -> Flags:
        """Return whether a warning was reached: before the stop, or up to the instant."""
        counts, as_of = self.counts, self.measures.as_of
        found = np.zeros(self.size, np.bool_)
        limit = np.where((counts.stop != NULL) | counts.void, end - 1, as_of)
        for code, (_, target) in enumerate(self.measures.table.forces):
            if target.warnings:
                mine = (counts.code == code) & (allowed != NULL)
                found |= mine & self._reached_any(target, mine, allowed, limit)
        return found

    def _reached_any(self, target: Target, mine: Flags, allowed: Ints, limit: Ints) -> Flags:
        found = np.zeros(self.size, np.bool_)
        for warn in target.warnings:
            need = -(-allowed[mine] * warn.numerator // warn.denominator) + warn.offset
            needs = np.ones(self.size, np.int64)
            needs[mine] = need
            at = self.reached(needs)
            never = at == NULL
            at = self.suspended.after(np.maximum(at, self.counts.since))
            found |= ~never & (at <= limit)
        return found

    def _breach(self, due: Ints) -> Ints:
        """Return when counts were breached under the target in force; `NULL` where not.

        None is breached before it is due; one that stopped later is, and at its stop at the last.
        """
        counts, as_of = self.counts, self.measures.as_of
        stopped = counts.stop != NULL
        limit = np.where(stopped, counts.stop, as_of + 1)
        some = (due < limit) & (due != NULL) & ~counts.void
        if not some.any():
            return np.full(self.size, NULL)
        at = self._suspended(some).after(np.maximum(due, counts.known))
        count, stop, _ = counts.gaps
        if count.size:
            late = stop > np.maximum(due, counts.known - 1)[count]
            np.minimum.at(at, count[late], stop[late])
        np.minimum(at, counts.stop, out=at, where=stopped)
        some &= stopped | (at <= as_of)
        return np.where(some, at, NULL)


def _of(spans: tuple[Ints, Ints, Ints], some: Flags) -> tuple[Ints, Ints, Ints]:
    """Return the stretches of some counts."""
    count, start, end = spans
    rows = np.flatnonzero(some[count])
    return count.take(rows), start.take(rows), end.take(rows)


def _joined(spans: _Spans) -> _Spans:
    """Join stretches that touch where one of them is a gap; a pause that is a gap is one."""
    count, start, end, closed = spans.count, spans.start, spans.end, spans.closed
    same = count[1:] == count[:-1]
    twice = same & (start[1:] == start[:-1]) & (end[1:] == end[:-1]) & closed[:-1] & ~closed[1:]
    kept = np.append(True, ~twice)
    count, start, end, closed = count[kept], start[kept], end[kept], closed[kept]
    touch = (count[1:] == count[:-1]) & (start[1:] == end[:-1]) & (closed[1:] | closed[:-1])
    first = np.append(True, ~touch)
    last = np.append(~touch, True)
    return _Spans(count[first], start[first], end[last], closed[first])


def _nth_date(target: Target, origin: int) -> int:
    within = target.within
    assert isinstance(within, WorkingDays)  # noqa: S101 - asked of those alone
    try:
        at = within.reached(target.calendar, origin)
    except OutOfRange:
        return NULL
    return NULL if at is None else at
