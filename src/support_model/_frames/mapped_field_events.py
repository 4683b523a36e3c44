"""The events of tickets of which a table tells every change of a field, by columns.

A ticket begins with the first value of each field, or with what its first change replaced; rows
of one instant and one person are one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define

from support_model._columns.event_columns import ROLE
from support_model._columns.values import EMPTIED, NONE, NULL, Words
from support_model._frames.mapped_blocks import Block, silent
from support_model._frames.mapped_cells import TextColumn, with_word
from support_model._frames.mapped_stamps import stamped
from support_model.adapters._table_fields import BEGINS, BEGUN
from support_model.adapters._table_lists import FIRST_STATUS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from support_model._columns.segments import Segments
    from support_model._columns.values import Codes, Flags, Ints
    from support_model.adapters._table_cells import Instants
    from support_model.adapters._table_cells import Words as Meanings

__all__ = ["Changes", "told_by"]


@define(eq=False)
class Changes:
    """Rows that count, one ticket after the other and each ticket's in order.

    Attributes:
        ids: Arrow text, the tickets by first sight.
        segments: the rows of each.
        row: int64, the number of each row in the table.
        ticket: int32, its ticket.
        at: int64, its instant.
        field: int64, a place in `names`.
        value: int32, the text of the new value, a place in `texts`; `NONE` where it has none.
        old: int32, likewise what was before.
        actor: int32, who did it, a place in `actors`; `NONE` where nobody is named.
        names: our names of the fields.
        texts: the texts of values.
        actors: the texts of who did something.
        instants: how stamps are read.
    """

    ids: pa.StringArray
    segments: Segments
    row: Ints
    ticket: Codes
    at: Ints
    field: Ints
    value: Codes
    old: Codes
    actor: Codes
    names: Sequence[str]
    texts: pa.StringArray
    actors: pa.StringArray
    instants: Instants

    def of(self, name: str) -> Flags:
        """Return which rows are of a field."""
        if name not in self.names:
            return np.zeros(self.row.size, np.bool_)
        return self.field == self.names.index(name)

    def by_field(self) -> tuple[Ints, Flags]:
        """Return the rows by ticket and field, and which of them are the first of both."""
        key = self.ticket.astype(np.int64) * len(self.names) + self.field
        order = np.argsort(key, kind="stable")
        key = key[order]
        return order, np.diff(key, prepend=-1) != 0

    def crowd(self) -> Flags:
        """Return which rows share their ticket and instant with another."""
        if not self.row.size:
            return np.zeros(0, np.bool_)
        same = (np.diff(self.at) == 0) & (np.diff(self.ticket) == 0)
        found = np.append(same, False)
        found[1:] |= same
        return found

    def contradicted(self) -> Flags:
        """Return the tickets whose old values contradict the order of the rows of one instant."""
        order, first = self.by_field()
        held = np.empty_like(self.value)
        held[order[1:]] = self.value[order[:-1]]
        begins = np.zeros(self.row.size, np.bool_)
        begins[order[first]] = True
        wrong = (self.old != NONE) & ~begins & (self.old != held) & self.crowd()
        return self.segments.counts(wrong) > 0

    def crowded(self) -> Flags:
        """Return the tickets of which several rows change one field at one instant."""
        order, first = self.by_field()
        again = ~first
        again[1:] &= np.diff(self.at[order]) == 0
        rows = np.zeros(self.row.size, np.bool_)
        rows[order[again]] = True
        return self.segments.counts(rows) > 0


@define(eq=False)
class _Beginnings:
    """How tickets begin.

    Attributes:
        at: int64, when.
        actor: int32, who began each, a place in the actors of the rows; `NONE` where unknown.
        cut: whether the creation of each is in no row.
    """

    at: Ints
    actor: Codes
    cut: Flags


@define(eq=False)
class _Initial:
    """What fields tickets begin with.

    Attributes:
        rows: int64, the row that tells each.
        codes: int32, the text of the value, `NONE` where it is nothing.
    """

    rows: Ints
    codes: Codes


def told_by(changes: Changes, words: Meanings, odd: Flags) -> tuple[list[Block], Flags]:
    """Return the events of the tickets that are not odd, and which of these have no creation."""
    begun = _beginnings(changes, words)
    initial, differs = _compared(changes, begun)
    plain = ~odd[changes.ticket]
    rows = np.flatnonzero(differs & plain & _sayable(changes, words))
    own = plain[initial.rows]
    initial = _Initial(initial.rows[own], initial.codes[own])
    fields = _fields(changes, words, initial, rows)
    people = _people(changes, words)
    requester = fields["requester"][0] if "requester" in fields else None
    tickets = np.flatnonzero(~odd)
    begins = {name: first for name, (first, _) in fields.items()}
    created = _creations(words, begun, tickets, begins, people)
    changed = _transactions(changes, rows, fields, people, requester)
    return [*created, changed], begun.cut & ~odd


def _beginnings(changes: Changes, words: Meanings) -> _Beginnings:
    """Return when each ticket began: as a row of a creation says, or with its first row."""
    segments, at = changes.segments, changes.at
    first = segments.starts[:-1]
    row = segments.first(changes.of(BEGINS))
    told = row != NONE
    begun = np.where(told, at[row], at[first])
    said = np.flatnonzero(told)[changes.value[row[told]] != NONE]
    if said.size:
        stamps = TextColumn(changes.value[row[said]], changes.texts)
        (read,) = stamped([stamps], changes.instants, (), chosen=True)
        begun[said] = np.where(read.at == NULL, begun[said], read.at)
    texts = changes.texts.to_pylist()
    known = [words.statuses.get(text) for text in texts]
    young = np.array([each is not None and each.category in BEGUN for each in known], np.bool_)
    early = changes.of("status") & (at == at[first][changes.ticket])
    status = segments.first(early)
    value = np.where(status == NONE, np.int32(NONE), changes.value[status])
    whole = (value != NONE) & np.append(young, False)[value]
    whole &= segments.counts(changes.old != NONE) == 0
    cut = ~told & ~whole
    actor = np.where(told, changes.actor[row], changes.actor[first])
    return _Beginnings(begun, np.where(cut, np.int32(NONE), actor), cut)


def _compared(changes: Changes, begun: _Beginnings) -> tuple[_Initial, Flags]:
    """Return what each field begins with, and which rows differ from what was before."""
    order, first = changes.by_field()
    group = np.cumsum(first) - 1
    tells = ~changes.of(BEGINS) & (
        (changes.old != NONE) | (changes.at <= begun.at[changes.ticket])
    )
    places = np.flatnonzero(tells[order])
    groups, which = np.unique(group[places], return_index=True)
    rows = order[places[which]]
    codes = np.where(changes.old[rows] == NONE, changes.value[rows], changes.old[rows])
    held = np.empty_like(changes.value)
    held[1:] = changes.value[order[:-1]]
    known = np.zeros(int(first.sum()), np.bool_)
    known[groups] = True
    begins = np.flatnonzero(first)
    held[begins[groups]] = codes
    differs = np.empty(order.size, np.bool_)
    differs[order] = (changes.value[order] != held) | (first & ~known[group])
    return _Initial(rows, codes), differs & ~changes.of(BEGINS)


def _sayable(changes: Changes, words: Meanings) -> Flags:
    """Return which rows say something: an empty status, or an unknown line, says nothing."""
    said = ~(changes.of("status") & (changes.value == NONE))
    line = np.flatnonzero(changes.of("line") & (changes.value != NONE))
    if line.size:
        texts = changes.texts.to_pylist()
        known = np.array([text in words.mapping.lines for text in texts], np.bool_)
        said[line] = known[changes.value[line]]
    return said


def _fields(
    changes: Changes, words: Meanings, initial: _Initial, rows: Ints
) -> dict[str, tuple[Words, Words]]:
    """Return what fields mean: of each ticket at its beginning, and of each of some rows."""
    found: dict[str, tuple[Words, Words]] = {}
    for name in changes.names:
        if name == BEGINS:
            continue
        first = changes.of(name)[initial.rows]
        own = np.flatnonzero(changes.of(name)[rows])
        codes = np.concatenate([initial.codes[first], changes.value[rows[own]]])
        for told, function in _told_as(name, words):
            both = _meaning(changes, codes, function, words)
            size = int(first.sum())
            begins = np.full(changes.segments.count, NONE, np.int32)
            begins[changes.ticket[initial.rows[first]]] = both.codes[:size]
            after = np.full(rows.size, NONE, np.int32)
            after[own] = both.codes[size:]
            if told == name:
                after[own[changes.value[rows[own]] == NONE]] = EMPTIED
            found[told] = Words(begins, both.words), Words(after, both.words)
    return found


def _told_as(name: str, words: Meanings) -> list[tuple[str, Callable[[str], Any]]]:
    """Return the fields that a field tells, each with what a text means."""
    if name == "status":
        return [(name, lambda text: words.status(text, 0))]
    if name == "line":
        return [(name, words.mapping.lines.get)]
    if name != "group":
        return [(name, lambda text: words.said(name, text))]
    lines = words.account.lines
    held: list[tuple[str, Callable[[str], Any]]] = [(name, words.group)]
    if lines:
        held.append(("line", lambda text: lines.get(text, lines.get(words.group(text)))))
    return held


def _meaning(
    changes: Changes, codes: Codes, function: Callable[[str], Any], words: Meanings
) -> Words:
    """Return what texts mean by their codes; `NONE` stays nothing."""
    some = codes != NONE
    meant = TextColumn(codes[some], changes.texts).meaning(function, (), words.tally)
    found = np.full(codes.size, NONE, np.int32)
    found[some] = meant.codes
    return Words(found, meant.words)


@define(eq=False)
class _People:
    """Who did something, by place in the actors of the rows.

    Attributes:
        called: what each is called.
        role: int8, the role of each.
        unmet: whether nobody says what each is.
        words: where one whom nobody names is counted.
    """

    called: list[str | None]
    role: NDArray[np.int8]
    unmet: Flags
    words: Meanings

    def named(self, actor: Codes) -> Words:
        """Return what people are called."""
        return Words(actor, [name or "" for name in self.called]).regrouped(_some)

    def met(self, actor: Codes) -> None:
        """Count those whom nobody names."""
        counts = np.bincount(actor[actor != NONE], minlength=len(self.called))
        for place in np.flatnonzero((counts > 0) & self.unmet).tolist():
            name = self.called[place] or ""
            self.words.tally.unknown["person", name, "third_party"] += int(counts[place])


def _some(name: str) -> str | None:
    return name or None


def _people(changes: Changes, words: Meanings) -> _People:
    seen = np.bincount(changes.actor[changes.actor != NONE], minlength=len(changes.actors)) > 0
    called: list[str | None] = [None] * len(changes.actors)
    role = np.full(len(changes.actors), ROLE["third_party"], np.int8)
    unmet = np.zeros(len(changes.actors), np.bool_)
    texts = changes.actors.to_pylist()
    for place in np.flatnonzero(seen).tolist():
        called[place] = words.person(texts[place], "actor")
        role[place] = ROLE[words.role(texts[place], None)]
        unmet[place] = words.roles.get(texts[place]) is None
    return _People(called, role, unmet, words)


def _creations(
    words: Meanings,
    begun: _Beginnings,
    tickets: Ints,
    begins: Mapping[str, Words],
    people: _People,
) -> list[Block]:
    """Return the creations; those that stand in no row are made of what came first."""
    usual = words.mapping.initial or FIRST_STATUS
    given = begins.get("status", silent(begun.at.size))
    known, first = with_word(given.words, usual)
    status = Words(np.where(given.codes == NONE, np.int32(first), given.codes), known)
    fields = {**begins, "status": status}
    found = []
    for cut in (False, True):
        own = tickets[begun.cut[tickets] == cut]
        actor = begun.actor[own]
        people.met(actor)
        nobody = ROLE["third_party" if cut else words.mapping.opened_by]
        role = np.where(actor == NONE, np.int8(nobody), people.role[actor])
        held = {name: each.take(own) for name, each in fields.items()}
        parts = {"actor": people.named(actor)}
        basis = "snapshot" if cut else None
        found.append(Block("created", own, begun.at[own], role, basis, held, parts))
    return found


def _transactions(
    changes: Changes,
    rows: Ints,
    fields: Mapping[str, tuple[Words, Words]],
    people: _People,
    requester: Words | None,
) -> Block:
    """Return the changes of some rows; those of one instant and person are one."""
    ticket, at, actor = changes.ticket[rows], changes.at[rows], changes.actor[rows]
    begins = np.ones(rows.size, np.bool_)
    begins[1:] = (np.diff(ticket) != 0) | (np.diff(at) != 0) | (np.diff(actor) != 0)
    run = np.cumsum(begins) - 1
    count = int(begins.sum())
    held = {}
    for name, (_, words) in fields.items():
        said = words.codes != NONE
        codes = np.full(count, NONE, np.int32)
        codes[run[said]] = words.codes[said]
        held[name] = Words(codes, words.words)
    ticket, at, actor = ticket[begins], at[begins], actor[begins]
    same = np.zeros(count, np.bool_)
    if requester is not None:
        places = {name: place for place, name in enumerate(requester.words)}
        theirs = np.array([places.get(name or "", NONE) for name in people.called], np.int64)
        known = np.append(theirs, NONE)[actor]
        same = (known != NONE) & (known == requester.codes[ticket])
    people.met(actor[~same])
    role = np.where(actor == NONE, np.int8(ROLE["third_party"]), people.role[actor])
    role = np.where(same, np.int8(ROLE["customer"]), role)
    parts = {"actor": people.named(actor)}
    return Block("changed", ticket.astype(np.int64), at, role, None, held, parts)
