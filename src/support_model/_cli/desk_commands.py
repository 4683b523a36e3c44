"""The commands that read a desk: `route DESK TICKET`, `oncall DESK` and `lint DESK`.

`route` decides on one ticket by the rules of a desk and shows every agent with the reasons;
`oncall` shows a month of a desk's on-call plans; `lint` says what in it contradicts itself. All
are made of values here; the command line prints them.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, field

from support_model import serde
from support_model._bounded_files import save_text
from support_model._cli.log_commands import (
    EVENTS,
    FILES,
    add_from,
    add_log_options,
    logs_of,
    options_of,
)
from support_model._findings import Findings
from support_model._frozen import frozen
from support_model._time import (
    Span,
    between,
    difference,
    duration_text,
    instant,
    instant_of_reading,
    local_text,
    micros,
    moved,
    timezone,
)
from support_model._vocabulary import Actor
from support_model.errors import InvalidDocument, InvalidEvent, InvalidValue, nearest
from support_model.routing import (
    is_returning,
    line_above,
    line_history,
    route,
    ticket_in_queue,
    triage,
    workload_of,
)
from support_model.simulation import impact, impact_summary
from support_model.sla import evaluate
from support_model.tickets import replay

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model._tables import TextTable
    from support_model._time import Edges
    from support_model.desk import Desk
    from support_model.events import Event
    from support_model.oncall import OnCall
    from support_model.routing import Decision, QueuedTicket
    from support_model.tickets import Ticket


NAMED = 3
"""How many gaps are named one by one."""
YEAR, MOST_DAYS = 366, 3660


EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (2, 9999))
"""What lies between them can be shown in every zone."""


def read_instant(text: str) -> datetime:
    """Return the instant that a text with an offset names.

    Raises:
        InvalidEvent: it names none, or one that not every zone can show.

    Example:
        >>> read_instant("2026-03-02T09:00:00+01:00").isoformat()
        '2026-03-02T09:00:00+01:00'
    """
    try:
        at = datetime.fromisoformat(text)
        micros(at)
    except ValueError:
        remedy = "write 2026-03-02T09:00:00+00:00"
        raise InvalidEvent(text, "no instant with an offset", remedy) from None
    if not EARLIEST <= at < LATEST:
        raise InvalidEvent(text, "an instant at an end of the calendar", "name one between")
    return at


def ticket_named(logs: Mapping[str, object], wanted: str | None, file: str) -> str:
    """Return the id of the one ticket in a file, or the one wanted.

    Raises:
        InvalidEvent: none is named and the file holds several or none, or it has no such ticket.

    Example:
        >>> ticket_named({"T1": []}, None, "log.jsonl")
        'T1'
    """
    if wanted is None and len(logs) == 1:
        return next(iter(logs))
    if not logs:
        raise InvalidEvent(file, "the file holds no ticket", "name a file with events")
    if wanted is None:
        problem = f"the file holds {len(logs)} tickets"
        raise InvalidEvent(file, problem, f"say --ticket; {nearest('', [*logs][:5])}")
    if wanted not in logs:
        raise InvalidEvent(wanted, "no such ticket in the file", nearest(wanted, logs))
    return wanted


def _single(lines: Iterable[str]) -> tuple[str, ...]:
    """Return lines of which none holds another: what a user typed cannot pass for ours."""
    return tuple(" ".join(line.split()) for line in lines)


@frozen
class CommandOutput:
    """What a command says: lines of text, a table, and lines below it."""

    above: tuple[str, ...] = field(converter=_single)
    table: TextTable
    below: tuple[str, ...] = field(default=(), converter=_single)


def _reading_a_desk(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    says: str,
) -> argparse.ArgumentParser:
    """Add a command whose first argument is a desk."""
    parser = commands.add_parser(name, help=says)
    parser.add_argument("desk", type=Path, metavar="DESK", help="a desk: .toml or .json")
    parser.set_defaults(run=run)
    return parser


def add_route(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], None],
) -> None:
    parser = _reading_a_desk(commands, "route", run, "who takes a ticket now, who cannot, and why")
    add = parser.add_argument
    add("log", nargs="+", type=Path, metavar="TICKET", help=f"one log: {FILES}")
    add("--ticket", metavar="ID", help="which ticket, where the file holds several")
    add("--workload", type=Path, metavar="FILE", help="a log of the tickets that people have")
    add("--as-of", dest="as_of", metavar="INSTANT", help="when; by default at the last event")
    add_from(parser, EVENTS)
    add_log_options(parser, zone="zone of what is printed, by default that of most agents, and of"
        " times that state none")  # fmt: skip


def add_oncall(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], None],
) -> None:
    parser = _reading_a_desk(commands, "oncall", run, "who is on call in a month, gaps and loads")
    add = parser.add_argument
    add("--month", required=True, metavar="YYYY-MM", help="which month")
    add("--plan", metavar="NAME", help="which plan; by default all of them")
    add("--tz", metavar="ZONE", help="zone of the month; by default that of the plan")


def add_lint(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], int],
) -> None:
    add = _reading_a_desk(commands, "lint", run, "what in a desk contradicts itself").add_argument
    add("--from", dest="start", metavar="INSTANT", help="also read presence, on call and training"
        " day by day from then on")  # fmt: skip
    add("--days", type=int, metavar="N", help=f"for so long; by default {YEAR}")


def add_impact(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], None],
) -> None:
    parser = _reading_a_desk(
        commands, "impact", run, "what another desk changes for tickets of a log"
    )
    add = parser.add_argument
    add("new", type=Path, metavar="NEW", help="the desk to try: .toml or .json")
    add("log", nargs="+", type=Path, metavar="LOG", help=f"one log: {FILES}")
    add("--as-of", dest="as_of", metavar="INSTANT", help="when; by default at the last event")
    add_from(parser, EVENTS)
    add_log_options(parser, zone="zone of times that state none")


def add_resolve(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], None],
) -> None:
    says = "the same document with the dates of its holidays beside their countries"
    parser = commands.add_parser("resolve", help=says)
    what = "a desk, policies, a workflow or a calendar: .toml or .json"
    parser.add_argument("document", type=Path, metavar="DOCUMENT", help=what)
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to; by default printed")
    parser.set_defaults(run=run)


def resolved(arguments: argparse.Namespace) -> str:
    """Return the resolved document, or what was written to which file.

    Raises:
        SupportModelError: no document, a country that the data lacks, or no place to write.
    """
    text = serde.resolved(arguments.document)
    if arguments.out is None:
        return text.rstrip("\n")
    if arguments.out.suffix.lower() != arguments.document.suffix.lower():
        problem, remedy = "another form than the document", f"end in {arguments.document.suffix}"
        raise InvalidDocument(arguments.out.name, "", None, problem, remedy)
    try:
        save_text(text, arguments.out)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InvalidDocument(arguments.out.name, "", None, problem, "check the path") from None
    return f"{arguments.out} is written"


def linted(arguments: argparse.Namespace) -> tuple[str, ...]:
    """Return what `Desk.lint` finds in a file, a line each.

    Raises:
        SupportModelError: a file or an instant that cannot be read, or no days.
    """
    desk = serde.load_desk(arguments.desk)
    if arguments.start is None:
        if arguments.days is not None:
            raise InvalidValue(arguments.days, "days from no instant on", "say --from")
        return _single(map(str, desk.lint()))
    days = YEAR if arguments.days is None else arguments.days
    if not 0 < days <= MOST_DAYS:
        raise InvalidValue(days, "no number of days to read", f"give 1 to {MOST_DAYS}")
    start = read_instant(arguments.start)
    if between(start, LATEST).days < days:
        raise InvalidValue(days, f"days beyond {LATEST:%Y}", "name an earlier --from")
    return _single(map(str, desk.lint(Span(start, moved(start, timedelta(days=days))))))


def changed(
    arguments: argparse.Namespace, *, progress: Callable[[int], object] | None = None
) -> tuple[str, ...]:
    """Return what differs under another desk, a line each, and first which tickets it strands.

    Tickets under an edition that the other desk lacks cannot be compared. `progress` is called
    with the number of bytes read so far.

    Raises:
        SupportModelError: a file or an instant that cannot be read.
    """
    old, new = serde.load_desk(arguments.desk), serde.load_desk(arguments.new)
    findings = Findings(arguments.log[0].name)
    logs = logs_of(arguments.log, options_of(arguments), findings, old.priorities, progress)
    if not logs:
        raise InvalidEvent(findings.file, "the file holds no ticket", "name a file with events")
    as_of = max(event.at for log in logs.values() for event in log)
    if arguments.as_of is not None:
        as_of = read_instant(arguments.as_of)
    lost = new.stranded(map(replay, logs.values()))
    for reason in lost:
        if reason.code == "stranded_policy":
            logs.pop(str(reason["ticket"]), None)
    found = impact_summary(impact(logs.values(), old, new, as_of=as_of), as_of=as_of)
    return _single(map(str, (*lost, *found)))


def routed(
    arguments: argparse.Namespace, *, progress: Callable[[int], object] | None = None
) -> CommandOutput:
    """Return the decision that the arguments ask for.

    Other tickets of the file, and those of `--workload`, are what people have in hand.
    `progress` is called with the number of bytes read so far.

    Raises:
        SupportModelError: a file, ticket, zone or instant that cannot be read.
    """
    desk = serde.load_desk(arguments.desk)
    if not desk.agents:
        remedy = "add sections [[agents]]"
        raise InvalidValue(str(arguments.desk), "the desk has no agents", remedy)
    findings, options = Findings(arguments.log[0].name), options_of(arguments)
    logs = logs_of(arguments.log, options, findings, desk.priorities, progress)
    name = ticket_named(logs, arguments.ticket, findings.file)
    log = logs.pop(name)
    as_of = max(event.at for event in log)
    if arguments.as_of is not None:
        as_of = read_instant(arguments.as_of)
    tz = desk.agents.tz if arguments.tz is None else timezone(arguments.tz)
    if arguments.workload is not None:
        logs = logs_of([arguments.workload], options, findings, desk.priorities) | logs
        logs.pop(name, None)
    known = [event for event in log if micros(event.at) <= micros(as_of)]
    if not known:
        raise InvalidValue(arguments.as_of, f"{name} does not exist yet", "name a later instant")
    made = _decided(desk, known, [*logs.values()], as_of, tz)
    return evolve(made, below=(*made.below, *findings.sentences()))


def on_call(arguments: argparse.Namespace) -> Iterator[CommandOutput]:
    """Yield what there is to say of each plan in a month: days, gaps, loads.

    Raises:
        SupportModelError: a file, plan, month or zone that cannot be read.
    """
    desk = serde.load_desk(arguments.desk)
    if not desk.oncall:
        remedy = "add a section [oncall.primary] with layers"
        raise InvalidValue(str(arguments.desk), "the desk has no on-call plan", remedy)
    names = [*desk.oncall] if arguments.plan is None else [arguments.plan]
    for name in names:
        if name not in desk.oncall:
            raise InvalidValue(name, "no such on-call plan", nearest(name, desk.oncall))
    for name in names:
        plan = desk.oncall[name]
        tz = plan.tz if arguments.tz is None else timezone(arguments.tz)
        yield from _month(plan, *month_of(arguments.month, tz), tz)


def month_of(text: str, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first instant of a month on a zone's clock, and that of the next.

    Raises:
        InvalidValue: no month.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> for at in month_of("2026-03", ZoneInfo("Europe/Berlin")):
        ...     print(at)
        2026-03-01 00:00:00+01:00
        2026-04-01 00:00:00+02:00
    """
    match = re.fullmatch(r"(\d{4})-(\d{2})", text)
    try:
        year, month = map(int, match.groups() if match else ())
        first = date(year, month, 1).toordinal()
        last = date(year + month // 12, month % 12 + 1, 1).toordinal()
    except ValueError:
        raise InvalidValue(text, "no month", "write 2026-03") from None
    return instant(instant_of_reading(tz, first, 0), tz), instant(
        instant_of_reading(tz, last, 0), tz
    )


def _month(plan: OnCall, start: datetime, end: datetime, tz: ZoneInfo) -> Iterator[CommandOutput]:
    roster = plan.roster(start, end)
    alone = plan.single_absences(start, end)
    days, loads = roster.tables(tz=tz, people=plan.people, alone=alone)
    yield CommandOutput((), days)
    gaps = [gap.edges for gap in roster.gaps()]
    said = [_gaps_said("Nobody is on call in", gaps, tz)] if gaps else ["Every hour is covered."]
    for person, left in sorted(alone.items()):
        more = difference([gap.edges for gap in left], gaps)
        if more:
            said.append(_gaps_said(f"If {person} is away, nobody is on call in another", more, tz))
    if not any(alone.values()):
        said.append("With any one person away, every hour is still covered.")
    said += [f"Look at this: {reason}" for reason in plan.lint(start, end)]
    yield CommandOutput((), loads, said)


def _gaps_said(what: str, gaps: Sequence[Edges], tz: tzinfo) -> str:
    first = [f"{local_text(instant(a), tz)} for {_length(b - a)}" for a, b in gaps[:NAMED]]
    more = f", and {len(gaps) - NAMED} times more" if len(gaps) > NAMED else ""
    return f"{what} {_length(sum(b - a for a, b in gaps))}: {'; '.join(first)}{more}."


def _length(amount: int) -> str:
    return duration_text(timedelta(microseconds=amount))


def _decided(
    desk: Desk, log: list[Event], others: list[tuple[Event, ...]], as_of: datetime, tz: tzinfo
) -> CommandOutput:
    ticket = replay(log)
    above = [f"{ticket.id} as of {local_text(as_of, tz)}, clock of {tz}", _facts(ticket)]
    if ticket.category == "new" and desk.triage:
        made = triage(ticket, desk.triage)
        if made.rule is None:
            above.append("Triage: no rule matches.")
        else:
            sets = ", ".join(f"{name} = {_plain(value)}" for name, value in made.fields.items())
            why = "; ".join(map(str, made.reasons))
            above.append(f"Triage: rule {made.rule!r} sets {sets or 'nothing'}: {why}.")
        if made.fields:
            log = [*log, made.change(at=ticket.at, actor=Actor("system", "triage"))]
    clocks = evaluate(log, desk.policies, as_of=as_of)
    dues = [
        (clock.due_at, clock.metric.name.replace("_", " "))
        for clock in clocks
        if clock.last is not None and clock.last.stop is None and clock.due_at is not None
    ]
    item = ticket_in_queue(log, desk.routing.queues, as_of=as_of)
    above.append(_queue(clocks.ticket, item, desk))
    above.append(f"Waits since {local_text(item.queued_at, tz)}.")
    above += [f"Due {local_text(at, tz)} ({what})." for at, what in sorted(dues)]
    states = workload_of(others, as_of=as_of)
    decision = route(item, desk.agents, states, desk.routing, as_of=as_of)
    below = [*_next(desk, item, decision, tz), *_past(ticket, log)]
    return CommandOutput(above, decision.table(tz=tz), below)


def _facts(ticket: Ticket) -> str:
    """Return what a ticket says of itself, in a line."""
    said = [
        ticket.topic,
        None if ticket.channel is None else f"by {ticket.channel}",
        None if ticket.priority is None else f"priority {ticket.priority.name}",
        None if ticket.requester is None else f"from {ticket.requester}",
        f"status {ticket.status.name}",
    ]
    return ", ".join(part for part in said if part)


def _queue(ticket: Ticket, item: QueuedTicket, desk: Desk) -> str:
    """Return what routing looks for, in a line."""
    queue = desk.routing.queue_of(ticket)
    line = "any line" if item.line is None else f"line {item.line}"
    team = "" if item.team is None else f", team {item.team}"
    needs = ", ".join(
        f"{need.skill} at level {need.level} or above{'' if need.required else ' (a wish)'}"
        for need in item.needs
    )
    name = "No queue matches" if queue is None else f"Queue {queue.name!r}"
    return f"{name}: {line}{team}, needs {needs or 'no skill'}."


def _next(desk: Desk, item: QueuedTicket, decision: Decision, tz: tzinfo) -> Iterator[str]:
    """Yield what follows: terms of a call-out, or the line to escalate to."""
    if decision.line is not None:
        line = desk.lines.get(decision.line)
        if line is not None and line.call_out is not None:
            terms = line.call_out
            yield (
                f"Line {line.level} is outside: called out now, they answer by"
                f" {local_text(terms.due(decision.as_of), tz)}, for {float(terms.fee):g} a call"
                f" and {float(terms.per_hour):g} an hour."
            )
    elif item.line is not None:
        choice = line_above(item, desk.agents, as_of=decision.as_of)
        skipped = "".join(f"; {reason}" for reason in choice.skipped)
        if choice.line is None:
            yield f"No line above can help{skipped}. Bring in a manager."
        else:
            yield f"To escalate: line {choice.line} can help{skipped}."


def _past(ticket: Ticket, log: list[Event]) -> Iterator[str]:
    """Yield what of its past matters: who has it, and whether it keeps coming back."""
    if ticket.agent is not None:
        yield f"Now with {ticket.agent}."
    lines = line_history(log)
    if is_returning(lines):
        yield f"It keeps coming back: it went through lines {', '.join(map(str, lines))}."


def _plain(value: object) -> str:
    return str(getattr(value, "name", value))
