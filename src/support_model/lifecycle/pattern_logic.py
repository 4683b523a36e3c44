"""What can be known of a pattern before there is any ticket: always, never, implied by another.

Sound and incomplete: what is said to hold holds for every ticket; where it cannot be told, the
answer is None, and nobody is warned.

Before this: `support_model.patterns`. Next: `support_model.desks.policy_lint`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model.patterns import Condition, Every, Not, Some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from support_model.patterns import Pattern

__all__ = ["Earlier", "cases", "conditions", "implies", "known", "never", "values"]

MOST = 256
"""Cases looked at; of a pattern with more, nothing is known."""


def conditions(pattern: Pattern) -> Iterator[Condition]:
    """Yield every condition inside a pattern, negated ones too."""
    match pattern:
        case Every(parts=parts) | Some(parts=parts):
            for part in parts:
                yield from conditions(part)
        case Not(part=part):
            yield from conditions(part)
        case Condition():
            yield pattern


def values(pattern: Pattern) -> Iterator[tuple[str, object]]:
    """Yield the fields and the values that a pattern compares for equality.

    Example:
        >>> from support_model.patterns import Field
        >>> list(values(~Field("channel").in_("chat", "phone")))
        [('channel', 'chat'), ('channel', 'phone')]
    """
    for condition in conditions(pattern):
        if condition.operation == "is":
            yield condition.name, condition.value
        elif condition.operation == "in":
            yield from ((condition.name, value) for value in condition.value)


def known(
    pattern: Pattern, facts: Mapping[str, Any], given: frozenset[Pattern] = frozenset()
) -> bool | None:
    """Return whether a pattern holds where fields have these values; None if it may or may not.

    `given` are patterns taken to hold.

    Example:
        >>> from support_model.patterns import Field
        >>> urgent = Field("priority").is_("urgent") | Field("channel").is_("phone")
        >>> known(urgent, {"priority": "urgent"}), known(urgent, {"priority": "low"})
        (True, None)
    """
    if pattern in given:
        return True
    match pattern:
        case Every(parts=parts):
            return _decided((known(part, facts, given) for part in parts), decisive=False)
        case Some(parts=parts):
            return _decided((known(part, facts, given) for part in parts), decisive=True)
        case Not(part=part):
            found = known(part, facts, given)
            return None if found is None else not found
        case Condition(name=name, operation=operation, value=value) if name in facts:
            test = _TESTS.get(operation)
            return None if test is None else test(facts[name], value)
    return None


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda found, value: bool(found == value),
    "in": lambda found, value: found in value,
    "has": lambda found, _: found not in (None, ""),
    "contains": lambda found, words: any(w.casefold() in found.casefold() for w in words),
    "at_least": lambda found, value: bool(found >= value),
    "at_most": lambda found, value: bool(found <= value),
}


def _decided(parts: Iterator[bool | None], *, decisive: bool) -> bool | None:
    """Fold answers of which one decides the whole."""
    whole: bool | None = not decisive
    for part in parts:
        if part is decisive:
            return decisive
        if part is None:
            whole = None
    return whole


def cases(pattern: Pattern) -> list[dict[str, Any]]:
    """Return the values that fields must have where a pattern holds: one of these cases.

    No case: it never holds. An empty case: nothing is asked of any field by value.

    Example:
        >>> from support_model.patterns import Field
        >>> cases(Field("channel").in_("chat", "phone") & Field("agent").has())
        [{'channel': 'chat'}, {'channel': 'phone'}]
        >>> cases(Field("channel").is_("chat") & Field("channel").is_("phone"))
        []
    """
    found = _cases(pattern)
    return found if len(found) <= MOST else [{}]


def _cases(pattern: Pattern) -> list[dict[str, Any]]:
    match pattern:
        case Condition(name=name, operation="is", value=value):
            return [{name: value}]
        case Condition(name=name, operation="in", value=values):
            return [{name: value} for value in values]
        case Some(parts=parts):
            return [case for part in parts for case in cases(part)]
        case Every(parts=parts):
            found: list[dict[str, Any]] = [{}]
            for part in parts:
                more = cases(part)
                if len(found) * len(more) > MOST:
                    continue  # fewer conditions are still necessary ones
                found = [
                    {**one, **other}
                    for one in found
                    for other in more
                    if all(one.get(name, value) == value for name, value in other.items())
                ]
            return [case for case in found if known(pattern, case) is not False]
    return [{}]


def _given(pattern: Pattern) -> frozenset[Pattern]:
    """Return what holds wherever a pattern does: itself and, where all must hold, its parts."""
    return frozenset({pattern, *(pattern.parts if isinstance(pattern, Every) else ())})


def never(pattern: Pattern) -> bool:
    """Return whether a pattern is proven to hold of no ticket."""
    return all(known(pattern, case) is False for case in cases(pattern))


def implies(pattern: Pattern, other: Pattern) -> bool:
    """Return whether the other is proven to hold wherever the pattern does.

    Example:
        >>> from support_model.patterns import ALWAYS, Field
        >>> chat = Field("channel").is_("chat")
        >>> implies(chat, Field("channel").in_("chat", "phone")), implies(ALWAYS, chat)
        (True, False)
    """
    given = _given(pattern)
    return all(known(other, case, given) is True for case in cases(pattern))


class Earlier:
    """Patterns given one after the other, to find the first that a later one implies.

    A pattern that asks fields for values is kept under one value of each of its cases, the one
    under which fewest are kept, so that only those are tried that could be implied at all.

    Example:
        >>> from support_model.patterns import ALWAYS, Field
        >>> earlier = Earlier()
        >>> for pattern in (Field("channel").is_("chat"), Field("channel").is_("phone"), ALWAYS):
        ...     earlier.add(pattern)
        >>> earlier.implied_by(Field("channel").is_("phone") & Field("agent").has())
        1
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._patterns: list[Pattern] = []
        self._asking: dict[tuple[str, Any], list[int]] = {}
        self._others: list[int] = []
        self._same: dict[Pattern, int] = {}

    def add(self, pattern: Pattern) -> None:
        """Take one more pattern."""
        place = len(self._patterns)
        self._patterns.append(pattern)
        self._same.setdefault(pattern, place)
        asked = cases(pattern)
        if not asked or not all(asked):
            self._others.append(place)
            return
        for case in asked:
            pair = min(case.items(), key=lambda item: len(self._asking.get(item, ())))
            self._asking.setdefault(pair, []).append(place)

    def implied_by(self, pattern: Pattern) -> int | None:
        """Return the place of the first pattern that is proven to hold wherever this one does."""
        own = cases(pattern)
        if not own:
            return 0 if self._patterns else None
        places = {place for item in own[0].items() for place in self._asking.get(item, ())}
        places.update(self._others)
        places.update(self._same[part] for part in _given(pattern) if part in self._same)
        tried = (place for place in sorted(places) if implies(pattern, self._patterns[place]))
        return next(tried, None)
