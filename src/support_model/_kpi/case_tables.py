"""From events to facts: one pass over the log of a ticket, and the merges among tickets.

What an event means (contacted, replied, resolved, reopened) is decided by the same rules as for
the fold of `support_model.tickets`; here they are asked without making a ticket at each event.
Added are the waiting periods of the customer, the order of messages and acts, the fields as they
were, and for a ticket that others were merged into the work done on those.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import Factory, define

from support_model._kpi.facts import (
    DONE,
    Rating,
    Stay,
    act,
    as_utc,
    done,
    drafted,
    fields_as_were,
    solve,
    wait,
    with_named_priority,
)
from support_model._merge_chains import redirects
from support_model._ticket_rules import (
    HAND_OUT,
    begun,
    change_of,
    facts_of_message,
    stays,
)
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    Rated,
    RatingRequested,
    Related,
    Worked,
    ordered,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from support_model._frozen import FrozenMap
    from support_model._kpi.facts import Act, Facts, Outcome, Solve, Wait
    from support_model._merge_chains import Stated
    from support_model._ticket_rules import Change
    from support_model._vocabulary import Category
    from support_model.events import Event


def gathered(log: Iterable[Event], as_of: datetime) -> Facts:
    """Return the facts of one ticket from the events of its log.

    Raises:
        InconsistentLog: the events are no log of one ticket; see `ordered`.
    """
    return _gathered(ordered(log), as_utc(as_of), named=False)


def facts_in_order(events: Sequence[Event], *, as_of: datetime) -> Facts:
    """Return the facts of one ticket as a report has them: a priority is the word that names it.

    Args:
        events: its log as `support_model.events.ordered` returns it, which is not checked again.
        as_of: at or after the last of them.

    Raises:
        NaiveDatetime: `as_of` has no zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created
        >>> from support_model.vocabulary import Priority, Status
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> fields = {"status": Status("new", "new"), "priority": Priority("high", 2)}
        >>> log = [Created(ticket_id="T1", at=nine, role="customer", fields=fields)]
        >>> facts_in_order(log, as_of=nine).fields["priority"]
        'high'
    """
    return _gathered(events, as_utc(as_of), named=True)


def _gathered(events: Sequence[Event], as_of: datetime, *, named: bool) -> Facts:
    basis = {event.basis for event in events}
    now = _begin(
        events[0],
        offers=_offers(events),
        snapshot="snapshot" in basis,
        cut=events[0].basis == "snapshot" and None in basis,
    )
    for place in range(1, len(events)):
        event = events[place]
        take = _TAKES.get(event.__class__)
        if take is not None:
            take(now, event, place)
    return now.facts(as_of, named=named)


def _offers(events: Sequence[Event]) -> frozenset[int]:
    """Return the places of offers not taken; most logs hold no assignment that may be one."""
    if not any(event.role in HAND_OUT and _sets_agent(event) for event in events):
        return NO_PLACES
    return frozenset(stay.first for stay in stays(_holders(events)) if stay.offer)


HELD = frozenset({"group", "line", "agent"})
NO_PLACES: frozenset[int] = frozenset()


def _holders(events: Iterable[Event]) -> Iterator[tuple[Event, str | None, bool]]:
    """Yield each event with the agent after it, and whether that is another than before."""
    held: str | None = None
    for event in events:
        agent = held
        if isinstance(event, Created | Changed):
            agent = dict(event.fields).get("agent", held)
        yield event, agent, agent != held
        held = agent


Merge: TypeAlias = "tuple[datetime, str, str]"


def _redirects(table: Iterable[Facts]) -> tuple[Mapping[str, str], list[Stated]]:
    """Return the survivor of each merged ticket, and merges that would have closed a circle."""
    return redirects((at, each.ticket_id, into) for each in table for at, into in each.merges)


def circular_merges(table: Iterable[Facts]) -> list[Merge]:
    """Return the merges that would close a circle and have no effect: when, which, into which."""
    return [(at, ticket, into) for at, ticket, into in _redirects(table)[1] if into is not None]


def without_circles(
    table: Mapping[str, Facts],
    log_of: Callable[[str], Iterable[Event]],
    again: Callable[[str, list[Event]], Facts],
) -> dict[str, Facts]:
    """Return facts by ticket in which no merge closes a circle: the last one has no effect.

    Args:
        table: the facts by ticket.
        log_of: returns the events of a ticket.
        again: makes facts of a ticket and its events, of which that merge is none.

    Example:
        >>> without_circles({}, {}.__getitem__, lambda ticket, log: facts_in_order(log))
        {}
    """
    circles: dict[str, set[tuple[datetime, str]]] = {}
    for at, ticket_id, into in circular_merges(table.values()):
        circles.setdefault(ticket_id, set()).add((at, into))
    made = dict(table)
    for ticket_id, merges in circles.items():
        log = [
            event
            for event in log_of(ticket_id)
            if not (isinstance(event, Related) and event.kind == "merged_into")
            or (event.at, event.other) not in merges
        ]
        made[ticket_id] = again(ticket_id, log)
    return made


def with_merged(table: Iterable[Facts]) -> tuple[Facts, ...]:
    """Return facts of which each holds those that are merged into it, through any chain.

    Work done on a ticket that went into another one counts once, for the surviving one. A merge
    into a ticket that is not in the table moves nothing.
    """
    facts = tuple(table)
    survivors, _ = _redirects(facts)
    if not survivors:
        return facts
    parts: dict[str, list[Facts]] = {}
    for ticket in facts:
        if ticket.ticket_id in survivors:
            survivor = survivors[ticket.ticket_id]
            parts.setdefault(survivor, []).append(ticket.revised(merged=()))
    return tuple(
        ticket.revised(merged=tuple(parts.get(ticket.ticket_id, ())))
        if ticket.merged or ticket.ticket_id in parts
        else ticket
        for ticket in facts
    )


@define(eq=False)
class _Gathering:
    """Facts in the making; `silent` waits began while solved and count once it is reopened."""

    created: Created
    fields: FrozenMap[str, Any]
    known: FrozenMap[str, Any]
    offers: frozenset[int]
    snapshot: bool
    cut: bool
    history: list[tuple[datetime, Category]] = Factory(list)
    statuses: list[tuple[datetime, str]] = Factory(list)
    changes: list[tuple[tuple[str, Any], ...]] = Factory(list)
    first_reply: int = 0
    solved: int = 0
    rated: int = 0
    merges: list[tuple[datetime, str | None]] = Factory(list)
    acts: list[Act] = Factory(list)
    waits: list[Wait] = Factory(list)
    acknowledged: datetime | None = None
    solves: list[Solve] = Factory(list)
    reopenings: list[datetime] = Factory(list)
    groups: list[str] = Factory(list)
    lines: list[int] = Factory(list)
    agents: list[str] = Factory(list)
    holder: str | None = None
    stays: list[tuple[datetime, str | None, int | None, str | None]] = Factory(list)
    ratings_requested: set[str] = Factory(set)
    ratings: list[Rating] = Factory(list)
    worked: timedelta | None = None
    open_since: datetime | None = None
    silent_since: datetime | None = None
    silent: list[Wait] = Factory(list)
    answered: bool = False
    contacted: bool = False

    def message(self, event: Message, _: int) -> None:
        created = self.created
        facts = facts_of_message(
            event, created=created.at, created_by=created.role, agent=self.fields.get("agent")
        )
        if "contacted" in facts:
            self.contact(event.at, solved=self.fields["status"].category in DONE)
        if "replied" in facts:
            self.acts.append(act(event.at, "reply", event.actor))
            self._end_wait(event.at, "replied")
            self.answered = self.answered or self.contacted
            self.first_reply = self.first_reply or len(self.changes)
        elif event.role == "agent" and not event.public:
            self.acts.append(act(event.at, "note", event.actor))
        elif event.role == "bot" and event.public:
            self.acts.append(act(event.at, "bot", event.actor))
        if self.acknowledged is None and not self.snapshot and "acknowledged" in facts:
            self.acknowledged = event.at

    def change(self, event: Changed, place: int) -> None:
        before = self.fields
        now = change_of(before, self.known, event)
        if now.changed:
            self.fields, self.known = now.fields, now.known
            self.changes.append(event.fields)
        offered = place in self.offers
        if not now.changed.isdisjoint(HELD):
            self.hold(event.at, now, offered=offered)
        agent = now.fields.get("agent")
        if agent is not None and not offered and _sets_agent(event):
            self.acts.append(act(event.at, "assigned", agent))
        if "status" in now.changed:
            self.enter(event, before, now)
        if (
            self.acknowledged is None
            and not self.snapshot
            and ("acknowledged" in now.facts or _touches(event))
        ):
            self.acknowledged = event.at

    def enter(
        self, event: Created | Changed, before: FrozenMap[str, Any] | None, now: Change
    ) -> None:
        """Note the status that an event enters; a merge is taken back by leaving void."""
        at, status = event.at, now.fields["status"]
        entered = at, status.name
        self.statuses.append(entered)
        if "restored" in now.facts and self.merges:
            self.merges.append((at, None))
        if "category" in now.changed and not (self.merges and self.merges[-1][1] is not None):
            same = status.name == status.category  # then one entry serves both
            self._enter(entered if same else (at, status.category))
        if "resolved" in now.facts:
            self._solve(event, before, now)
        if "reopened" in now.facts:
            self._reopen(at)

    def acknowledge(self, event: Acknowledged, _: int) -> None:
        if self.acknowledged is None:
            self.acknowledged = event.at

    def work(self, event: Worked, _: int) -> None:
        self.worked = (self.worked or timedelta()) + event.duration

    def ask(self, event: RatingRequested, _: int) -> None:
        self.ratings_requested.add(event.kind)

    def rate(self, event: Rated, _: int) -> None:
        self.rated = len(self.changes)
        self.ratings.append(
            Rating(
                kind=event.kind,
                at=event.at,
                score=event.score,
                scale=event.scale,
                agent=self._credited(event, self.fields),
                solved=self.solves[-1].at if self.solves else None,
            )
        )

    def relate(self, event: Related, _: int) -> None:
        if event.kind == "merged_into":
            self.merges.append((event.at, event.other))
            self._enter((event.at, "void"))

    def contact(self, at: datetime, *, solved: bool) -> None:
        self.acts.append(act(at, "contact"))
        self.contacted = True
        if solved:
            self.silent_since = self.silent_since or at
        else:
            self.open_since = self.open_since or at

    def _solve(
        self, event: Created | Changed, before: FrozenMap[str, Any] | None, now: Change
    ) -> None:
        """Note a solution.

        A present value that says when a ticket closed is none, nor is one in which a ticket
        begins: nothing tells since when it holds.
        """
        closes = now.fields["status"].category == "closed"
        if event.basis == "snapshot" and (closes or before is None):
            return
        self.solves.append(solve(event.at, self._credited(event, before)))
        self.solved = len(self.changes)
        self._end_wait(event.at, "solved")

    def _reopen(self, at: datetime) -> None:
        self.reopenings.append(at)
        self.waits += self.silent
        self.silent.clear()
        self.open_since, self.silent_since = self.open_since or self.silent_since, None

    def hold(self, at: datetime, now: Change, *, offered: bool) -> None:
        """Note who holds it and the known owners; an offer that was not taken is none."""
        changed, get = now.changed, now.fields.get
        group, line = get("group"), get("line")
        if "agent" in changed:
            self.holder = None if offered else get("agent")
            _gain(self.agents, self.holder)
        if "group" in changed:
            _gain(self.groups, group)
        if "line" in changed:
            _gain(self.lines, line)
        stay, stays = (at, group, line, self.holder), self.stays
        if stays and stays[-1][0] == at:  # of one instant the last holds
            stays.pop()
        if not stays or stays[-1][1:] != stay[1:]:
            stays.append(stay)

    def _enter(self, entered: tuple[datetime, Category]) -> None:
        """Note a category; a merge makes it void, whatever its status is meanwhile."""
        if not self.history or self.history[-1][1] != entered[1]:
            self.history.append(entered)

    def _credited(self, event: Event, before: FrozenMap[str, Any] | None) -> str | None:
        """Return whom an event is credited to: the owner before, who acted, the last owner."""
        owner: str | None = None if before is None else before.get("agent")
        acting = event.actor if event.role == "agent" else None
        return owner or acting or next(reversed(self.agents), None)

    def _end_wait(self, at: datetime, outcome: Outcome) -> None:
        if self.open_since is not None:
            self.waits.append(wait(self.open_since, at, outcome, not self.answered))
            self.open_since = None
        if self.silent_since is not None:
            self.silent.append(wait(self.silent_since, at, outcome, not self.answered))
            self.silent_since = None

    def facts(self, as_of: datetime, *, named: bool) -> Facts:
        created = self.created
        if self.open_since is not None:
            self.waits.append(wait(self.open_since, None, "waiting", not self.answered))
        draft = drafted()
        draft.ticket_id = created.ticket_id
        draft.as_of = as_of
        draft.created = created.at
        draft.created_by = created.role
        draft.fields = with_named_priority(self.fields) if named else self.fields
        draft.history = tuple(self.history)
        draft.acts = tuple(self.acts)
        draft.waits = tuple(self.waits)
        draft.acknowledged = self.acknowledged
        draft.solves = tuple(self.solves)
        draft.reopenings = tuple(self.reopenings)
        draft.groups = tuple(self.groups)
        draft.lines = tuple(self.lines)
        draft.agents = tuple(self.agents)
        if not self.snapshot:
            draft.stays = tuple(map(Stay._make, self.stays))
        if self.ratings_requested:
            draft.ratings_requested = frozenset(self.ratings_requested)
        draft.ratings = tuple(self.ratings)
        draft.worked = self.worked
        draft.statuses = tuple(self.statuses)
        counts = _counts(self.first_reply, self.solved, self.rated)
        draft.as_were = fields_as_were(tuple(self.changes), counts, named=named)
        draft.merges = tuple(self.merges)
        draft.snapshot = self.snapshot
        draft.cut = self.cut
        return done(draft)


@lru_cache(maxsize=1024)
def _counts(first_reply: int, solved: int, rated: int) -> tuple[int, ...]:
    """Return how many changes there were at each moment; most tickets share a few of these."""
    return 1, first_reply, solved, rated


_Take: TypeAlias = "Callable[[_Gathering, Any, int], None]"
_TAKES: Mapping[type[Event], _Take] = MappingProxyType(
    {
        Message: _Gathering.message,
        Changed: _Gathering.change,
        Acknowledged: _Gathering.acknowledge,
        Worked: _Gathering.work,
        RatingRequested: _Gathering.ask,
        Rated: _Gathering.rate,
        Related: _Gathering.relate,
    }
)


def _begin(event: Event, *, offers: frozenset[int], snapshot: bool, cut: bool) -> _Gathering:
    assert isinstance(event, Created)  # noqa: S101 - a log begins so
    now = begun(event)
    made = _Gathering(event, now.fields, now.known, offers, snapshot, cut)
    made.changes.append(event.fields)
    if "contacted" in now.facts:
        made.contact(event.at, solved=False)
    made.hold(event.at, now, offered=0 in offers)
    made.enter(event, None, now)
    return made


def _gain(owners: list[Any], owner: object) -> None:
    """Add a known owner, neighbors distinct."""
    if owner is not None and owners[-1:] != [owner]:
        owners.append(owner)


def _sets_agent(event: Event) -> bool:
    if not isinstance(event, Created | Changed):
        return False
    for name, _ in event.fields:  # noqa: SIM110 - a third of the time of `any`
        if name == "agent":
            return True
    return False


def _touches(event: Changed) -> bool:
    """Return whether a person set a status or an agent, also to the one it had already."""
    return event.role == "agent" and any(
        name in {"status", "agent"} and value is not None for name, value in event.fields
    )
