"""Records of facts as columns, with what a source states of tickets besides their events."""

import numpy as np

from support_model._columns.fact_columns import LISTS, MOMENTS, SCALARS, FactColumns
from support_model._columns.values import NONE, NULL, Lists, Words
from support_model._time import micros, micros_of

COUNTS = {
    "contacts": "contact",
    "replies": "reply",
    "notes": "note",
    "bots": "bot",
    "assignments": "assigned",
}


def columns_of(records):
    """Return records as columns, in their order."""
    records = list(records)
    names = sorted({name for record in records for name in record.fields})

    def make(name):
        if name in SCALARS:
            return _column(SCALARS[name], [_scalar(record, name) for record in records])
        if name in LISTS:
            return _list(name, [list(_entries(record, name)) for record in records])
        moment, _, field = name.partition(".")
        if moment not in MOMENTS:
            return _words([record.fields.get(name) for record in records])
        return _words([record.as_were.get(moment, {}).get(field) for record in records])

    return FactColumns(len(records), make, tuple(names))


def _scalar(record, name):
    if name in COUNTS:
        return record.count(COUNTS[name])
    if name == "first_reply":
        return next((act.at for act in record.acts if act.kind == "reply"), None)
    if name in {"first_solve", "last_solve"}:
        place = 0 if name == "first_solve" else -1
        return record.solves[place].at if record.solves else None
    return getattr(record, name)


def _column(kind, values):
    if kind in {"text", "word"}:
        return _words(values)
    if kind == "flag":
        return np.array(values, np.bool_)
    if kind == "number":
        return np.array([np.nan if value is None else value for value in values], np.float64)
    whole = {"instant": micros, "length": micros_of, "whole": int}[kind]
    return np.array([NULL if value is None else whole(value) for value in values], np.int64)


def _words(values):
    places = {}
    codes = [NONE if value is None else places.setdefault(value, len(places)) for value in values]
    return Words(np.array(codes, np.int32), tuple(places))


def _list(name, entries):
    offsets = np.cumsum([0, *map(len, entries)]).astype(np.int64)
    flat = [entry for each in entries for entry in each]
    parts = {
        part: _column(kind, [entry[part] for entry in flat]) for part, kind in LISTS[name].items()
    }
    return Lists(offsets, parts)


def _entries(record, name):
    if name in {"history", "statuses", "merges"}:
        part = {"history": "category", "statuses": "name", "merges": "into"}[name]
        return ({"at": at, part: what} for at, what in getattr(record, name))
    if name in {"reopenings", "groups", "lines", "agents", "ratings_requested"}:
        (part,) = LISTS[name]
        values = getattr(record, name)
        return ({part: value} for value in (sorted(values) if name[0] == "r" else values))
    if name == "ratings":
        return (
            {**_parts(each, "ratings"), "low": each.scale[0], "high": each.scale[1]}
            for each in record.ratings
        )
    if name.startswith("merged_"):
        whole = name.removeprefix("merged_")
        return (
            {"place": place, **entry}
            for place, other in enumerate(record.merged)
            for entry in _entries(other, whole)
        )
    return (_parts(each, name) for each in getattr(record, name))


def _parts(each, name):
    return {part: getattr(each, part, None) for part in LISTS[name]}
