"""A table of present values, one row a ticket, as the events that have a stamp in it.

What holds now says neither what held before nor since when. So a ticket begins in the initial
status of its system, gets the statuses of which a stamp tells the time, and the first reply that
the system recorded; every event has the basis "snapshot", which leaves figures of a history
undefined. A ticket that left at a time that no stamp tells begins in the status it left by, so
that it is open at no time. Any other present value without a stamp is kept as a custom field or
is a finding; what the system counted itself is a stated figure.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import define, field

from support_model._frozen import frozen
from support_model._vocabulary import OVER, SETTLED, Status
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EVERY, StatedFigure
from support_model.adapters._mapping import FLAGS, INSTANTS, LENGTHS
from support_model.adapters._payloads import Tally, masked
from support_model.adapters._stamps import duration_of
from support_model.adapters._table_cells import Instants, LeftOut, Words
from support_model.events import Rated

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from support_model._findings import Findings
    from support_model._vocabulary import Category, Role
    from support_model.adapters._mapping import Measured, TableMapping
    from support_model.adapters._table_files import Header

__all__ = [
    "FIRST_STATUS",
    "STAMPS",
    "UNTIMED",
    "ListReader",
    "Places",
    "Undated",
    "number_of",
    "places_of",
    "stated_figure",
]

FIRST_STATUS = Status("new", "new")
DATED = ("group", "agent", "line")
"""What moves in the life of a ticket: its present value is no first one."""
UNTIMED = ("type", "technology", "organization", "service")
STAMPS = ("created", "solved", "closed", "first_reply", "settled", "updated")
WITHIN = MappingProxyType({"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400})
CLOCKS = 60
"""How far a length in H:MM may be rounded, in seconds."""


@define
class Places:
    """Where the columns of a mapping stand in one table."""

    header: Header
    mapping: TableMapping
    one: dict[str, int | None] = field(factory=dict)
    topic: list[int] = field(factory=list)
    status: list[int] = field(factory=list)
    comments: list[int] = field(factory=list)
    kept: dict[str, list[int]] = field(factory=dict)
    stamps: list[int] = field(factory=list)
    lacking: list[str] = field(factory=list)

    def unread(self) -> Iterator[str]:
        """Yield the names of the columns that nothing reads."""
        header = self.header
        read = {place for name in self.mapping.columns for place in header.all(name)}
        read |= {place for found in self.kept.values() for place in found}
        for place, name in enumerate(header.names):
            if name and place not in read:
                yield name

    def text(self, cells: Sequence[str], role: str, missing: Container[str]) -> str | None:
        """Return the text in the column of a role; None where there is none."""
        place = self.one[role]
        if place is None:
            return None
        text = cells[place].strip()
        return None if text in missing else text

    def cell(self, cells: Sequence[str], name: str, missing: Container[str]) -> str | None:
        """Return the text in a column of the mapping; None where there is none."""
        if name not in self.one:
            self.one[name] = self.header.one(name)
        return self.text(cells, name, missing)

    def optional(self, name: str | None) -> int | None:
        """Return the place of a column that may lack; None where it does, which is kept."""
        if name is None:
            return None
        place = self.header.one(name)
        if place is None and name not in self.lacking:
            self.lacking.append(name)
        return place


def places_of(header: Header, mapping: TableMapping, keep: Iterable[str]) -> Places:
    """Return where a mapping's columns stand.

    Raises:
        InvalidLog: the table lacks one that it cannot do without; the message names all it has.
    """
    for name in mapping.essential:
        if not header.all(name):
            raise header.refused(name, "no column", f"the columns read {header.shown()}")
    places = Places(header, mapping)
    singles = (
        *STAMPS,
        *DATED,
        *UNTIMED,
        "priority",
        "channel",
        "requester",
        "creator",
        "requester_name",
    )
    for role in ("ticket", *singles):
        places.one[role] = places.optional(getattr(mapping, role))
    places.one["key"] = None if mapping.key is None else header.one(mapping.key)
    places.stamps = _stamps(places, mapping)
    places.status = [header.must(name) for name in mapping.status]
    topic = map(places.optional, mapping.topic)
    places.topic = [place for place in topic if place is not None]
    if mapping.comments is not None:
        places.comments = header.all(mapping.comments.column)
    for name in dict.fromkeys(keep):
        if found := header.all(name):
            places.kept[name] = found
    return places


def _stamps(places: Places, mapping: TableMapping) -> list[int]:
    """Return where the stamps stand; what may lack and does is kept."""
    figures = (*mapping.stated, *filter(None, (mapping.first_reply_time,)))
    for figure in figures:
        places.optional(figure.column)
    timed = [places.one[role] for role in STAMPS]
    if mapping.rating is not None:
        places.optional(mapping.rating.score)
        timed.append(places.optional(mapping.rating.at))
    return [place for place in timed if place is not None]


@frozen
class TicketRow:
    """What the parts of a row share.

    Attributes:
        ticket: the ticket's id.
        line: the line of the row.
        created: its creation.
        status: its present status.
        requester: who asked for help.
    """

    ticket: str
    line: int
    created: datetime
    status: Status
    requester: str | None


@define
class Undated:
    """The tickets of which no stamp tells since when their present status holds, by that status.

    Attributes:
        left: those that are over.
        stays: those that are not, or of which a stamp tells that they were solved.
    """

    left: dict[str, list[str]] = field(factory=dict)
    stays: dict[str, list[str]] = field(factory=dict)

    def add(self, ticket: str, status: str, *, left: bool) -> None:
        """Add a ticket with its status."""
        (self.left if left else self.stays).setdefault(status, []).append(ticket)

    def note(self, findings: Findings) -> None:
        """Note the statuses, each with its tickets."""
        for code, known in (("since_unknown", self.stays), ("left_unknown", self.left)):
            names = ", ".join(known)
            for tickets in known.values():
                for ticket in tickets:
                    findings.note(code, None, names, ticket=ticket)


class ListReader:
    """Reads the rows of tables of present values; `events` tells them when all are known."""

    def __init__(self, words: Words, instants: Instants, keep: Sequence[str]) -> None:
        self.words = words
        self.mapping = words.mapping
        self.findings = words.findings
        self.tally: Tally = words.tally
        self.instants = instants
        self.keep = keep
        self.drafts = Drafts()
        self.rows: dict[str, list[tuple[Places, int, list[str]]]] = {}
        self.initial = self._initial()
        self.undated = Undated()
        self.keys: dict[str, str] = {}
        self.figures: dict[tuple[int, str], StatedFigure] = {}
        self.count = 0

    def _initial(self) -> Status:
        given = self.mapping.initial or FIRST_STATUS
        return self.words.statuses.get(given.name, given)

    def take(self, header: Header, source: Iterable[tuple[int, list[str]]]) -> None:
        """Gather the rows of one file.

        Raises:
            InvalidLog: the table lacks an essential column; strictly, a row that is none.
        """
        places = places_of(header, self.mapping, self.keep)
        if places.lacking:
            names = ", ".join(places.lacking)
            self.findings.note("no_column", header.line, names, times=len(places.lacking))
        ignored = [
            (place, values)
            for name, values in self.mapping.ignore.items()
            for place in header.all(name)
        ]
        for name in places.unread():
            self.tally.left_out[f"column {name}"] += 1
        for line, cells in source:
            with self.reported():
                self._gather(places, ignored, line, cells)

    @contextmanager
    def reported(self, ticket: str = EVERY) -> Iterator[None]:
        """Go on after a row that was left out; whose it was may lack it."""
        try:
            yield
        except LeftOut as left:
            if left.code != "no_row":
                self.tally.incomplete.setdefault(ticket, left.code)

    def _gather(
        self,
        places: Places,
        ignored: Sequence[tuple[int, frozenset[str]]],
        line: int,
        cells: list[str],
    ) -> None:
        if not any(cells):
            self.findings.note("blank", line)
            return
        width = len(places.header.names)
        if len(cells) != width:
            if len([cell for cell in cells if cell.strip()]) == 1:
                self.findings.note("no_row", line)  # a note above or below the rows
                return
            self.words.refuse("cells", line, cells, f"{len(cells)} cells, {width} columns")
        for place, values in ignored:
            if cells[place] in values:
                self.tally.left_out[f"row of {places.header.names[place]} {cells[place]}"] += 1
                return
        ticket = cells[places.one["ticket"] or 0].strip()
        if ticket in self.words.missing:
            self.words.refuse("no_ticket", line, cells)
        versions = self.rows.setdefault(ticket, [])
        if any(cells == known[2] for known in versions):
            self.findings.note("dropped", line)
        else:
            versions.append((places, line, cells))

    def choose_formats(self) -> None:
        """Choose the formats of stamps by all rows.

        Raises:
            InvalidLog: days and months cannot be told apart.
        """
        if len(self.instants.formats) > 1:
            self.instants.choose(
                stamp
                for versions in self.rows.values()
                for places, _, cells in versions
                for stamp in self._stamps(places, cells)
            )

    def _stamps(self, places: Places, cells: Sequence[str]) -> Iterator[str]:
        for place in places.stamps:
            if (text := cells[place].strip()) not in self.words.missing:
                yield text
        comments = self.mapping.comments
        if comments is not None and comments.form[0] == "at":
            for place in places.comments:
                if text := cells[place]:
                    yield text.partition(comments.separator)[0].strip()

    def tell(self) -> None:
        """Draft the events of all rows.

        Raises:
            InvalidLog: strictly, a row that cannot be read; days and months not told apart.
        """
        self.choose_formats()
        for ticket, versions in self.rows.items():
            with self.reported(ticket):
                places, line, cells = versions[0]
                if len(versions) > 1:
                    places, line, cells = self._latest(ticket, versions)
                self.row(ticket, places, line, cells)
                self.count += 1
        self.undated.note(self.findings)

    def _latest(
        self, ticket: str, versions: Sequence[tuple[Places, int, list[str]]]
    ) -> tuple[Places, int, list[str]]:
        """Return the version that was updated last; of several, one that no order decides."""
        self.findings.note("ticket_twice", versions[1][1], ticket=ticket)

        def updated(version: tuple[Places, int, list[str]]) -> tuple[str, list[str]]:
            places, line, cells = version
            text = places.text(cells, "updated", self.words.missing)
            at = None
            if text is not None:
                with suppress(LeftOut):
                    at = self.instants.read(text, line, "bad_recorded")
            return "" if at is None else at.isoformat(), cells

        return max(versions, key=updated)

    def row(self, ticket: str, places: Places, line: int, cells: list[str]) -> None:
        """Draft the events of one ticket."""
        text = partial(places.text, cells, missing=self.words.missing)
        stamp = text("created")
        if stamp is None:
            self.words.refuse("no_time", line, cells)
        created = self.instants.read(stamp, line, "bad_time")
        if (key := text("key")) is not None:
            self.keys[key] = ticket
        status = self._status(places, cells, line)
        requester = self._person(text("requester"), "requester")
        if requester is None:
            requester = self._person(text("requester_name"), "requester_name")
        ticket_row = TicketRow(ticket, line, created, status, requester)
        fields = self._fields(places, cells)
        recorded = {name: self._recorded(text(name), ticket_row) for name in STAMPS[1:-1]}
        first = self._statuses(ticket_row, recorded)
        self._creation(ticket_row, places, cells, {"status": first, **fields})
        answered = self._comments(ticket_row, places, cells)
        if not answered:
            answered = self._first_reply(ticket_row, recorded["first_reply"], places, cells)
        self._rating(ticket_row, places, cells)
        decided = {"within_first_reply": answered, "within_resolution": status.category in SETTLED}
        self._stated(ticket_row, places, cells, decided)

    def _status(self, places: Places, cells: Sequence[str], line: int) -> Status:
        if not places.status:
            closed, solved = (
                places.text(cells, role, self.words.missing) is not None
                for role in ("closed", "solved")
            )
            return self.by_stamps(closed=closed, solved=solved)
        name = "/".join([cells[place].strip() for place in places.status])
        if name in self.words.missing:
            self.words.refuse("bad_status", line, cells, name)
        return self.words.status(name, line)

    def by_stamps(self, *, closed: bool, solved: bool) -> Status:
        """Return the status of a ticket of which only stamps tell it."""
        if closed:
            return self.named("closed")
        return self.named("solved") if solved else self.initial

    def _person(self, name: str | None, column: str) -> str | None:
        return None if name is None else self.words.person(name, column)

    def _creation(
        self, row: TicketRow, places: Places, cells: Sequence[str], fields: dict[str, Any]
    ) -> None:
        """Draft the creation: what moves has no first value here, only a present one."""
        creator = places.text(cells, "creator", self.words.missing)
        role: Role = self.mapping.opened_by
        if creator is not None:
            role = self._role(creator, "actor", row)
            creator = self.words.person(creator, "actor")
        by = By(role, creator, None, "snapshot")
        known = {"requester": row.requester}
        self.drafts.created(row.ticket, row.created, by, fields=known | fields)

    def _role(self, name: str, column: str, row: TicketRow) -> Role:
        known = self.words.person(name, column)
        if known == row.requester:
            return "customer"
        role = self.words.role(name, None)
        if role == "third_party" and self.words.roles.get(name) is None:
            self.tally.met("person", known, role)
        return role

    def _fields(self, places: Places, cells: Sequence[str]) -> dict[str, Any]:
        """Return what a ticket is said to have, without what moves."""
        words, text = self.words, partial(places.text, cells, missing=self.words.missing)
        told = {name: text(name) for name in (*UNTIMED, "priority", "channel")}
        fields: dict[str, Any] = {
            name: words.said(name, value) for name, value in told.items() if value is not None
        }
        group = text("group")
        fields["custom.group"] = None if group is None else words.group(group)
        fields["custom.agent"] = self._person(text("agent"), "agent")
        topics = [cells[place].strip() for place in places.topic]
        if not words.missing.issuperset(topics):
            fields["topic"] = "/".join(topic or "?" for topic in topics)
        for name, found in places.kept.items():
            kept = (cells[place] for place in found)
            fields[f"custom.{name}"] = ", ".join(filter(None, kept)) or None
        return fields

    def _recorded(self, text: str | None, row: TicketRow) -> datetime | None:
        """Return a recorded instant; None where there is none, or one that cannot be."""
        if text is None:
            return None
        with suppress(LeftOut):
            at = self.instants.read(text, row.line, "bad_recorded")
            if at >= row.created:
                return at
            self.findings.refuse("ends_before_start", row.line, row.ticket)
        return None

    def _statuses(self, row: TicketRow, recorded: dict[str, datetime | None]) -> Status:
        """Draft the statuses of which a stamp tells the time, and return the first one.

        One of which no stamp tells the time is noted.
        """
        told, holds = _told(row.status, recorded)
        solved, closed = recorded["solved"], recorded["closed"]
        if {*filter(None, (solved, closed))} - {*told.values()}:
            self.findings.note("settled_before", row.line, row.status.name, ticket=row.ticket)
        for order, (category, at) in enumerate(told.items()):
            known = row.status if row.status.category == category else self.named(category)
            self._changed(row, at, known, order)
        left = row.status.category in OVER and not told
        if left or not (holds or self.begins_in(row.status)):
            self.undated.add(row.ticket, row.status.name, left=left)
        return row.status if left else self.initial

    def begins_in(self, status: Status) -> bool:
        """Return whether a ticket may have had its present status from its creation on."""
        if status.category != self.initial.category:
            return False
        return status.name == self.initial.name or self.initial.name not in self.words.statuses

    def named(self, category: Category) -> Status:
        """Return the first status of a category that the mapping names."""
        known = self.words.statuses.values()
        return next(
            (each for each in known if each.category == category), Status(category, category)
        )

    def _changed(self, row: TicketRow, at: datetime, status: Status, order: int = 0) -> None:
        by = By("third_party", None, None, "snapshot")
        self.drafts.changed(row.ticket, at, by, fields={"status": status}, order=order)

    def _comments(self, row: TicketRow, places: Places, cells: Sequence[str]) -> bool:
        """Draft the messages of a row; return whether one of them is no requester's."""
        comments, answered = self.mapping.comments, False
        if comments is None:
            return False
        for place in places.comments:
            if not (text := cells[place].strip()):
                continue
            parts = dict(
                zip(
                    comments.form,
                    text.split(comments.separator, len(comments.form) - 1),
                    strict=False,
                )
            )
            try:
                at = self.instants.parsed(parts["at"].strip(), row.line)
            except (ValueError, KeyError):
                self.findings.note("bad_comment", row.line, ticket=row.ticket)
                continue
            actor = parts.get("actor", "").strip() or None
            role: Role = "third_party" if actor is None else self._role(actor, "actor", row)
            by = By(role, self._person(actor, "actor"), None, "snapshot")
            self.drafts.message(row.ticket, at, by, public=comments.public)
            self.findings.note("visibility_untold", row.line, ticket=row.ticket)
            answered |= role != "customer"
        return answered

    def _first_reply(
        self, row: TicketRow, at: datetime | None, places: Places, cells: Sequence[str]
    ) -> bool:
        """Draft the first reply that the system recorded, and return whether there is one."""
        figure = self.mapping.first_reply_time
        if at is None and figure is not None:
            text = places.cell(cells, figure.column, self.words.missing)
            length = None if text is None else self._figure(figure, text, row)
            if isinstance(length, timedelta) and length >= timedelta():
                with suppress(OverflowError):
                    at = row.created + length
        if at is not None:
            self.drafts.message(row.ticket, at, By("agent", None, None, "snapshot"), public=True)
        return at is not None

    def _rating(self, row: TicketRow, places: Places, cells: Sequence[str]) -> None:
        rating = self.mapping.rating
        word = None if rating is None else places.cell(cells, rating.score, self.words.missing)
        if rating is None or word is None or word in rating.none:
            return
        score = rating.words.get(word) if rating.words else number_of(word)
        low, high = rating.scale
        if score is None or not low <= score <= high:
            self.findings.note("bad_rating", row.line, masked(word), ticket=row.ticket)
            return
        stamp = None if rating.at is None else places.cell(cells, rating.at, self.words.missing)
        at = None if stamp is None else self._recorded(stamp, row)
        if at is None:
            self.findings.note("rating_untimed", row.line, ticket=row.ticket)
            return
        self.drafts.add(
            Rated(
                ticket_id=row.ticket,
                at=at,
                role="customer",
                actor=row.requester,
                basis="snapshot",
                kind=rating.kind,
                score=score,
                scale=(low, high),
            )
        )

    def _stated(
        self,
        row: TicketRow,
        places: Places,
        cells: Sequence[str],
        decided: Mapping[str, bool],
    ) -> None:
        """Keep what the tool computed; time left of what is not over decides nothing."""
        missing, known = self.words.missing, self.figures
        for number, figure in enumerate(self.mapping.stated):
            text = places.cell(cells, figure.column, missing)
            if text is None:
                continue
            told = known.get((number, text))
            if told is None:
                value = self._figure(figure, text, row)
                if value is None:
                    continue
                told = known[number, text] = stated_figure(figure, value)
            if not told.value or figure.yes or decided.get(figure.name, True):
                self.tally.states(row.ticket, told)

    def _figure(
        self, figure: Measured, text: str, row: TicketRow
    ) -> timedelta | datetime | int | None:
        """Return what a cell states; None where it states nothing that can be read."""
        if text in figure.none:
            self.findings.note("none_word", row.line, f"{figure.column} {text}", ticket=row.ticket)
            return None
        try:
            return self.value(figure, text, row.line)
        except ValueError:
            self.findings.note("bad_figure", row.line, masked(text), ticket=row.ticket)
            return None

    def value(self, figure: Measured, text: str, line: int) -> timedelta | datetime | int:
        """Return what a cell says of a figure.

        Raises:
            ValueError: the text says nothing of it.
        """
        if figure.name in INSTANTS:
            return self.instants.parsed(text, line)
        if figure.name in LENGTHS:
            return duration_of(text, figure.unit)
        if figure.name in FLAGS and (figure.yes or figure.no):
            if text not in figure.yes | figure.no:
                raise ValueError(text)
            return int(text in figure.yes)
        if figure.name in FLAGS:
            return int(duration_of(text, figure.unit or "clock") >= timedelta())
        whole = number_of(text)
        if whole is None or not 0 <= whole < MOST or whole != int(whole):
            raise ValueError(text)
        return int(whole)


MOST = 10**9


def stated_figure(figure: Measured, value: timedelta | datetime | int) -> StatedFigure:
    """Return what a column states as a figure of the system."""
    return StatedFigure(
        name=figure.name,
        native=figure.column,
        value=value,
        business=figure.business,
        within=_within(figure),
    )


def _told(
    present: Status, recorded: Mapping[str, datetime | None]
) -> tuple[dict[Category, datetime], bool]:
    """Return when a ticket was solved and closed, and whether that tells its present status."""
    solved, closed, settled = (recorded[name] for name in ("solved", "closed", "settled"))
    if present.category == "solved":
        at = solved or closed or settled
        return _known({"solved": at}), at is not None
    if present.category == "void":
        at = closed or settled
        return _known({"void": at}), at is not None
    if present.category != "closed":
        return {}, False
    if solved is None:
        closed = closed or settled
    elif closed is not None and closed < solved:
        solved = None
    return _known({"solved": solved, "closed": closed}), closed is not None


def _known(stamps: Mapping[Category, datetime | None]) -> dict[Category, datetime]:
    return {category: at for category, at in stamps.items() if at is not None}


def number_of(text: str) -> float | None:
    """Return the number that a cell says; None where it says none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return int(value) if value.is_integer() else value


def _within(figure: Measured) -> timedelta:
    """Return how far a length may be off because of how it is written."""
    return timedelta(seconds=WITHIN.get(figure.unit, CLOCKS if figure.unit == "clock" else 1))
