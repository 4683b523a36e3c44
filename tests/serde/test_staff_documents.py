"""Lines, agents, routing, plans and on-call plans in files: what is read, and what is refused."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import pytest
from attrs import evolve
from hypothesis import given
from serde.broken import broken, read_or_refused
from serde.golden_staff import COMPLETE
from serde.golden_values import OFFICE

from support_model import serde
from support_model._common_shapes import NUMBER, SPAN
from support_model._escalation.data import PLAN
from support_model._escalation.plans import PlanHistory
from support_model._oncall.data import ONCALL
from support_model._oncall.windows import daily, weekly
from support_model._records import read, write
from support_model._routing.data import AGENT, LINE, ROUTING, TRIAGE_RULE
from support_model.desk import Desk
from support_model.errors import InvalidDocument
from support_model.escalation import EscalationRule, Plan, Repeat, Step
from support_model.instants import Span
from support_model.lines import Agent, CallOut, Capacity, Skill, SupportLine
from support_model.oncall import Layer, OnCall, Swap
from support_model.routing import (
    Fallback,
    Need,
    Queue,
    Ranking,
    RateLimit,
    Relax,
    Routing,
    TriageRule,
)

GOLDEN = Path(__file__).parents[1] / "data" / "golden"
TOML = (GOLDEN / "desk-1-complete.toml").read_text("utf-8")
JSON = json.loads((GOLDEN / "desk-1-complete.json").read_text("utf-8"))
BY_HAND = """
schema = "support_model.desk/1"
channels = ["chat"]
[[lines]]
level = 1
[[agents]]
id = "ann"
skills = ["sap", {name = "sql", level = 2, expires = 2026-12-31}]
absences = [[2026-08-03T00:00:00+02:00, "2026-08-17T00:00+02:00"], ["2026-12-01T00:00Z", ""]]
[[agents]]
id = "bob"
[routing]
fallback = [{after = "30m", line = 1}]
[[routing.queues]]
name = "sap"
when = {field = "technology", is = "sap"}
needs = ["sap"]
[[plans]]
name = "late"
metric = "resolution"
steps = [{id = "page", to = "oncall:primary", anchor = "unacknowledged", base = "wall"}]
[oncall.primary]
[[oncall.primary.layers]]
participants = ["ann", "bob"]
start = 2026-03-02T09:00:00
tz = "Europe/Berlin"
windows = {mon-thu = "18:00-09:00"}
"""


def refused(text, name="desk.toml"):
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, "utf-8")
        with pytest.raises(InvalidDocument) as caught:
            serde.load_desk(path)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_desk_written_by_hand(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(BY_HAND, "utf-8")
    desk = serde.load_desk(path)
    ann = desk.agents["ann"]
    assert (ann.line, ann.skills["sql"].expires) == (1, date(2026, 12, 31))
    assert ann.absences[0].length == timedelta(days=14)
    assert ann.absences[1].end is None
    (layer,) = desk.oncall["primary"].layers
    assert len(layer.windows) == 4  # Monday to Thursday
    assert desk.oncall["primary"].who(datetime(2026, 3, 2, 22, tzinfo=UTC)) == {"ann"}
    assert desk.plans["late"].steps[0].to == "oncall:primary"
    assert desk.channels == ("chat",)


def slips():
    """Yield what stands in the file, what is written instead, where it is found, what is said."""
    sap = "routing.queues[0].needs[0]"
    yield 'needs = ["sap"]', 'needs = ["spa"]', sap, "did you mean 'sap'"
    yield "line = 1}", "line = 3}", "routing.fallback[0].line", "unknown line: 3; known: 1"
    yield "line = 1}", "line = 6}", "routing.fallback[0].line", "too large"
    yield "oncall:primary", "oncall:primry", "plans[0].steps[0].to", "did you mean 'primary'"
    yield "oncall:primary", "onkall:primary", "plans[0].steps[0].to", "did you mean 'oncall'"
    yield '"oncall:primary"', '"line:7"', "plans[0].steps[0].to", "unknown line"
    yield 'metric = "res', 'metric = "ress', "plans[0].metric", "did you mean 'resolution'"
    yield 'id = "ann"', 'id = "ann"\nlin = 1', "agents[0]", "did you mean 'line'"
    yield 'id = "ann"', 'id = "ann"\nline = 2', "agents[0].line", "unknown line: 2"
    yield 'id = "ann"', 'id = "ann"\nline = "non"', "agents[0].line", "did you mean 'none'"
    yield 'id = "ann"', 'id = "ann"\ncalendar = "offce"', "agents[0].calendar", "unknown calendar"
    yield "level = 2,", "level = 0,", "agents[0].skills[1].level", "too small"
    yield "2026-12-31", '"soon"', "agents[0].skills[1].expires", "not an instant"
    yield '"sap", {', '"sql", {', "agents[0]", "listed twice"
    yield "00:00+02:00", "00:00", "agents[0].absences[0][0]", "without an offset"
    yield "2026-08-17", "2026-08-01", "agents[0].absences[0]", "before it starts"
    yield 'participants = ["ann", "bob"]', "participants = []", "participants", "a list of 0"
    yield 'participants = ["ann", "bob"]', "participants = [[]]", "participants[0]", "of 0"
    yield "Europe/Berlin", "Europe/Berln", "oncall.primary.layers[0].tz", "'Europe/Berlin'"
    yield "18:00-09:00", "18:00-9", "oncall.primary.layers[0].windows", "'HH:MM'"
    yield 'base = "wall"', 'base = "wal"', "plans[0].steps[0].base", "'wall'"
    yield 'when = {field = "tech', 'when = {field = "tch', "routing.queues[0].when", "'technology'"
    yield "level = 1", "level = 1\n[[lines]]\nlevel = 1", "lines[0].level", "line is given twice"


@pytest.mark.parametrize(("right", "wrong", "place", "said"), list(slips()))
def test_a_slip_is_said_with_its_place_and_the_nearest_word(right, wrong, place, said):
    assert right in BY_HAND
    error = refused(BY_HAND.replace(right, wrong, 1))
    assert place in error.path
    assert said in str(error)


LATE = 'steps = [{id = "page", to = "oncall:primary", anchor = "unacknowledged", base = "wall"}]'


def contradictions():
    """Yield bad input that no schema can see, as it stands in a file, and where it is said."""
    yield 'id = "bob"', 'id = "ann"', "agents[0].id", "an agent is listed twice"
    yield 'id = "ann"', 'id = "ann"\ncapacity = {units = -1}', "agents[0].capacity.units", "small"
    places = 'id = "ann"\ncapacity = {channels = {chat = -1}}'
    yield 'id = "ann"', places, "agents[0].capacity.channels.chat", "small"
    circle = 'id = "bob"\nmanager = "ann"'
    yield "agents", circle, "agents[", "manage each other in a circle"
    lines = "level = 1\n[[lines]]\nlevel = 2\n[[lines]]\nlevel = 3"
    yield "fallback", lines, "routing.fallback", "fall back in a circle"
    swaps = '[oncall.primary]\nswaps = [{giver = "ann", taker = "bob", span = %s}, '
    swaps += '{giver = "ann", taker = "zoe", span = %s}]'
    march = '["2026-03-02T00:00Z", "2026-03-04T00:00Z"]', '["2026-03-03T00:00Z", ""]'
    yield "[oncall.primary]", swaps % march, "oncall.primary.swaps", "two swaps at once"
    himself = '[oncall.primary]\nswaps = [{giver = "ann", taker = "ann", '
    himself += 'span = ["2026-03-02T00:00Z", ""]}]'
    yield "[oncall.primary]", himself, "oncall.primary.swaps[0]", "swaps with himself"
    bounded = 'tz = "Europe/Berlin"\nturn = {rule = "FREQ=DAILY;COUNT=3"}'
    yield 'tz = "Europe/Berlin"', bounded, "layers[0].turn.rule", "give a duration"
    early = LATE.replace("}]", ', after = "-5m"}]')
    yield LATE, early, "plans[0]", "negative offset on the wall"
    twice = LATE.replace("}]", '}, {id = "page", to = "assignee"}]')
    yield LATE, twice, "plans[0].steps", "a step twice"
    waits = LATE.replace('"unacknowledged"', '{unacknowledged = "pag"}')
    yield LATE, waits, "plans[0].steps[0]", "no step to wait for"
    stays = LATE.replace('"unacknowledged"', '{in_line = "4"}')
    yield LATE, stays, "plans[0].steps[0].anchor.in_line", "unknown line"
    again = f'{LATE}\n[[plans]]\nname = "late"\nmetric = "resolution"\n{LATE}'
    yield LATE, again, "plans[1].name", "rule is given twice"
    nested = 'channels = ["chat"]\ntriage = [{name = "x", when = {every = []}, '
    nested += 'sets = {"custom.x" = [["a"]]}}]'
    yield 'channels = ["chat"]', nested, "triage[0]", "not a value of 'custom.x'"
    yield "level = 1", "level = 2", "agents[0]", "unknown line: 1"
    turned = 'id = "zoe"\ndeputy = "bo"'
    yield 'id = "ann"', turned, "agents[0].deputy", "did you mean 'bob'"
    triage = 'channels = ["chat"]\ntriage = [{name = "x", when = {every = []}, sets = {line = 2}}]'
    yield 'channels = ["chat"]', triage, "triage[0].sets.line", "unknown line: 2"


@pytest.mark.parametrize(("right", "wrong", "place", "said"), list(contradictions()))
def test_what_contradicts_itself_is_refused_with_its_place(right, wrong, place, said):
    text = BY_HAND
    if right == "agents":
        text = text.replace('id = "ann"', 'id = "ann"\nmanager = "bob"', 1)
        right = 'id = "bob"'
    elif right == "fallback":
        ring = '[{after = "1h", line = 2, of = 1}, {after = "1h", line = 3, of = 2}, '
        ring += '{after = "1h", line = 1, of = 3}]'
        text = text.replace('[{after = "30m", line = 1}]', ring)
        right = "level = 1"
    assert right in text
    error = refused(text.replace(right, wrong, 1))
    assert place in error.path
    assert said in str(error)


@given(broken(JSON))
def test_whatever_is_broken_is_an_invalid_document_or_a_desk(data):
    read_or_refused(data)


STAFF = [
    *(SupportLine, CallOut, Agent, Capacity, Skill, TriageRule, Routing, Relax, Fallback),
    *(RateLimit, Queue, Need, EscalationRule, PlanHistory, Step, Repeat, OnCall, Layer, Swap),
]
COSTLY = SupportLine(level=3, cost_per_hour=Fraction(61, 3))
FIRST, *REST = COMPLETE.agents
QUIET = Step(id="call", to="assignee", hours=next(iter(COMPLETE.calendars.values())))
TODAY = evolve(
    COMPLETE,
    plans=[*COMPLETE.plans.values(), EscalationRule(Plan("quiet", [QUIET]), "resolution")],
    lines=[*COMPLETE.lines.values(), COSTLY],
    agents=[evolve(FIRST, deputy=REST[0].id), *REST],
    routing=evolve(COMPLETE.routing, ageing=timedelta(hours=2)),
)


def unusual(value):
    """Yield each part of each value that is not as it is when left out."""
    if isinstance(value, Mapping | list | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from unusual(part)
    elif attrs.has(type(value)):
        for part in attrs.fields(type(value)):
            held = getattr(value, part.name)
            if part.init and (part.default is attrs.NOTHING or held != usual(part)):
                yield type(value), part.name
            yield from unusual(held)


def usual(part):
    default = part.default
    return default.factory() if isinstance(default, attrs.Factory) else default


def test_no_part_of_a_value_is_lost_on_the_way_through_a_file(tmp_path):
    serde.dump_desk(TODAY, tmp_path / "desk.toml")
    assert serde.load_desk(tmp_path / "desk.toml") == TODAY
    held = set(unusual(TODAY))
    parts = {(kind, part.name) for kind in STAFF for part in attrs.fields(kind) if part.init}
    assert parts - held == set(), "a part of a value that no file is tried with"


def test_windows_may_be_weekly_hours_or_a_list():
    plan = write(ONCALL, COMPLETE.oncall["primary"], "oncall")
    for given_, meant in [
        ([{"days": "fri", "from": "18:00", "lasts": "63h"}], weekly("fri 18:00", "mon 09:00")),
        ([{"days": "mon-wed", "from": "22:00", "lasts": "8h"}], daily("mon-wed", "22:00-06:00")),
        (
            [{"days": ["sat", "sun"], "from": "0:00", "lasts": "24h"}],
            daily("sat,sun", "00:00-24:00"),
        ),
        ({"wed": "09:00-17:00"}, daily("wed", "09:00-17:00")),
    ]:
        layers = [{**plan["layers"][0], "windows": given_}]
        (layer,) = read(ONCALL, {**plan, "layers": layers}, "oncall").layers
        assert layer.windows == (meant,)


def test_what_a_file_has_no_place_for_is_not_written(tmp_path):
    nameless = Desk(agents=[Agent(id="ann", skills=[Skill(name="")])])
    with pytest.raises(InvalidDocument, match="empty text") as caught:
        serde.dump_desk(nameless, tmp_path / "desk.toml")
    assert caught.value.path == "agents[0].skills[0].name"
    assert not list(tmp_path.iterdir())


def test_a_ranking_goes_by_its_name_and_only_by_those_given(tmp_path):
    by_id = Ranking("seniority", lambda candidate: candidate.agent.id)
    desk = Desk(routing=Routing(strategy=by_id))
    serde.dump_desk(desk, tmp_path / "desk.toml")
    assert serde.load_desk(tmp_path / "desk.toml", rankings=[by_id]) == desk
    for known in ([], [Ranking("senority", by_id.key)]):
        with pytest.raises(InvalidDocument, match="unknown ranking: 'seniority'") as caught:
            serde.load_desk(tmp_path / "desk.toml", rankings=known)
        assert caught.value.path == "routing.strategy.ranking"
    assert write(ROUTING, Routing(), "routing") == {}


@pytest.mark.parametrize(
    "shape",
    [AGENT, LINE, ROUTING, TRIAGE_RULE, ONCALL, PLAN],
)
def test_a_part_alone_is_checked_by_its_shape(shape):
    with pytest.raises(InvalidDocument, match="here"):
        read(shape, {"wrong": 1}, "here")
    with pytest.raises(InvalidDocument, match="not a table of keys"):
        read(shape, 7, "here")


@pytest.mark.parametrize("text", ["1/0", "1e9", "-1/2", "1/3 ", "9" * 5000 + "/1", "half"])
def test_no_such_text_is_a_number(text):
    with pytest.raises(ValueError, match="not a number"):
        read(NUMBER, text, "number")


def test_what_is_left_out_is_as_usual():
    assert read(LINE, {"level": 4, "call_out": {"within": "4h"}}, "line") == SupportLine(
        level=4, call_out=CallOut(within=timedelta(hours=4))
    )
    assert read(AGENT, {"id": "ann"}, "agent") == Agent(id="ann")
    assert read(ROUTING, {}, "routing") == Routing()
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert read(SPAN, ["2026-03-02T12:00Z"] * 2, "span") == Span(noon, noon)


def test_a_calendar_that_nothing_defines_says_so():
    with pytest.raises(ValueError, match="give the document calendars"):
        read(AGENT, {"id": "ann", "calendar": "office"}, "agent")
    with pytest.raises(ValueError, match="did you mean 'office'"):
        read(AGENT, {"id": "ann", "calendar": "offce"}, "agent", {"calendars": {"office": OFFICE}})


def test_a_span_needs_offsets():
    with pytest.raises(ValueError, match="without an offset"):
        read(SPAN, ["2026-03-02T09:00:00", None], "span")
    with pytest.raises(ValueError, match="not an instant"):
        read(SPAN, [None, None], "span")
