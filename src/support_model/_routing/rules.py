"""How tickets find agents, as data: the ranking, what waiting loosens, and what counts as load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from attrs import field
from attrs.validators import optional

from support_model._checks import (
    Number,
    checked_level,
    checked_load,
    checked_positive,
    checked_whole,
    exact,
    valid,
)
from support_model._frozen import FrozenMap, derived, frozen, words
from support_model._routing.queues import queue_of
from support_model._routing.workloads import COUNTED_WORK, CountedWork
from support_model._time import micros, micros_of
from support_model.errors import InvalidRouting, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import timedelta
    from fractions import Fraction

    from support_model._routing.queues import Queue, QueuedTicket
    from support_model._routing.ranking import Candidate
    from support_model.tickets import Ticket


Strategy: TypeAlias = Literal[
    "skill_fit", "least_loaded", "least_active", "most_available", "round_robin", "longest_idle"
]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
Fit: TypeAlias = Literal["closest", "highest"]
Place: TypeAlias = tuple[str | int, ...]
"""Where in the rules: ("fallback", 0, "line")."""


def _waited(after: timedelta) -> None:
    if micros_of(after) < 0:
        raise InvalidRouting(after, "a wait is not negative", "give timedelta(minutes=...)")


def _known(word: object, known: tuple[str, ...], what: str) -> None:
    if word not in known:
        raise InvalidRouting(word, f"unknown {what}", nearest(str(word), known))


def _must_not_circle(steps: tuple[Fallback, ...]) -> None:
    """Raise `InvalidRouting` where lines fall back on each other."""
    onto: dict[int, set[int]] = {}
    for step in steps:
        if step.of is not None:
            onto.setdefault(step.of, set()).add(step.line)
    for line in onto:
        reached: set[int] = set()
        todo = [line]
        while todo:
            for other in onto.get(todo.pop(), ()):
                if other == line:
                    remedy = "let one of them fall back elsewhere"
                    raise InvalidRouting(line, "lines that fall back in a circle", remedy)
                if other not in reached:
                    reached.add(other)
                    todo.append(other)


@frozen
class Relax:
    """From some wait on, needs are lower; steps add up, and no level falls below 1.

    What was needed at first stays a wish: who meets it ranks first all the same.

    Attributes:
        after: the wait at which it applies.
        lower: how many levels are taken off, by skill.
        drop: skills that are no longer required.

    Raises:
        InvalidRouting: a negative wait, or nothing that is relaxed.
        InvalidValue: a level that is raised.

    Example:
        >>> from datetime import timedelta
        >>> Relax(timedelta(minutes=5), lower={"sap": 1}).lower
        {'sap': 1}
    """

    after: timedelta = field(validator=valid(_waited))
    lower: Mapping[str, int] = field(factory=FrozenMap, hash=False, kw_only=True)
    drop: tuple[str, ...] = field(default=(), converter=words, kw_only=True)

    @lower.validator
    def _are_whole(self, _: object, lower: Mapping[str, int]) -> None:
        for skill, levels in lower.items():
            checked_whole(levels, f"levels taken off {skill!r}")

    @drop.validator
    def _relaxes(self, _: object, drop: tuple[str, ...]) -> None:
        if not self.lower and not drop:
            raise InvalidRouting(self, "a step that relaxes nothing", "give lower or drop")


@frozen
class Fallback:
    """From some wait on, another line may take the ticket too; its own line still ranks first.

    Attributes:
        after: the wait at which it applies.
        line: the line that may take it.
        of: the line whose tickets fall back so; None is every line.

    Raises:
        InvalidRouting: a negative wait, or a line that falls back on itself.
        InvalidValue: a line outside 1 to 5.
    """

    after: timedelta = field(validator=valid(_waited))
    line: int = field(validator=valid(checked_level))
    of: int | None = field(default=None, kw_only=True, validator=optional(valid(checked_level)))

    @of.validator
    def _is_another(self, _: object, of: int | None) -> None:
        if of == self.line:
            raise InvalidRouting(self.line, "a line that falls back on itself", "name another")


@frozen
class RateLimit:
    """At most so many assignments to one person within a window, which is half-open.

    Raises:
        InvalidValue: a negative number, a window not above zero.
    """

    most: int = field(validator=valid(checked_whole, "assignments"))
    within: timedelta = field(validator=valid(checked_positive, "a rate window"))


@frozen
class Ranking:
    """A host's own order under a name: a pure key of a `Candidate`, the smallest one first.

    Whoever had the ticket before and the ticket's own line still go first; the id decides last.

    Raises:
        InvalidRouting: no name, or nothing that can be called.

    Example:
        >>> by_id = Ranking("seniority", lambda candidate: candidate.agent.id)
        >>> by_id
        Ranking(name='seniority')
    """

    name: str
    key: Callable[[Candidate], Any] = field(eq=False, repr=False)

    @key.validator
    def _is_named(self, _: object, key: object) -> None:
        if not isinstance(self.name, str) or not self.name or not callable(key):
            raise InvalidRouting(self.name, "no named ranking", "Ranking('seniority', key)")


def as_number(given: Number) -> int | Fraction:
    """Return a number of units exactly: whole ones stay int, which is quick."""
    checked_load(given, "a weight")
    whole = exact(given)
    return int(whole) if whole.denominator == 1 else whole


def _relaxations(given: Iterable[Relax]) -> tuple[Relax, ...]:
    return tuple(given)


def _fallbacks(given: Iterable[Fallback]) -> tuple[Fallback, ...]:
    return tuple(given)


def _queues(given: Iterable[Queue]) -> tuple[Queue, ...]:
    return tuple(given)


@frozen(kw_only=True)
class Routing:
    """How tickets find agents.

    Agents are ranked by: the previous owner while `sticky` lasts, the ticket's own line before
    fallback lines, the strategy, the id. Strategies:

    - `skill_fit`: most needs met, closest level, lowest load ratio, longest since assigned;
    - `least_loaded`: load ratio; `least_active`: units in hand; `most_available`: units free;
    - `round_robin`: longest since assigned, so an absence costs no place;
    - `longest_idle`: longest since the last work ended;
    - a `Ranking`: the host's own.

    Attributes:
        strategy: one of those.
        sticky: how long the previous owner comes first, or during an absence their deputy;
            None is never.
        ageing: each such wait raises a ticket of a backlog by one rank, so that none waits
            without end behind more urgent ones; None is never.
        relax, fallback: what waiting loosens.
        rate_limit: None is no limit.
        count: which work is load: `open_new`, `timer_on` or `all`.
        fit: the `closest` sufficient level first, which keeps experts free, or the `highest`.
        weights: units of work by channel; 1 where not named.
        queues: what tickets of a kind need; see `support_model.routing.queued`.

    Raises:
        InvalidRouting: an unknown word, lines that fall back on each other in a circle.
        InvalidLoad: a weight that is negative or not finite.
        InvalidValue: `sticky` or `ageing` not above zero.

    Example:
        >>> Routing(strategy="round_robin", weights={"phone": 4, "chat": 2}).count
        'open_new'
    """

    strategy: Strategy | Ranking = field(default="skill_fit")
    sticky: timedelta | None = field(
        default=None,
        validator=optional(valid(checked_positive, "how long an owner comes first")),
    )
    ageing: timedelta | None = field(
        default=None,
        validator=optional(valid(checked_positive, "the wait that raises a ticket")),
    )
    relax: tuple[Relax, ...] = field(default=(), converter=_relaxations)
    fallback: tuple[Fallback, ...] = field(
        default=(), converter=_fallbacks, validator=valid(_must_not_circle)
    )
    rate_limit: RateLimit | None = None
    count: CountedWork = field(
        default="open_new", validator=valid(_known, known=COUNTED_WORK, what="count")
    )
    fit: Fit = field(default="closest", validator=valid(_known, known=get_args(Fit), what="fit"))
    weights: Mapping[str, Number] = field(factory=FrozenMap, hash=False)
    queues: tuple[Queue, ...] = field(default=(), converter=_queues)

    @strategy.validator
    def _is_known(self, _: object, strategy: object) -> None:
        if not isinstance(strategy, Ranking):
            _known(strategy, STRATEGIES, "strategy")

    @weights.validator
    def _are_loads(self, _: object, weights: Mapping[str, Number]) -> None:
        for weight in weights.values():
            as_number(weight)

    @derived
    def units(self) -> Mapping[str, int | Fraction]:
        """The weights in exact numbers."""
        return FrozenMap({channel: as_number(weight) for channel, weight in self.weights.items()})

    def sort_key(self, ticket: QueuedTicket, at: int) -> tuple[int, bool, int, int, str]:
        """Return the place of a ticket in a backlog at an instant, its rank raised by waiting.

        Example:
            >>> from datetime import UTC, datetime, timedelta
            >>> from support_model.routing import QueuedTicket
            >>> from support_model.instants import micros
            >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> old = QueuedTicket(id="T1", channel="email", queued_at=at, priority=4)
            >>> Routing(ageing=timedelta(days=1)).sort_key(old, micros(at + timedelta(days=2)))[0]
            2
        """
        rank, *_ = ticket.sort_key
        waited = max(at - micros(ticket.queued_at), 0)
        raised = 0 if self.ageing is None else waited // micros_of(self.ageing)
        return rank - raised, *ticket.sort_key[1:]

    def queue_of(self, ticket: Ticket) -> Queue | None:
        """Return the first queue whose pattern holds of a ticket; None where none does."""
        return queue_of(ticket, self.queues)

    def unknown_names(
        self,
        *,
        lines: Collection[int] | None = None,
        teams: Collection[str] | None = None,
        skills: Collection[str] | None = None,
    ) -> Iterator[tuple[Place, InvalidRouting]]:
        """Yield the place of each name that does not exist, and the error to raise.

        Names that are listed nowhere are None: none of them is unknown.

        Example:
            >>> from datetime import timedelta
            >>> rules = Routing(fallback=[Fallback(timedelta(minutes=30), 3)])
            >>> [(place, str(error)) for place, error in rules.unknown_names(lines=[1, 2])]
            [(('fallback', 0, 'line'), 'unknown line: 3; known: 1, 2')]
        """
        for place, what, name in self._names():
            known = {"line": lines, "team": teams, "skill": skills}[what]
            if known is not None and name not in known:
                remedy = nearest(str(name), map(str, known))
                yield place, InvalidRouting(name, f"unknown {what}", remedy)

    def _names(self) -> Iterator[tuple[Place, str, Any]]:
        for i, step in enumerate(self.fallback):
            yield ("fallback", i, "line"), "line", step.line
            if step.of is not None:
                yield ("fallback", i, "of"), "line", step.of
        for i, queue in enumerate(self.queues):
            if queue.line is not None:
                yield ("queues", i, "line"), "line", queue.line
            if queue.team is not None:
                yield ("queues", i, "team"), "team", queue.team
            for k, need in enumerate(queue.needs):
                yield ("queues", i, "needs", k), "skill", need.skill
        for i, relax in enumerate(self.relax):
            for skill in relax.lower:
                yield ("relax", i, "lower"), "skill", skill
            for skill in relax.drop:
                yield ("relax", i, "drop"), "skill", skill
