"""A log's figures in one value: how long tickets took, and how many went how.

Stages, each a pure function: cases -> events -> `facts_of` -> `measure` -> `summarize` (with the
notes of `caveats`) -> `to_data`.

Before this: `support_model.reporting.log_figures`, `support_model.reporting.caveats`. Next:
`support_model.reporting.tables`.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import attrs
from attrs import Factory, frozen

from support_model.adapters.table import events_of
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Share
from support_model.instants import duration_text
from support_model.reporting import caveats, log_figures
from support_model.reporting.policy_report import clock_shares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from support_model.adapters.mapping import TableMapping
    from support_model.adapters.table import Case, Log
    from support_model.figures import Figure
    from support_model.reporting.log_figures import Facts
    from support_model.reporting.policy_report import ClockReport, ClockShare
    from support_model.service_levels.policies import PolicyBook

__all__ = [
    "MISSING",
    "SCHEMA",
    "Report",
    "column_of",
    "facts_of",
    "measure",
    "summarize",
    "to_data",
]

SCHEMA = "support_model.report/1"
MISSING = "(missing)"
"""Name of the group of tickets whose column is empty."""
QUANTILES = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
HOUR = timedelta(hours=1)


@frozen(kw_only=True)
class Report:
    """What a log says.

    Attributes:
        log: the log as read, with its findings.
        hours: the opening hours of the business clock, in words; None if none were given.
        target: the time within which tickets should be solved; None if none was given.
        by: the column that `groups` splits by; None if not split.
        as_of: instant up to which the log knows; None without cases.
        figures: over all cases.
        groups: the same figures by the text in column `by`.
        notes: what to know before quoting them.
        clocks: what the policies say, over all cases and by group; None without policies.
    """

    log: Log
    hours: str | None
    target: timedelta | None
    by: str | None
    as_of: datetime | None
    figures: tuple[Figure, ...]
    groups: Mapping[str, tuple[Figure, ...]] = Factory(dict)
    notes: tuple[caveats.Note, ...] = ()
    clocks: ClockReport | None = None


def column_of(mapping: TableMapping, name: str) -> str:
    """Return the column meant by "priority", "group" or "actor", else the column so named.

    Example:
        >>> from support_model.adapters.mapping import named
        >>> column_of(named("bpi2013"), "priority"), column_of(named("bpi2013"), "Product")
        ('SR Latest Impact', 'Product')
    """
    roles = {"priority": mapping.priority, "group": mapping.group, "actor": mapping.actor}
    return roles.get(name) or name


def facts_of(case: Case, mapping: TableMapping) -> Facts:
    """Return what the figures need to know of a case: the facts of its events.

    Recorded instants win over derived ones where the mapping names their column: also a
    missing one, because a close without a recorded resolution is no resolution.
    """
    facts = log_figures.facts_of(events_of(case, mapping))
    return attrs.evolve(
        facts,
        created=case.created,
        solved=facts.solved if mapping.solved is None else case.solved,
        closed=facts.closed if mapping.closed is None else case.closed,
    )


def measure(
    facts: Sequence[Facts],
    *,
    calendar: BusinessCalendar | None = None,
    target: timedelta | None = None,
    as_of: datetime | None = None,
) -> tuple[Figure, ...]:
    """Return every figure over some tickets: times on both clocks, then shares.

    Args:
        facts: the tickets.
        calendar: the opening hours; without them there are calendar times only.
        target: the time, in opening hours, within which a ticket should be solved.
        as_of: instant up to which the log knows; needed with a target.

    Raises:
        InvalidValue: a target without opening hours.
    """
    if target is not None and calendar is None:
        remedy = "give opening hours; '24/7' counts every hour"
        raise InvalidValue(duration_text(target), "a target needs opening hours", remedy)
    clocks = {"calendar": BusinessCalendar.always()}
    if calendar is not None:
        clocks["business"] = calendar
    made: list[Figure] = []
    for figure in (
        log_figures.acknowledgement_time,
        log_figures.resolution_time,
        log_figures.close_time,
        log_figures.close_delay,
    ):
        made += [figure(facts, clocks[name], clock=name) for name in clocks]
    if target is not None and calendar is not None and as_of is not None:
        made.append(log_figures.solved_within(facts, calendar, target, as_of=as_of))
    if any(fact.sla_met is not None for fact in facts):
        made.append(log_figures.stated_within_sla(facts))
    shares = (
        log_figures.reopened,
        log_figures.transferred,
        log_figures.bounced,
        log_figures.straight_through,
    )
    return (*made, *(share(facts) for share in shares))


def summarize(
    log: Log,
    *,
    calendar: BusinessCalendar | None = None,
    hours: str | None = None,
    target: timedelta | None = None,
    by: str | None = None,
    policies: PolicyBook | None = None,
) -> Report:
    """Return the report of a log.

    Args:
        log: the log; read with `keep=[by]` if it is to be split.
        calendar: the opening hours; without them there are calendar times only.
        hours: the same in words.
        target: the time, in opening hours, within which a ticket should be solved.
        by: the column to split by.
        policies: what was promised; the log must be read with the columns they ask for.

    Raises:
        InvalidValue: a target without opening hours, a log read without column `by`, or
            policies that ask for what the log does not hold.
    """
    as_of = log.last
    parts: dict[str, list[Facts]] = {}
    everything: list[Facts] = []
    for case in log.cases:
        fact = facts_of(case, log.mapping)
        everything.append(fact)
        if by is not None:
            if by not in case.fields:
                raise InvalidValue(by, "the log was read without this column", f"keep=[{by!r}]")
            parts.setdefault(case.fields[by] or MISSING, []).append(fact)
    groups = {
        name: measure(parts[name], calendar=calendar, target=target, as_of=as_of)
        for name in sorted(parts, key=_natural)
    }
    overall = measure(everything, calendar=calendar, target=target, as_of=as_of)
    clocks = None if policies is None else clock_shares(log, policies, by=by, missing=MISSING)
    return Report(
        log=log,
        hours=hours,
        target=target,
        by=by,
        as_of=as_of,
        figures=overall,
        groups=groups,
        notes=(*caveats.notes(log, overall, groups), *(clocks.notes if clocks else ())),
        clocks=clocks,
    )


def _natural(name: str) -> tuple[object, ...]:
    """Sort key: numbers inside names by value, the missing group last."""
    pieces = re.split(r"(\d+)", name)
    return (name == MISSING, *((int(x), "") if x.isdecimal() else (-1, x) for x in pieces))


def to_data(report: Report) -> dict[str, Any]:
    """Return the report as plain data of JSON types; times in hours, shares in [0, 1].

    The form is documented in `docs/reference/report-json.md`.
    """
    log = report.log
    return {
        "schema": SCHEMA,
        "log": {
            "file": log.file,
            "format": log.mapping.name,
            "rows": log.rows,
            "cases": len(log.cases),
            "first": None if log.first is None else log.first.isoformat(),
            "last": None if log.last is None else log.last.isoformat(),
        },
        "settings": {
            "hours": report.hours,
            "target": None if report.target is None else duration_text(report.target),
            "by": report.by,
        },
        "figures": [_figure_data(figure) for figure in report.figures],
        "groups": [
            {
                "value": name,
                "figures": [_figure_data(figure) for figure in part],
                **_clocks_data(report, name),
            }
            for name, part in report.groups.items()
        ],
        **_clocks_data(report),
        "notes": [{"code": note.code, "text": note.text} for note in report.notes],
        "findings": [
            {
                "code": finding.code,
                "problem": finding.problem.text,
                "done": finding.problem.lenient,
                "count": finding.count,
                "lines": list(finding.lines),
                "example": finding.example,
            }
            for finding in log.findings
        ],
    }


def _clocks_data(report: Report, group: str | None = None) -> dict[str, Any]:
    if report.clocks is None:
        return {}
    shares: Sequence[ClockShare] = (
        report.clocks.shares if group is None else report.clocks.groups.get(group, ())
    )
    return {
        "clocks": [
            {"policy": clock.policy, "metric": clock.metric, **_figure_data(clock.share)}
            for clock in shares
        ]
    }


def _figure_data(figure: Figure) -> dict[str, Any]:
    data = {"key": figure.key, "definition": figure.definition}
    if not isinstance(figure, Distribution):
        low, high = figure.interval or (None, None)
        return data | {
            "kind": "share" if isinstance(figure, Share) else "rate",
            "numerator": figure.numerator
            if isinstance(figure, Share)
            else float(figure.numerator),
            "n": figure.n,
            "value": figure.value,
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
