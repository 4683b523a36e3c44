"""Every solution of a log by who held the ticket then: the same number as the volumes have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model.changes import Marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model._report.period_parts import Stay
    from support_model.changes import Rows
    from support_model.kpi import PlainFacts

DONE = frozenset({"solved", "closed"})


def solutions(plain: PlainFacts, rows: Rows, stays: Iterable[Stay]) -> Marks:
    """Return when tickets were solved, again after a reopening too, by their units.

    A unit is of who held the ticket when its last open status ended; where nothing tells that,
    who got the ticket stands for it.
    """
    found, ended = Marks(), dict[tuple[int, int], int]()
    for stay in stays:
        for unit, end in zip(stay.spells.unit, stay.spells.end, strict=True):
            ended[rows.ticket[unit], end] = unit
    places = {name: place for place, name in enumerate(rows.ids)}
    tickets = zip(
        plain.scalar("ticket_id"),
        plain.scalar("created"),
        plain.entries("history").each(),
        strict=True,
    )
    for name, created, history in tickets:
        ticket, was = places[name], False
        for at, category in history:
            done = category in DONE
            if done and not was:
                found.add(ended.get((ticket, at), ticket), max(at, created), 1)
            was = done
    return found
