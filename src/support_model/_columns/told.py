"""Columns as sequences of plain Python values, which are made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from support_model._columns.values import NULL, Texts, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from support_model._columns.values import Column

__all__ = ["Told", "told"]

FEW = 20
"""As many values are written in full."""
CHUNK = 1 << 14
"""Values that are plain at a time while all are walked."""


class Told(Sequence[Any]):
    """A column as plain values, None for nothing; equal to a tuple of the same ones."""

    __slots__ = ("_column", "_gaps", "_words")

    def __init__(self, column: Column) -> None:
        """Keep the column, which is not copied."""
        self._words = [*column.words, None, None] if isinstance(column, Words) else None
        values = column.codes if isinstance(column, Words) else column
        self._column: NDArray[Any] = values
        whole = values.dtype.kind == "i" and self._words is None
        self._gaps = whole and bool((values == NULL).any())

    def _plain(self, values: NDArray[Any]) -> list[Any]:
        listed: list[Any] = values.tolist()
        if self._words is not None:  # the codes of nothing are counted from the end
            return [*map(self._words.__getitem__, listed)]
        if self._gaps:
            return [None if value == NULL else value for value in listed]
        return listed

    def __len__(self) -> int:
        return len(self._column)

    @overload
    def __getitem__(self, place: int) -> Any: ...  # noqa: ANN401 - as its values
    @overload
    def __getitem__(self, place: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return tuple(self._plain(self._column[place]))
        return self._value(place)

    def _value(self, place: int) -> Any:  # noqa: ANN401 - as its values
        value = self._column.item(place)
        if self._words is not None:
            return self._words[value]
        return None if self._gaps and value == NULL else value

    def __iter__(self) -> Iterator[Any]:
        for start in range(0, len(self._column), CHUNK):
            yield from self._plain(self._column[start : start + CHUNK])

    def __contains__(self, value: object) -> bool:
        if self._words is None:
            return any(each == value for each in self)
        codes = [n for n, word in enumerate(self._words[:-2]) if word == value]
        return bool(np.isin(self._column, codes if value is not None else (-1, -2)).any())

    def __repr__(self) -> str:
        if len(self) <= FEW:
            return repr(tuple(self))
        return f"<{len(self):,} values, {self[0]!r} to {self[-1]!r}>"

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, tuple | Told) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))


class ToldTexts(Told):
    """The same of texts in Arrow, each of which is made when it is asked for."""

    __slots__ = ("_own",)

    def __init__(self, column: Words) -> None:
        """Keep the column, which is not copied."""
        super().__init__(column.codes)
        self._own = column

    def _plain(self, values: NDArray[Any]) -> list[Any]:
        return Words(values, self._own.words).listed()

    def _value(self, place: int) -> Any:  # noqa: ANN401 - text, or None for nothing
        return self._own.value(place)


def told(column: Column) -> Sequence[Any]:
    """Return a column as plain values; where every row may have a word of its own, not at once."""
    if isinstance(column, Words) and len(column.words) >= column.size:
        texts = isinstance(column.words, Texts)
        return ToldTexts(column) if texts else tuple(column.listed())
    return Told(column)
