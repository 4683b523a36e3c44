"""Two weeks of a desk at random: 30 people on 5 lines, and no ticket is ever forgotten."""

# ruff: noqa: S311 - people are drawn, not secrets

import random
from datetime import UTC, datetime, timedelta

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from support_model.calendars import BusinessCalendar
from support_model.instants import Span
from support_model.lines import Agent, Capacity, Skill
from support_model.routing import (
    AgentState,
    Fallback,
    Need,
    Owner,
    QueuedTicket,
    RateLimit,
    Relax,
    Routing,
    Team,
    Work,
    assign,
    assign_backlog,
    line_above,
    line_below,
)

WHAT = ("solve", "wait", "raise", "hand back", "conflict", "reopen")
START = datetime(2026, 3, 23, 6, tzinfo=UTC)  # clocks change on the Sunday between
END = START + timedelta(days=14)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SKILLS, CHANNELS = ("db", "sap", "net", "de"), ("email", "chat", "phone")
WEIGHTS = {"phone": 3, "chat": 2}
CALENDARS = [
    BusinessCalendar.weekly({"mon-fri": "08:00-16:30"}, tz="Europe/Berlin"),
    BusinessCalendar.weekly({"mon-sat": "12:00-21:00"}, tz="Europe/Berlin"),
    BusinessCalendar.weekly({"mon-fri": "09:00-12:00, 13:00-17:00"}, tz="America/New_York"),
    BusinessCalendar.weekly({"sun-thu": "22:00-06:00"}, tz="Europe/London"),
]
ROUTING = Routing(
    sticky=12 * HOUR,
    relax=[
        Relax(HOUR, lower=dict.fromkeys(SKILLS, 1)),
        Relax(8 * HOUR, lower=dict.fromkeys(SKILLS, 2)),
        Relax(20 * HOUR, drop=("de",)),
    ],
    fallback=[Fallback(2 * HOUR, line + 1, of=line) for line in range(1, 5)],
    rate_limit=RateLimit(4, HOUR),
    weights=WEIGHTS,
)


def person(dice, number):
    known = dice.sample(SKILLS, 2)
    return Agent(
        id=f"a{number:02}",
        line=number % 5 + 1,
        skills=[
            Skill(
                name=name,
                level=dice.randint(1, 5),
                expires=dice.choice([None, START + dice.randint(24, 300) * HOUR]),
            )
            for name in known
        ],
        calendar=dice.choice(CALENDARS),
        capacity=Capacity(6, {"phone": 1}),
    )


class Desk(RuleBasedStateMachine):
    """A host: its tables, one timer, and routing asked whenever something happened."""

    @initialize(seed=st.integers(0, 10_000))
    def open(self, seed):
        dice = random.Random(seed)
        self.team = Team([person(dice, number) for number in range(30)])
        self.now = START
        self.waiting = {}  # id: QueuedTicket
        self.held = {}  # id: (QueuedTicket, agent, category)
        self.by_hand = set()
        self.presence = {}
        self.last, self.recent, self.idle = {}, {}, {}
        self.created = self.closed = 0
        self.retry = {}  # id: what was said at the last look

    def workload(self):
        found = {}
        for agent in self.team:
            mine = [row for row in self.held.values() if row[1] == agent.id]
            found[agent.id] = AgentState(
                work=[Work(ticket.channel, category) for ticket, _, category in mine],
                presence=self.presence.get(agent.id, "unknown"),
                last_assigned_at=self.last.get(agent.id),
                idle_since=self.idle.get(agent.id),
                recent=self.recent.get(agent.id, []),
            )
        return found

    def look(self):
        """Ask routing; what is left must say why, and when to ask again."""
        found = assign_backlog(
            self.waiting.values(), self.team, self.workload(), ROUTING, as_of=self.now
        )
        assert {*found.order} == {*self.waiting}
        self.retry = found.retries
        assert found.agenda.next_at == min(filter(None, self.retry.values()), default=None)
        for name, agent in found.assigned.items():
            decision = found.decision(name)
            if agent is None:
                assert {*decision.codes} == {agent.id for agent in self.team}
                # Others of the same look may have taken the place that it would have got.
                turn, now_known = decision.retry_at, self.retry[name]
                assert now_known is None or self.now < turn <= now_known
            else:
                self.must_be_able(self.waiting[name], self.team[agent])
                self.give(self.waiting.pop(name), agent)

    def must_be_able(self, ticket, agent):
        waited = self.now - ticket.queued_at
        lower = 3 if waited >= 8 * HOUR else 1 if waited >= HOUR else 0
        for need in ticket.needs:
            if need.skill == "de" and waited >= 20 * HOUR:
                continue
            level = max(1, need.level - lower)
            assert not need.required or agent.can(need.skill, as_of=self.now, level=level)
        assert agent.line in {ticket.line, ticket.line + (waited >= 2 * HOUR)}
        assert agent.calendar.is_open(self.now)
        assert self.presence.get(agent.id) not in {"away", "offline"}
        assert not any(span.start <= self.now < span.end for span in agent.absences)
        assert agent.id not in ticket.exclude

    def give(self, ticket, agent):
        self.held[ticket.id] = (ticket, agent, "open")
        self.last[agent] = self.now
        lately = [at for at in self.recent.get(agent, []) if at > self.now - HOUR]
        self.recent[agent] = [*lately, self.now]

    @rule(
        line=st.integers(1, 5),
        channel=st.sampled_from(CHANNELS),
        needs=st.lists(
            st.builds(Need, st.sampled_from(SKILLS), st.integers(1, 5), st.booleans()),
            max_size=2,
            unique_by=lambda need: need.skill,
        ),
        priority=st.integers(1, 4),
        due=st.none() | st.integers(1, 48),
        count=st.integers(1, 9),
    )
    def arrive(self, line, channel, needs, priority, due, count):
        for _ in range(count):
            self.created += 1
            self.waiting[f"t{self.created:04}"] = QueuedTicket(
                id=f"t{self.created:04}",
                channel=channel,
                queued_at=self.now,
                line=line,
                needs=needs,
                priority=priority,
                due_at=due and self.now + due * HOUR,
            )
        self.look()

    @precondition(lambda self: self.held)
    @rule(data=st.data(), what=st.sampled_from(WHAT))
    def work(self, data, what):
        name = data.draw(st.sampled_from(sorted(self.held)))
        ticket, agent, category = self.held.pop(name)
        self.by_hand.discard(name)
        if what == "solve":
            self.closed += 1
            self.idle[agent] = self.now
        elif what == "wait":
            self.held[name] = (ticket, agent, "pending")
        elif what == "reopen" and category != "open":
            owner = Owner(agent, self.now)
            self.waiting[name] = evolve(ticket, queued_at=self.now, owner=owner)
        elif what == "conflict":
            self.waiting[name] = evolve(ticket, exclude={**ticket.exclude, agent: "conflict"})
        else:
            ask = line_above if what == "raise" else line_below
            line = ask(ticket, self.team, as_of=self.now).line  # none: a manager's matter
            self.waiting[name] = evolve(ticket, line=line or ticket.line, queued_at=self.now)
        self.look()

    @rule(number=st.integers(0, 29), presence=st.sampled_from(["unknown", "away", "online"]))
    def come_and_go(self, number, presence):
        self.presence[f"a{number:02}"] = presence
        self.look()

    @rule(number=st.integers(0, 29), hours=st.integers(1, 90))
    def fall_ill(self, number, hours):
        away = Span(self.now, self.now + hours * HOUR)
        self.team = Team(
            evolve(agent, absences=[*agent.absences, away])
            if agent.id == f"a{number:02}"
            else agent
            for agent in self.team
        )
        self.look()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), number=st.integers(0, 29))
    def insist(self, data, number):
        name = data.draw(st.sampled_from(sorted(self.waiting)))
        ticket, agent = self.waiting.pop(name), f"a{number:02}"
        made = assign(ticket, agent, self.team, self.workload(), ROUTING, as_of=self.now)
        assert made.agent == agent
        self.give(ticket, agent)
        if made.flags:
            self.by_hand.add(name)
        self.look()

    @precondition(lambda self: self.now < END)
    @rule(minutes=st.integers(1, 1_200))
    def sleep(self, minutes):
        """Sleep as a host does: until the earliest retry, or until something else happens."""
        self.doze(min(self.now + minutes * MINUTE, END))

    def teardown(self):
        """Let the two weeks end."""
        if hasattr(self, "team"):
            self.doze(END)
            self.nobody_is_forgotten()
            self.nobody_is_overloaded_but_by_hand()

    def doze(self, until):
        while True:
            wake = min((at for at in self.retry.values() if at is not None), default=None)
            if wake is None or wake > until:
                break
            promised = [name for name, at in self.retry.items() if at == wake]
            before = {*self.waiting}
            self.now = wake
            self.look()
            assert before - {*self.waiting}, promised
        self.now = until
        before = {*self.waiting}
        self.look()
        assert before == {*self.waiting}, "somebody could have taken it before the retry"

    @invariant()
    def nobody_is_forgotten(self):
        if not hasattr(self, "team"):
            return
        assert self.created == self.closed + len(self.waiting) + len(self.held)
        assert not {*self.waiting} & {*self.held}
        assert {*self.retry} == {*self.waiting}
        assert all(at is None or at > self.now for at in self.retry.values())

    @invariant()
    def nobody_is_overloaded_but_by_hand(self):
        if not hasattr(self, "team"):
            return
        for agent in self.team:
            mine = [
                (name, ticket)
                for name, (ticket, who, category) in self.held.items()
                if who == agent.id and category == "open"
            ]
            if any(name in self.by_hand for name, _ in mine):
                continue
            assert sum(WEIGHTS.get(ticket.channel, 1) for _, ticket in mine) <= 6
            assert sum(ticket.channel == "phone" for _, ticket in mine) <= 1


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=4, stateful_step_count=50, deadline=None)
