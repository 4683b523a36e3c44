"""What loops over all parts of a log's spells: with NumPy where it is there, else in pure Python.

Both give the same numbers to the bit, so nothing depends on which does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

    from support_model._report.period_parts import Codes, Ints, Lives, Pieces, Stay
    from support_model.calendars import BusinessCalendar
    from support_model.changes import Marks, Rows, Spells
    from support_model.inference import LifeQuantile

FEW = 2000
"""Rows below which importing NumPy takes longer than it spares."""


class Kernels(Protocol):
    """The loops."""

    def cut(
        self, spells: Spells, edges: Sequence[int], calendar: BusinessCalendar | None
    ) -> Pieces:
        """Return spells cut at the edges of periods, with the ages at both ends of each piece."""

    def lives(self, parts: Pieces, codes: Codes) -> Iterator[tuple[tuple[int, int], Lives]]:
        """Yield the ages through which units lived, by period and code of the unit."""

    def medians(self, parts: Pieces, codes: Codes) -> dict[tuple[int, int], LifeQuantile]:
        """Return the median of them, by period and code of the unit."""

    def counts(
        self, marks: Marks, codes: Codes, edges: Sequence[int], value: int
    ) -> Counter[tuple[int, int]]:
        """Return how often a value is marked, by period between edges and code of the unit."""

    def running(self, rows: Rows, spells: Spells) -> Ints:
        """Return 1 for each stretch in a status that goes on at the end of the log."""

    def moves(
        self, stay: Stay, codes: Codes, edges: Sequence[int]
    ) -> Mapping[tuple[int, int], int]:
        """Return by how many open tickets each edge and code has more than the edge before."""

    def spent(self, stay: Stay, codes: Codes, span: tuple[int, int]) -> Mapping[int, int]:
        """Return the time within a span, by code of the unit, as its codes are first met."""

    def held(self, stay: Stay) -> Sequence[int]:
        """Return the units whose stretches go on."""


def kernels(rows: int) -> Kernels:
    """Return the loops for so many rows."""
    if rows >= FEW:
        try:
            from support_model._report import period_arrays  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            pass
        else:
            return cast("Kernels", period_arrays)
    from support_model._report import period_lists  # noqa: PLC0415 - one of two

    return cast("Kernels", period_lists)
