"""Answers of every kind, as the tests of plain forms write them."""

from datetime import UTC, datetime, timedelta

from serde.golden_values import DESK, LOG

from support_model.agenda import Agenda, Moment
from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message
from support_model.instants import Span
from support_model.lines import Agent
from support_model.patterns import Field
from support_model.reasons import Reason
from support_model.routing import QueuedTicket, Routing, route
from support_model.sla import RESOLUTION, SlaPolicy, Target, breach_queue, evaluate
from support_model.tickets import replay
from support_model.vocabulary import Priority, Status
from support_model.workflows import INCIDENT

AT = datetime(2026, 3, 25, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin", name="office")
GOLD = SlaPolicy(
    name="gold",
    targets=[Target(metric=RESOLUTION, within=4 * HOUR, calendar=OFFICE, warn_at=[0.75])],
)
WAITS, WORKS = Status("awaiting user", "pending"), Status("in progress", "open")


def _event(kind, hours, role, **parts):
    return kind(ticket_id="T1", at=AT + hours * HOUR, role=role, **parts)


STORY = [
    _event(Created, 0, "customer", fields={"status": Status("new", "new")}),
    _event(Message, 0.5, "agent", public=True),
    _event(Changed, 1, "agent", fields={"status": WAITS}),
    _event(Changed, 2, "customer", fields={"status": WORKS}),
]
"""One hour counted, one paused; due at 17:00 in Berlin's winter time."""
RESULT = evaluate(STORY, GOLD, as_of=AT + 3 * HOUR)
REOPENED = evaluate(
    [
        *STORY,
        _event(Changed, 3, "agent", fields={"status": Status("resolved", "solved")}),
        _event(Changed, 4, "customer", fields={"status": WORKS}),
    ],
    GOLD,
    as_of=AT + 30 * HOUR,
)
URGENT = Target(
    metric=RESOLUTION,
    within=HOUR,
    calendar=OFFICE,
    when=Field("priority_rank").is_(1),
    on_change="restart",
)
RAISED = evaluate(
    [*STORY, _event(Changed, 3, "agent", fields={"priority": Priority("urgent", 1)})],
    SlaPolicy(name="gold", targets=[URGENT, *GOLD.targets]),
    as_of=AT + 3.5 * HOUR,
)
"""A count of two hours, which a target that restarts replaced."""
EVERY = evaluate(LOG, DESK.policies, as_of=datetime(2026, 3, 20, 9, tzinfo=UTC))
PEOPLE = [Agent(id="ann", skills=["sap"]), Agent(id="bob"), Agent(id="cid", absences=[Span(AT)])]
TICKET = QueuedTicket(id="T1", channel="chat", queued_at=AT, needs=["sap"])
TAKEN = route(TICKET, PEOPLE, {}, Routing(), as_of=AT)
MOMENT = Moment(
    at=AT,
    key=("T1", "sla", 1),
    kind="notify",
    subject="T1",
    reason=Reason.of("excluded", by=Reason.of("holiday", name="Eid")),
    action="close",
    recipients=["ann", "bob"],
    metric="resolution",
    policy="gold",
    plan="late",
    level=2,
)
ANSWERS = [
    *(RESULT, REOPENED, RAISED, EVERY, TAKEN, MOMENT),
    DESK.agenda(EVERY, LOG),
    Agenda([MOMENT], as_of=AT, known_until=AT + HOUR),
    *(result["resolution"].explain() for result in (RESULT, REOPENED)),
    *RAISED["resolution"].cycles[0].counts,
    *breach_queue([RESULT]),
    *INCIDENT.allowed(replay(STORY)),
    Reason.of("not_in", field="tags", found=("a", "b"), value=None, share=0.5, flag=True, n=3),
]
