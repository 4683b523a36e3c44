"""Logs and policy books drawn from a seed, thousands of histories a second.

`drawn_log` is rich in what columns may get wrong: equal instants, equal events, clock changes,
reopenings and closings without a solution, silent waits, merges in chains and circles, offers,
promises, named policies, deletions and restores, present values, ratings, emptied fields. Nothing
is drawn by Hypothesis, which is far slower; `logs` is a strategy that draws the seed alone.
`situations` says what a log came to, so that a test can count that each kind is reached.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from operator import attrgetter
from random import Random
from typing import get_args

import attrs
from hypothesis import strategies as st

from support_model._vocabulary import AfterStop, OnChange
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.kpi import case_table
from support_model.patterns import ALWAYS, NEVER, Field, fact
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target
from support_model.tickets import holdings, steps
from support_model.vocabulary import Priority, Status

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR = 10**6, 60 * 10**6, 3600 * 10**6
DAY = 24 * HOUR
CLOCK_CHANGES = tuple(
    (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    for text in (
        *("2024-03-31T01:00", "2024-10-27T01:00", "2025-03-30T01:00"),  # Europe/Berlin
        *("2024-03-10T07:00", "2024-11-03T06:00", "2025-03-09T07:00"),  # America/New_York
        *("2024-04-06T15:00", "2024-10-05T15:30"),  # Australia/Lord_Howe: half an hour
        *("2018-11-04T03:00", "2019-02-17T02:00"),  # America/Sao_Paulo: at midnight
        *("2023-03-19T02:00", "2023-04-23T02:00"),  # Africa/Casablanca: around Ramadan
    )
)
"""Instants at which the clocks of several zones change, in microseconds."""

STATUSES = {
    "new": (Status("new", "new"), Status("Neu", "new")),
    "open": (Status("open", "open"), Status("open", "open"), Status("in work", "open")),
    "pending": (Status("pending", "pending"), Status("waiting", "pending")),
    "on_hold": (Status("on hold", "on_hold"), Status("waiting", "on_hold")),
    "solved": (Status("solved", "solved"), Status("done", "solved")),
    "closed": (Status("closed", "closed"),),
    "void": (Status("void", "void"), Status("spam", "void")),
}
PRIORITIES = (
    Priority("urgent", 1),
    Priority("high", 2),
    Priority("normal", 3),
    Priority("low", 4),
)
GROUPS, AGENTS = ("billing", "field", "Büro"), ("ann", "bob", "Çem")
CUSTOMERS = ("r1", "r2", None)
POLICIES = (("gold", "1"), ("gold", "2"), ("silver", "1"), ("team", "1"))
"""The policies that logs name, each of them in every drawn book."""
TEXTS = {
    "type": ("incident", "question", "problem"),
    "channel": ("email", "chat", "phone"),
    "requester": ("r1", "r2", "r3"),
    "organization": ("Acme", "Zürich AG"),
    "technology": ("web", "app"),
    "service": ("mail", "print"),
    "topic": ("x", "y", "refund"),
}
TAGS = tuple(map(frozenset, ((), ("vip",), ("vip", "callback"), ("callback",))))
CUSTOM = {
    "custom.vip": (True, False),
    "custom.amount": (0, 7, -3, 2**53 + 1),
    "custom.weight": (0.5, 2.0, -1.25),
    "custom.note": ("a", "", "naïve"),
    "custom.seen": (datetime(2024, 3, 31, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
    "custom.labels": (frozenset(), frozenset({"p", "q"}), frozenset({"p"})),
}
MIXED = ("1", 1, 2.5, True, frozenset({"1"}))
SCALES = {
    "csat": ((1, 5), (0, 1), (0.0, 10.0)),
    "nps": ((0, 10),),
    "ces": ((1, 7),),
    "smile": ((-1, 1),),
}
GAPS = (
    *(0, 0, 0, 0, 1, SECOND, MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR),
    *(15 * HOUR, DAY, DAY, 3 * DAY, 9 * DAY, 40 * DAY, 200 * DAY),
)
METRIC_NAMES = ("first_response", "resolution", "promise", "next_response")


def _instant(micros):
    return EPOCH + timedelta(microseconds=micros)


class _Story:
    """One ticket in the making."""

    def __init__(self, rng, name, at, scene):
        self.rng, self.name, self.at, self.scene = rng, name, at, scene
        self.numbered = rng.random() < 0.45
        self.log = []
        self.named = {}
        self.ended = False
        self.basis = None

    def any(self, values):
        """Return one of some values; a call of `rng.choice` costs three times as much."""
        return values[int(self.rng.random() * len(values))]

    def chance(self, share):
        return self.rng.random() < share

    def move(self):
        """Let time pass: a gap, or until an instant that other tickets use too."""
        if self.chance(0.3):
            later = [at for at in self.scene.instants if at >= self.at]
            if later:
                self.at = self.any(later[:4])
                return
        self.at += self.any(GAPS)

    def add(self, kind, role, actor=None, /, **parts):
        if actor is None and self.chance(0.6):
            actor = self.any(AGENTS) if role == "agent" else self.any((role, "r1", None))
        basis = self.basis
        if self.scene.bases and self.chance(0.1):
            basis = self.any((None, "snapshot", "merge"))
        source = self.any(("s1", "s2", "Ä/3")) if self.chance(0.08) else None
        self.log.append(
            kind(
                ticket_id=self.name,
                at=_instant(self.at),
                role=role,
                actor=actor,
                source_id=source,
                basis=basis,
                **parts,
            )
        )

    def put(self, role="agent", **fields):
        self.add(Changed, role, fields=fields)

    def status(self, category, role=None):
        role = role or self.any(("agent", "agent", "agent", "customer", "system", "bot"))
        self.put(role, status=self.any(STATUSES[category]))


def _fields(story):
    """Set, change and empty some fields, several at once."""
    names = (*TEXTS, *CUSTOM, "tags", "priority", "group", "agent", "line", "management_level")
    if story.named and story.chance(0.6):
        names = tuple(story.named)
    fields = {story.any(names): None for _ in range(1 + int(3 * story.rng.random()))}
    for name in fields:
        if story.chance(0.65):
            fields[name] = _value(story, name)
    story.named |= fields
    if story.scene.mixed and story.chance(0.3):
        fields["custom.mixed"] = story.any((*MIXED, None))
    story.add(Changed, story.any(("agent", "agent", "customer", "system", "bot")), fields=fields)


def _value(story, name):
    own = {
        "tags": TAGS,
        "priority": PRIORITIES,
        "group": GROUPS,
        "agent": AGENTS,
        "line": (1, 2, 3),
        "management_level": (0, 1, 2),
    }
    return story.any(own.get(name) or TEXTS.get(name) or CUSTOM[name])


def _create(story):
    names = (*TEXTS, *CUSTOM, "tags", "priority", "priority", "group", "agent", "line")
    fields = {story.any(names): None for _ in range(int(5 * story.rng.random()))}
    fields = {name: _value(story, name) if story.chance(0.9) else None for name in fields}
    begun = story.any(("new",) * 8 + ("open",) * 6 + ("pending", "on_hold", "solved", "closed"))
    if story.chance(0.03):
        begun = "void"
    story.named |= fields
    fields["status"] = story.any(STATUSES[begun])
    role = story.any(("customer",) * 7 + ("agent", "system", "bot", "third_party"))
    story.add(Created, role, fields=fields)
    if story.chance(0.3):  # the text of the creation
        story.add(Message, role, public=True)


def _say(role, *, public=True):
    return lambda story: story.add(Message, role, public=public)


def _status(*categories):
    def act(story):
        for category in categories:
            story.status(category)
            if story.chance(0.5):
                story.move()

    return act


def _in_order(*acts):
    """Let several acts come one after the other, in one instant or apart."""

    def act(story):
        apart = story.chance(0.6)
        for each in acts:
            each(story)
            if apart:
                story.move()

    return act


def _offer(story):
    """Let a tool hand the ticket to an agent, who answers or does not."""
    role, agent = story.any(("system", "bot")), story.any(AGENTS)
    story.put(role, agent=agent)
    story.move()
    if story.chance(0.3):
        story.add(Acknowledged, "agent", story.any((agent, None)))
    if story.chance(0.3):
        story.add(Message, "agent", agent, public=story.chance(0.7))
    if story.chance(0.7):
        story.put(role, agent=story.any((None, *AGENTS)))


def _merge(story):
    names = [name for name in story.scene.names if name != story.name]
    other = story.any((*names, *names, "unknown 1"))
    role = story.any(("agent", "agent", "system"))
    story.add(Related, role, kind="merged_into", other=other)
    if story.chance(0.6):
        story.status("void", "system")
    if story.chance(0.3):
        story.add(Message, "agent", public=True)
    if story.chance(0.35):
        story.move()
        story.add(Message, "customer", public=True)
    story.ended = story.chance(0.6)
    if not story.ended and story.chance(0.5):
        story.move()
        story.status(story.any(("open", "pending", "solved")))


def _relate(story):
    kind = story.any(("split_from", "follow_up", "parent", "duplicate", "article", "linked"))
    story.add(Related, "agent", kind=kind, other=story.any((*story.scene.names, "A-7")))


def _promise(story):
    due = None if story.chance(0.25) else _instant(story.at + story.any(GAPS) - story.any(GAPS))
    story.add(Promised, "agent", metric=story.any(METRIC_NAMES), due=due)


def _apply(story):
    policy, version = story.any(story.scene.policies)
    story.add(PolicyApplied, "system", policy=policy, version=version)


def _ask(story):
    story.add(RatingRequested, "system", kind=story.any(tuple(SCALES)))


def _rate(story):
    kind = story.any(tuple(SCALES))
    low, high = scale = story.any(SCALES[kind])
    score = low + (high - low) * story.any((0, 0.25, 0.5, 1, 1))
    if score == int(score) and story.chance(0.7):
        score = int(score)
    story.add(Rated, story.any(("customer", "system")), kind=kind, score=score, scale=scale)


def _work(story):
    duration = timedelta(microseconds=story.any((0, 1, MINUTE, 25 * MINUTE, 3 * HOUR, 40 * DAY)))
    story.add(Worked, story.any(("agent", "bot")), duration=duration)


def _wait_until(story):
    until = _instant(story.at + story.any((0, HOUR, DAY, 9 * DAY, -DAY)))
    if story.chance(0.5):
        status = story.any(STATUSES[story.any(("pending", "on_hold"))])
        story.add(Changed, "agent", fields={"status": status}, until=until)
    else:
        story.add(Changed, "agent", until=until)


def _assign(story):
    fields = {"agent": story.any((*AGENTS, None))}
    if story.chance(0.4):
        fields["group"] = story.any((*GROUPS, None))
    if story.chance(0.2):
        fields["status"] = story.any(STATUSES[story.any(("open", "solved"))])
    story.put(**fields)


def _rise(story):
    story.put(
        story.any(("agent", "system")),
        **{story.any(("line", "management_level")): story.any((1, 2, 3, None))},
    )


def _prioritize(story):
    story.put(story.any(("agent", "system", "customer")), priority=story.any((*PRIORITIES, None)))


_ask_again, _reply = _say("customer"), _say("agent")
_solve, _reopen = _status("solved"), _status("open")
ACTS = {
    "reply": (12, _reply),
    "contact": (12, _ask_again),
    "note": (3, _say("agent", public=False)),
    "bot": (3, _say("bot")),
    "other voices": (2, lambda story: story.add(
        Message, story.any(("third_party", "system", "bot", "customer")), public=story.chance(0.5)
    )),
    "open": (5, _reopen),
    "new": (1, _status("new")),
    "pending": (6, _status("pending")),
    "on hold": (3, _status("on_hold")),
    "solved": (8, _solve),
    "closed": (3, _status("closed")),
    "solved and closed": (3, _status("solved", "closed")),
    "reopened": (4, _in_order(_solve, _reopen)),
    "reopened and solved": (2, _in_order(_solve, _reopen, _solve)),
    "silent wait": (3, _in_order(_solve, _ask_again, _reopen)),
    "silent wait, answered": (2, _in_order(_solve, _ask_again, _reply, _reopen)),
    "paused": (3, _in_order(_status("pending"), _ask_again, _reopen)),
    "deleted": (1, _status("void")),
    "restored": (2, _in_order(_status("void"), _status("open"))),
    "restored solved": (1, _in_order(_status("void"), _status("solved"))),
    "fields": (6, _fields),
    "priority": (4, _prioritize),
    "assigned": (5, _assign),
    "offer": (3, _offer),
    "moved": (3, _rise),
    "moved between groups": (3, lambda story: story.put(group=story.any((*GROUPS, None)))),
    "merged": (2, _merge),
    "related": (1, _relate),
    "acknowledged": (2, lambda story: story.add(Acknowledged, story.any(("agent", "system")))),
    "worked": (2, _work),
    "promised": (2, _promise),
    "policy": (1, _apply),
    "rating requested": (2, _ask),
    "rated": (3, _rate),
    "rated after a solution": (1, _in_order(_solve, _ask, _rate)),
    "until": (2, _wait_until),
    "tagged": (2, lambda story: story.put(tags=story.any((*TAGS, None)))),
}  # fmt: skip
"""What may happen to a ticket, by name, with how often."""

THEMES = ("merged", "merged", "fields", "moved", "offer", "restored", "rated", "silent wait")
"""Acts of which half of the logs are full, two of them each."""


@attrs.frozen
class _Scene:
    names: tuple[str, ...]
    instants: tuple[int, ...]
    acts: tuple
    policies: tuple[tuple[str, str], ...]
    bases: bool
    mixed: bool


def _scene(rng, tickets, without, policies, *, mixed):
    """Return what the tickets of a log share."""
    names = tuple(f"{rng.choice(('a', 'b', 'Ü', 'T'))}{number}" for number in range(tickets))
    if rng.random() < 0.5:
        base = rng.choice(CLOCK_CHANGES) + rng.choice((-3 * DAY, -DAY, -HOUR, 0, -1))
    else:
        base = rng.randrange(1_546_300_800, 1_767_225_600) * SECOND
        if rng.random() < 0.6:
            base -= base % (15 * MINUTE)
    if rng.random() < 0.02:
        base = -HOUR  # before 1970 the count is negative
    steps_ = rng.choices((1, 2, 3, 8, 24, 72, 24 * 30, 24 * 100), k=6)
    instants = [base]
    for hours in steps_:
        instants.append(instants[-1] + hours * HOUR)
    theme = rng.sample(THEMES, k=2) if rng.random() < 0.5 else ()
    acts = tuple(
        act
        for name, (weight, act) in ACTS.items()
        if name not in without
        for _ in range(weight + 20 * (name in theme))
    )
    bases = rng.random() < 0.1
    return _Scene(names, tuple(instants), acts, policies, bases, mixed)


def _life(rng, name, scene, longest):
    """Return the events of one ticket in its order."""
    story = _Story(rng, name, rng.choice(scene.instants[:4]), scene)
    cut = rng.random()
    story.basis = "snapshot" if cut < 0.12 else None
    _create(story)
    if cut < 0.06:
        story.basis = None  # the past is not known, what follows is
    for _ in range(int(longest * rng.random() ** 1.5)):
        story.move()
        story.any(scene.acts)(story)
        if story.ended:
            break
    log = story.log
    if story.numbered:
        log = _numbered(rng, log)
    if rng.random() < 0.12:
        place = rng.randrange(len(log))
        log.insert(place + 1 + int((len(log) - place) * rng.random()), log[place])
    return log


def _numbered(rng, log):
    """Number a log with gaps; within an instant another order may hold than the one drawn."""
    seq = rng.choice((0, 1, 1, 100, -5, 10**12))
    numbers = []
    for _ in log:
        numbers.append(seq)
        seq += rng.choice((1, 1, 1, 2, 10))
    if rng.random() < 0.2:
        tail = numbers[1:]
        rng.shuffle(tail)  # a number alone is no order: the instant comes first
        numbers[1:] = tail
    return [attrs.evolve(event, seq=number) for event, number in zip(log, numbers, strict=True)]


def _as_given(rng, lives):
    """Return the rows of all tickets in some order that leaves each log as it is."""
    way = rng.choice(("by ticket", "by time", "mixed", "shuffled"))
    rows = [event for life in lives for event in life]
    if way == "by time":
        rows.sort(key=attrgetter("micros"))
    elif way == "shuffled":
        places = {}

        def place(event):
            if event.seq is not None:
                return rng.random()  # also repeated ones each have a place
            return places.setdefault((event.ticket_id, event.micros), rng.random())

        rows.sort(key=place)
    elif way == "mixed":
        left = [iter(life) for life in lives]
        turns = [number for number, life in enumerate(lives) for _ in life]
        rng.shuffle(turns)
        rows = [next(left[turn]) for turn in turns]
    return rows


def reordered(seed, log):
    """Return the rows of a log in another order that leaves the log of each ticket as it is."""
    lives = {}
    for event in log:
        lives.setdefault(event.ticket_id, []).append(event)
    for life in lives.values():
        life.sort(key=attrgetter("micros"))  # of one instant the order given stands
    return _as_given(Random(seed), list(lives.values()))  # noqa: S311 - dice of a test


def drawn_log(
    seed, tickets=4, *, longest=16, broken=0.0, without=(), policies=POLICIES, mixed=False
):
    """Return the events of some tickets, in an order of rows that is drawn too.

    Args:
        seed: the same seed and arguments give the same log.
        tickets: at most so many.
        longest: at most about so many acts each, after the creation.
        broken: the share of tickets whose rows are made no log: see `BREAKS`.
        without: names of `ACTS` that never happen.
        policies: the policies that events may name.
        mixed: whether one custom field holds values of several types.
    """
    rng = Random(seed)  # noqa: S311 - dice of a test
    scene = _scene(rng, rng.randint(1, tickets), without, policies, mixed=mixed)
    lives = [_life(rng, name, scene, longest) for name in scene.names]
    if broken:
        lives = [_broken(rng, life) if rng.random() < broken else life for life in lives]
    return _as_given(rng, lives)


def _late(rng, log):  # noqa: ARG001 - as each way to break
    return [attrs.evolve(log[0], at=log[-1].at + timedelta(hours=1)), *log[1:]]


def _none(rng, log):  # noqa: ARG001 - as above
    return log[1:] or log


def _twice(rng, log):
    seq = None if log[0].seq is None else max(event.seq for event in log) + 1
    again = attrs.evolve(log[0], at=rng.choice(log).at + timedelta(hours=1), seq=seq)
    return [*log, again]


def _in_part(rng, log):
    place = rng.randrange(len(log))
    seq = 10**6 if log[place].seq is None else None
    return [*log[:place], attrs.evolve(log[place], seq=seq), *log[place + 1 :]]


def _renumbered(rng, log):
    """Let another event have the place of one of a numbered log."""
    event = rng.choice(log)
    if event.seq is None:
        return _in_part(rng, log)
    parts = {"ticket_id": event.ticket_id, "at": event.at, "seq": event.seq}
    return [*log, Worked(**parts, role="third_party", duration=timedelta(seconds=17))]


BREAKS = (_late, _none, _twice, _in_part, _renumbered)
"""Ways in which the rows of a ticket are no log."""


def _broken(rng, log):
    return rng.choice(BREAKS)(rng, log)


def drawn_as_of(seed, log):
    """Return an instant at which a log is asked about: at an event, beside one, much later."""
    rng = Random(seed ^ 0x5EED)  # noqa: S311 - dice of a test
    last = max(event.at for event in log)
    if rng.random() < 0.5:
        return last + rng.choice((timedelta(), timedelta(hours=3), timedelta(days=400)))
    beside = rng.choice((timedelta(), timedelta(), timedelta(microseconds=1), timedelta(days=2)))
    return max(rng.choice(log).at, min(event.at for event in log)) + beside


@cache
def calendars():
    """Return calendars of several zones, with holidays, nights, halves of days, and none."""
    days = [date(year, month, day) for year in range(2018, 2028) for month, day in
            ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))]  # fmt: skip
    office = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")
    closed = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin", holidays=days)
    split = BusinessCalendar.weekly({"mon-sat": "08:00-12:15,13:00-16:30"}, tz="America/New_York")
    nights = BusinessCalendar.weekly({"mon-sun": "22:00-06:00"}, tz="Australia/Lord_Howe")
    early = BusinessCalendar.weekly(
        {"sun": "00:00-03:00", "mon": "00:00-24:00"}, tz="Africa/Casablanca"
    )
    return (office, BusinessCalendar.always(), closed, split, nights, early)


_LENGTHS = (
    *(timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=8)),
    *(timedelta(hours=20), timedelta(days=3), timedelta(microseconds=7), timedelta(days=30)),
)
_DAYS = (WorkingDays(1), WorkingDays(2), WorkingDays(1, end_of_day=True))
_WARNINGS = ((), (), (0.75,), (0.5, 0.9), (timedelta(hours=-1),), (1.5, timedelta(minutes=30)))
_WHEN = (
    Field("priority").is_("urgent"),
    Field("priority").in_("normal", "low"),
    Field("priority_rank").at_most(2),
    Field("priority").has(),
    Field("type").is_("incident"),
    Field("channel").in_("chat", "phone"),
    Field("custom.vip").is_(value=True),
    Field("custom.amount").at_least(1),
    Field("tags").contains("vip"),
    Field("group").is_("billing"),
    ~Field("category").is_("pending"),
    Field("line").at_least(2) & Field("priority").is_("high"),
)
_PAUSES = (
    NEVER,
    Field("category").is_("pending"),
    Field("category").in_("pending", "on_hold"),
    Field("custom.vip").is_(value=True) | Field("category").is_("new"),
)
_RESETS = (NEVER, NEVER, NEVER, fact("transferred"), Field("priority").is_("urgent"))


def _metrics(rng):
    """Return some metrics of a kind of agreement, by name: as they are, or with other rules."""
    ready = rng.sample(sorted(METRICS), k=rng.randint(1, 4))
    found = {}
    for name in ready:
        metric = METRICS[name]
        if rng.random() < 0.35:
            metric = attrs.evolve(
                metric,
                pause=rng.choice(_PAUSES),
                reset=rng.choice(_RESETS),
                after_stop=rng.choice(get_args(AfterStop)),
            )
        found[name] = metric
    return found


def _targets(rng, metrics, *, days):
    found = []
    for metric in metrics.values():
        conditions = rng.sample(_WHEN, k=rng.randint(0, 3))
        if rng.random() < 0.8 or not conditions:
            conditions.append(ALWAYS)
        for when in conditions:
            within = rng.choice(_LENGTHS)
            if days and rng.random() < 0.1:
                within = rng.choice(_DAYS)
            if metric.name == "promise" and rng.random() < 0.7:
                within = None
            found.append(
                Target(
                    metric=metric,
                    within=within,
                    calendar=rng.choice(calendars()),
                    when=when,
                    warn_at=rng.choice(_WARNINGS),
                    on_change=rng.choice(("carry", *get_args(OnChange))),
                    name=rng.choice((None, None, None, f"t{len(found)}")),
                )
            )
    return found


def drawn_book(seed, *, plain=False):
    """Return a book of the policies that drawn logs name.

    Args:
        seed: the same seed and arguments give the same book.
        plain: durations alone, of one policy without conditions.
    """
    rng = Random(seed)  # noqa: S311 - dice of a test
    metrics = _metrics(rng)
    if plain:
        return PolicyBook([SlaPolicy(name="gold", targets=_targets(rng, metrics, days=False))])
    since = _instant(rng.choice(CLOCK_CHANGES) - rng.choice((0, DAY, 200 * DAY)))
    kinds = {"gold": "sla", "silver": "sla", "team": rng.choice(("ola", "ola", "custom", "sla"))}
    own = {"sla": metrics, kinds["team"]: metrics if kinds["team"] == "sla" else _metrics(rng)}
    policies = [
        SlaPolicy(
            name=name,
            version=version,
            kind=kinds[name],
            targets=_targets(rng, own[kinds[name]], days=True),
            when=rng.choice((ALWAYS, *_WHEN)) if rng.random() < 0.5 else ALWAYS,
            since=since if version == "2" else None,
        )
        for name, version in POLICIES
    ]
    if rng.random() < 0.5:
        policies = [policies[2], *policies[:2], policies[3]]
    return PolicyBook(policies, rng.choice(("first_match", "most_specific", "shortest", "all")))


SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def logs(draw, **more):
    """A strategy of logs: it draws the seed and the size, and shrinks towards few short tickets.

    `more` are arguments of `drawn_log`.
    """
    size = {"tickets": draw(st.integers(1, 5)), "longest": draw(st.sampled_from((3, 8, 16, 30)))}
    return drawn_log(draw(SEEDS), **size | more)


books = st.builds(drawn_book, SEEDS, plain=st.booleans())
"""A strategy of books."""


def smallest(log, fails):
    """Return a log without the events that a failure does not need.

    Args:
        log: events for which `fails` is true.
        fails: whether a log still fails; what raises does not count.
    """
    found = list(log)
    size = len(found)
    while size:
        place = 0
        while place < len(found):
            fewer = found[:place] + found[place + size :]
            if fewer and _holds(fails, fewer):
                found = fewer
            else:
                place += size
        size //= 2
    return found


def _holds(fails, log):
    try:
        return bool(fails(log))
    except Exception:  # noqa: BLE001 - a part that others need was left out
        return False


def situations(log):
    """Return what kinds of situations a log holds, each with how often.

    Raises:
        InconsistentLog: a ticket's rows are no log.
    """
    found = Counter()
    by_ticket = {}
    for event in log:
        by_ticket.setdefault(event.ticket_id, []).append(event)
    for own in by_ticket.values():
        _of_ticket(own, found)
    _of_rows(log, by_ticket, found)
    table = case_table(log, as_of=max(event.at for event in log))
    _of_facts(table, found)
    merges = [e for e in log if isinstance(e, Related) and e.kind == "merged_into"]
    found["merged into an unknown ticket"] += any(e.other not in by_ticket for e in merges)
    told = {(facts.ticket_id, *merge) for facts in table for merge in facts.merges}
    left_out = {(e.ticket_id, e.at, e.other) for e in merges} - told  # as none has an effect
    found["circle of merges"] += len(left_out)
    return +found


def _of_rows(log, by_ticket, found):
    rows = [event.micros for event in log]
    found["rows out of time"] += rows != sorted(rows)
    tickets = [event.ticket_id for event in log]
    runs = 1 + sum(a != b for a, b in pairwise(tickets))
    found["rows of tickets mixed"] += runs > len(by_ticket)
    found["repeated equal event"] += len(log) - len(set(log))
    found["over years"] += max(rows) - min(rows) > 370 * DAY
    for change in CLOCK_CHANGES:
        found["clock change"] += min(rows) < change < max(rows)
        found["at a clock change"] += change in rows


def _of_ticket(own, found):
    folded = tuple(steps(own))
    events = [step.event for step in folded]
    found["numbered" if events[0].seq is not None else "unnumbered"] += 1
    found["equal instants"] += any(a.at == b.at for a, b in pairwise(events))
    for stay in holdings(folded):
        found["offer not taken" if stay.offer else "held"] += 1
        found["offer taken"] += stay.handed_out and not stay.offer
    for step in folded:
        for fact_ in step.facts:
            found[fact_] += 1
        event, before = step.event, step.before
        found[f"event: {event.type}"] += 1
        found[f"role: {event.role}"] += 1
        found[f"basis: {event.basis}"] += event.basis is not None
        if isinstance(event, Related):
            found[f"relation: {event.kind}"] += 1
        if isinstance(event, Changed):
            found["until"] += event.until is not None
            _of_change(event, step, found)
        if before is None:
            found[f"created {step.after.category}"] += 1
        elif "category" in step.changed:
            found[f"{before.category} to {step.after.category}"] += 1


def _of_change(event, step, found):
    for name, value in event.fields:
        said = "emptied" if value is None else "set"
        found[f"{name} {said}"] += name in step.changed
        found["set to what it was"] += name not in step.changed


def _of_facts(table, found):
    for facts in table:
        found["cut log"] += facts.cut
        found["present values alone"] += facts.snapshot and not facts.cut
        found["chain of merges"] += any(
            other.merges[-1][1] not in (None, facts.ticket_id) for other in facts.merged
        )
        found["merge taken back"] += any(into is None for _, into in facts.merges)
        found["silent wait"] += _silent(facts)
        found["closed without a solution"] += facts.category == "closed" and not facts.solves
        found["rated twice"] += len(facts.ratings) > 1
        for wait in facts.waits:
            found[f"wait {wait.outcome}"] += 1
            found["first wait"] += wait.first


def _silent(facts):
    """Whether a customer's message after a solution waited, as the reopening showed."""
    return any(
        solve.at <= wait.start < again
        for wait in facts.waits
        for solve in facts.solves
        for again in facts.reopenings
        if solve.at <= again
    )
