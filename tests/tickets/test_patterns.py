"""Patterns: the same answer as their slow twin, as data, as closures and as reasons."""

import json
import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import ticket_oracle as oracle
from tickets.twin import plain, plain_pattern

from support_model._sentences import local_instant
from support_model.errors import InvalidPattern, NaiveDatetime
from support_model.events import Changed, Created, Message
from support_model.patterns import (
    ALWAYS,
    NEVER,
    SUBJECTS,
    TESTS,
    Field,
    Function,
    fact,
    read_pattern,
)
from support_model.testing import events, patterns
from support_model.tickets import eventless_step, replay, steps
from support_model.vocabulary import Priority, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW = {"status": Status("new", "new")}


def a_ticket(**fields):
    return replay([Created(ticket_id="T1", at=AT, role="customer", fields={**NEW, **fields})])


def holds(pattern, **fields):
    return pattern.holds(eventless_step(a_ticket(**fields)))


@given(log=events(), pattern=patterns())
def test_a_closure_answers_like_the_slow_twin(log, pattern):
    rows, data, test = [plain(event) for event in log], plain_pattern(pattern), pattern.compile()
    for number, now in enumerate(steps(log)):
        assert test(now) is oracle.holds(data, rows, number)


@given(log=events(), pattern=patterns())
def test_where_a_pattern_holds_the_step_has_one_of_its_words(log, pattern):
    words = pattern.triggers()
    for now in steps(log):
        said = {now.event.type, *now.changed, *now.facts}
        assert not pattern.holds(now) or words is None or words & said


def test_the_words_of_a_group_are_the_fewest_that_must_be_there():
    replied, rated = fact("replied"), Field("event").is_("rated")
    moved, chat = Field("changed").contains("group", "line"), Field("channel").is_("chat")
    assert (replied & moved & chat).triggers() == {"replied"}
    assert (replied | moved | rated).triggers() == {"replied", "group", "line", "rated"}
    assert [p.triggers() for p in (replied | chat, chat, ~replied, ALWAYS)] == [None] * 4
    assert NEVER.triggers() == frozenset()


@given(pattern=patterns())
def test_a_pattern_survives_data_json_and_pickle(pattern):
    assert read_pattern(pattern.data()) == pattern
    assert read_pattern(json.loads(json.dumps(pattern.data()))) == pattern
    again = pickle.loads(pickle.dumps(pattern))  # noqa: S301 - our own bytes
    assert again == pattern
    assert hash(again) == hash(pattern)
    assert str(again) == str(pattern)


@given(log=events(), one=patterns(), other=patterns())
def test_not_and_or_are_those_of_logic(log, one, other):
    for now in steps(log):
        assert (~one).holds(now) is not one.holds(now)
        assert (one & other).holds(now) is (one.holds(now) and other.holds(now))
        assert (one | other).holds(now) is (one.holds(now) or other.holds(now))
        assert (~(one & other)).holds(now) is (~one | ~other).holds(now)
        assert (one & ALWAYS).holds(now) is one.holds(now)
        assert (one | NEVER).holds(now) is one.holds(now)


@given(log=events(max_size=4), pattern=patterns())
def test_reasons_name_what_was_found_and_decide_the_outcome(log, pattern):
    for now in steps(log):
        reasons = pattern.reasons(now)
        assert reasons
        assert pattern.reasons(now) == reasons
        for reason in reasons:
            operation = reason.code.removeprefix("not_")
            leaf = read_pattern({"field": reason["field"], operation: _json(reason["value"])})
            assert leaf.holds(now) is not reason.code.startswith("not_")


def _json(value):
    found = local_instant(value) if isinstance(value, str) else None
    return value if found is None else found[0].isoformat()


def test_every_subject_and_every_test_of_it_can_be_asked():
    values = {
        "facts": "replied",
        "changed": "group",
        "category": "open",
        "role": "agent",
        "event": "message",
        "created_by": "agent",
    }
    kinds = {"text": "x", "words": "x", "number": 1, "flag": True}
    log = [
        Created(ticket_id="T1", at=AT, role="customer", fields=NEW),
        Message(ticket_id="T1", at=AT, role="agent", public=True),
        Changed(ticket_id="T1", at=AT, role="agent", fields={"group": "billing"}),
    ]
    asked = 0
    for name, kind in SUBJECTS.items():
        for operation in TESTS[kind]:
            value = values.get(name.removeprefix("old."), kinds.get(kind))
            if operation == "has":
                value = True
            elif operation in {"in", "contains"}:
                value = [value]
            elif operation in {"before", "after"}:
                value = AT.isoformat()
            elif operation == "open_in":
                value = {"hours": {"mon-fri": "09:00-17:00"}, "tz": "UTC"}
            pattern = read_pattern({"field": name, operation: value})
            for now in [*steps(log), eventless_step(replay(log))]:
                assert pattern.holds(now) in (True, False)
                assert pattern.reasons(now)
            asked += 1
    assert asked > len(SUBJECTS)


def agents_take(**fields):
    """A creation by a customer, then a change by an agent."""
    change = Changed(ticket_id="T1", at=AT, role="agent", fields=fields)
    new = Created(ticket_id="T1", at=AT, role="customer", fields=NEW)
    return [*steps([new, change])]


@pytest.mark.parametrize(
    ("pattern", "at_creation", "at_change"),
    [
        (Field("category").is_("new"), True, False),
        (Field("category").is_("pending"), False, True),
        (Field("category").in_("new", "open"), True, False),
        (Field("category").in_("open", "pending"), False, True),
        (Field("category").has(), True, True),
        (Field("old.category").is_("new"), False, True),
        (Field("old.category").has(), False, True),
        (Field("changed").contains("custom.vip"), False, True),
        (Field("changed").contains("status"), True, True),
        (Field("changed").contains("category", "group"), True, True),
        (Field("changed").contains("group", "agent"), False, False),
        (Field("changed").has(), True, True),
        (fact("contacted"), True, False),
        (fact("acknowledged", "replied"), False, True),
        (Field("times.contacted").at_least(1), True, True),
        (Field("times.contacted").at_most(0), False, False),
        (Field("times.replied").at_least(1), False, False),
        (Field("times.acknowledged").is_(1), False, True),
    ],
    ids=str,
)
def test_what_clocks_ask_of_a_step(pattern, at_creation, at_change):
    waiting = Status("waiting", "pending")
    begun, changed = agents_take(status=waiting, **{"custom.vip": True})
    assert pattern.holds(begun) is at_creation
    assert pattern.holds(changed) is at_change


def test_only_what_changes_may_be_a_custom_name():
    assert Field("changed").contains("custom.vip").value == ("custom.vip",)
    with pytest.raises(InvalidPattern, match="unknown value of 'facts'"):
        Field("facts").contains("custom.vip")


def test_text_and_sets_are_searched_without_case():
    assert holds(Field("topic").contains("INVOICE", "vpn"), topic="Lost invoices")
    assert not holds(Field("topic").contains("invoice"), topic="VPN down")
    assert holds(Field("tags").contains("VIP"), tags=["vip"])
    assert not holds(Field("tags").contains("vi"), tags=["vip"])


def test_numbers_instants_and_ranks():
    high = {"priority": Priority("high", 2)}
    assert holds(Field("priority").is_("high") & Field("priority_rank").at_most(2), **high)
    assert not holds(Field("priority_rank").at_least(3), **high)
    assert not holds(Field("priority_rank").at_least(0))
    before, after = Field("created_at").before, Field("created_at").after
    assert not holds(before(AT) | after(AT))
    assert holds(before(AT + timedelta(microseconds=1)))
    assert holds(after(AT - timedelta(microseconds=1)))


def test_a_missing_value_answers_no_test_with_yes():
    for pattern in (
        Field("agent").is_("ann"),
        Field("agent").in_("ann", "bob"),
        Field("agent").contains("a"),
        Field("agent").has(),
        Field("line").at_least(1),
        Field("line").at_most(5),
        Field("custom.age").at_most(5),
        Field("custom.seen").before(AT),
        Field("tags").has(),
    ):
        assert not holds(pattern)
        assert holds(~pattern)
    assert not holds(Field("tags").has(), tags=[])
    assert not holds(Field("topic").has(), topic="")


def test_a_custom_field_of_another_kind_does_not_match_and_does_not_raise():
    assert not holds(Field("custom.x").at_least(1), **{"custom.x": "three"})
    assert not holds(Field("custom.x").at_least(1), **{"custom.x": True})
    assert not holds(Field("custom.x").before(AT), **{"custom.x": "2026"})
    assert not holds(Field("custom.x").contains("1"), **{"custom.x": 1})
    assert holds(Field("custom.x").before(AT), **{"custom.x": AT - timedelta(days=1)})


def test_a_function_enters_by_name_only():
    vip = Function("vip", lambda step: (step.after.topic or "").startswith("!"))
    assert holds(vip & ALWAYS, topic="!now")
    assert not holds(vip)
    assert str(vip) == "vip"
    assert vip.data() == {"function": "vip"}
    assert read_pattern({"function": "vip"}, {"vip": vip.call}) == vip
    assert [reason.code for reason in vip.reasons(eventless_step(a_ticket()))] == ["not_function"]
    with pytest.raises(InvalidPattern, match="did you mean 'vip'"):
        read_pattern({"function": "vlp"}, {"vip": vip.call})


@pytest.mark.parametrize(
    ("name", "operation", "value"),
    [
        ("chanel", "is", "email"),
        ("custom.", "is", 1),
        ("old.role", "is", "agent"),
        ("channel", "is", 1),
        ("channel", "is", None),
        ("channel", "at_least", 1),
        ("channel", "in", []),
        ("channel", "in", "email"),
        ("channel", "matches", "e.*"),
        ("channel", "has", False),
        ("line", "at_least", True),
        ("line", "at_least", float("inf")),
        ("line", "at_least", "2"),
        ("public", "is", 1),
        ("category", "is", "opened"),
        ("old.category", "in", ["open", "slved"]),
        ("role", "is", "robot"),
        ("event", "is", "reply"),
        ("facts", "contains", ["answered"]),
        ("changed", "contains", ["grup"]),
        ("tags", "is", "vip"),
        ("at", "before", "yesterday"),
        ("at", "is", "2026-03-02T09:00:00+00:00"),
    ],
    ids=str,
)
def test_what_cannot_be_asked(name, operation, value):
    with pytest.raises(InvalidPattern):
        read_pattern({"field": name, operation: value})


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        "category",
        {"field": "role"},
        {"field": "role", "is": "agent", "in": ["bot"]},
        {"every": {}},
        {"every": [], "some": []},
        {"all": []},
        {"not": []},
        {"function": 5},
        {1: 2},
        {"field": 5, "is": 5},
    ],
    ids=repr,
)
def test_what_is_no_pattern(data):
    with pytest.raises(InvalidPattern):
        read_pattern(data)


@pytest.mark.parametrize("key", ["every", "some"])
def test_a_group_is_one_level_deep(key):
    deep = {"field": "role", "is": "agent"}
    for _ in range(31):
        deep = {key: [deep]}
    assert read_pattern(deep).data() == deep
    with pytest.raises(InvalidPattern, match="too deep"):
        read_pattern({key: [deep]})


def test_depth_and_size_are_capped():
    deep = {"field": "role", "is": "agent"}
    for _ in range(31):
        deep = {"not": deep}
    assert read_pattern(deep).data() == deep
    with pytest.raises(InvalidPattern):
        read_pattern({"not": deep})
    with pytest.raises(InvalidPattern):
        read_pattern({"some": [{"every": []}] * 10_000})


@pytest.mark.parametrize(("name", "call"), [("", len), (5, len), ("vip", "is_vip")], ids=str)
def test_what_is_no_function(name, call):
    with pytest.raises(InvalidPattern):
        Function(name, call)


def test_naive_bounds_are_refused():
    with pytest.raises(NaiveDatetime):
        Field("at").before(AT.replace(tzinfo=None))


def test_python_and_or_not_are_refused():
    one, other = fact("replied"), fact("resolved")
    with pytest.raises(InvalidPattern):
        _ = one and other
    with pytest.raises(InvalidPattern):
        _ = not one
    with pytest.raises(InvalidPattern):
        _ = one & True


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (ALWAYS, "always"),
        (NEVER, "never"),
        (~fact("replied"), "not facts contains 'replied'"),
        (
            (Field("line").at_least(2) | Field("agent").has()) & ~ALWAYS,
            "(line at least 2 or agent given) and not always",
        ),
        (read_pattern({"every": [{"some": [NEVER.data()]}, ALWAYS.data()]}), "never and always"),
    ],
    ids=str,
)
def test_a_pattern_can_be_read(pattern, text):
    assert str(pattern) == text


@given(st.lists(patterns(max_leaves=2), min_size=2, max_size=4))
def test_joining_is_flat(some):
    joined = some[0]
    for pattern in some[1:]:
        joined = joined & pattern
    flat = [leaf for pattern in some for leaf in pattern.data().get("every", [pattern.data()])]
    assert joined.data() == {"every": flat}


def test_an_event_is_no_fact():
    """The nearest fact to "created" is "restored", which is another thing."""
    with pytest.raises(InvalidPattern, match=r"say Field\('event'\)\.is_\('created'\)"):
        fact("created")
