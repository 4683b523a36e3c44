"""Merges by example: the work moves to the other ticket, the past stays where it was."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from support_model.calendars import BusinessCalendar
from support_model.errors import ForeignEvent, MergeCycle
from support_model.events import Changed, Created, Message, Related
from support_model.lifecycle.merging import merged
from support_model.lifecycle.vocabulary import Status
from support_model.service_levels.metrics import NEXT_RESPONSE, RESOLUTION
from support_model.service_levels.policies import SlaPolicy, Target
from support_model.sla import evaluate

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOLD = SlaPolicy(
    name="gold",
    targets=[
        Target(metric=metric, within=timedelta(hours=4), calendar=BusinessCalendar.always())
        for metric in (NEXT_RESPONSE, RESOLUTION)
    ],
)


def at(hours):
    return START + timedelta(hours=hours)


def event(make, ticket, hours, role="agent", **more):
    return make(ticket_id=ticket, at=at(hours), role=role, **more)


def created(ticket, hours=0):
    return event(Created, ticket, hours, "customer", fields={"status": Status("open", "open")})


def says(ticket, hours, role="agent"):
    return event(Message, ticket, hours, role, public=True)


def into(ticket, hours, other):
    return event(Related, ticket, hours, kind="merged_into", other=other)


def numbered(*log):
    return [attrs.evolve(event, seq=seq) for seq, event in enumerate(log)]


def test_a_message_that_waited_waits_in_the_other_ticket_from_the_merge_on():
    first = [created("T1"), says("T1", 1), says("T1", 2, "customer"), into("T1", 3, "T2")]
    logs = merged({"T1": first, "T2": [created("T2", 0.5), says("T2", 1)]})
    assert logs["T1"] == tuple(first)
    *_, moved = logs["T2"]
    assert (moved.at, moved.role, moved.public) == (at(3), "customer", True)
    clock = evaluate(logs["T2"], GOLD, as_of=at(5))["next_response"]
    assert (clock.last.start, clock.due_at, clock.state) == (at(3), at(7), "running")


def test_the_merged_ticket_has_no_clocks_any_more():
    first = [created("T1"), says("T1", 1), says("T1", 2, "customer"), into("T1", 3, "T2")]
    logs = merged({"T1": first, "T2": [created("T2")]})
    for clock in evaluate(logs["T1"], GOLD, as_of=at(9)):
        assert (clock.state, clock.last.end, clock.was_breached) == ("cancelled", at(3), False)


def test_a_merge_in_the_instant_of_a_solution_takes_it_back():
    solved = event(Changed, "T1", 5, fields={"status": Status("solved", "solved")})
    log = numbered(created("T1"), solved, into("T1", 5, "T2"))
    clock = evaluate(log, GOLD, as_of=at(9))["resolution"]
    assert (clock.state, clock.breached, clock.was_breached) == ("cancelled", False, True)
    assert clock.last.earlier_breaches == (at(4),)


def test_what_is_written_later_is_read_in_the_other_ticket():
    note = event(Changed, "T1", 5, fields={"group": "billing"})
    first = [created("T1"), says("T1", 1), into("T1", 3, "T2"), says("T1", 4, "customer"), note]
    logs = merged({"T1": first, "T2": [created("T2"), says("T2", 1)]})
    assert logs["T1"] == (*first[:3], note)
    assert [found.at for found in logs["T2"]] == [at(0), at(1), at(4)]
    assert {found.ticket_id for found in logs["T2"]} == {"T2"}


def test_nothing_waits_where_all_was_answered():
    first = [created("T1"), says("T1", 1), into("T1", 3, "T2")]
    logs = merged({"T1": first, "T2": [created("T2")]})
    assert logs["T2"] == (created("T2"),)


def test_moved_messages_are_numbered_after_those_of_their_instant():
    first = numbered(created("T1"), says("T1", 2, "customer"), into("T1", 3, "T2"))
    second = numbered(created("T2"), says("T2", 1), says("T2", 3))
    *_, own, moved = merged({"T1": first, "T2": second})["T2"]
    assert (own, moved.at, moved.seq) == (second[-1], at(3), 3)


def test_a_chain_of_merges_ends_in_the_last_ticket():
    logs = merged(
        {
            "T1": [created("T1"), says("T1", 1, "customer"), into("T1", 2, "T2")],
            "T2": [created("T2"), says("T2", 1), into("T2", 4, "T3")],
            "T3": [created("T3"), says("T3", 1)],
        }
    )
    assert [found.at for found in logs["T2"]] == [at(0), at(1), at(2), at(4)]
    assert logs["T3"][-1].at == at(4)


def test_a_merge_into_a_ticket_that_is_not_given_moves_nothing():
    log = [created("T1"), says("T1", 1, "customer"), into("T1", 2, "T9")]
    assert merged({"T1": log}) == {"T1": tuple(log)}


def test_circles_and_foreign_logs_are_refused():
    with pytest.raises(MergeCycle):
        merged(
            {
                "T1": [created("T1"), into("T1", 1, "T2")],
                "T2": [created("T2"), into("T2", 2, "T1")],
            }
        )
    with pytest.raises(ForeignEvent):
        merged({"T1": [created("T2")]})
