"""The facts of a ticket: what the KPIs need of it.

One row a ticket, as of an instant: later events do not exist, so a figure of a past instant
never changes. Instants are kept in UTC, so the zone in which one is given changes no figure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import attrs
from attrs import field

from support_model._frozen import FrozenMap, draft_class, frozen, owned
from support_model._short_texts import plain_in_short, short_repr, short_text
from support_model._tables import pairs_html
from support_model._time import between, utc
from support_model._vocabulary import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from support_model._vocabulary import Category, Role


DONE = ("solved", "closed")
"""Categories of a ticket that needs no more work."""

ActKind: TypeAlias = Literal["contact", "reply", "note", "bot", "assigned"]
Outcome: TypeAlias = Literal["replied", "solved", "waiting"]
FieldInstant: TypeAlias = Literal["created", "first_reply", "solved", "rated", "as_of"]
TimeBy: TypeAlias = Literal["status", "category", "group", "line", "agent", "waiting_for"]
Entries: TypeAlias = "Iterable[tuple[Any, ...]]"
WaitingFor: TypeAlias = Literal["us", "customer", "others"]
WAITING_FOR: Mapping[str, WaitingFor] = MappingProxyType(
    {"new": "us", "open": "us", "pending": "customer", "on_hold": "others"}
)
"""Who is asked to act in each category of a ticket that is not done; `others`: a vendor, say."""


class Stay(NamedTuple):
    """Who held a ticket from an instant on.

    Attributes:
        at: from when.
        group: the group; None for none.
        line: the line; None for none.
        agent: the agent; None for nobody, also while it is offered to one who does not take it.
    """

    at: datetime
    group: str | None = None
    line: int | None = None
    agent: str | None = None


class Stretch(NamedTuple):
    """A time in which a ticket kept its status, group, line and agent.

    Attributes:
        start: when it began.
        end: when it ended, or until when was asked.
        status: the status by name.
        category: its category; void while the ticket is merged into another.
        group: the group that held it; None for none.
        line: the line that held it; None for none.
        agent: the agent who held it; None for nobody.
    """

    start: datetime
    end: datetime
    status: str
    category: Category
    group: str | None = None
    line: int | None = None
    agent: str | None = None

    @property
    def waiting_for(self) -> WaitingFor | None:
        """Who was asked to act: us, the customer, others (on hold); None once it was done."""
        return WAITING_FOR.get(self.category)


def as_utc(at: datetime) -> datetime:
    """Return an instant in UTC, the same object where it is already."""
    return at if getattr(at, "tzinfo", None) is UTC else utc(at)  # most are already


def _utc_or_none(at: datetime | None) -> datetime | None:
    return None if at is None else as_utc(at)


def _utc_entries(entries: Iterable[tuple[datetime, Any]]) -> tuple[tuple[datetime, Any], ...]:
    return tuple((as_utc(at), what) for at, what in entries)


def _utc_stays(stays: Iterable[Iterable[Any]]) -> tuple[Stay, ...]:
    return tuple(Stay(as_utc(at), *held) for at, *held in stays)


def _utc_all(moments: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(map(as_utc, moments))


@frozen
class Act:
    """A message or an act, in the order of the log.

    Attributes:
        at: when.
        kind: a contact of the customer, a public reply, an internal note, a public bot reply,
            or the assignment to an agent.
        agent: who, for a reply or note; to whom, for an assignment; None if unknown.
    """

    at: datetime = field(converter=as_utc)
    kind: ActKind
    agent: str | None = None


@frozen
class Wait:
    """A period in which the customer waited for an answer, from the oldest unanswered message.

    Attributes:
        start: when it began.
        end: when it was answered or solved; None while it lasts.
        outcome: what ended it: "replied", "solved" (without an answer), or still "waiting".
        first: whether no reply to a contact came before it.
    """

    start: datetime = field(converter=as_utc)
    end: datetime | None = field(converter=_utc_or_none)
    outcome: Outcome
    first: bool


@frozen
class Solve:
    """An entry into solved or closed from any other status.

    Attributes:
        at: when.
        agent: whom it is credited to: who owned the ticket just before, else the agent of the
            event, else the last owner; None if there was none.
    """

    at: datetime = field(converter=as_utc)
    agent: str | None = None


@frozen(kw_only=True)
class Rating:
    """An answer to a survey.

    Attributes:
        kind: csat, nps, ces or your own.
        at: when it was given.
        score: as given.
        scale: (lowest, highest).
        agent: whom it is credited to, as a solution is.
        solved: when it was last solved before; None if it was not.
    """

    kind: str
    at: datetime = field(converter=as_utc)
    score: float
    scale: tuple[float, float]
    agent: str | None = None
    solved: datetime | None = field(converter=_utc_or_none, default=None)


MOMENTS = ("created", "first_reply", "solved", "rated")
"""The moments of which facts keep the fields as they were."""


@frozen(eq=False)
class FieldsAsWere(Mapping[str, FrozenMap[str, Any]]):
    """The fields of a ticket at some moments, kept as the changes that led there.

    Attributes:
        changes: the fields that the creation and each change set, in order.
        counts: how many of them there were at each of `MOMENTS`; 0 where it never came. A
            solution is the last of those it counts, and is seen with the fields just before.
        named: whether a priority is the word that names it.
    """

    changes: tuple[tuple[tuple[str, Any], ...], ...]
    counts: tuple[int, ...]
    named: bool = False

    def __getitem__(self, moment: str) -> FrozenMap[str, Any]:
        """Return the fields at a moment.

        Raises:
            KeyError: it never came.
        """
        count = self.counts[MOMENTS.index(moment)] if moment in MOMENTS else 0
        if not count:
            raise KeyError(moment)
        held = {name: value for name, value in self.changes[0] if value is not None}
        last = count - 1 if moment == "solved" else count
        for change in self.changes[1:last]:
            held.update(change)
        if 0 < last < count:
            held.update(
                [(name, value) for name, value in self.changes[last] if held.get(name) is None]
            )
        return with_named_priority(owned(held)) if self.named else owned(held)

    def __iter__(self) -> Iterator[str]:
        return (name for name, count in zip(MOMENTS, self.counts, strict=True) if count)

    def __len__(self) -> int:
        return sum(map(bool, self.counts))

    def __hash__(self) -> int:
        return hash(FrozenMap(self))  # as equal maps have


def with_named_priority(fields: FrozenMap[str, Any]) -> FrozenMap[str, Any]:
    """Return fields with the word of a priority."""
    priority = fields.get("priority")
    return (
        fields.updated({"priority": priority.name}) if isinstance(priority, Priority) else fields
    )


@frozen(kw_only=True)
class Facts:
    """What the KPIs need of one ticket as of an instant.

    Attributes:
        ticket_id: its id.
        as_of: the instant up to which anything is known.
        created: when it came to be.
        created_by: by what role.
        fields: its fields at `as_of`: requester, topic, priority, group and so on.
        history: each category it entered and when, the first at its creation; at equal
            instants the last one holds.
        acts: messages and acts, in order.
        waits: the periods in which the customer waited for an answer, in order of their end.
        acknowledged: when a person first acted on it; None if never.
        solves: every entry into solved or closed.
        reopenings: every exit from them, but not into void.
        groups: the known groups that held it, neighbors distinct.
        lines: the known lines, likewise.
        agents: the known agents, likewise.
        stays: its group, line and agent from its creation on, an entry for each instant at
            which any of them became another; empty where no history tells.
        ratings_requested: the kinds of rating that were requested.
        ratings: the answers, in order.
        worked: effort recorded on it; None if none was.
        closed: the close that its system recorded; None if it recorded none.
        statuses: each status it entered, by name, and when.
        as_were: its fields as they were "created", at the "first_reply", when "solved" last and
            when "rated" last: those just before the event, and what it set where nothing was.
        merges: into which ticket it was merged and when; None where that was taken back.
        merged: the tickets merged into it, whose effort, cost and touches count here.
        snapshot: whether it was read from present values: what has no stamp of its own, such
            as a reopening or a hold, is then not stated, which is not the same as none; and a
            solution on record need not be the first.
        cut: whether it is the end of a history: what came before its acts is not told.
        unknown_wrote: when somebody whose role nobody told first wrote on it, or opened it.
        unknown_acted: when somebody whose role nobody told first did anything on it.
    """

    ticket_id: str
    as_of: datetime = field(converter=as_utc)
    created: datetime = field(converter=as_utc)
    created_by: Role = "customer"
    fields: Mapping[str, Any] = field(factory=FrozenMap, hash=False)
    history: tuple[tuple[datetime, Category], ...] = field(converter=_utc_entries, default=())
    acts: tuple[Act, ...] = ()
    waits: tuple[Wait, ...] = ()
    acknowledged: datetime | None = field(converter=_utc_or_none, default=None)
    solves: tuple[Solve, ...] = ()
    reopenings: tuple[datetime, ...] = field(converter=_utc_all, default=())
    groups: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    agents: tuple[str, ...] = ()
    stays: tuple[Stay, ...] = field(converter=_utc_stays, default=())
    ratings_requested: frozenset[str] = frozenset()
    ratings: tuple[Rating, ...] = ()
    worked: timedelta | None = None
    closed: datetime | None = field(converter=_utc_or_none, default=None)
    statuses: tuple[tuple[datetime, str], ...] = field(converter=_utc_entries, default=())
    as_were: Mapping[str, Mapping[str, Any]] = field(factory=FrozenMap, hash=False, repr=False)
    merges: tuple[tuple[datetime, str | None], ...] = field(converter=_utc_entries, default=())
    merged: tuple[Facts, ...] = field(default=(), repr=False)
    snapshot: bool = False
    cut: bool = False
    unknown_wrote: datetime | None = field(converter=_utc_or_none, default=None)
    unknown_acted: datetime | None = field(converter=_utc_or_none, default=None)

    __repr__ = short_repr

    def __str__(self) -> str:
        created = self.created.isoformat(timespec="minutes")
        now = self.history[-1][1] if self.history else "nothing known"
        return f"ticket {plain_in_short(self.ticket_id)}, created {created}, {now}"

    def _repr_html_(self) -> str:
        rows = [
            (part.name.replace("_", " "), short_text(value))
            for part in attrs.fields(Facts)
            if part.repr and (value := getattr(self, part.name)) not in (None, ())
        ]
        return pairs_html(str(self), rows)

    @property
    def merged_into(self) -> str | None:
        """The ticket it is merged into at `as_of`; None if into none."""
        return self.merges[-1][1] if self.merges else None

    @property
    def with_merged(self) -> tuple[Facts, ...]:
        """It and the tickets merged into it: whose work is counted here."""
        return (self, *self.merged)

    @property
    def category(self) -> Category:
        """The category it is in at `as_of`."""
        return self.history[-1][1]

    @property
    def solved(self) -> bool:
        """Whether it is solved or closed at `as_of`."""
        return self.category in DONE

    @property
    def ever_solved(self) -> bool:
        """Whether it has been solved or closed by `as_of`, known since when or not."""
        return bool(self.solves) or any(category in DONE for _, category in self.history)

    @property
    def contact(self) -> datetime | None:
        """When the customer first made contact; None if never."""
        return next((act.at for act in self.acts if act.kind == "contact"), None)

    def count(self, kind: ActKind) -> int:
        """Return how many acts of a kind there are."""
        return sum(act.kind == kind for act in self.acts)

    def category_at(self, at: datetime) -> Category | None:
        """Return the category it was in at an instant; None before its creation."""
        place = bisect_right(self.history, as_utc(at), key=lambda entry: entry[0])
        return self.history[place - 1][1] if place else None

    def spells(
        self, categories: Iterable[str], *, until: datetime
    ) -> tuple[tuple[datetime, datetime], ...]:
        """Return the stretches it spent in some categories, up to an instant."""
        wanted, until = frozenset(categories), as_utc(until)
        ends = [at for at, _ in self.history[1:]] + [until]
        spells: list[tuple[datetime, datetime]] = []
        for (at, category), end in zip(self.history, ends, strict=True):
            if at >= until:
                break
            if category in wanted and at < end:
                spells.append((at, min(end, until)))
        return tuple(spells)

    def time_by_status(self, *, until: datetime | None = None) -> dict[str, timedelta]:
        """Return the wall time in each status by name, repeated stays added up.

        Args:
            until: up to when; by default to the last solution of a ticket that is solved, else
                to `as_of`.

        Example:
            >>> from datetime import UTC, datetime
            >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> stays = [(nine, "new"), (nine + timedelta(hours=1), "in dev")]
            >>> facts = Facts(
            ...     ticket_id="T1", as_of=nine + timedelta(hours=5), created=nine,
            ...     history=[(nine, "new")], statuses=stays,
            ... )
            >>> {name: str(time) for name, time in facts.time_by_status().items()}
            {'new': '1:00:00', 'in dev': '4:00:00'}
        """
        end = self._until(until)
        ends = [at for at, _ in self.statuses[1:]] + [end]
        times: dict[str, timedelta] = {}
        for (at, name), left in zip(self.statuses, ends, strict=True):
            if at < end:
                times[name] = times.get(name, timedelta()) + between(at, min(left, end))
        return times

    def _until(self, until: datetime | None) -> datetime:
        """Return the end of what is measured, by default the last solution of a solved ticket."""
        if until is None:
            until = self.solves[-1].at if self.solved and self.solves else self.as_of
        return as_utc(until)

    def stretches(self, *, until: datetime | None = None) -> tuple[Stretch, ...]:
        """Return its times of one status, group, line and agent, from its creation on.

        They are empty where no history tells who held it. At equal instants the last entry holds.

        Args:
            until: up to when; by default as of `time_by_status`.

        Example:
            >>> from datetime import UTC, datetime
            >>> nine, hour = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(hours=1)
            >>> facts = Facts(
            ...     ticket_id="T1", as_of=nine + 5 * hour, created=nine,
            ...     history=[(nine, "new"), (nine + hour, "on_hold")],
            ...     statuses=[(nine, "new"), (nine + hour, "at the vendor")],
            ...     stays=[(nine, "desk"), (nine + 2 * hour, "network")],
            ... )
            >>> [(each.group, each.waiting_for) for each in facts.stretches()]
            [('desk', 'us'), ('desk', 'others'), ('network', 'others')]
        """
        if not self.stays:
            return ()
        end = self._until(until)
        every = known_at(self.statuses, self.history, self.stays)
        known = [(at, held) for at, held in every if at < end]
        ends = [at for at, _ in known[1:]] + [end]
        stretches: list[Stretch] = []
        for (at, held), left in zip(known, ends, strict=False):
            if stretches and stretches[-1][2:] == held:
                stretches[-1] = stretches[-1]._replace(end=left)
            else:
                stretches.append(Stretch(at, left, *held))
        return tuple(stretches)

    def time_by(
        self, what: TimeBy, *, until: datetime | None = None
    ) -> dict[str | int | None, timedelta] | None:
        """Return the wall time in each group, say, while it was neither done nor void.

        Args:
            what: a status by name, a category, the group, line or agent that held it, or who was
                asked to act ("us", "customer", "others").
            until: up to when; by default as of `time_by_status`.

        Returns:
            The time of each, None for what nobody held; None where no history tells.

        Example:
            >>> from datetime import UTC, datetime
            >>> nine, hour = datetime(2026, 3, 2, 9, tzinfo=UTC), timedelta(hours=1)
            >>> facts = Facts(
            ...     ticket_id="T1", as_of=nine + 5 * hour, created=nine,
            ...     history=[(nine, "new"), (nine + hour, "pending")],
            ...     statuses=[(nine, "new"), (nine + hour, "asked")],
            ...     stays=[(nine, None, None, None), (nine + 2 * hour, "desk", 1, "ann")],
            ... )
            >>> {who: str(time) for who, time in facts.time_by("waiting_for").items()}
            {'us': '1:00:00', 'customer': '4:00:00'}
            >>> {group: str(time) for group, time in facts.time_by("group").items()}
            {None: '2:00:00', 'desk': '3:00:00'}
        """
        if not self.stays:
            return None
        times: dict[str | int | None, timedelta] = {}
        for stretch in self.stretches(until=until):
            if stretch.waiting_for is not None:
                key = getattr(stretch, what)
                lasted = between(stretch.start, stretch.end)
                times[key] = times.get(key, timedelta()) + lasted
        return times

    def revised(self, **parts: object) -> Facts:
        """Return these facts with some parts, given as they are held: frozen, and in UTC.

        Nothing is checked, unlike with `attrs.evolve`.

        Example:
            >>> from datetime import UTC, datetime
            >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
            >>> Facts(ticket_id="T1", as_of=nine, created=nine).revised(groups=("billing",)).groups
            ('billing',)
        """
        draft = _FactsDraft()
        for name in _PARTS:
            setattr(draft, name, parts[name] if name in parts else getattr(self, name))
        return done(draft)

    def with_named_priority(self) -> Facts:
        """Return these facts with a priority as the word that names it, also as it was."""
        as_were: Mapping[str, FrozenMap[str, Any]]
        if isinstance(self.as_were, FieldsAsWere):
            as_were = fields_as_were(self.as_were.changes, self.as_were.counts, named=True)
        else:
            as_were = FrozenMap(
                {at: with_named_priority(FrozenMap(were)) for at, were in self.as_were.items()}
            )
        fields = self.fields if isinstance(self.fields, FrozenMap) else FrozenMap(self.fields)
        return self.revised(fields=with_named_priority(fields), as_were=as_were)

    def rating(self, kind: str) -> Rating | None:
        """Return the last answer of a kind; None without one."""
        return next((each for each in reversed(self.ratings) if each.kind == kind), None)

    def field_at(self, name: str, at: FieldInstant) -> Any:  # noqa: ANN401 - as the field
        """Return a field as it was at a moment; None where that is not known, or has not been."""
        if at == "as_of":
            return self.fields.get(name)
        return None if self.snapshot else self.as_were.get(at, {}).get(name)


def known_at(
    statuses: Entries, history: Entries, stays: Entries
) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Yield each instant at which a status, a category or an owner is told, and what holds.

    Instants are whatever sorts; at equal ones the last entry holds.
    """
    told: dict[Any, dict[int, tuple[Any, ...]]] = {}
    for place, entries in enumerate((statuses, history, stays)):
        for entry in entries:
            told.setdefault(entry[0], {})[place] = entry[1:]
    held: dict[int, tuple[Any, ...]] = {}
    for at in sorted(told):
        held |= told[at]
        if len(held) == 3:
            yield at, (*held[0], *held[1], *held[2])


_ActDraft, _WaitDraft, _SolveDraft, _FactsDraft, _WereDraft = map(
    draft_class, (Act, Wait, Solve, Facts, FieldsAsWere)
)
_EMPTY = FrozenMap[str, Any]()
_USUAL = tuple(
    (part.name, _EMPTY if part.name in {"fields", "as_were"} else part.default)
    for part in attrs.fields(Facts)
    if part.default is not attrs.NOTHING
)
_PARTS = tuple(part.name for part in attrs.fields(Facts))
"""What follows makes values of parts that events have checked and frozen: no converter is run."""


def act(at: datetime, kind: ActKind, agent: str | None = None) -> Act:
    """Return an act at an instant in UTC, unchecked."""
    draft = _ActDraft()
    draft.at, draft.kind, draft.agent = at, kind, agent
    draft.__class__ = Act
    made: Act = draft
    return made


def wait(start: datetime, end: datetime | None, outcome: Outcome, first: bool) -> Wait:  # noqa: FBT001 - as of `Wait`
    """Return a wait between instants in UTC, unchecked."""
    draft = _WaitDraft()
    draft.start, draft.end, draft.outcome, draft.first = start, end, outcome, first
    draft.__class__ = Wait
    made: Wait = draft
    return made


def solve(at: datetime, agent: str | None) -> Solve:
    """Return a solution at an instant in UTC, unchecked."""
    draft = _SolveDraft()
    draft.at, draft.agent = at, agent
    draft.__class__ = Solve
    made: Solve = draft
    return made


def fields_as_were(
    changes: tuple[tuple[tuple[str, Any], ...], ...],
    counts: tuple[int, ...],
    *,
    named: bool = False,
) -> FieldsAsWere:
    """Return the fields at some moments from the changes of events, unchecked."""
    draft = _WereDraft()
    draft.changes, draft.counts, draft.named = changes, counts, named
    draft.__class__ = FieldsAsWere
    made: FieldsAsWere = draft
    return made


def drafted() -> Any:  # noqa: ANN401 - it becomes one of `Facts`
    """Return facts whose parts can still be written, all but three of them as usual.

    What is written is frozen and in UTC; nothing is checked.
    """
    draft = _FactsDraft()
    for name, part in _USUAL:
        setattr(draft, name, part)
    return draft


def done(draft: Any) -> Facts:  # noqa: ANN401 - what `drafted` made
    """Return written facts as a value."""
    draft.__class__ = Facts
    made: Facts = draft
    return made
