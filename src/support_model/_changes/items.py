"""What is told of the changes found: values with levels, intervals and examples, one an event."""

from __future__ import annotations

from bisect import bisect_left
from math import exp, log, sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from attrs import Factory, define, evolve

from support_model._changes.kernels import FAR
from support_model._changes.levels import (
    level_of_times,
    most_common_length,
    share_of_chances,
    share_of_marks,
)
from support_model._changes.making import HELD
from support_model._changes.rows import Marks, Spells, lasting
from support_model._changes.scan import likely_start
from support_model._changes.search import FOLLOWING, LEVEL
from support_model._changes.tables import CellTable, CountTable
from support_model._changes.values import Change, Episode, Level, MixShift

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from support_model._changes.kernels import Bounds
    from support_model._changes.scan import Horizon
    from support_model._changes.search import Found, Move
    from support_model._changes.tables import Desk
    from support_model._changes.values import Verdict, Where
    from support_model.calendars import BusinessCalendar

SAME_START = 2
"""Weeks by which the starts of one event may differ."""
SAME_TICKETS = 0.6
"""Part of the smaller group's tickets that are in the larger one's, for one event."""
EXAMPLES = 5
VOLUMES = frozenset({"more", "fewer"})
GOOD = frozenset({"satisfied", "sla"})
"""Shares that are told of the good answers; what is sought are the bad ones."""
FEWEST_CONCERNED = 10
"""Tickets of a change for the worse or better that is told; fewer are looked at one by one."""
MIXED = 20
"""How many times further from chance a change has to be that begins as the mix of its own tickets
shifts: what is expected of like tickets then comes from other tickets before than after."""
SHIFTED, BESIDE = 0.1, 3
"""Which part of a group's tickets has to be of other kinds, and how many weeks later at most."""
TIMER = 0.4
"""Part of times that are of one length where a timer ends them."""


@define
class Teller:
    """What values are made with.

    Attributes:
        desk: the log.
        horizon: the weeks that were scanned.
        clock: opening hours before an instant, or the instant itself.
        known: the tickets of groups that were asked for.
        pairs: of two divisions of all tickets, how many are in each pair of groups.
    """

    desk: Desk
    horizon: Horizon
    clock: Callable[[int], int]
    known: dict[int, frozenset[int]] = Factory(dict)
    pairs: dict[tuple[int, int], Mapping[tuple[int, int], int]] = Factory(dict)

    def tickets_of(self, label: int) -> frozenset[int]:
        """Return the tickets of a group, as they were held first."""
        if label not in self.known:
            own = self.desk.labels.column(label)[: len(self.desk.rows.ids)]
            self.known[label] = frozenset(n for n, group in enumerate(own) if group == label)
        return self.known[label]

    def part_of(self, label: int, other: int) -> float:
        """Return which part of a group's tickets are in another group."""
        labels, loops = self.desk.labels, self.desk.loops
        divisions = labels.divisions[label], labels.divisions[other]
        if divisions not in self.pairs:
            first, second = (labels.columns[each] for each in divisions)
            self.pairs[divisions] = loops.count_pairs(first, second, len(self.desk.rows.ids))
        both = self.pairs[divisions].get((label, other), 0)
        return min(1.0, both / labels.sizes[label])

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
        return lasting(rows, measure.key, measure.detail)
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
        good = measure.key in GOOD
        return share_of_marks(desk, desk.rows.trials[measure.key], label, span, good=good)
    if measure.kind == "flow":
        return Level(value=float(_open_at(desk, label, span[1])), n=_solved(move, start, end))
    assert isinstance(move.table, CountTable)  # noqa: S101 - the kind that is left
    n, known = sum(move.table.observed[label][start:end]), sum(move.table.known[label][start:end])
    return Level(value=n / known if known else None, n=n)


def _solved(move: Move, start: int, end: int) -> int:
    return sum(move.table.observed[move.label][start:end])


def _open_at(desk: Desk, label: int, at: int) -> int:
    """Return how many tickets of a group were open just before an instant.

    Who solves a ticket may not be who got it, so statuses tell it where there are any.
    """
    rows, places = desk.rows, desk.loops.places
    stays = [spells for (key, _), spells in rows.times.items() if key == "status_time"]
    if stays:
        at = min(at, rows.as_of)
        return sum(
            len(places(desk.labels, own.unit, label, (own.start, -FAR, at), (own.end, at, FAR)))
            for own in stays
        )
    flow = rows.counts["backlog"]
    before = places(desk.labels, flow.unit, label, (flow.at, -FAR, at))
    return -sum(map(flow.value.__getitem__, before))


def where_of(teller: Teller, move: Move) -> Where:
    """Return the group of a change; the status of a time in it comes first."""
    where, status = teller.desk.labels.where[move.label], move.table.measure.detail
    return (("status", status), *where) if status else where


def change_of(teller: Teller, move: Move, verdict: Verdict, p_adjusted: float) -> Change:
    """Return a change as a value."""
    term, measure = move.term, move.table.measure
    start, end = move.term.since, teller.horizon.size
    base = term.base if term.base < start else 0
    before, after = _level(teller, move, base, start), _level(teller, move, start, end)
    ratio = move.term.ratio
    o = move.table.observed[move.label]
    n_before, n_after = sum(o[base:start]), sum(o[start:end])
    dispersion = max(term.dispersion, move.table.floor(move.label))  # a fit narrows no interval
    error = sqrt(dispersion * (1 / max(1, n_before) + 1 / max(1, n_after)))
    low, high = ratio * exp(-2 * error), ratio * exp(2 * error)
    if measure.kind in {"time", "flow"}:
        ratio, low, high = 1 / ratio, 1 / high, 1 / low
    elif measure.key in GOOD:
        ratio, low, high = _of_good(before, ratio, low, high)
    return Change(
        measure=measure.key,
        where=where_of(teller, move),
        verdict=verdict,
        since=teller.monday(start),
        since_low=teller.monday(min(start, move.term.low)),
        since_high=teller.monday(max(start, move.term.high)),
        before_since=teller.monday(base),
        lasting=end - start >= 2,
        recent=start >= teller.horizon.recent,
        before=before,
        after=after,
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        p=term.p,
        p_adjusted=p_adjusted,
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


def _verdict(teller: Teller, move: Move) -> Verdict:
    """Return which way a change went; a step of a timer is only another setting."""
    measure, spells = move.table.measure, _spells(teller, move)
    if measure.kind == "time" and spells is not None:
        start, end = move.term.since, teller.horizon.size
        sides = [
            most_common_length(teller.desk, spells, move.label, teller.edges(*side))
            for side in ((0, start), (start, end))
        ]
        if all(part >= TIMER for _, part in sides) and sides[0][0] != sides[1][0]:
            return "different"
        if measure.key == "closing_delay":
            return "fewer"
    said = measure.more if move.term.ratio > 1 else measure.fewer
    return cast("Verdict", said)


def _concerned(teller: Teller, move: Move, start: int) -> set[int]:
    """Return the tickets of a group of which the measure tells something since a week."""
    ticket, unit = teller.desk.rows.ticket, move.table.source.unit
    return {ticket[unit[place]] for place in _since(teller, move, start)}


def _since(teller: Teller, move: Move, start: int) -> Sequence[int]:
    """Return the places of the spells or marks of a group since a week."""
    desk, source = teller.desk, move.table.source
    begin, end = desk.weeks.edges[start], desk.weeks.end
    bounds: tuple[Bounds, ...] = ((source.at, begin, end),) if isinstance(source, Marks) else ()
    if isinstance(source, Spells):
        bounds = (source.end, begin, FAR), (source.start, -FAR, end)
    return desk.loops.places(desk.labels, source.unit, move.label, *bounds)


def _examples(teller: Teller, move: Move, start: int) -> tuple[str, ...]:
    """Return tickets of the trouble: created since, and furthest from what was expected."""
    rows, table = teller.desk.rows, move.table
    since = teller.desk.weeks.edges[start]
    worth: dict[int, int] = {}
    if isinstance(table, CellTable):
        own = table.expected_of if move.term.ratio < 1 else table.observed_of
        for place in _since(teller, move, start):
            ticket = rows.ticket[table.source.unit[place]]
            if rows.created[ticket] >= since:
                worth[ticket] = worth.get(ticket, 0) + own(place)
    else:
        worth = {ticket: -rows.created[ticket] for ticket in _concerned(teller, move, start)}
    first = sorted(worth, key=lambda ticket: (-worth[ticket], ticket))[:EXAMPLES]
    return tuple(rows.ids[ticket] for ticket in first)


def mix_of(teller: Teller, move: Move, p_adjusted: float) -> MixShift:
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
        p_adjusted=p_adjusted,
    )


def episode_of(teller: Teller, move: Move, p_adjusted: float) -> Episode:
    """Return weeks that stood out as a value."""
    term, measure = move.term, move.table.measure
    counted: dict[str, Any] = {}
    if isinstance(move.table, CountTable):
        came, known = move.table.observed[move.label], move.table.known[move.label]
        inside, whole = sum(came[term.since : term.until]), sum(known[term.since : term.until])
        usual = (sum(came) - inside) * whole / max(1.0, sum(known) - whole)
        counted = {"n": inside, "usual": usual}
    return Episode(
        measure=measure.key,
        where=where_of(teller, move),
        week=teller.monday(term.since),
        weeks=term.until - term.since,
        ratio=1 / term.ratio if measure.kind in {"time", "flow"} else term.ratio,
        p_adjusted=p_adjusted,
        **counted,
    )


_WEIGHTS = MappingProxyType(
    {"worse": 1.5, "better": 1.0, "more": 1.0, "fewer": 0.8, "different": 0.3}
)


@define
class _Event:
    """Changes that are one event, the first of which tells it."""

    moves: list[Move]
    verdicts: list[Verdict]
    rank: int = 0

    @property
    def of_volume(self) -> bool:
        """Whether it tells of how much comes, and of nothing that is worse or better."""
        return set(self.verdicts) <= VOLUMES

    @property
    def p(self) -> float:
        """The least p-value, over its weight."""
        return min(move.weighted for move in self.moves if move.within is None)


def _weight(teller: Teller, move: Move, verdict: Verdict) -> float:
    """Return how much a change matters: to how many tickets, how much, and how lately."""
    size = abs(log(move.term.ratio)) * sqrt(teller.desk.labels.sizes[move.label])
    following = 0.7 if move.table.measure.key in FOLLOWING else 1.0
    recent = 1.0 if move.term.since >= teller.horizon.recent else 0.5
    return size * _WEIGHTS[verdict] * following * recent


def events_of(
    teller: Teller, moves: Iterable[Move], hints: Mapping[int, Sequence[Move]]
) -> list[_Event]:
    """Return changes by event, what to look at first coming first."""
    judged = [(move, _verdict(teller, move)) for move in moves]
    known = [  # a delay that no timer makes is that of no service either
        (move, verdict)
        for move, verdict in judged
        if verdict == "different" or move.table.measure.key != "closing_delay"
    ]
    known.sort(key=lambda pair: _by_evidence(pair[0]))
    events: list[_Event] = []
    for move, verdict in known:
        for event in events:
            if _same_event(teller, event, move, verdict):
                event.moves.append(move)
                event.verdicts.append(verdict)
                break
        else:
            events.append(_Event([move], [verdict]))
    for event in events:
        _add_hints(teller, event, hints.get(event.moves[0].label, ()))
        _put_in_order(event)
        _date_together(event)
    return sorted(events, key=lambda each: -_weight(teller, each.moves[0], each.verdicts[0]))


def _add_hints(teller: Teller, event: _Event, hints: Sequence[Move]) -> None:
    """Add the measures in which the same event shows, though by themselves they would not tell."""
    known = {id(move.table) for move in event.moves if move.label == event.moves[0].label}
    for move in hints:
        if _is_mix(move) or move.table.measure.key == "closing_delay" or id(move.table) in known:
            continue
        verdict = _verdict(teller, move)
        if _same_event(teller, event, move, verdict):
            event.moves.append(move)
            event.verdicts.append(verdict)


def _put_in_order(event: _Event) -> None:
    """Put the measures of an event in the order in which they are told."""
    pairs = list(zip(event.moves, event.verdicts, strict=True))
    grows = any(
        move.table.measure.key == "backlog" and verdict == "worse" for move, verdict in pairs
    )
    first, *others = sorted(pairs, key=lambda pair: _by_sense(pair[0], pair[1], grows=grows))
    others.sort(key=lambda pair: pair[1] not in VOLUMES)
    told = [first, *others]
    event.moves, event.verdicts = [move for move, _ in told], [verdict for _, verdict in told]


def _by_sense(move: Move, verdict: Verdict, *, grows: bool) -> tuple[object, ...]:
    """Return the order in which an event is told: a growing queue, what customers feel, volumes.

    How long the tickets of a queue that grows will take is what tells of it.
    """
    key = move.table.measure.key
    queue = grows and verdict == "worse" and key in {"resolution", "backlog"}
    return not queue, key in FOLLOWING, verdict in VOLUMES, *_by_evidence(move)[1:]


def _by_evidence(move: Move) -> tuple[bool, float, str, int]:
    """Return the order in which changes tell of an event: first those that follow from none."""
    measure = move.table.measure
    return measure.key in FOLLOWING, move.weighted, measure.key + measure.detail, move.label


def _same_event(teller: Teller, event: _Event, move: Move, verdict: Verdict) -> bool:
    first, own = event.moves[0], event.verdicts[0]
    if {own, verdict} == {"worse", "better"} or (own != verdict and "different" in {own, verdict}):
        return False
    apart = abs(first.term.since - move.term.since)
    if apart > SAME_START and not _may_start_together(first, move):
        return False
    if verdict == "different" or first.label == move.label:
        return True
    inside, larger = _overlap(teller, first.label, move.label)
    if first.table.measure == move.table.measure:
        same_way = (first.term.ratio > 1) is (move.term.ratio > 1)
        return same_way and (inside >= SAME_TICKETS or not first.label)
    return larger >= SAME_TICKETS


def _may_start_together(one: Move, other: Move) -> bool:
    return (
        one.term.low <= other.term.since <= one.term.high
        or other.term.low <= one.term.since <= other.term.high
    )


def _date_together(event: _Event) -> None:
    """Date the measures of a group that moved together by what all of them say."""
    own = [
        move
        for move in event.moves
        if move.label == event.moves[0].label and move.term.profile and not move.term.base
    ]
    weeks = set.intersection(*(set(move.term.profile) for move in own)) if own else set()
    if not weeks:
        return
    since = likely_start(
        {
            week: sum(move.term.profile[week] / move.term.dispersion for move in own)
            for week in weeks
        }
    )
    for move in own:
        if move.term.low <= since <= move.term.high:
            move.term = evolve(move.term, since=since)


def changes_of_event(
    teller: Teller, event: _Event, adjusted: Mapping[float, float]
) -> Iterator[Change]:
    """Yield an event as changes: the first one with the others that agree in its start.

    Another measure that moved by itself, in a week that does not agree, is a change of its own.
    """
    (_, first), *others = _told(teller, event, adjusted)
    also: list[Change] = []
    apart: dict[str, Change] = {first.measure: first}
    for move, other in others:
        if other.since_low <= first.since <= other.since_high:
            also.append(evolve(other, since=first.since))
        elif move.within is None and other.measure not in {*FOLLOWING, *apart}:
            apart[other.measure] = other
        else:
            also.append(other)
    yield evolve(first, also=tuple(also))
    yield from (each for each in apart.values() if each is not first)


def _told(
    teller: Teller, event: _Event, adjusted: Mapping[float, float]
) -> Iterator[tuple[Move, Change]]:
    for move, verdict in zip(event.moves, event.verdicts, strict=True):
        p = adjusted[move.weighted] if move.within is None else move.within
        if p <= LEVEL:
            yield move, change_of(teller, move, verdict, p)


def _overlap(teller: Teller, one: int, other: int) -> tuple[float, float]:
    """Return which part of the smaller and of the larger of two groups are tickets of both."""
    labels = teller.desk.labels
    both = len(teller.tickets_of(one) & teller.tickets_of(other))
    sizes = sorted((labels.sizes[one], labels.sizes[other]))
    return both / sizes[0], both / sizes[1]


def told(
    desk: Desk,
    horizon: Horizon,
    found: Found,
    calendar: BusinessCalendar | None,
) -> dict[str, Any]:
    """Return the items, shifts of mix and episodes that changes make.

    An event is one discovery, however many measures and groups show it; the last rank at which
    p-values are small enough for their number decides (Benjamini and Hochberg 1995). What is
    worse or better is ranked by itself: that very many more tickets come proves none of it.
    """

    def clock(at: int) -> int:
        return at if calendar is None else calendar.timeline.open_before(at)

    teller = Teller(desk, horizon, clock)
    steps, mixes, pulses = _sorted_out(found.moves)
    certain = [move for move in mixes if _of_what_comes(teller, move, found.looks)]
    steps = [_beside_shifts(teller, move, certain) for move in steps]
    hints = (_beside_shifts(teller, move, certain) for own in found.hints.values() for move in own)
    events = events_of(teller, steps, _of_each_group(hints))
    service, volumes = _two_families(teller, events, (*steps, *mixes, *pulses), found.looks)
    shifts, over = (
        [move for move in group if volumes[move.weighted] <= LEVEL] for group in (mixes, pulses)
    )
    return {
        "items": tuple(_items(teller, events, service, volumes)),
        "mixes": tuple(
            mix_of(teller, move, volumes[move.weighted]) for move in _of_each_label(shifts)
        ),
        "episodes": tuple(
            episode_of(teller, move, volumes[move.weighted]) for move in _single(over)
        ),
    }


def _items(
    teller: Teller,
    events: Iterable[_Event],
    service: Mapping[float, float],
    volumes: Mapping[float, float],
) -> Iterator[Change]:
    """Yield the events that are told as changes."""
    for event in events:
        adjusted = volumes if event.of_volume else service
        if adjusted[event.p] <= LEVEL:
            yield from filter(_large_enough, changes_of_event(teller, event, adjusted))


def _large_enough(change: Change) -> bool:
    """Return whether a change is one of so many tickets that it is more than single ones."""
    return change.verdict not in {"worse", "better"} or change.tickets >= FEWEST_CONCERNED


def _beside_shifts(teller: Teller, move: Move, shifts: Iterable[Move]) -> Move:
    """Return a change, which has to be further from chance where the mix of its tickets shifts.

    An answer that is known at once is expected of the tickets that answer, whatever their mix;
    so whether it hides or makes a change of all of them, or of the kinds that shift, is known.
    """
    measure, where = move.table.measure, teller.desk.labels.where
    shifting = {field for shift in shifts for field, _ in where[shift.label]}
    own = {field for field, _ in where[move.label]}
    answers = measure.key in teller.desk.rows.trials and own <= shifting
    if measure.kind == "count" or answers or _part_that_shifts(teller, move, shifts) < SHIFTED:
        return move
    within = None if move.within is None else move.within * MIXED
    return evolve(move, weighted=move.weighted * MIXED, within=within)


def _of_what_comes(teller: Teller, shift: Move, looks: int) -> bool:
    """Return whether a shift is certain, and one of the tickets and not of who holds them."""
    ((field, _),) = teller.desk.labels.where[shift.label]
    return shift.weighted * looks <= LEVEL and field not in HELD


def _part_that_shifts(teller: Teller, move: Move, shifts: Iterable[Move]) -> float:
    """Return which part of a group's tickets is of other kinds since a change than before it."""
    more: dict[tuple[str, bool], float] = {}
    for shift in shifts:
        if shift.term.low - BESIDE <= move.term.since:
            ((field, _),) = teller.desk.labels.where[shift.label]
            part, ratio = teller.part_of(move.label, shift.label), shift.term.ratio
            after = part * ratio / (1 + part * (ratio - 1))
            way = field, ratio > 1
            more[way] = more.get(way, 0.0) + abs(after - part)
    return max(more.values(), default=0.0)


def _of_each_group(hints: Iterable[Move]) -> dict[int, list[Move]]:
    """Return by group the hints that are far enough from chance."""
    groups: dict[int, list[Move]] = {}
    for move in hints:
        if move.within is None or move.within <= LEVEL:
            groups.setdefault(move.label, []).append(move)
    return groups


def _two_families(
    teller: Teller, events: Iterable[_Event], moves: Sequence[Move], looks: int
) -> tuple[dict[float, float], dict[float, float]]:
    """Return the adjusted p-values among what is worse or better, and among all else.

    The values of a field that shift together are one discovery, and so is what comes of them.
    """
    where = teller.desk.labels.where
    shifts: dict[str, float] = {}
    of_service: list[float] = []
    of_volume: list[float] = []
    for move in moves:
        if _is_mix(move):
            ((field, _),) = where[move.label]
            shifts[field] = min(move.weighted, shifts.get(field, 1.0))
        elif move.term.kind == "pulse":
            of_volume.append(move.weighted)
    for event in events:
        fields = [field for field, _ in where[event.moves[0].label]]
        if not event.of_volume:
            of_service.append(event.p)
        elif len(fields) != 1 or fields[0] not in shifts:
            of_volume.append(event.p)
    return (
        _adjusted(of_service, moves, looks),
        _adjusted([*of_volume, *shifts.values()], moves, looks),
    )


def _of_each_label(moves: Sequence[Move]) -> list[Move]:
    """Return the first change of each group."""
    first: dict[int, Move] = {}
    for move in moves:
        first.setdefault(move.label, move)
    return list(first.values())


def _sorted_out(moves: Iterable[Move]) -> tuple[list[Move], list[Move], list[Move]]:
    """Return the changes that stay, those of the mix that stay, and those that are over."""
    steps: list[Move] = []
    mixes: list[Move] = []
    pulses: list[Move] = []
    for move in moves:
        if move.term.kind == "step":
            (mixes if _is_mix(move) else steps).append(move)
        elif _may_be_episode(move):
            pulses.append(move)
    return steps, mixes, pulses


def _single(pulses: Sequence[Move]) -> list[Move]:
    """Return one change of each measure for weeks that stood out, without what came of them."""
    kept: list[Move] = []
    for move in sorted(pulses, key=_by_evidence):
        measure, term = move.table.measure, move.term
        if not any(
            other.term.since - 1 <= term.since <= other.term.until + 1
            and (other.table.measure == measure or measure.key in FOLLOWING)
            for other in kept
        ):
            kept.append(move)
    return sorted(kept, key=lambda move: (move.term.since, _by_evidence(move)))


def _adjusted(events: Iterable[float], moves: Iterable[Move], looks: int) -> dict[float, float]:
    """Return the adjusted p-values of changes, by the number of events among them."""
    ranked = sorted(events)
    adjusted: dict[float, float] = {}
    least = 1.0
    for place in range(len(ranked), 0, -1):
        least = adjusted[ranked[place - 1]] = min(least, ranked[place - 1] * looks / place)
    for p in {move.weighted for move in moves} - adjusted.keys():
        adjusted[p] = min(1.0, p * looks / max(1, bisect_left(ranked, p)))
    return adjusted


def _is_mix(move: Move) -> bool:
    return move.table.measure.key == "mix"


def _may_be_episode(move: Move) -> bool:
    return move.table.measure.key not in {"mix", "closing_delay"}
