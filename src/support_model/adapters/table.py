"""A mapped table of changes, row by row, as the histories of its cases.

Every row of the file states a ticket as it was from one instant on (a snapshot, or a change
with its outcome). `read` streams the rows, reads each by the mapping, and gathers the rows of
a ticket into a `Case`. A row that cannot be read is refused or, leniently, left out and listed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from support_model._bounded_files import records
from support_model._findings import Finding, Findings
from support_model._frozen import frozen
from support_model._vocabulary import Status
from support_model.adapters._mapping import NAMED, TableMapping, load, named
from support_model.adapters._table_rows import Case, Draft, LeftOut, Reader, Row
from support_model.errors import InvalidLog, nearest
from support_model.events import Acknowledged, Changed, Created

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime, tzinfo
    from pathlib import Path

    from support_model._vocabulary import Basis
    from support_model.events import Event

__all__ = [
    "NAMED",
    "Case",
    "Log",
    "Row",
    "TableMapping",
    "events_of",
    "load",
    "named",
    "read",
    "recognized",
]

CREATED = Status("created", "new")


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
        >>> from support_model._cli import demo
        >>> from support_model.adapters.table import load
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
    reader = Reader(mapping, column, len(header), findings, mapping.tz or tz)
    drafts: dict[str, Draft] = {}
    for line, cells in source:
        with suppress(LeftOut):
            reader.add(drafts, line, cells)
    if not drafts:
        findings.refuse("empty", None)
    reader.put_in_order(drafts.values())
    listed = reader.lists(drafts.values())
    cases = tuple(
        reader.case(ticket, draft, keep, snapshot=listed) for ticket, draft in drafts.items()
    )
    if listed:
        findings.note("list_export", None)
    return Log(file=path.name, mapping=mapping, cases=cases, findings=findings.all())


def events_of(case: Case, mapping: TableMapping) -> tuple[Event, ...]:
    """Return a case as ticket events: its creation, a change for each row, who took it up.

    The mapping says who opens tickets and which row takes one up. Who made a later change, a
    customer or an agent, the log does not say: their role is `system`. A creation recorded
    before the first row stands in a status of its own, new; one recorded after it begins with
    the row. A log of one row a ticket tells present values and no history: its events say
    `basis="snapshot"`.
    """
    first = case.rows[0]
    basis: Basis | None = "snapshot" if case.snapshot else None
    begins = min(case.created, first.at)
    opened: dict[str, Any] = {
        "ticket_id": case.ticket,
        "role": mapping.opened_by,
        "basis": basis,
    }
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
