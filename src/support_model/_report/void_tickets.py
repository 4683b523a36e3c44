"""Tickets that are void now, by group: volumes count them as they came, no time or share does."""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import Factory, define

from support_model._report.period_parts import Stay
from support_model._vocabulary import OVER
from support_model.changes import Marks, Spells

if TYPE_CHECKING:
    from support_model.changes import Rows
    from support_model.kpi import PlainFacts


@define
class VoidTickets:
    """Tickets that are void now; who got one stands for it.

    Attributes:
        created: when each came.
        open: the stretches in which each was open.
    """

    created: Marks = Factory(Marks)
    open: Stay = Factory(lambda: Stay("", Spells(), array("b")))


def void_tickets(plain: PlainFacts, rows: Rows) -> VoidTickets:
    """Return the tickets of a log that are void now, by their units."""
    found = VoidTickets()
    history = plain.entries("history")
    places = [place for place, each in enumerate(plain.scalar("category")) if each == "void"]
    units = {name: unit for unit, name in enumerate(rows.ids)} if places else {}
    ids, created = plain.scalar("ticket_id"), plain.scalar("created")
    for place in places:
        unit = units[ids[place]]
        found.created.add(unit, created[place])
        for (start, category), (end, _) in pairwise(history.of(place)):
            if category not in OVER:
                found.open.spells.add(unit, start, end, 1)
    found.open.running.extend([0] * len(found.open.spells.unit))
    return found
