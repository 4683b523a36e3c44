"""How many outcomes were to be expected: as in like tickets, at the ages lived in a week.

The reference is a hazard, constant in each of some ages and estimated from all weeks, for each
stratum of like tickets; on top of it each value of each field has a factor, so that another mix of
tickets makes no difference between what happens and what is expected. A share known at once is
the same with a single age.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model._changes.rows import Cells

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._changes.kernels import Kernels
    from support_model._changes.rows import Hazards, Ints, Pieces, Tallies

AGES = 28
PRIOR = 2.0
"""How many outcomes of an age the shape of the whole counts as, in a stratum."""
DEEPEST = 4
"""Fields that a stratum is formed by, at most."""
LIKE = ("channel", "priority", "type", "group", "line", "hours", "topic")
"""The fields that may form strata; all others have factors alone."""


def age_edges(ages: list[int]) -> list[int]:
    """Return the ages between which hazards are constant: quantiles of the ages of outcomes."""
    if not ages:
        return [0]
    inner = {ages[len(ages) * n // AGES] for n in range(1, AGES)}
    return [0, *sorted(age for age in inner if age > 0)]


def expected_cells(pieces: Pieces, fields: Mapping[str, Ints], loops: Kernels) -> Cells:
    """Return observed and expected outcomes of pieces, by unit and week."""
    if not pieces.unit:
        return Cells()
    edges = age_edges(loops.ended(pieces))
    spans = loops.ages(edges, pieces.young), loops.ages(edges, pieces.old)
    whole = [_hazards(edges, each, None) for each in loops.lived(pieces, edges, spans, None, 1)]
    units = loops.units_of(pieces)
    came, due = loops.by_unit(pieces, loops.risks(pieces, edges, spans, None, whole), units)
    telling = [fields[name] for name in _telling(fields, units, came, due, loops)]
    strata, count = loops.strata(telling, units, came)
    tallies = loops.lived(pieces, edges, spans, strata, count)
    hazards = [_hazards(edges, each, whole[0]) for each in tallies]
    risks = loops.risks(pieces, edges, spans, strata, hazards)
    came, due = loops.by_unit(pieces, risks, units)
    factors = loops.factors(fields.values(), units, came, due)
    expected = loops.expected(pieces, risks, units, factors)
    return Cells(pieces.unit, pieces.week, pieces.came, expected)


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
    fields: Mapping[str, Ints],
    units: Any,  # noqa: ANN401 - as the loops hold them
    came: Any,  # noqa: ANN401 - as the loops hold them
    due: Any,  # noqa: ANN401 - as the loops hold them
    loops: Kernels,
) -> list[str]:
    """Return the fields that tell most about a measure, at most `DEEPEST`, the best first."""
    gains: list[tuple[float, str]] = []
    for name in LIKE:
        if name in fields:
            sums = loops.by_value(fields[name], units, came, due)
            gain = sum((o - e) ** 2 / (e + 1) for o, e in sums) - 3 * (len(sums) - 1)
            if gain > 0:
                gains.append((-gain, name))
    return [name for _, name in sorted(gains)[:DEEPEST]]
