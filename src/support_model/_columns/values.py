"""Columns of values as arrays: instants and lengths, words by code, lists of a row.

Instants and lengths are int64 microseconds, whole numbers int64, with `NULL` for nothing; other
numbers are float64 with NaN for nothing; flags are bool. Text, statuses and whatever else repeats
are `Words`: a code a row, and each distinct value once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from attrs import define

from support_model._columns.memory import room
from support_model.errors import MissingExtra

try:
    import numpy as np
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy") from None

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sized

    import pyarrow as pa
    from numpy.typing import DTypeLike, NDArray

Ints: TypeAlias = "NDArray[np.int64]"
Codes: TypeAlias = "NDArray[np.int32]"
Flags: TypeAlias = "NDArray[np.bool_]"
Column: TypeAlias = "NDArray[Any] | Words"

__all__ = [
    "EMPTIED",
    "NONE",
    "NULL",
    "Codes",
    "Column",
    "Flags",
    "Ints",
    "Lists",
    "Texts",
    "Words",
    "code_type",
    "constant",
    "in_little_room",
    "is_constant",
    "looked_up",
    "narrowed",
    "picked",
    "taken",
]

NULL = int(np.iinfo(np.int64).min)
"""Nothing, in a column of instants, lengths or whole numbers."""
NONE = -1
"""Nothing, in a column of codes; among the events: not mentioned."""
EMPTIED = -2
"""Among the events: the field was emptied."""


@define(eq=False)
class Texts(Sequence[str]):
    """Distinct texts that stay in Arrow; each becomes Python text when it is asked for.

    Attributes:
        array: Arrow text without nulls.
    """

    array: pa.Array

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[str]:
        return iter(self.array.to_pylist())

    def at(self, places: NDArray[Any]) -> list[str]:
        """Return the texts at some places."""
        texts: list[str] = self.array.take(places).to_pylist()
        return texts

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Texts: ...
    def __getitem__(self, place: int | slice) -> str | Texts:
        if isinstance(place, slice):
            return Texts(self.array[place])
        text: str = self.array[place].as_py()
        return text


_FEW = 4
"""How many codes are compared one after the other."""


@define(eq=False)
class Words:
    """Values that repeat: a code for each row, and each distinct value once.

    Attributes:
    XX        words: the distinct values, none of them None.
    """

    codes: NDArray[Any]
    words: Sequence[Any]

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.codes.size)

    def take(self, rows: NDArray[Any]) -> Words:
        """Return some rows, by number or by flag."""
        return Words(picked(self.codes, rows), self.words)

    def holds(self, test: Callable[[Any], bool]) -> Flags:
        """Return for each row whether its value passes a test; a row of nothing does not."""
        return self._passing(test, nothing=False)

    def passing(self, test: Callable[[Any], bool]) -> Flags:
        """Return for each row whether its value passes a test, which is given None for nothing."""
        return self._passing(test, nothing=test(None))

    def _passing(self, test: Callable[[Any], bool], *, nothing: bool) -> Flags:
        answers = np.array([*map(test, self.words), nothing, nothing], np.bool_)
        passed = np.flatnonzero(answers)
        if passed.size > _FEW or nothing:
            return looked_up(answers, self.codes)
        found = np.zeros(self.codes.size, np.bool_)
        for code in passed.tolist():  # sooner done than looking the codes up
            found |= self.codes == code
        return found

    def mapped(
        self,
        function: Callable[[Any], Any],
        nothing: object,
        dtype: Any = None,  # noqa: ANN401 - as of NumPy
    ) -> NDArray[Any]:
        """Return a function of each row's value; it is called once for each distinct value."""
        # `NONE` and `EMPTIED` are the last two places, counted from the end.
        answers = np.array([*map(function, self.words), nothing, nothing], dtype=dtype)
        return looked_up(answers, self.codes)

    def value(self, row: int) -> Any:  # noqa: ANN401 - as its words
        """Return the value of a row; None for nothing."""
        code = int(self.codes[row])
        return None if code < 0 else self.words[code]

    def listed(self) -> list[Any]:
        """Return the value of each row as a list; None for nothing."""
        codes, words = self.codes, self.words
        if len(words) > self.size:  # of words that are many, only those that are told are made
            places, codes = np.unique(codes, return_inverse=True)
            known = places[places >= 0]
            told = words.at(known) if isinstance(words, Texts) else map(words.__getitem__, known)
            every = [*[None] * (places.size - known.size), *told]
            return [*map(every.__getitem__, codes.tolist())]
        every = [*words, None, None]  # the codes of nothing are counted from the end
        return [*map(every.__getitem__, codes.tolist())]

    def regrouped(self, function: Callable[[Any], Any]) -> Words:
        """Return other words, one for each distinct answer of a function of a word.

        A word whose answer is None becomes nothing.
        """
        places: dict[Any, int] = {}
        table = np.empty(len(self.words) + 2, np.int32)
        table[-1], table[-2] = NONE, EMPTIED
        for place, word in enumerate(self.words):
            answer = function(word)
            table[place] = NONE if answer is None else places.setdefault(answer, len(places))
        return Words(looked_up(table, self.codes), tuple(places))


def narrowed(words: Words) -> Words:
    """Return words whose codes take as few bytes as they need.

    They index, compare and move as others do; arithmetic on them needs a wider type.
    """
    if is_constant(words.codes):
        return words
    return Words(words.codes.astype(code_type(words.words), copy=False), words.words)


def code_type(words: Sized) -> type[np.signedinteger[Any]]:
    """Return the smallest type that holds the code of every word, and their number."""
    fits = (kind for kind in (np.int8, np.int16) if len(words) <= np.iinfo(kind).max)
    return next(fits, np.int32)


@define(eq=False)
class Lists:
    """A list for each row: the rows' entries one after the other, in equally long columns.

    Attributes:
        offsets: where the entries of each row begin, and last their number; int64, or of what is
            only read int32 (`in_little_room`).
        parts: the columns by name.
    """

    offsets: NDArray[np.signedinteger[Any]]
    parts: Mapping[str, Column]

    def words(self, name: str) -> Words:
        """Return a part that is words."""
        part = self.parts[name]
        assert isinstance(part, Words)  # noqa: S101 - asked by a name of words
        return part

    @property
    def lengths(self) -> Ints:
        """How many entries each row has."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(self.offsets.size - 1), self.lengths)

    def take(self, rows: Ints) -> Lists:
        """Return the lists of some rows, by number."""
        lengths = self.lengths[rows]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        shift = np.repeat(self.offsets[:-1][rows] - offsets[:-1], lengths)
        places = np.arange(int(offsets[-1])) + shift
        return Lists(offsets, {name: taken(part, places) for name, part in self.parts.items()})


def constant(value: object, dtype: DTypeLike, size: int) -> NDArray[Any]:
    """Return a column of one value, which takes no memory and is picked from for nothing."""
    return np.broadcast_to(np.array(value, dtype), (size,))


def is_constant(column: NDArray[Any]) -> bool:
    """Return whether a column was made by `constant`."""
    return column.strides == (0,)


def in_little_room(part: Column | Lists) -> Any:  # noqa: ANN401 - as the part
    """Return a part that is only read: columns of one value without memory, places in little."""
    if isinstance(part, Lists):
        parts = {name: in_little_room(column) for name, column in part.parts.items()}
        few = part.offsets[-1] <= np.iinfo(np.int32).max
        offsets = part.offsets.astype(np.int32, copy=False) if few else part.offsets
        return Lists(in_little_room(offsets), parts)
    if isinstance(part, Words):
        words = narrowed(part)
        return Words(in_little_room(words.codes), words.words)
    if not part.size or part[0] != part[-1] or not (part == part[0]).all():
        return part
    return constant(part[0], part.dtype, part.size)


def picked(column: NDArray[Any], rows: NDArray[Any]) -> NDArray[Any]:
    """Return some rows of an array, by number or by flag."""
    if not is_constant(column) or not column.size:
        return column.take(rows) if rows.dtype != np.bool_ else column[rows]
    size = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else rows.size
    return np.broadcast_to(column[:1], (size,))


_BLOCK = 1 << 17
"""Codes that are looked up at a time, since they become indices of 8 bytes first."""


def looked_up(table: NDArray[Any], codes: NDArray[Any]) -> NDArray[Any]:
    """Return the entry of a table for each code, `NONE` for its last one."""
    if codes.size <= _BLOCK:
        return table.take(codes)
    found = room(codes.size, table.dtype)
    for first in range(0, codes.size, _BLOCK):
        found[first : first + _BLOCK] = table.take(codes[first : first + _BLOCK])
    return found


def taken(column: Column, rows: NDArray[Any]) -> Column:
    """Return some rows of a column, by number or by flag."""
    return column.take(rows) if isinstance(column, Words) else picked(column, rows)
