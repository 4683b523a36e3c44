"""Strategies that draw what is promised, and what happens to tickets under it.

Books shrink towards one policy with one plain target; the other end is several policies and
editions, every way to change a target, working days, warnings on both sides of the due.

A history is a row of acts: answered, paused, solved and reopened, made urgent, promised, merged,
restored, two of them in one instant. Between two acts time goes on, most often to an edge: a
due, a warning, an opening, or a microsecond beside it. Half of the scenes have a theme: a book
and acts that meet in it, such as a due that comes in a solved gap.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, get_args

import attrs
from hypothesis import strategies as st

from support_model._frozen import frozen
from support_model._ticket_data import event_from_data, event_to_data
from support_model._time import Span, instant, micros, micros_of
from support_model._vocabulary import AfterStop, OnChange, Priority, Status
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import NoOpenTime, OutOfRange
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
from support_model.patterns import ALWAYS, NEVER, Field, fact
from support_model.sla import (
    METRICS,
    Metric,
    PolicyBook,
    SlaPolicy,
    Target,
    book_to_data,
    read_book,
)
from support_model.testing._calendar_strategies import amounts, calendars
from support_model.testing._laws import landing
from support_model.testing._ticket_strategies import GROUPS, PEOPLE, PRIORITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from support_model._vocabulary import Category, Role
    from support_model.events import Event
    from support_model.patterns import Pattern

    StoryAct: TypeAlias = Callable[["_Story", DrawFn], None]


START = datetime(2024, 3, 28, 8, tzinfo=UTC)
"""The Thursday before Europe turns its clocks to summer time."""
MINUTE = timedelta(minutes=1)


def metrics(*, after_stop: SearchStrategy[AfterStop] | None = None) -> SearchStrategy[Metric]:
    """Draw metrics: the ready ones first, then with another pause, reset or `after_stop`."""
    ready = sorted(METRICS.values(), key=lambda metric: metric.name != "resolution")
    pauses = st.sampled_from(
        (
            NEVER,
            Field("category").is_("pending"),
            Field("category").in_("pending", "on_hold"),
            Field("category").is_("new") | Field("custom.blocked").is_(value=True),
            Field("priority").is_("low"),
        )
    )
    resets = st.sampled_from((NEVER, NEVER, fact("transferred"), Field("priority").is_("urgent")))
    changed = st.builds(
        attrs.evolve,
        st.sampled_from(ready),
        pause=pauses,
        reset=resets,
        after_stop=st.sampled_from(get_args(AfterStop)) if after_stop is None else after_stop,
    )
    if after_stop is not None:
        return changed
    return st.sampled_from(ready) | changed


_ANY_METRIC = metrics()


@cache
def _hours() -> tuple[BusinessCalendar, ...]:
    """Return a calendar of each kind, made once: compiling a year costs more than a scene."""
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
    nights = BusinessCalendar.weekly({"mon-sun": "22:00-06:00"}, tz="Europe/Berlin")
    split = BusinessCalendar.weekly({"mon-sat": "08:00-12:15,13:00-16:30"}, tz="America/New_York")
    return (
        office,
        BusinessCalendar.always(),
        office,
        split,
        nights,
        office.replaced(START + timedelta(days=2), BusinessCalendar.always(tz="Europe/Berlin")),
    )


def _shared(kind: int) -> SearchStrategy[BusinessCalendar]:
    if kind < 9:
        return st.sampled_from(_hours())
    days = START.date() - timedelta(days=3), START.date() + timedelta(days=12)
    return calendars(dates=st.dates(*days), max_leaves=2)


NEAR = st.integers(0, 9).flatmap(_shared)


def conditions() -> SearchStrategy[Pattern]:
    """Draw conditions on a ticket: none first, then its priority, channel or status."""
    one = st.sampled_from(
        (
            Field("priority_rank").at_most(1),
            Field("priority").is_("normal"),
            Field("priority").has(),
            Field("channel").is_("chat"),
            ~Field("category").is_("pending"),
        )
    )
    two = st.builds(lambda a, b: a & b, one, one)
    return st.just(ALWAYS) | one | two | one.map(lambda condition: ~condition)


def warnings() -> SearchStrategy[tuple[float | timedelta, ...]]:
    """Draw warnings: none, shares, offsets to either side of the due."""
    shares = st.sampled_from((0.5, 0.75, 0.333, 1.0, 1.5))
    offsets = st.sampled_from((-60, -15, 0, 30)).map(lambda minutes: minutes * MINUTE)
    return st.lists(shares | offsets, max_size=3, unique=True).map(tuple)


_CONDITIONS, _WARNINGS = conditions(), warnings()
_CHANGED: SearchStrategy[OnChange] = st.sampled_from(get_args(OnChange))
_DURATIONS: SearchStrategy[Any] = amounts(min_value=MINUTE, max_value=timedelta(days=3))
_DURATIONS |= st.integers(1, 48).map(lambda half_hours: 30 * half_hours * MINUTE)
_DURATIONS |= st.sampled_from((1, 2, 5, 10, 30)).map(lambda minutes: minutes * MINUTE)
_WORKING_DAYS = st.builds(WorkingDays, st.integers(1, 3), st.booleans())


def targets(
    metric: Metric,
    *,
    calendars: SearchStrategy[BusinessCalendar] = NEAR,
    on_change: SearchStrategy[OnChange] | None = None,
    working_days: bool = True,
) -> SearchStrategy[Target]:
    """Draw targets of a metric: durations first, then working days, warnings, conditions."""
    lengths = _DURATIONS | _WORKING_DAYS if working_days else _DURATIONS
    return st.builds(
        Target,
        metric=st.just(metric),
        within=st.none() | lengths if metric.name == "promise" else lengths,
        calendar=calendars,
        when=_CONDITIONS,
        warn_at=_WARNINGS,
        on_change=_CHANGED if on_change is None else on_change,
    )


def policies(
    *,
    metrics: SearchStrategy[Metric] = _ANY_METRIC,
    calendars: SearchStrategy[BusinessCalendar] = NEAR,
    on_change: SearchStrategy[OnChange] | None = None,
    working_days: bool = True,
) -> SearchStrategy[SlaPolicy]:
    """Draw policies of one to three metrics, each with one or two targets."""
    several = st.lists(metrics, min_size=1, max_size=3, unique_by=lambda metric: metric.name)
    return several.flatmap(
        lambda drawn: _editions(drawn, calendars, on_change, working_days=working_days).map(
            lambda held: SlaPolicy(name="gold", targets=held)
        )
    )


def _editions(
    drawn: Sequence[Metric],
    calendars: SearchStrategy[BusinessCalendar],
    on_change: SearchStrategy[OnChange] | None,
    *,
    working_days: bool,
) -> SearchStrategy[tuple[Target, ...]]:
    """Draw the targets of one policy for some of the metrics, at least the first one's."""
    first, *rest = (
        st.lists(
            targets(metric, calendars=calendars, on_change=on_change, working_days=working_days),
            min_size=0 if number else 1,
            max_size=2,
        )
        for number, metric in enumerate(drawn)
    )
    return st.tuples(first, *rest).map(lambda parts: tuple(t for part in parts for t in part))


@st.composite
def policy_books(
    draw: DrawFn,
    *,
    metrics: SearchStrategy[Metric] = _ANY_METRIC,
    calendars: SearchStrategy[BusinessCalendar] = NEAR,
    on_change: SearchStrategy[OnChange] | None = None,
    working_days: bool = True,
) -> PolicyBook:
    """Draw books: one policy first, then several of any kind, with editions and conditions."""
    drawn = draw(st.lists(metrics, min_size=1, max_size=3, unique_by=lambda m: m.name))
    hours = st.sampled_from(draw(st.lists(calendars, min_size=1, max_size=2)))
    edition = _editions(drawn, hours, on_change, working_days=working_days)
    names = draw(
        st.lists(
            st.sampled_from(("gold", "silver", "gold 2", "ola")),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    return PolicyBook(
        [
            SlaPolicy(
                name=name.removesuffix(" 2"),
                version="2" if name.endswith(" 2") else "1",
                targets=draw(edition),
                when=draw(_CONDITIONS),
                kind="ola" if name == "ola" else "sla",
            )
            for name in names
        ],
        select=draw(st.sampled_from(("first_match", "most_specific", "shortest", "all"))),
    )


STEPS = (0, 0, 0, 1, 1, 2, 3, 5, 8, 17, 31, 64, 96, 197)
"""Gaps between events in grains: ties, neighbors, nights, a weekend."""


def _status(category: Category) -> StoryAct:
    return lambda story, _: story.put(status=category)


def _says(role: Role, *, public: bool = True) -> StoryAct:
    return lambda story, _: story.add(Message, role, public=public)


def _several(*acts: str) -> StoryAct:
    """Let several acts come in one instant."""

    def act(story: _Story, draw: DrawFn) -> None:
        for name in acts:
            ACTS[name](story, draw)

    return act


def _priority(*choices: Priority | None) -> StoryAct:
    return lambda story, draw: story.put(priority=draw(st.sampled_from(choices)))


def _promise(story: _Story, draw: DrawFn) -> None:
    ahead = [*story.edges(), story.at + 8 * story.grain, story.at + 96 * story.grain]
    due = instant(draw(st.sampled_from(ahead)))
    story.add(Promised, metric=draw(st.sampled_from(story.metrics)), due=due)


def _withdraw(story: _Story, _: DrawFn) -> None:
    promised = [event.metric for event in story.log if isinstance(event, Promised)]
    story.add(Promised, metric=[*story.metrics, *promised][-1], due=None)


def _merge(story: _Story, draw: DrawFn) -> None:
    story.add(Related, kind=draw(st.sampled_from(("merged_into", "parent"))), other="T99")
    if draw(st.booleans()):
        story.put("system", status="void")


def _apply(story: _Story, draw: DrawFn) -> None:
    policy = draw(st.sampled_from(story.book.policies)) if story.book.policies else None
    if policy is not None:
        story.add(PolicyApplied, policy=policy.name, version=policy.version)


_EITHER: SearchStrategy[bool] = st.booleans()
ACTS: Mapping[str, StoryAct] = MappingProxyType(
    {
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
        "give": lambda story, draw: story.put(
            agent=draw(st.sampled_from(PEOPLE[:2])), group=draw(st.sampled_from(GROUPS[:2]))
        ),
        "assign+solve": lambda story, draw: story.put(
            agent=draw(st.sampled_from(PEOPLE[:2])),
            group=draw(st.sampled_from(GROUPS)),
            status="solved",
        ),
        "solve+unranked": lambda story, _: story.put(status="solved", priority=None),
        "pause+normal": lambda story, _: story.put(status="pending", priority=PRIORITIES[1]),
        "pause+priority": lambda story, draw: story.put(
            status="pending", priority=draw(st.sampled_from(PRIORITIES))
        ),
        "open+priority": lambda story, draw: story.put(
            status="open", priority=draw(st.sampled_from(PRIORITIES))
        ),
        "ask, reply": _several("ask", "reply"),
        "reply, ask": _several("reply", "ask"),
        "reply, solve": _several("reply", "solve"),
        "assign, reply": _several("give", "reply"),
        "assign, solve": _several("give", "solve"),
        "solve, open": _several("solve", "open"),
        "solve, open, pause": _several("solve", "open", "pause"),
        "solve, void": _several("solve", "void"),
        "reply, void": _several("reply", "void"),
        "void, open": _several("void", "open"),
        "open, pause": _several("open", "pause"),
        "normal, urgent": _several("normal", "urgent"),
        "move, solve": _several("move", "solve"),
    }
)
"""What may happen to a ticket, by name; names with a comma are several events of one instant."""
_ANY_ACT = st.sampled_from(
    (*("reply", "ask", "pause", "open", "solve", "priority", "open", "urgent", "solve"), *ACTS)
)


_HOURS = tuple(timedelta(hours=hours) for hours in (1, 2, 4, 8))


class Theme(NamedTuple):
    """A book and a plot that meet in one rule.

    Attributes:
        plots: one of them happens, more or less; acts by name.
        acts: what may happen besides.
        metrics: one of them is bounded.
        on_change: what the first target does to an open cycle, and the second, if it differs.
        shapes: how the targets lie beside each other; see `_themed_books`.
        begins: the priority at the creation.
        lengths: what the targets allow.
    """

    plots: tuple[str, ...]
    acts: str = "pause|open|priority"
    metrics: tuple[Metric, ...] = (METRICS["resolution"],)
    on_change: tuple[str, ...] = ("carry",)
    shapes: tuple[str, ...] = ("two",)
    begins: tuple[Priority | None, ...] = PRIORITIES[:1]
    lengths: tuple[timedelta | WorkingDays, ...] = _HOURS


_ANY_CHANGE: tuple[str, ...] = get_args(OnChange)
_OWN = Metric(
    name="own",
    start=METRICS["resolution"].start,
    stop=fact("resolved"),
    pause=Field("category").is_("pending"),
)
_RESET = attrs.evolve(_OWN, reset=fact("transferred"))
_DAYS: tuple[WorkingDays, ...] = (
    *(WorkingDays(1), WorkingDays(2), WorkingDays(1, end_of_day=True)),
    *(WorkingDays(0, end_of_day=True), WorkingDays(1, rule="through_nth_date")),
)


def _kept(after: AfterStop) -> Metric:
    return attrs.evolve(_OWN, after_stop=after)


_EARLY, _LATE = PRIORITIES[:1], (PRIORITIES[2], None)
THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        "counts": Theme(
            ("solve|open", "move|move", "pause|move|open"), metrics=(_RESET, _kept("restart"))
        ),
        "restart": Theme(("normal|urgent", "pause|normal|open"), on_change=("restart",)),
        "warnings": Theme(("normal|urgent", "normal|urgent|normal"), on_change=_ANY_CHANGE),
        "late": Theme(
            ("urgent", "urgent|unranked|urgent", "pause|urgent|open"),
            metrics=(_OWN, _RESET),
            on_change=("restart", "forward", "restart", "carry", "frozen"),
            shapes=("late",),
            begins=_LATE,
        ),
        "promise alone": Theme(
            ("promise|urgent|withdraw", "promise|urgent|pause|withdraw"),
            on_change=("restart", "forward", "carry"),
            shapes=("promise",),
            begins=_LATE,
        ),
        "gap": Theme(
            ("unranked|urgent", "solve+unranked|urgent", "unranked|move|urgent"),
            metrics=(_RESET, METRICS["resolution"]),
            on_change=_ANY_CHANGE,
            shapes=("late",),
        ),
        "on time": Theme(
            ("reply", "solve", "pause|open|solve", "ask|reply"),
            "pause|open|note|bot",
            (METRICS["first_response"], METRICS["resolution"]),
            shapes=("one",),
        ),
        "frozen": Theme(
            ("normal|promise", "normal|promise", "promise|normal|withdraw"),
            "open",
            on_change=("carry frozen", "frozen"),
        ),
        "frozen, none": Theme(
            ("unranked", "unranked|urgent", "void|open"), on_change=("frozen",), shapes=("late",)
        ),
        "solved gap": Theme(
            ("solve|open",),
            "note",
            metrics=(METRICS["total_resolution"], _kept("count")),
            shapes=("one",),
        ),
        "back into a pause": Theme(
            ("solve|pause|open", "solve|pause+priority|open"),
            "note",
            metrics=(_kept("count"),),
            shapes=("one", "shorter"),
        ),
        "taken back": Theme(
            ("solve, void|open", "solve+unranked|urgent", "void|solve|open", "reply, void|open"),
            "note",
            metrics=(_kept("once"), METRICS["first_response"], METRICS["resolution"]),
            shapes=("late",),
        ),
        "void": Theme(
            ("void|open", "pause|void|open", "solve|void|open", "void, open"),
            "ask|reply|solve",
            (METRICS["total_resolution"], METRICS["resolution"], _RESET),
            shapes=("one",),
        ),
        "in the void": Theme(
            ("void|reply|open", "merge|reply|open"),
            "note",
            (METRICS["first_response"],),
            shapes=("one",),
        ),
        "promise": Theme(
            ("promise|pause|open", "pause|promise|open", "promise|withdraw", "promise|promise"),
            "pause|open|solve|urgent",
            shapes=("one", "promise"),
        ),
        "personal": Theme(
            ("assign+solve", "assign+solve", "assign, solve|open", "assign, reply"),
            "note|move|reply",
            (METRICS["assignee_response"], METRICS["ownership"]),
            shapes=("one",),
        ),
        "instant": Theme(
            (
                "normal, urgent",
                "ask, reply",
                "reply, ask|reply",
                "reply, solve|open",
                "solve, open",
            ),
            "move|pause|open, pause|urgent",
            (METRICS["next_response"], METRICS["periodic_update"], _RESET),
            ("restart", "carry restart"),
        ),
        "at the due": Theme(
            ("pause|open", "normal", "move", "pause|normal|open"),
            "note",
            metrics=(_RESET, METRICS["resolution"]),
        ),
        "past due by a change": Theme(
            ("pause+normal|open", "pause+normal|open", "normal", "pause|normal|open"),
            "note",
            shapes=("shorter",),
        ),
        "forward": Theme(("normal|urgent", "pause|normal|open|urgent"), on_change=("forward",)),
        "days": Theme(
            ("normal|urgent", "pause|open|normal|urgent", "pause|open|solve"),
            on_change=("carry forward", "carry forward", "carry", "forward"),
            lengths=_DAYS,
        ),
        "alike": Theme(
            ("normal|urgent", "normal|urgent|normal"),
            on_change=("carry", "restart"),
            shapes=("alike",),
        ),
    }
)
"""Rules in which several things meet, and what lets them."""


@st.composite
def _themed_books(
    draw: DrawFn, theme: Theme, calendars: SearchStrategy[BusinessCalendar]
) -> PolicyBook:
    """Draw the book of a theme: one policy, one metric, targets that follow each other.

    Shapes: `one` target for all, `late` for urgent tickets alone, `two` (another one for the
    others), `shorter` (one hour for the others), `alike` (two of one length), `promise` (the
    others may be promised a date).
    """
    metric, lengths = draw(st.sampled_from(theme.metrics)), st.sampled_from(theme.lengths)
    hours = draw(st.lists(calendars, min_size=1, max_size=2))
    shape = draw(st.sampled_from(theme.shapes))
    within = draw(lengths)

    rules: Any = (draw(st.sampled_from(theme.on_change)).split() * 2)[:2]

    def target(when: Pattern, within: timedelta | WorkingDays | None, place: int = 0) -> Target:
        return Target(
            metric=metric,
            within=within,
            calendar=hours[place % len(hours)],
            when=when,
            warn_at=draw(st.sampled_from(_THEMED_WARNINGS)),
            on_change=rules[place],
        )

    held = [target(_URGENT if shape != "one" else ALWAYS, within)]
    if shape == "two":
        held.append(target(draw(st.sampled_from((ALWAYS, _NORMAL))), draw(lengths), 1))
    elif shape == "shorter":
        held.append(target(ALWAYS, min(_HOURS), 1))
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
        self.targets = [target for target in targets if target.within is not None][:3]
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

    def put(self, role: Role = "agent", /, **fields: object) -> None:
        """Add a change of fields; a status is given by its category."""
        category: Any = fields.get("status")
        if category is not None:
            self.turn(category)
            fields["status"] = Status(category, category)
        self.add(Changed, role, fields=fields)

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
        edges = set[int]()
        for target in self.targets:
            shares = [1, *(warning for warning in target.warn_at if isinstance(warning, float))]
            for origin, share in product({self.begun[0], self.begun[-1]}, shares[:2]):
                reached = self.reached(target, instant(origin), share)
                if reached is not None and micros(reached) > self.at:
                    edges.add(micros(reached))
        return sorted(edges)[:4]

    def reached(self, target: Target, origin: datetime, share: float) -> datetime | None:
        """Return where a share of a target leads, or its working days."""
        within: Any = target.within
        if isinstance(within, WorkingDays):
            rule: Any = within.rule or ("close_of_day" if within.end_of_day else "clamp_to_hours")
            try:
                return target.calendar.add_days(origin, max(1, within.n), rule=rule)
            except (NoOpenTime, OutOfRange):
                return None
        calendar = target.calendar - self.waits if self.waits else target.calendar
        return landing(calendar.add, origin, within * share)

    def turns(self) -> list[int]:
        """Return the next opening and closing of the book's first calendars."""
        now = instant(self.at)
        turns = [edge for c in self.calendars for edge in (c.next_opening(now), c.next_close(now))]
        return [micros(at) for at in turns if at is not None and at - now < timedelta(days=9)]


_BESIDE = (0, 0, 1, -1, micros_of(31 * MINUTE), micros_of(timedelta(hours=9)))
"""On an edge, a microsecond beside it, or well beyond."""


def _later(draw: DrawFn, story: _Story, edges: list[int]) -> int:
    """Draw when the next thing happens: at once, soon, or at an edge of a target or the hours."""
    how: int = draw(st.integers(0, 9))
    if how < 1:
        return story.at
    instants = edges if 2 < how < 9 else story.turns() if how == 9 else []
    if not instants:
        steps: int = draw(st.sampled_from(STEPS[3:]))
        return story.at + steps * story.grain
    edge: int = draw(st.sampled_from(instants))
    beside: int = draw(st.sampled_from(_BESIDE))
    return max(story.at, edge + beside)


def _created(draw: DrawFn, story: _Story, begins: SearchStrategy[Priority | None]) -> None:
    """Draw the creation, and what the book's metrics need to begin."""
    category: Category = draw(_FIRST)
    role: Role = "agent" if draw(st.integers(0, 4)) == 4 else "customer"
    fields: dict[str, Any] = {"status": Status(category, category)}
    priority = draw(begins)
    fields |= {} if priority is None else {"priority": priority}
    if draw(st.integers(0, 3)):
        fields["group"] = GROUPS[0]
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


_FIRST: SearchStrategy[Category] = st.sampled_from(
    (*("new", "open", "new", "open", "new", "open", "new", "open"), "pending", "solved", "void")
)
_ANY_PRIORITY = st.sampled_from((*PRIORITIES[:2], *PRIORITIES[:2], PRIORITIES[2], None))


@st.composite
def _acts(draw: DrawFn, theme: Theme | None) -> list[str]:
    """Draw what happens, by name: any acts, or most of a plot with something between."""
    if theme is None:
        return draw(st.lists(_ANY_ACT, min_size=draw(st.sampled_from((0, 3, 4))), max_size=7))
    others, names = st.sampled_from(theme.acts.split("|")), []
    for name in draw(st.sampled_from(theme.plots)).split("|"):
        kept = draw(st.integers(0, 9))
        names += [name] if kept else []
        names += [draw(others)] if kept > 7 else []
    return names + draw(st.lists(others, max_size=2))


def _history(draw: DrawFn, story: _Story, theme: Theme | None, max_size: int) -> tuple[Event, ...]:
    """Draw a history."""
    _created(draw, story, st.sampled_from(theme.begins) if theme else _ANY_PRIORITY)
    for name in draw(_acts(theme)):
        if len(story.log) >= max_size:
            break
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
    """Draw the numbered log of one ticket, in order, with what moves the clocks of a book."""
    return [*_history(draw, _Story(book, draw(start), grain, ticket_id), None, max_size)]


@frozen(kw_only=True, repr=False)
class SlaScene:
    """A ticket under a book of policies, and two instants at which it is evaluated.

    `later` is at or after `as_of`, and `as_of` at or after the creation. Its `repr` is code that
    can be pasted back: a call of `read` with plain data.
    """

    book: PolicyBook
    log: tuple[Event, ...]
    as_of: datetime
    later: datetime

    @classmethod
    def read(
        cls,
        *,
        calendars: Mapping[str, Mapping[str, Any]],
        book: object,
        log: Iterable[object],
        as_of: str,
        later: str,
    ) -> SlaScene:
        """Return the scene of a `repr`."""
        hours = {name: BusinessCalendar.from_data(data) for name, data in calendars.items()}
        return cls(
            book=read_book(book, calendars=hours),
            log=tuple(map(event_from_data, log)),
            as_of=datetime.fromisoformat(as_of),
            later=datetime.fromisoformat(later),
        )

    def __repr__(self) -> str:
        targets = [target for policy in self.book.policies for target in policy.targets]
        calendars = {target.calendar: target.calendar.to_data() for target in targets}
        hours = {f"hours{n}": calendar for n, calendar in enumerate(calendars, 1)}
        book = book_to_data(self.book, hours)
        policies = [
            line
            for policy in book["policies"]
            for line in (
                f"    {str({**policy, 'targets': []})[:-2]}",
                *(f"        {target}," for target in policy["targets"]),
                "    ]},",
            )
        ]
        return "\n".join(
            (
                "SlaScene.read(",
                "    calendars={",
                *(f"        {name!r}: {calendars[calendar]}," for name, calendar in hours.items()),
                f"    }},\n    book={{'select': {book['select']!r}, 'policies': [",
                *(f"    {line}" for line in policies),
                "    ]},\n    log=[",
                *(f"        {event_to_data(event)}," for event in self.log),
                f"    ],\n    as_of={self.as_of.isoformat()!r},",
                f"    later={self.later.isoformat()!r},\n)",
            )
        )

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: ANN401, FBT001 - as IPython calls it
        """Let Hypothesis print a failing scene as the code that it is."""
        printer.text(repr(self))


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
    """Draw a book, the log of a ticket, and two instants, often at an edge of both.

    Without `books`, half of the scenes have the book and the acts of a theme, the others any. Gaps
    that lead to no edge are a whole number of grains.
    """
    theme: Theme | None = None
    if books is not None:
        book = draw(books)
    elif draw(_EITHER) and themes:
        theme = THEMES[draw(st.sampled_from(themes))]
        book = draw(_themed_books(theme, calendars))
    else:
        book = draw(policy_books(calendars=calendars))
    story = _Story(book, draw(start), grain, "T1")
    log = _history(draw, story, theme, max_size)
    looked = []
    story.at = micros(log[-1].at)
    edges = story.edges()
    for _ in range(2):
        story.at = micros(draw(st.sampled_from([event.at for event in reversed(log)])))
        looked.append(instant(_later(draw, story, edges)))
    looked.sort(key=micros)
    return SlaScene(book=book, log=log, as_of=looked[0], later=looked[1])
