"""A quantile of lives, and the share that has ended, are those of their whole curve."""

from hypothesis import given
from hypothesis import strategies as st

from support_model.inference import kaplan_meier, life_quantile, life_quantiles, life_share

LIVES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.booleans()).map(
        lambda life: (min(life[:2]), max(life[:2]), life[2])
    ),
    max_size=40,
)


@given(LIVES, st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]), st.sampled_from([0.8, 0.95]))
def test_it_is_the_quantile_of_the_curve(lives, q, level):
    entry = [life[0] for life in lives]
    lasted, ended = [life[1] for life in lives], [life[2] for life in lives]
    curve = kaplan_meier(lasted, ended, entry=entry, level=level)
    made = life_quantile(lasted, ended, entry, q=q, level=level)
    assert (made.n, made.events, made.value) == (curve.n, curve.events, curve.quantile(q))
    assert (made.low, made.high) == curve.interval(q)


@given(LIVES, st.sampled_from([0.8, 0.95]))
def test_the_share_that_has_ended_is_that_at_the_end_of_the_curve(lives, level):
    entry = [life[0] for life in lives]
    lasted, ended = [life[1] for life in lives], [life[2] for life in lives]
    curve = kaplan_meier(lasted, ended, entry=entry, level=level)
    made = life_share(lasted, ended, entry, level=level)
    assert (made.n, made.events) == (curve.n, curve.events)
    if not lives:
        assert (made.value, made.low, made.high) == (None, None, None)
        return
    assert made.value == 1 - curve.at(curve.last)
    low, high = curve.bounds(curve.last)
    assert made.low == (None if high is None else 1 - high)
    assert made.high == (None if low is None else 1 - low)


@given(LIVES)
def test_who_enters_at_the_start_is_watched_from_there(lives):
    lasted, ended = [life[1] for life in lives], [life[2] for life in lives]
    late = kaplan_meier(lasted, ended, entry=[0] * len(lives))
    curve = kaplan_meier(lasted, ended)
    assert (late.times, late.survival) == (curve.times, curve.survival)
    assert [late.at_risk(t) for t in range(21)] == [curve.at_risk(t) for t in range(21)]
    made = life_quantile(lasted, ended, [0] * len(lives))
    assert (made.value, made.low, made.high) == (curve.quantile(0.5), *curve.interval(0.5))


QS = st.lists(st.sampled_from([0.1, 0.5, 0.75, 0.9, 0.999]), max_size=4)


@given(LIVES, QS, st.sampled_from([0.8, 0.95]))
def test_several_quantiles_are_those_of_the_curve(lives, qs, level):
    lasted, ended = [life[1] for life in lives], [life[2] for life in lives]
    curve = kaplan_meier(lasted, ended, level=level)
    made = life_quantiles(lasted, ended, qs, level=level)
    assert {(each.n, each.events) for each in made} <= {(curve.n, curve.events)}
    assert [each.value for each in made] == [*map(curve.quantile, qs)]
    assert [(each.low, each.high) for each in made] == [*map(curve.interval, qs)]


def test_one_that_ends_at_once_does_not_end_all():
    made = life_quantile([0, 4, 6, 8], [True] * 4, [0] * 4)
    assert made.value == 4
    assert life_share([0, 4, 6, 8], [True, False, False, False], [0] * 4).value == 0.25


def test_a_share_too_small_for_a_float_ends_the_search():
    lives = 1100
    lasted = [n // 2 + 1 for n in range(2 * lives)]
    entry, ended = [n - 1 for n in lasted], [True, False] * lives
    made = life_quantile(lasted, ended, entry, q=0.999)
    curve = kaplan_meier(lasted, ended, entry=entry)
    assert curve.survival[-1] == 0
    assert (made.value, made.low, made.high) == (curve.quantile(0.999), *curve.interval(0.999))
