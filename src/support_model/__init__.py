"""The rules of customer support as values and pure functions.

This is the curated face: a name costs nothing until it is used, so importing the package
loads neither holiday data nor NumPy. The rooms behind it, in reading order:
`support_model.errors` and `support_model.reasons` (how the library speaks),
`support_model.instants` (what time is), `support_model.calendars` (business time),
`support_model.events` and `support_model.tickets` (what happened), `support_model.sla` (what
was promised and is due).

Before this: the README. Next: `support_model.errors`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support_model import closures, opening_hours
    from support_model.agenda import Agenda, Moment, changes
    from support_model.calendars import BusinessCalendar
    from support_model.errors import (
        InvalidValue,
        NaiveDatetime,
        NoOpenTime,
        SupportModelError,
        SupportModelWarning,
    )
    from support_model.events import Acknowledged, Changed, Created, Message
    from support_model.instants import Span, duration
    from support_model.lifecycle.vocabulary import Priority, Status
    from support_model.lifecycle.workflows import Workflow
    from support_model.patterns import Field, fact
    from support_model.reasons import Reason
    from support_model.service_levels.metrics import (
        ACKNOWLEDGEMENT,
        FIRST_RESPONSE,
        NEXT_RESPONSE,
        RESOLUTION,
        Metric,
    )
    from support_model.service_levels.policies import PolicyBook, SlaPolicy, Target, WorkingDays
    from support_model.service_levels.sla_states import SlaState
    from support_model.sla import evaluate
    from support_model.tickets import Ticket, replay

__all__ = [
    "ACKNOWLEDGEMENT",
    "FIRST_RESPONSE",
    "NEXT_RESPONSE",
    "RESOLUTION",
    "Acknowledged",
    "Agenda",
    "BusinessCalendar",
    "Changed",
    "Created",
    "Field",
    "InvalidValue",
    "Message",
    "Metric",
    "Moment",
    "NaiveDatetime",
    "NoOpenTime",
    "PolicyBook",
    "Priority",
    "Reason",
    "SlaPolicy",
    "SlaState",
    "Span",
    "Status",
    "SupportModelError",
    "SupportModelWarning",
    "Target",
    "Ticket",
    "Workflow",
    "WorkingDays",
    "__version__",
    "changes",
    "closures",
    "duration",
    "evaluate",
    "fact",
    "opening_hours",
    "replay",
]

__version__ = "0.1.0"

_HOMES = {
    "ACKNOWLEDGEMENT": "service_levels.metrics",
    "FIRST_RESPONSE": "service_levels.metrics",
    "NEXT_RESPONSE": "service_levels.metrics",
    "RESOLUTION": "service_levels.metrics",
    "Acknowledged": "events",
    "Agenda": "agenda",
    "BusinessCalendar": "calendars",
    "Changed": "events",
    "Created": "events",
    "Field": "patterns",
    "InvalidValue": "errors",
    "Message": "events",
    "Metric": "service_levels.metrics",
    "Moment": "agenda",
    "NaiveDatetime": "errors",
    "NoOpenTime": "errors",
    "PolicyBook": "service_levels.policies",
    "Priority": "lifecycle.vocabulary",
    "Reason": "reasons",
    "SlaPolicy": "service_levels.policies",
    "SlaState": "service_levels.sla_states",
    "Span": "instants",
    "Status": "lifecycle.vocabulary",
    "SupportModelError": "errors",
    "SupportModelWarning": "errors",
    "Target": "service_levels.policies",
    "Ticket": "tickets",
    "Workflow": "lifecycle.workflows",
    "WorkingDays": "service_levels.policies",
    "changes": "agenda",
    "closures": "closures",
    "duration": "instants",
    "evaluate": "sla",
    "fact": "patterns",
    "opening_hours": "opening_hours",
    "replay": "tickets",
}


def __getattr__(name: str) -> object:
    """Import the module that a public name lives in, on the name's first use (PEP 562)."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    home = import_module(f"{__name__}.{_HOMES[name]}")
    value = home if name == _HOMES[name] else getattr(home, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
