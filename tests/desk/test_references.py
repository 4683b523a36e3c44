"""A desk whose parts name what no other part bears is refused when it is made."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from support_model._escalation.plans import Edition, PlanHistory
from support_model.desk import Desk
from support_model.errors import InvalidEscalation, InvalidRouting, InvalidValue, ManagerCycle
from support_model.escalation import EscalationRule, LineTimeout, Plan, Step
from support_model.lines import Agent, SupportLine
from support_model.oncall import Layer, OnCall
from support_model.patterns import ALWAYS
from support_model.routing import Fallback, Need, Queue, Relax, Routing, Team, TriageRule

HOUR = timedelta(hours=1)
ANN = Agent(id="ann", skills=["sap"], teams=["billing"], manager="mia")
LINES = [SupportLine(level=1, name="desk", qualifications=["linux"]), SupportLine(level=2)]
ROTA = OnCall([Layer(["ann"], start="2026-03-02 09:00", tz="UTC")], name="primary")
TELL = Step(id="tell", to="oncall:primary")


def plan(step=TELL, name="late", metric="resolution", **more):
    return EscalationRule(Plan(name, [step]), metric, **more)


WHOLE = Desk(lines=LINES, agents=[ANN], oncall=[ROTA], plans=[plan()])


def queue(**more):
    return Routing(queues=[Queue(name="q", when=ALWAYS, **more)])


def moved(line):
    return TriageRule(name="to", when=ALWAYS, sets={"line": line})


REFUSED = [
    ({"agents": [ANN, Agent(id="bob", line=3)]}, InvalidRouting, "unknown line: 3; known: 1, 2"),
    ({"triage": [moved(4)]}, InvalidRouting, "unknown line: 4"),
    ({"routing": Routing(fallback=[Fallback(HOUR, 3)])}, InvalidRouting, "unknown line: 3"),
    ({"routing": Routing(fallback=[Fallback(HOUR, 1, of=4)])}, InvalidRouting, "unknown line: 4"),
    ({"routing": queue(line=5)}, InvalidRouting, "unknown line: 5"),
    ({"routing": queue(team="biling")}, InvalidRouting, "did you mean 'billing'"),
    ({"routing": queue(needs=["spa"])}, InvalidRouting, "did you mean 'sap'"),
    ({"routing": queue(needs=[Need("spa", required=False)])}, InvalidRouting, "'spa'"),
    ({"routing": Routing(relax=[Relax(HOUR, drop=["spa"])])}, InvalidRouting, "'spa'"),
    ({"routing": Routing(relax=[Relax(HOUR, lower={"spa": 1})])}, InvalidRouting, "'spa'"),
    ({"plans": [plan(metric="resolutoin")]}, InvalidEscalation, "did you mean 'resolution'"),
    ({"plans": [plan(Step(id="a", to="line:3"))]}, InvalidEscalation, "unknown line: 'line:3'"),
    ({"plans": [plan(Step(id="a", to="group:x"))]}, InvalidEscalation, "unknown group"),
    ({"plans": [plan(Step(id="a", to="oncall:x"))]}, InvalidEscalation, "unknown oncall"),
    ({"plans": [plan(Step(id="a", to="boss"))]}, InvalidEscalation, "unknown kind of target"),
    (
        {"plans": [plan(Step(id="a", to="assignee", anchor=LineTimeout("3")))]},
        InvalidEscalation,
        "unknown line: '3'",
    ),
    ({"plans": [plan(), plan()]}, InvalidValue, "an escalation rule is given twice: 'late'"),
    ({"oncall": [ROTA, ROTA]}, InvalidValue, "an on-call plan is given twice: 'primary'"),
    ({"lines": [*LINES, SupportLine(level=1)]}, InvalidValue, "a support line is given twice: 1"),
    ({"agents": [ANN, ANN]}, InvalidValue, "an agent is listed twice: 'ann'"),
    ({"agents": [ANN, Agent(id="mia", manager="ann")]}, ManagerCycle, "in a circle"),
    ({"lines": ["one"]}, InvalidValue, "not a support line"),
    ({"agents": ["ann"]}, InvalidValue, "not an agent"),
    ({"triage": ["vpn"]}, InvalidValue, "not a triage rule"),
    ({"plans": [Plan("late", [TELL])]}, InvalidValue, "not an escalation rule"),
    ({"oncall": ["primary"]}, InvalidValue, "not an on-call plan"),
    ({"channels": "chat"}, InvalidValue, "channels are several names"),
]


@pytest.mark.parametrize(("changed", "error", "said"), REFUSED)
def test_what_nothing_bears_is_refused(changed, error, said):
    with pytest.raises(error) as caught:
        evolve(WHOLE, **changed)
    assert said in str(caught.value)


BORNE = [
    {"agents": [ANN, Agent(id="zoe", line=None)]},
    {"routing": queue(needs=["linux"])},  # a line asks for it, so that lint can say who lacks it
    {"routing": queue(needs=["sap"], team="billing", line=2)},
    {"triage": [moved(2), TriageRule(name="x", when=ALWAYS, sets={"technology": "net"})]},
    {"plans": [plan(Step(id="a", to="line:desk")), plan(Step(id="a", to="manager:3"), "other")]},
    {"plans": [plan(Step(id="a", to="assignee", anchor=LineTimeout("2")))]},
    # what a desk does not list it leaves to the host
    {"agents": (), "routing": queue(needs=["linux", "spa"], team="x")},
    {"agents": (), "lines": (), "routing": queue(line=5), "triage": [moved(4)]},
]


@pytest.mark.parametrize("changed", BORNE)
def test_what_something_bears_is_taken(changed):
    assert evolve(WHOLE, **changed) != WHOLE


def test_without_lines_those_are_known_on_which_somebody_serves():
    with pytest.raises(InvalidRouting, match="unknown line: 2; known: 1"):
        Desk(agents=[ANN], routing=queue(line=2))


def test_a_desk_without_lines_says_so():
    stuck = Step(id="a", to="assignee", anchor=LineTimeout("1"))
    with pytest.raises(InvalidEscalation, match="unknown line: '1'; give lines"):
        Desk(plans=[plan(stuck)])
    with pytest.raises(InvalidEscalation, match="unknown line: '11'; did you mean '1'"):
        evolve(WHOLE, plans=[plan(evolve(stuck, anchor=LineTimeout("11")))])


def test_every_edition_of_a_plan_is_looked_at():
    later = Plan("late", [Step(id="new", to="group:x")])
    history = PlanHistory(
        [Edition(Plan("late", [TELL])), Edition(later, datetime(2026, 3, 2, tzinfo=UTC))]
    )
    with pytest.raises(InvalidEscalation, match="unknown group"):
        evolve(WHOLE, plans=[EscalationRule(history, "resolution")])


def test_parts_come_as_values_or_by_name():
    assert evolve(WHOLE, lines=WHOLE.lines, plans=WHOLE.plans, oncall=WHOLE.oncall) == WHOLE
    assert evolve(WHOLE, agents=Team([ANN])) == WHOLE
    assert list(Desk(lines=LINES[::-1]).lines) == [1, 2]
    assert Desk(channels=["chat", "email", "chat"]).channels == ("chat", "email")


def test_a_directory_of_the_desk():
    found = evolve(WHOLE, agents=[ANN, Agent(id="zoe", line=None)]).directory
    assert found.lines == {"1": ("ann",), "desk": ("ann",), "2": ()}
    assert found.groups == {"billing": ("ann",)}
    assert found.managers_of("ann") == ("mia",)


LATE = Plan("late", [TELL])


@pytest.mark.parametrize(
    ("given", "named", "said"),
    [
        (("late", "resolution"), {}, "a rule has a plan"),
        ((LATE, ""), {}, "a metric is named by text"),
        ((LATE, "resolution"), {"when": "urgent"}, "a rule needs a pattern"),
        ((LATE, "resolution"), {"kind": "slaa"}, "did you mean 'sla'"),
    ],
)
def test_an_escalation_rule_is_checked(given, named, said):
    with pytest.raises(InvalidEscalation, match=said):
        EscalationRule(*given, **named)
