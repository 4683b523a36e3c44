"""Strategies that draw service levels and what happens to tickets under them.

Everything shrinks towards one policy with one plain target, a short log, no ties. The other end
is books of several policies and editions, every way to change a target, promises, pauses that
flap, merges taken back, many events of one instant, and clocks that are turned meanwhile.

Before this: `support_model.testing.calendar_strategies`, `support_model.sla`.
Next: `support_model.testing.sla_laws`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

import attrs
from attrs import frozen
from hypothesis import strategies as st

from support_model.calendars import BusinessCalendar
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Worked,
)
from support_model.lifecycle.vocabulary import CATEGORIES, Priority, Status
from support_model.patterns import ALWAYS, NEVER, Field, fact
from support_model.service_levels.metrics import METRICS, AfterStop, Metric
from support_model.service_levels.policies import (
    OnChange,
    PolicyBook,
    SlaPolicy,
    Target,
    WorkingDays,
)
from support_model.testing.calendar_strategies import amounts, calendars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from support_model.events import Event
    from support_model.lifecycle.vocabulary import Category, Role
    from support_model.patterns import Pattern

__all__ = [
    "SlaScene",
    "metrics",
    "policies",
    "policy_books",
    "sla_logs",
    "sla_scenes",
    "targets",
]

START = datetime(2024, 3, 28, 8, tzinfo=UTC)
"""The Thursday before Europe turns its clocks to summer time."""
MINUTE = timedelta(minutes=1)
STEPS = (0, 0, 0, 1, 1, 2, 3, 5, 8, 17, 31, 64, 96, 197)
"""Gaps between events in grains: ties, neighbors, nights, a weekend."""
PRIORITIES = (Priority("urgent", 1), Priority("normal", 2), Priority("low", 3))
PEOPLE = ("ann", "bob", None)
GROUPS = ("billing", "network", None)


def metrics(*, after_stop: SearchStrategy[AfterStop] | None = None) -> SearchStrategy[Metric]:
    """Draw metrics: the ready ones first, then with another pause, reset or `after_stop`.

    Args:
        after_stop: what may follow a stop; by default anything.

    Example:
        >>> from hypothesis import find
        >>> find(metrics(), lambda metric: True).name
        'resolution'
    """
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
_OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
_NEAR = st.just(_OFFICE) | calendars(
    dates=st.dates(START.date() - timedelta(days=3), START.date() + timedelta(days=12)),
    max_leaves=2,
)


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
    calendars: SearchStrategy[BusinessCalendar] = _NEAR,
    on_change: SearchStrategy[OnChange] | None = None,
    working_days: bool = True,
) -> SearchStrategy[Target]:
    """Draw targets of a metric: durations first, then working days, warnings, conditions.

    Args:
        metric: the metric they bound.
        calendars: the hours in which their time counts.
        on_change: what they do to an open cycle; by default anything.
        working_days: whether a target may be in working days.

    Example:
        >>> from hypothesis import find
        >>> find(targets(METRICS["resolution"]), lambda target: True).within
        datetime.timedelta(seconds=60)
    """
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
    calendars: SearchStrategy[BusinessCalendar] = _NEAR,
    on_change: SearchStrategy[OnChange] | None = None,
    working_days: bool = True,
) -> SearchStrategy[SlaPolicy]:
    """Draw policies of one to three metrics, each with one or two targets.

    Args:
        metrics: which metrics they bound.
        calendars: the hours in which time counts.
        on_change: what a target does to an open cycle; by default anything.
        working_days: whether a target may be in working days.

    Example:
        >>> from hypothesis import find
        >>> len(find(policies(), lambda policy: True).targets)
        1
    """
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
    calendars: SearchStrategy[BusinessCalendar] = _NEAR,
    on_change: SearchStrategy[OnChange] | None = None,
    working_days: bool = True,
) -> PolicyBook:
    """Draw books: one policy first, then several of any kind, with editions and conditions.

    Args:
        draw: given by Hypothesis; leave it out.
        metrics: which metrics are bounded, at most three.
        calendars: the hours in which time counts.
        on_change: what a target does to an open cycle; by default anything.
        working_days: whether a target may be in working days.

    Example:
        >>> from hypothesis import Phase, find, settings
        >>> first = settings(phases=[Phase.generate])
        >>> find(policy_books(), lambda book: True, settings=first).select
        'first_match'
    """
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


_OTHERS: tuple[dict[str, Any], ...] = (
    *({"group": group} for group in GROUPS),
    *({"agent": agent} for agent in PEOPLE),
    *({"custom.blocked": blocked} for blocked in (True, False)),
)
_CHANGES: tuple[SearchStrategy[dict[str, Any]], ...] = (
    st.sampled_from(CATEGORIES[1:]).map(lambda name: {"status": Status(name, name)}),
    st.sampled_from((*PRIORITIES, None)).map(lambda one: {"priority": one}),
    st.sampled_from(_OTHERS),
)
"""A change of status, of priority, of something else."""


@st.composite
def _next_event(draw: DrawFn, common: dict[str, Any], grain: timedelta, book: PolicyBook) -> Event:
    """Draw an event other than the creation."""
    at: datetime = common["at"]
    kind = draw(st.integers(0, 13))
    if kind < 4:
        return Message(**common, public=draw(st.sampled_from((True, True, False))))
    if kind < 11:
        return Changed(**common, fields=draw(_CHANGES[max(0, kind - 8)]))
    if kind < 12:
        policy = draw(st.sampled_from(book.policies))
        named = PolicyApplied(**common, policy=policy.name, version=policy.version)
        return draw(st.sampled_from((Acknowledged(**common), named)))
    if kind < 13:
        names = sorted({target.metric.name for p in book.policies for target in p.targets})
        due = draw(st.none() | st.sampled_from(STEPS).map(lambda step: at + step * grain))
        return Promised(**common, metric=draw(st.sampled_from(names)), due=due)
    return Worked(**common, duration=grain)


_ANY_START = st.just(START) | amounts(max_value=timedelta(days=5)).map(lambda by: START + by)


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
        book: whose policies are applied and whose metrics are promised.
        start: when the ticket is created.
        grain: gaps between events are a whole number of these.
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
    at, log = draw(start), list[Any]()
    for number in range(draw(st.integers(1, max_size))):
        at += draw(st.sampled_from(STEPS)) * grain if number else timedelta()
        role: Role = draw(st.sampled_from(("customer", "agent", "agent", "bot", "system")))
        common: dict[str, Any] = {
            "ticket_id": ticket_id,
            "at": at,
            "role": role,
            "actor": draw(st.sampled_from(PEOPLE)) if role == "agent" else None,
            "seq": number,
        }
        if number:
            log.append(draw(_next_event(common, grain, book)))
            continue
        category: Category = draw(
            st.sampled_from(("new", "open", "open", "pending", "solved", "void"))
        )
        status: SearchStrategy[Any] = st.just(Status(category, category))
        fields = draw(
            st.fixed_dictionaries(
                {"status": status},
                optional={
                    "priority": st.sampled_from(PRIORITIES),
                    "channel": st.sampled_from(("email", "chat")),
                    "group": st.sampled_from(GROUPS[:2]),
                    "agent": st.sampled_from(PEOPLE[:2]),
                },
            )
        )
        log.append(Created(**common, fields=fields))
    return log


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
    start: SearchStrategy[datetime] = _ANY_START,
    grain: timedelta = MINUTE,
    max_size: int = 12,
) -> SlaScene:
    """Draw a book, the log of a ticket, and when it is looked at: often at an event's instant.

    Args:
        draw: given by Hypothesis; leave it out.
        books: the policies; by default any.
        start: when the ticket is created.
        grain: gaps are a whole number of these.
        max_size: at most so many events.

    Example:
        >>> from hypothesis import find
        >>> nothing_promised = st.just(PolicyBook([]))
        >>> scene = find(sla_scenes(books=nothing_promised, max_size=1), lambda scene: True)
        >>> str(scene.as_of), len(scene.log)
        ('2024-03-28 08:00:00+00:00', 1)
    """
    book = draw(policy_books() if books is None else books)
    log = draw(sla_logs(book, start=start, grain=grain, max_size=max_size))
    gaps = st.sampled_from(STEPS).map(lambda step: step * grain)
    looks = st.sampled_from([event.at for event in reversed(log)])
    looked = sorted((draw(looks) + draw(gaps), draw(looks) + draw(gaps)))
    return SlaScene(book=book, log=tuple(log), as_of=looked[0], later=looked[1])
