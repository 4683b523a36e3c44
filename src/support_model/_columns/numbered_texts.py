"""Codes of texts that are numbers behind one beginning, such as "INC0012345" or "4711".

Names of tickets mostly are. A table by number gives their codes sooner than one of texts: of the
rows of a log in order of time, each text of which is on few rows, it takes a fifth of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from support_model._columns.memory import room

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.values import Codes

    Packed = NDArray[np.uint64]

__all__ = ["numbered"]

_SPARSE = 4
"""How many times the rows the numbers may lie apart."""
_BLOCK = 1 << 15
"""Rows at a time, so that what is made of them stays in the cache."""
_DIGITS = 8
"""The most digits: those of one word of 64 bits."""
_ZEROS, _HIGH = np.uint64(0x3030303030303030), np.uint64(0x8080808080808080)
_BEYOND = np.uint64(0x7676767676767676)
"""Added to a byte of at most 9 it leaves the high bit at 0."""
_STEPS = (
    (np.uint64(8), np.uint64(10), np.uint64(0x00FF00FF00FF00FF)),
    (np.uint64(16), np.uint64(100), np.uint64(0x0000FFFF0000FFFF)),
    (np.uint64(32), np.uint64(10_000), np.uint64(0x00000000FFFFFFFF)),
)
"""How two neighbors become one number: eight digits, four pairs, two fours."""
_LEAST_OF = np.array([0, 0, *(10**n for n in range(1, _DIGITS))], np.int64)
"""The least number of so many digits that has no zero in front."""
_EIGHT, _ALL_BITS = np.uint64(8), np.uint64(0xFFFFFFFFFFFFFFFF)


def numbered(column: pa.ChunkedArray) -> tuple[Codes, pa.Array] | None:
    """Return the codes of texts and the distinct ones in the order in which they appear.

    None where there are none, or they are anything else than one beginning with up to eight
    digits behind it, where two texts may have one number, or where the numbers lie far apart.
    """
    size = len(column)
    if not size or column.null_count or not pa.types.is_string(column.type):
        return None
    numbers = _numbers(column)
    if numbers is None:
        return None
    low, high = int(numbers.min()), int(numbers.max())
    if high - low >= _SPARSE * size:
        return None
    numbers -= np.int32(low)
    first = np.full(high - low + 1, size, np.int32)
    first[numbers[::-1]] = np.arange(size - 1, -1, -1, dtype=np.int32)
    there = np.flatnonzero(first < size)
    appears = np.zeros(size, np.bool_)
    appears[first.take(there)] = True
    places = np.cumsum(appears, dtype=np.int32)
    places -= np.int32(1)
    first[there] = places.take(first.take(there))
    for begin in range(0, size, _BLOCK):
        some = numbers[begin : begin + _BLOCK]
        some[:] = first.take(some)
    return numbers, column.filter(pa.array(appears)).combine_chunks()


def _numbers(column: pa.ChunkedArray) -> Codes | None:
    """Return the number of each text, or None."""
    prefix = column[0].as_buffer().to_pybytes().rstrip(b"0123456789")
    found, end, lengths = room(len(column), np.int32), 0, set[int]()
    zeros = False
    for chunk in filter(len, column.chunks):
        text = _Text.of(chunk)
        for first in range(0, len(chunk), _BLOCK):
            starts = text.starts[first : first + _BLOCK + 1]
            begin, end = end, end + starts.size - 1
            digits = np.diff(starts) - len(prefix)
            fewest, most = int(digits.min()), int(digits.max())
            if fewest < 1 or most > _DIGITS or not text.begins(starts[:-1], prefix):
                return None
            numbers = text.numbers(starts[1:], digits)
            if numbers is None:
                return None
            found[begin:end] = numbers
            lengths |= {fewest, most}
            zeros = zeros or bool((numbers < _LEAST_OF.take(digits)).any())
    return None if zeros and len(lengths) > 1 else found


class _Text(NamedTuple):
    """The bytes of some texts as words of 64 bits, eight more bytes in front and behind.

    Attributes:
        words: the bytes, the first one lowest.
        starts: where each text begins in them, and last where the last one ends.
    """

    words: Packed
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, chunk: pa.Array) -> _Text:
        """Return those of a piece of a column without nulls."""
        _, offsets, data = chunk.buffers()
        given = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        first, last = int(given[0]), int(given[-1])
        words = np.zeros((last - first) // _DIGITS + 4, "<u8")
        if last > first:
            inside = words.view(np.uint8)[_DIGITS : _DIGITS + last - first]
            inside[:] = np.frombuffer(data, np.uint8)[first:last]
        return cls(words, given.astype(np.int64) - (first - _DIGITS))

    def at(self, places: NDArray[np.int64]) -> Packed:
        """Return the eight bytes that begin at some places."""
        word, bit = places >> 3, (places & 7).astype(np.uint64) * _EIGHT
        found = self.words.take(word)
        found >>= bit
        behind = self.words.take(word + 1)
        behind <<= np.uint64(1)  # in two steps, since one of 64 bits is none
        behind <<= np.uint64(63) - bit
        found |= behind
        return found

    def begins(self, starts: NDArray[np.int64], prefix: bytes) -> bool:
        """Return whether texts, none of them shorter, begin with some bytes."""
        for first in range(0, len(prefix), _DIGITS):
            part = prefix[first : first + _DIGITS]
            bits = np.uint64((1 << (8 * len(part))) - 1)
            wanted = np.uint64(int.from_bytes(part, "little"))
            if ((self.at(starts + first) & bits) != wanted).any():
                return False
        return True

    def numbers(self, ends: NDArray[np.int64], digits: NDArray[np.int64]) -> Packed | None:
        """Return the numbers of so many digits before some places; None where one is no digit."""
        found = self.at(ends - _DIGITS)
        kept = _ALL_BITS << ((_DIGITS - digits).astype(np.uint64) * _EIGHT)
        found ^= _ZEROS
        found &= kept
        if (((found + _BEYOND) | found) & _HIGH).any():
            return None
        for shift, times, bits in _STEPS:
            right = found >> shift
            found *= times
            found += right
            found &= bits
        return found
