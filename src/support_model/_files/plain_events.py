"""Rows of a file as events, where nothing about them is odd: most rows of most files.

A row is looked at once and its event made without the checks of its class. What is not as plain
as this reader expects it, sound or not, is left to `event_from_data`, which also says what is
wrong: this reader never refuses a row, and what it makes is what that would make.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from attrs import Factory, define

from support_model._event_drafts import begun_event, ended_event
from support_model._files.event_rows import COLUMNS, LONGEST_PARSED, MOST_PARSED, loaded
from support_model._ticket_data import event_from_data
from support_model._time import EPOCH, utc
from support_model._vocabulary import (
    BASES,
    FIELDS,
    LINES,
    ROLES,
    Priority,
    Status,
    is_custom,
    whole,
)
from support_model.errors import SupportModelError
from support_model.events import EVENTS, Acknowledged, Changed, Created, Event, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support_model._event_drafts import PlainParts
    from support_model._vocabulary import Role

Pair = tuple[str, Any]
_SHARED = frozenset({"type", "ticket_id", "at", "role", "actor", "seq", "source_id", "basis"})
_KEYS: Mapping[type[Event], frozenset[str]] = {
    Created: _SHARED | {"fields"},
    Changed: _SHARED | {"fields"},
    Message: _SHARED | {"public"},
    Acknowledged: _SHARED,
}
_KINDS: Mapping[str, type[Event]] = {kind.type: kind for kind in _KEYS}
_HOLDS = {
    Created: (False, True),
    Changed: (False, True),
    Message: (True, False),
    Acknowledged: (False, False),
}
"""Whether the cells of `public` and of `fields` hold anything."""
_ROLES: Mapping[str, Role] = {role: role for role in ROLES}
_TEXTS = frozenset({name for name, kind in FIELDS.items() if kind == "text"})
_NAME = itemgetter(0)
_FLAGS: Mapping[str, bool] = {"true": True, "false": False}
MOST_DIGITS = 15
SHARED, SPECIAL = slice(0, COLUMNS.index("until")), slice(COLUMNS.index("until"), None)
"""Cells of parts that few events have, the last but one being its basis, the last the version."""
NOTHING_SPECIAL = (*("" for _ in COLUMNS[SPECIAL][:-1]), "1")
MOST_KEPT = 1 << 18
"""Texts and values that are shared by events; beyond that many, others."""


class _Odd(Exception):
    """A row is not plain."""


@define(eq=False)
class PlainRows:
    """Reads the rows of a file; equal texts and fields of its events are one object.

    Attributes:
        priorities: those that an event may name without their rank.
    """

    priorities: tuple[Priority, ...] = ()
    _texts: dict[str, str] = Factory(dict)
    _pairs: dict[Pair, Pair] = Factory(dict)
    _words: dict[tuple[str, object, object], Pair] = Factory(dict)
    _entries: dict[tuple[object, object], tuple[Pair, ...]] = Factory(dict)
    _fields_of_text: dict[tuple[type[Event], str], tuple[Pair, ...]] = Factory(dict)
    _last: tuple[str, datetime] = ("", EPOCH)

    def event(self, row: object) -> Event:
        """Return the event of a row.

        Raises:
            InvalidDocument: as `event_from_data`.
        """
        if row.__class__ is dict:
            try:
                return self._plain(row)
            except (_Odd, KeyError, TypeError, ValueError, SupportModelError):
                pass  # said by what follows, or sound all the same
        return event_from_data(row, priorities=self.priorities)

    def of_cells(self, cells: list[str]) -> PlainParts | None:
        """Return the parts of a row of CSV with the columns `COLUMNS`; None if it is not plain."""
        if len(cells) != len(COLUMNS) or tuple(cells[SPECIAL]) != NOTHING_SPECIAL:
            return None
        if "'" in (cells[1][:1], cells[4][:1], cells[6][:1]):  # perhaps no part of the text
            return None
        return self.of_texts(cells[SHARED])

    def of_texts(self, texts: Iterable[str]) -> PlainParts | None:
        """Return the parts of an event of the texts of a row up to its fields, as JSON has them.

        What a row does not have is empty. None if it is not plain.
        """
        named, ticket, stamp, role, actor, seq, source, public, fields = texts
        kind, known = _KINDS.get(named), _ROLES.get(role)
        if kind is None or known is None or (public != "", fields != "") != _HOLDS[kind]:
            return None
        try:
            at = self._instant(stamp)
            delta = at - EPOCH
            micros = (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
            if kind is Message:
                what: Any = _FLAGS[public]
            else:
                what = None if kind is Acknowledged else self._fields_in(kind, fields)
            who = self._text(actor) if actor else None
            number, ticket = _number(seq), self._text(ticket)
        except (_Odd, KeyError, TypeError, ValueError, RecursionError, SupportModelError):
            return None
        return kind, ticket, at, micros, known, who, number, source or None, what

    def _instant(self, text: str) -> datetime:
        """Return an instant, the same object for the rows of one that follow each other."""
        if text != self._last[0]:
            at = datetime.fromisoformat(text)
            self._last = text, at if at.tzinfo is UTC else utc(at)
        return self._last[1]

    def _fields_in(self, kind: type[Event], text: str) -> tuple[Pair, ...]:
        """Return the fields of a creation or change, the same object for most equal texts."""
        kept, key = self._fields_of_text, (kind, text)
        found = kept.get(key)
        if found is None:
            found = self._fields(loaded(text), begun=kind is Created)
            if len(text) <= LONGEST_PARSED:
                if len(kept) > MOST_PARSED:
                    kept.clear()
                kept[key] = found
        return found

    def _plain(self, row: dict[str, Any]) -> Event:
        kind = EVENTS[row["type"]]
        if not row.keys() <= _KEYS[kind]:
            raise _Odd
        draft = self._shared(kind, row)
        if kind is Message:
            draft.public = row["public"]
            if draft.public.__class__ is not bool:
                raise _Odd
        elif kind is not Acknowledged:
            draft.fields = self._fields(row["fields"], begun=kind is Created)
            if kind is Changed:
                draft.until = None
        return ended_event(draft, kind)

    def _shared(self, kind: type[Event], row: dict[str, Any]) -> Any:  # noqa: ANN401 - an event begun
        get = row.get
        ticket, role, actor = row["ticket_id"], _ROLES[row["role"]], get("actor")
        seq, source, basis = get("seq"), get("source_id"), get("basis")
        at = datetime.fromisoformat(row["at"])
        if at.tzinfo is not UTC:
            at = utc(at)
        if actor is not None:
            actor = self._text(actor)
        if seq is not None and (seq.__class__ is not int or not whole(seq)):
            raise _Odd
        if source is not None and (source.__class__ is not str or not source):
            raise _Odd
        if basis is not None and basis not in BASES:
            raise _Odd
        return begun_event(kind, self._text(ticket), at, role, actor, seq, source, basis)

    def _text(self, text: object) -> str:
        """Return the text of an id, the same object for equal ones."""
        if text.__class__ is not str or not text:
            raise _Odd
        texts = self._texts
        if len(texts) > MOST_KEPT:
            texts.clear()
        return texts.setdefault(text, text)

    def _fields(self, data: Any, *, begun: bool) -> tuple[Pair, ...]:  # noqa: ANN401 - checked here
        if data.__class__ is not dict or not data or (begun and "status" not in data):
            raise _Odd
        if len(data) == 1 and "status" in data:
            return self._status_alone(data["status"])
        pairs = [self._pair(name, value) for name, value in data.items()]
        pairs.sort(key=_NAME)
        return tuple(pairs)

    def _status_alone(self, data: Any) -> tuple[Pair, ...]:  # noqa: ANN401 - checked here
        """Return the fields of most changes, which are few different ones."""
        if data.__class__ is not dict or len(data) != 2:
            raise _Odd
        key = data["name"], data["category"]
        found = self._entries.get(key)
        if found is None:
            found = self._entries[key] = (self._word("status", data),)
        return found

    def _pair(self, name: str, value: Any) -> Pair:  # noqa: ANN401 - checked here
        kind = value.__class__
        if kind is dict:
            return self._word(name, value)
        if name not in _TEXTS or kind is not str:
            value = _value(name, value)
        pairs, pair = self._pairs, (name, value)
        if len(pairs) > MOST_KEPT:
            pairs.clear()
        # True equals 1, which is another value
        return pairs.setdefault(pair, pair) if kind is str else pair

    def _word(self, name: str, data: dict[str, Any]) -> Pair:
        """Return a status or a priority."""
        if len(data) != 2 or name not in {"status", "priority"}:
            raise _Odd
        of_status = name == "status"
        rest = data["category" if of_status else "rank"]
        if not of_status and (self.priorities or rest.__class__ is not int):
            raise _Odd
        key = name, data["name"], rest
        found = self._words.get(key)
        if found is None:
            made = Status(data["name"], rest) if of_status else Priority(data["name"], rest)
            found = self._words[key] = name, made
        return found


def _number(cell: str) -> int | None:
    if not cell:
        return None
    if len(cell) > MOST_DIGITS or not (cell.isascii() and cell.isdigit()):
        raise _Odd
    return int(cell)


def _value(name: object, value: Any) -> Any:  # noqa: ANN401 - checked here
    """Return a value of a field that is neither a text field nor a status or priority."""
    custom, kind = is_custom(name), value.__class__
    if value is None:
        fits = name != "status" and (custom or name in FIELDS)
    elif kind is list:
        fits = (custom or name == "tags") and {word.__class__ for word in value} <= {str}
    elif custom:
        fits = _is_custom_value(value)
    else:
        fits = kind is int and _is_number_of(name, value)
    if not fits:
        raise _Odd
    return frozenset(value) if kind is list else value


def _is_custom_value(value: Any) -> bool:  # noqa: ANN401 - checked here
    kind = value.__class__
    if kind is int:
        return whole(value)
    return kind is str or kind is bool or (kind is float and isfinite(value))


def _is_number_of(name: object, value: int) -> bool:
    return value in LINES if name == "line" else name == "management_level" and whole(value)
