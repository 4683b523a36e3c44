"""Names that one part of a desk uses and no other part has: lines, skills, teams, targets.

What a desk does not list (no lines, no agents) is the host's, and no name of it is unknown.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from support_model.errors import InvalidEscalation, InvalidRouting, InvalidValue, nearest
from support_model.escalation import Directory, LineTimeout
from support_model.sla import METRICS
from support_model.workflows import Put

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from support_model._vocabulary import Priority
    from support_model.desk import Desk
    from support_model.escalation import EscalationRule
    from support_model.lines import Agent, SupportLine
    from support_model.oncall import OnCall
    from support_model.patterns import Pattern
    from support_model.routing import Routing, TriageRule
    from support_model.sla import PolicyBook
    from support_model.workflows import Transition


Place: TypeAlias = "tuple[str | int, ...]"
"""Where in a desk: ("routing", "fallback", 0, "line")."""
Unknown: TypeAlias = "tuple[Place, InvalidValue]"


def directory_of(
    lines: Mapping[int, SupportLine], agents: Iterable[Agent], oncall: Mapping[str, OnCall]
) -> Directory:
    """Return who works where and for whom: lines by number and name, teams as groups.

    Example:
        >>> from support_model.lines import Agent, SupportLine
        >>> line = SupportLine(level=2, name="product")
        >>> directory_of({2: line}, [Agent(id="ann", line=2, teams=["sap"])], {}).groups
        {'sap': ('ann',)}
    """
    of_line: dict[str, list[str]] = {}
    for level, line in lines.items():
        people = of_line[str(level)] = []
        if line.name:
            of_line.setdefault(line.name, people)
    groups: dict[str, list[str]] = {}
    managers: dict[str, str] = {}
    known: set[str] = set()
    for agent in agents:
        known.add(agent.id)
        if agent.line is not None:
            of_line.setdefault(str(agent.line), []).append(agent.id)
        for team in sorted(agent.teams):
            groups.setdefault(team, []).append(agent.id)
        if agent.manager is not None:
            managers[agent.id] = agent.manager
    return Directory(
        lines=of_line,
        groups=groups,
        managers=managers,
        on_call=oncall,
        agents=frozenset(known) or None,
    )


def unknown_priorities(desk: Desk) -> Iterator[InvalidValue]:
    """Yield the errors of priorities that a desk does not list, where it lists any."""
    if not desk.priorities:
        return
    for pattern in _patterns(desk):
        yield from pattern.unknown_priorities(desk.priorities)
    names = [priority.name for priority in desk.priorities]
    for priority in _priorities_set(desk):
        if priority not in desk.priorities:
            known = {each.name: each.rank for each in desk.priorities}
            if priority.name in known:
                remedy = f"it has rank {known[priority.name]}"
                yield InvalidValue(priority, "a priority of another rank", remedy)
            else:
                remedy = nearest(priority.name, names)
                yield InvalidValue(priority.name, "unknown priority", remedy)


def _patterns(desk: Desk) -> Iterator[Pattern]:
    """Yield every pattern of a desk."""
    for policy in desk.policies.policies:
        yield policy.when
        for target in policy.targets:
            metric = target.metric
            yield from (target.when, metric.start, metric.stop, metric.pause, metric.reset)
    yield from (rule.when for rule in desk.triage)
    yield from (queue.when for queue in desk.routing.queues)
    yield from (rule.when for rule in desk.plans.values())
    yield from (row.guard for row in _transitions(desk))


def _transitions(desk: Desk) -> tuple[Transition, ...]:
    return () if desk.workflow is None else desk.workflow.transitions


def _priorities_set(desk: Desk) -> Iterator[Priority]:
    """Yield every priority that triage or an effect gives to tickets."""
    effects = (effect for row in _transitions(desk) for effect in row.effects)
    fields = [effect.fields for effect in effects if isinstance(effect, Put)]
    for name, value in chain(*fields, *(rule.sets for rule in desk.triage)):
        if name == "priority" and value is not None:
            yield value


def unknown_lines(
    lines: Mapping[int, SupportLine], agents: Iterable[Agent], triage: Iterable[TriageRule]
) -> Iterator[Unknown]:
    """Yield the unknown lines of agents and triage rules, and unknown deputies."""
    levels, names = lines_of(lines, agents), {agent.id for agent in agents}
    for i, agent in enumerate(agents):
        yield from _unknown(("agents", i, "line"), agent.line, "line", levels)
        yield from _unknown(("agents", i, "deputy"), agent.deputy, "deputy", names)
    for i, rule in enumerate(triage):
        line = dict(rule.sets).get("line")
        yield from _unknown(("triage", i, "sets", "line"), line, "line", levels)


def lines_of(lines: Mapping[int, SupportLine], agents: Iterable[Agent]) -> set[int]:
    """Return the support lines of a desk: those it lists, else those of its agents."""
    return set(lines) or {agent.line for agent in agents if agent.line is not None}


def unknown_in_routing(
    routing: Routing, lines: Mapping[int, SupportLine], agents: Collection[Agent]
) -> Iterator[Unknown]:
    """Yield the unknown lines, teams and skills of routing rules."""
    teams = {team for agent in agents for team in agent.teams}
    skills = {skill for agent in agents for skill in agent.skills}
    skills |= {skill for line in lines.values() for skill in line.qualifications}
    unknown = routing.unknown_names(
        lines=lines_of(lines, agents) or None,
        teams=teams if len(agents) else None,
        skills=skills if len(agents) else None,
    )
    for place, error in unknown:
        yield ("routing", *place), error


def unknown_in_plans(
    plans: Iterable[EscalationRule], directory: Directory, policies: PolicyBook
) -> Iterator[Unknown]:
    """Yield the unknown metrics, targets and lines of escalation plans."""
    metrics = {*METRICS, *(name for policy in policies.policies for name in policy.by_metric)}
    for i, plan in enumerate(plans):
        yield from _plan(("plans", i), plan, directory, metrics)


def _unknown(
    place: Place, name: object, what: str, known: Collection[object]
) -> Iterator[Unknown]:
    """Yield a name that is not among the known ones; None is no name, and nothing known is."""
    if known and name is not None and name not in known:
        remedy = nearest(str(name), map(str, known))
        yield place, InvalidRouting(name, f"unknown {what}", remedy)


def _plan(
    place: Place, rule: EscalationRule, directory: Directory, metrics: Collection[str]
) -> Iterator[Unknown]:
    if rule.metric not in metrics:
        remedy = nearest(rule.metric, metrics)
        yield (*place, "metric"), InvalidEscalation(rule.metric, "unknown metric", remedy)
    for step in rule.steps:
        try:
            directory.check(step.to)
        except InvalidEscalation as error:
            yield place, error
        anchor = step.anchor
        if isinstance(anchor, LineTimeout) and anchor.line not in directory.lines:
            remedy = nearest(anchor.line, directory.lines) if directory.lines else "give lines"
            yield place, InvalidEscalation(anchor.line, "unknown line", remedy)
