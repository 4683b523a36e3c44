"""What changed, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import field

from support_model._frozen import frozen

if TYPE_CHECKING:
    from datetime import date, timedelta

    from support_model._time import Span

Verdict: TypeAlias = Literal["worse", "better", "more", "fewer", "different"]
Where: TypeAlias = tuple[tuple[str, str], ...]


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
        lasting: whether it still stands in the last weeks.
        recent: whether it began in the later period; else it began earlier and still stands.
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
    where: Where
    verdict: Verdict
    since: date
    since_low: date
    since_high: date
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
        recent: whether it began in the later period.
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
    """

    measure: str
    where: Where
    week: date
    weeks: int
    ratio: float
    p_adjusted: float


@frozen(kw_only=True)
class Changes:
    """What changed in a log.

    Attributes:
        before: the earlier period.
        after: the later one.
        weeks: the weeks looked at, the last as far as it is known.
        looks: how many series of measures of groups were looked at.
        level: the share of false ones among the items.
        items: what changed, what to look at first coming first; worse and better alike.
        mixes: shifts of what comes, which are neither.
        episodes: weeks that stood out and are over, which are neither.
    """

    before: Span
    after: Span
    weeks: tuple[Span, ...] = field(repr=False)
    looks: int
    level: float
    items: tuple[Change, ...] = ()
    mixes: tuple[MixShift, ...] = ()
    episodes: tuple[Episode, ...] = ()
