"""Facts by columns of a source that states more of its tickets than their events show.

The twin of what the report knows of one ticket: what the source records takes precedence, a
priority is a word, and people whose role nobody told are seen by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from support_model._columns.event_columns import ROLE, TYPE
from support_model._columns.fact_building import own_facts, without_circles
from support_model._columns.fact_columns import MOMENTS
from support_model._columns.fact_lists import listed, stays_of, without_repeats
from support_model._columns.fact_merges import with_merged
from support_model._columns.fact_rows import FactRows, united
from support_model._columns.values import NONE, NULL, Lists, Words
from support_model._vocabulary import SETTLED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from support_model._columns.event_columns import EventColumns
    from support_model._columns.fact_columns import FactColumns, Part
    from support_model._columns.values import Column, Flags, Ints

__all__ = ["recorded_facts"]


def recorded_facts(
    events: EventColumns,
    as_of: int,
    *,
    recorded: Mapping[str, Ints] | None = None,
    unknown: Collection[str] = (),
) -> FactColumns:
    """Return the facts of the tickets of some logs, each of which is sound.

    Args:
        events: the logs, without events after `as_of`.
        as_of: in microseconds; a ticket that is recorded as created later is seen then.
        recorded: the instants that the source records of each of the tickets, by name
            ("created", "solved", "closed"), `NULL` for none; None where it records nothing.
        unknown: people whose role nobody told.
    """
    of = FactRows(without_circles(events), as_of)
    facts = own_facts(of)
    parts: dict[str, Callable[[], Part]] = {
        name: _worded(facts, name)
        for name in ("priority", *(f"{moment}.priority" for moment in MOMENTS))
    }
    if unknown:
        parts |= _unknown_parts(of, unknown)
    if recorded is not None:
        parts |= _recorded_parts(of, facts, recorded)
    return with_merged(facts.replaced(parts))


def _worded(facts: FactColumns, name: str) -> Callable[[], Part]:
    return lambda: facts.words(name).regrouped(lambda priority: priority.name)


def _unknown_parts(of: FactRows, unknown: Collection[str]) -> dict[str, Callable[[], Part]]:
    """Return when people whose role nobody told first wrote, and first did anything."""
    others = np.flatnonzero(of.raw.role == ROLE["third_party"])
    acted = others[of.actors(others).holds(frozenset(unknown).__contains__)]
    kinds = of.raw.type[acted]
    wrote = acted[(kinds == TYPE["created"]) | (kinds == TYPE["message"])]
    return {
        "unknown_wrote": lambda: of.instants(of.first_of(wrote)),
        "unknown_acted": lambda: of.instants(of.first_of(acted)),
    }


def _recorded_parts(
    of: FactRows, facts: FactColumns, recorded: Mapping[str, Ints]
) -> dict[str, Callable[[], Part]]:
    created = recorded.get("created", np.full(facts.size, NULL, np.int64))
    as_of = np.maximum(created, of.as_of)
    parts: dict[str, Callable[[], Part]] = {
        "as_of": lambda: as_of,
        "created": lambda: np.where(created == NULL, of.raw.at[of.creation], created),
        "agents": lambda: _agents(of),
        "stays": lambda: stays_of(of, of.agent),
        "closed": lambda: _closed(of, facts, recorded, as_of),
    }
    if "solved" in recorded:
        at = _until(recorded["solved"], as_of)
        solved = at != NULL
        parts |= {
            "solves": lambda: _solves(facts, at, solved),
            "first_solve": lambda: at,
            "last_solve": lambda: at,
            "ever_solved": lambda: solved | _ever_done(facts),
        }
    return parts


def _until(at: Ints, as_of: Ints) -> Ints:
    """Return instants that are not known yet as none."""
    return np.where(at > as_of, NULL, at)


def _solves(facts: FactColumns, at: Ints, solved: Flags) -> Lists:
    """Return the recorded solution, credited as the last one is, else to who holds the ticket."""
    solves = facts.lists("solves")
    agents, some = solves.words("agent"), solves.lengths > 0
    last = np.append(agents.codes, NONE)[solves.offsets[1:] - 1]
    credited = Words(np.where(some, last, NONE), agents.words)
    (credit, holder), words = united(credited, facts.words("agent"))
    codes = np.where(some, credit, holder)[solved]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(solved)])
    parts: dict[str, Column] = {"at": at[solved], "agent": Words(codes, words)}
    return Lists(offsets, parts)


def _ever_done(facts: FactColumns) -> Flags:
    history = facts.lists("history")
    done = history.words("category").holds(lambda word: word in SETTLED)
    return np.bincount(history.rows[done], minlength=facts.size) > 0


def _agents(of: FactRows) -> Lists:
    """Return the agents in order; who assigned them is not recorded, so no stay is an offer."""
    told = of.agent
    named = told.codes != NONE
    rows, codes = told.rows[named], told.codes[named]
    kept = without_repeats(of, rows, codes)
    return listed(of, rows[kept], {"name": Words(codes[kept], of.steps.words("agent"))})


def _closed(of: FactRows, facts: FactColumns, recorded: Mapping[str, Ints], as_of: Ints) -> Ints:
    """Return the close: as recorded, else the last event of a ticket that is closed."""
    if "closed" in recorded:
        return _until(recorded["closed"], as_of)
    closed = facts.words("category").holds(lambda word: word == "closed")
    return np.where(closed, of.raw.at[of.final], NULL)
