"""A log that was chosen by when tickets ended is told apart from a whole one."""

import random

import pytest

from support_model._changes.rows import Rows, Spells
from support_model._changes.selection import lacks_what_ended

DAY = 86_400_000_000


def rows(tickets, as_of):
    """Return the rows of tickets that came and ended, or are open."""
    own = Rows(as_of, ids=[str(place) for place in range(len(tickets))])
    own.ticket.extend(range(len(tickets)))
    solved = own.times["resolution", ""] = Spells()
    for place, (created, end) in enumerate(sorted(tickets)):
        own.created.append(created)
        solved.add(place, created, min(end, as_of), int(end < as_of))
    return own


def lived(days, *, life=5.0, count=2000, seed=1):
    dice = random.Random(seed)  # noqa: S311 - repeatable, not secret
    came = [int(dice.uniform(0, days) * DAY) for _ in range(count)]
    return [(at, at + int(dice.expovariate(1 / life) * DAY)) for at in came]


@pytest.mark.parametrize("days", [30, 180])
def test_a_whole_log_lacks_nothing(days):
    assert not lacks_what_ended(rows(lived(days), days * DAY))


@pytest.mark.parametrize("last", [20, 40])
def test_a_log_of_what_ended_late_lacks_what_ended_before(last):
    whole = lived(180, life=8.0, count=9000)
    kept = [(at, end) for at, end in whole if end >= (180 - last) * DAY]
    assert lacks_what_ended(rows(kept, 180 * DAY))


def test_a_log_of_open_tickets_lacks_what_ended():
    kept = [(at, end) for at, end in lived(365, life=9.0, count=20000) if end >= 365 * DAY]
    assert lacks_what_ended(rows(kept, 365 * DAY))


def test_a_few_tickets_tell_nothing():
    kept = [(at, end) for at, end in lived(365) if end >= 365 * DAY]
    assert not lacks_what_ended(rows(kept[:99], 365 * DAY))
    assert not lacks_what_ended(rows([], DAY))
