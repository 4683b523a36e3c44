"""A log on paper: its figures, what changed between two periods, and the page that shows both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._report import comparison_tables, tables
from support_model._report.caveats import hours_text
from support_model._report.changes import PeriodComparison
from support_model._report.comparison import compare_periods
from support_model._report.leads import headline, leads
from support_model._report.page import page
from support_model._report.policy_report import with_asked
from support_model._report.report import Report, columns_of, make_report
from support_model._report.report_data import report_to_data
from support_model._report.spans import LATEST, period, read_instant
from support_model._report.tables import findings_table, what_was_read

if TYPE_CHECKING:
    from support_model._tables import TextTable

__all__ = [
    "LATEST",
    "PeriodComparison",
    "Report",
    "columns_of",
    "compare_periods",
    "findings_table",
    "headline",
    "hours_text",
    "leads",
    "make_report",
    "page",
    "period",
    "read_instant",
    "report_to_data",
    "tables_of",
    "tables_of_changes",
    "what_was_read",
    "with_asked",
]


def tables_of(report: Report) -> tuple[TextTable, ...]:
    """Return the figures of a report as tables, the words of its columns last."""
    return (
        *(tables.times(report), tables.shares(report), tables.rates(report)),
        *(tables.clocks(report), *tables.groups(report), tables.left_out(report)),
        *(tables.absent(report), tables.definitions(report), tables.GLOSSARY),
    )


def tables_of_changes(comparison: PeriodComparison) -> tuple[TextTable, ...]:
    """Return what changed between two periods as tables, groups first."""
    kinds = (
        *(comparison_tables.groups, comparison_tables.mixes),
        *(comparison_tables.changes, comparison_tables.topics),
    )
    return tuple(table_of(comparison) for table_of in kinds)
