"""The command line: `report`, `demo`, `schema`, `compare` and `init`; it parses and prints.

Tables go to standard output, as plain text of at most 100 columns when that is no terminal;
progress and errors go to standard error. Exit codes: 0 done, 2 bad input (one line says what
and what to do about it), 130 interrupted.

Before this: `support_model.reporting.tables`. Next: `docs/tutorials/first-report.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import IO, TYPE_CHECKING, cast

from support_model import closures, opening_hours, serde
from support_model.adapters import mapping as mappings
from support_model.adapters import table
from support_model.errors import InvalidValue, MissingExtra, SupportModelError
from support_model.files import schemas
from support_model.instants import duration, duration_text, timezone
from support_model.reporting import demo, policy_report, preset_commands, report, tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from support_model.calendars import BusinessCalendar
    from support_model.closures import Closures
    from support_model.reporting.report import Report
    from support_model.reporting.tables import TextTable

__all__ = ["main"]

WIDTH = 100
GAP, NARROWEST = 3, 8
"""Columns between cells, and at least for one with words."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Example:
        >>> main(["report", "no-such.csv", "--from", "bpi2013"])
        2
    """
    parser = _parser()
    arguments = parser.parse_args(argv)
    if arguments.command is None:
        parser.print_help()
        return 0
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what a log holds must not crash a narrow terminal
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except SupportModelError as error:
        print("error:", " ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m support_model",
        description="The rules of customer support as values and pure functions.",
    )
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    names = ", ".join(mappings.NAMED)
    common = argparse.ArgumentParser(add_help=False)
    which = common.add_mutually_exclusive_group()
    which.add_argument("--from", dest="name", metavar="NAME", help=f"log format: {names}")
    which.add_argument("--mapping", type=Path, metavar="FILE.toml", help="log format, your own")
    add = common.add_argument
    add("--tz", metavar="ZONE", help="zone of the opening hours, and of times that state none")
    add("--hours", metavar="TEXT", help='opening hours: "Mo-Fr 08:00-18:00", or "24/7"')
    add("--holidays", metavar="CC", help="closed on the public holidays of a country: DE, DE-BY")
    add("--target", metavar="TIME", help="share resolved within this much opening time: 8h")
    add("--policy", type=Path, metavar="FILE.toml", help="shares by clock of these SLA policies")
    add("--by", metavar="COLUMN", help="split by priority, group, actor or any column")
    add("--lenient", action="store_true", help="list problems of the log instead of stopping")
    one = commands.add_parser("report", parents=[common], help="the figures of an incident log")
    one.add_argument("log", type=Path, metavar="LOG", help="a .csv or .csv.gz file")
    one.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
    one.set_defaults(run=_report)
    show = commands.add_parser(
        "demo", parents=[common], help="the report of a made-up log, and of files you name"
    )
    show.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a log of your own")
    show.set_defaults(run=_demo)
    shape = commands.add_parser("schema", help="print the JSON Schema of a kind of document")
    shape.add_argument("kind", choices=schemas.DOCUMENTS, metavar="KIND",
                       help=", ".join(schemas.DOCUMENTS))  # fmt: skip
    shape.set_defaults(run=_schema)
    preset_commands.add_compare(commands, _compare)
    preset_commands.add_init(commands, _init)
    return parser


def _report(arguments: argparse.Namespace) -> None:
    """Report on one log."""
    if arguments.name is None and arguments.mapping is None:
        problem = "the log's format is not said"
        remedy = f"say --from ({', '.join(mappings.NAMED)}) or --mapping FILE.toml"
        raise InvalidValue(str(arguments.log), problem, remedy)
    console = _console()
    made = _made(arguments.log, arguments)
    if arguments.json is not None:
        text = json.dumps(report.to_data(made), indent=1, ensure_ascii=False, allow_nan=False)
        try:
            arguments.json.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            problem = f"the JSON file cannot be written ({error.strerror})"
            raise InvalidValue(str(arguments.json), problem, "check the path") from None
    _show(made, console)


def _schema(arguments: argparse.Namespace) -> None:
    """Print a schema."""
    print(json.dumps(schemas.schema(arguments.kind), indent=1))


def _compare(arguments: argparse.Namespace) -> None:
    """Print one ticket under the rules of several products."""
    console = _console()
    made, why = preset_commands.compared(arguments)
    _table(console, made)
    for line in why:
        _print(console, _item(line, min(console.width, WIDTH)))


def _init(arguments: argparse.Namespace) -> None:
    """Write a desk to begin with."""
    print(preset_commands.begun(arguments.name, arguments.to))


def _demo(arguments: argparse.Namespace) -> None:
    """Report on the made-up log, then on the files named."""
    console = _console()
    bundled = argparse.Namespace(
        name=None, mapping=demo.MAPPING, tz=demo.TZ, hours=demo.HOURS, holidays="DE",
        target=duration_text(demo.TARGET), by="priority", lenient=False, policy=None,
    )  # fmt: skip
    _print(
        console, "A made-up help desk, its tickets drawn from a seeded generator: no real data."
    )
    _print(console, "The same by hand:")
    command = ["python -m support_model report", str(demo.LOG), f"--mapping {demo.MAPPING}"]
    options = f'--tz {demo.TZ} --hours "{demo.HOURS}" --holidays DE --target 8h --by priority'
    _print(console, "  " + " \\\n    ".join([*command, options]))
    _show(_made(demo.LOG, bundled), console)
    for file in arguments.files:
        _show(_made(file, arguments), console)


def _made(path: Path, arguments: argparse.Namespace) -> Report:
    """Read a log as the arguments say and return its report."""
    tz = None if arguments.tz is None else timezone(arguments.tz)
    target = None if arguments.target is None else duration(arguments.target)
    if target is not None and arguments.hours is None:
        remedy = 'say --hours "Mo-Fr 08:00-18:00", or --hours 24/7'
        raise InvalidValue(arguments.target, "a target needs opening hours", remedy)
    if arguments.holidays is not None and arguments.hours is None:
        raise InvalidValue(arguments.holidays, "holidays need opening hours", "say --hours")
    if arguments.hours is not None:  # a slip of the pen should not wait for a long log
        _calendar(arguments, closures.Closures(), (2000,))
    if arguments.mapping is not None:
        mapping = mappings.load(arguments.mapping)
    elif arguments.name is not None:
        mapping = mappings.named(arguments.name)
    else:
        mapping = table.recognized(path)
    by = None if arguments.by is None else report.column_of(mapping, arguments.by)
    policies = None if arguments.policy is None else serde.load_policies(arguments.policy)
    keep = [] if by is None else [by]
    if policies is not None:
        keep += policy_report.columns_asked(policies, mapping).values()
    with _progress(path) as progress:
        log = table.read(
            path,
            mapping,
            tz=tz,
            lenient=arguments.lenient,
            keep=keep,
            progress=progress,
        )
    calendar = hours = None
    if arguments.hours is not None:
        years = range(log.first.year, log.last.year + 1) if log.first and log.last else (2000,)
        calendar = _calendar(arguments, _holidays(arguments, years), years)
        hours = _hours_in_words(arguments)
    return report.summarize(
        log, calendar=calendar, hours=hours, target=target, by=by, policies=policies
    )


def _holidays(arguments: argparse.Namespace, years: Sequence[int]) -> Closures | None:
    """Return the public holidays of the country named, in the years of the log."""
    if arguments.holidays is None:
        return None
    country, _, subdivision = arguments.holidays.partition("-")
    return closures.country(country, years=years, subdivision=subdivision or None)


def _calendar(
    arguments: argparse.Namespace, holidays: Closures | None, years: Sequence[int]
) -> BusinessCalendar:
    """Return the opening hours."""
    zone = arguments.tz
    if zone is None and arguments.hours.strip() != "24/7":
        remedy = "say --tz Europe/Berlin, or --tz UTC"
        raise InvalidValue(arguments.hours, "opening hours need the zone of their clock", remedy)
    return opening_hours.parse(arguments.hours, tz=zone or "UTC", closures=holidays, years=years)


def _hours_in_words(arguments: argparse.Namespace) -> str:
    zone = f" {arguments.tz}" if arguments.tz else ""
    closed = f", closed on public holidays of {arguments.holidays}" if arguments.holidays else ""
    return f"{arguments.hours}{zone}{closed}"


def _console() -> Console:
    """Return where tables go: the terminal, or plain text of a fixed width.

    Raises:
        MissingExtra: rich is not installed.
    """
    try:
        from rich.console import Console  # noqa: PLC0415 - help must work without the extra
    except ImportError:
        raise MissingExtra(extra="report", needs="rich") from None
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False, emoji=False)
    return Console(
        highlight=False, markup=False, emoji=False, file=cast("IO[str]", _Trimmed()),
        width=WIDTH, force_terminal=False, color_system=None,
    )  # fmt: skip


class _Trimmed:
    """Standard output without the blanks that pad tables to full width."""

    def write(self, text: str) -> None:
        sys.stdout.write("\n".join(line.rstrip() for line in text.split("\n")))

    def flush(self) -> None:
        sys.stdout.flush()

    @property
    def encoding(self) -> str:
        return sys.stdout.encoding or "utf-8"


@contextmanager
def _progress(path: Path) -> Iterator[Callable[[int], object] | None]:
    """Yield what the reader tells its progress to; a bar only where a person looks."""
    if not sys.stderr.isatty() or not path.is_file():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - after _console has found it
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Reading {_clean(path.name)}", total=path.stat().st_size)
        yield lambda done: bar.update(task, completed=done)


def _clean(text: str) -> str:
    """Return text that cannot steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _print(console: Console, text: str = "", *, style: str | None = None) -> None:
    for line in text.split("\n"):
        console.print(_clean(line), style=style)


def _table(console: Console, table: TextTable) -> None:
    """Print a table; where it is too wide, numbers fold, because rich would cut them off."""
    needed = GAP * (len(table.columns) - 1)
    for name, *cells in zip(table.columns, *table.rows, strict=True):
        lines = "\n".join([name, *cells]).split("\n")
        needed += NARROWEST if name.endswith(":") else max(map(len, lines))
    console.print(_laid_out(table, whole=needed <= console.width))
    console.print()


def _laid_out(table: TextTable, *, whole: bool) -> Table:
    """Return a table for rich, its numbers kept whole or not."""
    from rich import box  # noqa: PLC0415 - after _console has found it
    from rich.table import Table  # noqa: PLC0415

    made = Table(
        title=_clean(table.title), title_justify="left", title_style="bold",
        caption=table.below or None, caption_justify="left", caption_style="dim",
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1),
    )  # fmt: skip
    for name in table.columns:
        lines = "\n".join(map(_clean, name.removesuffix(":").split("\n")))
        if name.endswith(":"):
            made.add_column(lines, min_width=NARROWEST if whole else None, overflow="fold")
        else:
            made.add_column(lines, justify="right", no_wrap=whole, overflow="fold")
    for row in table.rows:
        made.add_row(*map(_clean, row))
    return made


def _show(made: Report, console: Console) -> None:
    """Print a report: what was read, its tables, its notes, its findings."""
    log = made.log
    _print(console)
    _print(console, f"Report on {log.file}", style="bold")
    kind = f" ({log.mapping.title})" if log.mapping.title else ""
    _print(console, f"{len(log.cases):,} tickets in {log.rows:,} rows{kind}")
    if log.first and log.last:
        _print(console, f"From {log.first:%Y-%m-%d %H:%M} to {log.last:%Y-%m-%d %H:%M} UTC")
    _print(
        console,
        f"Opening hours: {made.hours or 'not given, so times count round the clock'}",
    )
    _print(console)
    for table_of in (tables.times, tables.shares, tables.clocks, tables.groups, tables.left_out):
        if (text := table_of(made)).rows:
            _table(console, text)
    _print(console, "Read this before you quote a figure", style="bold")
    for note in made.notes:
        _print(console, _item(note.text, min(console.width, WIDTH)))
    if log.findings:
        _print(console)
        _table(console, tables.findings(made))


def _item(text: str, width: int) -> str:
    """Return text as an item of a list; a number stays on one line with its unit."""
    whole = re.sub(r"(\d) (h|min|s)\b", "\\1\u00a0\\2", text)
    return fill(whole, width, initial_indent="- ", subsequent_indent="  ").replace("\u00a0", " ")


if __name__ == "__main__":
    sys.exit(main())
