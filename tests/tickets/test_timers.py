"""Workflow timers: when actions come due, under which key, and when a moment is answered."""

from datetime import UTC, datetime, timedelta

import pytest

from support_model._records import write
from support_model._workflows.data import WORKFLOW
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidEvent, InvalidValue, TransitionRefused
from support_model.events import Changed, Created, Message
from support_model.patterns import Field
from support_model.tickets import replay
from support_model.vocabulary import Actor, Priority, Status
from support_model.workflows import (
    Ask,
    Entering,
    FollowUp,
    LastMessage,
    Put,
    Say,
    Transition,
    Workflow,
    read_workflow,
)

HOUR = timedelta(hours=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
NEW, WAITING, DONE = Status("new", "new"), Status("waiting", "pending"), Status("done", "solved")
LOW, HIGH = Priority("p2", 2), Priority("p1", 1)
URGENT = Field("priority").is_("p1")


def flow(*rows):
    more = (Transition("ask", "new", "waiting"), Transition("answer", "waiting", "new"))
    return Workflow(
        name="w",
        statuses=(NEW, WAITING, DONE),
        initial="new",
        transitions=(*rows, *more, Transition("solve", ("new", "waiting"), "done")),
    )


def event(kind, hours, role="agent", **more):
    return kind(ticket_id="T1", at=NINE + hours * HOUR, role=role, **more)


def created(**fields):
    return event(Created, 0, "customer", fields={"status": NEW, "priority": LOW, **fields})


def changed(hours, role="agent", **fields):
    return event(Changed, hours, role, fields=fields)


def said(hours, role="agent", *, public=True, **more):
    return event(Message, hours, role, public=public, **more)


def due(row, log, hours):
    """Hours, stay and stretch of every moment of one row, asked so many hours later."""
    agenda = flow(row).agenda(log, as_of=NINE + hours * HOUR)
    return [((m.at - NINE) / HOUR, *m.key[4:]) for m in agenda]


def close(**more):
    return Transition("close", ("new", "waiting"), "done", **{"after": 4 * HOUR, **more})


# Guards over time.


def test_a_guard_that_never_holds_brings_no_moment():
    assert due(close(guard=URGENT), [created()], 1) == []


def test_guards_are_asked_as_role_system():
    assert due(close(guard=Field("role").is_("agent")), [created()], 1) == []
    assert due(close(guard=Field("role").is_("system")), [created()], 1) == [(4, 1, 1)]


def test_a_moment_is_dated_no_earlier_than_its_guard_holds():
    log = [created(), changed(6, priority=HIGH)]
    assert due(close(guard=URGENT), log, 5) == []
    assert due(close(guard=URGENT), log, 6) == [(6, 1, 1)]


def test_what_a_stretch_did_not_fire_is_gone_and_what_it_fired_stays():
    log = [created(priority=HIGH), changed(2, priority=LOW), changed(5, priority=HIGH)]
    assert due(close(guard=URGENT), log, 1) == [(4, 1, 1)]
    assert due(close(guard=URGENT), log, 3) == []
    assert due(close(guard=URGENT), log, 5) == [(5, 1, 2)]
    log.append(changed(7, priority=LOW))
    assert due(close(guard=URGENT), log, 8) == [(5, 1, 2)]


def test_a_guard_that_stops_to_hold_at_the_moment_comes_in_time():
    log = [created(priority=HIGH), changed(4, priority=LOW)]
    assert due(close(guard=URGENT), log, 9) == []


def test_what_holds_between_two_events_of_one_instant_never_held():
    log = [created(), changed(5, priority=HIGH), changed(5, priority=LOW)]
    assert due(close(guard=URGENT), log, 9) == []
    log = [created(priority=HIGH), changed(2, priority=LOW), changed(2, priority=HIGH)]
    assert due(close(guard=URGENT), log, 2) == [(4, 1, 1)]
    log = [created(), changed(2, status=WAITING), changed(2, status=NEW)]
    assert due(close(), log, 3) == [(4, 1, 1)]


def test_a_guard_that_waits_for_an_instant_is_dated_there():
    later = Field("at").after(NINE + 6 * HOUR)
    assert due(close(guard=~Field("at").before(NINE + 6 * HOUR)), [created()], 1) == [(6, 1, 1)]
    (moment,) = flow(close(guard=later)).agenda([created()], as_of=NINE)
    assert moment.at == NINE + 6 * HOUR + timedelta(microseconds=1)
    early = Field("at").before(NINE + 3 * HOUR)
    assert due(close(guard=early), [created()], 1) == []


IN_HOURS = Field("at").open_in(OFFICE)


def test_a_guard_that_asks_of_hours_is_dated_where_they_open():
    """Due at 19:00, allowed on the next morning: the moment was lost."""
    row = close(guard=IN_HOURS, after=10 * HOUR)
    assert due(row, [created()], 1) == [(24, 1, 1)]
    at_night = [created(), changed(12, priority=HIGH), changed(13, priority=LOW)]
    assert due(row, at_night, 14) == [(24, 1, 1)]
    assert due(row, at_night, 30) == [(24, 1, 1)]
    assert due(row, [created(), changed(20, status=WAITING)], 21) == [(30, 1, 1)]
    assert due(row, [created(), changed(24, "system", status=DONE)], 30) == []
    assert due(close(guard=~IN_HOURS), [created()], 1) == [(8, 1, 1)]
    late = [created(), changed(12, priority=HIGH)]
    assert due(close(guard=URGENT & IN_HOURS), late, 13) == [(24, 1, 1)]
    assert due(close(guard=URGENT & IN_HOURS), [created()], 13) == []


def test_a_guard_that_asks_of_hours_that_never_come_brings_no_moment():
    never = Field("at").open_in(BusinessCalendar.weekly({}, tz="UTC"))
    assert due(close(guard=never), [created()], 1) == []
    assert due(close(guard=IN_HOURS & ~IN_HOURS), [created()], 1) == []


def test_decide_does_at_the_moment_what_the_agenda_says():
    workflow = flow(close(guard=IN_HOURS, after=10 * HOUR))
    (moment,) = workflow.agenda([created()], as_of=NINE)
    ask = {"action": "close", "actor": Actor("system")}
    with pytest.raises(TransitionRefused):
        workflow.decide(replay([created()]), at=moment.at - HOUR, **ask)
    assert workflow.decide(replay([created()]), at=moment.at, **ask)


def test_a_moment_of_which_decide_makes_nothing_is_none():
    silent = Transition("look", "new", after=4 * HOUR)
    assert due(silent, [created()], 1) == []
    too_late = close(within=2 * HOUR)
    assert due(too_late, [created()], 1) == []
    assert due(close(within=4 * HOUR), [created()], 1) == [(4, 1, 1)]
    follows = Transition("again", "new", after=4 * HOUR, effects=(FollowUp(),))
    assert due(follows, [created()], 1) == [(4, 1, 1)]


# Stays and answers.


def test_each_stay_is_another_moment():
    log = [created(), changed(5, status=WAITING), changed(6, status=NEW)]
    agenda = flow(close()).agenda(log, as_of=NINE + 7 * HOUR)
    assert [((m.at - NINE) / HOUR, m.key[3:]) for m in agenda] == [
        (4, ("new", 1, 1)),
        (10, ("new", 2, 1)),
    ]


def test_an_answered_moment_leaves_the_agenda_whoever_answered():
    workflow = flow(close())
    log = [created()]
    made = workflow.decide(replay(log), "close", actor=Actor("agent", "ann"), at=NINE + 9 * HOUR)
    assert due(close(), log, 8) == [(4, 1, 1)]
    assert due(close(), [*log, *made], 9) == []
    other = changed(9, status=DONE, priority=HIGH)
    assert due(close(), [*log, other], 9) == [(4, 1, 1)]


def test_one_of_the_events_is_answer_enough():
    ask = close(effects=(Ask("csat"), Put({"topic": "late"})))
    by_hand = changed(6, status=DONE, topic="late")
    assert due(ask, [created(), by_hand], 6) == []


def test_a_reminder_is_answered_by_a_message_and_comes_back_with_its_anchor():
    remind = Transition(
        "nudge", "new", after=2 * HOUR, anchor=LastMessage("agent"), effects=(Say(public=True),)
    )
    log = [created(), said(1)]
    assert due(remind, log, 1) == [(3, 1, 1)]
    assert due(remind, [*log, said(3, "system")], 3) == []
    assert due(remind, [*log, said(4)], 4) == [(6, 1, 2)]
    assert due(remind, [*log, said(2)], 2) == [(4, 1, 2)]


# Anchors and lengths.


def test_closing_counts_from_the_last_message_of_a_role():
    row = close(anchor=LastMessage("agent"))
    log = [created(), said(1), changed(2, status=WAITING), said(3)]
    assert due(row, log[:1], 1) == []
    assert due(row, log[:3], 2) == [(5, 1, 1)]
    assert due(row, log, 3) == [(7, 1, 2)]
    unseen = [said(4, public=False), said(5, "customer"), said(6, basis="merge")]
    assert due(row, [*log, *unseen], 6) == [(7, 1, 2)]


def test_the_creation_is_a_message_of_its_customer():
    row = close(anchor=LastMessage("customer"))
    assert due(row, [created()], 1) == [(4, 1, 1)]
    assert due(row, [event(Created, 0, "agent", fields={"status": NEW})], 1) == []


def test_a_message_long_before_the_stay_is_due_where_the_stay_begins():
    row = Transition("close", "waiting", "done", after=4 * HOUR, anchor=LastMessage("agent"))
    assert due(row, [created(), said(1), changed(9, status=WAITING)], 9) == [(9, 1, 1)]


def test_auto_close_after_the_last_message_over_a_clock_change():
    paris = BusinessCalendar.always("Europe/Paris")
    row = Transition(
        "close",
        "waiting",
        "done",
        after=5 * 24 * HOUR,
        anchor=LastMessage("agent"),
        calendar=paris,
    )
    asked = datetime.fromisoformat("2025-10-21T10:00+02:00")
    log = [
        Created(ticket_id="T1", at=asked - 25 * HOUR, role="customer", fields={"status": NEW}),
        Message(ticket_id="T1", at=asked, role="agent", public=True),
        Changed(ticket_id="T1", at=asked, role="agent", fields={"status": WAITING}),
        Message(ticket_id="T1", at=asked + 72 * HOUR, role="agent", public=True),
    ]
    agenda = flow(row).agenda(log, as_of=log[-1].at)
    assert agenda.next_at == datetime.fromisoformat("2025-10-29T09:00+01:00")


@pytest.mark.parametrize(
    ("after", "hours"),
    [
        (4 * HOUR, 4),
        (9 * HOUR, 25),
        (WorkingDays(2), 48),
        (WorkingDays(2, end_of_day=True), 56),
        (WorkingDays(0, end_of_day=True), 8),
        (WorkingDays(1, rule="through_nth_date"), 8),
    ],
)
def test_lengths_in_open_time_and_in_working_days(after, hours):
    assert due(close(after=after, calendar=OFFICE), [created()], 1) == [(hours, 1, 1)]


def test_within_counts_in_the_calendar_that_is_given():
    row = Transition("reopen", "waiting", "new", within=4 * HOUR, calendar=OFFICE)
    log = [created(), changed(6, status=WAITING)]
    ticket = replay(log)
    options = {"actor": Actor("agent"), "at": NINE + 26 * HOUR}
    assert flow(row).decide(ticket, "reopen", **options)
    wall = Transition("reopen", "waiting", "new", within=4 * HOUR)
    with pytest.raises(TransitionRefused, match="allowed within 4h only"):
        flow(wall).decide(ticket, "reopen", **options)


def test_reasons_say_the_length_in_words():
    for after, text in (
        (4 * HOUR, "'close' is due 4h after 'new' began"),
        (WorkingDays(1), "'close' is due 1 working day after 'new' began"),
        (WorkingDays(0, end_of_day=True), "the rest of the business day after 'new' began"),
    ):
        (moment,) = flow(close(after=after, calendar=OFFICE)).agenda([created()], as_of=NINE)
        assert text in str(moment.reason)
    row = close(anchor=LastMessage("customer"))
    (moment,) = flow(row).agenda([created()], as_of=NINE)
    assert str(moment.reason) == "'close' is due 4h after the last message of role customer"


@pytest.mark.parametrize(
    "more",
    [
        {"anchor": LastMessage("agent")},
        {"calendar": OFFICE},
        {"after": WorkingDays(2)},
        {"after": 5},
        {"within": WorkingDays(2), "calendar": OFFICE},
        {"after": HOUR, "anchor": "agent"},
        {"after": 0 * HOUR},
    ],
)
def test_a_part_that_would_mean_nothing_is_refused(more):
    with pytest.raises(InvalidValue):
        Transition("close", "new", "done", **more)


def test_an_unknown_role_is_refused():
    with pytest.raises(InvalidEvent):
        LastMessage("boss")


def test_a_ticket_alone_does_not_know_its_past():
    with pytest.raises(InvalidValue, match="give the ticket's events"):
        flow(close()).agenda(replay([created()]), as_of=NINE)


def test_before_the_creation_nothing_comes_due():
    assert len(flow(close()).agenda([created()], as_of=NINE - HOUR)) == 0


@pytest.mark.parametrize(
    "row",
    [
        close(anchor=LastMessage("agent")),
        close(anchor=Entering(), calendar=OFFICE),
        close(after=WorkingDays(2, end_of_day=True), calendar=OFFICE),
        close(after=WorkingDays(1, rule="keep_time"), calendar=OFFICE),
    ],
)
def test_timers_are_written_and_read_back(row):
    workflow = flow(row)
    assert read_workflow(write(WORKFLOW, workflow, "workflow")) == workflow


# Waits that were given an end.


def waits(log, hours):
    agenda = flow().agenda(log, as_of=NINE + hours * HOUR)
    return [((m.at - NINE) / HOUR, *m.key[2:]) for m in agenda]


def wait(hours, until, **fields):
    return event(Changed, hours, fields=fields, until=NINE + until * HOUR)


def test_a_wait_that_ended_stays_and_one_that_was_moved_does_not():
    log = [created(), wait(1, 5, status=WAITING)]
    assert waits(log, 1) == [(5, "pending_until", "waiting", 1, 1)]
    assert waits([*log, wait(2, 7)], 2) == [(7, "pending_until", "waiting", 1, 2)]
    assert waits([*log, wait(5, 7)], 5) == [(7, "pending_until", "waiting", 1, 2)]
    assert waits([*log, wait(6, 7)], 6) == [
        (5, "pending_until", "waiting", 1, 1),
        (7, "pending_until", "waiting", 1, 2),
    ]
    assert waits([*log, changed(4, status=NEW)], 9) == []
    assert waits([*log, changed(6, status=NEW)], 9) == [(5, "pending_until", "waiting", 1, 1)]


def test_a_wait_that_was_over_when_given_ends_at_once():
    assert waits([created(), wait(3, 1, status=WAITING)], 3) == [
        (3, "pending_until", "waiting", 1, 1)
    ]
