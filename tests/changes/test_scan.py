"""Steps and weeks that are over are told apart, and chance is called chance as often as it is."""

from math import exp
from random import Random

import pytest

from support_model._changes.scan import Horizon, Term, Usual, best_term, judge, likely_start, usual

HORIZON = Horizon(26, 21, 17)
PLAIN = Usual(weeks=60.0)


def poisson(dice, mean):
    """A Poisson number, by the product of uniform ones."""
    limit, n, product = exp(-mean), 0, dice.random()
    while product > limit:
        n, product = n + 1, product * dice.random()
    return n


def judged(observed, expected, usual=PLAIN):
    term = best_term(observed, expected, HORIZON)
    if term is not None:
        judge(term, usual)
    return term


@pytest.mark.parametrize(("mean", "spread"), [(3.0, 0.0), (20.0, 0.0), (60.0, 0.01)])
def test_p_values_are_no_smaller_than_chance_makes_them(mean, spread):
    dice, series = Random(f"{mean} {spread}"), 600  # noqa: S311 - repeatable, not secret
    found = []
    for _ in range(series):
        weeks = [
            mean * (dice.gammavariate(1 / spread, spread) if spread else 1) for _ in range(26)
        ]
        observed = [poisson(dice, week) for week in weeks]
        found.append(judged(observed, [mean] * 26, Usual(spread=spread, weeks=60.0)).p)
    for level in (0.01, 0.05, 0.2):  # three errors above what chance would do
        share = sum(p <= level for p in found) / series
        assert share <= level + 3 * (level * (1 - level) / series) ** 0.5
    assert min(found) < 0.05  # nor is everything called chance


def test_a_step_is_a_step_with_its_week_and_its_ratio():
    term = judged([20] * 22 + [40] * 4, [20.0] * 26)
    assert (term.kind, term.since, term.low, term.high) == ("step", 22, 22, 22)
    assert term.ratio == pytest.approx(2, rel=0.02)
    assert term.z > 0
    assert term.p < 1e-6


def test_two_weeks_that_are_over_are_no_step():
    term = judged([20] * 10 + [60, 60] + [20] * 14, [20.0] * 26)
    assert (term.kind, term.since, term.until) == ("pulse", 10, 12)


def test_what_is_expected_in_other_units_changes_nothing():
    observed = [poisson(Random(f"{n}"), 20 + 10 * (n > 20)) for n in range(26)]  # noqa: S311 - repeatable
    one, other = (judged(observed, [unit] * 26) for unit in (1.0, 64.0))
    assert (one.kind, one.since) == (other.kind, other.since)
    assert one.p == pytest.approx(other.p)
    assert one.ratio == pytest.approx(other.ratio)


def test_a_longer_exposure_is_no_change():
    expected = [20.0] * 20 + [60.0] * 6
    term = judged([round(mean) for mean in expected], expected)
    assert abs(term.deviance) < 1e-9
    assert term.p == 1.0


def test_a_handful_of_outcomes_is_not_looked_at():
    assert best_term([0] * 25 + [11], [1.0] * 26, HORIZON) is None
    assert judged([1] * 24 + [6, 6], [1.0] * 26).p > 1e-4


def test_a_change_in_the_last_week_alone_is_none_yet():
    term = judged([20] * 25 + [60], [20.0] * 26)
    assert term.since < 25


@pytest.mark.parametrize(
    ("profile", "start"),
    [
        ({4: 1.0, 5: 9.8, 6: 9.9, 7: 10.0, 8: 2.0}, 6),
        ({4: 1.0, 5: 30.0, 6: 15.0, 7: 15.0}, 5),
        ({9: 3.0}, 9),
    ],
)
def test_of_weeks_that_are_nearly_as_likely_the_middle_one_is_told(profile, start):
    assert likely_start(profile) == start


def left(level, chi, freedom=20):
    """What a term leaves unexplained, a week."""
    term = Term("step", 20, 26, 0, 1.0, 1.1, 1.0)
    term.level, term.chi, term.freedom = level, chi * freedom, freedom
    return term, 1.0


def test_expectations_that_are_fitted_leave_less_than_chance():
    near = usual([left(level, 0.85) for level in range(5, 30)])
    assert near.fit == pytest.approx(0.85)
    assert near.spread == 0
    assert usual([left(level, 0.5) for level in range(5, 30)]).fit == 0.8
    assert usual([left(level, 0.5) for level in range(5, 30)], 0.9).fit == 0.9
    assert usual([left(level, 1.2) for level in range(5, 30)]).fit == 1
    assert usual([left(level, 0.5) for level in range(5, 9)]).fit == 1  # too few to tell


def test_what_grows_with_the_size_of_groups_is_how_weeks_differ():
    own = usual([left(level, 0.85 + 0.01 * level) for level in range(5, 60)])
    assert own.fit == pytest.approx(0.85)
    assert own.spread == pytest.approx(0.01)


def test_a_fit_is_used_of_groups_of_many_outcomes_alone():
    own = Usual(fit=0.8, weeks=60.0)
    assert [own.least(level) for level in (3.0, 30.0)] == [1.0, 0.8]
    many, few = [20] * 22 + [30] * 4, [2] * 22 + [5] * 4
    for observed, smaller in ((many, True), (few, False)):
        expected = [float(observed[0])] * 26
        fitted, plain = (judged(observed, expected, each).p for each in (own, PLAIN))
        assert (fitted < plain) is smaller
