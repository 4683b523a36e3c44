"""What a reading by columns has to say of rows, in the order in which a reader of rows says it."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model._findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.adapters._payloads import Tally

__all__ = ["Notes", "counting"]


@define
class Notes(Findings):
    """Findings of which those about rows wait until all of one stage are known.

    Attributes:
        place: where a reader of rows is that reads one ticket meanwhile; None where none does.

    Example:
        >>> notes = Notes("table")
        >>> notes.add((7, 0), "dropped", 9)
        >>> notes.add((2, 0), "kept", 4)
        >>> notes.end()
        >>> [found.code for found in notes.all()]
        ['kept', 'dropped']
    """

    place: int | None = None
    _waiting: list[tuple[tuple[int, int, int], str, int | None, object, int, str | None]] = (
        Factory(list)
    )

    def note(
        self,
        code: str,
        line: int | None,
        value: object = None,
        *,
        times: int = 1,
        ticket: str | None = None,
    ) -> None:
        """Report something, at once or with its stage."""
        if self.place is None:
            Findings.note(self, code, line, value, times=times, ticket=ticket)
        else:
            place = self.place, 0, len(self._waiting)
            self._waiting.append((place, code, line, value, times, ticket))

    def add(
        self,
        place: tuple[int, int],
        code: str,
        line: int | None = None,
        value: object = None,
        ticket: str | None = None,
    ) -> None:
        """Keep a note; `place` is where a reader of rows is when it makes it: (row, step)."""
        self._waiting.append(((*place, len(self._waiting)), code, line, value, 1, ticket))

    def end(self) -> None:
        """Report what waits."""
        self.place = None
        self._waiting.sort(key=_place)
        for _, code, line, value, times, ticket in self._waiting:
            Findings.note(self, code, line, value, times=times, ticket=ticket)
        self._waiting.clear()


def _place(note: tuple[Any, ...]) -> tuple[int, int, int]:
    place: tuple[int, int, int] = note[0]
    return place


@define
class _Met:
    """What was met since the last text that was asked for.

    Attributes:
        unknown: how often each unknown word was met.
    """

    unknown: Counter[tuple[str, str, str]]
    _known: Counter[tuple[str, str, str]]

    def times(self, count: int) -> None:
        """Count what was met as often as its text stands in the table."""
        for key, number in self.unknown.items():
            self._known[key] += number * count
        self.unknown.clear()


@contextmanager
def counting(tally: Tally) -> Iterator[_Met]:
    """Ask once for each distinct text, and count what is unknown for each of its cells."""
    known, tally.unknown = tally.unknown, Counter()
    try:
        yield _Met(tally.unknown, known)
    finally:
        tally.unknown = known
