"""A mapped table of changes, row by row, as the histories of its cases.

Every row of the file states a ticket as it was from one instant on (a snapshot, or a change
with its outcome). `read` streams the rows, reads each by the mapping, and gathers the rows of
a ticket into a `Case`. A row that cannot be read is refused or, leniently, left out and listed.

Before this: `support_model.adapters.mapping`. Next: `support_model.reporting.report`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn, cast

from attrs import Factory, define, frozen

from support_model.adapters.delimited import records
from support_model.adapters.findings import Finding, Findings
from support_model.adapters.mapping import NAMED, named
from support_model.errors import InvalidLog, nearest
from support_model.events import Acknowledged, Changed, Created
from support_model.lifecycle.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo
    from pathlib import Path

    from support_model.adapters.mapping import TableMapping
    from support_model.events import Event
    from support_model.lifecycle.vocabulary import Category

__all__ = ["Case", "Log", "Row", "events_of", "read", "recognized"]

REMEMBERED = 1_000_000
LONGEST_COUNT = 18
CREATED = Status("created", "new")
YES = frozenset({"true", "t", "yes", "y", "1"})
NO = frozenset({"false", "f", "no", "n", "0"})


@frozen
class Row:
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

    @property
    def category(self) -> str:
        """What its status means."""
        return self.status.category


@frozen(kw_only=True)
class Case:
    """One ticket of the log.

    Attributes:
        ticket: its id.
        rows: its rows, in time order.
        created: recorded creation, else the first row's instant.
        solved: recorded resolution; None where the log records none.
        closed: recorded close; None where the log records none.
        fields: texts of the columns asked for and of those that state a field of the ticket,
            as its last row has them; None where missing.
    """

    ticket: str
    rows: tuple[Row, ...]
    created: datetime
    solved: datetime | None = None
    closed: datetime | None = None
    fields: Mapping[str, str | None] = Factory(dict)


@frozen(kw_only=True)
class Log:
    """A log as it was read.

    Attributes:
        file: name of the file.
        mapping: by which it was read.
        cases: in the order of their first rows.
        findings: what was wrong or odd with it.
    """

    file: str
    mapping: TableMapping
    cases: tuple[Case, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def rows(self) -> int:
        """Number of rows read, all cases together."""
        return sum(len(case.rows) for case in self.cases)

    @property
    def first(self) -> datetime | None:
        """First instant of a creation or a row; None without cases."""
        return min((min(case.created, case.rows[0].at) for case in self.cases), default=None)

    @property
    def last(self) -> datetime | None:
        """Instant of the last row, up to which the log knows; None without cases."""
        return max((case.rows[-1].at for case in self.cases), default=None)


def read(
    path: Path,
    mapping: TableMapping,
    *,
    tz: tzinfo | None = None,
    lenient: bool = False,
    keep: Iterable[str] = (),
    progress: Callable[[int], object] | None = None,
) -> Log:
    """Read a .csv or .csv.gz log by its mapping.

    Args:
        path: the file.
        mapping: what its columns mean.
        tz: zone of stamps that carry no offset, where the mapping does not fix it.
        lenient: list problems as findings instead of stopping at the first.
        keep: columns whose last text every case keeps in `fields`.
        progress: called with the number of bytes of the file read so far.

    Raises:
        InvalidLog: the file cannot be opened, lacks a column, or has stamps without a zone
            while `tz` is not said; and, unless lenient, any problem of `findings.PROBLEMS`.

    Example:
        >>> from support_model.reporting import demo
        >>> from support_model.adapters.mapping import load
        >>> log = read(demo.LOG, load(demo.MAPPING), keep=["channel"])
        >>> log.rows, log.cases[0].ticket, log.cases[0].fields["channel"]
        (4841, 'T0001', 'portal')
    """
    findings = Findings(path.name, lenient)
    source = records(
        path,
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        findings=findings,
        progress=progress,
    )
    header = next((cells for _, cells in source if cells), None)
    if header is None:
        findings.refuse("empty", None)
        return Log(file=path.name, mapping=mapping, cases=(), findings=findings.all())
    stated = (column for columns in mapping.fields.values() for column in columns)
    keep = tuple(dict.fromkeys((*keep, *stated)))
    column = _columns(header, (*mapping.columns, *keep), path.name)
    reader = _Reader(mapping, column, len(header), findings, mapping.tz or tz)
    drafts: dict[str, _Draft] = {}
    for line, cells in source:
        with suppress(_LeftOut):
            reader.add(drafts, line, cells)
    if not drafts:
        findings.refuse("empty", None)
    cases = tuple(reader.case(ticket, draft, keep) for ticket, draft in drafts.items())
    return Log(file=path.name, mapping=mapping, cases=cases, findings=findings.all())


def events_of(case: Case, mapping: TableMapping) -> tuple[Event, ...]:
    """Return a case as ticket events: its creation, a change for each row, who took it up.

    The mapping says who opens tickets and which row takes one up. Who made a later change, a
    customer or an agent, the log does not say: their role is `system`. A creation recorded
    before the first row stands in a status of its own, new; one recorded after it begins with
    the row.
    """
    first = case.rows[0]
    begins = min(case.created, first.at)
    opened: dict[str, Any] = {"ticket_id": case.ticket, "role": mapping.opened_by}
    shared = opened | {"role": "system"}
    taken = any(row.category in mapping.acknowledged_by for row in case.rows)
    log: list[Event] = []
    if begins < first.at:
        log.append(Created(**opened, at=begins, seq=0, fields={"status": CREATED}))
    held: dict[str, object] = {}
    for seq, row in enumerate(case.rows, 1):
        states = _states(row)
        fields = {name: value for name, value in states.items() if held.get(name) != value}
        held |= fields
        fields["status"] = row.status
        if log:
            log.append(Changed(**shared, at=row.at, actor=row.actor, seq=2 * seq, fields=fields))
        else:
            log.append(Created(**opened, at=row.at, actor=row.actor, seq=2 * seq, fields=fields))
        if taken and row.category in mapping.acknowledged_by:
            taken = False
            log.append(Acknowledged(**shared, at=row.at, actor=row.actor, seq=2 * seq + 1))
    return tuple(log)


def _states(row: Row) -> dict[str, object]:
    """Return what a row says besides the status; what it says nothing of the SLA stands."""
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


class _LeftOut(Exception):
    """What a lenient reading leaves out, after it was reported."""


@define
class _Draft:
    """A case being gathered: its rows with their order, and the cells of the latest one."""

    rows: list[tuple[datetime, int, Row]] = Factory(list)
    seen: set[int] = Factory(set)
    latest: tuple[datetime, int] | None = None
    line: int = 0
    cells: list[str] = Factory(list)


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

    def add(self, drafts: dict[str, _Draft], line: int, cells: list[str]) -> None:
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
        row = Row(line, at, status, group, self.flag(cells, line), actor, agent, held)
        draft = drafts.setdefault(ticket, _Draft())
        self.count_once(draft, cells, line)
        if draft.latest is not None and (at, sequence) < draft.latest:
            self.findings.refuse("out_of_order", line, stamp)
        else:
            draft.latest, draft.line, draft.cells = (at, sequence), line, cells
        draft.rows.append((at, sequence, row))

    def refuse(self, code: str, line: int, value: object = None, *, hint: str = "") -> NoReturn:
        """Report a problem, and leave out what has it if the reading is lenient."""
        self.findings.refuse(code, line, value, hint=hint)
        raise _LeftOut

    def count_once(self, draft: _Draft, cells: Sequence[str], line: int) -> None:
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

    def case(self, ticket: str, draft: _Draft, keep: Iterable[str]) -> Case:
        """Return the finished case of a draft; recorded values are those of its last row."""
        mapping, line = self.mapping, draft.line
        draft.rows.sort(key=lambda entry: entry[:2])
        rows = tuple(row for _, _, row in draft.rows)
        created = self.recorded(mapping.created, draft) or rows[0].at
        if rows[0].at < created:
            self.findings.note("before_creation", rows[0].line, ticket)
        ends = [self.recorded(name, draft) for name in (mapping.solved, mapping.closed)]
        if any(end is not None and end < created for end in ends):
            self.findings.refuse("ends_before_start", line, ticket)
            ends = [None if end is None or end < created else end for end in ends]
        return Case(
            ticket=ticket,
            rows=rows,
            created=created,
            solved=ends[0],
            closed=ends[1],
            fields={name: self.cell(draft.cells, name) for name in keep},
        )

    def recorded(self, name: str | None, draft: _Draft) -> datetime | None:
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
