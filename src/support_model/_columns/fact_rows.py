"""Which rows of the logs of many tickets make which facts.

The shared ground of `fact_building` and `fact_lists`: a mask or a column is computed when it is
first asked for. What few rows say (fields, mostly) is read at those rows alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.event_columns import ROLE, TYPE
from support_model._columns.step_columns import CATEGORY, StepColumns
from support_model._columns.values import NONE, Words, constant, is_constant, looked_up
from support_model._vocabulary import BASES, CATEGORIES, SETTLED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from support_model._columns.event_columns import EventColumns, RawEvents
    from support_model._columns.segments import Segments
    from support_model._columns.values import Codes, Flags, Ints

__all__ = ["DONE", "FactRows", "Mentions", "united"]

DONE = np.array([name in SETTLED for name in CATEGORIES])
DONE.flags.writeable = False
"""Whether a category, by its code, needs no more work."""
_SNAPSHOT = BASES.index("snapshot")


@define(eq=False)
class Mentions:
    """What the rows that mention a field say of it.

    Attributes:
        rows: int64, the rows, ascending.
        codes: int32, the value after each of them; `NONE` for none.
        before: int32, the value before each of them.
        of_creation: whether they are the creations of all tickets, and no row besides.
    """

    rows: Ints
    codes: Codes
    before: Codes
    of_creation: bool = False

    @property
    def gains(self) -> Flags:
        """Where the field really got another value, and has one."""
        return (self.codes != self.before) & (self.codes != NONE)


def united(*columns: Words) -> tuple[list[Codes], tuple[Any, ...]]:
    """Return columns as codes of the same words, which are those that any of them uses."""
    places: dict[Any, int] = {}
    codes: list[Codes] = []
    for column in columns:
        table = np.full(len(column.words) + 1, NONE, np.int32)
        used = np.zeros(table.size, np.bool_)
        used[column.codes] = True  # nothing is the last place
        for place in np.flatnonzero(used[:-1]).tolist():
            table[place] = places.setdefault(column.words[place], len(places))
        codes.append(looked_up(table, column.codes))
    return codes, tuple(places)


@define(eq=False, slots=False)
class FactRows:
    """Rows of sound logs by what they mean for facts.

    Attributes:
        events: the logs, each of them sound, without merges that close a circle.
        as_of: in microseconds.
    """

    events: EventColumns
    as_of: int
    _told: tuple[str, Mentions] | None = field(default=None, init=False, repr=False)

    @cached_property
    def steps(self) -> StepColumns:
        """What each event does."""
        return StepColumns(self.events)

    @property
    def raw(self) -> RawEvents:
        """The rows."""
        return self.events.raw

    @property
    def segments(self) -> Segments:
        """The stretch of each ticket."""
        return self.events.segments

    @property
    def starts(self) -> Ints:
        """The first row of each ticket, and last the number of rows."""
        return self.segments.starts

    @property
    def creation(self) -> Ints:
        """The row of each ticket's creation."""
        return self.starts[:-1]

    @property
    def final(self) -> Ints:
        """The last row of each ticket."""
        return self.starts[1:] - 1

    def begins(self, rows: Ints) -> Ints:
        """Return for some rows the first row of their ticket."""
        return self.starts.take(self.raw.ticket.take(rows))

    def offsets(self, rows: Ints) -> Ints:
        """Return where each ticket's rows begin among some ascending rows, and their number."""
        counts = np.bincount(self.raw.ticket.take(rows), minlength=self.segments.count)
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])

    def actors(self, rows: Ints) -> Words:
        """Return who acted in some rows."""
        actor = self.raw.parts.get("actor")
        if actor is None:
            return Words(constant(NONE, np.int32, rows.size), ())
        assert isinstance(actor, Words)  # noqa: S101 - asked by a name of text
        return actor.take(rows)

    def part(self, name: str) -> Words:
        """Return a part of the events that is text; nothing where no row has it."""
        part = self.raw.parts.get(name)
        if part is None:
            return Words(constant(NONE, np.int32, self.raw.size), ())
        assert isinstance(part, Words)  # noqa: S101 - asked by a name of text
        return Words(part.codes.astype(np.int32, copy=False), part.words)

    # Fields

    def mentions(self, name: str) -> Mentions:
        """Return what rows say of a field; that of the last field asked for is kept."""
        if self._told is None or self._told[0] != name:
            self._told = name, self._mentions(name)
        return self._told[1]

    def _mentions(self, name: str) -> Mentions:
        given = self.steps.mentioned(name)
        rows = np.flatnonzero(given != NONE)
        codes = np.maximum(given.take(rows), NONE).astype(np.int32, copy=False)
        before = np.empty_like(codes)
        before[1:] = codes[:-1]
        before[:1] = NONE
        ticket = self.raw.ticket.take(rows)
        before[1:][ticket[1:] != ticket[:-1]] = NONE
        return Mentions(rows, codes, before, np.array_equal(rows, self.creation))

    @cached_property
    def agent(self) -> Mentions:
        """What rows say of the agent."""
        return self._mentions("agent")

    def values(self, told: Mentions, rows: Ints) -> Codes:
        """Return the values of a field after some rows; of row `NONE` there is none."""
        if not told.rows.size:
            return np.full(rows.size, NONE, np.int32)
        if told.of_creation:
            return np.where(rows == NONE, NONE, told.codes.take(self.raw.ticket.take(rows)))
        places = told.rows.searchsorted(rows, "right") - 1
        held = (places >= 0) & (rows != NONE)
        held &= told.rows.take(places) >= self.begins(rows)
        return np.where(held, told.codes.take(places), NONE)

    def values_before(self, told: Mentions, rows: Ints) -> Codes:
        """Return the values of a field just before some rows; at a creation there is none."""
        starts = self.begins(rows)
        return self.values(told, np.where((rows == NONE) | (rows == starts), NONE, rows - 1))

    # Rows

    @cached_property
    def by_agent(self) -> Flags:
        """Whether an agent did it."""
        return self.raw.role == ROLE["agent"]

    @cached_property
    def is_message(self) -> Flags:
        """Whether it is a message."""
        return self.raw.type == TYPE["message"]

    @cached_property
    def solved(self) -> Flags:
        """Whether a row is a solution.

        A present value of a close alone is none, nor is one in which a ticket begins.
        """
        resolved = self.steps.fact("resolved")
        if is_constant(self.snapshot):
            return resolved
        closes = self.steps.category == CATEGORY["closed"]
        closes[self.creation] = True
        return resolved & ~((self.raw.basis == _SNAPSHOT) & closes)

    @cached_property
    def contact_rows(self) -> Ints:
        """The rows in which the customer made contact."""
        return np.flatnonzero(self.steps.fact("contacted"))

    @cached_property
    def reply_rows(self) -> Ints:
        """The rows that are public replies."""
        return np.flatnonzero(self.steps.fact("replied"))

    @cached_property
    def solve_rows(self) -> Ints:
        """The rows that are solutions."""
        return np.flatnonzero(self.solved)

    @cached_property
    def first_contact(self) -> Ints:
        """The row of each ticket's first contact; `NONE` for none."""
        return self.first_of(self.contact_rows)

    @cached_property
    def first_reply(self) -> Ints:
        """The row of each ticket's first public reply; `NONE` for none."""
        return self.first_of(self.reply_rows)

    @cached_property
    def last_solve(self) -> Ints:
        """The row of each ticket's last solution; `NONE` for none."""
        return self.last_of(self.solve_rows)

    @cached_property
    def note_rows(self) -> Ints:
        """The rows that are internal notes."""
        return np.flatnonzero(self.is_message & self.by_agent & (self.raw.public == 0))

    @cached_property
    def bot_rows(self) -> Ints:
        """The rows that are public messages of bots."""
        by_bot = self.raw.role == ROLE["bot"]
        return np.flatnonzero(self.is_message & by_bot & (self.raw.public == 1))

    @cached_property
    def assigned_rows(self) -> Ints:
        """The rows of changes that name an agent, offers that were not taken aside."""
        told = self.agent
        named = (told.codes != NONE) & (self.raw.type[told.rows] == TYPE["changed"])
        return told.rows[named & ~self.offered]

    @cached_property
    def reopen_rows(self) -> Ints:
        """The rows that reopen a ticket."""
        return np.flatnonzero(self.steps.fact("reopened"))

    @cached_property
    def snapshot(self) -> Flags:
        """Whether tickets were read from present values."""
        stated = self.raw.basis == _SNAPSHOT
        if not stated.any():
            return constant(False, np.bool_, self.segments.count)  # noqa: FBT003 - of a column
        return self.segments.counts(stated) > 0

    @cached_property
    def offered(self) -> Flags:
        """Whether mentions of an agent are offers: handed out, ended, and not acted on.

        Of the agent's acts those from the assignment to the row that ends it count.
        """
        told = self.agent
        offers = np.zeros(told.rows.size, np.bool_)
        role = self.raw.role[told.rows]
        handed_out = (role == ROLE["system"]) | (role == ROLE["bot"])
        places = np.flatnonzero(told.codes != told.before)
        ends = np.full(told.rows.size, NONE, np.int64)
        if places.size:
            ticket = self.raw.ticket[told.rows[places]]
            same = ticket[1:] == ticket[:-1]
            ends[places[:-1][same]] = told.rows[places[1:][same]]
        stays = np.flatnonzero(handed_out & told.gains & (ends != NONE))
        if stays.size:
            offers[stays] = ~self._acted(told.rows[stays], ends[stays], told.codes[stays])
        return offers

    def _acted(self, first: Ints, last: Ints, agents: Codes) -> Flags:
        """Return whether the agent of each of some stays acted in it."""
        lengths = last - first + 1
        stay = np.repeat(np.arange(first.size), lengths)
        rows = np.arange(stay.size) + np.repeat(first - (np.cumsum(lengths) - lengths), lengths)
        held = Words(agents[stay], self.steps.words("agent"))
        (actor, agent), _ = united(self.actors(rows), held)
        acted = (actor == agent) | ((actor == NONE) & self.by_agent[rows])
        return np.bincount(stay, acted, first.size) > 0

    @cached_property
    def holders(self) -> Mentions:
        """The rows in which known agents got a ticket, offers aside."""
        told = self.agent
        kept = told.gains & ~self.offered
        return Mentions(told.rows[kept], told.codes[kept], told.before[kept])

    def credited(self, rows: Ints) -> Words:
        """Return whom some rows are credited to: the owner before, who acted, the last owner."""
        agents = self.steps.words("agent")
        owners = Words(self.values_before(self.agent, rows), agents)
        actors = self.actors(rows)
        acting = Words(np.where(self.by_agent[rows], actors.codes, NONE), actors.words)
        last = Words(self.values(self.holders, rows), agents)
        (owner, actor, holder), words = united(owners, acting, last)
        if "" in words:  # an owner without a name is none
            owner = np.where(owner == words.index(""), NONE, owner)
        codes = np.where(owner != NONE, owner, np.where(actor != NONE, actor, holder))
        return Words(codes.astype(np.int32), words)

    def first_of(self, rows: Ints) -> Ints:
        """Return of each ticket the first of some ascending rows; `NONE` where there is none."""
        return self._picked(rows, last=False)

    def last_of(self, rows: Ints) -> Ints:
        """Return of each ticket the last of some ascending rows; `NONE` where there is none."""
        return self._picked(rows, last=True)

    def _picked(self, rows: Ints, *, last: bool) -> Ints:
        found = np.full(self.segments.count, NONE, np.int64)
        ticket = self.raw.ticket.take(rows)
        edge = np.ones(rows.size, np.bool_)
        np.not_equal(ticket[1:], ticket[:-1], out=edge[:-1] if last else edge[1:])
        edges = np.flatnonzero(edge)
        found[ticket.take(edges).astype(np.intp)] = rows.take(edges)
        return found

    def instants(self, rows: Ints) -> Ints:
        """Return the instants of rows; `NULL` for `NONE`."""
        return self.segments.at(self.raw.at, rows)

    def kinds(self, words: Sequence[str], codes: NDArray[np.integer[Any]]) -> Words:
        """Return a column of a closed list of words."""
        return Words(codes.astype(np.int32, copy=False), tuple(words))
