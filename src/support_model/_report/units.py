"""In which unit lengths are told: each in its own, or several in one, so that they compare."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from support_model._report.blocks import OpenTime, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Length: TypeAlias = timedelta | OpenTime
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
MOST_HOURS = 48 * HOUR
"""Up to this long a length is told in hours, above in days."""
LENGTHS = (
    ("d", DAY, MOST_HOURS, 1),
    ("h", HOUR, HOUR - 30 * SECOND, 1),
    ("min", timedelta(minutes=1), 59.5 * SECOND, 0),
    ("s", SECOND, timedelta(), 0),
)
"""The units of lengths, each with the least length that is told in it and its decimals."""
LITTLE, SMALL = 0.1, 0.02
"""Of a unit: most lengths of it are no less than the first, and none is less than the second."""
HALF, WHOLE = 0.5, 0.95
"""From half a unit on its own decimals will do, from a whole one on where it has none."""


def lengths_of(cell: Any) -> Iterator[Length]:  # noqa: ANN401 - a cell, or what a sentence says
    """Yield the lengths that a cell tells, those within a sentence too, but no interval.

    Example:
        >>> [*lengths_of(Said("x", {"a": DAY, "b": 3}))] == [DAY]
        True
    """
    if isinstance(cell, timedelta | OpenTime):
        yield cell
    elif isinstance(cell, Said):
        for value in cell.params.values():
            yield from lengths_of(value)
    elif isinstance(cell, tuple):
        for value in cell:
            yield from lengths_of(value)


def unit_for(lengths: Iterable[Length]) -> str:
    """Return the unit in which lengths are told together; empty for less than two.

    It is that of the longest, or a smaller one where most would be little of it. A length that is
    less than a fiftieth of it is told in its own all the same.

    Example:
        >>> unit_for([3 * DAY, 5 * HOUR]), unit_for([3 * DAY, *[HOUR / 2] * 5])
        ('d', 'h')
    """
    every = [each for each in lengths if _size(each)]
    if len(every) < 2:
        return ""
    longest = max(map(_size, every))
    units = [row[0] for row in LENGTHS if longest >= row[2]]
    for unit in units:
        told = sum(abs(scaled(each, unit)) >= LITTLE for each in every)
        if 2 * told >= len(every):
            return unit
    return units[-1]


def scaled(length: Length, unit: str) -> float:
    """Return a length as a number of a unit; days of opening hours are working days."""
    scale = next(row[1] for row in LENGTHS if row[0] == unit)
    if isinstance(length, OpenTime):
        return length.amount / (length.day if unit == "d" and length.day else scale)
    return length / scale


def _size(length: Length) -> timedelta:
    return abs(length.amount if isinstance(length, OpenTime) else length)


def fits(length: object, unit: str) -> bool:
    """Return whether something is a length that a unit tells: 0.002 days would say nothing.

    Example:
        >>> fits(3 * HOUR, "d"), fits(timedelta(minutes=3), "d"), fits(3 * HOUR, "")
        (True, False, False)
    """
    if not unit or not isinstance(length, timedelta | OpenTime):
        return False
    return abs(scaled(length, unit)) >= SMALL


def unit_word(length: Length, unit: str) -> str:
    """Return the code of the word of a unit."""
    working = isinstance(length, OpenTime) and length.day
    return "unit_wd" if unit == "d" and working else f"unit_{unit}"


def digits(number: float, unit: str) -> int:
    """Return the decimals of a number of a unit that is shared: more where it is small."""
    own = next(row[3] for row in LENGTHS if row[0] == unit)
    return own + (abs(number) < (HALF if own else WHOLE))
