"""What the change of a first figure comes from: which groups carry it, or that other tickets came.

A figure of all tickets goes up by what each group adds to it: its part of the tickets times its
own change. What other tickets explain is what is left of the change when the groups of the later
period are weighted as they came in the earlier one.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, TypeAlias

from attrs import define

from support_model._report.period_figures import (
    ALL,
    FEWEST_FOR_TIME,
    answers,
    counts,
    curves,
    hours_of,
    members,
    open_at,
    pieces,
    times,
)
from support_model.changes import lasting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report.period_parts import Codes, Pieces
    from support_model._report.report import Report
    from support_model.changes import Change
    from support_model.inference import Survival

PART = 0.1
"""The part of the change of all tickets from which a group is named for it."""
LEAST = 0.03
"""Of a smaller part of the figure, the change of all tickets is none that groups carry."""
MOSTLY = 0.5
"""The part of the change from which other tickets are said to explain it."""
HOLDERS = frozenset({"group", "line", "agent"})
HALF_LEFT = 0.5
Levels: TypeAlias = "Mapping[tuple[int, int], tuple[int, float | None]]"
"""By period and group, of how many outcomes a figure is, and the figure."""


@define
class Source:
    """A figure that can be told by group in two periods.

    Attributes:
        report: the report.
        key: the figure.
        edges: where periods begin, and where the last ends.
        before: the place of the earlier period.
        after: that of the later one.
        parts: of a time, what was lived of it in each period.
    """

    report: Report
    key: str
    edges: Sequence[int]
    before: int
    after: int
    parts: Pieces | None

    @classmethod
    def of(cls, report: Report, key: str, edges: Sequence[int], places: tuple[int, int]) -> Source:
        """Return the figure of a report."""
        spells = lasting(report.rows, key)
        parts = None if spells is None else pieces(spells, edges, report.calendar)
        return cls(report, key, edges, *places, parts)

    def levels(self, codes: Codes) -> Levels:
        """Return the figure by period and group."""
        rows = self.report.rows
        if self.parts is not None:
            medians = times(self.parts, codes)
            return {at: (each.events, hours_of(each)) for at, each in medians.items()}
        if self.key in rows.trials:
            shares = answers(rows.trials[self.key], codes, self.edges)
            return {at: (each.n, each.value) for at, each in shares.items()}
        if self.key == "backlog":
            held = open_at(self.report.stays, codes, self.edges)
            return {(n - 1, code): (each, float(each)) for (n, code), each in held.items()}
        number = counts(rows.counts.get(self.key), codes, self.edges)
        return {at: (each, float(each)) for at, each in number.items()}


def carriers(source: Source, changes: Iterable[Change]) -> list[Change]:
    """Return the changes of groups that carry a part of what all tickets changed, largest first.

    One that is small among all tickets may be as certain as any and yet move no figure of theirs.
    """
    rows, groups = source.report.rows, [*changes]
    if not groups:
        return []
    whole = source.levels(members(rows))
    size, _, change = _course(source, whole)
    _, now = whole.get((source.after, ALL), (0, None))
    least = PART * max(abs(change), LEAST * abs(now or 0.0))
    known: list[tuple[float, Change]] = []
    for each in groups:
        own, counted, moved = _course(source, source.levels(members(rows, each.where)))
        carried = abs(moved) if counted else abs(moved) * own / max(1, size)
        if carried >= least and carried:
            known.append((carried, each))
    return [each for _, each in sorted(known, key=lambda pair: -pair[0])]


def _course(source: Source, levels: Levels) -> tuple[int, bool, float]:
    """Return of how many outcomes a figure is now, whether it is their number, and its change."""
    (_, then), (n, now) = (
        levels.get((at, ALL), (0, None)) for at in (source.before, source.after)
    )
    counted = source.parts is None and source.key not in source.report.rows.trials
    if counted:
        return n, True, (now or 0.0) - (then or 0.0)
    return n, False, 0.0 if now is None or then is None else now - then


def other_tickets(source: Source) -> bool:
    """Return whether other tickets explain most of a change, by any field whose mix shifted.

    Who holds tickets says nothing of what came.
    """
    changes, rows = source.report.changes, source.report.rows
    assert changes is not None  # noqa: S101 - asked before
    end = changes.after.end
    shifted = {each.field for each in changes.mixes if end is None or each.since < end.date()}
    fields = [name for name in shifted if name in rows.fields and name not in HOLDERS]
    parts = (part_of_mix(source, rows.fields[name]) for name in fields)
    return any(part >= MOSTLY for part in parts)


def part_of_mix(source: Source, codes: Codes) -> float:
    """Return which part of a change is gone when later groups are weighted as the earlier came."""
    figures = _medians(source, codes) if source.parts is not None else _means(source, codes)
    then, now, weighted = figures
    if then is None or now is None or weighted is None or now == then:
        return 0.0
    return (now - weighted) / (now - then)


def _means(source: Source, codes: Codes) -> Iterator[float | None]:
    """Yield a share then and now, and now with the groups as they came then."""
    levels = source.levels(codes)
    sides: list[dict[int, tuple[int, float]]] = [
        {
            code: (n, value)
            for (at, code), (n, value) in levels.items()
            if at == own and value is not None
        }
        for own in (source.before, source.after)
    ]
    then, now = sides
    yield _mean([*then.values()])
    yield _mean([*now.values()])
    yield _mean([(then[code][0], now[code][1]) for code in then if code in now])


def _mean(parts: Sequence[tuple[int, float]]) -> float | None:
    size = sum(n for n, _ in parts)
    return sum(n * value for n, value in parts) / size if size else None


def _medians(source: Source, codes: Codes) -> Iterator[float | None]:
    """Yield a median then and now, and now with the groups as they came then."""
    assert source.parts is not None  # noqa: S101 - asked before
    known = curves(source.parts, codes)
    then, now = (
        {
            code: each
            for (at, code), each in known.items()
            if at == own and each.events >= FEWEST_FOR_TIME
        }
        for own in (source.before, source.after)
    )
    yield _median([(each.events, each) for each in then.values()])
    yield _median([(each.events, each) for each in now.values()])
    yield _median([(then[code].events, now[code]) for code in then if code in now])


def _left(curve: Survival, time: float) -> float:
    """Return the share that is left after a time, beyond what is known as at its end."""
    left = curve.at(time)
    return curve.survival[-1] if left is None else left


def _median(parts: Sequence[tuple[int, Survival]]) -> float | None:
    """Return where half of a mixture of lives have ended."""
    size = sum(n for n, _ in parts)
    marks = sorted({time for _, each in parts for time in each.times})

    def ended(time: float) -> float:
        return 1 - sum(n * _left(each, time) for n, each in parts) / size

    place = bisect_left(marks, 1 - HALF_LEFT, key=ended) if size else len(marks)
    return marks[place] if place < len(marks) else None
