"""Which changes explain all that moved: one control of false discoveries, then one change a time.

A change of a group moves all groups that share tickets with it. So within a measure the change
that is furthest from chance is taken first, what is expected of its tickets is multiplied by its
ratio, and what then is left of the other groups is looked at again.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from attrs import define, evolve

from support_model._changes.scan import Usual, best_term, judge, usual

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support_model._changes.labels import Labels
    from support_model._changes.scan import Horizon, Term
    from support_model._changes.tables import Table

LEVEL = 0.05
"""The share of false ones among the changes that are told."""
LEAST_EFFECT = log(1.12)
"""Smaller changes are none that a manager would act on."""
PARTS = (0.15, 0.6, 0.25)
"""Of the level, for all tickets, for values and for pairs of them."""
MOST = 24
"""Changes of one measure."""
PAIR_PENALTY = 3.0


@define
class Move:
    """A change of a group in a measure that no other change explains.

    Attributes:
        table: of the measure.
        label: the group.
        term: what is left of it when larger changes are taken out.
        raw: the group against its own past.
        p_adjusted: of all that was looked at.
    """

    table: Table
    label: int
    term: Term
    raw: Term
    p_adjusted: float


@define
class _Series:
    table: Table
    label: int
    own: Usual
    term: Term
    adjusted: float = 1.0

    def told(self, labels: Labels, limits: Sequence[float]) -> bool:
        """Return whether it is far enough from chance, and large enough to act on."""
        far = self.term.p <= limits[len(labels.where[self.label])]
        return far and abs(log(self.term.ratio)) >= LEAST_EFFECT

    def worth(self, penalties: Sequence[float]) -> float:
        """Return how well it explains, in favor of larger groups."""
        return self.term.z**2 / 2 - penalties[self.label]


def moves_of(tables: Iterable[Table], labels: Labels, horizon: Horizon) -> tuple[list[Move], int]:
    """Return the changes of all measures, and how many series were looked at."""
    every: list[list[_Series]] = [_judged(table, labels, horizon) for table in tables]
    flat = [series for own in every for series in own]
    limits = _adjust(flat, labels)
    moves: list[Move] = []
    for own in every:
        moves.extend(_explained(own, labels, horizon, limits))
    return moves, len(flat)


def _adjust(flat: list[_Series], labels: Labels) -> list[float]:
    """Adjust all series at once; return the largest p of what is told, by number of fields.

    All tickets, values and pairs have parts of the level each, so that the many pairs do not hide
    the values (weights of hypotheses: Genovese, Roeder and Wasserman 2006).
    """
    sizes = [0, 0, 0]
    for series in flat:
        sizes[len(labels.where[series.label])] += 1
    used = sum(part for part, size in zip(PARTS, sizes, strict=True) if size)
    weights = [
        part / used * len(flat) / size if size else 1.0
        for part, size in zip(PARTS, sizes, strict=True)
    ]

    def weighted(series: _Series) -> float:
        return series.term.p / weights[len(labels.where[series.label])]

    least, limit = 1.0, 0.0
    for behind, series in enumerate(sorted(flat, key=weighted, reverse=True)):
        own = weighted(series)
        least = min(least, own * len(flat) / (len(flat) - behind))
        series.adjusted = least
        if least <= LEVEL:
            limit = max(limit, own)
    return [limit * weight for weight in weights]


def _judged(table: Table, labels: Labels, horizon: Horizon) -> list[_Series]:
    """Return the series of a measure that hold enough, each with its best term."""
    terms = [
        best_term(table.observed[label], table.expected(label), horizon)
        for label in range(len(labels.where))
    ]
    singles = [terms[label] for label, where in enumerate(labels.where) if len(where) <= 1]
    floors = [table.floor(label) for label in range(len(terms))]
    common = usual(singles, min(floors))
    series: list[_Series] = []
    for label, term in enumerate(terms):
        if term is not None:
            own = evolve(common, floor=floors[label])
            judge(term, own, horizon.size)
            series.append(_Series(table, label, own, term))
    return series


def _explained(
    series: list[_Series], labels: Labels, horizon: Horizon, limits: Sequence[float]
) -> list[Move]:
    """Return the changes of a measure, each of which explains what others do not."""
    penalties = _penalties(labels)
    left = [each for each in series if each.told(labels, limits)]
    raw = {each.label: each.term for each in left}
    moves: list[Move] = []
    while left and len(moves) < MOST:
        best = max(left, key=lambda each: (each.worth(penalties), -each.label))
        first = raw[best.label]
        if (first.ratio > 1) is (best.term.ratio > 1) or best.term.kind == "pulse":
            moves.append(Move(best.table, best.label, best.term, first, best.adjusted))
        best.table.explain(best.term, best.label, [each.label for each in left])
        left = list(_again(left, labels, horizon, limits))
    return moves


def _penalties(labels: Labels) -> list[float]:
    """Return by how much better a group must explain what another does as well, by group."""
    by_fields = [log(max(1, labels.number(n))) for n in range(3)]
    by_fields[2] += PAIR_PENALTY
    return [by_fields[len(where)] for where in labels.where]


def _again(
    series: Iterable[_Series], labels: Labels, horizon: Horizon, limits: Sequence[float]
) -> Iterable[_Series]:
    """Yield the series that are still far from chance, with their new terms."""
    for each in series:
        table = each.table
        term = best_term(table.observed[each.label], table.expected(each.label), horizon)
        if term is None:
            continue
        judge(term, each.own, horizon.size)
        each.term = term
        if each.told(labels, limits):
            yield each
