"""Why somebody is on call, or nobody: what each part of the plan says at one instant."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from support_model._time import micros
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from support_model._oncall.plans import OnCall
    from support_model._oncall.rosters import Crew
    from support_model._time import Span


def explain_who(plan: OnCall, at: datetime) -> tuple[Reason, ...]:
    """Return why `plan.who(at)` is who it is: turns from the top layer down, swaps, absences.

    The last reason says who is on call. Layers are numbered from 1, turns from 0.

    Raises:
        NaiveDatetime: the instant has no zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.instants import Span
        >>> from support_model.oncall import Layer, OnCall, Swap
        >>> week = Span(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
        >>> rota = OnCall(
        ...     [Layer(["ann", "bob"], start="2026-03-02 09:00", tz="UTC")],
        ...     swaps=[Swap("ann", "bob", span=week)],
        ... )
        >>> [reason.code for reason in explain_who(rota, datetime(2026, 3, 3, tzinfo=UTC))]
        ['on_call_turn', 'on_call_swap', 'on_call']
    """
    t = micros(at)
    crew = plan.who(at)
    last = (
        Reason.of("on_call", who=", ".join(sorted(crew))) if crew else Reason.of("on_call_nobody")
    )
    overrides = [override.person for override in plan.overrides if _holds(override.span, t)]
    if overrides:
        return Reason.of("on_call_override", person=overrides[-1]), last
    takers = {giver: taker for giver, taker, span in plan.gifts if _holds(span, t)}
    away = {absence.person for absence in plan.absences if _holds(absence.span, t)}
    turn = {
        number: turn
        for number, layer in enumerate(plan.layers)
        for _, _, turn in layer.turns(t, t + 1)
    }
    reasons: list[Reason] = []
    rank = plan.ranks
    for _, level in groupby(sorted(turn, key=lambda i: rank[i]), key=lambda i: rank[i][0]):
        seats = plan.seats({number: turn[number] for number in level}, takers, away)
        for number in sorted(seats, key=lambda i: rank[i]):
            reasons += _of_turn(plan, number, turn[number], takers, away, seats[number])
        if any(seats.values()):
            break
    return *reasons, last


def _of_turn(
    plan: OnCall,
    number: int,
    turn: int,
    takers: Mapping[str, str],
    away: Collection[str],
    served: Crew,
) -> Iterator[Reason]:
    """Yield what a layer on duty says: whose turn it is, and why others serve or nobody."""
    entries = plan.layers[number].participants
    entry = entries[turn % len(entries)]
    yield Reason.of("on_call_turn", layer=number + 1, turn=turn, who=", ".join(entry))
    rostered = {one: takers.get(one, one) for one in entry}
    for giver, taker in rostered.items():
        if giver != taker:
            yield Reason.of("on_call_swap", giver=giver, taker=taker)
    for person in sorted({one for one in rostered.values() if one in away}):
        yield Reason.of("on_call_away", person=person)
    if served and all(one in away for one in rostered.values()):
        yield Reason.of("on_call_stand_in", who=", ".join(sorted(served)))


def _holds(span: Span, t: int) -> bool:
    start, end = span.edges
    return start <= t < end
