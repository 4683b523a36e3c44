"""Which changes explain all that moved: one control of false discoveries, then one change a time.

A change of a group moves all groups that share tickets with it. So within a measure the change
that is furthest from chance is taken first, what is expected of its tickets is multiplied by its
ratio, and what then is left of the other groups is looked at again.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import erfc, log, sqrt
from typing import TYPE_CHECKING

from attrs import define, evolve

from support_model._changes.hazards import ANSWERING
from support_model._changes.scan import (
    LEAST_FIT,
    LEAST_FIT_OF_FEW,
    Usual,
    best_term,
    judge,
    ratio_at,
    spread_of_field,
    stands,
    usual,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from support_model._changes.labels import Labels
    from support_model._changes.rows import Measure
    from support_model._changes.scan import Horizon, Term
    from support_model._changes.tables import Table

LEVEL = 0.05
"""The share of false ones among the changes that are told."""
LEAST_EFFECT = log(1.12)
"""Smaller changes are none that a manager would act on."""
PARTS = (0.25, 0.55, 0.2)
"""Of the level, for all tickets, for values and for pairs of them."""
LARGE = 0.1
"""The part of all tickets from which on a group has its full weight."""
FOLLOWING = frozenset({"status_time", "backlog", "closing_delay", "sla"})
"""Measures that other measures tell of as well."""
DERIVED = 0.5
"""The part of the level that these have, of that of others."""
TELLING, AFTER, CERTAIN = log(1.6), 0.15, sqrt(6)
"""A change that matters, the part of the weeks that follow it, and how far from chance is sure."""
AS_THE_REST = 2.6
"""Standard errors by which a part of what comes has to move otherwise than the rest."""
MOST_OF_ONE = 3
"""Changes of one measure of one group."""
MOST = 24
"""Changes of one measure."""
RETURN = 0.5
"""The part of a change, as a logarithm, that is left where another one undoes it."""
PENALTIES = (0.0, 2.0, 7.0)
"""By how much, of a logarithm of likelihood, more fields must explain better than fewer."""


@define
class Move:
    """A change of a group in a measure that no other change explains.

    Attributes:
        table: of the measure.
        label: the group.
        term: what is left of it when larger changes are taken out.
        weighted: its p-value over its weight.
        within: its p-value among the measures of its group, where only these are looked at.
    """

    table: Table
    label: int
    term: Term
    weighted: float
    within: float | None = None


@define
class Found:
    """What was found.

    Attributes:
        moves: the changes.
        hints: by group, what else may have moved.
        looks: how many series were looked at.
        measures: of which measures.
    """

    moves: list[Move]
    hints: dict[int, list[Move]]
    looks: int
    measures: tuple[str, ...]


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

    def sort(self, labels: Labels) -> tuple[int, Measure]:
        """Return how many fields form its group, and its measure."""
        return len(labels.where[self.label]), self.table.measure

    def telling(self) -> float:
        """Return how well a change that matters could be told, in (0, 1].

        That is as the best weights are (Roeder and Wasserman 2009), but no less where it could
        be told for certain.
        """
        outcomes = self.term.outcomes * AFTER * (1 - AFTER)
        usual = self.own.dispersion(self.term.level)
        far = min(CERTAIN, max(0.3, TELLING * sqrt(outcomes / usual)))
        return erfc((far / 2 + CERTAIN**2 / 2 / far) / sqrt(2)) / erfc(CERTAIN / sqrt(2))

    def worth(self, penalties: Sequence[float]) -> float:
        """Return how well it explains, in favor of larger groups.

        The usual dispersion is the measure of that in all groups: a group whose weeks differ more
        is not the less what moved, and how near expectations are fitted favors none.
        """
        usual = evolve(self.own, fit=1.0).dispersion(self.term.level)
        return self.term.deviance / usual / 2 - penalties[self.label]


def moves_of(tables: Iterable[Table], labels: Labels, horizon: Horizon) -> Found:
    """Return the changes of all measures, and what else may have moved with them."""
    every: list[list[_Series]] = [_judged(table, labels, horizon) for table in tables]
    flat = [series for own in every for series in own]
    _weigh(flat, labels)
    terms = [each.term for each in flat]
    moves: list[Move] = []
    for own in every:
        moves.extend(_explained(own, labels, horizon))
    for each, term in zip(flat, terms, strict=True):
        each.term = term
    measures = tuple(dict.fromkeys(each.table.measure.key for each in flat))
    return Found(moves, _hints(flat, moves), len(flat), measures)


def _weigh(flat: list[_Series], labels: Labels) -> None:
    """Give each series its part of the level, and note what is far enough from chance to look at.

    All tickets, values and pairs have parts of the level each, and so have measures; in these a
    group has the more, the larger it is and the better a change could be told in it. So the many
    do not hide the few (weights of hypotheses: Genovese, Roeder and Wasserman 2006).
    """
    sums: dict[tuple[int, Measure], float] = {}
    for each in flat:
        share = labels.sizes[each.label] / labels.sizes[0]
        each.weight = each.telling() * sqrt(min(1.0, share / LARGE))
        sums[each.sort(labels)] = sums.get(each.sort(labels), 0.0) + each.weight
    parts = {
        (fields, measure): PARTS[fields] * (DERIVED if measure.key in FOLLOWING else 1.0)
        for fields, measure in sums
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
    terms = {
        label: term
        for label in range(len(labels.where))
        if (term := best_term(table.observed[label], table.expected(label), horizon)) is not None
    }
    common, spreads = _usual_of(table, labels, terms)
    series: list[_Series] = []
    for label, term in terms.items():
        fields = [spreads.get(field, common.spread) for field, _ in labels.where[label]]
        spread = sum(fields) if spreads and fields else common.spread
        own = evolve(common, floor=table.floor(label), spread=spread)
        judge(term, own)
        series.append(_Series(table, label, own, term))
    return series


def _usual_of(
    table: Table, labels: Labels, terms: Mapping[int, Term]
) -> tuple[Usual, dict[str, float]]:
    """Return how a measure varies, and of what comes how it does by field.

    Customers write more unevenly than channels are used.
    """
    known: dict[str, list[tuple[Term, float]]] = {}
    for label, term in terms.items():
        where = labels.where[label]
        if term.freedom > 0 and len(where) < 2:
            known.setdefault(where[0][0] if where else "", []).append((term, table.floor(label)))
    least = LEAST_FIT if table.measure.kind == "time" else LEAST_FIT_OF_FEW
    common = usual([pair for own in known.values() for pair in own], least)
    if table.measure.kind != "count":
        return common, {}
    return common, {field: spread_of_field(own, common) for field, own in known.items() if field}


def _explained(series: list[_Series], labels: Labels, horizon: Horizon) -> list[Move]:
    """Return the changes of a measure, each of which explains what others do not."""
    penalties = [PENALTIES[len(where)] for where in labels.where]
    left = [each for each in series if each.told]
    own_past = {each.label: list(each.table.expected(each.label)) for each in left}
    moves: list[Move] = []
    taken: Counter[int] = Counter()
    while left and len(moves) < MOST:
        best = max(left, key=lambda each: (each.worth(penalties), -each.label))
        best = _of_all(best, left)
        if _against_own_past(best, own_past[best.label], horizon):
            moves.append(Move(best.table, best.label, best.term, _weighted(best)))
        best.table.explain(best.term, best.label, _moved_by(best, left, labels))
        taken[best.label] += 1
        left = [each for each in left if taken[each.label] < MOST_OF_ONE]
        left = list(_again(left, horizon))
    return _without_returns(moves)


def _of_all(best: _Series, left: Sequence[_Series]) -> _Series:
    """Return the series of all tickets where a part of what comes moved as the rest did."""
    whole = left[0] if left[0].label == 0 else best
    if best.table.measure.kind != "count" or best is whole or not _same(best.term, whole.term):
        return best
    term, part, every = best.term, best.table.observed[best.label], whole.table.observed[0]
    expected = best.table.expected(best.label), whole.table.expected(0)
    rest = [more - less for more, less in zip(every, part, strict=True)]
    apart, variance = 0.0, 0.0
    for sign, observed, own in ((1, part, expected[0]), (-1, rest, expected[1])):
        apart += sign * log(ratio_at(term, observed, own))
        sides = sum(observed[term.base : term.since]), sum(observed[term.since :])
        variance += whole.term.dispersion * sum(1 / max(1, count) for count in sides)
    return whole if abs(apart) < AS_THE_REST * sqrt(variance) else best


def _same(one: Term, other: Term) -> bool:
    """Return whether two steps go the same way and may have begun in the same week."""
    steps = one.kind == other.kind == "step" and (one.ratio > 1) is (other.ratio > 1)
    return steps and one.low <= other.high and other.low <= one.high


def _without_returns(moves: Sequence[Move]) -> list[Move]:
    """Return changes without those that a later one of the same group undoes, and these.

    What was worse for some weeks and is as before is over: it neither lasts, nor is it better.
    """
    over: set[int] = set()
    for one, other in combinations(moves, 2):
        steps = one.term.kind == other.term.kind == "step" and one.label == other.label
        apart = one.term.since != other.term.since
        first, second = log(one.term.ratio), log(other.term.ratio)
        if steps and apart and abs(first + second) < RETURN * max(abs(first), abs(second)):
            over |= {id(one), id(other)}
    return [move for move in moves if id(move) not in over]


def _against_own_past(series: _Series, own_past: Sequence[float], horizon: Horizon) -> bool:
    """Return whether a group moved against its own past, and not only against a larger one."""
    term, observed = series.term, series.table.observed[series.label]
    if term.kind == "pulse":
        return True
    raw = ratio_at(term, observed, own_past)
    same_way = (raw > 1) is (term.ratio > 1) and abs(log(raw)) >= LEAST_EFFECT / 2
    return same_way and stands(term, observed, series.table.expected(series.label), horizon)


def _hints(flat: Iterable[_Series], moves: Iterable[Move]) -> dict[int, list[Move]]:
    """Return by group what else may have moved with it, though not far enough by itself.

    The group of a change is known; how else it shows is asked of its measures alone.
    """
    told = {(id(move.table), move.label) for move in moves}
    every = list(flat)
    measures = len({id(each.table) for each in every})
    hints: dict[int, list[Move]] = {}
    for each in every:
        term, p = each.term, each.term.p * measures
        far = term.kind == "step" and p <= LEVEL and abs(log(term.ratio)) >= LEAST_EFFECT
        if far and (id(each.table), each.label) not in told:
            hint = Move(each.table, each.label, term, _weighted(each), p)
            hints.setdefault(each.label, []).append(hint)
    return hints


def _moved_by(best: _Series, left: Iterable[_Series], labels: Labels) -> list[int]:
    """Return the groups that a change moves; of shares those of the same field, each by itself.

    Who gets a ticket does not make it come: that one agent gets more moves other agents alone.
    """
    fields = {field for field, _ in labels.where[best.label]}
    if best.table.measure.key == "mix":
        return [each.label for each in left if labels.where[each.label][0][0] in fields]
    if best.table.measure.kind == "count" and ANSWERING in fields:
        return [each.label for each in left if ANSWERING in dict(labels.where[each.label])]
    return [each.label for each in left]


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
