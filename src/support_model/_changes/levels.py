"""The level of a measure of a group over some weeks: a median, a share, a number."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from support_model._changes.kernels import FAR
from support_model._changes.values import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    from support_model._changes.rows import Marks, Spells
    from support_model._changes.tables import Desk


def level_of_times(
    desk: Desk, spells: Spells, label: int, span: tuple[int, int], clock: Callable[[int], int]
) -> Level:
    """Return the median of times, from what was lived of them in some weeks (Kaplan-Meier)."""
    begin, end = span
    steps: list[tuple[int, int, int]] = []  # age, order, what happens
    n, still = 0, 0
    for place in desk.loops.places(desk.labels, spells.unit, label, (spells.start, -FAR, end)):
        until = spells.end[place]
        if until < begin:
            continue
        zero = clock(spells.origin[place])
        steps.append((clock(max(spells.start[place], begin)) - zero, 2, 1))
        came = spells.ended[place] and until < end
        n += came
        still += until >= end
        steps.append((clock(min(until, end)) - zero, 0 if came else 1, -1))
    return Level(value=_median(steps), n=n, open=still)


def _median(steps: list[tuple[int, int, int]]) -> timedelta | None:
    """Return where half have ended; `steps` are entries and exits by age."""
    by_age: dict[int, list[int]] = {}  # entries, ends, other exits
    for age, order, _ in steps:
        by_age.setdefault(age, [0, 0, 0])[(1, 2, 0)[order]] += 1
    at_risk, left = 0, 1.0
    for age in sorted(by_age):
        entered, ended, cut = by_age[age]
        present = at_risk + (entered if age <= 0 else 0)  # what ends at once was there
        if ended and present:
            left *= 1 - min(ended, present) / present
            if left <= 0.5:
                return timedelta(microseconds=max(0, age))
        at_risk += entered - ended - cut
    return None


def share_of_chances(desk: Desk, spells: Spells, label: int, span: tuple[int, int]) -> Level:
    """Return the share of chances that were taken, by those that began in some weeks."""
    begin, end = span
    inside, own = desk.loops.places, (desk.labels, spells.unit, label)
    n = len(inside(*own, (spells.start, begin, end)))
    came = len(inside(*own, (spells.end, begin, end), (spells.ended, 1, FAR)))
    return Level(value=came / n if n else None, n=n)


def share_of_marks(
    desk: Desk, marks: Marks, label: int, span: tuple[int, int], *, good: bool
) -> Level:
    """Return the share of outcomes among the chances of some weeks, or of those without one."""
    places = desk.loops.places(desk.labels, marks.unit, label, (marks.at, *span))
    values = [marks.value[place] for place in places]
    if not values:
        return Level(value=None, n=0)
    came = sum(values) / len(values)
    return Level(value=1 - came if good else came, n=len(values))


def most_common_length(
    desk: Desk, spells: Spells, label: int, span: tuple[int, int]
) -> tuple[int, float]:
    """Return the most common length of times that ended in some weeks, in minutes; its part."""
    bounds = (spells.end, *span), (spells.ended, 1, FAR)
    lengths = Counter(
        round((spells.end[place] - spells.origin[place]) / 60_000_000)
        for place in desk.loops.places(desk.labels, spells.unit, label, *bounds)
    )
    if not lengths:
        return 0, 0.0
    (length, n), *_ = lengths.most_common(1)
    return length, n / lengths.total()
