"""Plain numbers from outside are checked here: loads, shares, counts of people.

Booleans, NaN and infinities are refused with the name of what was wrong. A check returns the value
that it lets pass; `valid` turns one into a validator of an attrs field.

Rounding people up is exact: a number is taken as the decimal text that it prints as, so 21
agents at 30 % shrinkage are 30 scheduled and not 31.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from support_model._time import micros_of
from support_model.errors import InvalidAgents, InvalidLoad, InvalidShare, InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    import attrs

__all__ = [
    "LEVELS",
    "Number",
    "Validator",
    "check_level",
    "check_numbers",
    "checked_agents",
    "checked_hangup",
    "checked_level",
    "checked_load",
    "checked_names",
    "checked_number",
    "checked_path",
    "checked_positive",
    "checked_positive_share",
    "checked_share",
    "checked_whole",
    "exact",
    "finite",
    "must_be",
    "must_be_known",
    "must_be_several",
    "named_by_text",
    "of_kind",
    "text",
    "valid",
    "word",
]


Number = int | float | Fraction
LEVELS = range(1, 6)
"""The numbers of support lines."""
Validator: TypeAlias = "Callable[[Any, Any, Any], None]"
"""What attrs calls with a value under construction, the attribute, and what it was given."""
MOST_STATES = 1e12


def valid(check: Callable[..., object], *names: str, **options: object) -> Validator:
    """Return the validator of a field that holds what a check lets pass."""

    def validate(_: object, __: attrs.Attribute[Any], value: object) -> None:
        check(value, *names, **options)

    return validate


def finite(value: Number) -> bool:
    """Return whether a value is a finite real number, and no bool."""
    if not isinstance(value, (int, float, Fraction)) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number or a fraction beyond every float
        return False


def checked_number(value: Number, name: str) -> float:
    """Return a finite number of either sign as a float."""
    if not finite(value):
        raise InvalidValue(value, f"{name} must be a finite number")
    return float(value)


def checked_load(value: Number, name: str = "a load") -> float:
    """Return a finite number >= 0 as a float; anything else raises `InvalidLoad`."""
    if value.__class__ is float and 0 <= value < math.inf:
        return value
    if not finite(value) or value < 0:
        raise InvalidLoad(value, f"{name} must be a finite number >= 0")
    return float(value)


def checked_agents(value: float, *, whole: bool = False) -> float:
    """Return a finite number of agents >= 0; fractions are allowed unless `whole`."""
    if not finite(value) or value < 0:
        raise InvalidAgents(value, "agents must be a finite number >= 0")
    if whole and value != int(value):
        raise InvalidAgents(value, "people are counted in whole numbers", "round up")
    return value


def checked_whole(value: int, name: str, *, least: int = 0) -> int:
    """Return a whole number >= `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InvalidValue(value, f"{name} must be a whole number >= {least}")
    return value


def checked_level(level: int) -> int:
    """Return the number of a support line, 1 to 5."""
    if not isinstance(level, int) or isinstance(level, bool) or level not in LEVELS:
        raise InvalidValue(level, "a support line must be a whole number from 1 to 5")
    return level


def named_by_text(name: str, what: str) -> str:
    """Return the name of something, which is text and not empty."""
    if not isinstance(name, str) or not name:
        raise InvalidValue(name, f"{what} is named by text", "give str(number)")
    return name


def must_be(kind: type, value: object, problem: str, remedy: str) -> None:
    """Refuse what is not of a class."""
    if not isinstance(value, kind):
        raise InvalidValue(value, problem, remedy)


def must_be_several(
    given: object,
    what: str,
    remedy: str = "give a list of them",
    error: type[InvalidValue] = InvalidValue,
) -> None:
    """Refuse one part, or text, where several parts are meant."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise error(given, f"{what} are several", remedy)


def must_be_known(name: object, known: Iterable[str], problem: str) -> None:
    """Refuse a name that is not among the known ones."""
    if not isinstance(name, str) or name not in known:
        raise InvalidValue(name, problem, nearest(str(name), known))


def checked_path(path: object) -> Path:
    """Return the path to a file."""
    if not isinstance(path, str | Path):
        raise InvalidValue(path, "no path", "give the name of a file")
    return Path(path)


def checked_names(given: Iterable[str]) -> frozenset[str]:
    """Return a set of names; one bare text would fall apart into letters."""
    if isinstance(given, str):
        raise InvalidValue(given, "names are a list", f"give [{given!r}]")
    return frozenset(given)


def checked_share(value: Number, name: str = "a share", *, full: bool = False) -> Number:
    """Return a share in [0, 1), or in [0, 1] with `full`."""
    if not finite(value) or not (0 <= value < 1 or (full and value == 1)):
        bounds = "[0, 1]" if full else "[0, 1)"
        raise InvalidShare(value, f"{name} must lie in {bounds}", "write 80 % as 0.80")
    return value


def checked_positive_share(value: Number, name: str, *, full: bool = False) -> Number:
    """Return a share above 0 and below 1, or at most 1 with `full`."""
    if not checked_share(value, name, full=full):
        raise InvalidShare(value, f"{name} must be above 0")
    return value


def checked_positive(value: timedelta, name: str) -> timedelta:
    """Return a duration above zero."""
    if micros_of(value) <= 0:
        raise InvalidValue(value, f"{name} must be longer than zero")
    return value


def checked_hangup(handle_time: timedelta, patience: timedelta, people: float) -> float:
    """Return handle time over patience, the rate at which those who wait hang up.

    Sums over the queue take as many steps as the square root of people over this rate;
    patience that is endless for every practical purpose is refused rather than summed.
    """
    hangup = checked_positive(handle_time, "a handle time") / checked_positive(
        patience, "patience"
    )
    if people > MOST_STATES * hangup:
        raise InvalidValue(
            patience,
            f"so much patience against a handle time of {handle_time} is endless",
            "leave patience out: then nobody hangs up",
        )
    return hangup


def check_numbers(values: Iterable[Number]) -> None:
    """Raise where a value is no finite number: NaN has no place in an order or a sum.

    Raises:
        InvalidValue: NaN, an infinity, a number beyond every float, or no number.

    Example:
        >>> check_numbers([1, 2.5, float("nan")])
        Traceback (most recent call last):
        ...
        support_model.errors.InvalidValue: not a finite number: nan; leave it out
    """
    given = tuple(values)
    if not _finite(given):
        odd = next(value for value in given if not _finite((value,)))
        raise InvalidValue(odd, "not a finite number", "leave it out")


def _finite(values: Iterable[Number]) -> bool:
    try:
        return all(map(math.isfinite, values))
    except (TypeError, ValueError, OverflowError):
        return False


def check_level(level: Number) -> None:
    """Raise where a number is no confidence level inside (0, 1)."""
    if not isinstance(level, (int, float, Fraction)) or not 0 < level < 1:
        raise InvalidShare(level, "a confidence level lies inside (0, 1)", "write 0.95")


def exact(value: Number) -> Fraction:
    """Return a number as the exact rational of the decimal text that it prints as.

    Example:
        >>> exact(0.1) + exact(0.2) == exact(0.3)
        True
    """
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def of_kind(kind: Any, error: type[InvalidValue], problem: str, remedy: str) -> Validator:  # noqa: ANN401 - a class or a union
    """Return a validator of values of a class."""

    def check(_: object, __: object, value: object) -> None:
        if not isinstance(value, kind):
            raise error(value, problem, remedy)

    return check


def text(error: type[InvalidValue], problem: str, remedy: str) -> Validator:
    """Return a validator of text that is not empty."""

    def check(_: object, __: object, value: object) -> None:
        if not isinstance(value, str) or not value:
            raise error(value, problem, remedy)

    return check


def word(words: object, error: type[InvalidValue], problem: str) -> Validator:
    """Return a validator of the words of a `Literal`."""
    known = get_args(words)

    def check(_: object, __: object, value: object) -> None:
        if value not in known:
            raise error(value, problem, nearest(str(value), known))

    return check
