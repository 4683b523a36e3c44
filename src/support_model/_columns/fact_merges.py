"""Merges among many tickets: circles among them, and what was merged into each ticket.

Merges are few, so they are read one by one; what merged tickets did is gathered by columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define

from support_model._columns.fact_columns import LISTS
from support_model._columns.values import NONE, Lists, Texts, Words, taken
from support_model._merge_chains import redirects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from support_model._columns.fact_columns import FactColumns, Part
    from support_model._columns.values import Column, Ints
    from support_model._merge_chains import Stated

__all__ = ["circular", "with_merged"]


def _stated(ids: Words, merges: Lists) -> list[Stated]:
    """Return every merge and every one taken back."""
    into, at = merges.words("into"), merges.parts["at"]
    assert not isinstance(at, Words)  # noqa: S101 - instants
    names = _texts(ids, merges.rows)
    return [
        (*pair, into.value(row)) for row, pair in enumerate(zip(at.tolist(), names, strict=True))
    ]


def _texts(ids: Words, places: Ints) -> list[str]:
    codes = ids.codes[places]
    if isinstance(ids.words, Texts):
        return ids.words.array.take(pa.array(codes)).to_pylist()
    return [ids.words[code] for code in codes.tolist()]


def circular(ids: Words, merges: Lists) -> set[Stated]:
    """Return the merges that would close a circle: when, which, into which."""
    return set(redirects(_stated(ids, merges))[1])


@define(eq=False)
class _Merged:
    """What was merged into each ticket: the places of merged tickets, in order."""

    offsets: Ints
    places: Ints


def _merged(facts: FactColumns) -> _Merged:
    """Return of each ticket those merged into it, through any chain, in the table's order."""
    ids = facts.words("ticket_id")
    stated = _stated(ids, facts.lists("merges"))
    survivors = redirects(stated)[0]
    places = _places(ids, survivors)
    homes = _places(ids, survivors.values())
    there = homes != NONE
    order = np.lexsort((places[there], homes[there]))
    offsets = homes[there][order].searchsorted(np.arange(facts.size + 1))
    return _Merged(offsets, places[there][order])


def _places(ids: Words, names: Iterable[str]) -> Ints:
    """Return the places of tickets by name; `NONE` for one that is not among them."""
    given = list(names)
    if not given:
        return np.zeros(0, np.int64)
    known = ids.words.array if isinstance(ids.words, Texts) else pa.array(ids.words, pa.string())
    codes = pc.index_in(pa.array(given, known.type), value_set=known).fill_null(NONE).to_numpy()
    of_code = np.full(len(known) + 1, NONE, np.int64)
    of_code[ids.codes] = np.arange(ids.size)
    return of_code[codes]


def nothing(size: int, kinds: Mapping[str, str]) -> Lists:
    """Return lists without entries."""
    parts: dict[str, Column] = {
        name: Words(np.zeros(0, np.int32), ())
        if kind in {"text", "word"}
        else np.zeros(0, np.int64)
        for name, kind in kinds.items()
    }
    return Lists(np.zeros(size + 1, np.int64), parts)


def with_merged(facts: FactColumns) -> FactColumns:
    """Return facts of which each holds those that are merged into it, through any chain.

    Work done on a ticket that went into another one counts once, for the surviving one. A merge
    into a ticket that is not among the facts moves nothing.
    """
    found: list[_Merged] = []

    def merged() -> _Merged:
        if not found:
            found.append(_merged(facts))
        return found[0]

    def tickets() -> Part:
        places = merged().places
        if not places.size:
            return nothing(facts.size, LISTS["merged"])
        names = LISTS["merged"]
        return Lists(merged().offsets, {name: taken(facts.column(name), places) for name in names})

    def entries(name: str) -> Callable[[], Part]:
        def of_tickets() -> Part:
            if not merged().places.size:
                return nothing(facts.size, LISTS[f"merged_{name}"])
            own = facts.lists(name).take(merged().places)
            place = np.arange(merged().places.size) - np.repeat(
                merged().offsets[:-1], np.diff(merged().offsets)
            )
            parts = {"place": np.repeat(place, own.lengths), **own.parts}
            return Lists(own.offsets[merged().offsets], parts)

        return of_tickets

    return facts.replaced(
        {"merged": tickets, "merged_acts": entries("acts"), "merged_lines": entries("lines")}
    )
