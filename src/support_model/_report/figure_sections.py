"""The figures of a whole log as sections of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._report.blocks import Bounds, Column, Section, Table, says
from support_model.figures import Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._report.report import Report


def sections(report: Report) -> Iterator[Section]:
    """Yield the figures of a whole log, what they count, and what they leave out."""
    yield Section(key="figures", title=says("table_shares"), tables=(shares(report),))


def shares(report: Report) -> Table:
    """Return how many tickets went how."""
    return Table(
        key="shares",
        title=says("table_shares"),
        columns=(
            Column(key="figure", title=says("column_figure"), kind="word"),
            Column(key="numerator", title=says("column_number")),
            Column(key="n", title=says("column_of")),
            Column(key="share", title=says("column_share"), kind="share"),
            Column(key="interval", title=says("column_interval"), kind="range"),
        ),
        rows=tuple(
            (
                report.titles[figure.key],
                figure.numerator,
                figure.n,
                figure.value,
                None if figure.interval is None else Bounds(*figure.interval),
            )
            for figure in report.figures
            if isinstance(figure, Share)
        ),
    )
