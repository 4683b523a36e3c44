"""Which changes explain all that moved: one control of false discoveries, then one change a time.

A change of a group moves all groups that share tickets with it. So within a measure the change
that is furthest from chance is taken first, what is expected of its tickets is multiplied by its
ratio, and what then is left of the other groups is looked at again.
"""

from __future__ import annotations

from collections import Counter
from math import log
from typing import TYPE_CHECKING

from attrs import define, evolve

from support_model._changes.scan import Usual, best_term, judge, stands, usual

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
FOLLOWING = frozenset({"status_time", "backlog", "closing_delay", "mix"})
"""Measures that other measures tell of as well."""
DERIVED = 0.2
"""Of the level, for measures that follow others."""
MOST = 24
"""Changes of one measure."""
PENALTIES = (0.0, 1.5, 4.0)
"""By how much, of a logarithm of likelihood, more fields must explain better than fewer."""


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
    weight: float = 1.0
    limit: float = 0.0

    @property
    def told(self) -> bool:
        """Whether it is far enough from chance, and large enough to act on."""
        return self.term.p <= self.limit and abs(log(self.term.ratio)) >= LEAST_EFFECT

    def sort(self, labels: Labels) -> tuple[int, bool]:
        """Return how many fields form its group, and whether its measure follows others."""
        return len(labels.where[self.label]), self.table.measure.key in FOLLOWING

    def worth(self, penalties: Sequence[float]) -> float:
        """Return how well it explains, in favor of larger groups."""
        return self.term.deviance / self.term.dispersion / 2 - penalties[self.label]


def moves_of(tables: Iterable[Table], labels: Labels, horizon: Horizon) -> tuple[list[Move], int]:
    """Return the changes of all measures, and how many series were looked at."""
    every: list[list[_Series]] = [_judged(table, labels, horizon) for table in tables]
    flat = [series for own in every for series in own]
    _adjust(flat, labels)
    moves: list[Move] = []
    for own in every:
        moves.extend(_explained(own, labels, horizon))
    return moves, len(flat)


def _adjust(flat: list[_Series], labels: Labels) -> None:
    """Adjust all series at once, and note of each whether it is told.

    All tickets, values and pairs have parts of the level each, and so have measures that stand by
    themselves and those that follow from others, so that the many do not hide the few (weights of
    hypotheses: Genovese, Roeder and Wasserman 2006).
    """
    classes = Counter(each.sort(labels) for each in flat)
    parts = {sort: PARTS[sort[0]] * (DERIVED if sort[1] else 1 - DERIVED) for sort in classes}
    used = sum(parts.values())
    for each in flat:
        sort = each.sort(labels)
        each.weight = parts[sort] / used * len(flat) / classes[sort]
    least, limit = 1.0, 0.0
    for behind, each in enumerate(sorted(flat, key=_weighted, reverse=True)):
        own = _weighted(each)
        least = min(least, own * len(flat) / (len(flat) - behind))
        each.adjusted = least
        if least <= LEVEL:
            limit = max(limit, own)
    for each in flat:
        each.limit = limit * each.weight


def _weighted(series: _Series) -> float:
    return series.term.p / series.weight


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
            judge(term, own)
            series.append(_Series(table, label, own, term))
    return series


def _explained(series: list[_Series], labels: Labels, horizon: Horizon) -> list[Move]:
    """Return the changes of a measure, each of which explains what others do not."""
    penalties = _penalties(labels)
    left = [each for each in series if each.told]
    raw = {each.label: each.term for each in left}
    moves: list[Move] = []
    while left and len(moves) < MOST:
        best = max(left, key=lambda each: (each.worth(penalties), -each.label))
        first = raw[best.label]
        observed, expected = best.table.observed[best.label], best.table.expected(best.label)
        same_way = (first.ratio > 1) is (best.term.ratio > 1) or best.term.kind == "pulse"
        if same_way and stands(best.term, observed, expected, horizon):
            moves.append(Move(best.table, best.label, best.term, first, best.adjusted))
        best.table.explain(best.term, best.label, [each.label for each in left])
        left = list(_again(left, horizon))
    return moves


def _penalties(labels: Labels) -> list[float]:
    """Return by how much better a group must explain what another does as well, by group."""
    return [PENALTIES[len(where)] for where in labels.where]


def _again(series: Iterable[_Series], horizon: Horizon) -> Iterable[_Series]:
    """Yield the series that are still far from chance, with their new terms."""
    for each in series:
        table = each.table
        term = best_term(table.observed[each.label], table.expected(each.label), horizon)
        if term is None:
            continue
        judge(term, each.own)
        each.term = term
        if each.told:
            yield each
