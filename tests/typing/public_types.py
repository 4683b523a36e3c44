"""What a type checker says of the public functions; checked by mypy, never executed.

A call that must be refused carries an ignore with its code: mypy reports an ignore that is not
needed, so the refusal is under test too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, assert_type

from support_model import (
    Agenda,
    BusinessCalendar,
    Moment,
    PolicyBook,
    Reason,
    SlaPolicy,
    SlaState,
    Span,
    Ticket,
    Workflow,
    evaluate,
    kpi,
    replay,
    serde,
)
from support_model.agenda import changes
from support_model.desk import Desk
from support_model.events import Event
from support_model.figures import Distribution, Rate, Share
from support_model.kpi import Facts, RateKpi, ShareKpi, TimeKpi
from support_model.lines import Agent
from support_model.pydantic import Plain
from support_model.queueing import SteadyState, erlang_c
from support_model.routing import (
    AgentState,
    Decision,
    QueuedTicket,
    Routing,
    Team,
    route,
)
from support_model.sla import Clock, Cycle, Evaluation
from support_model.tickets import merge, numbered
from support_model.vocabulary import Actor
from support_model.workflows import Option


def calendars(hours: BusinessCalendar, at: datetime) -> None:
    assert_type(hours.elapsed(at, at), timedelta)
    assert_type(hours.add(at, timedelta(hours=8)), datetime)
    assert_type(hours.is_open(at), bool)
    assert_type(hours.next_opening(at), datetime | None)
    assert_type(hours.periods(at, at), Iterator[Span])
    assert_type(hours | hours, BusinessCalendar)
    hours.add(at, 8)  # type: ignore[arg-type] # a duration has a unit


def tickets(log: Iterable[Event], workflow: Workflow, actor: Actor, at: datetime) -> None:
    ticket = replay(log)
    assert_type(ticket, Ticket)
    assert_type(ticket.version, int)
    assert_type(replay(log, onto=ticket), Ticket)
    assert_type(workflow.decide(ticket, "resolve", actor=actor, at=at), tuple[Event, ...])
    assert_type(numbered(log, onto=ticket, source_id="form 7"), tuple[Event, ...])
    assert_type(merge(ticket, ticket, actor=actor, at=at), tuple[Event, ...])
    assert_type(ticket.merged_into, str | None)


def actions(desk: Desk, ticket: Ticket, actor: Actor, at: datetime) -> None:
    made = desk.act(ticket, "promise", actor=actor, at=at, metric="resolution", due=at)
    assert_type(made, tuple[Event, ...])
    assert_type(desk.allowed(ticket, actor=actor), tuple[Option, ...])
    desk.act(ticket, "promise", actor=actor, at=at, metrc="resolution")  # type: ignore[call-arg] # misspelt


def clocks(log: Sequence[Event], policies: PolicyBook, gold: SlaPolicy, at: datetime) -> None:
    result = evaluate(log, policies, as_of=at)
    assert_type(result, Evaluation)
    assert_type(evaluate(log, gold, as_of=at), Evaluation)
    assert_type(evaluate(log, [gold, gold], as_of=at), Evaluation)
    assert_type(result.ticket, Ticket)
    assert_type(result.clocks, tuple[Clock, ...])
    clock = result["resolution"]
    assert_type(clock, Clock)
    assert_type(clock.last, Cycle | None)
    assert_type(clock.elapsed, timedelta)
    assert_type(clock.due_at, datetime | None)
    assert_type(clock.remaining, timedelta | None)
    assert_type(clock.breached, bool)
    for each in result:
        assert_type(each, Clock)
    evaluate(log, policies)  # type: ignore[call-arg] # nothing but `as_of` is "now"
    assert_type(SlaState.of(policies).feed(log[0]).evaluate(at), Evaluation)


def endpoint(result: Evaluation) -> Plain[Evaluation]:
    assert_type(serde.answer_to_data(result), dict[str, Any])
    return result


def agendas(agenda: Agenda, at: datetime) -> None:
    assert_type(agenda.between(at, at), tuple[Moment, ...])
    assert_type(agenda.through(at), tuple[Moment, ...])
    assert_type(agenda.next_at, datetime | None)
    assert_type(agenda | agenda, Agenda)
    assert_type(changes(agenda, agenda), tuple[tuple[Moment, ...], tuple[Moment, ...]])


def routing(ticket: QueuedTicket, agents: list[Agent], rules: Routing, at: datetime) -> None:
    workload: dict[str, AgentState] = {}
    decision = route(ticket, agents, workload, rules, as_of=at)
    assert_type(decision, Decision)
    assert_type(route(ticket, Team(agents), workload, rules, as_of=at), Decision)
    assert_type(decision.agent, str | None)
    assert_type(decision.reasons, tuple[Reason, ...])
    assert_type(decision.rejected, Mapping[str, tuple[Reason, ...]])
    assert_type(decision.retry_at, datetime | None)
    assert_type(decision.agenda, Agenda)
    assert_type(decision.ranked, tuple[str, ...])
    route(ticket, agents, workload, rules, at)  # type: ignore[call-arg] # `as_of` by its name only


def desks(result: Evaluation) -> None:
    desk = serde.load_desk("desk.toml")
    assert_type(desk, Desk)
    assert_type(desk.workflow, Workflow | None)
    assert_type(desk.calendars, Mapping[str, BusinessCalendar])
    assert_type(desk.policies, PolicyBook)
    assert_type(desk.agents, Team)
    assert_type(desk.routing, Routing)
    assert_type(desk.agenda(result), Agenda)
    desk.name = "another"  # type: ignore[misc] # a desk is frozen


def figures(log: Iterable[Event], results: list[Evaluation], at: datetime) -> None:
    facts = kpi.case_table(log, as_of=at)
    assert_type(facts, tuple[Facts, ...])
    times = kpi.first_response().of(facts)
    assert_type(times, Distribution)
    assert_type(times.mean, timedelta | None)
    assert_type(times.quantile(0.9), timedelta | None)
    assert_type(times + times, Distribution)
    share = kpi.reopened().of(facts)
    assert_type(share, Share)
    assert_type(share.value, float | None)
    assert_type(share.interval, tuple[float, float] | None)
    assert_type(kpi.reopenings().of(facts), Rate)
    assert_type(kpi.KPIS["transfers_per_ticket"], TimeKpi | ShareKpi | RateKpi)
    assert_type(kpi.by(facts, "priority"), Mapping[Any, Sequence[Facts]])
    assert_type(kpi.sla_compliance(results, "resolution").share, Share)
    share + times  # type: ignore[operator] # figures of two kinds do not merge


def queues(handle_time: timedelta) -> None:
    assert_type(erlang_c(12, agents=15, handle_time=handle_time), SteadyState)
    erlang_c(12, 15, handle_time=handle_time)  # type: ignore[call-arg] # two numbers are never swapped
