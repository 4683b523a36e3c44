"""What in an on-call plan looks like a mistake although each part is legal, as Reasons.

Some findings hold whatever the date; others hold of a window, which they name.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import define, field

from support_model._oncall.rotations import ByRule, ByWorkedDates, Every
from support_model._oncall.windows import instants_of
from support_model._time import (
    DAY,
    LAST,
    Edges,
    instant,
    local_date,
    micros,
    micros_of,
    union,
    wall_midnight,
)
from support_model.errors import InvalidRotation
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from support_model._oncall.plans import Layer, OnCall
    from support_model._oncall.rosters import Crew


WEEK = 7 * DAY
YEAR = 366 * DAY
LONGEST = 30 * YEAR
"""How far back from its end a window of the plan's own reaches at most."""
PERIODS = MappingProxyType({"YEARLY": YEAR, "MONTHLY": 31 * DAY, "WEEKLY": WEEK, "DAILY": DAY})


def lint(plan: OnCall, start: datetime | None, end: datetime | None) -> tuple[Reason, ...]:
    """Return the findings of a plan, each once; see `OnCall.lint`."""
    if (start is None) != (end is None):
        raise InvalidRotation((start, end), "a window has two bounds", "give both or neither")
    window = _own_window(plan)
    if start is not None and end is not None:
        window = micros(start), micros(end)
        if window[0] >= window[1]:
            raise InvalidRotation((start, end), "plans are read in a window", "swap the bounds")
    findings = [*_onto_absent(plan), *_chains(plan), *_durations(plan)]
    if window is not None:
        findings += _within(plan, *window)
    return tuple(dict.fromkeys(findings))


def _own_window(plan: OnCall) -> Edges | None:
    """Return the window in which a plan is read where none is given; None without layers."""
    if not plan.layers:
        return None
    spans = [span for _, _, span in plan.gifts]
    spans += [override.span for override in plan.overrides]
    spans += [absence.span for absence in plan.absences]
    begins = [layer.begin for layer in plan.layers]
    named = [edge for span in spans for edge in span.edges if edge <= LAST]
    rounds = max(layer.begin + 2 * _round(layer) for layer in plan.layers)
    end = max(layer.end for layer in plan.layers)
    last = min(max(max([*named, *begins]) + YEAR, rounds), end, LAST)
    first = max(min(begins), last - LONGEST)
    return (first, last) if first < last else None


def _round(layer: Layer) -> int:
    """Return about how long it takes until all that a layer does comes again, in microseconds."""
    form = layer.form
    if isinstance(form, Every):
        turn = form.length
    elif isinstance(form, ByWorkedDates):
        turn = WEEK * form.n
    else:
        parts = form.parts
        turn = int(parts.get("INTERVAL", "1")) * PERIODS.get(parts["FREQ"], DAY)
    whole = turn * len(layer.participants)
    return min(math.lcm(whole, WEEK) if layer.windows else whole, LONGEST // 2)


def _judged(layer: Layer, first: int, last: int) -> bool:
    """Return whether a window holds all of a layer, or a round of it at least."""
    inside = min(last, layer.end) - max(first, layer.begin)
    return inside >= min(_round(layer), layer.end - layer.begin)


def _onto_absent(plan: OnCall) -> Iterator[Reason]:
    """Yield the overrides and swaps onto people who are away."""
    away: dict[str, list[Edges]] = defaultdict(list)
    for absence in plan.absences:
        away[absence.person].append(absence.span.edges)
    held = {person: union(edges) for person, edges in away.items()}
    planned = [("override_of_absent", over.person, over.span.edges) for over in plan.overrides]
    planned += [("swap_to_absent", taker, span.edges) for _, taker, span in plan.gifts]
    for code, person, edges in planned:
        met = _first_overlap(held.get(person, ()), edges)
        if met is not None:
            yield Reason.of(code, person=person, since=instant(met))


def _chains(plan: OnCall) -> Iterator[Reason]:
    """Yield who takes a swap while giving own turns to a third: swaps make no chain."""
    given: dict[str, list[tuple[Edges, str]]] = defaultdict(list)
    for giver, taker, span in plan.gifts:
        given[giver].append((span.edges, taker))
    for rows in given.values():
        rows.sort()
    for giver, taker, span in plan.gifts:
        rows = given.get(taker, [])
        i = _first_after([edges for edges, _ in rows], span.edges[0])
        for edges, third in rows[i:]:
            if edges[0] >= span.edges[1]:
                break
            since = max(edges[0], span.edges[0])
            if third != giver and since < min(edges[1], span.edges[1]):
                yield Reason.of(
                    "swap_of_taker",
                    giver=giver,
                    taker=taker,
                    third=third,
                    since=instant(since),
                )
                break


def _first_after(held: Sequence[Edges], start: int) -> int:
    """Return the place of the first of some sorted, disjoint stretches that ends after."""
    return bisect_right([end for _, end in held], start)


def _first_overlap(held: Sequence[Edges], edges: Edges) -> int | None:
    """Return the first instant of a stretch that lies in one of some sorted, disjoint ones."""
    start, end = edges
    i = _first_after(held, start)
    since = max(start, held[i][0]) if i < len(held) else end
    return since if since < end else None


def _durations(plan: OnCall) -> Iterator[Reason]:
    """Yield the layers whose duty would outlast a turn; it ends with the turn all the same."""
    for number, layer in enumerate(plan.layers, start=1):
        form = layer.form
        if form.duration is None:
            continue
        length, turn = micros_of(form.duration), _shortest(layer)
        if turn is not None and length > turn:
            yield Reason.of(
                "duration_beyond_turn",
                layer=number,
                duration=form.duration,
                turn=timedelta(microseconds=turn),
            )


def _shortest(layer: Layer) -> int | None:
    """Return the length of the shortest turn of a layer's first rounds; None where unknown."""
    form = layer.form
    if isinstance(form, Every):
        return form.length
    if isinstance(form, ByRule):
        last = layer.anchor + max(2 * _round(layer), YEAR)
        begun = [at for at, _, _ in form.readings(layer.anchor, layer.anchor, last, layer.tz)]
        return min((b - a for a, b in pairwise(begun)), default=None)
    return None  # turns of worked dates reach to the next, however far that is


@define
class _Service:
    """Who served where within a window, in microseconds."""

    acting: set[int] = field(factory=set)  # layers with somebody on duty
    serving: set[str] = field(factory=set)
    manned: list[Edges] = field(factory=list)
    twice: dict[str, list[Edges]] = field(factory=lambda: defaultdict(list))
    empty: dict[int, list[Edges]] = field(factory=lambda: defaultdict(list))

    def add(self, edges: Edges, override: str | None, seats: Mapping[int, Crew]) -> None:
        """Take a stretch in which nothing changes."""
        if override is not None:
            seats = {}
        crew = [person for served in seats.values() for person in served]
        crew += [] if override is None else [override]
        people = set(crew)
        self.serving |= people
        self.acting.update(number for number, served in seats.items() if served)
        if not crew:
            return
        self.manned.append(edges)
        for person in people:
            if crew.count(person) > 1:
                self.twice[person].append(edges)
        for number, served in seats.items():
            if not served:
                self.empty[number].append(edges)


def _within(plan: OnCall, first: int, last: int) -> Iterator[Reason]:
    """Yield what is true of a plan within a window."""
    service = _Service()
    stretches = pairwise([*plan.seating(first, last), (last, None, {})])
    for (at, override, seats), (end, _, _) in stretches:
        service.add((at, end), override, seats)
    window = _bounds((first, last), plan.tz)
    people: dict[str, None] = {}  # of layers that act: the finding of another covers its own
    for i, layer in enumerate(plan.layers):
        if not _judged(layer, first, last):
            continue
        if i in service.acting:
            people |= dict.fromkeys(layer.people)
        else:
            yield Reason.of("layer_never_acts", layer=i + 1, **window)
    for person in people:
        if person not in service.serving:
            yield Reason.of("person_never_serves", person=person, **window)
    for person, held in sorted(service.twice.items()):
        yield Reason.of("two_seats", person=person, **_extent(held, plan.tz))
    for number, held in sorted(service.empty.items()):
        yield Reason.of("empty_seat", layer=number + 1, **_extent(held, plan.tz))
    yield from _empty_months(union(service.manned), first, last, plan.tz)


def _bounds(edges: Edges, tz: ZoneInfo) -> dict[str, object]:
    start, end = (instant(at, tz) for at in edges)
    return {"start": start, "end": end}


def _extent(stretches: Iterable[Edges], tz: ZoneInfo) -> dict[str, object]:
    """Return the first of some stretches, and how long they are together."""
    whole = union(stretches)
    total = timedelta(microseconds=sum(end - start for start, end in whole))
    return {**_bounds(whole[0], tz), "total": total}


def _empty_months(
    manned: Sequence[Edges], first: int, last: int, tz: ZoneInfo
) -> Iterator[Reason]:
    """Yield the runs of whole months of a window in which nobody ever is on call."""
    months = _months(tz, first, last)
    names = [name for name, edges in months if _first_overlap(manned, edges) is None]
    everyone = [name for name, _ in months]
    place = {name: k for k, name in enumerate(everyone)}
    begun = None
    for k, name in enumerate(names):
        begun = begun or name
        if k + 1 == len(names) or place[names[k + 1]] > place[name] + 1:
            yield Reason.of("months_without_anybody", first=begun, last=name)
            begun = None


def _months(tz: ZoneInfo, first: int, last: int) -> list[tuple[str, Edges]]:
    """Return the months that lie whole in a window, as "2026-03" and their edges."""
    day, firsts = date.fromordinal(max(local_date(tz, first), 1)).replace(day=1), []
    while day.toordinal() <= local_date(tz, last):
        firsts.append(day)
        day = (day + timedelta(days=32)).replace(day=1) if day.year < date.max.year else date.max
    at = instants_of(tz, (wall_midnight(day.toordinal()) for day in firsts))
    edges = [at[wall_midnight(day.toordinal())] for day in firsts]
    return [
        (f"{day:%Y-%m}", (a, b))
        for day, (a, b) in zip(firsts, pairwise(edges), strict=False)
        if first <= a and b <= last
    ]
