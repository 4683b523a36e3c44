"""Rows of events on disk, in buckets of whole tickets.

A spill is a folder of runs. A run is one Arrow IPC file that holds the rows read since the run
before it: one record batch a bucket, in the order given. So few files are open at a time, and a
bucket is read by one batch of each run. Which bucket a ticket has follows from its id alone.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from attrs import define, evolve, field

from support_model._columns.event_columns import TYPE
from support_model._columns.event_joining import joined
from support_model._columns.event_tables import raw_of_table, table_of_raw
from support_model._columns.values import NONE, Texts, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from support_model._columns.event_columns import RawEvents

    Flags = NDArray[np.bool_]
    Hashes = NDArray[np.uint64]
    Ints = NDArray[np.int64]

__all__ = ["Spill", "completed", "hashes", "kinds_of", "linked"]

_ROW = "row"
"""The column that numbers the rows of a log."""
_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)


def hashes(ids: pa.Array) -> Hashes:
    """Return a hash of each text, the same on every machine.

    Python's own differs from one process to the next. Eight bytes are mixed in at a time, for all
    texts at once.
    """
    if pa.types.is_dictionary(ids.type):
        return hashes(ids.dictionary)[ids.indices.to_numpy(zero_copy_only=False)]
    ids = ids.cast(pa.large_binary())
    _, ends, content = ids.buffers()
    offsets = np.frombuffer(ends, np.int64)[ids.offset : ids.offset + len(ids) + 1]
    begin, size = int(offsets[0]), int(offsets[-1] - offsets[0])
    text = np.zeros(size + 8, np.uint8)
    if size:
        text[:size] = np.frombuffer(content, np.uint8)[begin : begin + size]
    words: NDArray[np.uint64] = np.ndarray((size + 1,), "<u8", text, strides=(1,))
    places, left = offsets[:-1] - begin, np.diff(offsets)
    mixed = _mixed(left.astype(np.uint64))
    rows = np.flatnonzero(left > 0)
    while rows.size:
        short = np.minimum(left[rows], 8).astype(np.uint64)
        kept = _ONES >> ((np.uint64(8) - short) * np.uint64(8))
        mixed[rows] = _mixed(mixed[rows] ^ (words[places[rows]] & kept))
        places, left = places + 8, left - 8
        rows = rows[left[rows] > 0]
    return mixed


def _mixed(values: Hashes) -> Hashes:
    """Return numbers whose every bit depends on every bit given (the end of SplitMix64)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def linked(pairs: Sequence[Hashes]) -> tuple[Hashes, Hashes]:
    """Return the tickets that merges join, ascending, and for each the least of its group.

    Args:
        pairs: two rows of hashes each, the tickets merged away and those they went into.
    """
    leaders: dict[int, int] = {}

    def leader(ticket: int) -> int:
        passed = []
        while (above := leaders.setdefault(ticket, ticket)) != ticket:
            passed.append(ticket)
            ticket = above
        leaders.update(dict.fromkeys(passed, ticket))
        return ticket

    for pair in pairs:
        for one, other in zip(*pair.tolist(), strict=True):
            low, high = sorted((leader(one), leader(other)))
            leaders[high] = low
    tickets = sorted(leaders)
    return np.array(tickets, np.uint64), np.array([*map(leader, tickets)], np.uint64)


def merges(raw: RawEvents, of: Hashes) -> Hashes:
    """Return the merges among rows: two rows of hashes, who went and into whom.

    Args:
        raw: the rows.
        of: the hash of each of `raw.ids`.
    """
    kind, other = raw.parts.get("kind"), raw.parts.get("other")
    rows = np.flatnonzero(raw.type == TYPE["related"])
    if not rows.size or not isinstance(kind, Words) or not isinstance(other, Words):
        return np.empty((2, 0), np.uint64)
    rows = rows[kind.take(rows).holds(lambda word: word == "merged_into")]
    into = other.codes[rows]
    names, places = np.unique(into, return_inverse=True)
    found = hashes(pa.array([other.words[code] for code in names.tolist()], pa.string()))
    return np.stack([of[raw.ticket[rows]], found[places]])


@define(eq=False)
class Spill:
    """Buckets of whole tickets in a folder.

    Attributes:
        folder: where the runs are written; the caller removes it.
        buckets: how many there are.
        counts: the rows of each bucket, without those in `linked`.
        size: the bytes of all rows as they were written.
        merges: pairs of hashes, the tickets that rows say are merged and those they went into.
        linked: once `join` was called, the rows of the tickets that merges join.
        words: of each field one word of each type.
    """

    folder: Path
    buckets: int
    counts: Ints = field(init=False)
    size: int = field(default=0, init=False)
    merges: list[Hashes] = field(factory=list, init=False)
    linked: Spill | None = field(default=None, init=False)
    words: dict[str, dict[object, Any]] = field(factory=dict, init=False)
    _runs: list[Path] = field(factory=list, init=False)
    _left_out: dict[tuple[int, int], Ints] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.counts = np.zeros(self.buckets, np.int64)
        self.folder.mkdir()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return int(self.counts.sum()) + (0 if self.linked is None else self.linked.rows)

    @property
    def sizes(self) -> Ints:
        """The bytes of each bucket, as if all rows were equally long."""
        counts = self.counts if self.linked is None else self.counts + self.linked.counts
        return counts * self.size // max(self.rows, 1)

    def add(self, raw: RawEvents) -> None:
        """Write the next rows of the log as one run."""
        of = hashes(raw.ids)
        found = merges(raw, of)
        if found.size:
            self.merges.append(found)
        done = self.rows
        self.put(raw, np.arange(done, done + raw.size), self.bucket(of)[raw.ticket])

    def put(self, raw: RawEvents, numbers: Ints, bucket: Ints | NDArray[np.uint16]) -> None:
        """Write rows as one run, each with a number and into a bucket that the caller says."""
        for name, words in raw.fields.items():
            self.words[name] = {**kinds_of(words.words), **self.words.get(name, {})}
        self.write(table_of_raw(raw).append_column(_ROW, pa.array(numbers)), bucket)

    def bucket(self, of: Hashes) -> NDArray[np.uint16]:
        """Return the bucket of tickets by their hashes."""
        return (of % np.uint64(self.buckets)).astype(np.uint16)

    def write(self, table: pa.Table, bucket: Ints | NDArray[np.uint16]) -> None:
        """Write the rows of a table as one run, each into a bucket."""
        counts = np.bincount(bucket, minlength=self.buckets)
        order = pa.array(np.argsort(bucket, kind="stable"))
        most = table.num_rows // self.buckets
        columns = [_plain(column, most).take(order) for column in table.itercolumns()]
        table = pa.table(columns, table.column_names).combine_chunks()
        (batch,) = table.to_batches()
        path = self.folder / f"{len(self._runs)}.arrow"
        ends = np.cumsum(counts)
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
            for end, count in zip(ends.tolist(), counts.tolist(), strict=True):
                writer.write_batch(batch.slice(end - count, count))
        self._runs.append(path)
        self.counts += counts
        self.size += batch.nbytes

    def join(self) -> None:
        """Bring the tickets that merges join into one bucket for each group of them.

        Their rows move to a second spill, all of them, so that the tickets of a group keep their
        order and each ticket's rows are in one of the two.
        """
        if not self.merges:
            return
        tickets, leaders = linked(self.merges)
        spill = Spill(self.folder / "linked", self.buckets)
        for run in range(len(self._runs)):
            batches = list(self._batches(run, range(self.buckets)))
            rows = _found([hashes(batch["ticket_id"]) for batch in batches], tickets)
            if rows.size:
                self._leave_out(run, rows, np.array([batch.num_rows for batch in batches]))
                table = pa.Table.from_batches(batches).take(pa.array(rows)).sort_by(_ROW)
                of = leaders[tickets.searchsorted(_column_hashes(table["ticket_id"]))]
                spill.write(table, self.bucket(of))
        self.linked = spill

    def _leave_out(self, run: int, rows: Ints, counts: Ints) -> None:
        """Note rows of a run, by place in it, that are no longer in their buckets."""
        ends = np.cumsum(counts)
        cuts = rows.searchsorted(ends)
        self.counts -= np.diff(cuts, prepend=0)
        for bucket, part in enumerate(np.split(rows, cuts[:-1])):
            if part.size:
                self._left_out[run, bucket] = part - (ends[bucket] - counts[bucket])

    def _batches(self, run: int, buckets: Iterable[int]) -> Iterator[pa.RecordBatch]:
        with pa.OSFile(str(self._runs[run])) as file:
            reader = pa.ipc.open_file(file)
            yield from map(reader.get_batch, buckets)

    def read(self, buckets: Sequence[int]) -> tuple[RawEvents, Ints]:
        """Return the rows of some buckets, and the number of the first row of each ticket.

        The rows of a ticket, and those of tickets that merges join, are in the order given.
        """
        batches = [
            *self.batches_of(buckets),
            *([] if self.linked is None else self.linked.batches_of(buckets)),
        ]
        numbers = np.concatenate([np.zeros(0, np.int64), *(batch[_ROW] for batch in batches)])
        tables = list(_alike([_rows(batch) for batch in batches]))
        del batches  # as much as the tables, and they as much as the rows that are made of them
        raw = joined([raw_of_table(tables.pop(0)) for _ in range(len(tables))])
        _, first = np.unique(raw.ticket, return_index=True)
        return completed(raw, self.words), numbers[first]

    def batches_of(self, buckets: Sequence[int]) -> Iterator[pa.RecordBatch]:
        for run in range(len(self._runs)):
            for bucket, batch in zip(buckets, self._batches(run, buckets), strict=True):
                rows = self._left_out.get((run, bucket))
                yield batch if rows is None else _without(batch, rows)


def completed(raw: RawEvents, known: Mapping[str, Mapping[object, Any]]) -> RawEvents:
    """Return rows that know each field of a whole log, and a word of each type that it has there.

    What is made of some tickets then has the columns and types of the whole.

    Args:
        raw: the rows.
        known: for each field `kinds_of` its words.
    """
    fields = dict(raw.fields)
    for name, words_of_kinds in known.items():
        words = fields.get(name, Words(np.full(raw.size, NONE, np.int32), ()))
        present = kinds_of(words.words)
        more = [word for kind, word in words_of_kinds.items() if kind not in present]
        fields[name] = Words(words.codes, (*words.words, *more)) if more else words
    return evolve(raw, fields={name: fields[name] for name in sorted(fields)})


def kinds_of(words: Sequence[Any]) -> dict[object, Any]:
    """Return one word of each type; whole numbers beyond int64 are a type of their own."""
    if isinstance(words, Texts):
        return {str: words[0]} if len(words) else {}
    return {_kind(word): word for word in words}


def _kind(word: object) -> object:
    wide = type(word) is int and not -(1 << 63) < word < (1 << 63)
    return "digits" if wide else type(word)


def _plain(column: pa.ChunkedArray, most: int) -> pa.ChunkedArray:
    """Return a column as plain text where its words are many.

    Each bucket that is read of a run needs all words of the run, so they are to be few beside
    the rows of a bucket.
    """
    if not pa.types.is_dictionary(column.type) or len(column.chunk(0).dictionary) <= most:
        return column
    return column.cast(column.type.value_type)


def _alike(batches: Sequence[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield rows as tables, as few as the types of their columns allow, in the same order."""
    types: dict[str, set[pa.DataType]] = {}
    for batch in batches:
        for part in batch.schema:
            types.setdefault(part.name, set()).add(part.type)
    plain = {name for name, found in types.items() if pa.string() in found}
    several = [name for name, found in types.items() if len({*map(_value_type, found)}) > 1]

    def shape(batch: pa.RecordBatch) -> list[pa.DataType | None]:
        has = {part.name: _value_type(part.type) for part in batch.schema}
        return [has.get(name) for name in several]

    for _, group in groupby(batches, shape):
        tables = [_with_plain(batch, plain) for batch in group]
        yield pa.concat_tables(tables, promote_options="default").combine_chunks()


def _value_type(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _with_plain(batch: pa.RecordBatch, plain: set[str]) -> pa.Table:
    """Return a batch as a table in which some columns of words are plain text."""
    columns = [
        column.cast(pa.string())
        if name in plain and pa.types.is_dictionary(column.type)
        else column
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]
    return pa.table(columns, batch.schema.names)


def _column_hashes(column: pa.ChunkedArray) -> Hashes:
    chunks = [hashes(chunk) for chunk in column.chunks]
    return np.concatenate([np.empty(0, np.uint64), *chunks])


def _found(values: Sequence[Hashes], some: Hashes) -> Ints:
    """Return the places of those of all values that are among some, which ascend."""
    given = np.concatenate(values)
    # a small table of a few bits of each leaves few to be looked up
    few = np.uint64((1 << 20) - 1)
    table = np.zeros(1 << 20, np.bool_)
    table[some & few] = True
    rows = np.flatnonzero(table[given & few])
    places = np.minimum(some.searchsorted(given[rows]), some.size - 1)
    return rows[some[places] == given[rows]]


def _rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.select([name for name in batch.schema.names if name != _ROW])


def _without(batch: pa.RecordBatch, rows: Ints) -> pa.RecordBatch:
    kept = np.ones(batch.num_rows, np.bool_)
    kept[rows] = False
    return batch.filter(pa.array(kept))
