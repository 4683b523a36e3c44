"""A ticket that waits for somebody: what it needs, since when, and who must not have it.

`QueuedTicket` is all that routing knows of a ticket. A host may make it from its own tables;
`queued` makes one from a `Ticket`, with the needs of the first queue whose pattern matches.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import field
from attrs.validators import optional

from support_model._checks import checked_level, checked_whole, named_by_text, valid
from support_model._frozen import FrozenMap, frozen
from support_model._time import micros
from support_model.errors import InvalidRouting, InvalidValue
from support_model.tickets import eventless_step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from support_model.patterns import Pattern
    from support_model.tickets import Ticket


LEAST_URGENT = 99


@frozen
class Need:
    """A skill that a ticket needs, at a level or above.

    Attributes:
        skill: its name.
        level: the least level, 1 and up.
        required: False for a wish, which ranks and rejects nobody.

    Raises:
        InvalidValue: a level below 1.
    """

    skill: str
    level: int = field(default=1, validator=valid(checked_whole, "a needed level", least=1))
    required: bool = True


@frozen
class Owner:
    """Who had the ticket before, and when they were last at it."""

    agent: str
    since: datetime = field(validator=valid(micros))


def as_needs(given: Iterable[Need | str]) -> tuple[Need, ...]:
    """Return needs; a bare name is the skill at level 1."""
    if isinstance(given, str):
        raise InvalidValue(given, "needs are a list", f"give [{given!r}]")
    needs = tuple(Need(need) if isinstance(need, str) else need for need in given)
    for need in needs:
        if not isinstance(need, Need):
            raise InvalidValue(need, "not a need", "give Need(skill) or a name")
    return needs


@frozen(kw_only=True)
class QueuedTicket:
    """A ticket that waits for somebody.

    Attributes:
        id: of the ticket.
        channel: by which its work counts.
        queued_at: since when it waits: what falls back counts from here.
        queue_since: since when the condition of its queue holds; what relaxes counts from the
            later of the two. None: as long as it waits.
        line: the line it is for; None is any.
        team: the team it is for; None is any.
        needs: skills, as `Need` values or bare names.
        exclude: who must not have it, and why: "author", "previous", "conflict".
        owner: who had it before.
        priority: rank, 1 = most urgent.
        due_at: when it is due, by whichever clock; None is last of its rank.

    Raises:
        InvalidValue: no id, a line outside 1 to 5, a rank below 1.
        NaiveDatetime: an instant without a zone.

    Example:
        >>> from datetime import UTC, datetime
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> QueuedTicket(id="T1", channel="chat", queued_at=at, needs=["sap"]).needs
        (Need(skill='sap', level=1, required=True),)
    """

    id: str = field(validator=valid(named_by_text, "a ticket"))
    channel: str
    queued_at: datetime = field(validator=valid(micros))
    line: int | None = field(default=None, validator=optional(valid(checked_level)))
    team: str | None = None
    needs: tuple[Need, ...] = field(default=(), converter=as_needs)
    exclude: Mapping[str, str] = field(factory=FrozenMap, hash=False)
    owner: Owner | None = None
    priority: int = field(
        default=LEAST_URGENT, validator=valid(checked_whole, "a priority's rank", least=1)
    )
    due_at: datetime | None = field(default=None, validator=optional(valid(micros)))
    queue_since: datetime | None = field(default=None, validator=optional(valid(micros)))

    @exclude.validator
    def _says_why(self, _: object, exclude: object) -> None:
        if not isinstance(exclude, Mapping):
            remedy = "give {agent: why}"
            raise InvalidValue(exclude, "who is excluded has a reason", remedy)

    @property
    def sort_key(self) -> tuple[int, bool, int, int, str]:
        """Its place in a backlog: by priority, due (none last), age, id."""
        due = 0 if self.due_at is None else micros(self.due_at)
        return self.priority, self.due_at is None, due, micros(self.queued_at), self.id


def check_queued(tickets: Iterable[object], workload: object) -> None:
    """Raise where what is to be routed is no `QueuedTicket`, or a workload no mapping.

    Raises:
        InvalidValue: a `Ticket`, an id, or a list of states.

    Example:
        >>> check_queued(["T1"], {})
        Traceback (most recent call last):
        ...
        support_model.errors.InvalidValue: not a ticket that waits: 'T1'; make one with queued(...)
    """
    for ticket in tickets:
        if not isinstance(ticket, QueuedTicket):
            raise InvalidValue(ticket, "not a ticket that waits", "make one with queued(...)")
    if not isinstance(workload, Mapping):
        raise InvalidValue(workload, "not a workload", "give {agent: AgentState(...)}")


@frozen(kw_only=True)
class Queue:
    """What tickets of a kind need: the first queue whose pattern matches is theirs.

    Attributes:
        name: as people call it.
        when: the pattern.
        needs: skills that the queue needs.
        line, team: where its tickets go when they name none themselves.

    Raises:
        InvalidRouting: `when` is no pattern.
        InvalidValue: a line outside 1 to 5.
    """

    name: str
    when: Pattern = field()
    needs: tuple[Need, ...] = field(default=(), converter=as_needs)
    line: int | None = field(default=None, validator=optional(valid(checked_level)))
    team: str | None = None

    @when.validator
    def _is_pattern(self, _: object, when: object) -> None:
        if not callable(getattr(when, "holds", None)):
            raise InvalidRouting(when, "a queue needs a pattern", "give Field(...) or ALWAYS")


def queue_of(ticket: Ticket, queues: Iterable[Queue]) -> Queue | None:
    """Return the first queue whose pattern holds of a ticket; None where none does."""
    now = eventless_step(ticket)
    return next((queue for queue in queues if queue.when.holds(now)), None)


def queued(
    ticket: Ticket,
    queues: Iterable[Queue] = (),
    *,
    queued_at: datetime,
    exclude: Mapping[str, str] | None = None,
    owner: Owner | None = None,
    due_at: datetime | None = None,
    queue_since: datetime | None = None,
) -> QueuedTicket:
    """Return what routing must know of a ticket, with the needs of its queue.

    The ticket's own line and group go before those of the queue; a ticket without
    a channel counts as "email", without a priority as the least urgent.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created
        >>> from support_model.patterns import Field
        >>> from support_model.tickets import replay
        >>> from support_model.vocabulary import Status
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> fields = {"status": Status("new", "new"), "technology": "sap", "channel": "phone"}
        >>> ticket = replay([Created(ticket_id="T1", at=at, role="customer", fields=fields)])
        >>> sap = Queue(name="sap", when=Field("technology").is_("sap"), needs=["sap"], line=2)
        >>> waiting = queued(ticket, [sap], queued_at=at)
        >>> waiting.channel, waiting.line, waiting.needs[0].skill
        ('phone', 2, 'sap')
    """
    queue = queue_of(ticket, queues)
    line, team = ticket.line, ticket.group
    if queue is not None:
        line = queue.line if line is None else line
        team = queue.team if team is None else team
    return QueuedTicket(
        id=ticket.id,
        channel=ticket.channel or "email",
        queued_at=queued_at,
        line=line,
        team=team,
        needs=() if queue is None else queue.needs,
        exclude=exclude or {},
        owner=owner,
        priority=LEAST_URGENT if ticket.priority is None else ticket.priority.rank,
        due_at=due_at,
        queue_since=queue_since,
    )
