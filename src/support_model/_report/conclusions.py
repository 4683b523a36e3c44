"""What changed, in sentences: the answer first, then each change with its start and its proof."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from support_model._report.blocks import Bounds, Column, Item, OpenTime, Section, Table, says
from support_model._report.period_figures import week_values
from support_model._report.period_names import period_said
from support_model._report.wording import has_word
from support_model._time import moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from support_model._report.blocks import Cell, Said, Verdict
    from support_model._report.report import Report
    from support_model.changes import Change, Changes, Episode, Level, MixShift

EXAMPLES, MOST_NAMED, MOST_SHOWN = 4, 3, 10
TOLD: tuple[Verdict, ...] = ("worse", "better")
FOLLOWING = frozenset({"status_time", "backlog", "closing_delay", "sla"})
"""Measures that move where others do."""
VOLUMES = frozenset({"created", "mix", "void", "closing_delay"})
"""Measures of which more is neither worse nor better."""


def sections(report: Report) -> Iterator[Section]:
    """Yield what changed."""
    if report.changes is None:
        lines = (says("changes_too_short"),)
        yield Section(key="changes", title=says("changes_title"), lines=lines)
    else:
        yield from told(report.changes, report)


def told(changes: Changes, report: Report) -> Iterator[Section]:
    """Yield what changed in a log: the answer with a row for each change, then each in full."""
    yield Section(
        key="changes",
        title=says("changes_title"),
        lines=(_answer(changes), *covered(changes)),
        tables=(_table(changes, report),),
        notes=(
            *_besides(changes),
            *([] if changes.counted else [says("changes_uncounted")]),
            *([_control(changes)] if changes.looks else []),
        ),
    )
    yield Section(
        key="changes_in_full",
        title=says("changes_in_full"),
        items=tuple(_item(each, changes, report) for each in in_order(changes)),
        tables=(_mixes(changes), _episodes(changes)),
    )


def _answer(changes: Changes) -> Said:
    """Return the first sentence: how much got worse and better in the later period."""
    answer = says("changes_answer", parts=tuple(_answers(changes)))
    periods = {"before": period_said(changes.before), "after": period_said(changes.after)}
    until = known_since(changes)
    if until is None:
        return says("changes_periods", answer=answer, **periods)
    return says("changes_periods_since", answer=answer, until=until, **periods)


def _answers(changes: Changes) -> list[Said]:
    """Return how much got worse and better, moved otherwise, and stands since earlier."""
    every = in_order(changes)
    recent = [each for each in every if each.recent]
    counts: dict[str, int] = {key: sum(each.verdict == key for each in recent) for key in TOLD}
    counts |= {"other": len(recent) - sum(counts.values())}
    counts |= {"standing": len(every) - len(recent)}
    parts = [
        says(f"changes_count_{key}", n=n) if n else says(f"changes_none_{key}")
        for key, n in counts.items()
        if n or key in TOLD
    ]
    if not any(counts[key] for key in TOLD):
        told = says("changes_nothing") if is_told(changes) else says("changes_untold")
        parts[: len(TOLD)] = [told]
    return parts


def is_told(changes: Changes) -> bool:
    """Return whether anything that can get worse or better holds enough to be looked at."""
    return not VOLUMES.issuperset(changes.measures)


def known_since(changes: Changes) -> date | None:
    """Return the last day that is looked at behind the later period; None where none is."""
    known, end = changes.weeks[-1].edges[1], changes.after.edges[1]
    last = changes.weeks[-1].end
    return None if known <= end or last is None else moved(last, -timedelta.resolution).date()


def _control(changes: Changes) -> Said:
    return says("changes_control", looks=changes.looks, level=changes.level)


def _table(changes: Changes, report: Report) -> Table:
    """Return a row for each change: what is new first, worse before better."""
    items = in_order(changes)
    return Table(
        key="changes",
        title=says("changes_table"),
        columns=(
            Column(key="what", title=says("changes_column_what"), kind="word"),
            Column(key="where", title=says("changes_column_where"), kind="word"),
            Column(key="before", title=says("changes_column_before_all"), kind="word"),
            Column(key="after", title=says("changes_column_since_all"), kind="word"),
            Column(key="ratio", title=says("changes_column_like"), kind="number"),
            Column(key="since", title=says("changes_column_since"), kind="date"),
            Column(key="recent", title=says("changes_column_recent"), kind="word"),
            Column(key="tickets", title=says("changes_column_tickets")),
            Column(
                key="before_since",
                title=says("changes_column_before_since"),
                kind="date",
                shown=False,
            ),
        ),
        rows=tuple(
            (
                what(each),
                says("changes_in_words", parts=where_said(each)),
                _before(each, changes, report),
                _level(each, each.after, report),
                None if _untimed(each) else each.ratio,
                each.since,
                each.recent,
                each.tickets,
                each.before_since,
            )
            for each in items
        ),
        verdicts=tuple(each.verdict if each.verdict in TOLD else "different" for each in items),
        notes=tuple(_like_notes(items)),
        by_row=True,
    )


def covered(changes: Changes) -> Iterator[Said]:
    """Yield which weeks "before" is of, and up to when "since then" goes."""
    starts = {each.before_since for each in in_order(changes)}
    last = changes.weeks[-1].end
    if starts and last is not None:
        ends = {"first": usual_start(changes), "last": moved(last, -timedelta.resolution).date()}
        yield says("changes_covered" if len(starts) == 1 else "changes_covered_mostly", **ends)


def usual_start(changes: Changes) -> date:
    """Return the week with which the time before most changes begins, the first of several."""
    starts = Counter(each.before_since for each in in_order(changes))
    return min(starts, key=lambda start: (-starts[start], start))


def _before(change: Change, changes: Changes, report: Report) -> Cell:
    """Return the level before, with its first week where that is another than usual."""
    level = _level(change, change.before, report)
    if change.before_since == usual_start(changes):
        return level
    return says("changes_level_from", level=level, since=change.before_since)


def _untimed(change: Change) -> bool:
    """Return whether no number says how many times as much it is."""
    return change.measure == "backlog" or _new_or_gone(change)


def _like_notes(items: Sequence[Change]) -> Iterator[Said]:
    """Yield why the times as much are not the quotient of the levels beside them."""
    if not all(map(_untimed, items)):
        yield says("changes_like_note")
    if any(map(_against, items)):
        yield says("changes_against_note")


def in_order(changes: Changes) -> list[Change]:
    """Return what is new first, and of that what is worse before what is better.

    What got better or worse within an event of another verdict is told for itself, as it would
    be overlooked.
    """
    every = [*_without_turnover(changes), *_told_apart(changes)]
    return sorted(every, key=lambda each: (not each.recent, _side(each)))


def turnover(changes: Changes) -> list[Change]:
    """Return the arrivals of values that did not exist before, or exist no longer.

    They are no rise and no fall: an agent who begins gets tickets that others got before.
    """
    return [each for each in changes.items if _turned_over(each)]


def _turned_over(change: Change) -> bool:
    """Return whether a value of a field begins or ends with a change, up to a few tickets."""
    if change.measure not in COUNTED or len(change.where) != 1:
        return False
    ((field, _),) = change.where
    levels = change.before.value, change.after.value
    if field in UNENDING or not all(isinstance(level, float | int) for level in levels):
        return False
    low, high = sorted(level for level in levels if isinstance(level, float | int))
    return low < HARDLY_ANY or (field == "agent" and low < high * HARDLY_ANY)


def _without_turnover(changes: Changes) -> Iterator[Change]:
    """Yield the changes but for those of turnover; of these what else tells of the event, once.

    What is better or worse is told apart, and other agents only get what these got, or leave.
    """
    over = {field for each in turnover(changes) for field in each.where}
    kept = [each for each in changes.items if over.isdisjoint(each.where)]
    known = {_key(each) for each in kept}
    yield from kept
    for item in changes.items:
        if not over.isdisjoint(item.where):
            other = next(filter(_tells_more, item.also), None)
            if other is not None and _key(other) not in known:
                known.add(_key(other))
                yield other


def _tells_more(part: Change) -> bool:
    """Return whether a change tells more of an event than who began or left."""
    return part.verdict not in TOLD and "agent" not in dict(part.where) and not _turned_over(part)


def _told_apart(changes: Changes) -> list[Change]:
    """Return what is better or worse within events of another verdict, each once.

    What only follows from others is left within, unless nothing else went its way.
    """
    within = _within(changes)
    apart = [each for each in within if each.measure not in FOLLOWING]
    for side in TOLD:
        if all(each.verdict != side for each in (*changes.items, *apart)):
            apart += [each for each in within if each.verdict == side]
    return apart


def _within(changes: Changes) -> list[Change]:
    """Return what is better or worse within events of another verdict and nowhere else, once."""
    parts = [(item, part) for item in changes.items for part in (item, *item.also)]
    known = {_key(part) for item, part in parts if part.verdict == item.verdict}
    within = {_key(part): part for _, part in reversed(parts) if part.verdict in TOLD}
    return [part for key, part in reversed(within.items()) if key not in known]


def _key(change: Change) -> tuple[str, object]:
    """Return what changed, by the names of the measure and of the group."""
    return change.measure, change.where


def _side(change: Change) -> int:
    """Return the place of a change among others: worse, better, neither."""
    return TOLD.index(change.verdict) if change.verdict in TOLD else len(TOLD)


def _besides(changes: Changes) -> Iterator[Said]:
    """Yield what is neither worse nor better: who is new, shifts of mix, weeks that are over."""
    yield from _turnover(changes)
    if shifts := _shifts(changes):
        yield says("changes_mix", shifts=_first(map(_shift, shifts)))
    if changes.episodes:
        yield says("changes_episodes", weeks=_first(map(_episode, changes.episodes)))


def _turnover(changes: Changes) -> Iterator[Said]:
    """Yield which agents, and which other values, began and ended, each with its week."""
    found = turnover(changes)
    for code, agents in (("agents", True), ("values", False)):
        own = [each for each in found if (each.where[0][0] == "agent") is agents]
        parts = []
        for side, more in (("new", True), ("gone", False)):
            names = tuple(_turned(each) for each in own if (each.ratio > 1) is more)
            if names:
                parts.append(says(f"changes_{code}_{side}", names=names))
        if parts:
            yield says("changes_turnover", parts=tuple(parts))


def _turned(change: Change) -> Said:
    """Return a value that began or ended, with the week of it."""
    ((field, value),) = change.where
    where = value if field == "agent" else group_said(change.where)
    return says("changes_turned", where=where, since=change.since)


def _first(said: Iterable[Said]) -> tuple[Said, ...]:
    """Return the first few of some parts of a sentence, and how many more there are."""
    parts = tuple(said)
    more = len(parts) - MOST_NAMED
    return (*parts[:MOST_NAMED], *([says("changes_more", n=more)] if more > 0 else []))


def _shifts(changes: Changes) -> list[MixShift]:
    """Return the shifts of what comes, but for those of values that began or ended."""
    over = {field for each in turnover(changes) for field in each.where}
    return [each for each in changes.mixes if (each.field, each.value) not in over]


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
        "changes_episode" if episode.usual is None else "changes_episode_counted",
        start=episode.week,
        what=_measure(episode.measure, side),
        where=group_said(episode.where),
        ratio=episode.ratio,
        n=episode.n,
        usual=episode.usual,
    )


def _mixes(changes: Changes) -> Table:
    """Return the shifts of what comes, a row each."""
    return Table(
        key="changes_mixes",
        title=says("changes_mixes_table"),
        columns=(
            Column(key="field", title=says("changes_column_field"), kind="word"),
            Column(key="value", title=says("changes_column_value"), kind="word"),
            Column(key="before", title=says("changes_column_before"), kind="share"),
            Column(key="after", title=says("changes_column_after"), kind="share"),
            Column(key="since", title=says("changes_column_since"), kind="date"),
        ),
        rows=tuple(
            (
                field_said(each.field),
                value_said(each.field, each.value),
                each.before,
                each.after,
                each.since,
            )
            for each in _shifts(changes)
        ),
        shown=MOST_SHOWN,
    )


def _episodes(changes: Changes) -> Table:
    """Return the weeks that stood out and are over, a row each."""
    return Table(
        key="changes_episodes",
        title=says("changes_episodes_table"),
        columns=(
            Column(key="week", title=says("changes_column_week"), kind="date"),
            Column(key="weeks", title=says("changes_column_weeks")),
            Column(key="what", title=says("changes_column_what"), kind="word"),
            Column(key="where", title=says("changes_column_where"), kind="word"),
            Column(key="n", title=says("changes_column_came")),
            Column(key="usual", title=says("changes_column_usual"), kind="number"),
            Column(key="ratio", title=says("changes_column_ratio"), kind="number"),
        ),
        rows=tuple(
            (
                each.week,
                each.weeks,
                _measure(each.measure, "more" if each.ratio > 1 else "fewer"),
                says("changes_in_words", parts=group_said(each.where)),
                each.n,
                each.usual,
                each.ratio if each.usual is None or each.usual >= 1 else None,
            )
            for each in changes.episodes
        ),
        shown=MOST_SHOWN,
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


def _level(change: Change, level: Level, report: Report) -> Cell:
    if change.measure == "backlog":
        return says(
            "changes_level_open", n=round(level.value) if isinstance(level.value, float) else 0
        )
    value = _value(level, report)
    if value is None:
        return says("changes_level_unreached" if level.n or level.open else "changes_level_none")
    if change.measure in COUNTED:
        hardly = isinstance(value, float) and value < HARDLY_ANY
        return says("changes_level_hardly") if hardly else says("changes_level_week", n=value)
    return says("changes_share", share=value) if isinstance(value, float) else value


COUNTED = frozenset({"created"})
UNENDING = frozenset({"hours", "status"})
"""Fields whose values are always there."""
HARDLY_ANY = 0.05
"""Tickets a week that are told as none."""
SHARES = frozenset({"reopened", "handed_back", "escalated", "satisfied", "sla", "void"})


def _value(level: Level, report: Report) -> Cell:
    """Return a level as a cell; lengths on the clock of the report."""
    value = level.value
    if value is None or isinstance(value, float | int):
        return value
    return report.clock.length(value / timedelta.resolution)


def _against(change: Change) -> bool:
    """Return whether the levels of all tickets, as they came, do not go the way of like ones."""
    before, after = change.before.value, change.after.value
    if change.measure == "backlog" or before is None or after is None:
        return False
    rose, fell = after > before, after < before  # type: ignore[operator] # of one kind
    return not (rose if change.ratio > 1 else fell)


def _new_or_gone(change: Change) -> bool:
    """Return whether hardly any came before, or since, so that no ratio says how many more."""
    levels = change.before.value, change.after.value
    return change.measure in COUNTED and any(
        isinstance(level, float) and level < HARDLY_ANY for level in levels
    )


def course_said(change: Change, report: Report) -> Said:
    """Return how far a measure went, in a word or two: from what to what, or how many times."""
    if _against(change):
        return says("changes_course_ratio", ratio=change.ratio)
    before, after = (_level(change, each, report) for each in (change.before, change.after))
    if isinstance(before, timedelta | OpenTime) and isinstance(after, timedelta | OpenTime):
        return says("changes_course_times", times=Bounds(before, after))
    return says("changes_course", before=before, after=after)


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
    yield says("changes_since_before", first=change.before_since)
    if not change.recent:
        yield says("changes_earlier", period=period_said(changes.after))
    if change.verdict == "different":
        yield says("changes_timer")
    if others := _others(change, changes):
        said = tuple(_also(each, change, report) for each in others)
        yield says("changes_also", others=said)
    if change.tickets:  # none where nothing comes any more
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
    elif _new_or_gone(change):
        code = "new" if change.ratio > 1 else "gone"
    elif change.measure in COUNTED:
        code = "week" if change.ratio > 1 else "fewer"
    elif change.measure in SHARES:
        code = "share"
    else:
        code = "time" if change.ratio > 1 else "shorter"
        code += "_against" if _against(change) else ""
    known = None not in {change.before.value, change.after.value}
    told = _value if known else partial(_level, change)
    return says(
        f"changes_sentence_{code}" if known else "changes_sentence_levels",
        before=told(change.before, report),
        after=told(change.after, report),
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


def _others(change: Change, changes: Changes) -> list[Change]:
    """Return what tells of the same event, each once, but for what is told for itself.

    Nothing is said to be better because something is worse, nor the other way round.
    """
    apart = {_key(each) for each in in_order(changes)}
    known = {
        _key(each): each
        for each in reversed(change.also)
        if {each.verdict, change.verdict} != {*TOLD}
    }
    return [
        each
        for key, each in reversed(known.items())
        if key not in apart and not _turned_over(each)
    ]


def _also(other: Change, change: Change, report: Report) -> Said:
    code = "part" if other.since == change.since else "since"
    ratio = says("changes_course_ratio", ratio=other.ratio)
    return says(
        f"changes_also_{code}",
        what=what(other),
        where=where_said(other),
        levels=ratio if _against(other) else levels(other, report),
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
