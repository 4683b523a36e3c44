"""The figures that a system computed itself beside ours, each with the cause of a difference.

Theirs never enter ours; where the two differ, what the ticket shows says why: the hours they are
measured in, a history that is cut or not told, a message that one counts and the other does not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from support_model._frozen import FrozenMap, frozen
from support_model._time import between, moved
from support_model.adapters._event_logs import EVERY
from support_model.errors import InconsistentLog, OutOfRange
from support_model.events import Changed, Created, Message
from support_model.kpi import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from support_model.adapters._event_logs import EventLog, StatedFigure
    from support_model.calendars import BusinessCalendar
    from support_model.events import Event
    from support_model.kpi import Facts

Value: TypeAlias = "datetime | timedelta | int | None"
SAME_EVENT = timedelta(seconds=1)

EQUAL, ROUNDED = "", "rounded"
HOURS = "measured in business hours: say --hours, or give a calendar"
NOT_TOLD = "not told: this form has no history"
CUT = "the history of the ticket is cut"
PROMISED = "needs what was promised: see report --policy"
RUNNING = "still running, and theirs is of another instant"
OPEN_AGAIN = "theirs is empty once the ticket is open again"
STATES_NONE = "theirs is empty"
NO_LOG = "the events of the ticket are no log of it"
ONCE = "theirs counts each once, ours every stay"
OTHER = "not explained"


@frozen(kw_only=True)
class Comparison:
    """A figure of one ticket as its system computed it, and as its events tell it.

    Attributes:
        ticket: the ticket's id.
        figure: which figure, in the words of `StatedFigure.name`.
        native: what the system calls it.
        theirs: what the system says.
        ours: what the events tell; None where they tell none.
        agrees: whether the two differ by no more than the system rounds.
        cause: why they differ, in words; "rounded" or "" where they agree.
    """

    ticket: str
    figure: str
    native: str
    theirs: Value
    ours: Value
    agrees: bool
    cause: str = ""

    @property
    def compared(self) -> bool:
        """Whether the two can be compared at all."""
        return self.agrees or self.cause not in {HOURS, NOT_TOLD, PROMISED}


def check_stated(
    reading: EventLog, calendar: BusinessCalendar | None = None
) -> tuple[Comparison, ...]:
    """Return every figure that the system computed beside ours, in its order.

    Args:
        reading: of the system.
        calendar: its business hours; without one what it measures in them is not compared.

    Example:
        >>> from datetime import UTC, datetime, timedelta
        >>> from support_model.adapters import EventLog, StatedFigure
        >>> from support_model.events import Created, Message
        >>> from support_model.vocabulary import Status
        >>> nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> new = {"status": Status("new", "new")}
        >>> made = Created(ticket_id="7", at=nine, seq=1, role="customer", fields=new)
        >>> at, shared = nine + timedelta(minutes=1), {"ticket_id": "7", "public": True}
        >>> log = [made, Message(**shared, at=at, seq=2, role="bot")]
        >>> log += [Message(**shared, at=nine + timedelta(hours=1), seq=3, role="agent")]
        >>> told = StatedFigure(name="first_reply_time", native="frt", value=timedelta(minutes=1))
        >>> found = check_stated(EventLog(events=log, stated={"7": (told,)}))[0]
        >>> str(found.theirs), str(found.ours), found.cause
        ('0:01:00', '1:00:00', 'theirs counts a reply of a bot')
    """
    if not reading.stated:
        return ()
    logs = reading.logs()
    last = reading.last
    return tuple(
        compared
        for ticket, figures in reading.stated.items()
        for compared in _of_ticket(reading, ticket, logs.get(ticket, ()), figures, last, calendar)
    )


@frozen(kw_only=True)
class _Case:
    """One ticket as its events tell it."""

    facts: Facts
    events: tuple[Event, ...]
    cut: bool
    calendar: BusinessCalendar | None

    @property
    def running(self) -> bool:
        return not self.facts.solved

    def length(self, start: datetime, end: datetime, *, business: bool) -> timedelta:
        """Return the time between two instants, by their hours or round the clock."""
        if business and self.calendar is not None:
            return self.calendar.elapsed(start, end)
        return between(start, end)

    def spent(self, *categories: str, business: bool) -> timedelta:
        """Return the time spent in some categories, until the last solution or the end."""
        facts = self.facts
        until = facts.solves[-1].at if facts.solved and facts.solves else facts.as_of
        spells = facts.spells(categories, until=until)
        return sum((self.length(*spell, business=business) for spell in spells), start=timedelta())


def _of_ticket(
    reading: EventLog,
    ticket: str,
    events: tuple[Event, ...],
    figures: Iterable[StatedFigure],
    last: datetime | None,
    calendar: BusinessCalendar | None,
) -> Iterator[Comparison]:
    cut = ticket in reading.incomplete or EVERY in reading.incomplete
    case = None
    if events and last is not None and isinstance(events[0], Created):
        try:
            facts = facts_of(events, as_of=last)
            case = _Case(facts=facts, events=events, cut=cut, calendar=calendar)
        except InconsistentLog:
            case = None
    for figure in figures:
        ours = None if case is None else _ours(case, figure)
        agrees, cause = (False, CUT if cut else NO_LOG) if case is None else _judged(
            case, figure, ours
        )  # fmt: skip
        yield Comparison(
            ticket=ticket,
            figure=figure.name,
            native=figure.native,
            theirs=figure.value,
            ours=ours,
            agrees=agrees,
            cause=cause,
        )


def _ours(case: _Case, figure: StatedFigure) -> Value:
    """Return what the events tell; None where they tell nothing, or not in such hours."""
    if figure.name in HISTORY and case.facts.snapshot:
        return None
    if figure.name in COUNTS:
        return COUNTS[figure.name](case)
    if figure.name in INSTANTS:
        return INSTANTS[figure.name](case)
    return None if figure.business and case.calendar is None else _length(case, figure)


def _length(case: _Case, figure: StatedFigure) -> timedelta | None:
    if figure.name in SPENT:
        return case.spent(*SPENT[figure.name], business=figure.business)
    if figure.name == LATER:
        return _later_replies(case, business=figure.business)
    if figure.name not in SINCE:
        return None
    end = INSTANTS[SINCE[figure.name]](case)
    return None if end is None else case.length(case.facts.created, end, business=figure.business)


def _later_replies(case: _Case, *, business: bool) -> timedelta | None:
    """Return how long customers waited for the replies after the first, in all.

    A wait begins at the first public message of the customer since the last reply.
    """
    first, total = _first_reply(case), timedelta()
    since: datetime | None = None
    for event in case.events:
        if (
            first is None
            or event.at <= first
            or not isinstance(event, Message)
            or not event.public
        ):
            continue
        if event.role == "customer":
            since = since or event.at
        elif event.role == "agent" and since is not None:
            total += case.length(since, event.at, business=business)
            since = None
    return total if first is not None else None


def _first_reply(case: _Case) -> datetime | None:
    return next((act.at for act in case.facts.acts if act.kind == "reply"), None)


def _first_assigned(case: _Case) -> datetime | None:
    for event in case.events:
        if isinstance(event, Created | Changed) and dict(event.fields).get("agent") is not None:
            return event.at
    return None


def _first_solved(case: _Case) -> datetime | None:
    return case.facts.solves[0].at if case.facts.solves else None


def _last_solved(case: _Case) -> datetime | None:
    return case.facts.solves[-1].at if case.facts.solves else None


def _closed(case: _Case) -> datetime | None:
    entered = [at for at, category in case.facts.history if category == "closed"]
    return entered[-1] if entered else None


def _reopened(case: _Case) -> datetime | None:
    return case.facts.reopenings[-1] if case.facts.reopenings else None


INSTANTS: Mapping[str, Callable[[_Case], datetime | None]] = FrozenMap(
    {
        "first_reply": _first_reply,
        "first_assigned": _first_assigned,
        "first_solved": _first_solved,
        "last_solved": _last_solved,
        "closed": _closed,
        "reopened_at": _reopened,
    }
)
COUNTS: Mapping[str, Callable[[_Case], int]] = FrozenMap(
    {
        "reopens": lambda case: len(case.facts.reopenings),
        "replies": lambda case: case.facts.count("reply"),
        "messages": lambda case: sum(isinstance(event, Message) for event in case.events),
        "group_stations": lambda case: len(case.facts.groups),
        "agent_stations": lambda case: len(case.facts.agents),
        "reassignments": lambda case: max(len(case.facts.agents) - 1, 0),
    }
)
SINCE = FrozenMap(
    {
        "first_reply_time": "first_reply",
        "first_assigned_time": "first_assigned",
        "first_solved_time": "first_solved",
        "last_solved_time": "last_solved",
    }
)
"""Durations from the creation to an instant."""
SPENT = FrozenMap(
    {
        "requester_wait": ("new", "open", "on_hold"),
        "agent_work": ("new", "open"),
        "on_hold": ("on_hold",),
        "pending": ("pending",),
    }
)
"""Durations in categories of status."""
LATER = "later_reply_times"
"""All waits for the replies after the first, added up."""
HISTORY = frozenset(
    {*COUNTS, *SPENT, "first_assigned", "first_assigned_time", "reopened_at"}
    | {"first_solved", "first_solved_time"}
)
"""Figures that present values do not tell."""
WITHIN = frozenset({"within_first_reply", "within_resolution"})


def _judged(case: _Case, figure: StatedFigure, ours: Value) -> tuple[bool, str]:
    """Return whether a figure agrees, and why not."""
    untold = _untold(case, figure, ours)
    if untold:
        return False, untold
    apart = _apart(figure.value, ours)
    if apart is not None and apart <= figure.within:
        return True, ROUNDED if apart else EQUAL
    return False, CUT if case.cut else _cause(case, figure, ours)


def _untold(case: _Case, figure: StatedFigure, ours: Value) -> str:
    """Return why a figure cannot be told here; "" where it can."""
    if figure.name in WITHIN:
        return PROMISED
    if ours is None and case.facts.snapshot and figure.name in HISTORY:
        return CUT if case.cut else NOT_TOLD
    if figure.business and case.calendar is None and figure.name in {*SINCE, *SPENT, LATER}:
        return HOURS
    return ""


def _apart(theirs: object, ours: object) -> timedelta | None:
    """Return how far two values are apart; None where they are of two kinds, or two counts."""
    if isinstance(theirs, datetime) and isinstance(ours, datetime):
        return abs(between(ours, theirs))
    if isinstance(theirs, timedelta) and isinstance(ours, timedelta):
        return abs(theirs - ours)
    return timedelta() if type(theirs) is type(ours) and theirs == ours else None


def _cause(case: _Case, figure: StatedFigure, ours: Value) -> str:
    if ours is None and case.facts.snapshot:
        return NOT_TOLD
    if figure.value is None:
        again = figure.name in SOLVED and case.running and case.facts.reopenings
        return OPEN_AGAIN if again else STATES_NONE
    if figure.name in COUNTS:
        return _counted(case, figure, ours)
    found = _at(case, _pointed(case, figure), figure.within)
    if found:
        return f"theirs counts {found}"
    return RUNNING if figure.name in SPENT and case.running else OTHER


SOLVED = frozenset({"first_solved", "last_solved", "closed"})


def _pointed(case: _Case, figure: StatedFigure) -> datetime | None:
    """Return the instant that a figure of theirs points at."""
    if isinstance(figure.value, datetime):
        return figure.value
    if figure.name in SINCE and isinstance(figure.value, timedelta) and not figure.business:
        try:
            return moved(case.facts.created, figure.value)
        except OutOfRange:
            return None
    return None


def _at(case: _Case, at: datetime | None, within: timedelta) -> str:
    """Return in words what happened at an instant; "" for nothing."""
    if at is None:
        return ""
    near = [(abs(between(at, event.at)), event) for event in case.events]
    apart, event = min(near, key=lambda each: each[0])
    return _in_words(event) if apart <= max(within, SAME_EVENT) else ""


def _in_words(event: Event) -> str:
    if isinstance(event, Message):
        what = "a reply" if event.public else "an internal note"
        return f"{what} of {_WHO[event.role]}"
    if isinstance(event, Created):
        return "what came with the creation"
    if isinstance(event, Changed) and "status" in dict(event.fields):
        return f"the change to {dict(event.fields)['status'].name}"
    return "another event of the ticket"


_WHO = {
    "agent": "an agent",
    "customer": "the customer",
    "bot": "a bot",
    "system": "a rule",
    "third_party": "somebody who is not known as an agent: say [roles]",
}


def _counted(case: _Case, figure: StatedFigure, ours: Value) -> str:
    """Return what a count of theirs holds that ours does not, where one kind explains it."""
    theirs = figure.value
    if not isinstance(theirs, int) or not isinstance(ours, int):
        return OTHER
    if figure.name in {"group_stations", "agent_stations"}:
        return ONCE if theirs == _distinct(case, figure) else OTHER
    if figure.name not in {"replies", "messages"}:
        return OTHER
    for what, count in _kinds(case).items():
        if count and theirs - ours == count:
            return f"theirs counts {what}"
        if count and ours - theirs == count and figure.name == "messages":
            return f"ours counts {what}"
    return OTHER


def _kinds(case: _Case) -> dict[str, int]:
    """Return how many messages there are of each kind that one may count and the other not."""
    said = [(each.role, each.public) for each in case.events if isinstance(each, Message)]
    return {
        "automatic replies": sum(each in {("bot", True), ("system", True)} for each in said),
        "internal notes": said.count(("agent", False)),
        "messages of people who are not known as agents: say [roles]": said.count(
            ("third_party", True)
        ),
        "the first message of the ticket": 1,
    }


def _distinct(case: _Case, figure: StatedFigure) -> int:
    facts = case.facts
    return len({*(facts.groups if figure.name == "group_stations" else facts.agents)})
