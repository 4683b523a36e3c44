"""Files of a system's exports, read together as one payload."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from support_model._findings import Finding, Findings
from support_model._time import timezone
from support_model.adapters import table
from support_model.adapters._account_file import load_account
from support_model.adapters._event_logs import EVERY, EventLog, read_event_log
from support_model.adapters._export_texts import (
    JSON_LINES,
    Table,
    decoded,
    documents,
    is_json,
    refuse_foreign,
    table_of,
)
from support_model.adapters._exports import Export, export_of
from support_model.adapters._systems import SYSTEMS, system
from support_model.errors import (
    IncompleteLog,
    InvalidLog,
    InvalidValue,
    UnknownLogFormat,
    nearest,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from zoneinfo import ZoneInfo

    from support_model.adapters._account import Account
    from support_model.adapters._payloads import Page
    from support_model.adapters._systems import System

AUTO, EVENTS = "auto", "events"
REMEDY = "fetch the rest, or read what is there with --lenient"
LOOKED_AT = 200
"""Documents of a payload that tell its system."""


def names() -> tuple[str, ...]:
    """Return every form of log that can be read, by name, besides "auto"."""
    return (*SYSTEMS, *table.NAMED, EVENTS)


def read_files(
    paths: Iterable[str | Path] | str | Path,
    name: str = AUTO,
    account: Account | str | Path | None = None,
    *,
    lenient: bool = False,
    tz: str | ZoneInfo | None = None,
    progress: Callable[[int], object] | None = None,
) -> EventLog:
    """Read the files of one export as one payload.

    A file is JSON, lines of JSON, or a table, plain, as .gz, in a .zip or in a folder; `-` is
    standard input. The order of files says nothing, and they may overlap.

    Args:
        paths: the files.
        name: which system they are of, a mapping that ships, "events", or "auto": what their
            content shows.
        account: what ids and words mean, or a file that says it (see `load_account`).
        lenient: read tickets whose history is not whole, and say so, instead of refusing.
        tz: the zone of stamps that state none, where the account says none.
        progress: called with the number of bytes read so far, of all files.

    Raises:
        UnknownLogFormat: there is no such system.
        InvalidLog: a file cannot be read, or nothing shows which system it is of.
        IncompleteLog: tickets whose history is not whole, unless `lenient`.
        AdapterError: see `read` of the system.
    """
    if name not in (AUTO, *names()):
        raise UnknownLogFormat(name, "unknown system", nearest(name, (AUTO, *names())))
    named = [Path(each) for each in ([paths] if isinstance(paths, str | Path) else paths)]
    if not named:
        raise InvalidValue([], "no file to read", "name one")
    label = named[0].name if len(named) == 1 else f"{len(named)} files"
    if name in (EVENTS, *table.NAMED):
        return _plain(named, name, tz, lenient=lenient, progress=progress)
    findings, left_out = Findings(label, lenient), Counter[str]()
    export = export_of(named, findings, left_out, progress)
    pages, tables = _contents(export)
    if not pages and not tables:
        problem = "no JSON and no table" if not export.lost else "nothing that can be read"
        raise InvalidLog(label, None, problem, None, "name the files of an export")
    if name == AUTO:
        name, why = _recognized(pages, label)
        findings.note("recognized", None, f"{system(name).TITLE}: {why}")
    reading = _read(system(name), pages, tables, account, tz)
    return _whole(_joined(reading, export, label), lenient=lenient)


def _plain(
    paths: Sequence[Path],
    name: str,
    tz: str | ZoneInfo | None,
    *,
    lenient: bool,
    progress: Callable[[int], object] | None,
) -> EventLog:
    """Read a file of events, or a table by a mapping that ships."""
    if len(paths) > 1:
        raise InvalidValue(name, "several files of this form", "read them one by one")
    if name == EVENTS:
        return read_event_log(paths[0], lenient=lenient, progress=progress)
    zone = None if tz is None else timezone(tz)
    return table.read(paths[0], table.named(name), tz=zone, lenient=lenient, progress=progress)


def _contents(export: Export) -> tuple[list[Page], list[Table]]:
    """Return the documents and the tables of all files."""
    pages: list[Page] = []
    tables: list[Table] = []
    for part in export.parts():
        with export.reported(part.name):
            refuse_foreign(part.raw, part.name)
            text, encoding = decoded(part.raw, part.name)
            if not encoding.startswith("utf-8"):
                export.findings.note("encoding", None, f"{part.name}: {encoding}")
            if is_json(text) or part.name.endswith(JSON_LINES):
                pages += documents(text, part.name, export.findings)
            elif text and not text.isspace():
                tables.append(table_of(text, part.name))
    return pages, tables


def _recognized(pages: Sequence[Page], label: str) -> tuple[str, str]:
    """Return the one system whose documents these are, and why.

    Raises:
        InvalidLog: they are of none, or could be of several.
    """
    reasons: dict[str, str] = {}
    for name in SYSTEMS:
        try:
            module = system(name)
        except ModuleNotFoundError:
            continue
        why = next(filter(None, (module.recognized(page.value) for page in pages[:LOOKED_AT])), "")
        if why:
            reasons[name] = why
    if len(reasons) == 1:
        return next(iter(reasons.items()))
    said = "; ".join(f"{system(name).TITLE}: {why}" for name, why in reasons.items())
    problem = "files that could be of several systems" if reasons else "files of no known system"
    remedy = f"say which one with --from: {', '.join(reasons or SYSTEMS)}"
    raise InvalidLog(label, None, problem, said or None, remedy)


def _read(
    module: System,
    pages: Sequence[Page],
    tables: Sequence[Table],
    account: Account | str | Path | None,
    tz: str | ZoneInfo | None,
) -> EventLog:
    """Return what a system's module makes of documents or of tables."""
    own = module.Account() if account is None else account
    if isinstance(own, str | Path):
        own = load_account(own, module.VENDOR)
    if tz is not None:
        own = evolve(own, tz=tz)
    if tables and pages:
        problem = f"both JSON ({pages[0].name}) and tables"
        remedy = "name the files of one kind"
        raise InvalidLog(tables[0].name, None, problem, None, remedy)
    if pages:
        return module.read([*pages], own)
    read_tables = getattr(module, "read_tables", None)
    if read_tables is None:
        problem = f"a table, and none of {module.TITLE} is read"
        raise InvalidLog(tables[0].name, None, problem, None, "export JSON")
    cells = {each.name: [[*row] for row in each.rows] for each in tables}
    return read_tables(cells, own)  # type: ignore[no-any-return]


def _joined(reading: EventLog, export: Export, label: str) -> EventLog:
    """Return a reading with what was met before its payload was read."""
    found = export.findings.all()
    lost = {EVERY: "no_document"} if any(each.code == "no_document" for each in found) else {}
    return evolve(
        reading,
        file=label,
        findings=(*found, *reading.findings),
        left_out={**export.left_out, **reading.left_out},
        incomplete={**lost, **reading.incomplete},
    )


def _whole(reading: EventLog, *, lenient: bool) -> EventLog:
    """Return a reading of whole tickets, or any if it is lenient.

    Raises:
        IncompleteLog: there are tickets whose history is not whole.
    """
    if not reading.incomplete or lenient:
        return reading
    codes = tuple(dict.fromkeys(reading.incomplete.values()))
    noted = {each.code: each for each in reading.findings}
    why = [noted.get(code, Finding(code, 1)) for code in codes]
    raise IncompleteLog(
        reading.file,
        tuple(reading.incomplete),
        codes,
        "; ".join(map(_said, why)),
        "; ".join(dict.fromkeys(each.problem.remedy or REMEDY for each in why)),
    )


def _said(finding: Finding) -> str:
    return finding.problem.text + (f" ({finding.example})" if finding.example else "")
