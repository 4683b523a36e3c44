"""One clock over many tickets: `support_model._sla.clocks` for all of them at once.

A pass takes the next row of every ticket that has one, and does what `ClockFold.take` does of an
instant, in the same order: what was open before it is brought under another target, reset and
stopped at the first row of the instant; each row begins or reopens at its place; the last row
pauses. What is kept of a count are facts, which `support_model._frames.measures` measures.

A ticket in which something happens that is left to the fold is marked as odd; what is kept of
its clock means nothing then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.values import NONE, NULL
from support_model._frames.clock_rows import (
    CREATED,
    FIRST,
    HOLDS,
    LAST,
    REOPEN,
    RESETS,
    START,
    STOP,
    STOPS,
    TURN,
    VOID,
)
from support_model.patterns import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Flags, Ints
    from support_model._frames.clock_rows import Bits, Laid
    from support_model._frames.forces import ForceCodes, ForceTable
    from support_model.sla import Metric

    Spans = tuple[Ints, Ints, Ints]

ODD = (
    "",
    "a target was lost",
    "a frozen target came back",
    "begun anew at once",
    "a target was overdue",
)
"""Why the clock of a ticket is left to the fold, by code; 0 where it is not."""
LOST, BACK, ANEW, OVERDUE = range(1, 5)
CARRIED, FORWARDED, CAME_BACK = range(3)


@define(eq=False)
class Counts:
    """The last counts of the cycles of a clock that had a target; `NULL` for nothing.

    Attributes:
        ticket: the ticket of each.
        number: the number of its cycle.
        place: its own number in the cycle.
        start: when it began, in microseconds.
        origin: from when open time counts.
        stop: when it stopped.
        code: the target in force last.
        since: from when that target holds.
        known: from when a target that is called like it holds.
        paused: since when it is paused, or void, if it still is.
        void: whether the ticket is void.
        pauses: count, start and end of each pause, in order in each count.
        gaps: count, start and end of each stretch between a stop and the reopening.
        moves: count and instant of each target that replaced another of its count, in order,
            with the code of both.
        how: for each move `CARRIED`, `FORWARDED`, or `CAME_BACK`: carried, by a name that another
            target of the count had before.
        back: whether it began inside a pause, or by a reopening.
        odd: for each ticket why its clock is left to the fold, a place in `ODD`.
    """

    ticket: Ints
    number: Codes
    place: Codes
    start: Ints
    origin: Ints
    stop: Ints
    code: ForceCodes
    since: Ints
    known: Ints
    paused: Ints
    void: Flags
    pauses: Spans
    gaps: Spans
    moves: tuple[Ints, Ints, Ints, Ints]
    how: Ints
    back: Flags
    odd: NDArray[np.int8]


@define(eq=False)
class _Made:
    """Counts in the making: more rows than there are counts, filled as they begin.

    Besides what `Counts` has: `who` is the place of the ticket in the layout, `first` the first
    target in force, `called` the names of targets so far, a bit each, and `gone` whether the
    count was replaced by another, or never was.
    """

    who: Ints
    number: Codes
    place: Codes
    start: Ints
    origin: Ints
    stop: Ints
    code: ForceCodes
    first: ForceCodes
    since: Ints
    known: Ints
    called: Ints
    paused: Ints
    gone: Flags
    back: Flags
    void: Flags
    size: int = 0
    pauses: list[tuple[Ints, Ints, Ints]] = field(factory=list)
    gaps: list[tuple[Ints, Ints, Ints]] = field(factory=list)
    moves: list[tuple[Ints, Ints, Ints, Ints, Ints]] = field(factory=list)

    @classmethod
    def of(cls, most: int) -> _Made:
        """Return room for so many counts."""
        columns: dict[str, Any] = {
            **{name: np.empty(most, np.int64) for name in _LONGS},
            **{name: np.empty(most, np.int16) for name in ("code", "first")},
            **{name: np.empty(most, np.int32) for name in ("number", "place")},
            **{name: np.zeros(most, np.bool_) for name in ("gone", "back", "void")},
        }
        return cls(**columns)

    def begin(
        self,
        who: Ints,
        at: Ints,
        number: Codes,
        place: Codes | int,
        code: ForceCodes,
        called: Ints,
    ) -> Ints:
        """Begin a count for some tickets; return the places of the counts."""
        made = slice(self.size, self.size + who.size)
        for column in (self.start, self.origin, self.since, self.known):
            column[made] = at
        for column in (self.stop, self.paused):
            column[made] = NULL
        self.code[made] = self.first[made] = code
        self.who[made], self.number[made], self.place[made] = who, number, place
        self.called[made] = called
        self.size = made.stop
        return np.arange(made.start, made.stop)


_KEPT = (
    *("number", "place", "start", "origin", "stop"),
    *("code", "since", "known", "paused", "void", "back"),
)
_LONGS = ("who", "start", "origin", "stop", "since", "known", "called", "paused")
NAMES = 63
"""How many names of targets fit into the bits of an integer."""


def counts_of(metric: Metric, table: ForceTable, laid: Laid, tickets: int) -> Counts:
    """Return the counts of a clock of a metric over so many tickets."""
    passes = _Passes.of(metric, table, laid)
    for place in range(len(laid.offsets) - 1):
        passes.take(place)
    return passes.counts(tickets)


@define(eq=False)
class _Passes:
    """The state of the clock of each ticket, and the counts so far.

    Attributes:
        opened: whether a count is open.
        cycles: the number of the last cycle.
        current: its last count, by place; `before` that of the cycle before a fresh one.
        force: the code of what is in force.
        paused: since when the count is paused, or `NULL`.
        was_open: whether a count was open before the instant.
        may: whether none is open after the first row of the instant, so that one may begin.
        fresh: whether a cycle began or was reopened in the instant; `back`: it was reopened.
        odd: why the clock is left to the fold.
        named: the bit of the name of each target, and last that of none.
    """

    metric: Metric
    table: ForceTable
    laid: Laid
    opened: Flags
    cycles: Codes
    current: Ints
    before: Ints
    force: ForceCodes
    paused: Ints
    was_open: Flags
    may: Flags
    fresh: Flags
    back: Flags
    odd: NDArray[np.int8]
    named: Ints
    made: _Made

    @classmethod
    def of(cls, metric: Metric, table: ForceTable, laid: Laid) -> _Passes:
        """Return the state before the first row."""
        size = laid.tickets.size
        bits = table.labels.astype(np.int64) % NAMES  # two of one bit are taken for one
        flags = {
            name: np.zeros(size, np.bool_)
            for name in ("opened", "was_open", "may", "fresh", "back")
        }
        return cls(
            metric,
            table,
            laid,
            cycles=np.zeros(size, np.int32),
            current=np.zeros(size, np.int64),
            before=np.zeros(size, np.int64),
            force=np.full(size, NONE, np.int16),
            paused=np.full(size, NULL, np.int64),
            odd=np.zeros(size, np.int8),
            named=np.append(1 << bits, 0),
            made=_Made.of(2 * laid.at.size),
            **flags,
        )

    def take(self, place: int) -> None:
        """Take the row at a place of each ticket that has one."""
        begin, end = self.laid.offsets[place : place + 2]
        n = end - begin
        laid = self.laid
        bits, at, code = laid.bits[begin:end], laid.at[begin:end], laid.code[begin:end]
        first = (bits & FIRST) != 0
        opened = self.opened[:n]
        np.copyto(self.was_open[:n], opened, where=first)
        self.fresh[:n] &= ~first
        void = (bits & VOID) != 0
        if void.any():
            self._cancel(np.flatnonzero(first & opened & void), at)
            first = first & ~void
        self._enter(first, bits, at, code)
        self._close(np.flatnonzero(first & opened & ((bits & STOPS) != 0)), at)
        np.copyto(self.may[:n], ~opened, where=first)
        self._begin(bits, at, code)
        if self.metric.pause is not NEVER:
            self._hold(bits, at)

    def _cancel(self, who: Ints, at: Ints) -> None:
        """Cancel what is open in tickets that become void."""
        self._resume(who[self.paused[who] != NULL], at)
        self.paused[who] = at[who]
        self.made.void[self.current[who]] = True

    def _enter(self, first: Flags, bits: Bits, at: Ints, code: ForceCodes) -> None:
        """Begin open counts anew, or bring another target into force in them."""
        n = first.size
        moved = first & (code != self.force[:n])
        np.copyto(self.force[:n], code, where=moved)
        moved &= self.opened[:n]
        if self.metric.reset is not NEVER:
            asked = np.flatnonzero(first & self.opened[:n] & ((bits & RESETS) != 0))
            who = asked[self.made.start[self.current[asked]] < at[asked]]
            self._again(who, at[who])
            moved[who] = False
        who = np.flatnonzero(moved)
        if who.size:
            self._replace(who, at[who])

    def _again(self, who: Ints, at: Ints) -> None:
        """End counts and begin the next of the same cycles."""
        if not who.size:
            return
        made, old, code = self.made, self.current[who], self.force[who]
        self.odd[who[(code == NONE) | (made.start[old] >= at)]] = ANEW
        made.gone[old] = True
        place = made.place[old] + 1
        called = self._called(code)
        self.current[who] = made.begin(who, at, self.cycles[who], place, code, called)
        paused = self.paused[who] != NULL
        self.paused[who[paused]] = at[paused]
        made.back[self.current[who]] = paused | (self.fresh[who] & self.back[who])

    def _called(self, code: ForceCodes) -> Ints:
        """Return the bits of the names of targets."""
        return self.named.take(code)

    def _replace(self, who: Ints, at: Ints) -> None:
        """Bring the target in force into open counts, by the rule that it names."""
        made, current = self.made, self.current[who]
        held, code = made.code[current], self.force[who]
        self.odd[who[(code == NONE) & (held != NONE)]] = LOST
        late = (held == NONE) & (code != NONE)
        self._come_late(current[late], at[late], code[late])
        both = (held != NONE) & (code != NONE) & (held != code)
        same = both & (self.table.same[held] == self.table.same[code])
        alike = current[same]
        only = made.first[alike] == held[same]
        made.first[alike[only]] = code[same][only]
        made.code[alike] = code[same]
        rule = self.table.rules[code]
        both &= ~same
        again = both & (rule == "restart")
        self._again(who[again], at[again])
        self._forward(who[both & (rule == "forward")], at[both & (rule == "forward")])
        back = both & (rule == "frozen") & (made.first[current] != held)
        self.odd[who[back]] = BACK
        carry = both & (rule == "carry")
        self._carry(who[carry], at[carry])

    def _come_late(self, current: Ints, at: Ints, code: ForceCodes) -> None:
        """Bring the first target into force in counts that began without one."""
        made, rule = self.made, self.table.rules[code]
        made.code[current] = made.first[current] = code
        made.since[current] = made.known[current] = at
        made.called[current] = self._called(code)
        anew = (rule == "restart") | (rule == "forward")
        made.origin[current[anew]] = at[anew]

    def _forward(self, who: Ints, at: Ints) -> None:
        """Let the share that was left be left; how much that is, is measured in the end."""
        made, current = self.made, self.current[who]
        self._move(who, at, np.full(who.size, FORWARDED))
        made.code[current] = self.force[who]
        made.since[current] = made.known[current] = at

    def _move(self, who: Ints, at: Ints, how: Ints) -> None:
        if who.size:
            current, code = self.current[who], self.force[who].astype(np.int64)
            held = self.made.code[current].astype(np.int64)
            self.made.moves.append((current, at, held, code, how))

    def _carry(self, who: Ints, at: Ints) -> None:
        made, current, code = self.made, self.current[who], self.force[who]
        labels = self.table.labels
        other = labels[code] != labels[made.code[current]]
        called = self._called(code)
        back = other & ((made.called[current] & called) != 0)
        self._move(who, at, np.where(back, CAME_BACK, CARRIED))
        made.called[current] |= called
        made.known[current[other]] = at[other]
        made.since[current] = at
        made.code[current] = code

    def _close(self, who: Ints, at: Ints) -> None:
        """Stop counts, and end their pauses."""
        if not who.size:
            return
        self.made.stop[self.current[who]] = at[who]
        self.opened[who] = False
        if self.metric.pause is not NEVER:
            self._resume(who[self.paused[who] != NULL], at)

    def _resume(self, who: Ints, at: Ints) -> None:
        since, until = self.paused[who], at[who]
        self.paused[who] = NULL
        some = until > since
        self.made.pauses.append((self.current[who[some]], since[some], until[some]))

    def _begin(self, bits: Bits, at: Ints, code: ForceCodes) -> None:
        """Stop what is fresh, and begin or reopen a cycle, at the place of the row."""
        n, lasting = bits.size, self.metric.starts_if_it_lasts
        fresh, may = self.fresh[:n], self.may[:n]
        stops = (bits & STOP) != 0
        ends = (self.was_open[:n] | fresh) & stops
        over = np.flatnonzero(may & fresh & ends)
        if over.size:
            self._end_fresh(over, at)
        may = may & ~fresh
        begins = may & ((bits & START) != 0)
        if not self.metric.repeats:
            begins &= self.cycles[:n] == 0
            if self.metric.after_stop != "once":
                again = may & ((bits & REOPEN) != 0) & ~ends & (self.cycles[:n] > 0)
                self._reopen(np.flatnonzero(again), at)
        who = np.flatnonzero(begins)
        if not who.size:
            return
        self.before[who] = self.current[who]
        self.cycles[who] += 1
        codes = code[who]
        called = self._called(codes)
        self.current[who] = self.made.begin(who, at[who], self.cycles[who], 1, codes, called)
        self.opened[who] = self.fresh[who] = True
        self.back[who] = False
        if not lasting:  # created in a status that stops it
            done = who[((bits[who] & CREATED) != 0) & stops[who]]
            self._close(done, at)
            self.fresh[done] = False

    def _end_fresh(self, who: Ints, at: Ints) -> None:
        """Stop what began or was reopened in the instant; what has to last never began."""
        if self.metric.starts_if_it_lasts:
            never = who[~self.back[who]]
            self.made.gone[self.current[never]] = True
            self.current[never] = self.before[never]
            self.cycles[never] -= 1
            self.opened[never] = False
            who_back = who[self.back[who]]
        else:
            who_back = who
        self._close(who_back, at)
        self.fresh[who] = False

    def _reopen(self, who: Ints, at: Ints) -> None:
        if not who.size:
            return
        made, current, after = self.made, self.current[who], self.metric.after_stop
        now, stopped = at[who], made.stop[current]
        self.opened[who] = self.fresh[who] = self.back[who] = True
        if after == "restart":
            self._again(who, now)
            return
        made.stop[current] = NULL
        made.gaps.append((current, stopped, now))
        if after == "resume":
            later = now > stopped
            made.pauses.append((current[later], stopped[later], now[later]))
        moved = made.code[current] != self.force[who]
        self._replace(who[moved], now[moved])

    def _hold(self, bits: Bits, at: Ints) -> None:
        """Pause or resume what is open after the instant."""
        n = bits.size
        seen = self.opened[:n] & ((bits & (LAST | TURN | VOID)) == LAST)
        holds, runs = (bits & HOLDS) != 0, self.paused[:n] == NULL
        who = np.flatnonzero(seen & ~holds & ~runs)
        if who.size:
            self._resume(who, at)
        self.paused[:n][seen & holds & runs] = at[seen & holds & runs]

    def counts(self, tickets: int) -> Counts:
        """Return the counts after the last row."""
        made, size = self.made, self.made.size
        made.paused[self.current[self.opened]] = self.paused[self.opened]
        kept = ~made.gone[:size] & (made.code[:size] != NONE)
        places = np.cumsum(kept) - 1
        odd = np.zeros(tickets, np.int8)
        odd[self.laid.tickets] = self.odd
        rows = slice(None) if kept.all() else np.flatnonzero(kept)
        columns = {name: getattr(made, name)[:size][rows] for name in _KEPT}
        moves = _spans(made.moves, kept, places, 5)
        return Counts(
            ticket=self.laid.tickets[made.who[:size][rows]],
            pauses=_spans(made.pauses, kept, places),
            gaps=_spans(made.gaps, kept, places),
            moves=moves[:4],
            how=moves[4],
            odd=odd,
            **columns,
        )


def _spans(spans: list[Any], kept: Flags, places: Ints, width: int = 3) -> Any:  # noqa: ANN401 - as wide as asked
    """Return what is told of counts that are kept, that of a count in order."""
    if not spans:
        return (np.zeros(0, np.int64),) * width
    count, *others = (np.concatenate(parts) for parts in zip(*spans, strict=True))
    some = kept[count]
    count = places[count[some]]
    order = np.argsort(count, kind="stable")  # they were told in the order of time
    return (count[order], *(other[some][order] for other in others))
