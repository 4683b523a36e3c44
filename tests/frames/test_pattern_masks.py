"""A pattern asked of many steps at once answers as it does of each."""

from datetime import timedelta

import numpy as np
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model import BusinessCalendar
from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.pattern_masks import Seen, has_mask, mask, one_name
from support_model._columns.step_columns import StepColumns
from support_model.events import Created, Message
from support_model.patterns import ALWAYS, NEVER, SUBJECTS, Field, Function, fact
from support_model.testing import events, patterns
from support_model.testing._ticket_strategies import START
from support_model.tickets import eventless_step, steps
from support_model.vocabulary import Status

EVER = 1 << 62
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
TEXTS = ("T2", "ann", "bob", "agent", "customer", "csat", "T9", "resolution", "gold", "changed")
WORDS = ("network", "open", "in work", "urgent", "new", "pending", "message", "chat", "VIP")
VALUES = {
    "text": st.sampled_from((*TEXTS, *WORDS)),
    "number": st.integers(-1, 4) | st.sampled_from([0.5, 4.0]),
    "flag": st.booleans(),
    "any": st.sampled_from(["high", 1, 2, 3.0, True]),
    "words": st.sampled_from(["vip", "BILLING"]),
}
CLOSED = {
    "event": ["created", "message", "changed", "rated"],
    "role": ["customer", "agent", "bot"],
    "created_by": ["customer", "agent", "system"],
    "category": ["new", "open", "solved", "void"],
    "facts": ["replied", "resolved", "contacted", "transferred"],
    "changed": ["status", "group", "category", "custom.severity"],
}


@st.composite
def any_conditions(draw):
    """One test of any name that a pattern knows."""
    name = draw(st.sampled_from([*SUBJECTS, "custom.severity", "old.custom.severity"]))
    subject = name.removeprefix("old.")
    kind = SUBJECTS.get(name, "any")
    if kind == "instant" or (kind == "any" and draw(st.integers(0, 4)) == 0):
        at = START + timedelta(minutes=draw(st.sampled_from([0, 1, 60, 1_500])))
        field = Field(name)
        tests = [field.has(), field.before(at), field.after(at), field.open_in(HOURS)]
        return draw(st.sampled_from(tests))
    values = st.sampled_from(CLOSED[subject]) if subject in CLOSED else VALUES[kind]
    tests = {"text": "is in has contains", "words": "has contains", "flag": "is"}
    numbers = {"number": "is in has at_least at_most", "any": "is in has contains at_least"}
    match draw(st.sampled_from((tests | numbers)[kind].split())):
        case "is":
            return Field(name).is_(draw(values))
        case "in":
            return Field(name).in_(*draw(st.lists(values, min_size=1, max_size=3)))
        case "has":
            return Field(name).has()
        case "contains":
            words = VALUES["text"] if subject not in CLOSED and kind != "words" else values
            return Field(name).contains(draw(words))
        case test:
            return getattr(Field(name), test)(draw(VALUES["number"]))


logs = st.lists(st.integers(), min_size=1, max_size=4).flatmap(
    lambda drawn: st.tuples(*[events(ticket_id=f"T{n}") for n in range(len(drawn))])
)


def columns(logs):
    """The steps of logs as columns, and one by one."""
    rows = [event for log in logs for event in log]
    found = StepColumns(EventColumns.known_by(raw_of_events(rows), EVER))
    return found, [step for log in logs for step in steps(log)]


@given(logs, st.one_of(any_conditions(), patterns()))
def test_a_mask_tells_where_a_pattern_holds(logs, pattern):
    found, one_by_one = columns(logs)
    expected = [pattern.holds(step) for step in one_by_one]
    assert mask(pattern, Seen(found)).tolist() == expected


@given(logs, st.one_of(any_conditions(), patterns()))
def test_a_mask_of_tickets_alone_tells_what_holds_of_them_without_a_step(logs, pattern):
    found, one_by_one = columns(logs)
    expected = [pattern.holds(eventless_step(step.after)) for step in one_by_one]
    assert mask(pattern, Seen(found, alone=True)).tolist() == expected


@given(logs, st.one_of(any_conditions(), patterns()))
def test_a_mask_of_what_lasts_reads_the_ticket_after_the_last_event_of_the_instant(logs, pattern):
    found, one_by_one = columns(logs)
    last = []
    for row, step in enumerate(one_by_one):
        for later in range(row, len(one_by_one)):
            other = one_by_one[later].event
            if (other.ticket_id, other.at) == (step.event.ticket_id, step.event.at):
                end = later
        last.append(end)
    expected = [
        pattern.holds(evolve(step, after=one_by_one[last[row]].after))
        for row, step in enumerate(one_by_one)
    ]
    seen = Seen(found, after=np.array(last, np.int64))
    assert mask(pattern, seen).tolist() == expected


@given(logs, st.lists(any_conditions(), min_size=1, max_size=2))
def test_patterns_of_one_name_are_asked_of_its_distinct_values(logs, conditions):
    found, _ = columns(logs)
    seen = Seen(found, alone=True)
    both = ~conditions[0] | conditions[-1]
    asked = one_name([both, conditions[0]], seen)
    if asked is not None:
        assert mask(both, asked)[asked.of.codes].tolist() == mask(both, seen).tolist()
    one = {condition.name for condition in conditions}
    several = len(one) > 1 or not one.isdisjoint({"facts", "changed"})
    instants = {"at", "until", "created_at", "old.created_at"}
    assert (asked is None) == (several or not one.isdisjoint(instants))


def test_without_parts_all_hold_and_none_does():
    at, new = START, {"status": Status("new", "new")}
    found, _ = columns([[Created(ticket_id="T1", at=at, role="customer", fields=new)]])
    assert mask(ALWAYS, Seen(found)).tolist() == [True]
    assert mask(NEVER, Seen(found)).tolist() == [False]


def test_a_function_of_a_host_has_no_mask():
    asked = fact("replied") & ~Function("night", lambda step: step.event.at.hour < 6)
    assert not has_mask(asked)
    assert has_mask(fact("replied") & ~Field("group").has())


def test_a_part_that_a_kind_of_event_does_not_have_is_nothing():
    at, new = START, {"status": Status("new", "new")}
    log = [
        Created(ticket_id="T1", at=at, role="customer", fields=new),
        Message(ticket_id="T1", at=at, role="agent", public=True),
    ]
    found, _ = columns([log])
    found.raw.parts["metric"].codes[:] = 0
    found.raw.parts["metric"].words = ("resolution",)
    assert mask(Field("metric").has(), Seen(found)).tolist() == [False, False]
