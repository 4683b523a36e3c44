"""What each event of many tickets does: the fold of `support_model.tickets` by columns.

For each row: the fields before and after it, what changed, and the facts. The words of facts and
of moves are decided here for whole columns as `support_model.tickets.step` decides them for one
event; a law of the tests holds both together over drawn histories.
"""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.event_columns import ROLE, TYPE
from support_model._columns.values import (
    EMPTIED,
    NONE,
    NULL,
    Words,
    constant,
    is_constant,
    looked_up,
)
from support_model._vocabulary import CATEGORIES, RELATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.event_columns import EventColumns, RawEvents
    from support_model._columns.segments import Segments
    from support_model._columns.values import Codes, Flags, Ints

__all__ = ["CATEGORY", "StepColumns"]

CATEGORY: Mapping[str, int] = MappingProxyType(
    {name: code for code, name in enumerate(CATEGORIES)}
)
_VOID = CATEGORY["void"]
_MERGED = RELATIONS.index("merged_into")


@define(eq=False, slots=False)
class StepColumns:
    """What each event of some logs does; a column is computed when it is first asked for.

    Attributes:
        events: the logs, each of them sound.
    """

    events: EventColumns
    _known: dict[tuple[str, str], Any] = field(factory=dict, init=False, repr=False)

    @property
    def raw(self) -> RawEvents:
        """The rows."""
        return self.events.raw

    @property
    def segments(self) -> Segments:
        """The stretch of each ticket."""
        return self.events.segments

    def _once(self, kind: str, name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is made
        key = kind, name
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    @cached_property
    def first(self) -> Flags:
        """Whether a row is the creation of its ticket."""
        return self.is_type("created")

    def is_type(self, name: str) -> Flags:
        """Return whether rows are of a kind of event."""
        return self.raw.type == TYPE[name]

    def is_role(self, name: str) -> Flags:
        """Return whether rows are by a role."""
        return self.raw.role == ROLE[name]

    def by_ticket(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for each row the value of its ticket."""
        return np.repeat(values, np.diff(self.segments.starts))

    @cached_property
    def creation(self) -> Ints:
        """The row of each ticket's creation: its first."""
        return self.segments.starts[:-1]

    def mentioned(self, name: str) -> Codes:
        """Return what rows say of a field: its code, `NONE` for nothing, `EMPTIED` for None."""
        words = self.raw.fields.get(name)
        return constant(NONE, np.int32, self.raw.size) if words is None else words.codes

    def words(self, name: str) -> Sequence[Any]:
        """Return the distinct values of a field."""
        words = self.raw.fields.get(name)
        return () if words is None else words.words

    def after(self, name: str) -> Words:
        """Return the field after each row; `NONE` where it has no value."""
        return Words(self._once("after", name, lambda: self._after(name)), self.words(name))

    def _after(self, name: str) -> Codes:
        given = self.mentioned(name)
        if is_constant(given):  # every row says the same, mostly nothing
            return np.maximum(given, NONE)
        return np.maximum(self.segments.filled(given != NONE, given, NONE), NONE)

    def before(self, name: str) -> Words:
        """Return the field before each row; `NONE` at the creation."""
        codes = self.after(name).codes
        return Words(
            self._once("before", name, lambda: self.segments.before(codes, NONE)),
            self.words(name),
        )

    def changed(self, name: str) -> Flags:
        """Return whether rows gave a field another value; for "category", another category."""
        return self._once("changed", name, lambda: self._changed(name))

    def _changed(self, name: str) -> Flags:
        if name == "category":
            return (self.category != self.category_before) | self.first
        return self.after(name).codes != self.before(name).codes

    @cached_property
    def category(self) -> NDArray[np.int8]:
        """The category after each row, a place in `CATEGORIES`."""
        words, given = self.words("status"), self.mentioned("status")
        new = CATEGORY["new"]
        table = np.array([*(CATEGORY[word.category] for word in words), new, new], np.int8)
        return self.segments.filled(given != NONE, looked_up(table, given), new)

    @cached_property
    def category_before(self) -> NDArray[np.int8]:
        """The category before each row; that of a creation is new."""
        return self.segments.before(self.category, CATEGORY["new"])

    def fact(self, name: str) -> Flags:
        """Return whether a fact is true of rows; see `vocabulary.FACTS`."""
        return self._once("fact", name, lambda: _FACTS[name](self))

    def times(self, name: str) -> Ints:
        """Return how often a fact was true of a ticket's rows up to each row."""
        return self._once("times", name, lambda: self.segments.running(self.fact(name)))

    @cached_property
    def moved(self) -> Flags:
        """Whether the category moved, a creation from new."""
        return self.category != self.category_before

    @cached_property
    def settled(self) -> Flags:
        """Whether a ticket is solved or closed after each row."""
        return (self.category == CATEGORY["solved"]) | (self.category == CATEGORY["closed"])

    @cached_property
    def settled_before(self) -> Flags:
        """Whether a ticket was solved or closed before each row."""
        return self.segments.before(self.settled, nothing=False)

    @cached_property
    def at_creation(self) -> Flags:
        """Whether a message is the text of the creation: its instant and role."""
        raw = self.raw
        found = np.zeros(raw.size, np.bool_)
        rows = np.flatnonzero(raw.at[1:] == raw.at[:-1]) + 1  # few: the rest is alone in time
        begins = self.creation[raw.ticket[rows]]
        found[rows] = (raw.at[rows] == raw.at[begins]) & (raw.role[rows] == raw.role[begins])
        return found

    @cached_property
    def waiting_since(self) -> Ints:
        """When the oldest unanswered customer message after each row came; `NULL` for none."""
        answered = self.fact("replied") | self.fact("resolved")
        waits = self.fact("contacted") & ~answered
        places = np.flatnonzero(waits)
        counted = np.append(np.zeros(1, np.int64), np.cumsum(waits))
        last = self.segments.latest(answered)
        from_there = np.maximum(last + 1, self.by_ticket(self.creation))
        known = counted[from_there]  # contacts before those that wait still
        waiting = counted[1:] > known
        first = np.append(places, 0)[np.where(waiting, known, places.size)]
        return np.where(waiting, self.raw.at[first], NULL)

    @cached_property
    def merges(self) -> Flags:
        """Whether rows say that the ticket is merged into another."""
        kinds, related = self.raw.parts.get("kind"), self.is_type("related")
        if not isinstance(kinds, Words) or not related.any():
            return constant(False, np.bool_, self.raw.size)  # noqa: FBT003 - the value of a column
        return related & kinds.holds(lambda word: word == RELATIONS[_MERGED])

    @cached_property
    def merged(self) -> Flags:
        """Whether a ticket is merged into another after each row; leaving void undoes it."""
        if is_constant(self.merges):
            return self.merges
        into = self.segments.latest(self.merges)
        back = self.segments.latest(self.fact("restored"))
        return (into != NONE) & (into > back)

    def known_before(self, name: str) -> Words:
        """Return the last value of a field that a ticket had before each row."""
        after = self.after(name)
        rows = self.segments.latest(after.codes != NONE)
        known = np.where(rows == NONE, NONE, after.codes[rows]).astype(np.int32)
        return Words(self.segments.before(known, NONE), after.words)

    def move(self, name: str) -> Flags:
        """Return whether rows moved a ticket to another known group, line or level."""
        return self._once("move", name, lambda: self._move(name))

    def _move(self, name: str) -> Flags:
        now, known = self.after(name).codes, self.known_before(name).codes
        return (now != NONE) & (known != NONE) & (now != known) & self.is_type("changed")

    def rise(self, name: str) -> Flags:
        """Return whether rows moved a ticket to a higher line or level."""
        levels = np.array([*self.words(name), 0], np.int64)
        now, known = self.after(name).codes, self.known_before(name).codes
        return self.move(name) & (levels[now] > levels[known])


def _contacted(steps: StepColumns) -> Flags:
    written = steps.is_type("message") & (steps.raw.public == 1) & ~steps.at_creation
    return steps.is_role("customer") & (written | steps.first)


def _by_staff(steps: StepColumns) -> Flags:
    return steps.is_type("message") & steps.is_role("agent")


def _replied(steps: StepColumns) -> Flags:
    return _by_staff(steps) & (steps.raw.public == 1) & ~steps.at_creation


def _assignee_replied(steps: StepColumns) -> Flags:
    actors = steps.raw.parts.get("actor")
    replied = steps.fact("replied")
    if not isinstance(actors, Words):
        return np.zeros(steps.raw.size, np.bool_)
    agents = steps.after("agent")
    places = {word: code for code, word in enumerate(agents.words)}
    of_actor = actors.mapped(lambda word: places.get(word, EMPTIED), EMPTIED, np.int32)
    return replied & (of_actor == agents.codes)


def _acknowledged(steps: StepColumns) -> Flags:
    took = steps.changed("agent") & (steps.after("agent").codes != NONE)
    noticed = steps.is_type("changed") & steps.is_role("agent")
    note = _by_staff(steps) & (steps.raw.public == 0)
    acted = steps.is_type("acknowledged") | steps.fact("replied") | note
    return acted | (noticed & (steps.changed("status") | took))


def _resolved(steps: StepColumns) -> Flags:
    return steps.settled & ~steps.settled_before


def _reopened(steps: StepColumns) -> Flags:
    return steps.settled_before & ~steps.settled & (steps.category != _VOID)


_FACTS: dict[str, Callable[[StepColumns], Flags]] = {
    "contacted": _contacted,
    "replied": _replied,
    "assignee_replied": _assignee_replied,
    "acknowledged": _acknowledged,
    "resolved": _resolved,
    "reopened": _reopened,
    "voided": lambda steps: steps.moved & (steps.category == _VOID),
    "restored": lambda steps: steps.moved & (steps.category_before == _VOID),
    "transferred": lambda steps: steps.move("group"),
    "escalated": lambda steps: steps.rise("line") | steps.rise("management_level"),
    "escalated_functional": lambda steps: steps.rise("line"),
    "escalated_hierarchical": lambda steps: steps.rise("management_level"),
    "handed_back": lambda steps: steps.move("line") & ~steps.rise("line"),
}
