"""An offer nobody took is no work: neither the place in the queue nor the owner moves."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_model.events import Changed, Created, Message
from support_model.lines import Agent, Capacity
from support_model.routing import AgentState, Routing, assign_backlog, route, ticket_in_queue
from support_model.tickets import holdings, steps
from support_model.vocabulary import Status

TEN = datetime(2026, 3, 4, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NEW = {"status": Status("new", "new"), "channel": "chat"}


def created(ticket="kim", at=0, **fields):
    return Created(ticket_id=ticket, at=TEN + at * SECOND, role="customer", fields=NEW | fields)


def given_to(agent, at, role="system", ticket="kim", **more):
    fields = {"agent": agent}
    return Changed(ticket_id=ticket, at=TEN + at * SECOND, role=role, fields=fields, **more)


def wrote(actor, at, role="agent"):
    return Message(ticket_id="kim", at=TEN + at * SECOND, role=role, actor=actor, public=True)


def offers(*log):
    return [stay.agent for stay in holdings(steps([created(), *log])) if stay.offer]


def test_what_makes_an_offer():
    taken_back = given_to(None, 25)
    assert offers(given_to("ann", 5), taken_back) == ["ann"]
    assert offers(given_to("ann", 5, role="bot"), given_to("bob", 25)) == ["ann"]
    assert offers(given_to("ann", 5)) == []  # it lasts: she may still take it
    assert offers(given_to("ann", 5), wrote("ann", 6), taken_back) == []
    assert offers(given_to("ann", 5), wrote(None, 6), taken_back) == []  # nobody else had it
    assert offers(given_to("ann", 5), wrote("bob", 6), taken_back) == ["ann"]
    assert offers(given_to("ann", 5), wrote("cat", 6, "customer"), taken_back) == ["ann"]
    assert offers(given_to("ann", 5, role="agent", actor="lead"), taken_back) == []
    assert offers(given_to("ann", 5), given_to("bob", 9, role="agent", actor="ann")) == []


def test_who_waited_longest_is_served_first():
    kim = [created(), given_to("ann", 5), given_to(None, 25)]
    lee = [created("lee", 20)]
    now = TEN + 26 * SECOND
    queue = [
        ticket_in_queue(kim, as_of=now, exclude={"ann": "no answer"}),
        ticket_in_queue(lee, as_of=now),
    ]
    found = assign_backlog(
        queue, [Agent(id="bob", capacity=Capacity(1))], {}, Routing(), as_of=now
    )
    assert [item.queued_at - TEN for item in queue] == [0 * SECOND, 20 * SECOND]
    assert {ticket: who for ticket, who in found.assigned.items() if who} == {"kim": "bob"}


def test_who_was_only_offered_it_is_no_owner():
    log = [created(), given_to("ann", 5), given_to(None, 25)]
    now = TEN + 26 * SECOND
    item = ticket_in_queue(log, as_of=now)
    assert item.owner is None
    states = {"ann": AgentState(last_assigned_at=TEN + 5 * SECOND)}
    found = route(
        item,
        [Agent(id="ann"), Agent(id="bob")],
        states,
        Routing(sticky=timedelta(hours=1)),
        as_of=now,
    )
    assert found.agent == "bob"


def test_who_had_it_before_the_offer_keeps_it():
    log = [created(), given_to("ann", 1), wrote("ann", 2), given_to(None, 10)]
    log += [given_to("bob", 12), given_to(None, 30)]
    item = ticket_in_queue(log, as_of=TEN + 40 * SECOND)
    assert (item.owner.agent, item.queued_at) == ("ann", TEN + 10 * SECOND)


stays = st.lists(st.sampled_from(["ann", "bob", None]), max_size=6)


@given(stays, stays)
def test_offers_in_between_change_nothing(first, later):
    """A log in which a system hands out and takes back is that log without it."""
    real = [given_to(agent, 10 * i + 10, role="agent") for i, agent in enumerate([*first, None])]
    handed = [given_to(agent, 10 * i + 200) for i, agent in enumerate([*later, None])]
    end = TEN + 900 * SECOND
    with_offers, without = (
        ticket_in_queue([created(), *log], as_of=end) for log in ([*real, *handed], real)
    )
    assert (with_offers.queued_at, with_offers.owner) == (without.queued_at, without.owner)
