"""What the arguments of `report` and `demo` ask for: a plan, a log read by it, a report, files.

Slips of the pen are found before a long log is read.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from support_model import report, serde
from support_model._bounded_files import apart, encoded, save_bytes
from support_model._cli import csv_folder, demo
from support_model._cli.log_commands import (
    AUTO,
    FILES,
    UNSAID_ZONE,
    LogOptions,
    add_from,
    add_log_options,
    hours_calendar,
    known_form,
    options_of,
    read,
)
from support_model._frozen import FrozenMap, frozen
from support_model._time import duration, timezone
from support_model.adapters import Account, EventLog, load_account, table
from support_model.errors import InvalidLog, InvalidValue, nearest
from support_model.report import Wording, csv_files, page, period, report_to_data, workbook
from support_model.sla import PolicyBook

if TYPE_CHECKING:
    from argparse import Namespace, _SubParsersAction
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from support_model._time import Span
    from support_model.calendars import BusinessCalendar
    from support_model.desk import Desk
    from support_model.report import Document, Language, LogView, Report

    Subparsers = _SubParsersAction[ArgumentParser]

OUTPUTS = ("json", "html", "csv", "xlsx")
"""The options that name what is written."""
READING = (
    *("name", "mapping", "config", "tz", "hours", "holidays"),
    *("target", "policy", "by", "compare", "lenient", "strict"),
)


@frozen(kw_only=True)
class ReportOptions:
    """The arguments of a command, each of them parsed.

    Attributes:
        source: which form of log it is, and how it is read.
        tz: zone of the opening hours, of days, and of stamps that state none.
        hours: the opening hours as text; None if not said.
        holidays: of which country; None if not said.
        target: within how much opening time a ticket should be solved.
        by: the field or column to split by.
        policies: what was promised.
        periods: what to compare: the earlier and the later period.
        hide_agents: whether agents are not to be named.
        hide_requesters: whether those who ask are not.
        language: of the report.
        inputs: the files that are read, by how a message calls them.
        json: where to write the figures.
        html: where to write the page.
        csv: in which folder to write the tables.
        xlsx: where to write the workbook.
    """

    source: LogOptions
    tz: ZoneInfo | None
    hours: str | None
    holidays: str | None
    target: timedelta | None
    by: str | None
    policies: PolicyBook | Desk | None
    periods: tuple[Span, Span] | None
    hide_agents: bool
    hide_requesters: bool
    language: Language
    inputs: Mapping[str, Path] = FrozenMap()
    json: Path | None = None
    html: Path | None = None
    csv: Path | None = None
    xlsx: Path | None = None


def _common() -> ArgumentParser:
    common = ArgumentParser(add_help=False)
    add_from(common, None)
    zone = "zone of the opening hours, and of times that state none"
    add_log_options(common, zone=zone)
    add = common.add_argument
    add("--hours", metavar="TEXT", help='opening hours: "Mo-Fr 08:00-18:00", or "24/7"')
    add("--holidays", metavar="CC", help="closed on the public holidays of a country: DE, DE-BY")
    add("--target", metavar="TIME", help="share resolved within this much opening time: 8h")
    add("--policy", type=Path, metavar="FILE.toml", help="shares by clock of these SLA policies")
    add("--by", metavar="NAME", help="split by priority, type, channel, line, technology, group, "
        "topic, actor or any column")  # fmt: skip
    add(
        "--compare",
        nargs=2,
        metavar=("EARLIER", "LATER"),
        help="two periods: "
        "2026-02 2026-03, 2026-W10 2026-W11, or FROM..TO FROM..TO; else the last whole months",
    )
    add("--html", type=Path, metavar="FILE", help="also write it as one page")
    add("--json", type=Path, metavar="FILE", help="also write it as JSON")
    add("--csv", type=Path, metavar="FOLDER", help="also write each table as a CSV file")
    add("--xlsx", type=Path, metavar="FILE", help="also write the tables as a workbook")
    add("--hide-agents", action="store_true", help="show agents as #1, #2 instead of names")
    add("--hide-requesters", action="store_true", help="show requesters as @1, @2 instead")
    add("--lang", choices=report.LANGUAGES, default="en", help="language of the report")
    return common


def add_report(commands: Subparsers, run: Callable[[Namespace], None]) -> None:
    one = commands.add_parser(
        "report", parents=[_common()], help="the figures of an incident log, or what changed"
    )
    one.add_argument("log", nargs="+", type=Path, metavar="LOG", help=f"one log: {FILES}")
    one.set_defaults(run=run)


def add_demo(commands: Subparsers, run: Callable[[Namespace], None]) -> None:
    show = commands.add_parser(
        "demo", parents=[_common()], help="the report of a made-up log, and of files you name"
    )
    show.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a log of your own")
    show.set_defaults(run=run)


def check_options(arguments: Namespace) -> None:
    """Refuse options of `demo` that say how to read a file where no file is named.

    Raises:
        InvalidValue: an option that nothing would follow.
    """
    if arguments.files:
        return
    for name in READING:
        if getattr(arguments, name) not in (None, False):
            option = "--from" if name == "name" else f"--{name}"
            problem = "an option of a log, and no log is named"
            raise InvalidValue(option, problem, "add FILE after demo, or use report")


def bundled(arguments: Namespace) -> ReportOptions:
    """Return how to read the made-up log: its last two whole months, by priority.

    Files are written of it where no log is named.
    """
    outputs = () if arguments.files else OUTPUTS
    tz = timezone(demo.TZ)
    return ReportOptions(
        source=LogOptions(mapping=table.load(demo.MAPPING), tz=tz),
        tz=tz,
        hours=demo.HOURS,
        holidays="DE",
        target=demo.TARGET,
        by="priority",
        policies=None,
        periods=None,
        hide_agents=arguments.hide_agents,
        hide_requesters=arguments.hide_requesters,
        language=arguments.lang,
        **{name: getattr(arguments, name) for name in outputs},
    )


def planned(paths: Sequence[Path], arguments: Namespace) -> ReportOptions:
    """Return what the arguments say of a log.

    Raises:
        InvalidValue: they contradict each other, or one of them makes no sense.
        InvalidMapping: the mapping cannot be read.
        InvalidLog: no format was said and the columns are of none that ships.
    """
    inputs = _inputs(paths, arguments)
    source = _source(paths, arguments)
    tz = source.tz
    if tz is None and source.config is not None:
        tz = load_account(source.config, source.name).tz
    plan = ReportOptions(
        source=source,
        tz=tz,
        hours=arguments.hours,
        holidays=arguments.holidays,
        target=_target(arguments),
        by=arguments.by,
        policies=None if arguments.policy is None else serde.load_promises(arguments.policy),
        periods=_periods(arguments, tz),
        hide_agents=arguments.hide_agents,
        hide_requesters=arguments.hide_requesters,
        language=arguments.lang,
        inputs=inputs,
        **{name: getattr(arguments, name) for name in OUTPUTS},
    )
    if plan.hours is not None:
        _calendar(evolve(plan, holidays=None), (2000,))
    return plan


def _inputs(paths: Sequence[Path], arguments: Namespace) -> dict[str, Path]:
    """Return the files that are read, by how a message calls them; refuse to overwrite one."""
    files = vars(arguments).get("files", ())
    named = {
        **{("the log" if len(paths) == 1 else f"the log {path.name}"): path for path in paths},
        "--mapping": arguments.mapping,
        "--config": arguments.config,
        "--policy": arguments.policy,
        **{f"the log {other.name}": other for other in files},
    }
    inputs = {name: path for name, path in named.items() if path is not None}
    outputs = {f"--{name}": getattr(arguments, name) for name in OUTPUTS}
    apart(inputs, outputs)
    for name, path in outputs.items():
        if path is not None and len(files) > 1:
            raise InvalidValue(str(path), f"one {name} for several logs", "name one log")
    return inputs


def _target(arguments: Namespace) -> timedelta | None:
    target = None if arguments.target is None else duration(arguments.target)
    if target is not None and arguments.hours is None:
        remedy = 'say --hours "Mo-Fr 08:00-18:00", or --hours 24/7'
        raise InvalidValue(arguments.target, "a target needs opening hours", remedy)
    if arguments.holidays is not None and arguments.hours is None:
        raise InvalidValue(arguments.holidays, "holidays need opening hours", "say --hours")
    return target


def _periods(arguments: Namespace, tz: ZoneInfo | None) -> tuple[Span, Span] | None:
    if arguments.compare is None:
        return None
    if tz is None:
        raise InvalidValue(arguments.compare, "periods need the zone of their days", UNSAID_ZONE)
    earlier, later = arguments.compare
    return period(earlier, tz), period(later, tz)


def _source(paths: Sequence[Path], arguments: Namespace) -> LogOptions:
    """Return how a log is read; unless it is said, its content shows which form it has."""
    source = options_of(arguments)
    if arguments.name is not None or arguments.mapping is not None:
        mapping = table.named(source.name) if source.name in table.NAMED else source.mapping
        return evolve(source, mapping=mapping)
    if arguments.command == "demo":
        return evolve(source, mapping=table.recognized(paths[0]))
    if len(paths) == 1:
        with suppress(InvalidLog):  # no table of a known form: it may be an export all the same
            return evolve(source, mapping=table.recognized(paths[0]))
    return evolve(source, name=AUTO)


def read_log(
    paths: Sequence[Path],
    plan: ReportOptions,
    *,
    progress: Callable[[int], object] | None = None,
) -> EventLog | LogView:
    """Read a log with the columns that the plan asks for, by columns where that can be.

    Raises:
        SupportModelError: see `support_model.adapters.read_files`.
    """
    mapping, book = plan.source.mapping, plan.policies
    keep: list[str] = []
    if mapping is not None and plan.by is not None:
        keep += report.columns_of(mapping, plan.by)
    if mapping is not None and book is not None:
        asked = book if isinstance(book, PolicyBook) else book.policies
        mapping, columns = report.with_asked(mapping, asked)
        keep += columns
    source = evolve(plan.source, mapping=mapping)
    columnar = _read_by_columns(paths, source, keep, progress)
    if columnar is not None:
        return columnar
    return read(paths, source, packed=True, keep=keep, progress=progress)


def _read_by_columns(
    paths: Sequence[Path],
    source: LogOptions,
    keep: Sequence[str],
    progress: Callable[[int], object] | None,
) -> LogView | None:
    """Return a log read by columns; None where it is to be read leniently, or row by row."""
    findings = known_form(paths, source)
    if source.lenient or findings is None:
        return None
    account = Account() if source.config is None else load_account(source.config, source.name)
    if type(account) is not Account:  # of a system whose reader knows more
        return None
    account = evolve(account, tz=account.tz or source.tz)
    return report.read_by_columns(
        paths, source.mapping, account, keep=keep, findings=findings, progress=progress
    )


def reported(log: EventLog | LogView, plan: ReportOptions) -> Report:
    """Return the report that a plan asks for.

    Raises:
        InvalidValue: it is to be split by what the log does not hold; that no calendar allows.
    """
    read = log if isinstance(log, EventLog) else log.log
    if plan.by is not None and read.field_named(plan.by) is None:
        raise InvalidValue(plan.by, "no column or field of the log", nearest(plan.by, read.fields))
    calendar = hours = None
    if plan.hours is not None:
        years = range(log.first.year, log.last.year + 1) if log.first and log.last else (2000,)
        calendar = _calendar(plan, years)
        hours = f"{plan.hours} {plan.tz.key}" if plan.tz else plan.hours
    return report.make_report(
        log,
        calendar=calendar,
        hours=hours,
        holidays=plan.holidays,
        target=plan.target,
        by=plan.by,
        policies=plan.policies,
        tz=plan.tz,
        periods=plan.periods,
        hide_agents=plan.hide_agents,
        hide_requesters=plan.hide_requesters,
    )


def _calendar(plan: ReportOptions, years: Sequence[int]) -> BusinessCalendar:
    """Return the opening hours, with the holidays of some years."""
    return hours_calendar(plan.hours or "", plan.tz, plan.holidays, years)


def wording(log_report: Report, plan: ReportOptions) -> Wording:
    """Return the language that a plan asks for, with instants in the zone of the report."""
    return Wording(plan.language, log_report.tz)


def written(log_report: Report, sections: Document, plan: ReportOptions) -> list[str]:
    """Write the files that a plan asks for, once all of them are made.

    Return the names of tables of an earlier report that this one does not have; they are removed.

    Raises:
        InvalidValue: a file cannot be written, or would overwrite what is read.
        MissingExtra: a workbook was asked for without its extra.
    """
    said = wording(log_report, plan)
    files: list[tuple[Path, bytes, str]] = []
    if plan.json is not None:
        data = report_to_data(log_report, said, sections)
        text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)
        files.append((plan.json, encoded(text + "\n"), "JSON"))
    if plan.html is not None:
        files.append((plan.html, encoded(page(log_report, said, sections)), "HTML"))
    if plan.xlsx is not None:
        files.append((plan.xlsx, workbook(log_report, said, sections), "XLSX"))
    texts = {}
    if plan.csv is not None:
        texts = csv_files(log_report, said, sections)
        names = (*texts, csv_folder.LIST)
        apart(plan.inputs, {f"--csv ({name})": plan.csv / name for name in names})
        _make_folder(plan.csv)
    for path, raw, kind in files:
        _write(path, raw, kind)
    return [] if plan.csv is None else _tables(texts, plan.csv, plan)


def _tables(texts: Mapping[str, str], folder: Path, plan: ReportOptions) -> list[str]:
    """Write tables into a folder; return those of an earlier report that are removed."""
    try:
        return csv_folder.save_tables(texts, folder, [*plan.inputs.values()])
    except OSError as error:
        problem = f"the CSV files cannot be written ({error.strerror})"
        raise InvalidValue(str(folder), problem, "check the path") from None


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problem = f"the folder of CSV files cannot be made ({reason})"
        raise InvalidValue(str(path), problem, "check the path") from None


def _write(path: Path, raw: bytes, kind: str) -> None:
    try:
        save_bytes(raw, path)
    except OSError as error:
        problem = f"the {kind} file cannot be written ({error.strerror})"
        raise InvalidValue(str(path), problem, "check the path") from None
