"""The desk that ships with people in it is whole, and nothing in it is without somebody."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from support_model._cli.preset_commands import desk_text
from support_model.events import Changed, Created
from support_model.instants import Span
from support_model.routing import queued, route, triage
from support_model.serde import load_desk
from support_model.sla import evaluate
from support_model.tickets import replay
from support_model.vocabulary import Actor, Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
YEAR = Span(AT, AT + timedelta(days=365))


@pytest.fixture
def desk(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text(desk_text("technical_support"), "utf-8")
    return load_desk(path)


def test_it_has_every_section(desk):
    assert list(desk.lines) == [1, 2, 3, 4, 5]
    parts = (desk.channels, desk.agents, desk.triage, desk.routing.queues, desk.plans, desk.oncall)
    assert all(map(len, parts))


def test_nothing_in_it_contradicts_itself_in_a_year(desk):
    assert desk.lint(YEAR) == ()


def test_it_says_what_is_missing_when_somebody_leaves(desk):
    left = [agent for agent in desk.agents if agent.id not in {"farid", "mia"}]
    found = [str(finding) for finding in evolve(desk, agents=left).lint(YEAR)]
    assert found == [
        "line 3: only greta serves it",
        "database: only greta holds database at level 2",
        "on-call plan 'primary': farid is no agent",
    ]


def test_a_new_ticket_goes_all_the_way(desk):
    new = {"status": Status("new", "new"), "topic": "SQL report is slow", "channel": "email"}
    log = [Created(ticket_id="T1", at=AT, seq=1, role="customer", fields=new)]
    found = triage(replay(log), desk.triage)
    assert (found.rule, found.ticket.line) == ("database", 2)
    log.append(found.change(at=AT, actor=Actor("system"), seq=2))
    waiting = queued(replay(log), desk.routing.queues, queued_at=AT)
    decision = route(waiting, desk.agents, {}, desk.routing, as_of=AT)
    assert decision.agent is None
    assert decision.retry_at == AT + timedelta(minutes=30)
    later = route(waiting, desk.agents, {}, desk.routing, as_of=decision.retry_at)
    assert later.agent == "elif"
    given = {"agent": "elif", "priority": None}
    log.append(Changed(ticket_id="T1", at=decision.retry_at, seq=3, role="system", fields=given))
    result = evaluate(log, desk.policies, as_of=decision.retry_at)
    told = {
        moment.key[-3:-1]: moment.reason["who"]
        for moment in desk.agenda(result, log)
        if "escalation" in moment.key
    }
    assert told == {("late", "warn"): ("elif",), ("late", "due"): ("max",)}
