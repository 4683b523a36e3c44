"""What an event may say, and the one order that a log has."""

import json
import pickle
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.errors import (
    DuplicateSequence,
    ForeignEvent,
    InconsistentLog,
    InvalidEvent,
    MergeCycle,
    MissingCreation,
    MixedSequence,
    NaiveDatetime,
    RepeatedCreation,
)
from support_model.events import (
    EVENTS,
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
    ordered,
)
from support_model.serde import event_from_data, event_to_data
from support_model.testing import events
from support_model.tickets import replay
from support_model.vocabulary import Actor, Priority, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = Status("new", "new")


def made(kind, /, ticket_id="T1", minutes=0, seq=None, role="agent", **more):
    at = AT + timedelta(minutes=minutes)
    return kind(ticket_id=ticket_id, at=at, role=role, seq=seq, **more)


def created(**more):
    return made(Created, fields={"status": NEW}, **more)


def test_there_are_ten():
    assert len(EVENTS) == 10
    assert all(EVENTS[name].type == name for name in EVENTS)


@given(log=events(), data=st.data())
def test_any_order_of_numbered_events_and_any_repetition_gives_the_same_log(log, data):
    again = log + data.draw(st.lists(st.sampled_from(log)))
    if log[0].seq is not None:
        again = data.draw(st.permutations(again))
    assert ordered(again) == tuple(log)
    assert replay(again) == replay(log)


@given(log=events())
def test_w6_unnumbered_events_of_one_instant_keep_the_order_given(log):
    bare = [event for event in log if event.seq is None]
    if bare:
        first, rest = bare[0], bare[1:]
        later_first = sorted(rest, key=lambda event: event.at, reverse=True)
        expected = [first, *sorted(later_first, key=lambda event: event.at)]
        assert list(ordered([first, *later_first])) == expected


def test_of_many_unnumbered_events_of_one_instant_each_repetition_is_dropped():
    notes = [made(Message, public=False, source_id=name) for name in "abcd"]
    given_ = [created(), *notes[:3], notes[0], notes[2], notes[2], notes[3], created(), notes[1]]
    later = made(Message, minutes=1, public=False, source_id="a")
    assert ordered([*given_, later, later]) == (created(), *notes, later)


@given(log=events())
def test_events_survive_pickling_and_hash_by_content(log):
    again = pickle.loads(pickle.dumps(log))  # noqa: S301 - our own bytes
    assert again == log
    assert {*again} == {*log}


@given(log=events())
def test_events_survive_plain_data_and_json_which_holds_what_was_given_alone(log):
    for event in log:
        data = event_to_data(event)
        assert event_from_data(json.loads(json.dumps(data))) == event
        assert data["type"] == event.type
        assert data.keys() <= {"type", *(part.name for part in attrs.fields(type(event)))}
        assert "micros" not in data
        assert data["at"] == event.at.isoformat()
        assert ("seq" in data) is (event.seq is not None)
        assert ("actor" in data) is (event.actor is not None)
        assert None not in data.values()


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("status", "open", "give Status(name, category)"),
        ("priority", 1, "give Priority(name, rank)"),
        ("line", 6, "give 1 to 5; map labels such as 'L2' when they are read"),
        ("line", "L2", "give 1 to 5; map labels such as 'L2' when they are read"),
        ("management_level", "boss", "give a whole number"),
        ("group", 5, "give text"),
        ("tags", 5, "give a set of text"),
        ("custom.x", b"raw", "give text, a finite number, an aware datetime or a set of text"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(name, value, remedy):
    with pytest.raises(InvalidEvent, match=f"not a value of '{name}'") as caught:
        made(Changed, fields={name: value})
    assert caught.value.remedy == remedy


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ([], "no creation"),
        ([made(Message, public=True)], "no creation"),
        (
            [made(Message, public=True), created(minutes=1)],
            "an event before the ticket was created",
        ),
    ],
)
def test_a_log_says_whether_its_creation_is_missing_or_late(log, words):
    with pytest.raises(MissingCreation, match=words):
        ordered(log)


@pytest.mark.parametrize(
    ("score", "scale"),
    [
        (5, (5, 5)),
        (3, (5, 1)),
        (0, (1, 5)),
        (6, (1, 5)),
        (1, (0, float("inf"))),
        (1, (0, 10**400)),
    ],
)
def test_a_scale_has_two_ends_and_the_score_lies_between(score, scale):
    with pytest.raises(InvalidEvent, match="a score outside its scale"):
        made(Rated, kind="csat", score=score, scale=scale)
    assert made(Rated, kind="csat", score=1, scale=(1, 5)).score == 1
    assert made(Rated, kind="csat", score=5, scale=(1, 5)).score == 5


def test_a_basis_is_one_of_two_words():
    assert made(Message, public=True, basis="merge").basis == "merge"
    assert made(Message, public=True).basis is None
    with pytest.raises(InvalidEvent, match="unknown basis: 'snapshots'; did you mean 'snapshot'"):
        made(Message, public=True, basis="snapshots")


def test_an_event_told_in_another_zone_is_the_same_even_in_a_fold():
    berlin = ZoneInfo("Europe/Berlin")
    folded = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin)
    one = Message(ticket_id="T1", at=folded, role="agent", public=True)
    other = Message(ticket_id="T1", at=folded.astimezone(UTC), role="agent", public=True)
    assert one == other
    assert one.micros == other.micros


def test_equal_messages_of_one_second_are_two_when_their_sources_differ():
    log = [created(), *(made(Message, public=True, source_id=name) for name in "aba")]
    assert len(ordered(log)) == 3


@pytest.mark.parametrize(
    ("log", "error"),
    [
        ([], MissingCreation),
        ([made(Message, public=True)], MissingCreation),
        ([created(minutes=5), made(Message, public=True)], MissingCreation),
        ([created(), made(Message, ticket_id="T2", public=True)], ForeignEvent),
        ([created(seq=1), made(Message, public=True)], MixedSequence),
        ([created(seq=1), made(Message, seq=1, public=True)], DuplicateSequence),
        ([created(), created(minutes=5)], RepeatedCreation),
    ],
)
def test_what_is_no_log(log, error):
    for ask in (ordered, replay):
        with pytest.raises(error):
            ask(log)
    assert issubclass(error, InconsistentLog)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Message, {"public": True, "role": "robot"}),
        (Message, {"public": "yes"}),
        (Message, {"public": True, "ticket_id": 1001}),
        (Message, {"public": True, "ticket_id": ""}),
        (Message, {"public": True, "seq": "1"}),
        (Message, {"public": True, "seq": True}),
        (Changed, {}),
        (Changed, {"fields": 5}),
        (Created, {"fields": {"group": "billing"}}),
        (Worked, {"duration": timedelta(minutes=-1)}),
        (Rated, {"kind": "csat", "score": 6, "scale": (1, 5)}),
        (Rated, {"kind": "csat", "score": "5", "scale": (1, 5)}),
        (Rated, {"kind": "csat", "score": 5, "scale": 5}),
        (Rated, {"kind": "csat", "score": float("nan"), "scale": (1, 5)}),
        (Related, {"kind": "friend", "other": "T2"}),
        (Related, {"kind": "parent", "other": 2}),
        (Promised, {"metric": "", "due": None}),
        (PolicyApplied, {"policy": "gold", "version": 2}),
        (RatingRequested, {"kind": None}),
        (Message, {"public": True, "actor": 501}),
        (Message, {"public": True, "source_id": 9001}),
    ],
    ids=str,
)
def test_what_no_event_can_say(kind, more):
    with pytest.raises(InvalidEvent):
        made(kind, **more)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grup", "billing"),
        (1, "billing"),
        ("custom.", "billing"),
        ("status", "open"),
        ("status", None),
        ("priority", 1),
        ("line", 6),
        ("line", "L2"),
        ("line", True),
        ("tags", "vip"),
        ("tags", [1]),
        ("group", 7),
        ("custom.x", float("nan")),
        ("custom.x", b"bytes"),
    ],
    ids=repr,
)
def test_what_no_field_can_hold(name, value):
    with pytest.raises(InvalidEvent):
        made(Changed, fields={name: value})


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (Status, ("open", "working")),
        (Status, ("", "open")),
        (Priority, ("high", 0)),
        (Priority, ("high", True)),
        (Priority, ("", 1)),
        (Actor, ("robot",)),
        (Actor, ("agent", 501)),
    ],
    ids=str,
)
def test_what_no_status_priority_or_actor_is(kind, given):
    with pytest.raises(InvalidEvent):
        kind(*given)


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (Acknowledged, {"at": None}),
        (Changed, {"until": None}),
        (Promised, {"metric": "resolution", "due": None}),
        (Changed, {"fields": {"custom.seen": AT.replace(tzinfo=None)}}),
    ],
    ids=str,
)
def test_naive_times_are_refused(kind, more):
    naive = AT.replace(tzinfo=None)
    given = {name: naive if value is None else value for name, value in more.items()}
    with pytest.raises(NaiveDatetime):
        kind(**{"ticket_id": "T1", "at": AT, "role": "agent", **given})


def test_an_unknown_field_is_told_with_the_nearest_known_one():
    with pytest.raises(InvalidEvent, match="did you mean 'group'"):
        made(Changed, fields={"grup": "billing"})


def test_a_ticket_is_not_merged_into_itself():
    with pytest.raises(MergeCycle):
        made(Related, ticket_id="A", kind="merged_into", other="A")


def test_fields_of_ones_own_are_given_one_by_one():
    fields = {"status": Status("new", "new"), "custom": {"plan": "gold"}}
    with pytest.raises(InvalidEvent, match=r"'custom\.<name>'"):
        Created(ticket_id="T1", at=AT, role="customer", fields=fields)
