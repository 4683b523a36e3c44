"""What a KPI answers for many tickets at once: who is counted, who is left out and why.

`answers` decides the rules of a question for whole columns, `Times` measures on a clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.segments import counted
from support_model._columns.values import NONE, NULL, Words
from support_model._kpi import expressions as ask
from support_model._kpi.columns import as_words
from support_model._kpi.expression_names import names_of
from support_model._kpi.field_names import must_be_field
from support_model.arrays import elapsed, elapsed_by
from support_model.calendars import BusinessCalendar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Flags, Ints
    from support_model._kpi.calendars_by import CalendarsBy, Clock
    from support_model._kpi.columns import Columns

__all__ = ["Answers", "Times", "answers"]


@define(eq=False)
class Times:
    """Times to be measured, each the sum of stretches less that of others.

    Attributes:
        tickets: the ticket of each time, ascending.
        lengths: int64 microseconds that need no clock.
        owners: the time of each stretch, a place in `tickets`.
        starts: when each stretch begins.
        ends: when it ends.
        signs: 1 for a stretch that counts, -1 for one that is taken out.
    """

    tickets: Ints
    lengths: Ints
    owners: Ints
    starts: Ints
    ends: Ints
    signs: NDArray[np.int8]

    def micros(self, columns: Columns, clock: Clock | None) -> Ints:
        """Return each time in microseconds on a clock; on wall time if None."""
        if clock is None:
            lengths = self.ends - self.starts
        elif isinstance(clock, BusinessCalendar):
            lengths = elapsed(clock, self.starts, self.ends)
        else:
            which = _calendars(columns, clock, self.tickets[self.owners])
            lengths = elapsed_by(clock.every, which, self.starts, self.ends)
        if self.owners.size == self.tickets.size == self.lengths.size and _alone(self.owners):
            return self.lengths + lengths
        total = self.lengths.copy()
        np.add.at(total, self.owners, lengths * self.signs)
        return total


def _calendars(columns: Columns, clock: CalendarsBy, tickets: Ints) -> Ints:
    """Return which of the calendars holds for some tickets.

    Raises:
        InvalidValue: a name that no field has, or a ticket that no calendar is for.
    """
    must_be_field(clock.field, columns.facts.further)
    words = as_words(columns.facts.column(clock.field))
    codes = words.codes[tickets]
    places = np.full(len(words.words) + 1, NONE, np.int64)
    for code in np.unique(codes).tolist():
        places[code] = clock.place(None if code == NONE else words.words[code])
    found: Ints = places[codes]
    return found


def _alone(owners: Ints) -> bool:
    """Return whether each time has just one stretch, in order."""
    return bool((owners == np.arange(owners.size)).all())


@define(eq=False)
class Answers:
    """What is answered of some tickets.

    Attributes:
        tickets: those that are counted, ascending; with times once for each.
        values: of each: flags, whole numbers, numbers as `Words`, or `Times`.
        excluded: by code, the tickets that are left out, once for each time.
    """

    tickets: Ints
    values: Any
    excluded: dict[str, Ints]

    @property
    def counts(self) -> dict[str, int]:
        """How many are left out, by code."""
        return {code: int(tickets.size) for code, tickets in self.excluded.items()}


@define(eq=False)
class _Deciding:
    columns: Columns
    codes: NDArray[np.int16] = field(init=False)
    reasons: list[str] = field(factory=list)
    parts: list[tuple[Flags, ask.Expression]] = field(factory=list)
    more: dict[str, list[Ints]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.codes = np.full(self.columns.size, NONE, np.int16)

    def leave(self, rows: Flags, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.codes[rows] = self.reasons.index(reason)

    def decide(self, asked: ask.Outcome, rows: Flags) -> None:
        """Say what is answered of some tickets, none of which is decided yet."""
        if asked is None:
            return
        if isinstance(asked, str):
            self.leave(rows, asked)
        elif isinstance(asked, ask.Rules):
            self._rules(asked, rows)
        elif isinstance(asked, ask.Reading):
            self._reading(asked, rows)
        else:
            self.parts.append((rows, asked))

    def _rules(self, asked: ask.Rules, rows: Flags) -> None:
        for test, then in asked.cases:
            hit = rows & self.columns.flags(test)
            if hit.any():
                self.decide(then, hit)
                rows = rows & ~hit
        if asked.unknown is not None and isinstance(asked.value, ask.Expression):
            known = self._known(asked.value)
            self.decide(asked.unknown, rows & ~known)
            rows = rows & known
        self.decide(asked.value, rows)

    def _known(self, value: ask.Expression) -> Flags:
        if isinstance(value, ask.Stretch | ask.Stays):
            value = value.end
        elif isinstance(value, ask.Length):
            value = value.part
        return self.columns.known(value)

    def _reading(self, asked: ask.Reading, rows: Flags) -> None:
        found = self.columns.of(asked)
        fits = np.array([*(word is not None for word in found.words), False])[found.codes]
        self.leave(rows & (found.codes >= 0) & ~fits, asked.misfit)
        self.parts.append((rows & fits, asked))

    def excluded(self) -> dict[str, Ints]:
        """Return the tickets that are left out, by code."""
        found = dict(self.more)
        for code, reason in enumerate(self.reasons):
            tickets = np.flatnonzero(self.codes == code)
            found[reason] = [*found.get(reason, ()), tickets]
        joined = {reason: np.sort(np.concatenate(each)) for reason, each in found.items()}
        return {reason: tickets for reason, tickets in joined.items() if tickets.size}


def answers(columns: Columns, question: ask.Question) -> Answers:
    """Return what a question is answered with, of each ticket that is asked.

    Raises:
        SupportModelError: as the question does of a record, or columns are missing.
    """
    columns.facts.need(names_of(question))
    deciding = _Deciding(columns)
    deciding.decide(question, np.ones(columns.size, np.bool_))
    parts = [(rows, asked) for rows, asked in deciding.parts if rows.any()]
    if isinstance(question, ask.Rules) and question.measures:
        times = _joined([_times(columns, asked, rows, deciding) for rows, asked in parts])
        return Answers(times.tickets, times, deciding.excluded())
    values = _valued(columns, parts)
    counted = np.zeros(columns.size, np.bool_)
    for rows, _ in parts:
        counted |= rows
    for faulty, error in columns.faults:
        if (faulty & counted).any():
            raise error(int(np.flatnonzero(faulty & counted)[0]))
    tickets = np.flatnonzero(counted)
    found = values.take(tickets) if isinstance(values, Words) else values[tickets]
    return Answers(tickets, found, deciding.excluded())


def _valued(
    columns: Columns, parts: Sequence[tuple[Flags, ask.Expression]]
) -> NDArray[Any] | Words:
    """Return the values of all tickets, of which each part is meant for some."""
    if not parts:
        return np.zeros(columns.size, np.int64)
    (_, first), *others = parts
    values = columns.of(first)
    if isinstance(values, Words):
        return values
    values = np.broadcast_to(values, (columns.size,))
    for rows, asked in others:
        values = np.where(rows, columns.of(asked), values)
    return values


# Times


def _times(columns: Columns, asked: ask.Expression, rows: Flags, deciding: _Deciding) -> Times:
    tickets = np.flatnonzero(rows)
    if isinstance(asked, ask.Length):
        return _of_stretches(tickets, lengths=columns.ints(asked.part)[tickets])
    if isinstance(asked, ask.Waits):
        return _waits(columns, asked, rows, deciding)
    assert isinstance(asked, ask.Stretch | ask.Stays)  # noqa: S101 - there are no other times
    ends = columns.ints(asked.end)
    if isinstance(asked, ask.Stays):
        stays, starts, stops = _stays(columns, asked.categories, ends, rows)
        owners = counted(rows).take(stays)
        return _of_stretches(tickets, owners, starts, stops)
    starts = columns.ints(asked.start)
    whole = np.arange(tickets.size)
    if not asked.less:
        return _of_stretches(tickets, whole, starts[tickets], ends[tickets])
    stays, begins, stops = _stays(columns, asked.less, ends, rows)
    owners = counted(rows).take(stays)
    # where a stay is taken out of a time that ends before it begins, nothing is left of it
    backward = np.zeros(tickets.size, np.bool_)
    backward[owners] = True
    kept = whole[~(backward & (ends[tickets] <= starts[tickets]))]
    begins = np.maximum(begins, starts[stays])
    some = begins < stops
    return _of_stretches(
        tickets,
        np.concatenate([kept, owners[some]]),
        np.concatenate([starts[tickets][kept], begins[some]]),
        np.concatenate([ends[tickets][kept], stops[some]]),
        np.concatenate([np.ones(kept.size, np.int8), np.full(int(some.sum()), -1, np.int8)]),
    )


def _of_stretches(
    tickets: Ints,
    owners: Ints | None = None,
    starts: Ints | None = None,
    ends: Ints | None = None,
    signs: NDArray[np.int8] | None = None,
    lengths: Ints | None = None,
) -> Times:
    empty = np.zeros(0, np.int64)
    owners = empty if owners is None else owners
    return Times(
        tickets,
        np.zeros(tickets.size, np.int64) if lengths is None else lengths,
        owners,
        empty if starts is None else starts,
        empty if ends is None else ends,
        np.ones(owners.size, np.int8) if signs is None else signs,
    )


def _stays(
    columns: Columns, categories: tuple[str, ...], until: Ints, rows: Flags
) -> tuple[Ints, Ints, Ints]:
    """Return tickets, starts and ends of their stays in some categories, up to an instant."""
    lists = columns.facts.lists("history")
    at, names = lists.parts["at"], lists.parts["category"]
    assert isinstance(names, Words)  # noqa: S101 - categories are words
    assert not isinstance(at, Words)  # noqa: S101 - instants
    entries = np.flatnonzero(names.holds(lambda name: name in categories))
    tickets = columns.rows("history")[entries]
    asked = rows[tickets]
    entries, tickets = entries[asked], tickets[asked]
    last = entries + 1 == lists.offsets[1:][tickets]
    following = at[np.minimum(entries + 1, max(at.size - 1, 0))]
    ends = np.where(last, until[tickets], np.minimum(following, until[tickets]))
    starts = at[entries]
    some = starts < ends
    return tickets[some], starts[some], ends[some]


def _waits(columns: Columns, asked: ask.Waits, rows: Flags, deciding: _Deciding) -> Times:
    lists, tickets = columns.facts.lists("waits"), columns.rows("waits")
    parts = lists.parts
    meant = rows[tickets]
    if asked.further:
        meant = meant & ~_ints(parts["first"])
    ends, outcomes = _ints(parts["end"]), parts["outcome"]
    assert isinstance(outcomes, Words)  # noqa: S101 - outcomes are words
    waiting = meant & (ends == NULL)
    solved = meant & ~waiting & outcomes.holds(lambda outcome: outcome == "solved")
    for reason, mask in (("waiting", waiting), ("solved_without_reply", solved)):
        deciding.more.setdefault(reason, []).append(tickets[mask])
    found = np.flatnonzero(meant & ~waiting & ~solved)
    return _of_stretches(
        tickets[found], np.arange(found.size), _ints(parts["start"])[found], ends[found]
    )


def _ints(column: NDArray[Any] | Words) -> NDArray[Any]:
    assert not isinstance(column, Words)  # noqa: S101 - of instants and flags
    return column


def _joined(parts: Sequence[Times]) -> Times:
    """Return the times of several parts, in the order of their tickets."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return _of_stretches(np.zeros(0, np.int64))
    tickets = np.concatenate([part.tickets for part in parts])
    order = np.argsort(tickets, kind="stable")
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    shifts = np.cumsum([0, *(part.tickets.size for part in parts)])
    owners = np.concatenate([p.owners + s for p, s in zip(parts, shifts, strict=False)])
    return Times(
        tickets[order],
        np.concatenate([part.lengths for part in parts])[order],
        place[owners],
        *(np.concatenate([getattr(p, n) for p in parts]) for n in ("starts", "ends", "signs")),
    )
