"""The words in which laws are written: what holds, what is open, where a move lands."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

from hypothesis import currently_in_test_context, event

from support_model._time import instant, micros, micros_of
from support_model.errors import LawBroken, NoOpenTime, OutOfRange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support_model.calendars import BusinessCalendar

P = ParamSpec("P")

ONE_DAY = timedelta(days=1)
ZERO = timedelta(0)
FAR = datetime.max.replace(tzinfo=UTC)
YEARS = 5 * 366 * ONE_DAY
"""How far a law looks for open time that an answer denies."""


class _Unmet(Exception):
    """A statement that does not hold, on its way to the law that made it."""


def law(
    name: str, suite: dict[str, Callable[P, None]]
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Put a law into a suite under its id, which `LawBroken` names."""

    def named(check: Callable[P, None]) -> Callable[P, None]:
        @wraps(check)
        def judge(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                check(*args, **kwargs)
            except _Unmet as unmet:
                statement, values = unmet.args
                raise LawBroken(name, statement, values) from None

        suite[name] = judge
        return judge

    return named


def holds(statement: str, condition: object, /, **values: object) -> None:
    """Let the law be broken, with the values seen, unless a condition is true."""
    if not condition:
        raise _Unmet(statement, values)


_COUNTED: ContextVar[Counter[str] | None] = ContextVar("counted branches", default=None)


@contextmanager
def counted_branches() -> Iterator[Counter[str]]:
    """Count how often each branch of the laws is met while this context is open."""
    seen: Counter[str] = Counter()
    token = _COUNTED.set(seen)
    try:
        yield seen
    finally:
        _COUNTED.reset(token)


def met(branch: str, *, when: object = True) -> None:
    """Note that a law came to an interesting branch; Hypothesis shows it in its statistics."""
    if not when:
        return
    seen = _COUNTED.get()
    if seen is not None:
        seen[branch] += 1
    if currently_in_test_context():
        event(branch)


def open_micros(calendar: BusinessCalendar, start: datetime, end: datetime) -> int:
    return micros_of(calendar.elapsed(start, end))


def micros_between(start: datetime, end: datetime) -> int:
    """Return absolute time in microseconds; subtraction within one zone would be wall time."""
    return micros(end) - micros(start)


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
