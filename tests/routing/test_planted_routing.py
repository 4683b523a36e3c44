"""What routing answers on its edges, and that a bug on each of them is noticed."""

from datetime import UTC, datetime, timedelta

import pytest
from planted import Bug

from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message
from support_model.instants import Span
from support_model.lines import Agent, Capacity, Skill
from support_model.patterns import Field
from support_model.routing import (
    AgentState,
    Fallback,
    Need,
    Owner,
    Queue,
    QueuedTicket,
    RateLimit,
    Relax,
    Routing,
    Work,
    assign_backlog,
    queued,
    returns,
    route,
    ticket_in_queue,
    workload_of,
)
from support_model.tickets import replay
from support_model.vocabulary import Status

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)
OPEN, SOLVED = Status("open", "open"), Status("solved", "solved")
SAP = Skill(name="sap", level=3)


def waiting(**parts):
    return QueuedTicket(**{"id": "T1", "channel": "chat", "queued_at": AT, **parts})


def takers(item, people, workload=None, routing=None, at=AT):
    return route(item, people, workload or {}, routing or Routing(), as_of=at).ranked


def codes(item, person, workload=None, routing=None, at=AT):
    return route(item, [person], workload or {}, routing or Routing(), as_of=at).codes


def test_an_absence_holds_from_its_first_instant_and_not_at_its_end():
    ann = Agent(id="ann", absences=[Span(AT, AT + HOUR)])
    assert [takers(waiting(), [ann], at=AT + k * MICROSECOND) for k in (-1, 0)] == [("ann",), ()]
    late = AT + HOUR
    assert [takers(waiting(), [ann], at=late + k * MICROSECOND) for k in (-1, 0)] == [(), ("ann",)]
    assert [codes(waiting(), ann, at=at) for at in (AT, late)] == [{"ann": ("absent",)}, {}]


def test_own_hours_hold_from_their_first_instant_and_not_at_their_end():
    hours = BusinessCalendar.weekly({"wed": "10:00-11:00"}, tz="UTC")
    ann = Agent(id="ann", calendar=hours)
    for edge, there in ((AT, [(), ("ann",)]), (AT + HOUR, [("ann",), ()])):
        found = [takers(waiting(), [ann], at=edge + k * MICROSECOND) for k in (-1, 0)]
        assert found == there


def test_a_line_falls_back_and_a_need_relaxes_at_the_very_instant():
    second = Agent(id="bob", line=2, skills=[Skill(name="sap", level=1)])
    rules = Routing(fallback=[Fallback(HOUR, 2)], relax=[Relax(HOUR, lower={"sap": 2})])
    item = waiting(line=1, needs=[Need("sap", 3)])
    found = [
        takers(item, [second], routing=rules, at=AT + HOUR + k * MICROSECOND) for k in (-1, 0)
    ]
    assert found == [(), ("bob",)]
    later = waiting(line=2, needs=[Need("sap", 3)])
    assert takers(later, [second], routing=rules, at=AT + HOUR) == ("bob",)


def test_a_need_never_relaxes_below_level_one():
    rules = Routing(relax=[Relax(HOUR, lower={"sap": 2})])
    item = waiting(needs=[Need("sap", 2)])
    novice = Agent(id="ann")
    assert codes(item, novice, routing=rules, at=AT + 2 * HOUR) == {"ann": ("missing_skill",)}


def test_a_skill_counts_until_just_before_it_expires():
    ann = Agent(id="ann", skills=[Skill(name="sap", level=3, expires=AT)])
    item = waiting(needs=[Need("sap", 3)])
    assert takers(item, [ann], at=AT - MICROSECOND) == ("ann",)
    assert takers(item, [ann]) == ()
    assert codes(item, ann) == {"ann": ("skill_expired",)}


def test_a_wish_is_not_met_by_a_skill_at_the_instant_at_which_it_expires():
    expired = Agent(id="ann", skills=[Skill(name="sap", level=3, expires=AT)])
    valid = Agent(id="bob", skills=[SAP])
    item = waiting(needs=[Need("sap", 3, required=False)])
    assert takers(item, [expired, valid]) == ("bob", "ann")
    assert takers(item, [expired, valid], at=AT - MICROSECOND) == ("ann", "bob")


def test_the_closest_level_comes_first():
    people = [Agent(id="ann", skills=[Skill(name="sap", level=5)]), Agent(id="bob", skills=[SAP])]
    item = waiting(needs=[Need("sap", 3)])
    assert takers(item, people) == ("bob", "ann")
    assert takers(item, people, routing=Routing(fit="highest")) == ("ann", "bob")


def test_load_is_taken_up_to_the_capacity_and_no_further():
    ann = Agent(id="ann", capacity=Capacity(2, {"chat": 2}))
    one, two = (AgentState(work=[Work("chat")] * k) for k in (1, 2))
    assert takers(waiting(), [ann], {"ann": one}) == ("ann",)
    assert takers(waiting(), [ann], {"ann": two}) == ()
    assert codes(waiting(), ann, {"ann": two}) == {"ann": ("channel_full", "no_capacity")}


def test_a_rate_forgets_what_was_given_a_whole_window_ago():
    rules = Routing(rate_limit=RateLimit(1, HOUR))
    given = [AgentState(recent=[AT - HOUR + k * MICROSECOND]) for k in (0, 1)]
    ann = Agent(id="ann")
    assert [takers(waiting(), [ann], {"ann": state}, rules) for state in given] == [("ann",), ()]
    decision = route(waiting(), [ann], {"ann": given[1]}, rules, as_of=AT)
    assert decision.retry_at == AT + MICROSECOND


def test_the_owner_comes_first_while_the_claim_lasts_and_not_at_its_end():
    people = [Agent(id="ann"), Agent(id="bob")]
    rules = Routing(sticky=HOUR)
    for since, first in ((AT - HOUR, "ann"), (AT - HOUR + MICROSECOND, "bob")):
        owned = waiting(owner=Owner("bob", since))
        assert takers(owned, people, routing=rules)[0] == first


def test_nobody_without_a_place_is_less_loaded_than_somebody():
    rules = Routing(strategy="least_loaded", count="timer_on")
    none, half = Agent(id="ann", capacity=Capacity(0)), Agent(id="bob", capacity=Capacity(4))
    parked = AgentState(work=[Work("chat"), Work("chat", "pending", timer=False)])
    free = {"weights": {"chat": 0}}
    rules = Routing(strategy="least_loaded", **free)
    assert takers(waiting(), [none, half], {"bob": parked}, rules) == ("bob", "ann")


def test_a_backlog_goes_by_priority_due_age_and_id():
    def item(name, priority=2, due=None, age=0):
        due = None if due is None else AT + due * HOUR
        return waiting(id=name, priority=priority, due_at=due, queued_at=AT - age * HOUR)

    items = [
        item("d"),
        item("c", due=5),
        item("b", due=1),
        item("z", age=2),
        item("a"),
        item("e", priority=1),
    ]
    assert assign_backlog(items, [], {}, Routing(), as_of=AT).order == tuple("ebczad")


def test_what_a_ticket_says_of_its_line_goes_before_its_queue():
    fields = {"status": OPEN, "line": 1, "technology": "sap"}
    ticket = replay([Created(ticket_id="T1", at=AT, role="customer", fields=fields)])
    queue = Queue(name="sap", when=OF_SAP, line=3, team="erp")
    found = queued(ticket, [queue], queued_at=AT)
    assert (found.line, found.team) == (1, "erp")


def changed(hours, seq, role="agent", **fields):
    return Changed(
        ticket_id="T1", at=AT + hours * HOUR, seq=seq, role=role, actor="ann", fields=fields
    )


def log_of(*events, ticket="T1"):
    first = Created(
        ticket_id=ticket, at=AT, seq=0, role="customer", fields={"status": OPEN, "channel": "chat"}
    )
    return [first, *events]


def test_a_ticket_that_came_back_waits_since_then():
    log = log_of(changed(1, 1, status=SOLVED), changed(3, 2, "customer", status=OPEN))
    assert ticket_in_queue(log, as_of=AT + 4 * HOUR).queued_at == AT + 3 * HOUR


def test_somebody_is_idle_since_the_last_end_of_their_work_in_whatever_log():
    def done(name, hours):
        return log_of(
            Changed(ticket_id=name, at=AT, seq=1, role="agent", fields={"agent": "ann"}),
            Message(ticket_id=name, at=AT, seq=2, role="agent", actor="ann", public=True),
            Changed(
                ticket_id=name,
                at=AT + hours * HOUR,
                seq=3,
                role="agent",
                fields={"status": SOLVED},
            ),
            ticket=name,
        )

    for hours in ((1, 3), (3, 1)):
        logs = [done(f"T{k}", end) for k, end in enumerate(hours)]
        assert workload_of(logs, as_of=AT + 5 * HOUR)["ann"].idle_since == AT + 3 * HOUR


def test_staying_on_a_line_is_no_return():
    assert returns([1, 1, 2, 2, 1]) == 1


def test_what_is_given_now_keeps_the_latest_instant_and_how_many():
    later = AgentState(last_assigned_at=AT + HOUR)
    assert later.assigned("chat", AT).last_assigned_at == AT + HOUR
    twice = AgentState().assigned("chat", AT).assigned("chat", AT)
    assert twice.given[1] == 2


def test_asking_again_waits_for_the_earliest_line():
    rules = Routing(fallback=[Fallback(HOUR, 2), Fallback(3 * HOUR, 2)])
    found = route(waiting(line=1), [Agent(id="bob", line=2)], {}, rules, as_of=AT)
    assert found.retry_at == AT + HOUR


OF_SAP = Field("technology").is_("sap")
BUGS = (
    Bug(
        "_routing.checks:absent",
        "bisect_right(seat.absences, ticket.at)",
        "bisect_right(seat.absences, ticket.at - 1)",
        test_an_absence_holds_from_its_first_instant_and_not_at_its_end,
    ),
    Bug(
        "_routing.checks:_off_hours",
        "open_before(at + 1)",
        "open_before(at + 2)",
        test_own_hours_hold_from_their_first_instant_and_not_at_their_end,
    ),
    Bug(
        "_routing.checks:CompiledTicket.line_ranks",
        "since <= self.at",
        "since < self.at",
        test_a_line_falls_back_and_a_need_relaxes_at_the_very_instant,
    ),
    Bug(
        "_routing.checks:CompiledTicket.levels",
        "since <= self.at",
        "since < self.at",
        test_a_line_falls_back_and_a_need_relaxes_at_the_very_instant,
    ),
    Bug(
        "_routing.checks:CompiledTicket._relaxed",
        "max(1, level - taken)",
        "level - taken",
        test_a_need_never_relaxes_below_level_one,
    ),
    Bug(
        "_routing.checks:lacks",
        "held[1] <= at",
        "held[1] < at",
        test_a_skill_counts_until_just_before_it_expires,
    ),
    Bug(
        "_routing.ranking:fit",
        "ticket.at) is None",
        "ticket.at - 1) is None",
        test_a_wish_is_not_met_by_a_skill_at_the_instant_at_which_it_expires,
    ),
    Bug(
        "_routing.ranking:fit",
        "surplus += seat.skills[need.skill][0] - need.level",
        "surplus += 0",
        test_the_closest_level_comes_first,
    ),
    Bug(
        "_routing.ranking:_skill_fit",
        'ticket.routing.fit == "closest"',
        'ticket.routing.fit != "closest"',
        test_the_closest_level_comes_first,
    ),
    Bug(
        "_routing.checks:_no_capacity",
        "> seat.units",
        ">= seat.units",
        test_load_is_taken_up_to_the_capacity_and_no_further,
    ),
    Bug(
        "_routing.checks:_channel_full",
        ">= places",
        "> places",
        test_load_is_taken_up_to_the_capacity_and_no_further,
    ),
    Bug(
        "_routing.checks:_rate_limited",
        "at - ticket.window)",
        "at - ticket.window - 1)",
        test_a_rate_forgets_what_was_given_a_whole_window_ago,
    ),
    Bug(
        "_routing.ranking:sticky_owner",
        ">= micros_of(lasts)",
        "> micros_of(lasts)",
        test_the_owner_comes_first_while_the_claim_lasts_and_not_at_its_end,
    ),
    Bug(
        "_routing.ranking:share",
        "if seat.units else 1.0",
        "if seat.units else 0.0",
        test_nobody_without_a_place_is_less_loaded_than_somebody,
    ),
    Bug(
        "_routing.queues:QueuedTicket.sort_key",
        "self.due_at is None, due",
        "self.due_at is not None, due",
        test_a_backlog_goes_by_priority_due_age_and_id,
    ),
    Bug(
        "_routing.queues:QueuedTicket.sort_key",
        "micros(self.queued_at), self.id",
        "self.id, micros(self.queued_at)",
        test_a_backlog_goes_by_priority_due_age_and_id,
    ),
    Bug(
        "_routing.queues:queued",
        "line = queue.line if line is None else line",
        "line = line if queue.line is None else queue.line",
        test_what_a_ticket_says_of_its_line_goes_before_its_queue,
    ),
    Bug(
        "_routing.ticket_logs:_waits_since",
        '"reopened" in step.facts',
        '"resolved" in step.facts',
        test_a_ticket_that_came_back_waits_since_then,
    ),
    Bug(
        "_routing.ticket_logs:workload_of",
        "max(at, ended.get(agent, at))",
        "at",
        test_somebody_is_idle_since_the_last_end_of_their_work_in_whatever_log,
    ),
    Bug(
        "_routing.line_moves:returns",
        "if line != here:",
        "if True:",
        test_staying_on_a_line_is_no_return,
    ),
    Bug(
        "_routing.workloads:AgentState.assigned",
        "last is None or last < at",
        "True",
        test_what_is_given_now_keeps_the_latest_instant_and_how_many,
    ),
    Bug(
        "_routing.workloads:AgentState.given",
        "max(1, self.lately.count(last))",
        "1",
        test_what_is_given_now_keeps_the_latest_instant_and_how_many,
    ),
    Bug(
        "_routing.checks:_line_opens",
        "max(at, min(since))",
        "max(at, max(since))",
        test_asking_again_waits_for_the_earliest_line,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
