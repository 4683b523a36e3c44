"""A comparison of two periods in tables: every figure, for whom, mix or rates, what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._report.change_text import (
    difference_text,
    field_text,
    group_text,
    interval_text,
    narrower,
    p_text,
    points_text,
    share_text,
    value_text,
)
from support_model._report.changes import REAL
from support_model._tables import TextTable
from support_model.figures import Distribution

if TYPE_CHECKING:
    from support_model._report.changes import Change, PeriodComparison
    from support_model.kpi import Topic


TOPICS_SHOWN = 12
ORDER = ("worse", "better", "different", "undecided")


def changes(found: PeriodComparison) -> TextTable:
    """Return every figure of both periods, and what to think of its change: real ones first."""
    return TextTable(
        title="Every figure, earlier and later",
        columns=("Figure:", "Earlier", "Later", "Change", "95% interval", "p", "Verdict:"),
        rows=tuple(
            (
                change.asked.title,
                value_text(change.before),
                value_text(change.after),
                difference_text(change),
                interval_text(change),
                p_text(change.p_adjusted),
                _verdict(change),
            )
            for change in sorted(found.changes, key=lambda each: ORDER.index(each.verdict))
        ),
        below=f"Times: the median, in {_clock(found)}. pt: percentage points. p is adjusted for\n"
        f"all figures (Benjamini-Hochberg); at most {REAL} is called real. The interval is that\n"
        "of the figure alone, so it may leave out 0 where the verdict is chance.",
    )


def _clock(found: PeriodComparison) -> str:
    clocks = {each.before.clock for each in found.changes if isinstance(each.before, Distribution)}
    return "opening hours" if "business" in clocks else "calendar time"


def _verdict(change: Change) -> str:
    if change.verdict != "undecided":
        return f"really {change.verdict}"
    leaning = f", leans {change.leans}" if change.leans in {"worse", "better"} else ""
    return f"may be chance{leaning}"


def groups(found: PeriodComparison) -> TextTable:
    """Return in which groups a figure got worse, for each that did."""
    return TextTable(
        title="For whom",
        columns=("Figure:", "Tickets of:", "Earlier", "Later", "Worse by", "p"),
        rows=tuple(
            (
                change.asked.title,
                group_text(each),
                f"{share_text(each.before)} of {each.before[1]:,}",
                f"{share_text(each.after)} of {each.after[1]:,}",
                f"{each.tickets:+,.0f}",
                p_text(each.p_adjusted),
            )
            for change in found.worse
            for each in narrower(change)
        ),
        below="Of times: the share slower than the median of the earlier period. Worse by: how\n"
        "many more tickets went the worse way than at the group's earlier share. These do not\n"
        "add up to the whole: fields overlap, and other groups got better. A ticket counts where\n"
        "it ended: a group is the one that held it last. Groups with over 90% of the tickets are\n"
        "left out. p: adjusted for all groups; - where a period has fewer than ten.",
    )


def mixes(found: PeriodComparison) -> TextTable:
    """Return how much of each real change is mix and how much is rates."""
    return TextTable(
        title="Mix or rates",
        columns=("Figure:", "Split by:", "Change", "Rates", "Mix"),
        rows=tuple(
            (
                change.asked.title,
                field_text(split.field),
                points_text(split.parts.change),
                points_text(split.parts.rate),
                points_text(split.parts.mix),
            )
            for change in found.changes
            if change.real
            for split in change.splits
        ),
        below="Percentage points of the share (of times: of the share slower than the earlier\n"
        "median). Rates: inside the groups. Mix: because groups have other sizes now. Both add\n"
        "up to the change, but for rounding.",
    )


def topics(found: PeriodComparison) -> TextTable:
    """Return what was asked about: what is new or really grew first, then the most frequent."""
    known = () if found.topics is None else found.topics.topics
    order = sorted(known, key=lambda topic: not (topic.new or _moved(topic) > 0))
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
                "new" if topic.new else ("", "really more", "really less")[_moved(topic)],
            )
            for topic in order[:TOPICS_SHOWN]
        ),
        below="In the later period, of tickets with a known topic. Change: of the share, against\n"
        "the earlier period; p: adjusted for all topics. New: ten tickets or more, none before.",
    )


def _moved(topic: Topic) -> int:
    """Return which way a topic really went: 1, -1, or 0 where chance may explain it."""
    if topic.p_adjusted is None or topic.p_adjusted > REAL:
        return 0
    change = topic.change.value or 0.0
    return (change > 0) - (change < 0)
