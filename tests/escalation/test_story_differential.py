"""Whole tickets against the slow twin: counts, conditions over time, stays, levels, people."""

from datetime import timedelta

import attrs
from conformance import escalation as reader
from conformance.calendar import calendar_of
from escalation import cases
from hypothesis import given
from hypothesis import strategies as st
from oracles import escalation_oracle as oracle

from support_model.calendars import BusinessCalendar
from support_model.escalation import EscalationRule, LineTimeout, Plan, escalation_agenda
from support_model.events import Acknowledged, Changed, Created
from support_model.patterns import Field
from support_model.sla import RESOLUTION, SlaPolicy, Target, evaluate
from support_model.vocabulary import Priority, Status

BEGIN = cases.BEGIN
CATEGORY = {"open": ("pending", "solved", "void"), "pending": ("open", "solved", "void")}
CATEGORY |= {"solved": ("open", "pending"), "void": ("open",)}
RANKS = {"p1": 1, "p2": 2, "p3": 3}
METRIC = attrs.evolve(RESOLUTION, name="work")


@st.composite
def stories(draw):
    """A ticket by what happens in which minute, a plan and its condition."""
    state = {"category": "open", "priority": draw(st.sampled_from(["p1", "p2"])), "begin": 0}
    state["line"] = draw(st.sampled_from([1, 2, None]))
    events = [{"minute": 0, "role": "customer", "set": {**state}}]
    minute = 0
    kinds = [*["priority"] * 4, "category", "category", "line", "ack", "begin"]
    for _ in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(kinds))
        minute += draw(st.sampled_from([1, 30, 60, 60, 90, 240, 700]))
        role = draw(st.sampled_from(["agent", "system"]))
        if kind == "ack":
            events.append({"minute": minute, "role": "agent", "ack": True})
            continue
        if kind == "category":
            value = draw(st.sampled_from(CATEGORY[state["category"]]))
        elif kind == "begin":
            value = state["begin"] + 1
        else:
            known = ["p1", "p2", "p1", "p2", "p3"] if kind == "priority" else [1, 2, 3, None]
            value = draw(st.sampled_from([other for other in known if other != state[kind]]))
        state[kind] = value
        events.append({"minute": minute, "role": role, "set": {kind: value}})
        if kind == "priority" and draw(st.booleans()):  # what never held
            other = {"minute": minute, "role": role, "set": {"priority": "p2"}}
            events.insert(-1, other)
    rows = [draw(cases.steps(number)) for number in range(draw(st.integers(1, 4)))]
    return {
        "start": BEGIN.isoformat(),
        "base": draw(st.sampled_from(["wall", cases.NINE_TO_FIVE])),
        "events": events,
        "targets": {"p1": 3600, "p2": draw(st.sampled_from([14400, 28800]))},
        "urgent": draw(st.sampled_from([["p1"], ["p1", "p3"], ["p2"]])),
        "anew": draw(st.booleans()),
        "steps": rows,
        "resolvers": {
            "full": [{"who": ["ann"]}, {"who": ["bob"]}],
            "later": [{"who": ["cid"], "from": cases.shown(120)}],
            "sooner": [{"who": ["dee"], "to": cases.shown(120)}],
        },
    }


def value(name, given):
    if name == "category":
        return "status", Status(given, given)
    if name == "priority":
        return name, Priority(given, RANKS[given])
    return ("topic", str(given)) if name == "begin" else (name, given)


def event(row):
    common = {"ticket_id": "T1", "at": BEGIN + timedelta(minutes=row["minute"])}
    if row.get("ack"):
        return Acknowledged(role="agent", **common)
    fields = dict(value(*pair) for pair in row["set"].items())
    kind = Created if row["minute"] == 0 and "category" in row["set"] else Changed
    return kind(role=row["role"], fields=fields, **common)


def log_of(data):
    return [event(row) for row in data["events"]]


def step(row):
    found = reader.step_of(row)
    if isinstance(found.anchor, LineTimeout):
        found = attrs.evolve(found, anchor=LineTimeout(found.anchor.line.removeprefix("L")))
    return found


def agenda(data, as_of):
    base, log = data["base"], [row for row in log_of(data) if row.at <= as_of]
    hours = BusinessCalendar.always() if base == "wall" else calendar_of(base)
    metric = METRIC
    if data["anew"]:
        metric = attrs.evolve(metric, after_stop="restart")
    metric = attrs.evolve(
        metric, reset=Field("changed").contains("topic") & ~Field("event").is_("created")
    )
    targets = [
        Target(
            metric=metric,
            within=timedelta(seconds=length),
            calendar=hours,
            when=Field("priority").is_(name),
        )
        for name, length in data["targets"].items()
    ]
    result = evaluate(log, SlaPolicy(name="gold", targets=targets), as_of=as_of)
    urgent = Field("priority").in_(*data["urgent"])
    rule = EscalationRule(Plan("plan", [step(row) for row in data["steps"]]), "work", when=urgent)
    if "work" not in result:
        return ()
    return escalation_agenda(rule, log, result, result["work"], reader.resolver(data["resolvers"]))


def projected(key):
    """Count, course, step and n; of a stay in a line its name and number instead."""
    return [*(key[4:6] if len(key) == 10 else key[2:4]), *key[-2:]]


def disagreement(data, minutes=4000):
    through = BEGIN + timedelta(minutes=minutes)
    steps, reports = oracle.Story(data, through).result()
    told = {tuple(key): (at, "fired") for at, key, _, _ in steps}
    silent = {}
    for at, key, reason in sorted(reports, key=lambda row: (row[0], row[1][-1])):
        *instance, n = key
        before = (*instance, n - 1)
        again = reason == "nobody_resolvable" and silent.get(before) == reason
        silent[tuple(key)] = reason
        if not again:
            told[tuple(key)] = (at, reason)
    ours = {
        tuple(projected(m.key)): (
            m.at,
            m.kind if m.kind in ("level_reached", "nobody_resolvable") else "fired",
        )
        for m in agenda(data, through)
        if m.at <= through
    }
    return sorted(set(told.items()) ^ set(ours.items()), key=str)


@given(stories())
def test_a_ticket_escalates_as_the_slow_twin_says(data):
    assert disagreement(data) == []
