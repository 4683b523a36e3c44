"""Two periods compared from facts: each KPI earlier and later, by group, with what it changed by.

An outcome belongs to the period in which it came: a solution, a rating, a reopening. So a ticket
is in one period at most, the later period is as complete as the earlier one, and the two are
compared as the disjoint samples that they are.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from attrs import evolve

from support_model._frozen import frozen
from support_model._kpi.expression_names import names_of
from support_model._kpi.expressions import (
    CREATED,
    FIRST_SOLVE,
    LAST_SOLVE,
    Either,
    Fact,
    Last,
)
from support_model._kpi.group_order import Ranks, by_rank, joined_ranks, ranks_of
from support_model._kpi.measures import RateKpi, ShareKpi, TimeKpi
from support_model._kpi.resolution import CLOSED
from support_model._kpi.sources import Columnar, read_again, records_of
from support_model._kpi.splits import by as split_by
from support_model._short_texts import (
    few_names,
    number_text,
    p_text,
    plain_in_short,
    points_text,
    rows_html,
    short_repr,
)
from support_model._time import duration_text, micros
from support_model.errors import InvalidValue, nearest
from support_model.figures import Distribution, Rate, Share
from support_model.inference import (
    Difference,
    benjamini_hochberg,
    two_means,
    two_medians,
    two_proportions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._kpi.calendars_by import Clock
    from support_model._kpi.expressions import Expression
    from support_model._kpi.facts import Facts, FieldInstant
    from support_model._kpi.sources import AnyFacts
    from support_model._time import Span
    from support_model.figures import Figure

Kpi: TypeAlias = TimeKpi | ShareKpi | RateKpi
Dated: TypeAlias = Literal[
    "created",
    "acknowledged",
    "first_reply",
    "first_solved",
    "solved",
    "reopened",
    "closed",
    "rated",
]
"""By what a ticket is dated; "reopened" is its last reopening, else its first solution."""
MOMENTS: Mapping[str, Expression] = MappingProxyType(
    {
        "created": CREATED,
        "acknowledged": Fact("acknowledged"),
        "first_reply": Fact("first_reply"),
        "first_solved": FIRST_SOLVE,
        "solved": LAST_SOLVE,
        "reopened": Either(Last("reopenings", "at"), FIRST_SOLVE),
        "closed": CLOSED,
        "rated": Last("ratings", "at"),
    }
)
OUTCOMES: Mapping[str, Dated] = MappingProxyType(
    {
        "acknowledgement": "acknowledged",
        **dict.fromkeys(("first_response", "average_response", "next_response"), "first_reply"),
        **dict.fromkeys(
            ("first_resolution", "reopened_within", "reopenings_within"), "first_solved"
        ),
        **dict.fromkeys(
            (
                *("full_resolution", "requester_wait", "agent_work", "on_hold_time"),
                *("handle_time", "straight_through", "fcr_one_reply", "zero_reply"),
                *("fcr_no_further_contact", "contained_by_bot", "stated_within_sla", "touches"),
                *("escalations_per_ticket", "transfers_per_ticket", "bounces_per_ticket"),
                *(
                    "handoffs",
                    "escalated",
                    "transferred",
                    "bounced",
                    "cost_per_ticket",
                    "first_level",
                ),
            ),
            "solved",
        ),
        **dict.fromkeys(("reopened", "reopenings"), "reopened"),
        **dict.fromkeys(("time_to_close", "close_delay"), "closed"),
    }
)
"""By what the tickets of a KPI are dated; any other by their creation, ratings by the answer."""
SECOND = 1_000_000


@frozen(kw_only=True)
class KpiDifference:
    """A KPI of a group in two periods.

    Attributes:
        group: the values it is grouped by, in order; empty for all tickets.
        dated: by what the tickets are dated.
        before: the figure of the earlier period.
        after: the figure of the later one.
        change: after less before: of shares, of means, or of medians in seconds.
        p_adjusted: p-value, adjusted for all rows of the comparison; None if untested.
    """

    group: tuple[Any, ...]
    dated: Dated
    before: Figure
    after: Figure
    change: Difference
    p_adjusted: float | None = None

    __repr__ = short_repr

    @property
    def key(self) -> str:
        """The key of the KPI."""
        return self.before.key

    def row(self) -> dict[str, Any]:
        """Return it as one row of plain values, times in seconds."""
        before, after = self.before.row(), self.after.row()
        return {
            "key": self.key,
            "clock": before["clock"],
            "statistic": before["statistic"],
            "unit": before["unit"],
            "dated": self.dated,
            "n_before": before["n"],
            "before": before["value"],
            "n_after": after["n"],
            "after": after["value"],
            **self.change.row(),
            "p_adjusted": self.p_adjusted,
            "definition": before["definition"],
        }

    def __str__(self) -> str:
        where = f" in {few_names(map(str, self.group), len(self.group))}" if self.group else ""
        return f"{plain_in_short(self.key, 60)}{where}: {', '.join(self._texts())}"

    def _texts(self) -> Iterator[str]:
        """Yield the figures, their change with its interval, and how sure it is."""
        yield f"{_value_text(self.before)} before (n {self.before.n:,})"
        yield f"{_value_text(self.after)} after (n {self.after.n:,})"
        if self.change.value is None:
            yield f"not defined: {self.change.undefined}".replace("_", " ")
            return
        yield self._change_text()
        yield p_text(self.change.p)

    def _change_text(self) -> str:
        low, high = self.change.interval or (None, None)
        if self.change.value is None:
            return ""
        value = self._amount(self.change.value)
        if low is None or high is None:
            return value
        return f"{value} ({self._amount(low)} to {self._amount(high)})"

    def _amount(self, value: float) -> str:
        if isinstance(self.before, Share):
            return points_text(value)
        if isinstance(self.before, Rate):
            return f"{value:+,.4g}"
        return ("+" if value >= 0 else "-") + _time_text(abs(value))

    def cells(self) -> tuple[str, ...]:
        """Return it as the cells of a table."""
        return (
            *(plain_in_short(part) for part in self.group),
            self.key,
            f"{self.before.n:,}",
            _value_text(self.before),
            f"{self.after.n:,}",
            _value_text(self.after),
            self._change_text(),
            "" if self.change.p is None else f"{self.change.p:.3f}",
            "" if self.p_adjusted is None else f"{self.p_adjusted:.3f}",
        )

    def _repr_html_(self) -> str:
        names = [f"group {place}" for place in range(1, len(self.group) + 1)]
        return rows_html(str(self), [*names, *HEAD], [self.cells()])


HEAD = ("KPI", "n before", "before", "n after", "after", "change", "p", "p, adjusted")


def _value_text(figure: Figure) -> str:
    """Return the value of a figure: a share, a mean, or a median."""
    if isinstance(figure, Share):
        return "not defined" if figure.value is None else f"{100 * figure.value:.1f}%"
    if isinstance(figure, Rate):
        return number_text(figure.value)
    median = figure.quantile(0.5)
    return "not defined" if median is None else _time_text(median.total_seconds())


def _time_text(seconds: float) -> str:
    return duration_text(timedelta(seconds=round(seconds)))


@frozen(kw_only=True)
class Comparison:
    """KPIs of two periods.

    Attributes:
        before: the earlier period.
        after: the later one.
        by: the fields that rows are grouped by.
        differences: by group, in a group by KPI as they were asked.
    """

    before: Span
    after: Span
    by: tuple[str, ...]
    differences: tuple[KpiDifference, ...]

    __repr__ = short_repr

    def rows(self) -> list[dict[str, Any]]:
        """Return a row of plain values for each group and KPI: a data frame is made of them."""
        return [
            {**dict(zip(self.by, each.group, strict=True)), **each.row()}
            for each in self.differences
        ]

    def find(self, key: str, *group: object) -> KpiDifference | None:
        """Return the row of a KPI and a group; None if there is none."""
        for each in self.differences:
            if each.key == key and each.group == group:
                return each
        return None

    @property
    def changed(self) -> tuple[KpiDifference, ...]:
        """The rows whose adjusted p-value is below 0.05, the surest first."""
        sure = (
            (each.p_adjusted, place)
            for place, each in enumerate(self.differences)
            if each.p_adjusted is not None and each.p_adjusted < LEVEL
        )
        return tuple(self.differences[place] for _, place in sorted(sure))

    def __str__(self) -> str:
        found = self.changed
        names = (" ".join([each.key, *map(str, each.group)]) for each in found)
        told = few_names(names, len(found)) if found else "none"
        return f"{len(self.differences):,} figures of two periods, changed beyond chance: {told}"

    def _repr_html_(self) -> str:
        order = [*self.changed, *(each for each in self.differences if each not in self.changed)]
        return rows_html(str(self), [*self.by, *HEAD], [each.cells() for each in order])


LEVEL = 0.05


def compare_periods(
    facts: AnyFacts,
    kpis: Iterable[Kpi],
    *,
    before: Span,
    after: Span,
    by: Iterable[str] = (),
    calendar: Clock | None = None,
    dated: Dated | None = None,
    at: FieldInstant = "as_of",
) -> Comparison:
    """Return how KPIs of a later period differ from those of an earlier one, from facts.

    Shares are compared by `inference.two_proportions`, means by `two_means`, times by their
    medians (`two_medians`); p-values are also adjusted for how many rows are looked at. Tickets
    without the outcome, such as open ones for a resolution, are in neither period: how long they
    have lasted already is in `resolution_curve`, and `support_model.changes` looks at both.

    Args:
        facts: the tickets, as records or by columns.
        kpis: which KPIs, such as `kpi.KPIS.values()`; those without cases in either period are
            left out.
        before: the earlier period, such as one of `periods`.
        after: the later one, which does not overlap it.
        by: names of fields that rows are grouped by; all tickets are one group without any.
        calendar: opening hours of times; wall time if None.
        dated: by what the tickets of all KPIs are dated; None takes for each what it measures
            (`OUTCOMES`): a first response by the reply, a resolution, and the work that led to
            it, by the solution, a rating by the answer, a reopening by itself, else creation.
        at: the moment of fields, as in `by`.

    Raises:
        InvalidValue: periods that overlap or have no end, an unknown date, field or moment, no
            collection of KPIs, a KPI of your own asked of columns.

    Example:
        >>> from datetime import date
        >>> from support_model import kpi
        >>> march, april = kpi.periods(date(2026, 3, 1), date(2026, 5, 1), tz="UTC", every="month")
        >>> print(compare_periods([], [kpi.REOPENED], before=march, after=april))
        0 figures of two periods, changed beyond chance: none
    """
    edges = _edges(before, after)
    if dated is not None and dated not in MOMENTS:
        raise InvalidValue(dated, "unknown date of a ticket", nearest(str(dated), MOMENTS))
    if isinstance(by, str):
        raise InvalidValue(by, "by is a collection of names", f"write [{by!r}]")
    names = tuple(by)
    in_periods = partial(_in_both, read_again(facts), edges)
    asked = [(one, _dated(one, dated)) for one in kpis]
    parts = {moment: in_periods(moment) for moment in dict.fromkeys(date for _, date in asked)}
    ranks: list[Ranks] = [{} for _ in names]
    found = [
        row
        for one, moment in asked
        for group, sides in _groups(parts[moment], names, at, ranks)
        if (row := _difference(one, group, moment, sides, calendar)) is not None
    ]
    rows = _adjusted(found)
    rows.sort(key=lambda row: by_rank(_texts(row.group), ranks))
    return Comparison(before=before, after=after, by=names, differences=tuple(rows))


def _adjusted(rows: Sequence[KpiDifference]) -> list[KpiDifference]:
    """Return rows with their p-values adjusted for how many are looked at."""
    adjusted = benjamini_hochberg([row.change.p for row in rows])
    return [evolve(row, p_adjusted=p) for row, p in zip(rows, adjusted, strict=True)]


def _texts(group: Iterable[object]) -> list[str | None]:
    return [None if part is None else str(part) for part in group]


def _edges(before: Span, after: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the edges of both periods, the later one where it begins after the earlier."""
    for period in (before, after):
        if getattr(period, "end", None) is None:
            raise InvalidValue(period, "a period without an end", "give kpi.periods(...)[0]")
    if after.edges[0] < before.edges[1]:
        raise InvalidValue(after, "a later period that begins in the earlier one", "swap them")
    return before.edges, after.edges


def _dated(one: Kpi, dated: Dated | None) -> Dated:
    """Return by what the tickets of a KPI are dated."""
    if not isinstance(one, TimeKpi | ShareKpi | RateKpi):
        raise InvalidValue(one, "no KPI", "give kpi.FIRST_RESPONSE or one of kpi.KPIS")
    if dated is not None:
        return dated
    asked = names_of(one.asked)
    rated = "ratings" in asked and "ratings_requested" not in asked
    return OUTCOMES.get(one.key, "rated" if rated else "created")


def _in_both(
    records: AnyFacts, edges: Sequence[tuple[int, int]], moment: Dated
) -> tuple[AnyFacts, AnyFacts]:
    """Return the tickets dated in the earlier period, and those dated in the later one."""
    if isinstance(found := records_of(records), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        first, last = column_populations.dated(found.columns(), MOMENTS[moment], edges)
        return first, last
    date = MOMENTS[moment].closure()
    parts: tuple[list[Facts], list[Facts]] = ([], [])
    for ticket in found:
        at = date(ticket)
        if at is not None:
            for part, (start, end) in zip(parts, edges, strict=True):
                if start <= micros(at) < end:
                    part.append(ticket)
    return parts


def _groups(
    sides: tuple[AnyFacts, AnyFacts],
    names: Sequence[str],
    at: FieldInstant,
    ranks: Sequence[Ranks],
) -> Iterator[tuple[tuple[Any, ...], tuple[AnyFacts, AnyFacts]]]:
    """Yield each group with its tickets of both periods; none where it has none.

    The ranks of names that are met are added to `ranks`, one part of a group each.
    """
    if not names:
        yield (), sides
        return
    first, last = (_split(side, names[0], at, ranks[0]) for side in sides)
    for value in dict.fromkeys([*first, *last]):
        inside = first.get(value, ()), last.get(value, ())
        for group, both in _groups(inside, names[1:], at, ranks[1:]):
            yield (value, *group), both


def _split(facts: AnyFacts, name: str, at: FieldInstant, ranks: Ranks) -> dict[Any, AnyFacts]:
    """Return facts by a field, a status or priority by its name, and note the ranks of names."""
    parts = split_by(cast("Any", facts), name, at=at)
    ranks |= joined_ranks([ranks, ranks_of(parts)])
    return {getattr(value, "name", value): part for value, part in parts.items()}


def _difference(
    one: Kpi,
    group: tuple[Any, ...],
    dated: Dated,
    sides: tuple[AnyFacts, AnyFacts],
    calendar: Clock | None,
) -> KpiDifference | None:
    """Return a KPI of both periods, and how it differs; None where neither has a case."""
    before, after = (
        one.of(side, calendar=calendar) if isinstance(one, TimeKpi) else one.of(side)
        for side in sides
    )
    if not before.n and not after.n:
        return None
    return KpiDifference(
        group=group, dated=dated, before=before, after=after, change=_change(before, after)
    )


def _change(before: Figure, after: Figure) -> Difference:
    """Return how two figures of one kind differ; times in seconds."""
    undefined = before.undefined or after.undefined
    if undefined:
        return Difference(value=None, undefined=undefined)
    if isinstance(before, Share) and isinstance(after, Share):
        return two_proportions((before.numerator, before.n), (after.numerator, after.n))
    if isinstance(before, Rate) and isinstance(after, Rate):
        return _of_means(before, after)
    assert isinstance(before, Distribution)  # noqa: S101 - the only kind that is left
    assert isinstance(after, Distribution)  # noqa: S101 - of one KPI
    found = two_medians(before.micros, after.micros)
    bounds = found.interval and (found.interval[0] / SECOND, found.interval[1] / SECOND)
    value = None if found.value is None else found.value / SECOND
    return evolve(found, value=value, interval=bounds)


def _of_means(before: Rate, after: Rate) -> Difference:
    if len(before.scales | after.scales) > 1:
        return Difference(value=None, undefined="several_scales")
    ours, theirs = ((each.numerator, each.squares or 0, each.n) for each in (before, after))
    return two_means(ours, theirs)
