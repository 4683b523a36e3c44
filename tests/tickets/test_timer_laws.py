"""Timers of whole logs: as the slow twin says, and window by window as one late look."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from oracles import timer_oracle as oracle

from support_model.events import Changed, Created, Message
from support_model.patterns import ALWAYS, Field
from support_model.vocabulary import Priority, Status
from support_model.workflows import Entering, LastMessage, Say, Transition, Workflow

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
STATUS = {
    "new": Status("new", "new"),
    "waiting": Status("waiting", "pending"),
    "done": Status("done", "solved"),
}
RANKS = {"p1": 1, "p2": 2}
END = 800
GUARDS = [None, "p1", "p1", "p2", "role:system", "role:agent"]


@st.composite
def histories(draw):
    """A log and the timed rows of a workflow; some events stand at the due of one of them."""
    rows = [
        {
            "action": f"do{number}",
            "sources": draw(st.sampled_from([["new"], ["waiting"], ["new", "waiting"]])),
            "to": draw(st.sampled_from([None, "done", "waiting"])),
            "after": draw(st.sampled_from([30, 60, 60, 120])),
            "guard": draw(st.sampled_from(GUARDS)),
            "anchor": draw(st.sampled_from([None, None, "agent", "customer"])),
            "says": draw(st.booleans()),
        }
        for number in range(draw(st.integers(1, 3)))
    ]
    begun = {"status": "new", "priority": draw(st.sampled_from([*RANKS]))}
    events = [{"minute": 0, "role": "customer", "set": begun}]
    minute = 0
    for _ in range(draw(st.integers(1, 8))):
        minute += draw(st.sampled_from([0, 10, 30, 30, 60, 60, 61]))
        role = draw(st.sampled_from(["agent", "customer", "system"]))
        row = {"minute": minute, "role": role}
        kind = draw(st.sampled_from(["status", "status", "priority", "priority", "say"]))
        if kind == "say":
            row["say"] = draw(st.booleans()) or minute == 0
        else:
            row["set"] = {kind: draw(st.sampled_from([*(STATUS if kind == "status" else RANKS)]))}
        if not (minute == 0 and kind == "say"):  # at the creation it is its text
            events.append(row)
    return events, rows


def event(row):
    common = {"ticket_id": "T1", "at": NINE + row["minute"] * MINUTE, "role": row["role"]}
    if "say" in row:
        return Message(public=row["say"], **common)
    fields = {
        name: STATUS[value] if name == "status" else Priority(value, RANKS[value])
        for name, value in row["set"].items()
    }
    return (Created if len(row["set"]) > 1 else Changed)(fields=fields, **common)


def guard(text):
    if text is None:
        return ALWAYS
    if text.startswith("role:"):
        return Field("role").is_(text.removeprefix("role:"))
    return Field("priority").is_(text)


def workflow(rows):
    timed = [
        Transition(
            row["action"],
            row["sources"],
            row["to"],
            after=row["after"] * MINUTE,
            guard=guard(row["guard"]),
            anchor=Entering() if row["anchor"] is None else LastMessage(row["anchor"]),
            effects=(Say(public=True),) if row["says"] else (),
        )
        for row in rows
    ]
    free = [
        Transition("wait", "new", "waiting"),
        Transition("work", ("waiting", "done"), "new"),
        Transition("finish", ("new", "waiting"), "done"),
    ]
    return Workflow(
        name="w", statuses=[*STATUS.values()], initial="new", transitions=(*timed, *free)
    )


def told(flow, events, minute):
    agenda = flow.agenda([event(row) for row in events], as_of=NINE + minute * MINUTE)
    return {((m.at - NINE) // MINUTE, *m.key[2:]) for m in agenda}


@given(histories())
def test_timers_are_as_the_slow_twin_says(drawn):
    events, rows = drawn
    found = sorted(row for row in told(workflow(rows), events, END) if row[0] <= END)
    assert found == oracle.moments(events, rows, END)


@given(histories(), st.lists(st.integers(0, END), max_size=6))
def test_window_by_window_nothing_is_lost_but_what_was_answered(drawn, cuts):
    events, rows = drawn
    flow = workflow(rows)
    seen, before = set(), -1
    for now in sorted({*cuts, *(row["minute"] for row in events), END}):
        window = {row for row in told(flow, events, now) if before < row[0] <= now}
        assert not seen & window
        assert len({row[1:] for row in seen | window}) == len(seen | window)
        seen |= window
        before = now
    late = {row for row in told(flow, events, END) if row[0] <= END}
    assert late <= seen
    log = oracle.Log(events, END)
    by_action = {row["action"]: row for row in rows}
    for minute, action, *_ in seen - late:
        made = oracle.makes(by_action[action], log.states[minute])
        assert any(at >= minute and tuple(said) in made for at, *said in log.said)
