"""The moves of tickets by columns: the same flows as `volumes` makes ticket by ticket."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from support_model._kpi.facts import DONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from support_model._columns.fact_columns import FactColumns
    from support_model._columns.values import Ints, Words

Numbers: TypeAlias = "NDArray[Any]"
OPEN, CLOSED, VOID = range(3)
"""What a category means for a backlog."""


def _states(categories: Words) -> Numbers:
    def state(category: str) -> int:
        return CLOSED if category in DONE else VOID if category == "void" else OPEN

    return categories.mapped(state, OPEN, np.int8)


def moved(facts: FactColumns) -> dict[str, array[int]]:
    """Return when tickets moved, by the kind of move, and the places of those solved."""
    created, history = facts.numbers("created"), facts.lists("history")
    place, now = history.rows, _states(history.words("category"))
    was = np.full(now.size, OPEN, np.int8)
    follows = np.zeros(now.size, np.bool_)
    follows[1:] = place[1:] == place[:-1]
    was[1:] = np.where(follows[1:], now[:-1], OPEN)
    at = np.maximum(np.asarray(history.parts["at"]), created[place])
    untold = ~follows & (now == CLOSED) & np.asarray(facts.numbers("snapshot"), np.bool_)[place]
    solved = np.flatnonzero((now == CLOSED) & (was != CLOSED) & ~untold)
    solved = solved[np.lexsort((place[solved], at[solved]))]
    return {
        "created": _kept(np.sort(created)),
        "solved": _kept(at[solved]),
        "reopened": _kept(np.sort(at[(was == CLOSED) & (now == OPEN)])),
        "voided": _kept(np.sort(at[(was == OPEN) & (now == VOID) | untold])),
        "restored": _kept(np.sort(at[(was == VOID) & (now != VOID)])),
        "solvers": _kept(place[solved]),
    }


def open_now(facts: FactColumns) -> list[bool]:
    """Return whether each ticket is open at the end; one of which no history tells is not."""
    history = facts.lists("history")
    known = history.lengths > 0
    now: list[bool] = known.tolist()
    if known.any():
        last: Ints = np.where(known, history.offsets[1:] - 1, 0)
        now = (known & (_states(history.words("category"))[last] == OPEN)).tolist()
    return now


def _kept(values: Numbers) -> array[int]:
    kept = array("q")
    kept.frombytes(np.ascontiguousarray(values, np.int64).tobytes())
    return kept
