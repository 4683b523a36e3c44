"""Drafts make the events that the constructors make, in one order, numbered."""

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EventLog
from support_model.adapters._payloads import Tally
from support_model.events import Acknowledged, Changed, Created, Message, Rated, Related, Worked
from support_model.vocabulary import Priority, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = Status("new", "new")
VALUES = {
    "status": st.sampled_from([NEW, Status("done", "solved")]),
    "priority": st.sampled_from([Priority("high", 1), Priority("low", 4)]),
    "group": st.none() | st.text(min_size=1, max_size=3),
    "agent": st.none() | st.sampled_from(["ann", "bob"]),
    "line": st.none() | st.integers(1, 5),
    "tags": st.frozensets(st.sampled_from("abc")),
    "custom.any": st.none()
    | st.booleans()
    | st.sampled_from([0, 1, 1.0, 0.0, -0.0, "1", 1.5])
    | st.frozensets(st.sampled_from("ab")),
}
INSTANTS = st.integers(0, 3).map(lambda hours: AT + timedelta(hours=hours, microseconds=hours))
WHO = st.builds(
    By,
    st.sampled_from(["customer", "agent", "third_party", "system"]),
    st.none() | st.sampled_from(["ann", "7"]),
    st.none() | st.sampled_from(["S1", "S2"]),
    st.sampled_from([None, "snapshot", "merge"]),
)


def fields(*needed):
    optional = {name: each for name, each in VALUES.items() if name not in needed}
    return st.fixed_dictionaries({name: VALUES[name] for name in needed}, optional=optional)


ACTS = st.one_of(
    st.tuples(st.just(Created), st.fixed_dictionaries({"fields": fields("status")})),
    st.tuples(st.just(Message), st.fixed_dictionaries({"public": st.booleans()})),
    st.tuples(
        st.just(Changed),
        st.fixed_dictionaries({"fields": fields("group"), "until": st.none() | INSTANTS}),
    ),
    st.tuples(
        st.just(Rated),
        st.fixed_dictionaries(
            {
                "kind": st.just("csat"),
                "score": st.sampled_from([0, 1, 0.5]),
                "scale": st.just((0, 1)),
            }
        ),
    ),
)
METHODS = {
    Created: Drafts.created, Message: Drafts.message, Changed: Drafts.changed, Rated: Drafts.rated,
}  # fmt: skip


def typed(event):
    """Return what an event holds with the types of it: 1, True and 1.0 are equal, not the same."""
    held = getattr(event, "fields", ())
    return event, event.micros, event.at.tzinfo, [(n, type(v), repr(v)) for n, v in held]


@given(st.lists(st.tuples(ACTS, INSTANTS, WHO), max_size=12))
def test_drafts_are_the_events_of_the_constructors(acts):
    drafts, made = Drafts(), []
    for place, ((kind, parts), at, by) in enumerate(acts):
        METHODS[kind](drafts, "T1", at, by, order=place, **parts)
        event = {**parts, **dict(zip(("role", "actor", "source_id", "basis"), by, strict=True))}
        if kind is Created:
            event["fields"] = {k: v for k, v in parts["fields"].items() if v is not None}
        made.append((at, place, kind, event))
    made.sort(key=lambda one: one[:2])
    expected = [
        kind(ticket_id="T1", at=at, seq=seq, **event)
        for seq, (at, _, kind, event) in enumerate(made, 1)
    ]
    found = list(drafts.events())
    assert list(map(typed, found)) == list(map(typed, expected))
    assert [type(event) for event in found] == [type(event) for event in expected]
    assert list(map(hash, found)) == list(map(hash, expected))
    assert pickle.loads(pickle.dumps(found)) == expected  # noqa: S301 - what was just written
    assert drafts.names() == EventLog(events=tuple(expected)).fields


@given(st.permutations(range(6)))
def test_within_an_instant_kinds_have_an_order_of_their_own(places):
    ann = By("agent", "ann")
    shared = {"ticket_id": "T1", "at": AT, "role": "agent"}
    adding = [
        lambda drafts: drafts.created("T1", AT, ann, fields={"status": NEW}),
        lambda drafts: drafts.message("T1", AT, ann, public=True),
        lambda drafts: drafts.changed("T1", AT, ann, fields={"group": "a"}),
        lambda drafts: drafts.add(Related(kind="merged_into", other="T2", **shared)),
        lambda drafts: drafts.rated("T1", AT, ann, kind="csat", score=1, scale=(0, 1)),
        lambda drafts: drafts.add(Worked(duration=timedelta(hours=1), **shared)),
    ]
    drafts = Drafts()
    for place in places:
        adding[place](drafts)
    assert [event.type for event in drafts.events()] == [
        *("created", "message", "changed", "related", "rated", "worked")
    ]


def test_a_reading_of_drafts_is_the_reading_of_their_events():
    drafts = Drafts()
    for ticket in ("b", "a"):
        for hours in (2, 1, 1, 0):
            at = AT + timedelta(hours=hours)
            drafts.message(ticket, at, By("agent", "ann"), public=hours == 1)
        drafts.add(Acknowledged(ticket_id=ticket, at=AT, role="agent"))
        drafts.changed(ticket, AT, By("agent"), fields={"group": ticket})
    once = Tally("x").reading(drafts)
    assert once == Tally("x").reading(once.events)
    assert once.fields == {"group"}


def test_what_is_given_is_not_kept():
    drafts, given = Drafts(), {"status": NEW, "custom.any": ["a"]}
    drafts.created("T1", AT, By("customer"), fields=given)
    given["custom.any"].append("b")
    given["group"] = "later"
    (event,) = drafts.events()
    assert event.fields == (("custom.any", frozenset("a")), ("status", NEW))


def test_an_event_of_drafts_cannot_be_written():
    drafts = Drafts()
    drafts.message("T1", AT, By("agent"), public=True)
    (event,) = drafts.events()
    with pytest.raises(AttributeError):
        event.public = False


def test_a_change_of_nothing_is_none():
    drafts = Drafts()
    drafts.changed("T1", AT, By("agent"), fields={})
    assert not list(drafts.events())
    drafts.changed("T1", AT, By("agent"), fields={}, until=AT)
    assert len(list(drafts.events())) == 1


def test_an_added_event_is_as_its_constructor_made_it():
    drafts, east = Drafts(), AT.astimezone(timezone(timedelta(hours=3)))
    drafts.add(Message(ticket_id="T1", at=east, role="agent", public=True))
    (event,) = drafts.events()
    assert event.at.tzinfo is UTC
