"""A job over a log larger than memory, one partition of whole tickets after another."""

from __future__ import annotations

from itertools import chain, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define

from support_model._checks import checked_whole
from support_model._columns.event_joining import joined
from support_model._columns.event_tables import table_of_raw
from support_model._columns.memory import release_unused
from support_model._columns.threads import in_threads
from support_model._frames.logs import Events, must_be_log
from support_model._frames.progress import Progress
from support_model._frames.spills import Spill
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from support_model._columns.event_columns import RawEvents

    Ints = NDArray[np.int64]
    Job: TypeAlias = "Callable[[Events], pa.Table]"
    Report: TypeAlias = "Callable[[Progress], object]"

__all__ = ["FIRST_ROW", "asked", "partitioned"]

FIRST_ROW = "first_row"
"""The column that numbers tickets by their first row in the log."""
_BUCKETS = 256
"""Into how many parts rows go whose number is not known before all are read."""
_MOST = 1 << 12
"""The largest number of parts; each of them is a batch of every file."""
_BASE = 200_000_000
"""Bytes that the process takes for itself: the interpreter, NumPy, pyarrow, this library."""
_TIMES = 8
"""A job takes up to so many times the bytes of its rows on disk."""
_PIECE = 100_000
"""Rows that are held before they are written, where no limit of memory is given."""
_HELD = 1_200
"""Bytes that a row takes while it is held and written, copies included."""


@define(eq=False)
class _Plan:
    """How a log is divided.

    Attributes:
        number: how many partitions are asked for; None where they follow from the limit.
        limit: the bytes that the whole may take, or None.
        threads: how many partitions are in work at once.
    """

    number: int | None
    limit: int | None
    threads: int

    @property
    def piece(self) -> int:
        """How many rows are held before they are written."""
        return _PIECE if self.limit is None else (self.limit - _BASE) // _HELD

    @property
    def most(self) -> int:
        """The bytes that the rows of a partition may have on disk."""
        return ((self.limit or 0) - _BASE) // (_TIMES * self.threads)

    def buckets(self, first: RawEvents, rows: int | None) -> int:
        """Return into how many parts the rows go, by the size of the first of so many rows."""
        if self.number is not None:
            return self.number
        if rows is None or not first.size:
            return _BUCKETS
        size = table_of_raw(first).nbytes * rows // first.size
        return min(max(size * 4 // self.most, 1), _MOST)

    def partitions(self, spill: Spill) -> list[Sequence[int]]:
        """Return the buckets of each partition; none is larger than its part of the limit."""
        if self.limit is None:
            return [[bucket] for bucket in range(spill.buckets)]
        sizes = spill.sizes
        largest = int(sizes.max())
        if largest > self.most:
            least = _BASE + _TIMES * self.threads * (largest + 1)
            problem = f"a limit of memory too small for a partition of {largest:,} bytes"
            remedy = f"allow {least:,} bytes" + " or one thread" * (self.threads > 1)
            raise InvalidValue(self.limit, problem, remedy)
        return _filled(sizes, self.most)


def _filled(sizes: Ints, most: int) -> list[Sequence[int]]:
    """Return consecutive buckets together as long as they are within a size."""
    groups: list[list[int]] = []
    left = -1
    for bucket, size in enumerate(sizes.tolist()):
        if size > left:
            groups.append([])
            left = most
        groups[-1].append(bucket)
        left -= size
    return [*groups]


def partitioned(
    events: Events,
    job: Job,
    *,
    partitions: int | None = None,
    memory_limit: int | None = None,
    folder: str | Path | None = None,
    threads: int = 2,
    numbered: bool = False,
    progress: Report | None = None,
) -> Iterator[pa.Table]:
    """Yield what a job answers for each partition of a log, which never is in memory whole.

    The rows are read once and go, by a hash of their ticket, to files in a temporary folder,
    which is removed at the end, after an error, and when the iterator is closed or forgotten; a
    process that the system kills leaves it. It takes about as many bytes as the rows in memory.
    Then the job is called for each partition, in threads. All rows of a ticket are in one
    partition, and so are tickets that are merged into each other, through any chain: what a job
    answers ticket by ticket (`facts`, `evaluate`) is the same as for the whole log, whatever the
    number of partitions. Tables of facts or cycles go together by
    `pyarrow.concat_tables`.

    The rows of a table that has a column `ticket_id` are in the order of the first rows of their
    tickets in the log.

    Args:
        events: the log. It is read piece by piece where it is in files.
        job: what is asked of the log of each partition, such as
            `functools.partial(frames.facts, as_of=noon)`.
        partitions: how many there are to be. Give this or `memory_limit`.
        memory_limit: bytes that the process may take, of which 200 MB are for the interpreter and
            the libraries. Each of the `threads` has its share of the rest, and a partition takes
            an eighth of that on disk; so many partitions are made. What the process holds
            already, and what the caller keeps of the answers, comes on top.
        folder: where the temporary folder is made; by default where the system keeps such.
        threads: how many partitions are in work at once.
        numbered: add a column `first_row` (int64) to tables with a `ticket_id`, the number of the
            first row of the ticket in the log: the order of the whole, over all partitions.
        progress: called with a `Progress` after rows are written and when a partition is done,
            in the thread of the caller; `show_progress` draws a bar.

    Raises:
        InvalidValue: neither a number of partitions nor a limit of memory, or both; a limit too
            small to begin with (below 240 MB), or for the largest part of the log, with the
            least that suffices.
        InvalidLog: a row that is no event, when it is read.
        Exception: whatever the job raises, for the first partition that it raises for.

    Example:
        >>> from datetime import UTC, datetime
        >>> import pyarrow as pa
        >>> from support_model import frames
        >>> from support_model.events import Acknowledged
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> log = frames.Events.of(
        ...     Acknowledged(ticket_id=name, at=at, role="agent") for name in ("A", "B", "C")
        ... )
        >>> def tickets(part):
        ...     return pa.table({"ticket_id": part.raw.ids})
        >>> parts = frames.partitioned(log, tickets, partitions=2, numbered=True)
        >>> pa.concat_tables(parts).sort_by("first_row").to_pylist()[1]
        {'ticket_id': 'B', 'first_row': 1}
    """
    must_be_log(events)
    plan = _plan(partitions, memory_limit, checked_whole(threads, "threads", least=1))
    place = None if folder is None else str(folder)
    return _answers(events, job, plan, place, _ordered(numbered), progress or _silent)


def asked(job: Job, log: Events) -> pa.Table:
    """Return what a job answers.

    Raises:
        InvalidValue: it is no Arrow table.
    """
    table: object = job(log)
    if not isinstance(table, pa.Table):
        remedy = "return a pyarrow.Table, as frames.facts does"
        raise InvalidValue(table, "a job that returns no Arrow table", remedy)
    return table


def _silent(_: Progress) -> None:
    """Say nothing."""


def _plan(partitions: int | None, memory_limit: int | None, threads: int) -> _Plan:
    if (partitions is None) is (memory_limit is None):
        problem = "not one of a number of partitions and a limit of memory"
        raise InvalidValue((partitions, memory_limit), problem, "give partitions=16, for instance")
    if memory_limit is None:
        buckets = checked_whole(partitions or 0, "the number of partitions", least=1)
        if buckets > _MOST:
            raise InvalidValue(buckets, "too many partitions", f"give up to {_MOST:,}")
        return _Plan(buckets, None, threads)
    least = _BASE * 6 // 5
    if checked_whole(memory_limit, "a limit of memory in bytes") < least:
        problem = "a limit of memory that the process itself needs"
        raise InvalidValue(memory_limit, problem, f"allow {least:,} bytes or more")
    return _Plan(None, memory_limit, threads)


def _answers(
    events: Events,
    job: Job,
    plan: _Plan,
    folder: str | None,
    order: Callable[[pa.Table, RawEvents, Ints], pa.Table],
    progress: Report,
) -> Iterator[pa.Table]:
    """Yield the answers; the folder goes when this ends or is closed."""
    with TemporaryDirectory(prefix="support-model-", dir=folder) as name:
        spill = _spilled(events, plan, Path(name, "rows"), progress)
        groups = plan.partitions(spill)
        progress(Progress(spill.rows, spill.rows, 0, len(groups)))

        def answer(buckets: Sequence[int]) -> pa.Table:
            raw, first = spill.read(buckets)
            table = order(asked(job, Events(raw)), raw, first)
            release_unused()
            return table

        for done, table in enumerate(in_threads(answer, groups, plan.threads), 1):
            yield table
            progress(Progress(spill.rows, spill.rows, done, len(groups)))


def _spilled(events: Events, plan: _Plan, folder: Path, progress: Report) -> Spill:
    """Return the rows of a log on disk, tickets that merges join in one bucket."""
    spill = None
    for piece in _pieces(events.batches(), plan.piece):
        if spill is None:
            spill = Spill(folder, plan.buckets(piece, events.rows))
        spill.add(piece)
        progress(Progress(spill.rows, events.rows))
    spill = spill or Spill(folder, plan.number or 1)
    spill.join()
    release_unused()
    return spill


def _pieces(pieces: Iterator[RawEvents], rows: int) -> Iterator[RawEvents]:
    """Yield rows in pieces of about so many: long ones are cut, short ones joined."""
    held: list[RawEvents] = []
    for part in chain.from_iterable(_cut(piece, rows) for piece in pieces):
        held.append(part)
        if sum(each.size for each in held) >= rows:
            whole, held = joined(held), []
            yield whole
    if held:
        yield joined(held)


def _cut(piece: RawEvents, rows: int) -> Iterator[RawEvents]:
    """Yield the rows of a piece in parts of less than twice so many."""
    number = piece.size // rows
    if number < 2:
        yield from [piece] if piece.size else []
        return
    bounds = np.linspace(0, piece.size, number + 1).astype(np.int64)
    for start, end in pairwise(bounds):
        yield piece.take(np.arange(start, end))


def _ordered(numbered: bool) -> Callable[[pa.Table, RawEvents, Ints], pa.Table]:  # noqa: FBT001 - private
    """Return what puts the rows of an answer in the order of the first rows of their tickets."""

    def ordered(table: pa.Table, raw: RawEvents, first: Ints) -> pa.Table:
        if "ticket_id" not in table.column_names:
            return table
        ids = table["ticket_id"].combine_chunks()
        if pa.types.is_dictionary(ids.type):
            ids = ids.cast(ids.type.value_type)
        places = pc.index_in(ids, value_set=raw.ids.cast(ids.type)).to_numpy(zero_copy_only=False)
        rows = first[places]
        if (rows[1:] < rows[:-1]).any():
            order = np.argsort(rows, kind="stable")
            rows, table = rows[order], table.take(pa.array(order))
        return table.append_column(FIRST_ROW, pa.array(rows)) if numbered else table

    return ordered
