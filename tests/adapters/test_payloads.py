"""A payload is read with its path at hand, and a reading says what was odd."""

import pickle
import warnings
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.adapters import EventLog
from support_model.adapters._payloads import Node, Tally, masked, runs
from support_model.errors import AdapterError, DuplicateSequence, UnknownVendorValue
from support_model.events import Acknowledged, Message

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def said(ticket_id, seq, role="agent"):
    return Message(ticket_id=ticket_id, at=AT, seq=seq, role=role, public=True)


def test_a_path_grows_with_every_step():
    node = Node("x", {"a": [{"b": {"c": 1}}]})
    inner = node["a"].items()[0]["b"]["c"]
    assert (inner.path, inner.number()) == ("a[0].b.c", 1)
    assert node.inside("a") == [{"b": {"c": 1}}]
    assert node.inside("b", "c") is None
    with pytest.raises(AdapterError) as caught:
        node["a"].inside("b")
    assert str(caught.value) == (
        "x payload at a: not an object: a list;"
        " check that this is the payload that the page describes"
    )


@pytest.mark.parametrize(
    ("read", "good", "bad"),
    [
        (Node.text, ["a"], ["", None, 1, b"a"]),
        (Node.id, ["a", 7, "07"], ["", True, 1.0, 10**20]),
        (Node.number, [7, -1, "07", 10**20 - 1, "1" * 20], [True, "7a", "²", "", 1.5, "1" * 21]),
        (Node.flag, [True, False], [None, 0, "true"]),
        (Node.items, [[], (1,)], ["ab", None, {}]),
        (Node.mapping, [{}], [None, [], "a"]),
        (Node.instant, ["2026-03-02T09:00:00Z"], ["", "soon", 1, None]),
    ],
)
def test_values_are_what_they_must_be_or_refused(read, good, bad):
    for value in good:
        read(Node("x", value))
    for value in bad:
        with pytest.raises(AdapterError) as caught:
            read(Node("x", value, "here"))
        assert (caught.value.path, caught.value.value) == ("here", masked(value))


def test_ids_are_text_and_numbers_lose_their_zeros():
    assert Node("x", "07").id() == "07"
    assert Node("x", 7).id() == "7"
    assert Node("x", "07").number() == 7


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.dictionaries(st.sampled_from("xyz"), st.integers()))
    )
)
def test_runs_keep_every_step_and_never_mix_keys(changes):
    made = list(runs(changes))
    steps = [(key, *pair) for key, fields in changes for pair in fields.items()]
    assert [(key, *pair) for key, fields in made for pair in fields.items()] == steps
    for (key, fields), (later, more) in pairwise(made):
        assert key != later or not fields.keys().isdisjoint(more)


def test_a_reading_orders_each_log_and_keeps_the_counts():
    tally = Tally("x")
    tally.left_out["Cc"] += 2
    tally.left_out["never met"] += 0
    reading = tally.reading([said("b", 2), said("a", 1), said("b", 1), said("b", 2)])
    assert [(event.ticket_id, event.seq) for event in reading.events] == [
        ("b", 1),
        ("b", 2),
        ("a", 1),
    ]
    assert {ticket: len(log) for ticket, log in reading.logs().items()} == {"b": 2, "a": 1}
    assert reading.left_out == {"Cc": 2}
    with pytest.raises(TypeError):
        reading.left_out["Cc"] = 3
    assert reading == EventLog(
        events=reading.events, left_out={"Cc": 2}, file=tally.vendor, form=tally.vendor
    )
    with pytest.raises(DuplicateSequence):
        tally.reading([said("a", 1), Acknowledged(ticket_id="a", at=AT, seq=1, role="agent")])


def test_an_unknown_value_is_warned_of_once_with_its_count():
    tally = Tally("x")
    for _ in range(3):
        tally.met("status", "odd", "open")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert tally.reading([]).unknown == {("status", "odd"): 3}
    (told,) = (entry.message for entry in caught)
    assert str(told) == "x: unknown status 'odd', met 3 times; taken as open"
    assert (told.vendor, told.what, told.value) == ("x", "status", "odd")
    assert (told.count, told.taken_as) == (3, "open")


def test_errors_and_warnings_keep_their_parts_when_pickled():
    error = AdapterError("x", "", {"a": 1}, "wrong", "fix it")
    assert str(error) == "x payload at its top: wrong: {'a': 1}; fix it"
    for thing in (error, UnknownVendorValue("x", "status", "odd", 1, "open")):
        again = pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own bytes
        assert (str(again), again.args) == (str(thing), thing.args)
