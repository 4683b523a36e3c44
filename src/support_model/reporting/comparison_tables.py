"""A comparison of two periods in words and tables: what got worse, and what to look at first.

A lead is one paragraph a manager can act on: what changed and by how much, why it is believed,
whose tickets they are, whether only the mix moved, and since when.

Before this: `support_model.reporting.comparison`. Next: `support_model.reporting.page`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from attrs import frozen

from support_model.figures import Distribution, Share
from support_model.reporting.caveats import hours_text
from support_model.reporting.comparison import REAL
from support_model.reporting.spans import period_text
from support_model.reporting.tables import rate_text
from support_model.reporting.text_tables import TextTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model.figures import Figure
    from support_model.kpis.topics import Topic
    from support_model.reporting.comparison import (
        Change,
        Counts,
        GroupChange,
        PeriodComparison,
        Split,
    )

__all__ = ["Lead", "changes", "groups", "headline", "leads", "mixes", "topics"]

NEARLY_ALL = 0.9
"""A group with more of the tickets than this is no narrower answer than all of them."""
GROUPS_NAMED, GROUPS_SHOWN, TOPICS_SHOWN = 3, 5, 12
MOSTLY, PARTLY = 0.5, 0.1
"""Shares of a change from which mix is named as its cause."""
HOUR = timedelta(hours=1)


@frozen(kw_only=True)
class Lead:
    """Something that got worse, in sentences.

    Attributes:
        title: the figure, and which way it went.
        what: from what to what, and how many tickets that is.
        real: why it is believed.
        whom: in which groups.
        mix: whether it is another mix of tickets.
        since: from which week on.
    """

    title: str
    what: str
    real: str
    whom: str
    mix: str
    since: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it but the title, in the order to read it."""
        return self.what, self.real, self.whom, self.mix, self.since


def headline(found: PeriodComparison) -> tuple[str, ...]:
    """Return what was compared and what came of it, in a few sentences."""
    tested = sum(change.p_adjusted is not None for change in found.changes)
    worse, better, doubtful = len(found.worse), len(found.better), len(found.doubtful)
    periods = (
        f"{period_text(found.before)} ({found.created[0]:,} tickets created) against "
        f"{period_text(found.after)} ({found.created[1]:,}). Each period is seen "
        f"{_days(found.follow)} after its end."
    )
    verdict = (
        f"Of {tested} figures tested, {worse} really got worse and {better} really got better. "
        f"Really: with all {tested} looks counted, luck is expected to explain at most "
        f"{REAL:.0%} of what is called so."
    )
    rest = (
        f"{doubtful} more lean to the worse side, no further than luck may take them."
        if doubtful
        else "Nothing else leans to the worse side."
    )
    if worse + better > 1:
        verdict += " Figures overlap: one cause may show in several of them."
    if not found.selected:
        return periods, verdict, rest
    careful = (
        "Careful: hardly a ticket of this log is open at its end, so it was probably selected by "
        "completion, and long tickets may be missing from the later period."
    )
    return periods, verdict, rest, careful


def _days(amount: timedelta) -> str:
    if amount < timedelta(days=2):
        return "right" if not amount else hours_text(amount)
    return f"{amount // timedelta(days=1)} days"


def leads(found: PeriodComparison) -> tuple[Lead, ...]:
    """Return what really got worse, in the order to look at it."""
    looks = sum(change.p_adjusted is not None for change in found.changes)
    return tuple(
        Lead(
            title=f"{change.asked.title}: {_turn(change)}",
            what=_what(change),
            real=f"Real: {_p_text(change)}, adjusted for all figures tested ({looks}).",
            whom=_whom(change),
            mix=_mix(change),
            since=_since(change),
        )
        for change in found.worse
    )


def _turn(change: Change) -> str:
    """Return which way a figure went, in a word or two."""
    up = (change.difference.value or 0.0) > 0
    if isinstance(change.before, Distribution):
        return "longer" if up else "shorter"
    if isinstance(change.before, Share):
        return "more often" if up else "less often"
    return "more" if up else "less"


def _what(change: Change) -> str:
    text = (
        f"{_of(change)}{value_text(change.before)} before, {value_text(change.after)} after "
        f"({difference_text(change)}; 95% interval {interval_text(change)})."
    ).replace(" pt", " points")
    if change.tickets is None:
        return text
    count = f"about {round(change.tickets):,}"
    if isinstance(change.before, Distribution):
        slow = hours_text(change.before.quantile(0.5))
        return f"{text} At the earlier share {count} fewer tickets would have taken over {slow}."
    if change.asked.worse == "higher":
        return f"{text} At the earlier share it would have been {count} tickets fewer."
    return f"{text} At the earlier share it would have been {count} tickets more."


def _p_text(change: Change) -> str:
    text = _p(change.p_adjusted)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _of(change: Change) -> str:
    return "Median " if isinstance(change.before, Distribution) else ""


def _whom(change: Change) -> str:
    if change.counts is None:
        return "For whom: groups are told apart for shares and times, not for means."
    if not change.splits:
        return "For whom: the log names no groups to tell apart."
    named = [each for each in _narrower(change) if each.worse][:GROUPS_NAMED]
    if not named:
        return "For whom: no group stands out; it is spread over all of them."
    texts = [
        f"{_named(each)} ({_share(each.before)} to {_share(each.after)}, about "
        f"{round(each.tickets):,} tickets)"
        for each in named
    ]
    slow = ""
    if isinstance(change.before, Distribution):
        slow = f", by the share slower than {hours_text(change.before.quantile(0.5))}"
    return f"For whom{slow}: {'; '.join(texts)}."


def _mix(change: Change) -> str:
    split = _most_mixed(change)
    if split is None or split.parts.mix is None or not split.parts.change:
        return "Mix or rates: cannot be told."
    part = split.parts.mix / split.parts.change
    points = f"{_points(split.parts.mix)} of {_points(split.parts.change)} points"
    mix = f"the mix of tickets by {_word(split.field)}"
    if part <= -PARTLY:
        return f"Not the mix: {mix} pulls the other way ({points})."
    verdict = "Mostly" if part >= MOSTLY else "Partly" if part >= PARTLY else "Not the"
    return f"{verdict} mix: {mix} accounts for {points}."


def _most_mixed(change: Change) -> Split | None:
    return max(change.splits, key=lambda split: abs(split.parts.mix or 0.0), default=None)


def _since(change: Change) -> str:
    weeks = change.weeks
    if weeks.baseline is None:
        return "Since when: too few weeks before the change to tell."
    inside = [
        f"in {_named(each)} since the week of {each.since:%Y-%m-%d}"
        for each in _narrower(change)[:GROUPS_NAMED]
        if each.since not in {None, weeks.since}
    ]
    if weeks.since is not None:
        more = f"; {'; '.join(inside)}" if inside else ""
        return f"Since the week of {weeks.since:%Y-%m-%d}{more}."
    if inside:
        return f"Since when: no week stands out overall, but {'; '.join(inside)}."
    return (
        "Since when: no single week stands out from the weeks before; only the whole period does."
    )


def changes(found: PeriodComparison) -> TextTable:
    """Return every figure of both periods, and what is to be thought of the change."""
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
                _p(change.p_adjusted),
                _verdict(change),
            )
            for change in found.changes
        ),
        below=f"Times: the median. p: adjusted for all figures (Benjamini-Hochberg); at most "
        f"{REAL} is called real.\npt: percentage points.",
    )


def _verdict(change: Change) -> str:
    if change.verdict != "undecided":
        return f"really {change.verdict}"
    leaning = f", leans {change.leans}" if change.leans in {"worse", "better"} else ""
    return f"may be luck{leaning}"


def groups(found: PeriodComparison) -> TextTable:
    """Return in which groups a figure got worse, for each that did."""
    return TextTable(
        title="For whom",
        columns=("Figure:", "Group:", "Earlier", "Later", "Tickets", "p"),
        rows=tuple(
            (
                change.asked.title,
                _named(each),
                f"{_share(each.before)} of {each.before[1]:,}",
                f"{_share(each.after)} of {each.after[1]:,}",
                f"{each.tickets:+,.0f}",
                _p(each.p_adjusted),
            )
            for change in found.worse
            for each in _narrower(change)
        ),
        below="Of times: the share slower than the median of the earlier period. Tickets: how\n"
        "many more went the worse way than at the group's earlier share. p: adjusted for all\n"
        "groups; - where a period has fewer than ten.",
    )


def _narrower(change: Change) -> Sequence[GroupChange]:
    """Return the groups that got worse and are not nearly all tickets, real ones first."""
    if change.counts is None:
        return ()
    most = NEARLY_ALL * change.counts[1][1]
    found = [each for each in change.groups if each.tickets > 0 and each.after[1] < most]
    return sorted(found, key=lambda each: not each.worse)[:GROUPS_SHOWN]


def mixes(found: PeriodComparison) -> TextTable:
    """Return how much of each real change is mix and how much is rates."""
    return TextTable(
        title="Mix or rates",
        columns=("Figure:", "Groups by:", "Change", "Rates", "Mix"),
        rows=tuple(
            (
                change.asked.title,
                _word(split.field),
                _points(split.parts.change),
                _points(split.parts.rate),
                _points(split.parts.mix),
            )
            for change in found.changes
            if change.real
            for split in change.splits
        ),
        below="Percentage points of the share (of times: of the share slower than the earlier\n"
        "median). Rates: inside the groups. Mix: because groups have other sizes now. Both add\n"
        "up to the change.",
    )


def topics(found: PeriodComparison) -> TextTable:
    """Return what was asked about: what is new or really grew first, then the most frequent."""
    known = () if found.topics is None else found.topics.topics
    order = sorted(known, key=lambda topic: not (topic.new or _grew(topic)))
    return TextTable(
        title="What is asked about",
        columns=("Topic:", "Tickets", "Share", "Change", "p", "Verdict:"),
        rows=tuple(
            (
                topic.name,
                f"{topic.share.numerator:,}",
                value_text(topic.share),
                f"{_points(topic.change.value)} pt",
                _p(topic.p_adjusted),
                "new" if topic.new else "really more" if _grew(topic) else "",
            )
            for topic in order[:TOPICS_SHOWN]
        ),
        below="In the later period, of tickets with a known topic. Change: of the share, against\n"
        "the earlier period; p: adjusted for all topics. New: ten tickets or more, none before.",
    )


def _grew(topic: Topic) -> bool:
    grown = (topic.change.value or 0.0) > 0
    return grown and topic.p_adjusted is not None and topic.p_adjusted <= REAL


def value_text(figure: Figure) -> str:
    """Write a figure's value: a median, a share or a rate."""
    if isinstance(figure, Distribution):
        return hours_text(figure.quantile(0.5))
    if isinstance(figure, Share):
        return "-" if figure.value is None else f"{figure.value:.1%}"
    return rate_text(figure.value)


def difference_text(change: Change) -> str:
    """Write a change with its sign and unit."""
    return _signed(change, change.difference.value)


def interval_text(change: Change) -> str:
    """Write the interval of a change."""
    if change.difference.interval is None:
        return "-"
    low, high = change.difference.interval
    return f"{_signed(change, low)} to {_signed(change, high)}"


def _signed(change: Change, value: float | None) -> str:
    if value is None:
        return "-"
    if isinstance(change.before, Share):
        return f"{_points(value)} pt"
    if isinstance(change.before, Distribution):
        text = hours_text(abs(value) * HOUR)
        return text if text == "0" else f"{'-' if value < 0 else '+'}{text}"
    text = rate_text(abs(value))
    return text if not float(text) else f"{'-' if value < 0 else '+'}{text}"


def _points(share: float | None) -> str:
    if share is None:
        return "-"
    text = f"{100 * share:+.1f}"
    return text if float(text) else "0.0"


def _named(each: GroupChange) -> str:
    return f"{_word(each.field)} {each.group}"


def _word(field: str) -> str:
    return field.removeprefix("custom.")


def _share(counts: Counts) -> str:
    k, n = counts
    return f"{k / n:.1%}" if n else "-"


def _p(p: float | None) -> str:
    if p is None:
        return "-"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
