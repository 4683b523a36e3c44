"""A log with many facts planted at once, for people who read a page made of it.

Each fact has a slot, so that no two are of one sort, and a group of its own, so that none hides
another. The truth is written as text; a reader sees the log, the policy and the page alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import desk, logs
from .counting import measured
from .plants import KINDS, Plant, Setting, dice, scenario_of
from .simulation import WEEKS, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from random import Random

    from .plants import Truth
    from .simulation import Effect, Scenario, Ticket

SLOTS = (
    ("arrivals_of_a_channel", "fewer_of_a_channel", "mix_of_types"),
    ("arrivals_of_a_topic", "arrivals_of_an_organization"),
    ("group_slower", "group_slower_by_and_by"),
    ("group_faster", "next_replies_of_a_group"),
    ("replies_of_a_channel", "replies_faster"),
    ("unsolved_queue", "backlog_over_capacity"),
    ("reopened_of_a_topic", "fewer_reopened"),
    ("satisfaction_of_a_priority", "satisfaction_better"),
    ("vendor_waits", "hand_backs", "escalations_of_a_group"),
    ("agent_overloaded", "agent_left"),
    ("closing_timer", "spam_wave", "merge_wave"),
    ("outage_week", "holiday_week"),
    ("organization_slower", "priority_slower", "night_slower"),
)
TRIES = 200
POLICY = """\
schema = "support_model.policies/1"
select = "first_match"

[calendars.office]
kind = "hours"
tz = "Europe/Berlin"
weeks = [{mon-fri = "08:00-18:00"}]

[[policies]]
name = "standard"
"""
TARGETS = {"urgent": ("1h", "8h"), "high": ("2h", "16h"), "normal": ("6h", "40h")}
TARGETS["low"] = ("10h", "60h")


def crowded(seed: int, facts: int = 12) -> tuple[Scenario, Plant]:
    """Return a scenario with so many facts, one of each slot that is chosen."""
    rng, plants = _drawn(seed, facts)
    plant = together(plants)
    return scenario_of(plant, rng), plant


def _drawn(seed: int, facts: int) -> tuple[Random, list[Plant]]:
    rng = dice("crowded", seed)
    plants: list[Plant] = []
    for slot in rng.sample(SLOTS, facts):
        plants.append(_apart(slot, plants, rng))
    return rng, plants


def _apart(slot: Sequence[str], others: Iterable[Plant], rng: Random) -> Plant:
    """Draw a fact whose group no other fact has."""
    taken = {pair for plant in others for pair in _pairs(plant)}
    for _ in range(TRIES):
        start = WEEKS - (rng.randint(3, 5) if rng.random() < 0.6 else rng.randint(6, 12))
        plant = KINDS[rng.choice(slot)](Setting(start, 1.0, rng))
        if taken.isdisjoint(_pairs(plant)):
            return plant
    raise LookupError(slot)


def _pairs(plant: Plant) -> set[tuple[str, str]]:
    """Return whom a plant touches, an agent with the group."""
    pairs = {pair for effect in plant.effects for pair in effect.where}
    agents = {value for name, value in pairs if name == "agent"}
    groups = {group for group, names in desk.AGENTS.items() if agents & set(names)}
    return pairs | {("group", group) for group in groups}


def together(plants: Sequence[Plant]) -> Plant:
    """Return all of some plants in one."""
    return Plant(
        tuple(truth for each in plants for truth in each.truths),
        tuple(effect for each in plants for effect in each.effects),
        tuple(effect for each in plants for effect in each.explains),
        tuple(pair for each in plants for pair in each.capacity),
        tuple(week for each in plants for week in each.closed_weeks),
    )


def policy_text() -> str:
    """Return targets by priority in opening hours, as a file."""
    parts = [POLICY]
    for priority, (reply, solution) in TARGETS.items():
        for metric, within in (("first_response", reply), ("resolution", solution)):
            parts.append(
                f'\n[[policies.targets]]\nmetric = "{metric}"\nwithin = "{within}"\n'
                f'calendar = "office"\nwhen = {{field = "priority", is = "{priority}"}}\n'
            )
    return "".join(parts)


def truth_text(
    seed: int, scenario: Scenario, plants: Iterable[Plant], tickets: Sequence[Ticket]
) -> str:
    """Return what is planted, in words, newest first, with what the tickets show of it."""
    end = logs.end_of(scenario).astimezone(desk.ZONE)
    rows = [
        f"# What is planted in log {seed}\n",
        f"{len(tickets)} tickets from {scenario.first} to {end:%Y-%m-%d %H:%M}, {desk.ZONE.key}.",
        f"Open hours {desk.HOURS}. A fact counts as told when the group, the direction and the",
        "week of its start (a week more or less) are told.\n",
    ]
    newest_first = sorted(plants, key=lambda plant: -plant.truths[0].start)
    for number, plant in enumerate(newest_first, 1):
        rows.extend(
            f"{number}. Week of {scenario.monday(truth.start)}: {truth.says}."
            for truth in plant.truths
        )
        rows.extend(f"   - counted: {_said(each, scenario, tickets)}" for each in plant.effects)
    return "\n".join(rows) + "\n"


def _said(effect: Effect, scenario: Scenario, tickets: Sequence[Ticket]) -> str:
    counted, error = measured(effect, scenario, tickets)
    whom = ", ".join(f"{name} {value}" for name, value in effect.where) or "all tickets"
    if effect.plus:
        return f"{effect.lever} of {whom}: {100 * counted:+.0f} points (± {200 * error:.0f})"
    return f"{effect.lever} of {whom}: {2.718282**counted:.2f} times (± {200 * error:.0f} %)"


def write(folder: Path, seed: int, facts: int = 12) -> list[Truth]:
    """Write log.jsonl, policy.toml and truth.md of a crowded log."""
    rng, plants = _drawn(seed, facts)
    scenario = scenario_of(together(plants), rng)
    tickets = simulate(scenario, rng=dice("crowded log", seed))
    folder.mkdir(parents=True, exist_ok=True)
    logs.write(tickets, scenario, folder / "log.jsonl")
    (folder / "policy.toml").write_text(policy_text(), "utf-8")
    (folder / "truth.md").write_text(truth_text(seed, scenario, plants, tickets), "utf-8")
    return [truth for plant in plants for truth in plant.truths]
