"""A mapped table, row by row, as the events of its tickets.

A mapping says what a row is. In the shape "changes" it states a ticket as it was from one instant
on (a snapshot, or a change with its outcome), in a "list" as it is now, in "fields" it states
what became of one field. `read` streams the rows, reads each by the mapping, and gathers the rows
of a ticket into its events. A row that cannot be read is refused or, leniently, left out and
listed. Where the tool counts its updates, the count is the order; else time is, and a file may
run from the newest to the oldest.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING, NoReturn

from attrs import Factory, define, evolve

from support_model._bounded_files import runs_backwards
from support_model._event_drafts import begun_event, ended_event
from support_model._findings import Findings
from support_model._frozen import frozen
from support_model._vocabulary import frozen_fields
from support_model.adapters._account import Account
from support_model.adapters._event_logs import EventLog, Recorded, StatedFigure, by_ticket
from support_model.adapters._mapping import Comments, Measured, Rating, TableMapping
from support_model.adapters._mapping_files import NAMED, load, named
from support_model.adapters._payloads import Tally, masked
from support_model.adapters._stamps import StampFormat
from support_model.adapters._table_cells import Instants, LeftOut, Words, formats_said
from support_model.adapters._table_changes import (
    CREATED,
    DATED,
    RECORDED,
    fields_named,
    flag_of,
    is_count,
    own_names,
    present_names,
)
from support_model.adapters._table_fields import FieldsReader, some
from support_model.adapters._table_files import (
    TITLES,
    fitting,
    headed,
    is_total,
    recognized,
    table_of,
)
from support_model.adapters._table_lists import ListReader
from support_model.errors import InvalidLog, UnknownLogFormat
from support_model.events import Acknowledged, Changed, Created

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo
    from pathlib import Path

    from support_model._vocabulary import Basis, Role, Status
    from support_model.adapters._drafts import Drafts
    from support_model.adapters._table_files import Header
    from support_model.events import Event

__all__ = [
    "NAMED",
    "Comments",
    "Measured",
    "Rating",
    "StampFormat",
    "TableMapping",
    "fitting",
    "load",
    "named",
    "read",
    "read_tables",
    "recognized",
]

REPEATED = "dropped"


@frozen
class _Row:
    """One row: how the ticket stood from `at` on.

    Attributes:
        line: 1-based line in the file.
        at: the instant, UTC.
        status: its status, with the category that the mapping gives it.
        group: the team that holds it; None where unknown.
        sla_met: what the tool stated at that time; None where it stated nothing.
        actor: who made the change; None where unknown.
        agent: to whom it is assigned; None where unknown.
        support_line: the support line that holds it; None where unknown.
    """

    line: int
    at: datetime
    status: Status
    group: str | None = None
    sla_met: bool | None = None
    actor: str | None = None
    agent: str | None = None
    support_line: int | None = None


@frozen(kw_only=True)
class _Case:
    """The rows of one ticket, and what its last row states of it.

    Attributes:
        ticket: its id.
        rows: its rows, in time order.
        recorded: the recorded instants that there are columns for, by name.
        texts: texts of the columns asked for and of those that state a field of the ticket; None
            where missing.
    """

    ticket: str
    rows: tuple[_Row, ...]
    recorded: Mapping[str, datetime | None]
    texts: Mapping[str, str | None]


@define
class _TicketRows:
    """A case being gathered: its rows with their order, and the cells of its latest row.

    Of several latest rows of one place both ends are kept, because the file may run backwards.
    """

    rows: list[tuple[int, datetime, _Row]] = Factory(list)
    seen: set[int] = Factory(set)
    latest: tuple[int, datetime] | None = None
    first_cells: tuple[int, list[str]] = (0, [])
    last_cells: tuple[int, list[str]] = (0, [])

    def add(self, place: tuple[int, datetime], row: _Row, cells: list[str]) -> None:
        """Add a row at its place: its update count, where there is one, and its stamp."""
        self.rows.append((*place, row))
        if self.latest is None or place >= self.latest:
            self.last_cells = row.line, cells
            if place != self.latest:
                self.first_cells = row.line, cells
            self.latest = place

    def turned(self) -> None:
        """Turn the rows round, ties included."""
        self.rows.reverse()
        self.last_cells = self.first_cells

    @property
    def line(self) -> int:
        """The line of the latest row."""
        return self.last_cells[0]

    @property
    def cells(self) -> list[str]:
        """The cells of the latest row."""
        return self.last_cells[1]


class _Reader:
    """Reads rows by a mapping; remembers stamps, of which a log repeats most."""

    def __init__(
        self,
        words: Words,
        instants: Instants,
        column: Mapping[str, int],
        width: int,
    ) -> None:
        self.words = words
        self.mapping = words.mapping
        self.column = column
        self.width = width
        self.findings = words.findings
        self.instants = instants
        self.instant = instants.read
        self.missing = words.missing
        self.status = [column[name] for name in self.mapping.status]
        self.statuses = words.statuses
        self.lines = words.account.lines if self.mapping.line is None else {}
        self.ignored = [(column[name], cells) for name, cells in self.mapping.ignore.items()]
        self.row: Sequence[str] = ()
        self.stamps: list[datetime] = []

    def add(self, drafts: dict[str, _TicketRows], line: int, cells: list[str]) -> None:
        """Read one row into the draft of its ticket.

        Raises:
            LeftOut: leniently, a row that cannot be read or repeats another.
        """
        mapping = self.mapping
        self.row = cells
        if not cells:
            self.findings.note("blank", line)
            return
        if len(cells) != self.width:
            self.refuse("cells", line, f"{len(cells)} cells, {self.width} columns")
        if self.ignored and self.is_ignored(cells):
            return
        ticket = self.cell(cells, mapping.ticket)
        if ticket is None:
            self.refuse("no_ticket", line)
        status = self.read_status(cells, line)
        stamp = self.cell(cells, mapping.at)
        if stamp is None:
            self.refuse("no_time", line)
        at, sequence = self.instant(stamp, line, "bad_time"), self.sequence(cells, line)
        names = (mapping.group, mapping.actor, mapping.agent)
        group, actor, agent = (self.cell(cells, name) for name in names)
        held = self.support_line(cells, line)
        if group is not None:
            group = self.words.group(group)
            held = self.lines.get(group, held) if self.lines else held
        row = _Row(line, at, status, group, self.flag(cells, line), actor, agent, held)
        draft = drafts.setdefault(ticket, _TicketRows())
        self.count_once(draft, cells, line)
        draft.add((sequence, at), row, cells)
        self.stamps.append(at)

    def choosing(self, rows: Iterator[tuple[int, list[str]]]) -> Iterable[tuple[int, list[str]]]:
        """Return the rows, after the formats of their stamps were chosen."""
        if len(self.instants.formats) == 1:
            return rows
        gathered = [*rows]
        names = ("at", *RECORDED)
        columns = [getattr(self.mapping, name) for name in names]
        places = [self.column[name] for name in columns if name is not None]
        self.instants.choose(
            cells[place]
            for _, cells in gathered
            if len(cells) == self.width
            for place in places
            if cells[place] not in self.missing
        )
        return gathered

    def is_ignored(self, cells: Sequence[str]) -> bool:
        """Return whether the mapping leaves the row out; count it if so."""
        for place, words in self.ignored:
            if cells[place] in words:
                self.words.tally.left_out["row that the mapping ignores"] += 1
                return True
        return False

    def put_in_order(self, drafts: Collection[_TicketRows]) -> None:
        """Order the rows of every ticket: by their count where it is mapped, else by time.

        Raises:
            InvalidLog: strictly, rows without a count that run neither way.
        """
        stamps = ([at for _, at, _ in draft.rows] for draft in drafts)
        turned = runs_backwards(self.stamps, stamps)
        if self.mapping.order:
            turned = [self.mapping.order == "newest_first"] * len(turned)
        elif any(turned):
            self.findings.note("newest_first", None)
        for draft, backwards in zip(drafts, turned, strict=True):
            if backwards:
                draft.turned()
            if self.mapping.sequence is None:
                self.check_order(draft)
            draft.rows.sort(key=lambda entry: entry[:2])
            if len({place[0] for place in draft.rows}) < len({place[:2] for place in draft.rows}):
                self.order_by_time(draft)
            self.hold_later_stamps(draft)

    def order_by_time(self, draft: _TicketRows) -> None:
        """Order rows of which one count has two instants, which is no counter."""
        by_count = [at for _, at, _ in draft.rows]
        draft.rows.sort(key=lambda entry: (entry[1], entry[0]))
        if self.mapping.sequence is not None and by_count != [at for _, at, _ in draft.rows]:
            self.findings.note("count_repeats", draft.rows[0][2].line)

    def check_order(self, draft: _TicketRows) -> None:
        """Report rows earlier than one before them."""
        latest = draft.rows[0][1]
        for _, at, row in draft.rows:
            if at < latest:
                self.findings.refuse("out_of_order", row.line, at.isoformat())
            latest = max(at, latest)

    def hold_later_stamps(self, draft: _TicketRows) -> None:
        """Give a row whose stamp contradicts the order that of the row before it."""
        latest = draft.rows[0][1]
        for i, (sequence, at, row) in enumerate(draft.rows):
            if at < latest:
                self.findings.note("stamp_contradicts", row.line, at.isoformat())
                draft.rows[i] = sequence, latest, evolve(row, at=latest)
            latest = max(at, latest)

    def refuse(self, code: str, line: int, value: object = None, *, hint: str = "") -> NoReturn:
        """Report a problem, and leave out what has it if the reading is lenient."""
        if is_total(self.row, self.mapping.totals):
            self.findings.note("no_row", line)
            raise LeftOut
        self.findings.refuse(code, line, value, hint=hint)
        raise LeftOut(code)

    def count_once(self, draft: _TicketRows, cells: Sequence[str], line: int) -> None:
        """Treat an exact repetition as the mapping says."""
        key = hash(tuple(cells))  # among the few rows of one ticket a hash is as good as the row
        if key not in draft.seen:
            draft.seen.add(key)
        elif self.mapping.duplicates == "keep":
            self.findings.note("kept", line)
        elif self.mapping.duplicates == "drop":
            self.findings.note("dropped", line)
            raise LeftOut(REPEATED)
        else:
            self.refuse("repeated", line)

    def read_status(self, cells: Sequence[str], line: int) -> Status:
        """Return the row's status, its name as the log writes it."""
        name = "/".join([cells[each] for each in self.status])
        found = self.statuses.get(name)
        if found is None:
            if is_total(cells, self.mapping.totals):
                self.refuse("bad_status", line)
            found = self.words.status(name, line)
        return found

    def sequence(self, cells: Sequence[str], line: int) -> int:
        """Return the row's update count, 0 where the log has none."""
        if self.mapping.sequence is None:
            return 0
        text = cells[self.column[self.mapping.sequence]]
        if not is_count(text):
            self.refuse("bad_sequence", line, masked(text))
        return int(text)

    def support_line(self, cells: Sequence[str], line: int) -> int | None:
        """Return the number of the support line that holds the ticket."""
        text = self.cell(cells, self.mapping.line)
        if text is not None and text not in self.mapping.lines:
            self.findings.refuse("bad_line", line, text)
        return None if text is None else self.mapping.lines.get(text)

    def flag(self, cells: Sequence[str], line: int) -> bool | None:
        """Return what the tool states about the SLA."""
        text = self.cell(cells, self.mapping.sla_met)
        if text is None:
            return None
        flag = flag_of(text)
        if flag is None:
            self.findings.refuse("bad_recorded", line, masked(text))
        return flag

    def cell(self, cells: Sequence[str], name: str | None) -> str | None:
        """Return the text in a column, None where missing or where there is no such column."""
        if name is None:
            return None
        text = cells[self.column[name]]
        return None if text in self.missing else text

    def lists(self, drafts: Collection[_TicketRows]) -> bool:
        """Return whether one row a ticket states present values, beyond any first status."""
        if any(len(draft.rows) > 1 for draft in drafts):
            return False
        return any(draft.rows[0][2].status.category != "new" for draft in drafts)

    def case(self, ticket: str, draft: _TicketRows, keep: Iterable[str]) -> _Case:
        """Return the finished case of a draft; recorded values are those of its last row."""
        rows = tuple(row for _, _, row in draft.rows)
        recorded = {
            name: self.recorded(column, draft)
            for name in RECORDED
            if (column := getattr(self.mapping, name)) is not None
        }
        created = recorded.get("created") or rows[0].at
        if rows[0].at < created:
            self.findings.note("before_creation", rows[0].line, ticket)
        early = [name for name, at in recorded.items() if at is not None and at < created]
        if early:
            self.findings.refuse("ends_before_start", draft.line, ticket)
            recorded |= dict.fromkeys(early)
        return _Case(
            ticket=ticket,
            rows=rows,
            recorded=recorded,
            texts={name: self.cell(draft.cells, name) for name in keep},
        )

    def recorded(self, name: str | None, draft: _TicketRows) -> datetime | None:
        """Return a recorded instant of a case, None where there is none."""
        text = self.cell(draft.cells, name)
        try:
            return None if text is None else self.instant(text, draft.line, "bad_recorded")
        except LeftOut:
            return None


def read(
    path: Path,
    mapping: TableMapping,
    *,
    tz: tzinfo | None = None,
    lenient: bool = False,
    keep: Iterable[str] = (),
    progress: Callable[[int], object] | None = None,
    account: Account | None = None,
) -> EventLog:
    """Read a .csv or .csv.gz table by its mapping.

    Args:
        path: the file.
        mapping: what its columns mean.
        tz: zone of stamps that carry no offset, where neither the account nor the mapping fixes
            it.
        lenient: list problems as findings instead of stopping at the first.
        keep: further columns, each a custom field of its name; a ticket has its last text.
        progress: called with the number of bytes of the file read so far.
        account: what statuses, priorities, groups and people mean here, beyond the mapping.

    Raises:
        InvalidLog: the file cannot be opened, lacks a column, or has stamps without a zone
            while `tz` is not said; and, unless lenient, any problem of `findings.PROBLEMS`.

    Example:
        >>> from support_model._cli import demo
        >>> from support_model.adapters.table import load
        >>> log = read(demo.LOG, load(demo.MAPPING), keep=["channel"])
        >>> log.rows, dict(log.events[0].fields)["channel"]
        (4841, 'portal')
    """
    findings = Findings(path.name, lenient)
    header, rows = table_of(path, mapping, findings, progress)
    tables = [] if header is None else [(header, rows)]
    account = Account() if account is None else account
    return _log_of(tables, mapping, account, tz=tz, findings=findings, keep=keep)


def read_tables(
    tables: Mapping[str, Sequence[Sequence[str]]],
    account: Account | None = None,
    system: str | None = None,
    *,
    mapping: TableMapping | None = None,
    lenient: bool = True,
) -> EventLog:
    """Read tables of one system that are in memory, each by the shipped mapping that fits.

    A table of changed fields takes the creations of its tickets from a table of tickets, if one
    is beside it.

    Args:
        tables: the rows of each table, by its name; the header is among the first of them.
        account: what statuses, priorities, groups and people mean here, and the zone.
        system: whose tables they are; any system's if None.
        mapping: what the columns of all of them mean; without it each is recognized.
        lenient: list problems as findings instead of stopping at the first.

    Raises:
        UnknownLogFormat: no mapping fits a table; the message names its columns.
        InvalidLog: see `read`.

    Example:
        >>> rows = [["Ticket ID", "Status", "Created time"], ["7", "Open", "2026-03-02 09:00"]]
        >>> log = read_tables({"tickets.csv": rows}, Account(tz="UTC"), "freshdesk")
        >>> [event.at.hour for event in log.events]
        [9]
    """
    account = Account() if account is None else account
    forms: dict[str, TableMapping] = {}
    by_form: dict[str, list[str]] = {}
    for name, rows in tables.items():
        own = mapping or mapping_of(rows, system)
        forms[own.name] = own
        by_form.setdefault(own.name, []).append(name)
    if not forms:
        raise InvalidLog(system or "tables", None, "no table", None, "name one")
    logs: list[EventLog] = []
    keys: dict[str, str] = {}
    for own in sorted(forms.values(), key=lambda each: each.shape == "fields"):
        parts = {name: tables[name] for name in by_form[own.name]}
        begun = _beginnings(logs, keys)
        logs.append(_log_of_rows(parts, own, account, lenient=lenient, begun=begun, keys=keys))
    return logs[0] if len(logs) == 1 else _joined(logs)


def _beginnings(logs: Iterable[EventLog], keys: Mapping[str, str]) -> dict[str, Event]:
    """Return the first event of each ticket, by its id and by what else it is called."""
    begun = {event.ticket_id: event for log in logs for event in log.events[::-1]}
    return begun | {key: begun[ticket] for key, ticket in keys.items() if ticket in begun}


def _log_of_rows(
    tables: Mapping[str, Sequence[Sequence[str]]],
    mapping: TableMapping,
    account: Account,
    *,
    lenient: bool,
    begun: Mapping[str, Event],
    keys: dict[str, str],
) -> EventLog:
    findings = Findings(
        next(iter(tables)) if len(tables) == 1 else f"{len(tables)} tables", lenient
    )
    found: list[tuple[Header, Iterator[tuple[int, list[str]]]]] = []
    for name, rows in tables.items():
        numbered = ((line, [*row]) for line, row in enumerate(rows, 1))
        header, left = headed(name, numbered, mapping, findings)
        found += [] if header is None else [(header, left)]
    return _log_of(found, mapping, account, findings=findings, begun=begun, keys=keys)


def _joined(logs: Sequence[EventLog]) -> EventLog:
    """Return several readings as one; the last that tells a ticket's events tells all of them."""
    events: dict[str, list[Event]] = {}
    stated: dict[str, tuple[StatedFigure, ...]] = {}
    recorded: dict[str, Recorded] = {}
    incomplete: dict[str, str] = {}
    unknown, left_out = Counter[tuple[str, str]](), Counter[str]()
    for log in logs:
        events |= by_ticket(log.events)
        for ticket, figures in log.stated.items():
            stated[ticket] = (*stated.get(ticket, ()), *figures)
        recorded |= log.recorded
        incomplete |= log.incomplete
        unknown += Counter(log.unknown)
        left_out += Counter(log.left_out)
    return evolve(
        logs[-1],
        events=tuple(chain.from_iterable(events.values())),
        stated=stated,
        recorded=recorded,
        rows=sum(log.rows for log in logs),
        fields=frozenset().union(*(log.fields for log in logs)),
        unknown=unknown,
        left_out=left_out,
        findings=tuple(each for log in logs for each in log.findings),
        incomplete=incomplete,
    )


def mapping_of(rows: Sequence[Sequence[str]], system: str | None = None) -> TableMapping:
    """Return the shipped mapping whose header is among the first rows of a table.

    Raises:
        UnknownLogFormat: there is none; the message names the columns.
    """
    first: UnknownLogFormat | None = None
    for row in rows[:TITLES]:
        try:
            return fitting(row, system)
        except UnknownLogFormat as error:
            first = first or error
    raise first or UnknownLogFormat(system or "auto", "a table without rows", "check the export")


def _log_of(
    tables: Sequence[tuple[Header, Iterator[tuple[int, list[str]]]]],
    mapping: TableMapping,
    account: Account,
    *,
    findings: Findings,
    tz: tzinfo | None = None,
    keep: Iterable[str] = (),
    begun: Mapping[str, Event] | None = None,
    keys: dict[str, str] | None = None,
) -> EventLog:
    """Return what the tables of one mapping tell; `keys` gets the other ids of tickets."""
    tally = Tally(mapping.system or mapping.name, noted=findings)
    words = Words(mapping, account, tally)
    instants = Instants(formats_said(mapping, account), account.tz or mapping.tz or tz, findings)
    if mapping.shape == "changes":
        log = _changes(tables, words, instants, keep)
    elif mapping.shape == "list":
        log = _list(tables, words, instants, keep, {} if keys is None else keys)
    else:
        log = _fields(tables, words, instants, begun or {})
    return log


def _list(
    tables: Sequence[tuple[Header, Iterator[tuple[int, list[str]]]]],
    words: Words,
    instants: Instants,
    keep: Iterable[str],
    keys: dict[str, str],
) -> EventLog:
    mapping = words.mapping
    asked = (*mapping.keep, *keep)
    for header, _ in tables:
        for name in keep:
            header.must(name)
    reader = ListReader(words, instants, (*asked, *sorted(words.account.keep)))
    for header, rows in tables:
        reader.take(header, rows)
    reader.tell()
    keys |= reader.keys
    if not reader.count:
        words.findings.refuse("empty", None)
    words.findings.note("list_export", None)
    log = _read_log(words, reader.drafts, reader.count)
    return evolve(log, undated=log.fields - {"status"}, columns=present_names(mapping))


def _fields(
    tables: Sequence[tuple[Header, Iterator[tuple[int, list[str]]]]],
    words: Words,
    instants: Instants,
    begun: Mapping[str, Event],
) -> EventLog:
    reader = FieldsReader(words, instants)
    for header, rows in tables:
        reader.take(header, rows)
    reader.tell(begun)
    if not reader.count and reader.unknown:
        hint = f"the mapping names {some(words.mapping.changed)}"
        words.findings.refuse("no_known_field", None, some(reader.unknown), hint=hint)
    elif not reader.count:
        words.findings.refuse("empty", None)
    return _read_log(words, reader.drafts, reader.count)


def _read_log(words: Words, drafts: Drafts, rows: int) -> EventLog:
    mapping = words.mapping
    log = words.tally.reading(drafts)
    return evolve(log, file=words.findings.file, form=mapping.name, title=mapping.title, rows=rows)


def _changes(
    tables: Sequence[tuple[Header, Iterator[tuple[int, list[str]]]]],
    words: Words,
    instants: Instants,
    keep: Iterable[str],
) -> EventLog:
    mapping, findings = words.mapping, words.findings
    named = fields_named(mapping, (*mapping.keep, *keep))
    kept = [column for columns in named.values() for column in columns]
    drafts: dict[str, _TicketRows] = {}
    stamps: list[datetime] = []
    reader: _Reader | None = None
    for header, rows in tables:
        column = {name: header.must(name) for name in (*mapping.columns, *kept)}
        reader = _Reader(words, instants, column, len(header.names))
        reader.stamps = stamps
        for line, cells in reader.choosing(rows):
            with suppress(LeftOut):
                reader.add(drafts, line, cells)
    listed = False
    cases: Iterable[_Case] = ()
    if reader is not None:
        reader.put_in_order(drafts.values())
        listed = reader.lists(drafts.values())
        last = reader
        cases = (last.case(ticket, drafts.pop(ticket), kept) for ticket in [*drafts])
    if not drafts:
        findings.refuse("empty", None)
    return _event_log(cases, words, named, "snapshot" if listed else None)


def _event_log(
    cases: Iterable[_Case],
    words: Words,
    named: Mapping[str, tuple[str, ...]],
    basis: Basis | None,
) -> EventLog:
    mapping, findings = words.mapping, words.findings
    undated = {name: columns for name, columns in named.items() if name not in DATED}
    events: list[Event] = []
    recorded: dict[str, Recorded] = {}
    rows = 0
    for case in cases:
        events += _events(case, words, undated, basis)
        recorded[case.ticket] = _recorded(case)
        rows += len(case.rows)
    if basis is not None:
        findings.note("list_export", None)
    return EventLog(
        events=tuple(events),
        recorded=recorded,
        file=findings.file,
        form=mapping.name,
        title=mapping.title,
        rows=rows,
        fields=frozenset({*named, "status"}),
        columns=own_names(mapping, named),
        undated=frozenset(undated),
        findings=findings.all(),
        unknown={key[:2]: count for key, count in words.tally.unknown.items()},
        left_out=words.tally.left_out,
    )


def _recorded(case: _Case) -> Recorded:
    flags = (row.sla_met for row in case.rows)
    return Recorded(
        instants=case.recorded, within_sla=tuple(flag for flag in flags if flag is not None)
    )


def _events(
    case: _Case,
    words: Words,
    undated: Mapping[str, tuple[str, ...]],
    basis: Basis | None,
) -> Iterator[Event]:
    """Yield a ticket's events: its creation, a change for each row, who took it up.

    The mapping names who opens tickets and which row takes one up. The log does not record who
    made a later change, a customer or an agent: their role is `system`, unless the account or the
    mapping says who the actor is, or the actor is the requester. A creation recorded
    before the first row has a status of its own, new; one recorded after it begins with the row.
    The creation has the fields that are kept of the last row alone.
    """
    mapping = words.mapping
    ticket, opened_by = case.ticket, mapping.opened_by
    stated = _last_texts(case, undated, words)
    requester = stated.get("requester")
    created = case.recorded.get("created")
    begun = False
    if created is not None and created < case.rows[0].at:
        begun = True
        fields = stated | {"status": CREATED}
        yield _event(Created, ticket, created, opened_by, None, 0, basis, fields)
    taken = any(row.status.category in mapping.acknowledged_by for row in case.rows)
    held: dict[str, object] = {}
    for seq, row in enumerate(case.rows, 1):
        states = _states(row)
        fields = {name: value for name, value in states.items() if held.get(name) != value}
        held |= fields
        fields["status"] = row.status
        role = words.role_of_change(row.actor, requester)
        if begun:
            yield _event(Changed, ticket, row.at, role, row.actor, 2 * seq, basis, fields)
        else:
            fields = stated | fields
            yield _event(Created, ticket, row.at, opened_by, row.actor, 2 * seq, basis, fields)
            begun = True
        if taken and row.status.category in mapping.acknowledged_by:
            taken = False
            yield _event(Acknowledged, ticket, row.at, role, row.actor, 2 * seq + 1, basis)


def _event(
    kind: type[Created | Changed | Acknowledged],
    ticket: str,
    at: datetime,
    role: Role,
    actor: str | None,
    seq: int,
    basis: Basis | None,
    fields: Mapping[str, object] | None = None,
) -> Event:
    """Return an event of a row: its cells are texts, its words those of the mapping.

    So all that can be wrong with it is an empty id, which its class refuses, and its fields.
    """
    if not ticket or actor == "" or at.tzinfo is not UTC:
        more = {} if fields is None else {"fields": fields}
        shared = {"role": role, "actor": actor, "seq": seq, "basis": basis}
        return kind(ticket_id=ticket, at=at, **shared, **more)  # type: ignore[arg-type] # of each kind its own
    draft = begun_event(kind, ticket, at, role, actor, seq, None, basis)
    if fields is not None:
        draft.fields = frozen_fields(fields)
    if kind is Changed:
        draft.until = None
    return ended_event(draft, kind)


def _last_texts(
    case: _Case, undated: Mapping[str, tuple[str, ...]], words: Words
) -> dict[str, object]:
    """Return the fields that the last row states; several columns are joined by "/"."""
    found: dict[str, object] = {}
    for name, columns in undated.items():
        texts = [case.texts[column] for column in columns]
        if any(texts):
            text = "/".join(text or "?" for text in texts)
            found[name] = words.said(name, text)
    return found


def _states(row: _Row) -> dict[str, object]:
    """Return the fields of a row besides its status; a missing word on the SLA changes none."""
    states: dict[str, object] = {
        "group": row.group,
        "agent": row.agent,
        "line": row.support_line,
    }
    if row.sla_met is not None:
        states["custom.sla_met"] = row.sla_met
    return states
