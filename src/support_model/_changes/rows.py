"""What changes are sought in: the tickets of a log as plain parallel lists of whole numbers.

A *unit* is a ticket, or a ticket as one holder had it. Lists of one class are equally long;
instants are microseconds. Whoever makes these lists, from records or from columns, gives the
search the same numbers.
"""

from __future__ import annotations

from array import array
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import Factory, define

from support_model._frozen import frozen
from support_model._short_texts import short_repr

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind: TypeAlias = Literal["time", "share", "count", "flow"]
Ints: TypeAlias = "array[int]"
"""Whole numbers as C holds them: a list of them takes eight bytes a number at most."""
Tallies: TypeAlias = "tuple[list[int], list[int], list[int]]"
"""By age, those that live beyond it, what they lived of the last one, and their outcomes."""
Hazards: TypeAlias = "tuple[list[float], list[float]]"
"""By age, the sum of hazards up to it, and the hazard in it."""
UNIT = 1 << 20
"""Expected outcomes are whole numbers of this part of one: their sums are exact."""
FEWEST = 60
"""Outcomes of a stratum of its own."""
FACTOR_PRIOR = 4.0
"""How many outcomes the factor of a value is drawn to one by."""
PASSES = 3
PLACES, INSTANTS, FLAGS = (Factory(partial(array, code)) for code in "iqb")


@frozen
class Measure:
    """A measure of tickets that is looked at.

    Attributes:
        key: its name.
        kind: a time that ends, a share of chances taken, a count by week, or a flow.
        detail: the status whose time it is; empty otherwise.
        more: the verdict where its outcomes come more often.
        fewer: the verdict where they come less often.
    """

    key: str
    kind: Kind
    detail: str = ""
    more: str = "more"
    fewer: str = "fewer"


@define
class Spells:
    """Stretches that an outcome ends, or that are cut before it comes.

    Attributes:
        unit: whose they are.
        origin: when the clock began; before `start` where it is a further part.
        follows: 1 for a further part of the spell before: its age goes on from there.
        start: from when they are observed.
        end: until when.
        ended: 1 where the outcome came at the end, 0 where they are cut there.
    """

    unit: Ints = PLACES
    origin: Ints = INSTANTS
    follows: Ints = FLAGS
    start: Ints = INSTANTS
    end: Ints = INSTANTS
    ended: Ints = FLAGS

    def add(self, unit: int, start: int, end: int, ended: int, origin: int | None = None) -> None:
        """Add one, or a further part of one that began at an origin."""
        self.unit.append(unit)
        self.origin.append(start if origin is None else origin)
        self.follows.append(int(origin is not None))
        self.start.append(start)
        self.end.append(end)
        self.ended.append(ended)


@define
class Marks:
    """Instants of units, each with a whole number: 1, or whether an answer was a bad one."""

    unit: Ints = PLACES
    at: Ints = INSTANTS
    value: Ints = FLAGS

    def add(self, unit: int, at: int, value: int = 1) -> None:
        """Add one."""
        self.unit.append(unit)
        self.at.append(at)
        self.value.append(value)


@define
class Lives:
    """What is observed in some weeks of spells or of answers: from one age to another.

    Attributes:
        kind: the kind of the unit of each.
        week: the first week in which it is observed.
        last: the last one.
        zero: where in the rhythm its age is zero.
        young: its age where it begins to be observed.
        old: its age where it is observed no more.
        came: 1 where the outcome came then.
        edges: where in the rhythm the weeks begin.
    """

    kind: Ints = PLACES
    week: Ints = PLACES
    last: Ints = PLACES
    zero: Ints = INSTANTS
    young: Ints = INSTANTS
    old: Ints = INSTANTS
    came: Ints = FLAGS
    edges: Ints = INSTANTS


@define
class Cells:
    """Observed and expected outcomes by set of groups and week, where there are any.

    Attributes:
        place: the number of the set, times the number of weeks, and the week; in order.
        observed: how many outcomes came.
        expected: how many were to be expected, in `UNIT`.
    """

    place: Ints = PLACES
    observed: Ints = PLACES
    expected: Ints = INSTANTS


@define
class Rows:
    """A log, as changes are sought in it.

    Attributes:
        as_of: the instant up to which it is known.
        ids: of the tickets.
        created: when each was created.
        ticket: the ticket of each unit; the first units are the tickets themselves.
        fields: by name of a field, a code for each unit, -1 for nothing.
        names: by name of a field, the values that the codes stand for.
        times: spells of each measure of a time, by key and the name of a status.
        chances: spells of each measure of a share whose outcome may yet come.
        trials: marks of each measure of a share that is known at once: 1 for the bad answer.
        counts: marks of each measure that is counted.
        whole: spells of times of which `times` has no waiting, as long as they lasted.
        listed: whether nothing but present values is known: no time in a status is told.
    """

    as_of: int
    ids: Sequence[str] = ()
    created: Ints = INSTANTS
    ticket: Ints = PLACES
    fields: dict[str, Ints] = Factory(dict)
    names: dict[str, list[str]] = Factory(dict)
    times: dict[tuple[str, str], Spells] = Factory(dict)
    chances: dict[str, Spells] = Factory(dict)
    trials: dict[str, Marks] = Factory(dict)
    counts: dict[str, Marks] = Factory(dict)
    whole: dict[tuple[str, str], Spells] = Factory(dict)
    listed: bool = False

    __repr__ = short_repr


def lasting(rows: Rows, measure: str, status: str = "") -> Spells | None:
    """Return the spells of a time as long as they lasted, of which its levels are told.

    A level of spells without their waiting would be none: they would count it in their ages, but
    would not be there while they wait.

    Example:
        >>> lasting(Rows(as_of=0), "resolution") is None
        True
    """
    return rows.whole.get((measure, status), rows.times.get((measure, status)))
