"""Event rows that can be no event, found by columns and said as the events themselves say it.

Words are looked at once for each distinct one. Rows are sifted by arithmetic; what makes a row
no event is then asked of the event's own class, so there is no second rule.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from support_model._columns.arrow_words import BadRow, first_of
from support_model._columns.event_columns import TYPE, TYPES, RawEvents
from support_model._columns.event_readers import NEEDED
from support_model._columns.event_tables import (
    EVENT_SCHEMA,
    field_of,
    pair_up,
    raw_of_columns,
    status_of,
)
from support_model._columns.values import NONE, NULL, Texts, Words, constant
from support_model._time import DAY, FIRST, LAST, micros_of
from support_model._vocabulary import (
    BASES,
    CATEGORIES,
    RELATIONS,
    ROLES,
    Priority,
    Status,
    frozen_fields,
)
from support_model.errors import InvalidEvent, SupportModelError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from support_model._columns.event_readers import Place
    from support_model._columns.values import Column, Flags

__all__ = ["RANKS", "checked", "ranking"]

RANKS: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("highest", "urgent", "critical", "p1"), 1),
        **dict.fromkeys(("high", "p2"), 2),
        **dict.fromkeys(("medium", "normal", "p3"), 3),
        **dict.fromkeys(("low", "p4"), 4),
        **dict.fromkeys(("lowest", "p5"), 5),
    }
)
"""Ranks of priorities by names that are in wide use, whatever their case."""

_HOLDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "public": ("message",),
        "until": ("changed",),
        "duration": ("worked",),
        "metric": ("promised",),
        "due": ("promised",),
        "kind": ("rating_requested", "rated", "related"),
        "score": ("rated",),
        "low": ("rated",),
        "other": ("related",),
        "policy": ("policy_applied",),
        "version": ("policy_applied",),
    }
)
"""The kinds of events that have each part of their own; fields are had by two."""
_NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: kinds for name, kinds in _HOLDERS.items() if name not in ("until", "due")}
)
_FIELD_HOLDERS = ("created", "changed")
_REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "public": "say true for a public message, false for a note among staff",
        "score": "a rating has a score, and a scale such as [1, 5]",
        "low": "a rating has a scale, such as [1, 5]",
    }
)
_SAID = MappingProxyType({"low": "scale"})
_IDS = ("ticket_id", "actor", "source_id", "metric", "kind", "other", "policy", "version")


def ranking(given: Iterable[str | Priority]) -> dict[str, Priority]:
    """Return priorities by name: names count from the most urgent, 1.

    Raises:
        InvalidEvent: a name twice, or something that is neither a name nor a priority.
    """
    known: dict[str, Priority] = {}
    if isinstance(given, str):
        raise InvalidEvent(given, "not priorities", f"give [{given!r}]")
    for rank, each in enumerate(given, 1):
        priority = each if isinstance(each, Priority) else Priority(each, rank)
        if priority.name in known:
            raise InvalidEvent(priority.name, "a priority twice", "name each once")
        known[priority.name] = priority
    return known


def checked(
    columns: dict[str, Column],
    size: int,
    place: Place,
    fields: Mapping[str, Words] = MappingProxyType({}),
) -> RawEvents:
    """Return columns of events as rows that can all be events.

    Args:
        columns: words, numbers and instants by the name of the column.
        size: how many rows there are.
        place: where they stand in their source.
        fields: the words of fields that have no columns, each of them checked.

    Raises:
        InvalidRow: a row that is no event.
    """
    if not size:
        return raw_of_columns({}, 0)
    _check_needed(columns, place)
    for name, known in (("type", TYPES), ("role", ROLES), ("basis", BASES)):
        _check_words(columns, name, known, place)
    _check_texts(columns, place)
    _pair_up(columns, place)
    _check_fields(columns, place)
    _check_cleared(columns, place)
    raw = raw_of_columns(columns, size)
    raw.fields = {**raw.fields, **fields}
    _check_holders(columns, fields, raw, place)
    _check_parts(columns, raw, place)
    _check_events(raw, place)
    return raw


def _there(column: Column | None) -> Flags | None:
    """Return where a column has a value; None where it has none at all."""
    if column is None:
        return None
    if isinstance(column, Words):
        there = column.codes != NONE
    elif column.dtype == np.float64:
        there = ~np.isnan(column)
    else:
        there = column != (NULL if column.dtype == np.int64 else NONE)
    return there if there.any() else None


def _check_needed(columns: Mapping[str, Column], place: Place) -> None:
    for name in NEEDED:
        there = _there(columns[name])
        row = 0 if there is None else first_of(~there)
        if row >= 0:
            remedy = f"every event has {', '.join(NEEDED)}"
            place.refuse(name, row, None, "nothing in a column that every row needs", remedy)


def _check_words(
    columns: Mapping[str, Column], name: str, known: Collection[str], place: Place
) -> None:
    words = columns.get(name)
    for code, word in enumerate(words.words if isinstance(words, Words) else ()):
        if word not in known:
            _refuse_word(columns, name, code, f"unknown {name}", nearest(word, known), place)


def _refuse_word(
    columns: Mapping[str, Column], name: str, code: int, problem: str, remedy: str, place: Place
) -> None:
    words = columns[name]
    if isinstance(words, Words):
        place.refuse(name, first_of(words.codes == code), words.words[code], problem, remedy)


def _check_texts(columns: Mapping[str, Column], place: Place) -> None:
    """Refuse empty text where an event wants some."""
    for name in _IDS:
        words = columns.get(name)
        if isinstance(words, Words) and isinstance(words.words, Texts):
            code = pc.index(words.words.array, "").as_py()
            if code >= 0:
                remedy = "make it null where there is none"
                _refuse_word(columns, name, code, "empty text", remedy, place)


def _pair_up(columns: dict[str, Column], place: Place) -> None:
    """Make statuses and priorities of their columns."""
    known = partial(_priority_of, place.reading.priorities)
    for name, other, make in (
        ("status", "category", _status_of),
        ("priority", "priority_rank", known),
    ):
        try:
            second = columns.get(other)
            pair_up(columns, name, other, make)
        except BadRow as bad:
            theirs = isinstance(second, Words) and second.value(bad.row) == bad.value
            column = other if theirs and bad.value is not None else name
            place.refuse(column, bad.row, bad.value, bad.problem, bad.remedy)


def _status_of(name: str | None, category: str | None) -> Status:
    if category is None and name not in CATEGORIES:
        remedy = f"give its category in the column 'category': {', '.join(CATEGORIES)}"
        raise InvalidEvent(name, "a status whose category is not said", remedy)
    return status_of(name, category)


def _priority_of(known: Mapping[str, Priority], name: str | None, rank: int | None) -> Priority:
    if name is None:
        raise InvalidEvent(rank, "a rank of no priority", "give its name in the column 'priority'")
    if rank is None and (name in known or name.casefold() in RANKS):
        return known.get(name) or Priority(name, RANKS[name.casefold()])
    if rank is None:
        remedy = "say priorities=[...] from the most urgent on, or give the column 'priority_rank'"
        raise InvalidEvent(name, "a priority whose rank is not said", remedy)
    if name in known and known[name].rank != rank:
        remedy = f"{name!r} has rank {known[name].rank}"
        raise InvalidEvent(rank, "another rank than priorities= says", remedy)
    return Priority(name, rank)


def _check_fields(columns: Mapping[str, Column], place: Place) -> None:
    """Ask of each distinct value of a field whether it can be one; text always can."""
    for column, words in columns.items():
        name = field_of(column)
        if name is None or not isinstance(words, Words) or isinstance(words.words, Texts):
            continue
        for code, word in enumerate(words.words):
            try:
                frozen_fields({name: word})
            except InvalidEvent as error:
                _refuse_word(columns, column, code, error.problem, error.remedy, place)


def _check_cleared(columns: Mapping[str, Column], place: Place) -> None:
    cleared = columns.get("cleared")
    if not isinstance(cleared, Words):
        return
    for name in sorted({each for names in cleared.words for each in names}):
        rows = cleared.holds(partial(_holds, name))
        field = field_of(name)
        if field is None:
            known = [each for each in EVENT_SCHEMA.names if field_of(each) is not None]
            problem, remedy = "unknown column of a field", nearest(name, known)
            place.refuse("cleared", first_of(rows), name, problem, remedy)
        try:
            frozen_fields({field: None})
        except InvalidEvent as error:
            place.refuse("cleared", first_of(rows), name, error.problem, error.remedy)
        there = _there(columns.get(name))
        row = NONE if there is None else first_of(rows & there)
        if row >= 0:
            problem = "a field that is emptied and has a value in one row"
            place.refuse("cleared", row, name, problem, "do one of them")


def _holds(name: str, names: Collection[str]) -> bool:
    return name in names


def _are(raw: RawEvents, kinds: Iterable[str]) -> Flags:
    """Return whether rows are events of some kinds."""
    found = np.zeros(raw.size, np.bool_)
    for kind in kinds:
        found |= raw.type == TYPE[kind]
    return found


def _check_holders(
    columns: Mapping[str, Column], fields: Mapping[str, Words], raw: RawEvents, place: Place
) -> None:
    """Refuse parts in rows of an event that has no such part."""
    with_fields = _are(raw, _FIELD_HOLDERS)
    columns = {**columns, **fields}
    for name, column in columns.items():
        kinds = _HOLDERS.get(name, _FIELD_HOLDERS if field_of(name) or name == "cleared" else ())
        there = _there(column) if kinds else None
        if there is None:
            continue
        if name == "cleared" and isinstance(column, Words):
            there = column.holds(bool)
        row = first_of(there & ~(with_fields if kinds is _FIELD_HOLDERS else _are(raw, kinds)))
        if row >= 0:
            kind, value = TYPES[int(raw.type[row])], _value(column, row)
            remedy = f"only {' and '.join(kinds)} events have it; make it null"
            place.refuse(_SAID.get(name, name), row, value, f"no part of {kind!r} events", remedy)


def _value(column: Column, row: int) -> object:
    return column.value(row) if isinstance(column, Words) else column[row].item()


def _check_parts(columns: Mapping[str, Column], raw: RawEvents, place: Place) -> None:
    """Refuse rows that lack a part of their event."""
    for name, kinds in _NEEDED.items():
        lacks = _are(raw, kinds)
        there = _there(columns.get(name))
        row = first_of(lacks if there is None else lacks & ~there)
        if row >= 0:
            kind = TYPES[int(raw.type[row])]
            remedy = _REMEDIES.get(name, "give it in each such row")
            problem = f"nothing in a column that {kind!r} events need"
            place.refuse(_SAID.get(name, name), row, None, problem, remedy)
    status = raw.fields.get("status")
    lacks = _are(raw, ("created",))
    row = first_of(lacks if status is None else lacks & (status.codes == NONE))
    if row >= 0:
        place.refuse("status", row, None, "a ticket begins in a status", "give one, such as 'new'")
    _check_changes(raw, place)


def _check_changes(raw: RawEvents, place: Place) -> None:
    idle = _are(raw, ("changed",))
    for words in raw.fields.values():
        idle &= words.codes == NONE
    idle &= _numbers(raw, "until") == NULL
    row = first_of(idle)
    if row >= 0:
        remedy = "leave the row out, or name a field in 'cleared'"
        place.refuse("type", row, "changed", "a change of nothing", remedy)


def _check_events(raw: RawEvents, place: Place) -> None:
    """Ask the events themselves of rows that arithmetic finds odd."""
    for column, odd in _odd(raw):
        for row in np.flatnonzero(odd).tolist():
            try:
                raw.event(row)
            except SupportModelError as error:
                value = getattr(error, "value", None)
                problem, remedy = (
                    getattr(error, "problem", str(error)),
                    getattr(error, "remedy", ""),
                )
                place.refuse(column, row, value, problem, remedy)


def _numbers(raw: RawEvents, name: str) -> NDArray[Any]:
    column = raw.parts.get(name)
    if column is None or isinstance(column, Words):
        instants = name not in ("score", "low", "high")
        return constant(NULL if instants else np.nan, np.int64 if instants else float, raw.size)
    return column


def _odd(raw: RawEvents) -> Iterator[tuple[str, Flags]]:
    """Yield columns with the rows that may be wrong in them."""
    if "score" in raw.parts:
        score, low, high = (_numbers(raw, name) for name in ("score", "low", "high"))
        fits = np.isfinite(low) & np.isfinite(high) & (low < high) & (low <= score)
        yield "score", _are(raw, ("rated",)) & ~(fits & (score <= high))
    if "duration" in raw.parts:
        length = _numbers(raw, "duration")
        yield "duration", _are(raw, ("worked",)) & ((length < 0) | (length > _LONGEST))
    if "due" in raw.parts:
        due = _numbers(raw, "due")
        yield "due", (due != NULL) & ((due < FIRST + DAY) | (due > LAST - DAY))
    kind, other = raw.parts.get("kind"), raw.parts.get("other")
    if isinstance(kind, Words):
        yield "kind", _are(raw, ("related",)) & ~kind.holds(lambda word: word in RELATIONS)
    if isinstance(other, Words) and isinstance(other.words, Texts):
        places = pc.fill_null(pc.index_in(other.words.array, raw.ids), NONE).to_numpy()
        itself = np.append(places, NONE)[other.codes] == raw.ticket
        yield "other", itself & _are(raw, ("related",))


_LONGEST = micros_of(timedelta.max)
