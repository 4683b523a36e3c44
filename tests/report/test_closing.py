"""How tickets end on the books: every ticket counts or is left out by name, parts add up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import kpi
from support_model.calendars import BusinessCalendar
from support_model.kpi import Facts, Solve

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
ALWAYS = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
END = NINE + 300 * HOUR
CATEGORIES = ["new", "open", "pending", "on_hold", "solved", "closed", "void"]
KPIS = (
    kpi.TIME_TO_CLOSE,
    kpi.KPIS["close_delay"],
    kpi.STRAIGHT_THROUGH,
    kpi.KPIS["stated_within_sla"],
    kpi.solved_in_time(8 * HOUR, calendar=OFFICE),
    kpi.first_resolution(),
    kpi.full_resolution(),
    kpi.KPIS["requester_wait"],
    kpi.reopened(),
    kpi.reopened(within=24 * HOUR),
    kpi.solved_within(24 * HOUR),
)


def fact(category="open", solved=None, as_of=END, **more):
    solves = () if solved is None else (Solve(NINE + solved * HOUR),)
    common = {"ticket_id": "1", "created": NINE, "as_of": as_of, "solves": solves}
    return Facts(**common | {"history": ((NINE, category),)} | more)


hours = st.integers(-3, 200)
tickets = st.builds(
    fact,
    category=st.sampled_from(CATEGORIES),
    solved=st.none() | hours,
    closed=st.none() | hours.map(lambda h: NINE + h * HOUR),
    reopenings=st.lists(hours.map(lambda h: NINE + h * HOUR), max_size=2).map(tuple),
    groups=st.lists(st.sampled_from("ab"), max_size=3).map(tuple),
    fields=st.sampled_from([{}, {"custom.sla_met": True}, {"custom.sla_met": False}]),
)


@given(st.lists(tickets, max_size=20), st.integers(0, 20))
def test_nobody_is_lost_and_parts_add_up(facts, cut):
    for one in KPIS:
        whole = one.of(facts)
        assert whole.n + sum(whole.excluded.values()) == len(facts)
        assert set(whole.excluded) <= set(kpi.EXCLUSIONS)
        assert one.of(facts[:cut]) + one.of(facts[cut:]) == whole


@pytest.mark.parametrize(
    ("solved", "category", "within", "excluded"),
    [
        (8, "solved", 1, None),  # on the dot is within
        (9, "solved", 0, None),
        (None, "open", 0, None),  # still running and past it
        (9, "void", None, "void"),
        (None, "closed", None, "no_solution_recorded"),
        (-1, "solved", None, "before_start"),
    ],
)
def test_solved_in_time(solved, category, within, excluded):
    ticket = fact(category, solved, as_of=NINE + 9 * HOUR)
    share = kpi.solved_in_time(8 * HOUR, calendar=ALWAYS).of([ticket])
    assert (share.numerator if share.n else None) == within
    assert list(share.excluded) == ([excluded] if excluded else [])


def test_a_running_ticket_within_its_target_is_undecided():
    asked = kpi.solved_in_time(8 * HOUR, calendar=OFFICE)
    share = asked.of([fact(as_of=NINE + 20 * HOUR)])
    assert dict(share.excluded) == {"undecided": 1}  # Tuesday 05:00: eight hours, not more
    share = asked.of([fact(as_of=NINE + 25 * HOUR)])
    assert (share.numerator, share.n) == (0, 1)


def test_times_run_on_the_calendar_given():
    ticket = fact("closed", 25, closed=NINE + 49 * HOUR)
    for calendar, expected in ((None, [49, 24]), (OFFICE, [17, 8])):
        asked = (kpi.TIME_TO_CLOSE, kpi.KPIS["close_delay"])
        assert [one.of([ticket], calendar=calendar).mean / HOUR for one in asked] == expected


def test_without_a_recorded_close_the_last_change_between_solved_and_closed_is_it():
    history = ((NINE, "open"), (NINE + 2 * HOUR, "solved"), (NINE + 9 * HOUR, "closed"))
    ticket = fact(solved=2, history=history)
    assert kpi.TIME_TO_CLOSE.of([ticket]).mean == 9 * HOUR
    assert kpi.KPIS["close_delay"].of([ticket]).mean == 7 * HOUR


def test_what_ends_before_it_begins_is_left_out_by_name():
    ticket = fact("closed", 2, closed=NINE - HOUR)
    for one in (kpi.TIME_TO_CLOSE, kpi.KPIS["close_delay"]):
        assert dict(one.of([ticket]).excluded) == {"before_start": 1}


def test_unsolved_and_unrecorded_are_told_apart():
    facts = [fact("closed"), fact(), fact("void")]
    for one in (kpi.first_resolution(), kpi.KPIS["close_delay"]):
        figure = one.of(facts)
        assert dict(figure.excluded) == {"no_solution_recorded": 1, "unsolved": 1, "void": 1}
        assert figure.mean is None
    assert kpi.reopened().of(facts).n == 1  # it was solved, whenever that was
    assert kpi.resolution_curve(facts).n == 1  # neither an end nor a ticket that still runs


@pytest.mark.parametrize(
    ("groups", "reopenings", "category", "expected"),
    [("", 0, "solved", 1), ("a", 0, "closed", 1), ("ab", 0, "solved", 0), ("a", 1, "solved", 0),
     ("a", 0, "open", 0)],
)  # fmt: skip
def test_straight_through(groups, reopenings, category, expected):
    ticket = fact(category, groups=tuple(groups), reopenings=(NINE,) * reopenings)
    assert kpi.STRAIGHT_THROUGH.of([ticket]).numerator == expected


def test_the_tool_may_state_nothing():
    stated = [fact(fields={"custom.sla_met": met}) for met in (True, False)]
    share = kpi.KPIS["stated_within_sla"].of([*stated, fact()])
    assert (share.value, dict(share.excluded)) == (0.5, {"nothing_stated": 1})
