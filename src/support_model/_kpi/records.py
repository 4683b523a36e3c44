"""Facts by columns as records: for what looks at tickets one by one."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from support_model._frozen import FrozenMap
from support_model._kpi.facts import Rating, Stay, act, done, drafted, solve, wait
from support_model._kpi.plain import listed, plain_facts
from support_model._kpi.sources import Columnar, records_of
from support_model._time import EPOCH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from support_model._columns.fact_columns import FactColumns
    from support_model._kpi.facts import Facts
    from support_model._kpi.sources import AnyFacts


def records(facts: AnyFacts) -> Sequence[Facts]:
    """Return facts as records, those by columns ticket by ticket.

    The fields "as they were" and what was merged into a ticket stay with the columns.

    Raises:
        InvalidValue: no facts.
        MissingExtra: numpy or pyarrow is not installed.

    Example:
        >>> records([])
        ()
    """
    given = records_of(facts)
    if not isinstance(given, Columnar):
        return tuple(given)
    return _of_columns(given.columns())


def _of_columns(columns: FactColumns) -> tuple[Facts, ...]:
    plain = plain_facts(columns)
    names = ("ticket_id", "created_by", "snapshot", "cut")
    ids, by, snapshots, cuts = (plain.field(name) for name in names)
    as_of, created, closed = (
        [*map(_at, plain.scalar(name))] for name in ("as_of", "created", "closed")
    )
    fields = [(name, plain.field(name)) for name in columns.fields]
    lists = {name: _entries(columns, name) for name in MAKERS}
    made = []
    for row in range(columns.size):
        draft = drafted()
        draft.ticket_id, draft.created_by = ids[row], by[row]
        draft.as_of, draft.created, draft.closed = as_of[row], created[row], closed[row]
        draft.snapshot, draft.cut = snapshots[row], cuts[row]
        held = {name: values[row] for name, values in fields if values[row] is not None}
        draft.fields = FrozenMap(held)
        for name, entries in lists.items():
            setattr(draft, name, entries[row])
        made.append(done(draft))
    return tuple(made)


def _at(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


def _entries(columns: FactColumns, name: str) -> list[tuple[Any, ...]]:
    """Return the entries of a list of each ticket, as records hold them."""
    from support_model._columns.fact_columns import LISTS  # noqa: PLC0415 - needs numpy

    lists = columns.lists(name)
    parts: list[Iterable[Any]] = []
    for part, kind in LISTS[name].items():
        values = listed(lists.parts[part])
        parts.append([*map(_at, values)] if kind == "instant" else values)
    every = [*map(MAKERS[name], *parts)]
    offsets = lists.offsets.tolist()
    return [tuple(every[start:end]) for start, end in pairwise(offsets)]


def _one(value: Any) -> Any:  # noqa: ANN401 - whatever the list holds
    return value


def _pair(*values: Any) -> tuple[Any, ...]:  # noqa: ANN401 - whatever the list holds
    return values


def _rating(
    kind: str,
    at: datetime,
    score: float,
    low: float,
    high: float,
    agent: str | None,
    solved: datetime | None,
) -> Rating:
    return Rating(kind=kind, at=at, score=score, scale=(low, high), agent=agent, solved=solved)


MAKERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "history": _pair,
        "statuses": _pair,
        "acts": act,
        "waits": wait,
        "solves": solve,
        "reopenings": _one,
        "groups": _one,
        "lines": _one,
        "agents": _one,
        "stays": Stay,
        "ratings": _rating,
        "merges": _pair,
    }
)
"""How the entries of each list are made of its parts."""
