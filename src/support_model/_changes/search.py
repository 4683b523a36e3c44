"""Which changes explain all that moved: one control of false discoveries, then one change a time.

A change of a group moves all groups that share tickets with it. So within a measure the change
that is furthest from chance is taken first, what is expected of its tickets is multiplied by its
ratio, and what then is left of the other groups is looked at again.
"""

from __future__ import annotations

from math import erfc, log, sqrt
from typing import TYPE_CHECKING

from attrs import define, evolve

from support_model._changes.scan import Usual, best_term, judge, stands, usual

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from support_model._changes.labels import Labels
    from support_model._changes.scan import Horizon, Term
    from support_model._changes.tables import Table

LEVEL = 0.1
"""The share of false ones among the changes that are told."""
LEAST_EFFECT = log(1.12)
"""Smaller changes are none that a manager would act on."""
PARTS = (0.15, 0.6, 0.25)
"""Of the level, for all tickets, for values and for pairs of them."""
LARGE = 0.1
"""The part of all tickets from which on a group has its full weight."""
FOLLOWING = frozenset({"status_time", "backlog", "closing_delay"})
"""Measures that other measures tell of as well."""
DERIVED = 0.5
"""The part of the level that these have, of that of others."""
TELLING, AFTER, CERTAIN = log(1.6), 0.15, sqrt(6)
"""A change that matters, the part of the weeks that follow it, and how far from chance is sure."""
MOST_OF_ONE = 3
"""Changes of one measure of one group."""
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
        weighted: its p-value over its weight.
    """

    table: Table
    label: int
    term: Term
    raw: Term
    weighted: float


@define
class _Series:
    table: Table
    label: int
    own: Usual
    term: Term
    weight: float = 1.0
    limit: float = 0.0

    @property
    def told(self) -> bool:
        """Whether it is far enough from chance, and large enough to act on."""
        return self.term.p <= self.limit and abs(log(self.term.ratio)) >= LEAST_EFFECT

    def sort(self, labels: Labels) -> tuple[int, str]:
        """Return how many fields form its group, and its measure."""
        return len(labels.where[self.label]), self.table.measure.key

    def telling(self) -> float:
        """Return how well a change that matters could be told, in (0, 1].

        That is as the best weights are (Roeder and Wasserman 2009), but no less where it could
        be told for certain.
        """
        outcomes = self.term.level * self.term.weeks * AFTER * (1 - AFTER)
        usual = self.own.dispersion(self.term.level)
        far = min(CERTAIN, max(0.3, TELLING * sqrt(outcomes / usual)))
        return erfc((far / 2 + CERTAIN**2 / 2 / far) / sqrt(2)) / erfc(CERTAIN / sqrt(2))

    def worth(self, penalties: Sequence[float]) -> float:
        """Return how well it explains, in favor of larger groups."""
        return self.term.deviance / self.term.dispersion / 2 - penalties[self.label]


def moves_of(tables: Iterable[Table], labels: Labels, horizon: Horizon) -> tuple[list[Move], int]:
    """Return the changes of all measures, and how many series were looked at."""
    every: list[list[_Series]] = [_judged(table, labels, horizon) for table in tables]
    flat = [series for own in every for series in own]
    _weigh(flat, labels)
    moves: list[Move] = []
    for own in every:
        moves.extend(_explained(own, labels, horizon))
    return moves, len(flat)


def _weigh(flat: list[_Series], labels: Labels) -> None:
    """Give each series its part of the level, and note what is far enough from chance to look at.

    All tickets, values and pairs have parts of the level each, and so have measures; in these a
    group has the more, the larger it is and the better a change could be told in it. So the many
    do not hide the few (weights of hypotheses: Genovese, Roeder and Wasserman 2006).
    """
    sums: dict[tuple[int, str], float] = {}
    for each in flat:
        share = labels.sizes[each.label] / labels.sizes[0]
        each.weight = each.telling() * sqrt(min(1.0, share / LARGE))
        sums[each.sort(labels)] = sums.get(each.sort(labels), 0.0) + each.weight
    parts = {
        (fields, key): PARTS[fields] * (DERIVED if key in FOLLOWING else 1.0)
        for fields, key in sums
    }
    used = sum(parts.values())
    for each in flat:
        sort = each.sort(labels)
        each.weight *= parts[sort] / used * len(flat) / sums[sort]
    limit = 0.0
    for place, own in enumerate(sorted(map(_weighted, flat)), start=1):
        if own <= LEVEL * place / len(flat):
            limit = own
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
    floors = [table.floor(label) for label in range(len(terms))]
    common = usual(
        (terms[label], floors[label]) for label, where in enumerate(labels.where) if len(where) < 2
    )
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
    raw_p = {each.label: _weighted(each) for each in left}
    moves: list[Move] = []
    taken: dict[int, int] = {}
    while left and len(moves) < MOST:
        best = max(left, key=lambda each: (each.worth(penalties), -each.label))
        first = raw[best.label]
        observed, expected = best.table.observed[best.label], best.table.expected(best.label)
        same_way = (first.ratio > 1) is (best.term.ratio > 1) or best.term.kind == "pulse"
        if same_way and stands(best.term, observed, expected, horizon):
            moves.append(Move(best.table, best.label, best.term, first, raw_p[best.label]))
        shares = best.table.measure.key == "mix"
        others = [each for each in left if not shares or _same_field(labels, each, best)]
        best.table.explain(best.term, best.label, [each.label for each in others])
        taken[best.label] = taken.get(best.label, 0) + 1
        left = [each for each in left if taken.get(each.label, 0) < MOST_OF_ONE]
        left = list(_again(left, horizon))
    return moves


def _same_field(labels: Labels, one: _Series, other: _Series) -> bool:
    return labels.where[one.label][0][0] == labels.where[other.label][0][0]


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
