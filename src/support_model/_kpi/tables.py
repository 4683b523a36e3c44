"""The figures of groups: of each the tickets of a week, a priority, or any field.

Facts by columns are sorted once by group and value for each KPI; the figures of the groups are
those that records have.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import date, timedelta
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import numpy as np
import pyarrow as pa
from attrs import define, evolve

from support_model._ascending import Ascending
from support_model._columns.fact_columns import MOMENTS, SCALARS
from support_model._columns.values import NONE, Words
from support_model._kpi import expressions as ask
from support_model._kpi.calendars_by import CalendarsBy
from support_model._kpi.column_answers import answers
from support_model._kpi.column_figures import as_plain
from support_model._kpi.column_populations import fields_at
from support_model._kpi.columns import Columns, as_words
from support_model._kpi.expression_names import names_of
from support_model._kpi.field_names import must_be_field
from support_model._kpi.group_order import by_rank, ranks_of
from support_model._kpi.measures import RateKpi, ShareKpi, TimeKpi, question_of
from support_model._kpi.periods import PeriodLength, first_days
from support_model._kpi.sources import Columnar, records_of
from support_model._kpi.table_states import Key, Row, state_of, times_text
from support_model._time import instant, instant_of_reading, micros
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Share
from support_model.summaries import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Ints
    from support_model._kpi.calendars_by import Clock
    from support_model._kpi.column_answers import Answers
    from support_model._kpi.facts import Facts
    from support_model._kpi.group_order import Ranks
    from support_model._kpi.sources import AnyFacts
    from support_model.figures import Figure, Rate

__all__ = ["Asked", "figures_by_group", "in_order"]

Kpi: TypeAlias = TimeKpi | ShareKpi | RateKpi
PERIODS: tuple[PeriodLength, ...] = get_args(PeriodLength)


@define(eq=False)
class Asked:
    """How a table is asked for.

    Attributes:
        by: what rows are grouped by.
        zone: of the days, weeks and months.
        clock: of times.
        at: the moment of fields.
        statistic: of times.
        min_n: below this many values are withheld.
    """

    by: tuple[str, ...]
    zone: ZoneInfo | None
    clock: Clock | None
    at: str
    statistic: str
    min_n: int

    @cached_property
    def fingerprint(self) -> str | None:
        """Of the opening hours of times; None for wall time."""
        return None if self.clock is None else self.clock.fingerprint


def figures_by_group(
    facts: AnyFacts, kpis: Sequence[Kpi], asked: Asked
) -> tuple[list[Row], list[Ranks]]:
    """Return the figures of groups, in the order of groups and KPIs, and the ranks of names."""
    if isinstance(records := records_of(facts), Columnar):
        columns = records.columns()
        _must_be_groups(asked.by, columns.further)
        return _of_columns(columns, kpis, asked)
    _must_be_groups(asked.by)
    return _of_records(tuple(records), kpis, asked)


# Groups


def _must_be_groups(names: Iterable[str], further: Iterable[str] = ()) -> None:
    """Refuse a name that no field has; a field that no ticket has makes one group of all."""
    for name in names:
        moment, dot, rest = name.partition(".")
        if name not in SCALARS:
            must_be_field(rest if dot and moment in MOMENTS else name, further, PERIODS)


def plain(value: Any) -> Any:  # noqa: ANN401 - of any field
    """Return a value of a field as a table holds it: a status or priority by its name."""
    name = getattr(value, "name", value)
    if name is None or isinstance(name, str | int | float) or type(name) is date:
        return name
    return ", ".join(sorted(map(str, name))) if isinstance(name, frozenset) else str(name)


def in_order(groups: Iterable[Key], ranks: Sequence[Ranks]) -> list[Key]:
    """Return groups in order: priorities by rank, those without a value last."""
    return sorted(set(groups), key=lambda group: by_rank(group, ranks))


def _of_records(
    records: Sequence[Facts], kpis: Sequence[Kpi], asked: Asked
) -> tuple[list[Row], list[Ranks]]:
    readers = [_reader(name, records, asked) for name in asked.by]
    groups: dict[Key, list[Facts]] = {} if asked.by else {(): list(records)}
    values = [[read(ticket) for ticket in records] for read in readers]
    ranks = [*map(ranks_of, values)]
    names = [_alike([*map(plain, given)]) for given in values]
    for key, ticket in zip(zip(*names, strict=True), records, strict=False):
        groups.setdefault(key, []).append(ticket)
    rows = []
    for key in in_order(groups, ranks):
        for kpi in kpis:
            figure = _figure(kpi, groups[key], asked)
            calendar = asked.fingerprint if isinstance(kpi, TimeKpi) else None
            rows.append(Row(key, figure, state_of(figure), asked.statistic, calendar))
    return rows, ranks


def _alike(values: list[Any]) -> list[Any]:
    """Return values of one type; those of several as text."""
    types = {type(value) for value in values} - {type(None)}
    if len(types) < 2:
        return values
    return [None if value is None else str(value) for value in values]


def _reader(name: str, records: Sequence[Facts], asked: Asked) -> Callable[[Facts], Any]:
    """Return what reads the value of a field, as it is."""
    if name in PERIODS:
        starts, days = _days(name, [micros(ticket.created) for ticket in records], asked)
        return lambda ticket: days[bisect_right(starts, micros(ticket.created)) - 1]
    if name in SCALARS:
        return ask.Fact(_groupable(name)).closure()
    at: Any = asked.at
    return lambda ticket: ticket.field_at(name, at)


def _groupable(name: str) -> str:
    if SCALARS[name] not in {"word", "flag", "whole", "text"}:
        problem = "instants and lengths are no groups"
        raise InvalidValue(name, problem, "give 'day', 'week', 'month' or a field")
    return name


def _days(name: str, created: Sequence[int], asked: Asked) -> tuple[list[int], list[date]]:
    """Return when each day, week or month of some instants begins, and its first day."""
    if asked.zone is None:
        problem = "days, weeks and months are of a zone"
        raise InvalidValue(name, problem, 'give tz, such as tz="Europe/Berlin"')
    if not created:
        return [], []
    first, last = (instant(end, asked.zone).date() for end in (min(created), max(created)))
    if name == "week":
        first -= timedelta(days=first.weekday())
    elif name == "month":
        first = first.replace(day=1)
    every = next(period for period in PERIODS if period == name)
    days = list(first_days(first, last, every))
    return [instant_of_reading(asked.zone, day.toordinal(), 0) for day in days], days


# Figures of records


def _figure(kpi: Kpi, part: Sequence[Facts], asked: Asked) -> Figure:
    if isinstance(kpi, TimeKpi):
        return kpi.of(part, calendar=asked.clock, min_n=asked.min_n)
    return kpi.of(part, min_n=asked.min_n)


# Figures of columns


@define(eq=False)
class _Groups:
    """The group of each ticket, a place in `keys`, and the ranks of names in each part of it."""

    codes: Ints
    keys: list[Key]
    ranks: list[Ranks]

    def count(self, tickets: Ints) -> list[int]:
        """Return how many of some tickets are in each group."""
        counts: list[int] = np.bincount(self.codes[tickets], minlength=len(self.keys)).tolist()
        return counts


def _of_columns(
    facts: FactColumns, kpis: Sequence[Kpi], asked: Asked
) -> tuple[list[Row], list[Ranks]]:
    facts.need(_needed(kpis, asked))
    columns = Columns(facts)
    groups = _grouped(columns, asked)
    of_kpis = [list(_rows(columns, kpi, groups, asked)) for kpi in kpis]
    return [row for rows in zip(*of_kpis, strict=True) for row in rows], groups.ranks


def _needed(kpis: Sequence[Kpi], asked: Asked) -> set[str]:
    """Return the names of all columns that figures by groups are made of."""
    found = set[str]().union(*(names_of(question_of(kpi)) for kpi in kpis))
    found.update(*(names_of(kpi.scale) for kpi in kpis if isinstance(kpi, RateKpi)))
    if isinstance(asked.clock, CalendarsBy) and any(isinstance(kpi, TimeKpi) for kpi in kpis):
        found.add(asked.clock.field)
    for name in asked.by:
        if name in PERIODS:
            found.add("created")
        elif name in SCALARS or asked.at == "as_of":
            found.add(name)
        else:
            found |= {f"{asked.at}.{name}", "snapshot"}
    return found


def _grouped(columns: Columns, asked: Asked) -> _Groups:
    codes = np.zeros(columns.size, np.int64)
    values: list[list[Any]] = []
    ranks: list[Ranks] = []
    for name in asked.by:
        words = _group_column(columns, name, asked)
        used, places = np.unique(np.maximum(words.codes, NONE), return_inverse=True)
        found = [None if code == NONE else words.words[code] for code in used.tolist()]
        ranks.append(ranks_of(found))
        values.append(_alike([*map(plain, found)]))
        codes = codes * len(found) + places
    distinct, places = np.unique(codes, return_inverse=True)
    keys = []
    for code in distinct.tolist():
        key: list[Any] = []
        rest = code
        for of_part in reversed(values):
            rest, place = divmod(rest, len(of_part))
            key.append(of_part[place])
        keys.append(tuple(reversed(key)))
    ordered = in_order(keys, ranks) if columns.size or asked.by else [()]
    place_of = {key: place for place, key in enumerate(ordered)}
    table = np.array([place_of[key] for key in keys], np.int64)
    return _Groups(table[places] if places.size else places, ordered, ranks)


def _group_column(columns: Columns, name: str, asked: Asked) -> Words:
    if name in PERIODS:
        created = columns.ints(ask.CREATED)
        ends = [int(created.min()), int(created.max())] if created.size else []
        starts, days = _days(name, ends, asked)
        codes = np.array(starts, np.int64).searchsorted(created, "right") - 1
        return Words(codes.astype(np.int32), tuple(days))
    if name in SCALARS:
        found = columns.of(ask.Fact(_groupable(name)))
    else:
        found = fields_at(columns.facts, name, asked.at)
    return as_words(found)


def _rows(columns: Columns, kpi: Kpi, groups: _Groups, asked: Asked) -> Iterator[Row]:
    found = answers(columns, question_of(kpi))
    left_out = {code: groups.count(tickets) for code, tickets in found.excluded.items()}
    excluded = [
        {code: counts[place] for code, counts in left_out.items()}
        for place in range(len(groups.keys))
    ]
    if isinstance(kpi, TimeKpi):
        yield from _time_rows(columns, kpi, groups, asked, found, excluded)
        return
    figures: Iterable[Share | Rate] = (
        _shares(kpi, groups, found)
        if isinstance(kpi, ShareKpi)
        else _rates(columns, kpi, groups, found)
    )
    for key, figure, counts in zip(groups.keys, figures, excluded, strict=True):
        one = evolve(figure, excluded=counts, min_n=asked.min_n)
        yield Row(key, one, state_of(one), asked.statistic)


def _shares(kpi: ShareKpi, groups: _Groups, found: Answers) -> Iterable[Share]:
    holds = as_plain(found.values).astype(np.bool_)
    counts = zip(groups.count(found.tickets[holds]), groups.count(found.tickets), strict=True)
    return (Share(key=kpi.key, definition=kpi.definition, numerator=k, n=n) for k, n in counts)


def _rates(columns: Columns, kpi: RateKpi, groups: _Groups, found: Answers) -> Iterable[Rate]:
    tallies = _by_group(groups, found.tickets, as_words(found.values))
    scales: list[Counter[Any]] = [Counter() for _ in groups.keys]
    if isinstance(kpi.scale, ask.ScaleOf):
        scales = _by_group(groups, found.tickets, columns.of(kpi.scale).take(found.tickets))
    for numbers, of_scales in zip(tallies, scales, strict=True):
        yield kpi.figure(numbers, frozenset(of_scales))


def _by_group(groups: _Groups, tickets: Ints, words: Words) -> list[Counter[Any]]:
    """Return how often each value is there in each group."""
    width = len(words.words)
    tallies: list[Counter[Any]] = [Counter() for _ in groups.keys]
    if width:
        keys, counts = np.unique(groups.codes[tickets] * width + words.codes, return_counts=True)
        for key, n in zip(keys.tolist(), counts.tolist(), strict=True):
            group, place = divmod(key, width)
            tallies[group][words.words[place]] += n
    return tallies


def _time_rows(
    columns: Columns,
    kpi: TimeKpi,
    groups: _Groups,
    asked: Asked,
    found: Answers,
    excluded: Sequence[Mapping[str, int]],
) -> Iterator[Row]:
    lengths = found.values.micros(columns, asked.clock)
    codes = groups.codes[found.tickets]
    small = np.uint16 if len(groups.keys) <= np.iinfo(np.uint16).max else np.int64
    order = np.argsort(codes.astype(small), kind="stable")  # 16 bits: a radix sort
    lengths = lengths[order]
    bounds = codes[order].searchsorted(np.arange(len(groups.keys) + 1)).tolist()
    for place, key in enumerate(groups.keys):
        part = lengths[bounds[place] : bounds[place + 1]]
        part.sort()
        figure = Distribution(
            key=kpi.key,
            clock="calendar" if asked.clock is None else "business",
            definition=kpi.definition,
            micros=Ascending.of_bytes(part.tobytes()),
            excluded=excluded[place],
            min_n=asked.min_n,
        )
        yield Row(key, figure, _time_state(part), asked.statistic, asked.fingerprint)


def _time_state(ordered: Ints) -> str | None:
    """Return the state of times in order, as `state_of` makes it of their figure."""
    if not ordered.size:
        return times_text(0, Sketch())
    if ordered[0] < 0:
        return None
    low = int((ordered & _LOW).sum())  # a sum of int64 may pass its bounds unseen, so in two parts
    total = (int((ordered >> _BITS).sum()) << _BITS) + low
    empty = Sketch()
    positive = ordered[ordered.searchsorted(0, "right") :]
    index = np.log(positive) / log(empty.growth)
    near = np.abs(index - np.rint(index)) < 1e-6  # logarithms of NumPy and Python may differ there
    buckets = np.ceil(index).astype(np.int64)
    buckets[near] = [empty.bucket(value) for value in positive[near].tolist()]
    indices, counts = np.unique(buckets, return_counts=True)
    sketch = Sketch(
        zeros=int(ordered.size - positive.size),
        buckets=dict(zip(indices.tolist(), counts.tolist(), strict=True)),
        least=int(ordered[0]),
        greatest=int(ordered[-1]),
    )
    return times_text(total, sketch)


_BITS = 32
_LOW = (1 << _BITS) - 1


def kinds(by: Iterable[str]) -> dict[str, pa.DataType]:
    """Return the types of groups that are known beforehand."""
    return {name: pa.date32() for name in by if name in PERIODS}
