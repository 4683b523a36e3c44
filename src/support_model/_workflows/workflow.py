"""A workflow decides: which action is allowed now, and which events it makes.

The table of transitions is data. `decide` returns events or refuses with reasons, and changes
nothing either way; `allowed` lists what could be done and why the rest could not; `check`
lists what a real log did that the table does not allow. A guard is evaluated on the step that the
transition would make, so it sees who acts and both the ticket now and the ticket then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, cast

from attrs import evolve, field

from support_model._checks import must_be, must_be_several
from support_model._frozen import FrozenMap, frozen, words
from support_model._time import instant, micros
from support_model._vocabulary import (
    HANDED_DOWN,
    SETTLED,
    Actor,
    Status,
    frozen_fields,
    must_be_actor,
)
from support_model._workflows.timers import TimerLog, happens, moment, timers
from support_model._workflows.transitions import (
    Cascade,
    Draft,
    FollowUp,
    Relate,
    Say,
    Transition,
    against_other,
    objections,
)
from support_model.agenda import Agenda
from support_model.errors import (
    InvalidEvent,
    InvalidValue,
    InvalidWorkflow,
    TransitionRefused,
    UnknownName,
    nearest,
)
from support_model.events import Changed, Created, Related
from support_model.reasons import Reason
from support_model.tickets import Ticket, merge, must_be_ticket, numbered, replay, steps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from support_model._sentences import Catalogue
    from support_model._workflows.transitions import Effect
    from support_model.events import Event
    from support_model.tickets import TicketStep


T = TypeVar("T")


class _Common(TypedDict):
    """What the events of one action share with those that it makes of other tickets."""

    actor: Actor
    at: datetime
    source_id: str | None


@frozen
class Option:
    """An action on a ticket: whether it is allowed now, and why (not).

    Attributes:
        action: its name.
        allowed: whether it is.
        reasons: what speaks against it, or what allows it.
        needs: the details without which it cannot be done, such as `other`.
        writes: whether a message goes with it, whose text is the host's.
        opens: whether it opens another ticket, for which `other` is the id that the host gives.
        transition: the row of the workflow that it follows; None for an action of every desk.
    """

    action: str
    allowed: bool
    reasons: tuple[Reason, ...] = ()
    needs: tuple[str, ...] = ()
    writes: bool = False
    opens: bool = False
    transition: Transition | None = None

    @property
    def to(self) -> str | None:
        """The status that it leads to; None where the ticket stays in its own."""
        return None if self.transition is None else self.transition.to

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the action, whether it is allowed, and why, in the words of a catalogue."""
        code = "option_allowed" if self.allowed else "option_refused"
        if not self.reasons:
            return Reason.of("option", action=self.action).text(catalogue)
        return Reason.of(code, action=self.action, reasons=self.reasons).text(catalogue)

    def __str__(self) -> str:
        return self.text()


@frozen
class Violation:
    """What a log did that a workflow does not allow: the event, its place from 1 on, and why."""

    event: Event
    place: int
    reasons: tuple[Reason, ...]

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the event and why it is not allowed, in the words of a catalogue."""
        event = self.event
        about = {
            "number": self.place,
            "event": event.type,
            "at": event.at,
            "ticket": event.ticket_id,
        }
        return Reason.of("violation", reasons=self.reasons, **about).text(catalogue)

    def __str__(self) -> str:
        return self.text()


def _log(given: Iterable[Event]) -> Iterable[Event]:
    if not isinstance(given, Iterable):
        raise InvalidValue(given, "an agenda is read off a log", "give the ticket's events")
    return given


def _statuses(given: Iterable[Status]) -> tuple[Status, ...]:
    return _several(given, Status, "give a list of Status(name, category)")


def _transitions(given: Iterable[Transition]) -> tuple[Transition, ...]:
    return _several(given, Transition, "give a list of Transition(action, source, to)")


def _several(given: Iterable[T], kind: type[T], remedy: str) -> tuple[T, ...]:
    must_be_several(given, "parts of a workflow", remedy)
    parts = tuple(given)
    for part in parts:
        if not isinstance(part, kind):
            raise InvalidValue(part, "no part of a workflow", remedy)
    return parts


@frozen(kw_only=True)
class Workflow:
    """Statuses and the transitions between them, checked when defined.

    `initial` are the statuses in which a ticket may begin; the first is the usual one.

    Raises:
        InvalidWorkflow: a status named twice or not at all, one that cannot be reached, one
            that no solution, closing or voiding can be reached from, no reachable solution,
            or two transitions for one action in one status.
        InvalidValue: a part that is no status or no transition.

    Example:
        >>> from support_model.workflows import Transition
        >>> desk = Workflow(
        ...     name="tiny",
        ...     statuses=(Status("new", "new"), Status("done", "solved")),
        ...     initial="new",
        ...     transitions=(Transition("solve", "new", "done"),),
        ... )
        >>> print(desk.mermaid())
        stateDiagram-v2
            state "new (new)" as s0
            state "done (solved)" as s1
            [*] --> s0
            s0 --> s1: solve
    """

    name: str
    statuses: tuple[Status, ...] = field(converter=_statuses)
    initial: tuple[str, ...] = field(converter=words)
    transitions: tuple[Transition, ...] = field(converter=_transitions)

    def __attrs_post_init__(self) -> None:
        findings = tuple(_findings(self))
        if findings:
            raise InvalidWorkflow(self.name, findings)

    @cached_property
    def _status(self) -> Mapping[str, Status]:
        return FrozenMap({status.name: status for status in self.statuses})

    @property
    def first(self) -> Status:
        """The status in which a ticket usually begins."""
        return self._status[self.initial[0]]

    @cached_property
    def actions(self) -> frozenset[str]:
        """The actions of its transitions by name."""
        return frozenset([row.action for row in self.transitions])

    @cached_property
    def _table(self) -> Mapping[tuple[str, str], Transition]:
        return FrozenMap(
            {(row.action, source): row for row in self.transitions for source in row.sources}
        )

    @cached_property
    def _timed(self) -> Mapping[str, Sequence[Transition]]:
        timed: dict[str, list[Transition]] = {}
        for row in self.transitions:
            for source in row.sources if row.after is not None else ():
                timed.setdefault(source, []).append(row)
        return FrozenMap(timed)

    def revised(
        self,
        *,
        name: str | None = None,
        initial: str | Iterable[str] | None = None,
        statuses: Iterable[Status] = (),
        transitions: Iterable[Transition] = (),
        remove: Iterable[str | tuple[str, str]] = (),
    ) -> Workflow:
        """Return a workflow like this one, with parts taken out, replaced and put in.

        Args:
            name: another name; the same unless said.
            initial: other statuses to begin in.
            statuses: each replaces the one of its name, or joins the others.
            transitions: each replaces what its action does in its statuses.
            remove: statuses, with all that leads to them or from them, and pairs of an action
                and a status in which it is no longer possible.

        Raises:
            UnknownName: no such status, or no such action in that status.
            InvalidWorkflow: what is left makes no workflow.

        Example:
            >>> from datetime import timedelta
            >>> from support_model.workflows import SIX_STEP, Ask, Transition
            >>> close = Transition("close", "solved", "closed", after=timedelta(days=3),
            ...                    effects=[Ask("csat")])
            >>> ours = SIX_STEP.revised(name="ours", transitions=[close])
            >>> [row.after.days for row in ours.transitions if row.action == "close"]
            [3]
        """
        out = {one if isinstance(one, tuple) else (None, one) for one in remove}
        for one in out:
            self._must_have(*one)
        gone, put = {name for action, name in out if action is None}, _transitions(transitions)
        held = {status.name: status for status in (*self.statuses, *_statuses(statuses))}
        return Workflow(
            name=name or self.name,
            statuses=map(held.__getitem__, _left(held, gone)),
            initial=_left(words(initial or self.initial), gone),
            transitions=_revised_rows(self.transitions, out, put),
        )

    def _must_have(self, action: str | None, status: str) -> None:
        if action is None:
            if status not in self._status:
                remedy = nearest(status, self._status)
                raise UnknownName(status, f"no status of {self.name!r}", remedy)
        elif (action, status) not in self._table:
            known = [source for verb, source in self._table if verb == action]
            remedy = f"it is possible in {', '.join(map(repr, known))}" if known else ""
            raise UnknownName(status, f"no status in which {action!r} is possible", remedy)

    def begin(
        self,
        ticket_id: str,
        *,
        actor: Actor,
        at: datetime,
        fields: Mapping[str, Any] | None = None,
        seq: int | None = 1,
        source_id: str | None = None,
    ) -> tuple[Event, ...]:
        """Return the creation of a ticket, in the first initial status unless `fields` say so.

        Its events are numbered from `seq` on; None leaves the ticket without numbers.
        `source_id` is what asked for it, such as the id of a request.

        Raises:
            TransitionRefused: no ticket of this workflow begins in that status.
            InvalidEvent: a field that no ticket has; see `Created`.
        """
        must_be_actor(actor)
        given = {"status": self.first, **dict(frozen_fields(fields or {}))}
        created = Created(
            ticket_id=ticket_id,
            at=at,
            role=actor.role,
            actor=actor.id,
            seq=seq,
            source_id=source_id,
            fields=given,
        )
        status = given["status"]
        if not self._begins(status):
            reasons = [Reason.of("not_initial", status=status.name)]
            raise TransitionRefused(ticket_id, status.name, "begin", reasons)
        return (created,)

    def decide(  # noqa: PLR0913 - what an action says is named in full
        self,
        ticket: Ticket,
        action: str,
        *,
        actor: Actor,
        at: datetime,
        fields: Mapping[str, Any] | None = None,
        until: datetime | None = None,
        other: Ticket | str | None = None,
        children: Iterable[Ticket] = (),
        source_id: str | None = None,
    ) -> tuple[Event, ...]:
        """Return the events that an action makes, effects included; the ticket stays as it is.

        Events of a follow-up, of children or of the ticket merged into are of those tickets and
        come last. All go on from the `version` of their ticket, as `tickets.numbered` has it.

        Args:
            ticket: the ticket after all that is stored.
            action: what is done; `allowed` lists what can be.
            actor: who does it.
            at: when.
            fields: fields that change with it.
            until: the end of a wait.
            other: the ticket or article that an effect names, by its id; for a merge the ticket
                itself, which gets the question that waits on this one.
            children: the tickets that a `Cascade` is about.
            source_id: what asked for it, such as the id of a request.

        Raises:
            TransitionRefused: the workflow does not allow it, with every reason.
            OutOfOrder: `at` lies before the ticket's last event.
            InvalidEvent: a field that no ticket has, or a status among the fields.
        """
        must_be_ticket(ticket)
        must_be_actor(actor)
        other_id = other.id if isinstance(other, Ticket) else other
        given = dict(frozen_fields(fields or {}))
        if "status" in given:
            raise InvalidEvent(given["status"], "an action sets the status", "leave it out")
        transition, reasons = self._find(ticket, action, other)
        if transition is None:
            raise TransitionRefused(ticket.id, ticket.status.name, action, reasons)
        draft = Draft(ticket=ticket, transition=transition, actor=actor, at=at, other=other_id)
        events, trial = draft.made(self._target(ticket, transition), given, until)
        reasons = [*objections(transition, trial)]
        if other is None and transition.needs_other:
            code = "needs_ticket" if transition.merges else "needs_other"
            reasons.append(Reason.of(code, action=action))
        if reasons:
            raise TransitionRefused(ticket.id, ticket.status.name, action, reasons)
        made = [*numbered(events, ticket, source_id=source_id)] if events else []
        common: _Common = {"actor": actor, "at": at, "source_id": source_id}
        for effect in transition.effects:
            made += self._elsewhere(effect, ticket, other, children, common)
        if not made:
            reasons = [Reason.of("nothing_to_do", action=action)]
            raise TransitionRefused(ticket.id, ticket.status.name, action, reasons)
        return tuple(made)

    def allowed(self, ticket: Ticket, *, actor: Actor = Actor("agent")) -> tuple[Option, ...]:  # noqa: B008 - frozen
        """Return every transition from where the ticket is, with its reasons.

        Evaluated as of the ticket's last event and without further fields, so a reason such as
        "agent not given" names what the action must add.
        """
        must_be_ticket(ticket)
        must_be_actor(actor)
        options = []
        for transition in self.transitions:
            if ticket.status.name not in transition.sources:
                continue
            draft = Draft(ticket=ticket, transition=transition, actor=actor, at=ticket.at)
            _, trial = draft.made(self._target(ticket, transition), {}, None)
            against = tuple(objections(transition, trial))
            reasons = against or transition.guard.reasons(trial)
            options.append(
                Option(
                    transition.action,
                    not against,
                    reasons,
                    ("other",) if transition.needs_other else (),
                    any(isinstance(effect, Say | FollowUp) for effect in transition.effects),
                    transition.opens,
                    transition,
                )
            )
        return tuple(options)

    def check(self, events: Iterable[Event]) -> tuple[Violation, ...]:
        """Return what a log did that this workflow does not allow; empty where all was.

        Only the status is governed: where a log begins and each change of status.

        Raises:
            InconsistentLog: the events are no log of one ticket.
        """
        return tuple(
            Violation(now.event, place, reasons)
            for place, now in enumerate(steps(events), 1)
            if now.event is not None and (reasons := tuple(self._breaks(now)))
        )

    def agenda(self, events: Iterable[Event], *, as_of: datetime) -> Agenda:
        """Return when waits ended and end, and which actions came and come due, if nobody acts.

        Guards are evaluated as role system at the instant of the moment, no earlier than they
        hold. The host answers a moment with `decide`; once the log holds, since then, an event
        equal in kind and content to one of those, by anyone, the moment is gone. What came due
        in a stay that is over stays; what had not is gone. Keys are (ticket, "workflow", action,
        status, stay, stretch): the number of the stay in the status, and of the stretch of it in
        which the guard held (of `LastMessage`: after one message).

        Raises:
            InconsistentLog: the events are no log of one ticket.
            InvalidValue: a ticket is given, which does not know its past.
        """
        log = TimerLog(_log(events), micros(as_of))
        due = timers(log, log.stays(), self._timed, self._status)
        moments = [moment(timer) for timer in due if happens(log, timer)]
        return Agenda(moments, as_of=as_of)

    def next_at(self, events: Iterable[Event], *, as_of: datetime) -> datetime | None:
        """Return `next_at` of the agenda: only the stay that lasts is looked at.

        Raises:
            InconsistentLog: the events are no log of one ticket.
            InvalidValue: a ticket is given, which does not know its past.
        """
        now = micros(as_of)
        log = TimerLog(_log(events), now)
        if not log.brings(self._timed):
            return None
        due = timers(log, islice(log.stays_back(), 1), self._timed, self._status)
        ahead = sorted((timer for timer in due if timer.at > now), key=attrgetter("at"))
        return next((instant(timer.at) for timer in ahead if happens(log, timer)), None)

    def mermaid(self) -> str:
        """Return the workflow as a Mermaid state diagram; names are escaped."""
        ids = {status.name: f"s{number}" for number, status in enumerate(self.statuses)}
        lines = ["stateDiagram-v2"]
        for status in self.statuses:
            label = _escaped(f"{status.name} ({status.category})")
            lines.append(f'    state "{label}" as {ids[status.name]}')
        lines += [f"    [*] --> {ids[name]}" for name in self.initial]
        for transition in self.transitions:
            for source in transition.sources:
                target = ids[transition.to or source]
                lines.append(f"    {ids[source]} --> {target}: {_escaped(transition.action)}")
        return "\n".join(lines)

    def _begins(self, status: Status) -> bool:
        return status.name in self.initial and self._status[status.name] == status

    def _target(self, ticket: Ticket, transition: Transition) -> Status:
        return ticket.status if transition.to is None else self._status[transition.to]

    def _find(
        self, ticket: Ticket, action: str, other: Ticket | str | None
    ) -> tuple[Transition | None, list[Reason]]:
        status = ticket.status
        if self._status.get(status.name) != status:
            return None, [Reason.of("unknown_status", status=status.name, workflow=self.name)]
        transition = self._table.get((action, status.name))
        if transition is not None:
            reasons = [*against_other(transition, ticket, other)]
            return None if reasons else transition, reasons
        if action in self.actions:
            return None, [Reason.of("not_from_here", action=action, status=status.name)]
        hint = Reason.nearest(action, self.actions)
        return None, [Reason.of("unknown_action", action=action, hint=hint)]

    def _breaks(self, step: TicketStep) -> Iterator[Reason]:
        status = step.after.status
        if step.before is None:
            if not self._begins(status):
                yield Reason.of("not_initial", status=status.name)
        elif "status" in step.changed:
            yield from self._against(step, step.before.status, status)

    def _against(self, step: TicketStep, was: Status, status: Status) -> Iterator[Reason]:
        if self._status.get(status.name) != status:
            yield Reason.of("unknown_status", status=status.name, workflow=self.name)
            return
        rows = [
            row for row in self.transitions if row.to == status.name and was.name in row.sources
        ]
        if not rows:
            yield Reason.of("no_transition", source=was.name, to=status.name)
        against = [tuple(objections(row, step)) for row in rows]
        if all(against):
            yield from chain.from_iterable(against)

    def _elsewhere(
        self,
        effect: Effect,
        ticket: Ticket,
        other: Ticket | str | None,
        children: Iterable[Ticket],
        common: _Common,
    ) -> Iterator[Event]:
        """Yield the events that an effect makes of other tickets."""
        if isinstance(effect, FollowUp):
            new_id = other.id if isinstance(other, Ticket) else str(other)
            yield from self._follow_up(ticket, new_id, **common)
        elif isinstance(effect, Cascade):
            for child in children:
                with suppress(TransitionRefused):
                    yield from self.decide(child, effect.action, **common)
        elif effect == Relate("merged_into"):
            rows = merge(ticket, cast("Ticket", other), **common)
            yield from (event for event in rows if event.ticket_id != ticket.id)

    def _follow_up(
        self, ticket: Ticket, new_id: str, *, actor: Actor, at: datetime, source_id: str | None
    ) -> Iterator[Event]:
        fields = {name: ticket.fields[name] for name in HANDED_DOWN if name in ticket.fields}
        seq = None if ticket.seq is None else 1
        begun = self.begin(new_id, actor=actor, at=at, fields=fields, seq=seq, source_id=source_id)
        yield from begun
        link = Related(
            ticket_id=new_id,
            at=at,
            role=actor.role,
            actor=actor.id,
            seq=seq,
            kind="follow_up",
            other=ticket.id,
        )
        yield from numbered([link], replay(begun), source_id=source_id and f"{source_id}/2")


def _left(names: Iterable[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple([name for name in names if name not in gone])


def _revised_rows(
    rows: Iterable[Transition],
    out: Collection[tuple[str | None, str]],
    put: Iterable[Transition],
) -> Iterator[Transition]:
    """Yield rows without some statuses (None) and pairs of action and status, and rows put in.

    What is put in stands behind the first row of which it takes a pair, else at the end.
    """
    waiting = {row: _pairs(row) for row in put}
    gone = {*out}.union(*waiting.values())
    for row in rows:
        yield from _row_without(row, gone)
        for new in [new for new, taken in waiting.items() if taken & _pairs(row)]:
            del waiting[new]
            yield new
    yield from waiting


def _pairs(row: Transition) -> set[tuple[str | None, str]]:
    return {(row.action, source) for source in row.sources}


def _row_without(
    row: Transition, gone: Collection[tuple[str | None, str]]
) -> Iterator[Transition]:
    left = [name for name in row.sources if not {(row.action, name), (None, name)} & {*gone}]
    if left and (None, row.to) not in gone:
        yield row if len(left) == len(row.sources) else evolve(row, sources=left)


def _findings(workflow: Workflow) -> Iterator[Reason]:
    """Yield what is wrong with a definition: first how it names, then where it leads."""
    misnamed = tuple(_misnamed(workflow))
    yield from misnamed or _misled(workflow)


def _misnamed(workflow: Workflow) -> Iterator[Reason]:
    known = [status.name for status in workflow.statuses]
    for name in sorted({name for name in known if known.count(name) > 1}):
        yield Reason.of("repeated_status", status=name)
    if not workflow.initial:
        yield Reason.of("no_initial_status")
    mentioned, rows = {*workflow.initial}, set()
    for transition in workflow.transitions:
        mentioned |= {*transition.sources, transition.to or transition.sources[0]}
        for source in transition.sources:
            if (transition.action, source) in rows:
                yield Reason.of("ambiguous_action", action=transition.action, status=source)
            rows.add((transition.action, source))
    for name in sorted(mentioned - {*known}):
        yield Reason.of("undefined_status", status=name, hint=Reason.nearest(name, known))


def _misled(workflow: Workflow) -> Iterator[Reason]:
    edges = _edges(workflow)
    reached = _reachable(workflow.initial, edges)
    categories = {status.name: status.category for status in workflow.statuses}
    solved = {name for name in edges if categories[name] in SETTLED}
    ends = {name for name in edges if categories[name] in {*SETTLED, "void"}}
    for name in edges:
        if name not in reached:
            yield Reason.of("unreachable_status", status=name)
        if ends.isdisjoint(_reachable((name,), edges)):
            yield Reason.of("trap_status", status=name)
    if solved.isdisjoint(reached):
        yield Reason.of("no_solution")


def _edges(workflow: Workflow) -> dict[str, set[str]]:
    edges: dict[str, set[str]] = {status.name: set() for status in workflow.statuses}
    for transition in workflow.transitions:
        for source in transition.sources:
            edges[source].add(transition.to or source)
    return edges


def _reachable(start: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        fresh = edges[waiting.pop()] - reached
        reached |= fresh
        waiting += fresh
    return reached


def _escaped(text: str) -> str:
    """Write all but plain characters as Mermaid entities, so that no name can end its label."""
    return "".join(c if c.isalnum() or c in " _-()" else f"#{ord(c)};" for c in text)


@frozen
class StatusMap:
    """Which status of one workflow becomes which of another, for tickets that move over.

    Statuses of the same name need no entry.

    Raises:
        InvalidWorkflow: a status of the source without a status in the target.

    Example:
        >>> one = Workflow(name="one", statuses=[Status("done", "solved")], initial="done",
        ...                transitions=())
        >>> two = Workflow(name="two", statuses=[Status("fixed", "solved")], initial="fixed",
        ...                transitions=())
        >>> StatusMap(one, two, {"done": "fixed"}).status("done")
        Status(name='fixed', category='solved')
    """

    source: Workflow
    target: Workflow
    pairs: Mapping[str, str] = field(factory=FrozenMap, hash=False)

    def __attrs_post_init__(self) -> None:
        for workflow in (self.source, self.target):
            must_be(Workflow, workflow, "not a workflow", "make one with Workflow(...)")
        must_be(Mapping, self.pairs, "no pairs of statuses", "give {'old': 'new'}")
        known = {status.name for status in self.target.statuses}
        findings = [
            Reason.of("unmapped_status", status=name, hint=Reason.nearest(name, known))
            for name in (status.name for status in self.source.statuses)
            if self.pairs.get(name, name) not in known
        ]
        if findings:
            moved = f"{self.source.name} to {self.target.name}"
            raise InvalidWorkflow(moved, findings)

    def status(self, name: str) -> Status:
        """Return the status in the target of a status of the source.

        Raises:
            UnknownName: neither workflow has such a status.
        """
        wanted = self.pairs.get(name, name)
        for status in self.target.statuses:
            if status.name == wanted:
                return status
        known = [status.name for status in self.source.statuses]
        raise UnknownName(name, "no status of the source", nearest(name, known))

    def move(self, ticket: Ticket, *, actor: Actor, at: datetime) -> tuple[Event, ...]:
        """Return the change that carries a ticket over; nothing where its status stays."""
        must_be_ticket(ticket)
        must_be_actor(actor)
        status = self.status(ticket.status.name)
        if status == ticket.status:
            return ()
        change = Changed(
            ticket_id=ticket.id,
            at=at,
            role=actor.role,
            actor=actor.id,
            fields={"status": status},
        )
        return numbered([change], ticket)
