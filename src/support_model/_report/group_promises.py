"""What each group kept of what was promised, and by how much it was late."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import Factory, define

from support_model._report.blocks import Bounds, Column, Table, Withheld, says
from support_model._report.period_figures import (
    FEWEST_FOR_SHARE,
    FEWEST_FOR_TIME,
    share_cells,
)
from support_model._report.period_names import period_said
from support_model._report.policy_report import metric_name
from support_model.figures import Distribution, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model._report.blocks import Cell
    from support_model._report.report import Report
    from support_model._time import Span
    from support_model.kpi import PlainFacts

SHOWN = 20
NINETY = 0.9


@define
class _Kept:
    """Promises of one kind of a group, decided in a period: how many kept, how late others."""

    kept: int = 0
    late: list[int] = Factory(list)

    @property
    def share(self) -> Share:
        n = self.kept + len(self.late)
        return Share(key="kept", definition="promises kept", numerator=self.kept, n=n)


def group_promises(report: Report) -> Iterator[Table]:
    """Yield the promises of each group that were decided in the period; none without groups."""
    if report.clocks is None or report.periods is None:
        return
    groups = dict(_groups(report.plain))
    if not groups:
        return
    before, after = (_decided(report, span, groups) for span in report.periods)
    ranked = sorted(after, key=lambda key: (-len(after[key].late), *map(str, key)))
    yield Table(
        key="promises_by_group",
        title=says("group_promises"),
        columns=(
            Column(key="group", title=says("places_col_place_group"), kind="word"),
            Column(key="metric", title=says("places_col_metric"), kind="word"),
            *_columns(),
        ),
        rows=tuple(_row(key, after[key], before.get(key)) for key in ranked),
        notes=(says("group_promises_note", period=period_said(report.periods[1])),),
        shown=SHOWN,
        by_row=True,
    )


def _columns() -> Iterator[Column]:
    """Yield the columns of what was kept, and of how late the rest was."""
    kept, late = says("group_promises_part_kept"), says("group_promises_part_late")
    yield Column(key="decided", title=says("places_col_decided"), part=kept)
    yield Column(key="kept", title=says("group_promises_kept"), kind="share", part=kept)
    yield Column(key="interval", title=says("places_col_interval"), kind="range", part=kept)
    yield Column(key="kept_before", title=says("group_promises_before"), kind="share", part=kept)
    yield Column(key="late", title=says("places_col_late"), part=late)
    yield Column(key="late_by", title=says("places_col_late_by"), kind="duration", part=late)
    yield Column(key="late_interval", title=says("places_col_interval"), kind="range", part=late)
    yield Column(
        key="late_ninety", title=says("group_promises_ninety"), kind="duration", part=late
    )
    yield Column(key="late_most", title=says("places_col_late_most"), kind="duration", part=late)


def _row(key: tuple[str | None, str], own: _Kept, earlier: _Kept | None) -> tuple[Cell, ...]:
    group, metric = key
    past = None if earlier is None else share_cells(earlier.share)[1]
    return (
        says("missing_value") if group is None else group,
        metric_name(metric),
        *share_cells(own.share),
        past,
        len(own.late),
        *_late(own.late),
    )


def _late(late: Sequence[int]) -> tuple[Cell, Bounds | None, Cell, Cell]:
    """Return the median of delays with its interval, the 90% point, and the most."""
    if not late:
        return None, None, None, None
    most = timedelta(microseconds=max(late))
    if len(late) < FEWEST_FOR_TIME:
        return Withheld(FEWEST_FOR_TIME), None, Withheld(FEWEST_FOR_SHARE), most
    times = Distribution(
        key="late_by", clock="business", definition="counted time beyond the target",
        micros=sorted(late),
    )  # fmt: skip
    few = len(late) < FEWEST_FOR_SHARE
    ninety = Withheld(FEWEST_FOR_SHARE) if few else times.quantile(NINETY)
    return times.quantile(0.5), Bounds(*times.interval(0.5)), ninety, most


def _decided(
    report: Report, span: Span, groups: Mapping[str, Sequence[tuple[int, str | None]]]
) -> dict[tuple[str | None, str], _Kept]:
    """Return the promises decided in a period, by who held the ticket then and the metric."""
    assert report.clocks is not None  # noqa: S101 - asked before
    cycles, (low, high) = report.clocks.cycles, span.edges
    found: dict[tuple[str | None, str], _Kept] = {}
    for place, (ticket, stop, due) in enumerate(
        zip(cycles.ticket, cycles.stop, cycles.due, strict=True)
    ):
        at = stop if stop is not None else due
        if at is None or not low <= at < high:
            continue
        outcome = cycles.outcome(place)
        if outcome in {"met", "missed"}:
            key = _holder(groups.get(ticket, ()), at), cycles.metric[place]
            own = found.setdefault(key, _Kept())
            if outcome == "met":
                own.kept += 1
            else:
                allowed = cycles.allowed[place] or 0
                own.late.append(max(cycles.elapsed[place] - allowed, 0))
    return found


def _groups(plain: PlainFacts) -> Iterator[tuple[str, list[tuple[int, str | None]]]]:
    """Yield from when on which group held each ticket that any ever did."""
    stays = plain.entries("stays")
    starts, held = stays.parts[0], stays.parts[1]
    offsets = stays.offsets
    for place, name in enumerate(plain.scalar("ticket_id")):
        begin, end = offsets[place], offsets[place + 1]
        own = [*zip(starts[begin:end], held[begin:end], strict=True)]
        if any(group is not None for _, group in own):
            yield name, own


def _holder(stays: Sequence[tuple[int, str | None]], at: int) -> str | None:
    """Return the group that held a ticket just before an instant; the first one before any did."""
    place = bisect_left(stays, at, key=lambda stay: stay[0])
    held = next((group for _, group in reversed(stays[:place]) if group is not None), None)
    return held or next((group for _, group in stays if group is not None), None)
