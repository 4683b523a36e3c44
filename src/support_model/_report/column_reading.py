"""Files read by columns, where that says the same as reading them row by row.

A file that asks for anything that only the reader of rows answers, a problem among it, is left to
that reader: it alone says what is wrong, with the line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from attrs import evolve

from support_model import frames
from support_model._bounded_files import chunks, opened
from support_model._columns.event_columns import EventColumns
from support_model._columns.event_lines import OddRows, blocks_of_lines
from support_model._columns.memory import release_unused
from support_model._columns.values import NULL
from support_model._report.column_view import ColumnView
from support_model._time import LAST
from support_model.adapters import Account, EventLog, with_told
from support_model.errors import SupportModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from support_model._columns.event_columns import RawEvents
    from support_model.adapters.table import TableMapping


def read_by_columns(
    paths: Sequence[Path],
    mapping: TableMapping | None,
    account: Account,
    *,
    keep: Iterable[str] = (),
    progress: Callable[[int], object] | None = None,
) -> ColumnView | None:
    """Return a log read strictly by columns; None where the reader of rows has to read it.

    Args:
        paths: the files.
        mapping: what the columns of a table mean; None for files of events.
        account: what ids and words mean, and the zone.
        keep: further columns of a table, each a custom field.
        progress: called with the number of bytes of the files once they are read.
    """
    try:
        size = sum(path.stat().st_size for path in paths)
        view = _of_events(paths) if mapping is None else _of_table(paths, mapping, account, keep)
    except (SupportModelError, OddRows, OSError, ValueError, pa.ArrowException):
        return None
    release_unused()
    if progress is not None and view is not None:
        progress(size)
    return view


def _of_events(paths: Sequence[Path]) -> ColumnView | None:
    raw = frames.events([*paths]).raw
    events = EventColumns.known_by(raw, LAST)
    if events.problems or not raw.size or _may_run_backwards(raw):
        return None
    log = EventLog(
        events=(),
        file=paths[0].name if len(paths) == 1 else f"{len(paths)} files",
        rows=events.raw.size,
        fields=frozenset(raw.fields),
    )
    for path in paths:
        for told in _told(path):
            log = with_told(log, told)
    return ColumnView(events, log)


def _told(path: Path) -> Iterator[object]:
    """Yield what lines of a file of events say of the whole log."""
    if not path.name.lower().endswith((".jsonl", ".jsonl.gz")):
        return
    with opened(path) as file:
        for block in blocks_of_lines(chunks(file, must_be_packed=path.suffix.lower() == ".gz")):
            place = block.find(_LOG)
            while place >= 0:
                end = block.find(b"\n", place) % (len(block) + 1)
                line = block[block.rfind(b"\n", 0, place) + 1 : end]
                said = json.loads(line)
                if isinstance(said, dict) and {"schema", "log"} <= said.keys():
                    yield said["log"]
                place = block.find(_LOG, end)


_LOG = b'"log"'


def _may_run_backwards(raw: RawEvents) -> bool:
    """Return whether a ticket without `seq` has a row before an earlier one.

    Where the whole file falls, the one before may be of the same instant.
    """
    order = np.argsort(raw.ticket, kind="stable")
    ticket, at, seq = raw.ticket[order], raw.at[order], raw.seq[order]
    same = (ticket[1:] == ticket[:-1]) & (seq[1:] == NULL)
    steps = np.diff(raw.at)
    all_fall = (steps < 0).any() and not (steps > 0).any()
    before = at[1:] <= at[:-1] if all_fall else at[1:] < at[:-1]
    return bool((same & before).any())


def _of_table(
    paths: Sequence[Path], mapping: TableMapping, account: Account, keep: Iterable[str]
) -> ColumnView | None:
    kept = (*mapping.keep, *(name for name in keep if name not in mapping.keep))
    if not _is_one_table(paths) or (kept and mapping.shape != "changes"):
        return None
    made = frames.events(paths[0], evolve(mapping, keep=kept), account=account).whole()
    told, events = made.told, EventColumns.known_by(made.raw, LAST)
    if told is None or told.log.incomplete or events.problems:
        return None
    return ColumnView(events, told.log, told)


def _is_one_table(paths: Sequence[Path]) -> bool:
    one = paths[0].name.lower().endswith((".csv", ".csv.gz"))
    return len(paths) == 1 and one and paths[0].is_file()
