"""What `forward` leaves of a target: the share that was left of the one before.

How much had counted when a target was replaced depends on the hours and the pauses before, so
it is measured move by move, from the first one of a count to its last. As long as none was
overdue by then, what earlier targets were called does not matter, so one may come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from support_model._columns.values import NULL, constant
from support_model._frames.clock_passes import CARRIED, FORWARDED
from support_model._frames.hours import HoursBy

if TYPE_CHECKING:
    from support_model._columns.values import Flags, Ints
    from support_model._frames.clock_passes import Counts
    from support_model._frames.measures import Measures


class Terms(NamedTuple):
    """How the last targets of counts came into force.

    Attributes:
        origin: from when open time counts.
        carried: what had counted before.
        allowance: the whole target where it is not its own length, else `NULL`.
        odd: the counts that are left to the fold: one was past its due before its target was
            replaced, or had stopped, or a target is in days.
    """

    origin: Ints
    carried: Ints
    allowance: Ints
    odd: Flags


def terms_of(counts: Counts, measures: Measures) -> Terms:
    """Return how the last targets of counts came into force."""
    size = counts.start.size
    none = np.zeros(size, np.bool_)
    count, _, held, code = counts.moves
    asked = counts.how != CARRIED
    if not asked.any():
        nothing = constant(0, np.int64, size), constant(NULL, np.int64, size)
        return Terms(counts.origin, *nothing, none)
    terms = Terms(counts.origin.copy(), np.zeros(size, np.int64), np.full(size, NULL), none)
    some = np.zeros(size, np.bool_)
    some[count[asked]] = True
    terms.odd[some] = counts.back[some]
    terms.odd[counts.gaps[0][some[counts.gaps[0]]]] = True
    rows = np.flatnonzero(some[count])
    days = measures.lengths == NULL
    terms.odd[count[rows[days[held[rows]] | days[code[rows]]]]] = True
    place = rows - rows[count[rows].searchsorted(count[rows])]
    for turn in range(int(place.max()) + 1):
        mine = rows[(place == turn) & ~terms.odd[count[rows]]]
        _move(terms, counts, measures, mine)
    return terms


def _move(terms: Terms, counts: Counts, measures: Measures, rows: Ints) -> None:
    """Bring the targets of some moves into force, at most one of each count."""
    count, at, held, code = (part[rows] for part in counts.moves)
    used = terms.carried[count] + _counted(counts, measures, terms.origin[count], count, at, held)
    old = np.where(terms.allowance[count] == NULL, measures.lengths[held], terms.allowance[count])
    terms.odd[count[used >= old]] = True
    terms.allowance[count] = NULL
    forward = (counts.how[rows] == FORWARDED) & (used < old)
    count, at, used, old = count[forward], at[forward], used[forward], old[forward]
    lengths = measures.lengths[code[forward]]
    parts = zip(used.tolist(), old.tolist(), lengths.tolist(), strict=True)
    # Python's integers, since the product of two lengths may not fit into 64 bits
    left = [spent - (spent - whole) * length // whole for spent, whole, length in parts]
    fits = np.array([abs(each) < 1 << 62 for each in left], np.bool_)
    terms.odd[count[~fits]] = True
    terms.allowance[count[fits]] = np.array(left, object)[fits].astype(np.int64)
    terms.carried[count] = used
    terms.origin[count] = at


def _counted(
    counts: Counts, measures: Measures, origin: Ints, count: Ints, at: Ints, code: Ints
) -> Ints:
    """Return what counted of some counts from an origin to an instant under a target."""
    hours = HoursBy(measures.hours, measures.which[code] if len(measures.hours) > 1 else None)
    found = hours.before(at) - hours.before(origin)
    place = np.full(counts.start.size, -1)
    place[count] = np.arange(count.size)
    paused = np.where(counts.paused == NULL, at.max(initial=0), counts.paused)
    for owner, start, end in (
        counts.pauses,
        (count, paused[count], np.maximum(at, paused[count])),
    ):
        mine = place[owner] >= 0
        who = place[owner[mine]]
        begun, over = (np.clip(x[mine], origin[who], at[who]) for x in (start, end))
        np.subtract.at(found, who, hours.before(over, who) - hours.before(begun, who))
    return found
