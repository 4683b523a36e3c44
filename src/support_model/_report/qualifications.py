"""What people of a desk know beside the lines: what expired, and what will within half a year."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import define
from dateutil.relativedelta import relativedelta

from support_model._report.blocks import Column, Section, Table, says
from support_model._time import instant, micros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support_model._report.blocks import Cell, Said
    from support_model._report.report import Report
    from support_model.desk import Desk
    from support_model.lines import Agent

State: TypeAlias = Literal["", "expired", "soon", "later"]
STATES: tuple[State, ...] = ("expired", "soon", "later")
SOON, LATER = relativedelta(months=3), relativedelta(months=6)


def sections(report: Report) -> Iterator[Section]:
    """Yield the view of qualifications; nothing without a desk whose people have skills."""
    desk, at = report.desk, report.as_of
    if desk is None or at is None:
        return
    held = [each for agent in desk.agents for each in _held(agent, at)]
    needed = any(line.qualifications for line in desk.lines.values())
    if not held and not needed:
        return
    yield Section(
        key="qualifications",
        title=says("skills_title", at=at),
        lines=tuple(_lines(desk, held)),
        tables=(_by_line(desk, held), _by_person(held, report)),
    )


@define
class _Held:
    """A skill of somebody, and whether it ends."""

    agent: Agent
    skill: str
    level: int
    ends: int | None
    state: State


def _held(agent: Agent, at: datetime) -> Iterator[_Held]:
    now = micros(at)
    soon, later = (micros(at.astimezone(agent.tz) + ahead) for ahead in (SOON, LATER))
    for skill in agent.skills.values():
        ends = skill.ends(agent.tz)
        state: State = ""
        if ends is not None and ends <= later:
            state = "expired" if ends <= now else "soon" if ends <= soon else "later"
        yield _Held(agent, skill.name, skill.level, ends, state)


def _lines(desk: Desk, held: list[_Held]) -> Iterator[Said]:
    states = Counter(each.state for each in held)
    if any(states[state] for state in STATES):
        yield says("skills_due", **{state: states[state] for state in STATES})
    else:
        yield says("skills_fine", n=len(desk.agents))
    lacking = [
        says("skills_pair", skill=skill, line=level)
        for level, line in sorted(desk.lines.items())
        for skill in line.qualifications
        if not any(_counts(each, level, skill) and each.state != "expired" for each in held)
    ]
    if lacking:
        yield says("skills_nobody", skills=tuple(lacking))


def _counts(each: _Held, level: int, skill: str) -> bool:
    return each.agent.line == level and each.skill == skill


def _by_line(desk: Desk, held: list[_Held]) -> Table:
    """Return of each line the skills it needs or has, and who holds them."""
    levels = sorted({*desk.lines, *(a.line for a in desk.agents if a.line is not None)})
    return Table(
        key="skills_by_line",
        title=says("skills_by_line"),
        columns=(
            Column(key="line", title=says("skills_line"), kind="word"),
            Column(key="skill", title=says("skills_skill"), kind="word"),
            Column(key="needed", title=says("skills_needed"), kind="word"),
            Column(key="people", title=says("skills_people")),
            Column(key="hold", title=says("skills_hold")),
            *(Column(key=state, title=says(f"skills_{state}")) for state in STATES),
            Column(key="left", title=says("skills_left")),
        ),
        rows=tuple(row for level in levels for row in _of_line(level, desk, held)),
    )


def _of_line(level: int, desk: Desk, held: list[_Held]) -> Iterator[tuple[Cell, ...]]:
    line = desk.lines.get(level)
    needed = () if line is None else line.qualifications
    people = sum(agent.line == level for agent in desk.agents)
    own = sorted({each.skill for each in held if each.agent.line == level} - {*needed})
    name = says("skills_line_name", level=level, name="" if line is None else line.name)
    for skill in (*needed, *own):
        states = Counter(each.state for each in held if _counts(each, level, skill))
        now = states.total() - states["expired"]
        told = (states[state] for state in STATES)
        is_needed = says("yes" if skill in needed else "no")
        yield name, skill, is_needed, people, now, *told, states[""]


def _by_person(held: list[_Held], report: Report) -> Table:
    """Return the skills that expired or will, the earliest first."""
    ending = sorted(
        (each for each in held if each.state), key=lambda each: (each.ends, each.agent.id)
    )
    return Table(
        key="skills_by_person",
        title=says("skills_by_person"),
        columns=(
            Column(key="person", title=says("skills_person"), kind="word"),
            Column(key="line", title=says("skills_line")),
            Column(key="skill", title=says("skills_skill"), kind="word"),
            Column(key="ends", title=says("skills_ends"), kind="instant"),
            Column(key="state", title=says("skills_state"), kind="word"),
        ),
        rows=tuple(
            (
                report.aliases.get(each.agent.id, each.agent.id),
                each.agent.line,
                each.skill,
                None if each.ends is None else instant(each.ends, report.tz),
                says(f"skills_state_{each.state}"),
            )
            for each in ending
        ),
        shown=20,
    )
