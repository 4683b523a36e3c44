"""SLA compliance over a table of cycles: what `sla_compliance` counts of evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import define

from support_model._columns.arrow_in import column_of, whole_array
from support_model._columns.fact_columns import FactColumns
from support_model._columns.fact_tables import from_arrow
from support_model._columns.values import Words
from support_model.errors import InvalidValue, nearest
from support_model.sla import METRICS

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from support_model._columns.values import Codes, Column, Flags, Ints
    from support_model._kpi.sla import ComplianceUnit
    from support_model._kpi.sources import ArrowStream

__all__ = ["counted"]

OUTCOMES = ("missed", "running_late", "undecided", "met", "cancelled")
"""How a cycle stands, the worst first."""
_KINDS = {
    **dict.fromkeys(("ticket_id", "category", "slot", "kind", "metric", "state"), "text"),
    **dict.fromkeys(("repeats", "late"), "flag"),
    "number": "whole",
}


def counted(
    source: Any,  # noqa: ANN401 - whatever speaks Arrow
    metric: str,
    unit: ComplianceUnit,
    facts: FactColumns | ArrowStream | None,
) -> dict[str, int]:
    """Return how many cycles or tickets of a metric stand how."""
    cycles = _Cycles.of(source)
    _must_be_metric(metric, cycles.words["metric"].words)
    of_interest = np.ones(cycles.tickets, np.bool_) if facts is None else _among(cycles, facts)
    void = np.zeros(cycles.tickets, np.bool_)
    void[cycles.ticket[_is(cycles.words["category"], "void")]] = True
    living = of_interest & ~void
    mine = _is(cycles.words["metric"], metric) & living[cycles.ticket]
    rows = _of_first_slot(cycles, np.flatnonzero(mine))
    known = np.zeros(cycles.tickets, np.bool_)
    known[cycles.ticket[rows]] = True
    begun = cycles.number[rows] > 0
    waiting = rows[~begun]
    counts = _by_outcome(cycles, rows[begun], unit)
    return {
        **{name: counts[place] for place, name in enumerate(OUTCOMES)},
        "cancelled": counts[OUTCOMES.index("cancelled")] + int((void & of_interest).sum()),
        "no_contact": int((~cycles.repeats[waiting]).sum()),
        "no_target": int((living & ~known).sum()),
    }


def _must_be_metric(metric: str, known: Collection[str]) -> None:
    """Refuse a metric that no cycle has, but for one of `METRICS`, which nobody need promise."""
    if known and metric not in known and metric not in METRICS:
        raise InvalidValue(metric, "no cycle is of this metric", nearest(str(metric), known))


@define(eq=False)
class _Cycles:
    """A table of cycles: its columns, and the tickets by code."""

    tickets: int
    ticket: Codes
    ids: pa.Array
    words: dict[str, Words]
    repeats: Flags
    late: Flags
    number: Ints

    @classmethod
    def of(cls, source: Any) -> _Cycles:  # noqa: ANN401 - whatever speaks Arrow
        table = source if isinstance(source, pa.Table) else pa.table(source)
        missing = [name for name in _KINDS if name not in table.column_names]
        if missing:
            problem = "no column of a table of cycles of this name"
            raise InvalidValue(missing[0], problem, "give what frames.evaluate returns")
        arrays = {name: whole_array(table[name]) for name in _KINDS}
        found: dict[str, Column] = {
            name: column_of(name, kind, arrays[name]) for name, kind in _KINDS.items()
        }
        words = {name: column for name, column in found.items() if isinstance(column, Words)}
        present, codes = np.unique(words["ticket_id"].codes, return_inverse=True)
        ids = pa.array([words["ticket_id"].words[code] for code in present.tolist()], pa.string())
        flags: dict[str, Any] = {name: found[name] for name in ("repeats", "late", "number")}
        return cls(present.size, codes.astype(np.int32), ids, words, **flags)


def _is(words: Words, word: str) -> Flags:
    return words.holds(lambda other: other == word)


def _among(cycles: _Cycles, facts: FactColumns | ArrowStream) -> Flags:
    """Return which tickets are among those of some facts."""
    known = facts if isinstance(facts, FactColumns) else from_arrow(facts)
    asked = pa.array([*known.words("ticket_id").words], pa.string())
    codes = np.unique(known.words("ticket_id").codes)
    asked = asked.take(pa.array(codes))
    places = pc.index_in(asked, cycles.ids)
    if places.null_count:
        lost = asked.filter(places.is_null())[0].as_py()
        raise InvalidValue(lost, "no cycles of this ticket", "evaluate the log of the facts")
    found = np.zeros(cycles.tickets, np.bool_)
    found[places.to_numpy()] = True
    return found


def _of_first_slot(cycles: _Cycles, rows: Ints) -> Ints:
    """Return the rows of each ticket's first clock of kind sla, else of its first clock."""
    ticket, slot = cycles.ticket[rows], cycles.words["slot"].codes[rows]
    other = ~_is(cycles.words["kind"].take(rows), "sla")
    order = np.lexsort((np.arange(rows.size), other, ticket))
    begins = np.ones(rows.size, np.bool_)
    begins[1:] = ticket[order][1:] != ticket[order][:-1]
    chosen = np.zeros(cycles.tickets, np.int32)
    chosen[ticket[order][begins]] = slot[order][begins]
    found: Ints = rows[slot == chosen[ticket]]
    return found


def _by_outcome(cycles: _Cycles, rows: Ints, unit: ComplianceUnit) -> list[int]:
    """Return how many cycles, or tickets, stand how, in the order of `OUTCOMES`."""
    outcome = _outcomes(cycles, rows)
    if unit != "cycle":
        ticket = cycles.ticket[rows]
        within = cycles.number[rows] if unit == "ticket_last" else -outcome.astype(np.int64)
        order = np.lexsort((within, ticket))
        last = np.ones(rows.size, np.bool_)
        last[:-1] = ticket[order][1:] != ticket[order][:-1]
        outcome = outcome[order][last]
    counts: list[int] = np.bincount(outcome, minlength=len(OUTCOMES)).tolist()
    return counts


def _outcomes(cycles: _Cycles, rows: Ints) -> NDArray[np.int8]:
    late = OUTCOMES.index("running_late")
    undecided = OUTCOMES.index("undecided")
    places = {name: place for place, name in enumerate(OUTCOMES)}
    state = cycles.words["state"].take(rows)
    found = state.mapped(lambda word: places.get(word, undecided), undecided, np.int8)
    found[(found == undecided) & cycles.late[rows]] = late
    return found
