"""A table of a mapping that is larger than memory: read part by part, each of whole tickets.

The rows go by their ticket to files in a temporary folder, and each part is read as a table of its
own, with the formats of stamps that all parts allow and the order that all rows show. The events
go to files again, by the line at which their ticket begins: so they come in the order of the whole
table. What no part answers, and whatever is wrong, is left to the reading of the whole.
"""

from __future__ import annotations

import warnings
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define, evolve

from support_model._columns.memory import release_unused
from support_model._frames.mapped_cells import Cells
from support_model._frames.mapped_files import pieces_of_file
from support_model._frames.mapped_stamps import NeedsRows, NoRows
from support_model._frames.mapped_whole import Part, whole_of
from support_model._frames.sources import Files
from support_model._frames.spills import Spill, hashes
from support_model.adapters._table_cells import Instants
from support_model.errors import InvalidLog, UnknownVendorValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from support_model._columns.event_columns import RawEvents
    from support_model._columns.values import Ints
    from support_model._frames.logs import Events
    from support_model._frames.mapped_whole import Known
    from support_model._frames.sources import Source
    from support_model._frames.told import Told
    from support_model.adapters._table_files import Header
    from support_model.adapters.table import TableMapping

    Reading = Callable[[Cells, Instants], RawEvents]

__all__ = ["InParts", "MappedRead", "is_csv"]

LINE = "line of the table"
"""The column that holds the line of a row, of a name that no header is looked up by."""
PART = 1 << 23
"""Bytes of a file in a part, about."""
ROWS = 50_000
"""Rows of a part, about, where it is known how many there are."""
PACKED = 8
"""How much larger a file is unpacked, about."""
UNKNOWN = 64
"""Parts of a source that does not say how large it is."""
MOST = 1024


def is_csv(path: Path) -> bool:
    """Return whether a file is a table of text by its name."""
    return path.name.lower().endswith((".csv", ".csv.gz"))


@define(eq=False)
class MappedRead:
    """A table of a mapping that is read again whenever its rows are asked for.

    Attributes:
        source: where the rows are.
        whole: reads all of them at once.
        parts: how they are read part by part.
    """

    source: Source
    whole: Callable[[], Events]
    parts: InParts
    tells = True
    rows = None

    @property
    def name(self) -> str:
        """What errors and pictures call it."""
        return self.source.name

    def in_memory(self) -> tuple[RawEvents, Told | None]:
        """Return all rows at once, and what the table states besides."""
        found = self.whole()
        return found.raw, found.told

    def read(self) -> Iterator[RawEvents]:
        """Yield the events, tickets in the order of the table."""
        count = _count(self.source)
        if count > 1:
            with TemporaryDirectory(prefix="support-model-") as name:
                spill = self._spilled(count, Path(name))
                if spill is not None:
                    for bucket in range(count):
                        yield _in_order(*spill.read([bucket]))
                    return
        yield self.in_memory()[0]

    def _spilled(self, count: int, folder: Path) -> Spill | None:
        """Return the events in files; None where the table has to be read at once."""
        try:
            with _warned_once():
                return self.parts.spilled(self.source, count, folder)
        except (NeedsRows, InvalidLog, pa.ArrowException):
            return None


@define(eq=False)
class InParts:
    """How a table is read part by part.

    Attributes:
        mapping: what the columns mean.
        instants: makes what reads stamps: it is changed by what it reads.
        reading: what reads the cells of a part.
    """

    mapping: TableMapping
    instants: Callable[[], Instants]
    reading: Reading

    def spilled(self, source: Source, count: int, folder: Path) -> Spill:
        """Return the events of a table in files, in so many parts by their first line.

        Raises:
            NeedsRows: something that columns do not answer.
            InvalidLog: something is wrong.
        """
        rows = self._rows(source, Spill(folder / "rows", count))
        formats = self._formats(rows)
        known: Known | None = None
        while True:
            parts = [Part(known) for _ in range(count)]
            spill = Spill(folder / ("events" if known is None else "events again"), count)
            for bucket, part in enumerate(parts):
                self._add(spill, rows, bucket, part, formats)
            whole = whole_of(parts)
            if not spill.rows:
                raise NeedsRows  # a table without events is refused as a whole
            if all(part.decided_as(whole) for part in parts):
                return spill
            known = whole

    def _rows(self, source: Source, spill: Spill) -> _Rows:
        """Return the rows of a table in files, by a hash of their tickets."""
        found = _Rows(spill)
        for cells in self._pieces(source):
            names = cells.texts(cells.header.must(self.mapping.ticket)).stripped()
            found.add(cells, spill.bucket(hashes(names.dictionary))[names.codes])
        if not spill.rows:
            raise NeedsRows
        return found

    def _pieces(self, source: Source) -> Iterator[Cells]:
        """Yield the cells of a source; lines are counted from 1 over all files."""
        mapping = self.mapping
        if isinstance(source, Files) and len(source.paths) == 1 and is_csv(source.paths[0]):
            yield from pieces_of_file(source.paths[0], mapping)
            return
        line = 0
        for _, table in source.tables():
            cells = Cells.of(table, source.name, mapping.aliases)
            cells.lines += line
            line += cells.size
            yield cells

    def _formats(self, rows: _Rows) -> Instants:
        """Return what reads stamps, by the formats that the stamps of all parts allow.

        Raises:
            InvalidLog: they cannot be told apart.
        """
        found = self.instants()
        if len(found.formats) > 1:
            texts = set[str]()
            for bucket in range(rows.spill.buckets):
                asking = _Asking(self.instants(), texts)
                try:
                    self.reading(rows.cells(bucket, Part()), asking)
                except (_Told, NoRows):
                    continue
            found.choose(texts)
        return found

    def _add(self, spill: Spill, rows: _Rows, bucket: int, part: Part, formats: Instants) -> None:
        """Read a part, and write its events."""
        instants = _Chosen(formats.formats, formats.tz, formats.findings)
        try:
            raw = self.reading(rows.cells(bucket, part), instants)
        except NoRows:
            return
        if not raw.size:
            return
        if part.ids is None or part.first is None:
            raise NeedsRows
        places = pc.index_in(raw.ids, value_set=part.ids).to_numpy(zero_copy_only=False)
        first = part.first[places][raw.ticket]
        spill.put(raw, first, first * spill.buckets // (rows.last + 1))
        part.keep(rows.spill.folder / f"{bucket}")
        release_unused()


@define(eq=False)
class _Rows:
    """The rows of a table in files.

    Attributes:
        spill: the files.
        header: the names of the columns.
        schema: the types of the columns, which hold the values of all pieces.
        last: the last line.
    """

    spill: Spill
    header: Header | None = None
    schema: pa.Schema | None = None
    last: int = 0

    def add(self, cells: Cells, bucket: NDArray[np.uint16]) -> None:
        """Write the next rows, each into a bucket.

        Raises:
            NeedsRows: other columns than before.
        """
        self.header = self.header or cells.header
        if [*cells.header.names] != [*self.header.names]:
            raise NeedsRows
        places = range(cells.table.num_columns)
        table = cells.table.rename_columns([f"f{place}" for place in places])
        known = [] if self.schema is None else [self.schema]
        self.schema = pa.unify_schemas(
            [*known, _plain(table.schema)], promote_options="permissive"
        )
        if cells.size:
            self.last = int(cells.lines[-1])
            self.spill.write(table.append_column(LINE, pa.array(cells.lines)), bucket)

    def cells(self, bucket: int, part: Part) -> Cells:
        """Return the rows of a part, in their order.

        Raises:
            NoRows: there are none.
        """
        if self.schema is None or self.header is None or not self.spill.counts[bucket]:
            raise NoRows
        first = self.schema.append(pa.field(LINE, pa.int64())).empty_table()
        rows = [
            pa.Table.from_batches([each]).cast(_plain(each.schema))
            for each in self.spill.batches_of([bucket])
        ]
        table = pa.concat_tables([first, *rows], promote_options="permissive")
        lines = table.column(LINE).to_numpy().astype(np.int64, copy=False)
        return Cells(self.header, table.drop_columns([LINE]), lines, part)


def _plain(schema: pa.Schema) -> pa.Schema:
    """Return columns without the dictionaries that a piece may have and another may not."""
    kinds = [each.value_type if pa.types.is_dictionary(each) else each for each in schema.types]
    return pa.schema(zip(schema.names, kinds, strict=True))


class _Told(Exception):
    """The stamps of a part are told, and no more was asked."""


class _Asking(Instants):
    """Notes the stamps that tell of the formats, and reads none."""

    def __init__(self, instants: Instants, texts: set[str]) -> None:
        super().__init__(instants.formats, instants.tz, instants.findings)
        self.texts = texts

    def choose(self, stamps: Iterable[str]) -> None:
        """Note stamps.

        Raises:
            _Told: always.
        """
        self.texts.update(stamps)
        raise _Told


class _Chosen(Instants):
    """Reads stamps in formats that are chosen already."""

    def choose(self, stamps: Iterable[str]) -> None:
        """Keep the formats."""


@contextmanager
def _warned_once() -> Iterator[None]:
    """Warn once of an unknown value that several parts hold, and of nothing where parts fail."""
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        yield
    counts = Counter[tuple[str, str, str, str]]()
    for each in met:
        said = each.message
        if isinstance(said, UnknownVendorValue):
            counts[said.vendor, said.what, said.value, said.taken_as] += said.count
        else:
            warnings.warn_explicit(said, each.category, each.filename, each.lineno)
    for (vendor, what, value, taken_as), count in counts.items():
        warnings.warn(UnknownVendorValue(vendor, what, value, count, taken_as), stacklevel=4)


def _count(source: Source) -> int:
    """Return in how many parts a source is read."""
    if source.rows is not None:
        return min(1 + source.rows // ROWS, MOST)
    if not isinstance(source, Files):
        return UNKNOWN
    size = sum(
        path.stat().st_size * (PACKED if path.suffix.lower() == ".gz" else 1)
        for path in source.paths
        if path.is_file()
    )
    return min(1 + size // PART, MOST)


def _in_order(raw: RawEvents, first: Ints) -> RawEvents:
    """Return events by the line at which their ticket begins."""
    order = np.argsort(first, kind="stable")
    rank = np.empty(order.size, np.int64)
    rank[order] = np.arange(order.size)
    ticket = rank[raw.ticket]
    rows = np.argsort(ticket, kind="stable")
    return evolve(
        raw.take(rows), ids=raw.ids.take(pa.array(order)), ticket=ticket[rows].astype(np.int32)
    )
