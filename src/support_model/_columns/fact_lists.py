"""The facts of many tickets that are lists: each list from the rows that make its entries."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from attrs import define

from support_model._columns.event_columns import NUMBERS, TYPE
from support_model._columns.fact_rows import DONE, Mentions, united
from support_model._columns.step_columns import CATEGORY
from support_model._columns.values import NONE, NULL, Lists, Words, is_constant
from support_model._vocabulary import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from support_model._columns.fact_rows import FactRows
    from support_model._columns.values import Codes, Column, Flags, Ints

__all__ = [
    "ACT_KINDS",
    "LIST_PARTS",
    "OUTCOMES",
    "history_rows",
    "listed",
    "stays_of",
    "without_repeats",
]

ACT_KINDS = ("contact", "reply", "note", "bot", "assigned")
OUTCOMES = ("replied", "solved", "waiting")
_REPLIED, _SOLVED, _WAITING = range(3)


def without_repeats(of: FactRows, rows: Ints, codes: Codes) -> Flags:
    """Return where an entry differs from the one before it of the same ticket."""
    kept = np.ones(rows.size, np.bool_)
    ticket = of.raw.ticket.take(rows)
    kept[1:] = (codes[1:] != codes[:-1]) | (ticket[1:] != ticket[:-1])
    return kept


def listed(of: FactRows, rows: Ints, parts: Mapping[str, Column]) -> Lists:
    """Return lists whose entries stand in some ascending rows."""
    return Lists(of.offsets(rows), parts)


def history_rows(of: FactRows) -> tuple[Ints, Codes]:
    """Return the rows that enter a category, and which; a merge makes void until it ends."""
    steps = of.steps
    moved = steps.changed("category")
    merges = steps.merges
    if not is_constant(merges):
        moved = (moved & ~steps.merged) | merges
    rows = np.flatnonzero(moved)
    codes = steps.category.take(rows).astype(np.int32)
    if not is_constant(merges):
        codes[merges[rows]] = CATEGORY["void"]
    kept = without_repeats(of, rows, codes)
    return rows[kept], codes[kept]


def _history(of: FactRows) -> Lists:
    rows, codes = history_rows(of)
    return listed(of, rows, {"at": of.raw.at.take(rows), "category": Words(codes, CATEGORIES)})


def _statuses(of: FactRows) -> Lists:
    told = of.mentions("status")
    entered = told.gains
    words = of.steps.words("status")
    names = Words(told.codes[entered], words).regrouped(lambda status: status.name)
    rows = told.rows[entered]
    return listed(of, rows, {"at": of.raw.at.take(rows), "name": names})


def _acts(of: FactRows) -> Lists:
    """Return messages and acts, of which a row is at most one."""
    by_kind = (of.contact_rows, of.reply_rows, of.note_rows, of.bot_rows, of.assigned_rows)
    kind = np.full(of.raw.size, NONE, np.int8)
    for code, rows in enumerate(by_kind):
        kind[rows] = code
    rows = np.flatnonzero(kind != NONE)
    kinds = kind[rows]
    return listed(
        of,
        rows,
        {
            "at": of.raw.at.take(rows),
            "kind": of.kinds(ACT_KINDS, kinds),
            "agent": _of_acts(of, rows, kinds),
        },
    )


def _of_acts(of: FactRows, rows: Ints, kinds: NDArray[np.int8]) -> Words:
    """Return who wrote, or to whom it was assigned."""
    actors = of.actors(rows)
    assigned = kinds == ACT_KINDS.index("assigned")
    wrote = ~assigned & (kinds != ACT_KINDS.index("contact"))
    agents = np.full(rows.size, NONE, np.int32)
    agents[assigned] = of.values(of.agent, rows[assigned])
    actor = Words(np.where(wrote, actors.codes, NONE), actors.words)
    (actor_codes, agent_codes), words = united(actor, Words(agents, of.steps.words("agent")))
    return Words(np.where(assigned, agent_codes, actor_codes).astype(np.int32), words)


def _solves(of: FactRows) -> Lists:
    rows = of.solve_rows
    return listed(of, rows, {"at": of.raw.at.take(rows), "agent": of.credited(rows)})


def _reopenings(of: FactRows) -> Lists:
    return listed(of, of.reopen_rows, {"at": of.raw.at[of.reopen_rows]})


def _held(of: FactRows, rows: Ints, codes: Codes, name: str) -> tuple[Lists, Words]:
    kept = without_repeats(of, rows, codes)
    words = Words(codes[kept], of.steps.words(name))
    return listed(of, rows[kept], {"name": words}), words


def _groups(of: FactRows) -> Lists:
    told = of.mentions("group")
    return _held(of, told.rows[told.gains], told.codes[told.gains], "group")[0]


def _lines(of: FactRows) -> Lists:
    told = of.mentions("line")
    held, words = _held(of, told.rows[told.gains], told.codes[told.gains], "line")
    return Lists(held.offsets, {"line": words.mapped(int, NULL, np.int64)})


def _agents(of: FactRows) -> Lists:
    return _held(of, of.holders.rows, of.holders.codes, "agent")[0]


def _stays(of: FactRows) -> Lists:
    told, offered = of.agent, of.offered
    moved = told.codes != told.before
    codes = np.where(offered, NONE, told.codes)
    return stays_of(of, Mentions(told.rows[moved], codes[moved], told.before[moved]))


def stays_of(of: FactRows, agent: Mentions) -> Lists:
    """Return who held each ticket from when on, which present values do not tell.

    Args:
        of: the rows.
        agent: what rows say of the agent who held it.
    """
    told = of.mentions("group"), of.mentions("line"), agent
    rows = np.unique(np.concatenate([of.creation, *(each.rows for each in told)]))
    if not is_constant(of.snapshot):
        rows = rows[~of.snapshot[of.raw.ticket[rows]]]
    ticket, at = of.raw.ticket[rows], of.raw.at.take(rows)
    last = np.ones(rows.size, np.bool_)
    last[:-1] = (ticket[1:] != ticket[:-1]) | (at[1:] != at[:-1])
    rows = rows[last]
    held = [of.values(each, rows) for each in told]
    kept = np.logical_or.reduce([without_repeats(of, rows, codes) for codes in held])
    group, line, holder = (
        Words(codes[kept], of.steps.words(name))
        for name, codes in zip(("group", "line", "agent"), held, strict=True)
    )
    parts: dict[str, Column] = {
        "at": of.raw.at[rows[kept]],
        "group": group,
        "line": line.mapped(int, NULL, np.int64),
        "agent": holder,
    }
    return listed(of, rows[kept], parts)


def _ratings_requested(of: FactRows) -> Lists:
    rows = np.flatnonzero(of.raw.type == TYPE["rating_requested"])
    (codes,), words = united(of.part("kind").take(rows))
    names = sorted(words)
    rank = np.array([names.index(word) for word in words], np.int64)
    packed = np.unique(of.raw.ticket[rows].astype(np.int64) * max(len(names), 1) + rank[codes])
    ticket, place = np.divmod(packed, max(len(names), 1))
    offsets = ticket.searchsorted(np.arange(of.segments.count + 1))
    return Lists(offsets, {"kind": Words(place.astype(np.int32), tuple(names))})


def _ratings(of: FactRows) -> Lists:
    rows = np.flatnonzero(of.raw.type == TYPE["rated"])
    parts, none = of.raw.parts, np.zeros(0)  # without a part there is no rating
    numbers = {name: np.asarray(parts.get(name, none))[rows] for name in NUMBERS}
    solves = of.solve_rows
    place = solves.searchsorted(rows) - 1
    last = np.where(place < 0, NONE, solves[place]) if solves.size else np.full_like(rows, NONE)
    last = np.where(last < of.begins(rows), NONE, last)
    return listed(
        of,
        rows,
        {
            "kind": of.part("kind").take(rows),
            "at": of.raw.at.take(rows),
            **numbers,
            "agent": of.credited(rows),
            "solved": of.instants(last),
        },
    )


def _merges(of: FactRows) -> Lists:
    """Return merges, and each leaving of void after one, which takes it back."""
    steps = of.steps
    merges = steps.merges
    first = of.segments.first(merges)
    back = np.flatnonzero(steps.fact("restored"))
    into = first[of.raw.ticket[back]]
    rows = np.sort(np.concatenate([np.flatnonzero(merges), back[(into != NONE) & (into < back)]]))
    others = of.part("other")
    codes = np.where(merges[rows], others.codes[rows], NONE)
    return listed(of, rows, {"at": of.raw.at.take(rows), "into": Words(codes, others.words)})


# Waits


def _first_within(rows: Ints, begins: Ints, ends: Ints) -> Ints:
    """Return the place of the first of some rows in each stretch [begin, end); `NONE` for none."""
    places = rows.searchsorted(begins)
    found = np.append(rows, np.iinfo(np.int64).max)[places]
    return np.where(found < ends, places, NONE)


def _behind(of: FactRows, rows: Ints, bounds: Ints) -> Ints:
    """Return for some rows the row after the last bound before it in its ticket, or its first."""
    places = np.arange(rows.size) if rows is bounds else bounds.searchsorted(rows)
    last = np.concatenate([[NONE], bounds])[places]
    return np.maximum(last + 1, of.begins(rows))


@define(eq=False)
class _Waits:
    """Waits in the making: where one stands, when it began, the row that ended it or `NONE`."""

    key: Ints
    start: Ints
    end: Ints

    @classmethod
    def joined(cls, parts: Sequence[_Waits]) -> _Waits:
        """Return waits in the order of their keys."""
        key = np.concatenate([part.key for part in parts])
        order = np.argsort(key, kind="stable")
        start = np.concatenate([part.start for part in parts])[order]
        return cls(key[order], start, np.concatenate([part.end for part in parts])[order])


def _waits(of: FactRows) -> Lists:
    """Return the waits in order of their end, one that was answered while solved at the reopening.

    The first contact after an answer or a solution opens a wait. While a ticket is solved it
    opens a silent one, which counts once the ticket is reopened: as one that goes on, or as one
    that was answered meanwhile.
    """
    contacts, at = of.contact_rows, of.raw.at
    ends = np.flatnonzero(of.steps.fact("replied") | of.solved)
    done = DONE[of.steps.category_before[contacts]]
    opening, began = contacts[~done], at[contacts[~done]]
    parts: list[_Waits] = []
    if done.any():
        silent = contacts[done]
        bounds = np.union1d(ends, of.reopen_rows)
        parts.append(_answered_while_solved(of, silent, ends, bounds))
        since = _first_within(silent, _behind(of, of.reopen_rows, bounds), of.reopen_rows)
        opening = np.concatenate([opening, of.reopen_rows[since != NONE]])
        began = np.concatenate([began, at[silent[since[since != NONE]]]])
        order = np.argsort(opening)
        opening, began = opening[order], began[order]
    since = _first_within(opening, _behind(of, ends, ends), ends + 1)
    end = ends[since != NONE]
    parts.append(_Waits(2 * end, began[since[since != NONE]], end))
    last = of.last_of(ends)
    since = _first_within(opening, np.where(last == NONE, of.creation, last + 1), of.starts[1:])
    open_still = 2 * of.final[since != NONE] + 1
    nothing = np.full(open_still.size, NONE, np.int64)
    parts.append(_Waits(open_still, began[since[since != NONE]], nothing))
    return _wait_columns(of, _Waits.joined(parts))


def _answered_while_solved(of: FactRows, silent: Ints, ends: Ints, bounds: Ints) -> _Waits:
    """Return silent waits that ended before the ticket was reopened."""
    since = _first_within(silent, _behind(of, ends, bounds), ends)
    end, since = ends[since != NONE], since[since != NONE]
    reopened = _first_within(of.reopen_rows, end, of.starts[1:][of.raw.ticket[end]])
    counts = reopened != NONE
    start = of.raw.at[silent[since[counts]]]
    return _Waits(2 * of.reopen_rows[reopened[counts]], start, end[counts])


def _wait_columns(of: FactRows, waits: _Waits) -> Lists:
    rows = waits.key >> 1
    ended = waits.end != NONE
    replied = of.steps.fact("replied")[waits.end]
    outcome = np.where(ended, np.where(replied, _REPLIED, _SOLVED), _WAITING)
    contact = of.first_contact[of.raw.ticket[of.reply_rows]]
    answers = of.reply_rows[(contact != NONE) & (contact < of.reply_rows)]
    answer = of.first_of(answers)[of.raw.ticket[rows]]
    before = (answer != NONE) & ((answer < waits.end) | ~ended)
    return listed(
        of,
        rows,
        {
            "start": waits.start,
            "end": of.instants(waits.end),
            "outcome": of.kinds(OUTCOMES, outcome),
            "first": ~before,
        },
    )


LIST_PARTS: Mapping[str, Callable[[FactRows], Lists]] = MappingProxyType(
    {
        "history": _history,
        "statuses": _statuses,
        "acts": _acts,
        "waits": _waits,
        "solves": _solves,
        "reopenings": _reopenings,
        "groups": _groups,
        "lines": _lines,
        "agents": _agents,
        "stays": _stays,
        "ratings_requested": _ratings_requested,
        "ratings": _ratings,
        "merges": _merges,
    }
)
"""The lists that a ticket has by itself."""
