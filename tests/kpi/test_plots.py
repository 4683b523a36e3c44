"""What the pictures of figures show: every value in its place, and nothing that is not one."""

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("matplotlib")

from kpi.pictures import DAY, HOUR, MONDAY, WEEK, share, slot, took, weekly
from matplotlib.dates import date2num, num2date
from matplotlib.figure import Figure

from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidShare, InvalidValue
from support_model.figures import Rate, suppress
from support_model.inference import kaplan_meier
from support_model.instants import Span
from support_model.kpi import funnel, periods, time_between, trend
from support_model.plots import (
    draw_ages,
    draw_arrivals,
    draw_backlog,
    draw_distribution,
    draw_funnel,
    draw_rare,
    draw_survival,
    draw_trend,
)
from support_model.plots._style import (
    LocalDates,
    day,
    drawable_text,
    duration_words,
    figure_name,
    moment,
    quantile_name,
    time_unit,
)
from support_model.plots._times import doublings
from support_model.staffing import VolumeProfile, volume_profile


@pytest.fixture
def ax():
    return Figure(figsize=(5, 3.6), layout="constrained").subplots()


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def title(ax):
    return ax.get_title(loc="left").split("\n")


def drawn(ax, marker):
    """The points drawn with a marker: x as drawn, y to 9 digits."""
    return [
        (x, round(y, 9))
        for line in ax.lines
        if line.get_marker() == marker
        for x, y in line.get_xydata().tolist()
        if not math.isnan(y)
    ]


def segments(collection):
    return [tuple(map(tuple, part.tolist())) for part in collection.get_segments()]


def corners(band):
    (path,) = band.get_paths()
    return {(round(x, 9), round(y, 9)) for x, y in path.vertices.tolist() if not math.isnan(y)}


def middles(found):
    return [date2num(point.period.start + WEEK / 2) for point in found.points]


def bars(ax):
    return [bar for container in ax.containers for bar in container]


def test_a_trend_of_shares_is_drawn_as_it_is(ax):
    met = [95, 97, 96, 94, 96, 95, 97, 70]
    figures = [*(share(k, 100) for k in met), share(0, 0), share(9, 10)]
    found = trend(weekly(figures), baseline=7, mature_until=MONDAY + 9 * WEEK)
    assert draw_trend(ax, found) is ax
    x = middles(found)
    line = ax.lines[0]
    assert line.get_xdata().tolist() == x
    assert line.get_ydata()[:8].tolist() == [k / 100 for k in met]
    assert [math.isnan(y) for y in line.get_ydata()[8:]] == [True, True]
    intervals, limits = ax.collections
    assert segments(intervals) == [
        ((x[i], point.low), (x[i], point.high))
        for i, point in enumerate(found.points)
        if point.value is not None
    ]
    bounds = [point.limits for point in found.points[:8]]
    starts = [date2num(MONDAY + k * WEEK) for k in range(9)]
    for side, part in ((0, segments(limits)[:8]), (1, segments(limits)[8:])):
        assert part == [
            ((starts[k], bound[side]), (starts[k + 1], bound[side]))
            for k, bound in enumerate(bounds)
        ]
    assert drawn(ax, "v") == [(x[7], 0.7)]
    assert [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "x"] == [[x[8]]]
    (hollow,) = (line for line in ax.lines if line.get_label() == "incomplete")
    assert hollow.get_xydata().tolist() == [[x[9], 0.9]]
    assert hollow.get_markerfacecolor() == "white"
    assert labels(ax) == [
        "share, 95 % interval",
        "center, limits (Laney p')",
        "signal: below limits",
        "incomplete",
        "no value",
    ]
    assert title(ax) == ["Met", "n = 810 in 10 periods, 0 to 100 in each"]
    assert ax.get_xlabel() == "date (UTC)"
    assert ax.get_ylabel() == "share"
    assert ax.yaxis.get_major_formatter()(0.5) == "50 %"


def test_a_trend_of_times_is_drawn_in_the_unit_it_names(ax):
    figures = [took(range(24 * k, 24 * k + 240, 4)) for k in (1, 2, 1, 1)]
    found = trend(weekly(figures))
    draw_trend(ax, found)
    days = [figure.quantile(0.5) / DAY for figure in figures]
    assert ax.lines[0].get_ydata() == pytest.approx(days)
    assert ax.get_ylabel() == "median, days"
    low, high = (bound / DAY for bound in figures[0].interval(0.5))
    assert segments(ax.collections[0])[0] == (
        (middles(found)[0], pytest.approx(low)),
        (middles(found)[0], pytest.approx(high)),
    )
    assert segments(ax.collections[1])[-1][0][1] == pytest.approx(found.points[0].limits[1] / 24)
    assert labels(ax) == ["median, 95 % interval", "center, limits (XmR)"]


def test_runs_on_one_side_are_marked_from_their_first_point(ax):
    found = trend(weekly(took([hour]) for hour in [9, 8, 9, 8, *[7] * 8]), baseline=4)
    draw_trend(ax, found)
    assert len(drawn(ax, "s")) == len(found.signals)
    assert drawn(ax, "s")[0][0] == date2num(found.signals[0].period.start + WEEK / 2)


def test_a_trend_without_limits_or_values_is_still_honest(ax):
    draw_trend(ax, trend(weekly([share(3, 4)])))
    assert labels(ax) == ["share, 95 % interval", "center"]
    empty = Figure().subplots()
    draw_trend(empty, trend(weekly([took([]), took([])])))
    assert labels(empty) == ["median", "no value"]
    assert not empty.collections
    half = Figure().subplots()
    draw_trend(half, trend(weekly([took([1, 2, 3])]), quantile=0.9))
    assert half.get_ylabel() == "p90, hours"
    assert not half.collections  # an interval open to one side
    rated = Figure().subplots()
    rates = [Rate(key="touches", definition="d", numerator=k, denominator=2, n=2) for k in (3, 4)]
    draw_trend(rated, trend(weekly(rates)))
    assert rated.get_ylabel() == "rate"
    assert rated.lines[0].get_ydata().tolist() == [1.5, 2]


def test_dates_are_those_of_the_zone(ax):
    berlin = ZoneInfo("Europe/Berlin")
    spans = periods(date(2026, 3, 2), date(2026, 7, 1), tz=berlin, every="month")
    draw_trend(ax, trend({span: share(9, 10) for span in spans}))
    ax.figure.draw_without_rendering()
    names = [text.get_text() for text in ax.get_xticklabels()]
    places = [num2date(x, berlin) for x in ax.get_xticks()]
    assert {datetime(2026, month, 1, tzinfo=berlin) for month in (5, 6)} <= set(places)
    assert "May" in names
    assert ax.get_xlabel() == "date (Europe/Berlin)"
    assert ax.xaxis.get_major_formatter()(date2num(MONDAY)) == "2 Mar 2026"


def test_periods_are_shaded_and_named(ax):
    days = [Span(MONDAY + k * WEEK, MONDAY + (k + 1) * WEEK) for k in range(4)]
    found = trend({day: share(50, 100) for day in days})
    draw_trend(ax, found, spans={"later": days[3]})
    (text,) = ax.texts
    edges = [date2num(MONDAY + k * WEEK) for k in (3, 4)]
    assert (text.get_text(), text.get_position()[0]) == ("later", sum(edges) / 2)
    (band,) = ax.patches
    assert [band.get_x(), band.get_x() + band.get_width()] == edges


def test_a_short_trend_shows_hours(ax):
    spans = {Span(MONDAY + k * HOUR, MONDAY + (k + 1) * HOUR): share(9, 10) for k in range(6)}
    draw_trend(ax, trend(spans))
    names = ax.xaxis.get_major_formatter().format_ticks(
        [date2num(MONDAY + k * HOUR) for k in (1, 2)]
    )
    assert names == ["01:00\n2 Mar", "02:00"]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_a_histogram_counts_every_time_once(seconds):
    figure = took(s / 3600 for s in seconds)
    ax = Figure().subplots()
    draw_distribution(ax, figure, quantiles=(0.5, 0.9))
    assert sum(bar.get_height() for bar in ax.patches[: len(bars(ax))]) == figure.n
    zeros = [bar for bar in bars(ax) if bar.get_hatch()]
    assert sum(bar.get_height() for bar in zeros) == figure.zeros
    for bar in bars(ax):
        if not bar.get_hatch():
            low, high = bar.get_x(), bar.get_x() + bar.get_width()
            assert high == pytest.approx(2 * low)
            held = sum(
                low * HOUR <= m * timedelta(microseconds=1) < high * HOUR for m in figure.micros
            )
            assert bar.get_height() == pytest.approx(held, abs=2)  # edges are floats here


def test_quantiles_stand_where_they_are_with_their_intervals(ax):
    figure = took(range(1, 41))
    draw_distribution(ax, figure, quantiles=(0.5, 0.9))
    lines = {line.get_label().split()[0]: line for line in ax.lines}
    for name, q in (("median", 0.5), ("p90", 0.9)):
        assert lines[name].get_xdata() == pytest.approx([figure.quantile(q) / HOUR] * 2)
    bands = [patch for patch in ax.patches if patch not in bars(ax)]
    for band, q in zip(bands, (0.5, 0.9), strict=True):
        low, high = figure.interval(q)
        assert (band.get_x(), band.get_x() + band.get_width()) == (low / HOUR, high / HOUR)
    assert labels(ax) == [
        "median 20.5 h, 95 % interval 14 h to 27 h",
        "p90 36.1 h, 95 % interval 32 h to 40 h",
    ]
    assert len({line.get_linestyle() for line in ax.lines}) == 2  # not by color alone
    assert title(ax) == ["First resolution", "n = 40"]
    assert ax.get_xlabel() == "calendar time, each bar twice the last"
    called = draw_distribution(Figure().subplots(), figure, name="Time to solve")
    assert title(called)[0] == "Time to solve"


def test_what_is_not_bounded_is_not_drawn_and_what_took_no_time_stands_apart(ax):
    draw_distribution(ax, took([0, 0, 0, 1, 2]), quantiles=(0.5,))
    assert labels(ax) == ["median 0, 95 % interval ? to ?"]
    assert [patch for patch in ax.patches if patch not in bars(ax)] == []
    (nil,) = (bar for bar in bars(ax) if bar.get_hatch())
    assert nil.get_height() == 3
    assert nil.get_x() < ax.lines[0].get_xdata()[0] < nil.get_x() + nil.get_width()
    assert ax.get_xticklabels()[0].get_text() == "0"


def test_a_withheld_distribution_shows_no_picture(ax):
    draw_distribution(ax, suppress(took([1, 2]), 5))
    assert not bars(ax)
    assert [text.get_text() for text in ax.texts] == ["n is below 5"]
    empty = Figure().subplots()
    draw_distribution(empty, took([]))
    assert {text.get_text(): text.get_position() for text in empty.texts} == {
        "no tickets": (0.5, 0.5)
    }


def test_business_time_has_no_days(ax):
    draw_distribution(ax, took([1, 30, 300], "business"), quantiles=(0.5,))
    names = [text.get_text() for text in ax.get_xticklabels()]
    assert names == ["1 h", "10 h", "100 h"]
    assert duration_words(48 * HOUR, "business") == "48 h"
    assert duration_words(48 * HOUR) == "2 d"
    assert time_unit(30 * DAY, "business").name == "business hours"


def test_a_survival_curve_is_drawn_as_it_is(ax):
    curve = kaplan_meier([2, 3, 5, 8, 8, 9], [True, False, True, True, False, True])
    assert draw_survival(ax, {"": curve}, unit=HOUR) is ax
    line = ax.lines[0]
    assert line.get_xdata().tolist() == [0, *curve.times, 9]
    assert line.get_ydata().tolist() == [1, *curve.survival, 0]
    assert line.get_drawstyle() == "steps-post"
    band = corners(ax.collections[0])
    assert {(5, round(bound, 9)) for bound in curve.bounds(5)} <= band
    (drop,) = (
        line for line in ax.lines if len(set(line.get_xdata())) == 1 < len(line.get_xdata())
    )
    assert drop.get_xydata().tolist() == [[curve.quantile(0.5), 0], [curve.quantile(0.5), 0.5]]
    (median,) = (line for line in ax.lines if line.get_marker() == "o")
    assert median.get_xydata().tolist() == [[curve.quantile(0.5), 0.5]]
    low, high = curve.interval(0.5)
    assert labels(ax) == [f"median 8 h ({low} h to {'?' if high is None else f'{high} h'})"]
    assert title(ax) == ["Still unsolved", "n = 6, of which 2 still open"]
    texts = [text.get_text() for text in ax.texts]
    ticks = ax.get_xticks().tolist()
    assert texts == ["at risk", *(str(curve.at_risk(tick)) for tick in ticks)]
    assert ax.get_xlabel() == "hours since creation"


def test_groups_differ_by_line_and_have_their_own_numbers_at_risk(ax):
    curves = {
        "P1": kaplan_meier([1, 2, 3], [True] * 3),
        "P2": kaplan_meier([9, 9, 9], [False] * 3),
        "empty": kaplan_meier([], []),
    }
    draw_survival(ax, curves, unit=DAY)
    assert labels(ax) == ["P1: median 2 d (1 d to ?)", "P2: median not reached"]
    curves_drawn = [line for line in ax.lines if line.get_drawstyle() == "steps-post"]
    assert len({line.get_linestyle() for line in curves_drawn}) == 2
    assert [text.get_text() for text in ax.texts if text.get_text()[0] == "P"] == ["P1", "P2"]
    long = kaplan_meier([24 * k for k in range(1, 100)], [True] * 99)
    scaled = draw_survival(Figure().subplots(), {"": long}, unit=HOUR)
    assert scaled.get_xlabel() == "days since creation"
    assert drawn(scaled, "o") == [(long.quantile(0.5) / 24, 0.5)]
    assert [50.0, 0.5] in [line.get_xydata().tolist()[-1] for line in scaled.lines]
    counts = [text.get_text() for text in scaled.texts[1:]]
    assert counts == [str(long.at_risk(24 * day)) for day in scaled.get_xticks().tolist()]
    assert scaled.get_xlim() == (0, 95)  # from there fewer than a twentieth are left
    nobody = Figure().subplots()
    draw_survival(nobody, {"": kaplan_meier([], [])})
    assert [text.get_text() for text in nobody.texts] == ["no tickets"]


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.booleans()), min_size=1, max_size=300),
)
def test_a_long_curve_is_thinned_and_stays_on_itself(rows):
    curve = kaplan_meier(*(list(column) for column in zip(*rows, strict=True)))
    ax = Figure().subplots()
    draw_survival(ax, {"": curve}, unit=timedelta(minutes=1))
    unit = 60 * 24 if "days" in ax.get_xlabel() else 60 if "hours" in ax.get_xlabel() else 1
    x, y = ax.lines[0].get_data()
    assert len(x) <= 2 * 300 + 2
    for t, s in zip(x.tolist()[1:], y.tolist()[1:], strict=True):
        assert s == curve.at(round(t * unit, 6))


def test_a_backlog_is_stacked_by_age(ax):
    ages = {MONDAY: [2, 30, 200, 800, 900], MONDAY + DAY: [1, 1], MONDAY + 2 * DAY: []}
    draw_backlog(ax, {at: took(hours) for at, hours in ages.items()})
    days = [date2num(at) for at in ages]
    old, middling, young, new = ax.collections
    assert {(days[0], 2), (days[1], 0)} <= corners(old)
    assert {(days[0], 2), (days[0], 3)} <= corners(middling)
    assert {(days[0], 3), (days[0], 4)} <= corners(young)
    assert {(days[0], 4), (days[0], 5), (days[1], 2), (days[1], 0)} <= corners(new)
    assert ax.lines[0].get_ydata().tolist() == [5, 2, 0]
    assert ax.get_ylim()[0] == 0
    assert labels(ax) == ["under 1 d", "1 d to 7 d", "7 d to 30 d", "30 d and older"]
    assert title(ax) == ["Backlog by age", "0 open on 4 Mar 2026; least 0, most 5"]


def test_ages_are_drawn_with_their_intervals(ax):
    figures = {MONDAY: took(range(1, 30)), MONDAY + DAY: took([]), MONDAY + 2 * DAY: took([5])}
    draw_ages(ax, figures, quantiles=(0.5,))
    (line,) = ax.lines
    first, gap, last = line.get_ydata().tolist()
    assert (first, last) == (15, 5)
    assert math.isnan(gap)
    low, high = took(range(1, 30)).interval(0.5)
    assert {(date2num(MONDAY), low / HOUR), (date2num(MONDAY), high / HOUR)} <= corners(
        ax.collections[0]
    )
    assert ax.get_ylabel() == "age, hours"
    assert labels(ax) == ["median (bands: 95 % intervals)"]
    assert ax.get_ylim()[0] == 0
    assert title(ax)[1] == "n = 0 to 29 open tickets"


def test_a_funnel_is_drawn_as_it_is(ax):
    counts = {"tiny": (0, 1), "south": (700, 1000), "west": (930, 1000), "mid": (80, 100)}
    found = funnel({name: share(*row) for name, row in counts.items()} | {"none": share(0, 0)})
    draw_funnel(ax, found)
    assert drawn(ax, "v") == [(1000, 0.7)]
    assert drawn(ax, "^") == [(1000, 0.93)]
    assert drawn(ax, "o") == [(1, 0), (100, 0.8)]
    gray = [line for line in ax.lines if line.get_color() == "#767676"]
    for line, level, side in zip(gray, (1, 1, 0, 0), ("low", "high") * 2, strict=True):
        assert line.get_xdata().tolist() == list(found.limits)
        expected = [getattr(limits[level], side) for limits in found.limits.values()]
        assert line.get_ydata().tolist() == expected
    assert {line.get_linestyle() for line in gray} == {"-", "--"}
    assert ax.lines[0].get_ydata() == [found.center] * 2
    assert {text.get_text(): text.xy for text in ax.texts} == {
        "south": (1000, 0.7),
        "west": (1000, 0.93),
    }
    assert labels(ax) == [
        f"all groups: {100 * found.center:.1f} %",
        "99.8 % limits of chance",
        "95 % limits of chance",
        "2 within the limits",
        "2 beyond 99.8 %",
    ]
    assert title(ax) == ["Met by group", "n = 2,101 in 4 groups, 1 left out as small"]


def test_names_stand_on_the_plot_also_at_its_edges(ax):
    shares = {"all": share(995, 1000), "most": share(650, 1000), "none": share(3, 1000)}
    draw_funnel(ax, funnel(shares | {"rest": share(5000, 10_000)}))
    sides = {text.get_text(): text.get_verticalalignment() for text in ax.texts}
    assert sides.items() >= {"all": "top", "most": "bottom", "none": "bottom"}.items()


def test_a_funnel_names_no_more_than_can_be_read(ax):
    crowd = {f"team {k}": share(500 + k, 1000 + k) for k in range(30)}
    found = funnel(crowd | {"all others": share(90_000, 100_000)}, spread=0)
    draw_funnel(ax, found)
    names = [text.get_text() for text in ax.texts]
    assert names[0] == "all others"
    assert len(names) < 4
    called = draw_funnel(Figure().subplots(), found, name="On time")
    assert title(called)[0] == "On time"
    assert "target: 50.0 %" in labels(draw_funnel(Figure().subplots(), funnel(crowd, target=0.5)))
    nothing = draw_funnel(Figure().subplots(), funnel({"a": share(0, 0)}))
    assert [text.get_text() for text in nothing.texts] == ["no group has enough cases"]


def test_a_funnel_says_which_spread_its_limits_allow_for(ax):
    apart = {f"team {k}": share(400 + 40 * k, 1000) for k in range(12)}
    found = funnel(apart)
    draw_funnel(ax, found)
    assert title(ax)[1].endswith(f"usual spread {100 * found.spread:.1f} points")
    assert "95 % limits with spread" in labels(ax)
    alone = labels(draw_funnel(Figure().subplots(), funnel(apart, spread=0)))
    assert "95 % limits of chance" in alone


def rare_days(gaps, **more):
    events = [MONDAY + sum(gaps[:k]) * DAY for k in range(len(gaps) + 1)]
    return time_between(events, until=events[-1] + 3 * DAY, key="outage", **more)


def test_rare_events_are_drawn_as_they_are(ax):
    gaps = [9, 14, 7, 11, 16, 8, 12, 10, 13, 9, 96]
    found = rare_days(gaps, baseline=10)
    draw_rare(ax, found)
    assert title(ax) == ["Outage: days between", "12 events"]
    (line,) = [line for line in ax.lines if line.get_label() == "event"]
    assert list(line.get_ydata()) == pytest.approx(gaps)
    assert list(line.get_xdata()) == [moment(point.at) for point in found.points[:-1]]
    (running,) = [line for line in ax.lines if line.get_label() == "since the last event"]
    assert list(running.get_ydata()) == pytest.approx([3])
    assert running.get_markerfacecolor() == "white"
    assert labels(ax) == [
        *("event", "since the last event", "signal: rarer"),
        "center, limits (t chart)",
    ]
    level = {round(line.get_ydata()[0], 6) for line in ax.lines if len(set(line.get_ydata())) == 1}
    assert {round(limit / 24, 6) for limit in (found.center, *found.limits)} <= level
    assert ax.get_ylim()[1] > 96


def test_few_rare_events_have_no_limits(ax):
    draw_rare(ax, rare_days([2, 5]), name="Outages")
    assert title(ax) == ["Outages: days between", "3 events"]
    assert labels(ax)[-1] == "center"
    nothing = draw_rare(Figure().subplots(), time_between([MONDAY], until=MONDAY))
    assert [text.get_text() for text in nothing.texts] == ["fewer than two events"]


def cells(ax):
    (mesh,) = ax.collections
    table = mesh.get_array()
    return {
        (row, column): float(value)
        for row, values in enumerate(table.tolist())
        for column, value in enumerate(values)
        if value is not None and not math.isnan(value)
    }


def test_a_heat_map_holds_each_slot_at_its_local_hour(ax):
    slots = (slot(0, 9, 4.0, 8), slot(0, 10, 6.5), slot(6, 23, 1.0))
    profile = VolumeProfile(step=HOUR, slots=slots, outside=3, dispersion=None)
    draw_arrivals(ax, profile)
    assert cells(ax) == {(0, 9): 4, (0, 10): 6.5, (6, 23): 1}
    assert ax.get_yticklabels()[0].get_text() == "Mon"
    assert ax.get_ylim() == (7, 0)  # the first day on top
    assert title(ax) == ["Arrivals by hour of the week", "n = 10; busiest: Mon 10:00, 6.5"]
    sunday = draw_arrivals(Figure().subplots(), profile, first_day=6)
    assert cells(sunday) == {(1, 9): 4, (1, 10): 6.5, (0, 23): 1}
    lightness = [sum(ax.collections[0].cmap(k / 10)[:3]) for k in range(11)]
    assert lightness == sorted(lightness)  # lighter is more, also in gray


def test_summer_time_moves_no_hour(ax):
    berlin = ZoneInfo("Europe/Berlin")
    first, last = datetime(2026, 3, 16, tzinfo=berlin), datetime(2026, 4, 13, tzinfo=berlin)
    mondays = [datetime(2026, 3, 16, 9, 30, tzinfo=berlin) + k * WEEK for k in range(4)]
    arrivals = [at.astimezone(UTC) for at in mondays]
    hours = {at.hour for at in arrivals}
    assert hours == {7, 8}  # the clock changed between
    calendar = BusinessCalendar.weekly({"mon-sun": "00:00-24:00"}, tz=berlin)
    profile = volume_profile(arrivals, calendar, start=first, end=last, step=HOUR)
    draw_arrivals(ax, profile)
    assert {place: value for place, value in cells(ax).items() if value} == {(0, 9): 1}


def test_half_hours_and_a_week_never_open(ax):
    profile = VolumeProfile(step=HOUR / 2, slots=(slot(1, 8, 2.0),), outside=0, dispersion=None)
    draw_arrivals(ax, profile)
    assert cells(ax) == {(1, 16): 2}
    bar = next(other for other in ax.figure.axes if other is not ax)
    assert bar.xaxis.get_major_formatter()(1000) == "1,000"
    assert bar.get_xlabel() == "mean arrivals per 30 min"
    assert ax.get_xlabel() == "hour of the day; hatched: never open"
    assert ax.patch.get_hatch()
    closed = VolumeProfile(step=HOUR, slots=(), outside=9, dispersion=None)
    shut = draw_arrivals(Figure().subplots(), closed)
    assert [text.get_text() for text in shut.texts] == ["no open hours"]


def test_bad_pictures(ax):
    with pytest.raises(InvalidValue, match="weekday"):
        draw_arrivals(
            ax, VolumeProfile(step=HOUR, slots=(), outside=0, dispersion=None), first_day=7
        )
    with pytest.raises(InvalidValue, match="four curves"):
        draw_survival(ax, dict.fromkeys("abcde", kaplan_meier([1], [True])))
    for edges in ([], [7 * DAY, DAY], [k * DAY for k in range(1, 6)]):
        with pytest.raises(InvalidValue, match="edges"):
            draw_backlog(ax, {}, edges=edges)
    with pytest.raises(InvalidValue, match="quantiles"):
        draw_distribution(ax, took([1]), quantiles=())
    with pytest.raises(InvalidValue, match="quantiles"):
        draw_ages(ax, {}, quantiles=(0.1, 0.2, 0.3, 0.4, 0.5))
    with pytest.raises(InvalidShare):
        draw_distribution(ax, took([1]), quantiles=(1.5,))
    with pytest.raises(InvalidValue, match="negative"):
        draw_distribution(ax, took([-1, 1]))


@pytest.mark.parametrize("draw", [draw_backlog, draw_ages])
def test_no_instants_are_said_to_be_none(ax, draw):
    assert [text.get_text() for text in draw(ax, {}).texts] == ["no instants"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (timedelta(0), "0"),
        (timedelta(seconds=59.96), "60 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59), "59 min"),
        (HOUR, "1 h"),
        (timedelta(hours=23, minutes=30), "23.5 h"),
        (DAY, "1 d"),
        (DAY + HOUR, "25 h"),
        (2 * DAY, "2 d"),
        (2.5 * DAY, "2.5 d"),
        (1234.4 * DAY, "1,234 d"),
        (-HOUR, "-1 h"),
    ],
)
def test_durations_are_short(amount, text):
    assert duration_words(amount) == text


@pytest.mark.parametrize(
    ("longest", "name"), [(2 * HOUR, "minutes"), (3 * HOUR, "hours"), (4 * DAY, "hours")]
)
def test_units_keep_numbers_small(longest, name):
    assert time_unit(longest, "calendar").name == name
    assert time_unit(4 * DAY + HOUR, "calendar").name == "days"


@pytest.mark.parametrize(("ks", "text"), [((50, 99), "50 %"), ((98,), "50.0 %")])
def test_shares_that_lie_close_show_a_digit_more(ax, ks, text):
    draw_trend(ax, trend(weekly(share(k * 1000, 100_000) for k in ks)))
    assert ax.yaxis.get_major_formatter()(0.5) == text


def test_months_and_days_are_named():
    dates = LocalDates(UTC)
    firsts = [
        date2num(datetime(2025, 12, 1, tzinfo=UTC)),
        date2num(datetime(2026, 1, 1, tzinfo=UTC)),
    ]
    assert dates.format_ticks(firsts) == ["Dec\n2025", "Jan\n2026"]
    some = [date2num(MONDAY), date2num(MONDAY + WEEK)]
    assert dates.format_ticks(some) == ["2 Mar\n2026", "9 Mar"]
    nights = [date2num(MONDAY + 12 * HOUR), date2num(MONDAY + DAY)]
    assert dates.format_ticks(nights) == ["12:00\n2 Mar", "00:00\n3 Mar"]


def test_a_picture_is_called_what_one_likes():
    backlogs = {MONDAY: took([1])}
    profile = VolumeProfile(step=HOUR, slots=(slot(0, 9, 4.0),), outside=0, dispersion=None)
    for draw, value in ((draw_backlog, backlogs), (draw_ages, backlogs), (draw_arrivals, profile)):
        assert title(draw(Figure().subplots(), value, name="Mine"))[0] == "Mine"
    assert title(draw_ages(Figure().subplots(), {}, name="Mine")) == ["Mine"]
    assert title(draw_backlog(Figure().subplots(), {}, name="Mine")) == ["Mine"]


def test_a_long_name_is_cut():
    assert drawable_text("x" * 100, 16) == "x" * 15 + "…"
    assert len(drawable_text("x" * 100)) == 48


def test_words_on_pictures():
    assert drawable_text("from $5 to $9") == r"from \$5 to \$9"
    assert drawable_text("a" * 50, 8) == "aaaaaaa…"
    assert figure_name("first_response") == "First response"
    assert (quantile_name(0.5), quantile_name(0.9)) == ("median", "p90")
    assert day(datetime(2026, 3, 2)) == "2 Mar 2026"
    assert [duration_words(timedelta(minutes=90)), duration_words(timedelta(days=30))] == [
        "1.5 h",
        "30 d",
    ]
    assert duration_words(timedelta(days=30), "business") == "720 h"
    assert time_unit(timedelta(days=30), "calendar").name == "days"
    assert time_unit(timedelta(days=30), "business").name == "business hours"
    edges = doublings(timedelta(seconds=45), timedelta(minutes=3))
    assert [edge / timedelta(minutes=1) for edge in edges] == [0.5, 1, 2, 4]
