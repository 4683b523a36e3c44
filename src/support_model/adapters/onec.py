"""1C:ITILIUM and other service desks on 1C: tables of tickets, changes and comments into events.

1C writes the same three tables as reports (CSV, `table` reads the text), as OData ("value") and,
without history, as the list of Itilium's REST service ("Incidents"). Empty dates and references,
decimal commas, stamps of the local clock and names of columns are dealt with here alone. Every
installation renames things, so columns, states, priorities and kinds of comment are data with
Russian defaults (`Installation`); names compare without case, spaces, the difference of е and ё,
and numbers that sort states (``05_``). Stamps are local and without a zone: `tz` is required.

Sources: 1C:Enterprise developer guide, standard OData interface; Itilium integration guide.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import define, field

from support_model._bounded_files import runs_backwards
from support_model._frozen import FrozenMap, frozen, frozen_parts
from support_model._time import instant, instant_of_reading, micros_of, timezone
from support_model._vocabulary import Category, Priority, Role, Status
from support_model.adapters._payloads import Node, Tally, complete, refuse_error, runs
from support_model.errors import AdapterError, AmbiguousWallTime, NaiveDatetime
from support_model.events import Changed, Created, Message, Rated, Related, Worked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from zoneinfo import ZoneInfo

    from support_model.adapters._event_logs import EventLog
    from support_model.events import Event

__all__ = ["STATUSES", "Installation", "read", "table"]

# ruff: noqa: RUF001, RUF002 - Russian names are Russian


T = TypeVar("T")
VENDOR = "onec"
TITLE = "1C Service Desk"


def plain(name: str) -> str:
    """Return a name as names compare: without case, spaces and the difference of е and ё.

    Example:
        >>> plain("Рабочая группа") == plain("РабочаяГруппа")
        True
    """
    return "".join(name.casefold().replace("ё", "е").split())


def sorted_off(name: str) -> str:
    """Return a name without the number that sorts it in lists.

    Example:
        >>> sorted_off("05_Отложено"), sorted_off("1 - Критический")
        ('Отложено', 'Критический')
    """
    return re.sub(r"^\d{1,9}(?:_|\s{1,9}[-\u2013]\s{1,9})(?=.)", "", name)


COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ticket": ("Ref_Key", "linkUuid", "Документ", "Обращение", "Номер", "Number"),
        "number": ("Номер", "Number"),
        "created": ("Дата регистрации", "Дата создания", "Date", "Дата"),
        "at": ("Дата изменения", "Period", "Период", "Дата", "Date"),
        "author": ("Автор", "Пользователь"),
        "attribute": ("Реквизит", "Имя реквизита"),
        "old": ("Старое значение",),
        "new": ("Новое значение",),
        "line_number": ("LineNumber", "Номер строки"),
        "kind": ("Вид", "Вид комментария", "Тип"),
        "requester": ("Инициатор", "Заявитель", "Клиент"),
        "organization": ("Организация", "Контрагент"),
        "topic": ("Тема", "Тема обращения", "topic"),
        "description": ("Описание", "description"),
        "service": ("Услуга",),
        "priority": ("Приоритет", "Важность заявки"),
        "status": ("Состояние", "Статус", "state"),
        "agent": ("Ответственный", "Исполнитель"),
        "group": ("Рабочая группа",),
        "rating": ("Оценка",),
        "closed": ("Дата закрытия",),
        "effort": ("Трудозатраты, ч", "Трудозатраты"),
        "channel": ("Способ обращения", "Канал", "Источник обращения"),
        "deleted": ("DeletionMark", "Пометка удаления"),
        "duplicate_of": ("Основное обращение",),
        "comments": ("Комментарии",),
        "internal": ("Внутренний",),
        "custom.component": ("Состав услуги",),
    }
)
"""Which columns (and recorded attributes) hold what; the first one that is filled counts."""

RECORDED = (
    *("status", "priority", "group", "agent"),
    *("requester", "organization", "service", "topic"),
)
"""The fields whose changes are recorded."""

STATUSES: Mapping[str, Category] = MappingProxyType(
    {
        **dict.fromkeys(("Зарегистрировано", "Зарегистрирован", "Новая", "Новое", "Новый"), "new"),
        **dict.fromkeys(("В работе", "Возобновлена", "Возобновлено"), "open"),
        **dict.fromkeys(("В ожидании ответа", "На согласовании"), "pending"),
        **dict.fromkeys(("Отложено", "Приостановлен", "Приостановлено"), "on_hold"),
        **dict.fromkeys(("Выполнено", "Выполнен"), "solved"),
        **dict.fromkeys(("Закрыто", "Закрыт", "Закрыта"), "closed"),
        **dict.fromkeys(("Не выполнен", "Не может быть реализован"), "closed"),
        **dict.fromkeys(("Отклонено", "Отклонен", "Отменено", "Отменен"), "void"),
    }
)
"""What the states mean: `pending` waits for the requester, `on_hold` for anyone else."""
PRIORITIES: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("Очень высокий", "Критический", "Срочный"), 1),
        "Высокий": 2,
        **dict.fromkeys(("Средний", "Обычный", "Нормальный"), 3),
        "Низкий": 4,
    }
)
"""Ranks of priorities, 1 is the most urgent."""
KINDS: Mapping[str, tuple[Role, bool]] = MappingProxyType(
    {
        "Входящее": ("customer", True),
        "Исходящее": ("agent", True),
        "Внутренний комментарий": ("agent", False),
        "Автоответ": ("system", True),
    }
)
"""Who speaks in a comment of a kind, and whether in public."""
ROBOTS = ("Регламентное задание",)
"""Authors that are nobody."""


BEGUN = Status("Зарегистрировано", "new")


def _plainly(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(plain, names))


def _by_plain(given: Mapping[str, T]) -> Mapping[str, T]:
    return FrozenMap({plain(key): frozen_parts(value) for key, value in given.items()})


def _columns(given: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    named = {**COLUMNS, **given}
    return FrozenMap(
        {
            key: tuple(map(plain, (names,) if isinstance(names, str) else names))
            for key, names in named.items()
        }
    )


def _exact(given: Mapping[str, T]) -> Mapping[str, T]:
    return FrozenMap(given)


def _options(default: Any, converter: Any) -> Any:  # noqa: ANN401 - what `field` takes and gives
    return field(default=default, converter=converter, hash=False, repr=False)


@frozen(kw_only=True)
class Installation:
    """What names mean in one installation.

    Attributes:
        columns: columns by what they hold, beside `COLUMNS` or instead of its entries; a
            meaning `custom.<name>` carries any further attribute.
        statuses: the category of each state.
        priorities: the rank of each priority.
        kinds: who speaks in a comment of each kind, and whether in public.
        robots: authors whose acts are the system's.
        roles: roles of authors by name; others are the requester or staff.
        names: names for the references (`..._Key`) of OData, such as its catalogs give them.
        lines: the support line of each group; without any, tickets have no line.
        channels: the channel of each way to ask; others are called as they are.
        scale: lowest and highest score of a rating.
        initial: the status of a ticket whose history does not tell its first one.

    Example:
        >>> Installation(statuses={**STATUSES, "У поставщика": "on_hold"}).statuses["упоставщика"]
        'on_hold'
    """

    columns: Mapping[str, tuple[str, ...]] = _options({}, _columns)
    statuses: Mapping[str, Category] = _options(STATUSES, _by_plain)
    priorities: Mapping[str, int] = _options(PRIORITIES, _by_plain)
    kinds: Mapping[str, tuple[Role, bool]] = _options(KINDS, _by_plain)
    robots: frozenset[str] = field(default=ROBOTS, converter=_plainly)
    roles: Mapping[str, Role] = _options({}, _exact)
    names: Mapping[str, str] = _options({}, _exact)
    lines: Mapping[str, int] = _options({}, _exact)
    channels: Mapping[str, str] = _options({}, _exact)
    scale: tuple[float, float] = field(default=(1, 5))
    initial: Status = BEGUN

    @property
    def custom(self) -> tuple[str, ...]:
        """The fields of its own."""
        return tuple(name for name in self.columns if name.startswith("custom."))

    def meaning(self, attribute: str) -> str:
        """Return the field that a recorded attribute is; a custom one where none is known."""
        for name, aliases in self.columns.items():
            if plain(attribute) in aliases and name in (
                *RECORDED,
                "rating",
                "deleted",
                *self.custom,
            ):
                return name
        return f"custom.{attribute}"


STANDARD = Installation()
"""The products' own names."""


EMPTY = frozenset(
    {
        *("", "00000000-0000-0000-0000-000000000000"),
        *("0001-01-01T00:00:00", "01.01.0001 0:00:00", "01.01.0001 00:00:00"),
    }
)
"""How 1C writes that there is no value: no text, no reference, no date."""
STAMP = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
HOLDERS = ("value", "Incidents")
"""Keys of OData and of REST that hold rows."""
TOTALS = frozenset({"итого", "всего"})
YES = frozenset({"да", "true", "истина", "1"})
NO = frozenset({"нет", "false", "ложь", "0"})
VARIANTS = ("____presentation", "", "_key")
"""How OData names a reference, the most readable first."""


class Table(list[dict[str, str]]):
    """The rows of a report, and the lines around them that are none.

    Attributes:
        around: titles, parameters and filters above the header, and the total below.
    """

    def __init__(self, rows: Iterable[dict[str, str]], around: Iterable[str]) -> None:
        super().__init__(rows)
        self.around = tuple(around)


def table(text: str, *, delimiter: str = ";") -> Table:
    r"""Return the rows of a report that was saved as CSV and decoded (1C writes windows-1251).

    Lines above a blank line that are narrower than the header are titles, parameters and
    filters; a last row called "Итого" is a total. Both are kept apart, and `read` says so.

    Raises:
        AdapterError: not well-formed, a row with other than the header's number of cells.

    Example:
        >>> table("Номер;Состояние\n000000001;В работе\n")
        [{'Номер': '000000001', 'Состояние': 'В работе'}]
    """
    lines: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter, strict=True)
    try:
        lines += [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        where = f"line {reader.line_num}"
        raise AdapterError(VENDOR, where, None, f"no CSV ({error})", "check the quotes") from None
    begins = _header(lines)
    around = [" ".join(filter(None, cells)) for _, cells in lines[:begins] if cells]
    below = [(line, cells) for line, cells in lines[begins + 1 :] if cells]
    if below and plain(below[-1][1][0]) in TOTALS:
        around.append(" ".join(filter(None, below.pop()[1])))
    rows = []
    for line, cells in below:
        header = lines[begins][1]
        if len(cells) != len(header):
            problem = f"{len(cells)} cells under {len(header)} columns"
            where = f"line {line}"
            raise AdapterError(VENDOR, where, cells, problem, "check the delimiter and quotes")
        rows.append(dict(zip(header, cells, strict=True)))
    return Table(rows, around)


def _header(lines: list[tuple[int, list[str]]]) -> int:
    """Return which line is the header: the first, or one below titles and a blank line."""
    widths = [sum(1 for cell in cells if cell) for _, cells in lines]
    begins = next((i for i, width in enumerate(widths) if width), 0)
    for i in range(begins, len(lines) - 1):
        if not widths[i] and widths[i + 1] > max(widths[: i + 1]):
            begins = i + 1
    return begins


def rows_of(name: str, payload: object, tally: Tally) -> list[Node]:
    """Return the rows of a table, whatever it was written as; `name` begins their paths."""
    if isinstance(payload, Table):
        for _ in payload.around:
            tally.noted.note("no_row", None, payload.around[0])
    if isinstance(payload, Mapping):
        root = Node(VENDOR, payload, name)
        refuse_error(root, HOLDERS)
        for key in HOLDERS:
            if key in payload:
                rows = root[key].items()
                complete([root], len(rows), tally)
                return rows
        root.refuse("no rows", "expected 'value' (OData) or 'Incidents' (REST)")
    if not isinstance(payload, Iterable) or isinstance(payload, str):
        Node(VENDOR, payload, name).refuse("no rows", "give dicts; `table` reads CSV text")
    return Node(VENDOR, list(payload), name).items()


def once(rows: Iterable[Node]) -> Iterator[Node]:
    """Leave out exact repetitions."""
    seen: set[str] = set()
    for row in rows:
        mark = repr(sorted(row.mapping().items(), key=lambda cell: str(cell[0])))
        if mark not in seen:
            seen.add(mark)
            yield row


class Row:
    """A row whose cells are found by what they mean."""

    def __init__(self, node: Node, installation: Installation) -> None:
        self.node, self.installation = node, installation
        self.native = {plain(str(key)): key for key in node.mapping()}
        self.taken: set[str] = set()

    def has(self, meaning: str) -> bool:
        """Return whether there is a column of a meaning, filled or not."""
        aliases = self.installation.columns.get(meaning, ())
        return any(alias + variant in self.native for alias in aliases for variant in VARIANTS)

    def unread(self) -> list[str]:
        """Return the columns that no meaning is found in."""
        names = {alias for aliases in self.installation.columns.values() for alias in aliases}
        known = {alias + variant for alias in names for variant in VARIANTS}
        return [str(key) for name, key in self.native.items() if name not in known]

    def get(self, meaning: str) -> Node | None:
        """Return the cell of a meaning; None where there is none, or it is empty."""
        for alias in self.installation.columns.get(meaning, ()):
            variants = [alias + variant for variant in VARIANTS if alias + variant in self.native]
            self.taken.update(variants)
            for variant in variants:
                cell = self.node.get(self.native[variant])
                if cell is not None and not _empty(cell.value):
                    return cell
        return None

    def must(self, meaning: str) -> Node:
        """Return the cell of a meaning that every such row has."""
        cell = self.get(meaning)
        if cell is None:
            names = ", ".join(self.installation.columns.get(meaning, ()))
            hint = f"expected one of {names}; name yours in Installation.columns"
            raise AdapterError(VENDOR, self.node.path, None, f"no {meaning}", hint)
        return cell

    def name(self, meaning: str) -> str | None:
        """Return the cell as a name: text, or what the reference in it stands for."""
        cell = self.get(meaning)
        return None if cell is None else called(cell.id(), self.installation)

    def rest(self) -> Iterator[str]:
        """Yield the columns that hold something and were not asked for."""
        for name, key in self.native.items():
            value = self.node.value[key]
            if name not in self.taken and value is not False and not _empty(value):
                yield str(key)


def marked(cell: Node) -> bool:
    """Return whether a cell says yes: a flag, or the word for one."""
    if isinstance(cell.value, bool):
        return cell.value
    word = plain(cell.text())
    if word not in YES | NO:
        cell.refuse("neither yes nor no", "expected true, false, Да or Нет")
    return word in YES


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and value.strip() in EMPTY)


def reference(text: str) -> bool:
    """Return whether a name is a reference that nobody has named."""
    return REFERENCE.fullmatch(text) is not None


def called(text: str, installation: Installation) -> str:
    """Return what a reference stands for, where the installation says it."""
    return installation.names.get(text.strip(), text.strip())


class WallClock:
    """The server's local clock, and the readings that it shows twice or never."""

    def __init__(self, zone: ZoneInfo | None) -> None:
        self.zone = zone
        self.unsure: set[datetime] = set()

    def instant(self, cell: Node) -> datetime:
        """Return the instant of a stamp; a local time shown twice is its first showing."""
        at = _stamp(cell)
        if at.tzinfo is not None:
            return at
        if self.zone is None:
            problem = f"a local time of 1C names no instant ({cell.path})"
            raise NaiveDatetime(cell.value, problem, "say tz='Europe/Moscow', the server's zone")
        local = at.replace(tzinfo=self.zone)
        try:
            if local.utcoffset() == local.replace(fold=1).utcoffset():
                return local.astimezone(UTC)
        except OverflowError:
            cell.refuse("an instant outside the years 1 to 9999", "fix the stamp")
        self.unsure.add(at)
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return instant(instant_of_reading(self.zone, at.toordinal(), micros_of(at - midnight)))


def _stamp(cell: Node) -> datetime:
    if isinstance(cell.value, datetime):
        return cell.value
    text = cell.text().strip()
    match = STAMP.fullmatch(text)
    try:
        if match is not None:
            day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - local as yet
        if len(text) > len("2026-03-02"):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    return cell.refuse("no time", "expected 02.03.2026 9:00:00 or 2026-03-02T09:00:00")


def amount(cell: Node) -> Decimal:
    """Return a number as 1C writes it: decimal comma, spaces between thousands."""
    text = str(cell.value) if isinstance(cell.value, int | float) else cell.text()
    digits = "".join(text.split()).replace(",", ".")
    if AMOUNT.fullmatch(digits) is None:
        cell.refuse("no number", "expected 1 234,5")
    return Decimal(digits)


Draft: TypeAlias = tuple[datetime, int, type[Any], str | None, dict[str, Any]]
"""When, its rank within the instant, an event's class, who did it, and its own arguments."""
CUSTOMER: frozenset[Role] = frozenset({"customer"})
DELETED = Status("deleted", "void")
ENDED = frozenset({"solved", "closed", "void"})
UNKNOWN: Mapping[str, Any] = MappingProxyType({"basis": "snapshot", "role": "third_party"})
"""What an event made of a present value says of who did it."""
MOVED = ("status", "group", "agent")
"""What work on a ticket changes: its present value says little of the first one."""
TICKET, MESSAGE, CHANGE, RATING, WORK, GONE = range(6)
"""What comes first within one second: a reply counts before the solution it came with."""


def read(
    tickets: object,
    *,
    history: object = (),
    comments: object = (),
    tz: str | tzinfo | None = None,
    installation: Installation = STANDARD,
) -> EventLog:
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
        name: reader.rows(name, payload)
        for name, payload in (("tickets", tickets), ("history", history), ("comments", comments))
    }
    _must_hold(rows["tickets"], rows["history"], installation)
    found: dict[str, Row] = {}
    numbers: dict[str, list[str]] = {}
    for row in rows["tickets"]:
        ticket_id = row.must("ticket").id()
        if ticket_id in found:
            row.node.refuse("a second row for one ticket", "export Ref_Key; numbers begin anew")
        found[ticket_id] = row
        clock.instant(row.must("created"))  # the first fault is that of the first table
        number = row.get("number")
        numbers.setdefault(ticket_id if number is None else number.id(), []).append(ticket_id)
    changes, said = (
        reader.forward(_by_ticket(rows[name], name, found, numbers, reader.tally), rows[name])
        for name in ("history", "comments")
    )
    for ticket_id, row in found.items():
        said.setdefault(ticket_id, []).extend(reader.inside(row))
    reader.has_history = bool(rows["history"])
    reader.hear(each for each in said.values())
    events = [
        event
        for ticket_id, row in found.items()
        for event in reader.ticket(
            ticket_id, row, changes.get(ticket_id, []), said.get(ticket_id, [])
        )
    ]
    reading = reader.tally.reading(events)
    if clock.unsure:
        times = f"{len(clock.unsure)} local times that {clock.zone} shows twice or never"
        warnings.warn(AmbiguousWallTime(f"{times}: the first showing is taken"), stacklevel=2)
    return reading


def _must_hold(tickets: list[Row], history: list[Row], installation: Installation) -> None:
    """Refuse a table without a column of requesters, or of any status."""
    if not tickets:
        return
    states = any(
        row.has("status") or _is_status(row, installation) for row in (*tickets, *history)
    )
    asked = ".Incidents[" in tickets[0].node.path  # that list is of whoever asks for it
    missing = [
        *([] if asked or any(row.has("requester") for row in tickets) else ["requester"]),
        *([] if states else ["status"]),
    ]
    for meaning in missing:
        unread = ", ".join(repr(name) for name in dict.fromkeys(tickets[0].unread())) or "none"
        names = ", ".join(installation.columns.get(meaning, ()))
        problem = f"no column for the {meaning} (columns not read: {unread})"
        hint = f"expected one of {names}; name yours in Installation.columns"
        raise AdapterError(VENDOR, tickets[0].node.path, None, problem, hint)


def _is_status(row: Row, installation: Installation) -> bool:
    attribute = row.get("attribute")
    return attribute is not None and installation.meaning(attribute.text()) == "status"


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


@define
class _Change:
    """One recorded change of one attribute; `old` is None where it was empty or is not stated."""

    at: datetime
    author: str | None
    field: str
    old: Node | None
    new: Node | None


@frozen
class _People:
    """Who asks for help on a ticket, and who else is a customer there."""

    requester: str | None
    customers: frozenset[str]


class _Reader:
    """What one reading knows: the installation, the server's clock, and what was odd."""

    def __init__(self, installation: Installation, clock: WallClock, tally: Tally) -> None:
        self.installation, self.clock, self.tally = installation, clock, tally
        self.has_history = False
        self.customers: frozenset[str] = frozenset()

    def rows(self, name: str, payload: object) -> list[Row]:
        """Return the rows of a table, exact repetitions left out."""
        nodes = rows_of(name, payload, self.tally)
        kept = [Row(node, self.installation) for node in once(nodes)]
        if len(kept) < len(nodes):
            for _ in range(len(nodes) - len(kept)):
                self.tally.noted.note("dropped", None, name)
        return kept

    def forward(self, tickets: dict[str, list[Row]], rows: list[Row]) -> dict[str, list[Row]]:
        """Return the rows of each ticket oldest first: by line number, else as stamps tell."""
        stamps = {id(row): self.clock.instant(row.must("at")) for row in rows}
        of_each = [[stamps[id(row)] for row in each] for each in tickets.values()]
        turned = runs_backwards([*stamps.values()], of_each)
        if any(turned):
            self.tally.noted.note("newest_first", None)
        return {
            ticket: _numbered(each) or (each[::-1] if backwards else each)
            for (ticket, each), backwards in zip(tickets.items(), turned, strict=True)
        }

    def inside(self, row: Row) -> list[Row]:
        """Return the comments that stand inside the row of a ticket, in order."""
        cell = row.get("comments")
        if cell is None or isinstance(cell.value, str):
            return []
        rows = [Row(node, self.installation) for node in once(cell.items())]
        return _numbered(rows) or rows

    def hear(self, said: Iterable[list[Row]]) -> None:
        """Learn who speaks as a customer only, over the whole reading."""
        roles: dict[str, set[Role]] = {}
        for rows in said:
            for author, spoken in self.spoken(rows).items():
                roles.setdefault(author, set()).update(spoken)
        self.customers = frozenset(name for name, spoken in roles.items() if spoken == CUSTOMER)

    def spoken(self, rows: list[Row]) -> dict[str, set[Role]]:
        """Return in which roles each author speaks, as the kinds of their comments say."""
        roles: dict[str, set[Role]] = {}
        for row in rows:
            author, kind = row.name("author"), row.get("kind")
            known = None if kind is None else self.installation.kinds.get(plain(kind.text()))
            if author is not None and known is not None:
                roles.setdefault(author, set()).add(known[0])
        return roles

    def ticket(
        self, ticket_id: str, row: Row, history: list[Row], comments: list[Row]
    ) -> Iterator[Event]:
        """Yield the numbered events of one ticket."""
        people = self.people(row.name("requester"), comments)
        drafts = self.drafts(row, history, comments, people)
        drafts.sort(key=lambda draft: draft[:2])
        for column in row.rest():
            self.tally.left_out[f"column {column}"] += 1
        for seq, (moment, _, event, actor, more) in enumerate(drafts, 1):
            if "role" not in more:
                more["role"] = self.role(actor, people)
            yield event(ticket_id=ticket_id, at=moment, seq=seq, actor=actor, **more)

    def drafts(
        self, row: Row, history: list[Row], comments: list[Row], people: _People
    ) -> list[Draft]:
        """Return the events of one ticket without numbers, in no order yet."""
        at = self.clock.instant(row.must("created"))
        changes = [change for each in history for change in self.changes(each)]
        changes.sort(key=attrgetter("at"))
        earliest = {change.field: change for change in reversed(changes)}
        first = self.at_creation(earliest, at)
        begun = self.beginning(row, history, earliest, first)
        author = next((change.author for change in first.values() if change.author), None)
        author = author or people.requester
        basis = {} if self.has_history else {"basis": "snapshot"}
        drafts: list[Draft] = [(at, TICKET, Created, author, {"fields": begun, **basis})]
        if row.get("description"):
            more = {"public": True, "role": self.role(author, people)}
            drafts.append((at, MESSAGE, Message, author, more))
        drafts += [self.message(each, people) for each in comments]
        later = [change for change in changes if first.get(change.field) is not change]
        drafts += self.transactions(later, begun["status"])
        drafts += self.ratings(later)
        drafts += self.effort(row)
        drafts += self.closing(row, begun["status"], earliest, drafts)
        drafts += self.undated(row, earliest, drafts)
        return drafts

    def at_creation(self, earliest: Mapping[str, _Change], at: datetime) -> dict[str, _Change]:
        """Return the first changes of fields that belong to the creation."""
        known = (
            (name, earliest[name])
            for name in (*RECORDED, *self.installation.custom)
            if name in earliest
        )
        return {name: each for name, each in known if each.at == at and each.old is None}

    def people(self, requester: str | None, comments: list[Row]) -> _People:
        """Return who is a customer on a ticket: who asks, and who writes as customers do."""
        here = {
            author
            for author, roles in self.spoken(comments).items()
            if roles == CUSTOMER and (requester is None or plain(author) != plain(requester))
        }
        for author in sorted(here):
            self.tally.noted.note("other_customer", None, author)
        return _People(requester, self.customers | here)

    def role(self, author: str | None, people: _People) -> Role:
        """Return who somebody is: beside customers only staff can act on a ticket."""
        if author is None or plain(author) in self.installation.robots:
            return "system"
        if author in self.installation.roles:
            return self.installation.roles[author]
        requester = people.requester
        if requester is not None and plain(author) == plain(requester):
            return "customer"
        if author in people.customers:
            return "customer"
        if requester is None or (reference(requester) and not reference(author)):
            self.tally.met("author", author, "agent")  # perhaps the requester, under another name
        return "agent"

    def closing(
        self, row: Row, begun: Status, earliest: Mapping[str, _Change], drafts: list[Draft]
    ) -> Iterator[Draft]:
        """Yield the closing of a row that states its date, and that no record has."""
        status, closed = row.get("status"), row.get("closed")
        if "status" in earliest or status is None or closed is None:
            return
        now = self.status(called(status.id(), self.installation))
        if now.category in ENDED and now != begun:
            at = max(self.clock.instant(closed), *(draft[0] for draft in drafts))
            yield at, CHANGE, Changed, None, {"fields": {"status": now}, **UNKNOWN}

    def undated(
        self, row: Row, earliest: Mapping[str, _Change], drafts: list[Draft]
    ) -> Iterator[Draft]:
        """Yield what a row states of the present without a date: a link, a mark of deletion."""
        last = max(draft[0] for draft in drafts)
        other = row.get("duplicate_of")
        if other is not None:
            self.tally.noted.note("no_time_of", None, f"duplicate of {other.id()}")
            acts = [draft for draft in drafts if draft[2] is Changed]
            actor = acts[-1][3] if acts else None
            more = {"kind": "duplicate", "other": other.id(), "basis": "snapshot"}
            yield last, CHANGE, Related, actor, more if actor else {**more, **UNKNOWN}
        deleted = row.get("deleted")
        if deleted is not None and marked(deleted) and "deleted" not in earliest:
            self.tally.noted.note("no_time_of", None, "mark of deletion")
            yield last, GONE, Changed, None, {"fields": {"status": DELETED}, **UNKNOWN}

    def changes(self, row: Row) -> Iterator[_Change]:
        """Yield what a row of the report of changes, or of a register of states, says."""
        at, author = self.clock.instant(row.must("at")), row.name("author")
        attribute = row.get("attribute")
        if attribute is not None:
            field = self.installation.meaning(attribute.text())
            new = row.must("new") if field == "status" else row.get("new")
            yield _Change(at, author, field, row.get("old"), new)
            return
        cells = [(name, row.get(name)) for name in RECORDED]
        if not any(cell for _, cell in cells):
            row.node.refuse("a change of nothing", "name its columns in Installation.columns")
        for name, cell in cells:
            if cell is not None:
                yield _Change(at, author, name, None, cell)

    def beginning(
        self,
        row: Row,
        history: list[Row],
        earliest: Mapping[str, _Change],
        first: Mapping[str, _Change],
    ) -> dict[str, Any]:
        """Return the fields at the creation, where each change in `first` belongs to it."""
        reported = any(each.get("attribute") for each in history)  # else of its states at best
        fields: dict[str, Any] = {}
        for name in (*RECORDED, *self.installation.custom):
            cell = row.get(name)
            if name in earliest:
                cell = earliest[name].new if name in first else earliest[name].old
            elif not reported and name in MOVED:
                cell = self.unmoved(row, name, cell)
            fields.update(self.field(name, cell))
        fields["status"] = fields["status"] or self.installation.initial
        fields.update(self.unrecorded(row))
        return {name: value for name, value in fields.items() if value is not None}

    def unrecorded(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield the fields whose changes no report of 1C records."""
        channel, number = row.get("channel"), row.get("number")
        if channel is not None:
            native = called(channel.id(), self.installation)
            yield "channel", self.installation.channels.get(native, native)
        if number is not None and number.id() != row.must("ticket").id():
            yield "custom.number", number.id()

    def unmoved(self, row: Row, name: str, cell: Node | None) -> Node | None:
        """Return a present value only if it can be the first one: work moves these fields."""
        if cell is None:
            return None
        if name != "status":
            self.tally.left_out[f"{name} since an unknown time"] += 1
            return None
        category = self.field(name, cell)[name].category
        if category in ENDED and row.get("closed") is not None:
            return None  # it began in the first status, and the date of its end is known
        if category != "new":
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

    def message(self, row: Row, people: _People) -> Draft:
        """Return a comment as a message; one by staff of no kind is taken as internal."""
        at, author, kind = self.clock.instant(row.must("at")), row.name("author"), row.get("kind")
        role, internal = self.role(author, people), row.get("internal")
        public = role == "customer"
        if kind is not None:
            known = self.installation.kinds.get(plain(kind.text()))
            if known is None:
                self.tally.met("kind of comment", kind.text(), "internal")
            robot = author is not None and plain(author) in self.installation.robots
            speaker, public = known or (role, False)
            role = self.installation.roles.get(author or "", "system" if robot else speaker)
        elif internal is not None:
            public = not marked(internal)
        elif not public:
            self.tally.noted.note("no_kind", None, author)
        return at, MESSAGE, Message, author, {"public": public, "role": role}

    def transactions(self, changes: list[_Change], status: Status) -> Iterator[Draft]:
        """Yield what one author changed at one instant as one `Changed`.

        A mark of deletion is a void status; taken off, the status before it holds again.
        """
        rows: list[tuple[tuple[datetime, str | None], dict[str, Any]]] = []
        gone = False
        for each in changes:
            if each.field == "rating":
                continue
            if each.field == "deleted":
                gone = each.new is not None and marked(each.new)
                fields: dict[str, Any] = {"status": DELETED if gone else status}
            else:
                fields = self.field(each.field, each.new)
                status = fields.get("status") or status
                if gone:
                    fields.pop("status", None)
            rows.append(((each.at, each.author), fields))
        for (at, author), fields in runs((key, fields) for key, fields in rows if fields):
            yield at, CHANGE, Changed, author, {"fields": fields}

    def ratings(self, changes: list[_Change]) -> Iterator[Draft]:
        """Yield the ratings among recorded changes."""
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


def _numbered(rows: list[Row]) -> list[Row]:
    """Return rows by their line numbers; none where one of them has no number."""
    if not all(row.get("line_number") is not None for row in rows):
        return []
    return sorted(rows, key=lambda row: row.must("line_number").number())
