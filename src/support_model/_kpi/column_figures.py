"""What the figures of KPIs are made of, from facts by columns: counts, numbers, times in order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from support_model._ascending import Ascending
from support_model._columns.threads import in_threads, threads_for
from support_model._columns.values import NULL, Words
from support_model._kpi import expressions as ask
from support_model._kpi.column_answers import answers
from support_model._kpi.columns import Columns
from support_model._time import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from fractions import Fraction

    from numpy.typing import NDArray

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Ints
    from support_model._kpi.calendars_by import Clock
    from support_model._kpi.sources import Columnar

__all__ = [
    "as_plain",
    "counted",
    "first_instant",
    "flow",
    "judged",
    "lives",
    "tally",
    "times",
    "times_of_each",
    "values_of_each",
]


def times(
    facts: Columnar, question: ask.Question, clocks: Sequence[Clock | None]
) -> tuple[Iterable[Ascending], Mapping[str, int]]:
    """Return what is measured on each clock, and how many are left out by code.

    Many tickets are asked a stretch at a time, which stays in the cache, and in threads.
    """

    def measured(stretch: FactColumns) -> tuple[list[Ints], Mapping[str, int]]:
        columns = Columns(stretch)
        found = answers(columns, question)
        return [found.values.micros(columns, clock) for clock in clocks], found.counts

    stretches = [*facts.stretches(_STRETCH)]
    threads = threads_for(len(stretches), 2)
    excluded: Counter[str] = Counter()
    parts: list[list[Ints]] = []
    for micros, counts in in_threads(measured, stretches, threads):
        parts.append(micros)
        excluded.update(counts)
    return (in_order(np.concatenate(each)) for each in zip(*parts, strict=True)), excluded


_STRETCH = 1 << 16
"""How many tickets of a table are asked together."""


def in_order(micros: Ints) -> Ascending:
    """Return times in ascending order."""
    return Ascending.of_bytes(np.sort(micros).tobytes())


def times_of_each(
    facts: Columnar, question: ask.Question, clock: Clock | None
) -> Iterator[tuple[str, int]]:
    """Yield the ticket and the microseconds of each time that is measured."""
    columns = Columns(facts.columns())
    found = answers(columns, question)
    ids = columns.facts.words("ticket_id")
    micros = found.values.micros(columns, clock)
    for ticket, length in zip(found.tickets.tolist(), micros.tolist(), strict=True):
        yield ids.value(ticket), length


def judged(facts: Columnar, question: ask.Question) -> Mapping[bool | str | None, int]:
    """Return of how many tickets something holds or not, and how many are left out by code."""
    found = answers(Columns(facts.columns()), question)
    met = int(np.count_nonzero(as_plain(found.values)))
    answered: dict[bool | str | None, int] = {True: met, False: found.tickets.size - met}
    return answered | dict(found.counts.items())


def as_plain(values: Any) -> NDArray[Any]:  # noqa: ANN401 - as answered
    """Return values as an array: those of words one by one."""
    return values.mapped(lambda word: word, None) if isinstance(values, Words) else values


def counted(
    facts: Columnar, question: ask.Question, scale: object
) -> tuple[Mapping[int | Fraction | str, int], frozenset[tuple[float, float]]]:
    """Return how often each number is answered, how many are left out, and the scales."""
    columns = Columns(facts.columns())
    found = answers(columns, question)
    scales: frozenset[tuple[float, float]] = frozenset()
    if isinstance(scale, ask.ScaleOf):
        words = columns.of(scale).take(found.tickets)
        scales = frozenset(words.words[code] for code in np.unique(words.codes).tolist())
    tally: dict[Any, int] = {**tallied(found.values), **found.counts}
    return tally, scales


def tallied(values: NDArray[Any] | Words) -> Counter[int | Fraction]:
    """Return how often each number is there."""
    numbers: Iterable[Any]
    if isinstance(values, Words):
        counts = np.bincount(values.codes, minlength=len(values.words))
        numbers = values.words
    else:
        distinct, counts = np.unique(values, return_counts=True)
        numbers = distinct.tolist()
    tally: Counter[int | Fraction] = Counter()
    for number, n in zip(numbers, counts.tolist(), strict=True):
        if n:  # two scores may be worth the same
            tally[number] += n
    return tally


def values_of_each(facts: Columnar, question: ask.Question) -> Iterator[tuple[str, Any]]:
    """Yield each ticket that counts, with its value."""
    columns = Columns(facts.columns())
    found = answers(columns, question)
    ids = columns.facts.words("ticket_id")
    for ticket, value in zip(found.tickets.tolist(), as_plain(found.values).tolist(), strict=True):
        yield ids.value(ticket), value


def first_instant(facts: Columnar, fact: ask.Fact) -> datetime | None:
    """Return the earliest instant of a fact; None without tickets."""
    columns = facts.columns()
    found = Columns(columns).ints(fact)
    known = found[found != NULL]
    return instant(int(known.min())) if known.size else None


def flow(
    facts: Columnar, question: ask.Question, first: int, last: int
) -> tuple[int, int, Mapping[str, int]]:
    """Return how many tickets were solved in a period and created in it, and those left out."""
    columns = Columns(facts.columns())
    found = answers(columns, question)
    counts = np.zeros(columns.size, np.bool_)
    counts[found.tickets] = True
    solves = columns.facts.lists("solves")
    at, created = solves.parts["at"], columns.ints(ask.CREATED)
    assert not isinstance(at, Words)  # noqa: S101 - instants
    solved = np.unique(solves.rows[(first <= at) & (at < last)])
    came = counts & (first <= created) & (created < last)
    return int(counts[solved].sum()), int(came.sum()), found.counts


def lives(
    facts: Columnar, question: ask.Question, end: ask.Expression
) -> tuple[list[int], list[bool], Mapping[str, int]]:
    """Return times in microseconds, whether each has its end, and those left out by code."""
    columns = Columns(facts.columns())
    found = answers(columns, question)
    ended = columns.known(end)[found.tickets]
    return found.values.micros(columns, None).tolist(), ended.tolist(), found.counts


def tally(facts: Columnar, question: ask.Question) -> Counter[Any]:
    """Return how many tickets have each answer, and how many are left out by code."""
    found = answers(Columns(facts.columns()), question)
    distinct, counts = np.unique(found.values, return_counts=True)
    answered = zip(distinct.tolist(), counts.tolist(), strict=True)
    return Counter({**dict(answered), **found.counts})
