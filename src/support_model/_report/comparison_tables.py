"""A comparison of two periods in tables: every figure, for whom, mix or rates, what is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support_model._report.caveats import hours_text
from support_model._report.changes import REAL
from support_model._report.tables import rate_text
from support_model._report.wording import english
from support_model._tables import TextTable
from support_model.figures import Distribution, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model._report.changes import Counts, GroupChange, KpiChange, PeriodComparison
    from support_model.figures import Figure

NEARLY_ALL = 0.9
"""A group with more of the tickets of both periods than this is no narrower answer than all."""
GROUPS_SHOWN = 5
HOUR = timedelta(hours=1)
UNITS = ((HOUR, "h", 1), (timedelta(minutes=1), "min", 0), (timedelta(seconds=1), "s", 0))


def value_text(figure: Figure) -> str:
    """Write a figure's value: a median, a share or a rate."""
    if isinstance(figure, Distribution):
        return hours_text(figure.quantile(0.5))
    if isinstance(figure, Share):
        return "-" if figure.value is None else f"{figure.value:.1%}"
    return rate_text(figure.value)


def difference_text(change: KpiChange) -> str:
    """Write a change with its sign and unit."""
    value = change.difference.value
    if value is None:
        return "-"
    if isinstance(change.before, Share):
        return f"{points_text(value)} pt"
    if isinstance(change.before, Distribution):
        text = hours_text(abs(value) * HOUR)
        return text if text == "0" else f"{'-' if value < 0 else '+'}{text}"
    return _rate(value)


def interval_text(change: KpiChange) -> str:
    """Write the interval of a change, both bounds in one unit."""
    if change.difference.interval is None:
        return "-"
    low, high = change.difference.interval
    if isinstance(change.before, Share):
        return f"{points_text(low)} to {points_text(high)} pt"
    if isinstance(change.before, Distribution):
        return _times(low * HOUR, high * HOUR)
    return f"{_rate(low)} to {_rate(high)}"


def _times(low: timedelta, high: timedelta) -> str:
    widest = max(abs(low), abs(high))
    length, unit, digits = next((row for row in UNITS if widest >= row[0]), UNITS[-1])
    bounds = (f"{each / length:+,.{digits}f}" if each else "0" for each in (low, high))
    return f"{' to '.join(bounds)} {unit}"


def _rate(value: float) -> str:
    text = rate_text(abs(value))
    return text if not float(text) else f"{'-' if value < 0 else '+'}{text}"


def points_text(share: float | None) -> str:
    """Write a difference of shares in percentage points, without the unit; "-" for None.

    Example:
        >>> points_text(-0.032), points_text(0.0001)
        ('-3.2', '0.0')
    """
    if share is None:
        return "-"
    text = f"{100 * share:+.1f}"
    return text if float(text) else "0.0"


def share_text(counts: Counts) -> str:
    """Write k of n as a share.

    Example:
        >>> share_text((1, 3)), share_text((0, 0))
        ('33.3%', '-')
    """
    k, n = counts
    return f"{k / n:.1%}" if n else "-"


def p_text(p: float | None) -> str:
    """Write a p-value.

    Example:
        >>> p_text(0.0361), p_text(1e-9), p_text(None)
        ('0.036', '< 0.001', '-')
    """
    if p is None:
        return "-"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def field_text(name: str) -> str:
    """Return what people call a field.

    Example:
        >>> field_text("custom.Country"), field_text("priority")
        ('Country', 'priority')
    """
    return name.removeprefix("custom.")


def group_text(each: GroupChange) -> str:
    """Return what people call a group: its field and its value."""
    return f"{field_text(each.field)} {each.group}"


def narrower(change: KpiChange) -> Sequence[GroupChange]:
    """Return the groups that got worse and are not nearly all tickets, real ones first."""
    if change.counts is None:
        return ()
    sizes = [n for _, n in change.counts]
    intervals = [
        each
        for each in change.groups
        if each.tickets > 0
        and not all(
            n > NEARLY_ALL * size
            for (_, n), size in zip((each.before, each.after), sizes, strict=True)
        )
    ]
    return sorted(intervals, key=lambda each: not each.worse)[:GROUPS_SHOWN]


TOPICS_SHOWN = 12
ORDER = ("worse", "better", "different", "undecided")


def all_of(comparison: PeriodComparison) -> Iterator[TextTable]:
    """Yield what changed between two periods as tables, groups first."""
    yield from (groups(comparison), mixes(comparison), changes(comparison), topics(comparison))


def changes(comparison: PeriodComparison) -> TextTable:
    """Return every figure of both periods, and what to think of its change: real ones first."""
    return TextTable(
        title="Every figure, earlier and later",
        columns=("Figure:", "Earlier", "Later", "Change", "95% interval", "p", "Verdict:"),
        rows=tuple(
            (
                english(change.asked.title),
                value_text(change.before),
                value_text(change.after),
                difference_text(change),
                interval_text(change),
                p_text(change.p_adjusted),
                _verdict(change),
            )
            for change in sorted(comparison.changes, key=lambda each: ORDER.index(each.verdict))
        ),
        below=f"Times: the median, in {_clock(comparison)}. pt: percentage points. p is adjusted "
        f"for\nall figures (Benjamini-Hochberg); at most {REAL} is called real. "
        "The interval is that\n"
        "of the figure alone, so it may leave out 0 where the verdict is chance.",
    )


def _clock(comparison: PeriodComparison) -> str:
    clocks = {
        each.before.clock for each in comparison.changes if isinstance(each.before, Distribution)
    }
    return "opening hours" if "business" in clocks else "calendar time"


def _verdict(change: KpiChange) -> str:
    if change.verdict != "undecided":
        return f"really {change.verdict}"
    leaning = f", leans {change.leans}" if change.leans in {"worse", "better"} else ""
    return f"may be chance{leaning}"


def groups(comparison: PeriodComparison) -> TextTable:
    """Return in which groups a figure got worse, for each that did."""
    return TextTable(
        title="For whom",
        columns=("Figure:", "Tickets of:", "Earlier", "Later", "Worse by", "p"),
        rows=tuple(
            (
                english(change.asked.title),
                group_text(each),
                f"{share_text(each.before)} of {each.before[1]:,}",
                f"{share_text(each.after)} of {each.after[1]:,}",
                f"{each.tickets:+,.0f}",
                p_text(each.p_adjusted),
            )
            for change in comparison.worse
            for each in narrower(change)
        ),
        below="Of times: the share slower than the median of the earlier period. Worse by: how\n"
        "many more tickets went the worse way than at the group's earlier share. These do not\n"
        "add up to the whole: fields overlap, and other groups got better. A ticket counts where\n"
        "it ended: a group is the one that held it last. Groups with over 90% of the tickets are\n"
        "left out. p: adjusted for all groups; - where a period has fewer than ten.",
    )


def mixes(comparison: PeriodComparison) -> TextTable:
    """Return how much of each real change is mix and how much is rates."""
    return TextTable(
        title="Mix or rates",
        columns=("Figure:", "Split by:", "Change", "Rates", "Mix"),
        rows=tuple(
            (
                english(change.asked.title),
                field_text(split.field),
                points_text(split.parts.change),
                points_text(split.parts.rate),
                points_text(split.parts.mix),
            )
            for change in comparison.changes
            if change.real
            for split in change.splits
        ),
        below="Percentage points of the share (of times: of the share slower than the earlier\n"
        "median). Rates: inside the groups. Mix: because groups have other sizes now. Both add\n"
        "up to the change, but for rounding.",
    )


def topics(comparison: PeriodComparison) -> TextTable:
    """Return what was asked about: what is new or really grew first, then the most frequent."""
    known = () if comparison.topics is None else comparison.topics.topics
    moves = {topic.name: _moved(topic.change.value, topic.p_adjusted) for topic in known}
    order = sorted(known, key=lambda topic: not (topic.new or moves[topic.name] > 0))
    return TextTable(
        title="What is asked about",
        columns=("Topic:", "Tickets", "Share", "Change", "p", "Verdict:"),
        rows=tuple(
            (
                topic.name,
                f"{topic.share.numerator:,}",
                value_text(topic.share),
                f"{points_text(topic.change.value)} pt",
                p_text(topic.p_adjusted),
                "new" if topic.new else ("", "really more", "really less")[moves[topic.name]],
            )
            for topic in order[:TOPICS_SHOWN]
        ),
        below="In the later period, of tickets with a known topic. Change: of the share, against\n"
        "the earlier period; p: adjusted for all topics. New: ten tickets or more, none before.",
    )


def _moved(change: float | None, p_adjusted: float | None) -> int:
    """Return which way a topic really went: 1, -1, or 0 where chance may explain it."""
    if change is None or p_adjusted is None or p_adjusted > REAL:
        return 0
    return (change > 0) - (change < 0)
