"""How many outcomes were to be expected: as in like tickets, at the ages lived in a week.

The reference is a hazard, constant in each of some ages and estimated from all weeks, for each
stratum of like tickets; on top of it each value of each field has a factor, so that another mix of
tickets makes no difference between what happens and what is expected. A share known at once is
the same with a single age.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Any

from attrs import define

from support_model._changes.rows import UNIT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._changes.kernels import Kernels
    from support_model._changes.rows import Hazards, Ints, Lives, Tallies

AGES = 28
PRIOR = 2.0
"""How many outcomes of an age the shape of the whole counts as, in a stratum."""
DEEPEST = 4
"""Fields that a stratum is formed by, at most."""
LIKE = ("channel", "priority", "type", "group", "line", "hours", "topic")
"""The fields that may form strata; all others but who answers have factors alone."""
ANSWERING = "agent"
"""Who answers tells how tickets are served, not how alike they are.

A ticket that waits to be taken has no agent, and a reply comes from one: what is expected would
follow what happens. And an agent who begins when tickets slow down would explain it all.
"""


def age_edges(ages: list[int]) -> list[int]:
    """Return the ages between which hazards are constant: quantiles of the ages of outcomes."""
    if not ages:
        return [0]
    inner = {ages[len(ages) * n // AGES] for n in range(1, AGES)}
    return [0, *sorted(age for age in inner if age > 0)]


@define
class Reference:
    """How many outcomes are to be expected of a ticket of each kind up to an age.

    Attributes:
        edges: where ages begin.
        lines: by stratum, the expected outcomes up to an age as a line in each of the ages: what
            it says at zero, and its slope.
        strata: the stratum of each kind.
        factors: what they are multiplied by, of each kind; it makes them `UNIT`.
    """

    edges: list[int]
    lines: list[Hazards]
    strata: Ints
    factors: array[float]

    def up_to(self, kind: int, age: int) -> int:
        """Return the outcomes to be expected of a ticket up to an age, in `UNIT`."""
        place = bisect_left(self.edges, age, 1) - 1
        at_zero, slopes = self.lines[self.strata[kind]]
        return int((at_zero[place] + slopes[place] * age) * self.factors[kind])


def reference_of(lives: Lives, codes: Mapping[str, Ints], loops: Kernels) -> Reference:
    """Return what is to be expected of the kinds of some lives, by the codes of their fields."""
    edges = age_edges(loops.ended(lives))
    by_age = loops.by_age(lives, edges)
    present = loops.present(by_age)
    whole = [_hazards(edges, each, None) for each in loops.lived(by_age, len(edges), None, 1)]
    came, due = loops.by_kind(by_age, present, None, whole)
    telling = [codes[name] for name in _telling(codes, present, came, due, loops)]
    strata, count = loops.strata(telling, present, came)
    tallies = loops.lived(by_age, len(edges), strata, count)
    hazards = [_hazards(edges, each, whole[0]) for each in tallies]
    came, due = loops.by_kind(by_age, present, strata, hazards)
    factors = array("d", bytes(8 * len(strata)))
    alike = [own for name, own in codes.items() if name != ANSWERING]
    own = loops.factors(alike, present, came, due)
    for kind, factor in zip(present, own, strict=True):
        factors[kind] = UNIT * factor
    lines = [_lines(edges, *each) for each in hazards]
    return Reference(edges, lines, array("i", strata), factors)


def squared(reference: Reference) -> Reference:
    """Return what is expected of answers known at once, squared."""
    lines = [
        ([own * own for own in at_zero], [slope * slope for slope in slopes])
        for at_zero, slopes in reference.lines
    ]
    factors = array("d", [factor * factor / UNIT for factor in reference.factors])
    return Reference(reference.edges, lines, reference.strata, factors)


def _lines(edges: list[int], sums: list[float], rates: list[float]) -> Hazards:
    """Return sums of hazards as lines: in each age what the line says at zero, and its slope."""
    begun = zip(sums, rates, edges, strict=True)
    return [own - rate * edge for own, rate, edge in begun], rates


def _lived(edges: list[int], passed: list[int], parts: list[int]) -> list[int]:
    """Return the time lived in each age."""
    lived, older = [0] * len(edges), 0
    for age in range(len(edges) - 1, -1, -1):
        width = edges[age + 1] - edges[age] if age + 1 < len(edges) else 0
        lived[age] = parts[age] + width * older
        older += passed[age]
    return lived


def _hazards(edges: list[int], tallies: Tallies, prior: Hazards | None) -> Hazards:
    """Return the hazards of a stratum, drawn to those of a prior where there is one."""
    passed, parts, came = tallies
    lived = _lived(edges, passed, parts)
    if prior is None:
        rates = [n / time if time else 0.0 for n, time in zip(came, lived, strict=True)]
    else:
        foreseen = [rate * time for rate, time in zip(prior[1], lived, strict=True)]
        level = (sum(came) + PRIOR) / (sum(foreseen) + PRIOR)
        rates = [
            rate * level * (n + PRIOR) / (level * due + PRIOR)
            for rate, n, due in zip(prior[1], came, foreseen, strict=True)
        ]
    sums, total = [], 0.0
    for age, rate in enumerate(rates):
        sums.append(total)
        if age + 1 < len(edges):
            total += rate * (edges[age + 1] - edges[age])
    return sums, rates


def _telling(
    codes: Mapping[str, Ints],
    kinds: Any,  # noqa: ANN401 - as the loops hold them
    came: Any,  # noqa: ANN401 - as the loops hold them
    due: Any,  # noqa: ANN401 - as the loops hold them
    loops: Kernels,
) -> list[str]:
    """Return the fields that tell most about a measure, at most `DEEPEST`, the best first."""
    gains: list[tuple[float, str]] = []
    for name in LIKE:
        if name in codes:
            sums = loops.by_value(codes[name], kinds, came, due)
            gain = sum((o - e) ** 2 / (e + 1) for o, e in sums) - 3 * (len(sums) - 1)
            if gain > 0:
                gains.append((-gain, name))
    return [name for _, name in sorted(gains)[:DEEPEST]]
