"""Days on which a desk is closed: ages stand still, and fewer tickets are to be expected."""

from datetime import date, timedelta
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from changes.small_logs import BERLIN, HOUR, START, WEEKS, log

from support_model._changes import making, making_by_arrays
from support_model._changes.weeks import (
    HOURS,
    days_of,
    days_off,
    parts_that_come,
    slots_of,
    weeks_between,
    with_days_off,
)
from support_model.calendars import BusinessCalendar
from support_model.changes import find_changes
from support_model.instants import instant, micros

OFFICE = {"mon-fri": "09:00-17:00"}
CLOSED = (date(2026, 4, 13), date(2026, 4, 17), date(2026, 4, 20))
"""A Monday, a Friday and the next Monday: in the last two of 16 weeks."""
EASTER = BusinessCalendar.weekly(OFFICE, tz="Europe/Berlin", dates=dict.fromkeys(CLOSED, ""))
END = micros(START + timedelta(weeks=WEEKS))
WORKS = [True] * 5 + [False] * 2
SPAN = weeks_between(BERLIN, micros(START), END)


def place(day):
    return (day - START.date()).days


def test_days_off_are_those_that_are_closed_but_mostly_are_not():
    days = [place(day) for day in CLOSED]
    assert days_off(SPAN, EASTER.timeline.open_before) == (days, WORKS)
    office = BusinessCalendar.weekly(OFFICE, tz="Europe/Berlin")
    assert days_off(SPAN, office.timeline.open_before) == ([], WORKS)
    always = BusinessCalendar.always("UTC")
    assert days_off(SPAN, always.timeline.open_before) == ([], [True] * 7)


@pytest.mark.parametrize("tz", ["Europe/Berlin", "Asia/Kathmandu"])
def test_a_day_off_passes_as_the_quietest_day_of_the_week_and_the_next_as_the_one_after(tz):
    zone = ZoneInfo(tz)
    span = weeks_between(zone, micros(START), END)
    counts = [0 if 144 <= hour < 168 else 5 for hour in range(HOURS)]  # a quiet Sunday
    slots = slots_of(span)
    changed = with_days_off(slots, span, counts, [4])
    edges = days_of(span)
    for n, (before, after) in enumerate(zip(slots.hours, changed.hours, strict=True)):
        at = slots.start + n * slots.step
        off, again = edges[4] <= at < edges[5], edges[5] <= at < edges[6]
        assert after == (144 + before % 24 if off else before % 24 if again else before)
    last = with_days_off(slots, span, [1] * HOURS, [7 * WEEKS - 1])  # no day comes after it
    assert [*map(min, last.hours, slots.hours)] == last.hours != slots.hours


def test_on_days_off_as_many_are_expected_as_come_on_such_days():
    span = weeks_between(BERLIN, micros(START), micros(START + timedelta(weeks=4)))
    created = []
    for day in range(28):
        many = 2 if day in {4, 14} else 20 if day % 7 < 5 else 3
        first = START + timedelta(days=day)
        created += [micros(first + n * HOUR / 2) for n in range(many)]
    parts = parts_that_come(span, created, [4, 14], WORKS)
    come = 20 * (4 + 1) / (40 + 1)
    assert parts["open"] == parts["evening/night"] == pytest.approx([80, 100, 80, 100])
    assert parts["weekend"] == pytest.approx([6 + come, 6, 6 + come, 6])
    assert parts[""] == pytest.approx([86 + come, 106, 86 + come, 106])
    assert parts_that_come(span, created, [], WORKS)["weekend"] == [6.0] * 4


def moved(facts_log):
    return [
        (each.measure, each.where)
        for each in facts_log.items
        if each.verdict in {"worse", "better"}
    ]


@pytest.mark.parametrize("seed", range(2))
def test_a_holiday_makes_nothing_worse(seed):
    """No reply and no solution comes on days off; what came before and on them waits."""
    weekends = [(START + timedelta(days=7 * n + 5), timedelta(days=2)) for n in range(WEEKS)]
    off = [(START + timedelta(days=place(day)), timedelta(days=1)) for day in CLOSED]
    facts = log(seed, tickets=3200, closed=[*weekends, *off])
    changes = find_changes(facts, tz=BERLIN, calendar=EASTER)
    assert not moved(changes)
    assert not changes.mixes
    assert not [each for each in changes.items if each.measure == "created"]


@pytest.mark.parametrize("tz", ["Europe/Berlin", "America/St_Johns"])
def test_a_ticket_of_a_day_on_which_a_desk_is_closed_is_one_of_the_weekend(tz):
    dice, zone = Random(4), ZoneInfo(tz)  # noqa: S311 - repeatable, not secret
    made = sorted(END - dice.randrange(WEEKS * 7 * 24 * 3_600_000_000) for _ in range(2000))
    told = making.hours_names(made, zone, EASTER)
    words = making_by_arrays.hours_of(np.array(made, np.int64), zone, EASTER)
    assert [words.words[code] for code in words.codes] == told
    for at, name in zip(made, told, strict=True):
        local = instant(at, zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        opened = [*EASTER.periods(midnight, midnight + timedelta(days=1))]
        weekend = local.weekday() >= 5 or not opened
        now = any(span.start <= local < span.end for span in opened)
        assert name == ("open" if now else "weekend" if weekend else "evening/night")
