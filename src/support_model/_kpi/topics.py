"""What people ask about: top topics, what grew, what is new.

Counts of one period with their share, and against an earlier one the change with a p-value,
adjusted for how many topics were looked at: of fifty topics two or three always seem to move.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._tables import interval_text, percent, row_html, value_text
from support_model._time import micros
from support_model.figures import Share
from support_model.inference import Difference, benjamini_hochberg, two_proportions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from support_model._kpi.facts import Facts


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
    facts: Iterable[Facts],
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
    facts: Iterable[Facts],
    current: tuple[datetime, datetime],
    previous: tuple[datetime, datetime],
    field: str,
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return tickets by topic in the period and in the earlier one, and those left out."""
    (since, until), (earlier, end) = (tuple(map(micros, span)) for span in (current, previous))
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    excluded: Counter[str] = Counter()
    for ticket in facts:
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
