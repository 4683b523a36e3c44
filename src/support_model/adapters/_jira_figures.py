"""What Jira itself computed of an issue: the cycles of its SLA, and when it was resolved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from support_model.adapters._event_logs import StatedFigure
from support_model.adapters._jira_words import Item, at_of, length_of, part, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from support_model.adapters._payloads import Tally

REPLY = (
    *("first response", "ersten antwort", "primera respuesta", "première réponse"),
    *("prima risposta", "primeira resposta", "eerste reactie", "pierwszej odpowiedzi"),
    *("первого ответа", "first reply"),
)
SOLUTION = (
    *("resolution", "lösung", "resolución", "résolution", "risoluzione", "resolução"),
    *("oplossing", "rozwiązania", "решения"),
)
"""Words in the names of the two SLAs that a service project begins with."""
CHART = "[CHART] Date of First Response"


def slas_of(fields: Item, names: Mapping[str, str]) -> Iterator[tuple[str, Item]]:
    """Yield the SLAs of an issue by the name of their field.

    Example:
        >>> [*slas_of({"customfield_1": {"name": "Time to resolution", "ongoingCycle": {}}}, {})]
        [('customfield_1', {'name': 'Time to resolution', 'ongoingCycle': {}})]
    """
    for key, value in fields.items():
        if value.__class__ is dict and ("completedCycles" in value or "ongoingCycle" in value):
            named = value if value.get("name") else {**value, "name": names.get(key)}
            yield shown(key), named


def figures(native: str, sla: Item) -> Iterator[StatedFigure]:
    """Yield what the cycles of an SLA say: when a cycle stopped, how long it ran, if in time."""
    name = str(sla.get("name")).casefold()
    done = [
        (at, part(cycle))
        for cycle in (sla.get("completedCycles") or () if _listed(sla) else ())
        if (at := at_of(part(cycle).get("stopTime"))) is not None
    ]
    done.sort(key=lambda each: each[0])
    if any(map(name.__contains__, REPLY)):
        yield from _reply(native, sla, done)
    elif any(map(name.__contains__, SOLUTION)):
        yield from _solution(native, sla, done)


def known(sla: Item) -> bool:
    """Return whether an SLA is one of those whose figures are compared."""
    name = str(sla.get("name")).casefold()
    return any(map(name.__contains__, (*REPLY, *SOLUTION)))


def _listed(sla: Item) -> bool:
    return isinstance(sla.get("completedCycles"), list | tuple)


def _reply(native: str, sla: Item, done: list[tuple[datetime, Item]]) -> Iterator[StatedFigure]:
    if not done:
        if part(sla.get("ongoingCycle")):
            yield StatedFigure(name="first_reply", native=f"{native}: ongoingCycle", value=None)
        return
    place = f"{native}, cycle 1"
    at, cycle = done[0]
    yield StatedFigure(name="first_reply", native=f"{place}: stopTime", value=at)
    elapsed = length_of(cycle.get("elapsedTime"))
    if elapsed is not None:
        length = f"{place}: elapsedTime"
        yield StatedFigure(name="first_reply_time", native=length, value=elapsed, business=True)
    yield from _within("within_first_reply", place, cycle)


def _solution(native: str, sla: Item, done: list[tuple[datetime, Item]]) -> Iterator[StatedFigure]:
    for number, (at, cycle) in enumerate(done, 1):
        place = f"{native}, cycle {number}"
        if number == 1:
            yield StatedFigure(name="first_solved", native=f"{place}: stopTime", value=at)
            yield from _within("within_resolution", place, cycle)
        elif number == len(done):
            yield StatedFigure(name="last_solved", native=f"{place}: stopTime", value=at)
    lengths = [length_of(cycle.get("elapsedTime")) for _, cycle in done]
    if lengths and None not in lengths and not part(sla.get("ongoingCycle")):
        total = sum(filter(None, lengths), start=timedelta())  # pauses are no part of it
        native = f"{native}: elapsedTime"
        yield StatedFigure(name="requester_wait", native=native, value=total, business=True)


def _within(name: str, place: str, cycle: Item) -> Iterator[StatedFigure]:
    """Yield whether a cycle was in time."""
    breached = cycle.get("breached")
    if breached is True or breached is False:
        yield StatedFigure(name=name, native=f"{place}: breached", value=int(not breached))


def state(
    ticket: str, fields: Item, slas: Mapping[str, Item], names: Mapping[str, str], tally: Tally
) -> None:
    """Keep the figures of one issue; an SLA that has no counterpart is counted."""
    told = {shown(sla.get("name")): sla for _, sla in slas_of(fields, names)}
    told |= slas  # an answer of its own is fuller than the field
    for name, sla in told.items():
        if not known(sla):
            tally.left_out[f"SLA {name}"] += 1
        for figure in figures(name, sla):
            tally.states(ticket, figure)
    if "resolutiondate" in fields:
        at = at_of(fields["resolutiondate"])
        if at is not None or fields["resolutiondate"] is None:
            figure = StatedFigure(name="last_solved", native="fields.resolutiondate", value=at)
            tally.states(ticket, figure)
    for key, name in names.items():
        if name == CHART and (at := at_of(fields.get(key))) is not None:
            tally.states(ticket, StatedFigure(name="first_reply", native=key, value=at))
