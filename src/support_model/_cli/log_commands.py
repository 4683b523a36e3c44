"""How every command is told to read a log, and `events`, which writes what was read.

The same options mean the same in every command: which system, what its ids mean, which zone its
stamps are in, and whether tickets that are not whole are read.
"""

from __future__ import annotations

import warnings
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import Factory, define, evolve

from support_model import closures, opening_hours, serde
from support_model._bounded_files import apart
from support_model._frozen import frozen
from support_model._tables import TextTable
from support_model._time import duration_text, timezone
from support_model._vocabulary import Priority, Status
from support_model.adapters import (
    EVERY,
    Account,
    EventLog,
    check_stated,
    combined,
    events_at_sight,
    formats,
    load_account,
    read_event_log,
    read_files,
    read_in_parts,
    skeleton,
    table,
    told_of,
    unmet,
)
from support_model.errors import InvalidValue, MissingExtra, UnknownVendorValue, nearest
from support_model.events import Changed, Created

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace, _SubParsersAction
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model._cli.column_events import ColumnLog
    from support_model._findings import Finding, Findings
    from support_model.adapters import Comparison
    from support_model.adapters.table import TableMapping
    from support_model.calendars import BusinessCalendar
    from support_model.events import Event
    from support_model.frames import Events

    Subparsers = _SubParsersAction[ArgumentParser]

AUTO, EVENTS, ALL = "auto", "events", "all"
OUT = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".parquet", ".xes", ".xes.gz", ".ocel.json")
"""Endings of the files that `events` writes."""
MOST_ROWS = 40
"""Figures that are shown one by one."""
UNSAID_ZONE = "say --tz Europe/Berlin, or --tz UTC"
NAMED = 5
"""Tickets that a line names."""
FILES = "JSON, JSON lines, a table, .gz, .zip, a folder, or - for standard input"


@frozen(kw_only=True)
class LogOptions:
    """How a log is read.

    Attributes:
        name: which system it is of, a mapping that ships, "events" or "auto".
        mapping: what the columns of a table mean, where a file of its own says it.
        config: the file that says what ids mean.
        tz: the zone of stamps that state none.
        lenient: whether tickets that are not whole are read.
    """

    name: str = EVENTS
    mapping: TableMapping | None = None
    config: Path | None = None
    tz: ZoneInfo | None = None
    lenient: bool = False


def add_log_options(parser: ArgumentParser, *, zone: str | None = None) -> None:
    """Add the options that every command has that reads a log.

    Args:
        parser: of the command.
        zone: what `--tz` means there; None where the command adds it itself.
    """
    add = parser.add_argument
    add("--config", type=Path, metavar="FILE.toml", help="what the ids of your account mean")
    if zone is not None:
        add("--tz", metavar="ZONE", help=zone)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--lenient", action="store_true",
                     help="list problems of the log instead of stopping")  # fmt: skip
    how.add_argument("--strict", action="store_true", help="stop at problems, as is usual")


def add_from(parser: ArgumentParser, usual: str | None) -> None:
    """Add `--from`, or a mapping of one's own in place of it."""
    which = parser.add_mutually_exclusive_group()
    said = "" if usual is None else f"; by default {usual}"
    which.add_argument("--from", dest="name", metavar="NAME", default=usual,
                       help=f"log format: {', '.join((*formats(), AUTO))}{said}")  # fmt: skip
    which.add_argument("--mapping", type=Path, metavar="FILE.toml", help="log format, your own")


def options_of(arguments: Namespace) -> LogOptions:
    """Return what arguments say of how to read a log; slips are found before it is read.

    Raises:
        InvalidValue: an unknown name or zone.
        InvalidDocument: the account cannot be read.
        InvalidMapping: the mapping cannot be read.
    """
    name = arguments.name or EVENTS
    if name not in (AUTO, *formats()):
        raise InvalidValue(name, "unknown log format", nearest(name, (AUTO, *formats())))
    if arguments.config is not None:
        load_account(arguments.config, name)
    return LogOptions(
        name=name,
        mapping=None if arguments.mapping is None else table.load(arguments.mapping),
        config=arguments.config,
        tz=None if arguments.tz is None else timezone(arguments.tz),
        lenient=arguments.lenient,
    )


def read(
    paths: Sequence[Path],
    options: LogOptions,
    *,
    packed: bool = False,
    keep: Iterable[str] = (),
    progress: Callable[[int], object] | None = None,
) -> EventLog:
    """Read the files of one log.

    Args:
        paths: the files.
        options: how they are read.
        packed: keep a file of events in little room.
        keep: further columns of a table, each a custom field.
        progress: called with the number of bytes read so far.

    Raises:
        SupportModelError: see `read_files`.
    """
    return read_files(
        paths,
        options.name if options.mapping is None else options.mapping,
        options.config,
        keep=keep,
        lenient=options.lenient,
        packed=packed,
        tz=options.tz,
        progress=progress,
    )


def logs_of(
    paths: Sequence[Path],
    options: LogOptions,
    findings: Findings,
    priorities: Iterable[Priority] = (),
    progress: Callable[[int], object] | None = None,
) -> dict[str, tuple[Event, ...]]:
    """Return the log of each ticket of some files.

    Args:
        paths: the files.
        options: how they are read.
        findings: where what was odd is listed.
        priorities: those that an event in a file may name without their rank.
        progress: called with the number of bytes read so far.

    Raises:
        SupportModelError: a file that cannot be read.
    """
    if options.name == EVENTS and options.mapping is None:
        lenient = findings.lenient = options.lenient
        if len(paths) == 1:
            return serde.read_logs(
                paths[0], findings=findings, priorities=priorities, progress=progress
            )
        reading = read_event_log(*paths, lenient=lenient, priorities=priorities, progress=progress)
    else:
        reading = read(paths, options, progress=progress)
    for each in reading.findings:
        findings.note(each.code, None, each.example, times=each.count)
    logs = reading.logs()
    for ticket in [ticket for ticket, log in logs.items() if not isinstance(log[0], Created)]:
        findings.note("no_log", None, ticket)
        del logs[ticket]
    return logs


def add_events(commands: Subparsers, run: Callable[[Namespace], None]) -> None:
    parser = commands.add_parser(
        "events", help="what another system exports, as events: how many, what is odd; as a file"
    )
    add = parser.add_argument
    add("log", nargs="+", type=Path, metavar="FILE", help=f"of one export: {FILES}")
    add_from(parser, AUTO)
    add_log_options(parser, zone="zone of times that state none")
    add("--check", action="store_true", help="the figures that the system computed, beside ours")
    add("--hours", metavar="TEXT", help="with --check: the system's own business hours, in the "
        'zone of --tz: "Mo-Fr 09:00-18:00"')  # fmt: skip
    add(
        "--holidays",
        metavar="CC",
        help="with --hours: closed on the public holidays of: DE, DE-BY",
    )
    add("--out", type=Path, metavar="FILE", help=f"where to write the events: {', '.join(OUT)}")
    parser.set_defaults(run=run)


@frozen(kw_only=True)
class EventsOutput:
    """What `events` says: lines, tables, lines below them, and an account file to fill in."""

    above: tuple[str, ...] = ()
    tables: tuple[TextTable, ...] = ()
    below: tuple[str, ...] = ()
    skeleton: str = ""


def events_read(
    arguments: Namespace, *, progress: Callable[[int], object] | None = None
) -> EventsOutput:
    """Read an export, write its events where that is asked for, and return what there is to say.

    Raises:
        SupportModelError: a file that cannot be read or written.
    """
    paths, out = arguments.log, arguments.out
    if out is not None:
        check_out(out, paths, arguments)
    options = options_of(arguments)
    check_events_options(arguments, options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownVendorValue)  # the skeleton says them
        reading, seen, written = _read_and_written(paths, options, arguments, progress)
    tables, below = [seen.table()], [*remarks(reading), *seen.unmet(arguments.config)]
    if arguments.check:
        checked, totals = _checked(reading, _hours(arguments, reading))
        tables += [checked] if checked.rows else []
        below = [*totals, *below]
    return EventsOutput(
        above=(*_told(reading), *written),
        tables=tuple(tables),
        below=tuple(below),
        skeleton=skeleton(reading),
    )


def _read_and_written(
    paths: Sequence[Path],
    options: LogOptions,
    arguments: Namespace,
    progress: Callable[[int], object] | None,
) -> tuple[EventLog, _Seen, tuple[str, ...]]:
    """Return what a log says, what was seen of its events, and what is said of those written.

    Events are held only where the figures of the system are checked with them.
    """
    out: Path | None = arguments.out
    if arguments.check or out is None:
        columnar = None if arguments.check else _by_columns(paths, options, out, progress)
        if columnar is not None:
            seen = _Seen.of_columns(columnar)
            return seen.reading(), seen, ()
        reading = read(paths, options, progress=progress)
        said = () if out is None else (_written(reading.events, out, lambda: told_of(reading)),)
        return reading, _Seen.of(reading), said
    columnar = _by_columns(paths, options, out, progress)
    seen = _Seen() if columnar is None else _Seen.of_columns(columnar)
    events = _passing(paths, options, seen, progress, out) if columnar is None else columnar.events
    line = _written(events, out, lambda: told_of(seen.reading()))
    return seen.reading(), seen, (line,)


def check_events_options(arguments: Namespace, options: LogOptions) -> None:
    """Refuse options of `events` that nothing would follow.

    Raises:
        InvalidValue: hours or holidays without what they are for, or two zones of stamps.
    """
    for name, needs in (("hours", "check"), ("holidays", "hours")):
        if getattr(arguments, name) is not None and not getattr(arguments, needs):
            option, problem = f"--{name}", f"an option of --{needs}, which is not said"
            raise InvalidValue(option, problem, f"say --{needs}, or leave it out")
    if options.config is None or options.tz is None or arguments.hours is not None:
        return
    own = load_account(options.config).tz
    if own is not None and own != options.tz:
        problem = f"two zones of stamps, and the account says {own.key}"
        raise InvalidValue(options.tz.key, problem, "leave --tz out, or change the account")


def _hours(arguments: Namespace, reading: EventLog) -> BusinessCalendar | None:
    """Return the business hours that figures are compared in, with the holidays of the log."""
    if arguments.hours is None:
        return None
    first, last = reading.first, reading.last
    years = range(first.year, last.year + 1) if first and last else (2000,)
    tz = None if arguments.tz is None else timezone(arguments.tz)
    return hours_calendar(arguments.hours, tz, arguments.holidays, years)


def hours_calendar(
    hours: str, tz: ZoneInfo | None, holidays: str | None, years: Sequence[int]
) -> BusinessCalendar:
    """Return opening hours as text as a calendar.

    Args:
        hours: the hours: "Mo-Fr 08:00-18:00", or "24/7".
        tz: the zone of their clock.
        holidays: of which country, and part of it: "DE", "DE-BY".
        years: of which years.

    Raises:
        InvalidValue: hours without a zone, or what is none of these.
    """
    if tz is None and hours.strip() != "24/7":
        raise InvalidValue(hours, "opening hours need the zone of their clock", UNSAID_ZONE)
    closed = None
    if holidays is not None:
        country, _, subdivision = holidays.partition("-")
        closed = closures.country(country, years=years, subdivision=subdivision or None)
    return opening_hours.parse(hours, tz=tz or "UTC", closures=closed, years=years)


def known_form(paths: Sequence[Path], options: LogOptions) -> tuple[Finding, ...] | None:
    """Return what there is to say of files that are a known table or events; None of others."""
    said = options.mapping is not None or options.name == EVENTS
    if said or all(path.suffix == ".parquet" for path in paths):
        return ()
    shown = events_at_sight(paths) if options.name == AUTO else None
    return None if shown is None else (shown,)


def _by_columns(
    paths: Sequence[Path],
    options: LogOptions,
    out: Path | None,
    progress: Callable[[int], object] | None,
) -> ColumnLog | None:
    """Return events, or a table of a known mapping, by columns; None of what is read row by row.

    Columns are written as Parquet; other forms need each event.
    """
    if options.lenient or not (out is None or out.suffix.lower() == ".parquet"):
        return None
    try:
        from support_model._cli import column_events  # noqa: PLC0415 - an extra
    except (ModuleNotFoundError, MissingExtra):
        return None
    if options.mapping is None and options.name in (EVENTS, AUTO):
        shown = known_form(paths, options)
        return None if shown is None else column_events.read_own(paths, shown, progress)
    mapping, account = _mapping_of(paths, options), _plain_account(options)
    if mapping is None or account is None:
        return None
    found = column_events.read_table(paths[0], mapping, account)
    if found is not None and progress is not None:
        progress(paths[0].stat().st_size)
    return found


def _plain_account(options: LogOptions) -> Account | None:
    """Return what ids and words mean, with the zone; None of a system whose reader knows more."""
    account = Account() if options.config is None else load_account(options.config, options.name)
    return evolve(account, tz=account.tz or options.tz) if type(account) is Account else None


def _mapping_of(paths: Sequence[Path], options: LogOptions) -> TableMapping | None:
    """Return the mapping of one CSV file; None of whatever else."""
    one = paths[0].name.lower().endswith((".csv", ".csv.gz")) and len(paths) == 1
    if not one or not paths[0].is_file():
        return None
    named = options.mapping is None and options.name in table.NAMED
    return table.named(options.name) if named else options.mapping


def _written(
    events: Iterable[Event] | Events, out: Path, told: Callable[[], Mapping[str, Any]]
) -> str:
    count = serde.write_events(events, out, told=told)
    said = f"{count:,} {'event is' if count == 1 else 'events are'} in {out.name}."
    if told().keys() & {"undated", "incomplete", "unknown"} and ".jsonl" not in out.suffixes[-2:]:
        return f"{said} It cannot hold what is said below of the log; .jsonl can."
    return said


def _passing(
    paths: Sequence[Path],
    options: LogOptions,
    seen: _Seen,
    progress: Callable[[int], object] | None,
    out: Path,
) -> Iterator[Event]:
    """Yield the events of a log as they are read, part by part, and note what was seen."""
    for part in read_in_parts(
        paths,
        options.name if options.mapping is None else options.mapping,
        options.config,
        lenient=options.lenient,
        tz=options.tz,
        progress=progress,
        folder=out.resolve().parent,
    ):
        seen.add(part)
        yield from part.events


@define
class _Seen:
    """What the parts of a log held, without their events.

    Attributes:
        kinds: of each kind of event: how many, of how many tickets, the first and the last.
        parts: what the parts said, and those of their events from which a skeleton is made.
        people: everybody who acts, asks or has a ticket.
        statuses: all statuses.
    """

    people: set[str] = Factory(set)
    statuses: set[Status] = Factory(set)
    kinds: dict[str, tuple[int, int, datetime, datetime]] = Factory(dict)
    parts: EventLog | None = None

    @classmethod
    def of(cls, reading: EventLog) -> _Seen:
        """Return what a whole log held."""
        seen = cls()
        seen.add(reading)
        return seen

    @classmethod
    def of_columns(cls, log: ColumnLog) -> _Seen:
        """Return what a whole log held whose events are columns."""
        told = evolve(log.log, events=log.first_of_each())
        parts = evolve(told, events=_telling(told))
        kinds = {**log.kinds(), ALL: log.counted()}
        return cls(log.people(), log.statuses(), kinds, parts)

    def add(self, part: EventLog) -> None:
        """Add a part, whose tickets are in no other."""
        kinds: dict[str, list[Event]] = {}
        for event in part.events:
            kinds.setdefault(event.type, []).append(event)
        for kind, events in [*kinds.items(), *([(ALL, part.events)] if part.events else [])]:
            stamps = [event.at for event in events]
            tickets = len({event.ticket_id for event in events})
            count, held, first, last = self.kinds.get(kind, (0, 0, min(stamps), max(stamps)))
            self.kinds[kind] = (
                count + len(events),
                held + tickets,
                min(first, *stamps),
                max(last, *stamps),
            )
            self.meet(part.events if kind == ALL else ())
        told = evolve(part, events=_telling(part), stated={}, recorded={})
        self.parts = told if self.parts is None else combined([self.parts, told])

    def meet(self, events: Iterable[Event]) -> None:
        """Note the people and statuses of events."""
        for event in events:
            if event.actor is not None:
                self.people.add(event.actor)
            if isinstance(event, Created | Changed):
                for name, value in event.fields:
                    if name == "status":
                        self.statuses.add(value)
                    elif name in {"agent", "requester"} and value is not None:
                        self.people.add(value)

    def unmet(self, config: Path | None) -> Iterator[str]:
        """Yield what the account names and the log never meets: a slip of the pen, perhaps."""
        if config is None:
            return
        people, statuses = unmet(load_account(config), self.people, self.statuses)
        for what, names in (("people", people), ("statuses", statuses)):
            if names:
                yield f"In the account and in no event: {what} {_first(names)}."

    def reading(self) -> EventLog:
        """Return what all parts said, without most of their events."""
        return self.parts or EventLog(events=())

    def table(self) -> TextTable:
        """Return the counts as a table."""
        kinds = sorted(kind for kind in self.kinds if kind != ALL)
        return TextTable(
            title="Events",
            columns=("Event:", "Count", "Tickets", "First:", "Last:"),
            rows=tuple(_row(kind, *self.kinds[kind]) for kind in (*kinds, ALL) if self.kinds),
        )


def _row(kind: str, count: int, tickets: int, first: datetime, last: datetime) -> tuple[str, ...]:
    return (kind, f"{count:,}", f"{tickets:,}", *(f"{at:%Y-%m-%d %H:%M}Z" for at in (first, last)))


def _telling(part: EventLog) -> tuple[Event, ...]:
    """Return an event of each unknown person and priority, which tells what it was taken as."""
    unknown = {value for what, value in part.unknown if what == "priority"}
    people = {value for what, value in part.unknown if what != "priority"}
    found: dict[str, Event] = {}
    for event in part.events if part.unknown else ():
        if event.actor in people:
            found.setdefault(f"by {event.actor}", event)
        if isinstance(event, Created | Changed):
            value = dict(event.fields).get("priority")
            if isinstance(value, Priority) and value.name in unknown:
                found.setdefault(value.name, event)
    return tuple(found.values())


def check_out(out: Path, paths: Sequence[Path], arguments: Namespace) -> None:
    """Refuse a file to write that says no form, or that is read too.

    Raises:
        InvalidValue: so it is.
    """
    if not out.name.lower().endswith(OUT):
        raise InvalidValue(out.name, "a name that says no form of log", f"known: {', '.join(OUT)}")
    inputs = {f"the log {path.name}": path for path in paths}
    apart({**inputs, "--config": arguments.config, "--mapping": arguments.mapping},
          {"--out": out})  # fmt: skip
    for path in paths:
        if path.is_dir() and path.resolve() in out.resolve().parents:
            problem = "--out lies in a folder that is read"
            raise InvalidValue(str(out), problem, "name a file outside of it")


def _told(reading: EventLog) -> tuple[str, ...]:
    took = [each.example for each in reading.findings if each.code == "recognized"]
    what = reading.title if not took else f"taken for {took[0]}"
    return (f"{reading.file}: {what}.",)


def _checked(
    reading: EventLog, calendar: BusinessCalendar | None
) -> tuple[TextTable, tuple[str, ...]]:
    """Return the system's own figures beside ours, those that differ first, and what to say.

    What cannot be compared is said in a line a cause, because it says little of one ticket.
    """
    every = check_stated(reading, calendar)
    found = sorted((each for each in every if each.compared), key=lambda each: each.agrees)
    table, lines = _table_of(found), []
    if not every:
        lines.append("No figure is checked: these files hold none that the system computed.")
    elif found:
        causes = Counter(each.cause for each in found if not each.agrees)
        agree = sum(each.agrees for each in found)
        why = "".join(f"; {cause} ({count:,})" for cause, count in causes.most_common())
        lines.append(f"{_figures_of(found)}: {agree:,} agree{why}.")
    lines += _uncompared(every)
    return table, tuple(lines)


def _uncompared(every: Sequence[Comparison]) -> Iterator[str]:
    """Yield a line for each cause for which figures cannot be compared."""
    without: dict[str, list[Comparison]] = {}
    for each in every:
        if not each.compared:
            without.setdefault(each.cause, []).append(each)
    for cause, rest in without.items():
        names = dict.fromkeys(map(_called, rest))
        yield f"{_figures_of(rest)} not compared, {cause}: {_first([*names])}."


def _figures_of(found: Sequence[Comparison]) -> str:
    tickets = len({each.ticket for each in found})
    figures = "1 figure" if len(found) == 1 else f"{len(found):,} figures"
    return f"{figures} of {tickets:,} {'ticket' if tickets == 1 else 'tickets'}"


def _table_of(found: Sequence[Comparison]) -> TextTable:
    more = len(found) - MOST_ROWS
    return TextTable(
        title="What the system computed, and what its events tell",
        columns=("Ticket:", "Figure:", "Theirs:", "Ours:", "Cause:"),
        rows=tuple(map(_compared, found[:MOST_ROWS])),
        below=f"and {more:,} more" if more > 0 else "",
    )


def _compared(each: Comparison) -> tuple[str, ...]:
    """Return a row; a figure is called as its system calls it, without the part of the payload."""
    agrees = f"agrees, {each.cause}" if each.cause else "agrees"
    return (
        each.ticket,
        _called(each),
        value_text(each.theirs),
        value_text(each.ours),
        agrees if each.agrees else each.cause,
    )


def _called(each: Comparison) -> str:
    return each.native.partition(".")[2] or each.native


def value_text(value: datetime | timedelta | int | None) -> str:
    """Return a figure's value as text.

    Example:
        >>> from datetime import timedelta
        >>> value_text(timedelta(minutes=90)), value_text(3), value_text(None)
        ('1h30m', '3', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, timedelta):
        return duration_text(value)
    return f"{value:%Y-%m-%d %H:%M:%S}Z" if isinstance(value, datetime) else f"{value:,}"


def remarks(reading: EventLog) -> Iterator[str]:
    """Yield what is not whole, not known, odd and left out in a reading, a line each."""
    if EVERY in reading.incomplete:
        yield "Any ticket may go on: the files are not the whole export."
    elif reading.incomplete:
        several = "tickets" if len(reading.incomplete) > 1 else "ticket"
        yield f"Not whole: {several} {_first([*reading.incomplete])}."
    if reading.unknown:
        met = {f"{what} {value!r}": n for (what, value), n in reading.unknown.items()}
        yield f"Not known: {_counted(met)}."
    yield from (_remark(each) for each in reading.findings if each.code != "recognized")
    if reading.left_out:
        yield f"Left out, because no event says it: {_counted(reading.left_out)}."


def _remark(finding: Finding) -> str:
    example = f", such as {finding.example}" if finding.example else ""
    several = "tickets" if len(finding.tickets) > 1 else "ticket"
    tickets = f" ({several} {_first(finding.tickets)})" if finding.tickets else ""
    times = f" {finding.count:,} times" if finding.count > 1 else ""
    return f"Found{times}: {finding.problem.text}{example}{tickets}; {finding.problem.lenient}."


def _counted(found: Mapping[str, int]) -> str:
    most = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    more = f" and {len(most) - 2 * NAMED} more kinds" if len(most) > 2 * NAMED else ""
    return ", ".join(f"{name} ({count:,})" for name, count in most[: 2 * NAMED]) + more


def _first(tickets: Sequence[str]) -> str:
    more = f" and {len(tickets) - NAMED:,} more" if len(tickets) > NAMED else ""
    return ", ".join(tickets[:NAMED]) + more
