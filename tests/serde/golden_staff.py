"""What the golden files of a complete desk hold, written as values."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from attrs import evolve
from serde.golden_values import DESK, HOUR, NIGHTS, OFFICE

from support_model._escalation.plans import Edition, PlanHistory
from support_model._oncall.windows import daily, weekly
from support_model.escalation import (
    AckMissing,
    EscalationRule,
    LineTimeout,
    Plan,
    Repeat,
    Start,
    Step,
    Threshold,
)
from support_model.instants import Span
from support_model.lines import Agent, CallOut, Capacity, Skill, SupportLine
from support_model.oncall import (
    Absence,
    ByRule,
    ByWorkedDates,
    Every,
    Layer,
    OnCall,
    Override,
    Swap,
)
from support_model.patterns import ALWAYS, Field
from support_model.routing import Fallback, Need, Queue, RateLimit, Relax, Routing, TriageRule
from support_model.vocabulary import Priority

MINUTE = timedelta(minutes=1)


def day(number, month=3):
    return datetime(2026, month, number, tzinfo=UTC)


LINES = [
    SupportLine(
        level=1,
        name="service desk",
        duties=("register", "classify"),
        qualifications=("product",),
        zone="all that comes in",
        calendar=OFFICE,
    ),
    SupportLine(level=2, calendar=NIGHTS | OFFICE),
    SupportLine(
        level=4,
        name="vendor",
        call_out=CallOut(
            within=4 * HOUR, calendar=OFFICE, fee=150.5, per_hour=Fraction(200, 3), least=HOUR
        ),
    ),
]
AGENTS = [
    Agent(
        id="ann",
        skills=[
            "product",
            Skill(name="sap", level=3, expires=date(2026, 12, 31)),
            Skill(name="english", expires=datetime(2027, 1, 31, 12, tzinfo=UTC)),
        ],
        teams=["billing", "erp"],
        calendar=OFFICE,
        capacity=Capacity(6.5, {"chat": 3, "phone": 0}),
        absences=[Span(day(2), day(9)), Span(day(1, 12))],
        manager="mia",
    ),
    Agent(id="bob", line=2, capacity=Capacity(Fraction(7, 3)), calendar=DESK.calendars["depot"]),
    Agent(id="mia", line=None, manager="zoe"),
]
TRIAGE = [
    TriageRule(
        name="vpn",
        when=Field("topic").contains("vpn", "tunnel") & ~Field("channel").is_("phone"),
        sets={
            "technology": "network",
            "line": 2,
            "priority": Priority("urgent", 1),
            "agent": None,
            "tags": ["net"],
            "custom.until": day(5),
        },
    ),
    TriageRule(name="rest", when=ALWAYS, sets={"line": 1}),
]
ROUTING = Routing(
    strategy="longest_idle",
    sticky=24 * HOUR,
    relax=[
        Relax(10 * MINUTE, lower={"sap": 1, "english": 0}),
        Relax(HOUR, drop=["english"]),
    ],
    fallback=[Fallback(30 * MINUTE, 2, of=1), Fallback(2 * HOUR, 4)],
    rate_limit=RateLimit(10, HOUR),
    count="timer_on",
    fit="highest",
    weights={"phone": 4, "chat": Fraction(1, 3), "email": 0.5},
    queues=[
        Queue(
            name="erp",
            when=Field("technology").is_("sap"),
            needs=["product", Need("sap", 2), Need("english", required=False)],
            line=1,
            team="erp",
        ),
        Queue(name="rest", when=ALWAYS),
    ],
)
PAGE = Step(id="page", to="oncall:primary", anchor=AckMissing(), base="wall")
PLANS = [
    EscalationRule(
        Plan(
            "urgent",
            [
                evolve(PAGE, repeat=Repeat(15 * MINUTE, 3)),
                Step(
                    id="boss",
                    to="manager:2",
                    anchor=AckMissing("page"),
                    after=HOUR,
                    base="wall",
                    level=2,
                    kind="hierarchical",
                ),
                Step(id="again", to="line:service desk", repeat=Repeat(HOUR), until="ack"),
                Step(id="early", to="group:erp", after=-HOUR),
                Step(id="third", to="user:zoe", anchor=Threshold(Fraction(1, 3))),
                Step(id="half", to="assignee", anchor=Threshold(0.5)),
                Step(id="begin", to="line:2", anchor=Start(), kind="functional"),
                Step(id="stuck", to="line:2", anchor=LineTimeout("1"), after=2 * HOUR, level=3),
            ],
        ),
        "resolution",
        when=Field("priority").is_("urgent"),
    ),
    EscalationRule(
        PlanHistory(
            [Edition(Plan("teams", [PAGE])), Edition(Plan("teams", [PAGE]), day(1, 6))], "live"
        ),
        "ownership",
        kind="ola",
    ),
]
ONCALL = [
    OnCall(
        [
            Layer(
                ["ann", ["bob", "mia"]],
                start="2026-03-02 09:00",
                tz="Europe/Berlin",
                form=Every(2, "days", handoff="09:30", duration=36 * HOUR),
                windows={"mon-thu": "18:00-09:00"},
            ),
            Layer(
                ["mia"],
                start="2026-03-02 00:00:00.5",
                tz="America/Havana",
                form=ByRule("FREQ=MONTHLY;BYDAY=1MO;COUNT=5", 48 * HOUR),
                active_from="2026-03-03 00:00",
                until="2026-09-01 00:00",
                priority=-1,
            ),
            Layer(
                ["bob", "ann"],
                start="2026-03-02 00:00",
                tz="Australia/Lord_Howe",
                form=ByWorkedDates(5),
                windows=[weekly("fri 18:00", "mon 09:00"), daily("wed", "22:00-06:30")],
            ),
        ],
        overrides=[Override("zoe", Span(day(9), day(10)))],
        swaps=[
            Swap("ann", "bob", span=Span(day(3), day(4)), back=Span(day(10), day(11))),
            Swap("mia", "ann", span=Span(day(20))),
        ],
        absences=[Absence("bob", Span(day(6), day(7))), Absence("mia", Span(day(1, 9)))],
        when_away="next",
        same_priority="union",
        name="primary",
    ),
    OnCall([Layer(["zoe"], start="2026-03-02 00:00", tz="UTC")], name="back up"),
]
COMPLETE = evolve(
    DESK,
    channels=("chat", "email", "phone"),
    lines=LINES,
    agents=AGENTS,
    triage=TRIAGE,
    routing=ROUTING,
    plans=PLANS,
    oncall=ONCALL,
)
