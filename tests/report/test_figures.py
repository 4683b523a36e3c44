"""A figure says what it rests on, merges exactly, and is None where it is not defined."""

from datetime import timedelta

import numpy as np
import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from support_model.errors import InvalidValue
from support_model.figures import Distribution, Share, find

reasons = st.dictionaries(st.sampled_from(["void", "unsolved", "not_closed"]), st.integers(0, 9))
micros = st.lists(st.integers(0, 10**13), max_size=30)


def share(numerator=1, n=4, excluded=None, **more):
    return Share(
        key="met", definition="on time", numerator=numerator, n=n, excluded=excluded or {}, **more
    )


def distribution(values=(), excluded=None, clock="calendar"):
    return Distribution(
        key="took", clock=clock, definition="how long", micros=values, excluded=excluded or {}
    )


shares = st.builds(
    lambda pair, excluded: share(min(pair), max(pair), excluded),
    st.tuples(st.integers(0, 99), st.integers(0, 99)),
    reasons,
)
distributions = st.builds(distribution, micros, reasons)


def test_undefined_is_none_and_never_zero():
    nothing = share(0, 0)
    assert (nothing.value, nothing.interval) == (None, None)
    empty = distribution()
    assert (empty.mean, empty.quantile(0.5), empty.interval(0.5)) == (None, None, (None, None))
    assert share(0, 5).value == 0.0
    assert distribution([0]).mean == timedelta(0)


def test_few_values_have_no_interval_and_say_so():
    assert distribution(range(5)).interval(0.5) == (None, None)
    low, high = distribution(range(10)).interval(0.5)
    assert (low, high) == (timedelta(microseconds=1), timedelta(microseconds=8))


@given(micros.filter(bool), st.sampled_from([0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0]))
def test_quantiles_are_those_of_numpy(values, q):
    ours = distribution(values).quantile(q) / timedelta(microseconds=1)
    assert ours == pytest.approx(float(np.quantile(values, q)), rel=1e-9, abs=1)


@given(micros.filter(bool))
def test_the_mean_is_exact_to_the_microsecond(values):
    mean = distribution(values).mean / timedelta(microseconds=1)
    assert abs(mean * len(values) - sum(values)) <= len(values) / 2


@pytest.mark.parametrize("figures", [shares, distributions], ids=["shares", "distributions"])
@given(data=st.data())
def test_merging_is_a_sum(figures, data):
    a, b, c = (data.draw(figures) for _ in range(3))
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert (a + b).n == a.n + b.n
    assert sum((a + b).excluded.values()) == sum(a.excluded.values()) + sum(b.excluded.values())


def test_figures_of_different_questions_do_not_merge():
    for other in (
        evolve(share(), key="other"),
        evolve(share(), definition="by the dot"),
        evolve(share(), level=0.9),
        evolve(share(), method="jeffreys"),
        distribution(),
    ):
        with pytest.raises(InvalidValue, match="different questions"):
            share() + other
    with pytest.raises(InvalidValue, match="another clock"):
        distribution() + distribution(clock="business")


def test_what_is_left_out_is_kept_by_reason_and_cannot_be_changed():
    left = share(excluded={"void": 2, "unsolved": 0})
    assert dict(left.excluded) == {"void": 2}
    with pytest.raises(TypeError):
        left.excluded["void"] = 3
    with pytest.raises(FrozenInstanceError):
        left.n = 9


@pytest.mark.parametrize("method", ["wilson", "jeffreys", "clopper_pearson"])
def test_the_interval_is_the_method_that_the_figure_names(method):
    low, high = share(5, 270, method=method).interval
    assert 0.006 < low < 5 / 270 < high < 0.044


def test_impossible_shares():
    with pytest.raises(InvalidValue, match="0 <= k <= n"):
        share(5, 4)
    with pytest.raises(InvalidValue, match="did you mean 'wilson'"):
        share(method="wilsn")


def test_find_by_key_and_clock():
    made = (distribution(clock="calendar"), distribution(clock="business"), share())
    assert find(made, "took") is made[0]
    assert find(made, "took", "business") is made[1]
    assert find(made, "met") is made[2]
    assert find(made, "nothing") is None
