"""Figures to draw, and pictures of every kind, for the tests of what is drawn."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

from support_model._staffing.demand import VolumeProfile, WeekSlot
from support_model.figures import Distribution, Share
from support_model.inference import kaplan_meier
from support_model.instants import Span
from support_model.kpi import funnel, time_between, trend
from support_model.plots import (
    draw_ages,
    draw_arrivals,
    draw_backlog,
    draw_cover,
    draw_distribution,
    draw_funnel,
    draw_rare,
    draw_service_level,
    draw_survival,
    draw_trend,
)

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def share(k, n, **more):
    return Share(key="met", definition="on time", numerator=k, n=n, **more)


def took(hours, clock="calendar"):
    times = [hour * HOUR for hour in hours]
    return Distribution.of(times, key="first_resolution", clock=clock, definition="to solved")


def weekly(figures, start=MONDAY):
    return {
        Span(start + k * WEEK, start + (k + 1) * WEEK): figure for k, figure in enumerate(figures)
    }


def slot(weekday, hour, mean, count=1):
    start = timedelta(hours=hour)
    exposure = Fraction(1)
    return WeekSlot(
        weekday=weekday, start=start, count=count, exposure=exposure, mean=mean, dispersion=None
    )


def a_trend(ax):
    draw_trend(ax, trend(weekly(share(k, 100) for k in (95, 96, 60, 97))))


def a_backlog(ax):
    draw_backlog(ax, {MONDAY + k * DAY: took(range(k, 900, 9)) for k in range(9)})


def a_history(ax):
    hours = [[9, 8, 9, 8], [7] * 8, [30, 7], [], [8]]
    figures = [took([hour] * 9, "business") for part in hours[:3] for hour in part]
    found = trend(weekly([*figures, took([], "business"), took([8], "business")]), baseline=4)
    draw_trend(ax, found, name="A name that is as long as a name of a figure is")


def a_distribution(ax):
    draw_distribution(ax, took([0, 0, *(k / 7 for k in range(1, 4000, 3))]))


def some_curves(ax):
    names = ("1 critical", "2 high", "3 normal", "4 low")
    draw_survival(
        ax,
        {
            name: kaplan_meier([(k * 37 % 900) + n for k in range(9_000)], [True] * 9_000)
            for n, name in enumerate(names, 1)
        },
        unit=HOUR,
    )


def some_ages(ax):
    draw_ages(ax, {MONDAY + k * DAY: took(range(k, 9000, 9)) for k in range(70)})


def a_funnel(ax):
    shares = {f"team {k}": share(30 * k + 5 * (k % 3), 40 * k) for k in range(1, 40)}
    far = {"Service desk": share(900, 2000), "Network": share(1990, 2000)}
    draw_funnel(ax, funnel(shares | far | {"few": share(1, 2, min_n=5)}))


def a_funnel_of_groups_that_differ(ax):
    shares = {f"team {k}": share((30 + k % 7) * k, 40 * k) for k in range(1, 20)}
    draw_funnel(ax, funnel(shares), name="Solved within a day, by team and priority")


def some_rare_events(ax):
    gaps = [9, 14, 7, 11, 16, 8, 12, 10, 13, 9, 14, 8, 96, 3, 2, 1, 2, 3, 1, 2, 2]
    events = [MONDAY + sum(gaps[:k]) * DAY for k in range(len(gaps))]
    found = time_between(events, until=events[-1] + 80 * DAY, key="outage_of_a_service")
    draw_rare(ax, found)


def a_heat_map(ax):
    slots = tuple(slot(day, hour, day * hour * 9.5) for day in range(6) for hour in range(8, 20))
    draw_arrivals(ax, VolumeProfile(step=HOUR, slots=slots, outside=0, dispersion=None))


def a_week(ax):
    slots = tuple(slot(day, hour, 1.0) for day in range(7) for hour in range(8, 20))
    profile = VolumeProfile(step=HOUR, slots=slots, outside=0, dispersion=None)
    need = [k % 12 + 1 for k in range(84)]
    draw_cover(ax, profile, need, [6] * 84)


def a_level(ax):
    slots = tuple(slot(day, hour, 1.0) for day in range(7) for hour in range(8, 20))
    profile = VolumeProfile(step=HOUR, slots=slots, outside=0, dispersion=None)
    draw_service_level(ax, profile, [(k % 9) / 8 for k in range(84)], promised=0.8)


EVERY = [a_trend, a_history, a_distribution, some_curves, a_backlog, some_ages]
EVERY += [a_funnel, a_funnel_of_groups_that_differ, some_rare_events, a_heat_map, a_week, a_level]
HEIGHTS = {some_curves: 4.2}
