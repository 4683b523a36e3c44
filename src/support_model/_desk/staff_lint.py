"""What in a desk has nobody for it on any date: channels, lines, skills, targets.

What a desk does not list (no agents, no policies) is the host's, and no finding is about it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from support_model._time import micros
from support_model.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from support_model._time import Span
    from support_model.desk import Desk
    from support_model.lines import Agent
    from support_model.patterns import Pattern
    from support_model.sla import SlaPolicy, Target


def lint(desk: Desk, span: Span | None = None) -> Iterator[Reason]:
    """Yield what has nobody for it, and what on-call plans find in themselves.

    Skills that have run out by the start of a span are not held. Plans are read within it, or
    in windows of their own.
    """
    yield from _channels(desk)
    yield from _fallbacks(desk)
    if len(desk.agents):
        yield from _lines(desk)
        yield from _skills(desk, None if span is None else micros(span.start))
        yield from _targets(desk)
        yield from _strangers(desk)
    start, end = (None, None) if span is None or span.start == span.end else (span.start, span.end)
    for name, plan in desk.oncall.items():
        for finding in plan.lint(start, end):
            yield Reason.of("on_call_finding", plan=name, finding=finding)


def _channels(desk: Desk) -> Iterator[Reason]:
    """Yield the channels for which no target can hold."""
    served = (channel for agent in desk.agents for channel in agent.capacity.channels)
    channels = dict.fromkeys([*desk.channels, *desk.routing.weights, *served])
    promised = [policy.when & target.when for policy, target in promises(desk)]
    covers = _promised(promised)
    for channel in channels if promised else ():
        if not covers(channel):
            yield Reason.of("channel_without_promise", channel=channel)


def _promised(patterns: Iterable[Pattern]) -> Callable[[str], bool]:
    """Return whether one of some patterns may hold of a channel, by looking at each once."""
    possible: set[object] = set()
    others: list[Pattern] = []  # those that ask more of a channel than whether it is one of some
    free: list[frozenset[object]] = []  # for each that may hold of any other channel: those named
    for pattern in patterns:
        asked = [x for x in pattern.conditions() if x.name in ("channel", "old.channel")]
        named = frozenset(value for name, value in pattern.values() if name == "channel")
        if any(condition.operation not in ("is", "in") for condition in asked):
            others.append(pattern)
            continue
        possible.update(x for x in named if pattern.known({"channel": x}) is not False)
        if pattern.known({"channel": object()}) is not False:
            free.append(named)
    anywhere = frozenset() in free

    def covers(channel: str) -> bool:
        return (
            anywhere
            or channel in possible
            or any(channel not in named for named in free)
            or any(pattern.known({"channel": channel}) is not False for pattern in others)
        )

    return covers


def promises(
    desk: Desk, kind: str = "sla", metric: str | None = None
) -> Iterator[tuple[SlaPolicy, Target]]:
    """Yield the targets of the policies of a kind, perhaps for one metric."""
    epochs = (policies for epoch in desk.policies.epochs for policies in epoch.values())
    for policy in dict.fromkeys(policy for policies in epochs for policy in policies):
        for target in policy.targets if policy.kind == kind else ():
            if metric in (None, target.metric.name):
                yield policy, target


def _fallbacks(desk: Desk) -> Iterator[Reason]:
    """Yield the lines that come back to themselves by falling back, where all lines may."""
    lines = set(desk.lines) | {agent.line for agent in desk.agents if agent.line is not None}
    lines |= {step.line for step in desk.routing.fallback}
    onto: dict[int, set[int]] = {line: set() for line in lines}
    for step in desk.routing.fallback:
        for line in lines if step.of is None else (step.of,):
            onto.setdefault(line, set()).update({step.line} - {line})
    circle = []
    for line in sorted(onto):
        reached: set[int] = set()
        todo = [line]
        while todo:
            new = onto.get(todo.pop(), set()) - reached
            reached |= new
            todo += new
        circle += [line] if line in reached else []
    if circle:
        yield Reason.of("fallback_cycle", lines=tuple(circle))


def _lines(desk: Desk) -> Iterator[Reason]:
    """Yield the own lines that nobody serves, or one person alone."""
    for level, line in desk.lines.items():
        people = [agent.id for agent in desk.agents if agent.line == level]
        if not people and line.call_out is None:
            yield Reason.of("line_without_people", line=level)
        elif len(people) == 1 and line.call_out is None:
            yield Reason.of("line_of_one", line=level, person=people[0])


def _skills(desk: Desk, at: int | None) -> Iterator[Reason]:
    """Yield the skills that queues and lines need and nobody, or one person alone, has."""
    holders: dict[str, list[Agent]] = {}
    for agent in desk.agents:
        for skill in agent.skills:
            holders.setdefault(skill, []).append(agent)
    answers: dict[tuple[str, int, int | None], list[str]] = {}
    for name, skill, level, line in _needed_skills(desk):
        question = (skill, level, line)
        if question not in answers:
            answers[question] = [
                agent.id
                for agent in holders.get(skill, ())
                if line in (None, agent.line) and _holds(agent, skill, level, at)
            ]
        able = answers[question]
        if not able:
            yield Reason.of("skill_without_holders", by=name, skill=skill, level=level)
        elif len(able) == 1:
            yield Reason.of("skill_of_one", by=name, skill=skill, level=level, person=able[0])


def _needed_skills(desk: Desk) -> Iterator[tuple[str, str, int, int | None]]:
    """Yield (who needs it, skill, level, line on which it is needed; None is any)."""
    for queue in desk.routing.queues:
        for need in queue.needs:
            if need.required:
                yield queue.name, need.skill, need.level, None
    people = Counter(agent.line for agent in desk.agents)
    for number, line in desk.lines.items():
        if people[number] > 1:  # fewer people are a finding of their own
            for skill in line.qualifications:
                yield line.name or str(number), skill, 1, number


def _holds(agent: Agent, skill: str, level: int, at: int | None) -> bool:
    """Return whether somebody holds a skill, at an instant if one is given."""
    held = agent.skills.get(skill)
    if held is None or held.level < level:
        return False
    ends = held.ends(agent.tz)
    return at is None or ends is None or at < ends


def _targets(desk: Desk) -> Iterator[Reason]:
    """Yield the steps whose target means nobody for any ticket."""
    directory = desk.directory
    people = {agent.id for agent in desk.agents} | set(directory.managers.values())
    above = _longest_chain(directory.managers)
    for rule in desk.plans.values():
        for step in rule.steps:
            kind, _, name = step.to.partition(":")
            empty = {
                "line": kind == "line" and not directory.lines[name],
                "manager": kind == "manager" and int(name) > above,
                "user": name not in people,
            }
            if empty.get(kind, False):
                yield reaches_nobody(rule.name, step.id, step.to)


def _longest_chain(managers: Mapping[str, str]) -> int:
    """Return how many managers the one with most has above, each person looked at once."""
    above: dict[str, int] = {}
    for person in managers:
        path = []
        here: str | None = person
        while here is not None and here not in above:
            path.append(here)
            here = managers.get(here)
        depth = -1 if here is None else above[here]
        for one in reversed(path):
            depth += 1
            above[one] = depth
    return max(above.values(), default=0)


def reaches_nobody(plan: str, step: str, to: str) -> Reason:
    """Return the finding of a step whose target is nobody."""
    return Reason.of("target_reaches_nobody", plan=plan, step=step, to=to)


def _strangers(desk: Desk) -> Iterator[Reason]:
    """Yield who takes turns on call, swaps or overrides, and is neither agent nor manager."""
    people = {agent.id for agent in desk.agents} | {agent.manager for agent in desk.agents}
    for name, plan in desk.oncall.items():
        named = [*plan.people, *(over.person for over in plan.overrides)]
        named += [person for giver, taker, _ in plan.gifts for person in (giver, taker)]
        for person in dict.fromkeys(named):
            if person not in people:
                yield Reason.of("stranger_on_call", plan=name, person=person)
