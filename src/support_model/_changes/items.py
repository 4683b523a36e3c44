"""What is told of the changes found: values with levels, intervals and examples, one an event."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any, cast

from attrs import define, evolve

from support_model._changes.levels import (
    level_of_times,
    most_common_length,
    share_of_chances,
    share_of_marks,
)
from support_model._changes.tables import CellTable, CountTable, parts_known
from support_model._changes.values import Change, Episode, Level, MixShift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from support_model._changes.rows import Spells
    from support_model._changes.scan import Horizon
    from support_model._changes.search import Move
    from support_model._changes.tables import Desk
    from support_model._changes.values import Verdict, Where
    from support_model.calendars import BusinessCalendar

SAME_START = 2
"""Weeks by which the starts of one event may differ."""
SAME_TICKETS = 0.6
"""Part of the smaller group's tickets that are in the larger one's, for one event."""
EXAMPLES = 5
GOOD = frozenset({"satisfied", "sla"})
"""Shares that are told of the good answers; what is sought are the bad ones."""
TIMER = 0.4
"""Part of times that are of one length where a timer ends them."""


@define
class Teller:
    """What values are made with.

    Attributes:
        desk: the log.
        horizon: the weeks that were scanned.
        clock: opening hours before an instant, or the instant itself.
    """

    desk: Desk
    horizon: Horizon
    clock: Callable[[int], int]

    def monday(self, week: int) -> date:
        """Return the first day of a week."""
        return self.desk.weeks.mondays[week]

    def edges(self, start: int, end: int) -> tuple[int, int]:
        """Return from when until when some weeks are."""
        weeks = self.desk.weeks
        return weeks.edges[start], min(weeks.edges[end], weeks.end)


def _spells(teller: Teller, move: Move) -> Spells | None:
    rows, measure = teller.desk.rows, move.table.measure
    if measure.kind == "time":
        return rows.times[measure.key, measure.detail]
    return rows.chances.get(measure.key)


def _level(teller: Teller, move: Move, start: int, end: int) -> Level:
    """Return the level of a measure of a group over some weeks."""
    desk, measure, label = teller.desk, move.table.measure, move.label
    span = teller.edges(start, end)
    spells = _spells(teller, move)
    if measure.kind == "time" and spells is not None:
        return level_of_times(desk, spells, label, span, teller.clock)
    if spells is not None:
        return share_of_chances(desk, spells, label, span)
    if measure.kind == "share":
        good = measure.key == "satisfied"
        return share_of_marks(desk, desk.rows.trials[measure.key], label, span, good=good)
    if measure.kind == "flow":
        return Level(value=float(_open_at(desk, label, span[1])), n=_solved(move, start, end))
    n = sum(move.table.observed[label][start:end])
    known = sum(parts_known(desk, desk.rows.counts[measure.key])[start:end])
    return Level(value=n / known if known else None, n=n)


def _solved(move: Move, start: int, end: int) -> int:
    return sum(move.table.observed[move.label][start:end])


def _open_at(desk: Desk, label: int, at: int) -> int:
    """Return how many tickets of a group were open at an instant."""
    flow = desk.rows.counts["backlog"]
    return -sum(
        value
        for unit, when, value in zip(flow.unit, flow.at, flow.value, strict=True)
        if when < at and label in desk.labels.of_unit[unit]
    )


def where_of(teller: Teller, move: Move) -> Where:
    """Return the group of a change; the status of a time in it comes first."""
    where, status = teller.desk.labels.where[move.label], move.table.measure.detail
    return (("status", status), *where) if status else where


def change_of(teller: Teller, move: Move) -> Change:
    """Return a change as a value."""
    term, measure = move.raw, move.table.measure
    start, end = move.term.since, teller.horizon.size
    base = term.base if term.base < start else 0
    before, after = _level(teller, move, base, start), _level(teller, move, start, end)
    ratio = move.term.ratio
    o = move.table.observed[move.label]
    n_before, n_after = sum(o[base:start]), sum(o[start:end])
    error = sqrt(term.dispersion * (1 / max(1, n_before) + 1 / max(1, n_after)))
    low, high = ratio * exp(-2 * error), ratio * exp(2 * error)
    if measure.kind in {"time", "flow"}:
        ratio, low, high = 1 / ratio, 1 / high, 1 / low
    elif measure.key in GOOD:
        ratio, low, high = _of_good(before, ratio, low, high)
    return Change(
        measure=measure.key,
        where=where_of(teller, move),
        verdict=_verdict(teller, move, (base, start, end)),
        since=teller.monday(start),
        since_low=teller.monday(min(start, move.term.low)),
        since_high=teller.monday(max(start, move.term.high)),
        lasting=end - start >= 2,
        recent=start >= teller.horizon.recent,
        before=before,
        after=after,
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        p=term.p,
        p_adjusted=move.p_adjusted,
        tickets=len(_concerned(teller, move, start)),
        examples=_examples(teller, move, start),
    )


def _of_good(before: Level, ratio: float, low: float, high: float) -> tuple[float, float, float]:
    """Return the ratios of good answers from those of bad ones."""
    good = before.value if isinstance(before.value, float) else None
    if not good:
        return 1 / ratio, 1 / high, 1 / low
    first, second, third = ((1 - min(1.0, r * (1 - good))) / good for r in (ratio, low, high))
    return first, third, second


def _verdict(teller: Teller, move: Move, weeks: tuple[int, int, int]) -> Verdict:
    """Return which way a change went; a step of a timer is only another setting."""
    measure, spells = move.table.measure, _spells(teller, move)
    if measure.kind == "time" and spells is not None:
        base, start, end = weeks
        sides = [
            most_common_length(teller.desk, spells, move.label, teller.edges(*side))
            for side in ((base, start), (start, end))
        ]
        if all(part >= TIMER for _, part in sides) and sides[0][0] != sides[1][0]:
            return "different"
    said = measure.more if move.term.ratio > 1 else measure.fewer
    return cast("Verdict", said)


def _concerned(teller: Teller, move: Move, start: int) -> set[int]:
    """Return the tickets of a group of which the measure tells something since a week."""
    rows, of_unit = teller.desk.rows, teller.desk.labels.of_unit
    table, label = move.table, move.label
    if isinstance(table, CellTable):
        pairs: Iterable[tuple[int, int]] = zip(table.cells.unit, table.cells.week, strict=True)
    else:
        assert isinstance(table, CountTable)  # noqa: S101 - there are two kinds
        pairs = table.members[label]
    return {rows.ticket[unit] for unit, week in pairs if week >= start and label in of_unit[unit]}


def _examples(teller: Teller, move: Move, start: int) -> tuple[str, ...]:
    """Return tickets of the trouble: created since, and furthest from what was expected."""
    rows, of_unit = teller.desk.rows, teller.desk.labels.of_unit
    since, table = teller.desk.weeks.edges[start], move.table
    worth: dict[int, int] = {}
    slower = move.term.ratio < 1
    if isinstance(table, CellTable):
        cells = table.cells
        for unit, week, came, due in zip(
            cells.unit, cells.week, cells.observed, cells.expected, strict=True
        ):
            ticket = rows.ticket[unit]
            if week >= start and move.label in of_unit[unit] and rows.created[ticket] >= since:
                worth[ticket] = worth.get(ticket, 0) + (due if slower else came << 20)
    else:
        worth = {ticket: -rows.created[ticket] for ticket in _concerned(teller, move, start)}
    first = sorted(worth, key=lambda ticket: (-worth[ticket], ticket))[:EXAMPLES]
    return tuple(rows.ids[ticket] for ticket in first)


def mix_of(teller: Teller, move: Move) -> MixShift:
    """Return a shift of what comes as a value."""
    assert isinstance(move.table, CountTable)  # noqa: S101 - what comes is counted
    start, end = move.term.since, teller.horizon.size
    own, every = move.table.observed[move.label], move.table.whole
    ((name, value),) = teller.desk.labels.where[move.label]
    return MixShift(
        field=name,
        value=value,
        before=sum(own[:start]) / max(1, sum(every[:start])),
        after=sum(own[start:end]) / max(1, sum(every[start:end])),
        since=teller.monday(start),
        since_low=teller.monday(min(start, move.term.low)),
        since_high=teller.monday(max(start, move.term.high)),
        recent=start >= teller.horizon.recent,
        p_adjusted=move.p_adjusted,
    )


def episode_of(teller: Teller, move: Move) -> Episode:
    """Return weeks that stood out as a value."""
    ratio = move.term.ratio
    return Episode(
        measure=move.table.measure.key,
        where=where_of(teller, move),
        week=teller.monday(move.term.since),
        weeks=move.term.until - move.term.since,
        ratio=1 / ratio if move.table.measure.kind in {"time", "flow"} else ratio,
        p_adjusted=move.p_adjusted,
    )


_WEIGHTS = {"worse": 1.5, "better": 1.0, "more": 1.0, "fewer": 0.8, "different": 0.3}


def _weight(change: Change) -> float:
    """Return how much a change matters: to how many tickets, how much, and how lately."""
    size = abs(log(max(1e-6, change.ratio))) * sqrt(change.tickets)
    return size * _WEIGHTS[change.verdict] * (1.0 if change.recent else 0.5)


def items_of(teller: Teller, moves: Iterable[Move]) -> tuple[Change, ...]:
    """Return changes as items, those of one event together, what to look at first coming first."""
    told = [(change_of(teller, move), move) for move in moves]
    told.sort(key=lambda pair: (-_weight(pair[0]), pair[0].measure, pair[0].where))
    events: list[tuple[Change, Move, list[Change]]] = []
    for change, move in told:
        for first, first_move, others in events:
            if _same_event(teller, first, first_move, change, move):
                others.append(_agreeing(first, change))
                break
        else:
            events.append((change, move, []))
    return tuple(evolve(first, also=tuple(others)) for first, _, others in events)


def _agreeing(first: Change, other: Change) -> Change:
    """Return a change with the start of its event, where its own interval allows that."""
    if other.since_low <= first.since <= other.since_high:
        return evolve(other, since=first.since)
    return other


def _same_event(
    teller: Teller, first: Change, first_move: Move, other: Change, move: Move
) -> bool:
    if {first.verdict, other.verdict} == {"worse", "better"}:
        return False
    if "different" in {first.verdict, other.verdict} and first.verdict != other.verdict:
        return False
    weeks = abs((first.since - other.since).days) // 7
    overlapping = other.since_low <= first.since <= other.since_high
    if weeks > SAME_START and not overlapping:
        return False
    return first_move.label == move.label or _overlap(teller, first_move.label, move.label)


def _overlap(teller: Teller, one: int, other: int) -> bool:
    """Return whether two groups are of mostly the same tickets."""
    labels = teller.desk.labels
    both = sum(one in own and other in own for own in labels.of_unit[: len(teller.desk.rows.ids)])
    larger = max(labels.sizes[one], labels.sizes[other])
    return both >= SAME_TICKETS * larger if one and other else both >= 0.85 * larger


def told(
    desk: Desk, horizon: Horizon, moves: Sequence[Move], calendar: BusinessCalendar | None
) -> dict[str, Any]:
    """Return the items, shifts of mix and episodes that changes make."""

    def clock(at: int) -> int:
        return at if calendar is None else calendar.timeline.open_before(at)

    teller = Teller(desk, horizon, clock)
    steps = [move for move in moves if move.term.kind == "step"]
    pulses = [move for move in moves if move.term.kind == "pulse" and not _is_mix(move)]
    return {
        "items": items_of(teller, [move for move in steps if not _is_mix(move)]),
        "mixes": tuple(mix_of(teller, move) for move in steps if _is_mix(move)),
        "episodes": tuple(episode_of(teller, move) for move in pulses),
    }


def _is_mix(move: Move) -> bool:
    return move.table.measure.key == "mix"
