"""Whether what a detector found is what was planted.

The rules, all of them:

- A truth is *named* by an item whose measure, group and direction are right, or whose group is
  right and whose first `also` has the right measure, group and direction.
- The time of a group's work is also named by the time in the status "Open".
- Its *start* is right when the item (or that first `also`) says a Monday at most one week from the
  week of the start; of a ramp, at most one week from the weeks in which it grows.
- An item is *false* when no effect of the plant explains it. An effect explains an item when it
  can move the measure (`LEVERS_OF`), moves it in the item's direction for the item's group, and
  concerns that group clearly more than all tickets: 1.3 times as much, or at least 80 % of the
  group; or the item is of all tickets. How much an effect concerns a group is counted on the
  tickets drawn, not taken from the detector. An item that starts more than four weeks before
  every effect is false, and so is any item of a past episode.
- A mix is named by a shift of mix of its field. Where nothing else is planted, every better or
  worse beside it is false.
- An episode is named by an episode of its week. Where nothing else is planted, every item beside
  it is false, as it is where only small weeks are extreme. Where trouble has passed, an item that
  is said to last is false.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import desk
from .plants import DOWN, UP
from .simulation import Effect, Scenario, matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .plants import Plant, Truth, Where
    from .simulation import Ticket

_SLOW = frozenset(
    {
        *("work", "reply", "next_reply", "customer_wait", "vendor_wait", "vendor", "asked"),
        *("escalated", "handed_back", "stuck"),
    }
)
_VOLUME = frozenset({"arrivals", "agent_share"})
LEVERS_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "created": _VOLUME,
        "solved": _VOLUME | {"stuck", "work"},
        "backlog": _VOLUME | _SLOW | {"reopened"},
        "first_response": frozenset({"reply"}),
        "next_response": frozenset({"next_reply", "stuck"}),
        "resolution": _SLOW | {"reopened"},
        "reopened": frozenset({"reopened"}),
        "handed_back": frozenset({"handed_back", "escalated"}),
        "escalated": frozenset({"escalated"}),
        "satisfied": frozenset({"satisfied"}),
        "status_time": _SLOW,
        "void": frozenset({"spam", "merged", "arrivals"}),
        "closing_delay": frozenset({"close_after"}),
    }
)
"""What can move a measure."""
LIFT, NEARLY_ALL = 1.3, 0.8
LEAST_TIMES, LEAST_PLUS = 1.05, 0.01
EARLY_WEEKS = 4
FEW = 2
"""Where more is missed, all that was said is no longer listed beside it."""


@dataclass(frozen=True)
class Judged:
    """What a detector made of one log.

    Attributes:
        named: of each truth, whether it is named.
        in_time: of each truth, whether it is named with the right start.
        false: the items that nothing explains.
        items: how many there are.
        faults: what was missed and what is false, in words.
    """

    named: tuple[bool, ...]
    in_time: tuple[bool, ...]
    false: tuple[object, ...]
    items: int
    faults: tuple[str, ...] = ()


def judge(plant: Plant, scenario: Scenario, tickets: Sequence[Ticket], changes) -> Judged:
    """Hold what was found against what was planted."""
    said = [_starts_said(truth, scenario, changes) for truth in plant.truths]
    in_time = [
        any(near(start, truth, scenario) for start in starts)
        for truth, starts in zip(plant.truths, said, strict=True)
    ]
    only_mix = {truth.sort for truth in plant.truths} == {"mix"}
    counted = Counted(scenario, tickets)
    acting = plant.effects + plant.explains
    false = [
        item
        for item in changes.items
        if plant.quiet
        or (plant.passed and item.lasting)
        or (only_mix and item.verdict in {"worse", "better"})
        or not explained(acting, item, counted)
    ]
    faults = [
        f"{scenario.monday(truth.start)} {truth.says}: "
        + (f"said since {', '.join(map(str, starts))}" if starts else "not said")
        for truth, starts, right in zip(plant.truths, said, in_time, strict=True)
        if not right
    ]
    if faults and len(faults) <= FEW:
        faults.append("said: " + ("; ".join(map(_words, changes.items)) or "nothing"))
    faults.extend(f"false: {_words(item)}" for item in false)
    named = tuple(map(bool, said))
    return Judged(named, tuple(in_time), tuple(false), len(changes.items), tuple(faults))


def _words(item) -> str:
    whom = ", ".join(f"{name} {value}" for name, value in item.where) or "all"
    also = f", also {_words(item.also[0])}" if item.also else ""
    return f"{item.measure} of {whom} {item.verdict} since {item.since}{also}"


def _starts_said(truth: Truth, scenario: Scenario, changes) -> list:
    """Return the starts of what names a truth; nothing where nothing names it."""
    if truth.sort == "episode":
        monday = scenario.monday(truth.start)
        return [
            monday
            for episode in changes.episodes
            if timedelta() <= monday - episode.week < timedelta(weeks=episode.weeks)
        ]
    if truth.sort == "mix":
        field = truth.wheres[0][0][0]
        return [shift.since for shift in changes.mixes if shift.field == field]
    starts = []
    for item in changes.items:
        if _right(item, truth):
            starts.append(item.since)
        elif item.also and _group(item) in truth.wheres and _right(item.also[0], truth):
            starts.append(item.also[0].since)
    return starts


def _right(item, truth: Truth) -> bool:
    return (
        item.measure in truth.measures
        and item.verdict in truth.verdicts
        and _group(item) in truth.wheres
        and _status(item) in truth.statuses
    )


def _group(item) -> Where:
    """Return whom an item is about, the name of a status left out."""
    return tuple(sorted((name, value) for name, value in item.where if name != "status"))


def _status(item) -> str | None:
    return dict(item.where).get("status")


def near(start, truth: Truth, scenario: Scenario) -> bool:
    """Whether a Monday is at most one week from a start."""
    first = scenario.monday(truth.start) - timedelta(weeks=1)
    last = scenario.monday(max(truth.start, truth.latest)) + timedelta(weeks=1)
    return first <= start <= last


class Counted:
    """The tickets of a log, to count how much an effect concerns a group."""

    def __init__(self, scenario: Scenario, tickets: Sequence[Ticket]):
        self.scenario, self.tickets = scenario, tickets

    def moved(self, effects: Sequence[Effect], where: Where) -> tuple[float, float]:
        """Return how much effects together move a group, on average, and which share of it.

        The effects are of one lever and one start. Factors as logarithms; of arrivals only the
        tickets before the start count, since those after it are already the result.
        """
        first = effects[0]
        group = [ticket for ticket in self.tickets if matches(ticket.fields, where)]
        if first.lever in {"arrivals", "agent_share"}:
            group = [ticket for ticket in group if ticket.week < first.start]
        if not group:
            return 0.0, 0.0
        if first.lever == "agent_share":
            return self._moved_agents(first, group)
        acting = [
            [effect for effect in effects if matches(ticket.fields, effect.where)]
            for ticket in group
        ]
        share = sum(map(bool, acting)) / len(group)
        if first.plus:
            return sum(effect.plus for each in acting for effect in each) / len(group), share
        return math.log(fmean(math.prod(each.times for each in own) for own in acting)), share

    def _moved_agents(self, effect: Effect, group: Iterable[Ticket]) -> tuple[float, float]:
        """An agent who gets more or fewer tickets leaves fewer or more to the colleagues."""
        ((_, agent),) = effect.where
        team = next(agents for agents in desk.AGENTS.values() if agent in agents)
        own = len(team) * effect.times / (len(team) - 1 + effect.times)
        others = len(team) / (len(team) - 1 + effect.times)
        held = [
            own if ticket.fields["agent"] == agent else others
            for ticket in group
            if ticket.fields["agent"] in team
        ]
        group = list(group)
        mean = (sum(held) + len(group) - len(held)) / len(group)
        return math.log(max(mean, 0.01)), len(held) / len(group)


def explained(effects: Iterable[Effect], item, counted: Counted) -> bool:
    """Whether an effect explains an item, alone or with those of its lever and its time."""
    together = defaultdict(list)
    for effect in effects:
        together[effect.lever, effect.start, effect.until].append(effect)
    alone = [[effect] for each in together.values() for effect in each]
    several = [each for each in together.values() if each[0].lever != "agent_share"]
    return any(_explain(each, item, counted) for each in (*alone, *several))


def _explain(effects: Sequence[Effect], item, counted: Counted) -> bool:
    effect = effects[0]
    if effect.lever not in LEVERS_OF.get(item.measure, frozenset()):
        return False
    since = counted.scenario.monday(effect.start) - timedelta(weeks=EARLY_WEEKS)
    where = _group(item)
    moved, share = counted.moved(effects, where)
    least = LEAST_PLUS if effect.plus else math.log(LEAST_TIMES)
    if abs(moved) < least or item.since < since or not _same_way(moved, item):
        return False
    whole, _ = counted.moved(effects, ())
    return not where or share >= NEARLY_ALL or abs(moved) >= LIFT * abs(whole)


def _same_way(moved: float, item) -> bool:
    if item.verdict == "different":
        return True
    rises = moved > 0
    if item.measure in {"satisfied", "solved"}:  # more is better
        rises = not rises if item.verdict in {"worse", "better"} else rises
    return item.verdict in (UP if rises else DOWN)
