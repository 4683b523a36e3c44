"""The parts of a desk under the names by which the others call them, each name once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from support_model._frozen import FrozenMap
from support_model.errors import InvalidValue
from support_model.escalation import EscalationRule
from support_model.lines import SupportLine
from support_model.oncall import OnCall

if TYPE_CHECKING:
    from typing import Any


Part = TypeVar("Part")


def _each_once(
    given: Mapping[Any, Part] | Iterable[Part],
    kind: type[Part],
    name_of: Callable[[Part], Any],
    what: str,
) -> FrozenMap[Any, Part]:
    found: dict[Any, Part] = {}
    for part in given.values() if isinstance(given, Mapping) else given:
        if not isinstance(part, kind):
            raise InvalidValue(part, f"not {what}", f"make one with {kind.__name__}(...)")
        name = name_of(part)
        if name in found:
            raise InvalidValue(name, f"{what} is given twice", "keep one of them")
        found[name] = part
    return FrozenMap(found)


def lines_by_level(
    given: Mapping[int, SupportLine] | Iterable[SupportLine],
) -> FrozenMap[int, SupportLine]:
    """Return support lines by their level, the first line first.

    Raises:
        InvalidValue: something that is no line, or a level twice.

    Example:
        >>> list(lines_by_level([SupportLine(level=2), SupportLine(level=1)]))
        [1, 2]
    """
    found = _each_once(given, SupportLine, lambda line: line.level, "a support line")
    return FrozenMap({level: found[level] for level in sorted(found)})


def plans_by_name(
    given: Mapping[str, EscalationRule] | Iterable[EscalationRule],
) -> FrozenMap[str, EscalationRule]:
    """Return escalation rules by the names of their plans.

    Raises:
        InvalidValue: something that is no rule, or a name twice.
    """
    return _each_once(given, EscalationRule, lambda rule: rule.name, "an escalation rule")


def oncall_by_name(given: Mapping[str, OnCall] | Iterable[OnCall]) -> FrozenMap[str, OnCall]:
    """Return on-call plans by their names.

    Raises:
        InvalidValue: something that is no on-call plan, or a name twice.
    """
    return _each_once(given, OnCall, lambda plan: plan.name, "an on-call plan")
