"""Every answer prints itself: one line, a `repr` with a bound, a small table, of any size."""

import inspect
import re
import sys
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from zoneinfo import ZoneInfo

import attrs
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model._short_texts import few_names, short_repr, short_text
from support_model.adapters import EventLog
from support_model.calendars import BusinessCalendar
from support_model.changes import Change, Changes, Episode, Level, MixShift, rows_of
from support_model.events import Created
from support_model.figures import Distribution, Share
from support_model.inference import (
    aalen_johansen,
    decompose,
    funnel_limits,
    g_chart,
    kaplan_meier,
    laney,
    life_quantile,
    life_quantiles,
    life_share,
    logrank,
    overdispersion,
    shrink,
    standardize,
    t_chart,
    two_proportions,
    western_electric,
    xmr,
)
from support_model.kpi import Facts, Solve
from support_model.queueing import ServiceLevel, erlang_a, erlang_c
from support_model.routing import fairness
from support_model.shifts import LaborRules, cover_shifts, fill_roster, shift_posts
from support_model.simulation import Backtest, BacktestRow
from support_model.staffing import (
    Contractor,
    Demand,
    LineWork,
    desk_break_even,
    line_flow,
    pooling_gain,
    required_agents,
    requirement_curve,
    volume_profile,
    what_if,
)
from support_model.summaries import Lifetimes, summarize
from support_model.vocabulary import Status

START = datetime(2026, 1, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = 3000
NEW = {"status": Status("new", "new")}
HOSTILE = "<script>alert('x')</script> & \"y\"\n\x1b[31m\u202e" + "z" * 400
"""What a user may have typed as the name of a group, a topic or a person."""


def tickets():
    """Tickets of half a year, each of one of many groups and topics with odd names."""
    for n in range(MANY):
        at = START + n * HOUR
        solved = at + (n * 7 % 200) * HOUR
        yield Facts(
            ticket_id=f"{HOSTILE} {n}",
            as_of=START + 300 * DAY,
            created=at,
            fields={"group": f"{HOSTILE} {n % 400}", "topic": f"{n % 300} {HOSTILE}"},
            history=[*((at + k * HOUR, "open") for k in range(40)), (solved, "solved")],
            solves=(Solve(solved, f"{n % 500} {HOSTILE}"),) if n % 9 else (),
            groups=tuple(f"{HOSTILE} {n % 400 + k}" for k in range(30)),
        )


@cache
def everything():
    return list(answers())


def answers():
    """One large value of each class of answers, by name."""
    facts = list(tickets())
    weeks = kpi.periods(date(2026, 1, 1), date(2026, 7, 1), tz="UTC", every="week")
    parts = kpi.created_in(facts, weeks)
    took = kpi.FIRST_RESOLUTION.of(facts)
    shares = {name: kpi.STRAIGHT_THROUGH.of(part) for name, part in kpi.by(facts, "group").items()}
    trend = kpi.trend({week: kpi.FIRST_RESOLUTION.of(part) for week, part in parts.items()})
    funnel = kpi.funnel(shares, target=0.5)
    now, before = (START + 60 * DAY, START + 120 * DAY), (START, START + 60 * DAY)
    topics = kpi.top_topics(facts, current=now, previous=before)
    yield from (facts[0], took, took.micros, trend, trend.points[3], funnel, funnel.groups[0])
    yield from (kpi.trend({week: kpi.STRAIGHT_THROUGH.of(part) for week, part in parts.items()}),)
    yield from (
        topics,
        topics.topics[0],
        kpi.attributed(facts),
        kpi.backlog(facts, at=START + DAY),
    )
    yield from (kpi.repeat_contacts(facts, within=DAY), kpi.sla_compliance([], HOSTILE))
    yield from (kpi.KPIS["escalations_per_ticket"].of(facts), kpi.reopened(), kpi.touches(gap=DAY))
    yield from (kpi.FIRST_RESPONSE, summarize(took), summarize(took).sketch)
    yield from (kpi.resolution_curve(facts), kpi.resolution_lifetimes(facts))
    yield kpi.return_on_investment(avoided=[5] * MANY, marginal_cost=1, investment=9)
    yield Share(key=HOSTILE, definition=HOSTILE, numerator=1, n=2, excluded={HOSTILE: 3})
    yield Distribution.of([DAY] * MANY, key=HOSTILE, clock=HOSTILE, definition=HOSTILE)
    yield Lifetimes.of(range(MANY), [True] * MANY, key=HOSTILE, definition=HOSTILE)
    plain = kpi.plain_facts(facts)
    yield from (plain, plain.entries("history"), kpi.volumes(facts, weeks)[1])
    yield kpi.days_of_work(facts, tz="UTC")
    moved = [
        kpi.Facts(
            ticket_id=f"T{n}", created=START, as_of=START + 3 * DAY, history=[(START, "new")],
            statuses=[(START, HOSTILE)],
            stays=[(START, HOSTILE), (START + DAY, "net"), (START + 2 * DAY, HOSTILE)],
        )
        for n in range(MANY)
    ]  # fmt: skip
    yield from (kpi.hand_overs(moved)[0], *kpi.time_in(moved, "status"), kpi.held_times(moved))
    yield kpi.time_in(moved, "group", calendar=BusinessCalendar.always())[0].business
    events = [START + n * n * HOUR for n in range(400)]
    rare = kpi.time_between(events, until=START + 9999 * DAY, key=HOSTILE, definition=HOSTILE)
    yield from (rare, rare.points[3], kpi.time_between([], until=START))
    compared = kpi.compare_periods(
        facts, kpi.KPIS.values(), before=weeks[2], after=weeks[5], by=["group", "topic"]
    )
    assert len(compared.differences) > 1000
    yield from (compared, compared.differences[0])
    yield kpi.tickets_between(facts, kpi.STRAIGHT_THROUGH)
    changes = found_changes()
    yield from (changes, *changes.items[:2], *changes.mixes[:1], *changes.episodes[:1])
    yield changes.items[0].before
    yield rows_of(facts, tz=ZoneInfo("UTC"))
    yield from statistics()
    yield from people()
    yield EventLog(
        events=tuple(
            Created(ticket_id=f"T{n}", at=START, role="agent", fields=NEW) for n in range(MANY)
        ),
        file=HOSTILE,
        title=HOSTILE,
        left_out={f"{HOSTILE} {n}": n for n in range(1, 99)},
    )
    yield from backtests(shares)


def made(n):
    return Created(ticket_id=f"T{n}", at=START, role="agent", fields=NEW)


def found_changes():
    """A change for each of many groups with odd names, which a finder would hardly tell."""
    level = Level(value=DAY, n=9, open=3)
    parts = {"measure": "resolution", "verdict": "worse", "lasting": True, "recent": True}
    days = dict.fromkeys(("since", "since_low", "since_high"), date(2026, 3, 2))
    numbers = dict.fromkeys(("ratio", "ratio_low", "ratio_high", "p", "p_adjusted"), 0.1)
    items = [
        Change(
            **parts,
            **days,
            **numbers,
            before_since=date(2026, 1, 5),
            where=(("group", f"{n} {HOSTILE}"), ("channel", HOSTILE)),
            before=level,
            after=Level(value=0.5, n=2),
            tickets=7,
            examples=(HOSTILE,) * 99,
        )
        for n in range(MANY)
    ]
    shares = {"before": 0.1, "after": 0.2, "recent": True, "p_adjusted": 0.1}
    mix = MixShift(field="channel", value=HOSTILE, **days, **shares)
    week = {"week": date(2026, 3, 2), "weeks": 2, "ratio": 3.0, "p_adjusted": 0.1}
    episode = Episode(measure="created", where=(("group", HOSTILE),), **week)
    spans = kpi.periods(date(2026, 3, 1), date(2026, 5, 1), tz="UTC", every="month")
    return Changes(
        before=spans[0],
        after=spans[1],
        weeks=(),
        looks=MANY,
        measures=(HOSTILE,),
        level=0.1,
        items=[attrs.evolve(items[0], also=items), *items],
        mixes=[mix] * MANY,
        episodes=[episode] * MANY,
    )


def statistics():
    cells = {f"{HOSTILE} {n}": (n % 5, 10) for n in range(MANY)}
    names = [f"{n % 90} {HOSTILE}" for n in range(MANY)]
    yield from (kaplan_meier(range(MANY), [True] * MANY), aalen_johansen(range(MANY), names))
    yield from (logrank(range(MANY), [True] * MANY, names), two_proportions((30, 100), (45, 100)))
    yield from (two_proportions((0, 0), (1, 2)), shrink([*cells.values()]), shrink([(1, 1)]))
    yield from (decompose(cells, cells), decompose(cells, {"a": (1, 2)}), decompose({}, {}))
    yield from (
        standardize(cells, dict.fromkeys(cells, 1)),
        standardize({}, dict.fromkeys(cells, 1)),
    )
    yield from (funnel_limits(10, 0.5), funnel_limits(0, 0.5), laney([(1, 2)]), laney([]))
    yield from (laney([*cells.values()]), xmr(range(MANY)), xmr([1]), xmr([]))
    yield overdispersion([*cells.values()])
    yield overdispersion([(1, 2)])
    yield from (g_chart([*range(MANY)]), g_chart([]), t_chart([*range(MANY)]), t_chart([]))
    yield life_quantile(range(MANY), [True] * MANY, [0] * MANY)
    yield from life_quantiles(range(MANY), [True] * MANY, [0.5])
    yield life_share(range(MANY), [True] * MANY, [0] * MANY)
    yield western_electric([n % 9 for n in range(MANY)], center=4, sigma=1)


def people():
    demand = Demand(count=120, per=HOUR, handle_time=timedelta(minutes=6))
    target = ServiceLevel(0.8, within=timedelta(seconds=20))
    crew = required_agents(demand, target)
    lines = [
        LineWork(level=1, handle_time=HOUR, escalates={2: 0.5}, cost_per_hour=Fraction(1, 3)),
        LineWork(level=2, handle_time=HOUR, contractor=Contractor(price=9, minimum=10)),
    ]
    desk = line_flow(50, lines, per=100 * HOUR)
    yield from (crew, crew.figures, what_if(demand, target, volume=2), desk, desk.lines[0])
    yield from (pooling_gain([demand] * 40, target), erlang_c(9, agents=7, handle_time=HOUR))
    yield erlang_a(5, agents=7, handle_time=HOUR, patience=HOUR)
    yield requirement_curve([100] * 5, interval=HOUR, handle_time=HOUR / 10, targets=target)[0]
    yield desk_break_even(2, agent_cost=100, developer_cost_per_hour=50, handle_time=HOUR)
    profile = volume_profile(
        [START + n * HOUR for n in range(MANY)],
        BusinessCalendar.always(),
        start=START,
        end=START + 98 * DAY,
        step=HOUR / 4,
    )
    yield from (profile, profile.slots[9], fairness({f"{n} {HOSTILE}": n for n in range(MANY)}))
    yield cover_shifts([1] * 300, [[n] * 300 for n in range(1, 3)], costs=[1] * 2)
    yield cover_shifts([1] * 3, [[0] * 3], costs=[1])
    post = shift_posts("early", "06:00-14:00", [date(2026, 3, 2)], tz="UTC", people=[1])
    roster = fill_roster(post, [], LaborRules(tz="UTC"))
    yield attrs.evolve(roster, duties=[each.worked_by(HOSTILE) for each in post] * MANY)


def backtests(shares):
    names = tuple(f"{n} {HOSTILE}" for n in range(MANY))
    rows = [
        BacktestRow(
            segment=name,
            slot=HOSTILE,
            metric="resolution",
            old=share,
            new=share,
            newly_breached=names,
            no_longer_breached=names,
        )
        for name, share in shares.items()
    ]
    yield from (rows[0], Backtest(rows))


WITHOUT_TABLE = {
    "Ascending": "a sequence of numbers",
    "InvestmentReturn": "two numbers",
    "Requirement": "three numbers",
    "Rows": "lists of a log",
    "RarePoint": "a row of its trend",
    "WeekSlot": "a row of its profile",
}


def test_the_repr_of_an_answer_is_bounded_and_names_its_class():
    for value in everything():
        text = repr(value)
        assert len(text) <= 300, text
        assert text.isprintable(), text
        assert text.startswith((f"{type(value).__name__}(", "<")), text


def test_an_answer_is_one_line():
    for value in everything():
        text = str(value)
        assert text.isprintable(), text
        assert 0 < len(text) <= 400, text


PLAIN = (str, int, float, date, dict, type(None))


def test_rows_are_plain_values():
    told = set()
    for value in everything():
        for name, table in (("row", False), ("rows", True)):
            if callable(made := getattr(value, name, None)):
                rows = made() if table else [made()]
                told.add(type(value).__name__)
                assert len({tuple(row) for row in rows}) <= 1  # the same columns in each
                for row in rows[:50]:
                    assert all(isinstance(cell, PLAIN) for cell in row.values()), row
    assert len(told) > 30


class Page(HTMLParser):
    """What a page is made of, as a browser reads it."""

    def __init__(self):
        super().__init__()
        self.opened, self.tags, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        self.opened.append(tag)
        self.tags.append((tag, tuple(attributes)))

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag

    def handle_data(self, text):
        self.text.append(text)


def test_an_answer_is_a_small_table_in_a_notebook():
    for value in everything():
        if type(value).__name__ in WITHOUT_TABLE:
            assert not hasattr(value, "_repr_html_")
            continue
        text = value._repr_html_()
        page = Page()
        page.feed(text)
        page.close()
        assert not page.opened
        assert {tag for tag, _ in page.tags} <= {"table", "caption", "tr", "th", "td"}, text
        assert not any(attributes for _, attributes in page.tags), text
        assert 1 <= [tag for tag, _ in page.tags].count("tr") <= 30, text
        assert len(text) < 60_000, type(value)


# Completeness


ANALYSTS = (
    "figures",
    "inference",
    "kpi",
    "queueing",
    "shifts",
    "simulation",
    "staffing",
    "summaries",
)
ELSEWHERE = {
    "Call": "given, not returned",
    "CalendarsBy": "given, not returned",
    "ChatDesk": "seven numbers",
    "ClearingCrew": "four numbers",
    "Competence": "a row of names",
    "CoverageRule": "given",
    "DeadlineCapacity": "the jobs of one window",
    "Demand": "given",
    "Duty": "a row of a roster",
    "FactColumns": "columns of numpy",
    "FiniteQueue": "six numbers",
    "Headcount": "it says itself in a sentence",
    "Item": "a name for a measured time",
    "Impact": "the moments of one ticket, as an agenda has them",
    "LaborViolation": "it says itself in a sentence",
    "Post": "given",
    "Session": "given",
    "ShiftPattern": "given",
    "Solve": "a part of a ticket",
    "Stretch": "a part of a ticket",
    "Unread": "the error of one ticket",
    "VolumeQuantile": "three numbers",
    "BacklogPeriod": "three numbers",
    "BusinessCalendar": "it has a form of its own",
    "Rating": "a part of a ticket",
    "Reason": "it says itself in a sentence",
    "Span": "two instants",
    "Table": "of pyarrow",
}
"""What an analyst gets back and this page does not hold, with the reason."""


def returned():
    """The names of classes that functions and methods of the public modules return."""
    for module in map(import_module, (f"support_model.{name}" for name in ANALYSTS)):
        for name in module.__all__:
            part = getattr(module, name)
            functions = vars(part).values() if inspect.isclass(part) else [part]
            for function in functions:
                plain = getattr(function, "fget", None) or getattr(function, "__func__", function)
                if inspect.isfunction(plain):
                    yield from re.findall(
                        r"\b[A-Z]\w+", str(inspect.signature(plain).return_annotation)
                    )


def test_every_class_that_an_analyst_gets_back_is_here():
    known = {type(value).__name__ for value in everything()}
    classes = {
        name: kind
        for path, module in list(sys.modules.items())
        if path.startswith("support_model.")
        for name, kind in list(vars(module).items())
        if inspect.isclass(kind) and attrs.has(kind)
    }
    assert {"Attribution", "Repeats", "Standardized", "FilledRoster"} <= set(returned())
    missing = {name for name in returned() if name in classes} - known - ELSEWHERE.keys()
    assert not missing


# Parts


@attrs.frozen
class Held:
    """An answer with a part of any kind."""

    __repr__ = short_repr
    part: object
    usual: object = None
    empty: tuple = attrs.field(factory=tuple)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes()
PARTS = st.recursive(
    LEAVES, lambda some: st.lists(some) | st.dictionaries(st.text(), some) | st.tuples(some)
)


@given(PARTS, PARTS)
def test_any_part_is_bounded(part, usual):
    text = repr(Held(part, usual))
    assert len(text) <= 300
    assert text.isprintable()
    assert ("usual=" in text) == (usual is not None)
    assert "empty" not in text


@given(
    st.lists(st.integers(-9, 9), max_size=9) | st.dictionaries(st.integers(0, 4), st.booleans())
)
def test_what_is_short_is_told_in_full(part):
    assert short_text(tuple(part) if isinstance(part, list) else part) == repr(
        tuple(part) if isinstance(part, list) else part
    )


def test_texts_by_hand():
    assert short_text(range(40)) == "<40 int>"
    assert short_text({n: n for n in range(40)}) == "<40 items>"
    assert short_text(frozenset(range(40))) == "<40 items>"
    assert short_text("ab" * 99) == "'" + "ab" * 13 + "a..." + "b" + "ab" * 13 + "'"
    assert few_names(["a" * 99], 1) == "a" * 21 + "..."
    assert few_names([], 0) == ""
    assert (
        repr(Held(Share(key="k", definition="d" * 60, numerator=1, n=2))) == "Held(part=<Share>)"
    )
