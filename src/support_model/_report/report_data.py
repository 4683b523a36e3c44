"""A report as plain data of JSON types, for programs: times in seconds, shares in [0, 1].

The form is documented in `docs/reference/report-json.md`. What is not defined is None.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from support_model._report.document import document, title_of
from support_model._report.document_data import sections_data, value_data
from support_model._report.figure_sections import bounds_of
from support_model._report.plain_tables import seconds
from support_model._report.report import LEVEL
from support_model._report.wording import Wording
from support_model._time import duration_text
from support_model.figures import Distribution, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

    from support_model._report.blocks import Section
    from support_model._report.policy_report import ClockShare
    from support_model._report.reading import Remark
    from support_model._report.report import Report
    from support_model.figures import Figure


SCHEMA = "support_model.report/3"
QUANTILES = MappingProxyType(
    {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
)
MICROS = 1_000_000


def report_to_data(
    report: Report,
    wording: Wording | None = None,
    sections: Iterable[Section] | None = None,
) -> dict[str, Any]:
    """Return the report as plain data: every number that any output shows, and what it counts.

    The form is documented in `docs/reference/report-json.md`.

    Args:
        report: the report.
        wording: the language, and the zone of instants; by default English in the report's zone.
        sections: its sections, if they are made already: see `document`.
    """
    said = Wording(tz=report.tz) if wording is None else wording
    every = document(report) if sections is None else sections
    return {
        "schema": SCHEMA,
        "language": said.language,
        "title": said.say(title_of(report)),
        "log": _log_data(report, said),
        "settings": {
            "hours": report.hours,
            "holidays": report.holidays,
            "working_day": seconds(report.clock.day) if report.clock.day else None,
            "zone": said.tz.key,
            "target": None if report.target is None else duration_text(report.target),
            "by": report.by,
        },
        "periods": _periods_data(report, said),
        "figures": [_named(figure, report, said) for figure in report.figures],
        "resolution_curve": _curve_data(report),
        "absent": [
            {"title": said.say(each.title), "reason": said.say(each.reason)}
            for each in report.absent
        ],
        "groups": [
            {
                "value": name,
                "figures": [_named(figure, report, said) for figure in part],
                **_clocks_data(report, name),
            }
            for name, part in report.groups.items()
        ],
        **_clocks_data(report),
        "notes": [
            {"code": note.code, "about": list(note.about), "text": said.say(note.said)}
            for note in report.notes
        ],
        "findings": [_finding_data(remark, said) for remark in report.remarks],
        "changes": value_data(report.changes),
        "sections": sections_data(every, said, report.measures),
    }


def _log_data(report: Report, wording: Wording) -> dict[str, Any]:
    log = report.log
    ends = (report.first, report.as_of)
    first, last = (None if at is None else at.astimezone(wording.tz).isoformat() for at in ends)
    return {
        "file": log.file,
        "format": log.form,
        "rows": log.rows,
        "cases": report.plain.size,
        "first": first,
        "last": last,
    }


def _periods_data(report: Report, wording: Wording) -> dict[str, Any] | None:
    """Return the two periods that the report is about; None where the log is too short."""
    if report.periods is None:
        return None
    return {
        name: {
            "start": span.start.astimezone(wording.tz).isoformat(),
            "end": None if span.end is None else span.end.astimezone(wording.tz).isoformat(),
        }
        for name, span in zip(("before", "after"), report.periods, strict=True)
    }


def _named(figure: Figure, report: Report, wording: Wording) -> dict[str, Any]:
    """Return a figure with what it is called and what it counts in a language."""
    words = {
        "title": wording.say(report.titles[figure.key]),
        "definition": wording.say(report.meanings[figure.key]),
    }
    return figure_data(figure) | words


def _finding_data(remark: Remark, wording: Wording) -> dict[str, Any]:
    return {
        "code": remark.code,
        "problem": wording.say(remark.text),
        "done": wording.say(remark.done),
        "count": remark.count,
        "lines": list(remark.lines),
        "example": wording.cell(remark.example),
    }


def _curve_data(report: Report) -> dict[str, Any]:
    half = report.solved_by[0.5]
    times = (half.value, half.low, half.high)
    median, low, high = (None if each is None else each / MICROS for each in times)
    return {
        "n": half.n,
        "solved": half.events,
        "unit": "seconds",
        "median": median,
        "median_interval": _interval(low, high, LEVEL, "Greenwood, log-log"),
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
        "unit": "seconds",
        "n": figure.n,
        "zeros": figure.zeros,
        "mean": _seconds(figure.mean),
        "min": _seconds(figure.quantile(0)),
        **{name: _seconds(figure.quantile(q)) for name, q in QUANTILES.items()},
        "max": _seconds(figure.quantile(1)),
        "quantile_method": "type 7 (linear)",
        "median_interval": _interval(
            _seconds(low_time), _seconds(high_time), figure.level, "order statistics"
        ),
        "excluded": dict(figure.excluded),
    }


def _seconds(amount: timedelta | None) -> float | None:
    return None if amount is None else seconds(amount)


def _interval(
    low: float | None, high: float | None, level: float, method: str
) -> dict[str, float | str | None]:
    return {"low": low, "high": high, "level": level, "method": method}
