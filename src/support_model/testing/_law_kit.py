"""The words in which laws are written: what holds, what is open, where a move lands."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import currently_in_test_context, event

from support_model._time import instant, micros, micros_of
from support_model.errors import LawBroken, NoOpenTime, OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support_model.calendars import BusinessCalendar


ONE_DAY = timedelta(days=1)
ZERO = timedelta(0)
FAR = datetime.max.replace(tzinfo=UTC)
YEARS = 5 * 366 * ONE_DAY
"""How far a law looks for open time that an answer denies."""


_COUNTED: ContextVar[Counter[str] | None] = ContextVar("counted branches", default=None)


@contextmanager
def counted_branches() -> Iterator[Counter[str]]:
    """Count how often each branch of the laws is met while this context is open.

    Example:
        >>> with counted_branches() as seen:
        ...     met("C1: reversed")
        >>> dict(seen)
        {'C1: reversed': 1}
    """
    seen: Counter[str] = Counter()
    token = _COUNTED.set(seen)
    try:
        yield seen
    finally:
        _COUNTED.reset(token)


def met(branch: str, *, when: bool = True) -> None:
    """Note that a law came to an interesting branch; Hypothesis shows it in its statistics."""
    if not when:
        return
    seen = _COUNTED.get()
    if seen is not None:
        seen[branch] += 1
    if currently_in_test_context():
        event(branch)


def holds(law: str, statement: str, *, when: bool, **values: object) -> None:
    """Raise `LawBroken` with the values seen unless `when`."""
    if not when:
        raise LawBroken(law, statement, values)


def open_micros(calendar: BusinessCalendar, start: datetime, end: datetime) -> int:
    """Return elapsed open time in microseconds."""
    return micros_of(calendar.elapsed(start, end))


def micros_between(start: datetime, end: datetime) -> int:
    """Return absolute time in microseconds; subtraction within one zone would be wall time."""
    return micros(end) - micros(start)


def months(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Return a window cut to its first two months: for laws that compile calendars anew."""
    return start, min(end, shifted(start, 60 * micros_of(ONE_DAY)), key=micros)


def shifted(at: datetime, amount: int) -> datetime:
    """Return the instant so many microseconds later."""
    return instant(micros(at) + amount, at.tzinfo or UTC)


def landing(
    move: Callable[[datetime, timedelta], datetime], at: datetime, amount: timedelta
) -> datetime | None:
    """Return where `add` or `subtract` lands; None where it never does, or in no year."""
    try:
        return move(at, amount)
    except (NoOpenTime, OutOfRange):
        return None
