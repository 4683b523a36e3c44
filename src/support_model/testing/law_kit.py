"""The words in which laws are written: what holds, what is open, where a move lands.

Before this: `support_model.testing.calendar_strategies`.
Next: `support_model.testing.calendar_laws`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from support_model.errors import LawBroken, NoOpenTime, OutOfRange
from support_model.instants import instant, micros, micros_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from support_model.calendars import BusinessCalendar

__all__ = ["DAY", "FAR", "NOTHING", "holds", "landing", "micros_between", "open_micros", "shifted"]

DAY = timedelta(days=1)
NOTHING = timedelta(0)
FAR = datetime.max.replace(tzinfo=UTC)


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


def shifted(at: datetime, by: int) -> datetime:
    """Return the instant so many microseconds later."""
    return instant(micros(at) + by, at.tzinfo or UTC)


def landing(
    move: Callable[[datetime, timedelta], datetime], at: datetime, by: timedelta
) -> datetime | None:
    """Return where `add` or `subtract` lands; None where it never does, or in no year."""
    try:
        return move(at, by)
    except (NoOpenTime, OutOfRange):
        return None
