"""Sheets of a workbook (.xlsx) as lines of cells, in bounded memory.

Dates become the text that 1C writes, "02.03.2026 9:00:00", and a date whose format shows no time
of day is one without. Whole numbers have no point, a merged title is its first cell. What a
workbook may cost is bounded before it is opened: by its size unpacked, lines and columns.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from support_model._bounded_files import LARGEST_EXPANSION, SURELY_FINE
from support_model.errors import InvalidLog, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MOST_LINES = 1_048_576
MOST_COLUMNS = 500
MOST_BYTES = 1 << 30
"""Of a workbook unpacked."""
LONGEST_CELL = 32_767
REMEDY = "save it as .xlsx again, or as text"
_HOURS = re.compile(r"[hHчЧ]")
_LITERALS = re.compile(r'"[^"]{0,200}"|\\.|\[[^\]]{0,50}\]')


def rows_of_workbook(path: Path) -> list[list[str]]:
    """Return the lines of all sheets, one after another, each a list of cells as text.

    A blank line stands between two sheets; blank cells at the end of a line are left out. Sheets
    that are hidden are read too. Formulas give the values that were saved with them.

    Raises:
        MissingExtra: openpyxl is not installed.
        InvalidLog: no workbook, or one that is too large.
    """
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(extra="xlsx", needs="openpyxl") from None
    _refuse_large(path)
    found: list[list[str]] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which are no cells
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                for sheet in book.worksheets:
                    sheet.reset_dimensions()  # what a sheet says of its size may be wrong
                    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1)  # a far cell costs no more
                    found += [*([[]] if found else []), *_lines(rows, path.name)]
                    _refuse_long(len(found), path.name)
            finally:
                book.close()
    except InvalidLog:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises what it meets
        problem = f"a workbook that cannot be read ({type(error).__name__})"
        raise InvalidLog(path.name, None, problem, None, REMEDY) from None
    return found


def _refuse_large(path: Path) -> None:
    """Refuse a workbook that expands without measure."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
            small = sum(part.compress_size for part in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InvalidLog(path.name, None, "no workbook (.xlsx)", None, REMEDY) from None
    if size > MOST_BYTES or size > max(SURELY_FINE, small * LARGEST_EXPANSION):
        problem = "a workbook that expands without measure"
        raise InvalidLog(path.name, None, problem, None, "save a shorter period, or as text")


def _lines(rows: Iterable[Iterable[Any]], name: str) -> Iterator[list[str]]:
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        _refuse_long(number, name, len(cells))
        yield cells


def _refuse_long(lines: int, name: str, columns: int = 0) -> None:
    """Refuse more lines, of one sheet or of all of them, than a workbook is read with."""
    if lines > MOST_LINES or columns > MOST_COLUMNS:
        problem = f"more than {MOST_LINES} lines or {MOST_COLUMNS} columns"
        raise InvalidLog(name, lines, problem, None, "save a shorter period")


def _text(cell: Any) -> str:  # noqa: ANN401 - of openpyxl, which has no types
    """Return a cell as 1C writes it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:LONGEST_CELL].strip()
    if isinstance(value, bool):
        return "Да" if value else "Нет"
    if isinstance(value, float):
        whole = value.is_integer()
        return str(int(value)) if whole else f"{value:.6f}".rstrip("0").replace(".", ",")
    return _time_text(value, str(cell.number_format))


def _time_text(value: object, shown: str) -> str:
    """Return a date, a time or a duration as 1C writes it; `shown` is the format of the cell."""
    if isinstance(value, datetime):
        day = f"{value:%d.%m}.{value.year:04}"
        timed = value.time() != time() or _HOURS.search(_LITERALS.sub("", shown)) is not None
        return f"{day} {value.hour}:{value:%M:%S}" if timed else day
    if isinstance(value, date):
        return f"{value:%d.%m}.{value.year:04}"
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return f"{value.hour}:{value:%M:%S}" if isinstance(value, time) else str(value)
