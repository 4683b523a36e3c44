"""What the golden files of version 1 hold, written as values."""

from datetime import UTC, date, datetime, timedelta

from support_model import closures
from support_model._sla.metrics import OWNERSHIP
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.desk import Desk
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.instants import Span
from support_model.patterns import Field, fact
from support_model.sla import (
    FIRST_RESPONSE,
    RESOLUTION,
    Metric,
    PolicyBook,
    SlaPolicy,
    Target,
)
from support_model.vocabulary import Priority, Status
from support_model.workflows import Ask, Cascade, FollowUp, Put, Relate, Say, Transition, Workflow

HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly(
    {"mon-thu": "09:00-12:00, 13:00-17:00", "fri": "09:00-15:00"},
    tz="Europe/Berlin",
    holidays=closures.days({"2026-12-24": "Christmas Eve"}),
    dates={date(2026, 12, 31): "09:00-12:00"},
    breaks={"wed": "10:00-10:15", date(2026, 4, 1): "09:00-09:30"},
)
ALWAYS = BusinessCalendar.always("Asia/Tokyo")
NIGHTS = BusinessCalendar.rotating(
    [{"mon-sun": "22:00-06:00"}, {"sat": "10:00-14:00"}],
    anchor=date(2026, 3, 2),
    tz="America/New_York",
)
DEPOT = (
    ((OFFICE | NIGHTS) & ALWAYS)
    .without([Span(datetime(2026, 5, 1, tzinfo=UTC))], reason="moved")
    .replaced(datetime(2026, 6, 1, tzinfo=UTC), ALWAYS - OFFICE)
)
CALLBACK = Metric(
    name="callback",
    start=Field("tags").contains("callback")
    | Field("custom.until").before(datetime(2027, 1, 1, tzinfo=UTC)),
    stop=fact("replied"),
    pause=~Field("category").in_("new", "open"),
    reset=Field("changed").contains("priority"),
    after_stop="again",
)
URGENT = Field("priority").is_("urgent")
WORKFLOW = Workflow(
    name="small",
    initial=("new", "triage"),
    statuses=(
        Status("new", "new"),
        Status("triage", "new"),
        Status("work", "open"),
        Status("waiting", "pending"),
        Status("done", "solved"),
        Status("shut", "closed"),
        Status("junk", "void"),
    ),
    transitions=(
        Transition("take", ("new", "triage"), "work", guard=Field("agent").has()),
        Transition(
            "ask",
            "work",
            "waiting",
            effects=(
                Say(public=True),
                Say(public=False),
                Put({"agent": None, "line": 2, "tags": ["a"]}),
            ),
        ),
        Transition("resume", "waiting", "work", guard=Field("role").is_("customer")),
        Transition("solve", "work", "done", effects=(Ask("nps"), Cascade("solve"))),
        Transition("reopen", "done", "work", within=72 * HOUR),
        Transition("close", "done", "shut", after=16 * HOUR, calendar=OFFICE),
        Transition("follow", "shut", effects=(FollowUp(),)),
        Transition("merge", ("new", "work"), "junk", effects=(Relate("merged_into"),)),
    ),
)
GOLD = SlaPolicy(
    name="gold",
    version="2",
    when=Field("organization").in_("acme", "globex") & ~Field("channel").is_("chat"),
    targets=(
        Target(metric=FIRST_RESPONSE, within=HOUR, calendar=OFFICE, when=URGENT),
        Target(
            metric=FIRST_RESPONSE,
            within=4 * HOUR,
            calendar=OFFICE,
            warn_at=(0.5, 0.75, -HOUR / 4, HOUR),
            on_change="forward",
        ),
        Target(metric=RESOLUTION, within=WorkingDays(2, end_of_day=True), calendar=OFFICE),
        Target(metric=CALLBACK, within=2 * HOUR, calendar=DEPOT, on_change="frozen"),
    ),
)
TEAMS = SlaPolicy(
    name="teams",
    kind="ola",
    targets=(Target(metric=OWNERSHIP, within=8 * HOUR, calendar=ALWAYS, on_change="restart"),),
)
DESK = Desk(
    name="golden",
    workflow=WORKFLOW,
    calendars={"office": OFFICE, "depot": DEPOT, "night shift": NIGHTS},
    policies=PolicyBook((GOLD, TEAMS), "most_specific"),
)

AT = datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=UTC)
WHO = {"ticket_id": "T-1", "at": AT, "role": "agent"}
LOG = [
    Created(
        ticket_id="T-1",
        at=AT,
        role="customer",
        actor="c1",
        fields={
            "status": Status("new", "new"),
            "priority": Priority("urgent", 1),
            "tags": ["vip", "callback"],
            "line": 1,
            "custom.until": AT,
            "custom.vip": True,
            "custom.note": "=1+1",
        },
    ),
    Message(**WHO, actor="a1", public=True, source_id="=m1"),
    Changed(**WHO, fields={"group": "L2", "agent": None}, until=AT + HOUR),
    Acknowledged(**WHO),
    Worked(**WHO, duration=1.5 * HOUR),
    Promised(**WHO, metric="resolution", due=AT + 2 * HOUR),
    Promised(**WHO, metric="resolution", due=None),
    RatingRequested(**WHO, kind="csat"),
    Rated(**WHO, kind="csat", score=4.5, scale=(1, 5)),
    Related(**WHO, kind="article", other="@kb/7"),
    PolicyApplied(**WHO, policy="gold", version="2"),
]
