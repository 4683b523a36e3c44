"""What is planted: kinds of change in a desk, each with the effects that make it and its truth.

A kind is a function of when it starts and how strong it is. Strength 1 is what a manager would
care about, stated in the kind's sentence; strength 0.5 is half of it: the square root of a factor,
half of an addition.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import desk
from .simulation import OF_THE_DESK, TICKETS, WEEKS, Effect, OpenTime, Scenario, Weeks, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Where = tuple[tuple[str, str], ...]
UP, DOWN = frozenset({"worse", "more"}), frozenset({"better", "fewer"})
WORSE, BETTER = frozenset({"worse"}), frozenset({"better"})
MORE, FEWER, OTHER = frozenset({"more"}), frozenset({"fewer"}), frozenset({"different"})


@dataclass(frozen=True)
class Truth:
    """One fact that a detector should name.

    Attributes:
        measures: any of these names it.
        wheres: any of these is the right group; () stands for all tickets.
        verdicts: any of these is the right direction.
        start: the number of the week in which it starts.
        latest: the last week that is still called its start, that of `start` for a step.
        statuses: of an item on the time in a status, the right status; None for all others.
        sort: "change", "mix" (never worse or better) or "episode" (a past week, never worse).
        says: the fact in words, for a human judge.
    """

    measures: frozenset[str]
    wheres: tuple[Where, ...]
    verdicts: frozenset[str]
    start: int
    says: str
    latest: int = -1
    statuses: frozenset[str | None] = frozenset({None})
    sort: str = "change"


@dataclass(frozen=True)
class Plant:
    """The effects of a kind, what they make true, and what follows besides.

    `explains` are effects that are not simulated but follow, such as the slower work of a group
    that lacks time: an item that they explain is not false.
    """

    truths: tuple[Truth, ...] = ()
    effects: tuple[Effect, ...] = ()
    explains: tuple[Effect, ...] = ()
    capacity: tuple[tuple[str, float], ...] = ()
    closed_weeks: tuple[int, ...] = ()
    noise: float = 1.0
    tickets: int = TICKETS
    quiet: bool = False
    passed: bool = False


@dataclass(frozen=True)
class Setting:
    """When a plant starts, how strong it is, and the dice that choose its group."""

    start: int
    strength: float
    rng: Random

    def times(self, full: float) -> float:
        """Return a factor at this strength."""
        return full**self.strength

    def plus(self, full: float) -> float:
        """Return an addition at this strength."""
        return full * self.strength

    def one_of(self, *names: str) -> str:
        """Choose a group."""
        return self.rng.choice(names)


KINDS: dict[str, Callable[[Setting], Plant]] = {}


def kind(make: Callable[[Setting], Plant]) -> Callable[[Setting], Plant]:
    """List a kind under the name of its function."""
    KINDS[make.__name__] = make
    return make


def dice(*of: object) -> Random:
    """Return dice that fall the same way for the same things."""
    return Random(" ".join(map(str, of)))  # noqa: S311 - repeatable, not secret


def draw(name: str, *, seed: int, strength: float = 1.0) -> tuple[Scenario, Plant]:
    """Return the scenario and the plant of a kind for a seed.

    Even seeds start in the last weeks of the log, odd ones 6 to 12 weeks before its end. A log
    begins on any Monday of two years; every fourth one ends on a Thursday afternoon.
    """
    rng = dice(name, seed, "plant")
    start = WEEKS - (rng.randint(3, 5) if seed % 2 == 0 else rng.randint(6, 12))
    plant = KINDS[name](Setting(start, strength, rng))
    return scenario_of(plant, rng, cut_at=87.0 if seed % 4 == 3 else None), plant


def scenario_of(plant: Plant, rng: Random, **more) -> Scenario:
    """Return a scenario that has a plant."""
    return Scenario(
        first=date(2024, 1, 1) + timedelta(weeks=rng.randrange(104)),
        effects=plant.effects,
        capacity=plant.capacity,
        closed_weeks=plant.closed_weeks,
        noise=plant.noise,
        tickets=plant.tickets,
        **more,
    )


# tools of the kinds


def _change(
    effect: Effect, measures: str, verdicts: frozenset[str], says: str, **more
) -> tuple[Truth, ...]:
    """Return the truth of one effect: its group and its start."""
    names = frozenset(measures.split())
    where = more.pop("wheres", (effect.where,))
    return (Truth(names, where, verdicts, effect.start, says, **more),)


def _balanced(field: str, factors: Mapping[str, float], setting: Setting) -> tuple[Effect, ...]:
    """Return arrivals that move between the values of a field, the total as before."""
    shares = desk.MADE_OF[field]
    times = {name: setting.times(factor) for name, factor in factors.items()}
    taken = sum(shares[name] * factor for name, factor in times.items())
    rest = (1 - taken) / (1 - sum(shares[name] for name in times))
    return tuple(
        Effect("arrivals", ((field, name),), setting.start, times=times.get(name, rest))
        for name in shares
    )


@cache
def _loads() -> Mapping[str, float]:
    """Return how many tickets each group works on at once, counted where nothing is planted."""
    scenario = Scenario()
    weeks, loads = Weeks(scenario), Counter()
    open_time = sum(closes - opens for _, _, opens, closes, _ in weeks.days)
    clock = OpenTime(weeks)
    for ticket in simulate(scenario, rng=dice("load")):
        loads[ticket.fields["group"]] += sum(
            clock.between(start, end)
            for lever, start, end in ticket.spells
            if lever in OF_THE_DESK
        )
    return {group: load / open_time for group, load in loads.items()}


# volumes


@kind
def nothing(setting: Setting) -> Plant:
    """Nothing is planted."""
    del setting
    return Plant()


@kind
def restless_weeks(setting: Setting) -> Plant:
    """Nothing is planted, and weeks differ by themselves 2.5 times as much as usual."""
    return Plant(noise=1 + 1.5 * setting.strength, quiet=True)


@kind
def small_desk(setting: Setting) -> Plant:
    """Nothing is planted in a desk with a fifth of the tickets, 46 a week."""
    del setting
    return Plant(tickets=TICKETS // 5, quiet=True)


@kind
def bursts(setting: Setting) -> Plant:
    """In 4 single weeks, none of them among the last two, a topic comes 2.2 times as often."""
    weeks = setting.rng.sample(range(3, WEEKS - 2), 4)
    topics = setting.rng.sample(sorted(desk.TOPICS), 4)
    effects = tuple(
        Effect("arrivals", (("topic", topic),), week, week + 1, times=setting.times(2.2))
        for week, topic in zip(weeks, topics, strict=True)
    )
    return Plant(effects=effects, quiet=True)


@kind
def arrivals_of_a_channel(setting: Setting) -> Plant:
    """A channel with 19 to 38 % of the tickets gets 1.5 times as many."""
    name = setting.one_of("email", "phone", "chat")
    effect = Effect("arrivals", (("channel", name),), setting.start, times=setting.times(1.5))
    says = f"{effect.times:.2f} times as many tickets come by {name}"
    return Plant(_change(effect, "created", MORE, says), (effect,))


@kind
def arrivals_of_a_topic(setting: Setting) -> Plant:
    """A topic with 12 to 17 % of the tickets gets 1.8 times as many."""
    name = setting.one_of("login", "invoice", "connection", "delivery", "app error")
    effect = Effect("arrivals", (("topic", name),), setting.start, times=setting.times(1.8))
    says = f"{effect.times:.2f} times as many tickets are about {name!r}"
    return Plant(_change(effect, "created", MORE, says), (effect,))


@kind
def arrivals_of_an_organization(setting: Setting) -> Plant:
    """An organization with 8 to 11 % of the tickets writes 2.2 times as many."""
    name = setting.one_of("Albatros", "Birkenhof", "Cobalt")
    effect = Effect("arrivals", (("organization", name),), setting.start, times=setting.times(2.2))
    says = f"{name} sends {effect.times:.2f} times as many tickets"
    return Plant(_change(effect, "created", MORE, says), (effect,))


@kind
def arrivals_of_a_line(setting: Setting) -> Plant:
    """Line 2 (20 % of new tickets) gets 1.6 times as many new tickets."""
    effect = Effect("arrivals", (("line", "2"),), setting.start, times=setting.times(1.6))
    says = f"{effect.times:.2f} times as many new tickets go to line 2"
    return Plant(_change(effect, "created", MORE, says), (effect,))


@kind
def arrivals_at_weekends(setting: Setting) -> Plant:
    """At weekends, with 8 % of the tickets, 2.2 times as many come."""
    where = (("hours", "weekend"),)
    effect = Effect("arrivals", where, setting.start, times=setting.times(2.2))
    says = f"{effect.times:.2f} times as many tickets come at weekends"
    return Plant(_change(effect, "created", MORE, says), (effect,))


@kind
def arrivals_of_all(setting: Setting) -> Plant:
    """All tickets come 1.3 times as often."""
    effect = Effect("arrivals", (), setting.start, times=setting.times(1.3))
    says = f"{effect.times:.2f} times as many tickets come"
    return Plant(_change(effect, "created", MORE, says), (effect,))


@kind
def fewer_of_a_channel(setting: Setting) -> Plant:
    """A channel with 19 to 38 % of the tickets gets half as many."""
    name = setting.one_of("email", "phone", "chat")
    effect = Effect("arrivals", (("channel", name),), setting.start, times=setting.times(0.5))
    says = f"{effect.times:.2f} times as many tickets come by {name}"
    return Plant(_change(effect, "created", FEWER, says), (effect,))


@kind
def backlog_over_capacity(setting: Setting) -> Plant:
    """A group with 16 to 24 % gets twice as many tickets and can work on 1.6 times as many."""
    name = setting.one_of("North", "South", "Billing")
    where = (("group", name),)
    effect = Effect("arrivals", where, setting.start, times=setting.times(2))
    says = f"{name} gets {effect.times:.2f} times as many tickets, more than it can work on"
    return Plant(
        _change(effect, "backlog resolution", UP, says, latest=setting.start + 1),
        (effect,),
        (Effect("work", where, setting.start, times=1.5), _reply(where, setting, 1.5)),
        capacity=((name, 1.6 * _loads()[name]),),
    )


def _reply(where: Where, setting: Setting, full: float) -> Effect:
    return Effect("reply", where, setting.start, times=setting.times(full))


# times


def _work(setting: Setting, full: float, *where: tuple[str, str]) -> Effect:
    return Effect("work", where, setting.start, times=setting.times(full))


def _takes(effect: Effect) -> str:
    whom = ", ".join(f"{name} {value}" for name, value in effect.where) or "everything"
    growing = f", growing over {effect.ramp} weeks" if effect.ramp else ""
    return f"work on tickets of {whom} takes {effect.times:.2f} times as long{growing}"


def _slower(effect: Effect, **more) -> tuple[Truth, ...]:
    """Return the truth of work that takes longer, or less long."""
    verdicts, says = WORSE if effect.times > 1 else BETTER, _takes(effect)
    statuses = frozenset({None, "Open"})
    return _change(effect, "resolution status_time", verdicts, says, statuses=statuses, **more)


@kind
def group_slower(setting: Setting) -> Plant:
    """A group with 14 to 25 % of the tickets works 1.7 times as long on each."""
    name = setting.one_of("North", "South", "Billing", "Network", "Applications")
    effect = _work(setting, 1.7, ("group", name))
    return Plant(_slower(effect), (effect,))


@kind
def group_faster(setting: Setting) -> Plant:
    """A group with 14 to 25 % of the tickets works 0.55 times as long on each."""
    name = setting.one_of("North", "South", "Billing", "Network", "Applications")
    effect = _work(setting, 0.55, ("group", name))
    return Plant(_slower(effect), (effect,))


@kind
def everything_slower(setting: Setting) -> Plant:
    """All work takes 1.4 times as long."""
    effect = _work(setting, 1.4)
    return Plant(_slower(effect), (effect,))


@kind
def opposite_moves(setting: Setting) -> Plant:
    """Of two groups with 16 to 25 % one works 1.7 times as long, the other 0.55 times."""
    slow, fast = setting.rng.sample(("North", "South", "Billing", "Network"), 2)
    effects = _work(setting, 1.7, ("group", slow)), _work(setting, 0.55, ("group", fast))
    return Plant(
        _slower(effects[0]) + _slower(effects[1]),
        effects,
    )


@kind
def replies_of_a_channel(setting: Setting) -> Plant:
    """In a channel with 13 to 38 % the first reply takes 2 times as long."""
    name = setting.one_of("email", "web form", "chat")
    effect = _reply((("channel", name),), setting, 2.0)
    says = f"the first reply by {name} takes {effect.times:.2f} times as long"
    return Plant(_change(effect, "first_response", WORSE, says), (effect,))


@kind
def unsolved_queue(setting: Setting) -> Plant:
    """A group with 14 to 20 % leaves 35 % of its tickets lying; the others are as fast as ever."""
    name = setting.one_of("South", "Billing", "Network", "Applications")
    effect = Effect("stuck", (("group", name),), setting.start, plus=setting.plus(0.35))
    says = f"{name} no longer solves {effect.plus:.0%} of its tickets; its queue grows"
    return Plant(
        _change(effect, "backlog resolution", UP, says, latest=setting.start + 1), (effect,)
    )


# outcomes


@kind
def reopened_of_a_topic(setting: Setting) -> Plant:
    """Of a topic with 13 to 17 %, 22 % are reopened and not 6 %."""
    name = setting.one_of("login", "invoice", "connection", "delivery")
    effect = Effect("reopened", (("topic", name),), setting.start, plus=setting.plus(0.16))
    says = f"{0.06 + effect.plus:.0%} of the tickets about {name!r} are reopened, not 6%"
    return Plant(_change(effect, "reopened", WORSE, says), (effect,))


@kind
def satisfaction_of_a_priority(setting: Setting) -> Plant:
    """Of tickets of normal priority (54 %), 20 points fewer of the rated are satisfied."""
    effect = Effect(
        "satisfied", (("priority", "normal"),), setting.start, plus=-setting.plus(0.20)
    )
    says = f"satisfied in normal priority: {-effect.plus:.0%} points fewer"
    return Plant(_change(effect, "satisfied", WORSE, says), (effect,))


# mix


def _mix(setting: Setting, field: str, says: str, factors: Mapping[str, float]) -> Plant:
    truth = Truth(frozenset({"mix"}), (((field, "*"),),), OTHER, setting.start, says, sort="mix")
    return Plant((truth,), _balanced(field, factors, setting))


@kind
def mix_of_channels(setting: Setting) -> Plant:
    """Mail and forms, which are slow and less liked, come 1.4 times as often, others less."""
    says = "more by mail and form, less by phone and chat; nothing else changes"
    return _mix(setting, "channel", says, {"email": 1.4, "web form": 1.4})


@kind
def mix_of_priorities(setting: Setting) -> Plant:
    """Low priority, which is slow, comes 1.8 times as often, the others less."""
    says = "more tickets of low priority, fewer others; nothing else changes"
    return _mix(setting, "priority", says, {"low": 1.8})


@kind
def mix_of_topics(setting: Setting) -> Plant:
    """Topics of slow groups come 1.5 times as often, the others less."""
    says = "more about app errors and hardware, less of the rest; nothing else changes"
    return _mix(setting, "topic", says, {"app error": 1.5, "hardware": 1.5})


@kind
def mix_of_types(setting: Setting) -> Plant:
    """Questions, which are fast, come 1.5 times as often, the others less."""
    says = "more questions, fewer others; nothing else changes"
    return _mix(setting, "type", says, {"question": 1.5})


EVERY_CHANNEL = ((), *((("channel", name),) for name in desk.CHANNELS))


def _simpson(setting: Setting, effects: tuple[Effect, ...], truths: tuple[Truth, ...], **mix):
    mixed = {name.replace("_", " "): factor for name, factor in mix.items()}
    return Plant(truths, effects + _balanced("channel", mixed, setting))


@kind
def simpson_satisfaction_falls(setting: Setting) -> Plant:
    """In each channel 10 points fewer are satisfied; the total rises by a shift of channels."""
    effect = Effect("satisfied", (), setting.start, plus=-setting.plus(0.10))
    says = f"in each channel {-effect.plus:.0%} points fewer are satisfied; the mix hides it"
    truths = _change(effect, "satisfied", WORSE, says, wheres=EVERY_CHANNEL)
    mix = {"phone": 1.8, "chat": 1.74, "web form": 0.46, "social": 0.4}
    return _simpson(setting, (effect,), truths, **mix)


@kind
def simpson_satisfaction_rises(setting: Setting) -> Plant:
    """In mail, forms and social 12 points more are satisfied; the total falls by the mix."""
    slow = ("email", "web form", "social")
    effects = tuple(
        Effect("satisfied", (("channel", name),), setting.start, plus=setting.plus(0.12))
        for name in slow
    )
    says = f"by mail, form and social {effects[0].plus:.0%} points more are satisfied"
    wheres = ((), *(effect.where for effect in effects))
    truths = _change(effects[0], "satisfied", BETTER, says, wheres=wheres)
    mix = {"phone": 0.12, "chat": 0.15, "web form": 1.7, "social": 1.6}
    return _simpson(setting, effects, truths, **mix)


@kind
def simpson_times(setting: Setting) -> Plant:
    """In each channel work takes 1.25 times as long; the total hides it by a shift of channels."""
    effect = _work(setting, 1.25)
    truths = _slower(effect, wheres=EVERY_CHANNEL)
    mix = {"phone": 1.8, "chat": 1.74, "web form": 0.46, "social": 0.4}
    return _simpson(setting, (effect,), truths, **mix)


# more of times


@kind
def organization_slower(setting: Setting) -> Plant:
    """Tickets of an organization with 8 to 11 % take 2.2 times as long."""
    name = setting.one_of("Albatros", "Birkenhof", "Cobalt")
    effect = _work(setting, 2.2, ("organization", name))
    return Plant(_slower(effect), (effect,))


@kind
def agent_slower(setting: Setting) -> Plant:
    """Tickets of one agent (4 to 6 %) take 2.5 times as long."""
    group = setting.one_of("Billing", "Network", "Applications")
    effect = _work(setting, 2.5, ("agent", setting.one_of(*desk.AGENTS[group])))
    return Plant(_slower(effect), (effect,))


@kind
def topic_slower(setting: Setting) -> Plant:
    """Tickets about a topic that several groups share (13 to 17 %) take 1.9 times as long."""
    effect = _work(setting, 1.9, ("topic", setting.one_of("login", "connection", "delivery")))
    return Plant(_slower(effect), (effect,))


@kind
def priority_slower(setting: Setting) -> Plant:
    """Tickets of high priority (20 %) take 1.7 times as long."""
    effect = _work(setting, 1.7, ("priority", "high"))
    return Plant(_slower(effect), (effect,))


@kind
def night_slower(setting: Setting) -> Plant:
    """Tickets that come in the evening or at night (17 %) take 1.8 times as long."""
    effect = _work(setting, 1.8, ("hours", "evening/night"))
    return Plant(_slower(effect), (effect,))


@kind
def group_slower_at_night(setting: Setting) -> Plant:
    """What comes to a large group in the evening or at night (4 %) takes 3 times as long."""
    where = (("group", setting.one_of("North", "South")), ("hours", "evening/night"))
    effect = _work(setting, 3.0, *where)
    return Plant(_slower(effect), (effect,))


@kind
def pair_slower(setting: Setting) -> Plant:
    """Tickets of a channel and a priority together (5 to 10 %) take 2.4 times as long."""
    channel = setting.one_of("email", "phone")
    priority = setting.one_of("high", "low")
    effect = _work(setting, 2.4, ("channel", channel), ("priority", priority))
    return Plant(_slower(effect), (effect,))


@kind
def group_slower_by_and_by(setting: Setting) -> Plant:
    """A group with 14 to 25 % gets slower over 4 weeks, to 2 times as long."""
    name = setting.one_of("North", "South", "Billing", "Network", "Applications")
    effect = replace(_work(setting, 2.0, ("group", name)), ramp=4)
    latest = setting.start + 3
    return Plant(_slower(effect, latest=latest), (effect,))


@kind
def replies_at_night(setting: Setting) -> Plant:
    """What comes in the evening or at night (17 %) is first answered 2.2 times as late."""
    effect = _reply((("hours", "evening/night"),), setting, 2.2)
    says = f"the first reply to what comes at night takes {effect.times:.2f} times as long"
    return Plant(_change(effect, "first_response", WORSE, says), (effect,))


@kind
def replies_faster(setting: Setting) -> Plant:
    """In a channel with 13 to 38 % the first reply takes 0.5 times as long."""
    effect = _reply((("channel", setting.one_of("email", "web form", "chat")),), setting, 0.5)
    says = f"the first reply by {effect.where[0][1]} takes {effect.times:.2f} times as long"
    return Plant(_change(effect, "first_response", BETTER, says), (effect,))


@kind
def next_replies_of_a_group(setting: Setting) -> Plant:
    """Later replies of a group with 16 to 24 % take 2.4 times as long."""
    name = setting.one_of("North", "South", "Billing")
    effect = Effect("next_reply", (("group", name),), setting.start, times=setting.times(2.4))
    says = f"later replies of {name} take {effect.times:.2f} times as long"
    return Plant(_change(effect, "next_response", WORSE, says), (effect,))


@kind
def vendor_waits(setting: Setting) -> Plant:
    """A vendor takes 2.2 times as long."""
    effect = Effect("vendor_wait", (), setting.start, times=setting.times(2.2))
    says = f"tickets stay {effect.times:.2f} times as long in {desk.ON_HOLD!r}"
    statuses = frozenset({desk.ON_HOLD})
    return Plant(_change(effect, "status_time", UP, says, statuses=statuses), (effect,))


@kind
def customer_waits(setting: Setting) -> Plant:
    """Customers take twice as long to answer what they are asked."""
    effect = Effect("customer_wait", (), setting.start, times=setting.times(2))
    says = f"tickets stay {effect.times:.2f} times as long in {desk.PENDING!r}"
    statuses = frozenset({desk.PENDING})
    verdicts = UP | OTHER
    return Plant(_change(effect, "status_time", verdicts, says, statuses=statuses), (effect,))


@kind
def agent_overloaded(setting: Setting) -> Plant:
    """An agent gets 3 times the tickets of a colleague and can work on 1.6 times the usual."""
    group = setting.one_of("Billing", "Network", "Applications")
    name = setting.one_of(*desk.AGENTS[group])
    where = (("agent", name),)
    effect = Effect("agent_share", where, setting.start, times=setting.times(3))
    says = f"{name} gets {effect.times:.2f} times the tickets and cannot keep up"
    return Plant(
        _change(effect, "backlog resolution created", UP, says, latest=setting.start + 1),
        (effect,),
        (_work(setting, 2.0, *where), _reply(where, setting, 2.0)),
        capacity=((name, 1.6 * _loads()[group] / len(desk.AGENTS[group])),),
    )


@kind
def agent_left(setting: Setting) -> Plant:
    """An agent leaves: nothing new comes to them, and the colleagues take what is open."""
    group = setting.one_of("North", "South", "Billing", "Network")
    name = setting.one_of(*desk.AGENTS[group])
    effect = Effect("agent_share", (("agent", name),), setting.start, times=1 - setting.strength)
    says = f"{name} gets {effect.times:.0%} of the usual tickets"
    return Plant(_change(effect, "created solved", FEWER, says), (effect,))


# more of outcomes


@kind
def fewer_reopened(setting: Setting) -> Plant:
    """Of all tickets 1 % are reopened and not 6 %."""
    effect = Effect("reopened", (), setting.start, plus=-setting.plus(0.05))
    says = f"{0.06 + effect.plus:.1%} are reopened, not 6%"
    return Plant(_change(effect, "reopened", DOWN, says), (effect,))


@kind
def satisfaction_better(setting: Setting) -> Plant:
    """By mail (38 %) 22 points more of the rated are satisfied."""
    effect = Effect("satisfied", (("channel", "email"),), setting.start, plus=setting.plus(0.22))
    says = f"satisfied by mail: {effect.plus:.0%} points more"
    return Plant(_change(effect, "satisfied", BETTER, says), (effect,))


@kind
def hand_backs(setting: Setting) -> Plant:
    """Of what is escalated, 45 % comes straight back and not 12 %."""
    effect = Effect("handed_back", (), setting.start, plus=setting.plus(0.33))
    says = f"{0.12 + effect.plus:.0%} of what is escalated comes straight back, not 12%"
    wheres = ((), (("line", "1"),), (("line", "2"),))
    return Plant(_change(effect, "handed_back", UP, says, wheres=wheres), (effect,))


@kind
def escalations_of_a_group(setting: Setting) -> Plant:
    """A group with 16 to 24 % escalates 33 % and not 13 %."""
    name = setting.one_of("North", "South", "Billing")
    effect = Effect("escalated", (("group", name),), setting.start, plus=setting.plus(0.20))
    says = f"{name} escalates {0.13 + effect.plus:.0%}, not 13%"
    return Plant(_change(effect, "escalated", UP, says), (effect,))


@kind
def closing_timer(setting: Setting) -> Plant:
    """What is solved is closed after 3 days and not after 5."""
    effect = Effect("close_after", (), setting.start, times=setting.times(0.6))
    says = f"solved tickets are closed after {120 * effect.times:.0f} hours, not 120"
    return Plant(_change(effect, "closing_delay", OTHER, says), (effect,))


@kind
def spam_wave(setting: Setting) -> Plant:
    """Spam of 12 % of the usual volume comes besides the usual tickets."""
    more = setting.plus(0.12)
    effects = (
        Effect("arrivals", (), setting.start, times=1 + more),
        Effect("spam", (), setting.start, plus=more / (1 + more)),
    )
    says = f"spam, {more:.0%} of the usual volume; no more real tickets than before"
    return Plant(_change(effects[1], "void", MORE, says), effects)


@kind
def merge_wave(setting: Setting) -> Plant:
    """10 points more of the tickets are merged into others."""
    effect = Effect("merged", (), setting.start, plus=setting.plus(0.10))
    says = f"{0.018 + effect.plus:.0%} of the tickets are merged into others, not 2%"
    return Plant(_change(effect, "void", MORE, says), (effect,))


# what is over, or too small


def _episode(setting: Setting, says: str) -> tuple[int, tuple[Truth, ...]]:
    """Return a week from 9 to 16 weeks before the end, and the truth of it."""
    week = WEEKS - setting.rng.randint(9, 16)
    names = frozenset({"episode"})
    return week, (Truth(names, ((),), OTHER, week, says, sort="episode"),)


@kind
def outage_week(setting: Setting) -> Plant:
    """In one past week 1.8 times as many tickets come and all work takes 2.5 times as long."""
    week, truths = _episode(setting, "an outage: for one week many tickets and slow work")
    effects = (
        Effect("arrivals", (), week, week + 1, times=setting.times(1.8)),
        Effect("work", (), week, week + 1, times=setting.times(2.5)),
        Effect("reply", (), week, week + 1, times=setting.times(2.5)),
    )
    return Plant(truths, effects, quiet=True)


@kind
def holiday_week(setting: Setting) -> Plant:
    """In one past week nobody works and 0.45 times as many tickets come."""
    week, truths = _episode(setting, "a holiday: for one week nobody works, few tickets come")
    effects = (Effect("arrivals", (), week, week + 1, times=setting.times(0.45)),)
    return Plant(truths, effects, closed_weeks=(week,), quiet=True)


@kind
def small_extreme_weeks(setting: Setting) -> Plant:
    """Three small organizations (1 %) have single weeks in which all takes 10 times as long."""
    effects = []
    for name in setting.rng.sample(sorted(desk.ORGANIZATIONS)[:40], 3):
        week, where = setting.rng.randint(4, WEEKS - 2), (("organization", name),)
        effects.append(Effect("work", where, week, week + 1, times=setting.times(10)))
        effects.append(Effect("reopened", where, week, week + 1, plus=setting.plus(0.7)))
    return Plant(effects=tuple(effects), quiet=True)


@kind
def passed_trouble(setting: Setting) -> Plant:
    """A group worked 2 times as long for three weeks, which ended 6 to 9 weeks before the end."""
    name = setting.one_of("North", "South", "Billing", "Network", "Applications")
    until = WEEKS - setting.rng.randint(6, 9)
    effect = replace(_work(setting, 2.0, ("group", name)), start=until - 3, until=until)
    return Plant(effects=(effect,), passed=True)


STRENGTHS: Mapping[str, float] = MappingProxyType({"care": 1.0, "half": 0.5})
