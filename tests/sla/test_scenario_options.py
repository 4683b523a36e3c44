"""Every option value that the scenario format names gives what counting ticks gives.

The reference scenarios use only some of the values in their header. Here each value runs
through the adapter in a case of its own, and what must come out is told by the slow twin, from
rules that are written down once more, as plain data.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conformance import sla
from conformance.common import Case
from oracles import sla_oracle as oracle
from oracles.sla_book_oracle import ANSWER, CREATED, both, category, changed, either, fact, metric

HEADER = json.loads((Path(__file__).parents[1] / "vectors" / "sla.json").read_text("utf-8"))
START = datetime(2024, 3, 4, 9, tzinfo=UTC)  # a Monday
FIRST, LAST, TICK = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 12, tzinfo=UTC), 10
OFFICE = {"tz": "UTC", "weekly": {day: [["09:00", "17:00"]] for day in oracle.WEEKDAYS[:5]}}
NIGHT = {"tz": "UTC", "weekly": {day: [["00:00", "24:00"]] for day in oracle.WEEKDAYS}}
EMPTY = {"tz": "UTC", "weekly": {}}
RANKS = {"urgent": 1, "normal": 3}


def at(hours):
    return (START + timedelta(hours=hours)).isoformat()


def row(kind, hours, **more):
    return {"type": kind, "at": at(hours), **more}


def created(by="customer", **more):
    return row("created", 0, by=by, status="open", **more)


def status(hours, name):
    return row("status", hours, status=name)


def target(name, hours, **more):
    return {"metric": name, "seconds": int(hours * 3600), "business_hours": True, **more}


REPLY, WRITES = "agent_reply", "customer_message"
URGENT = [target("resolution", 2, priority="urgent"), target("resolution", 6)]
HELD = [created(), status(6, "pending"), status(10, "open"), status(25, "solved")]
CASES = {
    "pause": (
        [{}, {"resolution": ["pending"]}, {"resolution": ["on_hold", "pending"]}],
        (target("resolution", 8),),
        [created(), status(1, "pending"), status(2, "on_hold"), status(4, "open")],
        5,
    ),
    "reopen": (
        ["resume", "restart", "stay_stopped"],
        (target("resolution", 8),),
        [created(), status(2, "solved"), status(3, "open"), status(5, "solved")],
        6,
    ),
    "next_from": (
        ["first_reply", "created"],
        (target("next_response", 4),),
        [created(), row(WRITES, 2)],
        3,
    ),
    "next_anchor": (
        ["oldest_unanswered", "latest"],
        (target("next_response", 4),),
        [created(), row(REPLY, 1), row(WRITES, 2), row(WRITES, 3)],
        4,
    ),
    "update_start": (
        ["created", "first_reply"],
        (target("periodic_update", 2),),
        [created(), row(REPLY, 3)],
        4,
    ),
    "recurrence": (
        ["independent", "sequential"],
        (target("periodic_update", 2),),
        [created(), row(REPLY, 1), row(REPLY, 1.5)],
        2.5,
    ),
    "due_when_paused": (
        ["projected", "null"],
        (target("resolution", 4),),
        [created(), status(1, "pending")],
        2,
    ),
    "due_when_stopped": (
        ["kept", "null"],
        (target("resolution", 4),),
        [created(), status(1, "solved")],
        2,
    ),
    "boundary": (
        ["close", "next_open"],
        (target("resolution", 8),),
        [created(), status(9, "solved")],
        10,
    ),
    "priority_change": (
        ["carry", "restart"],
        URGENT,
        [created(priority="normal"), row("priority", 3, priority="urgent")],
        4,
    ),
    "policy_change": (
        ["recompute", "restart"],
        (target("resolution", 4),),
        [created(), row("policy_changed", 2, targets=[target("resolution", 3)])],
        2,
    ),
    "calendar_change": (
        ["recompute", "segment"],
        (target("resolution", 12),),
        [created(), row("calendar_changed", 20, calendar=NIGHT)],
        22,
    ),
    "hold_extension": (["exact", "wall_added_to_due"], (target("resolution", 8),), HELD, 26),
    "pause_granularity_s": (
        [1, 60, 300],
        (target("resolution", 8),),
        [created(), status(1 + 110 / 3600, "pending"), status(2 + 490 / 3600, "open")],
        4,
    ),
    "fallback_no_hours": ([False, True], (target("resolution", 8),), [created()], 4),
    "agent_created": (
        ["excluded", "next_public_reply"],
        (target("first_response", 2),),
        [created("agent", message=True), row("internal_note", 1), row(REPLY, 3)],
        4,
    ),
    "breach_requires_open": (
        [False, True],
        (target("resolution", 2),),
        [created(), status(3, "solved")],
        4,
    ),
}
"""Key: its values, the targets, the events, the hour that is asked about."""
BESIDE = {
    "ola_own": (
        target("ola_own", 4),
        [created(), row("assigned", 1, group="a"), row(REPLY, 3), row("assigned", 4, group="b")],
    ),
    "ola_resolve": (
        target("ola_resolve", 4),
        [created(), row("assigned", 1, group="a"), row(REPLY, 2), status(4, "solved")],
    ),
    "policy_changed with a calendar": (
        target("resolution", 12),
        [
            created(),
            row("policy_changed", 2, targets=[target("resolution", 9)], calendar=NIGHT),
        ],
    ),
    "a reply that carries a status": (
        target("periodic_update", 4),
        [created(), row(REPLY, 1), row(REPLY, 2, status="solved")],
    ),
    "an internal note": (target("first_response", 4), [created(), row("internal_note", 1)]),
}
"""What else the header names and no reference scenario uses: the target and the events."""


def metrics(config):
    """The metrics of the file's `reading`, under its options."""
    resolved, contacted, never = fact("resolved"), fact("contacted"), {"some": []}
    by_customer = both(CREATED, {"field": "role", "is": "customer"})
    later = both(contacted, {"not": CREATED}, {"field": "times.replied", "at_least": 1})
    assigned = both(changed("group"), {"field": "group", "has": True})
    update = both(fact("replied"), {"not": category("solved", "closed")})
    reopen = {"resume": "resume", "restart": "restart", "stay_stopped": "once"}
    again = {"independent": "again", "sequential": "again_after_due"}
    pause = {
        name: category(*statuses) if statuses else never
        for name, statuses in config.get("pause", {}).items()
    }
    return {
        "first_response": metric(
            CREATED if config.get("agent_created") == "next_public_reply" else by_customer,
            fact("replied"),
        ),
        "next_response": metric(
            contacted if config.get("next_from") == "created" else later,
            ANSWER,
            after_stop="again",
            reset=contacted if config.get("next_anchor") == "latest" else never,
        ),
        "periodic_update": metric(
            update if config.get("update_start") == "first_reply" else either(CREATED, update),
            ANSWER,
            after_stop=again[config.get("recurrence", "independent")],
        ),
        "resolution": metric(
            CREATED,
            resolved,
            pause.get("resolution", never),
            reopen[config.get("reopen", "resume")],
        ),
        "ola_own": metric(assigned, ANSWER),
        "ola_resolve": metric(assigned, resolved, never, "resume"),
    }


def policies(rows, config):
    """The editions of the one policy."""
    found = []
    for number, (targets, key) in enumerate(rows):
        change = "restart" if config.get(key) == "restart" else "carry"
        found.append(
            {
                "name": "policy",
                "version": str(number),
                "kind": "sla",
                "when": {"every": []},
                "targets": [
                    {
                        "metric": one["metric"],
                        "within": one["seconds"] * oracle.SECOND,
                        "text": "",
                        "calendar": "hours",
                        "when": {"field": "priority", "is": one["priority"]}
                        if "priority" in one
                        else {"every": []},
                        "on_change": change,
                    }
                    for one in targets
                ],
            }
        )
    return found


def log(rows, config):
    """The events as plain data; edges of waits are floored, a message is told by its author."""
    found, edition, waits = [], 0, False
    grain = config.get("pause_granularity_s", 1) * oracle.SECOND
    for seq, given in enumerate(rows):
        kind, name = given["type"], given.get("status")
        event = {"at": oracle.micros(given["at"]), "seq": 2 * seq, "role": "agent", "actor": None}
        fields = {} if name is None else {"status": (name, name)}
        if "group" in given:
            fields["group"] = given["group"]
        if "priority" in given:
            fields["priority"] = (given["priority"], RANKS[given["priority"]])
        if kind == "created":
            found.append({**event, "type": kind, "role": given["by"], "fields": fields})
            event = {**event, "seq": 1, "type": "policy_applied"}
            found.append({**event, "policy": "policy", "version": "0"})
        elif kind in (REPLY, WRITES, "internal_note"):
            role = "customer" if kind == WRITES else "agent"
            public = kind != "internal_note"
            found.append({**event, "type": "message", "role": role, "public": public})
        elif kind == "policy_changed":
            edition += 1
            version = str(edition)
            found.append(
                {**event, "type": "policy_applied", "policy": "policy", "version": version}
            )
        if fields and kind != "created":
            if waits is not (name in ("pending", "on_hold")) and name not in (None, "solved"):
                event["at"] -= event["at"] % grain
            waits = name in ("pending", "on_hold")
            found.append({**event, "seq": 2 * seq + 1, "type": "changed", "fields": fields})
    return found


def hours_of(scenario):
    """The calendar in force at the end, or each in its own stretch."""
    config, spec = scenario["config"], scenario["calendar"]
    for given in scenario["events"]:
        if "calendar" in given:
            new = given["calendar"]
            segment = config.get("calendar_change") == "segment"
            spec = {"replaced": [spec, oracle.micros(given["at"]), new]} if segment else new
    return NIGHT if config.get("fallback_no_hours") and not spec["weekly"] else spec


def cycles_of(scenario, config):
    """What the twin says of the one clock."""
    editions = [(scenario["targets"], "priority_change")]
    editions += [(e["targets"], "policy_change") for e in scenario["events"] if "targets" in e]
    first, last = (int(moment.timestamp()) // TICK for moment in (FIRST, LAST))
    twin = oracle.Twin(
        {
            "calendars": {"hours": hours_of(scenario)},
            "metrics": metrics(config),
            "book": {"policies": policies(editions, config)},
            "events": log(scenario["events"], config),
            "as_of": oracle.micros(scenario["as_of"]),
        },
        first,
        last,
        TICK,
    )
    name = scenario["targets"][0]["metric"]
    return twin.clocks.get(("sla", name), []), twin.hours({"calendar": "hours"})


def expected(scenario):
    """Due, breach and elapsed time, as an option displays them."""
    config, now = scenario["config"], oracle.micros(scenario["as_of"])
    cycles, hours = cycles_of(scenario, config)
    if not cycles:
        return None, False, 0
    *_, last = cycles
    due, end = last["due_at"], now if last["stop"] is None else last["stop"]
    breached = any(cycle["breached"] for cycle in cycles)
    if config.get("boundary") == "next_open":
        due = hours.next_open(due)
        breached = end > due
    if config.get("hold_extension") == "wall_added_to_due":
        (plain,), _ = cycles_of(scenario, {})
        marks = [oracle.micros(given["at"]) for given in scenario["events"]]
        due = plain["due_at"] + marks[2] - marks[1]
        breached = end > due
    if config.get("due_when_paused") == "null" and last["state"] == "paused":
        due = None
    if config.get("due_when_stopped") == "null" and last["stop"] is not None:
        due = None
    if config.get("breach_requires_open") and last["stop"] is not None:
        breached = False
    return None if due == oracle.BEYOND else due, breached, last["elapsed"]


def scenario_of(key, value):
    _, targets, events, as_of = CASES[key]
    config = {key: value}
    if key in ("due_when_paused", "hold_extension", "pause_granularity_s"):
        config["pause"] = {"resolution": ["pending"]}
    calendar = EMPTY if key == "fallback_no_hours" else OFFICE
    return {
        "id": f"{key}={value}",
        "calendar": calendar,
        "targets": [*targets],
        "events": events,
        "config": config,
        "as_of": at(as_of),
    }


def graded(scenario):
    """What the adapter finds wrong where the twin's answers are expected."""
    due, breached, elapsed = expected(scenario)
    name = scenario["targets"][0]["metric"]
    scenario["expect"] = {
        "due_at": {name: iso(due)},
        "breached": {name: breached},
        "elapsed_s": {name: elapsed // oracle.SECOND},
        "as_of": scenario["as_of"],
    }
    return sla.run(Case(scenario["id"], "none", scenario))


def iso(micros):
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return None if micros is None else (epoch + timedelta(microseconds=micros)).isoformat()


VALUES = [(key, value) for key, (values, *_) in CASES.items() for value in values]


@pytest.mark.parametrize(("key", "value"), VALUES)
def test_an_option_value_gives_what_the_twin_counts(key, value):
    assert graded(scenario_of(key, value)) is None


@pytest.mark.parametrize("name", BESIDE)
def test_what_else_the_header_names(name):
    one, events = BESIDE[name]
    parts = {"calendar": OFFICE, "targets": [one], "events": events, "config": {}}
    scenario = {"id": name, **parts, "as_of": at(5)}
    assert expected(scenario)[0] is not None
    assert graded(scenario) is None


@pytest.mark.parametrize("key", CASES)
def test_each_value_makes_a_difference(key):
    answers = [expected(scenario_of(key, value)) for value in CASES[key][0]]
    assert len(set(answers)) == len(answers)


def test_all_values_of_the_header_are_run():
    """A value is the first word of an alternative; `pause` and numbers have no list of words."""
    for key, text in HEADER["config_keys"].items():
        assert key in CASES, key
        words = {part.split()[0].rstrip(":") for part in text.split(" | ")}
        if key not in ("pause", "pause_granularity_s"):
            assert words <= {str(value).lower() for value in CASES[key][0]}, key
