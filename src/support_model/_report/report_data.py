"""A report as plain data of JSON types, for programs: times in hours, shares in [0, 1].

The form is documented in `docs/reference/report-json.md`. What is not defined is None.
"""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from support_model._report.figure_sections import bounds_of
from support_model._report.wording import ENGLISH, english
from support_model._time import duration_text
from support_model.figures import Distribution, Share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model._report.policy_report import ClockShare
    from support_model._report.report import Report
    from support_model.figures import Figure


SCHEMA = "support_model.report/2"
QUANTILES = MappingProxyType(
    {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
)
HOUR = timedelta(hours=1)
MICROS = HOUR // timedelta(microseconds=1)


def report_to_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data.

    The form is documented in `docs/reference/report-json.md`.
    """
    log = report.log
    return {
        "schema": SCHEMA,
        "log": {
            "file": log.file,
            "format": log.form,
            "rows": log.rows,
            "cases": len(report.facts),
            "first": None if report.first is None else report.first.isoformat(),
            "last": None if report.as_of is None else report.as_of.isoformat(),
        },
        "settings": {
            "hours": report.hours,
            "holidays": report.holidays,
            "target": None if report.target is None else duration_text(report.target),
            "by": report.by,
        },
        "figures": [figure_data(figure) for figure in report.figures],
        "resolution_curve": _curve_data(report),
        "absent": [
            {"title": english(each.title), "reason": english(each.reason)}
            for each in report.absent
        ],
        "groups": [
            {
                "value": name,
                "figures": [figure_data(figure) for figure in part],
                **_clocks_data(report, name),
            }
            for name, part in report.groups.items()
        ],
        **_clocks_data(report),
        "notes": [
            {"code": note.code, "about": list(note.about), "text": english(note.said)}
            for note in report.notes
        ],
        "findings": [
            {
                "code": finding.code,
                "problem": english(finding.text),
                "done": english(finding.done),
                "count": finding.count,
                "lines": list(finding.lines),
                "example": ENGLISH.cell(finding.example),
            }
            for finding in report.remarks
        ],
    }


def _curve_data(report: Report) -> dict[str, Any]:
    curve = report.curve
    median = curve.quantile(0.5)
    low, high = curve.interval(0.5)
    hours = [None if each is None else each / MICROS for each in (median, low, high)]
    return {
        "n": curve.n,
        "solved": curve.events,
        "median": hours[0],
        "median_interval": _interval(hours[1], hours[2], curve.level, "Greenwood, log-log"),
        "method": "Kaplan-Meier",
    }


def _clocks_data(report: Report, group: str | None = None) -> dict[str, Any]:
    if report.clocks is None:
        return {}
    shares: Sequence[ClockShare] = (
        report.clocks.shares if group is None else report.clocks.groups.get(group, ())
    )
    return {
        "clocks": [
            {"policy": clock.policy, "metric": clock.metric, **figure_data(clock.share)}
            for clock in shares
        ]
    }


def figure_data(figure: Figure) -> dict[str, Any]:
    """Return a figure as plain data.

    Example:
        >>> figure_data(Share(key="met", definition="on time", numerator=1, n=2))["value"]
        0.5
    """
    data = {"key": figure.key, "definition": figure.definition}
    if not isinstance(figure, Distribution):
        low, high = bounds_of(figure) or (None, None)
        return data | {
            "kind": "share" if isinstance(figure, Share) else "rate",
            "numerator": figure.numerator
            if isinstance(figure, Share)
            else float(figure.numerator),
            "n": figure.n,
            "value": figure.value,
            "undefined": figure.undefined,
            "interval": _interval(low, high, figure.level, figure.method),
            "excluded": dict(figure.excluded),
        }
    low_time, high_time = figure.interval(0.5)
    return data | {
        "kind": "distribution",
        "clock": figure.clock,
        "unit": "hours",
        "n": figure.n,
        "zeros": figure.zeros,
        "mean": _hours(figure.mean),
        "min": _hours(figure.quantile(0)),
        **{name: _hours(figure.quantile(q)) for name, q in QUANTILES.items()},
        "max": _hours(figure.quantile(1)),
        "quantile_method": "type 7 (linear)",
        "median_interval": _interval(
            _hours(low_time), _hours(high_time), figure.level, "order statistics"
        ),
        "excluded": dict(figure.excluded),
    }


def _hours(amount: timedelta | None) -> float | None:
    return None if amount is None else amount / HOUR


def _interval(
    low: float | None, high: float | None, level: float, method: str
) -> dict[str, float | str | None]:
    return {"low": low, "high": high, "level": level, "method": method}
