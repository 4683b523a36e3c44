"""A log as a report asks it, its events as columns."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, evolve

from support_model import frames
from support_model._columns.event_columns import ROLE, TYPE, EventColumns
from support_model._columns.fact_columns import LISTS, SCALARS
from support_model._columns.recorded_facts import recorded_facts
from support_model._columns.values import NONE, Words
from support_model._report.cycle_rows import CycleRows
from support_model._report.log_views import log_renamed, names_people, words_in
from support_model._report.reading import PEOPLE, WITHOUT_ROLE
from support_model._time import instant
from support_model._vocabulary import BASES, SETTLED
from support_model.frames import Events

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from support_model._columns.event_columns import RawEvents
    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Flags, Ints
    from support_model._findings import Finding
    from support_model.adapters import EventLog
    from support_model.frames import Told
    from support_model.sla import PolicyBook


@define(eq=False, slots=False)
class ColumnView:
    """A log whose events are columns.

    Attributes:
        events: the logs of all tickets, each of them sound.
        log: what the reading knew, without the events.
        told: what the source states of each ticket besides; None where it states nothing.
    """

    events: EventColumns
    log: EventLog
    told: Told | None = None

    def with_findings(self, findings: Iterable[Finding]) -> ColumnView:
        """Return the view of a log with further findings, before those of its reading."""
        log = evolve(self.log, findings=(*findings, *self.log.findings))
        return ColumnView(self.events, log, self.told)

    @property
    def raw(self) -> RawEvents:
        """The rows."""
        return self.events.raw

    @cached_property
    def first(self) -> datetime | None:
        return instant(int(self.raw.at.min())) if self.raw.size else None

    @cached_property
    def last(self) -> datetime | None:
        return instant(self._last) if self.raw.size else None

    @cached_property
    def _last(self) -> int:
        return int(self.raw.at.max()) if self.raw.size else 0

    @property
    def states_alone(self) -> bool:
        return self.told is not None and self.told.within_sla is not None

    @property
    def recorded(self) -> Mapping[str, Ints]:
        """The instants that the source records of each ticket, by name."""
        return {} if self.told is None else self.told.recorded

    @property
    def solutions_recorded(self) -> bool:
        return "solved" in self.recorded

    @property
    def messages(self) -> bool:
        return bool((self.raw.type == TYPE["message"]).any())

    def facts(self) -> FactColumns:
        made = recorded_facts(
            self.events,
            self._last,
            recorded=self.recorded if self.states_alone else None,
            unknown=self.unknown_people(),
        )
        # all parts are asked for: what they are made of takes as much again
        return made.kept([*SCALARS, *LISTS])

    def unknown_people(self) -> frozenset[str]:
        met = {value for what, value in self.log.unknown if what in PEOPLE}
        actors = self.raw.parts.get("actor")
        if not met or not isinstance(actors, Words):
            return frozenset()
        others = actors.take(self.raw.role == ROLE[WITHOUT_ROLE])
        return frozenset(met.intersection(_used(others)))

    def acts_of(self, people: Collection[str]) -> int:
        actors = self.raw.parts.get("actor")
        if not people or not isinstance(actors, Words):
            return 0
        return int(np.count_nonzero(actors.holds(frozenset(people).__contains__)))

    def agents(self) -> Mapping[str, int]:
        met: dict[str, int] = {}
        actors, holders = self.raw.parts.get("actor"), self.raw.fields.get("agent")
        if isinstance(actors, Words):
            unknown = actors.holds(self.unknown_people().__contains__)
            _first_mentions(met, actors, self.raw.at, (self.raw.role == ROLE["agent"]) | unknown)
        if holders is not None:
            _first_mentions(met, holders, self.raw.at, holders.codes >= 0)
        return met

    def renamed(self, names: Mapping[str, str]) -> ColumnView:
        def called(word: Any) -> Any:  # noqa: ANN401 - a value of whatever field
            return names.get(word, word) if isinstance(word, str) else word

        parts, fields = dict(self.raw.parts), dict(self.raw.fields)
        if isinstance(actors := parts.get("actor"), Words):
            parts["actor"] = actors.regrouped(called)
        for name in filter(names_people, self.raw.fields):
            fields[name] = fields[name].regrouped(called)
        events = EventColumns(
            evolve(self.raw, parts=parts, fields=fields),
            self.events.segments,
            self.events.problems,
        )
        return ColumnView(events, log_renamed(self.log, names), self.told)

    def within_sla(self) -> list[bool]:
        within = None if self.told is None else self.told.within_sla
        return [] if within is None else np.asarray(within.parts["within"]).tolist()

    def perhaps_timed(self, facts: FactColumns) -> FactColumns:
        timed = facts.lists("reopenings").lengths == 0
        if not self.states_alone:
            timed &= ~self._closed_by_person()
        return facts.take(np.flatnonzero(timed))

    def _closed_by_person(self) -> Flags:
        """Return whether a customer or agent made the last change to closed of each ticket."""
        raw, segments = self.raw, self.events.segments
        statuses = raw.fields.get("status")
        if statuses is None:
            return np.zeros(segments.count, np.bool_)
        closes = statuses.holds(lambda status: status.category == "closed")
        last = segments.last(closes & (raw.type == TYPE["changed"]))
        people = np.isin(raw.role, [ROLE["agent"], ROLE["customer"]])
        return (last != NONE) & np.append(people, False)[last]

    def _done_untold(self) -> list[str]:
        """Return the tickets of present values that begin when they are done, as `cycle_rows`."""
        statuses, first = self.raw.fields.get("status"), self.events.segments.starts[:-1]
        if statuses is None:
            return []
        done = statuses.take(first).holds(lambda status: status.category in SETTLED)
        done &= self.raw.basis[first] == BASES.index("snapshot")
        return [self.raw.ids[place].as_py() for place in np.flatnonzero(done).tolist()]

    def words_of(self, names: Iterable[str]) -> dict[str, set[object]]:
        held: dict[str, set[object]] = {}
        for name in names:
            ranked = name == "priority_rank"
            words = self.raw.fields.get("priority" if ranked else name)
            values = () if words is None else _used(words)
            held[name] = (
                {value.rank for value in values} if ranked else set().union(*map(words_in, values))
            )
        return held

    def cycles(self, book: PolicyBook) -> CycleRows:
        if self.last is None:
            return CycleRows()
        table = frames.evaluate(Events(self.raw), book, as_of=self.last)
        table = table.filter(pc.greater(table.column("number"), 0))
        if untold := self._done_untold():
            ids = table.column("ticket_id").cast(pa.string())
            table = table.filter(pc.invert(pc.is_in(ids, pa.array(untold, pa.string()))))

        def column(name: str) -> tuple[Any, ...]:
            values = _plain(table.column(name))
            whole = pa.types.is_timestamp(values.type) or pa.types.is_duration(values.type)
            return tuple((values.cast(pa.int64()) if whole else values).to_pylist())

        return CycleRows(
            ticket=column("ticket_id"),
            policy=column("policy"),
            metric=column("metric"),
            state=column("state"),
            late=column("late"),
            due=column("due"),
            stop=column("stop"),
            elapsed=column("elapsed"),
            allowed=column("allowed"),
            tickets=self.events.segments.count,
        )


def _first_mentions(met: dict[str, int], words: Words, at: Ints, rows: Flags) -> None:
    """Add the first instant at which each word stands in some rows."""
    codes, instants = words.codes[rows].astype(np.int64), at[rows]
    first = np.full(len(words.words), np.iinfo(np.int64).max)
    np.minimum.at(first, codes[codes >= 0], instants[codes >= 0])
    for code in np.unique(codes[codes >= 0]).tolist():
        name = words.words[code]
        if isinstance(name, str):
            met[name] = min(int(first[code]), met.get(name, int(first[code])))


def _used(words: Words) -> list[Any]:
    """Return the values that rows have, each once."""
    return [words.words[code] for code in np.unique(words.codes).tolist() if code >= 0]


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
