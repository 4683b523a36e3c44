"""Strategies that draw what is promised: metrics, targets, policies, books of them.

Everything shrinks towards one policy with one plain target. The other end is books of several
policies and editions, every way to change a target, working days, warnings on both sides of
the due.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import attrs
from hypothesis import strategies as st

from support_model._vocabulary import Priority
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.patterns import ALWAYS, NEVER, Field, fact
from support_model.sla import METRICS, AfterStop, Metric, OnChange, PolicyBook, SlaPolicy, Target
from support_model.testing._calendar_strategies import amounts, calendars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from support_model.patterns import Pattern


START = datetime(2024, 3, 28, 8, tzinfo=UTC)
"""The Thursday before Europe turns its clocks to summer time."""
MINUTE = timedelta(minutes=1)
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
    calendars: SearchStrategy[BusinessCalendar] = NEAR,
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
    calendars: SearchStrategy[BusinessCalendar] = NEAR,
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
