"""A log as it was read: one value for tables, payloads and files of events.

An `EventLog` holds the events of all tickets, what the source states of a ticket besides them,
and what was odd or left out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from attrs import Factory, evolve, field

from support_model._findings import Finding, Findings
from support_model._frozen import FrozenMap, draft_class, frozen
from support_model._packed_events import PackedEvents, ends_of, told_fields
from support_model._short_texts import few_names, plain_in_short, short_repr
from support_model._tables import pairs_html
from support_model.errors import InconsistentLog, InvalidLog, nearest
from support_model.events import ordered
from support_model.serde import read_events, read_packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from support_model._vocabulary import Priority
    from support_model.events import Event


_SECOND = timedelta(seconds=1)
EVERY = "*"
"""In `EventLog.incomplete`: any ticket may go on, such as where pages are missing."""


TOLD = ("form", "undated", "incomplete", "unknown", "left_out", "findings")
MOST = 1000
"""Entries of each kind that a file of events says of its log."""


@frozen(kw_only=True)
class StatedFigure:
    """A figure of one ticket that the system itself computed.

    Attributes:
        name: which figure, in the words of `FIGURES`.
        native: what the system calls it: "ticket_metrics.reply_time_in_minutes.calendar".
        value: what it says: a duration, an instant or a count; None where it says that there is
            none.
        business: whether a duration is measured in the system's own business hours.
        within: how far ours may differ without disagreeing, such as a system that rounds to
            minutes says one minute.
    """

    name: str
    native: str
    value: timedelta | datetime | int | None
    business: bool = False
    within: timedelta = _SECOND


def stated(
    name: str, native: str, value: datetime | int | None, within: timedelta = _SECOND
) -> StatedFigure:
    """Return an instant or a count as a figure, faster than its constructor.

    Example:
        >>> stated("replies", "x", 1) == StatedFigure(name="replies", native="x", value=1)
        True
    """
    draft = _Figure()
    draft.name, draft.native, draft.value = name, native, value
    draft.business, draft.within = False, within
    draft.__class__ = StatedFigure
    made: StatedFigure = draft
    return made


_Figure = draft_class(StatedFigure)
FIGURES = (
    *("first_reply", "first_assigned", "first_solved", "last_solved", "closed", "reopened_at"),
    *("first_reply_time", "first_assigned_time", "first_solved_time", "last_solved_time"),
    *("requester_wait", "agent_work", "on_hold", "pending", "reopens", "replies", "messages"),
    *("group_stations", "agent_stations", "reassignments", "within_first_reply"),
    *("within_resolution", "later_reply_times"),
)
"""What can be compared: instants, durations since the creation, counts."""


@frozen(kw_only=True)
class Recorded:
    """What a source that records states, and no acts, says of a ticket besides its events.

    Such a source does not record who assigned a ticket, so no assignment is an offer; and where it
    records no close, the last event of a ticket that is closed is the close.

    Attributes:
        instants: those that it records, by name: "created", "solved", "closed". They take
            precedence over what the events show; None says that there is none.
        within_sla: whether it states that the ticket is within its SLA, row by row.
    """

    instants: Mapping[str, datetime | None] = field(factory=FrozenMap, hash=False)
    within_sla: tuple[bool, ...] = ()


@frozen(kw_only=True)
class EventLog:
    """The events of one file or payload, in the order of each ticket's log, and what was odd.

    Attributes:
        events: all events; those of one ticket are together, tickets by first sight. Of a file
            read as `packed` each is made when it is asked for.
        recorded: what a source that records states says of a ticket besides, by ticket.
        stated: the figures that the system itself computed, by ticket; they enter none of ours.
        file: name of the file, or of the product that the payload is of.
        form: name of the form of the log.
        title: what kind of log it is, in words.
        rows: how many rows it had; where none are counted, events.
        fields: the fields of a ticket that it holds.
        columns: the field that each of its own names means, where the two differ.
        undated: the fields of which it holds one value and no change.
        unknown: how often a value was met that no table knew, by (what it says, value).
        left_out: how often something was met that no event can say, by its name.
        findings: what else was odd: more pages, rows from the newest to the oldest, and so on.
        incomplete: the tickets whose history is not whole, each with the code of the finding
            that says why; `EVERY` stands for all of them.

    Example:
        >>> EventLog(events=(), left_out={"Cc": 2}).left_out["Cc"]
        2
    """

    events: Sequence[Event]
    recorded: Mapping[str, Recorded] = field(factory=FrozenMap, hash=False)
    stated: Mapping[str, tuple[StatedFigure, ...]] = field(factory=FrozenMap, hash=False)
    file: str = ""
    form: str = "events"
    title: str = "ticket events"
    rows: int = Factory(lambda self: len(self.events), takes_self=True)
    fields: frozenset[str] = Factory(lambda self: fields_of(self.events), takes_self=True)
    columns: Mapping[str, str] = field(factory=FrozenMap, hash=False)
    undated: frozenset[str] = frozenset()
    unknown: Mapping[tuple[str, str], int] = field(factory=FrozenMap, hash=False)
    left_out: Mapping[str, int] = field(factory=FrozenMap, hash=False)
    findings: tuple[Finding, ...] = ()
    incomplete: Mapping[str, str] = field(factory=FrozenMap, hash=False)

    __repr__ = short_repr

    def __str__(self) -> str:
        name = plain_in_short(self.file or self.title)
        events, odd = f"{len(self.events):,} events", f"{len(self.findings):,} findings"
        return f"{name}: {events} of {self.rows:,} rows, {odd}"

    def _repr_html_(self) -> str:
        rows = [
            ("file", self.file),
            ("form", self.form),
            ("events", f"{len(self.events):,}"),
            ("rows", f"{self.rows:,}"),
            ("fields", few_names(sorted(self.fields), len(self.fields))),
            ("left out", f"{sum(self.left_out.values()):,}"),
            ("findings", f"{len(self.findings):,}"),
        ]
        return pairs_html(self.title, rows)

    @property
    def first(self) -> datetime | None:
        """First instant; None without events."""
        ends = ends_of(self.events)
        return None if ends is None else ends[0]

    @property
    def last(self) -> datetime | None:
        """Last instant, up to which the log knows; None without events."""
        ends = ends_of(self.events)
        return None if ends is None else ends[1]

    def logs(self) -> dict[str, tuple[Event, ...]]:
        """Return the log of each ticket; one cut off by paging begins with no `Created`."""
        if isinstance(self.events, PackedEvents):
            return dict(self.events.logs())
        starts: dict[str, int] = {}
        last = ""
        for place, event in enumerate(self.events):
            if event.ticket_id != last:
                last = event.ticket_id
                if last in starts:  # those of a ticket are not together after all
                    return {ticket: tuple(log) for ticket, log in by_ticket(self.events).items()}
                starts[last] = place
        ends = chain(islice(starts.values(), 1, None), (len(self.events),))
        return {ticket: tuple(self.events[start : next(ends)]) for ticket, start in starts.items()}

    def field_named(self, name: str) -> str | None:
        """Return the field meant by its name, short for a custom one, or by the source's own.

        None where it is not in the log.

        Example:
            >>> own = {"Ort": "custom.site"}
            >>> reading = EventLog(events=(), fields={"custom.site"}, columns=own)
            >>> [reading.field_named(name) for name in ("site", "Ort", "priority")]
            ['custom.site', 'custom.site', None]
        """
        meant = (name, self.columns.get(name), f"custom.{name}")
        return next((each for each in meant if each in self.fields), None)


def by_ticket(events: Iterable[Event]) -> dict[str, list[Event]]:
    """Return the events of each ticket, tickets in the order in which they first appear."""
    logs: dict[str, list[Event]] = {}
    for event in events:
        logs.setdefault(event.ticket_id, []).append(event)
    return logs


def fields_of(events: Sequence[Event]) -> frozenset[str]:
    """Return the names of the fields that events hold."""
    held = {id(fields): fields for fields in told_fields(events)}
    return frozenset(name for fields in held.values() for name, _ in fields)


def read_event_log(
    *paths: Path,
    lenient: bool = False,
    packed: bool = False,
    priorities: Iterable[Priority] = (),
    progress: Callable[[int], object] | None = None,
) -> EventLog:
    """Read .jsonl, .csv or .parquet files of events, the first two also as .gz.

    Args:
        paths: the files, in any order; a ticket may be in several.
        lenient: list lines that are no events, and tickets that are no logs, instead of
            stopping at the first.
        packed: keep the events of one file in little room, and make them when they are asked for.
        priorities: those that an event may name without their rank, such as a desk's.
        progress: called with the number of bytes of the files read so far.

    Raises:
        InvalidLog: see `read_logs`; or the files hold no events.
    """
    label = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
    findings = Findings(label, lenient)
    known = tuple(priorities)
    events: Sequence[Event]
    if len(paths) == 1:
        read = read_packed(paths[0], findings=findings, progress=progress, priorities=known)
        events = read if packed else tuple(read)
    else:
        events = tuple(chain.from_iterable(_together(paths, findings, progress, known).values()))
    if not events:
        raise InvalidLog(label, None, "no events", None, "check the export")
    reading = EventLog(
        events=events,
        file=label,
        findings=findings.all(),
    )
    for each in findings.told:
        reading = with_told(reading, each)
    return reading


def told_of(log: EventLog) -> dict[str, Any]:
    """Return what a file of events says of its log; empty where there is nothing to say.

    Example:
        >>> told_of(EventLog(events=(), undated={"status"}))
        {'form': 'events', 'undated': ['status']}
    """
    unknown = sorted(log.unknown.items(), key=lambda each: (-each[1], each[0]))[:MOST]
    parts = {
        "undated": sorted(log.undated),
        "incomplete": dict(sorted(log.incomplete.items())[:MOST]),
        "unknown": [[*key, count] for key, count in unknown],
        "left_out": dict(sorted(log.left_out.items())[:MOST]),
        "findings": [
            [each.code, each.count, each.example]
            for each in log.findings
            if each.code != "recognized"
        ],
    }
    said = {name: part for name, part in parts.items() if part}
    return {"form": log.form, **said} if said else {}


def with_told(reading: EventLog, told: object) -> EventLog:
    """Return a log with what its file says of it, as `told_of` has it.

    Raises:
        InvalidLog: it says it in another way than `told_of` does.
    """
    refused = InvalidLog(
        reading.file, None, "not what a file of events says of its log", None, "write it again"
    )
    if not isinstance(told, dict):
        raise refused
    for key in told:
        if key not in TOLD:
            problem = "an unknown key of what the file says of its log"
            raise InvalidLog(reading.file, None, problem, key, nearest(key, TOLD))
    try:
        return evolve(
            reading,
            form=_text(told.get("form", reading.form)),
            undated=reading.undated | {_text(each) for each in told.get("undated", [])},
            incomplete={**reading.incomplete, **_texts(told.get("incomplete", {}))},
            unknown={
                **reading.unknown,
                **{(_text(a), _text(b)): _count(n) for a, b, n in told.get("unknown", [])},
            },
            left_out={
                **reading.left_out,
                **{_text(name): _count(n) for name, n in told.get("left_out", {}).items()},
            },
            findings=(
                *reading.findings,
                *(
                    Finding(_code(code), _count(n), (), _text(example))
                    for code, n, example in told.get("findings", [])
                ),
            ),
        )
    except (TypeError, ValueError, AttributeError, KeyError):
        raise refused from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(value: dict[str, str]) -> dict[str, str]:
    return {_text(key): _code(code) for key, code in value.items()}


def _code(value: object) -> str:
    found = Finding(_text(value), 0)
    if not found.problem.text:  # KeyError for an unknown code
        raise ValueError
    return found.code


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _together(
    paths: Sequence[Path],
    findings: Findings,
    progress: Callable[[int], object] | None,
    priorities: tuple[Priority, ...],
) -> dict[str, tuple[Event, ...]]:
    """Return the logs of several files, of which a ticket may be in more than one."""
    events: list[Event] = []
    done = 0
    for path in paths:
        findings.file = path.name
        events += read_events(path, findings=findings, priorities=priorities)
        done += path.stat().st_size
        if progress is not None:
            progress(done)
    findings.file = f"{len(paths)} files"
    logs: dict[str, tuple[Event, ...]] = {}
    for ticket, log in by_ticket(events).items():
        try:
            logs[ticket] = ordered(log)
        except InconsistentLog as error:
            if not findings.lenient:
                file, problem = findings.file, error.problem
                raise InvalidLog(file, None, problem, ticket, error.remedy) from None
            findings.note("no_log", None, f"{ticket}: {error.problem}")
    return logs
