"""What contradicts itself in a desk is found; what is merely unusual is not."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from serde.golden_values import DESK

from support_model import serde
from support_model._desk.policy_lint import Earlier
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.errors import InvalidPattern, InvalidValue
from support_model.events import Created
from support_model.instants import Span
from support_model.patterns import (
    ALWAYS,
    NEVER,
    Field,
    Function,
)
from support_model.routing import Queue, Routing, TriageRule
from support_model.sla import FIRST_RESPONSE, RESOLUTION, PolicyBook, SlaPolicy, Target
from support_model.tickets import eventless_step, replay
from support_model.vocabulary import Priority, Status
from support_model.workflows import INCIDENT, WORKFLOWS, Put, Transition, Workflow

OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
CLOSED = OFFICE - OFFICE
HOUR = timedelta(hours=1)
YEAR = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
P1, P2 = Field("priority").is_("p1"), Field("priority").is_("p2")
VIP = Field("organization").is_("acme")


def target(metric=RESOLUTION, hours=8, **more):
    return Target(metric=metric, within=hours * HOUR, **{"calendar": OFFICE, **more})


def policy(name="p", *targets, **more):
    return SlaPolicy(name=name, targets=targets or [target()], **more)


def codes(*policies, select="first_match", within=None, **more):
    desk = Desk(policies=PolicyBook(policies, select), **more)
    return [finding.code for finding in desk.lint(within)]


def test_sound_desks_have_no_findings():
    assert DESK.lint() == ()
    for workflow in WORKFLOWS.values():
        assert codes(policy(), workflow=workflow, calendars={"office": OFFICE}, within=YEAR) == []


SOUND = [
    (policy("a", when=P1), policy("b")),
    (policy("a", when=P1), policy("b", when=P2), policy("c")),
    (policy("a"), policy("b", kind="ola")),
    (policy("a", target(when=P1), target(when=P2)), policy("b", when=VIP, kind="ola")),
    (policy("a", target(FIRST_RESPONSE, 1), target(hours=8)),),
    (policy("a", target(warn_at=[-7 * HOUR, HOUR, 0.5])),),
    (policy("a", when=Function("f", lambda _: True)), policy("b", when=P1)),
    (policy("a", when=P1, version="1"), policy("a", when=P2, version="2"), policy("b")),
    (
        policy("a", when=P1),
        SlaPolicy(name="a", version="2", when=NEVER, targets=[], since=YEAR.start),
        policy("b"),
    ),
]


@pytest.mark.parametrize("policies", SOUND)
def test_what_is_sound(policies):
    assert codes(*policies) == []


CONTRADICTIONS = [
    ("policy_without_targets", (SlaPolicy(name="a", targets=[]),)),
    ("policy_never_matches", (policy("a", when=P1 & P2),)),
    ("policy_never_matches", (policy("a", when=NEVER),)),
    ("policy_shadowed", (policy("a"), policy("b", when=P1))),
    ("policy_shadowed", (policy("a", when=P1 | P2), policy("b", when=P1 & VIP))),
    ("policy_shadowed", (policy("a", when=VIP), policy("b", when=VIP & Field("agent").has()))),
    ("policy_shadowed", (policy("a", when=~P2), policy("b", when=P1))),
    ("target_never_holds", (policy("a", target(when=P2), target(), when=P1),)),
    ("target_shadowed", (policy("a", target(), target(when=P1)),)),
    ("target_shadowed", (policy("a", target(when=P1), target(hours=2), when=P1),)),
    ("target_never_due", (policy("a", target(calendar=CLOSED)),)),
    ("warning_at_start", (policy("a", target(warn_at=[-8 * HOUR])),)),
    ("response_after_resolution", (policy("a", target(FIRST_RESPONSE, 9), target(hours=8)),)),
    ("metric_without_target", (policy("a", target(FIRST_RESPONSE), target(), when=P1), policy())),
    ("value_uncovered", (policy("a", target(when=P1), when=Field("priority").in_("p1", "p2")),)),
    (
        "value_uncovered",
        (policy("a", target(when=P1), when=VIP), policy("b", target(when=P1 | P2))),
    ),
]


@pytest.mark.parametrize(("code", "policies"), CONTRADICTIONS)
def test_what_contradicts_itself(code, policies):
    assert code in codes(*policies)


def test_editions_are_linted_as_they_are_in_force_together():
    """Until the second edition holds, b is hidden."""
    editions = policy("a"), attrs.evolve(policy("a", when=P1), version="2", since=YEAR.start)
    assert codes(*editions, policy("b", when=P2)) == ["policy_shadowed"]


def test_a_shadow_needs_a_selection_in_order():
    both = (policy("a"), policy("b", when=P1))
    assert codes(*both, select="most_specific") == []
    assert codes(*both, select="all") == []


def test_findings_say_where():
    (finding,) = Desk(policies=[policy("a"), policy("b", when=P1)]).lint()
    assert str(finding) == "policy 'b' is never picked: 'a' matches whatever it does"


def test_calendars_are_linted_within_a_span():
    late = BusinessCalendar.weekly({"mon-fri": "09:00-23:59"}, tz="UTC")
    found = Desk(calendars={"late": late}).lint(YEAR)
    assert {finding["calendar"] for finding in found} == {"late"}
    assert str(found[0]).startswith("calendar 'late': Monday 09:00-23:59 ends at 23:59")
    assert Desk(calendars={"late": late}).lint() == ()
    with pytest.raises(InvalidValue, match="give the span an end"):
        Desk().lint(Span(YEAR.start))


def test_a_calendar_that_never_opens_is_found_wherever_it_stands():
    assert codes(calendars={"closed": CLOSED}) == ["calendar_finding"]
    assert codes(policy("a", target(calendar=CLOSED))) == ["calendar_finding", "target_never_due"]


def test_what_does_not_fit_the_workflow():
    flow = Workflow(
        name="w",
        initial="new",
        statuses=[Status("new", "new"), Status("done", "solved")],
        transitions=[
            Transition("solve", "new", "done", after=HOUR, calendar=CLOSED),
            Transition("note", "new", guard=~Field("old.status").is_("dnoe")),
        ],
    )
    asked = policy("a", when=Field("status").in_("new", "opened"))
    found = Desk(workflow=flow, policies=asked).lint()
    assert [finding.code for finding in found] == [
        "status_nowhere", "status_nowhere", "action_never_due",
    ]  # fmt: skip
    assert "did you mean 'done'" in str(found[1])


# what is said of patterns before any ticket, against tickets

NAMES = {"priority": ["p1", "p2", "p3"], "channel": ["chat", "phone"], "line": [1, 2, 3]}


def atoms():
    for name, values in NAMES.items():
        yield st.sampled_from(values).map(Field(name).is_)
        yield st.lists(st.sampled_from(values), min_size=1, max_size=2).map(
            lambda some, name=name: Field(name).in_(*some)
        )
        yield st.just(Field(name).has())
    yield st.integers(1, 3).map(Field("line").at_least)
    yield st.integers(1, 3).map(Field("line").at_most)
    yield st.sampled_from(["P", "a", "chat"]).map(Field("channel").contains)
    yield st.sampled_from([ALWAYS, NEVER])


PATTERNS = st.recursive(
    st.one_of(*atoms()),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] & pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] | pair[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=6,
)


def ticket(priority, channel, line):
    fields = {"status": Status("new", "new"), "channel": channel, "line": line}
    if priority is not None:
        fields["priority"] = Priority(priority, 1)
    return eventless_step(
        replay([Created(ticket_id="T", at=YEAR.start, role="agent", fields=fields)])
    )


TICKETS = [
    (ticket(priority, channel, line), {"priority": priority, "channel": channel, "line": line})
    for priority in [*NAMES["priority"], None]
    for channel in [*NAMES["channel"], None]
    for line in [*NAMES["line"], None]
]


@given(PATTERNS, PATTERNS)
def test_what_is_proven_holds_of_every_ticket(one, other):
    held = [(step, facts) for step, facts in TICKETS if one.holds(step)]
    if one.never():
        assert not held
    if one.implies(other):
        assert all(other.holds(step) for step, _ in held)
    for _, facts in held:
        assert any(case.items() <= facts.items() for case in one.cases())
        some = {name: value for name, value in facts.items() if value is not None}
        assert one.known(some) is not False
    whole = [(ticket, facts) for ticket, facts in TICKETS if None not in facts.values()]
    assert all(one.known(facts) in (one.holds(ticket), None) for ticket, facts in whole)


@given(PATTERNS)
def test_a_pattern_implies_itself_and_its_parts(one):
    assert one.implies(one)
    assert (one & P1).implies(P1)
    assert P1.implies(P1 | one)
    assert one.implies(ALWAYS)
    assert NEVER.implies(one)


@given(st.lists(PATTERNS, max_size=8), PATTERNS)
def test_the_first_earlier_pattern_that_is_implied_is_found_as_by_trying_all(patterns, one):
    earlier = Earlier()
    for pattern in patterns:
        earlier.add(pattern)
    tried = (place for place, other in enumerate(patterns) if one.implies(other))
    assert earlier.implied_by(one) == next(tried, None)


@given(st.lists(PATTERNS, min_size=1, max_size=5))
def test_channels_without_promise_are_found_as_by_trying_all(patterns):
    channels = ["chat", "phone", "post"]
    desk = Desk(
        policies=[policy(f"p{n}", when=when) for n, when in enumerate(patterns)],
        channels=channels,
    )
    told = [each["channel"] for each in desk.lint() if each.code == "channel_without_promise"]
    assert told == [
        channel
        for channel in channels
        if all(when.known({"channel": channel}) is False for when in patterns)
    ]


def priorities(*when, **more):
    policies = [policy(f"p{n}", when=pattern) for n, pattern in enumerate(when)]
    found = Desk(policies=policies, **more).lint()
    return [str(each) for each in found if each.code == "priority_nowhere"]


def test_a_priority_that_nothing_has_is_told():
    high = TriageRule(name="vpn", when=VIP, sets={"priority": Priority("high", 2)})
    assert priorities(P1, triage=[high]) == [
        "'p0 1' asks for priority 'p1', which nothing here has; known: high"
    ]
    assert priorities(Field("priority").is_("high"), triage=[high]) == []
    listed = [Priority("high", 2), Priority("p1", 1)]
    assert priorities(P1, triage=[high], priorities=listed) == []
    queue = Queue(name="q", when=~Field("priority").in_("hihg", "high"))
    assert priorities(triage=[high], routing=Routing(queues=[queue])) == [
        "'q' asks for priority 'hihg', which nothing here has; did you mean 'high'?"
    ]


def test_ranks_with_holes_and_ranks_of_several_are_told():
    def told(**ranks):
        found = Desk(priorities=[Priority(name, rank) for name, rank in ranks.items()]).lint()
        return [(each.code, dict(each.params)) for each in found]

    assert told(high=1, normal=2) == []
    assert told(low=4, high=1, late=4) == [
        ("rank_of_none", {"rank": 2, "priority": "low"}),
        ("rank_of_several", {"rank": 4, "priorities": "low, late"}),
    ]
    assert told(high=2) == [("rank_of_none", {"rank": 1, "priority": "high"})]


def test_a_desk_refuses_a_priority_that_it_does_not_list():
    listed = [Priority("high", 1), Priority("low", 2)]
    high = TriageRule(name="vpn", when=VIP, sets={"priority": Priority("high", 1)})
    queue = Queue(name="q", when=~Field("priority").in_("hihg", "high"))
    assert priorities(P1) == []
    assert Desk(priorities=listed, triage=[high]).lint() == ()
    with pytest.raises(InvalidPattern, match="unknown priority: 'p1'"):
        Desk(priorities=listed, policies=[policy("p", when=P1)])
    with pytest.raises(InvalidPattern, match="unknown priority: 'hihg'; did you mean 'high'"):
        Desk(priorities=listed, routing=Routing(queues=[queue]))
    other = TriageRule(name="vpn", when=VIP, sets={"priority": Priority("high", 2)})
    with pytest.raises(InvalidValue, match="another rank"):
        Desk(priorities=listed, triage=[other])
    with pytest.raises(InvalidValue, match="given twice"):
        Desk(priorities=[*listed, *listed])
    guard = Transition("close", "resolved", "closed", guard=Field("priority_rank").at_least(3))
    with pytest.raises(InvalidPattern, match="a rank that no priority has: 3; ranks are 1, 2"):
        Desk(priorities=listed, workflow=INCIDENT.revised(transitions=[guard]))
    put = Transition("close", "resolved", "closed", effects=[Put({"priority": Priority("x", 1)})])
    with pytest.raises(InvalidValue, match="unknown priority: 'x'"):
        Desk(priorities=listed, workflow=INCIDENT.revised(transitions=[put]))


def test_a_desk_lists_as_many_priorities_as_its_file_can(tmp_path):
    some = [Priority(f"p{i}", i) for i in range(1, 102)]
    serde.dump_desk(Desk(priorities=some[:100]), tmp_path / "desk.json")
    with pytest.raises(InvalidValue, match="too many priorities: 101; at most 100"):
        Desk(priorities=some)


def test_a_priority_met_once_and_spelled_like_another_is_told():
    urgent, wrong = (Field("priority").is_(x) for x in ("urgent", "urgnet"))
    told = "'p2 1' asks for priority 'urgnet', which nothing here has; did you mean 'urgent'?"
    assert priorities(urgent, urgent & VIP, wrong) == [told]
    upper = Field("priority").is_("Urgent")
    assert len(priorities(urgent, urgent & VIP, upper)) == 1
    for fine in ((P1, P2), (urgent, Field("priority").is_("normal"))):
        assert priorities(*fine) == []


def test_two_calendars_of_one_label_are_both_read():
    late, early = (
        BusinessCalendar.weekly({"mon": f"{hour}-23:59"}, tz="UTC", name="office")
        for hour in ("09:00", "10:00")
    )
    both = policy("a", target(calendar=late), target(FIRST_RESPONSE, 1, calendar=early))
    found = [
        each["calendar"]
        for each in Desk(policies=both).lint(YEAR)
        if each.code == "calendar_finding"
    ]
    assert sorted(set(found)) == ["office", "office'"]
