"""The events and figures of tickets whose rows of present values are plain, by columns."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import Factory, define

from support_model._columns.event_columns import ROLE
from support_model._columns.values import NONE, NULL, Lists, Words, constant
from support_model._frames.mapped_blocks import Block, silent
from support_model._frames.mapped_cells import joined, with_word
from support_model._frames.mapped_stamps import ODD
from support_model._time import LAST, micros_of
from support_model._vocabulary import SETTLED
from support_model.adapters._payloads import masked
from support_model.adapters._table_lists import UNTIMED, number_of, stated_figure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Column, Flags, Ints
    from support_model._frames.mapped_cells import Cells, TextColumn
    from support_model._frames.mapped_notes import Notes
    from support_model._frames.mapped_stamps import Stamped
    from support_model.adapters import StatedFigure
    from support_model.adapters._table_cells import Words as Meanings
    from support_model.adapters._table_lists import ListReader, Places
    from support_model.adapters.table import Measured

__all__ = ["RATED", "TURNS", "Plain", "told_by"]

RATED = "rating"
"""The time of a rating, among the stamps."""
SNAPSHOT = "snapshot"
TURNS = ("updated", "created", "solved", "closed", "first_reply", "settled")
"""The stamps in the order in which a reader of rows comes to them."""
HELD, LENGTH, SCORED, SCORED_AT, UNTOLD, FIGURES = range(6, 12)
"""What it comes to after them."""


@define(eq=False)
class Plain:
    """Tickets of which the row is plain.

    Attributes:
        cells: the table.
        reader: the adapter's reader of such tables.
        places: where its columns stand.
        notes: what is to be said of rows.
        number: int64, the place of each ticket among all of them.
        ids: Arrow text, its id.
        row: int64, its row.
        stamps: the columns of stamps that there are, a cell a ticket.
        undated: the status of each ticket of which no stamp tells since when it holds, and whether
            the ticket is over, by the place of the ticket among all of them.
    """

    cells: Cells
    reader: ListReader
    places: Places
    notes: Notes
    number: Ints
    ids: pa.StringArray
    row: Ints
    stamps: Mapping[str, Stamped]
    undated: dict[int, tuple[str, bool]] = Factory(dict)

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.row.size)

    @property
    def words(self) -> Meanings:
        """What the words of the table mean."""
        return self.reader.words

    def texts(self, place: int) -> TextColumn:
        """Return a column without the blanks around its texts."""
        return self.cells.texts(place).stripped().take(self.row)

    def column(self, role: str) -> TextColumn | None:
        """Return the column of a role; None where there is none."""
        place = self.places.one[role]
        return None if place is None else self.texts(place)

    def named(self, name: str) -> TextColumn | None:
        """Return a column of the mapping by its name; None where there is none."""
        place = self.places.header.one(name)
        return None if place is None else self.texts(place)

    def meaning(self, role: str, function: Callable[[str], Any]) -> Words:
        """Return what the texts in the column of a role mean."""
        texts = self.column(role)
        if texts is None:
            return silent(self.size)
        return texts.meaning(function, self.words.missing, self.words.tally)

    def people(self, role: str, column: str) -> Words:
        """Return the people in the column of a role."""
        return self.meaning(role, lambda name: self.words.person(name, column))

    def at(self, role: str) -> Ints:
        """Return the instants in the column of a role."""
        if role not in self.stamps:
            return np.full(self.size, NULL, np.int64)
        return self.stamps[role].at

    def note_odd(self, role: str, step: int) -> None:
        """Note the local times in a column that the clock skipped, or showed twice."""
        if role not in self.stamps or not self.stamps[role].odd.any():
            return
        odd = self.stamps[role].odd
        some = np.flatnonzero(odd)
        place = self.places.one[role] if role != RATED else self.places.header.one(self.rated_at)
        texts = self.cells.some(place or 0, self.row[some])
        for ticket, text in zip(some.tolist(), texts, strict=True):
            line = int(self.cells.lines[self.row[ticket]])
            at = int(self.number[ticket]), step
            self.notes.add(at, ODD[int(odd[ticket])], line, text.strip())

    @property
    def rated_at(self) -> str:
        """The name of the column of the time of a rating."""
        rating = self.words.mapping.rating
        return "" if rating is None or rating.at is None else rating.at

    def say(self, tickets: Flags, step: int, code: str, shown: Callable[[int], object]) -> None:
        """Note something of some tickets; `shown` is asked for what to show of each."""
        for place in np.flatnonzero(tickets).tolist():
            line = int(self.cells.lines[self.row[place]])
            ticket = self.ids[place].as_py()
            self.notes.add((int(self.number[place]), step), code, line, shown(place), ticket)


def told_by(own: Plain) -> tuple[list[Block], Lists | None]:
    """Return the events of the tickets, and the figures that the system computed of each."""
    for step, role in enumerate(TURNS):
        if role != "updated":
            own.note_odd(role, step)
    present = _present(own)
    requester = either(
        own.people("requester", "requester"), own.people("requester_name", "requester_name")
    )
    begun, first, later = _settled(own, present)
    created = _creations(own, requester, begun)
    reply = _first_reply(own)
    rated = _ratings(own, requester)
    decided = {
        "within_first_reply": reply != NULL,
        "within_resolution": present.holds(lambda status: status.category in SETTLED),
    }
    replies = _block("message", reply, "agent")
    return [created, replies, first, rated, later], _figures(own, decided)


def _present(own: Plain) -> Words:
    """Return the present status of each ticket."""
    if not own.places.status:
        closed, solved = own.at("closed") != NULL, own.at("solved") != NULL
        codes = np.where(closed, 2, np.where(solved, 1, 0)).astype(np.int32)
        ways = ((False, False), (False, True), (True, False))
        told = [own.reader.by_stamps(closed=closed, solved=solved) for closed, solved in ways]
        return Words(codes, range(len(told))).regrouped(lambda place: told[place])
    columns = [own.texts(place) for place in own.places.status]
    name = joined(columns, "/".join)
    return name.meaning(lambda text: own.words.status(text, 0), (), own.words.tally)


def either(one: Words, other: Words) -> Words:
    """Return what the one column says, and where it says nothing what the other says."""
    if (one.codes != NONE).all() or (other.codes == NONE).all():
        return one
    places: dict[Any, int] = {}
    tables = [
        np.array([*(places.setdefault(word, len(places)) for word in each.words), NONE], np.int32)
        for each in (one, other)
    ]
    first, second = (table[each.codes] for table, each in zip(tables, (one, other), strict=True))
    return Words(np.where(first == NONE, second, first), tuple(places))


def _creations(own: Plain, requester: Words, status: Words) -> Block:
    role, actor = _creators(own, requester)
    return Block(
        "created",
        np.arange(own.size),
        own.at("created"),
        role,
        SNAPSHOT,
        {"status": status, "requester": requester, **_fields(own)},
        {"actor": actor},
    )


def _creators(own: Plain, requester: Words) -> tuple[NDArray[np.int8], Words]:
    """Return who opened each ticket: the requester is its customer."""
    words, tally = own.words, own.words.tally
    usual = constant(ROLE[words.mapping.opened_by], np.int8, own.size)
    texts = own.column("creator")
    if texts is None:
        return usual, silent(own.size)
    called = own.people("creator", "actor")
    places = {name: place for place, name in enumerate(requester.words)}
    theirs = called.mapped(lambda name: places.get(name, NONE), NONE, np.int64)
    same = (called.codes != NONE) & (theirs == requester.codes) & (theirs != NONE)
    role = np.where(called.codes == NONE, usual, np.int8(ROLE["customer"]))
    counts = np.bincount(texts.codes[(called.codes != NONE) & ~same], minlength=len(texts.words))
    table = np.full(len(texts.words), NONE, np.int8)
    for place in np.flatnonzero(counts).tolist():
        name = texts.words[place]
        found = words.role(name, None)
        table[place] = ROLE[found]
        if found == "third_party" and words.roles.get(name) is None:
            tally.unknown["person", words.person(name, "actor"), found] += int(counts[place])
    other = table[texts.codes]
    return np.where((called.codes == NONE) | same, role, other).astype(np.int8), called


def _fields(own: Plain) -> dict[str, Words]:
    """Return what each ticket is said to have; what moves has no first value, only a present."""
    words = own.words
    found = {
        name: own.meaning(name, _Said(words, name)) for name in (*UNTIMED, "priority", "channel")
    }
    found["custom.group"] = own.meaning("group", words.group)
    found["custom.agent"] = own.people("agent", "agent")
    if own.places.topic:
        topics = [own.texts(place) for place in own.places.topic]
        found["topic"] = joined(topics, _Topic(words)).same({""})
    for name, places in own.places.kept.items():
        raw = [own.cells.texts(place).take(own.row) for place in places]
        found[f"custom.{name}"] = joined(raw, _listed).same({""})
    return found


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(filter(None, parts))


@define
class _Said:
    """What a text says of a field."""

    words: Meanings
    name: str

    def __call__(self, text: str) -> object:
        return self.words.said(self.name, text)


@define
class _Topic:
    """What the columns of a topic say together."""

    words: Meanings

    def __call__(self, parts: Sequence[str]) -> str:
        gone = self.words.missing.issuperset(parts)
        return "" if gone else "/".join(part or "?" for part in parts)


def _settled(own: Plain, present: Words) -> tuple[Words, Block, Block]:
    """Return the first status, and the first and the second end that have a stamp."""
    solved, closed, settled = (own.at(name) for name in ("solved", "closed", "settled"))
    ends = present.holds(lambda status: status.category == "solved")
    over = present.holds(lambda status: status.category == "closed")
    turned = (closed != NULL) & (closed < solved)
    at_solved = np.where(ends, _first_of(solved, closed, settled), NULL)
    at_solved = np.where(over & ~turned, solved, at_solved)
    at_closed = np.where(over, np.where(solved == NULL, _first_of(closed, settled), closed), NULL)
    gone = present.holds(lambda status: status.category == "void")
    at_closed = np.where(gone, _first_of(closed, settled), at_closed)
    no_longer = np.zeros(own.size, np.bool_)
    for at in (solved, closed):
        no_longer |= (at != NULL) & (at != at_solved) & (at != at_closed)
    own.say(no_longer, HELD, "settled_before", lambda place: present.value(place).name)
    holds = (ends & (at_solved != NULL)) | ((over | gone) & (at_closed != NULL))
    left = (ends | over | gone) & (at_solved == NULL) & (at_closed == NULL)
    untold = left | ~(holds | present.holds(own.reader.begins_in))
    names = [status.name for status in present.words]
    each = (present.codes[untold], left[untold], own.number[untold])
    own.undated = {
        number: (names[code], over)
        for code, over, number in zip(*(column.tolist() for column in each), strict=True)
    }
    two = at_solved != NULL
    known, solution = with_word(present.words, own.reader.named("solved"))
    named = Words(np.where(two & over, np.int32(solution), present.codes), known)
    known, initial = with_word(present.words, own.reader.initial)
    begun = Words(np.where(left, present.codes, np.int32(initial)), known)
    return (
        begun,
        _block("changed", np.where(two, at_solved, at_closed), "third_party", named),
        _block("changed", np.where(two, at_closed, NULL), "third_party", present),
    )


def _first_of(*columns: Ints) -> Ints:
    """Return for each row the first instant that there is."""
    found = columns[-1]
    for each in columns[-2::-1]:
        found = np.where(each == NULL, found, each)
    return found


def _block(kind: str, at: Ints, role: str, status: Words | None = None) -> Block:
    """Return an event of each ticket that has an instant."""
    rows = np.flatnonzero(at != NULL)
    fields = {} if status is None else {"status": status.take(rows)}
    return Block(kind, rows, at[rows], role, SNAPSHOT, fields)


@define(eq=False)
class _Answers:
    """What a column states of a figure.

    Attributes:
        texts: the column.
        values: what each distinct text says; None where it says nothing that can be read.
        none: whether each distinct text means that there is no such time.
    """

    texts: TextColumn
    values: list[Any]
    none: Flags


def _answers(own: Plain, figure: Measured, tickets: Flags, step: int) -> _Answers | None:
    """Return what a column states of a figure; note of some tickets what cannot be read."""
    texts = own.named(figure.column)
    if texts is None:
        return None
    tickets = tickets & ~texts.among(own.words.missing)
    seen = np.bincount(texts.codes[tickets], minlength=len(texts.words)) > 0
    values: list[Any] = [None] * len(texts.words)
    none = np.zeros(len(texts.words), np.bool_)
    bad = np.zeros(len(texts.words), np.bool_)
    for place in np.flatnonzero(seen).tolist():
        text = texts.words[place]
        if text in figure.none:
            none[place] = True
            continue
        try:
            values[place] = own.reader.value(figure, text, 0)
        except ValueError:
            bad[place] = True

    def shown(place: int) -> str:
        return texts.words[int(texts.codes[place])]

    own.say(
        tickets & none[texts.codes], step, "none_word", lambda n: f"{figure.column} {shown(n)}"
    )
    own.say(tickets & bad[texts.codes], step, "bad_figure", lambda n: masked(shown(n)))
    return _Answers(texts, values, none)


def _first_reply(own: Plain) -> Ints:
    """Return the first reply that the system recorded, as an instant or as a length."""
    at, figure = own.at("first_reply"), own.words.mapping.first_reply_time
    if figure is None:
        return at
    told = _answers(own, figure, at == NULL, LENGTH)
    if told is None:
        return at
    lengths = np.array(
        [
            micros_of(value) if isinstance(value, timedelta) and value >= timedelta() else NULL
            for value in told.values
        ],
        np.int64,
    )
    length, created = lengths[told.texts.codes], own.at("created")
    possible = (at == NULL) & (length != NULL) & (length <= LAST - created)
    return np.where(possible, created + length, at)


def _ratings(own: Plain, requester: Words) -> Block:
    """Return the ratings that have a time."""
    rating = own.words.mapping.rating
    texts = None if rating is None else own.named(rating.score)
    nothing = Block("rated", np.zeros(0, np.int64), np.zeros(0, np.int64), "customer")
    if rating is None or texts is None:
        return nothing
    said = ~texts.among(own.words.missing | rating.none)
    read = rating.words.get if rating.words else number_of
    scores = np.array([_nan(read(word)) for word in texts.words], np.float64)[texts.codes]
    low, high = rating.scale
    fits = (scores >= low) & (scores <= high)
    codes = texts.codes
    own.say(
        said & ~fits, SCORED, "bad_rating", lambda place: masked(texts.words[int(codes[place])])
    )
    at = own.at(RATED)
    said &= fits
    if RATED in own.stamps:
        stamps = own.stamps[RATED]
        own.stamps = {**own.stamps, RATED: stamps.take(np.arange(own.size))}
        own.stamps[RATED].odd[~said] = 0
        own.note_odd(RATED, SCORED_AT)
    own.say(said & (at == NULL), UNTOLD, "rating_untimed", lambda _: None)
    rows = np.flatnonzero(said & (at != NULL))
    parts: dict[str, Column] = {
        "actor": requester.take(rows),
        "kind": Words(constant(0, np.int32, rows.size), (rating.kind,)),
        "score": scores[rows],
        "low": np.full(rows.size, float(low)),
        "high": np.full(rows.size, float(high)),
    }
    return Block("rated", rows, at[rows], "customer", SNAPSHOT, {}, parts)


def _nan(value: float | None) -> float:
    return np.nan if value is None else value


def _figures(own: Plain, decided: Mapping[str, Flags]) -> Lists | None:
    """Return what the tool computed; time left of what is not over decides nothing."""
    whole = np.ones(own.size, np.bool_)
    columns: list[Codes] = []
    known: dict[StatedFigure, int] = {}
    for number, figure in enumerate(own.words.mapping.stated):
        told = _answers(own, figure, whole, FIGURES + number)
        if told is None:
            continue
        table = np.full(len(told.values), NONE, np.int32)
        for place, value in enumerate(told.values):
            if value is not None:
                told_figure = stated_figure(figure, value)
                table[place] = known.setdefault(told_figure, len(known))
        stands = np.array([bool(value) for value in told.values], np.bool_)
        codes = table[told.texts.codes]
        if not figure.yes and figure.name in decided:
            codes[stands[told.texts.codes] & ~decided[figure.name]] = NONE
        columns.append(codes)
    every = np.column_stack(columns) if columns else np.full((own.size, 1), NONE)
    if (every == NONE).all():
        return None
    lengths = np.cumsum((every != NONE).sum(axis=1))
    offsets = np.concatenate([np.zeros(1, np.int64), lengths])
    return Lists(offsets, {"figure": Words(every[every != NONE], tuple(known))})
