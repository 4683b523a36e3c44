# ruff: noqa: RUF002 - Russian names are Russian
"""1C:ITILIUM and other service desks on 1C: tables of tickets, changes and comments into events.

1C writes the same three tables as reports (CSV, `table` reads the text), as OData ("value") and,
without history, as the list of Itilium's REST service ("Incidents"). Every installation renames
things, so columns, states, priorities and kinds of comment are data with Russian defaults; names
compare without case, spaces, the difference of е and ё, and numbers that sort states (``05_``).
Stamps are local and say no zone: without `tz` nothing is read.

Sources: 1C:Enterprise developer guide, standard OData interface; Itilium integration guide.

Before this: `support_model.adapters.onec_rows`. Next: `support_model.testing`.
"""

from __future__ import annotations

import warnings
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import frozen

from support_model.adapters.onec_names import (
    RECORDED,
    STANDARD,
    VENDOR,
    Installation,
    plain,
    sorted_off,
)
from support_model.adapters.onec_rows import (
    Row,
    WallClock,
    amount,
    called,
    once,
    reference,
    rows_of,
    table,
)
from support_model.adapters.payloads import Node, Reading, Tally, runs
from support_model.errors import AmbiguousWallTime
from support_model.events import Changed, Created, Message, Rated, Worked
from support_model.instants import timezone
from support_model.lifecycle.vocabulary import Priority, Role, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import tzinfo

    from support_model.events import Event

__all__ = ["Installation", "read", "table"]

Draft: TypeAlias = tuple[datetime, int, type[Any], str | None, dict[str, Any]]
"""When, its rank within the instant, an event's class, who did it, and its own arguments."""
MOVED = ("status", "group", "agent")
"""What work on a ticket changes: its present value says little of the first one."""
TICKET, MESSAGE, CHANGE, RATING, WORK = range(5)
"""What comes first within one second: a reply counts before the solution it came with."""


def read(
    tickets: object,
    *,
    history: object = (),
    comments: object = (),
    tz: str | tzinfo | None = None,
    installation: Installation = STANDARD,
) -> Reading:
    r"""Return the events of a table of tickets, with their changes and comments.

    A ticket row states the present; what it was at its creation is the old value of the first
    recorded change, and the present value where no change is recorded. A ticket is called by
    its reference (`Ref_Key`, `linkUuid`) where the table has it, since numbers begin anew each
    year, else by its number, which stays text. `seq` numbers the whole reading, so read a
    ticket's history whole. Exact repetitions of rows say nothing twice.

    Args:
        tickets: rows, or the OData or REST payload that holds them.
        history: rows of the report of changes (attribute, old and new value) or of a register
            of states, likewise.
        comments: rows of comments, likewise.
        tz: the zone of the server's clock; needed for stamps without an offset.
        installation: what names mean here.

    Raises:
        AdapterError: a row misses something or holds what no table of 1C writes; a ticket is
            beyond its first status and `history` does not tell since when.
        NaiveDatetime: a local stamp, and no `tz`.
        InvalidValue: a value that no event can hold.

    Example:
        >>> rows = table(
        ...     "Номер;Дата регистрации;Инициатор;Состояние\n1;02.03.2026 9:00:00;Ivan;Новая\n")
        >>> read(rows, tz="Europe/Moscow").events[0].at.isoformat()
        '2026-03-02T06:00:00+00:00'
    """
    clock = WallClock(None if tz is None else timezone(tz))
    reader = _Reader(installation, clock, Tally(VENDOR))
    rows = {
        name: [Row(node, installation) for node in once(rows_of(name, payload))]
        for name, payload in (("tickets", tickets), ("history", history), ("comments", comments))
    }
    found: dict[str, Row] = {}
    numbers: dict[str, list[str]] = {}
    for row in rows["tickets"]:
        ticket_id = row.must("ticket").id()
        if ticket_id in found:
            row.node.refuse("a second row for one ticket", "export Ref_Key; numbers begin anew")
        found[ticket_id] = row
        number = row.get("number")
        numbers.setdefault(ticket_id if number is None else number.id(), []).append(ticket_id)
    changes, said = (
        _by_ticket(rows[name], name, found, numbers, reader.tally)
        for name in ("history", "comments")
    )
    events = [
        event
        for ticket_id, row in found.items()
        for event in reader.ticket(
            ticket_id, row, changes.get(ticket_id, []), said.get(ticket_id, [])
        )
    ]
    reading = reader.tally.reading(events)
    if clock.unsure:
        told = f"{len(clock.unsure)} local times that {clock.zone} shows twice or never: the first"
        warnings.warn(AmbiguousWallTime(f"{told} showing is taken"), stacklevel=2)
    return reading


def _by_ticket(
    rows: Iterable[Row],
    name: str,
    found: Mapping[str, Row],
    numbers: Mapping[str, list[str]],
    tally: Tally,
) -> dict[str, list[Row]]:
    """Return the rows of each ticket, which they call by its reference or by its number."""
    by_ticket: dict[str, list[Row]] = {}
    for row in rows:
        at = row.must("ticket")
        named = [at.id()] if at.id() in found else numbers.get(at.id(), [])
        if len(named) > 1:
            at.refuse("a number of several tickets", "export the reference of the document too")
        if named:
            by_ticket.setdefault(named[0], []).append(row)
        else:
            tally.left_out[f"{name} of a ticket that is not in the table"] += 1
    return by_ticket


@frozen
class _Change:
    """One recorded change of one attribute; `old` is None where it was empty or is not told."""

    at: datetime
    author: str | None
    field: str
    old: Node | None
    new: Node | None


class _Reader:
    """What one reading knows: the installation, the server's clock, and what was odd."""

    def __init__(self, installation: Installation, clock: WallClock, tally: Tally) -> None:
        self.installation, self.clock, self.tally = installation, clock, tally

    def ticket(
        self, ticket_id: str, row: Row, history: list[Row], comments: list[Row]
    ) -> Iterator[Event]:
        """Yield the numbered events of one ticket."""
        at = self.clock.instant(row.must("created"))
        requester = row.name("requester")
        changes = [change for each in _forward(history, self) for change in self.changes(each)]
        changes.sort(key=lambda change: change.at)
        told: dict[str, _Change] = {}
        for change in changes:
            told.setdefault(change.field, change)
        first = {
            name: told[name]
            for name in (*RECORDED, *self.installation.custom)
            if name in told and told[name].at == at and told[name].old is None
        }
        begun = self.beginning(row, history, told, first)
        author = next((each.author for each in first.values() if each.author), requester)
        drafts: list[Draft] = [(at, TICKET, Created, author, {"fields": begun})]
        role = self.role(author, requester)
        if row.get("description"):
            drafts.append((at, MESSAGE, Message, author, {"public": True, "role": role}))
        drafts += [self.message(each, requester) for each in _forward(comments, self)]
        drafts += self.transactions([c for c in changes if first.get(c.field) is not c])
        drafts += self.effort(row)
        for column in row.rest():
            self.tally.left_out[f"column {column}"] += 1
        drafts.sort(key=lambda draft: draft[:2])
        for seq, (moment, _, event, actor, more) in enumerate(drafts, 1):
            if "role" not in more:
                more["role"] = self.role(actor, requester)
            yield event(ticket_id=ticket_id, at=moment, seq=seq, actor=actor, **more)

    def role(self, author: str | None, requester: str | None) -> Role:
        """Return who somebody is: beside the requester only staff can act on a ticket."""
        if author is None or plain(author) in self.installation.robots:
            return "system"
        if author in self.installation.roles:
            return self.installation.roles[author]
        if author == requester:
            return "customer"
        if requester is None or (reference(requester) and not reference(author)):
            self.tally.met("author", author, "agent")  # perhaps the requester, told otherwise
        return "agent"

    def changes(self, row: Row) -> Iterator[_Change]:
        """Yield what a row of the report of changes, or of a register of states, says."""
        at, author = self.clock.instant(row.must("at")), row.name("author")
        attribute = row.get("attribute")
        if attribute is not None:
            field = self.installation.meaning(attribute.text())
            new = row.must("new") if field == "status" else row.get("new")
            yield _Change(at, author, field, row.get("old"), new)
            return
        told = [(name, row.get(name)) for name in RECORDED]
        if not any(cell for _, cell in told):
            row.node.refuse("a change of nothing", "name its columns in Installation.columns")
        for name, cell in told:
            if cell is not None:
                yield _Change(at, author, name, None, cell)

    def beginning(
        self,
        row: Row,
        history: list[Row],
        told: Mapping[str, _Change],
        first: Mapping[str, _Change],
    ) -> dict[str, Any]:
        """Return the fields at the creation, where each change in `first` belongs to it."""
        reported = any(each.get("attribute") for each in history)  # else of its states at best
        fields: dict[str, Any] = {}
        for name in (*RECORDED, *self.installation.custom):
            cell = row.get(name)
            if name in told:
                cell = told[name].new if name in first else told[name].old
            elif not reported and name in MOVED:
                cell = self.unmoved(name, cell)
            fields.update(self.field(name, cell))
        fields["status"] = fields["status"] or self.installation.initial
        number = row.get("number")
        if number is not None and number.id() != row.must("ticket").id():
            fields["custom.number"] = number.id()
        return {name: value for name, value in fields.items() if value is not None}

    def unmoved(self, name: str, cell: Node | None) -> Node | None:
        """Return a present value only if it can be the first one: work moves these fields."""
        if cell is None:
            return None
        if name != "status":
            self.tally.left_out[f"{name} since an unknown time"] += 1
            return None
        if self.field(name, cell)[name].category != "new":
            cell.refuse("a status since an unknown time", "give the history of its states")
        return cell

    def field(self, name: str, cell: Node | None) -> dict[str, Any]:
        """Return what one attribute with one value says."""
        lines = self.installation.lines
        if cell is None:
            return {name: None, **({"line": None} if name == "group" and lines else {})}
        if name.startswith("custom."):
            fits, value = cell.plain()
            self.tally.left_out[f"attribute {name}"] += not fits
            return {name: value} if fits else {}
        native = called(cell.id(), self.installation)
        if name == "status":
            return {name: self.status(native)}
        if name == "priority":
            return {name: self.priority(native)}
        if name == "group" and lines:
            if native not in lines:
                self.tally.met("group", native, "of no line")
            return {name: native, "line": lines.get(native)}
        return {name: native}

    def status(self, native: str) -> Status:
        """Return a status without its sorting number; an unknown one still needs work."""
        name = sorted_off(native)
        category = self.installation.statuses.get(plain(name))
        if category is None:
            self.tally.met("status", name, "open")
        return Status(name, category or "open")

    def priority(self, native: str) -> Priority:
        """Return a priority without its sorting number; an unknown one ranks last."""
        name = sorted_off(native)
        ranks = self.installation.priorities
        last = 1 + max(ranks.values(), default=0)
        if plain(name) not in ranks:
            self.tally.met("priority", name, f"rank {last}")
        return Priority(name, ranks.get(plain(name), last))

    def message(self, row: Row, requester: str | None) -> Draft:
        """Return a comment as a message; one of an unknown kind is taken as internal."""
        at, author, kind = self.clock.instant(row.must("at")), row.name("author"), row.must("kind")
        known = self.installation.kinds.get(plain(kind.text()))
        if known is None:
            self.tally.met("kind of comment", kind.text(), "internal")
        role, public = known or (self.role(author, requester), False)
        if author is not None:
            robot = plain(author) in self.installation.robots
            role = self.installation.roles.get(author, "system" if robot else role)
        return at, MESSAGE, Message, author, {"public": public, "role": role}

    def transactions(self, changes: list[_Change]) -> Iterator[Draft]:
        """Yield what one author changed at one instant as one `Changed`; ratings apart."""
        told = [
            ((each.at, each.author), self.field(each.field, each.new))
            for each in changes
            if each.field != "rating"
        ]
        for (at, author), fields in runs((key, fields) for key, fields in told if fields):
            yield at, CHANGE, Changed, author, {"fields": fields}
        for each in changes:
            if each.field == "rating" and each.new is not None:
                more = {"kind": "csat", "scale": self.installation.scale}
                score = float(amount(each.new))
                yield each.at, RATING, Rated, each.author, {"score": score, **more}

    def effort(self, row: Row) -> Iterator[Draft]:
        """Yield the effort, which a ticket row states as a total without a time, at the close."""
        hours, closed = row.get("effort"), row.get("closed")
        if hours is None:
            return
        if closed is None:
            self.tally.left_out["effort on a ticket that is not closed"] += 1
            return
        spent = timedelta(microseconds=int(amount(hours) * 3_600_000_000))
        at = self.clock.instant(closed)
        yield at, WORK, Worked, row.name("agent"), {"duration": spent, "role": "agent"}


def _forward(rows: list[Row], reader: _Reader) -> list[Row]:
    """Return rows oldest first within an instant: by line number, else as the report runs."""
    numbers = [row.get("line_number") for row in rows]
    if rows and all(number is not None for number in numbers):
        return sorted(rows, key=lambda row: row.must("line_number").number())
    ends = [reader.clock.instant(row.must("at")) for row in (rows[0], rows[-1])] if rows else []
    return rows[::-1] if ends and ends[0] > ends[1] else rows
