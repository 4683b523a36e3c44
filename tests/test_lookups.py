"""Absence has one convention: a name that nothing bears is an error that says the nearest one."""

from datetime import UTC, datetime, timedelta

import pytest
from serde import golden_staff, golden_values

from support_model._workflows.workflow import StatusMap
from support_model.adapters import table
from support_model.calendars import BusinessCalendar
from support_model.errors import SupportModelError
from support_model.figures import find
from support_model.kpi import KPIS
from support_model.presets import load_preset, load_promises
from support_model.reasons import Reason
from support_model.routing import QueuedTicket, assign_backlog
from support_model.sla import METRICS, SlaPolicy, Target, evaluate
from support_model.tickets import merged
from support_model.workflows import WORKFLOWS

AT = datetime(2026, 3, 20, tzinfo=UTC)
DESK, LOG, BOOK = golden_staff.COMPLETE, golden_values.LOG, golden_values.DESK.policies
RESULT, FLOW = evaluate(LOG, BOOK, as_of=AT), golden_values.WORKFLOW
NIGHT = BusinessCalendar.weekly({"mon": "20:00-22:00"}, tz="UTC")
WAITING = QueuedTicket(id="T-1", channel="chat", queued_at=AT)
BACKLOG = assign_backlog([WAITING], DESK.agents, {}, DESK.routing, as_of=AT)
LENGTH = Target(metric=METRICS["resolution"], within=timedelta(1), calendar=NIGHT)
STRANGER = SlaPolicy(name="strange", targets=[LENGTH])

UNKNOWN = {
    "a clock": lambda: RESULT["resolutoin"],
    "a policy": lambda: BOOK.named("gol", "1"),
    "a target": lambda: BOOK.target_label(STRANGER, LENGTH),
    "an agent": lambda: DESK.agents["an"],
    "a calendar": lambda: DESK.calendars["offise"],
    "a line": lambda: DESK.lines[9],
    "an on-call plan": lambda: DESK.oncall["x"],
    "an escalation plan": lambda: DESK.plans["x"],
    "a step": lambda: next(iter(DESK.plans.values())).editions[0].plan["x"],
    "a metric": lambda: METRICS["resolutoin"],
    "a workflow": lambda: WORKFLOWS["incidnet"],
    "a status": lambda: StatusMap(FLOW, FLOW).status("nwe"),
    "a KPI": lambda: KPIS["escalatde"],
    "a merged log": lambda: merged({"T-1": list(LOG)})["T-9"],
    "a decision": lambda: BACKLOG.decision("T-9"),
    "a parameter": lambda: Reason.of("holiday", name="Easter")["nmae"],
    "a field": lambda: RESULT.ticket.fields["grop"],
    "a preset": lambda: load_preset("zendeks"),
    "promises": lambda: load_promises("itill", NIGHT),
    "a log format": lambda: table.named("bpi2014"),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_an_unknown_name_is_a_key_error_with_the_nearest_one(what):
    with pytest.raises(KeyError) as caught:
        UNKNOWN[what]()
    assert isinstance(caught.value, SupportModelError)
    assert any(hint in str(caught.value) for hint in ("did you mean", "known: ", "none is known"))


NEVER = BusinessCalendar.weekly({}, tz="UTC")
ABSENT = {
    "a figure": lambda: find([], "escalated"),
    "an opening": lambda: NEVER.next_open(AT),
    "a closing": lambda: NEVER.next_close(AT),
    "a moment": lambda: evaluate(LOG[:1], [], as_of=AT).next_at,
    "a field": lambda: RESULT.ticket.fields.get("grop"),
    "a key": lambda: DESK.calendars.get("offise"),
}


@pytest.mark.parametrize("what", ABSENT)
def test_what_is_asked_with_get_find_or_next_may_be_absent(what):
    assert ABSENT[what]() is None
