"""What a KPI is asked of: records, one of them, or facts by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from support_model._frozen import frozen
from support_model._kpi.facts import Facts
from support_model.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model._columns.fact_columns import FactColumns
    from support_model._kpi.plain import PlainFacts


class ArrowStream(Protocol):
    """What speaks the Arrow stream protocol: a table of pyarrow, pandas, Polars, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a capsule of the stream."""


class Listed:
    """Facts as plain lists: the class of `PlainFacts`, which is told here from what is not."""

    __slots__ = ()
    columns: FactColumns | None


AnyFacts: TypeAlias = "Iterable[Facts] | Facts | FactColumns | ArrowStream | PlainFacts"


@frozen(eq=False)
class Columnar:
    """Facts by columns, as given."""

    given: Any

    def columns(self) -> FactColumns:
        """Return them.

        Raises:
            InvalidValue: neither columns of facts nor a table of them; a column is missing.
            MissingExtra: numpy or pyarrow is not installed.
        """
        from support_model._columns import fact_columns, fact_tables  # noqa: PLC0415 - an extra

        if isinstance(self.given, fact_columns.FactColumns):
            return self.given
        return fact_tables.from_arrow(self.given)

    def stretches(self, size: int) -> Iterator[FactColumns]:
        """Yield a table of them, so many tickets at a time; columns of facts at once.

        Raises:
            InvalidValue: neither columns of facts nor a table of them; a column is missing.
            MissingExtra: numpy or pyarrow is not installed.
        """
        from support_model._columns import fact_columns, fact_tables  # noqa: PLC0415 - an extra

        if isinstance(self.given, fact_columns.FactColumns):
            yield self.given
        else:
            yield from fact_tables.stretches_of(self.given, size)


def read_again(facts: AnyFacts) -> AnyFacts:
    """Return facts that can be read several times: columns, or records as a tuple."""
    records = records_of(facts)
    return records.columns() if isinstance(records, Columnar) else tuple(records)


def records_of(facts: AnyFacts) -> Iterable[Facts] | Columnar:
    """Return facts as records, or as columns where that is what they are.

    Raises:
        InvalidValue: text, such as the path of a file.
    """
    if isinstance(facts, str):
        remedy = "read the file first, such as pyarrow.parquet.read_table(path)"
        raise InvalidValue(facts, "text is no facts", remedy)
    if isinstance(facts, Facts):
        return (facts,)
    if hasattr(facts, "__arrow_c_stream__") or not hasattr(facts, "__iter__"):
        return Columnar(facts)
    return facts


def source_of(facts: AnyFacts) -> Iterable[Facts] | Columnar | PlainFacts:
    """Return facts as records, as columns, or as plain lists, which most figures take as well.

    Raises:
        InvalidValue: text, such as the path of a file.
    """
    if isinstance(facts, Listed):
        plain: Any = facts
        return plain if facts.columns is None else Columnar(facts.columns)
    return records_of(facts)
