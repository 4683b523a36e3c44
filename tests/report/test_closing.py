"""Every ticket counts in a figure or is left out of it by name, and the definitions hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.calendars import BusinessCalendar
from support_model.reporting import log_figures

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
ALWAYS = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
TIMES = (
    log_figures.acknowledgement_time,
    log_figures.resolution_time,
    log_figures.close_time,
    log_figures.close_delay,
)
SHARES = (
    log_figures.reopened,
    log_figures.transferred,
    log_figures.bounced,
    log_figures.straight_through,
    log_figures.stated_within_sla,
)
hours = st.none() | st.integers(-3, 200).map(lambda h: NINE + h * HOUR)
tickets = st.builds(
    log_figures.Facts,
    ticket=st.just("1"),
    created=st.just(NINE),
    acknowledged=hours,
    solved=hours,
    closed=hours,
    category=st.sampled_from(["new", "open", "pending", "on_hold", "solved", "closed", "void"]),
    reopenings=st.integers(0, 2),
    groups=st.lists(st.sampled_from("ab"), max_size=3).map(tuple),
    sla_met=st.none() | st.booleans(),
)


def fact(**more):
    return log_figures.Facts(**{"ticket": "1", "created": NINE} | more)


@given(st.lists(tickets, max_size=20))
def test_nobody_is_lost(facts):
    figures = [figure(facts, OFFICE) for figure in TIMES] + [figure(facts) for figure in SHARES]
    figures.append(log_figures.solved_within(facts, OFFICE, 8 * HOUR, as_of=NINE + 300 * HOUR))
    for figure in figures:
        assert figure.n + sum(figure.excluded.values()) == len(facts)
        assert set(figure.excluded) <= set(log_figures.EXCLUSIONS)


@given(st.lists(tickets, max_size=20), st.integers(0, 20))
def test_parts_add_up_to_the_whole(facts, cut):
    for figure in (*TIMES, *SHARES):
        calendar = (OFFICE,) if figure in TIMES else ()
        one, other = figure(facts[:cut], *calendar), figure(facts[cut:], *calendar)
        assert one + other == figure(facts, *calendar)


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
def test_solved_within_a_target(solved, category, within, excluded):
    ticket = fact(solved=None if solved is None else NINE + solved * HOUR, category=category)
    share = log_figures.solved_within([ticket], ALWAYS, 8 * HOUR, as_of=NINE + 9 * HOUR)
    assert (share.numerator if share.n else None) == within
    assert list(share.excluded) == ([excluded] if excluded else [])


def test_a_running_ticket_within_its_target_is_undecided():
    share = log_figures.solved_within([fact()], OFFICE, 8 * HOUR, as_of=NINE + 20 * HOUR)
    assert dict(share.excluded) == {"undecided": 1}  # Tuesday 05:00: eight hours, not more
    share = log_figures.solved_within([fact()], OFFICE, 8 * HOUR, as_of=NINE + 25 * HOUR)
    assert (share.numerator, share.n) == (0, 1)


def test_times_run_on_the_calendar_given():
    ticket = fact(acknowledged=NINE + 24 * HOUR, solved=NINE + 25 * HOUR, closed=NINE + 49 * HOUR)
    assert [figure([ticket], ALWAYS).mean / HOUR for figure in TIMES] == [24, 25, 49, 24]
    assert [figure([ticket], OFFICE).mean / HOUR for figure in TIMES] == [8, 9, 17, 8]


def test_unsolved_and_unrecorded_are_told_apart():
    figure = log_figures.resolution_time(
        [fact(category="closed"), fact(), fact(category="void")], ALWAYS
    )
    assert dict(figure.excluded) == {"no_solution_recorded": 1, "unsolved": 1, "void": 1}
    assert figure.mean is None


@pytest.mark.parametrize(
    ("groups", "transferred", "bounced"),
    [("", 0, 0), ("a", 0, 0), ("ab", 1, 0), ("aba", 1, 1), ("abca", 1, 0), ("abab", 1, 1)],
)
def test_transfers_and_bounces(groups, transferred, bounced):
    ticket = fact(groups=tuple(groups), category="solved")
    assert log_figures.transferred([ticket]).numerator == transferred
    assert log_figures.bounced([ticket]).numerator == bounced
    assert log_figures.straight_through([ticket]).numerator == 1 - transferred


def test_the_tool_may_state_nothing():
    share = log_figures.stated_within_sla([fact(sla_met=True), fact(sla_met=False), fact()])
    assert (share.value, dict(share.excluded)) == (0.5, {"nothing_stated": 1})
