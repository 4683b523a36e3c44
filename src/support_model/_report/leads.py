"""What got worse, in sentences: the summary of a comparison, and what to look at first.

A lead is one paragraph a manager can act on: what changed and by how much, which other figures
are the same event, why it is believed, whose tickets they are, whether only the mix moved, since
when, and which tickets to read. Figures that worsened on mostly the same tickets are one lead.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support_model._frozen import frozen
from support_model._report.caveats import hours_text
from support_model._report.changes import REAL
from support_model._report.comparison_tables import (
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
from support_model._report.spans import period_name, period_text
from support_model._report.wording import english
from support_model.figures import Distribution, Share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support_model._report.changes import GroupChange, KpiChange, PeriodComparison, Split


SAME = 0.6
"""Figures that agree so much beyond chance (Cohen's kappa) on who suffers are one event."""
SAFE = 0.01
"""A share of missing tickets that leaves two periods comparable."""
GROUPS_NAMED, BETTER_NAMED, TICKETS_NAMED = 3, 3, 4
MOSTLY, PARTLY = 0.5, 0.1
"""Shares of a change from which mix is named as its cause."""


@frozen(kw_only=True)
class Lead:
    """Something that got worse, in sentences.

    Attributes:
        figure: what the figure is called.
        turn: which way it went.
        what: from what to what, and how many tickets that is.
        also: which other figures are the same event; empty if none.
        real: why it is believed.
        whom: in which groups.
        mix: whether it is another mix of tickets.
        past: whether the earlier period was a usual one; empty where it is not known.
        since: from which week on.
        read: a few of the tickets; empty where none can be named.
    """

    figure: str
    turn: str
    what: str
    also: str
    real: str
    past: str
    whom: str
    mix: str
    since: str
    read: str

    @property
    def title(self) -> str:
        """The figure, and which way it went."""
        return f"{self.figure}: {self.turn}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of it but the title, in the order to read it."""
        real = self.also, self.real, self.past
        return tuple(filter(None, (self.what, *real, self.whom, self.mix, self.since, self.read)))


def headline(comparison: PeriodComparison) -> Iterator[str]:
    """Yield what came of the comparison, the answer first, and what was compared."""
    events = _events(comparison)
    yield _answer(comparison, events)
    yield (
        f"{period_text(comparison.before)} ({comparison.created[0]:,} tickets created) against "
        f"{period_text(comparison.after)} ({comparison.created[1]:,}). Each period is seen "
        f"{_days(comparison.follow)} after its end."
    )
    yield _verdict(comparison, events)
    if comparison.better:
        named = [
            f"{english(each.asked.title)} ({value_text(each.before)} to {value_text(each.after)})"
            for each in comparison.better[:BETTER_NAMED]
        ]
        more = len(comparison.better) - len(named)
        yield f"Better: {'; '.join(named)}{f'; and {more} more' if more else ''}."
    doubtful = len(comparison.doubtful)
    if doubtful:
        lean = "leans" if doubtful == 1 else "lean"
        yield f"{doubtful} more {lean} to the worse side, no further than chance may take them."
    else:
        yield "Nothing else leans to the worse side."
    if comparison.selected:
        yield _selected(comparison)


def _answer(comparison: PeriodComparison, events: Sequence[Sequence[KpiChange]]) -> str:
    """Return the first sentence: what got worse, most of all for whom."""
    periods = f"{period_name(comparison.after)} against {period_name(comparison.before)}"
    if not events:
        return f"{periods}: nothing really got worse."
    first, *rest = (_plain(head) for head, *_ in events)
    more = f" Also: {'; '.join(rest)}." if rest else ""
    return f"{periods}: {first}{_mostly(events[0][0])}.{more}"


def _plain(change: KpiChange) -> str:
    said = change.asked.worsened or f"{english(change.asked.title)}, {_turn(change)}"
    median = "median " if isinstance(change.before, Distribution) else ""
    return f"{said} ({median}{value_text(change.after)} instead of {value_text(change.before)})"


def _mostly(change: KpiChange) -> str:
    named = [group_text(each) for each in narrower(change) if each.worse][:GROUPS_NAMED]
    if not named:
        return ""
    *others, last = named
    return f", most of all those of {', '.join(others)}{' and ' if others else ''}{last}"


def _verdict(comparison: PeriodComparison, events: Sequence[Sequence[KpiChange]]) -> str:
    tested = sum(change.p_adjusted is not None for change in comparison.changes)
    worse, better = len(comparison.worse), len(comparison.better)
    text = (
        f"Of {tested} figures tested, {worse} really got worse and {better} really got better. "
        f"Really: with all {tested} looks counted, chance is expected to explain at most "
        f"{REAL:.0%} of what is called so."
    )
    if worse > len(events):
        event = "one event" if len(events) == 1 else f"{len(events)} events"
        text += (
            f" The {worse} that got worse are {event}: several figures of mostly the same tickets."
        )
    elif worse + better > 1:
        text += " Figures overlap: one cause may show in several of them."
    return text


def _selected(comparison: PeriodComparison) -> str:
    text = (
        "Hardly a ticket of this log is open at its end: it was probably selected by completion."
    )
    if comparison.outlasting is None:
        return f"{text} Long tickets may be missing from the later period."
    longer = (
        f"{comparison.outlasting:.1%} of the earlier period's tickets took longer to close than "
        "the time for which both periods are followed"
    )
    if comparison.outlasting <= SAFE:
        return f"{text} That hardly touches these two periods: {longer}."
    return f"{text} Careful: {longer}; as many may be missing from the later period."


def _days(amount: timedelta) -> str:
    if amount < timedelta(days=2):
        return "right" if not amount else hours_text(amount)
    return f"{amount // timedelta(days=1)} days"


def _events(comparison: PeriodComparison) -> list[list[KpiChange]]:
    """Return what really got worse, figures of mostly the same tickets together."""
    events: list[list[KpiChange]] = []
    for change in comparison.worse:
        for event in events:
            if _same(event[0], change, comparison.created[1]):
                event.append(change)
                break
        else:
            events.append([change])
    return events


def _same(one: KpiChange, other: KpiChange, total: int) -> bool:
    """Return whether two figures worsened on mostly the same of the later period's tickets."""
    first, last = ({fact.ticket_id for fact in each.affected} for each in (one, other))
    a, b, both = len(first), len(last), len(first & last)
    agreed = total * (total - a - b + 2 * both)
    chance = a * b + (total - a) * (total - b)
    return agreed - chance >= SAME * (total * total - chance) > 0


def leads(comparison: PeriodComparison) -> tuple[Lead, ...]:
    """Return what really got worse, in the order to look at it."""
    looks = sum(change.p_adjusted is not None for change in comparison.changes)
    return tuple(
        Lead(
            figure=english(change.asked.title),
            turn=_turn(change),
            what=_what(change),
            also=_also(others),
            real=f"Real: {_p(change)}, adjusted for all figures tested ({looks}).",
            past=_past(change),
            whom=_whom(change),
            mix=_mix(change),
            since=_since(change),
            read=_read(change),
        )
        for change, *others in _events(comparison)
    )


def _turn(change: KpiChange) -> str:
    """Return which way a figure went, in a word or two."""
    up = (change.difference.value or 0.0) > 0
    if isinstance(change.before, Distribution):
        return "longer" if up else "shorter"
    if isinstance(change.before, Share):
        return "more often" if up else "less often"
    return "more" if up else "less"


def _what(change: KpiChange) -> str:
    text = (
        f"{_of(change)}{value_text(change.before)} before, {value_text(change.after)} after "
        f"({difference_text(change)}; 95% interval {interval_text(change)})."
    ).replace(" pt", " points")
    if change.tickets is None:
        return text
    count = f"{round(change.tickets):,}"
    if isinstance(change.before, Distribution):
        slow = hours_text(change.before.quantile(0.5))
        return f"{text} About {count} more tickets took over {slow} than at the earlier share."
    side = "more" if change.asked.worse == "higher" else "fewer"
    return f"{text} That is about {count} tickets {side} than at the earlier share."


def _also(others: Sequence[KpiChange]) -> str:
    if not others:
        return ""
    named = [
        f"{english(each.asked.title)} ({_of(each).lower()}{value_text(each.before)} to "
        f"{value_text(each.after)}, {_p(each)})"
        for each in others
    ]
    return f"Mostly the same tickets, so the same event: {'; '.join(named)}."


def _p(change: KpiChange) -> str:
    text = p_text(change.p_adjusted)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def _of(change: KpiChange) -> str:
    return "Median " if isinstance(change.before, Distribution) else ""


def _whom(change: KpiChange) -> str:
    if change.counts is None:
        return "For whom: groups are compared by shares and times, not for means."
    if not change.splits:
        return "For whom: the log names no groups to tell apart."
    named = _named(change)
    if not named:
        by = ", ".join(field_text(split.field) for split in change.splits)
        return f"For whom: nothing stands out by {by}; it is spread over all tickets."
    texts = [
        f"{group_text(each)} ({share_text(each.before)} to {share_text(each.after)}, about "
        f"{round(each.tickets):,} tickets)"
        for each in named
    ]
    slow = ""
    if isinstance(change.before, Distribution):
        slow = f", by the share slower than {hours_text(change.before.quantile(0.5))}"
    return f"For whom{slow}: {'; '.join(texts)}.{_sum(change, named)}"


def _named(change: KpiChange) -> list[GroupChange]:
    return [each for each in narrower(change) if each.worse][:GROUPS_NAMED]


def _sum(change: KpiChange, named: Sequence[GroupChange]) -> str:
    """Return why the numbers of some groups are not that of the whole, where one may wonder."""
    if len({each.field for each in named}) > 1:
        return " One ticket may be in several of these."
    if round(sum(each.tickets for each in named)) > round(change.tickets or 0.0):
        return " More than in all, because other groups got better."
    return ""


def _mix(change: KpiChange) -> str:
    split = _most_mixed(change)
    if split is None or split.parts.mix is None or not split.parts.change:
        return "Mix or rates: cannot be determined."
    part = split.parts.mix / split.parts.change
    points = f"{points_text(split.parts.mix)} of {points_text(split.parts.change)} points"
    mix = f"the mix of tickets by {field_text(split.field)}"
    if part <= -PARTLY:
        return f"Not the mix: {mix} pulls the other way ({points})."
    verdict = "Mostly" if part >= MOSTLY else "Partly" if part >= PARTLY else "Not the"
    return f"{verdict} mix: {mix} accounts for {points}."


def _most_mixed(change: KpiChange) -> Split | None:
    return max(change.splits, key=lambda split: abs(split.parts.mix or 0.0), default=None)


def _since(change: KpiChange) -> str:
    weeks = change.weeks
    if weeks.baseline is None:
        return "Since when: too few weeks before the change to tell."
    inside = [
        f"in {group_text(each)} since the week of {each.since:%Y-%m-%d}"
        for each in narrower(change)[:GROUPS_NAMED]
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


def _past(change: KpiChange) -> str:
    """Return whether the earlier period was a usual one; nothing where it is not known."""
    if change.background is None:
        return ""
    before = value_text(change.background.before)
    if change.usual:
        return (
            f"But: the earlier period may simply have been a good one. In the weeks before it, it "
            f"was {before}, and the later period is not worse than that beyond chance."
        )
    return (
        f"In the weeks before the earlier period it was {before}: the later period is worse than "
        "that too."
    )


def _read(change: KpiChange) -> str:
    """Return a few tickets to open: of the first group named, from the week that shows it."""
    named = _named(change)
    affected, since, of = list(change.affected), change.weeks.since, ""
    if named:
        group = named[0]
        affected, since = [fact for fact in affected if group.holds(fact)], group.since
        of = f" of {group_text(group)}"
    late = [fact for fact in affected if since is not None and fact.created >= since]
    some = ", ".join(fact.ticket_id for fact in (late or affected)[:TICKETS_NAMED])
    return f"Read a few of the tickets{of}: {some}." if some else ""
