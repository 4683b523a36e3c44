"""The main figures over the whole log by the field or column that was asked for, and by team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._report.blocks import Column, Section, Table, Withheld, says
from support_model._report.conclusions import field_said
from support_model._report.report import MISSING, TEAM
from support_model.figures import Distribution, Share, find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model._report.blocks import Cell, Said
    from support_model._report.report import Report
    from support_model.figures import Figure

SHOWN = 20
FEWEST_FOR_TIME, FEWEST_FOR_SHARE = 5, 10
TIMES = (("acknowledgement", 0.5), ("first_resolution", 0.5), ("first_resolution", 0.9))
SHARES = ("solved_in_time", "stated_within_sla", "reopened", "transferred")


def sections(report: Report) -> Iterator[Section]:
    """Yield the tables of the split and of the teams; times are in opening hours if there are."""
    splits = ((report.by, report.groups), (TEAM, report.teams))
    tables = tuple(_table(report, by, parts) for by, parts in splits if by is not None and parts)
    yield Section(key="groups", title=says("groups_title"), tables=tables)


def _table(report: Report, by: str, parts: Mapping[str, Sequence[Figure]]) -> Table:
    shares = [key for key in SHARES if find(report.figures, key) is not None]
    sizes = {name: _size(part) for name, part in parts.items()}
    notes = [says("groups_wall" if report.calendar is None else "groups_open")]
    if by == TEAM:
        notes.append(says("groups_last"))
    return Table(
        key=f"groups_{by}",
        title=says("groups_by", field=field_said(by)),
        columns=tuple(_columns(report, by, shares)),
        rows=tuple(
            _row(report, name, parts[name], shares)
            for name in sorted(parts, key=lambda name: -sizes[name])
        ),
        notes=tuple(notes),
        shown=SHOWN,
    )


def _columns(report: Report, by: str, shares: Sequence[str]) -> Iterator[Column]:
    yield Column(key="group", title=says("groups_field", field=field_said(by)), kind="word")
    yield Column(key="tickets", title=says("column_tickets"))
    for key, q in TIMES:
        yield Column(
            key=f"{key}_p{100 * q:.0f}",
            title=_timed(report, key, q),
            kind="duration",
            joined=q > 0.5,
        )
    for key in shares:
        yield Column(key=key, title=report.titles[key], kind="share")


def _row(
    report: Report, name: str, part: Sequence[Figure], shares: Sequence[str]
) -> tuple[Cell, ...]:
    return (
        says("missing_value") if name == MISSING else name,
        _size(part),
        *(_quantile(report, part, key, q) for key, q in TIMES),
        *(_share(part, key) for key in shares),
    )


def _timed(report: Report, key: str, q: float) -> Said:
    return says("groups_median" if q == 0.5 else "groups_ninety", figure=report.titles[key])


def _size(part: Sequence[Figure]) -> int:
    figure = find(part, "acknowledgement", "calendar")
    return figure.n + sum(figure.excluded.values()) if figure else 0


def _quantile(report: Report, part: Sequence[Figure], key: str, q: float) -> Cell:
    """Return a time of a group, in opening hours where there are any."""
    clock = "calendar" if report.calendar is None else "business"
    figure = find(part, key, clock)
    if not isinstance(figure, Distribution):
        return None
    if 0 < figure.n < FEWEST_FOR_TIME:
        return Withheld(FEWEST_FOR_TIME)
    value = figure.quantile(q)
    return value if report.calendar is None else report.in_hours(value)


def _share(part: Sequence[Figure], key: str) -> Cell:
    figure = find(part, key)
    if not isinstance(figure, Share) or figure.value is None:
        return None
    return Withheld(FEWEST_FOR_SHARE) if figure.n < FEWEST_FOR_SHARE else figure.value
