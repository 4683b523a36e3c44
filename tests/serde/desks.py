"""Desks with people in them, drawn: every name that is used is borne by something."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from support_model._escalation.plans import Edition, PlanHistory
from support_model._oncall.windows import DutyWindow
from support_model._routing.rules import STRATEGIES
from support_model._time import DAY
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
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
from support_model.testing import patterns
from support_model.testing._calendar_strategies import ZONES

NAMES = st.text(min_size=1, max_size=6)
PERSON = st.sampled_from(["ann", "bob", "çid", "d e", 'q"u'])
SKILL = st.sampled_from(["sap", "sql", "été"])
CHANNEL = st.sampled_from(["chat", "phone", "e mail"])
LINE = st.sampled_from([1, 2, 4])
LENGTH = st.timedeltas(timedelta(microseconds=1), timedelta(days=40))
LENGTH_OR_NONE = st.none() | LENGTH
INSTANT = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
HOURS = (
    BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"}, tz="Europe/Berlin", holidays=[date(2026, 4, 3)]
    ),
    BusinessCalendar.always("Asia/Tokyo"),
)
NUMBER = st.one_of(
    st.integers(0, 99),
    st.floats(0, 99),
    st.fractions(0, 9, max_denominator=99).filter(lambda one: one != 0),
)


def some(strategy, most=3, **more):
    return st.lists(strategy, max_size=most, **more)


@st.composite
def spans(draw):
    start = draw(INSTANT)
    lasts = draw(LENGTH_OR_NONE)
    return Span(start, None if lasts is None else start + lasts)


def when():
    return st.one_of(st.sampled_from([ALWAYS, Field("topic").contains("vpn")]), patterns())


def lines(hours):
    terms = st.builds(
        CallOut, within=LENGTH, calendar=hours, fee=NUMBER, per_hour=NUMBER, least=LENGTH_OR_NONE
    )
    return st.builds(
        SupportLine,
        level=LINE,
        name=st.just("") | NAMES,
        duties=some(NAMES),
        qualifications=some(SKILL),
        zone=st.just("") | NAMES,
        calendar=hours,
        call_out=st.none() | terms,
        cost_per_hour=NUMBER,
    )


@st.composite
def agents(draw, hours):
    """Draw agents whose managers come after them, or are nobody's agent."""
    ids = draw(some(PERSON, 4, unique=True))
    expires = st.none() | INSTANT | st.dates(date(2026, 1, 1), date(2028, 1, 1))
    skill = st.builds(Skill, name=SKILL, level=st.integers(1, 4), expires=expires)
    capacity = st.builds(
        Capacity, st.none() | NUMBER, st.dictionaries(CHANNEL, st.integers(0, 5), max_size=2)
    )
    return [
        Agent(
            id=name,
            line=draw(st.none() | LINE),
            skills=draw(some(skill, unique_by=lambda one: one.name)),
            teams=draw(some(NAMES, 2)),
            calendar=draw(hours),
            capacity=draw(capacity),
            absences=draw(some(spans(), 2)),
            manager=draw(st.sampled_from([None, "boss", *ids[i + 1 :]])),
        )
        for i, name in enumerate(ids)
    ]


@st.composite
def routings(draw, skills, levels, teams):
    skill, line = st.sampled_from(skills), st.sampled_from(levels)
    need = st.builds(Need, skill, st.integers(1, 4), st.booleans())
    queue = st.builds(
        Queue,
        name=NAMES,
        when=when(),
        needs=some(need, 2),
        line=st.none() | line,
        team=st.sampled_from([None, *teams]),
    )
    relax = st.one_of(
        st.builds(
            Relax,
            LENGTH,
            lower=st.dictionaries(skill, st.integers(0, 3), min_size=1, max_size=2),
            drop=some(skill, 2),
        ),
        st.builds(Relax, LENGTH, drop=st.lists(skill, min_size=1, max_size=2)),
    )
    return Routing(
        strategy=draw(st.sampled_from(STRATEGIES)),
        sticky=draw(LENGTH_OR_NONE),
        relax=draw(some(relax, 2)),
        fallback=draw(some(st.builds(Fallback, LENGTH, line), 2)),
        rate_limit=draw(st.none() | st.builds(RateLimit, st.integers(0, 9), LENGTH)),
        count=draw(st.sampled_from(["open_new", "timer_on", "all"])),
        fit=draw(st.sampled_from(["closest", "highest"])),
        weights=draw(st.dictionaries(CHANNEL, NUMBER, max_size=3)),
        queues=draw(some(queue, 2)),
    )


def anchors(levels):
    share = st.one_of(
        st.floats(0.01, 3), st.integers(1, 3), st.fractions("1/9", 3, max_denominator=99)
    )
    return st.one_of(
        st.just(Start()),
        st.just(AckMissing()),
        st.builds(Threshold, share),
        st.sampled_from([str(level) for level in levels]).map(LineTimeout),
    )


@st.composite
def plans(draw, name, targets, levels):
    """Draw an escalation rule, of one plan or of editions."""

    def steps():
        repeat = st.none() | st.builds(Repeat, LENGTH, st.none() | st.integers(0, 4))
        found = []
        for i in range(draw(st.integers(1, 3))):
            base = draw(st.sampled_from(["clock", "wall"]))
            after = draw(st.just(timedelta()) | LENGTH)
            anchor = draw(anchors(levels))
            if i and draw(st.booleans()):
                anchor = AckMissing(found[0].id)
            found.append(
                Step(
                    id=f"s{i}",
                    to=draw(st.sampled_from(targets)),
                    anchor=anchor,
                    after=-after if base == "clock" and draw(st.booleans()) else after,
                    base=base,
                    level=draw(st.integers(-1, 4)),
                    kind=draw(st.sampled_from(["notify", "functional", "hierarchical"])),
                    repeat=draw(repeat),
                    until=draw(st.sampled_from(["stop", "ack"])),
                )
            )
        return Plan(name, found)

    plan = steps()
    if draw(st.booleans()):
        since = sorted(draw(st.lists(INSTANT, min_size=1, max_size=2, unique=True)))
        editions = [Edition(plan), *(Edition(steps(), at) for at in since)]
        plan = PlanHistory(editions, draw(st.sampled_from(["snapshot", "live"])))
    kind = draw(st.sampled_from(["sla", "ola", "underpinning_contract", "custom"]))
    return EscalationRule(plan, "resolution", when=draw(when()), kind=kind)


DUTY = st.none() | st.timedeltas(timedelta(hours=1), timedelta(days=9))
RULES = ["FREQ=MONTHLY;BYDAY=1MO", "freq=weekly;byday=mo,th", "FREQ=DAILY;INTERVAL=3"]
FORMS = st.one_of(
    st.builds(
        Every,
        st.integers(1, 9),
        st.sampled_from(["hours", "days", "weeks"]),
        handoff=st.sampled_from(["", "09:00", "mon 09:00", "sun 00:00:30"]),
        duration=DUTY,
    ),
    st.builds(ByRule, st.sampled_from(RULES), DUTY),
    st.builds(ByWorkedDates, st.integers(1, 9), DUTY),
)


@st.composite
def windows(draw):
    days = draw(st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True))
    start = draw(st.integers(0, DAY - 1))
    return DutyWindow(tuple(days), start=start, end=start + draw(st.integers(1, 7 * DAY)))


@st.composite
def oncall_plans(draw, name="primary"):
    crew = st.lists(PERSON, min_size=1, max_size=3)
    from_2020 = st.datetimes(datetime(2020, 1, 1), datetime(2029, 1, 1))
    layer = st.builds(
        Layer,
        st.lists(st.one_of(PERSON, crew), min_size=1, max_size=3),
        start=from_2020,
        tz=st.sampled_from(ZONES),
        form=FORMS,
        windows=some(windows(), 2) | st.sampled_from(HOURS),
        active_from=st.none() | from_2020,
        until=st.none() | st.datetimes(datetime(2029, 1, 2), datetime(2039, 1, 1)),
        priority=st.integers(-2, 2),
    )
    swap = st.builds(Swap, st.just("ann"), st.just("bob"), span=spans())
    return OnCall(
        draw(some(layer, 2)),
        overrides=draw(some(st.builds(Override, PERSON, spans()), 2)),
        swaps=draw(some(swap, 1)),
        absences=draw(some(st.builds(Absence, PERSON, spans()), 2)),
        when_away=draw(st.sampled_from(["hole", "next"])),
        same_priority=draw(st.sampled_from(["later", "union"])),
        name=name,
    )


TRIAGE = st.builds(
    TriageRule,
    name=NAMES,
    when=when(),
    sets=st.fixed_dictionaries(
        {},
        optional={
            "technology": st.none() | NAMES,
            "tags": st.none() | some(NAMES),
            "custom.until": INSTANT,
            "custom.score": st.floats(allow_nan=False, allow_infinity=False) | st.integers(),
        },
    ),
)


@st.composite
def desks(draw, calendars, books):
    """Draw a desk with lines, agents, triage, routing, plans and on-call plans."""
    named = draw(st.dictionaries(NAMES, calendars, max_size=2))
    hours = st.sampled_from([None, *named.values()]) | calendars
    held = draw(st.lists(lines(hours), max_size=3, unique_by=lambda line: line.level))
    people = draw(agents(hours))
    levels = {agent.line for agent in people if agent.line is not None}
    for level in sorted(levels - {line.level for line in held}) if held else ():
        held.append(SupportLine(level=level))
    levels = sorted({line.level for line in held} or levels)
    skills = sorted({skill for agent in people for skill in agent.skills} or {"sap"})
    qualified = [SupportLine(level=3, qualifications=skills)] if held else []
    if people and not {skill for agent in people for skill in agent.skills} and not qualified:
        skills = []
    teams = sorted({team for agent in people for team in agent.teams})
    oncall = [draw(oncall_plans(name)) for name in draw(some(NAMES, 2, unique=True))]
    targets = ["assignee", "manager:2", "user:x", *(f"line:{level}" for level in levels)]
    targets += [f"group:{team}" for team in teams] + [f"oncall:{plan.name}" for plan in oncall]
    routing = Routing()
    if skills and levels:
        routing = draw(routings(skills, levels, teams))
    rules = [
        draw(plans(name, targets, levels or [1]))
        for name in (draw(some(NAMES, 2, unique=True)) if levels else ())
    ]
    return Desk(
        name=draw(st.just("") | NAMES),
        calendars=named,
        policies=draw(books),
        channels=draw(some(CHANNEL)),
        lines=[*held, *qualified],
        agents=people,
        triage=draw(some(TRIAGE, 2)),
        routing=routing,
        plans=rules,
        oncall=oncall,
    )
