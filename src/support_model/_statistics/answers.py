"""What all figures share: their question, what was left out, when they are withheld.

In a notebook a figure is a small table that shows what it rests on: what is not defined reads so
and is no 0; what is withheld has a reason.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from attrs import evolve, field

from support_model._frozen import FrozenMap, frozen
from support_model._short_texts import plain_in_short
from support_model._tables import interval_text, pairs_html, value_text
from support_model.errors import InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._sentences import Catalogue

SECOND = timedelta(seconds=1)
QUESTION = ("key", "clock", "definition", "level", "method", "min_n")
LONGEST_KEY = 60
QUANTILES = MappingProxyType({"median": 0.5, "90th percentile": 0.9})


def _counted(excluded: Mapping[str, int]) -> Mapping[str, int]:
    return FrozenMap({code: n for code, n in sorted(excluded.items()) if n})


def _not_negative(_figure: object, _attribute: object, min_n: int) -> None:
    if not isinstance(min_n, int) or isinstance(min_n, bool) or min_n < 0:
        raise InvalidValue(min_n, "min_n is a whole number >= 0", "0 withholds nothing")


@frozen(kw_only=True)
class Answer:
    """An answer to one question about a population.

    Attributes:
        key: stable name of the figure.
        definition: what is counted or measured, over what, in words.
        excluded: how many were left out, by code (see `kpi.EXCLUSIONS`).
        level: confidence level of its intervals.
    """

    key: str
    definition: str
    excluded: Mapping[str, int] = field(factory=dict, converter=_counted, hash=False)
    level: float = 0.95

    def _merged(self, other: Self, *names: str) -> Self:
        """Return the answer about two disjoint populations together, its named parts added."""
        for name in QUESTION:
            if getattr(self, name, None) != getattr(other, name, None):
                problem = f"figures of different questions do not add up (another {name})"
                raise InvalidValue(getattr(other, name, None), problem, "compute both alike")
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return evolve(self, excluded=Counter(self.excluded) + Counter(other.excluded), **sums)

    def _row(
        self,
        n: int,
        statistic: str,
        unit: str,
        value: float | None,
        bounds: tuple[float | None, float | None],
    ) -> dict[str, Any]:
        """Return the answer as one row of plain values."""
        return {
            "key": self.key,
            "clock": getattr(self, "clock", None),
            "statistic": statistic,
            "unit": unit,
            "n": n,
            "value": value,
            "low": bounds[0],
            "high": bounds[1],
            "excluded": dict(self.excluded),
            "definition": self.definition,
        }

    def _html(self, rows: Iterable[tuple[str, str]]) -> str:
        left_out = ", ".join(
            f"{n:,} {code.replace('_', ' ')}" for code, n in self.excluded.items()
        )
        return pairs_html(
            self.key, [*rows, ("left out", left_out), ("definition", self.definition)]
        )


@frozen(kw_only=True)
class SizedAnswer(Answer):
    """An answer over n cases that is withheld where they are too few.

    Attributes:
        min_n: below this many the value is withheld, the counts are not.
    """

    min_n: int = field(default=0, validator=_not_negative)

    if TYPE_CHECKING:

        @property
        def n(self) -> int: ...
        def text(self, catalogue: Catalogue | None = None) -> str: ...

    @property
    def suppressed(self) -> str | None:
        """Why the value is withheld: "small_n" or None."""
        return "small_n" if 0 < self.n < self.min_n else None

    @property
    def undefined(self) -> str | None:
        """Why there is no value: as `suppressed` says, or "no_cases"; None where there is one."""
        return self.suppressed or (None if self.n else "no_cases")

    def __str__(self) -> str:
        return f"{plain_in_short(self.key, LONGEST_KEY)}: {self.text()}"


def figure_text(
    figure: SizedAnswer, kind: str, catalogue: Catalogue | None, **parts: object
) -> str:
    """Return a figure in words, or why it has no value."""
    if figure.undefined:
        return Reason.of(f"figure_{figure.undefined}", n=figure.n).text(catalogue)
    return Reason.of(f"figure_{kind}", **parts).text(catalogue)


@frozen(kw_only=True)
class TimesAnswer(SizedAnswer):
    """How long something took on a clock.

    Attributes:
        method: of the intervals of quantiles: "order_statistics".
        clock: name of the clock, such as "business".
    """

    method: ClassVar[str] = "order_statistics"
    clock: str

    if TYPE_CHECKING:

        @property
        def total_micros(self) -> int: ...
        def quantile(self, q: float) -> timedelta | None: ...
        def interval(self, q: float) -> tuple[timedelta | None, timedelta | None]: ...

    @property
    def mean(self) -> timedelta | None:
        """The mean, to the microsecond; None for n = 0 and where it is withheld.

        The total of many tickets may exceed what a timedelta holds; their mean does not.
        """
        if self.undefined:
            return None
        return timedelta(microseconds=round(Fraction(self.total_micros, self.n)))

    def row(self, statistic: str = "median") -> dict[str, Any]:
        """Return the figure as one row of plain values: the statistic in seconds, and its bounds.

        Args:
            statistic: "median", "mean", which has no bounds, or a percentile such as "p90".

        Raises:
            InvalidValue: another statistic.
        """
        q = quantile_of(statistic)
        value = self.mean if q is None else self.quantile(q)
        bounds = (None, None) if q is None else self.interval(q)
        told = [None if time is None else time / SECOND for time in (value, *bounds)]
        return self._row(self.n, statistic, "seconds", told[0], (told[1], told[2]))

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the median, its interval, the 90th percentile, the mean and n in words.

        The words are those of a catalogue, English if none is given.
        """
        times = {"median": self.quantile(0.5), "most": self.quantile(0.9), "mean": self.mean}
        low, high = self.interval(0.5)
        if low is not None and high is not None:
            times |= {"median_low": low, "median_high": high}
        told = {
            name: time and timedelta(seconds=round(time / SECOND)) for name, time in times.items()
        }
        code = "times" if low is None or high is None else "times_between"
        return figure_text(self, code, catalogue, n=self.n, **told)

    def __str__(self) -> str:
        key, clock = (plain_in_short(name, LONGEST_KEY) for name in (self.key, self.clock))
        return f"{key} ({clock}): {self.text()}"

    def _repr_html_(self) -> str:
        rows = [("mean", value_text(self.mean, _time, self.suppressed))]
        for name, q in QUANTILES.items():
            bounds = interval_text(self.interval(q), _time, self.method, self.level)
            value = value_text(self.quantile(q), _time, self.suppressed)
            rows += [(name, value), ("interval", bounds)]
        return self._html([*rows, ("clock", self.clock), ("how many", f"{self.n:,}")])


def _time(length: timedelta) -> str:
    minutes, seconds = divmod(round(length / SECOND), 60)
    return f"{minutes // 60:,}:{minutes % 60:02}:{seconds:02}"


_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,9})?)", re.ASCII)


def quantile_of(statistic: str) -> float | None:
    """Return the quantile that a statistic of times is; None for the mean.

    Raises:
        InvalidValue: none of these.
    """
    if statistic == "mean":
        return None
    if statistic == "median":
        return 0.5
    found = _PERCENTILE.fullmatch(statistic)
    q = 0 if found is None else Fraction(found[1]) / 100
    if not q:
        problem = "unknown statistic of times"
        raise InvalidValue(statistic, problem, "write 'median', 'mean' or 'p90'")
    return float(q)
