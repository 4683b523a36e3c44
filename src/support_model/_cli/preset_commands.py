"""The commands `compare TICKET` and `init`: their arguments, and what they have to say.

`compare` measures one ticket under the rules of several products; `init` hands out a desk to
begin with. Both are made of values here; the command line prints them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from support_model import opening_hours, serde
from support_model._bounded_files import save_text
from support_model._cli.desk_commands import read_instant, ticket_named
from support_model._cli.log_commands import (
    EVENTS,
    FILES,
    add_from,
    add_log_options,
    logs_of,
    options_of,
)
from support_model._findings import Findings
from support_model._tables import TextTable
from support_model._time import duration, duration_text, micros, month_name, weekday_name
from support_model.errors import (
    InvalidDocument,
    InvalidEvent,
    InvalidTarget,
    InvalidValue,
    nearest,
)
from support_model.presets import PRESETS, Answer, compare, load_preset
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime, timedelta, tzinfo

    from support_model.calendars import BusinessCalendar
    from support_model.events import Event


HERE = Path(__file__).parent / "desks"
DESKS = tuple(sorted(path.stem for path in HERE.glob("*.toml")))
"""The names of the desks to begin with."""
TARGETS = ("first_response=1h", "next_response=4h", "resolution=8h")
"""What is promised where nothing is said."""


def add_compare(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], None],
) -> None:
    parser = commands.add_parser("compare", help="one ticket under the rules of several products")
    parser.add_argument("log", nargs="+", type=Path, metavar="TICKET", help=f"one log: {FILES}")
    add_from(parser, EVENTS)
    add_log_options(parser)
    add = parser.add_argument
    add("--presets", default="all", metavar="NAMES", help=f"comma-separated: {', '.join(PRESETS)}")
    add("--ticket", metavar="ID", help="which ticket, where the file holds several")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--policy", type=Path, metavar="FILE", help="policies, or a desk")
    what.add_argument(
        "--target",
        action="append",
        metavar="METRIC=TIME",
        help=f"a promise; by default {', '.join(TARGETS)}",
    )
    add("--hours", metavar="TEXT", help='of the targets: "Mo-Fr 08:00-18:00"; by default 24/7')
    add("--tz", metavar="ZONE", help="zone of the hours, of what is printed and of times that "
        "state none; UTC by default, of times no zone")  # fmt: skip
    add("--as-of", dest="as_of", metavar="INSTANT", help="when; by default at the last event")
    add("--why", action="store_true", help="also say how each product's rules differ")
    parser.set_defaults(run=run)


def add_init(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace], None],
) -> None:
    parser = commands.add_parser("init", help="write the file of a desk to begin with")
    parser.add_argument("name", nargs="?", default="technical_support", help=", ".join(DESKS))
    parser.add_argument("--to", type=Path, default=Path("desk.toml"), metavar="FILE")
    parser.set_defaults(run=run)


def desk_text(name: str) -> str:
    """Return the TOML of a desk to begin with; raises `InvalidValue` for an unknown name."""
    if name not in DESKS:
        raise InvalidValue(name, "no such desk", nearest(name, DESKS))
    return (HERE / f"{name}.toml").read_text(encoding="utf-8")


def begun(name: str, path: Path) -> str:
    """Write the desk of a name to a new file and return what to do next.

    Raises:
        InvalidValue: no such desk.
        InvalidDocument: the file is there already, or cannot be written.
    """
    text = desk_text(name)
    if path.exists() or path.is_symlink():
        problem, remedy = "is there already", "name another with --to"
        raise InvalidDocument(path.name, "", None, problem, remedy)
    if path.suffix.lower() != ".toml":
        raise InvalidDocument(path.name, "", None, "not a name of TOML", "end in .toml")
    try:
        save_text(text, path)
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise InvalidDocument(path.name, "", None, problem, "check the path") from None
    return f"{path} is written: change it, then load it with support_model.serde.load_desk"


def compared(arguments: argparse.Namespace) -> tuple[TextTable, tuple[str, ...]]:
    """Return the comparison that the arguments ask for: a table, and lines that say why.

    Raises:
        SupportModelError: a file, name, target or instant that cannot be read.
    """
    names = PRESETS if arguments.presets == "all" else arguments.presets.split(",")
    presets = [load_preset(name.strip()) for name in names]
    findings = Findings(arguments.log[0].name)
    logs = logs_of(arguments.log, options_of(arguments), findings)
    log = [*logs[ticket_named(logs, arguments.ticket, findings.file)]]
    as_of = _as_of(arguments.as_of, log)
    years = range(log[0].at.year, as_of.year + 2)
    hours = _hours(arguments, years)
    if arguments.policy is None:
        book = _promised(arguments.target or TARGETS, hours)
        log = [event for event in log if event.type != "policy_applied"]  # it names other ones
    else:
        book = serde.load_policies(arguments.policy)
    answers = compare(log, book, presets, as_of=as_of)
    table = TextTable(
        title=f"Ticket {log[0].ticket_id} as of {as_of.astimezone(hours.tz):%Y-%m-%d %H:%M}"
        f" {hours.tz}",
        columns=("Metric:", "Product:", "State:", "Due:", "Counted", "Breached:"),
        rows=tuple(_row(answer, hours.tz) for answer in answers),
    )
    return table, (*findings.sentences(), *_reasons(answers if arguments.why else ()))


def _hours(arguments: argparse.Namespace, years: range) -> BusinessCalendar:
    """Return the opening hours of the targets."""
    if arguments.policy is not None and arguments.hours is not None:
        problem = "hours beside policies, which have their own"
        raise InvalidValue(arguments.hours, problem, "leave out --hours or --policy")
    tz = arguments.tz or "UTC"
    return opening_hours.parse(arguments.hours or "24/7", tz=tz, years=years)


def _as_of(text: str | None, log: Sequence[Event]) -> datetime:
    """Return the instant asked for, by default that of the last event."""
    as_of = log[-1].at if text is None else read_instant(text)
    if micros(as_of) < log[0].micros:
        problem = f"{log[0].ticket_id} does not exist yet"
        raise InvalidEvent(as_of.isoformat(), problem, "name a later instant")
    return as_of


def _promised(targets: Iterable[str], hours: BusinessCalendar) -> PolicyBook:
    made = [
        Target(metric=METRICS[metric], within=within, calendar=hours)
        for metric, within in map(_promise, targets)
    ]
    return PolicyBook([SlaPolicy(name="promised", targets=made)])


def _reasons(answers: Iterable[Answer]) -> Iterator[str]:
    reasons: dict[str, dict[str, None]] = {}
    for answer in answers:
        reasons.setdefault(answer.preset, {}).update(dict.fromkeys(map(str, answer.reasons)))
    yield from (f"{preset}: {'; '.join(held)}" for preset, held in reasons.items() if held)


def _promise(text: str) -> tuple[str, timedelta]:
    metric, _, length = text.partition("=")
    if metric not in METRICS:
        raise InvalidTarget(metric, "unknown metric", nearest(metric, METRICS))
    return metric, duration(length)


def _row(answer: Answer, tz: tzinfo) -> tuple[str, ...]:
    def text(at: datetime | None) -> str:
        if at is None:
            return ""
        local = at.astimezone(tz)
        return f"{weekday_name(local)} {local:%d} {month_name(local)} {local:%H:%M:%S}"

    counted = "" if answer.elapsed is None else duration_text(answer.elapsed)
    return (
        answer.metric.replace("_", " "),
        answer.preset,
        answer.state.replace("_", " "),
        text(answer.due_at),
        counted,
        text(answer.breach_at) if answer.breached else "",
    )
