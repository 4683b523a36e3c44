"""Names that routing rules use and nothing bears: lines, teams and skills, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from support_model.errors import InvalidRouting, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from support_model._routing.rules import Routing


Place: TypeAlias = "tuple[str | int, ...]"
"""Where in the rules: ("fallback", 0, "line")."""
Unknown: TypeAlias = "tuple[Place, InvalidRouting]"
"""The place of a name, and the error to raise."""


def unknown_line(place: Place, line: int | None, known: Collection[int]) -> Iterator[Unknown]:
    """Yield a line that does not exist; None is no line."""
    if line is not None and line not in known:
        remedy = f"known: {', '.join(map(str, sorted(known)))}"
        yield place, InvalidRouting(line, "unknown line", remedy)


def unknown_lines(routing: Routing, known: Collection[int]) -> Iterator[Unknown]:
    """Yield the lines of fallbacks and queues that do not exist.

    Example:
        >>> from datetime import timedelta
        >>> from support_model.routing import Fallback, Routing
        >>> rules = Routing(fallback=[Fallback(timedelta(minutes=30), 3)])
        >>> [(place, str(error)) for place, error in unknown_lines(rules, [1, 2])]
        [(('fallback', 0, 'line'), 'unknown line: 3; known: 1, 2')]
    """
    for i, step in enumerate(routing.fallback):
        yield from unknown_line(("fallback", i, "line"), step.line, known)
        yield from unknown_line(("fallback", i, "of"), step.of, known)
    for i, queue in enumerate(routing.queues):
        yield from unknown_line(("queues", i, "line"), queue.line, known)


def unknown_teams(routing: Routing, known: Collection[str]) -> Iterator[Unknown]:
    """Yield the teams of queues that nobody belongs to."""
    for i, queue in enumerate(routing.queues):
        if queue.team is not None:
            yield from _word(("queues", i, "team"), queue.team, known, "team")


def unknown_skills(routing: Routing, known: Collection[str]) -> Iterator[Unknown]:
    """Yield the skills that queues need or waiting relaxes, and nobody has."""
    for i, queue in enumerate(routing.queues):
        for k, need in enumerate(queue.needs):
            yield from _word(("queues", i, "needs", k), need.skill, known, "skill")
    for i, step in enumerate(routing.relax):
        for skill in step.lower:
            yield from _word(("relax", i, "lower"), skill, known, "skill")
        for skill in step.drop:
            yield from _word(("relax", i, "drop"), skill, known, "skill")


def _word(place: Place, word: str, known: Collection[str], what: str) -> Iterator[Unknown]:
    if word not in known:
        remedy = nearest(word, known) if known else "nobody has any"
        yield place, InvalidRouting(word, f"unknown {what}", remedy)
