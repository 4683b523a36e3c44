"""Groups compared: a funnel of groups against chance, and the topics of a period.

A league table of groups puts the smallest first and last, because three tickets are all or
nothing. In a funnel each group is at its n between the limits that chance alone would keep it
in: exact binomial ones, wide where n is small. One in twenty groups lies beyond 95 % limits by
chance alone, so a second, stricter pair is around them.

Groups of a desk differ by more than chance: their work differs. Where ten or more of them do,
their usual spread is part of the limits (`inference.overdispersion`, the additive model), which
are then those of a beta-binomial; else half of the large groups would be beyond them.

Topics have their share of one period, and against an earlier one the change with a p-value,
adjusted for how many topics were looked at: of fifty topics two or three always seem to move.

Source of the funnel: D. J. Spiegelhalter 2005.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from attrs import field

from support_model._checks import checked_load
from support_model._frozen import frozen
from support_model._kpi.measures import check_one_question
from support_model._kpi.sources import Columnar, records_of
from support_model._short_texts import (
    few_names,
    p_text,
    plain_in_short,
    points_text,
    rows_html,
    share_text,
    short_repr,
)
from support_model._tables import interval_text, percent, value_text
from support_model._time import micros
from support_model.errors import InvalidValue
from support_model.figures import Share
from support_model.inference import (
    Difference,
    Limits,
    benjamini_hochberg,
    funnel_limits,
    overdispersion,
    two_proportions,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from support_model._kpi.sources import AnyFacts


FunnelVerdict: TypeAlias = Literal["low", "inside", "high"]
EACH = 60
"""Up to so many cases the limits are given for each n; beyond, for steps of a twentieth."""


@frozen(kw_only=True)
class FunnelGroup:
    """A group and its place in a funnel.

    Attributes:
        name: its name.
        share: its share, with n and interval.
        verdict: "low" or "high" beyond the first limits, else "inside".
        beyond: the strictest level whose limits it leaves; None inside.
    """

    name: str
    share: Share
    verdict: FunnelVerdict
    beyond: float | None

    __repr__ = short_repr

    def row(self) -> dict[str, Any]:
        """Return the group as one row of plain values: its share, verdict and level."""
        return {
            "name": self.name,
            **self.share.row(),
            "verdict": self.verdict,
            "beyond": self.beyond,
        }

    def __str__(self) -> str:
        beyond = "" if self.beyond is None else f" beyond {share_text(self.beyond)} limits"
        return f"{plain_in_short(self.name)}: {self.share.text()}, {self.verdict}{beyond}"

    def _repr_html_(self) -> str:
        return rows_html(self.share.key, _FUNNEL_HEAD, [_group_cells(self)])


_FUNNEL_HEAD = ("group", "n", "share", "interval", "verdict", "beyond limits")


def _group_cells(group: FunnelGroup) -> tuple[str, ...]:
    share = group.share
    beyond = "" if group.beyond is None else share_text(group.beyond)
    bounds = interval_text(share.interval, percent, share.method, share.level)
    value = value_text(share.value, percent, share.suppressed)
    return group.name, f"{share.n:,}", value, bounds, group.verdict, beyond


@frozen(kw_only=True)
class Funnel:
    """Groups of one share, and the limits of chance.

    Attributes:
        key: stable name of the figure.
        definition: what is counted, of what, in words.
        center: the common rate; None without cases.
        pooled: whether the center is the rate of all groups together, or was given.
        levels: of the limits, ascending.
        phi: how much more than by chance the groups differ, 1 being chance alone; None for
            fewer than ten groups, and where nothing varies.
        spread: standard deviation of the rates of groups that the limits allow for besides
            chance; 0 where they are those of chance alone.
        groups: those with cases, by n ascending.
        left_out: the others, with the reason: "no_cases" or "small_n".
        limits: by n, the limits of each level.
    """

    key: str
    definition: str
    center: float | None
    pooled: bool
    levels: tuple[float, ...]
    phi: float | None
    spread: float
    groups: tuple[FunnelGroup, ...]
    left_out: Mapping[str, str] = field(hash=False)
    limits: Mapping[int, tuple[Limits, ...]] = field(hash=False, repr=False)

    __repr__ = short_repr

    @property
    def outside(self) -> tuple[FunnelGroup, ...]:
        """The groups beyond their limits: those beyond the strictest first, then by size."""
        return tuple(
            sorted(
                (group for group in self.groups if group.beyond is not None),
                key=lambda group: (-(group.beyond or 0), -group.share.n, group.name),
            )
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return each group with cases as a row of plain values, by n ascending."""
        return [group.row() for group in self.groups]

    def __str__(self) -> str:
        outside = self.outside
        names = (f"{plain_in_short(each.name)} {each.verdict}" for each in outside)
        told = few_names(names, len(outside)) if outside else "none"
        return (
            f"{plain_in_short(self.key, 60)}: {share_text(self.center)} over "
            f"{len(self.groups):,} groups{self._spread()}, outside the limits: {told}"
        )

    def _repr_html_(self) -> str:
        inside = (group for group in reversed(self.groups) if group.beyond is None)
        cells = [_group_cells(group) for group in (*self.outside, *inside)]
        title = f"{self.key}, {share_text(self.center)} in all{self._spread()}"
        return rows_html(title, _FUNNEL_HEAD, cells)

    def _spread(self) -> str:
        return f" with a spread of {100 * self.spread:.1f} points" if self.spread else ""


def funnel(
    shares: Mapping[str, Share],
    *,
    target: float | None = None,
    levels: tuple[float, ...] = (0.95, 0.998),
    spread: float | None = None,
) -> Funnel:
    """Return where groups stand in the funnel of a common rate.

    Args:
        shares: of each group, by name; all of one definition. Withheld ones are left out.
        target: the rate to compare with; that of all groups together if None.
        levels: of the limits, ascending; up to three.
        spread: standard deviation of the rates of groups that is usual and no signal; None
            estimates it from ten or more groups, 0 leaves chance alone.

    Raises:
        InvalidValue: shares of different definitions, levels that do not ascend, none, or more
            than three, or a spread that is negative or not finite.
        InvalidShare: a target outside [0, 1] or a level outside (0, 1).

    Example:
        >>> met = {"north": (1, 2), "south": (700, 1000), "west": (930, 1000)}
        >>> found = funnel({
        ...     name: Share(key="met", definition="on time", numerator=k, n=n)
        ...     for name, (k, n) in met.items()
        ... })
        >>> [(group.name, group.verdict, group.beyond) for group in found.groups]
        [('north', 'inside', None), ('south', 'low', 0.998), ('west', 'high', 0.998)]
    """
    if not 1 <= len(levels) <= 3 or list(levels) != sorted(set(levels)):
        raise InvalidValue(levels, "a funnel has up to three levels, ascending", "(0.95, 0.998)")
    problem, remedy = "a funnel compares one share", "give groups of one definition"
    check_one_question(shares.values(), problem, remedy)
    known = {name: share for name, share in shares.items() if share.value is not None}
    center = _pooled(known.values()) if target is None else target
    phi, usual = _usual(known.values(), spread)
    limits = {} if center is None else _limits(known.values(), center, levels, usual)
    groups = sorted(known.items(), key=lambda row: (row[1].n, row[0]))
    key, definition = next(((share.key, share.definition) for share in shares.values()), ("", ""))
    return Funnel(
        key=key,
        definition=definition,
        center=center,
        pooled=target is None,
        levels=levels,
        phi=phi,
        spread=usual,
        groups=tuple(_group(name, share, levels, limits[share.n]) for name, share in groups),
        left_out={name: reason for name, share in shares.items() if (reason := share.undefined)},
        limits=limits,
    )


def _usual(shares: Collection[Share], spread: float | None) -> tuple[float | None, float]:
    """Return how much more than by chance groups differ, and the spread that limits allow for."""
    found = overdispersion([(share.numerator, share.n) for share in shares])
    return found.phi, (found.spread or 0.0) if spread is None else checked_load(spread, "a spread")


def _pooled(shares: Collection[Share]) -> float | None:
    n = sum(share.n for share in shares)
    return sum(share.numerator for share in shares) / n if n else None


def _limits(
    shares: Collection[Share], center: float, levels: tuple[float, ...], spread: float
) -> dict[int, tuple[Limits, ...]]:
    """Return the limits of each level, by every n of a share and those between."""
    sizes = {share.n for share in shares}
    if sizes:
        sizes.update(_grid(max(sizes)))
    return {
        n: tuple(funnel_limits(n, center, level=level, spread=spread) for level in levels)
        for n in sorted(sizes)
    }


def _grid(largest: int) -> Iterator[int]:
    """Yield the sizes for which a funnel is drawn, up to the largest group and a bit more."""
    size = 1
    while size <= largest:
        yield size
        size += 1 if size < EACH else size // 20
    yield size


def _group(
    name: str, share: Share, levels: tuple[float, ...], limits: tuple[Limits, ...]
) -> FunnelGroup:
    verdicts = [limit.verdict(share.numerator, share.n) or "inside" for limit in limits]
    beyond = [
        level for level, verdict in zip(levels, verdicts, strict=True) if verdict != "inside"
    ]
    return FunnelGroup(
        name=name, share=share, verdict=verdicts[0], beyond=max(beyond, default=None)
    )


@frozen(kw_only=True)
class Topic:
    """A topic of a period.

    Attributes:
        name: its name.
        share: its tickets, of all tickets with a known topic created in the period.
        through: the share of it and all more frequent ones together (Pareto), in [0, 1].
        change: of that share against the earlier period.
        p_adjusted: p-value of the change, adjusted for the number of topics; None if untested.
        new: whether it is frequent enough and was absent from the earlier period.
    """

    name: str
    share: Share
    through: float
    change: Difference
    p_adjusted: float | None
    new: bool

    __repr__ = short_repr

    def row(self) -> dict[str, Any]:
        """Return the topic as one row of plain values: its share and how it changed."""
        change = self.change.row()
        return {
            "name": self.name,
            **self.share.row(),
            "through": self.through,
            "change": change["difference"],
            "change_low": change["low"],
            "change_high": change["high"],
            "p": change["p"],
            "p_adjusted": self.p_adjusted,
            "new": self.new,
        }

    def __str__(self) -> str:
        if self.change.value is None:
            changed = "nothing to compare with"
        else:
            changed = f"{points_text(self.change.value)}, {p_text(self.p_adjusted)}"
        new = ", new" if self.new else ""
        return f"{plain_in_short(self.name)}: {self.share.text()}, {changed}{new}"

    def _repr_html_(self) -> str:
        return rows_html(self.share.key, _TOPIC_HEAD, [_cells(self)])


@frozen(kw_only=True)
class Topics:
    """The topics of a period, the most frequent first, then by name.

    Attributes:
        topics: each topic.
        n: tickets with a known topic.
        excluded: tickets of either period left out, by code.
    """

    topics: tuple[Topic, ...]
    n: int
    excluded: Mapping[str, int]

    __repr__ = short_repr

    def rows(self) -> list[dict[str, Any]]:
        """Return each topic as a row of plain values, in order."""
        return [topic.row() for topic in self.topics]

    def __str__(self) -> str:
        if not self.topics:
            return "no topics"
        names = (
            f"{plain_in_short(each.name)} {percent(each.share.value or 0)}" for each in self.topics
        )
        return f"topics of {self.n:,} tickets: {few_names(names, len(self.topics))}"

    def _repr_html_(self) -> str:
        title = f"topics of {self.n:,} tickets"
        return rows_html(title, _TOPIC_HEAD, [_cells(topic) for topic in self.topics])


_TOPIC_HEAD = (*("topic", "tickets", "share", "interval", "through", "change", "p, adjusted", ""),)


def _cells(topic: Topic) -> tuple[str, ...]:
    share, change = topic.share, topic.change.value
    return (
        topic.name,
        f"{share.numerator:,}",
        value_text(share.value, percent, share.suppressed),
        interval_text(share.interval, percent, share.method, share.level),
        percent(topic.through),
        "" if change is None else f"{100 * change:+.1f} points",
        "" if topic.p_adjusted is None else f"{topic.p_adjusted:.3f}",
        "new" if topic.new else "",
    )


def top_topics(
    facts: AnyFacts,
    *,
    current: tuple[datetime, datetime],
    previous: tuple[datetime, datetime],
    min_count: int = 1,
    field: str = "topic",
) -> Topics:
    """Return the topics of tickets created in a period [from, to), against an earlier one.

    Args:
        facts: the tickets.
        current: the period.
        previous: the earlier one.
        min_count: tickets that a new topic needs.
        field: the field that holds the topic; type, channel, line or technology do as well.

    Example:
        >>> from datetime import UTC, datetime
        >>> day = [datetime(2026, 3, d, tzinfo=UTC) for d in (2, 9, 16)]
        >>> top_topics([], current=(day[1], day[2]), previous=(day[0], day[1])).n
        0
    """
    now, before, excluded = _counted(facts, current, previous, field)
    n, n_before = now.total(), before.total()
    order = sorted(now, key=lambda name: (-now[name], name))
    changes = [two_proportions((before[name], n_before), (now[name], n)) for name in order]
    adjusted = benjamini_hochberg([change.p for change in changes])
    through = accumulate(now[name] for name in order)
    topics = tuple(
        Topic(
            name=name,
            share=Share(
                key=f"{field}_share",
                definition=f"tickets of one {field}, of those created in the period with any",
                numerator=now[name],
                n=n,
            ),
            through=so_far / n,
            change=change,
            p_adjusted=p,
            new=now[name] >= min_count and not before[name],
        )
        for name, so_far, change, p in zip(order, through, changes, adjusted, strict=True)
    )
    return Topics(topics=topics, n=n, excluded=excluded)


def _counted(
    facts: AnyFacts,
    current: tuple[datetime, datetime],
    previous: tuple[datetime, datetime],
    field: str,
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return tickets by topic in the period and in the earlier one, and those left out."""
    (since, until), (earlier, end) = (tuple(map(micros, span)) for span in (current, previous))
    if isinstance(records := records_of(facts), Columnar):
        from support_model._kpi import column_populations  # noqa: PLC0415 - numpy is an extra

        edges = (since, until), (earlier, end)
        return column_populations.topics(records.columns(), edges, field)
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    for ticket in records:
        created = micros(ticket.created)
        is_now = since <= created < until
        if not (is_now or earlier <= created < end):
            continue
        topic = ticket.fields.get(field)
        if ticket.category == "void":
            excluded["void"] += 1
        elif topic is None:
            excluded["unknown_topic"] += 1
        else:
            (now if is_now else before)[str(topic)] += 1
    return now, before, excluded
