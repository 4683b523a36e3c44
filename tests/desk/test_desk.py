"""One value holds the rules of a desk, and says what is due under all of them."""

import pickle
from datetime import UTC, datetime, timedelta

from serde.golden_values import DESK

from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.sla import RESOLUTION, PolicyBook, SlaPolicy, Target, evaluate
from support_model.vocabulary import Actor
from support_model.workflows import INCIDENT

HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
DAY = SlaPolicy(
    name="day",
    targets=[Target(metric=RESOLUTION, within=timedelta(hours=8), calendar=HOURS, warn_at=[0.5])],
)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGENT = Actor("agent", "ann")


def solved():
    """A ticket solved in time, so that only its workflow has something to come."""
    fields = {"requester": "c1", "type": "incident", "agent": "ann"}
    log = [*INCIDENT.begin("T1", actor=AGENT, at=AT, fields=fields)]
    later = AT
    for action in ("assign", "resolve"):
        later += timedelta(minutes=10)
        ticket = evaluate(log, [], as_of=later).ticket
        log += INCIDENT.decide(
            ticket, action, actor=AGENT, at=later, fields={"priority": None, "group": "L1"}
        )
    return log


def test_the_agenda_joins_clocks_and_workflow():
    desk = Desk(workflow=INCIDENT, policies=DAY)
    log = INCIDENT.begin("T1", actor=AGENT, at=AT)
    result = evaluate(log, desk.policies, as_of=AT)
    clocks = {moment.key for moment in result.agenda}
    steps = {moment.key for moment in INCIDENT.agenda(log, as_of=AT)}
    assert {moment.key for moment in desk.agenda(result, log)} == clocks | steps
    assert desk.agenda(result, log).next_at == AT + timedelta(hours=4)


def test_the_workflow_alone_has_moments_of_its_own():
    desk = Desk(workflow=INCIDENT, policies=DAY)
    log = solved()
    result = evaluate(log, desk.policies, as_of=log[-1].at)
    kinds = [
        moment.kind
        for moment in desk.agenda(result, log).between(log[-1].at, AT.replace(year=2027))
    ]
    assert kinds == ["action_due"]
    assert "action_due" not in {moment.kind for moment in result.agenda}


def test_without_a_workflow_the_clocks_are_all():
    result = evaluate(INCIDENT.begin("T1", actor=AGENT, at=AT), DAY, as_of=AT)
    assert Desk(policies=DAY).agenda(result) == result.agenda


def test_policies_come_as_a_book_a_policy_or_several():
    book = PolicyBook([DAY])
    assert Desk(policies=book) == Desk(policies=DAY) == Desk(policies=[DAY])
    assert not Desk().policies.policies


def test_a_desk_is_a_value():
    assert pickle.loads(pickle.dumps(DESK)) == DESK  # noqa: S301 - our own
    assert hash(Desk(policies=DAY)) == hash(Desk(policies=[DAY]))
    given = {"office": HOURS}
    desk = Desk(calendars=given)
    given.clear()
    assert desk.calendars == {"office": HOURS}
