"""Figures as rows, in one line and small: what a table, a log and a large distribution need."""

import pickle
from array import array
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model._ascending import ascending
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share
from support_model.inference import kaplan_meier, two_medians, two_sketched_medians
from support_model.summaries import Lifetimes, Sketch, summarize

HOURS = [timedelta(hours=n) for n in range(1, 41)]
MANY = Distribution(key="took", clock="business", definition="it took", micros=range(10**6))
TOOK = Distribution.of(HOURS, key="took", clock="business", definition="it took")
SHARE = Share(key="met", definition="on time", numerator=3, n=4, excluded={"void": 2})
RATE = Rate(
    key="rate", definition="per ticket", numerator=9, denominator=4, n=4, squares=25,
    method="normal",
)  # fmt: skip
LIVES = Lifetimes.of(
    [10**6 * n for n in range(1, 9)], [True, False] * 4, key="lives", definition="how long"
)
CURVE = kaplan_meier(range(1, 500), [True, True, False] * 166 + [True])
COLUMNS = [
    *("key", "clock", "statistic", "unit", "n", "value", "low", "high", "excluded", "definition")
]


@pytest.mark.parametrize(
    "figure", [TOOK, SHARE, RATE, summarize(MANY), LIVES, CURVE], ids=range(6)
)
def test_every_figure_is_one_row_and_one_line(figure):
    row = figure.row()
    assert list(row) == COLUMNS
    assert all(
        value is None or isinstance(value, str | int | float | dict) for value in row.values()
    )
    bounds = [row[name] for name in ("low", "value", "high") if row[name] is not None]
    assert bounds == sorted(bounds)
    for text in (str(figure), repr(figure)):
        assert "\n" not in text
        assert len(text) <= 300
    assert figure._repr_html_().startswith("<table")


def test_a_row_says_what_the_figure_says():
    row = SHARE.row()
    assert (row["value"], row["n"], row["excluded"]) == (0.75, 4, {"void": 2})
    assert (row["low"], row["high"]) == SHARE.interval
    assert RATE.row()["value"] == 2.25
    rows = {name: TOOK.row(name) for name in ("mean", "median", "p90", "p99.5")}
    assert rows["mean"]["value"] == TOOK.mean.total_seconds()
    assert (rows["mean"]["low"], rows["mean"]["high"]) == (None, None)
    for name, q in (("median", 0.5), ("p90", 0.9), ("p99.5", 0.995)):
        assert rows[name]["value"] == TOOK.quantile(q).total_seconds()
        low, high = TOOK.interval(q)
        assert rows[name]["low"] == (low and low.total_seconds())
        assert rows[name]["high"] == (high and high.total_seconds())
        assert rows[name]["clock"] == "business"
    empty = Distribution.of([], key="took", clock="calendar", definition="it took").row()
    assert (empty["n"], empty["value"], empty["low"], empty["high"]) == (0, None, None, None)
    curve = LIVES.curve()
    assert LIVES.row()["value"] == curve.quantile(0.5) / 10**6 == curve.row()["value"]
    assert (curve.row()["unit"], CURVE.row()["unit"]) == ("seconds", None)
    assert CURVE.row()["value"] == CURVE.quantile(0.5)


@pytest.mark.parametrize("statistic", ["p0", "p100", "p", "q50", "p90 ", "p1e1", "", "p\u0669"])
def test_an_unknown_statistic_is_refused(statistic):
    with pytest.raises(InvalidValue, match="'median', 'mean' or 'p90'"):
        TOOK.row(statistic)


def test_compliance_prints_itself_in_one_line():
    found = kpi.sla_compliance([], "resolution")
    assert str(found) == "resolution: not defined: no cases"
    assert found.row()["key"] == "sla_compliance_resolution"


# Numbers in order


WHOLE = st.integers(-(2**70), 2**70) | st.integers(-5, 5)


@given(st.lists(WHOLE), st.lists(WHOLE))
def test_numbers_in_order_are_a_tuple_of_them(one, other):
    found, wanted = ascending(one), tuple(sorted(one))
    assert found == wanted
    assert wanted == found
    assert hash(found) == hash(wanted)
    assert (len(found), list(found)) == (len(wanted), list(wanted))
    assert len(wanted) > 20 or repr(found) == repr(wanted)
    assert found[1:3] == wanted[1:3]
    assert found + ascending(other) == tuple(sorted([*one, *other]))
    assert all(found.count(value) == wanted.count(value) for value in (*one, 0, 1.5))
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - just made
    assert (found == ascending(other)) is (sorted(one) == sorted(other))
    assert found != list(wanted)


def test_numbers_in_order_take_eight_bytes_each():
    assert isinstance(ascending(range(9)).values, array)
    assert ascending([2**64]).values == (2**64,)
    with pytest.raises(AttributeError):
        ascending([1]).values = ()


# States of many values


@given(st.lists(st.integers(0, 2**55) | st.integers(0, 30), max_size=40), st.integers(200, 400))
def test_a_sketch_of_many_values_in_order_is_that_of_each(few, times):
    values = few * times
    assert Sketch.of(ascending(values)) == Sketch.of(values)


def test_medians_of_sketches_differ_as_those_of_values_do():
    first, second = range(10**6, 3 * 10**6, 997), range(2 * 10**6, 5 * 10**6, 1009)
    wanted = two_medians(first, second)
    found = two_sketched_medians(Sketch.of(first), Sketch.of(second))
    assert found.value == pytest.approx(wanted.value, rel=0.02)
    assert found.interval == pytest.approx(wanted.interval, rel=0.05)
    assert found.p == pytest.approx(wanted.p, abs=0.01)
    none = two_sketched_medians(Sketch.of([]), Sketch.of(second))
    assert (none.value, none.undefined) == (None, "no_cases")
    assert two_sketched_medians(Sketch.of([3]), Sketch.of([5])).undefined == "too_few"


# KPIs as values


MAKERS = (
    kpi.first_response, lambda: kpi.first_response(agent_created="exclude", notes=True),
    lambda: kpi.first_resolution(pause=["pending"]), kpi.full_resolution, kpi.reopened,
    lambda: kpi.reopenings(within=timedelta(days=1)), kpi.satisfied,
    lambda: kpi.satisfied(at_least=0.8), kpi.net_promoter_score,
    lambda: kpi.mean_satisfaction(scale=(1, 5)), lambda: kpi.touches(gap=timedelta(hours=1)),
    lambda: kpi.cost_per_ticket({1: 2, 2: 0.5}), lambda: kpi.no_handoff(["group"]),
    lambda: kpi.low_effort(direction="low_is_easy"),
)  # fmt: skip


@pytest.mark.parametrize("make", MAKERS, ids=range(len(MAKERS)))
def test_kpis_compare_and_pickle(make):
    one = make()
    assert one == make()
    assert hash(one) == hash(make())
    before = one.of([])
    again = pickle.loads(pickle.dumps(one))  # noqa: S301 - just made
    assert again == one
    assert again.of([]) == before
    assert one != kpi.KPIS["handoffs"]
    assert pickle.loads(pickle.dumps(kpi.KPIS["handoffs"])) == kpi.KPIS["handoffs"]  # noqa: S301


def test_kpis_of_other_options_differ():
    made = [make() for make in MAKERS]
    assert all(a != b for place, a in enumerate(made) for b in made[:place])
    costs = kpi.cost_per_ticket({1: 2, 2: 0.5}), kpi.cost_per_ticket({1: 2, 2: Fraction(2, 3)})
    assert costs[0] != costs[1]
