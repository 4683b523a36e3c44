"""The level of a measure of a group over some weeks: a median, a share, a number."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

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
    n, still, of_unit = 0, 0, desk.labels.of_unit
    goes_on = [*spells.follows[1:], 0]
    until_next = [
        spells.start[place + 1] if on else spells.end[place] for place, on in enumerate(goes_on)
    ]
    for unit, origin, start, until, ended in zip(
        spells.unit, spells.origin, spells.start, until_next, spells.ended, strict=True
    ):
        if until < begin or start >= end or label not in of_unit[unit]:
            continue
        zero = clock(origin)
        steps.append((clock(max(start, begin)) - zero, 2, 1))
        came = ended and until < end
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
    n, came, of_unit = 0, 0, desk.labels.of_unit
    for unit, start, until, ended in zip(
        spells.unit, spells.start, spells.end, spells.ended, strict=True
    ):
        if label in of_unit[unit]:
            n += begin <= start < end
            came += ended and begin <= until < end
    return Level(value=came / n if n else None, n=n)


def share_of_marks(
    desk: Desk, marks: Marks, label: int, span: tuple[int, int], *, good: bool
) -> Level:
    """Return the share of outcomes among the chances of some weeks, or of those without one."""
    values = [
        value
        for unit, at, value in zip(marks.unit, marks.at, marks.value, strict=True)
        if span[0] <= at < span[1] and label in desk.labels.of_unit[unit]
    ]
    if not values:
        return Level(value=None, n=0)
    came = sum(values) / len(values)
    return Level(value=1 - came if good else came, n=len(values))


def most_common_length(
    desk: Desk, spells: Spells, label: int, span: tuple[int, int]
) -> tuple[int, float]:
    """Return the most common length of times that ended in some weeks, in minutes; its part."""
    of_unit = desk.labels.of_unit
    lengths = Counter(
        round((until - origin) / 60_000_000)
        for unit, origin, until, ended in zip(
            spells.unit, spells.origin, spells.end, spells.ended, strict=True
        )
        if ended and span[0] <= until < span[1] and label in of_unit[unit]
    )
    if not lengths:
        return 0, 0.0
    (length, n), *_ = lengths.most_common(1)
    return length, n / lengths.total()
