"""Stamps of a table by columns: parsed once for each distinct text, most of them as digits.

TextColumn that differ in digits alone are of one form: the adapter's format says where their parts
stand, and the digits are read for all of them at once. Whatever is rare, or at the edge of what a
datetime holds, is read by the adapter's own reader, text by text. The same goes for local times on
days on which the clock changes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import Factory, define

from support_model._columns.values import NULL
from support_model._frames.mapped_cells import Typed
from support_model._time import DAY, EPOCH, MICROSECOND, micros
from support_model.adapters._stamps import NOON, PIVOT
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Flags, Ints
    from support_model._frames.mapped_cells import TextColumn
    from support_model.adapters._stamps import Layout, StampFormat
    from support_model.adapters._table_cells import Instants

    Bytes = NDArray[np.uint8]

__all__ = ["BAD", "ODD", "NeedsRows", "NoRows", "Stamped", "stamped"]

ODD = ("", "skipped_time", "ambiguous_time")
"""What is odd about a stamp, by code."""
BAD = 3
"""The code of a text that is no stamp."""
LONGEST = 40
"""Bytes of a text that may be read as digits."""
PART = 1 << 17
"""TextColumn at a time."""
MOST_FORMS = 64
"""Forms of one length; of more, texts are read one by one."""
EARLIEST, LATEST = 3, 9997
"""Years between which no offset leads out of what a datetime holds."""
SECOND = 1_000_000
ZERO, NINE = ord("0"), ord("9")


class NeedsRows(Exception):
    """Something that columns do not answer, so that rows are read one by one."""


class NoRows(NeedsRows):
    """No row of a table counts, which of a whole table the reader of rows has to say."""


@define(eq=False)
class Stamped:
    """A column of instants.

    Attributes:
        at: int64, microseconds since 1970-01-01 UTC; `NULL` where there is none.
        odd: int8, what is odd about a local time, by place in `ODD`; `BAD` where the text is no
            stamp.
    """

    at: Ints
    odd: NDArray[np.int8]

    def take(self, rows: NDArray[Any]) -> Stamped:
        """Return some rows, by number or by flag."""
        return Stamped(self.at[rows], self.odd[rows])


@define(eq=False)
class _Form:
    """TextColumn of one form, and what each format makes of them.

    Attributes:
        places: int64, which of the distinct texts.
        read: by number of the format, the microseconds and whether they are those of a stamp.
        aware: by number of the format, whether a stamp says its offset.
    """

    places: Ints
    read: dict[int, tuple[Ints, Flags]] = Factory(dict)
    aware: dict[int, bool] = Factory(dict)


@define(eq=False)
class _Read:
    """A column of texts, read in every format.

    Attributes:
        column: the texts.
        gone: which of the distinct texts are missing, or in no row.
        forms: those that were read, by their form.
        rest: int64, those that are to be read one by one.
    """

    column: TextColumn
    gone: Flags
    forms: list[_Form]
    rest: Ints

    @classmethod
    def of(
        cls, column: TextColumn, formats: Sequence[StampFormat], missing: Collection[str]
    ) -> _Read:
        """Read the distinct texts of a column."""
        gone = np.asarray(pc.is_in(column.dictionary, pa.array(sorted(missing), pa.string())))
        gone = gone | (column.counts() == 0)
        rest, forms = _forms(column.dictionary, gone, formats)
        return cls(column, gone, forms, rest)

    def telling(self) -> list[str]:
        """Return texts that tell of the formats all that the column tells."""
        told = sorted({*self.rest.tolist(), *_told_apart(self.forms)})
        found: list[str] = self.column.dictionary.take(pa.array(told, pa.int64())).to_pylist()
        return found

    def stamps(self, left: Sequence[int], instants: Instants) -> Stamped:
        """Return the column as instants, by the formats that are left."""
        size = self.gone.size
        found = Stamped(np.full(size, NULL, np.int64), np.zeros(size, np.int8))
        found.odd[~self.gone] = BAD
        for form in self.forms:
            _take(form, left, found, instants)
        texts = self.column.dictionary.take(pa.array(self.rest, pa.int64())).to_pylist()
        for place, text in zip(self.rest.tolist(), texts, strict=True):
            found.at[place], found.odd[place] = _by_reader(text, instants)
        return found.take(self.column.codes)


def stamped(
    columns: Sequence[TextColumn | Typed],
    instants: Instants,
    missing: Collection[str],
    *,
    chosen: bool = False,
) -> list[Stamped]:
    """Return columns of stamps as instants; the formats are chosen by all that is not missing.

    Args:
        columns: the columns.
        instants: the formats, the zone, and the reader of what is rare.
        missing: the texts that mean nothing.
        chosen: whether the formats are chosen already.

    Raises:
        InvalidLog: days and months cannot be told apart.
        NeedsRows: a stamp has no zone, and none is said.
    """
    formats = [*instants.formats]
    texts = {
        place: _Read.of(each, formats, missing)
        for place, each in enumerate(columns)
        if not isinstance(each, Typed)
    }
    if len(formats) > 1 and not chosen:
        instants.choose(text for each in texts.values() for text in each.telling())
    left = [formats.index(each) for each in instants.formats]
    return [
        _typed(each, instants) if isinstance(each, Typed) else texts[place].stamps(left, instants)
        for place, each in enumerate(columns)
    ]


def _typed(column: Typed, instants: Instants) -> Stamped:
    stamps = column.micros[column.micros != NULL]
    if stamps.size and not _FIRST <= stamps.min() <= stamps.max() < _LAST:
        raise NeedsRows
    if not column.local:
        return Stamped(column.micros, np.zeros(column.micros.size, np.int8))
    return _resolved(column.micros, instants)


def _by_reader(text: str, instants: Instants) -> tuple[int, int]:
    """Return the instant of one text by the adapter's reader, and what is odd about it."""
    try:
        at = instants.parsed(text, 0)
    except InvalidLog:
        raise NeedsRows from None
    except ValueError:
        return NULL, BAD
    return micros(at), ODD.index(instants.odd.get(text, ""))


def _take(form: _Form, left: Sequence[int], found: Stamped, instants: Instants) -> None:
    """Put the instants of one form where they belong: each of the first format that reads it."""
    open_ = np.ones(form.places.size, np.bool_)
    for number in left:
        if number not in form.read:
            continue
        values, valid = form.read[number]
        here = valid & open_
        if not here.any():
            continue
        open_ &= ~valid
        values, places = values[here], form.places[here]
        if form.aware[number]:
            found.at[places], found.odd[places] = values, 0
        else:
            resolved = _resolved(values, instants)
            found.at[places], found.odd[places] = resolved.at, resolved.odd


def _told_apart(forms: Sequence[_Form]) -> Iterator[int]:
    """Yield one text for each way in which the formats agree and differ about texts."""
    for form in forms:
        numbers = [*form.read]
        ways = np.zeros(form.places.size, np.int64)
        for place, number in enumerate(numbers):
            values, valid = form.read[number]
            alike = np.full(form.places.size, place + 1, np.int64)
            for other in range(place - 1, -1, -1):
                theirs, readable = form.read[numbers[other]]
                same = form.aware[numbers[other]] == form.aware[number]
                alike[readable & (theirs == values) & same] = other + 1
            ways = ways * (len(numbers) + 1) + np.where(valid, alike, 0)
        yield from form.places[np.unique(ways, return_index=True)[1]].tolist()


def _forms(
    dictionary: pa.StringArray, gone: Flags, formats: Sequence[StampFormat]
) -> tuple[Ints, list[_Form]]:
    """Return the texts that are to be read one by one, and the others by their form."""
    if not len(dictionary):
        return np.zeros(0, np.int64), []
    offsets = _offsets(dictionary)
    lengths = np.where(gone, 0, np.diff(offsets))
    short = (lengths > 0) & (lengths <= LONGEST)
    rest: list[Ints] = [np.flatnonzero(~short & ~gone)]
    forms: list[_Form] = []
    for length in np.unique(lengths[short]).tolist():
        places = np.flatnonzero(lengths == length)
        for first in range(0, places.size, PART):
            part = places[first : first + PART]
            matrix = _matrix(dictionary, offsets[part], length)
            rest += _of_one_length(part, matrix, formats, forms)
    return np.concatenate(rest), forms


def _offsets(texts: pa.StringArray) -> Ints:
    buffer = np.frombuffer(texts.buffers()[1], np.int32)
    return buffer[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)


def _matrix(texts: pa.StringArray, starts: Ints, length: int) -> Bytes:
    """Return texts of one length as a row of bytes each."""
    data = np.frombuffer(texts.buffers()[2], np.uint8)
    if int(starts[-1]) - int(starts[0]) == (starts.size - 1) * length:
        first = int(starts[0])
        return data[first : first + starts.size * length].reshape(starts.size, length)
    found: Bytes = data[starts[:, None] + np.arange(length)]
    return found


def _of_one_length(
    places: Ints, matrix: Bytes, formats: Sequence[StampFormat], forms: list[_Form]
) -> list[Ints]:
    """Read texts of one length, form by form; return those that are to be read one by one."""
    rest: list[Ints] = []
    masks = np.where((matrix >= ZERO) & (matrix <= NINE), np.uint8(NINE), matrix)
    wide = (masks >= 0x80).any(axis=1)
    left = np.flatnonzero(~wide)
    rest.append(places[wide])
    for _ in range(MOST_FORMS):
        if not left.size:
            return rest
        same = (masks[left] == masks[left[0]]).all(axis=1)
        rows, left = left[same], left[~same]
        sample = matrix[rows[0]].tobytes().decode("ascii")
        rest.append(places[_of_one_form(places, rows, matrix, formats, sample, forms)])
    return [*rest, places[left]]


def _of_one_form(
    places: Ints,
    rows: Ints,
    matrix: Bytes,
    formats: Sequence[StampFormat],
    sample: str,
    forms: list[_Form],
) -> Ints:
    """Read texts of one form in every format; return the rows that only a reader can tell."""
    layouts = {number: each.layout(sample) for number, each in enumerate(formats)}
    known = {number: each for number, each in layouts.items() if each is not None}
    if not all(each.spans for each in known.values()):
        return rows
    own = matrix[rows]
    read: dict[int, tuple[Ints, Flags]] = {}
    ask = np.zeros(rows.size, np.bool_)
    for number, layout in known.items():
        values, valid, unsure = _values(own, layout)
        if formats[number].text == "iso":
            unsure = ~valid  # what is no ISO 8601 is left to Python, whose versions differ
        read[number] = values, valid
        ask |= unsure
    sure = ~ask
    form = _Form(places[rows[sure]])
    for number, (values, valid) in read.items():
        form.read[number] = values[sure], valid[sure]
        form.aware[number] = bool(known[number].zone)
    forms.append(form)
    return rows[ask]


def _number(matrix: Bytes, span: tuple[int, int]) -> Ints:
    found = np.zeros(matrix.shape[0], np.int64)
    for place in range(*span):
        found = found * 10 + (matrix[:, place] - ZERO)
    return found


def _values(matrix: Bytes, layout: Layout) -> tuple[Ints, Flags, Flags]:
    """Return the microseconds of texts of one form, which are stamps, and which may be."""
    spans = layout.spans
    zeros = np.zeros(matrix.shape[0], np.int64)

    def part(name: str) -> Ints:
        return _number(matrix, spans[name]) if name in spans else zeros

    year = part("year") if "year" in spans else _century(part("short_year"))
    month = np.full_like(zeros, layout.month) if layout.month else part("month")
    hour, valid = _hours(part("hour"), layout.half)
    day, minute, second = part("day"), part("minute"), part("second")
    valid &= (month >= 1) & (month <= 12) & (day >= 1) & (minute < 60) & (second < 60) & (year > 0)
    sure = (year >= EARLIEST) & (year <= LATEST)
    months = np.where(valid & sure, (year - 1970) * 12 + month - 1, 0)
    first, after = _first_days(months), _first_days(months + 1)
    valid &= ~sure | (day <= after - first)
    micro = part("microsecond")
    if "microsecond" in spans:
        micro = micro * 10 ** (6 - (spans["microsecond"][1] - spans["microsecond"][0]))
    found = (first + day - 1) * DAY + ((hour * 60 + minute) * 60 + second) * SECOND + micro
    if layout.zone:
        offset, possible = _offset(matrix, spans["zone"], layout.zone)
        found, sure = found - offset, sure & possible
    return found, valid & sure, valid & ~sure


def _century(year: Ints) -> Ints:
    return np.where(year < PIVOT, 2000 + year, 1900 + year)


def _hours(hour: Ints, half: str) -> tuple[Ints, Flags]:
    if not half:
        return hour, hour < 24
    return hour % NOON + (NOON if half == "p" else 0), (hour >= 1) & (hour <= NOON)


def _first_days(months: Ints) -> Ints:
    """Return the days since 1970-01-01 of the first days of months since then."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _offset(matrix: Bytes, span: tuple[int, int], zone: str) -> tuple[Ints, Flags]:
    """Return the offsets that stamps say in microseconds, and which of them are usual."""
    if zone == "Z":
        return np.zeros(matrix.shape[0], np.int64), np.ones(matrix.shape[0], np.bool_)
    first, last = span
    hours, minutes = (_number(matrix, each) for each in ((first + 1, first + 3), (last - 2, last)))
    found = (hours * 60 + minutes) * 60 * SECOND
    return (-found if zone[0] == "-" else found), (hours < 24) & (minutes < 60)


def _resolved(local: Ints, instants: Instants) -> Stamped:
    """Return the instants at which a clock first shows local times, or later, as the adapter does.

    Raises:
        NeedsRows: no zone is said.
    """
    odd = np.zeros(local.size, np.int8)
    stamps = local != NULL
    if not stamps.any():
        return Stamped(local, odd)
    if instants.tz is None:
        raise NeedsRows
    days, which = np.unique(local[stamps] // DAY, return_inverse=True)
    offsets = np.array([_offset_of_day(day, instants) for day in days.tolist()], np.int64)
    at, changes = local[stamps] - offsets[which], offsets[which] == NULL
    strange = odd[stamps]
    texts, where = np.unique(local[stamps][changes], return_inverse=True)
    answers = [_of_clock(text, instants) for text in texts.tolist()]
    at[changes] = np.array([at for at, _ in answers], np.int64)[where]
    strange[changes] = np.array([code for _, code in answers], np.int8)[where]
    found = np.full(local.size, NULL, np.int64)
    found[stamps], odd[stamps] = at, strange
    return Stamped(found, odd)


_START = datetime(1970, 1, 1)  # noqa: DTZ001 - what a clock shows has no zone
_FIRST = (datetime(EARLIEST, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
_LAST = (datetime(LATEST, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND


def _offset_of_day(day: int, instants: Instants) -> int:
    """Return the offset from UTC of a whole local day; `NULL` where the clock changes."""
    begins = (_START + timedelta(days=day)).replace(tzinfo=instants.tz)
    moments = (begins, begins + timedelta(hours=12), begins + timedelta(days=1))
    offsets = {each.replace(fold=fold).utcoffset() for each in moments for fold in (0, 1)}
    if len(offsets) > 1:
        return NULL
    (offset,) = offsets
    return 0 if offset is None else offset // MICROSECOND


def _of_clock(local: int, instants: Instants) -> tuple[int, int]:
    stamp = _START + timedelta(microseconds=local)
    name = f"\0{local}"
    at = instants.resolved(stamp, name, 0)
    return micros(at), ODD.index(instants.odd.pop(name, ""))
