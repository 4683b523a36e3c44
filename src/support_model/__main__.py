"""The command line: `events`, `report`, `route`, `oncall` and more; it parses and prints.

Tables go to standard output, as plain text of at most 100 columns when that is no terminal;
progress and errors go to standard error. Exit codes: 0 done, 2 bad input (one line says what
and what to do about it), 70 a fault of the library (one line too), 130 interrupted, 143 ended
from outside.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import signal
import sys
import warnings
from contextlib import contextmanager
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, NoReturn, TextIO, cast

from support_model import _cli, serde
from support_model._cli import demo, log_commands, report_commands
from support_model._tables import folded, printable, table_lines
from support_model.adapters import account_schema
from support_model.errors import MissingExtra, SupportModelError, SupportModelWarning
from support_model.report import document, printed

if TYPE_CHECKING:
    from argparse import _SubParsersAction
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import FrameType

    from rich.console import Console

    from support_model._cli.desk_commands import CommandOutput
    from support_model._cli.report_commands import ReportOptions
    from support_model._tables import TextTable

    Subparsers = _SubParsersAction[argparse.ArgumentParser]

__all__ = ["main"]

WIDTH = 100
ACCOUNT = "account"
"""A kind of document of the adapters."""
LONGEST_TOLD = 300


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Example:
        >>> main(["report", "no-such.csv", "--from", "bpi2013"])
        2
    """
    given = sys.argv[1:] if argv is None else argv
    parser = _parser(given[0] if given else "")
    arguments = parser.parse_args(given)
    if arguments.command is None:
        parser.print_help()
        return 0
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # what a log holds must not crash a narrow terminal
            stream.reconfigure(errors="backslashreplace")
    try:
        with _uncollected(), _noted():
            code: int | None = arguments.run(arguments)
        sys.stdout.flush()
    except SupportModelError as error:
        print("error:", " ".join(str(error).split()), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - a fault of ours, said in one line as any other
        message = _clean(" ".join(f"{type(error).__name__}: {error}".split()))[:LONGEST_TOLD]
        print(f"error: a fault of support_model, please report it: {message}", file=sys.stderr)
        return 70
    return code or 0


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let the cycle collector wait: a log is millions of small values, and no cycles of them."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


@contextmanager
def _noted() -> Iterator[None]:
    """Say a warning of ours in one line; where in the code it was raised tells a user nothing."""
    with warnings.catch_warnings():
        before = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, SupportModelWarning):
                print("note:", _clean(" ".join(str(message).split())), file=sys.stderr)
            else:
                before(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield


def _parser(command: str = "") -> argparse.ArgumentParser:
    """Return what reads the arguments of all commands, or of the one that is named."""
    parser = argparse.ArgumentParser(
        prog="python -m support_model",
        description="The rules of customer support as values and pure functions.",
    )
    commands = parser.add_subparsers(dest="command", title="commands", metavar="COMMAND")
    for name, add in _COMMANDS.items():
        if command == name or command not in _COMMANDS:
            add(commands)
    return parser


def _add_schema(commands: Subparsers) -> None:
    shape = commands.add_parser("schema", help="print the JSON Schema of a kind of document")
    kinds = (*serde.DOCUMENTS, ACCOUNT)
    shape.add_argument("kind", choices=kinds, metavar="KIND", help=", ".join(kinds))
    shape.set_defaults(run=_schema)


def _report(arguments: argparse.Namespace) -> None:
    console = _console()
    _shown(arguments.log, report_commands.planned(arguments.log, arguments), console)


def _events(arguments: argparse.Namespace) -> None:
    """Print what another system exported, as events, and write them where that is asked for."""
    console = _console()
    with _progress(arguments.log) as progress:
        said = log_commands.events_read(arguments, progress=progress)
    for line in (*said.above, ""):
        _print(console, line)
    for table in said.tables:
        _table(console, table)
    for line in said.below:
        _print(console, _item(line, min(console.width, WIDTH)))
    if said.skeleton:
        _print(console, f"\n{said.skeleton}")


def _schema(arguments: argparse.Namespace) -> None:
    account = arguments.kind == ACCOUNT
    print(json.dumps(account_schema() if account else serde.schema(arguments.kind), indent=1))


def _compare(arguments: argparse.Namespace) -> None:
    """Print one ticket under the rules of several products."""
    console = _console()
    made, why = _cli.preset_commands.compared(arguments)
    _table(console, made)
    for line in why:
        _print(console, _item(line, min(console.width, WIDTH)))


def _init(arguments: argparse.Namespace) -> None:
    print(_cli.preset_commands.begun(arguments.name, arguments.to))


def _route(arguments: argparse.Namespace) -> None:
    console = _console()
    with _progress(arguments.log) as progress:
        made = _cli.desk_commands.routed(arguments, progress=progress)
    _page(console, made)


def _oncall(arguments: argparse.Namespace) -> None:
    console = _console()
    for page in _cli.desk_commands.on_call(arguments):
        _page(console, page)


def _resolve(arguments: argparse.Namespace) -> None:
    print(_cli.desk_commands.resolved(arguments))


def _lint(arguments: argparse.Namespace) -> int:
    """Print what contradicts itself in a desk; 1 where anything does."""
    console = _console()
    findings = _cli.desk_commands.linted(arguments)
    for line in findings or ("Nothing found.",):
        _print(console, _item(line, min(console.width, WIDTH)) if findings else line)
    return 1 if findings else 0


def _impact(arguments: argparse.Namespace) -> None:
    console = _console()
    with _progress(arguments.log) as progress:
        lines = _cli.desk_commands.changed(arguments, progress=progress)
    for line in lines:
        _print(console, _item(line, min(console.width, WIDTH)))


def _page(console: Console, page: CommandOutput) -> None:
    for line in page.above:
        _print(console, line)
    if page.above:
        _print(console)
    _table(console, page.table)
    for line in page.below:
        _print(console, _item(line, min(console.width, WIDTH)))
    if page.below:
        _print(console)


def _demo(arguments: argparse.Namespace) -> None:
    """Report on the made-up log, then on the files named."""
    console = _console()
    report_commands.check_options(arguments)
    plans = [([file], report_commands.planned([file], arguments)) for file in arguments.files]
    _print(
        console, "A made-up help desk, its tickets drawn from a seeded generator: no real data."
    )
    _print(console, "The same by hand:")
    command = ["python -m support_model report", str(demo.LOG), f"--mapping {demo.MAPPING}"]
    options = (f'--tz {demo.TZ} --hours "{demo.HOURS}" --holidays DE --target 8h --by priority',)
    _print(console, "  " + " \\\n    ".join([*command, *options]))
    _shown([demo.LOG], report_commands.bundled(arguments), console)
    for files, plan in plans:
        _shown(files, plan, console)


def _shown(paths: Sequence[Path], plan: ReportOptions, console: Console) -> None:
    """Read a log, with a progress bar; write the files asked for, and print its report."""
    with _progress(paths) as progress:
        logs = [report_commands.read_log(paths, plan, progress=progress)]
    made = report_commands.reported(logs.pop(), plan)  # then nothing holds the events
    wording, sections = report_commands.wording(made, plan), document(made)
    if removed := report_commands.written(made, sections, plan):
        told = "tables of an earlier report were removed"
        print(f"{plan.csv}: {told}: {', '.join(removed)}", file=sys.stderr)
    _print(console)
    lines = printed(made, wording, sections, width=console.width, encoding=console.encoding)
    for line in lines:
        console.print(line.text, style="bold" if line.strong else None, soft_wrap=True)


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
def _progress(paths: Sequence[Path]) -> Iterator[Callable[[int], object] | None]:
    """Yield what the reader tells its progress to; a bar only where a person looks."""
    sizes = [path.stat().st_size for path in _files(paths)] if sys.stderr.isatty() else []
    if not sizes:
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - after _console has found it
    from rich.progress import Progress  # noqa: PLC0415 - an extra

    named = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Reading {_clean(named)}", total=sum(sizes))
        yield lambda done: bar.update(task, completed=done)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are there, and those in folders."""
    for path in paths:
        below = path.rglob("*") if path.is_dir() else [path]
        yield from (each for each in below if each.is_file())


def _clean(text: str) -> str:
    """Return text that cannot steer a terminal."""
    return printable(text).replace("\u00a0", " ")


def _print(console: Console, text: str = "", *, style: str | None = None) -> None:
    for line in folded(printable(text, console.encoding), console.width):
        console.print(line.replace("\u00a0", " "), style=style, soft_wrap=True)


def _table(console: Console, table: TextTable) -> None:
    """Print a table that fits the terminal, no character of it lost."""
    if table.title:
        _print(console, table.title, style="bold")
    for line in table_lines(table, console.width, console.encoding):
        _print(console, line)
    _print(console)


def _item(text: str, width: int) -> str:
    """Return text as an item of a list; a number stays on one line with its unit."""
    whole = re.sub(r"(\d) (h|min|s)\b", "\\1\u00a0\\2", text)
    return "- " + "\n  ".join(folded(whole, width - 2))


_COMMANDS: Mapping[str, Callable[[Subparsers], None]] = MappingProxyType(
    {
        "report": lambda to: report_commands.add_report(to, _report),
        "events": lambda to: log_commands.add_events(to, _events),
        "demo": lambda to: report_commands.add_demo(to, _demo),
        "schema": _add_schema,
        "compare": lambda to: _cli.preset_commands.add_compare(to, _compare),
        "init": lambda to: _cli.preset_commands.add_init(to, _init),
        "route": lambda to: _cli.desk_commands.add_route(to, _route),
        "oncall": lambda to: _cli.desk_commands.add_oncall(to, _oncall),
        "lint": lambda to: _cli.desk_commands.add_lint(to, _lint),
        "impact": lambda to: _cli.desk_commands.add_impact(to, _impact),
        "resolve": lambda to: _cli.desk_commands.add_resolve(to, _resolve),
    }
)
"""The commands in the order of the help, each with what adds its arguments."""


def _end(number: int, _: FrameType | None) -> NoReturn:
    """End as a signal asks, through what takes away half-written and temporary files.

    The same signal again does not end that.
    """
    signal.signal(number, signal.SIG_IGN)
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
