"""Tables of a mapping as events by columns: the answer of `adapters.table.read`, sooner.

Each shape of a table has its way by columns. Where a table holds what columns do not answer, such
as a row that a strict reading refuses, the reader of rows reads all of it.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa
from attrs import evolve

from support_model._columns.event_columns import RawEvents, raw_of_events
from support_model._frames.logs import Events
from support_model._frames.mapped_cells import Cells
from support_model._frames.mapped_changes import changes
from support_model._frames.mapped_fields import histories
from support_model._frames.mapped_files import cells_of_file
from support_model._frames.mapped_lists import lists
from support_model._frames.mapped_notes import Notes
from support_model._frames.mapped_parts import InParts, MappedRead, is_csv
from support_model._frames.mapped_stamps import NeedsRows
from support_model._frames.sources import Files
from support_model._frames.told import Told, told_of
from support_model.adapters import Account
from support_model.adapters._payloads import Tally
from support_model.adapters._table_cells import Instants, formats_said
from support_model.adapters._table_cells import Words as Meanings
from support_model.adapters.table import StampFormat, TableMapping, load, named, read, read_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import TypeAlias
    from zoneinfo import ZoneInfo

    from support_model._frames.sources import Source
    from support_model.adapters import EventLog

    Way: TypeAlias = Callable[[Cells, Meanings, Instants, Notes], tuple[RawEvents, Told]]

__all__ = ["mapped", "mapped_file", "mapped_source"]


WAYS: Mapping[str, Way] = MappingProxyType(
    {"changes": changes, "list": lists, "fields": histories}
)


def mapped(
    table: pa.Table,
    mapping: TableMapping,
    *,
    tz: ZoneInfo | None = None,
    account: Account | None = None,
    lenient: bool = False,
    name: str = "table",
) -> Events:
    """Return the events of a table of which a mapping says what its columns mean.

    Cells are read as the texts that a CSV file of the table would hold, so a mapping of a file is
    one of a data frame too; timestamps are taken as they are. Line 1 is that of the names.

    Args:
        table: the rows.
        mapping: what the columns mean.
        tz: zone of stamps that carry no offset, where neither account nor mapping fixes it.
        account: what statuses, priorities, groups and people mean, beyond the mapping.
        lenient: list problems as findings instead of stopping at the first.
        name: what errors call the table.

    Raises:
        InvalidLog: see `adapters.table.read`; or a column of a type that no cell has.
    """
    account = _own(account, mapping, tz)
    cells = Cells.of(table, name, mapping.aliases)
    try:
        raw, told = _by_columns(cells, mapping, account, Notes(name, lenient))
    except NeedsRows:
        return _by_log(_by_rows(cells, mapping, account, lenient=lenient))
    return Events(raw, told)


def mapped_source(
    rows: Source,
    mapping: TableMapping | str | Path,
    *,
    tz: ZoneInfo | None = None,
    account: Account | None = None,
    lenient: bool = False,
) -> Events:
    """Return the events of a source of rows: all its pieces are one table.

    Args and errors are those of `mapped`; a mapping may be said by its name or its path, see
    `adapters.table.named` and `adapters.table.load`.
    """
    if isinstance(mapping, str):
        mapping = named(mapping)
    elif not isinstance(mapping, TableMapping):
        mapping = load(mapping)
    whole = partial(_whole, rows, mapping, tz=tz, account=account, lenient=lenient)
    if not rows.again:
        return whole()
    own = _own(account, mapping, tz)
    formats = formats_said(mapping, own)

    def reading(cells: Cells, instants: Instants) -> RawEvents:
        return _by_columns(cells, mapping, own, Notes(rows.name, lenient), instants)[0]

    parts = InParts(mapping, lambda: Instants(formats, own.tz, Notes(rows.name, lenient)), reading)
    return Events(MappedRead(rows, whole, parts))


def _whole(
    rows: Source,
    mapping: TableMapping,
    *,
    tz: ZoneInfo | None,
    account: Account | None,
    lenient: bool,
) -> Events:
    """Return the events of all rows of a source, read at once."""
    if isinstance(rows, Files) and len(rows.paths) == 1 and is_csv(rows.paths[0]):
        return mapped_file(rows.paths[0], mapping, tz=tz, account=account, lenient=lenient)
    tables = [table for _, table in rows.tables()]
    table = pa.concat_tables(tables, promote_options="permissive")
    return mapped(table, mapping, tz=tz, account=account, lenient=lenient, name=rows.name)


def _own(account: Account | None, mapping: TableMapping, tz: ZoneInfo | None) -> Account:
    """Return what ids mean, with the zone of stamps that say none."""
    known = Account() if account is None else account
    return evolve(known, tz=known.tz or mapping.tz or tz)


def mapped_file(
    path: Path,
    mapping: TableMapping,
    *,
    tz: ZoneInfo | None = None,
    account: Account | None = None,
    lenient: bool = False,
) -> Events:
    """Return the events of a CSV file of which a mapping says what its columns mean.

    Args and errors are those of `mapped`, and of `adapters.table.read`.
    """
    account = Account() if account is None else account
    notes = Notes(path.name, lenient)
    try:
        cells = cells_of_file(path, mapping, notes)
        own = evolve(account, tz=account.tz or mapping.tz or tz)
        raw, told = _by_columns(cells, mapping, own, notes)
    except NeedsRows:
        return _by_log(read(path, mapping, tz=tz, lenient=lenient, account=account))
    return Events(raw, told)


def _by_log(log: EventLog) -> Events:
    raw = raw_of_events(log.events)
    return Events(raw, evolve(told_of(log, raw.ids.to_pylist()), by_rows=True))


def _by_columns(
    cells: Cells,
    mapping: TableMapping,
    account: Account,
    notes: Notes,
    instants: Instants | None = None,
) -> tuple[RawEvents, Told]:
    if not cells.size:
        raise NeedsRows
    tally = Tally(mapping.system or mapping.name, noted=notes)
    if instants is None:
        instants = Instants(formats_said(mapping, account), account.tz, notes)
    return WAYS[mapping.shape](cells, Meanings(mapping, account, tally), instants, notes)


def _by_rows(cells: Cells, mapping: TableMapping, account: Account, *, lenient: bool) -> EventLog:
    """Return the reading of the reader of rows, which reads timestamps as ISO 8601."""
    names = [*cells.header.names]
    places = range(len(names))
    iso = StampFormat()
    if any(cells.typed(place) is not None for place in places):
        if iso not in mapping.stamps:
            mapping = evolve(mapping, stamps=(*mapping.stamps, iso))
        if account.stamps:
            account = evolve(account, stamps=(*account.stamps, iso.text))
    columns = [cells.column(place) for place in places]
    rows: list[Sequence[str]] = [names, *map(list, zip(*columns, strict=True))]
    return read_tables({cells.header.file: rows}, account, mapping=mapping, lenient=lenient)
