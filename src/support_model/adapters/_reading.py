"""Files of a system's exports, read together as one payload."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from attrs import evolve, fields

from support_model._bounded_files import head
from support_model._findings import Finding, Findings
from support_model._frozen import frozen
from support_model._time import timezone
from support_model.adapters import table
from support_model.adapters._account import Account
from support_model.adapters._account_file import load_account
from support_model.adapters._event_logs import EVERY, EventLog, read_event_log
from support_model.adapters._export_texts import (
    JSON_LINES,
    Table,
    decoded,
    documents,
    is_json,
    is_nearly_json,
    refuse_foreign,
    table_of,
)
from support_model.adapters._exports import STDIN, ZIPPED, Export, Part, export_of
from support_model.adapters._payloads import Page
from support_model.adapters._systems import SYSTEMS, system
from support_model.adapters._workbooks import rows_of_workbook
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

    from support_model.adapters._mapping import TableMapping

AUTO, EVENTS = "auto", "events"
SHARED_PARTS = tuple(part.name for part in fields(Account))
"""What every account holds."""
REMEDY = "fetch the rest, or read what is there with --lenient"
LOOKED_AT = 200
"""Documents of a payload that tell its system."""
OURS = "support_model.events/1"
"""What the library's own files say of themselves."""
OUR_HEADER = b"type,ticket_id,at,"
OUR_SCHEMA, OUR_COLUMNS = f"schema = {OURS!r}", "columns type, ticket_id, at"
LONGEST_OURS = 1 << 16
"""Bytes in which the first line of a file of events ends."""


def formats() -> tuple[str, ...]:
    """Return every form of log that can be read, by name, besides "auto"."""
    return (*SYSTEMS, *_of_tables_alone(), *table.NAMED, EVENTS)


def _of_tables_alone() -> list[str]:
    """Return the systems of which tables are read, and no documents."""
    found = {table.named(name).system for name in table.NAMED}
    return sorted(found - {"", *SYSTEMS})


def read_files(
    paths: Iterable[str | Path] | str | Path,
    name: str | TableMapping = AUTO,
    account: Account | str | Path | None = None,
    *,
    lenient: bool = False,
    packed: bool = False,
    tz: str | ZoneInfo | None = None,
    keep: Iterable[str] = (),
    progress: Callable[[int], object] | None = None,
) -> EventLog:
    """Read the files of one export as one payload.

    A file is JSON, lines of JSON, or a table, plain, as .gz, in a .zip or in a folder; `-` is
    standard input. The order of files says nothing, and they may overlap.

    Args:
        paths: the files.
        name: which system they are of, a mapping or the name of one that ships, "events", or
            "auto": what their content shows.
        account: what ids and words mean, or a file that says it (see `load_account`).
        lenient: read tickets whose history is not whole, and say so, instead of refusing.
        packed: keep a file of events in little room; its events are made when they are asked for.
        tz: the zone of stamps that state none, where the account says none.
        keep: columns of a table, or native fields, to keep beside the account's.
        progress: called with the number of bytes read so far, of all files.

    Raises:
        UnknownLogFormat: there is no such system.
        InvalidLog: a file cannot be read, or nothing shows which system it is of.
        IncompleteLog: tickets whose history is not whole, unless `lenient`.
        AdapterError: see `read` of the system.
    """
    named = [Path(each) for each in ([paths] if isinstance(paths, str | Path) else paths)]
    _check(named, name)
    asked = asked_of(account, tz, keep, lenient=lenient, progress=progress)
    finding = events_at_sight(named) if name == AUTO else None
    columnar = name == AUTO and all(path.suffix.lower() == ".parquet" for path in named)
    if name == EVENTS or columnar or finding is not None:
        reading = read_event_log(*named, lenient=lenient, packed=packed, progress=progress)
        found = () if finding is None else (finding,)
        return evolve(reading, findings=(*found, *reading.findings))
    if not isinstance(name, str):
        return _of_mapping(named, name, asked)
    if name in table.NAMED:
        return _of_mapping(named, table.named(name), asked)
    return _of_system(named, name, asked)


def events_at_sight(paths: Sequence[Path]) -> Finding | None:
    """Return what says that files are lines or tables of the library's own events, by their heads.

    None where one of them is another kind of file, or only more of it shows what it is.
    """
    whys = [_why_events(path) for path in paths]
    if not whys or not all(whys):
        return None
    return Finding("recognized", 1, example=f"{EVENTS}: {whys[0]}")


def _why_events(path: Path) -> str:
    """Return why a plain file holds events; empty where its head does not say so."""
    name = path.name.lower().removesuffix(".gz")
    lines, comma = name.endswith(".jsonl"), name.endswith(".csv")
    if not (lines or comma) or not path.is_file():
        return ""
    begun = head(path, LONGEST_OURS)
    if comma:
        return OUR_COLUMNS if begun.startswith(OUR_HEADER) else ""
    try:
        first = json.loads(begun.partition(b"\n")[0])
    except ValueError:
        return ""
    return OUR_SCHEMA if isinstance(first, dict) and first.get("schema") == OURS else ""


def label_of(paths: Sequence[Path]) -> str:
    """Return what messages call the files."""
    return paths[0].name if len(paths) == 1 else f"{len(paths)} files"


def _check(paths: Sequence[Path], name: str | TableMapping) -> None:
    if isinstance(name, str) and name not in (AUTO, *formats()):
        raise UnknownLogFormat(name, "unknown system", nearest(name, (AUTO, *formats())))
    if not paths:
        raise InvalidValue([], "no file to read", "name one")


@frozen
class _Asked:
    """What a reading is told besides its files."""

    account: Account | str | Path | None
    tz: ZoneInfo | None
    keep: frozenset[str]
    lenient: bool
    progress: Callable[[int], object] | None

    def of(self, made: type[Account], name: str = "") -> Account:
        """Return the account as one system reads it."""
        own = made() if self.account is None else self.account
        if isinstance(own, str | Path):
            own = load_account(own, name)
        if not isinstance(own, made):  # the shared account, of a system that knows more
            own = made(**{each: getattr(own, each) for each in SHARED_PARTS})
        if self.tz is not None and own.tz is None:
            own = evolve(own, tz=self.tz)
        return evolve(own, keep=own.keep | self.keep) if self.keep else own


def asked_of(
    account: Account | str | Path | None,
    tz: str | ZoneInfo | None,
    keep: Iterable[str] = (),
    *,
    lenient: bool,
    progress: Callable[[int], object] | None,
) -> _Asked:
    """Return what a reading is told besides its files."""
    zone = None if tz is None else timezone(tz)
    return _Asked(account, zone, frozenset(keep), lenient, progress)


def _of_mapping(paths: Sequence[Path], mapping: TableMapping, asked: _Asked) -> EventLog:
    """Read a table by a mapping."""
    own = asked.of(Account)
    if len(paths) > 1 or _holds_files(paths[0]):
        findings = Findings(label_of(paths), asked.lenient)
        export = export_of(paths, findings, Counter(), asked.progress)
        cells = _cells(_contents(export)[1])
        log = table.read_tables(cells, own, mapping=mapping, lenient=asked.lenient)
        return whole(_joined(log, export, findings.file), lenient=asked.lenient)
    log = table.read(
        paths[0],
        mapping,
        tz=own.tz,
        lenient=asked.lenient,
        keep=sorted(asked.keep),
        progress=asked.progress,
        account=own,
    )
    return whole(log, lenient=asked.lenient)


def _holds_files(path: Path) -> bool:
    """Tell whether a path is no plain file of lines: a folder, an archive, standard input."""
    return str(path) == STDIN or path.is_dir() or path.suffix.lower() in {".zip", ".xlsx"}


def _cells(tables: Iterable[Table]) -> dict[str, list[list[str]]]:
    return {each.name: [[*row] for row in each.rows] for each in tables}


def _of_system(paths: Sequence[Path], name: str, asked: _Asked) -> EventLog:
    """Read the documents or tables of a system, or of the one that they show."""
    label = label_of(paths)
    findings = Findings(label, asked.lenient)
    export = export_of(paths, findings, Counter(), asked.progress)
    pages, tables = _contents(export)
    if not pages and not tables:
        if export.lost:
            raise export.lost[0]
        remedy = "name the files of an export"
        raise InvalidLog(label, None, "no JSON and no table", None, remedy)
    if name == AUTO:
        name, why = recognized(pages, tables, label)
        findings.note("recognized", None, f"{title(name)}: {why}")
    if name == EVENTS:
        return _joined(read_event_log(*paths, lenient=asked.lenient), export, label)
    reading = _read(name, pages, tables, asked)
    return whole(_joined(reading, export, label), lenient=asked.lenient)


def _contents(export: Export) -> tuple[list[Page], list[Table]]:
    """Return the documents and the tables of all files."""
    pages: list[Page] = []
    tables: list[Table] = []
    for part in export.parts():
        with export.reported(part.name):
            if part.raw.startswith(ZIPPED):
                tables.append(_sheets(part))
                continue
            refuse_foreign(part.raw, part.name)
            text, encoding = decoded(part.raw, part.name)
            if not encoding.startswith("utf-8"):
                export.findings.note("encoding", None, f"{part.name}: {encoding}")
            if is_nearly_json(text):  # its system knows it, and says why it cannot be read
                pages.append(Page(part.name, text))
            elif is_json(text) or part.name.endswith(JSON_LINES):
                pages += documents(text, part.name, export.findings)
            elif text and not text.isspace():
                tables.append(table_of(text, part.name))
    return pages, tables


def _sheets(part: Part) -> Table:
    """Return the lines of a workbook, which is read from a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, PurePosixPath(part.name).name)
        path.write_bytes(part.raw)
        rows = rows_of_workbook(path)
    return Table(part.name, tuple(tuple(row) for row in rows if row), "")


def recognized(pages: Sequence[Page], tables: Sequence[Table], label: str) -> tuple[str, str]:
    """Return the one system whose documents these are, and why.

    Raises:
        InvalidLog: they are of none, or could be of several.
    """
    reasons = _ours(pages, tables) or _reasons(pages, tables)
    if not reasons and not pages:
        for name in SYSTEMS:
            for each in tables[:LOOKED_AT]:
                getattr(system(name), "refuse_table", _unknown)(each.rows[0], each.name)
        mapping = table.mapping_of(tables[0].rows)
        reasons = {mapping.name: "its columns"}
    if len(reasons) == 1:
        return next(iter(reasons.items()))
    said = "; ".join(f"{title(name)}: {why}" for name, why in reasons.items())
    problem = "files that could be of several systems" if reasons else "files of no known system"
    remedy = f"say which one with --from: {', '.join(reasons or formats())}"
    raise InvalidLog(label, None, problem, said or None, remedy)


def _ours(pages: Sequence[Page], tables: Sequence[Table]) -> dict[str, str]:
    """Return why the first file is one of the library's own; empty where it is none."""
    first = pages[0].value if pages else None
    if isinstance(first, dict) and first.get("schema") == OURS:
        return {EVENTS: OUR_SCHEMA}
    if tables and tables[0].rows[0][:3] == ("type", "ticket_id", "at"):
        return {EVENTS: OUR_COLUMNS}
    return {}


def _reasons(pages: Sequence[Page], tables: Sequence[Table]) -> dict[str, str]:
    """Return why documents, or tables where there are none, are of which systems."""
    reasons: dict[str, str] = {}
    for name in SYSTEMS:
        told = getattr(system(name), "recognized_rows", None)
        if pages:
            whys = map(system(name).recognized, (page.value for page in pages[:LOOKED_AT]))
        else:
            whys = map(told or _unknown, (each.rows for each in tables[:LOOKED_AT]))
        why = next(filter(None, whys), "")
        if why:
            reasons[name] = why
    return reasons


def _unknown(*_: object) -> str:
    return ""


def title(name: str) -> str:
    if name == EVENTS:
        return name
    return table.named(name).title if name in table.NAMED else system(name).TITLE


def _read(name: str, pages: Sequence[Page], tables: Sequence[Table], asked: _Asked) -> EventLog:
    """Return what a system's module makes of documents or of tables."""
    if name not in SYSTEMS:
        return _read_tables(name, pages, tables, asked)
    module = system(name)
    own = asked.of(module.Account, module.VENDOR)
    if tables and pages:
        problem = f"both JSON ({pages[0].name}) and tables"
        remedy = "name the files of one kind"
        raise InvalidLog(tables[0].name, None, problem, None, remedy)
    if pages:
        return module.read([*pages], own)
    read_tables = getattr(module, "read_tables", None)
    if read_tables is not None:
        return read_tables(_cells(tables), own)  # type: ignore[no-any-return]
    if all(table.named(each).system != name for each in table.NAMED):
        problem = f"a table, and none of {module.TITLE} is read"
        raise InvalidLog(tables[0].name, None, problem, None, "export JSON")
    return table.read_tables(_cells(tables), own, name)


def _read_tables(
    name: str, pages: Sequence[Page], tables: Sequence[Table], asked: _Asked
) -> EventLog:
    """Return what tables tell of a system of which no documents are read."""
    if pages:
        problem = f"JSON, and of {name} tables alone are read"
        raise InvalidLog(pages[0].name, None, problem, None, "export CSV")
    mapping = table.named(name) if name in table.NAMED else None
    whose = name if mapping is None else mapping.system or None
    return table.read_tables(_cells(tables), asked.of(Account), whose)


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


def whole(reading: EventLog, *, lenient: bool) -> EventLog:
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
