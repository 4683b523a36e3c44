"""A quantile of lives is that of their whole curve."""

from hypothesis import given
from hypothesis import strategies as st

from support_model.inference import kaplan_meier, life_quantile

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
