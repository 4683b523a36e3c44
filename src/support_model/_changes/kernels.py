"""What loops over all tickets of a log: with NumPy where it is installed, else in pure Python.

Both give the same numbers to the bit, so nothing depends on which does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._changes.labels import Labels
    from support_model._changes.rows import Cells, Hazards, Ints, Marks, Pieces, Spells, Tallies
    from support_model._changes.weeks import Rhythm, Slots, Weeks

Own: TypeAlias = Any
"""What loops hand each other, in a form of their own."""
Bounds: TypeAlias = "tuple[Ints, int, int]"
"""A column, the least number in it, and what all numbers in it are less than."""
FAR = 1 << 62
"""Beyond all instants."""
FEW = 2000
"""Tickets of a log below which importing NumPy takes longer than it spares."""


class Kernels(Protocol):
    """The loops; what they hand each other they hold in a form of their own."""

    def count_codes(self, codes: Ints, ticket: Ints, size: int) -> Mapping[int, int]:
        """Return how many tickets ever had each code; the first units are the tickets."""

    def numbered(self, codes: Ints, numbers: Sequence[int]) -> Ints:
        """Return the number of each code; that of -1 is the last."""

    def count_pairs(self, first: Ints, other: Ints, size: int) -> Mapping[tuple[int, int], int]:
        """Return how many of the first units have each pair of numbers, neither of them -1."""

    def paired(self, first: Ints, other: Ints, numbers: Mapping[tuple[int, int], int]) -> Ints:
        """Return the number of the pair that each unit has; -1 for another."""

    def ends_by_hour(self, spells: Spells, slots: Slots) -> list[int]:
        """Return how many outcomes came in each hour of the week."""

    def flow_cells(self, marks: Marks, weeks: Weeks) -> Cells:
        """Return solutions as outcomes, and arrivals as what is to be expected."""

    def count_marks(self, marks: Marks, weeks: Weeks) -> Cells:
        """Return what is counted; 1 is expected where it came as early as the last week goes."""

    def overlaps(
        self, labels: Labels, cells: Cells, label: int, weeks: tuple[int, int]
    ) -> tuple[list[int], list[int]]:
        """Return of each group how many cells are outside of some weeks, and in a group too."""

    def places(self, labels: Labels, units: Ints, label: int, *bounds: Bounds) -> Sequence[int]:
        """Return the places of units of a group at which columns are within their bounds."""

    def cut_spells(self, spells: Spells, rhythm: Rhythm, weeks: Weeks) -> Pieces:
        """Return spells cut at the edges of weeks, with their ages in the rhythm of the desk."""

    def cut_marks(self, marks: Marks, weeks: Weeks) -> Pieces:
        """Return answers as pieces of one age."""

    def ended(self, pieces: Pieces) -> list[int]:
        """Return the ages at which outcomes came, in order."""

    def ages(self, edges: list[int], values: Ints) -> Own:
        """Return in which age each value is."""

    def lived(
        self, pieces: Pieces, edges: list[int], spans: tuple[Own, Own], strata: Own, count: int
    ) -> list[Tallies]:
        """Return of each stratum what is needed to know how long each age was lived."""

    def risks(
        self,
        pieces: Pieces,
        edges: list[int],
        spans: tuple[Own, Own],
        strata: Own,
        hazards: Sequence[Hazards],
    ) -> Own:
        """Return the outcomes to be expected in each piece."""

    def units_of(self, pieces: Pieces) -> Own:
        """Return the units that pieces are of, in order."""

    def by_unit(self, pieces: Pieces, risk: Own, units: Own) -> tuple[Own, Own]:
        """Return the outcomes of each unit, and those that were to be expected."""

    def by_value(self, codes: Ints, units: Own, came: Own, due: Own) -> list[tuple[float, float]]:
        """Return outcomes and expected ones of each value that a unit has, by code."""

    def strata(self, columns: Sequence[Ints], units: Own, came: Own) -> tuple[Own, int]:
        """Return the stratum of each unit, and how many there are."""

    def factors(self, columns: Iterable[Ints], units: Own, came: Own, due: Own) -> Own:
        """Return the factor of each unit that makes outcomes of each value add up."""

    def expected(self, pieces: Pieces, risk: Own, units: Own, factor: Own) -> Ints:
        """Return the outcomes to be expected in each piece."""

    def count_cells(
        self, labels: Labels, cells: Cells, size: int
    ) -> tuple[list[list[int]], list[list[int]]]:
        """Return observed and expected outcomes of each group in each of some weeks."""

    def change_cells(
        self,
        labels: Labels,
        cells: Cells,
        sums: list[list[int]],
        label: int,
        others: Iterable[int],
        weeks: tuple[int, int],
        more: float,
    ) -> None:
        """Multiply what is expected of the tickets of a group in some weeks."""


def kernels(tickets: int) -> Kernels:
    """Return the loops for a log of so many tickets."""
    if tickets >= FEW:
        try:
            from support_model._changes import by_arrays  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            pass
        else:
            return cast("Kernels", by_arrays)
    from support_model._changes import by_lists  # noqa: PLC0415 - one of two

    return cast("Kernels", by_lists)
