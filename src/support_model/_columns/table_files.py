"""Files of tables as Arrow tables, piece by piece: Parquet, Arrow IPC, CSV; nothing is held.

What is no such file is said with its name; packed data that expands without measure is refused.
"""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import ipc

from support_model._bounded_files import (
    LARGEST_EXPANSION,
    SURELY_FINE,
    Broken,
    Endless,
    chunks,
    opened,
)
from support_model.errors import InvalidLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

__all__ = [
    "csv_names",
    "csv_pieces",
    "ipc_pieces",
    "ipc_schema",
    "parquet_pieces",
    "parquet_schema",
]

_ENDLESS = "the compressed data expands without measure"


@contextmanager
def _read(path: Path, form: str) -> Iterator[IO[bytes]]:
    """Open a file, and say what is wrong with it as an error of the log."""
    try:
        with opened(path) as raw:
            yield raw
    except InvalidLog:
        raise
    except (pa.ArrowException, ValueError, OverflowError) as error:  # also text that is none
        if isinstance(error, Endless):
            remedy = "check where the file comes from"
            raise InvalidLog(path.name, None, _ENDLESS, str(error), remedy) from None
        problem = f"no {form} ({error})"
        raise InvalidLog(path.name, None, problem, None, "check the file") from None
    except OSError as error:
        problem = f"cannot be opened ({error.strerror or error})"
        raise InvalidLog(path.name, None, problem, None, "check the path") from None


def parquet_schema(path: Path) -> tuple[pa.Schema, int]:
    """Return the columns of a Parquet file and how many rows it has.

    Raises:
        InvalidLog: it is none, cannot be opened, or expands without measure.
    """
    from pyarrow import parquet as pq  # noqa: PLC0415 - only these files need so large a module

    with _read(path, "Parquet") as raw, pq.ParquetFile(raw) as file:
        metadata = file.metadata
        groups = range(metadata.num_row_groups)
        expanded = sum(metadata.row_group(group).total_byte_size for group in groups)
        if expanded > max(SURELY_FINE, LARGEST_EXPANSION * path.stat().st_size):
            remedy = "check where the file comes from"
            raise InvalidLog(path.name, None, _ENDLESS, f"{expanded:,} bytes", remedy)
        return file.schema_arrow, metadata.num_rows


def parquet_pieces(path: Path, rows: int) -> Iterator[pa.Table]:
    """Yield a Parquet file as tables of at most some rows; text stays in its dictionaries.

    Raises:
        InvalidLog: as `parquet_schema`.
    """
    from pyarrow import parquet as pq  # noqa: PLC0415 - see above

    schema, _ = parquet_schema(path)
    texts = [
        part.name
        for part in schema
        if pa.types.is_string(part.type) or pa.types.is_large_string(part.type)
    ]
    with (
        _read(path, "Parquet") as raw,
        pq.ParquetFile(raw, read_dictionary=texts, pre_buffer=False) as file,
    ):
        for batch in file.iter_batches(batch_size=rows, use_threads=False):
            yield pa.Table.from_batches([batch])


def _ipc(raw: IO[bytes]) -> Any:  # noqa: ANN401 - one of two classes of reader
    """Return the reader of a file of Arrow, in its form for files or for streams."""
    begins = raw.read(6)
    raw.seek(0)
    return ipc.open_file(raw) if begins == b"ARROW1" else ipc.open_stream(raw)


def ipc_schema(path: Path) -> pa.Schema:
    """Return the columns of a file in the form of Arrow IPC.

    Raises:
        InvalidLog: it is none, or cannot be opened.
    """
    with _read(path, "Arrow IPC") as raw:
        return _ipc(raw).schema


def ipc_pieces(path: Path) -> Iterator[pa.Table]:
    """Yield the batches of a file in the form of Arrow IPC; Feather is the same.

    Raises:
        InvalidLog: as `ipc_schema`, or its buffers do not hold what they should.
    """
    with _read(path, "Arrow IPC") as raw:
        reader = _ipc(raw)
        if hasattr(reader, "get_batch"):
            batches = (reader.get_batch(place) for place in range(reader.num_record_batches))
        else:
            batches = iter(reader)
        for batch in batches:
            batch.validate(full=True)
            yield pa.Table.from_batches([batch])


class _Unpacked(io.RawIOBase):
    """Bytes that come in chunks, as a file to be read once."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self._left = source, b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:  # noqa: ANN401 - a buffer
        while not self._left:
            chunk = next(self._source, None)
            if chunk is None:
                return 0
            self._left = chunk
        size = min(len(target), len(self._left))
        target[:size], self._left = self._left[:size], self._left[size:]
        return size


BLOCK = 1 << 22
"""Bytes of CSV that are read at a time; a row is shorter."""


def csv_pieces(path: Path) -> Iterator[pa.Table]:
    """Yield a CSV file in UTF-8 as tables of text; an empty cell is null.

    Raises:
        InvalidLog: it is none, is damaged, or cannot be opened.
    """
    with _read(path, "CSV") as raw:
        packed = path.suffix.lower() == ".gz"
        plain = io.BufferedReader(_Unpacked(_sound(raw, packed=packed)), BLOCK)
        names = _names(plain.peek(BLOCK))
        with arrow_csv.open_csv(
            plain,
            read_options=arrow_csv.ReadOptions(block_size=BLOCK),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        ) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])


def _sound(raw: IO[bytes], *, packed: bool) -> Iterator[bytes]:
    try:
        yield from chunks(raw, must_be_packed=packed)
    except Broken as error:
        said = f"the compressed data is damaged or cut short: {error}"
        raise ValueError(said) from None


def csv_names(path: Path) -> list[str]:
    """Return the names of the columns of a CSV file.

    Raises:
        InvalidLog: as `csv_pieces`.
    """
    with _read(path, "CSV") as raw:
        packed = path.suffix.lower() == ".gz"
        return _names(next(_sound(raw, packed=packed), b""))


def _names(head: bytes) -> list[str]:
    text = head.decode("utf-8-sig", "replace")
    return next(csv.reader(io.StringIO(text, newline="")), [])
