"""When a series of observed and expected outcomes changed: a step, or single weeks.

The ratio of observed to expected outcomes is one constant, or steps to another at the beginning
of some week and stays there, or is another in a week or two that are over. Outcomes are Poisson
with a dispersion that is estimated from what the best of these leaves unexplained, drawn to what
is usual in the measure.
"""

from __future__ import annotations

from math import erfc, exp, inf, log, sqrt
from typing import TYPE_CHECKING, Literal

from attrs import Factory, define, evolve

from support_model._frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LEAST_PRIOR, MOST_PRIOR = 15.0, 120.0
"""How many degrees of freedom the usual dispersion counts as, at least and at most."""
FEWEST = 12
"""Outcomes of a series that is looked at."""
FEWEST_EXPECTED = 4.0
"""Outcomes that are to be expected on either side of a change."""
LEAST_FIT, LEAST_FIT_OF_FEW = 0.8, 0.9
"""The least part of what chance does that may be left; where outcomes are few, as those of shares
are, they are further from a normal distribution."""
DROP = 3.84
"""By how much the deviance may fall inside an interval of 95 percent."""
PULSES = (1, 2)
FEWEST_WEEKS = 4
"""Weeks before a change of long ago; the first weeks of a log are often unlike the rest."""


@frozen
class Horizon:
    """What is scanned.

    Attributes:
        size: how many weeks there are.
        recent: the first week that is in the later period.
        base: the first week of the earlier period.
    """

    size: int
    recent: int
    base: int


@define
class Term:
    """The best explanation of a series.

    Attributes:
        kind: "step" for a level that stays, "pulse" for weeks that are over.
        since: the first week that is another.
        until: the week after the last that is.
        base: the first week that it was compared with.
        deviance: by how much it explains the series better than a constant, as it was found.
        ratio: of observed to expected after it, against before.
        dispersion: of what it leaves unexplained.
        z: how far from chance; its sign is that of the change.
        p: the chance of the like anywhere in the series.
        looks: as how many looks at the series it counts.
        profile: the deviance of a step in each week.
        low: the earliest week in which it may have begun.
        high: the latest.
        chi: the squares of what it leaves unexplained.
        level: the outcomes expected in a week at the present level.
        echo: how much what is unexplained in a week goes on in the next, and its weight.
        freedom: how many weeks tell what it leaves unexplained, less one.
        outcomes: how many outcomes there are.
    """

    kind: Literal["step", "pulse"]
    since: int
    until: int
    base: int
    deviance: float
    ratio: float
    looks: float
    profile: dict[int, float] = Factory(dict)
    low: int = 0
    high: int = 0
    chi: float = 0.0
    level: float = 0.0
    echo: tuple[float, float] = (0.0, 0.0)
    freedom: int = 0
    outcomes: float = 0.0
    dispersion: float = 1.0
    z: float = 0.0
    p: float = 1.0


def _own(k: float, e: float) -> float:
    return k * log(k / e) if k else 0.0


def _sums(values: Sequence[float]) -> list[float]:
    total, sums = 0.0, [0.0]
    for value in values:
        total += value
        sums.append(total)
    return sums


def best_term(
    observed: Sequence[float], expected: Sequence[float], horizon: Horizon
) -> Term | None:
    """Return what explains a series best, not yet judged; None where it holds too little."""
    o, e = _sums(observed), _sums(expected)
    if o[-1] < FEWEST or e[-1] <= 0:
        return None
    steps = _told(_best_step(o, e, *plan) for plan in _plans(horizon))
    terms = [*steps, *_told([_best_pulse(o, e)])]
    if not terms:
        return None
    best = max(terms, key=lambda term: term.deviance - 2 * log(term.looks))
    if best.kind == "step" and best.base == 0:
        _date(best, [term for term in steps if term.base == 0], o, e)
    _leftovers(best, observed, expected, o)
    if best.kind == "step":
        _bounds(best)
    return best


def _told(terms: Iterable[Term | None]) -> list[Term]:
    return [term for term in terms if term is not None]


def _date(best: Term, steps: Sequence[Term], o: list[float], e: list[float]) -> None:
    """Date a step by its likelihood alone: as what it was found does not tell when it began."""
    for step in steps:
        best.profile |= step.profile
    cut = likely_start(best.profile)
    size = len(o) - 1
    best.since = cut
    best.ratio = (o[size] - o[cut] + 0.5) / (e[size] - e[cut]) / ((o[cut] + 0.5) / e[cut])


def likely_start(profile: Mapping[int, float]) -> int:
    """Return the week in or next to which a step most likely began, from its deviance by week.

    A week is as likely as it and half of its neighbors are: where several are nearly as likely,
    the one in their middle is the least off.
    """
    most = max(profile.values())
    chances = {week: exp((deviance - most) / 2) for week, deviance in profile.items()}

    def near(week: int) -> tuple[float, int]:
        beside = chances.get(week - 1, 0.0) + chances.get(week + 1, 0.0)
        return chances[week] + beside / 2, -week

    return max(chances, key=near)


def _plans(horizon: Horizon) -> Iterator[tuple[int, list[int], float]]:
    """Yield from which week on steps are sought, in which weeks, and as how many looks."""
    last = horizon.size - 1  # a step in the last week alone cannot be told from that week
    recent = list(range(max(2, horizon.recent), last))
    earlier = list(range(FEWEST_WEEKS, min(horizon.recent, last)))
    if recent:
        yield 0, recent, 0.8 * len(recent)
        if horizon.base > 0:
            after_base = [cut for cut in recent if cut > horizon.base]
            yield horizon.base, after_base, 8 * len(recent)
    if earlier:
        yield 0, earlier, 3 * len(earlier)


def _best_step(
    o: list[float], e: list[float], base: int, cuts: list[int], looks: float
) -> Term | None:
    """Return the best step in some weeks."""
    size = len(o) - 1
    o_all, e_all = o[size] - o[base], e[size] - e[base]
    if o_all < FEWEST or e_all <= 0:
        return None
    rate, null = o_all / e_all, _own(o_all, e_all)
    best: tuple[float, int, float] | None = None
    profile: dict[int, float] = {}
    for cut in cuts:
        e1, e2 = e[cut] - e[base], e[size] - e[cut]
        if e1 * rate < FEWEST_EXPECTED or e2 * rate < FEWEST_EXPECTED:
            continue
        o1, o2 = o[cut] - o[base], o[size] - o[cut]
        deviance = profile[cut] = 2 * (_own(o1, e1) + _own(o2, e2) - null)
        if best is None or deviance > best[0]:
            best = deviance, cut, (o2 + 0.5) / e2 / ((o1 + 0.5) / e1)
    if best is None:
        return None
    deviance, cut, ratio = best
    return Term("step", cut, size, base, deviance, ratio, looks, profile)


def _best_pulse(o: list[float], e: list[float]) -> Term | None:
    """Return the best week or two that differ from all others and are over."""
    size = len(o) - 1
    o_all, e_all = o[size], e[size]
    null, rate = _own(o_all, e_all), o_all / e_all
    most, weeks, least = -inf, (0, 0), FEWEST_EXPECTED / rate / 2
    for length in PULSES:
        for start in range(1, size - length - 1):  # two weeks tell that it is over
            end = start + length
            e2 = e[end] - e[start]
            if e2 < least:  # far too little, whatever is rounded
                continue
            o2 = o[end] - o[start]
            o1, e1 = o_all - o2, e_all - e2
            if e2 * rate < FEWEST_EXPECTED or e1 <= 0:
                continue
            deviance = 2 * (_own(o1, e1) + _own(o2, e2) - null)
            if deviance > most:
                most, weeks = deviance, (start, end)
    start, end = weeks
    if not end:
        return None
    o2, e2 = o[end] - o[start], e[end] - e[start]
    ratio = (o2 + 0.5) / e2 / ((o_all - o2 + 0.5) / (e_all - e2))
    return Term("pulse", start, end, 0, most, ratio, 1.5 * len(PULSES) * size)


def _leftovers(
    term: Term,
    observed: Sequence[float],
    expected: Sequence[float],
    o: list[float],
) -> None:
    """Note what a term leaves unexplained.

    Of a step that is asked of the longer of its sides alone: a queue that grows from week to week
    is no sign that weeks differ by chance.
    """
    size, inside = len(o) - 1, (term.since, term.until)
    weeks = [week for week in range(term.base, size) if not inside[0] <= week < inside[1]]
    if term.kind == "step" and term.until - term.since > len(weeks):
        weeks = list(range(*inside))
    whole_o, whole_e = sum(observed[week] for week in weeks), sum(expected[week] for week in weeks)
    rate = whole_o / whole_e if whole_e > 0 else 0.0
    chi, before, products = 0.0, 0.0, 0.0
    for week in weeks:
        mean = expected[week] * rate
        if mean > 0:
            excess = (observed[week] - mean) / sqrt(max(mean, 1.0))
            chi += excess * excess
            products += excess * before
            before = excess
    term.chi, term.freedom = chi, max(0, len(weeks) - 1)
    term.level = whole_o / max(1, len(weeks))
    term.outcomes = o[size] - o[term.base]
    term.echo = products, chi


def _bounds(term: Term) -> None:
    """Note in which weeks a step may have begun: those not much less likely than the best."""
    freedom = max(1, term.freedom)
    least = term.deviance - DROP * max(1.0, term.chi / freedom)
    likely = [cut for cut, deviance in term.profile.items() if deviance >= least]
    term.low, term.high = min(likely), max(likely)


def ratio_at(term: Term, observed: Sequence[float], expected: Sequence[float]) -> float:
    """Return by how much a series changed in the week of a step, whatever the step says."""
    before = sum(observed[term.base : term.since]), sum(expected[term.base : term.since])
    after = sum(observed[term.since :]), sum(expected[term.since :])
    if not (before[1] > 0 and after[1] > 0):
        return 1.0
    return (after[0] + 0.5) / after[1] / ((before[0] + 0.5) / before[1])


def stands(
    term: Term, observed: Sequence[float], expected: Sequence[float], horizon: Horizon
) -> bool:
    """Return whether a step is still there in the later period, by half of it or more."""
    if term.kind != "step" or term.since >= horizon.recent:
        return True
    begin = term.base
    before = sum(observed[begin : term.since]), sum(expected[begin : term.since])
    after = sum(observed[horizon.recent :]), sum(expected[horizon.recent :])
    if not (before[1] > 0 and after[1] > 0):
        return False
    ratio = (after[0] + 0.5) / after[1] / ((before[0] + 0.5) / before[1])
    return 2 * log(ratio) / log(term.ratio) >= 1


@frozen
class Usual:
    """How a measure varies from week to week when nothing happens.

    Attributes:
        spread: the squared coefficient of variation of its level by week.
        echo: the correlation of what is unexplained in neighboring weeks.
        floor: the dispersion by chance alone.
        fit: the part of that which is left around expectations that were fitted to the outcomes.
        weeks: how many weeks the usual dispersion counts as in a group: many where groups differ
            in it no more than by chance.
    """

    spread: float = 0.0
    echo: float = 0.0
    floor: float = 1.0
    weeks: float = LEAST_PRIOR
    fit: float = 1.0

    def least(self, level: float) -> float:
        """Return the least dispersion; where outcomes are few no fit makes it less."""
        return self.floor * (self.fit if level >= FEWEST_EXPECTED else 1.0)

    def dispersion(self, level: float) -> float:
        """Return the usual dispersion at a number of outcomes a week."""
        return self.least(level) + self.floor * self.spread * level


def usual(known: Sequence[tuple[Term, float]], least_fit: float = LEAST_FIT) -> Usual:
    """Return how a measure varies, from what is unexplained in groups of some least dispersion."""
    weight = sum(term.freedom * term.level * floor for term, floor in known)
    if not weight:
        return Usual()
    fit = max(least_fit, _fit(known))
    over = sum(
        min(term.chi / floor, 4.0 * term.freedom) - fit * term.freedom for term, floor in known
    )
    squares = sum(term.echo[1] for term, _ in known)
    echo = sum(term.echo[0] for term, _ in known) / squares if squares else 0.0
    own = Usual(max(0.0, over / weight), min(0.6, max(0.0, echo)), fit=fit)
    return evolve(own, weeks=_prior_weeks(known, own))


def spread_of_field(known: Sequence[tuple[Term, float]], common: Usual) -> float:
    """Return by how much the values of a field vary from week to week, drawn to what is usual."""
    freedom = sum(term.freedom for term, _ in known)
    weight = sum(term.freedom * term.level * floor for term, floor in known)
    if not weight:
        return common.spread
    over = sum(
        min(term.chi / floor, 4 * term.freedom * (1 + common.spread * term.level))
        - common.fit * term.freedom
        for term, floor in known
    )
    prior = LEAST_PRIOR * weight / freedom
    return max(0.0, (over + prior * common.spread) / (weight + prior))


def _fit(known: Sequence[tuple[Term, float]]) -> float:
    """Return which part of what chance does is left: where a line through groups begins.

    What is expected is fitted to the outcomes, so they are nearer to it than chance alone would
    be; how much larger groups differ more by themselves is the slope of the line.
    """
    told = [
        (float(term.freedom), term.level, min(term.chi / floor / term.freedom, 4.0))
        for term, floor in known
        if term.level >= FEWEST_EXPECTED
    ]
    if len(told) < FEWEST:
        return 1.0
    weight = sum(freedom for freedom, _, _ in told)
    level = sum(freedom * own for freedom, own, _ in told) / weight
    mean = sum(freedom * left for freedom, _, left in told) / weight
    squares = sum(freedom * (own - level) ** 2 for freedom, own, _ in told)
    products = sum(freedom * (own - level) * left for freedom, own, left in told)
    slope = max(0.0, products / squares) if squares > 0 else 0.0
    return min(1.0, mean - slope * level)


def _prior_weeks(known: Sequence[tuple[Term, float]], own: Usual) -> float:
    """Return as how many weeks the usual dispersion counts: do groups differ in it at all?"""
    ratios = [
        min(4.0, term.chi / term.freedom / evolve(own, floor=floor).dispersion(term.level))
        for term, floor in known
    ]
    chance = sum((2 + 1 / max(0.5, term.level)) / term.freedom for term, _ in known) / len(known)
    more = sum((ratio - 1) ** 2 for ratio in ratios) / len(ratios) - chance
    return min(MOST_PRIOR, max(LEAST_PRIOR, 2 / more)) if more > 0 else MOST_PRIOR


def judge(term: Term, own: Usual) -> None:
    """Note how far a term is from chance."""
    freedom = max(1, term.freedom)
    dispersion = (term.chi + own.weeks * own.dispersion(term.level)) / (freedom + own.weeks)
    term.dispersion = max(own.least(term.level), dispersion) * (1 + own.echo) / (1 - own.echo)
    t = sqrt(max(0.0, term.deviance) / term.dispersion)
    df = freedom + own.weeks
    z = (8 * df + 1) / (8 * df + 3) * sqrt(df * log(1 + t * t / df))  # Wallace (1959)
    term.z = z if term.ratio > 1 else -z
    term.p = min(1.0, erfc(z / sqrt(2)) * term.looks)
