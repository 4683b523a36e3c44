"""One bare text where several names are asked for is refused, not read letter by letter."""

from datetime import UTC, date, datetime, timedelta

import pytest

from support_model.errors import SupportModelError
from support_model.escalation import Course, Plan, Start, Step, escalate
from support_model.lines import Agent
from support_model.oncall import Layer, OnCall
from support_model.routing import QueuedTicket, Routing, assign_backlog, route
from support_model.shifts import Duty, Post, shift_posts
from support_model.staffing import competence_coverage

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)
ANN = Agent(id="ann")


def waiting(**more):
    return QueuedTicket(id="T1", channel="chat", queued_at=NINE, **more)


def told(names):
    plan = Plan("page", [Step(id="first", to="desk", anchor=Start())])
    course = Course.of(ticket="T1", metric="page", start=NINE)
    return escalate(plan, course, lambda *_: names, as_of=NINE)


def loads(people):
    plan = OnCall([Layer(["ann"], start="2026-03-02 09:00", tz="UTC")])
    return plan.roster(NINE, TEN).loads(tz="UTC", people=people)


REFUSED = [
    lambda: Agent(id="ann", skills="sql"),
    lambda: Agent(id="ann", teams="net"),
    lambda: Agent(id="ann", capacity=["chat"]),
    lambda: waiting(needs="sql"),
    lambda: waiting(needs=[3]),
    lambda: waiting(exclude=["ann"]),
    lambda: Duty(person="ann", shift="day", start=NINE, end=TEN, skills="sql"),
    lambda: Post(shift="day", start=NINE, end=TEN, skills="sql"),
    lambda: shift_posts("day", "09:00-10:00", [date(2026, 3, 2)], tz="UTC", skills="sql"),
    lambda: competence_coverage([ANN], "sql", least=1, as_of=NINE),
    lambda: loads("ann"),
    lambda: told("ann"),
    lambda: told(None),
    lambda: route(waiting(), [ANN], [], Routing(), as_of=NINE),
    lambda: route(waiting(), [ANN], None, Routing(), as_of=NINE),
    lambda: route("T1", [ANN], {}, Routing(), as_of=NINE),
    lambda: assign_backlog([waiting()], [ANN], None, Routing(), as_of=NINE),
    lambda: assign_backlog(["T1"], [ANN], {}, Routing(), as_of=NINE),
]


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_what_is_not_several_is_refused(place):
    with pytest.raises(SupportModelError):
        REFUSED[place]()


def test_several_are_taken():
    assert told(["ann"]).firings[0].who == ("ann",)
    assert told([]).firings == ()
    assert waiting(needs=["sql"], exclude={"ann": "author"}).needs[0].skill == "sql"
    assert set(loads(["bob"])) == {"ann", "bob"}
