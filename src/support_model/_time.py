"""Time as the library sees it: aware datetimes outside, integer microseconds inside.

Nothing below this module touches a float of seconds, a naive datetime, the machine's zone or
its clock. `micros` and `instant` convert; `Span` is a stretch [start, end) of absolute time;
`union`, `intersection` and `difference` work on sorted integer stretches and are the only
interval algebra in the library.

A reading of a local clock becomes the first instant at which the clock shows it or later: one
inside a gap clamps to the end of the gap, a repeated one means its first showing, and the map
from readings to instants never goes backwards.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from attrs import field

from support_model._frozen import frozen
from support_model.errors import InvalidValue, NaiveDatetime, OutOfRange, UnknownZone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo

__all__ = [
    "DAY",
    "EPOCH",
    "EPOCH_DATE",
    "FIRST",
    "GREGORIAN",
    "LAST",
    "MICROSECOND",
    "MONTHS",
    "NO_SUSPENSIONS",
    "Edges",
    "Span",
    "Suspension",
    "Suspensions",
    "between",
    "clock_text",
    "difference",
    "duration",
    "duration_text",
    "instant",
    "instant_of_reading",
    "intersection",
    "is_machine_zone",
    "local_date",
    "local_text",
    "micros",
    "micros_of",
    "month_name",
    "moved",
    "not_negative",
    "offset_at",
    "offsets",
    "python_scalar",
    "rising",
    "term_text",
    "timezone",
    "union",
    "utc",
    "utc_zone",
    "wall_midnight",
    "weekday_name",
]


MACHINE_ZONES = ("localtime", "posixrules", "Factory")
"""Keys of the database that mean the setting of the machine, or nothing."""
_COPIES = ("right/", "posix/", "SystemV/")
_EXAMPLE = "use an IANA name such as 'Europe/Berlin'"


def _table(text: str) -> dict[str, str]:
    return dict(pair.strip().split(": ") for pair in text.split(";"))


_ABBREVIATIONS = _table(
    """
    ACST: Australia/Darwin; AEDT: Australia/Sydney; AEST: Australia/Sydney;
    AKST: America/Anchorage; AWST: Australia/Perth; BRT: America/Sao_Paulo; CDT: America/Chicago;
    CEST: Europe/Berlin; EAT: Africa/Nairobi; EDT: America/New_York; EEST: Europe/Kyiv;
    HKT: Asia/Hong_Kong; JST: Asia/Tokyo; KST: Asia/Seoul; MDT: America/Denver;
    MSK: Europe/Moscow; NZDT: Pacific/Auckland; NZST: Pacific/Auckland; PDT: America/Los_Angeles;
    PST: America/Los_Angeles; SAST: Africa/Johannesburg; SGT: Asia/Singapore;
    TRT: Europe/Istanbul; WEST: Europe/Lisbon; YEKT: Asia/Yekaterinburg
    """
)
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE | re.ASCII)


def is_machine_zone(key: str) -> bool:
    """Return whether a key of the database means another clock on another machine."""
    return key in MACHINE_ZONES or key.startswith(_COPIES)


def zone_remedy(name: str, known: Iterable[str]) -> str:
    """Return what to write instead of a name that is no zone; `known` are the zones there are.

    Spelling says nothing about clocks (MST is ten hours from MSK), so no nearest name is
    offered: only a name that means the same, or the way to write it.

    Example:
        >>> zone_remedy("W. Europe Standard Time", ["Europe/Berlin"])
        "this is a name of Windows; say 'Europe/Berlin'"
        >>> zone_remedy("UTC+3", ["Europe/Moscow", "Etc/GMT-3"])
        "name the place, or for the same offset all year 'Etc/GMT-3' (the sign is reversed)"
    """
    zones = sorted(key for key in known if not is_machine_zone(key))
    text = name.strip()
    if not zones:
        return "no time zone data are installed: pip install tzdata"
    if match := _OFFSET.fullmatch(text):
        return _of_offset(match, zones)
    if is_machine_zone(text):
        return f"it means another clock on another machine; {_EXAMPLE}"
    place = text.casefold().replace(" ", "_") or "?"
    same = [key for key in zones if key.casefold() == place]
    same += [key for key in zones if key.casefold().endswith(f"/{place}")]
    return f"did you mean {same[0]!r}?" if same else _of_foreign_name(text)


def _of_foreign_name(text: str) -> str:
    from support_model._zone_names import WINDOWS  # noqa: PLC0415 - a table for errors alone

    windows = re.sub(" (Daylight|Summer) Time$", " Standard Time", text)
    if text.upper() in _ABBREVIATIONS:
        return f"an abbreviation names no zone; say {_ABBREVIATIONS[text.upper()]!r}"
    if windows in WINDOWS:
        return f"this is a name of Windows; say {WINDOWS[windows]!r}"
    return _EXAMPLE


def _of_offset(match: re.Match[str], zones: Iterable[str]) -> str:
    """Return the remedy for a fixed offset from UTC."""
    sign = "-" if match[1] == "+" else "+"
    hours, minutes = int(match[2]), int(match[3] or 0)
    key = f"Etc/GMT{sign}{hours}" if hours else "UTC"
    if minutes or key not in zones:
        return f"an offset names no zone; name the place, {_EXAMPLE.removeprefix('use ')}"
    if not hours:
        return "say 'UTC'"
    return f"name the place, or for the same offset all year {key!r} (the sign is reversed)"


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
MICROSECOND = timedelta(microseconds=1)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_NO_INSTANT = "an instant must be an aware datetime"


def micros(at: datetime) -> int:
    """Return an aware datetime as whole microseconds since 1970-01-01 UTC.

    Raises:
        NaiveDatetime: `at` has no zone.
        InvalidValue: `at` is no datetime at all.

    Example:
        >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
        1000000
    """
    try:
        delta = at - EPOCH
    except TypeError:
        if isinstance(at, datetime):
            raise NaiveDatetime(at) from None
        raise InvalidValue(at, _NO_INSTANT, "give datetime(..., tzinfo=...)") from None
    if type(delta) is not timedelta:
        delta = _exact(delta, at)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _exact(delta: object, value: object) -> timedelta:
    """Return the duration of another library as a timedelta; refuse what is none, or finer."""
    if not isinstance(delta, timedelta) or delta != delta:  # noqa: PLR0124 - NaT equals nothing
        raise InvalidValue(value, _NO_INSTANT, "give datetime(..., tzinfo=...)") from None
    if getattr(delta, "nanoseconds", 0):
        problem = "a part of a microsecond (nanoseconds)"
        raise InvalidValue(value, problem, "round on purpose: value.floor('us')")
    return delta


def micros_of(amount: timedelta) -> int:
    """Return a duration as whole microseconds; raise `InvalidValue` for what is none."""
    if not isinstance(amount, timedelta):
        raise InvalidValue(amount, "a duration must be a timedelta", "say timedelta(hours=...)")
    if type(amount) is not timedelta:
        amount = _exact(amount, amount)
    return (amount.days * 86_400 + amount.seconds) * 1_000_000 + amount.microseconds


def not_negative(amount: timedelta) -> int:
    """Return a duration that may be zero as whole microseconds."""
    length = micros_of(amount)
    if length < 0:
        raise InvalidValue(amount, "a time is negative", "give 0 or more")
    return length


def instant(at: int, tz: tzinfo = UTC) -> datetime:
    """Return the aware datetime of a count of microseconds since 1970-01-01 UTC.

    Raises:
        OutOfRange: the instant lies outside the years 1 to 9999 in `tz`.

    Example:
        >>> instant(1_000_000).isoformat()
        '1970-01-01T00:00:01+00:00'
    """
    try:
        moment = EPOCH + timedelta(microseconds=at)
        return moment if tz is UTC else moment.astimezone(tz)
    except OverflowError:
        raise OutOfRange(at, "an instant outside the years 1 to 9999 (microseconds)") from None


def utc(at: datetime) -> datetime:
    """Keep instants in UTC: datetimes of other zones inside a DST fold equal nothing."""
    return instant(micros(at))


def moved(at: datetime, amount: timedelta) -> datetime:
    """Return the instant that lies a duration after another, in the zone of the first.

    `at + amount` moves the hands of a wall clock instead, and lands an hour off over a clock
    change of that zone.

    Example:
        >>> noon = datetime(2026, 3, 28, 12, tzinfo=ZoneInfo("Europe/Berlin"))
        >>> moved(noon, timedelta(days=1)).isoformat()
        '2026-03-29T13:00:00+02:00'
    """
    return instant(micros(at) + micros_of(amount), at.tzinfo or UTC)


def between(start: datetime, end: datetime) -> timedelta:
    """Return the duration from one instant to another, negative if the second lies before.

    `end - start` of two readings of one zone is the way of the hands instead; see `moved`.
    """
    return timedelta(microseconds=micros(end) - micros(start))


def timezone(tz: str | tzinfo) -> ZoneInfo:
    """Return the IANA zone of a name, or of a `ZoneInfo`, read by its name.

    Raises:
        UnknownZone: the name is not in the database, means the machine's own clock
            ("localtime", "right/..."), or the zone has no name of its own.
    """
    if tz is UTC:
        name = "UTC"
    elif isinstance(tz, ZoneInfo) and tz.key:
        name = tz.key
    elif isinstance(tz, str):
        name = tz
    else:
        named = getattr(tz, "zone", None)  # what pytz calls the name of a zone
        hint = repr(named) if isinstance(named, str) else "'UTC' or ZoneInfo('Europe/Berlin')"
        raise UnknownZone(tz, "a calendar needs a named zone", f"say {hint}")
    try:
        if not is_machine_zone(name):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    from zoneinfo import available_timezones  # noqa: PLC0415 - reads the whole database

    hint = zone_remedy(name, available_timezones()) if name else "say 'UTC'"
    raise UnknownZone(tz, "unknown time zone", hint) from None


def utc_zone() -> ZoneInfo:
    """Return the zone UTC by name, read on use: a container may have no zone database."""
    return timezone("UTC")


def python_scalar(value: Any) -> Any:  # noqa: ANN401 - any value, of which scalars are changed
    """Return a scalar of NumPy as the number, truth or text of Python; others as they are."""
    if type(value).__module__ != "numpy" or getattr(value, "shape", None) != ():
        return value
    return value.item()


def weekday_name(day: date) -> str:
    """Return the weekday of a date in three letters, whatever the locale of the process."""
    return WEEKDAY_NAMES[day.weekday()]


def month_name(day: date) -> str:
    """Return the month of a date in three letters, whatever the locale of the process."""
    return MONTHS[day.month - 1]


def local_text(at: datetime, tz: tzinfo) -> str:
    """Return an instant in a zone, as people read it.

    Example:
        >>> local_text(datetime(2026, 3, 2, 9, 30, tzinfo=UTC), UTC)
        'Mon 02 Mar 2026 09:30'
    """
    local = at.astimezone(tz)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{weekday_name(local)} {local:%d} {month_name(local)} {local:%Y} {clock}"


def _runs_forward(span: Span, _: object, end: datetime | None) -> None:
    start = micros(span.start)
    if end is not None and micros(end) < start:
        raise InvalidValue(span, "a span must not end before it starts", "swap the bounds")


@frozen
class Span:
    """A stretch of absolute time [start, end); `end=None` has no end (yet).

    Raises:
        NaiveDatetime: a bound without a zone.
        InvalidValue: an end before its start.

    Example:
        >>> Span(EPOCH, EPOCH + timedelta(hours=2)).length
        datetime.timedelta(seconds=7200)
    """

    start: datetime
    end: datetime | None = field(default=None, validator=_runs_forward)

    @property
    def length(self) -> timedelta | None:
        """Absolute length; None without an end."""
        return None if self.end is None else between(self.start, self.end)

    @property
    def edges(self) -> tuple[int, int]:
        """Both bounds in microseconds; no end is the end of year 9999."""
        return micros(self.start), LAST + 1 if self.end is None else micros(self.end)


Edges = tuple[int, int]


def union(stretches: Iterable[Edges]) -> list[Edges]:
    """Return the stretches sorted, overlapping and adjacent ones merged, empty ones dropped."""
    merged: list[Edges] = []
    for start, end in sorted(stretches):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def intersection(left: Sequence[Edges], right: Sequence[Edges]) -> list[Edges]:
    """Return what lies in both of two sorted, disjoint sequences."""
    common: list[Edges] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        end = min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return common


def difference(left: Sequence[Edges], right: Sequence[Edges]) -> list[Edges]:
    """Return what lies in the first of two sorted, disjoint sequences and not in the second."""
    rest: list[Edges] = []
    j = 0
    for start, end in left:
        at = start
        while j < len(right) and right[j][1] <= at:
            j += 1
        k = j
        while k < len(right) and right[k][0] < end:
            if at < right[k][0]:
                rest.append((at, right[k][0]))
            at = max(at, right[k][1])
            k += 1
        if at < end:
            rest.append((at, end))
    return rest


class Suspension(NamedTuple):
    """A stretch in which nothing comes due; a closed one holds its first instant, too."""

    start: int
    end: int
    closed: bool


@frozen
class Suspensions:
    """Stretches in which nothing comes due, sorted and disjoint.

    A pause that begins at the very instant of a due comes too late, so it is open there; an end
    that was undone, such as a solution, comes in time, so it is closed.

    Example:
        >>> waits = Suspensions((Suspension(2, 5, closed=False), Suspension(7, 9, closed=True)))
        >>> [waits.after(at) for at in (2, 3, 5, 7, 9)]
        [2, 5, 5, 9, 9]
    """

    rows: tuple[Suspension, ...] = ()

    def after(self, at: int) -> int:
        """Return an instant, or the end of the stretch in which it lies."""
        if not self.rows:
            return at
        i = bisect_right(self.rows, at, key=_start_of) - 1
        if i < 0:
            return at
        row = self.rows[i]
        inside = row.start < at < row.end or (row.closed and at == row.start)
        return row.end if inside else at


_start_of = itemgetter(0)
NO_SUSPENSIONS = Suspensions()


_UNITS = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000}
_WORDS = {"h": "hours", "m": "minutes", "s": "seconds"}
_ISO = re.compile(
    r"(?P<sign>[+-]?)PT(?=\d)(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,9}(?:\.\d{1,6})?)S)?",
    re.ASCII,
)
_SHORT = re.compile(  # blanks only before a number or a unit: two runs side by side are quadratic
    r"(?P<sign>[+-]?)(?=\s*\d)(?:\s*(?P<h>\d{1,9})\s*h)?(?:\s*(?P<m>\d{1,9})\s*m(?:in)?)?(?:\s*(?P<s>\d{1,9}(?:\.\d{1,6})?)\s*s)?",
    re.ASCII,
)
_LONGEST = 100


def duration(text: str) -> timedelta:
    """Read a duration as people write it: "4h", "1h 30m", "20 s", "PT4H30M", "-10min".

    Days and longer units are refused: whether a day is 24 counted hours, a working day or a
    date is a rule (see `BusinessCalendar.add_days`), not a length.

    Raises:
        InvalidValue: the text is no duration.

    Example:
        >>> duration("1h30m")
        datetime.timedelta(seconds=5400)
    """
    match = None
    if isinstance(text, str) and len(text) <= _LONGEST:
        match = _ISO.fullmatch(text.strip()) or _SHORT.fullmatch(text.strip().lower())
    if match is None:
        raise InvalidValue(
            text,
            "not a duration",
            "write '8h', '1h30m' or 'PT8H'; for days say hours ('48h') or count working days",
        )
    whole = 0
    for unit, scale in _UNITS.items():
        number, _, fraction = (match[unit] or "0").partition(".")
        whole += int(number) * scale + (int(fraction.ljust(6, "0")) if fraction else 0)
    try:
        return timedelta(microseconds=-whole if match["sign"] == "-" else whole)
    except OverflowError:
        raise OutOfRange(text, "a duration longer than datetime can hold") from None


def clock_text(amount: timedelta) -> str:
    """Write a duration as a stopwatch shows it, in hours however many.

    Example:
        >>> clock_text(timedelta(days=7)), clock_text(timedelta(seconds=-1.5))
        ('168:00:00', '-0:00:01.500000')
    """
    whole = micros_of(amount)
    seconds, rest = divmod(abs(whole), 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    text = f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return ("-" if whole < 0 else "") + text + (f".{rest:06d}" if rest else "")


def duration_text(amount: timedelta) -> str:
    """Write a duration so that `duration` reads it back: "8h", "1h30m", "-20s", "0s".

    Example:
        >>> duration_text(timedelta(minutes=90))
        '1h30m'
    """
    whole = micros_of(amount)
    rest, parts = abs(whole), []
    for unit, scale in _UNITS.items():
        count, rest = divmod(rest, scale)
        if unit == "s" and rest:
            parts.append(f"{count}.{rest:06d}".rstrip("0") + "s")
        elif count:
            parts.append(f"{count}{unit}")
    return ("-" if whole < 0 else "") + ("".join(parts) or "0s")


def term_text(amount: timedelta) -> str:
    """Write a limit for a sentence: whole days from two on as such, else as `duration_text`.

    Example:
        >>> term_text(timedelta(days=7)), term_text(timedelta(hours=8))
        ('7 days', '8h')
    """
    days, rest = divmod(amount, timedelta(days=1))
    return duration_text(amount) if rest or days < 2 else f"{days} days"


EPOCH_DATE = date(1970, 1, 1).toordinal()
PROBE = 3 * DAY
_PROBE = timedelta(microseconds=PROBE)
GREGORIAN = 146_097 * DAY
"""Four hundred years, after which dates and weekdays repeat."""


def _inside(start: int, end: int) -> int:
    """Return what moves a window away from the first and the last year, whose dates end.

    The rules of a zone repeat with the Gregorian cycle out there.
    """
    if start < FIRST + 366 * DAY:
        return GREGORIAN
    return -GREGORIAN if end > LAST - 366 * DAY else 0


def offset_at(tz: ZoneInfo, at: int) -> int:
    """Return the offset of the local clock from UTC at an instant, in microseconds."""
    offset = (EPOCH + timedelta(microseconds=at + _inside(at, at))).astimezone(tz).utcoffset()
    assert offset is not None  # noqa: S101 - a ZoneInfo always has one
    return (offset.days * 86_400 + offset.seconds) * 1_000_000


def offsets(tz: ZoneInfo, start: int, end: int) -> list[tuple[int, int]]:
    """Return (instant, offset) of each change of the local clock in [start, end), start first.

    The clock is probed every three days: no zone of the tz database has changed twice within
    that (the closest are four days apart), which a test checks for the installed data.
    """
    fixed = tz.utcoffset(None)
    if fixed is not None:
        return [(start, fixed // timedelta(microseconds=1))]
    at = start // 1_000_000 * 1_000_000
    moment = EPOCH + timedelta(microseconds=at + _inside(start, end + PROBE))
    known = moment.astimezone(tz).utcoffset()
    changes = [(start, offset_at(tz, at))]
    while at < end:
        at, moment = at + PROBE, moment + _PROBE
        offset = moment.astimezone(tz).utcoffset()
        if offset != known:
            known = offset
            changes.append(_change(tz, at - PROBE, at))
    return changes


def _change(tz: ZoneInfo, before: int, after: int) -> tuple[int, int]:
    """Return the one change between two instants, to its second, and the new offset."""
    offset = offset_at(tz, after)
    low, high = before // 1_000_000, after // 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(tz, middle * 1_000_000) == offset:
            high = middle
        else:
            low = middle
    return high * 1_000_000, offset


def wall_midnight(day: int) -> int:
    """Return the wall reading of the midnight that begins a date (its ordinal)."""
    return (day - EPOCH_DATE) * DAY


def rising(changes: list[tuple[int, int]]) -> Callable[[int], int]:
    """Return a function from readings, given in rising order, to their first instants.

    Good for readings whose instants lie in the window for which `offsets` gave the changes.
    """
    ends = [until + offset for (_, offset), (until, _) in pairwise(changes)]
    ends.append(2 * LAST)
    i = 0

    def at(wall: int) -> int:
        nonlocal i
        while wall >= ends[i]:
            i += 1
        since, offset = changes[i]
        return max(since, wall - offset)

    return at


def instant_of_reading(tz: ZoneInfo, day: int, at: int) -> int:
    """Return the first instant at which the local clock shows a reading of a date, or later.

    `day` is the date's ordinal, `at` microseconds after its midnight.
    """
    wall = wall_midnight(day) + at
    return rising(offsets(tz, wall - 2 * DAY, wall + 2 * DAY))(wall)


def local_date(tz: ZoneInfo, at: int) -> int:
    """Return the ordinal of the date that the local clock shows at an instant."""
    return (at + offset_at(tz, at)) // DAY + EPOCH_DATE
