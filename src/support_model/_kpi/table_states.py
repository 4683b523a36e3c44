"""Rows of figures as Arrow tables, and back: each has a state that adds up to that of others."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
from attrs import define, evolve

from support_model._kpi.group_order import by_rank, joined_ranks
from support_model.errors import DifferentCalendars, InvalidValue
from support_model.figures import Rate, Share
from support_model.inference import (
    Difference,
    two_means,
    two_proportions,
    two_sketched_medians,
)
from support_model.summaries import Sketch, Summary, summarize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from support_model._kpi.group_order import Ranks
    from support_model.figures import Figure

__all__ = ["Row", "as_table", "compared", "merged", "state_of", "times_text"]

Key: TypeAlias = tuple[Any, ...]
Question: TypeAlias = tuple[Key, str, str | None, str, str]
"""The group, key, clock, statistic and definition of a row."""
_WORD = pa.dictionary(pa.int32(), pa.string())
_OWN: Mapping[str, pa.DataType] = MappingProxyType(
    {
        "key": _WORD,
        "clock": _WORD,
        "statistic": _WORD,
        "unit": _WORD,
        "n": pa.int64(),
        "value": pa.float64(),
        "low": pa.float64(),
        "high": pa.float64(),
        "excluded": pa.map_(pa.string(), pa.int64()),
        "accuracy": pa.float64(),
        "calendar": _WORD,
        "state": pa.string(),
        "definition": _WORD,
    }
)
_COMPARED: Mapping[str, pa.DataType] = MappingProxyType(
    {
        "key": _WORD,
        "clock": _WORD,
        "statistic": _WORD,
        "unit": _WORD,
        **{
            f"{name}_{side}": kind
            for side in ("before", "after")
            for name, kind in (("n", pa.int64()), ("value", pa.float64()))
        },
        "difference": pa.float64(),
        "low": pa.float64(),
        "high": pa.float64(),
        "p": pa.float64(),
        "undefined": _WORD,
        "definition": _WORD,
    }
)
_MICROS = 10**6
_RANKS = b"ranks"
"""The key of the metadata of a column that holds the ranks of its names, as JSON."""
NONE = (None, None)


@define(eq=False)
class Row:
    """A figure of a group.

    Attributes:
        group: the values it is grouped by.
        figure: the figure.
        state: what adds up of it, as JSON; None for times below 0, which no sketch holds.
        statistic: which of times.
        calendar: fingerprint of the opening hours of times; None for wall time, and of what is
            no time.
    """

    group: Key
    figure: Figure | Summary
    state: str | None
    statistic: str
    calendar: str | None = None

    def plain(self) -> dict[str, Any]:
        """Return the row as plain values by column."""
        figure = self.figure
        timed = not isinstance(figure, Share | Rate)
        row = figure.row(self.statistic) if timed else figure.row()  # type: ignore[call-arg]
        row["excluded"] = list(row["excluded"].items())
        row["accuracy"] = 0.0
        if isinstance(figure, Summary) and self.statistic != "mean":  # a sum is exact
            row["accuracy"] = figure.sketch.accuracy
        row["calendar"] = self.calendar
        row["state"] = self.state
        return row


def as_table(
    by: Sequence[str],
    rows: Sequence[Row],
    kinds: Mapping[str, pa.DataType],
    ranks: Sequence[Ranks],
) -> pa.Table:
    """Return rows as a table: a column for each part of the group, and those of figures."""
    groups = [row.group for row in rows]
    arrays = [
        _grouping([group[place] for group in groups], kinds.get(name))
        for place, name in enumerate(by)
    ]
    plain = [row.plain() for row in rows]
    arrays += [pa.array([row[name] for row in plain], kind) for name, kind in _OWN.items()]
    return _ranked(arrays, [*by, *_OWN], ranks)


def _ranked(arrays: Sequence[pa.Array], names: Sequence[str], ranks: Sequence[Ranks]) -> pa.Table:
    """Return columns as a table; the first of them hold the ranks of their names, if any."""
    fields = [
        pa.field(name, array.type, metadata={_RANKS: json.dumps(known)} if known else None)
        for name, array, known in zip_longest(names, arrays, ranks)
    ]
    return pa.table(arrays, schema=pa.schema(fields))


def _ranks_of(tables: Iterable[pa.Table], by: Iterable[str]) -> list[Ranks]:
    """Return the ranks that the columns of groups hold in their metadata."""
    fields = [[table.schema.field(name) for table in tables] for name in by]
    return [
        joined_ranks(json.loads((each.metadata or {}).get(_RANKS, b"{}")) for each in given)
        for given in fields
    ]


def _grouping(values: list[Any], kind: pa.DataType | None) -> pa.Array:
    """Return a column of groups: of text where nothing tells another type."""
    if kind is None:
        known = [value for value in values if value is not None]
        kind = pa.infer_type(known) if known else pa.string()
    return pa.array(values, kind)


# States


def state_of(figure: Figure) -> str | None:
    """Return what adds up of a figure, as JSON; None for times below 0, which no sketch holds."""
    if isinstance(figure, Share):
        parts: dict[str, Any] = {"k": figure.numerator, "n": figure.n}
    elif isinstance(figure, Rate):
        parts = {
            "sum": str(figure.numerator),
            "squares": str(figure.squares),
            "n": figure.n,
            "method": figure.method,
            "scales": sorted(list(map(float, scale)) for scale in figure.scales),
        }
    elif figure.n and figure.micros[0] < 0:
        return None
    else:
        return times_text(figure.total_micros, summarize(figure).sketch)
    return json.dumps(parts, separators=(",", ":"))


def times_text(total: int, sketch: Sketch) -> str:
    """Return the state of times: their sum in microseconds, and the counts of their buckets."""
    parts = {
        "total": total,
        "zeros": sketch.zeros,
        "ends": [sketch.least, sketch.greatest],
        "buckets": [number for pair in sketch.buckets.items() for number in pair],
    }
    return json.dumps(parts, separators=(",", ":"))


def _figure(state: str, row: Mapping[str, Any]) -> Share | Rate | Summary:
    """Return the figure of a state, under the names that its row has."""
    parts = json.loads(state)
    common = {name: row[name] for name in ("key", "definition")}
    common["excluded"] = dict(row["excluded"])
    if "total" in parts:
        numbers = iter(parts["buckets"])
        least, greatest = parts["ends"]
        sketch = Sketch(
            zeros=parts["zeros"],
            buckets=dict(zip(numbers, numbers, strict=True)),
            least=least,
            greatest=greatest,
        )
        return Summary(**common, clock=row["clock"], total_micros=parts["total"], sketch=sketch)
    if "k" in parts:
        return Share(**common, numerator=parts["k"], n=parts["n"])
    return Rate(
        **common,
        numerator=Fraction(parts["sum"]),
        squares=Fraction(parts["squares"]),
        denominator=parts["n"],
        n=parts["n"],
        method=parts["method"],
        scales=frozenset(map(tuple, parts["scales"])),
    )


def _read(source: Any) -> tuple[pa.Table, tuple[str, ...]]:  # noqa: ANN401 - whatever speaks Arrow
    """Return a table of figures, and the names of what it is grouped by."""
    if not hasattr(source, "__arrow_c_stream__"):
        problem = "no table of figures"
        raise InvalidValue(source, problem, "give what kpi.table(...) returned")
    try:
        table = pa.table(source)
    except pa.ArrowException as error:  # pandas holds a map as a list of tuples of two types
        problem = "a table of figures whose columns have lost their types"
        remedy = "keep what kpi.table(...) returned, as Arrow or in a Parquet file"
        raise InvalidValue(type(source).__name__, problem, remedy) from error
    if lacking := [name for name in _OWN if name not in table.column_names]:
        problem = f"a table of figures without {', '.join(lacking)}"
        raise InvalidValue(table.column_names, problem, "give what kpi.table(...) returned")
    return table, tuple(name for name in table.column_names if name not in _OWN)


def _figures(
    tables: Iterable[pa.Table], kinds: Mapping[str, pa.DataType]
) -> Iterator[tuple[Question, Share | Rate | Summary, str | None]]:
    """Yield the question, the figure and the calendar of each row."""
    for table in tables:
        for row in table.to_pylist():
            if row["state"] is None:
                problem, remedy = "times below 0 have no state that adds up", "leave them out"
                raise InvalidValue(row["key"], problem, remedy)
            group = tuple(
                str(row[name]) if pa.types.is_string(kind) and row[name] is not None else row[name]
                for name, kind in kinds.items()
            )
            question = group, *(row[name] for name in ("key", "clock", "statistic", "definition"))
            yield question, _figure(row["state"], row), row["calendar"]


def merged(sources: Iterable[Any]) -> pa.Table:
    """Return the table of all tickets of some tables of figures, of disjoint tickets."""
    read = [_read(source) for source in sources]
    if not read:
        problem = "no tables of figures"
        raise InvalidValue((), problem, "give one or more")
    tables = [table for table, _ in read]
    kinds = _kinds(tables, _alike(names for _, names in read))
    ranks = _ranks_of(tables, kinds)
    figures: dict[Question, Any] = {}
    calendars: dict[Question, str | None] = {}
    for question, figure, calendar in _figures(tables, kinds):
        _must_be_one_calendar(question, calendars.setdefault(question, calendar), calendar)
        known = figures.get(question)
        figures[question] = figure if known is None else known + figure
    rows = [
        Row(
            question[0],
            figures[question],
            _state_again(figures[question]),
            question[3],
            calendars[question],
        )
        for question in _ordered(figures, ranks)
    ]
    return as_table(tuple(kinds), rows, kinds, ranks)


def _must_be_one_calendar(question: Question, first: str | None, other: str | None) -> None:
    """Refuse times of one question on the opening hours of two calendars."""
    if first != other:
        problem = f"times of {question[1]!r} on other opening hours than before"
        remedy = "make both tables with one calendar, or compare them apart"
        raise DifferentCalendars(other, problem, remedy)


def _alike(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    first, *others = names
    for other in others:
        if other != first:
            problem = f"tables grouped by other columns than {', '.join(first) or 'none'}"
            raise InvalidValue(other, problem, "make both with the same `by`")
    return first


def _kinds(tables: Iterable[pa.Table], by: Sequence[str]) -> dict[str, pa.DataType]:
    """Return the types of what rows are grouped by; of values of several types it is text."""
    kinds: dict[str, pa.DataType] = {}
    for table in tables:
        for name in by:
            column = table.column(name)
            if column.null_count < len(column):
                known = kinds.setdefault(name, column.type)
                kinds[name] = known if known == column.type else pa.string()
    return {name: kinds.get(name, pa.string()) for name in by}


def _ordered(figures: Mapping[Question, Any], ranks: Sequence[Ranks]) -> list[Question]:
    """Return questions by group, in a group as they first appear."""
    places: dict[Any, int] = {}
    for question in figures:
        places.setdefault(question[1:], len(places))
    return sorted(figures, key=lambda one: (by_rank(one[0], ranks), places[one[1:]]))


def _state_again(figure: Share | Rate | Summary) -> str | None:
    if isinstance(figure, Summary):
        return times_text(figure.total_micros, figure.sketch)
    return state_of(figure)


# Two periods


def compared(before: Any, after: Any) -> pa.Table:  # noqa: ANN401 - whatever speaks Arrow
    """Return how the figures of one table differ from those of another, row by row."""
    read = [_read(source) for source in (before, after)]
    tables = [table for table, _ in read]
    kinds = _kinds(tables, _alike(names for _, names in read))
    ranks = _ranks_of(tables, kinds)
    first, second = (_by_question(table, kinds) for table in tables)
    for question in first.keys() & second.keys():
        _must_be_one_calendar(question, first[question][1], second[question][1])
    rows = [
        _difference(question, first.get(question, NONE)[0], second.get(question, NONE)[0])
        for question in _ordered({**first, **second}, ranks)
    ]
    groups = [
        pa.array([row[0][place] for row in rows], k) for place, k in enumerate(kinds.values())
    ]
    plain = [row[1] for row in rows]
    own = [pa.array([row[name] for row in plain], kind) for name, kind in _COMPARED.items()]
    return _ranked([*groups, *own], [*kinds, *_COMPARED], ranks)


def _by_question(
    table: pa.Table, kinds: Mapping[str, pa.DataType]
) -> dict[Question, tuple[Share | Rate | Summary, str | None]]:
    """Return the figure and the calendar of each question of a table."""
    rows = _figures([table], kinds)
    return {question: (figure, calendar) for question, figure, calendar in rows}


def _difference(
    question: Question, before: Share | Rate | Summary | None, after: Share | Rate | Summary | None
) -> tuple[Key, dict[str, Any]]:
    """Return the group of two figures, and how the second differs from the first."""
    group, key, clock, statistic, definition = question
    rows = {
        side: {} if figure is None else Row(group, figure, None, statistic).plain()
        for side, figure in (("before", before), ("after", after))
    }
    found = _differs(statistic, before, after)
    low, high = found.interval or (None, None)
    known = rows["before"] or rows["after"]
    return group, {
        "key": key,
        "clock": clock,
        "statistic": statistic,
        "unit": known["unit"],
        **{
            f"{name}_{side}": row.get(name)
            for side, row in rows.items()
            for name in ("n", "value")
        },
        "difference": found.value,
        "low": low,
        "high": high,
        "p": found.p,
        "undefined": found.undefined,
        "definition": definition,
    }


def _differs(
    statistic: str, first: Share | Rate | Summary | None, last: Share | Rate | Summary | None
) -> Difference:
    if isinstance(first, Share) and isinstance(last, Share):
        return two_proportions((first.numerator, first.n), (last.numerator, last.n))
    if isinstance(first, Rate) and isinstance(last, Rate):
        if len(first.scales | last.scales) > 1:
            return Difference(value=None, undefined="several_scales")
        ours, theirs = ((one.numerator, one.squares or 0, one.n) for one in (first, last))
        return two_means(ours, theirs)
    if isinstance(first, Summary) and isinstance(last, Summary):
        return _times_differ(statistic, first, last)
    return Difference(value=None, undefined="no_cases")


def _times_differ(statistic: str, first: Summary, last: Summary) -> Difference:
    if statistic == "median":
        return _in_seconds(two_sketched_medians(first.sketch, last.sketch))
    ours, theirs = (one.row(statistic)["value"] for one in (first, last))
    if ours is None or theirs is None:
        return Difference(value=None, undefined="no_cases")
    return Difference(value=theirs - ours, undefined="not_tested")


def _in_seconds(found: Difference) -> Difference:
    value = None if found.value is None else found.value / _MICROS
    bounds = found.interval and (found.interval[0] / _MICROS, found.interval[1] / _MICROS)
    return evolve(found, value=value, interval=bounds)
