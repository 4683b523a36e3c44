"""Intervals, comparisons, control charts, survival curves: numbers in, numbers out."""

from __future__ import annotations

from support_model._statistics.comparisons import (
    Difference,
    benjamini_hochberg,
    two_means,
    two_medians,
    two_proportions,
    two_sketched_medians,
)
from support_model._statistics.control_charts import deseasonalized, laney, western_electric, xmr
from support_model._statistics.intervals import bootstrap
from support_model._statistics.overdispersion import Overdispersion, overdispersion
from support_model._statistics.rare_events import BetweenChart, g_chart, t_chart
from support_model._statistics.standardization import (
    Decomposition,
    Limits,
    decompose,
    funnel_limits,
    shrink,
    standardize,
)
from support_model._statistics.survival import (
    LifeQuantile,
    LifeShare,
    Survival,
    aalen_johansen,
    kaplan_meier,
    life_quantile,
    life_quantiles,
    life_share,
    logrank,
)

__all__ = [
    "BetweenChart",
    "Decomposition",
    "Difference",
    "LifeQuantile",
    "LifeShare",
    "Limits",
    "Overdispersion",
    "Survival",
    "aalen_johansen",
    "benjamini_hochberg",
    "bootstrap",
    "decompose",
    "deseasonalized",
    "funnel_limits",
    "g_chart",
    "kaplan_meier",
    "laney",
    "life_quantile",
    "life_quantiles",
    "life_share",
    "logrank",
    "overdispersion",
    "shrink",
    "standardize",
    "t_chart",
    "two_means",
    "two_medians",
    "two_proportions",
    "two_sketched_medians",
    "western_electric",
    "xmr",
]
