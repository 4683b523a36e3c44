"""When a desk has nobody there: promised hours, open lines, turns on call, training that ends.

Somebody is there in their own hours unless absent, and while on call.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from support_model._desk.staff_lint import promises, reaches_nobody
from support_model._time import (
    Edges,
    difference,
    instant,
    intersection,
    micros_of,
    union,
)
from support_model.errors import InvalidValue
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import tzinfo

    from support_model._time import Span
    from support_model.calendars import BusinessCalendar
    from support_model.desk import Desk
    from support_model.escalation import EscalationRule
    from support_model.lines import Agent
    from support_model.oncall import Roster
    from support_model.sla import Target


Stretches: TypeAlias = "Sequence[Edges]"


def lint(desk: Desk, span: Span, horizon: timedelta | None = None) -> Iterator[Reason]:
    """Yield when nobody is there within a span, and training that ends by a horizon.

    Raises:
        InvalidValue: `span` has no end.
    """
    if span.end is None:
        raise InvalidValue(span, "presence is read within bounds", "give the span an end")
    start, end = span.edges
    until = end if horizon is None else start + micros_of(horizon)
    yield from _training(desk.agents, start, until)
    if start == end:
        return
    first, last = instant(start), instant(end)
    rosters = {name: plan.roster(first, last) for name, plan in desk.oncall.items()}
    yield from _silent(desk, rosters)
    yield from _twice(desk, rosters)
    if len(desk.agents):
        yield from _hours(desk, span, rosters)
        yield from _away_on_call(desk, rosters)
    yield from _gaps(desk, span, rosters)


def _training(agents: Iterable[Agent], start: int, end: int) -> Iterator[Reason]:
    """Yield the skills that have run out, or run out by an instant."""
    for agent in agents:
        for skill in agent.skills.values():
            ends = skill.ends(agent.tz)
            if ends is None or ends > end:
                continue
            code = "training_expired" if ends <= start else "training_expires"
            when = instant(ends, agent.tz)
            yield Reason.of(code, person=agent.id, skill=skill.name, at=when)


def _silent(desk: Desk, rosters: Mapping[str, Roster]) -> Iterator[Reason]:
    """Yield the steps to an on-call plan in which nobody ever is on call."""
    for rule in desk.plans.values():
        for step in rule.steps:
            kind, _, name = step.to.partition(":")
            if kind == "oncall" and name in rosters and not rosters[name].shifts():
                yield reaches_nobody(rule.name, step.id, step.to)


def _twice(desk: Desk, rosters: Mapping[str, Roster]) -> Iterator[Reason]:
    """Yield who is on call in two on-call plans at once that one escalation plan calls in turn."""
    called = {
        tuple(sorted({step.to.partition(":")[2] for step in rule.steps} & rosters.keys()))
        for rule in desk.plans.values()
    }
    pairs = {pair for names in called for pair in combinations(names, 2)}
    for one, other in sorted(pairs):
        first, second = rosters[one].by_person(), rosters[other].by_person()
        for person in sorted(first.keys() & second.keys()):
            both = intersection(first[person], second[person])
            if both:
                about = {"person": person, "one": one, "other": other}
                yield Reason.of("on_call_twice", **about, **_extent(both, rosters[one].tz))


def _hours(desk: Desk, span: Span, rosters: Mapping[str, Roster]) -> Iterator[Reason]:
    """Yield promises that run out with nobody there, and lines that are open with nobody."""
    there = _present([agent for agent in desk.agents if agent.line is not None], span)
    for roster in rosters.values():
        for person, edges in roster.by_person().items():
            there.setdefault(person, []).extend(edges)
    anybody = union(edges for stretches in there.values() for edges in stretches)
    yield from _promised_hours(desk, span, anybody)
    yield from _open_lines(desk, span, there)


def _open_lines(desk: Desk, span: Span, there: Mapping[str, Iterable[Edges]]) -> Iterator[Reason]:
    for level, line in desk.lines.items():
        people = [agent for agent in desk.agents if agent.line == level]
        if line.call_out is not None or not people:
            continue
        own = union(edges for agent in people for edges in there[agent.id])
        hours = [span.edges] if line.calendar is None else _open(line.calendar, span)
        missing = difference(hours, own)
        if missing:
            tz = people[0].tz if line.calendar is None else line.calendar.tz
            yield Reason.of("line_unattended", line=level, **_extent(missing, tz))


def _promised_hours(desk: Desk, span: Span, anybody: Stretches) -> Iterator[Reason]:
    """Yield the promises that nobody can keep, else the promised hours with nobody there."""
    empty = difference([span.edges], anybody)
    unkept = set()
    for policy, target in promises(desk):
        stretch = _outlasting(target, empty)
        if stretch is not None:
            unkept.add(target.calendar)
            metric = target.metric.name
            yield Reason.of(
                "promise_unkept",
                policy=policy.name,
                metric=metric,
                number=policy.by_metric[metric].index(target) + 1,
                **_bounds(stretch, target.calendar.tz),
            )
    for calendar, name in _promising(desk).items():
        missing = difference(_open(calendar, span), anybody)
        if missing and calendar not in unkept:
            yield Reason.of("hours_unattended", calendar=name, **_extent(missing, calendar.tz))


def _outlasting(target: Target, empty: Stretches) -> Edges | None:
    """Return the first stretch with nobody there that is longer than a target."""
    if not isinstance(target.within, timedelta):
        return None
    for start, end in empty:
        if target.calendar.elapsed(instant(start), instant(end)) > target.within:
            return start, end
    return None


def _promising(desk: Desk) -> dict[BusinessCalendar, str]:
    """Return the calendars in which somebody must be there, with their names.

    A promise of a day or more, or in working days, can be kept by being there at other hours.
    """
    names = {calendar: name for name, calendar in desk.calendars.items()}
    name_of: dict[BusinessCalendar, str] = {}
    for policy, target in promises(desk):
        if isinstance(target.within, timedelta) and target.within < timedelta(days=1):
            where = f"{policy.name}, {target.metric.name}"
            name_of.setdefault(target.calendar, names.get(target.calendar, where))
    return name_of


def _present(agents: Sequence[Agent], span: Span) -> dict[str, list[Edges]]:
    """Return when each agent is at work; many share a calendar, which is read once."""
    hours: dict[BusinessCalendar | None, list[Edges]] = {None: [span.edges]}
    presence = {}
    for agent in agents:
        calendar = agent.calendar
        if calendar is not None and calendar not in hours:
            hours[calendar] = _open(calendar, span)
        away = union(absence.edges for absence in agent.absences)
        presence[agent.id] = difference(hours[calendar], away)
    return presence


def _open(calendar: BusinessCalendar, span: Span) -> list[Edges]:
    start, end = span.edges
    return [period.edges for period in calendar.periods(instant(start), instant(end))]


def _bounds(stretch: Edges, tz: tzinfo) -> dict[str, object]:
    start, end = (instant(at, tz) for at in stretch)
    return {"start": start, "end": end}


def _extent(stretches: Stretches, tz: tzinfo) -> dict[str, object]:
    """Return the first of some stretches, and how long they are together."""
    total = timedelta(microseconds=sum(end - start for start, end in stretches))
    return {**_bounds(stretches[0], tz), "total": total}


def _away_on_call(desk: Desk, rosters: Mapping[str, Roster]) -> Iterator[Reason]:
    """Yield who is on call during an absence of their own."""
    for name, roster in rosters.items():
        on_call = roster.by_person()
        for agent in desk.agents:
            away = union(span.edges for span in agent.absences)
            both = intersection(on_call.get(agent.id, ()), away)
            if both:
                yield Reason.of(
                    "on_call_absent", plan=name, person=agent.id, **_extent(both, agent.tz)
                )


def _gaps(desk: Desk, span: Span, rosters: Mapping[str, Roster]) -> Iterator[Reason]:
    """Yield the on-call plans that are empty while a clock runs that may call them."""
    calling: dict[str, list[EscalationRule]] = {}
    for rule in desk.plans.values():
        for to in dict.fromkeys(step.to for step in rule.steps):
            calling.setdefault(to, []).append(rule)
    for name, roster in rosters.items():
        running: list[Edges] = []
        tz: tzinfo | None = None
        for rule in calling.get(f"oncall:{name}", ()):
            for _, target in promises(desk, rule.kind, rule.metric):
                running += _open(target.calendar, span)
                tz = tz or target.calendar.tz
        gaps = intersection(union(running), [gap.edges for gap in roster.gaps()])
        if gaps and tz is not None:
            yield Reason.of("on_call_uncovered", plan=name, **_extent(gaps, tz))
