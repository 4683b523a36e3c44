"""What loops over all tickets of a log: with NumPy where it is installed, else in pure Python.

Both give the same numbers to the bit, so nothing depends on which does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._changes.hazards import Reference
    from support_model._changes.labels import Kinds, Labels
    from support_model._changes.rows import Cells, Hazards, Ints, Lives, Marks, Spells, Tallies
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

    def alike(self, columns: Sequence[Ints], size: int) -> tuple[Ints, Ints]:
        """Number units by all of some columns, in the order in which they are met.

        Returns the number of each unit, and the first unit of each number.
        """

    def taken(self, column: Ints, places: Ints) -> Ints:
        """Return the numbers of a column at some places."""

    def ends_by_hour(self, spells: Spells, slots: Slots) -> list[int]:
        """Return how many outcomes came in each hour of the week."""

    def flow_cells(self, marks: Marks, weeks: Weeks, kinds: Kinds) -> Cells:
        """Return solutions as outcomes, and arrivals as what is to be expected."""

    def count_marks(self, marks: Marks, weeks: Weeks, kinds: Kinds) -> Cells:
        """Return what is counted; 1 is expected where it came as early as the last week goes."""

    def overlaps(
        self, kinds: Kinds, cells: Cells, label: int, weeks: tuple[int, int], size: int
    ) -> tuple[list[int], list[int]]:
        """Return how much each group has outside of some weeks, and what is in another too."""

    def places(self, labels: Labels, units: Ints, label: int, *bounds: Bounds) -> Sequence[int]:
        """Return the places of units of a group at which columns are within their bounds."""

    def lives(self, spells: Spells, rhythm: Rhythm, weeks: Weeks, kinds: Kinds) -> Lives:
        """Return what is observed of spells in some weeks, by age in the rhythm of the desk."""

    def lives_of_marks(self, marks: Marks, weeks: Weeks, kinds: Kinds) -> Lives:
        """Return answers as lives of one age."""

    def ended(self, lives: Lives) -> list[int]:
        """Return the ages at which outcomes came, in order."""

    def by_age(self, lives: Lives, edges: list[int]) -> Own:
        """Return what is needed to know how long each kind lived each age, and outcomes."""

    def present(self, by_age: Own) -> Own:
        """Return the kinds that have lived, in order."""

    def lived(self, by_age: Own, ages: int, strata: Own, count: int) -> list[Tallies]:
        """Return of each stratum what is needed to know how long each age was lived."""

    def by_kind(
        self, by_age: Own, present: Own, strata: Own, hazards: Sequence[Hazards]
    ) -> tuple[Own, Own]:
        """Return the outcomes of each kind, and those that were to be expected."""

    def by_value(self, codes: Ints, kinds: Own, came: Own, due: Own) -> list[tuple[float, float]]:
        """Return outcomes and expected ones of each value that a kind has, by code."""

    def strata(self, columns: Sequence[Ints], kinds: Own, came: Own) -> tuple[Own, int]:
        """Return the stratum of each kind, and how many there are."""

    def factors(self, columns: Iterable[Ints], kinds: Own, came: Own, due: Own) -> Own:
        """Return the factor of each kind that makes outcomes of each value add up."""

    def cells(self, lives: Lives, reference: Reference, kinds: Kinds, size: int) -> Cells:
        """Return observed and expected outcomes of lives by set of groups, in so many weeks."""

    def count_cells(
        self, kinds: Kinds, cells: Cells, size: int
    ) -> tuple[list[list[int]], list[list[int]]]:
        """Return observed and expected outcomes of each group in each of some weeks."""

    def change_cells(
        self,
        kinds: Kinds,
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
