"""Every solution of a log by who held the ticket then: the same number as the volumes have."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from support_model._vocabulary import SETTLED
from support_model.changes import Marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from support_model._report.period_parts import Stay
    from support_model.changes import Rows
    from support_model.kpi import PlainFacts


def solutions(plain: PlainFacts, rows: Rows, stays: Iterable[Stay]) -> Marks:
    """Return when tickets were solved, again after a reopening too, by their units.

    A unit is of who held the ticket when its last open status ended; where nothing tells that,
    who got the ticket stands for it.
    """
    found, ended = Marks(), array("q")
    starts, counts = (array("i", [0]) * len(rows.ids) for _ in range(2))
    tickets = zip(
        _units(plain.scalar("ticket_id"), rows),
        plain.scalar("created"),
        plain.scalar("snapshot"),
        plain.entries("history").each(),
        strict=True,
    )
    for unit, created, listed, history in tickets:
        starts[unit] = len(ended)
        for at in _solved(history, listed=bool(listed)):
            found.add(unit, max(at, created), 1)
            ended.append(at)
        counts[unit] = len(ended) - starts[unit]
    for stay in stays:
        for unit, end in zip(stay.spells.unit, stay.spells.end, strict=True):
            ticket = rows.ticket[unit]
            last = starts[ticket] + counts[ticket]
            place = bisect_left(ended, end, starts[ticket], last)
            if place < last and ended[place] == end:
                found.unit[place] = unit
    return found


def _solved(history: Iterable[tuple[int, str]], *, listed: bool) -> Iterator[int]:
    """Yield the instants at which a ticket was solved or closed and was not so before.

    Where present values alone are known, nothing tells when one ended that begins so.
    """
    was = False
    for number, (at, category) in enumerate(history):
        done = category in SETTLED
        if done and not was and not (listed and number == 0):
            yield at
        was = done


def _units(names: Sequence[str], rows: Rows) -> Sequence[int]:
    """Return the first unit of each ticket, by its name; mostly they are in one order."""
    if all(mine == theirs for mine, theirs in zip(names, rows.ids, strict=True)):
        return range(len(rows.ids))
    places = {name: place for place, name in enumerate(rows.ids)}
    return [places[name] for name in names]
