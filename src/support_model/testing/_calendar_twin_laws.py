"""The law of twins: two calendars made differently answer every question alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from support_model.errors import NoOpenTime, OutOfRange
from support_model.testing._law_kit import holds, met
from support_model.testing._slow_calendar import SlowCalendar, TooFar

if TYPE_CHECKING:
    from support_model.calendars import BusinessCalendar
    from support_model.testing._calendar_strategies import Probe

CalendarOracle: TypeAlias = "BusinessCalendar | SlowCalendar"
"""What a calendar is held against: another one, or its slow twin."""


AT = (
    *("is_open", "next_open", "prev_open"),
    *("next_opening", "next_close", "prev_opening", "prev_close"),
)


def law_oracle(calendar: BusinessCalendar, probe: Probe, twin: CalendarOracle) -> None:
    """T1: a calendar and its twin answer alike: edges, elapsed, add, subtract.

    What the twin does not reach is not compared.
    """
    calls: list[tuple[str, tuple[object, ...]]] = [(name, (probe.a,)) for name in AT]
    calls += [("elapsed", (probe.a, probe.b)), ("elapsed", (probe.b, probe.c))]
    calls += [("add", (probe.a, probe.amount)), ("subtract", (probe.b, probe.more))]
    compared = 0
    for name, arguments in calls:
        try:
            wanted = getattr(twin, name)(*arguments)
        except (TooFar, NoOpenTime, OutOfRange):
            continue
        compared += 1
        answer = getattr(calendar, name)(*arguments)
        holds("T1", f"{name} as the twin", when=answer == wanted, found=answer, twin=wanted)
    met("T1: all compared", when=compared == len(calls))
