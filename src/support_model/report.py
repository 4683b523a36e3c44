"""A log on paper: its figures, what changed between two periods, and the page that shows both."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from support_model._report.csv_files import csv_files_of
from support_model._report.document import document, title_of
from support_model._report.html_page import html_page
from support_model._report.log_views import LogView
from support_model._report.plain_tables import PlainColumn, PlainTable, plain_tables
from support_model._report.policy_report import with_asked
from support_model._report.printed import PrintedLine, printed_sections
from support_model._report.report import Report, columns_of, make_report
from support_model._report.report_data import report_to_data
from support_model._report.spans import period
from support_model._report.wording import LANGUAGES, Language, Wording
from support_model._report.workbooks import workbook_of
from support_model.adapters import Account
from support_model.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from support_model._findings import Finding
    from support_model._report.blocks import Section
    from support_model.adapters.table import TableMapping

__all__ = [
    "LANGUAGES",
    "Document",
    "Language",
    "LogView",
    "PlainColumn",
    "PlainTable",
    "PrintedLine",
    "Report",
    "Wording",
    "columns_of",
    "csv_files",
    "document",
    "make_report",
    "page",
    "period",
    "printed",
    "read_by_columns",
    "report_to_data",
    "tables_of",
    "with_asked",
    "workbook",
]


Document: TypeAlias = "tuple[Section, ...]"
"""The sections of a report in reading order, made once for all outputs."""


def read_by_columns(
    paths: Sequence[Path],
    mapping: TableMapping | None = None,
    account: Account | None = None,
    *,
    keep: Iterable[str] = (),
    findings: Iterable[Finding] = (),
    progress: Callable[[int], object] | None = None,
) -> LogView | None:
    """Return a log for `make_report`, read strictly by columns: many times sooner.

    None where `support_model.adapters.read_files` has to read it: without the extra `frames`, or
    for what columns do not read, a file with a problem among it, whose line that reading says.

    Args:
        paths: the files.
        mapping: what the columns of a table mean; None for files of events.
        account: what ids and words mean, and the zone.
        keep: further columns of a table, each a custom field.
        findings: what was met before the files are read.
        progress: called with the number of bytes of the files once they are read.
    """
    try:
        from support_model._report import column_reading  # noqa: PLC0415 - an extra
    except (ModuleNotFoundError, MissingExtra):
        return None
    own = Account() if account is None else account
    view = column_reading.read_by_columns(paths, mapping, own, keep=keep, progress=progress)
    return None if view is None else view.with_findings(findings)


def page(
    report: Report,
    wording: Wording | None = None,
    sections: Iterable[Section] | None = None,
) -> str:
    """Return a report as one HTML page that stands alone: no network, no script.

    Args:
        report: the report.
        wording: the language, and the zone of instants; by default English in the report's zone.
        sections: its sections, if they are made already: see `document`.
    """
    said = Wording(tz=report.tz) if wording is None else wording
    every = document(report) if sections is None else tuple(sections)
    return html_page(title_of(report), every, said)


def printed(
    report: Report,
    wording: Wording | None = None,
    sections: Iterable[Section] | None = None,
    *,
    width: int = 100,
    encoding: str = "utf-8",
) -> Iterator[PrintedLine]:
    """Yield the lines of a report in a terminal; no character of a cell is lost.

    Args:
        report: the report.
        wording: the language, and the zone of instants; by default English in the report's zone.
        sections: its sections, if they are made already: see `document`.
        width: the most places of a line.
        encoding: that of the terminal; a character that it lacks is written as its number.
    """
    said = Wording(tz=report.tz) if wording is None else wording
    every = document(report) if sections is None else sections
    return printed_sections(title_of(report), every, said, width=width, encoding=encoding)


def tables_of(
    report: Report,
    wording: Wording | None = None,
    sections: Iterable[Section] | None = None,
) -> tuple[PlainTable, ...]:
    """Return all that a report holds as tables of plain values, as notebooks take them.

    Args:
        report: the report.
        wording: the language, and the zone of instants; by default English in the report's zone.
        sections: its sections, if they are made already: see `document`.

    Example:
        >>> from support_model.adapters import EventLog
        >>> made = tables_of(make_report(EventLog(events=())))
        >>> [column.key for column in made[0].columns if made[0].key == "times"][:3]
        ['figure', 'clock', 'n']
    """
    said = Wording(tz=report.tz) if wording is None else wording
    return plain_tables(document(report) if sections is None else sections, said)


def csv_files(
    report: Report,
    wording: Wording | None = None,
    sections: Iterable[Section] | None = None,
) -> dict[str, str]:
    """Return the text of a CSV file for each table of a report, by the name of the file.

    Keys head the columns, lengths are in seconds, instants are ISO 8601; a text that a spreadsheet
    would run has an apostrophe in front. The arguments are those of `tables_of`.
    """
    return csv_files_of(tables_of(report, wording, sections))


def workbook(
    report: Report,
    wording: Wording | None = None,
    sections: Iterable[Section] | None = None,
) -> bytes:
    """Return a report as a workbook (.xlsx), a sheet a table; the same bytes for the same report.

    The arguments are those of `tables_of`.

    Raises:
        MissingExtra: openpyxl is not installed.
    """
    said = Wording(tz=report.tz) if wording is None else wording
    return workbook_of(title_of(report), tables_of(report, said, sections), said)
