"""Quantiles that add up: counts of logarithmic buckets, merged exactly in any order.

A sketch of many values is a few hundred integers. Days, tenants and partitions are summed
bucket by bucket, so every grouping gives the same answer, and each quantile stays within the
stated relative accuracy of the exact type-7 one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from fractions import Fraction
from itertools import accumulate
from math import ceil, floor, log
from typing import TYPE_CHECKING, Self

from attrs import evolve, field

from support_model._ascending import Ascending
from support_model._frozen import FrozenMap, frozen
from support_model._short_texts import fields_html, number_text, short_repr
from support_model.errors import InvalidShare, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


ENDS = ("least", "greatest")
MANY = 4096
"""Of more values in order buckets are searched for, of fewer each value is put into its own."""
FINEST = 1e-9
"""Below this neighboring buckets are closer than floats distinguish."""


def _sorted(buckets: Mapping[int, int]) -> Mapping[int, int]:
    return FrozenMap({index: n for index, n in sorted(buckets.items()) if n})


@frozen(kw_only=True)
class Sketch:
    """How many values fell into each bucket (g^(i-1), g^i], g = (1 + accuracy)/(1 - accuracy).

    Attributes:
        accuracy: relative accuracy of quantiles, in [1e-9, 1).
        zeros: how many values are zero; they have a bucket of their own.
        buckets: counts by bucket.
        least: the smallest value; None without values.
        greatest: the largest value; None without values.

    Raises:
        InvalidShare: an accuracy outside [1e-9, 1).
        InvalidValue: counts that are not those of values between the ends.

    Source: Masson, Rim and Lee (2019), DDSketch; type 7 over bucket representatives.

    Example:
        >>> day1, day2 = Sketch.of([1, 10, 100]), Sketch.of([1000, 10000])
        >>> round((day1 + day2).quantile(0.5), 1)
        100.0
    """

    accuracy: float = 0.005
    zeros: int = 0
    buckets: Mapping[int, int] = field(factory=dict, converter=_sorted, hash=False)
    least: int | None = None
    greatest: int | None = None

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        median = "" if self.least is None else f", median {number_text(self.quantile(0.5))}"
        return f"sketch of {self.n:,} values in {len(self.buckets):,} buckets{median}"

    def __attrs_post_init__(self) -> None:
        """Check the accuracy, and that the counts are those of values between the ends."""
        if not FINEST <= self.accuracy < 1:
            problem = f"an accuracy lies between {FINEST} and 1"
            raise InvalidShare(self.accuracy, problem, "give 0.005")
        if not self._adds_up():
            problem = "no counts of values between these ends"
            raise InvalidValue((self.zeros, self.least, self.greatest), problem, "use Sketch.of")

    def _adds_up(self) -> bool:
        if self.zeros < 0 or min(self.buckets.values(), default=0) < 0:
            return False
        if self.least is None or self.greatest is None or not self.n:
            return self.least is self.greatest is None and not self.n
        if not 0 <= self.least <= self.greatest or (self.least == 0) is not bool(self.zeros):
            return False
        indices = list(self.buckets)
        if not indices:
            return self.greatest == 0
        low = indices[0] if self.zeros else self.bucket(self.least)
        # logarithms of two machines may differ by a hair, and so the bucket of an edge
        return abs(low - indices[0]) <= 1 and abs(self.bucket(self.greatest) - indices[-1]) <= 1

    def bucket(self, value: int) -> int:
        """Return the bucket of a value above 0."""
        return ceil(log(value) / log(self.growth))

    @classmethod
    def of(cls, values: Iterable[int], *, accuracy: float = 0.005) -> Self:
        """Return the sketch of whole numbers of 0 or more."""
        made = cls(accuracy=accuracy)
        if isinstance(values, Ascending) and len(values) > MANY:
            return made._of_many(values)
        counted = Counter(values)
        if not counted:
            return made
        least = min(counted)
        if least < 0:
            raise InvalidValue(least, "a sketch takes no negative values", "leave them out")
        buckets: Counter[int] = Counter()
        for value, n in counted.items():
            if value:
                buckets[made.bucket(value)] += n
        zeros = counted[0]
        return evolve(made, zeros=zeros, buckets=buckets, least=least, greatest=max(counted))

    def _of_many(self, values: Ascending) -> Self:
        """Return the sketch of many values in order: one search for each bucket they reach."""
        least, greatest = values[0], values[-1]
        if least < 0:
            raise InvalidValue(least, "a sketch takes no negative values", "leave them out")
        zeros = bisect_right(values, 0)
        buckets: dict[int, int] = {}
        place = zeros
        while place < len(values):
            index = self.bucket(values[place])
            after = bisect_right(values, index, lo=place, key=self.bucket)
            buckets[index] = after - place
            place = after
        return evolve(self, zeros=zeros, buckets=buckets, least=least, greatest=greatest)

    @property
    def growth(self) -> float:
        """How much larger each bucket is than the one before."""
        return (1 + self.accuracy) / (1 - self.accuracy)

    @property
    def n(self) -> int:
        """How many values there are."""
        return self.zeros + sum(self.buckets.values())

    def quantile(self, q: float) -> float | None:
        """Return the type-7 quantile of the representatives; None without values."""
        if not 0 <= q <= 1:
            raise InvalidShare(q, "a quantile is at a share in [0, 1]", "give 0.5")
        if not self.n:
            return None
        rank = (self.n - 1) * Fraction(str(q))
        low, high = self.values_at(floor(rank), ceil(rank))
        return low + (high - low) * float(rank - floor(rank))

    def values_at(self, *places: int) -> tuple[float, ...]:
        """Return the values at some places of the ascending order, counted from 0."""
        indices = list(self.buckets)
        through = list(accumulate(self.buckets.values(), initial=self.zeros))
        values: list[float] = []
        for place in places:
            if not 0 <= place < self.n:
                raise InvalidValue(place, "no value at this place", f"there are {self.n}")
            bucket = bisect_right(through, place)
            values.append(self.representative(indices[bucket - 1]) if bucket else 0.0)
        return tuple(values)

    def representative(self, index: int) -> float:
        """Return the value within `accuracy` of all its bucket, never beyond those seen."""
        middle = 2 * self.growth**index / (self.growth + 1)
        low, high = self.least or 0, self.greatest or 0
        return float(min(max(middle, low), high))

    def __add__(self, other: Self) -> Self:
        """Return the sketch of all values of both."""
        if self.accuracy != other.accuracy:
            raise InvalidValue(other.accuracy, "sketches of different accuracy", "make them alike")
        ends = [end for end in (self.least, other.least) if end is not None]
        tops = [top for top in (self.greatest, other.greatest) if top is not None]
        return evolve(
            self,
            zeros=self.zeros + other.zeros,
            buckets=Counter(self.buckets) + Counter(other.buckets),
            least=min(ends, default=None),
            greatest=max(tops, default=None),
        )
