"""Numbers that are none: NaN, infinities and whole numbers beyond every float are refused."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from support_model import BusinessCalendar, kpi
from support_model._statistics.intervals import quantile, quantile_interval, wilson
from support_model._statistics.survival import kaplan_meier_of_counts
from support_model.errors import InvalidValue, SupportModelError
from support_model.inference import (
    aalen_johansen,
    bootstrap,
    deseasonalized,
    kaplan_meier,
    logrank,
    shrink,
    standardize,
    two_means,
    two_medians,
    western_electric,
    xmr,
)
from support_model.queueing import ServiceLevel, erlang_c
from support_model.staffing import Demand

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ODD = [float("nan"), float("inf"), float("-inf"), 10**400, None, "x"]

ASKED = {
    "kaplan_meier": lambda x: kaplan_meier([1, x], [True, True]),
    "kaplan_meier, entry": lambda x: kaplan_meier([1, 2], [True, True], entry=[x, 0]),
    "kaplan_meier_of_counts": lambda x: kaplan_meier_of_counts({x: 1}, {}),
    "kaplan_meier_of_counts, count": lambda x: kaplan_meier_of_counts({1: x}, {}),
    "aalen_johansen": lambda x: aalen_johansen([1, x], ["a", "b"]),
    "logrank": lambda x: logrank([1, x], [True, True], ["a", "b"]),
    "two_means": lambda x: two_means((x, 1, 10), (1, 1, 10)),
    "two_means, level": lambda x: two_means((1, 1, 10), (2, 1, 10), level=x),
    "two_medians": lambda x: two_medians([1, x], [1, 2]),
    "xmr": lambda x: xmr([1, 2, x]),
    "deseasonalized": lambda x: deseasonalized([1, 2, x], lambda place: place % 2),
    "western_electric": lambda x: western_electric([1, x], center=0, sigma=1),
    "western_electric, sigma": lambda x: western_electric([1], center=0, sigma=x),
    "bootstrap": lambda x: bootstrap([1, 2, x], rng=Random(1)),  # noqa: S311 - seeded
    "standardize": lambda x: standardize({"a": (1, 2)}, {"a": x}),
    "shrink": lambda x: shrink([(1, 2)], prior=(1, x)),
    "quantile": lambda x: quantile([1, x], 1),
    "quantile_interval": lambda x: quantile_interval([1, 2, 3, 4, 5, 6, 7, x, x, x], 0.5),
    "wilson, level": lambda x: wilson(1, 2, level=x),
    "return_on_investment": lambda x: kpi.return_on_investment(
        avoided=[x], marginal_cost=1, investment=1
    ),
    "Demand": lambda x: Demand(count=x, per=HOUR, handle_time=HOUR),
    "ServiceLevel": lambda x: ServiceLevel(x, within=HOUR),
    "erlang_c": lambda x: erlang_c(x, agents=3, handle_time=HOUR),
}


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: f"{odd}"[:5])
@pytest.mark.parametrize("name", ASKED)
def test_what_is_no_finite_number_is_refused(name, odd):
    with pytest.raises(SupportModelError):
        ASKED[name](odd)


@pytest.mark.parametrize("make", [kpi.first_resolution, kpi.full_resolution])
@pytest.mark.parametrize("pause", ["pending", ["pendin"], ["Waiting for vendor"], [None]])
def test_a_pause_names_categories(make, pause):
    with pytest.raises(SupportModelError):
        make(pause=pause)


@pytest.mark.parametrize("wait", [timedelta(seconds=-1), 3, None, float("nan")])
def test_a_call_waits_a_time(wait):
    with pytest.raises(SupportModelError):
        kpi.Call(wait=wait, answered=True)
    with pytest.raises(SupportModelError):
        kpi.service_level([], within=wait)
    if wait is not None:
        with pytest.raises(SupportModelError):
            kpi.abandonment([], short=wait)
    with pytest.raises(SupportModelError):
        kpi.Call(wait=HOUR, answered="no")


WINDOWS = {
    "reopened": lambda x: kpi.reopened(within=x),
    "reopenings": lambda x: kpi.reopenings(within=x),
    "solved_within": kpi.solved_within,
    "solved_in_time": lambda x: kpi.solved_in_time(x, calendar=BusinessCalendar.always()),
    "mature_until": lambda x: kpi.mature_until(NOON, x),
    "no_repeat": lambda x: kpi.no_repeat([], within=x),
    "repeat_contacts": lambda x: kpi.repeat_contacts([], within=x),
    "deflection": lambda x: kpi.deflection([], [], within=x, as_of=NOON),
}


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_is_a_time_of_zero_or_more(name):
    WINDOWS[name](timedelta(0))
    for odd in (-HOUR, 3, "2d", float("nan")):
        with pytest.raises(InvalidValue):
            WINDOWS[name](odd)


REFUSED = [
    lambda: kpi.solved_per_created([], since=NOON, until=NOON - HOUR),
    lambda: kpi.satisfied(since=NOON, until=NOON - HOUR),
    lambda: kpi.net_promoter_score(since=NOON, until=NOON - HOUR),
    lambda: kpi.repeat_contacts([], within=HOUR, shared="desk@example.org"),
    lambda: kpi.no_repeat([], within=HOUR, shared="desk@example.org"),
    lambda: kpi.satisfied().of([], min_n=-1),
    lambda: kpi.satisfied().of([], min_n="5"),
    lambda: kpi.first_response().of([], min_n=True),
    lambda: kpi.first_response().of([]).histogram([2 * HOUR, HOUR]),
    lambda: kpi.cost_per_ticket({1: float("nan")}),
    lambda: kpi.expense_per_ticket([], variable=float("inf")),
    lambda: kpi.attributed([]).per_fte({"ann": float("nan")}),
    lambda: kpi.attributed([]).rate({"ann": -1}),
    lambda: kpi.periods("2026-03-01", date(2026, 4, 1), tz=BERLIN, every="week"),
    lambda: kpi.periods(date(2026, 3, 1), date(2026, 4, 1), tz="Mars/X", every="week"),
    lambda: kpi.periods(date(2026, 3, 1), date(2026, 4, 1), tz=None, every="week"),
]


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_figures_refuse_what_they_cannot_ask(place):
    with pytest.raises(SupportModelError):
        REFUSED[place]()


def test_periods_take_the_name_of_a_zone():
    days = date(2026, 3, 1), date(2026, 4, 1)
    named = kpi.periods(*days, tz="Europe/Berlin", every="week")
    assert named == kpi.periods(*days, tz=BERLIN, every="week")
