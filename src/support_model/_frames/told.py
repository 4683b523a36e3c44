"""What a source states of its tickets besides their events, by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from attrs import define, evolve

from support_model._columns.values import NULL, Lists, Words
from support_model._time import instant, micros
from support_model.adapters import Recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support_model._columns.values import Column, Flags, Ints
    from support_model.adapters import EventLog, StatedFigure

__all__ = ["Told", "figures_at", "listed_figures", "told_of"]


@define(eq=False)
class Told:
    """What a reading knew besides the events; tickets by their place in `RawEvents.ids`.

    Attributes:
        log: the reading without its events: form, title, rows, fields, findings, unknown words,
            what was left out, tickets whose history is not whole.
        recorded: the instants that the source records, by name ("created", "solved", "closed"):
            int64 microseconds for each ticket, `NULL` where it records none. Empty where it
            records no such thing.
        within_sla: for each ticket, row by row, whether the source states that it is within its
            SLA: `parts["within"]`, bool. None where it states nothing at all.
        stated: the figures that the system computed, for each ticket: `parts["figure"]`, words
            whose values are `StatedFigure`. None where there are none.
        by_rows: whether the reader of rows has read it.
    """

    log: EventLog
    recorded: Mapping[str, Ints]
    within_sla: Lists | None = None
    stated: Lists | None = None
    by_rows: bool = False

    def recorded_of(self, ticket: int) -> Recorded | None:
        """Return what the source records of a ticket; None where it records nothing of any."""
        if self.within_sla is None:
            return None
        at = {name: int(values[ticket]) for name, values in self.recorded.items()}
        first, last = self.within_sla.offsets[ticket : ticket + 2].tolist()
        within = cast("Flags", self.within_sla.parts["within"])[first:last]
        return Recorded(
            instants={name: None if each == NULL else instant(each) for name, each in at.items()},
            within_sla=tuple(within.tolist()),
        )

    def stated_of(self, ticket: int) -> tuple[StatedFigure, ...]:
        """Return the figures that the system computed of a ticket."""
        if self.stated is None:
            return ()
        return figures_at(self.stated, ticket)


def figures_at(stated: Lists, ticket: int) -> tuple[StatedFigure, ...]:
    """Return the figures of one ticket."""
    first, last = stated.offsets[ticket : ticket + 2].tolist()
    figures = cast("Words", stated.parts["figure"])
    return tuple([figures.value(row) for row in range(first, last)])


def listed_figures(given: Sequence[Sequence[StatedFigure]]) -> Lists | None:
    """Return the figures of each ticket by columns; None where there are none at all."""
    if not any(given):
        return None
    places: dict[StatedFigure, int] = {}
    codes = [places.setdefault(each, len(places)) for own in given for each in own]
    return _lists(given, {"figure": Words(np.array(codes, np.int32), tuple(places))})


def told_of(log: EventLog, ids: Sequence[str]) -> Told:
    """Return what a reading tells besides its events, by columns.

    Args:
        log: the reading.
        ids: its tickets, in the order of `RawEvents.ids`.
    """
    rest = evolve(log, events=(), recorded={}, stated={}, rows=log.rows, fields=log.fields)
    stated = listed_figures([log.stated.get(ticket, ()) for ticket in ids])
    if not log.recorded:
        return Told(rest, {}, None, stated)
    nothing = Recorded()
    records = [log.recorded.get(ticket, nothing) for ticket in ids]
    names = dict.fromkeys(name for each in records for name in each.instants)
    flags = [each.within_sla for each in records]
    within = np.array([flag for own in flags for flag in own], np.bool_)
    recorded = {name: _instants(records, name) for name in names}
    return Told(rest, recorded, _lists(flags, {"within": within}), stated)


def _instants(records: Sequence[Recorded], name: str) -> Ints:
    given = (each.instants.get(name) for each in records)
    return np.array([NULL if at is None else micros(at) for at in given], np.int64)


def _lists(lists: Sequence[Sequence[object]], parts: Mapping[str, Column]) -> Lists:
    return Lists(np.cumsum([0, *map(len, lists)], dtype=np.int64), parts)
