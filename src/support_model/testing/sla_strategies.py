"""Strategies that draw what happens to tickets under a policy book.

A history is a row of acts: answered, paused, solved and reopened, made urgent, promised, merged,
restored, two of them in one instant. Between two acts time goes on, most often to an edge: a
due, a warning, an opening, or a microsecond beside it. Half of the scenes have a theme: a book
and acts that meet in it, such as a due that comes in a solved gap. Everything shrinks towards
one plain target and the acts that matter.

Before this: `support_model.testing.policy_strategies`.
Next: `support_model.testing.sla_laws`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, get_args

import attrs
from attrs import frozen
from hypothesis import strategies as st

from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Related,
    Worked,
)
from support_model.instants import Span, instant, micros, micros_of
from support_model.lifecycle.vocabulary import Priority, Status
from support_model.patterns import ALWAYS, Field, fact
from support_model.service_levels.metrics import METRICS, AfterStop, Metric
from support_model.service_levels.policies import (
    OnChange,
    PolicyBook,
    SlaPolicy,
    Target,
    WorkingDays,
)
from support_model.testing.calendar_strategies import amounts
from support_model.testing.law_kit import landing
from support_model.testing.policy_strategies import (
    GROUPS,
    MINUTE,
    NEAR,
    PEOPLE,
    PRIORITIES,
    START,
    policy_books,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from support_model.calendars import BusinessCalendar
    from support_model.events import Event
    from support_model.lifecycle.vocabulary import Category, Role
    from support_model.patterns import Pattern

    Act: TypeAlias = Callable[["_Story", DrawFn], None]

__all__ = [
    "THEMES",
    "SlaScene",
    "sla_logs",
    "sla_scenes",
]

STEPS = (0, 0, 0, 1, 1, 2, 3, 5, 8, 17, 31, 64, 96, 197)
"""Gaps between events in grains: ties, neighbors, nights, a weekend."""


def _status(category: Category) -> Act:
    return lambda story, _: story.put(status=category)


def _says(role: Role, *, public: bool = True) -> Act:
    return lambda story, _: story.add(Message, role, public=public)


def _several(*acts: str) -> Act:
    """Let several acts come in one instant."""

    def act(story: _Story, draw: DrawFn) -> None:
        for name in acts:
            ACTS[name](story, draw)

    return act


def _priority(*choices: Priority | None) -> Act:
    return lambda story, draw: story.put(priority=draw(st.sampled_from(choices)))


def _promise(story: _Story, draw: DrawFn) -> None:
    ahead = [*story.edges(), story.at + 8 * story.grain, story.at + 96 * story.grain]
    due = instant(draw(st.sampled_from(ahead)))
    story.add(Promised, metric=draw(st.sampled_from(story.metrics)), due=due)


def _withdraw(story: _Story, _: DrawFn) -> None:
    promised = [event.metric for event in story.log if isinstance(event, Promised)]
    story.add(Promised, metric=[*story.metrics, *promised][-1], due=None)


def _merge(story: _Story, draw: DrawFn) -> None:
    story.add(Related, kind=draw(st.sampled_from(("merged_into", "parent"))), other="T2")
    if draw(st.booleans()):
        story.put("system", status="void")


def _apply(story: _Story, draw: DrawFn) -> None:
    policy = draw(st.sampled_from(story.book.policies)) if story.book.policies else None
    if policy is not None:
        story.add(PolicyApplied, policy=policy.name, version=policy.version)


_EITHER: SearchStrategy[bool] = st.booleans()
ACTS: dict[str, Act] = {
    "reply": _says("agent"),
    "ask": _says("customer"),
    "note": _says("agent", public=False),
    "bot": _says("bot"),
    "pause": lambda story, draw: story.put(
        status=draw(st.sampled_from(("pending", "pending", "on_hold")))
    ),
    "open": _status("open"),
    "solve": _status("solved"),
    "close": _status("closed"),
    "void": _status("void"),
    "merge": _merge,
    "urgent": _priority(PRIORITIES[0]),
    "normal": _priority(PRIORITIES[1]),
    "priority": _priority(*PRIORITIES, None),
    "unranked": _priority(None),
    "promise": _promise,
    "withdraw": _withdraw,
    "assign": lambda story, draw: story.put(agent=draw(st.sampled_from(PEOPLE))),
    "move": lambda story, draw: story.put(group=draw(st.sampled_from(GROUPS))),
    "block": lambda story, draw: story.put(**{"custom.blocked": draw(_EITHER)}),
    "acknowledge": lambda story, _: story.add(Acknowledged),
    "work": lambda story, _: story.add(Worked, duration=MINUTE),
    "apply": _apply,
    "assign+solve": lambda story, draw: story.put(
        agent=draw(st.sampled_from(PEOPLE[:2])),
        group=draw(st.sampled_from(GROUPS)),
        status="solved",
    ),
    "solve+unranked": lambda story, _: story.put(status="solved", priority=None),
    "pause+priority": lambda story, draw: story.put(
        status="pending", priority=draw(st.sampled_from(PRIORITIES))
    ),
    "open+priority": lambda story, draw: story.put(
        status="open", priority=draw(st.sampled_from(PRIORITIES))
    ),
    "ask, reply": _several("ask", "reply"),
    "reply, ask": _several("reply", "ask"),
    "reply, solve": _several("reply", "solve"),
    "assign, reply": _several("assign", "reply"),
    "assign, solve": _several("assign", "solve"),
    "solve, open": _several("solve", "open"),
    "solve, open, pause": _several("solve", "open", "pause"),
    "solve, void": _several("solve", "void"),
    "void, open": _several("void", "open"),
    "open, pause": _several("open", "pause"),
    "normal, urgent": _several("normal", "urgent"),
    "move, solve": _several("move", "solve"),
}
"""What may happen to a ticket, by name; names with a comma are several events of one instant."""
_ANY_ACT = st.sampled_from(
    (*("reply", "ask", "pause", "open", "solve", "priority", "open", "urgent", "solve"), *ACTS)
)


_HOURS = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 8))


class Theme(NamedTuple):
    """A book and acts that meet in one rule.

    Attributes:
        acts: what happens, by name.
        metrics: one of them is bounded.
        on_change: what the targets do to an open cycle.
        shapes: how the targets lie beside each other; see `_themed_targets`.
        lengths: what they allow.
    """

    acts: str
    metrics: tuple[Metric, ...] = (METRICS["resolution"],)
    on_change: tuple[OnChange, ...] = ("carry",)
    shapes: tuple[str, ...] = ("one", "two")
    lengths: tuple[timedelta | WorkingDays, ...] = _HOURS


_ANY_CHANGE: tuple[OnChange, ...] = get_args(OnChange)
_WAITING = Field("category").is_("pending")
_OWN = Metric(name="own", start=METRICS["resolution"].start, stop=fact("resolved"), pause=_WAITING)
_RESET = attrs.evolve(_OWN, reset=fact("transferred"))
_DAYS: tuple[WorkingDays, ...] = (
    *(WorkingDays(1), WorkingDays(2), WorkingDays(1, end_of_day=True)),
    *(WorkingDays(0, end_of_day=True), WorkingDays(1, rule="through_nth_date")),
)


def _kept(after: AfterStop) -> Metric:
    return attrs.evolve(_OWN, after_stop=after)


THEMES: dict[str, Theme] = {
    "counts": Theme("solve|open|move|pause|priority", (_RESET, _kept("restart"))),
    "restart": Theme("urgent|normal|priority|pause|open", (_OWN,), ("restart",), ("two",)),
    "warnings": Theme("urgent|normal|priority|pause|open", on_change=_ANY_CHANGE, shapes=("two",)),
    "late": Theme("urgent|unranked|pause|open|promise", (_RESET,), _ANY_CHANGE, ("late",)),
    "gap": Theme("urgent|unranked|solve+unranked|pause|open", (_OWN,), _ANY_CHANGE, ("late",)),
    "on time": Theme("reply|ask|solve|pause|open", (METRICS["first_response"], _OWN)),
    "frozen": Theme("urgent|normal|priority|promise|withdraw", (_OWN,), ("frozen", "carry")),
    "solved gap": Theme(
        "solve|open|pause|open+priority|pause+priority|solve, open, pause",
        (METRICS["total_resolution"], METRICS["resolution"], _kept("count")),
    ),
    "taken back": Theme(
        "solve, void|void|open|solve+unranked|urgent|solve|reply",
        (_kept("once"), METRICS["first_response"], METRICS["resolution"]),
        shapes=("one", "late"),
    ),
    "void": Theme(
        "void|open|reply|ask|merge|solve|pause|move|void, open",
        (METRICS["first_response"], _RESET, METRICS["total_resolution"], METRICS["resolution"]),
    ),
    "promise": Theme(
        "promise|promise|withdraw|pause|open|urgent|solve", shapes=("one", "promise")
    ),
    "personal": Theme(
        "assign+solve|assign, solve|assign|assign, reply|move|move, solve|open|reply",
        (METRICS["assignee_response"], METRICS["ownership"]),
        shapes=("one",),
    ),
    "instant": Theme(
        "normal, urgent|ask, reply|reply, ask|reply, solve|solve, open|move|pause|open, pause",
        (METRICS["next_response"], METRICS["periodic_update"], _RESET),
        ("restart", "carry"),
    ),
    "at the due": Theme("pause+priority|pause|priority|open|open+priority|move", (_RESET,)),
    "forward": Theme("priority|urgent|normal|pause|open", (_OWN,), ("forward", "carry"), ("two",)),
    "days": Theme("priority|urgent|pause|open", (_OWN,), ("forward", "carry"), lengths=_DAYS),
    "alike": Theme("urgent|normal|pause|open", (_OWN,), ("carry", "restart"), ("alike",)),
}
"""Rules in which several things meet, and what lets them."""


@st.composite
def _themed_books(
    draw: DrawFn, theme: Theme, calendars: SearchStrategy[BusinessCalendar]
) -> PolicyBook:
    """Draw the book of a theme: one policy, one metric, targets that follow each other."""
    metric, lengths = draw(st.sampled_from(theme.metrics)), st.sampled_from(theme.lengths)
    hours = draw(st.lists(calendars, min_size=1, max_size=2))
    shape = draw(st.sampled_from(theme.shapes))
    within = draw(lengths)

    def target(when: Pattern, within: timedelta | WorkingDays | None, place: int = 0) -> Target:
        return Target(
            metric=metric,
            within=within,
            calendar=hours[place % len(hours)],
            when=when,
            warn_at=draw(st.sampled_from(_THEMED_WARNINGS)),
            on_change=draw(st.sampled_from(theme.on_change)),
        )

    held = [target(_URGENT if shape != "one" else ALWAYS, within)]
    if shape == "two":
        held.append(target(draw(st.sampled_from((ALWAYS, _NORMAL))), draw(lengths), 1))
    elif shape == "alike":
        held.append(target(ALWAYS, within, 1))
    elif shape == "promise":
        held.append(target(ALWAYS, None))
    return PolicyBook([SlaPolicy(name="gold", targets=held)])


_URGENT, _NORMAL = Field("priority").is_("urgent"), Field("priority").is_("normal")
_THEMED_WARNINGS: tuple[tuple[float | timedelta, ...], ...] = (
    *((), (0.5,), (0.5,), (0.75, -15 * MINUTE), (1.25,), (0.9999999, 1.0), (30 * MINUTE,)),
)


class _Story:
    """What has happened to a ticket so far, and the instants at which more may happen.

    A due or a warning is where the calendar of a target leads, less the pauses so far, from
    where counting may have begun: a good guess, which need not know how clocks are folded.
    """

    def __init__(self, book: PolicyBook, at: datetime, grain: timedelta, ticket_id: str) -> None:
        self.book, self.at, self.grain = book, micros(at), micros_of(grain)
        self.ticket_id = ticket_id
        targets = [target for policy in book.policies for target in policy.targets]
        self.metrics = sorted({target.metric.name for target in targets})
        self.targets = [t for t in targets if isinstance(t.within, timedelta)][:3]
        self.calendars = [target.calendar for target in targets[:2]]
        self.log: list[Event] = []
        self.begun, self.waiting = [self.at], self.at
        self.idle, self.waits = False, list[Span]()

    def add(self, event: type[Event], role: Role = "agent", **parts: object) -> None:
        """Add an event at the present instant."""
        common: Any = {
            "ticket_id": self.ticket_id,
            "at": instant(self.at),
            "role": role,
            "actor": "ann" if role == "agent" else None,
            "seq": len(self.log),
        }
        self.log.append(event(**common | parts))

    def put(self, by: Role = "agent", /, **fields: object) -> None:
        """Add a change of fields; a status is told by its category."""
        category: Any = fields.get("status")
        if category is not None:
            self.turn(category)
            fields["status"] = Status(category, category)
        self.add(Changed, by, fields=fields)

    def turn(self, category: Category) -> None:
        """Remember when the ticket waits, and from when counting may go on."""
        idle = category not in ("new", "open")
        if self.idle and not idle and self.waiting < self.at:
            self.waits.append(Span(instant(self.waiting), instant(self.at)))
            self.begun.append(self.at)
        if idle and not self.idle:
            self.waiting = self.at
        self.idle = idle

    def edges(self) -> list[int]:
        """Return the next instants at which a target may be due or warn, the first ones first."""
        found = set[int]()
        for target in self.targets:
            within: Any = target.within
            calendar = target.calendar - self.waits if self.waits else target.calendar
            shares = [1, *(warning for warning in target.warn_at if isinstance(warning, float))]
            for origin, share in product({self.begun[0], self.begun[-1]}, shares[:2]):
                reached = landing(calendar.add, instant(origin), within * share)
                if reached is not None and micros(reached) > self.at:
                    found.add(micros(reached))
        return sorted(found)[:4]

    def turns(self) -> list[int]:
        """Return the next opening and closing of the book's first calendars."""
        now = instant(self.at)
        found = [edge for c in self.calendars for edge in (c.next_opening(now), c.next_close(now))]
        return [micros(at) for at in found if at is not None and at - now < timedelta(days=9)]


_BESIDE = (0, 0, 0, -1, 1)
"""On an edge, or a microsecond beside it."""


def _later(draw: DrawFn, story: _Story, edges: list[int]) -> int:
    """Draw when the next thing happens: at once, soon, or at an edge of a target or the hours."""
    how: int = draw(st.integers(0, 9))
    if how < 2:
        return story.at
    found = edges if 4 < how < 9 else story.turns() if how == 9 else []
    if not found:
        steps: int = draw(st.sampled_from(STEPS[3:]))
        return story.at + steps * story.grain
    edge: int = draw(st.sampled_from(found))
    beside: int = draw(st.sampled_from(_BESIDE))
    return max(story.at, edge + beside)


def _created(draw: DrawFn, story: _Story) -> None:
    """Draw the creation, and what the book's metrics need to begin."""
    category: Category = draw(
        st.sampled_from(("new", "open", "open", "new", "open", "pending", "solved", "void"))
    )
    role: Role = "agent" if draw(st.integers(0, 4)) == 4 else "customer"
    fields: dict[str, Any] = {"status": Status(category, category)}
    priority = draw(st.sampled_from((*PRIORITIES[:2], *PRIORITIES[:2], PRIORITIES[2], None)))
    fields |= {} if priority is None else {"priority": priority}
    if "ownership" in story.metrics:
        fields["group"] = draw(st.sampled_from(GROUPS))
    if "assignee_response" in story.metrics:
        fields["agent"] = draw(st.sampled_from(PEOPLE))
    if draw(st.integers(0, 4)) == 4:
        fields |= {"channel": "chat", "group": GROUPS[0], "agent": PEOPLE[0]}
    story.turn(category)
    story.add(Created, role, fields=fields)
    if {"next_response", "periodic_update"} & {*story.metrics}:
        ACTS["reply"](story, draw)
        story.at += draw(st.sampled_from((0, 1, 5))) * story.grain
        ACTS["ask"](story, draw)
    if story.metrics == ["promise"]:
        ACTS["promise"](story, draw)


_ANY_START = st.just(START) | amounts(max_value=timedelta(days=5)).map(lambda by: START + by)


def _told(
    draw: DrawFn, story: _Story, acts: SearchStrategy[str], max_size: int
) -> tuple[Event, ...]:
    """Draw a history."""
    _created(draw, story)
    most = max(0, min(7, max_size - 1))
    least: int = min(most, draw(st.sampled_from((0, 3, 4, 5))))
    for name in draw(st.lists(acts, min_size=least, max_size=most)):
        story.at = _later(draw, story, story.edges())
        ACTS[name](story, draw)
    return tuple(story.log[:max_size])


@st.composite
def sla_logs(
    draw: DrawFn,
    book: PolicyBook,
    *,
    start: SearchStrategy[datetime] = _ANY_START,
    grain: timedelta = MINUTE,
    max_size: int = 12,
    ticket_id: str = "T1",
) -> list[Event]:
    """Draw the numbered log of one ticket, in order, with what moves the clocks of a book.

    Args:
        draw: given by Hypothesis; leave it out.
        book: whose policies are applied, whose metrics are promised, whose dues are met.
        start: when the ticket is created.
        grain: gaps that lead to no edge are a whole number of these.
        max_size: at most so many events.
        ticket_id: the ticket.

    Example:
        >>> from hypothesis import find
        >>> eight = Target(
        ...     metric=METRICS["resolution"], within=timedelta(hours=8),
        ...     calendar=BusinessCalendar.always(),
        ... )
        >>> book = PolicyBook([SlaPolicy(name="gold", targets=[eight])])
        >>> find(sla_logs(book), lambda log: len(log) > 1)[1].type
        'message'
    """
    return [*_told(draw, _Story(book, draw(start), grain, ticket_id), _ANY_ACT, max_size)]


@frozen(kw_only=True)
class SlaScene:
    """A ticket under a book of policies, and two instants at which it is looked at.

    Attributes:
        book: the policies.
        log: the ticket's events, in order, numbered.
        as_of: an instant at or after the creation.
        later: an instant at or after `as_of`.
    """

    book: PolicyBook
    log: tuple[Event, ...]
    as_of: datetime
    later: datetime


@st.composite
def sla_scenes(
    draw: DrawFn,
    *,
    books: SearchStrategy[PolicyBook] | None = None,
    calendars: SearchStrategy[BusinessCalendar] = NEAR,
    themes: Sequence[str] = tuple(THEMES),
    start: SearchStrategy[datetime] = _ANY_START,
    grain: timedelta = MINUTE,
    max_size: int = 12,
) -> SlaScene:
    """Draw a book, the log of a ticket, and when it is looked at: often at an edge of both.

    Args:
        draw: given by Hypothesis; leave it out.
        books: the policies; by default half of the scenes have the book and the acts of a theme,
            the others any.
        calendars: the hours in which time counts, where no books are given.
        themes: the names of themes to draw from.
        start: when the ticket is created.
        grain: gaps that lead to no edge are a whole number of these.
        max_size: at most so many events.

    Example:
        >>> from hypothesis import find
        >>> nothing_promised = st.just(PolicyBook([]))
        >>> scene = find(sla_scenes(books=nothing_promised, max_size=1), lambda scene: True)
        >>> str(scene.as_of), len(scene.log)
        ('2024-03-28 08:00:00+00:00', 1)
    """
    acts: SearchStrategy[str] = _ANY_ACT
    if books is not None:
        book = draw(books)
    elif draw(_EITHER) and themes:
        theme = THEMES[draw(st.sampled_from(themes))]
        acts = st.sampled_from(theme.acts.split("|"))
        book = draw(_themed_books(theme, calendars))
    else:
        book = draw(policy_books(calendars=calendars))
    story = _Story(book, draw(start), grain, "T1")
    log = _told(draw, story, acts, max_size)
    looked = []
    story.at = micros(log[-1].at)
    edges = story.edges()
    for _ in range(2):
        story.at = micros(draw(st.sampled_from([event.at for event in reversed(log)])))
        looked.append(instant(_later(draw, story, edges)))
    looked.sort(key=micros)
    return SlaScene(book=book, log=log, as_of=looked[0], later=looked[1])
