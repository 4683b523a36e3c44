"""Groups compared: a funnel of groups against chance, and the topics of a period.

A league table of groups puts the smallest first and last, because three tickets are all or
nothing. In a funnel each group is at its n between the limits that chance alone would keep it
in: exact binomial ones, wide where n is small. One in twenty groups lies beyond 95 % limits by
chance alone, so a second, stricter pair is around them.

Topics have their share of one period, and against an earlier one the change with a p-value,
adjusted for how many topics were looked at: of fifty topics two or three always seem to move.

Source of the funnel: D. J. Spiegelhalter 2005.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import field

from support_model._frozen import frozen
from support_model._kpi.measures import check_one_question
from support_model._kpi.sources import Columnar, records_of
from support_model._tables import interval_text, percent, row_html, value_text
from support_model._time import micros
from support_model.errors import InvalidValue
from support_model.figures import Share
from support_model.inference import (
    Difference,
    Limits,
    benjamini_hochberg,
    funnel_limits,
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


@frozen(kw_only=True)
class Funnel:
    """Groups of one share, and the limits of chance.

    Attributes:
        key: stable name of the figure.
        definition: what is counted, of what, in words.
        center: the common rate; None without cases.
        pooled: whether the center is the rate of all groups together, or was given.
        levels: of the limits, ascending.
        groups: those with cases, by n ascending.
        left_out: the others, with the reason: "no_cases" or "small_n".
        limits: by n, the limits of each level.
    """

    key: str
    definition: str
    center: float | None
    pooled: bool
    levels: tuple[float, ...]
    groups: tuple[FunnelGroup, ...]
    left_out: Mapping[str, str] = field(hash=False)
    limits: Mapping[int, tuple[Limits, ...]] = field(hash=False, repr=False)


def funnel(
    shares: Mapping[str, Share],
    *,
    target: float | None = None,
    levels: tuple[float, ...] = (0.95, 0.998),
) -> Funnel:
    """Return where groups stand in the funnel of a common rate.

    Args:
        shares: of each group, by name; all of one definition. Withheld ones are left out.
        target: the rate to compare with; that of all groups together if None.
        levels: of the limits, ascending; up to three.

    Raises:
        InvalidValue: shares of different definitions, or levels that do not ascend,
            none, or more than three.
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
    limits = {} if center is None else _limits(known.values(), center, levels)
    groups = sorted(known.items(), key=lambda row: (row[1].n, row[0]))
    key, definition = next(((share.key, share.definition) for share in shares.values()), ("", ""))
    return Funnel(
        key=key,
        definition=definition,
        center=center,
        pooled=target is None,
        levels=levels,
        groups=tuple(_group(name, share, levels, limits[share.n]) for name, share in groups),
        left_out={name: reason for name, share in shares.items() if (reason := share.undefined)},
        limits=limits,
    )


def _pooled(shares: Collection[Share]) -> float | None:
    n = sum(share.n for share in shares)
    return sum(share.numerator for share in shares) / n if n else None


def _limits(
    shares: Collection[Share], center: float, levels: tuple[float, ...]
) -> dict[int, tuple[Limits, ...]]:
    """Return the limits of each level, by every n of a share and those between."""
    sizes = {share.n for share in shares}
    if sizes:
        sizes.update(_grid(max(sizes)))
    return {
        n: tuple(funnel_limits(n, center, level=level) for level in levels) for n in sorted(sizes)
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

    def _repr_html_(self) -> str:
        head = ("topic", "tickets", "share", "interval", "through", "change", "p, adjusted", "")
        rows = [row_html(head, "th"), *(row_html(_cells(topic)) for topic in self.topics)]
        return f"<table>{''.join(rows)}</table>"


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
