"""The tables of a report as CSV files, one a table, as RFC 4180 has them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from support_model._csv_cells import defused
from support_model._report.plain_tables import seconds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from support_model._report.plain_tables import Plain, PlainColumn, PlainTable

RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))}
)
"""Names that Windows gives to devices."""
LONGEST_NAME = 60


def csv_files_of(tables: Iterable[PlainTable]) -> dict[str, str]:
    """Return the text of a file for each table, by a name that every file system takes.

    Example:
        >>> csv_files_of([])
        {}
    """
    files: dict[str, str] = {}
    for table in tables:
        name, number = file_name(table.key), 2
        while f"{name}.csv" in files:
            name, number = f"{file_name(table.key)}_{number}", number + 1
        files[f"{name}.csv"] = _csv(table)
    return files


def file_name(key: str) -> str:
    """Return the key of a table as the name of a file, small letters, digits and "_".

    Example:
        >>> file_name("by_custom.Country/../x"), file_name("con"), file_name("\u043b")
        ('by_custom_country_x', 'con_', 'table')
    """
    words = re.findall(r"[a-z0-9]{1,60}", key.lower())
    name = "_".join(words)[:LONGEST_NAME] or "table"
    return f"{name}_" if name in RESERVED else name


def _csv(table: PlainTable) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(defused(heading(column)) for column in table.columns)
    for row in table.rows:
        writer.writerow(map(csv_cell, row))
    return text.getvalue()


def heading(column: PlainColumn) -> str:
    """Return the heading of a column: its key, with the unit of lengths."""
    return f"{column.key}_seconds" if column.kind == "duration" else column.key


def csv_cell(value: Plain) -> str:
    """Return a value as a cell: numbers in full, lengths in seconds, instants as ISO 8601.

    Example:
        >>> csv_cell(0.1), csv_cell(timedelta(hours=1)), csv_cell(True), csv_cell(None)
        ('0.1', '3600', 'true', '')
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return defused(value)
        case timedelta():
            return repr(seconds(value))
        case datetime() | date():
            return value.isoformat()
    return repr(value)
