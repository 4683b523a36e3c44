"""What changed, in sentences: the answer first, then each change with its start and its proof."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._report.blocks import Bounds, Item, Section, says
from support_model._report.period_figures import week_values
from support_model._report.period_names import period_said
from support_model._report.wording import has_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._report.blocks import Said, Verdict
    from support_model._report.report import Report
    from support_model.changes import Change, Changes, Episode, Level, MixShift

NAMED = 3
"""Changes that the first sentence names."""
EXAMPLES = 4
SIDES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"worse": ("worse",), "better": ("better",), "came": ("more", "fewer", "different")}
)
"""The verdicts of each of the first sentences."""


def sections(report: Report) -> Iterator[Section]:
    """Yield what changed."""
    if report.changes is None:
        lines = (says("changes_too_short"),)
        yield Section(key="changes", title=says("changes_title"), lines=lines)
    else:
        yield told(report.changes, report)


def told(changes: Changes, report: Report) -> Section:
    """Return what changed in a log, as a section of its report."""
    return Section(
        key="changes",
        title=says("changes_title"),
        lines=(*_answers(changes, report), *_besides(changes)),
        items=tuple(_item(each, changes, report) for each in changes.items),
        notes=(says("changes_control", looks=changes.looks, level=changes.level),),
    )


def _answers(changes: Changes, report: Report) -> Iterator[Said]:
    """Yield the first sentences: what got worse in the later period, what better, what came."""
    recent = [each for each in changes.items if each.recent]
    standing = [each for each in changes.items if not each.recent]
    worse, *others = (
        (side, [each for each in recent if each.verdict in verdicts])
        for side, verdicts in SIDES.items()
    )
    answer = says("changes_none_worse" if recent else "changes_nothing")
    if worse[1]:
        answer = says("changes_worse", items=_listed(worse[1], report))
    periods = {"before": period_said(changes.before), "after": period_said(changes.after)}
    yield says("changes_periods", answer=answer, **periods)
    for side, items in (*others, ("standing", standing)):
        if items:
            yield says(f"changes_{side}", items=_listed(items, report))


def _listed(items: Sequence[Change], report: Report) -> tuple[Said, ...]:
    told = [
        says("changes_item", what=what(each), where=where_said(each), levels=levels(each, report))
        if each.where
        else says("changes_item_all", what=what(each), levels=levels(each, report))
        for each in items[:NAMED]
    ]
    rest = len(items) - len(told)
    return (*told, *([says("changes_and_more", n=rest)] if rest else []))


def _besides(changes: Changes) -> Iterator[Said]:
    """Yield what is neither worse nor better: shifts of mix, and weeks that are over."""
    if changes.mixes:
        yield says("changes_mix", shifts=tuple(map(_shift, changes.mixes)))
    if changes.episodes:
        yield says("changes_episodes", weeks=tuple(map(_episode, changes.episodes)))


def _shift(shift: MixShift) -> Said:
    return says(
        "changes_mix_part",
        field=field_said(shift.field),
        value=value_said(shift.field, shift.value),
        before=shift.before,
        after=shift.after,
        since=shift.since,
    )


def _episode(episode: Episode) -> Said:
    side = "more" if episode.ratio > 1 else "fewer"
    return says(
        "changes_episode",
        start=episode.week,
        what=_measure(episode.measure, side),
        where=group_said(episode.where),
        ratio=episode.ratio,
    )


def what(change: Change) -> Said:
    """Return what happened, without the group."""
    return _measure(change.measure, "more" if change.ratio > 1 else "fewer")


def _measure(measure: str, side: str) -> Said:
    code = f"changes_{measure}_{side}"
    if has_word(code):
        return says(code)
    return says(f"changes_other_{side}", measure=measure.replace("_", " "))


def where_said(change: Change) -> Said | tuple[Said, ...]:
    """Return the group of a change in words."""
    return group_said(change.where)


def group_said(where: Iterable[tuple[str, str]]) -> Said | tuple[Said, ...]:
    """Return a group in words."""
    parts = tuple(
        says("changes_where_status", value=value)
        if field == "status"
        else says("changes_where", field=field_said(field), value=value_said(field, value))
        for field, value in where
    )
    return parts or says("changes_everyone")


def field_said(field: str) -> Said | str:
    """Return what a field is called."""
    code = f"field_{field}"
    return says(code) if has_word(code) else field


def value_said(field: str, value: str) -> Said | str:
    """Return a value of a field in words, which only derived ones have."""
    code = f"{field}_{value}"
    return says(code) if field == "hours" and has_word(code) else value


def levels(change: Change, report: Report) -> Said:
    """Return from what to what a change went."""
    sides = (_level(change, each, report) for each in (change.before, change.after))
    return says("changes_levels", **dict(zip(("before", "after"), sides, strict=True)))


def _level(change: Change, level: Level, report: Report) -> object:
    if change.measure == "backlog":
        return says(
            "changes_level_open", n=round(level.value) if isinstance(level.value, float) else 0
        )
    value = _value(level, report)
    if change.measure in COUNTED:
        return says("changes_level_week", n=value)
    return says("changes_share", share=value) if isinstance(value, float) else value


COUNTED = frozenset({"created", "void"})
SHARES = frozenset({"reopened", "handed_back", "escalated", "satisfied", "sla"})


def _value(level: Level, report: Report) -> object:
    """Return a level as a cell; lengths on the clock of the report."""
    value = level.value
    if value is None or isinstance(value, float | int):
        return value
    return report.clock.length(value / timedelta.resolution)


def _item(change: Change, changes: Changes, report: Report) -> Item:
    """Return a change as something to look at."""
    series, since = _series(change, changes, report)
    verdict: Verdict = change.verdict if change.verdict in {"worse", "better"} else "different"
    return Item(
        title=says("changes_item_title", what=what(change), where=where_said(change)),
        verdict=verdict,
        sentences=tuple(_sentences(change, changes, report)),
        series=series,
        since=since,
    )


def _sentences(change: Change, changes: Changes, report: Report) -> Iterator[Said]:
    yield _moved(change, report)
    yield _since(change)
    if not change.recent:
        yield says("changes_earlier", period=period_said(changes.after))
    if change.verdict == "different":
        yield says("changes_timer")
    if change.also:
        yield says(
            "changes_also", others=tuple(_also(each, change, report) for each in change.also)
        )
    yield says("changes_tickets", n=change.tickets)
    if change.examples:
        yield says("changes_examples", ids=change.examples[:EXAMPLES])
    yield says("changes_chance", p=_p(change.p_adjusted))


def _p(p: float) -> Said:
    return says("changes_p_below") if p < 0.001 else says("changes_p", p=p)


def _moved(change: Change, report: Report) -> Said:
    """Return from what to what a measure went, and how much that is among like tickets."""
    if change.measure == "backlog":
        code = "queue"
    elif change.measure in COUNTED:
        code = "week" if change.ratio > 1 else "fewer"
    elif change.measure in SHARES:
        code = "share"
    else:
        code = "time" if change.ratio > 1 else "shorter"
    return says(
        f"changes_sentence_{code}",
        before=_value(change.before, report),
        after=_value(change.after, report),
        n_before=change.before.n,
        n_after=change.after.n,
        ratio=change.ratio,
        range=Bounds(change.ratio_low, change.ratio_high),
    )


def _since(change: Change) -> Said:
    if change.since_low == change.since_high:
        return says("changes_since", since=change.since)
    bounds = {"low": change.since_low, "high": change.since_high}
    return says("changes_since_about", since=change.since, **bounds)


def _also(other: Change, change: Change, report: Report) -> Said:
    code = "part" if other.since == change.since else "since"
    return says(
        f"changes_also_{code}",
        what=what(other),
        where=where_said(other),
        levels=levels(other, report),
        since=other.since,
    )


def _series(
    change: Change, changes: Changes, report: Report
) -> tuple[tuple[float | None, ...], int | None]:
    """Return a measure of a group by week, and the place at which it changed."""
    weeks = changes.weeks
    edges = [*(week.edges[0] for week in weeks), weeks[-1].edges[1]]
    since = next((n for n, week in enumerate(weeks) if week.start.date() >= change.since), None)
    return tuple(week_values(report, change.measure, change.where, edges)), since
