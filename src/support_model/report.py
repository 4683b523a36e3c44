"""A log on paper: its figures, what changed between two periods, and the page that shows both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report import comparison_tables, tables
from support_model._report.caveats import hours_text
from support_model._report.changes import PeriodComparison
from support_model._report.comparison import compare_periods
from support_model._report.leads import headline, leads
from support_model._report.page import page
from support_model._report.policy_report import with_asked
from support_model._report.report import Report, columns_of, make_report
from support_model._report.report_data import report_to_data
from support_model._report.spans import period

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._tables import TextTable

__all__ = [
    "PeriodComparison",
    "Report",
    "Section",
    "columns_of",
    "compare_periods",
    "hours_text",
    "make_report",
    "page",
    "period",
    "report_to_data",
    "sections",
    "with_asked",
]


@frozen
class Section:
    """A part of a report in reading order: a title, lines or items of a list, filled tables."""

    title: str = ""
    lines: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    tables: tuple[TextTable, ...] = ()


def sections(report: Report, comparison: PeriodComparison | None = None) -> Iterator[Section]:
    """Yield a report section by section: what was read, what changed, figures, notes, findings."""
    yield Section(f"Report on {report.log.file}", lines=tables.what_was_read(report))
    if comparison is not None:
        yield Section("What got worse", items=tuple(headline(comparison)))
        for place, lead in enumerate(leads(comparison), start=1):
            yield Section(f"Look at {place}. {lead.title}", items=lead.sentences)
        yield Section(tables=_filled(comparison_tables.all_of(comparison)))
    yield Section(tables=_filled(tables.all_of(report)))
    notes = tuple(note.text for note in report.notes)
    yield Section("Read this before you quote a figure", items=notes)
    yield Section(tables=_filled(iter((tables.findings_table(report),))))


def _filled(texts: Iterator[TextTable]) -> tuple[TextTable, ...]:
    return tuple(text for text in texts if text.rows)
