"""The rows of a mapped table: each read by the mapping, then gathered and ordered by ticket.

Where the tool counts its updates, the count is the order; else time is, and a file may run
from the newest to the oldest. What cannot be read is reported to the findings.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn, cast

from attrs import Factory, define, evolve, field

from support_model._bounded_files import runs_backwards
from support_model._frozen import FrozenMap, frozen
from support_model._vocabulary import Status
from support_model.errors import InvalidLog, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import tzinfo

    from support_model._findings import Findings
    from support_model._vocabulary import Category
    from support_model.adapters._mapping import TableMapping


REMEMBERED = 1_000_000
LONGEST_COUNT = 18
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
        snapshot: whether its one row states present values, in a log that tells no history.
    """

    ticket: str
    rows: tuple[Row, ...]
    created: datetime
    solved: datetime | None = None
    closed: datetime | None = None
    snapshot: bool = False
    fields: Mapping[str, str | None] = field(factory=FrozenMap)


class LeftOut(Exception):
    """What a lenient reading leaves out, after it was reported."""


@define
class Draft:
    """A case being gathered: its rows with their order, and the cells of its latest row.

    Of several latest rows of one place both ends are kept, because the file may run backwards.
    """

    rows: list[tuple[int, datetime, Row]] = Factory(list)
    seen: set[int] = Factory(set)
    latest: tuple[int, datetime] | None = None
    first_cells: tuple[int, list[str]] = (0, [])
    last_cells: tuple[int, list[str]] = (0, [])

    def add(self, place: tuple[int, datetime], row: Row, cells: list[str]) -> None:
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


class Reader:
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

    def add(self, drafts: dict[str, Draft], line: int, cells: list[str]) -> None:
        """Read one row into the draft of its ticket.

        Raises:
            LeftOut: leniently, a row that cannot be read or repeats another.
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
        draft = drafts.setdefault(ticket, Draft())
        self.count_once(draft, cells, line)
        draft.add((sequence, at), row, cells)
        self.stamps.append(at)

    def put_in_order(self, drafts: Collection[Draft]) -> None:
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

    def order_by_time(self, draft: Draft) -> None:
        """Order rows of which one count stands at two instants: no counter says that."""
        by_count = [at for _, at, _ in draft.rows]
        draft.rows.sort(key=lambda entry: (entry[1], entry[0]))
        if self.mapping.sequence is not None and by_count != [at for _, at, _ in draft.rows]:
            self.findings.note("count_repeats", draft.rows[0][2].line)

    def check_order(self, draft: Draft) -> None:
        """Report rows earlier than one before them."""
        latest = draft.rows[0][1]
        for _, at, row in draft.rows:
            if at < latest:
                self.findings.refuse("out_of_order", row.line, at.isoformat())
            latest = max(at, latest)

    def hold_later_stamps(self, draft: Draft) -> None:
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
        raise LeftOut

    def count_once(self, draft: Draft, cells: Sequence[str], line: int) -> None:
        """Treat an exact repetition as the mapping says."""
        key = hash(tuple(cells))  # among the few rows of one ticket a hash is as good as the row
        if key not in draft.seen:
            draft.seen.add(key)
        elif self.mapping.duplicates == "keep":
            self.findings.note("kept", line)
        elif self.mapping.duplicates == "drop":
            self.findings.note("dropped", line)
            raise LeftOut
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

    def lists(self, drafts: Collection[Draft]) -> bool:
        """Return whether one row a ticket states present values, beyond any first status."""
        told = [draft.rows[0][2] for draft in drafts]
        if any(len(draft.rows) > 1 for draft in drafts):
            return False
        return any(row.category != "new" for row in told)

    def case(
        self, ticket: str, draft: Draft, keep: Iterable[str], *, snapshot: bool = False
    ) -> Case:
        """Return the finished case of a draft; recorded values are those of its last row."""
        mapping, line = self.mapping, draft.line
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
            snapshot=snapshot,
            fields={name: self.cell(draft.cells, name) for name in keep},
        )

    def recorded(self, name: str | None, draft: Draft) -> datetime | None:
        """Return a recorded instant of a case, None where there is none."""
        text = self.cell(draft.cells, name)
        try:
            return None if text is None else self.instant(text, draft.line, "bad_recorded")
        except LeftOut:
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
