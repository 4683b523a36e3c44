"""Cells of 1C: text, references, numbers, flags and stamps as they stand in rows.

A cell that holds what it cannot is `Unread`: whoever reads the row says what is left out then.
Stamps are the server's local clock and most are of days on which it does not change, so the
offset of a day is found once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn

from support_model._time import instant, instant_of_reading
from support_model.adapters._onec_words import EMPTY, MARKS, MONTHS, NO, YES, plain
from support_model.errors import NaiveDatetime

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

# ruff: noqa: RUF001 - Russian names are Russian

LONGEST_ID, LONGEST_NUMBER = 200, 20
REMEMBERED = 100_000
REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LOCAL = re.compile(
    r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?: ?г\.)?,? (\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII
)
_AMERICAN = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2}),? (\d{1,2}):(\d{2})(?::(\d{2}))? ?([AP])M", re.ASCII
)
_WORDS = re.compile(
    r"(\d{1,2}) ([а-я]{3,8}) (\d{4})(?: ?г\.)?,? (\d{1,2}):(\d{2})(?::(\d{2}))?", re.IGNORECASE
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", re.ASCII)
_DAY_ALONE = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{2}-\d{2}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,9}(?:\.\d{1,6})?", re.ASCII)
_HOURS = re.compile(r"(\d{1,6}):(\d{2})(?::\d{2})?", re.ASCII)
_PRESENTED = re.compile(
    r"(?:^|[ №])(?P<number>[^ №]{0,50}\d[^ №]{0,50}) (?:от|dated|from) "
    r"(?P<date>\d{1,2}[./]\d{1,2}[./]\d{2,4}(?: \d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?)?)"
)
_GROUPED = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
"""A space between the thousands of a number."""
_HOUR = timedelta(hours=1)


class Unread(ValueError):
    """A cell that holds what it cannot; `problem` shows nothing of it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class NoClock(Unread):
    """A date without a time of day."""


def first(row: Mapping[str, Any], keys: Iterable[str]) -> Any:  # noqa: ANN401 - JSON types
    """Return what the first filled one of some cells holds; None where none is."""
    for key in keys:
        value = row.get(key)
        if value.__class__ is str:
            value = value.strip()
            if len(value) > _LONGEST_EMPTY or value not in EMPTY:
                return value
        elif value is not None and value not in _NOTHING:
            return value
    return None


_LONGEST_EMPTY = max(map(len, EMPTY))
_NOTHING: tuple[object, ...] = ([], {})


def text(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return a value as text: a number by its digits, an expanded reference by its name."""
    if value.__class__ is str:
        found: str = value
    elif isinstance(value, bool):
        _refuse("true or false where text is expected")
    elif isinstance(value, int):
        if abs(value) >= 10**LONGEST_NUMBER:
            _refuse(f"a number of more than {LONGEST_NUMBER} digits")
        found = str(value)
    elif isinstance(value, float) and isfinite(value):
        found = str(int(value)) if value.is_integer() and abs(value) < 10**15 else str(value)
    elif isinstance(value, Mapping):
        named = first(value, ("Description", "Наименование", "Number", "Номер", "Ref_Key"))
        if not isinstance(named, str):
            _refuse("an object where text is expected")
        found = named
    else:
        _refuse("no text")
    if len(found) > LONGEST_ID:
        _refuse(f"a name of more than {LONGEST_ID} characters")
    return found.replace("\u00a0", " ")


def person(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return what calls a person: the reference where it was expanded, else the name."""
    if isinstance(value, Mapping):
        value = first(value, ("Ref_Key", "Description", "Наименование"))
    return " ".join(text(value).split())


def identifier(value: Any) -> tuple[str, str]:  # noqa: ANN401 - JSON types
    """Return the number or reference of a document, and its date where the cell presents it.

    Example:
        >>> identifier("Обращение 00-117 от 02.03.2026 9:00:00"), identifier("1\u00a0234")
        (('00-117', '02.03.2026 9:00:00'), ('1234', ''))
    """
    if value.__class__ is str:
        if "\u00a0" in value or "\u202f" in value or "\u2009" in value:
            value = _GROUPED.sub("", value)
        if " " in value and (shown := presented(value)):
            return shown
    elif isinstance(value, Mapping):
        value = first(value, ("Ref_Key", "Number", "Номер"))
    found = text(value)
    return found.removeprefix("№").strip() or found, ""


def presented(value: str) -> tuple[str, str] | None:
    """Return the number and date in the presentation of a document; None where it is none."""
    match = _PRESENTED.search(" ".join(value[:LONGEST_ID].split()))
    return None if match is None else (match["number"], match["date"])


def marked(value: Any) -> bool:  # noqa: ANN401 - JSON types
    """Return whether a cell says yes: a flag, or the word for one."""
    if value.__class__ is bool:
        return bool(value)
    word = plain(text(value))
    if word not in YES and word not in NO:
        _refuse("neither yes nor no")
    return word in YES


def amount(value: Any) -> float:  # noqa: ANN401 - JSON types
    """Return a number as 1C writes it: decimal comma, spaces between thousands, or H:MM.

    Example:
        >>> amount("1\u00a0234,5"), amount("1:30")
        (1234.5, 1.5)
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        if 0 <= value < 10**9:
            return float(value)
        _refuse("no number from 0 to a thousand million")
    digits = "".join(text(value).split()).replace(",", ".").replace("\u202f", "")
    if match := _HOURS.fullmatch(digits):
        return int(match[1]) + int(match[2]) / 60
    if _AMOUNT.fullmatch(digits) is None:
        _refuse("no number")
    return float(digits)


def mark(value: Any, scale: tuple[float, float]) -> float:  # noqa: ANN401 - JSON types
    """Return a rating: a number, a number before its word, or a mark in words."""
    if value.__class__ is str:
        word = plain(value)
        if scale == (1, 5) and word in MARKS:
            return float(MARKS[word])
        if match := re.match(
            r"\d{1,3}(?=\s{0,9}(?:[-\u2013\u2014(/]|из\b|of\b))", value, re.ASCII
        ):
            return float(match[0])
    return amount(value)


def _refuse(problem: str) -> NoReturn:
    raise Unread(problem)


class WallClock:
    """The server's local clock, and the readings that it shows twice or never."""

    def __init__(self, zone: ZoneInfo | None) -> None:
        self.zone = zone
        self.twice: set[datetime] = set()
        self.never: set[datetime] = set()
        self._shifts: dict[str, timedelta | None] = {}
        self._known: dict[str, datetime] = {}

    def instant(self, value: Any) -> datetime:  # noqa: ANN401 - JSON types
        """Return the instant of a stamp; a local time shown twice is its first showing.

        Raises:
            Unread: no stamp, or a date without a time.
            NaiveDatetime: a local stamp, and no zone.
        """
        if value.__class__ is str and len(value) == 19 and value[10] == "T":  # noqa: SIM102 - two questions
            if (shift := self._shifts.get(value[:10])) is not None:
                try:
                    return datetime.fromisoformat(f"{value}+00:00") - shift
                except (ValueError, OverflowError):
                    pass  # the way below says what it is
        try:
            found = self._known.get(value)
        except TypeError:
            _refuse("no time")
        if found is None:
            found = self._instant(value)
            if len(self._known) < REMEMBERED:
                self._known[value] = found
        return found

    def _instant(self, value: Any) -> datetime:  # noqa: ANN401 - JSON types
        at = _stamp(value)
        try:
            if at.tzinfo is not None:
                return at.astimezone(UTC)
            if self.zone is None:
                stamp, problem = "a stamp without a zone", "a local time of 1C names no instant"
                remedy = "say the server's zone: tz = 'Europe/Moscow'"
                raise NaiveDatetime(stamp, problem, remedy)
            return self._local(at, value)
        except OverflowError:
            _refuse("an instant outside the years 1 to 9999")

    def _local(self, at: datetime, value: object) -> datetime:
        assert self.zone is not None  # noqa: S101 - asked by the caller
        shift = self._shift(at)
        if shift is not None:
            if isinstance(value, str) and value[4:5] == "-":
                self._shifts[value[:10]] = shift
            return (at - shift).replace(tzinfo=UTC)
        local = at.replace(tzinfo=self.zone)
        earlier = local.utcoffset() or timedelta()
        later = local.replace(fold=1).utcoffset() or timedelta()
        if earlier == later:
            return local.astimezone(UTC)
        (self.twice if earlier > later else self.never).add(at)
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        within = (at - midnight) // timedelta(microseconds=1)
        return instant(instant_of_reading(self.zone, at.toordinal(), within))

    def _shift(self, at: datetime) -> timedelta | None:
        """Return how far the clock is ahead all day long; None on a day on which that changes."""
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=self.zone)
        if not 2 < at.year < 9999:
            return None
        begins = midnight.utcoffset()
        next_day = datetime.fromordinal(midnight.toordinal() + 1).replace(tzinfo=self.zone)
        ends = {each.utcoffset() for each in (next_day, next_day.replace(fold=1))}
        return begins if ends | {midnight.replace(fold=1).utcoffset()} == {begins} else None


def _stamp(value: Any) -> datetime:  # noqa: ANN401 - JSON types
    """Return the reading that a stamp states, with its zone where it states one."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        _refuse("no time")
    stamp = " ".join(value.split())
    try:
        if match := _LOCAL.fullmatch(stamp):
            day, month, year, *clock = match.groups()
            return _reading(year, month, day, clock)
        if _ISO.match(stamp):
            return datetime.fromisoformat(stamp)
        if match := _AMERICAN.fullmatch(stamp):
            month, day, year, hour, minute, second, half = match.groups()
            hours = int(hour) % 12 + 12 * (half == "P")
            return _reading(year, month, day, (hours, minute, second))
        if (match := _WORDS.fullmatch(stamp)) and match[2].lower() in MONTHS:
            day, word, year, *clock = match.groups()
            return _reading(year, MONTHS.index(word.lower()) + 1, day, clock)
        if match := _COMPACT.fullmatch(stamp):
            year, month, day, *clock = match.groups()
            return _reading(year, month, day, clock)
    except ValueError:
        _refuse("no time: no such date or hour")
    if _DAY_ALONE.fullmatch(stamp):
        problem = "a date without a time of day"
        raise NoClock(problem)
    _refuse("no time, expected such as 02.03.2026 9:00:00 or 2026-03-02T09:00:00")


def _reading(year: object, month: object, day: object, clock: Iterable[object]) -> datetime:
    hour, minute, second = (int(str(part or 0)) for part in clock)
    full = int(str(year)) + (2000 if len(str(year)) == 2 else 0)
    return datetime(full, int(str(month)), int(str(day)), hour, minute, second)  # noqa: DTZ001 - local as yet
