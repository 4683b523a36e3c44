"""Statistics cases: one operation, its inputs, and decimals of twenty digits to agree with.

Before this: `common.py`, `kpi.py`. Next: nothing.
"""

from __future__ import annotations

from functools import partial
from itertools import permutations
from random import Random
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from conformance.common import NotSupported

from support_model._statistics import intervals
from support_model._statistics.sketches import Sketch
from support_model.inference import (
    aalen_johansen,
    benjamini_hochberg,
    bootstrap,
    decompose,
    funnel_limits,
    kaplan_meier,
    laney,
    logrank,
    shrink,
    standardize,
    two_proportions,
    western_electric,
    xmr,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH_NONE = (None, None)
STATISTICS = {"mean": fmean, "median": median}


def rate_interval(k, n, level, method):
    low, high = getattr(intervals, method)(k, n, level=level) or BOTH_NONE
    return {"value": k / n if n else None, "low": low, "high": high}


def quantile(values, q):
    return {"value": intervals.quantile(sorted(values), q)}


def quantile_interval(q, level, values=None, n=None):
    ranks = intervals.quantile_ranks(len(values) if n is None else n, q, level=level)
    found = {"low_rank": ranks.low, "high_rank": ranks.high, "coverage": ranks.coverage}
    if values is not None:
        bounds = intervals.quantile_interval(sorted(values), q, level=level)
        found |= dict(zip(("low", "high"), bounds, strict=True))
    return found


def kaplan_meier_(durations, observed, times, quantiles, entry=None, level=0.95):
    curve = kaplan_meier(durations, observed, entry=entry, level=level)
    bounds = [curve.bounds(t) for t in times]
    intervals = [curve.interval(q) for q in quantiles]
    return {
        "n": curve.n,
        "events": curve.events,
        "censored": curve.n - curve.events,
        "survival": [curve.at(t) for t in times],
        "low": [low for low, _ in bounds],
        "high": [high for _, high in bounds],
        "quantile": [curve.quantile(q) for q in quantiles],
        "quantile_low": [low for low, _ in intervals],
        "quantile_high": [high for _, high in intervals],
    }


def logrank_(durations, observed, groups):
    test = logrank(durations, observed, groups)
    return {
        "groups": list(test.observed),
        "observed": list(test.observed.values()),
        "expected": list(test.expected.values()),
        "df": test.df,
        "statistic": test.statistic,
        "p": test.p,
    }


def aalen_johansen_(durations, causes, times):
    ends = aalen_johansen(durations, causes)
    found = [ends.at(t) for t in times]
    return {
        "incidence": {
            cause: [None if at is None else at[0][cause] for at in found]
            for cause in ends.incidence
        },
        "survival": [None if at is None else at[1] for at in found],
    }


def nps(promoters, passives, detractors, level, method):
    n = promoters + passives + detractors
    interval = intervals.net_promoter(
        promoters, passives, detractors, level=level, adjusted=method == "adjusted_wald"
    )
    low, high = interval or BOTH_NONE
    value = variance = None
    if n:
        value = (promoters - detractors) / n
        variance = ((promoters + detractors) / n - value**2) / n
    return {"value": value, "variance": variance, "low": low, "high": high}


def standardise(cells, level):
    found = standardize(
        {row["cell"]: (row["k"], row["n"]) for row in cells},
        {row["cell"]: row["weight"] for row in cells},
        level=level,
    )
    low, high = found.interval or BOTH_NONE
    return {
        "value": found.value,
        "variance": found.variance,
        "low": low,
        "high": high,
        "empty": list(found.empty),
    }


def kitagawa(before, after, empty="refuse"):
    found = decompose(
        {cell: tuple(row) for cell, row in before.items()},
        {cell: tuple(row) for cell, row in after.items()},
        empty=empty,
    )
    by_cell = found.by_cell and {cell: list(parts) for cell, parts in found.by_cell.items()}
    return {
        "change": found.change,
        "rate_part": found.rate,
        "mix_part": found.mix,
        "by_cell": by_cell,
        "empty": list(found.empty),
    }


def shrink_(k, n, prior=None):
    found = shrink(list(zip(k, n, strict=True)), prior=prior)
    return {
        "mean": found.mean,
        "rho": found.rho,
        "strength": found.strength,
        "value": list(found.values),
    }


def funnel(n, target, level, method, k=None):
    limits = funnel_limits(n, target, level=level, exact=method == "exact")
    found = {"low": limits.low, "high": limits.high}
    if method == "exact":
        found |= {"low_count": limits.low_count, "high_count": limits.high_count}
    return found if k is None else found | {"verdict": limits.verdict(k, n)}


def two_proportions_(k1, n1, k2, n2, level):
    found = two_proportions((k1, n1), (k2, n2), level=level)
    low, high = found.interval or BOTH_NONE
    return {"difference": found.value, "z": found.z, "p": found.p, "low": low, "high": high}


def benjamini_hochberg_(p, q):
    adjusted = benjamini_hochberg(p)
    rejected = [None if each is None else each <= q for each in adjusted]
    return {"adjusted": list(adjusted), "reject": rejected}


def xmr_(values, baseline=None):
    chart = xmr(values, baseline=baseline)
    names = ("mean", "mean_range", "low", "high", "range_high", "outside")
    return {name: listed(getattr(chart, name)) for name in names}


def western_electric_(values, center, sigma):
    runs = western_electric(values, center=center, sigma=sigma)
    rules = (runs.beyond_three, runs.two_of_three, runs.four_of_five, runs.eight_in_a_row)
    return {f"rule{number}": list(places) for number, places in enumerate(rules, 1)}


def laney_(k, n):
    chart = laney(list(zip(k, n, strict=True)))
    names = ("center", "sigma_z", "low", "high", "outside")
    return {name: listed(getattr(chart, name)) for name in names}


def sketch(values, q, accuracy):
    whole = Sketch.of(values, accuracy=accuracy)
    parts = [Sketch.of(values[i::3], accuracy=accuracy) for i in range(3)]
    for a, b, c in permutations(parts):
        assert (a + b) + c == a + (b + c) == whole, "parts differ from the whole"
    return {
        "n": whole.n,
        "zeros": whole.zeros,
        "quantiles": [whole.quantile(share) for share in q],
    }


def listed(value):
    return list(value) if isinstance(value, tuple) else value


OPERATIONS = {
    "rate_interval": rate_interval,
    "quantile": quantile,
    "quantile_interval": quantile_interval,
    "kaplan_meier": kaplan_meier_,
    "logrank": logrank_,
    "aalen_johansen": aalen_johansen_,
    "nps": nps,
    "standardise": standardise,
    "kitagawa": kitagawa,
    "shrink": shrink_,
    "funnel": funnel,
    "two_proportions": two_proportions_,
    "benjamini_hochberg": benjamini_hochberg_,
    "xmr": xmr_,
    "western_electric": western_electric_,
    "laney": laney_,
    "sketch": sketch,
}


def run(data: dict[str, Any]) -> str | None:
    """Compute and compare; None where everything agrees within the stated slack."""
    if data["op"] == "property":
        return "; ".join(broken_properties(data["in"], data["out"]["properties"])) or None
    if data["op"] not in OPERATIONS:
        reason = f"operation {data['op']!r}"
        raise NotSupported(reason)
    answer = OPERATIONS[data["op"]](**data["in"])
    found = [
        *differences(answer, data["out"], data["tol"], ""),
        *(
            f"{path} is {at(answer, path)}, published {value}"
            for path, (value, slack) in data.get("published", {}).items()
            if not abs(float(at(answer, path)) - value) <= slack
        ),
    ]
    return "; ".join(found) or None


def at(answer: Any, path: str) -> Any:
    """Follow a dotted path such as `survival.1`."""
    for step in path.split("."):
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    return answer


def differences(answer: Any, wanted: Any, slack: dict[str, Any], path: str) -> Iterator[str]:
    """Yield where an answer is not what is wanted."""
    if isinstance(wanted, dict) and isinstance(answer, dict):
        if set(wanted) != set(answer):
            yield f"{path}: {sorted(answer)}, expected {sorted(wanted)}"
        for key in wanted.keys() & answer.keys():
            yield from differences(answer[key], wanted[key], slack, f"{path}.{key}")
    elif isinstance(wanted, list) and isinstance(answer, list) and len(wanted) == len(answer):
        for place, (one, other) in enumerate(zip(answer, wanted, strict=True)):
            yield from differences(one, other, slack, f"{path}.{place}")
    elif isinstance(wanted, str) and isinstance(answer, int | float):
        value = float(wanted)
        if abs(answer - value) > slack.get("rel", 0) * abs(value) + slack.get("abs", 0):
            yield f"{path}: {answer!r}, expected {wanted}"
    elif answer != wanted:
        yield f"{path}: {answer!r}, expected {wanted!r}"


def seeded(seed: int) -> Random:
    """Return the dice of a seed."""
    return Random(seed)  # noqa: S311 - statistics, no secrets


def broken_properties(given: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    """Yield what a bootstrap interval should be and is not, for every seed given."""
    keys = ("clusters", "method", "level", "resamples")
    options = {key: given[key] for key in keys if key in given}
    options["statistic"] = STATISTICS[given["statistic"]]
    values = given["values"]
    for seed in given["seeds"]:
        draw = partial(bootstrap, values, **options)
        interval = draw(rng=seeded(seed))
        if interval is None or wanted.get("none"):
            if not (interval is None and wanted.get("none")):
                yield f"seed {seed}: {interval}"
            continue
        low, high = interval
        holds = {
            "ordered": low <= high,
            "inside_range": min(values) <= low and high <= max(values),
            "zero_width": low == high,
        }
        for name in ("low_in", "high_in"):
            if name in wanted:
                least, most = wanted[name]
                holds[name] = least <= (low if name == "low_in" else high) <= most
        if "same_seed" in wanted:
            holds["same_seed"] = draw(rng=seeded(seed)) == interval
        if "wider_than_plain" in wanted:
            plain = draw(rng=seeded(seed), clusters=None)
            factor = wanted["wider_than_plain"]
            holds["wider_than_plain"] = high - low >= factor * (plain[1] - plain[0])
        yield from (f"seed {seed}: not {name}" for name in wanted if not holds[name])
