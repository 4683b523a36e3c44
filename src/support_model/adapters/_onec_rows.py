# ruff: noqa: RUF002 - Russian names are Russian
"""The tables that 1C writes, as rows whose cells are found by what they mean.

CSV text, OData and REST payloads become the same rows. Empty dates and references, decimal
commas, stamps of the local clock and names of columns are dealt with here and nowhere else.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from support_model._time import instant, micros_of, resolve
from support_model.adapters._onec_names import VENDOR, Installation, plain
from support_model.adapters._payloads import Node, complete, refuse_error
from support_model.errors import AdapterError, NaiveDatetime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from support_model.adapters._payloads import Tally


EMPTY = {
    *("", "00000000-0000-0000-0000-000000000000"),
    *("0001-01-01T00:00:00", "01.01.0001 0:00:00", "01.01.0001 00:00:00"),
}
"""How 1C writes that there is no value: no text, no reference, no date."""
STAMP = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)
REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
HOLDERS = ("value", "Incidents")
"""Keys of OData and of REST that hold rows."""
TOTALS = {"итого", "всего"}
YES = {"да", "true", "истина", "1"}
NO = {"нет", "false", "ложь", "0"}
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
            cell.refuse("an instant outside the years 1 to 9999", "mend the stamp")
        self.unsure.add(at)
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        return instant(resolve(self.zone, at.toordinal(), micros_of(at - midnight)))


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
