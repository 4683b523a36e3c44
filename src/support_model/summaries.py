"""Figures that merge across days, tenants and machines: a few integers each, as JSON.

Shares and rates are sums already. A distribution keeps its count, its total and a sketch of
bucket counts instead of every duration, so any grouping and any order of merging gives the same
summary, and its quantiles stay within the accuracy of the sketch.

Before this: `support_model.figures`, `support_model.statistics.sketches`. Next:
`support_model.kpis.facts`.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from attrs import evolve, field, frozen

from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share, counted
from support_model.statistics.sketches import Sketch

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Mergeable", "Summary", "from_data", "summarize", "to_data"]

SCHEMA = 1


@frozen(kw_only=True)
class Summary:
    """A distribution without its durations.

    Attributes:
        key: stable name of the figure.
        clock: name of the clock.
        definition: from what to what, over which tickets, in words.
        total_micros: all of it together, in microseconds.
        sketch: counts of the durations by bucket, in microseconds.
        excluded: how many were left out, by code.

    Example:
        >>> hours = [timedelta(hours=h) for h in (1, 2, 4)]
        >>> took = Distribution.of(hours, key="resolution", clock="calendar", definition="...")
        >>> summarize(took).mean
        datetime.timedelta(seconds=8400)
    """

    key: str
    clock: str
    definition: str
    total_micros: int
    sketch: Sketch
    excluded: Mapping[str, int] = field(factory=dict, converter=counted, hash=False)

    @property
    def n(self) -> int:
        """How many were measured."""
        return self.sketch.n

    @property
    def mean(self) -> timedelta | None:
        """The mean, exact to the microsecond; None for n = 0."""
        return timedelta(microseconds=self.total_micros) / self.n if self.n else None

    def quantile(self, q: float) -> timedelta | None:
        """Return the type-7 quantile, within the accuracy of the sketch; None for n = 0.

        Raises:
            InvalidShare: q outside [0, 1].
        """
        value = self.sketch.quantile(q)
        return None if value is None else timedelta(microseconds=value)

    def __add__(self, other: Self) -> Self:
        """Return the summary of two disjoint populations together.

        Raises:
            InvalidValue: summaries of different questions or accuracy.
        """
        for name in ("key", "clock", "definition"):
            if getattr(self, name) != getattr(other, name):
                problem = f"summaries of different questions do not add up (another {name})"
                raise InvalidValue(getattr(other, name), problem, "compute both alike")
        return evolve(
            self,
            total_micros=self.total_micros + other.total_micros,
            sketch=self.sketch + other.sketch,
            excluded=Counter(self.excluded) + Counter(other.excluded),
        )


Mergeable: TypeAlias = Share | Rate | Summary


def summarize(figure: Distribution, *, accuracy: float = 0.005) -> Summary:
    """Return a distribution without its durations.

    Args:
        figure: the distribution.
        accuracy: relative accuracy of its quantiles.

    Raises:
        InvalidValue: a negative duration.
        InvalidShare: an accuracy outside (0, 1).

    Example:
        >>> empty = Distribution.of([], key="age", clock="calendar", definition="...")
        >>> summarize(empty).quantile(0.5) is None
        True
    """
    return Summary(
        key=figure.key,
        clock=figure.clock,
        definition=figure.definition,
        total_micros=sum(figure.micros),
        sketch=Sketch.of(figure.micros, accuracy=accuracy),
        excluded=figure.excluded,
    )


def to_data(figure: Mergeable) -> dict[str, Any]:
    """Return a figure as plain data of JSON types, from which `from_data` makes it again.

    Example:
        >>> met = Share(key="met", definition="on time", numerator=1, n=2)
        >>> from_data(to_data(met)) == met
        True
    """
    data = {
        "schema": SCHEMA,
        "kind": type(figure).__name__.lower(),
        "key": figure.key,
        "definition": figure.definition,
        "excluded": dict(figure.excluded),
    }
    if isinstance(figure, Summary):
        return data | {
            "clock": figure.clock,
            "total_micros": figure.total_micros,
            "sketch": figure.sketch.to_data(),
        }
    data |= {"n": figure.n, "level": figure.level, "method": figure.method, "min_n": figure.min_n}
    if isinstance(figure, Share):
        return data | {"numerator": figure.numerator}
    return data | {
        "numerator": str(figure.numerator),
        "denominator": str(figure.denominator),
        "squares": None if figure.squares is None else str(figure.squares),
    }


def from_data(data: Mapping[str, Any]) -> Mergeable:
    """Return the figure that `to_data` wrote.

    Raises:
        InvalidValue: another schema, an unknown kind, or fields that no figure has.
    """
    rest = dict(data)
    schema, kind = rest.pop("schema", None), rest.pop("kind", None)
    if schema != SCHEMA or kind not in {"share", "rate", "summary"}:
        raise InvalidValue((schema, kind), "no figure of this schema", "write it with to_data")
    try:
        if kind == "share":
            return Share(**rest)
        if kind == "summary":
            return Summary(**rest | {"sketch": Sketch.from_data(rest["sketch"])})
        exact = {name: Fraction(rest[name]) for name in ("numerator", "denominator")}
        squares = None if rest["squares"] is None else Fraction(rest["squares"])
        return Rate(**rest | exact | {"squares": squares})
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidValue(kind, f"not the data of a figure: {error}", "use to_data") from None
