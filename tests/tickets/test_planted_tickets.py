"""What a fold, an agenda and a queue of dues answer on their edges; a bug there is noticed."""

from datetime import UTC, datetime, timedelta

import pytest
from planted import Bug

from support_model.agenda import Agenda, Moment, changes
from support_model.calendars import BusinessCalendar
from support_model.errors import OutOfOrder
from support_model.events import Changed, Created, Message, Promised
from support_model.patterns import Field
from support_model.reasons import Reason
from support_model.serde import event_from_data, event_to_data
from support_model.sla import (
    FIRST_RESPONSE,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    Target,
    breach_queue,
    evaluate,
    evaluate_many,
)
from support_model.tickets import replay, step, steps
from support_model.vocabulary import Priority, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS_OPEN = BusinessCalendar.always()


def created(ticket="T1", at=AT, role="customer", status="open", **fields):
    fields = {"status": Status(status, status), **fields}
    return Created(ticket_id=ticket, at=at, role=role, fields=fields)


def changed(hours, *, role="agent", actor=None, status=None, **fields):
    if status is not None:
        fields["status"] = Status(status, status)
    return Changed(ticket_id="T1", at=AT + hours * HOUR, role=role, actor=actor, fields=fields)


def said(hours, role, *, public=True, actor=None):
    return Message(ticket_id="T1", at=AT + hours * HOUR, role=role, public=public, actor=actor)


def facts(*events):
    return [set(now.facts) for now in steps([created(), *events])][1:]


def test_void_is_no_return_and_leaving_it_is():
    lives = ("solved", "void", "open", "closed", "solved", "open")
    assert facts(*(changed(k, status=status) for k, status in enumerate(lives, 1))) == [
        {"resolved", "acknowledged"},
        {"voided", "acknowledged"},
        {"restored", "acknowledged"},
        {"resolved", "acknowledged"},
        {"acknowledged"},
        {"reopened", "acknowledged"},
    ]


def test_the_oldest_unanswered_message_waits():
    log = [created(), said(1, "customer"), said(2, "agent"), said(3, "customer")]
    assert replay(log[:2]).waiting_since == AT
    assert replay(log[:3]).waiting_since is None
    assert replay([*log, said(4, "customer")]).waiting_since == AT + 3 * HOUR
    assert replay([*log, changed(5, status="solved")]).waiting_since is None


def test_a_first_line_is_no_move_and_an_unknown_one_is_skipped():
    found = facts(
        changed(1, line=2), changed(2, line=None), changed(3, line=1), changed(4, line=3)
    )
    assert found == [
        set(),
        set(),
        {"handed_back"},
        {"escalated", "escalated_functional"},
    ]


def test_a_note_acknowledges_and_the_text_of_a_creation_is_no_second_contact():
    assert facts(said(0, "customer"), said(1, "agent", public=False), said(2, "bot")) == [
        set(),
        {"acknowledged"},
        set(),
    ]


def test_taking_a_ticket_away_acknowledges_nothing():
    assert facts(changed(1, agent="ann"), changed(2, agent=None)) == [{"acknowledged"}, set()]


def test_a_change_to_the_same_value_is_none():
    (now,) = list(steps([created(group="a"), changed(1, group="a")]))[1:]
    assert (now.changed, now.after.status_since) == (frozenset(), AT)


def test_a_new_promise_takes_the_place_of_its_own_metric_alone():
    def promise(hours, metric, due):
        due = None if due is None else AT + due * HOUR
        at = AT + hours * HOUR
        return Promised(ticket_id="T1", at=at, role="agent", metric=metric, due=due)

    log = [created(), promise(1, "a", 5), promise(2, "b", 6), promise(3, "a", 7)]
    assert replay(log).promises == (("b", AT + 6 * HOUR), ("a", AT + 7 * HOUR))
    assert replay([*log, promise(4, "b", None)]).promises == (("a", AT + 7 * HOUR),)


def test_an_event_of_the_same_instant_follows_by_its_number():
    first = Created(
        ticket_id="T1", at=AT, seq=1, role="customer", fields={"status": Status("new", "new")}
    )
    ticket = replay([first])
    again = Message(ticket_id="T1", at=AT, seq=1, role="agent", public=True)
    with pytest.raises(OutOfOrder):
        step(ticket, again)


def moment(hours, name, kind="breach"):
    why = Reason.of("breach", metric="resolution")
    return Moment(at=AT + hours * HOUR, key=(name, kind), kind=kind, subject=name, reason=why)


def test_a_window_is_open_at_its_beginning_and_closed_at_its_end():
    agenda = Agenda([moment(k, f"T{9 - k}") for k in (3, 1, 2)], as_of=AT + HOUR)
    assert [each.subject for each in agenda.between(AT + HOUR, AT + 2 * HOUR)] == ["T7"]
    assert [each.subject for each in agenda.through(AT + 2 * HOUR)] == ["T8", "T7"]
    assert agenda.next_at == AT + 2 * HOUR


def test_a_moment_that_moved_is_new_and_withdrawn():
    old, now = moment(1, "T1"), moment(2, "T1")
    assert changes([old], [now]) == ((now,), (old,))


def target(metric, hours, **more):
    return Target(metric=metric, within=hours * HOUR, calendar=ALWAYS_OPEN, **more)


def test_equal_dues_stand_by_ticket_then_metric():
    policy = SlaPolicy(name="gold", targets=[target(RESOLUTION, 1), target(FIRST_RESPONSE, 1)])
    logs = [[created(name)] for name in ("T2", "T1")]
    queue = breach_queue(evaluate_many(logs, policy, as_of=AT))
    assert [(due.ticket_id, due.metric) for due in queue] == [
        ("T1", "first_response"),
        ("T1", "resolution"),
        ("T2", "first_response"),
        ("T2", "resolution"),
    ]


def test_a_negated_pattern_is_as_specific_as_its_conditions():
    """One condition is beaten by two, negated or not; of two alike the first in order wins."""
    chat, mine = Field("channel").is_("chat"), Field("group").is_("mine")

    def book(*conditions):
        return PolicyBook(
            [
                SlaPolicy(name=f"p{k}", when=when, targets=[target(RESOLUTION, k + 1)])
                for k, when in enumerate(conditions)
            ],
            "most_specific",
        )

    def chosen(*conditions):
        found = evaluate([created(channel="chat", group="mine")], book(*conditions), as_of=AT)
        return found["resolution"].last.policy.name

    two = ~(Field("channel").is_("phone") | Field("group").is_("other"))
    assert chosen(chat, two) == "p1"
    assert chosen(chat & mine, two) == "p0"
    assert chosen(~Field("channel").is_("phone"), mine) == "p0"


def test_the_shortest_target_wins_and_of_two_equal_ones_the_first():
    policies = [
        SlaPolicy(name=name, targets=[target(RESOLUTION, hours)])
        for name, hours in (("a", 3), ("b", 2), ("c", 2))
    ]
    found = evaluate([created()], PolicyBook(policies, "shortest"), as_of=AT)
    assert found["resolution"].last.policy.name == "b"


def test_the_last_edition_of_a_policy_is_the_current_one():
    policies = [
        SlaPolicy(name="a", version=version, targets=[target(RESOLUTION, hours)])
        for version, hours in (("2", 3), ("10", 2))
    ]
    found = evaluate([created()], PolicyBook(policies), as_of=AT)
    assert found["resolution"].last.policy.version == "10"


def test_what_is_not_known_decides_nothing():
    either = Field("channel").is_("chat") | Field("group").is_("a")
    assert (~either).known({"channel": "chat"}) is False
    assert (~either).known({"channel": "phone"}) is None
    assert either.known({"channel": "phone", "group": "b"}) is False
    assert (Field("channel").in_("a", "b") & Field("channel").in_("b", "c")).cases() == [
        {"channel": "b"}
    ]


def test_zero_and_false_travel_through_plain_data():
    fields = {"custom.count": 0, "custom.flag": False, "priority": Priority("low", 3)}
    event = Changed(ticket_id="T1", at=AT, seq=0, role="agent", fields=fields)
    private = Message(ticket_id="T1", at=AT, role="agent", public=False)
    for each in (event, private):
        assert event_from_data(event_to_data(each)) == each
        assert "seq" not in event_to_data(private)


BUGS = (
    Bug(
        "_ticket_rules:_category_facts",
        'was in SETTLED and now not in SETTLED and now != "void"',
        "was in SETTLED and now not in SETTLED",
        test_void_is_no_return_and_leaving_it_is,
    ),
    Bug(
        "_ticket_rules:_category_facts",
        "now in SETTLED and was not in SETTLED",
        "now in SETTLED",
        test_void_is_no_return_and_leaving_it_is,
    ),
    Bug(
        "tickets:_done",
        "and now.waiting_since is None",
        "",
        test_the_oldest_unanswered_message_waits,
    ),
    Bug(
        "tickets:_done",
        '"replied" in facts or "resolved" in facts',
        '"replied" in facts',
        test_the_oldest_unanswered_message_waits,
    ),
    Bug(
        "_ticket_rules:_remembered",
        "if fields.get(name) is not None",
        "if name in fields",
        test_a_first_line_is_no_move_and_an_unknown_one_is_skipped,
    ),
    Bug(
        "_ticket_rules:_move_facts",
        "new > old",
        "new >= old - 1",
        test_a_first_line_is_no_move_and_an_unknown_one_is_skipped,
    ),
    Bug(
        "_ticket_rules:facts_of_message",
        "role == created_by and event.at == created",
        "False",
        test_a_note_acknowledges_and_the_text_of_a_creation_is_no_second_contact,
    ),
    Bug(
        "_ticket_rules:_takes_notice",
        'and fields["agent"] is not None',
        "",
        test_taking_a_ticket_away_acknowledges_nothing,
    ),
    Bug(
        "_ticket_rules:change_of",
        "if get(name) != value",
        "if True",
        test_a_change_to_the_same_value_is_none,
    ),
    Bug(
        "tickets:_promised",
        "if promise[0] != event.metric",
        "if promise[0] == event.metric",
        test_a_new_promise_takes_the_place_of_its_own_metric_alone,
    ),
    Bug(
        "tickets:_must_follow",
        "event.seq <= cast",
        "event.seq < cast",
        test_an_event_of_the_same_instant_follows_by_its_number,
    ),
    Bug(
        "agenda:Agenda._upto",
        "bisect_right(self.moments, micros(at)",
        "bisect_right(self.moments, micros(at) - 1",
        test_a_window_is_open_at_its_beginning_and_closed_at_its_end,
    ),
    Bug(
        "agenda:_place",
        "micros(moment.at), [",
        "0, [",
        test_a_window_is_open_at_its_beginning_and_closed_at_its_end,
    ),
    Bug(
        "agenda:changes",
        "if moment not in now_is",
        "if moment.key not in {each.key for each in now}",
        test_a_moment_that_moved_is_new_and_withdrawn,
    ),
    Bug(
        "_sla.evaluations:Evaluation.running",
        "self.ticket.id, clock.metric.name",
        "clock.metric.name, self.ticket.id",
        test_equal_dues_stand_by_ticket_then_metric,
    ),
    Bug(
        "patterns:Not.leaves",
        "return self.part.leaves()",
        "return iter([next(self.part.leaves())])",
        test_a_negated_pattern_is_as_specific_as_its_conditions,
    ),
    Bug(
        "patterns:Not.leaves",
        "return self.part.leaves()",
        "return iter(())",
        test_a_negated_pattern_is_as_specific_as_its_conditions,
    ),
    Bug(
        "_sla.policies:PolicyBook.in_force",
        "force.target.compared < held.target.compared",
        "force.target.compared <= held.target.compared",
        test_the_shortest_target_wins_and_of_two_equal_ones_the_first,
    ),
    Bug(
        "_sla.policies:PolicyBook._begun_by",
        "if latest[policy.name] is policy",
        "if latest[policy.name].version <= policy.version",
        test_the_last_edition_of_a_policy_is_the_current_one,
    ),
    Bug(
        "patterns:Not._known",
        "return None if answer is None else not answer",
        "return not answer",
        test_what_is_not_known_decides_nothing,
    ),
    Bug(
        "_records:Record._write",
        "held is None or",
        "not held or",
        test_zero_and_false_travel_through_plain_data,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
