"""The tables of a report as a workbook (.xlsx): a sheet a table, cells that are numbers and dates.

The same report gives the same bytes. Needs the extra `xlsx`.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from support_model._report.blocks import says
from support_model._report.plain_tables import UNIT
from support_model.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._report.blocks import Kind, Said
    from support_model._report.plain_tables import Plain, PlainColumn, PlainTable
    from support_model._report.wording import Wording

STAMP = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's own stamps have no zone
"""When every workbook says that it was made."""
FIRST_YEAR = 1901
"""Dates before are written as text: spreadsheets disagree about 1900."""
LONGEST_CELL = 32_767
LONGEST_NAME = 31
WIDEST, NARROWEST = 60, 8
CUT = "\N{HORIZONTAL ELLIPSIS}"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FORMATS: Mapping[Kind, str] = MappingProxyType(
    {
        "count": "#,##0",
        "number": "#,##0.00##",
        "rate": "#,##0.0",
        "money": "#,##0.00",
        "share": "0.0%",
        "points": "+0.0%;-0.0%;0.0%",
    }
)
"""How a spreadsheet shows the numbers of a kind."""
UNSHOWN = MappingProxyType(
    {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), 127, 0xFFFE, 0xFFFF)}
)
"""Characters that no workbook may hold, shown as what they are."""


def workbook_of(title: Said, tables: Sequence[PlainTable], wording: Wording) -> bytes:
    """Return a workbook of some tables, its first sheet their contents.

    Raises:
        MissingExtra: openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(extra="xlsx", needs="openpyxl") from None
    book = openpyxl.Workbook()
    names = sheet_names((wording.say(says("workbook_contents")), *(each.key for each in tables)))
    _contents(book.active, names, title, tables, wording)
    for name, table in zip(names[1:], tables, strict=True):
        _fill(book.create_sheet(name), table)
    book.properties.created = book.properties.modified = STAMP
    raw = io.BytesIO()
    book.save(raw)
    return _same_bytes(raw.getvalue())


def sheet_names(keys: Iterable[str]) -> list[str]:
    """Return a name of a sheet for each key: short, unlike any other, without what Excel refuses.

    Example:
        >>> sheet_names(["times", "Times", "a/b"])
        ['times', 'Times_2', 'a_b']
    """
    refused = dict.fromkeys(map(ord, "[]:*?/\\'"), "_")
    names: list[str] = []
    taken: set[str] = set()
    for key in keys:
        name = first = _shown(key).translate(refused)[:LONGEST_NAME] or "_"
        number = 2
        while name.lower() in taken:
            ending = f"_{number}"
            name, number = first[: LONGEST_NAME - len(ending)] + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _contents(
    sheet: Any,  # noqa: ANN401 - of a library without types
    names: Sequence[str],
    title: Said,
    tables: Sequence[PlainTable],
    wording: Wording,
) -> None:
    """Fill the first sheet: what the workbook is, and a link to each table."""
    from openpyxl.worksheet.hyperlink import Hyperlink  # noqa: PLC0415 - an extra

    sheet.title = names[0]
    _put(sheet.cell(1, 1), wording.say(title), "word")
    _put(sheet.cell(2, 1), wording.say(says("workbook_read", zone=wording.tz.key)), "word")
    heads = ("workbook_sheet", "headline_figure", "workbook_rows")
    for place, code in enumerate(heads, start=1):
        _head(sheet.cell(4, place), wording.say(says(code)))
    for row, (name, table) in enumerate(zip(names[1:], tables, strict=True), start=5):
        link = sheet.cell(row, 1)
        _put(link, name, "word")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!A1")
        _put(sheet.cell(row, 2), table.title, "word")
        _put(sheet.cell(row, 3), len(table.rows), "count")
    sheet.column_dimensions["A"].width = LONGEST_NAME
    sheet.column_dimensions["B"].width = WIDEST
    sheet.freeze_panes = "A5"


def _fill(sheet: Any, table: PlainTable) -> None:  # noqa: ANN401 - of a library without types
    """Fill a sheet: a frozen row of headings, the values, below them what to read them by."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - an extra

    keys = [column.key for column in table.columns]
    widths = []
    for place, column in enumerate(table.columns, start=1):
        _head(sheet.cell(1, place), column.title)
        widths.append(len(column.title))
    for number, row in enumerate(table.rows, start=2):
        unit = row[keys.index(UNIT)] if UNIT in keys else ""
        for place, (value, column) in enumerate(zip(row, table.columns, strict=True), start=1):
            cell = sheet.cell(number, place)
            if value is not None:
                _put(cell, *_typed(value, column, unit))
                widths[place - 1] = max(widths[place - 1], _width(value))
    for place, note in enumerate(table.notes, start=len(table.rows) + 3):
        _put(sheet.cell(place, 1), note, "word")
    for place, width in enumerate(widths, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = min(max(width + 2, NARROWEST), WIDEST)
    sheet.freeze_panes = "A2"


def _typed(value: Plain, column: PlainColumn, unit: Plain) -> tuple[Plain, Kind]:
    """Return a value with its kind, which the unit of its row says where there is one."""
    if not unit or column.kind != "number" or isinstance(value, str):
        return value, column.kind
    if unit == "seconds" and isinstance(value, int | float):
        return timedelta(seconds=value), "duration"
    kinds: dict[Plain, Kind] = {kind: kind for kind in FORMATS}
    return value, kinds.get(unit, "number")


def _width(value: Plain) -> int:
    return (
        max(map(len, value.split("\n")), default=0)
        if isinstance(value, str)
        else 16 * (isinstance(value, datetime)) or 10
    )


def _head(cell: Any, text: str) -> None:  # noqa: ANN401 - of a library without types
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415 - an extra

    _put(cell, text, "word")
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _put(cell: Any, value: Plain, kind: Kind) -> None:  # noqa: ANN401 - of a library without types
    """Write a value as what it is; a text is never a formula, an error or a number."""
    match value:
        case bool():
            cell.value = value
        case str():
            _put_text(cell, value)
        case timedelta():
            cell.value = value / DAY
            cell.number_format = _length_format(value)
        case date() if value.year < FIRST_YEAR:
            _put_text(cell, value.isoformat())
        case datetime():
            cell.value = value.replace(tzinfo=None)
            cell.number_format = "yyyy-mm-dd hh:mm"
        case date():
            cell.value = value
            cell.number_format = "yyyy-mm-dd"
        case _:
            cell.value = value
            cell.number_format = FORMATS.get(kind, "General")


def _put_text(cell: Any, text: str) -> None:  # noqa: ANN401 - of a library without types
    shown = _shown(text)
    if len(shown) > LONGEST_CELL:
        shown = shown[: LONGEST_CELL - len(CUT)] + CUT
    cell.value = shown
    cell.data_type = "s"
    cell.quotePrefix = True  # stays a text where somebody edits it


def _shown(text: str) -> str:
    return text.translate(UNSHOWN)


def _length_format(amount: timedelta) -> str:
    """Return how a length is shown; one below zero in days, as hours below zero show nothing."""
    if amount < timedelta():
        return '0.00" d"'
    return "[h]:mm:ss" if amount % MINUTE and amount < 60 * MINUTE else "[h]:mm"


def _same_bytes(raw: bytes) -> bytes:
    """Return a workbook whose parts were all made at one time, which is no clock's."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(name)
            new.writestr(part, _undated(content) if name == "docProps/core.xml" else content)
    return made.getvalue()


def _undated(core: bytes) -> bytes:
    """Return the properties of a workbook without the time at which it was saved."""
    from openpyxl.packaging.core import DocumentProperties  # noqa: PLC0415 - an extra
    from openpyxl.xml.functions import fromstring, tostring  # noqa: PLC0415 - an extra

    properties = DocumentProperties.from_tree(fromstring(core))
    properties.created = properties.modified = STAMP
    content: bytes = tostring(properties.to_tree())
    return content
