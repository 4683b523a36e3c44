"""A job over a log that Spark or Dask holds: whole tickets, handed to it as Arrow tables.

Nothing here plans or sends anything: a data frame is asked to bring the rows of a ticket
together, which it does, and to call a function with them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from support_model._checks import checked_whole
from support_model._columns.event_tables import field_of
from support_model._frames.logs import Events
from support_model._frames.partitions import asked
from support_model._frames.reading import events
from support_model._frames.spills import completed, hashes, kinds_of, linked
from support_model._frozen import frozen
from support_model._vocabulary import FIELDS, Priority, Status
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from support_model._frames.partitions import Job

    Read: TypeAlias = "Callable[[pa.Table], Events]"

__all__ = ["dask", "spark"]

_KEY, _ROW = "support_model_key", "support_model_row"
_ROWS = 250_000
"""How many rows a job of Spark is given at least, where there are so many."""
_MERGES = ("type", "kind", "other")


@frozen
class _Work:
    """What a worker does with rows of whole tickets.

    Attributes:
        job: what is asked of them.
        read: how they are read.
        words: of each field one word of each type that its column may hold.
        schema: the columns of the answer; as the job makes them where it is not known yet.
    """

    job: Job
    read: Read
    words: Mapping[str, Mapping[object, Any]]
    schema: pa.Schema | None = None

    def answer(self, rows: pa.Table) -> pa.Table:
        """Return the job's answer in the columns of the whole."""
        log = self.read(rows)
        table = asked(self.job, Events(completed(log.raw, self.words)))
        return table if self.schema is None else _fitted(table, self.schema)


def _work(
    job: Job, read: Read, rows: pa.Schema, schema: pa.Schema | None
) -> tuple[_Work, pa.Schema]:
    """Return what workers do, and the columns of the answer: those for a log without rows."""
    work = _Work(job, read, _words(rows))
    made = work.answer(rows.empty_table()).schema if schema is None else schema
    plain = pa.schema([pa.field(part.name, _plain(part.type)) for part in made])
    return _Work(job, read, work.words, plain), plain


_SAMPLES: Mapping[str, object] = MappingProxyType(
    {
        "text": "",
        "whole": 0,
        "number": 0.0,
        "flag": False,
        "instant": datetime(1970, 1, 1, tzinfo=UTC),
        "words": frozenset(),
        "digits": 1 << 64,
    }
)
_OWN: Mapping[str, object] = MappingProxyType(
    {
        "status": Status("new", "new"),
        "priority": Priority("normal", 3),
        "line": 1,
        "management_level": 1,
        "tags": frozenset(),
    }
)


def _words(rows: pa.Schema) -> dict[str, Mapping[object, Any]]:
    """Return for each field that columns name one word of each type that it may hold."""
    found: dict[str, Mapping[object, Any]] = {}
    for column in rows:
        name = field_of(column.name)
        if name is None:
            continue
        if name in FIELDS:
            found[name] = kinds_of([_OWN.get(name, "")])
        else:
            found[name] = kinds_of([_SAMPLES[kind] for kind in _members(column.type)])
    return found


def _members(kind: pa.DataType) -> Iterable[str]:
    """Return the types of the values of a custom field, by the type of its column."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_struct(kind):
        return [part.name for part in kind]
    tests = (
        (pa.types.is_integer, "whole"),
        (pa.types.is_floating, "number"),
        (pa.types.is_boolean, "flag"),
        (pa.types.is_timestamp, "instant"),
        (pa.types.is_nested, "words"),
    )
    return [next((name for test, name in tests if test(kind)), "text")]


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type without dictionaries, which neither engine takes back everywhere."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(pa.field(kind.value_field.name, _plain(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(part.name, _plain(part.type)) for part in kind])
    if pa.types.is_map(kind):
        return pa.map_(_plain(kind.key_type), _plain(kind.item_type))
    return kind


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table with exactly these columns; one that it lacks is null."""
    unknown = set(table.column_names) - set(schema.names)
    if unknown:
        problem = "a column that the answer for a log without rows lacks"
        raise InvalidValue(min(unknown), problem, "give schema= with all columns")
    columns = [
        table[part.name].cast(part.type)
        if part.name in table.column_names
        else pa.nulls(table.num_rows, part.type)
        for part in schema
    ]
    return pa.table(columns, schema=schema)


# --- Spark -------------------------------------------------------------------------------------


def spark(
    df: Any,  # noqa: ANN401 - a pyspark.sql.DataFrame, classic or of Spark Connect
    job: Job,
    *,
    ticket: str = "ticket_id",
    read: Read = events,
    schema: pa.Schema | None = None,
    partitions: int | None = None,
    rows: int = _ROWS,
) -> Any:  # noqa: ANN401 - as above
    """Return what a job answers for the log in a Spark data frame, as a Spark data frame.

    Spark is asked to `repartition` the rows by ticket and to sort them within partitions; then
    `mapInArrow` calls the job with rows of whole tickets, about `rows` at a time, and its tables
    together are the answer, in no order. The rows of a ticket stay in the order in which Spark
    reads them, which for files is that of their rows; give `seq` where that is not the order of
    the log. Where the columns `type`, `kind` and `other` are there, the merges are brought to
    the driver first, and tickets that are merged into each other go to one job.

    The workers need this library, NumPy and pyarrow under the driver's version of Python
    (`PYSPARK_PYTHON`): see "On a cluster" in the documentation. Instants are those of Spark's
    TIMESTAMP, whatever the zone of the session; TIMESTAMP_NTZ is read where `read` is given a
    zone. Spark 4.0 or newer.

    Args:
        df: rows of events in the columns that `events` reads.
        job: what is asked of the log of some tickets, such as
            `functools.partial(frames.facts, as_of=noon)`; it is pickled.
        ticket: the column of the ticket, where `read` reads others than `events` alone does.
        read: how rows are read, such as `functools.partial(frames.events, mapping=mine)`. A log
            that needs a mapping is read first, by a job that returns `pyarrow.table(log)`, so
            that merges are seen in the rows of events.
        schema: the columns of the answer; by default those of the job's answer for no rows.
        partitions: how many Spark is to make; by default it decides.
        rows: how many rows a job is given at least, where there are so many.

    Returns:
        A lazy data frame: columns of words are strings, lengths are INTERVAL DAY TO SECOND. A
        name with a dot is to be asked for in backticks.

    Raises:
        InvalidValue: no such column of the ticket; a column that Spark has no type for.
        Exception: what `read` and the job raise, inside the error of Spark.

    Example:
        >>> def weekly(log):
        ...     return kpi.table(frames.facts(log, as_of=noon), [kpi.MTTA], by=["week"])
        >>> figures = frames.spark(session.read.parquet("events"), weekly)  # doctest: +SKIP
    """
    checked_whole(rows, "rows at a time", least=1)
    _must_have(ticket, df.columns)
    names = list(df.columns)
    given = df.limit(0).toArrow().schema
    work, answer = _work(job, read, given, schema)
    # mapInArrow cannot name a column with a dot
    short = df.toDF(*[f"c{place}" for place in range(len(names))])
    key = f"CAST(c{names.index(ticket)} AS STRING)"
    order = f"monotonically_increasing_id() AS {_ROW}"
    keyed = short.selectExpr("*", f"{key} AS {_KEY}", order)
    if ticket == "ticket_id" and set(_MERGES) <= set(names):
        keyed = _joined(keyed, *[f"c{names.index(name)}" for name in _MERGES])
    parts = keyed.repartition(*[] if partitions is None else [partitions], _KEY)

    def over(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for part in whole_keys(batches, _KEY, rows):
            table = part.drop_columns([_KEY, _ROW]).rename_columns(names)
            yield from work.answer(table).to_batches()

    return parts.sortWithinPartitions(_KEY, _ROW).mapInArrow(over, _ddl(answer))


def _must_have(ticket: str, columns: Iterable[str]) -> None:
    names = list(columns)
    if ticket not in names:
        raise InvalidValue(ticket, "no such column of the ticket", f"one of {', '.join(names)}")


def _joined(keyed: Any, kind_of_event: str, kind: str, other: str) -> Any:  # noqa: ANN401 - as `spark`
    """Give tickets that merges join the key of one of them."""
    merged = keyed.where(f"{kind_of_event} = 'related' AND {kind} = 'merged_into'")
    pairs = merged.selectExpr(_KEY, f"CAST({other} AS STRING)").distinct().collect()
    if not pairs:
        return keyed
    names = sorted({name for pair in pairs for name in pair})
    number = dict(zip(names, hashes(pa.array(names)).tolist(), strict=True))
    joint = np.array([[number[one], number[into]] for one, into in pairs], np.uint64)
    leader = dict(zip(*(part.tolist() for part in linked([joint.T])), strict=True))
    keys = [(name, str(leader[number[name]])) for name in names]
    links = keyed.sparkSession.createDataFrame(keys, f"{_KEY} STRING, leader STRING")
    columns = [name for name in keyed.columns if name not in (_KEY, _ROW)]
    keyed = keyed.join(links.hint("broadcast"), _KEY, "left")
    return keyed.selectExpr(*columns, f"coalesce(leader, {_KEY}) AS {_KEY}", _ROW)


def whole_keys(batches: Iterable[pa.RecordBatch], key: str, rows: int) -> Iterator[pa.Table]:
    """Yield sorted rows again in tables that end where a key does.

    Args:
        batches: rows whose equal keys are neighbours, whatever batch they are in.
        key: the column of the key.
        rows: a table has at least so many rows, but the last.
    """
    held: list[pa.Table] = []
    size, last = 0, None
    for batch in batches:
        if not batch.num_rows:
            continue
        table = pa.Table.from_batches([batch])
        keys = pa.concat_arrays([pa.array([last], batch[key].type), batch[key]])
        changes = pc.not_equal(keys[1:], keys[:-1]).fill_null(False)  # noqa: FBT003 - of Arrow
        ends = np.flatnonzero(changes.to_numpy(zero_copy_only=False))
        last = batch[key][-1].as_py()
        if ends.size and size + int(ends[-1]) >= rows:
            yield pa.concat_tables([*held, table.slice(0, int(ends[-1]))])
            held, size, table = [], 0, table.slice(int(ends[-1]))
        held.append(table)
        size += table.num_rows
    if held:
        yield pa.concat_tables(held)


_NAMES = (
    (pa.types.is_string, "STRING"),
    (pa.types.is_large_string, "STRING"),
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_int64, "BIGINT"),
    (pa.types.is_int32, "INT"),
    (pa.types.is_int16, "SMALLINT"),
    (pa.types.is_int8, "TINYINT"),
    (pa.types.is_float64, "DOUBLE"),
    (pa.types.is_float32, "FLOAT"),
    (pa.types.is_date32, "DATE"),
    (pa.types.is_binary, "BINARY"),
    (pa.types.is_duration, "INTERVAL DAY TO SECOND"),
)


def _ddl(schema: pa.Schema) -> str:
    """Return columns in the words of Spark."""
    return ", ".join(f"{_quoted(part.name)} {_spark_type(part.type)}" for part in schema)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _spark_type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP_NTZ" if kind.tz is None else "TIMESTAMP"
    if pa.types.is_list(kind):
        return f"ARRAY<{_spark_type(kind.value_type)}>"
    if pa.types.is_struct(kind):
        parts = [f"{_quoted(part.name)}: {_spark_type(part.type)}" for part in kind]
        return f"STRUCT<{', '.join(parts)}>"
    if pa.types.is_map(kind):
        return f"MAP<{_spark_type(kind.key_type)}, {_spark_type(kind.item_type)}>"
    for test, name in _NAMES:
        if test(kind):
            return name
    problem = "a column of a type that Spark has no name for"
    raise InvalidValue(str(kind), problem, "cast it in the job, or give schema=")


# --- Dask --------------------------------------------------------------------------------------


def dask(
    ddf: Any,  # noqa: ANN401 - a dask.dataframe.DataFrame
    job: Job,
    *,
    ticket: str = "ticket_id",
    read: Read = events,
    schema: pa.Schema | None = None,
    partitions: int | None = None,
) -> Any:  # noqa: ANN401 - as above
    """Return what a job answers for the log in a Dask data frame, as a Dask data frame.

    Dask is asked to `shuffle` the rows by ticket; then `map_partitions` calls the job with each
    partition, in its memory as a whole. The rows of a ticket stay in the order of the frame.
    Where the columns `type`, `kind` and `other` are there, the merges are computed first, and
    tickets that are merged into each other go to one partition.

    The workers need this library, NumPy, pyarrow and pandas: see "On a cluster" in the
    documentation.

    Args:
        ddf: rows of events in the columns that `events` reads.
        job: what is asked of the log of some tickets, such as
            `functools.partial(frames.facts, as_of=noon)`; it is pickled.
        ticket: the column of the ticket, where `read` reads others than `events` alone does.
        read: how rows are read, such as `functools.partial(frames.events, mapping=mine)`. A log
            that needs a mapping is read first, by a job that returns `pyarrow.table(log)`, so
            that merges are seen in the rows of events.
        schema: the columns of the answer; by default those of the job's answer for no rows.
        partitions: how many partitions the answer has; by default as many as `ddf`.

    Returns:
        A lazy data frame whose columns are of pandas' Arrow types (`pandas.ArrowDtype`), so that
        instants, lengths and lists are what the job made; columns of words are strings.

    Raises:
        InvalidValue: no such column of the ticket.
        Exception: what `read` and the job raise, when the answer is computed.

    Example:
        >>> def cycles(log):
        ...     return frames.evaluate(log, book, as_of=noon)
        >>> answer = frames.dask(dask.dataframe.read_parquet("events"), cycles)  # doctest: +SKIP
    """
    _must_have(ticket, ddf.columns)
    work, answer = _work(job, read, _arrow(ddf._meta).schema, schema)  # noqa: SLF001 - Dask has no other
    links = None
    if ticket == "ticket_id" and set(_MERGES) <= set(ddf.columns):
        links = _dask_links(ddf)
    meta = ddf._meta.assign(**{_KEY: np.int64(0), _ROW: np.int64(0)})  # noqa: SLF001 - as above
    keyed = ddf.map_partitions(_keyed, ticket, links, meta=meta)
    parts = keyed.shuffle(on=_KEY, npartitions=partitions)
    return parts.map_partitions(_dask_answer, work, meta=_pandas(answer.empty_table()))


def _dask_links(ddf: Any) -> Mapping[int, int] | None:  # noqa: ANN401 - as `dask`
    """Return for each ticket that merges join, by its hash, that of one of its group."""
    meta = _pandas(
        pa.table({"one": pa.array([], pa.uint64()), "other": pa.array([], pa.uint64())})
    )
    found = ddf[["ticket_id", *_MERGES]].map_partitions(_merged, meta=meta).compute()
    if not len(found):
        return None
    joint = np.stack([found[name].to_numpy(np.uint64) for name in ("one", "other")])
    return dict(zip(*(part.tolist() for part in linked([joint])), strict=True))


def _merged(part: Any) -> Any:  # noqa: ANN401 - pandas.DataFrame
    """Return the hashes of the tickets that rows say are merged, and of those they went into."""
    rows = _arrow(part)
    rows = rows.filter(
        pc.and_kleene(
            pc.equal(rows["type"].cast(pa.string()), "related"),
            pc.equal(rows["kind"].cast(pa.string()), "merged_into"),
        )
    )
    joint = {"one": _text_hashes(rows["ticket_id"]), "other": _text_hashes(rows["other"])}
    return _pandas(pa.table(joint))


def _text_hashes(column: pa.ChunkedArray) -> NDArray[np.uint64]:
    return hashes(pa.concat_arrays(column.cast(pa.string()).chunks or [pa.array([], pa.string())]))


def _keyed(
    part: Any,  # noqa: ANN401 - pandas.DataFrame
    ticket: str,
    links: Mapping[int, int] | None,
    partition_info: Mapping[str, int] | None = None,
) -> Any:  # noqa: ANN401 - as above
    """Add a number for each ticket, one for those that merges join, and the place of each row."""
    number = 0 if partition_info is None else partition_info["number"]
    key = _text_hashes(_arrow(part[[ticket]])[ticket])
    if links is not None:
        tickets = np.fromiter(links, np.uint64, len(links))
        leaders = np.fromiter(links.values(), np.uint64, len(links))
        places = np.minimum(tickets.searchsorted(key), tickets.size - 1)
        key = np.where(tickets[places] == key, leaders[places], key)
    row = (number << 40) + np.arange(len(part))
    return part.assign(**{_KEY: key.view(np.int64), _ROW: row})


def _dask_answer(part: Any, work: _Work) -> Any:  # noqa: ANN401 - pandas.DataFrame
    """Return the answer for the rows of a partition."""
    rows = _arrow(part.sort_values(_ROW, kind="stable").drop(columns=[_KEY, _ROW]))
    return _pandas(work.answer(rows))


def _arrow(part: Any) -> pa.Table:  # noqa: ANN401 - pandas.DataFrame
    """Return a frame as a table; what it cannot tell the type of, for want of rows, is text."""
    table = pa.Table.from_pandas(part, preserve_index=False).replace_schema_metadata(None)
    types = [pa.string() if pa.types.is_null(kind) else kind for kind in table.schema.types]
    return table.cast(pa.schema(list(zip(table.column_names, types, strict=True))))


def _pandas(table: pa.Table) -> Any:  # noqa: ANN401 - pandas.DataFrame
    import pandas as pd  # noqa: PLC0415 - of Dask

    return table.to_pandas(types_mapper=pd.ArrowDtype)
