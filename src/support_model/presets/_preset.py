"""Preset: how one help desk product counts, as a value that plain data makes.

A preset is a workflow, metrics, what a change does to an open clock, how a policy is picked,
which pauses count, and by name at most two projections for what is shown in a way of its own.
A variant is the same data with some of it replaced: a setting that the product knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

import attrs
from attrs import field

from support_model._frozen import frozen
from support_model._vocabulary import OnChange, PolicyKind, Selection
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidTarget, InvalidValue, nearest
from support_model.patterns import NEVER, Field, Pattern, fact, read_pattern
from support_model.presets._projections import BEFORE, PROJECTIONS, project
from support_model.sla import METRICS, Metric, PolicyBook
from support_model.workflows import read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from support_model.events import Event
    from support_model.presets._projections import Display
    from support_model.sla import Clock, Target
    from support_model.workflows import Workflow


CalendarEdit = Literal["recomputed", "kept"]


@frozen(kw_only=True)
class Preset:
    """The rules by which a product counts.

    Attributes:
        name: what files and commands call it.
        title: what people call it.
        workflow: its statuses and the transitions between them.
        metrics: its clocks by name; what is not here it does not measure.
        on_change: what an open clock does when its target changes.
        select: how it picks a policy.
        kinds: the kinds of policies that it runs.
        working_days: whether it takes targets in working days.
        one_calendar: whether a policy has one calendar for all of its targets.
        calendar_edit: whether open clocks follow an edited calendar at once, or keep the old one.
        without_hours: whether a calendar without any open time means around the clock.
        before: the projection of the events, by name; empty for none.
        shown: the projection of each clock, by name; empty for none.
        notes: what it does that no part above holds.

    Raises:
        InvalidTarget: an unknown word, or a metric under another's name.
    """

    name: str
    title: str
    workflow: Workflow
    metrics: Mapping[str, Metric] = field(hash=False)
    on_change: OnChange = "carry"
    select: Selection = "first_match"
    kinds: tuple[PolicyKind, ...] = field(default=("sla",))
    working_days: bool = False
    one_calendar: bool = False
    calendar_edit: CalendarEdit = "kept"
    without_hours: bool = False
    before: str = ""
    shown: str = ""
    notes: tuple[str, ...] = field(default=())

    def __attrs_post_init__(self) -> None:
        """Check the names."""
        for word, known, what in (
            (self.before, ("", *BEFORE), "projection"),
            (self.shown, ("", *PROJECTIONS), "projection"),
            (self.on_change, get_args(OnChange), "on_change"),
            (self.select, get_args(Selection), "selection"),
            (self.calendar_edit, get_args(CalendarEdit), "calendar_edit"),
            *((kind, get_args(PolicyKind), "kind") for kind in self.kinds),
        ):
            if word not in known:
                raise InvalidTarget(word, f"unknown {what}", nearest(str(word), known))
        for name, metric in self.metrics.items():
            if metric.name != name:
                raise InvalidTarget(name, f"holds the metric {metric.name!r}", "use its name")

    def prepared(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Return the events as the product takes them."""
        return BEFORE[self.before](events) if self.before else tuple(events)

    def display(self, clock: Clock) -> Display:
        """Return what the product shows of a clock."""
        return project(clock, PROJECTIONS[self.shown]) if self.shown else project(clock)

    def hours(self, calendar: BusinessCalendar, at: datetime) -> BusinessCalendar:
        """Return the hours that the product counts in: a calendar, seen from an instant."""
        if self.without_hours and calendar.next_open(at) is None:
            return BusinessCalendar.always(calendar.tz)
        return calendar

    def edited(self, old: BusinessCalendar, new: BusinessCalendar) -> BusinessCalendar:
        """Return the calendar that open clocks count in after an edit."""
        return new if self.calendar_edit == "recomputed" else old

    def opened(self, book: PolicyBook, at: datetime) -> PolicyBook:
        """Return a book whose calendars are those that the product counts in."""
        if not self.without_hours:
            return book

        def target(one: Target) -> Target:
            return attrs.evolve(one, calendar=self.hours(one.calendar, at))

        policies = [
            attrs.evolve(policy, targets=tuple(map(target, policy.targets)))
            for policy in book.policies
        ]
        return PolicyBook(policies, book.select)


_WORDS = ("on_change", "select", "calendar_edit", "before", "shown")
_FLAGS = ("working_days", "one_calendar", "without_hours")
_KEYS = (*("name", "title", "notes", "kinds", "metrics", "workflow", "variants"), *_WORDS, *_FLAGS)
_PARTS = ("start", "stop", "pause", "reset", "after_stop")


def read_preset(data: object, *, variant: str = "") -> Preset:
    """Return the preset that plain data describes.

    A metric's `start`, `stop` and `reset` are a pattern or a list of facts, `pause` a pattern
    or a list of categories. A ready metric's start, stop and what follows it are kept where
    the data is silent; a pause never is.

    Args:
        data: a mapping of JSON types, as in the files beside this module.
        variant: the name of a setting among its `variants`.

    Raises:
        InvalidTarget: a key or variant that is unknown, or a metric that cannot be read.
        InvalidPattern: a pattern that cannot be read.
        InvalidWorkflow: statuses and transitions that make no workflow.
    """
    row = _known(data, "a preset", _KEYS)
    variants = row.get("variants", {})
    if variant and variant not in variants:
        problem = f"no variant of {row.get('name')!r}"
        raise InvalidTarget(variant, problem, nearest(variant, variants))
    row = _merged(row, variants.get(variant, {}))
    name = row.get("name", "")
    metrics = {key: _metric(key, rules) for key, rules in row.get("metrics", {}).items()}
    plain = {key: row[key] for key in (*_WORDS, *_FLAGS) if key in row}
    return Preset(
        name=f"{name}:{variant}" if variant else name,
        title=row.get("title", name),
        workflow=read_workflow({"name": name, **row.get("workflow", {})}),
        metrics=metrics,
        kinds=tuple(row.get("kinds", ("sla",))),
        notes=tuple(row.get("notes", ())),
        **plain,
    )


def _known(data: object, where: str, keys: Iterable[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise InvalidTarget(data, f"{where} is a mapping", f"keys: {', '.join(keys)}")
    for key in data:
        if key not in keys:
            raise InvalidTarget(key, f"unknown key in {where}", nearest(str(key), keys))
    return data


def _merged(data: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return data with parts of it replaced, table by table."""
    merged = dict(data)
    for key, value in over.items():
        held = merged.get(key)
        inner = isinstance(held, Mapping) and isinstance(value, Mapping) and "field" not in value
        merged[key] = _merged(held, value) if inner and isinstance(held, Mapping) else value
    return merged


def _metric(name: str, data: object) -> Metric:
    rules = _known(data, f"metric {name!r}", _PARTS)
    ready = METRICS.get(name)
    parts: dict[str, Any] = {}
    for part in ("start", "stop", "reset"):
        if part in rules:
            parts[part] = _pattern(rules[part])
        elif part != "reset" and ready is not None:
            parts[part] = getattr(ready, part)
        elif part != "reset":
            raise InvalidValue(name, f"the metric has no {part}", "give facts or a pattern")
    pause = rules.get("pause", [])
    parts["pause"] = _in_category(pause) if isinstance(pause, list) else read_pattern(pause)
    after = ready.after_stop if ready is not None else "once"
    return Metric(name=name, after_stop=rules.get("after_stop", after), **parts)


def _in_category(names: list[str]) -> Pattern:
    category = Field("category")
    if len(names) == 1:
        return category.is_(names[0])
    return category.in_(*names) if names else NEVER


def _pattern(data: object) -> Pattern:
    return fact(*data) if isinstance(data, list) else read_pattern(data)
