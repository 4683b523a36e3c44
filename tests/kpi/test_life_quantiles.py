"""A quantile of lives, and the share that has ended, are those of their whole curve."""

from hypothesis import given
from hypothesis import strategies as st

from support_model.inference import kaplan_meier, life_quantile, life_share

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


def test_a_share_too_small_for_a_float_ends_the_search():
    lives = 1100
    lasted = [n // 2 + 1 for n in range(2 * lives)]
    entry, ended = [n - 1 for n in lasted], [True, False] * lives
    made = life_quantile(lasted, ended, entry, q=0.999)
    curve = kaplan_meier(lasted, ended, entry=entry)
    assert curve.survival[-1] == 0
    assert (made.value, made.low, made.high) == (curve.quantile(0.999), *curve.interval(0.999))
