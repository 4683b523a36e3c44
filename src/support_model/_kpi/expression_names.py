"""The names of the facts that an expression asks of columns, so that all missing ones are told."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from support_model._kpi import expressions as ask

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMED = ask.Fact, ask.FieldNow, ask.Entries, ask.Last, ask.Distinct, ask.Changes, ask.Pairs
_OWN: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {
        ask.CameBack: ("requester", "topic", "created_by", "category", "created"),
        ask.Sessions: ("acts", "merged_acts"),
        ask.AnyUnknownWrote: ("unknown_wrote", "merged"),
        ask.Effort: ("worked", "merged"),
        ask.LineCosts: ("lines", "merged_lines"),
        ask.Answered: ("ratings",),
        ask.Stays: ("history",),
        ask.Waits: ("waits",),
    }
)
"""What an expression asks besides its parts."""


def names_of(asked: object) -> frozenset[str]:
    """Return the names of the facts, lists and fields that an expression asks of columns."""
    found = set[str]()
    parts: list[Any] = [asked]
    while parts:
        part = parts.pop()
        if isinstance(part, tuple):
            parts += part
        elif isinstance(part, ask.Expression | ask.Entries):
            found |= _own_names(part)
            kind: Any = type(part)
            parts += [getattr(part, each.name) for each in attrs.fields(kind) if each.init]
    return frozenset(found)


def _own_names(asked: ask.Expression | ask.Entries) -> set[str]:
    if isinstance(asked, _NAMED):
        return {asked.name}
    if isinstance(asked, ask.Stretch) and asked.less:
        return {"history"}
    return {*_OWN.get(type(asked), ())}
