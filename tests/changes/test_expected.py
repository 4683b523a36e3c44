"""What is expected agrees with a slow twin that walks hour by hour and shares no code."""

from array import array
from bisect import bisect_left
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from support_model._changes import by_lists
from support_model._changes.hazards import reference_of
from support_model._changes.labels import Kinds
from support_model._changes.rows import UNIT, Spells
from support_model._changes.weeks import HOURS, ONE, TICK_BITS, rhythm_of, slots_of, weeks_between

HOUR, WEEK = 3_600_000_000, 168
MONDAY = round(datetime(2026, 1, 5, tzinfo=UTC).timestamp()) * 1_000_000
WEEKS = 6


def drawn(seed):
    """Spells of whole hours: (start, end or None), the last hour they are known at being that."""
    dice, end = Random(seed), WEEKS * WEEK  # noqa: S311 - repeatable, not secret
    for _ in range(90):
        start = dice.randrange(end)
        length = round(dice.expovariate(1 / dice.choice((5, 60, 200))))
        yield start, start + length if start + length < end else None


def twin(spells):
    """Outcomes and expected ones of each spell in each week, hour by hour."""
    last = WEEKS * WEEK
    ages = sorted(end - start for start, end in spells if end is not None)
    edges = [0, *sorted({ages[len(ages) * n // 28] for n in range(1, 28)} - {0})]

    def place(age):
        return bisect_left(edges, age, 1) - 1

    lived, came = Counter(), Counter(map(place, ages))
    for start, end in spells:
        for hour in range(start, last if end is None else end):
            lived[place(hour - start + 1)] += 1
    due = Counter()
    for number, (start, end) in enumerate(spells):
        for hour in range(start, last if end is None else end):
            age = place(hour - start + 1)
            due[number, hour // WEEK] += came[age] / lived[age]
    outcomes = {(n, end // WEEK): 1 for n, (_, end) in enumerate(spells) if end is not None}
    return due, outcomes


@pytest.mark.parametrize("seed", range(5))
def test_expected_outcomes_are_those_of_the_twin(seed):
    hours = list(drawn(seed))
    spells = Spells()
    for unit, (start, end) in enumerate(hours):
        until = WEEKS * WEEK if end is None else end
        spells.add(unit, MONDAY + start * HOUR, MONDAY + until * HOUR, int(end is not None))
    weeks = weeks_between(ZoneInfo("UTC"), MONDAY, MONDAY + WEEKS * WEEK * HOUR)
    rhythm = rhythm_of(slots_of(weeks), [ONE] * HOURS)
    each = array("i", range(len(hours)))  # every ticket is a kind and a set of its own
    kinds = Kinds(of_unit=each, codes={}, sets=each, columns=[each], count=len(hours))
    lives = by_lists.lives(spells, rhythm, weeks, kinds)
    cells = by_lists.cells(lives, reference_of(lives, {}, by_lists), kinds, weeks.size)
    due, outcomes = twin(hours)
    seen, expected = Counter(), Counter()
    for place, came, risk in zip(cells.place, cells.observed, cells.expected, strict=True):
        seen[divmod(place, weeks.size)] += came
        expected[divmod(place, weeks.size)] += risk / UNIT
    assert +seen == outcomes
    assert expected.keys() >= due.keys()
    assert max(abs(expected[key] - due[key]) for key in expected) < 1e-4
    assert sum(expected.values()) == pytest.approx(len(outcomes), abs=0.01)


def test_the_rhythm_is_the_clock_where_every_hour_is_alike():
    weeks = weeks_between(ZoneInfo("Europe/Berlin"), MONDAY, MONDAY + 30 * WEEK * HOUR)
    rhythm = rhythm_of(slots_of(weeks), [ONE] * HOURS)
    for at in (MONDAY, MONDAY + 7 * HOUR + 11, weeks.edges[-1]):
        assert rhythm.at(at) - rhythm.at(weeks.edges[0]) == at - weeks.edges[0] >> TICK_BITS


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_weeks_begin_on_local_mondays(zone):
    weeks = weeks_between(ZoneInfo(zone), MONDAY, MONDAY + 30 * WEEK * HOUR)
    for at in weeks.edges:
        local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(
            ZoneInfo(zone)
        )
        assert (local.weekday(), local.hour, local.minute) == (0, 0, 0)
    assert [weeks.place(edge) for edge in weeks.edges] == list(range(weeks.size + 1))
    assert [weeks.place(edge - 1) for edge in weeks.edges] == list(range(-1, weeks.size))
