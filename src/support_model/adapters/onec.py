"""1C:ITILIUM and other service desks on 1C: tables of tickets, changes and comments into events.

1C writes the same tables as reports (text or a workbook, `read_tables`), as OData ("value") and,
without history, as the list of Itilium's REST service ("Incidents"), `read`. Which table a
document is, its columns tell. Every installation renames things, so columns, states, priorities
and kinds of comment are data with the names of the main products as the default (`Account`).
Stamps are local and without a zone: the account says `tz`. A list without any history is one of
present values: it tells how tickets began and what has a stamp, and no more.

Sources: 1C:Enterprise developer guide, standard OData interface; Itilium integration guide.
"""

from __future__ import annotations

import base64
import binascii
import re
import warnings
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from operator import eq, itemgetter, lt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from attrs import Factory, define, field

from support_model import _records as doc
from support_model._bounded_files import runs_backwards
from support_model._frozen import FrozenMap, frozen, frozen_parts
from support_model._ticket_data import STATUS
from support_model._vocabulary import (
    ROLES,
    Category,
    Priority,
    Role,
    Status,
    frozen_fields,
)
from support_model.adapters import _account
from support_model.adapters._drafts import GONE, By, Drafts, Frozen
from support_model.adapters._event_logs import EVERY, stated
from support_model.adapters._onec_cells import (
    NoClock,
    Unread,
    WallClock,
    amount,
    first,
    identifier,
    mark,
    marked,
    person,
    text,
)
from support_model.adapters._onec_people import People
from support_model.adapters._onec_tables import (
    BROKEN,
    Aliases,
    Layout,
    Table,
    kind_of,
    part_of,
    table_of,
    tables_of,
    titled,
)
from support_model.adapters._onec_tables import (
    KINDS as TABLES,
)
from support_model.adapters._onec_words import (
    BEGUN,
    CHANNELS,
    COLUMNS,
    DELETED,
    DONE,
    KINDS,
    MOVED,
    PEOPLE,
    PRIORITIES,
    RECORDED,
    STATUSES,
    plain,
    sorted_off,
)
from support_model.adapters._payloads import Node, Tally, pages_of, refuse_error, runs
from support_model.adapters._zones import zone_named
from support_model.errors import AdapterError, AmbiguousWallTime, SupportModelError
from support_model.events import Rated, Related, Worked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from support_model._vocabulary import Basis
    from support_model.adapters._event_logs import EventLog

__all__ = ["STATUSES", "Account", "read", "read_tables"]


T = TypeVar("T")
VENDOR = "onec"
TITLE = "1C Service Desk"
HOLDERS = ("value", "Incidents")
"""Keys of OData and of REST that hold rows."""
METADATA = ("odata.metadata", "@odata.context", "odata.context")
MORE = ("odata.nextLink", "@odata.nextLink", "nextLink")
COUNTS = ("odata.count", "@odata.count", "count")
NAMED = re.compile(r"(?=\D{0,40}\d)[\w./-]{1,40}")
"""What a document may be called in a message."""
DEEPEST = 3
"""How far documents may lie inside a document."""
ENDED = frozenset({"solved", "closed", "void"})
PLAIN = frozenset(RECORDED)
CHECKED = frozenset({str, Status, Priority})
"""Values that are checked once they are made."""
NO_FIELDS = frozenset({"rating", "deleted", ""})
"""What is recorded beside fields; "" is what is left out."""
UNKNOWN = By("third_party", None, None, "snapshot")
"""Who made what a present value says."""
MINUTE = timedelta(minutes=1)


def _columns(given: Mapping[str, str | Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    return FrozenMap(
        {key: (names,) if isinstance(names, str) else tuple(names) for key, names in given.items()}
    )


def _kept(given: Mapping[str, T]) -> Mapping[str, T]:
    return FrozenMap({key: frozen_parts(value) for key, value in given.items()})


def _zone(tz: str | ZoneInfo | None) -> ZoneInfo | None:
    return zone_named(tz) if isinstance(tz, str) else tz


@frozen(kw_only=True)
class Account(_account.Account):
    """What names mean in one installation, beside what every account says.

    Attributes:
        columns: the columns of a meaning, beside `COLUMNS` or before its entries where a table
            has one of them; a meaning `custom.<name>` carries any further attribute.
        names: what references (`..._Key`) and short names stand for, such as catalogs give them.
        kinds: who speaks in a comment of each kind, and whether in public, beside `KINDS`.
        channels: the channel of each way to ask, beside `CHANNELS`.
        scale: lowest and highest score of a rating.
        initial: the status of a ticket whose history does not tell its first one.
        tz: the zone of the server's clock, also as its offset: "UTC+5".

    Raises:
        InvalidMapping: an unknown role or way to call people.
        UnknownZone: nothing is called so.

    Example:
        >>> account = Account(tz="UTC+5", columns={"group": "Отдел"})
        >>> account.tz.key, account.columns["group"]
        ('Etc/GMT-5', ('Отдел',))
    """

    columns: Mapping[str, tuple[str, ...]] = field(
        factory=FrozenMap, converter=_columns, hash=False
    )
    names: Mapping[str, str] = field(factory=FrozenMap, converter=_kept, hash=False)
    kinds: Mapping[str, tuple[Role, bool]] = field(factory=FrozenMap, converter=_kept, hash=False)
    channels: Mapping[str, str] = field(factory=FrozenMap, converter=_kept, hash=False)
    scale: tuple[float, float] = field(default=(1, 5), converter=tuple)
    initial: Status = BEGUN
    tz: ZoneInfo | None = field(default=None, converter=_zone)


STANDARD = Account()
"""The products' own names."""
OWN_KEYS = (
    doc.optional("columns", doc.table_of(doc.either(doc.TEXT, doc.list_of(doc.TEXT, 1)))),
    doc.optional("names", doc.table_of(doc.TEXT)),
    doc.optional(
        "kinds",
        doc.table_of(
            doc.Record(
                dict,
                doc.required("role", doc.one_of(ROLES)),
                doc.required("public", doc.leaf("boolean")),
                make=lambda role, public: (role, public),
            )
        ),
    ),
    doc.optional("channels", doc.table_of(doc.TEXT)),
    doc.optional("scale", doc.row_of(doc.leaf("number"), doc.leaf("number"))),
    doc.optional("initial", STATUS),
)
"""The keys of an account file in its table `[onec]`."""


def read(payloads: object, account: _account.Account = STANDARD) -> EventLog:
    """Return the events of tables of 1C, as OData or Itilium's REST service answers them.

    A ticket row states the present; what it was at its creation is the old value of the first
    recorded change, and the present value where no change is recorded. Without any history the
    reading is one of present values. A ticket is called by its reference (`Ref_Key`,
    `linkUuid`) where the table has it, since numbers begin anew each year, else by its number,
    which stays text. Who is not the requester, and does not only write as customers do, is staff.

    Args:
        payloads: documents in any order: tickets, registers of changes or states, comments,
            catalogs of names; also several of them in one, under keys of any name.
        account: what names mean.

    Raises:
        AdapterError: a document is none of these, or an error of the interface; no table of
            tickets; a table without a column of the requester, or of any status.
        NaiveDatetime: a local stamp, and the account says no `tz`.

    Example:
        >>> documents = {"odata.metadata": "x/odata/standard.odata/$metadata#Document_Request",
        ...     "value": [{"Ref_Key": "04b522d0-c541-2748-91f8-aef7955633a5", "Number": "7",
        ...     "Date": "2026-03-02T09:00:00", "Status": "New",
        ...     "Client_Key": "e37f0136-aa3f-faf1-49b3-51f6a4c948e9"}]}
        >>> read(documents, Account(tz="Europe/Moscow")).events[0].at.isoformat()
        '2026-03-02T06:00:00+00:00'
    """
    reader = _Reader(account)
    for page in pages_of(VENDOR, payloads):
        reader.take(page)
    return reader.reading(stacklevel=3)


def read_tables(
    tables: Mapping[str, Sequence[Sequence[str]]], account: _account.Account = STANDARD
) -> EventLog:
    """Return the events of lists and reports that were saved as text or as a workbook.

    Titles, parameters and filters above a header, totals below it and headers that come again
    are passed over, and counted. The values of group rows belong to the rows below them.

    Args:
        tables: by the name of its file, all lines of a table, each a list of cells.
        account: what names mean.

    Raises:
        AdapterError: no table of tickets; one without a column of the ticket, its creation, the
            requester, or without any status; dates without a time of day.
        NaiveDatetime: see `read`.

    Example:
        >>> rows = [["Список обращений"], [], ["Номер", "Дата", "Инициатор", "Состояние"],
        ...     ["7", "02.03.2026 9:00:00", "Ivan", "Новая"], ["Итого", "", "", "1"]]
        >>> log = read_tables({"list.csv": rows}, Account(tz="Europe/Moscow"))
        >>> [(event.at.hour, event.basis) for event in log.events]
        [(6, 'snapshot')]
    """
    reader = _Reader(account)
    for name, rows in tables.items():
        reader.take_table(name, rows)
    return reader.reading(stacklevel=3)


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a parsed document is one of 1C, "" where it is not.

    Example:
        >>> recognized({"Incidents": [{"linkUuid": "0", "state": "01_New"}]})
        "the list of Itilium's REST service"
    """
    return _recognized(value, 0)


def recognized_rows(rows: Sequence[Sequence[str]]) -> str:
    """Return why a table is one of 1C, "" where it is not: Russian titles that 1C writes.

    Example:
        >>> recognized_rows([["Список обращений"], ["Номер", "Дата", "Инициатор", "Состояние"]])
        'columns of 1C'
    """
    known = _aliases({}).titles()
    for line in rows[:TITLES]:
        titles = [cell for cell in line if cell.strip()]
        held = sum(titled(cell) in known for cell in titles if not cell.isascii())
        if held >= 3 and 2 * held >= len(titles):
            return "columns of 1C"
    return ""


TITLES = 40
"""Lines of a table among which its header is looked for."""


def _recognized(value: Any, depth: int) -> str:  # noqa: ANN401 - JSON types
    if isinstance(value, list):
        return _recognized(value[0], depth + 1) if value and depth < DEEPEST else ""
    if not isinstance(value, Mapping) or depth > DEEPEST:
        return ""
    if why := _recognized_form(value):
        return why
    inside = (each for each in value.values() if isinstance(each, Mapping))
    return next(filter(None, (_recognized(each, depth + 1) for each in inside)), "")


def _recognized_form(value: Mapping[str, Any]) -> str:
    if isinstance(value.get("odata.error"), Mapping):
        return "an error of the OData interface of 1C"
    rows = value.get("Incidents")
    if isinstance(rows, list) and all(
        isinstance(row, Mapping) and "linkUuid" in row for row in rows[:1]
    ):
        return "the list of Itilium's REST service"
    rows = value.get("value")
    if _entity(value) or (isinstance(rows, list) and _is_row(rows[:1])):
        return "OData of 1C"
    return "rows of 1C" if _is_row([value]) else ""


def _entity(document: Mapping[str, Any]) -> str:
    """Return what OData calls the rows of a document; "" where it does not say."""
    for key in METADATA:
        said = document.get(key)
        if isinstance(said, str) and ("standard.odata" in said or "$metadata#" in said):
            name = said.rpartition("#")[2].partition("/")[0]
            if name.split("_")[0] in ENTITIES or "standard.odata" in said:
                return name or "?"
    return ""


ENTITIES = frozenset(
    {
        *("Document", "InformationRegister", "AccumulationRegister", "Catalog", "Task"),
        *("BusinessProcess", "DocumentJournal", "ChartOfCharacteristicTypes"),
    }
)


def _is_row(rows: Iterable[Any]) -> bool:
    """Return whether some objects are rows as only 1C writes them."""
    known = _aliases({}).titles()
    return any(
        isinstance(row, Mapping)
        and ("Ref_Key" in row or sum(_is_russian(key) and titled(key) in known for key in row) > 2)
        for row in rows
    )


def _is_russian(key: object) -> bool:
    return isinstance(key, str) and not key.isascii()


def _aliases(own: Mapping[str, tuple[str, ...]]) -> Aliases:
    def names(given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {key: tuple(map(titled, each)) for key, each in given.items()}

    return Aliases(names(own), _usual().columns)


class _Usual(NamedTuple):
    """The words of the product as words compare."""

    columns: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[Role, bool]]
    channels: dict[str, str]
    statuses: dict[str, Category]
    ranks: dict[str, int]


@cache
def _usual() -> _Usual:
    """Return the words of the product; they are some hundreds, so they are made once."""
    return _Usual(
        {key: tuple(map(titled, each)) for key, each in COLUMNS.items()},
        {plain(key): kind for key, kind in KINDS.items()},
        {plain(key): channel for key, channel in CHANNELS.items()},
        {plain(key): category for key, category in STATUSES.items()},
        {plain(key): rank for key, rank in PRIORITIES.items()},
    )


class _Change(NamedTuple):
    """One recorded change of one attribute; `old` is None where it was empty or is not stated."""

    at: datetime
    line: int
    turn: int
    author: str | None
    field: str
    old: Any
    new: Any
    told: bool


_new: Any = tuple.__new__  # a named tuple in half the time of its own call


class _Comment(NamedTuple):
    """A comment: who speaks in which kind of it, and whether it is said to be internal."""

    at: datetime
    line: int
    author: str | None
    kind: str | None
    internal: bool | None


@define
class _Ticket:
    """A ticket row, and what other tables say of it."""

    id: str
    number: str
    at: datetime
    row: Mapping[str, Any]
    table: Table
    place: str
    requester: str | None = None
    author: str | None = None
    changes: list[_Change] = Factory(list)
    comments: list[_Comment] = Factory(list)
    works: list[tuple[datetime, str | None, float]] = Factory(list)
    seen: dict[Any, list[Any]] = Factory(dict)
    customers: frozenset[str] = frozenset()
    cut: bool = False


class _Reader:
    """What one reading knows: the account, the server's clock, the tables, what was odd."""

    def __init__(self, account: _account.Account) -> None:
        own = account if isinstance(account, Account) else _widened(account)
        self.account, self.tally = own, Tally(VENDOR)
        self.clock = WallClock(own.tz)
        self.people = People(own, own.names, self.tally)
        self.aliases = _aliases(own.columns)
        self.words = _Words(own, self.tally, self.people)
        self.tables: list[Table] = []
        self.pages: dict[tuple[str, str], list[tuple[bool, int]]] = {}
        self.found: dict[str, _Ticket] = {}
        self.numbers: dict[str, list[_Ticket]] = {}
        self.drafts = Drafts()
        self._authors: dict[str, str] = {}
        self.customers: frozenset[str] = frozenset()
        self.has_history = self.reported = self.told = False
        custom = (name for name in (*COLUMNS, *own.columns) if name.startswith("custom."))
        self.fields = tuple(dict.fromkeys((*RECORDED, *custom)))

    # what a payload holds

    def take(self, page: Node, depth: int = 0) -> None:
        """Take the tables of one document.

        Raises:
            AdapterError: an error of the interface, or no rows.
        """
        value = page.value
        if isinstance(value, list | tuple):
            self._take_list(page, depth)
            return
        if not isinstance(value, Mapping):
            page.refuse("no rows", "expected an answer of OData or of Itilium's REST service")
        refuse_error(page, HOLDERS)
        holder = next((key for key in HOLDERS if isinstance(value.get(key), list | tuple)), "")
        if holder:
            entity = holder if holder == "Incidents" else _entity(value)
            self._take_rows(page[holder], entity, value)
        elif _entity(value) or self._known_row(value):
            self._take_rows(Node(VENDOR, [value], page.path), _entity(value), {})
        else:
            self._take_inside(page, depth)

    def _take_inside(self, page: Node, depth: int) -> None:
        """Take the documents that stand under keys of any name."""
        inside = [
            key for key, each in page.value.items() if isinstance(key, str) and _holds_rows(each)
        ]
        if not inside or depth >= DEEPEST:
            page.refuse("no rows", "expected 'value' (OData) or 'Incidents' (REST)")
        for key in inside:
            self.take(page[key], depth + 1)

    def _take_list(self, page: Node, depth: int) -> None:
        """Take a list of documents, or of rows."""
        each = page.items()
        if not each:
            page.refuse("no rows", "expected an answer of OData or of Itilium's REST service")
        if depth < DEEPEST and any(
            isinstance(one.value, Mapping)
            and any(key in one.value for key in (*HOLDERS, *METADATA))
            for one in each
        ):
            for one in each:
                self.take(one, depth + 1)
        elif any(isinstance(one.value, Mapping) and one.value for one in each):
            self._take_rows(page, "", {})
        else:
            page.refuse("no rows", "expected a list of objects")

    def _known_row(self, row: Mapping[str, Any]) -> bool:
        return bool(kind_of(Layout(row, self.aliases), [row])) if len(row) > 2 else False

    def _take_rows(self, node: Node, entity: str, page: Mapping[str, Any]) -> None:
        rows: list[Mapping[str, Any]] = []
        for row in node.value:
            if row.__class__ is not dict and not isinstance(row, Mapping):
                rows.append({BROKEN: "not an object"})
            elif "RecordSet" in row and isinstance(row.get("RecordSet"), list):
                outer = {key: value for key, value in row.items() if key != "RecordSet"}
                rows += [
                    {**outer, **each} if isinstance(each, Mapping) else {BROKEN: "not an object"}
                    for each in row["RecordSet"]
                ]
            else:
                rows.append(row)
        table = table_of(node.path or "value", rows, self.aliases, entity)
        self.tables.append(table)
        self._note_page(table, page)

    def _note_page(self, table: Table, page: Mapping[str, Any]) -> None:
        """Keep what a page says of further ones."""
        more = any(page.get(key) for key in MORE)
        counts = [str(page[key]) for key in COUNTS if key in page]
        count = max(
            (int(each[:20]) for each in counts if each.isdecimal() and each.isascii()), default=0
        )
        self.pages.setdefault((table.kind, table.entity), []).append((more, count))

    def take_table(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        """Take the tables of one file."""
        self.tables += tables_of(name, rows, self.aliases)

    # what the tables hold

    def reading(self, stacklevel: int) -> EventLog:
        """Return the events of all tables."""
        self._must_hold()
        self._note_around()
        for table in self._of("names"):
            self._learn_names(table)
        for table in self._of("tickets"):
            self._learn_pairs(table)
            self._tickets(table)
        self._identify()
        self._acts()
        self._meet()
        for ticket in sorted(self.found.values(), key=lambda each: (each.at, each.id)):
            _Log(self, ticket).write()
        self._count_columns()
        self._note_clock(stacklevel + 1)
        if self.found and not self.has_history:
            self.tally.noted.note("list_export", None)
        return self.tally.reading(self.drafts)

    def _note_around(self) -> None:
        for table in self.tables:
            for line in table.around:
                self.tally.noted.note("no_row", None)
                part = part_of(line)
                if part:
                    self.tally.noted.note("filtered", None, part)

    def _acts(self) -> None:
        """Read what was done to the tickets."""
        history = [*self._of("changes"), *self._of("states")]
        self.reported = bool(self._of("changes"))
        self.has_history = bool(history)
        for table in history:
            self._learn_pairs(table)
            self._history(table)
        for table in self._of("comments"):
            self._learn_pairs(table)
            self._comments(table)
        for table in self._of("works"):
            self._works(table)
        self._inside()
        self._all_pages([*history, *self._of("comments")])

    def _of(self, kind: str) -> list[Table]:
        return [table for table in self.tables if table.kind == kind]

    def _must_hold(self) -> None:
        """Refuse what holds no table of tickets, or one without an essential column."""
        tickets = [table for table in self._of("tickets") if table.rows]
        if not tickets:
            self._refuse_no_tickets([table for table in self.tables if table.kind and table.rows])
            return

        def told(meaning: str) -> bool:
            return any(table.layout.has(meaning) for table in tickets)

        listed = any(table.entity == "Incidents" for table in tickets)  # of whoever asks for it
        essential = {
            "ticket": told("ticket"),
            "created": told("created"),
            "requester": listed or told("requester"),
            "status": any(map(self._tells_status, self.tables)),
        }
        for meaning, there in essential.items():
            if not there:
                self._refuse_missing(tickets[0], meaning)

    def _tells_status(self, table: Table) -> bool:
        if table.kind == "changes":
            keys = table.layout.columns("attribute")
            return table.layout.has("new_status") or any(
                self.words.meaning(each) == "status"
                for row in table.rows
                if isinstance(each := first(row, keys), str)
            )
        return table.kind in {"tickets", "states"} and table.layout.has("status", "states")

    def _refuse_missing(self, table: Table, meaning: str) -> None:
        for each in TICKET_COLUMNS:
            table.layout.columns(each)
        unread = ", ".join(map(repr, table.layout.unread()[:20])) or "none"
        names = ", ".join((*self.account.columns.get(meaning, ()), *COLUMNS[meaning][:6]))
        problem = f"no column for the {meaning} (columns not read: {unread})"
        hint = f"expected one of {names}; name yours in columns of the account"
        raise AdapterError(VENDOR, table.path, None, problem, hint)

    def _refuse_no_tickets(self, known: list[Table]) -> None:
        if known:
            there = ", ".join(f"{TABLES[table.kind]} ({len(table.rows)} rows)" for table in known)
            hint = "add the list of tickets: number, date, requester, status"
            problem = f"no list of tickets; there is {there}"
            raise AdapterError(VENDOR, known[0].path, None, problem, hint)
        for table in self.tables:
            if table.rows and any(row.keys() - {BROKEN} for row in table.rows):
                essential = ("ticket", "created", "requester", "status")
                for meaning in essential:
                    if not table.layout.has(meaning):
                        self._refuse_missing(table, meaning)
                self._refuse_missing(table, "ticket")
        if any(table.rows for table in self.tables):
            raise AdapterError(VENDOR, self.tables[0].path, None, "no rows", "check the export")

    def _learn_names(self, table: Table) -> None:
        """Learn names of references from a catalog."""
        for row in table.rows:
            reference, name = row.get("Ref_Key"), first(row, ("Description", "Наименование"))
            if isinstance(reference, str) and isinstance(name, str):
                self.people.learn(reference, name.strip())
                self.words.names.setdefault(reference, name.strip())

    def _learn_pairs(self, table: Table) -> None:
        """Learn names of people where a table has both their references and presentations."""
        for meaning in PEOPLE:
            keys = table.layout.columns(meaning)
            references = [key for key in keys if key.casefold().endswith("_key")]
            names = [key for key in keys if key.casefold().endswith("____presentation")]
            if references and names:
                for row in table.rows:
                    reference, name = first(row, references[:1]), first(row, names[:1])
                    if isinstance(reference, str) and isinstance(name, str):
                        self.people.learn(reference, " ".join(name.split()))

    def _unread(self, table: Table, number: int, problem: str, ticket: str | None = None) -> None:
        self.tally.unread(Node(VENDOR, None, table.place(number)), ticket, problem)

    def _tickets(self, table: Table) -> None:
        """Read the rows of a table of tickets."""
        layout = table.layout
        named = _identifying(layout)
        for meaning in (*TICKET_COLUMNS, *self.fields):
            if keys := layout.columns(meaning):
                table.columns[meaning] = keys
        table.fields = tuple(name for name in self.fields if name in table.columns)
        created, numbered = layout.columns("created"), layout.columns("number")
        requesters, authors = layout.columns("requester"), layout.columns("author")
        clockless = 0
        for number, row in enumerate(table.rows):
            try:
                ticket_id = self._named(row, named, "ticket")
                stamp = first(row, created)
                if stamp is None:
                    self._unread(table, number, "no date of creation", ticket_id)
                    continue
                at = self.clock.instant(stamp)
                own = first(row, numbered)
                ticket = _Ticket(
                    ticket_id, ticket_id if own is None else identifier(own)[0], at, row, table,
                    table.place(number),
                )  # fmt: skip
            except Unread as error:
                clockless += isinstance(error, NoClock)
                self._unread(table, number, error.problem)
                continue
            ticket.requester = self._person(row, requesters, table, number, ticket_id)
            ticket.author = self._person(row, authors, table, number, ticket_id)
            self.numbers.setdefault(ticket.id, []).append(ticket)
        if clockless and clockless == len(table.rows):
            problem = f"{created[0]!r} holds dates without a time of day: no hours can be told"
            hint = "show the time too: the format 'date and time' (ДЛФ=DT) of the list's column"
            raise AdapterError(VENDOR, table.path, None, problem, hint)

    def _named(self, row: Mapping[str, Any], keys: Iterable[str], what: str) -> str:
        if BROKEN in row:
            raise Unread(str(row[BROKEN]))
        value = first(row, keys)
        if value is None:
            problem = f"no {what}"
            raise Unread(problem)
        return identifier(value)[0]

    def _person(
        self, row: Mapping[str, Any], keys: Iterable[str], table: Table, number: int, ticket: str
    ) -> str | None:
        value = first(row, keys)
        if value is None:
            return None
        try:
            return self._author(value)
        except Unread as error:
            self._unread(table, number, f"a person: {error.problem}", ticket)
            return None

    def _author(self, value: Any) -> str:  # noqa: ANN401 - JSON types
        """Return what calls the author of a row; most rows are of few people."""
        if value.__class__ is not str:
            return person(value)
        known = self._authors.get(value)
        if known is None:
            known = self._authors[value] = person(value)
        return known

    def _identify(self) -> None:
        """Tell tickets of one number apart by their years, and take one version of each."""
        rows, self.numbers = self.numbers, {}
        for name, versions in rows.items():
            if len(versions) == 1:
                self.found[name] = versions[0]
                self.numbers.setdefault(versions[0].number, []).append(versions[0])
                continue
            years: dict[int, list[_Ticket]] = {}
            for each in versions:
                years.setdefault(self._local_year(each.at), []).append(each)
            for same in years.values():
                ticket = self._latest(same)
                if len(years) > 1:
                    ticket.id = f"{name} от {self._local_day(ticket.at)}"
                    self.tally.noted.note("same_number", None, ticket=ticket.id)
                self.found[ticket.id] = ticket
                self.numbers.setdefault(ticket.number, []).append(ticket)

    def _local_year(self, at: datetime) -> int:
        return int(self._local_day(at)[-4:])

    def _local_day(self, at: datetime) -> str:
        try:
            local = at if self.account.tz is None else at.astimezone(self.account.tz)
        except OverflowError:
            local = at
        return f"{local:%d.%m}.{local.year:04}"

    def _latest(self, versions: list[_Ticket]) -> _Ticket:
        """Return the latest version of one ticket; exact repetitions are none."""
        latest = versions[0]
        for other in versions[1:]:
            if other.row == latest.row:
                self.tally.noted.note("dropped", None, "tickets", ticket=latest.id)
                continue
            self.tally.noted.note("two_versions", None, ticket=latest.id)
            latest = max(latest, other, key=_version)
        return latest

    def _ticket_of(self, value: Any) -> _Ticket | None:  # noqa: ANN401 - JSON types
        """Return the ticket that a cell of another table names; None where it is in no table."""
        name, date = identifier(value)
        if name in self.found:
            return self.found[name]
        several = self.numbers.get(name) or self.numbers.get(name.lstrip("0"), [])
        if len(several) > 1 and date:
            several = [each for each in several if _of_day(date, self._local_day(each.at))]
        if len(several) > 1:
            for each in several:
                self.tally.cut(each.id, "cut_history")
                each.cut = True
            problem = "a number of several tickets; export the reference of the document too"
            raise Unread(problem)
        return several[0] if several else None

    def _rows(self, table: Table) -> Iterator[tuple[int, Mapping[str, Any], _Ticket]]:
        """Yield the rows of another table with the ticket that each is of."""
        keys = _referring(table.layout)
        known: dict[Any, _Ticket | None] = {}
        for number, row in enumerate(table.rows):
            value = None if BROKEN in row else first(row, keys)
            if value is None:
                self._unread(table, number, str(row.get(BROKEN, "no ticket")))
                continue
            if row.get("Active") is False and "Recorder" in row:
                self.tally.left_out["record that is not active"] += 1
                continue
            try:
                if value.__class__ is not str:
                    ticket = self._ticket_of(value)
                elif value in known:
                    ticket = known[value]
                else:
                    ticket = known[value] = self._ticket_of(value)
            except Unread as error:
                self._unread(table, number, error.problem)
                continue
            if ticket is None:
                self.tally.left_out[f"{table.kind} of a ticket that is not in the table"] += 1
            else:
                yield number, row, ticket

    def _history(self, table: Table) -> None:
        """Read a table of changes, or a register of states."""
        layout = table.layout
        stamps, lines = layout.columns("at"), layout.columns("line_number")
        authors = layout.columns("author")
        cells = self._cells(layout)
        found: list[tuple[_Ticket, list[_Change]]] = []
        for number, row, ticket in self._rows(table):
            try:
                at = self.clock.instant(first(row, stamps))
                line = _line(first(row, lines)) if lines else 0
                value = first(row, authors)
                author = None if value is None else self._author(value)
                changed = [*cells(row)]
            except Unread as error:
                self._unread(table, number, error.problem, ticket.id)
                continue
            if not changed:
                self._unread(table, number, "a change of nothing", ticket.id)
            fresh = [
                _new(_Change, (at, line, number, author, *each))
                for each in changed
                if self._fresh(ticket, (at, line, author, *each))
            ]
            if fresh:
                found.append((ticket, fresh))
        self._forward(table, found)
        self._cut_by_period(table)

    def _fresh(self, ticket: _Ticket, key: tuple[Any, ...]) -> bool:
        """Return whether a record is no exact repetition."""
        seen = ticket.seen
        try:
            count = len(seen)
            seen.setdefault(key, _SEEN)
            if len(seen) > count:
                return True
        except TypeError:  # something that is no cell
            return True
        self.tally.noted.note("dropped", None, "history", ticket=ticket.id)
        return False

    def _cells(self, layout: Layout) -> Any:  # noqa: ANN401 - a function of a row
        """Return what yields (field, old, new, whether the old value is told) of a row."""
        attributes, olds, news = map(layout.columns, ("attribute", "old", "new"))
        self.told = self.told or layout.has("old", "old_status")
        if attributes:

            def changed(row: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any, bool]]:
                name = first(row, attributes)
                if name is None:
                    problem = "no attribute"
                    raise Unread(problem)
                meant = self.words.meaning(text(name))
                if not meant:
                    self.tally.left_out[f"attribute {text(name)}"] += 1
                old, new = first(row, olds), first(row, news)
                if meant == "status" and new is None:
                    problem = "a state changed to nothing"
                    raise Unread(problem)
                yield meant, old, new, True

            return changed
        before, after = layout.columns("old_status"), layout.columns("new_status")
        columns = [(name, layout.columns(name)) for name in (*RECORDED, "rating", "deleted")]
        columns = [(name, keys) for name, keys in columns if keys]

        def stated(row: Mapping[str, Any]) -> Iterable[tuple[str, Any, Any, bool]]:
            if after and (new := first(row, after)) is not None:
                return [("status", first(row, before), new, bool(before))]
            return [
                (name, None, value, False)
                for name, keys in columns
                if (value := first(row, keys)) is not None and value is not False
            ]

        return stated

    def _forward(self, table: Table, found: list[tuple[_Ticket, list[_Change]]]) -> None:
        """Give changes to their tickets, and note where the table runs backwards."""
        backwards: set[str] = set()
        if not table.layout.columns("line_number"):
            of_each: dict[str, list[datetime]] = {}
            for ticket, changes in found:
                of_each.setdefault(ticket.id, []).append(changes[0].at)
            stamps = [changes[0].at for _, changes in found]
            turned = runs_backwards(stamps, of_each.values())
            backwards = {name for name, turn in zip(of_each, turned, strict=True) if turn}
            if backwards:
                self.tally.noted.note("newest_first", None)
        for ticket, changes in found:
            if ticket.id in backwards:
                changes[:] = [each._replace(turn=-each.turn) for each in changes]
            ticket.changes += changes

    def _cut_by_period(self, table: Table) -> None:
        """Note the tickets that are older than the period of a report of their history."""
        if not table.begins:
            return
        try:
            begins = self.clock.instant(f"{table.begins} 0:00:00")
        except Unread:
            return
        for ticket in self.found.values():
            if ticket.at < begins:
                self.tally.cut(ticket.id, "cut_history")
                ticket.cut = True

    def _comments(self, table: Table, owner: _Ticket | None = None) -> None:
        """Read comments, of one ticket where they stand inside its row."""
        said = self._said(table.layout)
        texts = table.layout.columns("text")
        rows = self._rows(table) if owner is None else self._own_rows(table, owner)
        stamped: list[datetime] = []
        for number, row, ticket in rows:
            try:
                comment = said(row)
            except Unread as error:
                self._unread(table, number, error.problem, ticket.id)
                continue
            words = first(row, texts)
            earlier = ticket.seen.setdefault(comment, [])
            if (comment.line and earlier) or words in earlier:
                self.tally.noted.note("dropped", None, "comments", ticket=ticket.id)
                continue
            earlier.append(words)
            stamped.append(comment.at)
            ticket.comments.append(comment)
        if owner is None and runs_backwards(stamped, [stamped])[0]:
            self.tally.noted.note("newest_first", None)

    def _said(self, layout: Layout) -> Callable[[Mapping[str, Any]], _Comment]:
        """Return what makes a comment of a row."""
        stamps, authors, kinds = map(layout.columns, ("at", "author", "kind"))
        internals, publics = layout.columns("internal"), layout.columns("public")
        lines, instant = layout.columns("line_number"), self.clock.instant

        def said(row: Mapping[str, Any]) -> _Comment:
            author, kind = first(row, authors), first(row, kinds)
            return _Comment(
                instant(first(row, stamps)),
                _line(first(row, lines)) if lines else 0,
                None if author is None else self._author(author),
                None if kind is None else text(kind),
                _is_internal(first(row, internals), first(row, publics)),
            )

        return said

    def _own_rows(
        self, table: Table, owner: _Ticket
    ) -> Iterator[tuple[int, Mapping[str, Any], _Ticket]]:
        for number, row in enumerate(table.rows):
            if BROKEN in row:
                self._unread(table, number, "not an object", owner.id)
            else:
                yield number, row, owner

    def _inside(self) -> None:
        """Read the comments and states that stand inside the rows of tickets."""
        layouts: dict[tuple[Any, ...], Layout] = {}
        for ticket in self.found.values():
            for meaning in ("comments", "states"):
                keys = ticket.table.columns.get(meaning)
                rows = first(ticket.row, keys) if keys else None
                if not keys or not isinstance(rows, list | tuple):
                    continue
                each = [row if isinstance(row, Mapping) else {BROKEN: ""} for row in rows]
                form = tuple(dict.fromkeys(key for row in each for key in row))
                layout = layouts.setdefault(form, Layout(form, self.aliases))
                table = Table(meaning, f"{ticket.place}.{keys[0]}", each, layout)
                if meaning == "comments":
                    self._comments(table, ticket)
                else:
                    self._inner_states(table, ticket)

    def _inner_states(self, table: Table, ticket: _Ticket) -> None:
        table.rows = [
            row if BROKEN in row else {**row, "Ref_Key": ticket.id} for row in table.rows
        ]
        table.layout = Layout((*table.layout.native.values(), "Ref_Key"), self.aliases)
        self.has_history = True
        self._history(table)

    def _works(self, table: Table) -> None:
        """Read records of work done."""
        layout = table.layout
        stamps, authors, efforts = map(layout.columns, ("at", "author", "effort"))
        for number, row, ticket in self._rows(table):
            try:
                at, hours = self.clock.instant(first(row, stamps)), amount(first(row, efforts))
                value = first(row, authors)
                author = None if value is None else person(value)
            except Unread as error:
                self._unread(table, number, error.problem, ticket.id)
                continue
            if self._fresh(ticket, ("work", at, author, hours)):
                ticket.works.append((at, author, hours))

    def _all_pages(self, acts: list[Table]) -> None:
        """Note where the pages of a table say that there are more of them."""
        held: dict[tuple[str, str], int] = {}
        for table in self.tables:
            key = (table.kind, table.entity)
            held[key] = held.get(key, 0) + len(table.rows)
        moving = {(table.kind, table.entity) for table in acts}
        for key, pages in self.pages.items():
            counted = max(count for _, count in pages)
            more = all(more for more, _ in pages)
            if not more and counted <= held[key]:
                continue
            name = key[1] or key[0]
            sign = f"{name}: odata.nextLink is given" if more else f"{name}: {counted} counted"
            self.tally.cut(EVERY, "more_pages", f"{sign}, {held[key]} there")
            if key in moving:
                for ticket in self.found.values():
                    ticket.cut = True

    def _meet(self) -> None:
        """Learn who all people are, and who speaks as a customer only."""
        met: set[str | None] = set()
        for ticket in self.found.values():
            met.add(ticket.requester)
            met.add(ticket.author)
            if ticket.changes:
                met.update([change.author for change in ticket.changes])
            if ticket.comments:
                met.update([comment.author for comment in ticket.comments])
        self.people.settle(name for name in met if name is not None)
        roles: dict[str, set[Role]] = {}
        for ticket in [each for each in self.found.values() if each.comments]:
            here = self._speakers(ticket)
            ticket.customers = _customers(here)
            for key, said in here.items():
                roles.setdefault(key, set()).update(said)
        self.customers = _customers(roles)

    def _speakers(self, ticket: _Ticket) -> dict[str, set[Role]]:
        """Return in which roles each author speaks, as the kinds of their comments say."""
        found: dict[str, set[Role]] = {}
        for comment in ticket.comments:
            spoken = self.words.spoken(comment.kind)
            if comment.author is not None and spoken is not None:
                found.setdefault(self.people.key(comment.author), set()).add(spoken[0])
        return found

    def _count_columns(self) -> None:
        """Count the filled columns of which nothing was asked."""
        for table in self.tables:
            for column in table.layout.unread():
                if titled(column) in self.words.kept:
                    continue
                cells = [row.get(column) for row in table.rows]
                count = sum(
                    first({column: cell}, (column,)) is not None
                    for cell in cells
                    if cell is not None and cell is not False and cell != ""
                )
                if count:
                    self.tally.left_out[f"column {column}"] += count
            if not table.kind and table.rows:
                self.tally.noted.note("unreadable", None, f"{table.path}: {TABLES['']}")

    def _note_clock(self, stacklevel: int) -> None:
        for code, stamps in (
            ("ambiguous_time", self.clock.twice), ("never_shown", self.clock.never),
        ):  # fmt: skip
            if stamps:
                self.tally.noted.note(code, None, min(stamps).isoformat(), times=len(stamps))
        unsure = len(self.clock.twice) + len(self.clock.never)
        if unsure:
            times = f"{unsure} local times that {self.clock.zone} shows twice or never"
            message = AmbiguousWallTime(f"{times}: the first showing is taken")
            warnings.warn(message, stacklevel=stacklevel)


_SEEN: list[Any] = []
"""What stands for a record that is there once; only comments with texts are told apart."""
TICKET_COLUMNS = (
    *("ticket", "number", "created", "author", *RECORDED, "description", "rating", "rated_at"),
    *("closed", "solved", "first_reply", "effort", "overdue", "channel", "deleted"),
    *("duplicate_of", "comments", "states", "custom.component"),
)


def _customers(roles: Mapping[str, set[Role]]) -> frozenset[str]:
    """Return who speaks as a customer only."""
    return frozenset(key for key, said in roles.items() if said == {"customer"})


def _widened(account: _account.Account) -> Account:
    """Return an account of any system as one of this."""
    import attrs  # noqa: PLC0415 - a rare way

    shared = {part.name: getattr(account, part.name) for part in attrs.fields(_account.Account)}
    return Account(**shared)


def _holds_rows(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(isinstance(value.get(key), list | tuple) for key in HOLDERS)
    return isinstance(value, list | tuple) and any(
        isinstance(row, Mapping) and row for row in value
    )


def _identifying(layout: Layout) -> tuple[str, ...]:
    """Return the columns that call a ticket in a table of tickets."""
    keys = layout.columns("ticket")
    if layout.aliases.own.get("ticket") and keys:
        return keys
    references = [key for key in keys if titled(key) in {"ref_key", "linkuuid"}]
    return tuple(dict.fromkeys((*references, *layout.columns("number"), *keys)))


def _referring(layout: Layout) -> tuple[str, ...]:
    """Return the columns that name the ticket of a row in another table."""
    keys = layout.columns("ticket")
    own = [key for key in keys if titled(key) in {"ref_key", "linkuuid"}]
    return (*(key for key in keys if key not in own), *own)


def _version(ticket: _Ticket) -> tuple[bytes, str]:
    """Return what is later for the later version of a row."""
    said = ticket.row.get("DataVersion")
    try:
        counted = base64.b64decode(said, validate=True) if isinstance(said, str) else b""
    except (binascii.Error, ValueError):
        counted = b""
    return counted.rjust(16, b"\0")[-16:], repr(sorted(ticket.row.items(), key=str))


def _of_day(date: str, day: str) -> bool:
    """Return whether a stamp in a presentation is of a day, such as 02.03.2026."""
    given = re.split(r"[./]", date.split(maxsplit=1)[0])
    short = [*given[:2], given[2][-2:]] if len(given) == 3 else given
    return [part.zfill(2) for part in short] == [*day.split(".")[:2], day[-2:]]


def _line(value: Any) -> int:  # noqa: ANN401 - JSON types
    if value is None:
        return 0
    if value.__class__ is str and value in _LINES:
        return _LINES[value]
    digits = value if value.__class__ is str else text(value)
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 18:
        problem = "a line number that is no whole number"
        raise Unread(problem)
    return int(digits)


_LINES = {str(number): number for number in range(1000)}


def _is_internal(internal: Any, public: Any) -> bool | None:  # noqa: ANN401 - JSON types
    if internal is not None:
        return marked(internal)
    return None if public is None else not marked(public)


class _Words:
    """What the words of cells become: each is looked up once."""

    def __init__(self, account: Account, tally: Tally, people: People) -> None:
        self.account, self.tally, self.people = account, tally, people
        self.names: dict[str, str] = dict(account.names)
        self.kept = {titled(name) for name in account.keep}
        usual = _usual()
        self.kinds = usual.kinds | {plain(key): kind for key, kind in account.kinds.items()}
        own = {plain(key): channel for key, channel in account.channels.items()}
        self.channels = usual.channels | own
        self.statuses = _twice(account.statuses)
        self.priorities = _twice(account.priorities)
        self.lines = {plain(key): line for key, line in account.lines.items()}
        self.usual, self.ranks = usual.statuses, usual.ranks
        self._fields: dict[tuple[str, str], dict[str, Any]] = {}
        self._frozen: dict[tuple[str, str], Frozen] = {}
        self._meanings: dict[str, str] = {}
        self._met: dict[tuple[str, str], tuple[str, str, str]] = {}

    def meaning(self, attribute: str) -> str:
        """Return the field that a recorded attribute is; "" where it is none that is kept."""
        known = self._meanings.get(attribute)
        if known is None:
            known = self._meanings[attribute] = self._meaning(titled(attribute))
            if not known and titled(attribute) in self.kept:
                known = self._meanings[attribute] = f"custom.{attribute.strip()}"
        return known

    def _meaning(self, attribute: str) -> str:
        own = {key: tuple(map(titled, names)) for key, names in self.account.columns.items()}
        for given in (own, _usual().columns):
            for name, aliases in given.items():
                known = name in (*RECORDED, "rating", "deleted") or name.startswith("custom.")
                if known and attribute in aliases:
                    return name
        return ""

    def spoken(self, kind: str | None) -> tuple[Role, bool] | None:
        """Return who speaks in a kind of comment, and whether in public."""
        return None if kind is None else self.kinds.get(plain(kind))

    def name(self, value: Any) -> str:  # noqa: ANN401 - JSON types
        """Return a cell as a name: its text, or what the reference in it stands for."""
        native = text(value)
        return self.names.get(native, native)

    def field(self, name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return what one attribute with one value says; the dict is not to be changed.

        Raises:
            Unread: no value of such an attribute.
        """
        if value is None:
            return {name: None, "line": None} if name == "group" and self.lines else {name: None}
        if value.__class__ is not str:
            return self._field(name, value)
        known = self._fields.get((name, value))
        if known is None:
            known = self._fields[name, value] = self._field(name, value)
        elif (name, value) in self._met:
            self.tally.met(*self._met[name, value])
        return known

    def is_known(self, status: Status) -> bool:
        """Return whether a status is one of the product's or of the account's."""
        return plain(status.name) in self.usual or status in self.statuses.values()

    def frozen(self, name: str, value: Any) -> Frozen:  # noqa: ANN401 - JSON types
        """Return what one attribute says as an event holds it."""
        if value.__class__ is not str:
            return frozen_fields(self.field(name, value))
        key = name, value
        known = self._frozen.get(key)
        if known is None:
            known = self._frozen[key] = frozen_fields(self.field(name, value))
        elif key in self._met:
            self.tally.met(*self._met[key])
        return known

    def _field(self, name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401, PLR0911 - JSON types; a table
        if name in PEOPLE:
            return {name: self.people.called(person(value))}
        if name.startswith("custom."):
            fits, kept = Node(VENDOR, value).plain()
            if not fits:
                self.tally.left_out[f"attribute {name}"] += 1
            return {name: kept} if fits else {}
        if name == "topic" and not self.kept.intersection(("topic", "тема", "темаобращения")):
            self.tally.left_out["field topic"] += 1
            return {}
        native = self.name(value)
        if name == "status":
            return {name: self.status(native, value)}
        if name == "priority":
            return {name: self.priority(native, value)}
        if name == "group":
            return self.group(native, value)
        return {name: native}

    def _unknown(self, what: str, native: str, taken_as: str, value: Any) -> None:  # noqa: ANN401
        self.tally.met(what, native, taken_as)
        if isinstance(value, str):
            self._met[what, value] = (what, native, taken_as)

    def status(self, native: str, value: Any = None) -> Status:  # noqa: ANN401 - JSON types
        """Return a status without its sorting number; an unknown one still needs work."""
        name = sorted_off(native)
        for key in (plain(native), plain(name)):
            if key in self.statuses:
                return self.statuses[key]
        category: Category | None = self.usual.get(plain(name))
        if category is None:
            self._unknown("status", name, "open", value)
        return Status(name, category or "open")

    def priority(self, native: str, value: Any = None) -> Priority:  # noqa: ANN401 - JSON types
        """Return a priority without its sorting number; an unknown one ranks last."""
        name = sorted_off(native)
        for key in (plain(native), plain(name)):
            if key in self.priorities:
                return self.priorities[key]
        rank = self.ranks.get(plain(name))
        if rank is None:
            own = (priority.rank for priority in self.priorities.values())
            rank = 1 + max((*self.ranks.values(), *own))
            self._unknown("priority", name, f"rank {rank}", value)
        return Priority(name, rank)

    def group(self, native: str, value: Any = None) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return a group and, where the account knows lines at all, its line."""
        raw = value if isinstance(value, str) else native
        groups = self.account.groups
        named = groups.get(raw, groups.get(native, native))
        if not self.lines:
            return {"group": named}
        ways = (self.lines.get(plain(each)) for each in (raw, native, named))
        line = next((each for each in ways if each is not None), None)
        if line is None:
            self._unknown("group", named, "of no line", value)
        return {"group": named, "line": line}

    def channel(self, value: Any) -> str:  # noqa: ANN401 - JSON types
        """Return a way to ask as a channel; one that is not known is called as it is."""
        native = self.name(value)
        return self.channels.get(
            plain(native), self.channels.get(plain(sorted_off(native)), native)
        )


def _twice(given: Mapping[str, T]) -> dict[str, T]:
    """Return values by their names as they are and without sorting numbers, both plain."""
    bare = {plain(sorted_off(key)): value for key, value in given.items()}
    return bare | {plain(key): value for key, value in given.items()}


class _Log:
    """The events of one ticket."""

    def __init__(self, reader: _Reader, ticket: _Ticket) -> None:
        self.reader, self.ticket = reader, ticket
        self.columns = ticket.table.columns
        self.words, self.people = reader.words, reader.people
        self.drafts, self.tally, self.clock = reader.drafts, reader.tally, reader.clock
        asks = ticket.requester
        self.asks = None if asks is None else self.people.key(asks)
        self.changes, self.apart = _in_order(ticket.changes)
        self.earliest: dict[str, _Change] = {}
        for change in self.changes:
            self.earliest.setdefault(change.field, change)
        self.last = ticket.at
        self.last_author: str | None = None
        self._by: dict[str | None, By] = {}
        self._unsure: set[str | None] = set()

    def cell(self, meaning: str) -> Any:  # noqa: ANN401 - JSON types
        """Return the cell of a meaning in the row of the ticket; None where it is empty."""
        keys = self.columns.get(meaning)
        return first(self.ticket.row, keys) if keys else None

    def stamp(self, meaning: str) -> datetime | None:
        """Return the stamp of a meaning; None where there is none, or it cannot be read."""
        value = self.cell(meaning)
        if value is None:
            return None
        try:
            return self.clock.instant(value)
        except Unread as error:
            self.unread(f"{meaning}: {error.problem}")
            return None

    def unread(self, problem: str) -> None:
        """Note a cell of the ticket that cannot be read."""
        self.tally.unread(Node(VENDOR, None, self.ticket.place), self.ticket.id, problem)

    def field(self, name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON types
        """Return what one attribute says; nothing where it cannot be read."""
        try:
            return self.words.field(name, value)
        except Unread as error:
            self.unread(f"{name}: {error.problem}")
            return {}

    def by(self, author: str | None) -> By:
        """Return who somebody is on this ticket: beside customers only staff can act on it."""
        known = self._by.get(author)
        if known is None:
            known = self._by[author] = self._who(author)
        if self._unsure and author in self._unsure:  # perhaps the requester, under another name
            self.tally.met("author", str(known.actor), "agent")
        return known

    def _who(self, author: str | None) -> By:
        if author is None:
            self.tally.noted.note("no_user", None, ticket=self.ticket.id)
            return By("third_party")
        called = self.people.called(author)
        role = self.people.known(author)
        if role is not None:
            return By(role, called)
        key = self.people.key(author)
        if key == self.asks:
            return By("customer", called)
        if key in self.ticket.customers or key in self.reader.customers:
            return By("customer", called)
        asks = self.ticket.requester
        if asks is None or self.people.compared(asks) is not self.people.compared(author):
            self._unsure.add(author)
        return By("agent", called)

    def write(self) -> None:
        """Add the events of the ticket to the drafts."""
        if self.ticket.customers:
            self.others()
        if self.reader.has_history:
            self.recorded()
        else:
            self.listed()
        comments = self.ticket.comments
        for comment in sorted(comments, key=_place) if len(comments) > 1 else comments:
            self.message(comment)
        for at, worker, hours in self.ticket.works:
            self.worked(at, self.by(worker), hours)
        self.effort()
        self.undated()

    def others(self) -> None:
        """Note who speaks as a customer beside whoever asks."""
        for key in sorted(key for key in self.ticket.customers if key != self.asks):
            author = next(
                each.author
                for each in self.ticket.comments
                if each.author is not None and self.people.key(each.author) == key
            )
            if self.people.known(author) is None:
                shown = self.people.shown(author)
                self.tally.noted.note("other_customer", None, shown, ticket=self.ticket.id)

    # a ticket with a history

    def recorded(self) -> None:
        """Add the creation, and what was recorded of the ticket."""
        ticket = self.ticket
        belongs = {
            name: change
            for name, change in self.earliest.items()
            if change.old is None and change.at == ticket.at and name not in NO_FIELDS
        }
        cut = self.is_cut()
        begun = self.beginning(belongs)
        who = self.by(self.creator(belongs))
        creator = By(who.role, who.actor, None, "snapshot") if cut else who
        self.drafts.created(ticket.id, ticket.at, creator, fields=_frozen(begun))
        if self.cell("description") is not None:
            self.drafts.message(ticket.id, ticket.at, who, public=True)
        later = self.changes
        if belongs:
            later = [change for change in later if belongs.get(change.field) is not change]
        self.transactions(later, begun["status"])
        self.ended(begun["status"])
        self.stated()

    def creator(self, belongs: Mapping[str, _Change]) -> str | None:
        """Return who created the ticket: staff who registered it, else whoever asks."""
        author = self.ticket.author
        if author is not None and not self.people.robot(author):
            return author
        authors = (change.author for change in belongs.values() if change.author)
        return next(authors, None) or self.ticket.requester

    def is_cut(self) -> bool:
        """Return whether records of the ticket are missing, and note it."""
        ticket = self.ticket
        broken = ticket.cut or self.gap()
        if not broken and "status" not in self.earliest:
            now = self.now()
            if now is not None and now.category not in {"new", "void"}:
                broken = "closed" not in self.dated() and "solved" not in self.dated()
                broken = broken or self.reader.reported
        if broken:
            self.tally.cut(ticket.id, "cut_history")
        return broken

    def dated(self) -> set[str]:
        return {name for name in ("closed", "solved") if self.cell(name) is not None}

    def gap(self) -> bool:
        """Return whether an old value is not the new one of the change before it."""
        if not self.reader.told:
            return False
        values: dict[str, Any] = {}
        for change in self.changes:
            if change.told and change.field in ("status", "group", "agent", "priority"):
                known = values.get(change.field)
                if known is not None and change.old is not None and not _same(known, change.old):
                    return True
            values[change.field] = change.new
        return False

    def beginning(self, belongs: Mapping[str, _Change]) -> dict[str, Any]:
        """Return the fields at the creation, where each change in `belongs` belongs to it."""
        fields: dict[str, Any] = {}
        there, row, columns = self.ticket.table.fields, self.ticket.row, self.columns
        for name in there if self.earliest.keys() <= {*there} else self.reader.fields:
            change = self.earliest.get(name)
            if change is not None:
                value = change.new if name in belongs else change.old
            else:
                value = first(row, columns.get(name, ()))
                if value is not None and name in MOVED and not self.unmoved(name, value):
                    continue
            if value is not None:
                fields.update(self.field(name, value))
        fields.setdefault("status", self.reader.account.initial)
        fields.update(self.unrecorded())
        return fields

    def unmoved(self, name: str, value: Any) -> bool:  # noqa: ANN401 - JSON types
        """Return whether a present value is the first one: work moves these fields."""
        if name == "status":
            fields = self.field(name, value)
            return bool(fields) and fields["status"].category == "new"
        if self.reader.reported and not self.ticket.cut:
            return True
        self.tally.left_out[f"{name} since an unknown time"] += 1
        return False

    def unrecorded(self) -> dict[str, Any]:
        """Return the fields whose changes no report of 1C records, and those that are kept."""
        fields: dict[str, Any] = {}
        channel = self.cell("channel")
        try:
            if channel is not None:
                fields["channel"] = self.words.channel(channel)
        except Unread as error:
            self.unread(f"channel: {error.problem}")
        ticket = self.ticket
        if ticket.number != ticket.id:
            fields["custom.number"] = ticket.number
        if self.words.kept:
            for column in ticket.table.layout.unread():
                value = first(ticket.row, (column,))
                if titled(column) in self.words.kept and value is not None:
                    fields |= self.field(f"custom.{column}", value)
        return fields

    def transactions(self, changes: list[_Change], status: Status) -> None:
        """Add what one author changed at one instant as one change.

        A mark of deletion is a void status; taken off, the status before it holds again.
        """
        if PLAIN.issuperset(self.earliest) and (self.apart or _apart(changes)):
            for each in changes:
                self.alone(each)
        else:
            self.together(changes, status)

    def together(self, changes: list[_Change], status: Status) -> None:
        """Add changes of which some are of one instant, or no fields."""
        rows: list[tuple[tuple[datetime, str | None], Mapping[str, Any]]] = []
        gone = False
        for each in changes:
            fields: Mapping[str, Any] = {}
            if each.field == "rating":
                self.rated(each.at, self.by(each.author), each.new)
            elif each.field == "deleted":
                marks = self.marks(each)
                if marks is not None:
                    gone, fields = marks, {"status": DELETED if marks else status}
            elif each.field:
                fields = self.field(each.field, each.new)
                status = fields.get("status", status)
                if gone and "status" in fields:
                    fields = {}
            if fields:
                rows.append(((each.at, each.author), fields))
        for (at, author), joined in runs(rows):
            self.drafts.changed(self.ticket.id, at, self.by(author), fields=joined)
            self.last, self.last_author = max(self.last, at), author

    def alone(self, change: _Change) -> None:
        """Add a change that is one of its instant."""
        try:
            fields = self.words.frozen(change.field, change.new)
        except Unread as error:
            self.unread(f"{change.field}: {error.problem}")
            return
        if fields:
            by = self.by(change.author)
            self.drafts.changed(self.ticket.id, change.at, by, fields=fields)
            self.last, self.last_author = change.at, change.author

    def marks(self, change: _Change) -> bool | None:
        """Return whether a change marks the ticket for deletion; None where it cannot be read."""
        try:
            return change.new is not None and marked(change.new)
        except Unread as error:
            self.unread(f"mark of deletion: {error.problem}")
            return None

    def ended(self, begun: Status) -> None:
        """Add the end that the row dates and no record has."""
        now = self.now()
        if now is None or "deleted" in self.earliest:
            return
        recorded = [change for change in self.changes if change.field == "status"]
        if recorded:
            last = self.field("status", recorded[-1].new).get("status", now)
            if last.category == now.category:
                return
            self.tally.cut(self.ticket.id, "cut_history")
        elif now.category == begun.category:
            return
        at = self.stamp("closed") or self.stamp("solved") if now.category in ENDED else None
        self.end(at, now)

    def now(self) -> Status | None:
        """Return the present status; None where the row has none."""
        value = self.cell("status")
        status: Status | None = (
            None if value is None else self.field("status", value).get("status")
        )
        return status

    def end(self, at: datetime | None, status: Status) -> None:
        """Add a status of the present where it has a stamp; else note it."""
        if at is None:
            name = status.name if self.words.is_known(status) else None
            self.tally.noted.note("since_unknown", None, name, ticket=self.ticket.id)
            return
        self.last, self.last_author = max(at, self.last), None
        self.drafts.changed(self.ticket.id, self.last, UNKNOWN, fields={"status": status})

    def stated(self) -> None:
        """Keep the figures of the row that 1C made itself."""
        for meaning, name in (("closed", "closed"), ("solved", "last_solved")):
            at = self.stamp(meaning)
            if at is not None:
                self.keep(meaning, name, at)
        overdue = self.cell("overdue")
        if overdue is not None:
            try:
                self.keep("overdue", "within_resolution", int(not marked(overdue)))
            except Unread as error:
                self.unread(f"overdue: {error.problem}")

    def keep(self, meaning: str, name: str, value: datetime | int) -> None:
        """Keep one figure under the name of its column."""
        native = self.ticket.table.layout.columns(meaning)[0]
        self.tally.states(self.ticket.id, stated(name, native, value, MINUTE))

    # a ticket of a list

    def listed(self) -> None:
        """Add what a row of present values tells: the creation, and what has a stamp."""
        ticket = self.ticket
        fields: dict[str, Any] = {"status": self.reader.account.initial}
        for name in ticket.table.fields:
            if name in MOVED:
                continue
            value = self.cell(name)
            if value is not None:
                fields |= self.field(name, value)
        for name in ("group", "agent"):
            if self.cell(name) is not None:
                self.tally.left_out[f"{name} since an unknown time"] += 1
        if self.cell("description") is not None:
            self.tally.left_out["description in a list"] += 1
        fields |= self.unrecorded()
        who = By("third_party") if ticket.author is None else self.by(ticket.author)
        creator = By(who.role, who.actor, None, "snapshot")
        self.drafts.created(ticket.id, ticket.at, creator, fields=fields)
        replied = self.stamp("first_reply")
        if replied is not None:
            by = By("agent", None, None, "snapshot")
            self.drafts.message(ticket.id, max(replied, ticket.at), by, public=True)
            self.last = max(self.last, replied)
        self.present()
        self.rating()

    def present(self) -> None:
        """Add the end of the ticket where it has a stamp; a status without one is noted."""
        now = self.now()
        if now is None or now.category == "new":
            return
        solved, closed = self.stamp("solved"), self.stamp("closed")
        if now.category == "solved":
            self.end(solved or closed, now)
        elif now.category not in ENDED:
            self.end(None, now)
        else:
            if solved and now.category == "closed":
                self.end(solved, DONE)
            self.end(closed, now)

    def rating(self) -> None:
        """Add the rating of the row where it has a stamp."""
        value = self.cell("rating")
        if value is None:
            return
        at = self.stamp("rated_at")
        if at is None:
            self.tally.left_out["rating without a time"] += 1
        else:
            asks = self.ticket.requester
            actor = None if asks is None else self.people.called(asks)
            self.rated(at, By("customer", actor, None, "snapshot"), value)

    # both

    def message(self, comment: _Comment) -> None:
        """Add a comment as a message; one by staff of no kind is taken as internal."""
        who = self.by(comment.author)
        role, public = who.role, who.role == "customer"
        if comment.kind is not None:
            role, public = self.spoken(comment, comment.kind, role)
        elif comment.internal is not None:
            public = not comment.internal
        elif not public:
            author = comment.author
            shown = None if author is None else self.people.shown(author)
            self.tally.noted.note("no_kind", None, shown, ticket=self.ticket.id)
        by = who if role == who.role else By(role, who.actor)
        self.drafts.message(self.ticket.id, comment.at, by, public=public)
        self.last = max(self.last, comment.at)

    def spoken(self, comment: _Comment, kind: str, role: Role) -> tuple[Role, bool]:
        """Return in which role a comment of a kind is spoken, and whether in public."""
        spoken = self.words.spoken(kind)
        if spoken is None:
            public = role == "customer"
            self.tally.met("kind of comment", kind, "public" if public else "internal")
            return role, public
        author = comment.author
        known = None if author is None else self.people.known(author)
        asks = author is not None and self.people.key(author) == self.asks
        return known or ("customer" if asks and spoken[1] else spoken[0]), spoken[1]

    def rated(self, at: datetime, by: By, value: Any) -> None:  # noqa: ANN401 - JSON types
        """Add a rating; an empty one is none."""
        if value is None:
            return
        scale = self.reader.account.scale
        try:
            event = Rated(
                ticket_id=self.ticket.id, at=at, role=by.role, actor=by.actor, basis=by.basis,
                kind="csat", score=mark(value, scale), scale=scale,
            )  # fmt: skip
        except Unread as error:
            self.unread(f"rating: {error.problem}")
        except SupportModelError:
            self.unread("rating: no score of the scale")
        else:
            self.drafts.add(event)

    def effort(self) -> None:
        """Add the effort, which a ticket row states as a total without a time, at the close."""
        value = self.cell("effort")
        if value is None or self.ticket.works:
            return
        closed = self.stamp("closed")
        if closed is None:
            self.tally.left_out["effort on a ticket that is not closed"] += 1
            return
        agent = self.cell("agent")
        try:
            actor = None if agent is None else self.people.called(person(agent))
            basis: Basis | None = None if self.reader.has_history else "snapshot"
            self.worked(
                max(closed, self.ticket.at), By("agent", actor, None, basis), amount(value)
            )
        except Unread as error:
            self.unread(f"effort: {error.problem}")

    def worked(self, at: datetime, by: By, hours: float) -> None:
        """Add work done."""
        event = Worked(
            ticket_id=self.ticket.id, at=at, role=by.role, actor=by.actor, basis=by.basis,
            duration=timedelta(microseconds=round(hours * 3_600_000_000)),
        )  # fmt: skip
        self.drafts.add(event)

    def undated(self) -> None:
        """Add what a row states of the present without a date: a link, a mark of deletion."""
        ticket, layout = self.ticket, self.ticket.table.layout
        other = self.cell("duplicate_of")
        try:
            named = None if other is None else identifier(other)[0]
            gone = self.cell("deleted")
            deleted = gone is not None and "deleted" not in self.earliest and marked(gone)
        except Unread as error:
            self.unread(f"a link or mark of deletion: {error.problem}")
            return
        if named is not None:
            shown = named if NAMED.fullmatch(named) else "a document"
            said = f"{layout.columns('duplicate_of')[0]}: duplicate of {shown}"
            self.tally.noted.note("undated_link", None, said, ticket=ticket.id)
            by = UNKNOWN if self.last_author is None else self.by(self.last_author)
            link = Related(
                ticket_id=ticket.id, at=self.last, role=by.role, actor=by.actor,
                basis="snapshot", kind="duplicate", other=named,
            )  # fmt: skip
            self.drafts.add(link)
        if deleted:
            said = f"{layout.columns('deleted')[0]}: mark of deletion"
            self.tally.noted.note("no_time_of", None, said, ticket=ticket.id)
            self.drafts.changed(
                ticket.id, self.last, UNKNOWN, fields={"status": DELETED}, rank=GONE
            )


def _frozen(fields: dict[str, Any]) -> Mapping[str, Any] | Frozen:
    """Return fields as an event holds them where no check can change them, else as they are."""
    if all(value.__class__ in CHECKED for value in fields.values()):
        return tuple(sorted(fields.items()))
    return fields


def _place(comment: _Comment) -> tuple[Any, ...]:
    """Return where a comment stands among those of its ticket, however the rows are ordered."""
    return (
        *(comment.at, comment.line, comment.author or "", comment.kind or ""),
        repr(comment.internal),
    )


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - JSON types
    try:
        return plain(sorted_off(text(one))) == plain(sorted_off(text(other)))
    except Unread:
        return True


LONGEST_CHAIN = 6
"""Changes of one field within one instant whose order is searched for."""
FIELD_ORDER = MappingProxyType({name: place for place, name in enumerate(RECORDED)})


def _in_order(changes: list[_Change]) -> tuple[list[_Change], bool]:
    """Return changes as they followed each other, and whether no two are of one instant.

    Within one instant line numbers tell it, else each old value is the new one of the change
    before, else the rows follow as the table runs.
    """
    instants = list(map(_INSTANT, changes))
    if all(map(lt, instants, instants[1:])):
        return changes, True
    changes = sorted(changes, key=itemgetter(0, 1, 2))
    if _apart(changes):
        return changes, True
    found: list[_Change] = []
    values: dict[str, Any] = {}
    i = 0
    while i < len(changes):
        j = i + 1
        while j < len(changes) and changes[j].at == changes[i].at:
            j += 1
        group = changes[i:j]
        if j - i > 1 and not group[0].line:
            group = _untied(group, values)
        for each in group:
            values[each.field] = each.new
        found += group
        i = j
    return found, False


_INSTANT = itemgetter(0)


def _apart(changes: list[_Change]) -> bool:
    """Return whether no two changes that follow each other are of one instant."""
    instants = list(map(_INSTANT, changes))
    return not any(map(eq, instants, instants[1:]))


def _untied(group: list[_Change], values: Mapping[str, Any]) -> list[_Change]:
    """Return the changes of one instant in order."""
    of_field: dict[str, list[_Change]] = {}
    for each in group:
        of_field.setdefault(each.field, []).append(each)
    ranked = []
    for name, several in of_field.items():
        chain = _chained(several, values.get(name)) if len(several) > 1 else several
        ranked += [
            (place, change.author or "", FIELD_ORDER.get(name, 99), name, change)
            for place, change in enumerate(chain)
        ]
    ranked.sort(key=lambda row: row[:4])
    return [row[4] for row in ranked]


def _chained(changes: list[_Change], before: Any) -> list[_Change]:  # noqa: ANN401 - JSON types
    """Return changes of one field so that each goes on where the last one ended, if they can."""
    if len(changes) > LONGEST_CHAIN or not all(each.told for each in changes):
        return changes
    if before is None:
        before = _beginning(changes)
    ordered = sorted(changes, key=lambda each: (str(each.old), str(each.new), each.author or ""))
    return _chain(ordered, before) or changes


def _beginning(changes: list[_Change]) -> Any:  # noqa: ANN401 - JSON types
    """Return the one old value that is no new one; None where there is none or several."""
    news = [each.new for each in changes]
    begins = [each.old for each in changes if not any(_equal(each.old, new) for new in news)]
    return begins[0] if len(begins) == 1 else None


def _chain(changes: list[_Change], before: Any) -> list[_Change]:  # noqa: ANN401 - JSON types
    """Return the first order in which all changes make one chain; none where they make none."""
    for place, each in enumerate(changes):
        if _equal(each.old, before):
            if len(changes) == 1:
                return changes
            rest = _chain(changes[:place] + changes[place + 1 :], each.new)
            if rest:
                return [each, *rest]
    return []


def _equal(one: Any, other: Any) -> bool:  # noqa: ANN401 - JSON types
    return one is other if one is None or other is None else _same(one, other)
