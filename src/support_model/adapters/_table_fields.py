"""A table of changes, one row a field, as the events of its tickets.

Exports of a field history name the field, its new value, the instant and often who did it; some
have the old value too. Rows of one instant and one person are one transaction. A creation is a row
of its own, or stands in a table of tickets beside, or is the first instant of the ticket's rows;
where the first change shows that there was something before, the creation is in no file.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from support_model._bounded_files import runs_backwards
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EVERY
from support_model.adapters._payloads import runs
from support_model.adapters._table_cells import Instants, LeftOut, Words
from support_model.adapters._table_lists import FIRST_STATUS
from support_model.events import Created

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from support_model._vocabulary import Role
    from support_model.adapters._table_files import Header
    from support_model.events import Event

__all__ = ["BEGINS", "BEGUN", "Change", "FieldsReader", "counted", "some"]

BEGINS = "created"
NAMED, SHOWN = 3, 20
COUNT = re.compile(r"\d{1,18}", re.ASCII)
BEGUN = frozenset({"new", "open"})


class Change(NamedTuple):
    """One row: what a field is from an instant on, and was before."""

    at: datetime
    sequence: int
    place: int
    field: str
    value: str | None
    old: str | None
    actor: str | None
    line: int


class FieldsReader:
    """Reads the rows of tables of changed fields; `tell` drafts their events."""

    def __init__(self, words: Words, instants: Instants) -> None:
        self.words = words
        self.mapping = words.mapping
        self.findings = words.findings
        self.tally = words.tally
        self.instants = instants
        self.drafts = Drafts()
        self.unknown: dict[str, None] = {}
        self.rows: list[tuple[str, str, str, str | None, str | None, str | None, int, int]] = []
        self.seen: set[int] = set()
        self.count = 0

    def take(self, header: Header, source: Iterable[tuple[int, list[str]]]) -> None:
        """Gather the rows of one file.

        Raises:
            InvalidLog: the table lacks an essential column; strictly, a row that is none.
        """
        places, ignored = self.places(header)
        width = len(header.names)
        for line, cells in source:
            try:
                if not any(cells):
                    self.findings.note("blank", line)
                elif len(cells) != width:
                    shown = f"{len(cells)} cells, {width} columns"
                    self.words.refuse("cells", line, cells, shown)
                elif any(cells[place] in values for place, values in ignored):
                    self.tally.left_out["row that the mapping ignores"] += 1
                else:
                    self._gather(line, cells, places)
            except LeftOut as left:
                if left.code != "no_row":
                    self.tally.incomplete.setdefault(EVERY, left.code)

    def places(self, header: Header) -> tuple[list[int], list[tuple[int, frozenset[str]]]]:
        """Return where the columns stand, -1 for one that lacks, and what rows are ignored by."""
        mapping = self.mapping
        for name in mapping.essential:
            if not header.all(name):
                raise header.refused(name, "no column", f"the columns read {header.shown()}")
        needed = (mapping.ticket, mapping.at, mapping.field, mapping.value)
        optional = (mapping.old, mapping.actor, mapping.sequence)
        found = [None if name is None else header.one(name) for name in (*needed, *optional)]
        ignored = [
            (place, values)
            for name, values in mapping.ignore.items()
            for place in header.all(name)
        ]
        return [-1 if place is None else place for place in found], ignored

    def _gather(self, line: int, cells: list[str], places: Sequence[int]) -> None:
        missing = self.words.missing
        ticket, at, native, value, old, actor, sequence = (
            None if place < 0 or cells[place] in missing else cells[place] for place in places
        )
        if ticket is None:
            self.words.refuse("no_ticket", line, cells)
        if at is None:
            self.words.refuse("no_time", line, cells)
        ours = self.mapping.changed.get(native or "")
        if ours is None:
            self.tally.left_out[f"field {native}"] += 1
            self.unknown[str(native)] = None
            return
        key = hash((ticket, at, ours, value, old, actor, sequence))
        if key in self.seen:
            self.findings.note("dropped", line)
            return
        self.seen.add(key)
        row = (ticket, at, ours, value, old, actor, counted(sequence), line)
        self.rows.append(row)

    def tell(self, begun: Mapping[str, Event] | None = None) -> None:
        """Draft the events of all rows.

        Args:
            begun: the creations that a table of tickets beside tells, by
                the id that a row calls the ticket by.
        """
        self.instants.choose(row[1] for row in self.rows)
        changes: dict[str, list[Change]] = {}
        for place, (ticket, at, ours, value, old, actor, sequence, line) in enumerate(self.rows):
            try:
                instant = self.instants.read(at, line, "bad_time")
            except LeftOut as left:
                self.tally.incomplete.setdefault(ticket, left.code)
                continue
            change = Change(instant, sequence, place, ours, value, old, actor, line)
            changes.setdefault(ticket, []).append(change)
            self.count += 1
        self.rows.clear()
        self._put_in_order(changes)
        for ticket, history in changes.items():
            beside = None if begun is None else begun.get(ticket)
            called = ticket if beside is None else beside.ticket_id  # which may be otherwise
            self.ticket(called, history, beside)

    def _put_in_order(self, changes: Mapping[str, list[Change]]) -> None:
        """Order the changes of each ticket: by time, then count, then as the file runs."""
        every = sorted((each for own in changes.values() for each in own), key=_place)
        histories = ([each.at for each in own] for own in changes.values())
        turned = runs_backwards([each.at for each in every], histories)
        if self.mapping.order:
            turned = [self.mapping.order == "newest_first"] * len(turned)
        elif any(turned):
            self.findings.note("newest_first", None)
        for own, backwards in zip(changes.values(), turned, strict=True):
            if backwards:
                own.reverse()
            own.sort(key=_when)

    def ticket(self, ticket: str, history: list[Change], begun: Event | None) -> None:
        """Draft the events of one ticket."""
        told = _chained(history)
        at, by, beside = self._beginning(ticket, told, begun)
        held: dict[str, str | None] = {}
        fields: dict[str, Any] = {}
        rest: list[Change] = []
        for each in told:
            if each.field == BEGINS:
                continue
            if each.field not in held and (each.old is not None or each.at <= at):
                first = each.value if each.old is None else each.old
                held[each.field] = first
                fields |= self._told(each.field, first, each.line)
            rest.append(each)  # what a ticket begins with is no change, and is passed over below
        known = {name: value for name, value in beside.items() if name not in held}
        if any(each.field == "status" for each in rest):
            known.pop("status", None)  # it changed since
        usual = {"status": self.mapping.initial or FIRST_STATUS}
        self.drafts.created(ticket, at, by, fields=usual | known | fields)
        requester = {**beside, **fields}.get("requester")
        self._changes(ticket, rest, held, requester)

    def _beginning(
        self, ticket: str, history: Sequence[Change], begun: Event | None
    ) -> tuple[datetime, By, Mapping[str, Any]]:
        """Return when a ticket began, by whom, and what a table beside says of it."""
        if isinstance(begun, Created):
            return begun.at, By(begun.role, begun.actor), dict(begun.fields)
        row = next((each for each in history if each.field == BEGINS), None)
        if row is not None:
            return self._stamp_of(row), self._by(row.actor, None), {}
        first = history[0]
        if self._is_first(history):
            return first.at, self._by(first.actor, None), {}
        self.tally.cut(ticket, "no_creation")
        return first.at, By("third_party", None, None, "snapshot"), {}

    def _stamp_of(self, row: Change) -> datetime:
        """Return the instant that a row of a creation says, which may be its value."""
        with suppress(ValueError):
            return self.instants.parsed(row.value or "", row.line)
        return row.at

    def _is_first(self, history: Sequence[Change]) -> bool:
        """Return whether the first rows of a ticket are what it began with."""
        if any(each.old is not None for each in history):
            return False
        at = history[0].at
        statuses = (each.value for each in history if each.at == at and each.field == "status")
        found = self.words.statuses.get(next(statuses, None) or "")
        return found is not None and found.category in BEGUN

    def _by(self, actor: str | None, requester: str | None) -> By:
        if actor is None:
            return By(self.mapping.opened_by)
        called = self.words.person(actor, "actor")
        if requester is not None and called == requester:
            return By("customer", called)
        role: Role = self.words.role(actor, None)
        if self.words.roles.get(actor) is None:
            self.tally.met("person", called, role)
        return By(role, called)

    def _told(self, name: str, value: str | None, line: int) -> dict[str, Any]:
        """Return a field as an event has it; none where nothing can be said."""
        if value is None:
            return {} if name == "status" else {name: None}
        if name == "status":
            with suppress(LeftOut):
                return {name: self.words.status(value, line)}
            return {}
        if name == "group":
            return self._group(value)
        if name == "line":
            found = self.mapping.lines.get(value)
            return {} if found is None else {name: found}
        return {name: self.words.said(name, value)}

    def _group(self, value: str) -> dict[str, Any]:
        account = self.words.account
        called = self.words.group(value)
        line = account.lines.get(value, account.lines.get(called))
        return {"group": called} | ({} if line is None else {"line": line})

    def _changes(
        self,
        ticket: str,
        rest: Iterable[Change],
        held: dict[str, str | None],
        requester: str | None,
    ) -> None:
        """Draft what changed; rows of one instant and person are one transaction."""
        told: list[tuple[tuple[datetime, str | None], dict[str, Any]]] = []
        for each in rest:
            if each.field in held and held[each.field] == each.value:
                continue
            held[each.field] = each.value
            fields = self._told(each.field, each.value, each.line)
            if fields:
                told.append(((each.at, each.actor), fields))
        for order, ((at, actor), fields) in enumerate(runs(told)):
            by = self._by(actor, requester) if actor is not None else By("third_party")
            self.drafts.changed(ticket, at, by, fields=fields, order=order)


def _place(change: Change) -> int:
    return change.place


def _when(change: Change) -> tuple[datetime, int]:
    return change.at, change.sequence


def counted(text: str | None) -> int:
    """Return an update count; 0 for what is none."""
    return 0 if text is None or not COUNT.fullmatch(text) else int(text)


def _chained(history: list[Change]) -> list[Change]:
    """Return changes so that of one instant and field each begins where the one before ended."""
    told: list[Change] = []
    held: dict[str, str | None] = {}
    left = [*history]
    while left:
        at = left[0].at
        now = [each for each in left if each.at == at]
        del left[: len(now)]
        while now:
            fits = (
                each
                for each in now
                if each.old is None or each.field not in held or held[each.field] == each.old
            )
            chosen = next(fits, now[0])
            if chosen.field not in held:
                chosen = _first_of_chain(chosen, now)
            now.remove(chosen)
            held[chosen.field] = chosen.value
            told.append(chosen)
    return told


def _first_of_chain(chosen: Change, now: Sequence[Change]) -> Change:
    """Return the change of the same field that no other one of the instant leads to."""
    same = [each for each in now if each.field == chosen.field]
    values = {each.value for each in same}
    return next((each for each in same if each.old is not None and each.old not in values), chosen)


def some(names: Iterable[str]) -> str:
    """Return the first names, each cut to what a message can show, and how many more there are."""
    listed = [*names]
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(name[:SHOWN] for name in listed[:NAMED]) + more
