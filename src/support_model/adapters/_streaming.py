"""Files of JSON lines beyond the memory of a machine, read ticket by ticket.

Where each line is a whole item that names its ticket, lines are parted by ticket into temporary
files; each part is read as a payload of its own. Lines without a ticket, such as users, are given
to every part. What is read is the same as at once, tickets in another order.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from contextlib import ExitStack
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from attrs import Factory, define, evolve, field

from support_model._bounded_files import Broken, Endless, chunks, opened
from support_model._findings import Finding, Findings
from support_model.adapters._event_logs import EVERY, EventLog
from support_model.adapters._export_texts import JSON_LINES, of_line, parses, value_of
from support_model.adapters._payloads import Page
from support_model.adapters._reading import (
    AUTO,
    LOOKED_AT,
    asked_of,
    label_of,
    read_files,
    recognized,
    title,
    whole,
)
from support_model.adapters._systems import SYSTEMS, system
from support_model.errors import InvalidLog, SupportModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model.adapters._account import Account
    from support_model.adapters._mapping import TableMapping
    from support_model.adapters._systems import System

T = TypeVar("T")
K = TypeVar("K")
LARGE = 1 << 24
"""Bytes of lines from which they are parted."""
PART = 1 << 22
"""Bytes of lines in a part, about."""
MOST_PARTS = 400
MOST_SHARED = 1 << 24
"""Bytes of lines without a ticket."""
LONGEST = 1 << 26
LISTED = 1000
"""Lines and tickets that a finding lists."""
REFERENCE = ""
"""What `ticket_of` of a system returns for a line that is of no ticket, such as a user."""


class _Whole(Exception):
    """The lines cannot be parted: they are read at once."""


def read_in_parts(
    paths: Iterable[str | Path] | str | Path,
    name: str | TableMapping = AUTO,
    account: Account | str | Path | None = None,
    *,
    lenient: bool = False,
    tz: str | ZoneInfo | None = None,
    progress: Callable[[int], object] | None = None,
    folder: Path | None = None,
) -> Iterator[EventLog]:
    """Yield readings of whole tickets, in bounded memory where files hold lines of JSON.

    Together they say what `read_files` says, tickets in another order. Files of another kind, or
    of a system whose lines do not name their ticket, are one reading.

    Args:
        paths: as for `read_files`.
        name: as for `read_files`.
        account: as for `read_files`.
        lenient: as for `read_files`.
        tz: as for `read_files`.
        progress: as for `read_files`.
        folder: where temporary files are; by default where the machine has them.

    Raises:
        SupportModelError: as `read_files`.
    """
    named = [Path(each) for each in ([paths] if isinstance(paths, str | Path) else paths)]
    if isinstance(name, str) and (name == AUTO or name in SYSTEMS) and _large_lines(named):
        asked = asked_of(account, tz, lenient=lenient, progress=progress)
        try:
            with tempfile.TemporaryDirectory(dir=folder) as beside:
                lines = _Lines(label_of(named), _files(named), progress, lenient)
                found = name if name != AUTO else lines.recognized()
                module = system(found)
                lines.part(module, Path(beside))
                own = asked.of(module.Account, module.VENDOR)
                if name == AUTO:
                    lines.findings.note("recognized", None, f"{title(found)}: {lines.why}")
                for reading in lines.readings(module, own):
                    yield whole(reading, lenient=lenient)
        except _Whole:
            pass
        else:
            return
    yield read_files(named, name, account, lenient=lenient, tz=tz, progress=progress)


def _large_lines(paths: Sequence[Path]) -> bool:
    """Tell whether all files are lines of JSON, and too many to be read at once."""
    files = _files(paths)
    if not files or not all(_is_lines(path.name.lower()) for path in files):
        return False
    return sum(path.stat().st_size * _packing(path) for path in files) > LARGE


def _is_lines(name: str) -> bool:
    return name.endswith(JSON_LINES) and not name.startswith(".")


def _packing(path: Path) -> int:
    """Return how much larger a file is unpacked, about."""
    return 8 if path.suffix.lower() == ".gz" else 1


def _files(paths: Sequence[Path]) -> list[Path]:
    """Return the files that paths name, those below folders included."""
    found: list[Path] = []
    for path in paths:
        below = sorted(each for each in path.rglob("*")) if path.is_dir() else [path]
        found += (each for each in below if each.is_file())
    return found


@define
class _Lines:
    """The lines of some files, and the parts that they are divided into."""

    label: str
    paths: list[Path]
    progress: Callable[[int], object] | None
    lenient: bool
    findings: Findings = field(init=False)
    parts: list[Path] = Factory(list)
    shared: list[Page] = Factory(list)
    why: str = ""

    def __attrs_post_init__(self) -> None:
        self.findings = Findings(self.label, self.lenient)

    def recognized(self) -> str:
        """Return the system whose lines these are."""
        pages = [page for _, page, _ in islice(self.each(), LOOKED_AT)]
        self.findings = Findings(self.label, self.lenient)  # all lines are read once more
        name, self.why = recognized(pages, (), self.label)
        if name not in SYSTEMS:
            raise _Whole
        return name

    def each(self) -> Iterator[tuple[int, Page, bytes]]:
        """Yield (bytes read so far, document, line) of every line that is not blank.

        Raises:
            InvalidLog: a line is none, unless the reading is lenient.
        """
        done = 0
        for path in self.paths:
            try:
                with opened(path) as file:
                    for number, line in enumerate(_split(file, path), 1):
                        for page in self._documents(line, path.name, number):
                            yield done + file.tell(), page, line
            except OSError as error:
                problem = f"cannot be opened ({error.strerror})"
                raise InvalidLog(path.name, None, problem, None, "check the path") from None
            done += path.stat().st_size

    def _documents(self, line: bytes, name: str, number: int) -> Iterator[Page]:
        if not line or line.isspace():
            return
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise _Whole from None  # another encoding, which all of the text tells
        if number == 1 and not parses(text):
            raise _Whole  # one document in several lines
        yield from of_line(text, name, number, self.findings)

    def part(self, module: System, folder: Path) -> None:
        """Divide the lines by their tickets.

        Raises:
            _Whole: a line does not say which ticket it is of, or too many are of none.
        """
        ticket_of = getattr(module, "ticket_of", None)
        if ticket_of is None:
            raise _Whole
        size = sum(path.stat().st_size * _packing(path) for path in self.paths)
        self.parts = [folder / f"{n}.part" for n in range(min(1 + size // PART, MOST_PARTS))]
        shared = 0
        with ExitStack() as stack:
            files = [stack.enter_context(path.open("wb")) for path in self.parts]
            for done, page, line in self.each():
                ticket = ticket_of(page.value)
                if ticket is None:
                    raise _Whole
                if ticket == REFERENCE:
                    shared += len(line)
                    self.shared.append(page)
                else:
                    which = zlib.crc32(str(ticket).encode("utf-8", "replace")) % len(files)
                    place = json.dumps(page.name).encode()  # a file's name holds any character
                    files[which].write(place + b"\t" + line + b"\n")
                if shared > MOST_SHARED:
                    raise _Whole
                if self.progress is not None:
                    self.progress(done)

    def readings(self, module: System, account: Account) -> Iterator[EventLog]:
        """Yield the reading of each part; what all of them share is said once."""
        said = self._shared_said(module, account)
        first = True
        for path in self.parts:
            pages = list(_pages(path))
            path.unlink()
            if not pages:
                continue
            reading = module.read([*self.shared, *pages], account)
            yield self._of_part(reading, None if first else said, first=first)
            first = False

    def _shared_said(self, module: System, account: Account) -> EventLog | None:
        """Return what is said of the lines that every part is given."""
        try:
            return module.read([*self.shared], account) if self.shared else None
        except SupportModelError:  # users alone are no payload
            return None

    def _of_part(self, reading: EventLog, said: EventLog | None, *, first: bool) -> EventLog:
        findings = reading.findings
        unknown, left_out = reading.unknown, reading.left_out
        if said is not None:
            unknown = Counter(unknown) - Counter(said.unknown)
            left_out = Counter(left_out) - Counter(said.left_out)
            findings = _without(findings, said.findings)
        own = self.findings.all() if first else ()
        lost = {EVERY: "no_document"} if "no_document" in {each.code for each in own} else {}
        return evolve(
            reading,
            incomplete={**lost, **reading.incomplete},
            file=self.label,
            findings=(*own, *findings),
            unknown=dict(unknown),
            left_out=dict(left_out),
        )


def _pages(path: Path) -> Iterator[Page]:
    with path.open("rb") as file:
        for row in file:
            place, _, line = row.partition(b"\t")
            yield Page(json.loads(place), value_of(line.decode()))


def _split(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, plain or gzip.

    Raises:
        _Whole: another encoding than UTF-8, a line without end, or damaged data, all of which the
            reading at once tells better.
    """
    rest, begun = b"", False
    try:
        for piece in chunks(file, must_be_packed=path.suffix.lower() == ".gz"):
            if not begun and (b"\0" in piece or piece.startswith(WIDE)):
                raise _Whole
            lines = (rest + (piece if begun else piece.removeprefix(BOM_UTF8))).split(b"\n")
            begun, rest = True, lines.pop()
            yield from lines
            if len(rest) > LONGEST:
                raise _Whole
    except (Broken, Endless):
        raise _Whole from None
    yield rest


WIDE = (BOM_UTF16_LE, BOM_UTF16_BE)


def _without(findings: Iterable[Finding], said: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings less what was said before."""
    counts = {each.code: each.count for each in said}
    left = (evolve(each, count=each.count - counts.get(each.code, 0)) for each in findings)
    return tuple(each for each in left if each.count > 0)


def combined(readings: Iterable[EventLog]) -> EventLog:
    """Return readings of different tickets as one.

    Example:
        >>> one = EventLog(events=(), left_out={"tag": 2})
        >>> combined([one, one]).left_out["tag"]
        4
    """
    parts = [*readings]
    if not parts:
        return EventLog(events=())
    return evolve(
        parts[0],
        events=tuple(chain.from_iterable(part.events for part in parts)),
        recorded=_all(part.recorded for part in parts),
        stated=_all(part.stated for part in parts),
        rows=sum(part.rows for part in parts),
        fields=frozenset().union(*(part.fields for part in parts)),
        undated=frozenset().union(*(part.undated for part in parts)),
        unknown=_sums(part.unknown for part in parts),
        left_out=_sums(part.left_out for part in parts),
        incomplete=_all(part.incomplete for part in parts),
        findings=_found(chain.from_iterable(part.findings for part in parts)),
    )


def _all(tables: Iterable[Mapping[str, T]]) -> dict[str, T]:
    found: dict[str, T] = {}
    for each in tables:
        found.update(each)
    return found


def _sums(counts: Iterable[Mapping[K, int]]) -> dict[K, int]:
    found = Counter[K]()
    for each in counts:
        found.update(each)
    return dict(found)


def _found(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    by_code: dict[str, Finding] = {}
    for each in findings:
        held = by_code.get(each.code)
        by_code[each.code] = each if held is None else _joined(held, each)
    return tuple(by_code.values())


def _joined(one: Finding, other: Finding) -> Finding:
    tickets = dict.fromkeys((*one.tickets, *other.tickets))
    return evolve(
        one,
        count=one.count + other.count,
        lines=(*one.lines, *other.lines)[:LISTED],
        example=one.example or other.example,
        tickets=tuple(tickets)[:LISTED],
    )
