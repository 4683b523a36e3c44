"""Figures that merge across days, tenants and machines: a few integers each, as JSON.

Shares and rates are sums already. A distribution keeps its count, its total and a sketch of
bucket counts instead of every duration, a survival curve two sketches: of what ended and of what
still runs. Any grouping and any order of merging gives the same summary, and its quantiles stay
within the accuracy of the sketch.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import compress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from attrs import evolve

from support_model._frozen import frozen
from support_model._short_texts import plain_in_short, short_repr
from support_model._statistics.answers import LONGEST_KEY, Answer, TimesAnswer
from support_model._statistics.intervals import quantile_ranks
from support_model._statistics.sketches import Sketch
from support_model._statistics.survival import kaplan_meier_of_counts
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from support_model._statistics.survival import Survival
    from support_model.figures import Distribution

__all__ = ["Lifetimes", "Sketch", "Summary", "summarize"]

NO_EXCLUSIONS: Mapping[str, int] = MappingProxyType({})


@frozen(kw_only=True)
class Summary(TimesAnswer):
    """A distribution without its durations.

    Attributes:
        total_micros: all of it together, in microseconds.
        sketch: counts of the durations by bucket, in microseconds.

    Example:
        >>> from support_model.figures import Distribution
        >>> hours = [timedelta(hours=h) for h in (1, 2, 4)]
        >>> took = Distribution.of(hours, key="resolution", clock="calendar", definition="...")
        >>> summarize(took).mean
        datetime.timedelta(seconds=8400)
    """

    total_micros: int
    sketch: Sketch

    __repr__ = short_repr

    @property
    def n(self) -> int:
        """How many were measured."""
        return self.sketch.n

    def quantile(self, q: float) -> timedelta | None:
        """Return the type-7 quantile, within the accuracy of the sketch; None as the mean.

        Raises:
            InvalidShare: q outside [0, 1].
        """
        value = None if self.suppressed else self.sketch.quantile(q)
        return None if value is None else timedelta(microseconds=value)

    def interval(self, q: float) -> tuple[timedelta | None, timedelta | None]:
        """Return the bounds of a quantile, each within the accuracy of the sketch.

        None where n is too small to bound it.

        Raises:
            InvalidShare: q outside (0, 1).
        """
        ranks = quantile_ranks(0 if self.suppressed else self.n, q, level=self.level)
        low, high = (
            None if rank is None else timedelta(microseconds=self.sketch.values_at(rank - 1)[0])
            for rank in (ranks.low, ranks.high)
        )
        return low, high

    def __add__(self, other: Self) -> Self:
        """Return the summary of two disjoint populations together.

        Raises:
            InvalidValue: summaries of different questions or accuracy.
        """
        return self._merged(other, "total_micros", "sketch")


@frozen(kw_only=True)
class Lifetimes(Answer):
    """Times of which some still run: a survival curve that merges.

    Attributes:
        ended: how long those lasted that ended, in microseconds.
        running: how long the others have lasted so far.

    Example:
        >>> lives = Lifetimes.of([2, 3, 5, 8], [True, False, True, True], key="k", definition="d")
        >>> (lives + lives).n, lives.curve().at(6)
        (8, 0.375)
    """

    ended: Sketch
    running: Sketch

    __repr__ = short_repr

    @classmethod
    def of(
        cls,
        durations: Sequence[int],
        observed: Sequence[bool],
        *,
        key: str,
        definition: str,
        excluded: Mapping[str, int] = NO_EXCLUSIONS,
        accuracy: float = 0.005,
    ) -> Self:
        """Return the state of durations in microseconds, and of whether each ended then.

        Raises:
            InvalidValue: columns of different length, or a negative duration.
            InvalidShare: an accuracy outside (0, 1).
        """
        if len(durations) != len(observed):
            raise InvalidValue(len(observed), "columns of different length", "one entry each")
        ended = compress(durations, observed)
        running = compress(durations, (not seen for seen in observed))
        return cls(
            key=key,
            definition=definition,
            ended=Sketch.of(ended, accuracy=accuracy),
            running=Sketch.of(running, accuracy=accuracy),
            excluded=excluded,
        )

    @property
    def n(self) -> int:
        """How many there are."""
        return self.ended.n + self.running.n

    def curve(self) -> Survival:
        """Return the Kaplan-Meier estimate; its times are within the accuracy of the sketches.

        Within one bucket ends come before what still runs, as they do at one instant.
        """
        both = self.ended + self.running  # one bucket is one time in both
        counts: list[Counter[float]] = []
        for sketch in (self.ended, self.running):
            times = Counter({0.0: sketch.zeros})
            for index, n in sketch.buckets.items():
                times[both.representative(index)] += n
            counts.append(times)
        curve = kaplan_meier_of_counts(*counts, level=self.level)
        return evolve(curve, key=self.key, unit="microseconds")

    def row(self) -> dict[str, Any]:
        """Return the state as one row of plain values: the median in seconds, and its bounds."""
        row = self.curve().row()
        return self._row(self.n, "median", "seconds", row["value"], (row["low"], row["high"]))

    def __str__(self) -> str:
        counts = f"{self.ended.n:,} ended and {self.running.n:,} running"
        return f"{plain_in_short(self.key, LONGEST_KEY)}: {counts}"

    def _repr_html_(self) -> str:
        counts = ("ended", f"{self.ended.n:,}"), ("running", f"{self.running.n:,}")
        return self._html(counts)

    def __add__(self, other: Self) -> Self:
        """Return the state of two disjoint populations together.

        Raises:
            InvalidValue: states of different questions or accuracy.
        """
        return self._merged(other, "ended", "running")


def summarize(figure: Distribution, *, accuracy: float = 0.005) -> Summary:
    """Return a distribution without its durations.

    Args:
        figure: the distribution.
        accuracy: relative accuracy of its quantiles.

    Raises:
        InvalidValue: a negative duration.
        InvalidShare: an accuracy outside (0, 1).

    Example:
        >>> from support_model.figures import Distribution
        >>> empty = Distribution.of([], key="age", clock="calendar", definition="...")
        >>> summarize(empty).quantile(0.5) is None
        True
    """
    return Summary(
        key=figure.key,
        clock=figure.clock,
        definition=figure.definition,
        total_micros=figure.total_micros,
        sketch=Sketch.of(figure.micros, accuracy=accuracy),
        excluded=figure.excluded,
        level=figure.level,
        min_n=figure.min_n,
    )
