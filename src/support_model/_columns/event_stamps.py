"""Instants and lengths of any Arrow type as int64 microseconds.

A reading of a local clock is the first instant at which the clock shows it or later, as
everywhere in the library. A stamp in text is ISO 8601 as `datetime.fromisoformat` reads it; Arrow
reads the usual ones of them, sooner and to the same instants.
"""

from __future__ import annotations

import warnings
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from support_model._columns.arrow_words import BadRow, coded, first_of, whole_numbers
from support_model._columns.values import NULL, constant, is_constant
from support_model._time import DAY, FIRST, LAST, duration, micros, micros_of, offsets
from support_model.errors import AmbiguousWallTime, InvalidValue, SupportModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from support_model._columns.values import Flags, Ints

__all__ = [
    "UNITS",
    "counted_lengths",
    "epochs_of",
    "interval_lengths",
    "lengths_of",
    "shown",
    "stamps_of",
    "text_lengths",
    "text_stamps",
]

UNITS = MappingProxyType({"s": 1_000_000, "ms": 1_000, "us": 1, "ns": -1_000})
"""Microseconds in a unit; of those below zero so many are in a microsecond."""
_NO_ZONE = "a time without a zone"
_SAY_ZONE = "say which zone the column is in: tz=ZoneInfo('Europe/Berlin'), or tz=ZoneInfo('UTC')"


def in_micros(counts: Ints, there: Flags, unit: str, column: pa.ChunkedArray) -> Ints:
    """Return counts of a unit as microseconds, `NULL` where nothing is there.

    Raises:
        BadRow: more than int64 holds, or a part of a microsecond.
    """
    factor = UNITS[unit]
    if factor < 0:
        _refuse(there & (counts % -factor != 0), column, _FINER, "round on purpose, to us")
        return np.where(there, counts // -factor, NULL)
    most = LAST // factor + DAY
    if factor == 1 and _all_within(counts, there, -most, most):
        return counts
    _refuse(there & ((counts > most) | (counts < -most)), column, _BEYOND, "check the unit")
    return np.where(there, counts * factor, NULL)


def _all_within(counts: Ints, there: Flags, least: int, most: int) -> bool:
    """Return whether there is something in every row, and between two bounds, without a copy."""
    if not is_constant(there) or not counts.size or not there[0]:
        return False
    return bool(least <= counts.min() and counts.max() <= most)


_FINER = "a part of a microsecond (nanoseconds)"
_BEYOND = "outside the years 1 to 9999"


def _refuse(bad: Flags, column: pa.ChunkedArray, problem: str, remedy: str) -> None:
    row = first_of(bad)
    if row >= 0:
        raise BadRow(row, shown(column, row), problem, remedy)


def shown(column: pa.ChunkedArray, row: int) -> object:
    """Return a value of a column for a message."""
    try:
        value = column[row].as_py()
        value = tuple(value) if pa.types.is_interval(column.type) else value
    except (ArithmeticError, ValueError):  # nanoseconds, or a year that datetime has not
        return str(column[row].cast(pa.int64()))
    return value.isoformat() if isinstance(value, datetime) else value


def _counts(column: pa.ChunkedArray) -> tuple[Ints, Flags]:
    whole = column.cast(pa.int64())
    if not whole.null_count:
        return whole_numbers(whole), constant(True, np.bool_, len(whole))  # noqa: FBT003 - of a column
    there = ~whole.is_null().to_numpy()
    return whole_numbers(pc.fill_null(whole, 0)), there


def stamps_of(column: pa.ChunkedArray, tz: ZoneInfo | None) -> Ints:
    """Return timestamps as microseconds; without a zone of their own as readings of `tz`.

    Raises:
        BadRow: nanoseconds that are no whole microsecond, a year that datetime has not, or a
            reading where no zone is known.
    """
    counts, there = _counts(column)
    found = in_micros(counts, there, column.type.unit, column)
    if column.type.tz is None:
        return _instants(found, there, tz, column)
    _in_range(found, there, column)
    return found


def _instants(readings: Ints, there: Flags, tz: ZoneInfo | None, column: pa.ChunkedArray) -> Ints:
    if not there.any():
        return readings
    _in_range(readings, there, column)
    if tz is None:
        _refuse(there, column, _NO_ZONE, _SAY_ZONE)
        raise AssertionError
    found = readings.copy()
    found[there] = of_readings(readings[there], tz)
    _in_range(found, there, column)
    return found


def _in_range(found: Ints, there: Flags, column: pa.ChunkedArray) -> None:
    if _all_within(found, there, FIRST, LAST):
        return
    bad = there & ((found < FIRST) | (found > LAST))
    _refuse(bad, column, _BEYOND, "leave it empty where there is none")


def of_readings(readings: Ints, tz: ZoneInfo) -> Ints:
    """Return the first instants at which a local clock shows readings, or later; warn of odd ones.

    Both are in microseconds; a reading is counted as if the clock showed UTC.
    """
    changes = offsets(tz, int(readings.min()) - 2 * DAY, int(readings.max()) + 2 * DAY)
    since = np.array([at for at, _ in changes], np.int64)
    shift = np.array([offset for _, offset in changes], np.int64)
    ends = np.maximum.accumulate(since[1:] + shift[:-1])
    place = ends.searchsorted(readings, side="right")
    plain = readings - shift[place]
    found = np.maximum(plain, since[place])
    later = np.minimum(place + 1, since.size - 1)
    again = (later > place) & (readings - shift[later] >= since[later])
    odd = int(((found > plain) | again).sum())
    if odd:
        said = f"{odd} local times that {tz.key} shows twice or never: the first instant is taken"
        warnings.warn(AmbiguousWallTime(said), stacklevel=2)
    return found


def text_stamps(column: pa.ChunkedArray, tz: ZoneInfo | None) -> Ints:
    """Return stamps in ISO 8601 as microseconds; those without an offset as readings of `tz`.

    Raises:
        BadRow: no such stamp, or one without an offset where no zone is known.
    """
    plain = column.cast(pa.string())
    for zone in ("UTC", None):
        try:
            stamps = plain.cast(pa.timestamp("us", zone))
        except pa.ArrowInvalid:
            continue
        return stamps_of(stamps, tz)
    found = _each(column, lambda text: _stamp(text, tz))
    _in_range(found, found != NULL, column)
    return found


def _stamp(text: str, tz: ZoneInfo | None) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValue(text, "not an instant", "write 2026-03-02T09:00:00+00:00") from None
    if at.tzinfo is not None:
        return micros(at)
    if tz is None:
        raise InvalidValue(text, _NO_ZONE, _SAY_ZONE)
    reading = (at - datetime(1970, 1, 1)) // (datetime.resolution)  # noqa: DTZ001 - a reading
    return int(of_readings(np.array([reading], np.int64), tz)[0])


def _each(column: pa.ChunkedArray, read: Callable[[str], int]) -> Ints:
    """Return what is read of each distinct text."""
    codes, texts = coded(column)
    found = np.full(len(texts) + 1, NULL, np.int64)
    for place, text in enumerate(texts.to_pylist()):
        try:
            found[place] = read(text)
        except SupportModelError as error:
            row = first_of(codes == place)
            problem, remedy = getattr(error, "problem", str(error)), getattr(error, "remedy", "")
            raise BadRow(row, text, problem, remedy) from None
    return found[codes]


def text_lengths(column: pa.ChunkedArray) -> Ints:
    """Return durations in text, such as "1h30m", as microseconds.

    Raises:
        BadRow: no such duration.
    """
    return _each(column, lambda text: micros_of(duration(text)))


def counted_lengths(column: pa.ChunkedArray, unit: str) -> Ints:
    """Return whole numbers of a unit as microseconds.

    Raises:
        BadRow: a part of a microsecond.
    """
    counts, there = _counts(column)
    return in_micros(counts, there, unit, column)


def lengths_of(column: pa.ChunkedArray) -> Ints:
    """Return durations as microseconds.

    Raises:
        BadRow: nanoseconds that are no whole microsecond.
    """
    return counted_lengths(column, column.type.unit)


_INTERVAL = np.dtype([("months", "<i4"), ("days", "<i4"), ("nanos", "<i8")])


def interval_lengths(column: pa.ChunkedArray) -> Ints:
    """Return intervals of months, days and nanoseconds, as DuckDB has them, as microseconds.

    Raises:
        BadRow: a month or a day, which are no lengths, or a part of a microsecond.
    """
    pieces = [np.zeros(0, _INTERVAL)]
    for chunk in column.chunks:
        held = np.frombuffer(chunk.buffers()[1] or b"", _INTERVAL)
        pieces.append(held[chunk.offset : chunk.offset + len(chunk)])
    parts, there = np.concatenate(pieces), column.is_valid().to_numpy()
    dated = (parts["months"] != 0) | (parts["days"] != 0)
    _refuse(there & dated, column, "days or months, which are no length", "say it in hours")
    return in_micros(parts["nanos"], there, "ns", column)


def epochs_of(column: pa.ChunkedArray, unit: str) -> Ints:
    """Return numbers since 1970-01-01 UTC as microseconds; fractions to the nearest one.

    Raises:
        BadRow: NaN, a part of a microsecond among whole numbers, a year that datetime has not.
    """
    if pa.types.is_floating(column.type):
        there = ~column.is_null().to_numpy()
        numbers: Any = pc.fill_null(column, 0.0).to_numpy().astype(np.float64)
        _refuse(there & ~np.isfinite(numbers), column, "no number", "make it null")
        factor = UNITS[unit]
        exact = numbers / -factor if factor < 0 else numbers * factor
        _refuse(there & (np.abs(exact) > LAST), column, _BEYOND, "check the unit")
        found = np.where(there, np.rint(exact).astype(np.int64), NULL)
    else:
        counts, there = _counts(column)
        found = in_micros(counts, there, unit, column)
    _in_range(found, there, column)
    return found
