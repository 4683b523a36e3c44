"""Patterns asked of many steps at once: a flag for each row of a log.

A condition tests each distinct value of its name once, with the test that it makes of a step
(`support_model.patterns.value_test`), so there is no second reading of any test. Only the
function of a host cannot be asked like this.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.event_columns import OWN, TYPE, TYPES
from support_model._columns.values import NONE, NULL, Words
from support_model._time import micros
from support_model._vocabulary import CATEGORIES, FACTS, ROLES
from support_model.arrays import elapsed
from support_model.patterns import AllOf, Condition, Function, Not, value_test

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from support_model._columns.step_columns import StepColumns
    from support_model._columns.values import Codes, Flags, Ints
    from support_model.patterns import Pattern

__all__ = ["Seen", "has_mask", "mask", "one_name"]

_FLAGS = (False, True)
_INSTANTS = frozenset({"at", "until", "created_at", "old.created_at"})


@define(eq=False)
class Seen:
    """The steps of which patterns are asked, one for each row.

    Attributes:
        steps: the columns of the steps.
        alone: whether nothing happens in the step, as in `eventless_step`: the ticket after each
            row is both before and after it.
        after: the row after which the ticket is read for each row; None is the row itself.
    """

    steps: StepColumns
    alone: bool = False
    after: Ints | None = None
    _known: dict[str, Words] = field(factory=dict, init=False, repr=False)
    _held: dict[Pattern, Flags] = field(factory=dict, init=False, repr=False)

    @property
    def size(self) -> int:
        """How many steps there are."""
        return self.steps.raw.size

    def words(self, name: str) -> Words:
        """Return what the steps have under a name of a pattern, made when first asked for."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._words(name)
        return known

    def holds(self, pattern: Pattern) -> Flags:
        """Return for each step whether a pattern holds of it, read once: `mask`."""
        known = self._held.get(pattern)
        if known is None:
            known = self._held[pattern] = mask(pattern, self)
        return known

    def _words(self, name: str) -> Words:
        if name in _OF_EVENT:
            return self._nothing() if self.alone else _OF_EVENT[name](self.steps)
        old = name.startswith("old.")
        found = _of_ticket(name.removeprefix("old."), self.steps)
        if old and not self.alone:
            return Words(self.steps.segments.before(found.codes, NONE), found.words)
        return found if old or self.after is None else found.take(self.after)

    def instants(self, name: str) -> Ints:
        """Return the instants that the steps have under a name; `NULL` for none."""
        steps = self.steps
        if name == "created_at":
            return steps.by_ticket(steps.raw.at[steps.creation])
        if name == "old.created_at":
            created = steps.by_ticket(steps.raw.at[steps.creation])
            return created if self.alone else np.where(steps.first, NULL, created)
        if self.alone:
            return np.full(self.size, NULL, np.int64)
        if name == "at":
            return steps.raw.at
        until = steps.raw.parts.get("until")
        return (
            np.full(self.size, NULL, np.int64)
            if until is None or isinstance(until, Words)
            else np.where(steps.is_type("changed"), until, NULL)
        )

    def _nothing(self) -> Words:
        return Words(np.full(self.size, NONE, np.int32), ())


@define(eq=False)
class Distinct:
    """The distinct values of one name in place of the steps that have them.

    The codes `NONE` and `EMPTIED` are the last two places, counted from the end: nothing, twice.

    Attributes:
        of: what the steps have under the name.
    """

    of: Words

    @property
    def size(self) -> int:
        """How many values there are, and nothing twice."""
        return len(self.of.words) + 2

    def words(self, _: str) -> Words:
        """Return each value once."""
        codes = np.arange(self.size, dtype=np.int32)
        codes[-2:] = NONE
        return Words(codes, self.of.words)


def one_name(patterns: Sequence[Pattern], seen: Seen) -> Distinct | None:
    """Return the values of the one name of the ticket that patterns read, if it is one."""
    names = {condition.name for pattern in patterns for condition in pattern.conditions()}
    if len(names) != 1 or not all(map(has_mask, patterns)):
        return None
    (name,) = names
    return None if name in {"facts", "changed", *_INSTANTS} else Distinct(seen.words(name))


def has_mask(pattern: Pattern) -> bool:
    """Return whether a pattern can be asked of many steps at once."""
    return not any(isinstance(leaf, Function) for leaf in pattern.leaves())


def mask(pattern: Pattern, seen: Seen | Distinct) -> Flags:
    """Return for each step whether a pattern holds of it; no part of it is a `Function`."""
    if isinstance(pattern, Condition):
        return _of_condition(pattern, seen)
    if isinstance(pattern, Not):
        return ~mask(pattern.part, seen)
    every = isinstance(pattern, AllOf)
    join = np.logical_and if every else np.logical_or
    parts: tuple[Pattern, ...] = pattern.parts  # type: ignore[attr-defined] # AllOf or AnyOf
    if not parts:
        return np.full(seen.size, every)
    return reduce(join, [mask(part, seen) for part in parts])


def _of_condition(condition: Condition, seen: Seen | Distinct) -> Flags:
    name, operation, value = condition.name, condition.operation, condition.value
    if isinstance(seen, Seen) and name in {"facts", "changed"}:
        return _of_names(name, operation, value, seen)
    if isinstance(seen, Seen) and name in _INSTANTS:
        return _of_instants(seen.instants(name), operation, value)
    test = value_test(name, operation, value)
    return seen.words(name).passing(test)


def _of_names(name: str, operation: str, value: Any, seen: Seen) -> Flags:  # noqa: ANN401 - as a condition's
    steps = seen.steps
    if seen.alone:
        return np.zeros(seen.size, np.bool_)
    holds = steps.fact if name == "facts" else steps.changed
    every = FACTS if name == "facts" else (*steps.raw.fields, "category")
    asked = every if operation == "has" else value
    return reduce(np.logical_or, [holds(word) for word in asked])


def _of_instants(at: Ints, operation: str, value: Any) -> Flags:  # noqa: ANN401 - as a condition's
    known: Flags = at != NULL
    if operation == "has":
        return known
    if operation == "open_in":
        there = np.where(known, at, 0)
        return known & (elapsed(value, there, there + 1) > 0)
    bound = micros(value)
    return known & (at < bound if operation == "before" else at > bound)


def _of_codes(codes: NDArray[Any], words: Sequence[Any]) -> Words:
    return Words(codes.astype(np.int32), words)


def _part(name: str, steps: StepColumns) -> Words:
    """Return a part of events; those of other kinds have none, whatever their row says."""
    column = steps.raw.parts.get(name)
    if not isinstance(column, Words):
        return Words(np.full(steps.raw.size, NONE, np.int32), ())
    if name == "actor":
        return column
    owners = [TYPE[kind] for kind, names in OWN.items() if name in names]
    return Words(np.where(np.isin(steps.raw.type, owners), column.codes, NONE), column.words)


def _score(steps: StepColumns) -> Words:
    codes = np.full(steps.raw.size, NONE, np.int32)
    scores = steps.raw.parts.get("score")
    if scores is None or isinstance(scores, Words):
        return Words(codes, ())
    rated = steps.is_type("rated")
    found, places = np.unique(scores[rated], return_inverse=True)
    codes[rated] = places
    return Words(codes, tuple(found.tolist()))


_OF_EVENT: dict[str, Callable[[StepColumns], Words]] = {
    "event": lambda steps: _of_codes(steps.raw.type, TYPES),
    "role": lambda steps: _of_codes(steps.raw.role, ROLES),
    "public": lambda steps: _of_codes(
        np.where(steps.is_type("message"), steps.raw.public, NONE), _FLAGS
    ),
    "score": _score,
    "actor": lambda steps: _part("actor", steps),
    "kind": lambda steps: _part("kind", steps),
    "other": lambda steps: _part("other", steps),
    "metric": lambda steps: _part("metric", steps),
    "policy": lambda steps: _part("policy", steps),
}


def _of_ticket(name: str, steps: StepColumns) -> Words:
    """Return what the ticket has under a name after each row."""
    if name.startswith("times."):
        times = steps.times(name.removeprefix("times."))
        return _of_codes(times, tuple(range(int(times.max(initial=0)) + 1)))
    if name in _OF_TICKET:
        return _OF_TICKET[name](steps)
    return steps.after(name)


def _named(name: str, attribute: str, steps: StepColumns) -> Words:
    """Return a part of a field's values."""
    after = steps.after(name)
    return after.regrouped(lambda value: getattr(value, attribute))


def _ids(steps: StepColumns) -> Words:
    return Words(steps.by_ticket(_numbers(steps.segments.count)), tuple(steps.raw.ids.to_pylist()))


def _numbers(count: int) -> Codes:
    return np.arange(count, dtype=np.int32)


_OF_TICKET: dict[str, Callable[[StepColumns], Words]] = {
    "ticket_id": _ids,
    "created_by": lambda steps: _of_codes(steps.by_ticket(steps.raw.role[steps.creation]), ROLES),
    "status": lambda steps: _named("status", "name", steps),
    "category": lambda steps: _of_codes(steps.category, CATEGORIES),
    "priority": lambda steps: _named("priority", "name", steps),
    "priority_rank": lambda steps: _named("priority", "rank", steps),
    "waiting": lambda steps: _of_codes(steps.waiting_since != NULL, _FLAGS),
}
