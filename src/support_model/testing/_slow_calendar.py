"""An oracle for a calendar: the same hours, read date by date, nothing compiled.

It reads plain data (`BusinessCalendar.to_data`) by the definition: each end point of a range
is the first instant at which the local clock shows it or later. It uses `zoneinfo` alone and
walks a week at a time, so it shares no fault with the arithmetic it judges.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from support_model._hours import WEEKDAYS, read_ranges
from support_model._time import (
    DAY,
    EPOCH,
    FIRST,
    LAST,
    Edges,
    Span,
    difference,
    instant,
    intersection,
    micros,
    micros_of,
    union,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from support_model.calendars import BusinessCalendar


EPOCH_DATE = date(1970, 1, 1)
WEEK = 7 * DAY
PATIENCE = 8
"""So many weeks are walked before the answer is `TooFar`."""


class TooFar(LookupError):
    """The answer lies too far away, or nowhere."""


class SlowCalendar:
    """A calendar that answers slowly and simply, to hold against one that answers fast.

    It has the methods of `BusinessCalendar` that take an instant or a length of open time. What
    lies more than `PATIENCE` weeks away is `TooFar`.

    Example:
        >>> from support_model.calendars import BusinessCalendar
        >>> slow = SlowCalendar.of(BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="UTC"))
        >>> print(slow.next_close(datetime(2026, 1, 5, 12, tzinfo=UTC)))
        2026-01-05 17:00:00+00:00
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    @classmethod
    def of(cls, calendar: BusinessCalendar) -> SlowCalendar:
        """Return the oracle of a calendar, made from its plain data."""
        return cls(calendar.to_data())

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time between two instants, negative if reversed."""
        a, b = micros(start), micros(end)
        if abs(b - a) > PATIENCE * WEEK:
            raise TooFar
        opened = sum(e - s for s, e in self._runs(min(a, b), max(a, b)))
        return timedelta(microseconds=opened if a <= b else -opened)

    def is_open(self, at: datetime) -> bool:
        """Return whether an instant is open."""
        return bool(self._runs(micros(at), micros(at) + 1))

    def periods(self, start: datetime, end: datetime) -> Iterator[Span]:
        """Yield the open spans within [start, end)."""
        a, b = micros(start), micros(end)
        if b - a > PATIENCE * WEEK:
            raise TooFar
        return (Span(instant(s), instant(e)) for s, e in self._runs(a, b))

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant with so much open time since the start."""
        left = micros_of(amount)
        if left < 0:
            return self.subtract(start, -amount)
        for s, e in self._ahead(micros(start)) if left else ():
            if e - s >= left:
                return _like(s + left, start)
            left -= e - s
        return start

    def subtract(self, start: datetime, amount: timedelta) -> datetime:
        """Return the latest instant with so much open time until the start."""
        left = micros_of(amount)
        if left < 0:
            return self.add(start, -amount)
        for s, e in self._behind(micros(start)) if left else ():
            if e - s >= left:
                return _like(e - left, start)
            left -= e - s
        return start

    def next_open(self, at: datetime) -> datetime:
        """Return the first open instant at or after an instant."""
        return _like(next(self._ahead(micros(at)))[0], at)

    def prev_open(self, at: datetime) -> datetime:
        """Return the latest instant at or before an instant that ends open time."""
        return _like(next(self._behind(micros(at)))[1], at)

    def next_opening(self, at: datetime) -> datetime:
        """Return the first opening strictly after an instant."""
        return self._turn(at, opens=True, step=1)

    def next_close(self, at: datetime) -> datetime:
        """Return the first close strictly after an instant."""
        return self._turn(at, opens=False, step=1)

    def prev_opening(self, at: datetime) -> datetime:
        """Return the latest opening strictly before an instant."""
        return self._turn(at, opens=True, step=-1)

    def prev_close(self, at: datetime) -> datetime:
        """Return the latest close strictly before an instant."""
        return self._turn(at, opens=False, step=-1)

    def _turn(self, at: datetime, *, opens: bool, step: int) -> datetime:
        t = micros(at)
        for week in range(PATIENCE):
            low, high = sorted((t + step * week * WEEK, t + step * (week + 1) * WEEK))
            # a microsecond more on each side, or the bounds themselves would look like edges
            runs = self._runs(low - 1, high + 1)
            turns = [run[0 if opens else 1] for run in runs]
            inner = [turn for turn in turns if low - 1 < turn < high + 1 and step * (turn - t) > 0]
            if inner:
                return _like(min(inner) if step > 0 else max(inner), at)
        raise TooFar

    def _ahead(self, t: int) -> Iterator[Edges]:
        for week in range(PATIENCE):
            yield from self._runs(t + week * WEEK, t + (week + 1) * WEEK)
        raise TooFar

    def _behind(self, t: int) -> Iterator[Edges]:
        for week in range(PATIENCE):
            yield from reversed(self._runs(t - (week + 1) * WEEK, t - week * WEEK))
        raise TooFar

    def _runs(self, start: int, end: int) -> list[Edges]:
        return _opened(self.data, start, end)


def _like(at: int, like: datetime) -> datetime:
    return instant(at, like.tzinfo or UTC)


def _opened(data: Mapping[str, Any], start: int, end: int) -> list[Edges]:
    """Return what plain data open within [start, end)."""
    kind = data["kind"]
    if kind == "always":
        return union([(start, end)])
    if kind == "hours":
        return intersection(_hours(data, start, end), [(start, end)])
    if kind == "without":
        cuts = union((_at(a, FIRST), _at(b, LAST + 1)) for a, b in data["spans"])
        return difference(_opened(data["calendar"], start, end), cuts)
    if kind == "versions":
        return _in_force(data["versions"], start, end)
    left, right = (_opened(data[side], start, end) for side in ("left", "right"))
    combine = {"intersection": intersection, "difference": difference}.get(kind)
    return combine(left, right) if combine else union([*left, *right])


def _in_force(parts: Sequence[Mapping[str, Any]], start: int, end: int) -> list[Edges]:
    """Return what each version opens while it is in force."""
    begins = [_at(part["from"], 2 * FIRST) for part in parts]
    dated_parts = []
    for part, a, b in zip(parts, begins, [*begins[1:], 2 * LAST], strict=True):
        low, high = max(a, start), min(b, end)
        if low < high:
            dated_parts += _opened(part["calendar"], low, high)
    return union(dated_parts)


def _at(text: str | None, missing: int) -> int:
    return micros(datetime.fromisoformat(text)) if text else missing


def _hours(data: Mapping[str, Any], start: int, end: int) -> list[Edges]:
    """Return the stretches of every local date near a window."""
    zone = ZoneInfo(data["tz"])
    first = EPOCH_DATE.toordinal() + start // DAY - 2
    last = EPOCH_DATE.toordinal() + end // DAY + 2
    stretches = []
    for ordinal in range(first, last + 1):
        day = date.fromordinal(ordinal)
        for a, b in _of_date(data, day):
            stretches.append((_first_reading(zone, day, a), _first_reading(zone, day, b)))
    return union(stretches)


def _first_reading(tz: ZoneInfo, day: date, at: int) -> int:
    """Return the first instant at which a clock shows a reading or later, by halving."""
    wall = (day.toordinal() - EPOCH_DATE.toordinal()) * DAY + at

    def reading(t: int) -> int:
        offset = (EPOCH + timedelta(microseconds=t)).astimezone(tz).utcoffset()
        return t + micros_of(offset or timedelta())

    before, after = wall - 26 * DAY // 24, wall + 26 * DAY // 24
    early, late = reading(before) - before, reading(after) - after
    if early == late:
        return wall - early
    low, high = before, after  # the offset changes once in between, on a whole second
    while high - low > 1:
        middle = (low + high) // 2
        if reading(middle) - middle == early:
            low = middle
        else:
            high = middle
    if wall - early < high:
        return wall - early
    return max(high, wall - late)


def _of_date(data: Mapping[str, Any], day: date) -> list[Edges]:
    """Return the open readings of one local date: hours, then breaks taken out."""
    begun, before = _begun(data, day), day - timedelta(days=1)
    if data.get("overnight") == "start":
        return _cut(data, day, union([*_today(begun), *_spill(_begun(data, before))]))
    dated = data.get("dates", {})
    night = _spill(_ranges(dated, before)) if before.isoformat() in dated else []
    return _cut(data, day, union([*begun, *night]))


def _cut(data: Mapping[str, Any], day: date, opened: list[Edges]) -> list[Edges]:
    before = day - timedelta(days=1)
    weekly, single = data.get("breaks", {}), data.get("date_breaks", {})
    weekday = WEEKDAYS[day.weekday()]
    cuts = _today(_ranges(weekly, weekday)) + _spill(_ranges(weekly, WEEKDAYS[before.weekday()]))
    if (like := _working(data, day)) is not None and day.isoformat() not in data.get("dates", {}):
        cuts += _today(_ranges(weekly, WEEKDAYS[like]))
        cuts += _spill(_ranges(weekly, WEEKDAYS[like - 1]))
    cuts += _today(_ranges(single, day)) + _spill(_ranges(single, before))
    for when, start, end, _ in data.get("closures", {}).get("breaks", ()):
        cuts += _today([(start, end)]) if when == day.isoformat() else []
        cuts += _spill([(start, end)]) if when == before.isoformat() else []
    return difference(opened, union(cuts))


def _begun(data: Mapping[str, Any], day: date) -> list[Edges]:
    """Return the readings that a date opens: its own, none on a holiday, else its weekday's."""
    closures, whole = data.get("closures", {}), data.get("overnight") == "start"
    if day.isoformat() in data.get("dates", {}):
        own = _ranges(data["dates"], day)
        return own if whole else _today(own)
    if any(row[0] == day.isoformat() for row in closures.get("holidays", ())):
        return []
    like = _working(data, day)
    weekday = day.weekday() if like is None else like
    readings = _of_week(data, day, weekday, whole=whole)
    for when, amount, _ in closures.get("shortened", ()):
        if when == day.isoformat():
            readings = _shortened(data, weekday, union(readings), amount, whole=whole)
    return readings


def _of_week(data: Mapping[str, Any], day: date, weekday: int, *, whole: bool) -> list[Edges]:
    """Return what a weekday opens in the week of a date, the night before it with it."""
    flat = [_ranges(week, name) for week in data["weeks"] for name in WEEKDAYS]
    anchor = date.fromisoformat(data.get("anchor", "0001-01-01"))
    monday, first = (each.toordinal() - each.weekday() for each in (day, anchor))
    place = (monday - first + weekday) % len(flat)
    return flat[place] if whole else union([*_today(flat[place]), *_spill(flat[place - 1])])


def _shortened(
    data: Mapping[str, Any], weekday: int, opened: list[Edges], amount: int, *, whole: bool
) -> list[Edges]:
    """Take so much open time, breaks not counted, off the end."""
    weekly = data.get("breaks", {})
    own, before = _ranges(weekly, WEEKDAYS[weekday]), _ranges(weekly, WEEKDAYS[weekday - 1])
    cuts = [*_today(own), *_spill(before)]
    if whole:
        after = _ranges(weekly, WEEKDAYS[(weekday + 1) % 7])
        cuts = [*own, *_spill(before), *((a + DAY, b + DAY) for a, b in after)]
    kept = difference(opened, union(cuts))
    while kept and amount > 0:
        start, end = kept.pop()
        if end - start > amount:
            kept.append((start, end - amount))
        amount -= end - start
    return intersection(opened, [(0, kept[-1][1])]) if kept else []


def _working(data: Mapping[str, Any], day: date) -> int | None:
    rows = data.get("closures", {}).get("working", ())
    return next((weekday for when, weekday, _ in rows if when == day.isoformat()), None)


def _ranges(table: Mapping[str, Any], key: str | date) -> list[Edges]:
    name = key if isinstance(key, str) else key.isoformat()
    return list(_read(tuple(table.get(name, ()))))


@lru_cache(maxsize=1000)
def _read(texts: tuple[str, ...]) -> tuple[Edges, ...]:
    return read_ranges(texts)


def _today(ranges: list[Edges]) -> list[Edges]:
    return [(start, min(end, DAY)) for start, end in ranges]


def _spill(ranges: list[Edges]) -> list[Edges]:
    return [(0, end - DAY) for _, end in ranges if end > DAY]
