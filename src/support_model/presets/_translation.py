"""Translation: a policy in the rules of one product becomes one in the rules of another.

What is promised carries over by the metric's name; the metric itself becomes the other
product's. Each part that then counts otherwise has a reason, and so has what cannot be expressed
there and is left out. Nothing is approximated: a working day never becomes eight hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from support_model._frozen import frozen
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidTarget
from support_model.patterns import Pattern
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support_model.presets._preset import Preset
    from support_model.sla import Metric, SlaPolicy, Target


PARTS = ("start", "stop", "pause", "reset", "after_stop")
"""The parts of a metric that may differ."""


@frozen(kw_only=True)
class Translation:
    """A policy under other rules.

    Attributes:
        policy: what carries over; without targets where nothing does.
        changed: what carries over and counts otherwise there.
        lost: what cannot be expressed there.
    """

    policy: SlaPolicy
    changed: tuple[Reason, ...]
    lost: tuple[Reason, ...]


def translate(policy: SlaPolicy, from_: Preset, to: Preset) -> Translation:
    """Return a policy of one product as one of another, with what changes and what is lost.

    Raises:
        InvalidTarget: a target's metric is not one of `from_`.

    Example:
        >>> from datetime import timedelta
        >>> from support_model.calendars import BusinessCalendar
        >>> from support_model.sla import SlaPolicy, Target
        >>> from support_model.presets import load_preset
        >>> from support_model.presets._loading import STANDARD
        >>> day = Target(
        ...     metric=STANDARD.metrics["resolution"], within=timedelta(hours=8),
        ...     calendar=BusinessCalendar.always("UTC"),
        ... )
        >>> gold = SlaPolicy(name="gold", targets=[day])
        >>> for reason in translate(gold, STANDARD, load_preset("osticket")).changed:
        ...     print(reason)
        resolution: pause is never, not category is 'pending'
        resolution: after stop is restart, not resume
    """
    for target in policy.targets:
        name = target.metric.name
        if from_.metrics.get(name) != target.metric:
            problem = f"policy {policy.name!r} holds a metric that is none of {from_.name!r}"
            raise InvalidTarget(name, problem, "take it from the preset's metrics")
    lost: list[Reason] = []
    kept: list[Target] = []
    for number, target in enumerate(policy.targets, 1):
        against = tuple(_against(policy, target, to, kept))
        lost += [
            Reason.of("target_lost", number=number, metric=target.metric.name, why=why)
            for why in against
        ]
        if not against:
            kept.append(_carried(target, from_, to))
    changed = [
        reason
        for name in dict.fromkeys(target.metric.name for target in kept)
        for reason in _differences(from_.metrics[name], to.metrics[name])
    ]
    if kept:
        changed += [
            Reason.of("rule_differs", rule=rule, here=_said(to, rule), there=_said(from_, rule))
            for rule in ("on_change", "select", "without_hours", "before", "shown")
            if getattr(from_, rule) != getattr(to, rule)
        ]
    return Translation(
        policy=attrs.evolve(policy, targets=tuple(kept)),
        changed=tuple(changed),
        lost=tuple(lost),
    )


def rule_text(preset: Preset, rule: str, metric: str = "") -> str:
    """Return one rule of a preset in words: its own, or a part of a metric.

    Example:
        >>> from support_model.presets import load_preset
        >>> rule_text(load_preset("glpi"), "pause", "resolution")
        "category is 'pending'"
        >>> rule_text(load_preset("servicenow"), "on_change")
        'restart'
    """
    if rule not in PARTS:
        return Reason.of("choice", here=_said(preset, rule)).text()
    held = preset.metrics.get(metric)
    return Reason.of("choice", here="unmeasured" if held is None else _part(held, rule)).text()


def _said(preset: Preset, rule: str) -> object:
    """Return a rule of a preset as a parameter of a reason."""
    value = getattr(preset, rule)
    return Reason.of("none") if value == "" else value


def _part(metric: Metric, part: str) -> object:
    """Return a part of a metric as a parameter of a reason."""
    value = getattr(metric, part)
    return value.said if isinstance(value, Pattern) else value


def _carried(target: Target, from_: Preset, to: Preset) -> Target:
    """Return a target in the other product's metric; its own word about a change stays."""
    own = target.on_change != from_.on_change
    return attrs.evolve(
        target,
        metric=to.metrics[target.metric.name],
        on_change=target.on_change if own else to.on_change,
    )


def _against(
    policy: SlaPolicy, target: Target, to: Preset, kept: list[Target]
) -> Iterator[Reason]:
    """Yield why a target cannot be expressed in the rules of a preset."""
    if policy.kind not in to.kinds:
        yield Reason.of("no_such_kind", kind=policy.kind, preset=to.title)
    if target.metric.name not in to.metrics:
        yield Reason.of("not_measured", metric=target.metric.name, preset=to.title)
    if isinstance(target.within, WorkingDays) and not to.working_days:
        yield Reason.of("no_working_days", preset=to.title)
    if to.one_calendar and not _round_the_clock(target):
        others = [one for one in kept if not _round_the_clock(one)]
        if others and others[0].calendar != target.calendar:
            yield Reason.of("one_calendar", preset=to.title)


def _round_the_clock(target: Target) -> bool:
    return target.calendar == BusinessCalendar.always(target.calendar.tz)


def _differences(was: Metric, now: Metric) -> Iterator[Reason]:
    for part in PARTS:
        if getattr(was, part) != getattr(now, part):
            yield Reason.of(
                "metric_differs",
                metric=now.name,
                part=part,
                here=_part(now, part),
                there=_part(was, part),
            )
