"""A mapped table of changes, row by row, as the events of its tickets.

Every row of the file states a ticket as it was from one instant on (a snapshot, or a change
with its outcome). `read` streams the rows, reads each by the mapping, and gathers the rows
of a ticket into its events. A row that cannot be read is refused or, leniently, left out and
listed. Where the tool counts its updates, the count is the order; else time is, and a file may
run from the newest to the oldest.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn, cast

from attrs import Factory, define, evolve

from support_model._bounded_files import records, runs_backwards
from support_model._findings import Findings
from support_model._frozen import frozen
from support_model._vocabulary import Priority, Status
from support_model.adapters._event_logs import EventLog, Recorded
from support_model.adapters._mapping import NAMED, TableMapping, load, named
from support_model.errors import InvalidLog, nearest
from support_model.events import Acknowledged, Changed, Created

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from support_model._vocabulary import Basis, Category
    from support_model.events import Event

__all__ = ["NAMED", "TableMapping", "load", "named", "read", "recognized"]

REMEMBERED = 1_000_000
LONGEST_COUNT = 18
YES = frozenset({"true", "t", "yes", "y", "1"})
NO = frozenset({"false", "f", "no", "n", "0"})
RECORDED = ("created", "solved", "closed")


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


class _LeftOut(Exception):
    """What a lenient reading leaves out, after it was reported."""


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
        mapping: TableMapping,
        column: Mapping[str, int],
        width: int,
        findings: Findings,
        tz: tzinfo | None,
    ) -> None:
        self.mapping = mapping
        self.column = column
        self.width = width
        self.findings = findings
        self.tz = tz
        self.parse = mapping.stamps.reader()
        self.missing = mapping.missing | {""}
        self.status = [column[name] for name in mapping.status]
        self.statuses = {
            name: Status(name, cast("Category", category))
            for name, category in mapping.categories.items()
        }
        self.instants: dict[str, datetime] = {}
        self.twice: set[str] = set()
        self.stamps: list[datetime] = []

    def add(self, drafts: dict[str, _TicketRows], line: int, cells: list[str]) -> None:
        """Read one row into the draft of its ticket.

        Raises:
            _LeftOut: leniently, a row that cannot be read or repeats another.
        """
        mapping = self.mapping
        if not cells:
            self.findings.note("blank", line)
            return
        if len(cells) != self.width:
            self.refuse("cells", line, f"{len(cells)} cells, {self.width} columns")
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
        row = _Row(line, at, status, group, self.flag(cells, line), actor, agent, held)
        draft = drafts.setdefault(ticket, _TicketRows())
        self.count_once(draft, cells, line)
        draft.add((sequence, at), row, cells)
        self.stamps.append(at)

    def put_in_order(self, drafts: Collection[_TicketRows]) -> None:
        """Order the rows of every ticket: by their count where it is mapped, else by time.

        Raises:
            InvalidLog: strictly, rows without a count that run neither way.
        """
        stamps = ([at for _, at, _ in draft.rows] for draft in drafts)
        turned = runs_backwards(self.stamps, stamps)
        if any(turned):
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
        self.findings.refuse(code, line, value, hint=hint)
        raise _LeftOut

    def count_once(self, draft: _TicketRows, cells: Sequence[str], line: int) -> None:
        """Treat an exact repetition as the mapping says."""
        key = hash(tuple(cells))  # among the few rows of one ticket a hash is as good as the row
        if key not in draft.seen:
            draft.seen.add(key)
        elif self.mapping.duplicates == "keep":
            self.findings.note("kept", line)
        elif self.mapping.duplicates == "drop":
            self.findings.note("dropped", line)
            raise _LeftOut
        else:
            self.refuse("repeated", line)

    def read_status(self, cells: Sequence[str], line: int) -> Status:
        """Return the row's status, its name as the log writes it."""
        known = self.statuses
        name = "/".join([cells[each] for each in self.status])
        if name not in known:
            self.refuse("bad_status", line, name, hint=nearest(name, known) if known else "")
        return known[name]

    def sequence(self, cells: Sequence[str], line: int) -> int:
        """Return the row's update count, 0 where the log has none."""
        if self.mapping.sequence is None:
            return 0
        text = cells[self.column[self.mapping.sequence]]
        if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_COUNT):
            self.refuse("bad_sequence", line, text)
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
        word = text.lower()
        if word not in YES and word not in NO:
            self.findings.refuse("bad_recorded", line, text)
            return None
        return word in YES

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
        except _LeftOut:
            return None

    def instant(self, text: str, line: int, bad: str) -> datetime:
        """Return the UTC instant of a stamp; report as `bad` what is none."""
        at = self.instants.get(text)
        if at is None:
            try:
                stamp = self.parse(text)
            except (ValueError, OverflowError):
                self.refuse(bad, line, text)
            try:
                at = self.resolved(stamp, text, line)
            except OverflowError:  # an offset at the edge of year 1 or 9999
                self.refuse(bad, line, text)
            if len(self.instants) >= REMEMBERED:
                self.instants.clear()
            self.instants[text] = at
        if text in self.twice:
            self.findings.note("ambiguous_time", line, text)
        return at

    def resolved(self, stamp: datetime, text: str, line: int) -> datetime:
        """Return the UTC instant of a datetime; a local time shown twice is its first."""
        if stamp.tzinfo is not None:
            return stamp.astimezone(UTC)
        if self.tz is None:  # never guessed, not even leniently
            problem = "a time without a zone"
            remedy = "say which zone the log is in: --tz Europe/Berlin, or --tz UTC"
            raise InvalidLog(self.findings.file, line, problem, text, remedy)
        local = stamp.replace(tzinfo=self.tz)
        at = local.astimezone(UTC)
        if at.astimezone(self.tz).replace(tzinfo=None) != stamp:
            self.refuse("skipped_time", line, text)
        if local.replace(fold=1).utcoffset() != local.utcoffset():
            self.twice.add(text)
        return at


CREATED = Status("created", "new")
DATED = ("group", "agent", "line")
"""Fields that every row states anew; of the others the last row alone is kept."""
UNRANKED = 1
"""Rank of every priority: a table has its word alone, and no condition may ask for the rank."""


def read(
    path: Path,
    mapping: TableMapping,
    *,
    tz: tzinfo | None = None,
    lenient: bool = False,
    keep: Iterable[str] = (),
    progress: Callable[[int], object] | None = None,
) -> EventLog:
    """Read a .csv or .csv.gz log by its mapping.

    Args:
        path: the file.
        mapping: what its columns mean.
        tz: zone of stamps that carry no offset, where the mapping does not fix it.
        lenient: list problems as findings instead of stopping at the first.
        keep: further columns, each a custom field of its name; a ticket has its last text.
        progress: called with the number of bytes of the file read so far.

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
    source = records(
        path,
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        findings=findings,
        progress=progress,
    )
    named = _named(mapping, keep)
    header = next((cells for _, cells in source if cells), None)
    drafts: dict[str, _TicketRows] = {}
    cases: Iterable[_Case] = ()
    listed = False
    if header is not None:
        kept = [column for columns in named.values() for column in columns]
        column = _columns(header, (*mapping.columns, *kept), path.name)
        reader = _Reader(mapping, column, len(header), findings, mapping.tz or tz)
        for line, cells in source:
            with suppress(_LeftOut):
                reader.add(drafts, line, cells)
        reader.put_in_order(drafts.values())
        listed = reader.lists(drafts.values())
        cases = (reader.case(ticket, drafts.pop(ticket), kept) for ticket in [*drafts])
    if not drafts:
        findings.refuse("empty", None)
    return _event_log(cases, mapping, named, findings, "snapshot" if listed else None)


def _event_log(
    cases: Iterable[_Case],
    mapping: TableMapping,
    named: Mapping[str, tuple[str, ...]],
    findings: Findings,
    basis: Basis | None,
) -> EventLog:
    undated = {name: columns for name, columns in named.items() if name not in DATED}
    events: list[Event] = []
    recorded: dict[str, Recorded] = {}
    rows = 0
    for case in cases:
        events += _events(case, mapping, undated, basis)
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
        columns=_own_names(mapping, named),
        undated=frozenset(undated),
        findings=findings.all(),
    )


def _named(mapping: TableMapping, keep: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the columns of each field of a ticket; what is kept besides is a custom field."""
    return {f"custom.{column}": (column,) for column in keep} | dict(mapping.fields)


def _own_names(mapping: TableMapping, named: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    own = {columns[0]: name for name, columns in named.items() if len(columns) == 1}
    return own | ({"actor": own[mapping.actor]} if mapping.actor in own else {})


def _recorded(case: _Case) -> Recorded:
    flags = (row.sla_met for row in case.rows)
    return Recorded(
        instants=case.recorded, within_sla=tuple(flag for flag in flags if flag is not None)
    )


def _events(
    case: _Case,
    mapping: TableMapping,
    undated: Mapping[str, tuple[str, ...]],
    basis: Basis | None,
) -> Iterator[Event]:
    """Yield a ticket's events: its creation, a change for each row, who took it up.

    The mapping names who opens tickets and which row takes one up. The log does not record who
    made a later change, a customer or an agent: their role is `system`. A creation recorded
    before the first row has a status of its own, new; one recorded after it begins with the row.
    The creation has the fields that are kept of the last row alone.
    """
    opened: dict[str, Any] = {
        "ticket_id": case.ticket,
        "role": mapping.opened_by,
        "basis": basis,
    }
    shared = opened | {"role": "system"}
    stated = _last_texts(case, undated)
    created = case.recorded.get("created")
    begun = False
    if created is not None and created < case.rows[0].at:
        begun = True
        yield Created(**opened, at=created, seq=0, fields=stated | {"status": CREATED})
    taken = any(row.status.category in mapping.acknowledged_by for row in case.rows)
    held: dict[str, object] = {}
    for seq, row in enumerate(case.rows, 1):
        states = _states(row)
        fields = {name: value for name, value in states.items() if held.get(name) != value}
        held |= fields
        fields["status"] = row.status
        if begun:
            yield Changed(**shared, at=row.at, actor=row.actor, seq=2 * seq, fields=fields)
        else:
            fields = stated | fields
            yield Created(**opened, at=row.at, actor=row.actor, seq=2 * seq, fields=fields)
            begun = True
        if taken and row.status.category in mapping.acknowledged_by:
            taken = False
            yield Acknowledged(**shared, at=row.at, actor=row.actor, seq=2 * seq + 1)


def _last_texts(case: _Case, undated: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    """Return the fields that the last row states; several columns are joined by "/"."""
    found: dict[str, object] = {}
    for name, columns in undated.items():
        texts = [case.texts[column] for column in columns]
        if any(texts):
            text = "/".join(text or "?" for text in texts)
            found[name] = Priority(text, UNRANKED) if name == "priority" else text
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


def recognized(path: Path) -> TableMapping:
    """Return the shipped mapping whose columns the file has.

    Raises:
        InvalidLog: the file cannot be read, or no shipped mapping, or more than one, fits it.
    """
    findings = Findings(path.name)
    source = records(path, encoding="utf-8", delimiter=",", findings=findings)
    header = {*next((cells for _, cells in source if cells), ())}
    fitting = [each for each in map(named, NAMED) if header.issuperset(each.columns)]
    if len(fitting) != 1:
        remedy = f"say which with --from ({', '.join(NAMED)}) or --mapping FILE.toml"
        raise InvalidLog(path.name, 1, "columns of no known log format", None, remedy)
    return fitting[0]


def _columns(header: Sequence[str], wanted: Iterable[str], file: str) -> dict[str, int]:
    """Return the position of every wanted column."""
    for name in wanted:
        if header.count(name) != 1:
            problem = "no column" if name not in header else "more than one column"
            hint = nearest(name, header) if len(header) > 1 else f"the header reads {header[0]!r}"
            remedy = f"{hint}; check --from, --mapping or the delimiter"
            raise InvalidLog(file, 1, problem, name, remedy)
    return {name: header.index(name) for name in wanted}
