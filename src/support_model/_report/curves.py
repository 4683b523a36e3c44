"""How long tickets wait, as curves of the two periods: the share still waiting after so long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._report.blocks import Chart, Line, Section, says
from support_model._report.period_figures import ALL, FEWEST_FOR_TIME, curves, members, pieces
from support_model._report.period_names import period_said
from support_model.changes import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model._report.blocks import Said
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.inference import Survival

MEASURES = ("first_response", "resolution")
STEPS = 40
LEFT = 0.9
"""The curves end where this share of either period's tickets no longer waits."""


def sections(report: Report) -> Iterator[Section]:
    """Yield the curves of the times that the log has; nothing of a log without two periods."""
    if report.periods is None:
        return
    drawn = (_chart(report, measure) for measure in MEASURES)
    yield Section(
        key="curves",
        title=says("curves_title"),
        drawings=tuple(chart for chart in drawn if chart is not None),
    )


def _chart(report: Report, measure: str) -> Chart | None:
    """Return the curves of a time; None where neither period has enough of it."""
    known = [(span, curve) for span, curve in _curves(report, measure) if curve is not None]
    longest = max((_end(curve) for _, curve in known), default=0.0)
    if not longest:
        return None
    marks = [longest * step / STEPS for step in range(STEPS + 1)]
    title = says(f"curves_{measure}")
    return Chart(
        key=f"curves-{measure}",
        title=title,
        caption=says("curves_caption", what=title),
        labels=tuple(report.clock.length(mark) for mark in marks),
        lines=tuple(_line(span, curve, marks, report) for span, curve in known),
        kind="share",
    )


def _curves(report: Report, measure: str) -> Iterator[tuple[Span, Survival | None]]:
    spells = lasting(report.rows, measure)
    for span in report.periods or ():
        if spells is not None:
            inside = members(report.rows)
            curve = curves(pieces(spells, span.edges, report.calendar), inside).get((0, ALL))
            yield span, curve if curve is not None and curve.events >= FEWEST_FOR_TIME else None


def _end(curve: Survival) -> float:
    end = curve.quantile(LEFT)
    return (curve.last or 0.0) if end is None else end


def _line(span: Span, curve: Survival, marks: list[float], report: Report) -> Line:
    later = report.periods is not None and span == report.periods[1]
    return Line(
        name=_name(span),
        values=tuple(curve.at(mark) for mark in marks),
        look="line" if later else "thin",
        tone="ink" if later else "dim",
    )


def _name(span: Span) -> Said:
    return says("curves_period", period=period_said(span))
