"""The facts of a ticket from the steps of its log: a ticket before and after each event.

The slow way, which asks nothing but `steps` and `holdings` of the library: what an event changed
and meant is read off its step.
"""

from datetime import timedelta

from support_model._kpi.facts import DONE, Act, Rating, Solve, Stay, Wait
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.kpi import Facts
from support_model.tickets import holdings, steps

HELD = ("group", "line", "agent")


def facts_of(log, as_of):
    """Return the facts of the events up to an instant."""
    taken = [*steps([event for event in log if event.at <= as_of])]
    fold = Fold([step.event for step in taken])
    untaken = [stay for stay in holdings(taken) if stay.offer]
    offers = {stay.first for stay in untaken}
    fold.stays = stays(taken, {place for s in untaken for place in range(s.first, s.last)})
    for place, step in enumerate(taken):
        fold.take(step, offered=place in offers)
    return fold.facts(taken[-1].after, as_of)


def stays(taken, offered):
    """Return who held the ticket after the last step of each instant, where that changed."""
    held = {}
    for place, step in enumerate(taken):
        now = step.after
        held[step.event.at] = now.group, now.line, None if place in offered else now.agent
    kept = {place: Stay(at, *held[at]) for place, at in enumerate(held)}
    return [stay for place, stay in kept.items() if place == 0 or kept[place - 1][1:] != stay[1:]]


class Fold:
    def __init__(self, events):
        self.snapshot = any(event.basis == "snapshot" for event in events)
        self.cut = events[0].basis == "snapshot" and any(event.basis is None for event in events)
        self.history, self.statuses, self.acts, self.waits = [], [], [], []
        self.solves, self.reopenings, self.ratings, self.merges = [], [], [], []
        self.held = {name: [] for name in HELD}
        self.as_were, self.requested = {}, set()
        self.acknowledged = self.worked = self.open_since = self.silent_since = None
        self.silent = []
        self.answered = self.contacted = False

    def take(self, step, *, offered):
        event = step.event
        if "contacted" in step.facts:
            self.contact(step)
        if isinstance(event, Message):
            self.message(step)
        elif isinstance(event, Created | Changed):
            self.change(step, offered=offered)
        elif isinstance(event, Rated):
            self.rate(step)
        elif isinstance(event, RatingRequested):
            self.requested.add(event.kind)
        elif isinstance(event, Worked):
            self.worked = (self.worked or timedelta()) + event.duration
        elif isinstance(event, Related) and event.kind == "merged_into":
            self.merges.append((event.at, event.other))
            self.enter(event.at, "void")
        if self.acknowledged is None and self.acknowledges(step):
            self.acknowledged = event.at

    def contact(self, step):
        at = step.event.at
        self.acts.append(Act(at, "contact"))
        self.contacted = True
        if step.before is not None and step.before.category in DONE:
            self.silent_since = self.silent_since or at
        else:
            self.open_since = self.open_since or at

    def message(self, step):
        event = step.event
        if "replied" in step.facts:
            self.acts.append(Act(event.at, "reply", event.actor))
            self.end_wait(event.at, "replied")
            self.answered = self.answered or self.contacted
            self.as_were.setdefault("first_reply", step.after.fields)
        elif event.role == "agent" and not event.public:
            self.acts.append(Act(event.at, "note", event.actor))
        elif event.role == "bot" and event.public:
            self.acts.append(Act(event.at, "bot", event.actor))

    def hold(self, step, *, offered):
        for name in HELD:
            if name in step.changed and not (offered and name == "agent"):
                value, values = step.after.fields[name], self.held[name]
                if value is not None and values[-1:] != [value]:
                    values.append(value)

    def change(self, step, *, offered):
        event, after = step.event, step.after
        self.hold(step, offered=offered)
        if step.before is None:
            self.as_were["created"] = after.fields
        elif after.agent is not None and not offered and "agent" in dict(event.fields):
            self.acts.append(Act(event.at, "assigned", after.agent))
        if "status" in step.changed:
            self.statuses.append((event.at, after.status.name))
        if "restored" in step.facts and self.merges:
            self.merges.append((event.at, None))
        merged = bool(self.merges) and self.merges[-1][1] is not None
        if "category" in step.changed and not merged:
            self.enter(event.at, after.category)
        closed_alone = event.basis == "snapshot" and after.category == "closed"
        if "resolved" in step.facts and not closed_alone:
            self.solves.append(Solve(event.at, self.credited(step)))
            self.as_were["solved"] = before(step)
            self.end_wait(event.at, "solved")
        if "reopened" in step.facts:
            self.reopenings.append(event.at)
            self.waits += self.silent
            self.silent = []
            self.open_since, self.silent_since = self.open_since or self.silent_since, None

    def rate(self, step):
        event = step.event
        self.as_were["rated"] = before(step)
        solved = self.solves[-1].at if self.solves else None
        self.ratings.append(
            Rating(
                kind=event.kind,
                at=event.at,
                score=event.score,
                scale=event.scale,
                agent=self.credited(step),
                solved=solved,
            )
        )

    def enter(self, at, category):
        if not self.history or self.history[-1][1] != category:
            self.history.append((at, category))

    def credited(self, step):
        owner = None if step.before is None else step.before.agent
        acting = step.event.actor if step.event.role == "agent" else None
        return owner or acting or (self.held["agent"] or [None])[-1]

    def end_wait(self, at, outcome):
        if self.open_since is not None:
            self.waits.append(Wait(self.open_since, at, outcome, not self.answered))
            self.open_since = None
        if self.silent_since is not None:
            self.silent.append(Wait(self.silent_since, at, outcome, not self.answered))
            self.silent_since = None

    def acknowledges(self, step):
        event = step.event
        if self.snapshot:
            return isinstance(event, Acknowledged)
        touched = (
            isinstance(event, Changed)
            and event.role == "agent"
            and any(dict(event.fields).get(name) is not None for name in ("status", "agent"))
        )
        return "acknowledged" in step.facts or touched

    def facts(self, ticket, as_of):
        if self.open_since is not None:
            self.waits.append(Wait(self.open_since, None, "waiting", not self.answered))
        return Facts(
            ticket_id=ticket.id,
            as_of=as_of,
            created=ticket.created_at,
            created_by=ticket.created_by,
            fields=ticket.fields,
            history=self.history,
            acts=self.acts,
            waits=self.waits,
            acknowledged=self.acknowledged,
            solves=self.solves,
            reopenings=self.reopenings,
            groups=self.held["group"],
            lines=self.held["line"],
            agents=self.held["agent"],
            stays=() if self.snapshot else self.stays,
            ratings_requested=self.requested,
            ratings=self.ratings,
            worked=self.worked,
            statuses=self.statuses,
            as_were=self.as_were,
            merges=self.merges,
            snapshot=self.snapshot,
            cut=self.cut,
        )


def before(step):
    """Return the fields just before an event, and what it set where nothing was."""
    if step.before is None:
        return step.after.fields
    known = {name: value for name, value in step.before.fields.items() if value is not None}
    return {**step.after.fields, **known}
