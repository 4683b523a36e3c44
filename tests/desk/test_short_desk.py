"""The short desk that ships says in sixty lines what its long form says in many hundreds."""

import json
import tomllib
from datetime import UTC, datetime, timedelta

import attrs
import jsonschema
import pytest

from support_model import _records as doc
from support_model import closures
from support_model._cli.preset_commands import desk_text
from support_model._files.schemas import SHAPES
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.desk import Desk
from support_model.escalation import AckMissing, EscalationRule, Plan, Repeat, Step, Threshold
from support_model.instants import Span
from support_model.lines import Agent, Capacity, Skill, SupportLine
from support_model.oncall import Every, Layer, OnCall
from support_model.patterns import ALWAYS, Field
from support_model.routing import Need, Queue, Routing, TriageRule
from support_model.serde import dump_desk, load_desk, schema
from support_model.sla import FIRST_RESPONSE, METRICS, RESOLUTION, SlaPolicy, Target
from support_model.vocabulary import Priority, Status
from support_model.workflows import SIX_STEP, Ask, Transition

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
YEARS = [2026, 2027, 2028]
URGENT, HIGH, NORMAL, LOW = (
    Priority(name, rank) for rank, name in enumerate(("urgent", "high", "normal", "low"), 1)
)


@pytest.fixture
def desk(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(desk_text("two_offices"), "utf-8")
    return load_desk(path)


def calendars():
    berlin = closures.country("DE", subdivision="BE", years=YEARS, eves=2 * HOUR)
    berlin |= closures.days(["12-24", "12-31"], years=YEARS)
    week = {"mon-thu": "08:00-18:00", "fri": "08:00-16:00"}
    offices = {
        name: BusinessCalendar.weekly(week, tz="Europe/Berlin", holidays=holidays)
        for name, holidays in (
            ("berlin", berlin),
            ("munich", closures.country("DE", subdivision="BY", years=YEARS)),
        )
    }
    return {**offices, "both": offices["berlin"] | offices["munich"]}


def policies(both):
    def target(metric, within, priority=None, *warn_at):
        when = ALWAYS if priority is None else Field("priority").is_(priority.name)
        return Target(metric=metric, within=within, calendar=both, when=when, warn_at=warn_at)

    def promised(share):
        return [
            target(FIRST_RESPONSE, 30 * MINUTE * share, URGENT, 0.5, 0.75),
            target(FIRST_RESPONSE, 2 * HOUR * share, HIGH, 0.75),
            target(FIRST_RESPONSE, 8 * HOUR * share),
            target(RESOLUTION, 4 * HOUR * share, URGENT, 0.5, -30 * MINUTE),
            target(RESOLUTION, 8 * HOUR * share, HIGH, 0.75),
            target(RESOLUTION, WorkingDays(int(4 * share)), NORMAL),
            target(RESOLUTION, WorkingDays(int(10 * share))),
        ]

    gold = Field("organization").in_("acme", "globex")
    held = target(METRICS["ownership"], 4 * HOUR, None, 0.75)
    return [
        SlaPolicy(name="gold", targets=promised(0.5), when=gold),
        SlaPolicy(name="standard", targets=promised(1)),
        SlaPolicy(name="between teams", targets=[held], kind="ola"),
    ]


def workflow():
    """Return the six-step cycle, one row for another and one status more."""
    three_days = timedelta(days=3)
    close = Transition("close", "solved", "closed", after=three_days, effects=[Ask("csat")])
    rows = [close if row.action == "close" else row for row in SIX_STEP.transitions]
    rows += [
        Transition("ask_vendor", "in work", "at the vendor"),
        Transition("resume", "at the vendor", "in work"),
    ]
    statuses = [*SIX_STEP.statuses, Status("at the vendor", "on_hold")]
    return attrs.evolve(SIX_STEP, statuses=statuses, transitions=rows)


def agents(hours):
    def agent(name, line, office, units, *skills):
        return Agent(
            id=name,
            line=line,
            skills=[Skill(name=skill) for skill in skills],
            calendar=hours[office],
            capacity=Capacity(units=units),
            manager="mia",
        )

    return [
        agent("anna", 1, "berlin", 8, "german", "english"),
        agent("ben", 1, "munich", 8, "english", "network"),
        agent("clara", 2, "berlin", 5, "network", "database"),
        agent("david", 2, "munich", 5, "network", "database"),
        Agent(id="mia", line=None),
    ]


def triage():
    topic = Field("topic")
    return [
        TriageRule(
            name="outage",
            when=topic.contains("outage", "down"),
            sets={"type": "incident", "priority": URGENT, "line": 2},
        ),
        TriageRule(
            name="database",
            when=topic.contains("sql", "report"),
            sets={"technology": "database", "priority": HIGH, "line": 2},
        ),
        TriageRule(name="the rest", when=ALWAYS, sets={"priority": NORMAL, "line": 1}),
    ]


def long_desk():
    """Return the desk as Python says it, nothing left to a base or a ready name."""
    hours = calendars()
    page = Step(
        id="page",
        to="oncall:primary",
        anchor=AckMissing(),
        base="wall",
        repeat=Repeat(10 * MINUTE, times=2),
    )
    lead = Step(id="lead", to="manager:1", anchor=Threshold(0.75), level=2, kind="hierarchical")
    turn = Every(1, "weeks", handoff="mon 09:00")
    layer = Layer(["clara", "david"], start=datetime(2026, 1, 5, 9), tz="Europe/Berlin", form=turn)
    need = Queue(
        name="database",
        when=Field("technology").is_("database"),
        needs=[Need(skill="database")],
        line=2,
    )
    return Desk(
        name="support from two offices",
        channels=["phone", "email", "chat"],
        priorities=[URGENT, HIGH, NORMAL, LOW],
        calendars=hours,
        workflow=workflow(),
        policies=policies(hours["both"]),
        lines=[
            SupportLine(level=1, name="service desk", calendar=hours["both"]),
            SupportLine(level=2, name="product", calendar=hours["both"]),
        ],
        agents=agents(hours),
        triage=triage(),
        routing=Routing(queues=[need]),
        plans=[
            EscalationRule(
                Plan("urgent", [page, lead]), "resolution", when=Field("priority").is_("urgent")
            )
        ],
        oncall=[OnCall([layer], name="primary")],
    )


def lines_of(text):
    return [line for line in text.splitlines() if line.strip()]


def test_it_equals_its_long_form(desk):
    for part in attrs.fields(Desk):
        name = part.name
        wanted, found = getattr(long_desk(), name), getattr(desk, name)
        if name == "calendars":  # in no order
            wanted, found = dict(wanted), dict(found)
        assert found == wanted, name


def test_it_has_at_most_sixty_lines_and_its_full_data_many_hundreds(desk, tmp_path):
    assert len(lines_of(desk_text("two_offices"))) <= 60
    written = doc.write(SHAPES["desk"], desk, "desk")  # dates and workflow in full
    assert len(lines_of(json.dumps(written, indent=1))) > 1_500
    path = tmp_path / "dumped.toml"
    dump_desk(desk, path)
    assert load_desk(path) == desk
    assert len(lines_of(path.read_text("utf-8"))) < 600


def test_it_fits_the_schema():
    data = json.loads(json.dumps(tomllib.loads(desk_text("two_offices")), default=str))
    jsonschema.validate(data, schema("desk"))


def test_nothing_in_it_contradicts_itself_in_a_year(desk):
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert desk.lint(Span(start, start + timedelta(days=365))) == ()
