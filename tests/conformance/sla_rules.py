"""Which rules a scenario is evaluated under: its product's preset, and the keys that it adds.

`products.toml` names the preset of a source and says what that preset means in the words of the
scenario file. A scenario's keys are those of its `config`, and the file's default of each key
that its events reach. A key that says what the preset says adds nothing; one that names a
setting of the product chooses the preset's variant; every other key is added to the preset, and
`run.py` prints it. Nothing is tried out: the same scenario always has the same rules.

Sources that are no product's are evaluated under the file's own defaults and their keys.

Before this: `common.py`. Next: `sla.py`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from support_model._sla import metrics
from support_model.patterns import NEVER, Field, fact
from support_model.presets import load_preset
from support_model.presets._loading import STANDARD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from support_model.presets._preset import Preset

DEFAULTS: dict[str, Any] = {
    "reopen": "resume",
    "next_from": "first_reply",
    "next_anchor": "oldest_unanswered",
    "update_start": "created",
    "recurrence": "independent",
    "due_when_paused": "projected",
    "due_when_stopped": "kept",
    "boundary": "close",
    "priority_change": "carry",
    "policy_change": "recompute",
    "calendar_change": "recompute",
    "hold_extension": "exact",
    "pause_granularity_s": 1,
    "fallback_no_hours": False,
    "agent_created": "excluded",
    "breach_requires_open": False,
}
PAUSES = {"requester_wait": ["pending"], "agent_work": ["pending", "on_hold"]}
CREATED = Field("event").is_("created")
BY_CUSTOMER = CREATED & Field("role").is_("customer")
CONTACTED, RESOLVED, REPLIED = fact("contacted"), fact("resolved"), fact("replied")
UPDATED = metrics.PERIODIC_UPDATE.start
REOPEN = {"resume": "resume", "restart": "restart", "stay_stopped": "once"}
RECURRENCE = {"independent": "again", "sequential": "again_after_due"}
ON_CHANGE = {"carry": "carry", "recompute": "carry", "restart": "restart"}


@dataclass(frozen=True)
class Rules:
    """A preset, and what keys change of it: None where the preset's own way holds."""

    preset: Preset
    policy_change: str | None = None
    calendar_change: str | None = None
    grain: int | None = None
    shown: tuple[str, ...] | None = None
    added: tuple[str, ...] = ()


def rules_of(source: str, data: Mapping[str, Any]) -> Rules:
    """Return the rules of a scenario."""
    product = product_of(source)
    if product is None:
        rules = Rules(own_defaults())
        for key, value in data["config"].items():
            rules = with_key(rules, key, value)
        return rules
    says, pause = dict(product.get("says", {})), dict(product.get("pause", {}))
    asked = {**dict(reached(data, pause)), **data["config"]}
    for key in set(product.get("silence", ())) - set(data["config"]):
        asked.pop(key, None)
    name = product["preset"]
    for variant, row in product.get("variants", {}).items():
        if all(asked.get(key) == value for key, value in row["asks"].items()):
            name = f"{name}:{variant}"
            says |= row["asks"] | row.get("says", {})
            pause |= row.get("pause", {})
            break
    rules = with_all_metrics(Rules(load_preset(name)), data)
    for key, value in asked.items():
        if key != "pause" and value != says.get(key, DEFAULTS[key]):
            rules = added(rules, key, value)
    others = dict(other_pauses(data, pause))
    return added(rules, "pause", others) if others else rules


@cache
def products() -> dict[str, dict[str, Any]]:
    """Return the rows of `products.toml` by the beginnings of sources."""
    rows = tomllib.loads(Path(__file__).with_name("products.toml").read_text("utf-8"))
    return {word: {"preset": name, **row} for name, row in rows.items() for word in row["sources"]}


def product_of(source: str) -> dict[str, Any] | None:
    """Return the row of the product that a source belongs to, if any: the longest match."""
    found = [word for word in products() if source.startswith(word)]
    return products()[max(found, key=len)] if found else None


def reached(data: Mapping[str, Any], pause: Mapping[str, list[str]]) -> Iterator[tuple[str, Any]]:
    """Yield the defaults of the keys that a scenario reaches without naming them."""
    kinds = {row["type"] for row in data["events"]}
    measured = {row["metric"] for row in data["targets"]}
    seen = statuses(data)
    held = any(set(names) & set(seen) for names in pause.values())
    settled = {"solved", "closed"}
    due = "due_at" in data["expect"]
    calendar = data["calendar"]
    hours = [*calendar.get("weekly", {}).values()]
    hours += [row["hours"] for row in calendar.get("overrides", ())]
    speaks = {
        "reopen": any(a in settled and b not in settled for a, b in pairwise(seen)),
        "next_from": "next_response" in measured,
        "next_anchor": "next_response" in measured,
        "update_start": "periodic_update" in measured,
        "recurrence": "periodic_update" in measured,
        "due_when_paused": due and held and seen[-1] not in {"new", "open"} | settled,
        "due_when_stopped": due and bool(settled & set(seen)),
        "priority_change": any("priority" in row for row in data["events"][1:]),
        "policy_change": "policy_changed" in kinds,
        "calendar_change": "calendar_changed" in kinds,
        "hold_extension": held,
        "pause_granularity_s": held,
        "fallback_no_hours": not any(hours),
        "agent_created": data["events"][0].get("by") == "agent" and "first_response" in measured,
    }
    yield from ((key, DEFAULTS[key]) for key, is_reached in speaks.items() if is_reached)


def statuses(data: Mapping[str, Any]) -> list[str]:
    """Return the statuses that a scenario's ticket has, in turn."""
    return ["open", *(row["status"] for row in data["events"] if "status" in row)]


def other_pauses(
    data: Mapping[str, Any], pause: Mapping[str, list[str]]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the metrics whose pauses differ from the preset's in statuses that are reached."""
    seen = set(statuses(data))
    for metric in dict.fromkeys(row["metric"] for row in data["targets"]):
        default = PAUSES.get(metric, [])
        wanted = data["config"].get("pause", {}).get(metric, default)
        if set(wanted) & seen != set(pause.get(metric, default)) & seen:
            yield metric, wanted


def with_all_metrics(rules: Rules, data: Mapping[str, Any]) -> Rules:
    """Return rules that measure what a scenario asks: what the preset does not, the file does."""
    held, own = dict(rules.preset.metrics), own_defaults().metrics
    absent = {row["metric"]: own[row["metric"]] for row in data["targets"]}
    absent = {name: metric for name, metric in absent.items() if name not in held}
    told = tuple(f"metric = {name}" for name in absent)
    preset = attrs.evolve(rules.preset, metrics={**held, **absent})
    return replace(rules, preset=preset, added=told) if absent else rules


def added(rules: Rules, key: str, value: Any) -> Rules:
    """Return rules with a key in force, and with its name among those added."""
    rules = with_key(rules, key, value)
    return replace(rules, added=(*rules.added, f"{key} = {value}"))


def with_key(rules: Rules, key: str, value: Any) -> Rules:
    """Return rules with one key of `config` in force."""
    if key == "pause":
        for name, names in value.items():
            rules = measured(
                rules, [name], pause=Field("category").in_(*names) if names else NEVER
            )
        return rules
    later = CONTACTED & ~CREATED & Field("times.replied").at_least(1)
    stops = ("resolution", "requester_wait", "agent_work", "ola_resolve")
    ways: dict[str, Callable[[], Rules]] = {
        "reopen": lambda: measured(rules, stops, after_stop=REOPEN[value]),
        "next_from": lambda: measured(
            rules, ["next_response"], start=CONTACTED if value == "created" else later
        ),
        "next_anchor": lambda: measured(
            rules, ["next_response"], reset=CONTACTED if value == "latest" else NEVER
        ),
        "update_start": lambda: measured(
            rules,
            ["periodic_update"],
            start=UPDATED if value == "first_reply" else UPDATED | CREATED,
        ),
        "recurrence": lambda: measured(rules, ["periodic_update"], after_stop=RECURRENCE[value]),
        "agent_created": lambda: measured(
            rules,
            ["first_response"],
            start=CREATED if value == "next_public_reply" else BY_CUSTOMER,
        ),
        "due_when_paused": lambda: shown(rules, "due_unless_paused", on=value == "null"),
        "due_when_stopped": lambda: shown(rules, "due_unless_stopped", on=value == "null"),
        "boundary": lambda: shown(rules, "landing_at_next_opening", on=value == "next_open"),
        "hold_extension": lambda: shown(
            rules, "hold_added_as_wall_time", on=value == "wall_added_to_due"
        ),
        "breach_requires_open": lambda: shown(rules, "open_only_breach", on=value),
        "priority_change": lambda: evolved(rules, on_change=ON_CHANGE[value]),
        "fallback_no_hours": lambda: evolved(rules, without_hours=value),
        "policy_change": lambda: replace(rules, policy_change=ON_CHANGE[value]),
        "calendar_change": lambda: replace(rules, calendar_change=value),
        "pause_granularity_s": lambda: replace(rules, grain=value),
    }
    return ways[key]()


def evolved(rules: Rules, **parts: Any) -> Rules:
    """Return rules with parts of the preset replaced; an edition's own way of change stays."""
    change = rules.policy_change or rules.preset.on_change
    return replace(rules, preset=attrs.evolve(rules.preset, **parts), policy_change=change)


def measured(rules: Rules, names: Iterable[str], **parts: Any) -> Rules:
    """Return rules with parts of some metrics replaced, where the preset measures them."""
    held = rules.preset.metrics
    changed = {name: attrs.evolve(held[name], **parts) for name in names if name in held}
    return replace(rules, preset=attrs.evolve(rules.preset, metrics={**held, **changed}))


def shown(rules: Rules, projection: str, *, on: bool) -> Rules:
    """Return rules with a projection of the clock added or taken away."""
    both = ("due_unless_paused", "due_unless_stopped")
    own = {"": (), "due_only_while_running": both}.get(rules.preset.shown, (rules.preset.shown,))
    others = tuple(name for name in (rules.shown or own) if name != projection)
    return replace(rules, shown=(*others, projection) if on else others)


@cache
def own_defaults() -> Preset:
    """Return the file's own defaults as a preset."""
    solved = {"stop": RESOLVED, "after_stop": "resume", "pause": NEVER}
    return attrs.evolve(
        STANDARD,
        name="the file's defaults",
        calendar_edit="recomputed",
        metrics={
            "first_response": attrs.evolve(
                metrics.FIRST_RESPONSE, start=BY_CUSTOMER, stop=REPLIED
            ),
            "next_response": metrics.NEXT_RESPONSE,
            "periodic_update": attrs.evolve(
                metrics.PERIODIC_UPDATE, start=UPDATED | CREATED, pause=NEVER
            ),
            "resolution": attrs.evolve(metrics.RESOLUTION, **solved),
            "requester_wait": metrics.REQUESTER_WAIT,
            "agent_work": metrics.AGENT_WORK,
            "ola_own": attrs.evolve(
                metrics.OWNERSHIP, name="ola_own", stop=REPLIED | RESOLVED, after_stop="once"
            ),
            "ola_resolve": attrs.evolve(metrics.OWNERSHIP, name="ola_resolve", **solved),
        },
    )
