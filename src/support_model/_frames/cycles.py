"""The table of cycles: its columns, and the rows of an `Evaluation` in it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
import pyarrow as pa

from support_model._columns.values import NONE, NULL
from support_model._frames.measures import STATES
from support_model._time import micros, micros_of
from support_model._vocabulary import CATEGORIES, PolicyKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.values import Ints
    from support_model.sla import Cycle, Evaluation, PolicyBook

KINDS: tuple[str, ...] = get_args(PolicyKind)
WORD = pa.dictionary(pa.int32(), pa.string())
INSTANT, LENGTH = pa.timestamp("us", tz="UTC"), pa.duration("us")
SCHEMA = pa.schema(
    [
        ("ticket_id", WORD),
        ("category", WORD),
        ("slot", WORD),
        ("kind", WORD),
        ("metric", WORD),
        ("repeats", pa.bool_()),
        ("policy", WORD),
        ("version", WORD),
        ("target", WORD),
        ("number", pa.int32()),
        ("count", pa.int32()),
        ("state", WORD),
        ("start", INSTANT),
        ("due", INSTANT),
        ("stop", INSTANT),
        ("elapsed", LENGTH),
        ("allowed", LENGTH),
        ("warned", pa.bool_()),
        ("breached", pa.bool_()),
        ("breach", INSTANT),
        ("late", pa.bool_()),
    ]
)
"""The columns of a table of cycles."""
INSTANTS = ("start", "due", "stop", "breach")
LENGTHS = ("elapsed", "allowed")
FLAGS = ("warned", "breached", "late")
NUMBERS = ("ticket", "clock", "number", "count", "policy", "target", "state")
TYPES: Mapping[str, type[np.generic]] = MappingProxyType(
    {
        **dict.fromkeys((*INSTANTS, *LENGTHS), np.int64),
        **dict.fromkeys(FLAGS, np.bool_),
        **dict.fromkeys(NUMBERS, np.int32),
        "ticket": np.int64,
    }
)
"""How columns are kept before they are a table: codes, microseconds, `NONE` and `NULL`."""
Parts = dict[str, "NDArray[Any]"]


class Names(NamedTuple):
    """What the codes of columns stand for.

    Attributes:
        clocks: the slot, the metric and whether it repeats, by code.
        kinds: the kind of each slot.
        policies: names and versions.
        targets: what agenda keys call targets.
        of_force: for each target of a book in order, its policy and its name.
    """

    clocks: tuple[tuple[str, str, bool], ...]
    kinds: Mapping[str, str]
    policies: tuple[tuple[str, str], ...]
    targets: dict[str, int]
    of_force: tuple[NDArray[np.int32], NDArray[np.int32]]

    @classmethod
    def of(cls, book: PolicyBook) -> Names:
        """Return the names of a book."""
        clocks = tuple([(slot, name, metric.repeats) for (slot, name), metric in book.slots])
        policies = tuple([(policy.name, policy.version) for policy in book.policies])
        targets: dict[str, int] = {}
        of_force = [
            (place, targets.setdefault(book.target_label(policy, target).label, len(targets)))
            for place, policy in enumerate(book.policies)
            for target in policy.targets
        ]
        held, called = np.array(of_force, np.int32).reshape(-1, 2).T
        return cls(clocks, dict(book.kinds), policies, targets, (held, called))

    def target(self, book: PolicyBook, cycle: Cycle) -> int:
        """Return the code of what agenda keys call the target of a cycle."""
        return self.targets[book.target_label(cycle.policy, cycle.target).label]


def rows_of(evaluation: Evaluation, book: PolicyBook, names: Names) -> Iterator[tuple[Any, ...]]:
    """Yield a row for each cycle, without its ticket; and for each clock that has none."""
    codes = {clock[:2]: code for code, clock in enumerate(names.clocks)}
    for clock in evaluation.clocks:
        code = codes[clock.slot, clock.metric.name]
        if not clock.cycles:
            yield (code, *_NOT_STARTED)
        for cycle in clock.cycles:
            yield (code, *_row(cycle, book, names))


_NOT_STARTED = (*(0, 0, NONE, NONE, 0), *(NULL,) * 6, *(False,) * 3)


def _row(cycle: Cycle, book: PolicyBook, names: Names) -> tuple[Any, ...]:
    """Return the parts of a cycle in the order of `COLUMNS`, behind ticket and clock."""
    breach, allowed = cycle.breach_at, cycle.allowed
    return (
        cycle.number,
        len(cycle.parts),
        names.policies.index((cycle.policy.name, cycle.policy.version)),
        names.target(book, cycle),
        STATES.index(cycle.state),
        micros(cycle.start),
        NULL if cycle.due is None else cycle.due,
        NULL if cycle.stop is None else micros(cycle.stop),
        NULL if breach is None else micros(breach),
        micros_of(cycle.elapsed),
        NULL if allowed is None else micros_of(allowed),
        cycle.warned,
        breach is not None,
        cycle.late,
    )


COLUMNS = (*NUMBERS, *INSTANTS, *LENGTHS, *FLAGS)
"""The parts in the order of a row."""


def parts_of(rows: Sequence[tuple[Any, ...]]) -> Parts:
    """Return rows as columns."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    return {
        name: np.array(column, TYPES[name]) for name, column in zip(COLUMNS, columns, strict=True)
    }


def joined(parts: Sequence[Parts]) -> Parts:
    """Return rows in the order of tickets and clocks; those of a clock are in order already."""
    parts = [part for part in parts if part["ticket"].size] or parts[:1]
    ticket, clock = (np.concatenate([part[name] for part in parts]) for name in NUMBERS[:2])
    if (clock[1:] < clock[:-1]).any():
        order = _order_of(clock.astype(np.int64) + 1)
        order = order[_order_of(ticket[order])]
    else:
        order = _order_of(ticket)
    found = {"ticket": ticket.take(order), "clock": clock.take(order)}
    for name in COLUMNS[2:]:
        found[name] = np.concatenate([part[name] for part in parts]).take(order)
    return found


_HALF = 1 << 16


def _order_of(keys: Ints) -> Ints:
    """Return a stable order of whole numbers from 0 on; those of 16 bits go by a radix sort."""
    most = int(keys.max(initial=0))
    if most < _HALF:
        return np.argsort(keys.astype(np.uint16), kind="stable")
    if most >= _HALF**2:
        return np.argsort(keys, kind="stable")
    low = np.argsort((keys % _HALF).astype(np.uint16), kind="stable")
    high = np.argsort((keys // _HALF).astype(np.uint16)[low], kind="stable")
    found: Ints = low[high]
    return found


def table_of(
    parts: Parts, ids: pa.Array, begin: int, categories: NDArray[np.int8], names: Names
) -> pa.Table:
    """Return rows of some tickets as a table.

    Args:
        parts: the rows, with the tickets by their place among these.
        ids: the names of all tickets: tables of one dictionary are put together at no cost.
        begin: the place of the first of these among all.
        categories: those of these tickets.
        names: those of the book.
    """
    ticket = parts["ticket"]
    places = ticket.astype(np.int32)
    places += np.int32(begin)
    columns = {
        "ticket_id": pa.DictionaryArray.from_arrays(pa.array(places), ids),
        "category": _words(categories.astype(np.int32).take(ticket), CATEGORIES),
        "target": _words(parts["target"], list(names.targets)),
        "state": _words(parts["state"], STATES),
        **_of_clocks(parts["clock"], names),
        **_of_policies(parts["policy"], names),
    }
    for each in INSTANTS:
        columns[each] = pa.array(parts[each].view("M8[us]"), INSTANT)
    for each in LENGTHS:
        columns[each] = pa.array(parts[each].view("m8[us]"), LENGTH)
    for each in ("number", "count", *FLAGS):
        columns[each] = pa.array(parts[each])
    return pa.table([columns[each] for each in SCHEMA.names], schema=SCHEMA)


def _of_clocks(clock: NDArray[np.int32], names: Names) -> dict[str, pa.Array]:
    slots, metrics, repeats = [*zip(*names.clocks, strict=True)] or [(), (), ()]
    kinds = [KINDS.index(names.kinds[slot]) for slot in slots]
    again = np.array([*repeats, False])
    return {
        "slot": _named(slots, clock),
        "kind": _words(_coded(kinds, clock), KINDS),
        "metric": _named(metrics, clock),
        "repeats": pa.array(again.take(clock)),
    }


def _of_policies(policy: NDArray[np.int32], names: Names) -> dict[str, pa.Array]:
    policies, versions = [*zip(*names.policies, strict=True)] or [(), ()]
    return {"policy": _named(policies, policy), "version": _named(versions, policy)}


def _named(names: Sequence[str], codes: NDArray[np.int32]) -> pa.Array:
    """Return names by code, each distinct one once."""
    words = list(dict.fromkeys(names))
    return _words(_coded([words.index(name) for name in names], codes), words)


def _coded(table: list[int], codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the entries of a table, `NONE` where the code is."""
    if table == [*range(len(table))]:
        return codes
    return np.array([*table, NONE], np.int32).take(codes)


def _words(codes: NDArray[np.int32], words: Sequence[str]) -> pa.Array:
    """Return words by code, null for `NONE`; the codes are not copied."""
    there = codes != NONE
    nulls = codes.size - int(np.count_nonzero(there))
    valid = pa.py_buffer(np.packbits(there, bitorder="little")) if nulls else None
    buffers = [valid, pa.py_buffer(codes)]
    places = pa.Array.from_buffers(pa.int32(), codes.size, buffers, nulls)
    return pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))
