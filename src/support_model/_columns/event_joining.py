"""Rows of events that come in pieces, put one after the other as they come.

Each column is made once in its full length and filled, so that a log of files is never in memory
twice. Text keeps the words of each piece until the end, when they become one dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from attrs import define, field

from support_model._columns.arrow_words import coded
from support_model._columns.event_columns import INSTANTS, NUMBERS, TEXTS, RawEvents, raw_of_events
from support_model._columns.growing import Growing
from support_model._columns.memory import release_unused
from support_model._columns.values import (
    EMPTIED,
    NONE,
    NULL,
    Texts,
    Words,
    code_type,
    is_constant,
    narrowed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Column

__all__ = ["joined"]

_OWN = ("at", "seq", "type", "role", "basis", "public")


@define(eq=False)
class _GrowingWords:
    """Words in the making: text by the dictionaries of the pieces, other values by one table."""

    codes: Growing
    texts: list[pa.Array] = field(factory=list)
    before: int = 0
    places: dict[tuple[type, object], int] | None = None

    def add(self, given: Words | None, size: int) -> None:
        """Add rows; None where none of them has a word."""
        if given is None or not len(given.words):
            self.codes.add(None if given is None else given.codes, size)
        elif isinstance(given.words, Texts) and self.places is None:
            codes = given.codes.astype(np.int32, copy=False)
            self.codes.add(np.where(codes < 0, codes, codes + np.int32(self.before)), size)
            self.texts.append(given.words.array)
            self.before += len(given.words)
        else:
            self.codes.add(self._placed(given), size)

    def _placed(self, given: Words) -> Codes:
        if self.places is None:
            self._give_up_text()
        places: Any = self.places
        table = [places.setdefault((type(word), word), len(places)) for word in given.words]
        return np.array([*table, EMPTIED, NONE], np.int32)[given.codes]

    def _give_up_text(self) -> None:
        """Go on with a table, since not all values are text."""
        texts = self.done()
        self.places = {(str, word): place for place, word in enumerate(texts.words)}
        self.codes.values = None if is_constant(texts.codes) else texts.codes.astype(np.int32)

    def done(self) -> Words:
        codes = self.codes.done()
        if self.places is not None:
            return narrowed(Words(codes, tuple(word for _, word in self.places)))
        if not self.texts:
            return Words(codes, ())
        table, distinct = coded(pa.chunked_array(self.texts, pa.string()))
        self.texts = []
        places = np.concatenate([table, [EMPTIED, NONE]]).astype(code_type(distinct))
        return Words(places[codes], Texts(distinct))


@define(eq=False)
class _Rows:
    """Rows in the making."""

    room: int
    size: int = 0
    ticket: _GrowingWords | None = None
    own: dict[str, Growing] = field(factory=dict)
    numbers: dict[str, Growing] = field(factory=dict)
    texts: dict[str, _GrowingWords] = field(factory=dict)
    fields: dict[str, _GrowingWords] = field(factory=dict)

    def add(self, piece: RawEvents) -> None:
        self._begin(piece)
        assert self.ticket is not None  # noqa: S101 - begun
        self.ticket.add(Words(piece.ticket, Texts(piece.ids)), piece.size)
        for name, column in self.own.items():
            column.add(getattr(piece, name), piece.size)
        for name, text in self.texts.items():
            text.add(_text(piece.parts.get(name)), piece.size)
        for name, column in self.numbers.items():
            column.add(_numbers(piece.parts.get(name)), piece.size)
        for name, words in self.fields.items():
            words.add(piece.fields.get(name), piece.size)
        self.size += piece.size

    def _begin(self, piece: RawEvents) -> None:
        """Begin what no piece before had; the rows so far hold nothing of it."""
        if self.ticket is None:
            self.ticket = self._words()
            self.own = {name: self._array(name, getattr(piece, name)) for name in _OWN}
        for name in piece.parts.keys() - self.texts.keys() - self.numbers.keys():
            column = piece.parts[name]
            if isinstance(column, Words):
                self.texts[name] = self._words()
            else:
                self.numbers[name] = self._array(name, column)
        for name in piece.fields.keys() - self.fields.keys():
            self.fields[name] = self._words()

    def _words(self) -> _GrowingWords:
        return _GrowingWords(Growing(NONE, np.int32, self.room, self.size, NONE))

    def _array(self, name: str, like: NDArray[Any]) -> Growing:
        nothing: object = NULL if name in (*INSTANTS, "seq") else NONE
        if name in NUMBERS:
            nothing = np.nan
        return Growing(nothing, like.dtype, self.room, self.size, nothing)

    def done(self) -> RawEvents:
        assert self.ticket is not None  # noqa: S101 - a piece was added
        ticket = self.ticket.done()
        ids = ticket.words
        assert isinstance(ids, Texts)  # noqa: S101 - names of tickets are text
        own = {name: column.done() for name, column in self.own.items()}
        made: dict[str, Growing | _GrowingWords] = {**self.texts, **self.numbers}
        order = [name for name in (*TEXTS, *NUMBERS, *INSTANTS) if name in made]
        parts: dict[str, Column] = {name: made[name].done() for name in order}
        fields = {name: self.fields[name].done() for name in sorted(self.fields)}
        codes = ticket.codes.astype(np.int32, copy=False)
        return RawEvents(ids.array, codes, **own, parts=parts, fields=fields)


def _text(column: Column | None) -> Words | None:
    return column if isinstance(column, Words) else None


def _numbers(column: Column | None) -> NDArray[Any] | None:
    return None if isinstance(column, Words) else column


def joined(pieces: Iterable[RawEvents], rows: int | None = None) -> RawEvents:
    """Return the rows of several pieces, one after the other, each distinct word once.

    Args:
        pieces: they are used up: where there are several, their rows leave them.
        rows: how many rows they have, where that is known.
    """
    first: RawEvents | None = None
    made: _Rows | None = None
    for piece in pieces:
        if made is not None:
            made.add(piece.moved())
        elif first is None or not first.size:
            first = piece
        elif piece.size:
            made = _Rows(rows or 0)
            made.add(first.moved())
            made.add(piece.moved())
            first = None
    if made is not None:
        whole = made.done()
        release_unused()  # what reading left
        return whole
    return raw_of_events([]) if first is None else first
