"""What changed, as values."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import field

from support_model._frozen import frozen
from support_model._short_texts import (
    few_names,
    fields_html,
    fields_row,
    number_text,
    plain_in_short,
    rows_html,
    share_text,
    short_repr,
)
from support_model._time import duration_text

if TYPE_CHECKING:
    from datetime import date

    from support_model._time import Span

Verdict: TypeAlias = Literal["worse", "better", "more", "fewer", "different"]
Where: TypeAlias = tuple[tuple[str, str], ...]
SECOND = timedelta(seconds=1)
HEAD = (
    *("measure", "where", "verdict", "since", "before", "after"),
    *("how many times", "p, adjusted", "tickets"),
)


def _where_text(where: Where) -> str:
    """Return a group in words; all tickets are one, too."""
    if not where:
        return "all tickets"
    return ", ".join(f"{field} {plain_in_short(value)}" for field, value in where)


@frozen(kw_only=True)
class Level:
    """A measure of a group in the weeks of one level.

    Attributes:
        value: the median of a time (open ones count), a share, or a number a week; None where
            it is not known.
        n: how many outcomes it is known from: ends of times, tickets counted, answers, chances.
        open: how many of its times had not ended by the last of these weeks; None if it is none.
    """

    value: timedelta | float | None
    n: int
    open: int | None = None

    __repr__ = short_repr
    _repr_html_ = fields_html

    def __str__(self) -> str:
        value = self.value
        if isinstance(value, timedelta):
            text = duration_text(round(value / SECOND) * SECOND)
        else:
            text = number_text(value)
        running = "" if self.open is None else f", {self.open:,} open"
        return f"{text} (n {self.n:,}{running})"


@frozen(kw_only=True)
class Change:
    """A measure of a group that moved against the past of that group, like tickets compared.

    Attributes:
        measure: "created", "backlog", "first_response", "next_response", "resolution",
            "reopened", "handed_back", "escalated", "satisfied", "status_time", "void" or
            "closing_delay".
        where: the group: field and value, of two fields for a pair; empty for all tickets. The
            status of a "status_time" is one of them.
        verdict: "worse" or "better"; "more" or "fewer" of a volume; "different" of what no
            person decides, such as a timer.
        since: the Monday of the first week that is changed.
        since_low: the earliest Monday that the figures allow, at 95 percent.
        since_high: the latest.
        before_since: the Monday of the first week that `before` covers, which ends at `since`.
        lasting: whether it still stands in the last weeks.
        recent: whether it began in the later period or since; else earlier, and still stands.
        before: the group in the weeks before.
        after: the group since.
        ratio: how many times its past the measure is, in like tickets: the length of times, the
            share, the number a week; of a backlog how many came for each that was solved.
        ratio_low: lower bound at 95 percent.
        ratio_high: upper bound.
        p: the chance of the like anywhere in its weeks if nothing happened.
        p_adjusted: adjusted for everything looked at.
        tickets: about how many tickets are concerned.
        also: other measures, and groups of mostly the same tickets, that tell of the same event.
        examples: ids of tickets of the trouble, from after its start.
    """

    measure: str
    where: tuple[tuple[str, str], ...]
    verdict: Verdict
    since: date
    since_low: date
    since_high: date
    before_since: date
    lasting: bool
    recent: bool
    before: Level
    after: Level
    ratio: float
    ratio_low: float
    ratio_high: float
    p: float
    p_adjusted: float
    tickets: int
    also: tuple[Change, ...] = ()
    examples: tuple[str, ...] = ()

    __repr__ = short_repr

    def row(self) -> dict[str, Any]:
        """Return it as one row of plain values: times in seconds, the group as text."""
        sides = {
            name: level.value / SECOND if isinstance(level.value, timedelta) else level.value
            for name, level in (("before", self.before), ("after", self.after))
        }
        return {
            "measure": self.measure,
            "where": _where_text(self.where),
            "verdict": self.verdict,
            "since": self.since,
            "since_low": self.since_low,
            "since_high": self.since_high,
            "before_since": self.before_since,
            "lasting": self.lasting,
            "recent": self.recent,
            **sides,
            "n_before": self.before.n,
            "n_after": self.after.n,
            "ratio": self.ratio,
            "ratio_low": self.ratio_low,
            "ratio_high": self.ratio_high,
            "p": self.p,
            "p_adjusted": self.p_adjusted,
            "tickets": self.tickets,
            "also": len(self.also),
            "examples": ", ".join(self.examples),
        }

    def __str__(self) -> str:
        times = f"{self.ratio:.3g} times ({self.ratio_low:.3g} to {self.ratio_high:.3g})"
        also = f", {len(self.also):,} more tell of it" if self.also else ""
        return (
            f"{self.measure}, {_where_text(self.where)}: {self.verdict} since {self.since}, "
            f"{self.before} before, {self.after} after, {times}{also}"
        )

    def _repr_html_(self) -> str:
        return rows_html("change", HEAD, [_cells(self)])


def _cells(change: Change) -> tuple[str, ...]:
    return (
        change.measure,
        _where_text(change.where),
        change.verdict,
        str(change.since),
        str(change.before),
        str(change.after),
        f"{change.ratio:.3g} ({change.ratio_low:.3g} to {change.ratio_high:.3g})",
        f"{change.p_adjusted:.3g}",
        f"{change.tickets:,}",
    )


@frozen(kw_only=True)
class MixShift:
    """A value of a field that became a larger or smaller part of what comes.

    Attributes:
        field: the field.
        value: its value.
        before: its share of the tickets created before.
        after: since.
        since: the Monday of the first week that is changed.
        since_low: the earliest Monday that the figures allow, at 95 percent.
        since_high: the latest.
        recent: whether it began in the later period or since.
        p_adjusted: adjusted for everything looked at.
    """

    field: str
    value: str
    before: float
    after: float
    since: date
    since_low: date
    since_high: date
    recent: bool
    p_adjusted: float

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        shares = f"{share_text(self.before)} before, {share_text(self.after)} after"
        value = f"{self.field} {plain_in_short(self.value)}"
        return f"mix: {value}, {shares}, since {self.since}"


@frozen(kw_only=True)
class Episode:
    """A week or two that stood out and are over: an outage, a holiday.

    Attributes:
        measure: as of a change.
        where: the group.
        week: the Monday on which it began.
        weeks: how many weeks it lasted.
        ratio: how many times the usual the measure was.
        p_adjusted: adjusted for everything looked at.
        n: of "created", how many tickets came in these weeks; None of others.
        usual: of "created", how many come in as many other weeks; None of others.
    """

    measure: str
    where: tuple[tuple[str, str], ...]
    week: date
    weeks: int
    ratio: float
    p_adjusted: float
    n: int | None = None
    usual: float | None = None

    __repr__ = short_repr
    row = fields_row
    _repr_html_ = fields_html

    def __str__(self) -> str:
        weeks = "week" if self.weeks == 1 else f"{self.weeks} weeks"
        where = _where_text(self.where)
        return f"{self.measure}, {where}: {self.ratio:.3g} times the usual, {weeks} of {self.week}"


@frozen(kw_only=True)
class Changes:
    """What changed in a log.

    Attributes:
        before: the earlier period.
        after: the later one.
        weeks: the weeks looked at, the last as far as it is known.
        looks: how many series of measures of groups were looked at.
        measures: the measures that hold enough to be looked at; of others nothing is known.
        level: the share of false ones among the items.
        counted: whether what comes was looked at: not in a log that lacks what ended early, in
            which fewer tickets seem to come the earlier it was.
        items: what changed, what to look at first coming first; worse and better alike.
        mixes: shifts of what comes, which are neither.
        episodes: weeks that stood out and are over, which are neither.
    """

    before: Span
    after: Span
    weeks: tuple[Span, ...] = field(repr=False)
    looks: int
    measures: tuple[str, ...]
    level: float
    counted: bool = True
    items: tuple[Change, ...] = ()
    mixes: tuple[MixShift, ...] = ()
    episodes: tuple[Episode, ...] = ()

    __repr__ = short_repr

    def rows(self) -> list[dict[str, Any]]:
        """Return what changed as rows of plain values, what to look at first coming first."""
        return [item.row() for item in self.items]

    def __str__(self) -> str:
        names = (f"{item.measure} {item.verdict}" for item in self.items)
        told = few_names(names, len(self.items)) if self.items else "nothing"
        beside = f"{len(self.mixes):,} shifts of mix, {len(self.episodes):,} episodes"
        return f"changed in {self.looks:,} series looked at: {told}; {beside}"

    def _repr_html_(self) -> str:
        return rows_html(str(self), HEAD, [_cells(item) for item in self.items])
