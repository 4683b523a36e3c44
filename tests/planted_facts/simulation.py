"""A support desk in calendar time: tickets come, are worked on, wait, are solved, come back.

Each ticket goes through stages. A stage needs a number of hours, of opening time or of the wall
clock, and gets them day by day at the pace of that day, so that an effect which starts in a week
acts from then on for all tickets, also for those that are open then. A pace of 1/1.6 is a group
that takes 1.6 times as long. Chances are decided when they come up, in the week of the decision.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from . import desk

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence
    from random import Random

HOUR = 3600
WEEKS, TICKETS = 26, 6000
WARM_UP = 4
"""Weeks before the log begins, in which the desk fills; their tickets are not part of it, as in an
export of what was created from a day on."""
NEVER = 10**6
CHANCES = frozenset(
    {
        *("spam", "merged", "asked", "vendor", "escalated", "handed_back"),
        *("reopened", "rated", "satisfied", "stuck"),
    }
)
OF_THE_DESK = frozenset({"triage", "reply", "work", "next_reply", "look"})
"""Stages that take opening time; the others take time of the wall clock."""
TIMES = frozenset(
    {
        *("arrivals", "work", "reply", "next_reply", "customer_wait", "vendor_wait"),
        *("close_after", "agent_share"),
    }
)


@dataclass(frozen=True)
class Effect:
    """What is otherwise than usual from one week on, for the tickets of some fields.

    `lever` is one of `TIMES`, which is multiplied by `times`, or of `CHANCES`, to which `plus` is
    added. Weeks count from 0, the first of the log; `until` is the first week that is usual again.
    Over the first `ramp` weeks the effect grows evenly.
    """

    lever: str
    where: tuple[tuple[str, str], ...] = ()
    start: int = 0
    until: int = NEVER
    times: float = 1.0
    plus: float = 0.0
    ramp: int = 0

    def __post_init__(self):
        if self.lever not in CHANCES | TIMES:
            raise ValueError(self.lever)
        if (self.lever in CHANCES and self.times != 1) or (self.lever in TIMES and self.plus):
            raise ValueError(self)

    def grown(self, week: int) -> float:
        """Return how much of the effect acts in a week, from 0 to 1."""
        if not self.start <= week < self.until:
            return 0.0
        return min(1.0, (week - self.start + 1) / self.ramp) if self.ramp else 1.0


@dataclass(frozen=True)
class Scenario:
    """A desk with its effects, over `weeks` from a Monday on, until `end`.

    Attributes:
        first: the Monday with which the log begins.
        weeks: how many weeks it covers.
        tickets: how many tickets come if nothing acts, about.
        effects: what is otherwise than usual.
        capacity: how many tickets an agent or a group serves at once at full pace; where more
            are open, all are served more slowly. Those without are never short of time.
        closed_weeks: weeks without anybody at work.
        noise: how many times more than usual weeks differ by themselves.
        cut_at: hours of the last week's Monday at which the log ends; None at the week's end.
    """

    first: date = date(2026, 1, 5)
    weeks: int = WEEKS
    tickets: int = TICKETS
    effects: tuple[Effect, ...] = ()
    capacity: tuple[tuple[str, float], ...] = ()
    closed_weeks: tuple[int, ...] = ()
    noise: float = 1.0
    cut_at: float | None = None

    def monday(self, week: int) -> date:
        """Return the Monday of a week."""
        return self.first + timedelta(weeks=week)


@dataclass(eq=False)
class Ticket:
    """What happened to one ticket, in seconds of Unix time: the truth that a judge counts.

    `fields` are those at the end, `began` those at its creation, `spells` the stages it has left,
    each with the lever that slows it, its start and its end.
    """

    id: str
    created: int
    week: int
    fields: dict[str, str]
    began: dict[str, str] = field(default_factory=dict)
    entries: list[tuple[int, str, str, str | None, Any]] = field(default_factory=list)
    spells: list[tuple[str, float, float]] = field(default_factory=list)
    replied: int | None = None
    next_replies: list[tuple[int, int]] = field(default_factory=list)
    solved: list[int] = field(default_factory=list)
    reopened: list[int] = field(default_factory=list)
    escalated: list[int] = field(default_factory=list)
    handed_back: list[int] = field(default_factory=list)
    waits: list[tuple[str, int, int | None]] = field(default_factory=list)
    rated: list[tuple[int, int]] = field(default_factory=list)
    closed: int | None = None
    void: tuple[int, str] | None = None
    lying: int | None = None

    def is_void(self, what: str) -> bool:
        """Whether it was set aside as spam or merged."""
        return self.void is not None and self.void[1] == what

    def note(self, at: float, kind: str, role: str, actor: str | None = None, /, **said) -> None:
        """Keep an entry of the log."""
        self.entries.append((round(at), kind, role, actor, said))


class Weeks:
    """The weeks and days of a scenario as seconds of Unix time, with the hours of opening."""

    def __init__(self, scenario: Scenario):
        self.starts = [_seconds(scenario.monday(week)) for week in range(scenario.weeks + 1)]
        self.end = self.starts[-1]
        if scenario.cut_at is not None:
            self.end = self.starts[-2] + round(scenario.cut_at * HOUR)
        self.days: list[tuple[int, int, int, int, int]] = []
        for number in range(-7 * WARM_UP, 7 * scenario.weeks):
            day = scenario.first + timedelta(days=number)
            begins, ends = _seconds(day), _seconds(day + timedelta(days=1))
            opens = closes = ends
            if day.weekday() in desk.OPEN_WEEKDAYS and number // 7 not in scenario.closed_weeks:
                opens = _seconds(day, desk.OPENS.hour)
                closes = _seconds(day, desk.CLOSES.hour)
            self.days.append((begins, min(ends, self.end), opens, closes, number // 7))

    def week(self, at: float) -> int:
        """Return the number of the week of an instant, 0 for what lies before."""
        return max(0, bisect_right(self.starts, at) - 1)


class OpenTime:
    """The opening time before any instant, to tell how much lies between two."""

    def __init__(self, weeks: Weeks):
        self.days = [
            (opens, min(closes, ends))
            for _, ends, opens, closes, _ in weeks.days
            if opens < min(closes, ends)
        ]
        self.opens = [opens for opens, _ in self.days]
        self.before = [0, *accumulate(closes - opens for opens, closes in self.days)]

    def between(self, start: float, end: float) -> float:
        """Return how long the desk is open between two instants, in seconds."""
        return self._at(end) - self._at(start)

    def _at(self, at: float) -> float:
        day = bisect_right(self.opens, at) - 1
        if day < 0:
            return 0.0
        opens, closes = self.days[day]
        return self.before[day] + min(at, closes) - opens


def _seconds(day: date, hour: int = 0) -> int:
    local = datetime(day.year, day.month, day.day, hour, tzinfo=desk.ZONE)
    return int(local.astimezone(UTC).timestamp())


def hours_of(at: float) -> str:
    """Return when of the week an instant lies: open, evening/night, weekend."""
    local = datetime.fromtimestamp(at, desk.ZONE)
    if local.weekday() not in desk.OPEN_WEEKDAYS:
        return "weekend"
    return "open" if desk.OPENS <= local.time() < desk.CLOSES else "evening/night"


def matches(fields: Mapping[str, str], where: Iterable[tuple[str, str]]) -> bool:
    """Whether a ticket has these values."""
    return all(fields.get(name) == value for name, value in where)


def simulate(scenario: Scenario, *, rng: Random) -> list[Ticket]:
    """Return the tickets of a scenario in the order of their creation."""
    return _Desk(scenario, rng).run()


class _Desk:
    def __init__(self, scenario: Scenario, rng: Random):
        self.scenario, self.rng, self.weeks = scenario, rng, Weeks(scenario)
        self.effects = defaultdict(list)
        for effect in scenario.effects:
            self.effects[effect.lever].append(effect)
        self.capacity = dict(scenario.capacity)
        self.live: list[_Task] = []

    def run(self) -> list[Ticket]:
        """Let the days pass."""
        tickets = self._arrivals()
        coming = 0
        for begins, ends, opens, closes, week in self.weeks.days:
            self._hand_over(begins, week)
            while coming < len(tickets) and tickets[coming].created < ends:
                self.live.append(_Task(tickets[coming], self._life(tickets[coming])))
                coming += 1
            for first, last in self._steps(begins, ends, opens, closes):
                crowd = self._crowd() if self.capacity else {}
                for task in self.live:
                    if task.ticket.created < last:
                        self._advance(task, (first, last, opens, closes), week, crowd)
            self.live = [task for task in self.live if not task.over]
        return [ticket for ticket in tickets if ticket.week >= 0]

    def _steps(self, begins: int, ends: int, opens: int, closes: int) -> list[tuple[int, int]]:
        """Cut a day where paces change: every hour of opening if there may be a crowd."""
        if not self.capacity or opens >= min(closes, ends):
            return [(begins, ends)]
        cuts = [begins, *range(opens, min(closes, ends), HOUR), ends]
        return list(pairwise(cuts))

    # how many come, and as what

    def _arrivals(self) -> list[Ticket]:
        scenario, rng = self.scenario, self.rng
        hours = [each * share for each in desk.WEEKDAYS for share in desk.DAY_HOURS]
        places = list(accumulate(hours))
        acting = self.effects["arrivals"]
        tickets = []
        for week in range(-WARM_UP, scenario.weeks):
            most = math.prod(max(1.0, self._times_of(effect, week)) for effect in acting)
            level = (
                scenario.tickets / scenario.weeks * _noise(rng, scenario.noise * desk.WEEK_NOISE)
            )
            drawn = self._drawn_fields()
            passed = rng.expovariate(level * most)
            while passed < 1:
                at = self._instant(week, passed * places[-1], places)
                fields = self._fields(drawn, at)
                chance = math.prod(
                    self._times_of(each, week) for each in acting if matches(fields, each.where)
                )
                if rng.random() * most < chance and at < self.weeks.end:
                    self._assign(fields, week)
                    tickets.append(Ticket("", at, week, fields, dict(fields)))
                passed += rng.expovariate(level * most)
        tickets.sort(key=lambda ticket: ticket.created)
        for number, ticket in enumerate(tickets, 1001):
            ticket.id = str(number)
        return tickets

    def _instant(self, week: int, place: float, places: Sequence[float]) -> int:
        hour = min(bisect_right(places, place), 167)
        before = places[hour - 1] if hour else 0.0
        within = (place - before) / (places[hour] - before)
        start = _seconds(self.scenario.monday(week) + timedelta(days=hour // 24), hour % 24)
        return start + int(within * HOUR)

    def _drawn_fields(self):
        """Return the shares of this week, which differ a little from week to week."""
        return {
            name: (
                list(shares),
                list(
                    accumulate(
                        _shaken(
                            self.rng, shares.values(), self.scenario.noise * desk.FIELD_NOISE[name]
                        )
                    )
                ),
            )
            for name, shares in desk.MADE_OF.items()
        }

    def _fields(self, drawn, at: int) -> dict[str, str]:
        choices = self.rng.choices
        fields = {
            name: choices(names, cum_weights=weights)[0]
            for name, (names, weights) in drawn.items()
        }
        groups = desk.GROUPS_OF_TOPIC[fields["topic"]]
        group = choices(list(groups), list(groups.values()))[0]
        fields |= {"group": group, "line": str(desk.LINES[group]), "hours": hours_of(at)}
        fields["requester"] = f"{fields['organization']} {self.rng.randrange(1, 41)}"
        return fields

    def _assign(self, fields: dict[str, str], week: int, group: str | None = None) -> None:
        """Give a ticket to one of the agents of its group."""
        group = group or fields["group"]
        fields |= {"group": group, "line": str(desk.LINES[group])}
        agents = desk.AGENTS[group]
        weights = [
            math.prod(
                self._times_of(each, week)
                for each in self.effects["agent_share"]
                if each.where == (("agent", agent),)
            )
            for agent in agents
        ]
        fields["agent"] = self.rng.choices(agents, weights)[0]

    def _hand_over(self, at: int, week: int) -> None:
        """Give what an agent who left has open to the colleagues, on the first day."""
        for effect in self.effects["agent_share"]:
            if effect.times == 0 and at == self.weeks.starts[effect.start]:
                for task in self.live:
                    if (
                        task.clock
                        and not task.ticket.solved
                        and matches(task.ticket.fields, effect.where)
                    ):
                        self._assign(task.ticket.fields, week)
                        agent = task.ticket.fields["agent"]
                        task.ticket.note(at, "changed", "system", agent=agent)

    # how fast, and how likely

    def _times_of(self, effect: Effect, week: int) -> float:
        return 1.0 + (effect.times - 1.0) * effect.grown(week)

    def _times(self, lever: str, ticket: Ticket, week: int) -> float:
        times = 1.0
        for effect in self.effects.get(lever, ()):
            if effect.start <= week < effect.until and matches(ticket.fields, effect.where):
                times *= self._times_of(effect, week)
        return times

    def _happens(self, lever: str, usual: float, ticket: Ticket, at: float) -> bool:
        week = self.weeks.week(at)
        for effect in self.effects.get(lever, ()):
            if effect.start <= week < effect.until and matches(ticket.fields, effect.where):
                usual += effect.plus * effect.grown(week)
        return self.rng.random() < usual

    def _crowd(self) -> Counter[str]:
        """Count who has how many tickets to work on."""
        crowd: Counter[str] = Counter()
        for task in self.live:
            if task.clock == "open":
                crowd[task.ticket.fields["agent"]] += 1
                crowd[task.ticket.fields["group"]] += 1
        return crowd

    def _pace(self, task: _Task, week: int, crowd: Mapping[str, int]) -> float:
        pace = 1 / self._times(task.lever, task.ticket, week)
        if crowd and task.clock == "open":
            for holder in (task.ticket.fields["agent"], task.ticket.fields["group"]):
                room = self.capacity.get(holder)
                if room is not None:
                    pace *= min(1.0, room / max(1, crowd[holder]))
        return pace

    def _advance(self, task: _Task, day, week: int, crowd) -> None:
        """Let one day pass for a ticket."""
        begins, ends, opens, closes = day
        at = max(begins, task.ticket.created)
        while not task.over and at < ends:
            first, last = (opens, closes) if task.clock == "open" else (begins, ends)
            first, last = max(at, first), min(last, ends)
            if first >= last:
                return
            pace = self._pace(task, week, crowd)
            done = first + task.need / pace
            if done > last:
                task.need -= (last - first) * pace
                return
            task.ticket.spells.append((task.lever, task.since, done))
            task.go_on(done)
            at = done

    # the life of a ticket

    def _drawn(self, median: float, spread: float) -> float:
        return median * math.exp(self.rng.gauss(0.0, spread))

    def _work(self, ticket: Ticket) -> float:
        fields = ticket.fields
        median = desk.WORK[fields["group"]]
        for name, factors in desk.WORK_FACTORS.items():
            median *= factors[fields[name]]
        return self._drawn(median, desk.WORK_SPREAD)

    def _life(self, ticket: Ticket) -> Generator[Stage, float, None]:
        rates, fields, at = desk.RATES, ticket.fields, float(ticket.created)
        ticket.note(at, "created", "customer", fields["requester"], **_at_creation(fields))
        ticket.note(at, "message", "customer", fields["requester"], public=True)
        for what, status in (("spam", "Spam"), ("merged", "Merged")):
            if self._happens(what, getattr(rates, what), ticket, at):
                at = yield "open", "triage", self._drawn(1.0, 0.6)
                self._set_aside(ticket, at, what, status)
                return
        at = yield "open", "reply", self._drawn(desk.REPLY[fields["channel"]], desk.REPLY_SPREAD)
        ticket.replied = round(at)
        ticket.note(at, "message", "agent", fields["agent"], public=True)
        ticket.note(at, "changed", "agent", fields["agent"], status="Open")
        yield from self._until_solved(ticket, self._work(ticket))
        again = True
        while again:
            again = yield from self._after_solution(ticket)
            if again:
                fields = ticket.fields
                yield from self._finished(
                    ticket, self._drawn(rates.work_again * desk.WORK[fields["group"]], 0.7)
                )

    def _set_aside(self, ticket: Ticket, at: float, what: str, status: str) -> None:
        agent = ticket.fields["agent"]
        ticket.void = (round(at), what)
        if what == "merged":
            others = [task.ticket for task in self.live if task.ticket.void is None]
            earlier = [
                other for other in others if other.week >= 0 and other.created < ticket.created
            ]
            if earlier:
                into = self.rng.choice(earlier)
                ticket.note(at, "related", "agent", agent, kind="merged_into", other=into.id)
        ticket.note(at, "changed", "agent", agent, status=status)

    def _until_solved(self, ticket: Ticket, work: float) -> Generator[Stage, float, None]:
        """Let a ticket be worked on, asked about, handed over, until its first solution."""
        rates, part = desk.RATES, self.rng.uniform(0.25, 0.6)
        at = yield "open", "work", part * work
        rest = (1 - part) * work
        if ticket.fields["line"] == "1" and self._happens(
            "escalated", rates.escalated, ticket, at
        ):
            home = ticket.fields["group"], ticket.fields["agent"]
            ticket.escalated.append(round(at))
            self._assign(
                ticket.fields,
                self.weeks.week(at),
                desk.LINE_TWO.get(ticket.fields["topic"], "Network"),
            )
            ticket.note(at, "changed", "agent", home[1], **_holder(ticket.fields))
            if self._happens("handed_back", rates.handed_back, ticket, at):
                at = yield "open", "look", self._drawn(rates.look, 0.6)
                ticket.handed_back.append(round(at))
                away = ticket.fields["agent"]
                ticket.fields |= {"group": home[0], "line": "1", "agent": home[1]}
                ticket.note(at, "changed", "agent", away, **_holder(ticket.fields))
            else:
                rest = self._work(ticket)
        if self._happens("asked", rates.asked, ticket, at):
            yield from self._ask(ticket, at)
        at = yield "open", "work", rest / 2
        if self._happens("vendor", rates.vendor, ticket, at):
            ticket.note(at, "changed", "agent", ticket.fields["agent"], status=desk.ON_HOLD)
            ticket.waits.append((desk.ON_HOLD, round(at), None))
            at = yield "wall", "vendor_wait", self._drawn(rates.vendor_wait, rates.wait_spread)
            ticket.waits[-1] = (*ticket.waits[-1][:2], round(at))
            ticket.note(at, "changed", "agent", ticket.fields["agent"], status="Open")
        if self._happens("stuck", 0.0, ticket, at):
            ticket.lying = round(at)
            yield "open", "stuck", float(NEVER)
        yield from self._finished(ticket, rest / 2)

    def _ask(self, ticket: Ticket, at: float) -> Generator[Stage, float, None]:
        """Ask the customer, wait, answer again."""
        rates, fields = desk.RATES, ticket.fields
        ticket.note(at, "message", "agent", fields["agent"], public=True)
        ticket.note(at, "changed", "agent", fields["agent"], status=desk.PENDING)
        ticket.waits.append((desk.PENDING, round(at), None))
        at = yield "wall", "customer_wait", self._drawn(rates.customer_wait, rates.wait_spread)
        ticket.waits[-1] = (*ticket.waits[-1][:2], round(at))
        ticket.note(at, "message", "customer", fields["requester"], public=True)
        ticket.note(at, "changed", "system", status="Open")
        asked = at
        at = yield "open", "next_reply", self._drawn(desk.NEXT_REPLY, desk.NEXT_REPLY_SPREAD)
        ticket.next_replies.append((round(asked), round(at)))
        ticket.note(at, "message", "agent", fields["agent"], public=True)

    def _finished(self, ticket: Ticket, work: float) -> Generator[Stage, float, None]:
        at = yield "open", "work", work
        ticket.note(at, "message", "agent", ticket.fields["agent"], public=True)
        ticket.note(at, "changed", "agent", ticket.fields["agent"], status="Solved")
        ticket.solved.append(round(at))
        if not ticket.rated:
            ticket.note(at, "rating_requested", "system", kind="csat")

    def _after_solution(self, ticket: Ticket) -> Generator[Stage, float, bool]:
        """Let the customer rate, come back or be silent; return whether it is open again."""
        rates, fields, at = desk.RATES, ticket.fields, float(ticket.solved[-1])
        plans = []
        if not ticket.rated and self._happens("rated", rates.rated, ticket, at):
            plans.append((self._drawn(rates.until_rated, 0.7), "rated"))
        if self._happens("reopened", rates.reopened, ticket, at):
            plans.append((self._drawn(rates.until_reopened, 0.6), "reopened"))
        passed = 0.0
        for after, what in sorted(plans):
            if after >= rates.close_after:
                break
            at = yield "wall", what, after - passed
            passed = after
            if what == "reopened":
                ticket.reopened.append(round(at))
                ticket.note(at, "message", "customer", fields["requester"], public=True)
                ticket.note(at, "changed", "system", status="Open")
                return True
            well = self._happens("satisfied", desk.SATISFIED[fields["channel"]], ticket, at)
            score = self.rng.choice((4, 5, 5) if well else (1, 2, 2, 3, 3))
            ticket.rated.append((round(at), score))
            ticket.note(at, "rated", "customer", fields["requester"], kind="csat", score=score)
        usual = rates.close_after
        timer = usual * self._times("close_after", ticket, self.weeks.week(at))
        at = yield "wall", "close", max(0.0, timer - passed)
        ticket.closed = round(at)
        ticket.note(at, "changed", "system", status="Closed")
        return False


Stage = tuple[str, str, float]
"""The clock, the lever that slows it, and the hours needed."""


@dataclass(eq=False)
class _Task:
    """A ticket in its present stage."""

    ticket: Ticket
    life: Generator[Stage, float, None]
    clock: str = ""
    lever: str = ""
    need: float = 0.0
    since: float = 0.0
    over: bool = False

    def __post_init__(self):
        self._take(next(self.life), self.ticket.created)

    def _take(self, stage: Stage, at: float) -> None:
        self.clock, self.lever, hours = stage
        self.need, self.since = hours * HOUR, at

    def go_on(self, at: float) -> None:
        """Begin the next stage."""
        try:
            self._take(self.life.send(at), at)
        except StopIteration:
            self.over, self.clock = True, ""


def _at_creation(fields: Mapping[str, str]) -> dict[str, str]:
    names = ("channel", "priority", "type", "topic", "organization", "requester")
    return {"status": "New", **{name: fields[name] for name in names}, **_holder(fields)}


def _holder(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields[name] for name in ("group", "line", "agent")}


def _noise(rng: Random, spread: float) -> float:
    return math.exp(rng.gauss(-spread * spread / 2, spread))


def _shaken(rng: Random, shares: Iterable[float], spread: float) -> list[float]:
    return [share * _noise(rng, spread) for share in shares]
