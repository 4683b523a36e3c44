"""Volumes over time: profiles, quantiles, loads in motion, curves, deadlines and backlogs."""

import math
import random
import warnings
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import staffing_oracle as oracle

from support_model._staffing.deadlines import backlog_by_period
from support_model._staffing.demand import offered_loads, sinusoidal_load
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    HandlingOutlastsInterval,
    InvalidLoad,
    InvalidShare,
    InvalidValue,
    NaiveDatetime,
    OverdispersedArrivals,
    TargetUnreachable,
)
from support_model.queueing import ServiceLevel, agents_for
from support_model.staffing import (
    HOUR,
    Demand,
    Job,
    Targets,
    agents_to_clear,
    agents_to_clear_by,
    deadline_capacity,
    requirement_curve,
    volume_profile,
    volume_quantile,
)

MINUTE = timedelta(minutes=1)
PROMISE = ServiceLevel(0.80, within=timedelta(seconds=20))
BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
ALWAYS = BusinessCalendar.always(tz="Europe/Berlin")


@given(
    mean=st.floats(0.01, 2_000),
    cv=st.sampled_from([0, 0.05, 0.1, 0.5, 1, 3]),
    share=st.floats(0.01, 0.9999),
)
def test_quantile_by_the_mass_function(mean, cv, share):
    def log_mass(n):
        if cv == 0:
            return n * math.log(mean) - mean - math.lgamma(n + 1)
        k = 1 / cv**2
        p = k / (k + mean)
        return (
            math.lgamma(n + k)
            - math.lgamma(k)
            - math.lgamma(n + 1)
            + k * math.log(p)
            + n * math.log1p(-p)
        )

    found = volume_quantile(mean, rate_cv=cv, quantile=share)
    assert math.isclose(found.variance, mean + (cv * mean) ** 2)
    reached = math.fsum(math.exp(log_mass(n)) for n in range(found.count + 1))
    assert math.isclose(found.reached, reached, rel_tol=1e-8, abs_tol=1e-9)
    assert reached >= share - 1e-9
    assert reached - math.exp(log_mass(found.count)) < share + 1e-9


def test_quantile_edges():
    assert volume_quantile(0, quantile=0.9).count == 0
    assert volume_quantile(0, rate_cv=1, quantile=0.9).count == 0
    assert volume_quantile(5, quantile=0).reached > 0
    assert 1_000_000 < volume_quantile(1e6, quantile=0.99).count < 1_003_000
    with pytest.raises(InvalidShare):
        volume_quantile(5, quantile=1)
    with pytest.raises(InvalidLoad):
        volume_quantile(-5, quantile=0.5)
    with pytest.raises(InvalidLoad):
        volume_quantile(5, rate_cv=math.nan, quantile=0.5)


@given(
    at=st.lists(
        st.integers(0, 8 * 7 * 24 * 60 - 1).map(
            lambda n: datetime(2026, 2, 16, tzinfo=UTC) + n * MINUTE
        ),
        max_size=60,
    ),
    step=st.sampled_from([15, 60, 120, 1440]),
)
def test_profile_counts_every_arrival_once(at, step):
    start, end = datetime(2026, 2, 16, tzinfo=UTC), datetime(2026, 4, 13, tzinfo=UTC)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OverdispersedArrivals)
        profile = volume_profile(at, OFFICE, start=start, end=end, step=step * MINUTE)
    local = [t.astimezone(BERLIN) for t in at]
    inside = [t for t in local if t.weekday() < 5 and 9 <= t.hour < 17]
    assert profile.outside == len(at) - len(inside)
    for slot in profile.slots:
        low = slot.start
        wanted = [
            t
            for t in inside
            if t.weekday() == slot.weekday
            and low <= timedelta(hours=t.hour, minutes=t.minute) < low + step * MINUTE
        ]
        assert slot.count == len(wanted)
    exposure = sum(slot.exposure for slot in profile.slots) * step
    assert exposure * MINUTE.seconds == OFFICE.elapsed(start, end).total_seconds()


def test_clock_changes_move_no_slot():
    start = datetime(2026, 3, 23, tzinfo=BERLIN)
    spring = volume_profile(
        [], ALWAYS, start=start, end=datetime(2026, 3, 30, tzinfo=BERLIN), step=HOUR
    )
    assert len(spring.slots) == 167
    assert (6, timedelta(hours=2)) not in {(s.weekday, s.start) for s in spring.slots}
    assert {slot.exposure for slot in spring.slots} == {1}
    autumn = volume_profile(
        [datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1)],
        ALWAYS,
        start=datetime(2026, 10, 19, tzinfo=BERLIN),
        end=datetime(2026, 10, 26, tzinfo=BERLIN),
        step=HOUR,
    )
    double = autumn.slots[6 * 24 + 2]
    assert (double.count, double.exposure, double.mean) == (2, 2, 1.0)
    assert len(autumn.slots) == 168


@pytest.mark.parametrize(
    ("monday", "hours"), [((2026, 3, 2), 168), ((2026, 3, 23), 167), ((2026, 10, 19), 169)]
)
def test_e17_a_week_of_a_clock_change_makes_the_same_curve(monday, hours):
    """Six calls at the beginning of each real hour, whatever the clock shows."""
    start = datetime(*monday, tzinfo=BERLIN)
    end = start + timedelta(days=7)
    first = start.astimezone(UTC)
    calls = [first + hour * HOUR for hour in range(hours) for _ in range(6)]
    assert (end.astimezone(UTC) - first) == hours * HOUR
    week = volume_profile(calls, ALWAYS, start=start, end=end, step=HOUR)
    assert sum(slot.exposure for slot in week.slots) == hours
    assert sum(slot.count for slot in week.slots) == 6 * hours
    curve = requirement_curve(week.volumes(), PROMISE, interval=HOUR, handle_time=6 * MINUTE)
    assert {(need.load, need.agents) for need in curve} == {(0.6, 2)}


def test_holidays_do_not_thin_a_monday():
    closed = [date(2026, 1, 5)]
    calendar = BusinessCalendar.weekly({"mon": "09:00-10:00"}, tz="UTC", holidays=closed)
    days = [datetime(2026, 1, day, 9, 30, tzinfo=UTC) for day in (5, 12, 19, 26)]
    profile = volume_profile(
        days,
        calendar,
        start=datetime(2026, 1, 5, tzinfo=UTC),
        end=datetime(2026, 2, 2, tzinfo=UTC),
        step=HOUR,
    )
    (slot,) = profile.slots
    assert (slot.count, slot.exposure, slot.mean, profile.outside) == (3, 3, 1.0, 1)
    assert profile.volumes() == (1.0,)


def test_dispersion_tells_storms_from_poisson():
    start, end = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC)
    rng = random.Random(7)  # noqa: S311 - arrivals, not secrets
    arrivals, at = [], start
    while (at := at + timedelta(hours=rng.expovariate(3))) < end:
        arrivals.append(at)
    calm = volume_profile(arrivals, BusinessCalendar.always(), start=start, end=end, step=HOUR)
    assert 0.95 < calm.dispersion < 1.05
    storm = [at for at in arrivals for _ in range(3)]
    with pytest.warns(OverdispersedArrivals, match="times as much"):
        wild = volume_profile(storm, BusinessCalendar.always(), start=start, end=end, step=HOUR)
    assert wild.dispersion == pytest.approx(3 * calm.dispersion)


def test_slots_of_half_a_minute():
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    calendar = BusinessCalendar.weekly({"mon": "09:00-09:02"}, tz="UTC")
    calls = [start + second * timedelta(seconds=1) for second in (0, 29, 30, 89, 90, 119, 120)]
    ask = {"start": start, "end": start + HOUR, "step": timedelta(seconds=30)}
    profile = volume_profile(calls, calendar, **ask)
    assert [slot.start.seconds % 3600 for slot in profile.slots] == [0, 30, 60, 90]
    assert [slot.count for slot in profile.slots] == [2, 1, 1, 2]
    assert profile.outside == 1


def test_dispersion_is_told_by_slots_that_had_arrivals():
    """Mondays at nine had one call and three, variance over mean 1; at ten nobody ever rang."""
    calendar = BusinessCalendar.weekly({"mon": "09:00-11:00"}, tz="UTC")
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    calls = [start, *[start + timedelta(weeks=1)] * 3]
    ask = {"start": start, "end": start + timedelta(weeks=2), "step": HOUR}
    profile = volume_profile(calls, calendar, **ask)
    assert [slot.dispersion for slot in profile.slots] == [1, None]
    assert [(slot.count, slot.exposure, slot.mean) for slot in profile.slots] == [
        (4, 2, 2),
        (0, 2, 0),
    ]
    assert profile.dispersion == 1
    with pytest.warns(OverdispersedArrivals, match=r"vary 2\.00 times") as caught:
        volume_profile([call for call in calls for _ in range(2)], calendar, **ask)
    assert caught[0].filename == __file__
    # 273 and 247 calls: 1.3 times Poisson, which is still let pass
    edge = [*[start] * 273, *[start + timedelta(weeks=1)] * 247]
    assert volume_profile(edge, calendar, **ask).dispersion == 1.3


def test_bad_profiles():
    start = datetime(2026, 1, 5, tzinfo=UTC)
    ask = {"start": start, "end": start + 24 * HOUR, "step": HOUR}
    with pytest.raises(InvalidValue, match="divide a day"):
        volume_profile([], ALWAYS, **{**ask, "step": timedelta(minutes=7)})
    with pytest.raises(InvalidValue, match="end"):
        volume_profile([], ALWAYS, **{**ask, "end": start - HOUR})
    with pytest.raises(NaiveDatetime):
        volume_profile([datetime(2026, 1, 5)], ALWAYS, **ask)
    assert volume_profile([], ALWAYS, **{**ask, "end": start}).slots == ()
    assert volume_profile([], ALWAYS, **ask).dispersion is None


@given(
    volumes=st.lists(st.floats(0, 500), min_size=1, max_size=12),
    minutes=st.floats(0.5, 300),
    before=st.floats(0, 100),
)
def test_offered_load_by_small_steps(volumes, minutes, before):
    interval, handle = 15 * MINUTE, minutes * MINUTE
    loads = offered_loads(volumes, interval=interval, handle_time=handle, volume_before=before)
    turns = interval / handle
    level, parts = before / turns, 2_000
    for volume, load in zip(volumes, loads, strict=True):
        rate, total = volume / turns, 0.0
        for _ in range(parts):  # the midpoint rule on m' = rate - m
            h = turns / parts
            middle = level + h / 2 * (rate - level)
            total += middle / parts
            level += h * (rate - middle)
        scale = 1 + max(volumes) / turns + before / turns
        assert abs(level - load.end) < 1e-4 * scale
        assert abs(total - load.mean) < 1e-4 * scale


def test_offered_load_nears_the_sinusoid():
    parts, turn = 400, 2 * math.pi
    volumes = [
        10 * turn / parts * (1 + 0.5 * math.sin(turn * (k + 0.5) / parts))
        for k in range(4 * parts)
    ]
    step = timedelta(seconds=turn / parts * 1000)
    loads = offered_loads(volumes, interval=step, handle_time=timedelta(seconds=1000))
    wanted = sinusoidal_load(10, amplitude=0.5, frequency=1, service_rate=1, at=4 * turn)
    assert loads[-1].end == pytest.approx(wanted, rel=1e-4)


def test_slow_work_peaks_later_and_lower():
    volumes = [0] * 8 + [20] * 8 + [0] * 16
    ask = {"interval": 15 * MINUTE, "handle_time": 45 * MINUTE}
    with pytest.warns(HandlingOutlastsInterval, match='takes 45m, an interval 15m.*method="mol"'):
        sipp = requirement_curve(volumes, PROMISE, **ask)
    mol = requirement_curve(volumes, PROMISE, method="mol", **ask)
    assert max(n.load for n in sipp) == 60
    assert max(n.load for n in mol) < 60
    assert mol[16].load > 0 == sipp[16].load


@given(volumes=st.lists(st.integers(0, 200), min_size=1, max_size=20), patient=st.booleans())
def test_curves_agree_with_single_questions(volumes, patient):
    patience = None if patient else MINUTE
    ask = {"interval": 30 * MINUTE, "handle_time": 3 * MINUTE, "patience": patience}
    targets = Targets(service_level=PROMISE, min_agents=1, shrinkage=0.3)
    curve = requirement_curve(volumes, targets, **ask)
    for volume, need in zip(volumes, curve, strict=True):
        assert need.load == volume / 10
        alone = agents_for(volume / 10, PROMISE, handle_time=3 * MINUTE, patience=patience)
        assert need.agents == max(1, alone)
        assert need.scheduled * Fraction(7, 10) >= need.agents
    peaks = requirement_curve(volumes, targets, method="sipp_max", **ask)
    assert all(a.agents >= b.agents for a, b in zip(peaks, curve, strict=True))


def test_lag_shifts_by_the_handle_time():
    ask = {"interval": HOUR, "method": "lag", "volume_before": 2}
    whole = requirement_curve([10, 20, 30], PROMISE, handle_time=HOUR, **ask)
    assert [need.load for need in whole] == [2, 10, 20]
    half = requirement_curve([10, 20, 30], PROMISE, handle_time=HOUR / 2, **ask)
    assert [need.load for need in half] == [3, 7.5, 12.5]
    long = requirement_curve([10, 20, 30], PROMISE, handle_time=2.5 * HOUR, **ask)
    assert [need.load for need in long] == [5, 5, 15]
    peak = requirement_curve(
        [10, 20, 10], PROMISE, interval=HOUR, handle_time=HOUR, method="sipp_max"
    )
    assert [need.load for need in peak] == [15, 20, 15]


def test_bad_curves():
    ask = {"interval": HOUR, "handle_time": MINUTE}
    assert requirement_curve([], PROMISE, **ask) == ()
    assert requirement_curve([], PROMISE, method="sipp_max", **ask) == ()
    with pytest.raises(InvalidLoad):
        requirement_curve([1, -1], PROMISE, **ask)
    with pytest.raises(InvalidValue, match="did you mean 'sipp'"):
        requirement_curve([1], PROMISE, method="sip", **ask)
    with pytest.raises(TargetUnreachable):
        requirement_curve([600], Targets(service_level=PROMISE, max_agents=5), **ask)
    for bad in (
        {"shrinkage": 1},
        {"max_occupancy": 0},
        {"max_occupancy": 1.1},
        {"max_abandonment": 0},
        {"max_abandonment": 1},
        {"max_abandonment": math.nan},
        {"max_abandonment": True},
    ):
        with pytest.raises(InvalidShare):
            Targets(**bad)
    for bad in ({"min_agents": -1}, {"max_agents": 2.5}, {"max_agents": True}):
        with pytest.raises(InvalidValue, match="whole number"):
            Targets(**bad)
    with pytest.raises(InvalidValue, match="a promise is a ServiceLevel"):
        requirement_curve([1], 0.8, **ask)


jobs_in_hours = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 60), st.integers(1, 40)).map(
        lambda job: (job[0], job[0] + job[1], job[2])
    ),
    min_size=1,
    max_size=14,
)


@given(jobs_in_hours)
def test_deadline_crew_is_the_worst_window(rows):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    jobs = [
        Job(release=start + r * HOUR, due_at=start + d * HOUR, work=w * HOUR) for r, d, w in rows
    ]
    found = deadline_capacity(jobs, BusinessCalendar.always())
    assert found.crew == oracle.demand_bound(rows)
    assert found.agents == math.ceil(found.crew)
    inside = sum(
        (
            w
            for r, d, w in rows
            if start + r * HOUR >= found.window.start and start + d * HOUR <= found.window.end
        )
    )
    assert found.crew == Fraction(inside, found.window.length // HOUR)


@given(jobs_in_hours)
def test_only_open_time_counts(rows):
    """The same jobs on a calendar that pauses: only the open coordinate matters."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    calendar = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    jobs = [
        Job(
            release=calendar.add(start, r * HOUR),
            due_at=calendar.add(start, d * HOUR),
            work=w * HOUR,
        )
        for r, d, w in rows
    ]
    assert deadline_capacity(jobs, calendar).crew == oracle.demand_bound(rows)


def test_infeasible_and_crowded_work_is_named():
    calendar = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    friday = datetime(2026, 1, 9, 16, tzinfo=UTC)
    jobs = [
        Job(name="night", release=friday + 2 * HOUR, due_at=friday + 20 * HOUR, work=HOUR),
        Job(name="back to front", release=friday, due_at=friday - HOUR, work=HOUR),
        Job(name="long", release=friday, due_at=friday + 65 * HOUR, work=2 * HOUR),
        Job(name="batch", release=friday, due_at=friday + 65 * HOUR, work=HOUR / 2, count=4),
        Job(name="nothing", release=friday, due_at=friday, work=timedelta(0)),
    ]
    found = deadline_capacity(jobs, calendar)
    alone = Job(name="just", release=friday, due_at=friday + 65 * HOUR, work=HOUR)
    assert deadline_capacity([alone], calendar).crowded == ()  # one person needs all the hour
    assert found.infeasible == ("night", "back to front")
    assert found.crowded == ("long",)
    assert found.window_jobs == ("long", "batch")
    assert found.crew == 4
    empty = deadline_capacity(jobs[:2], calendar)
    assert (empty.crew, empty.window, empty.agents) == (None, None, None)  # no crew is enough
    nothing = deadline_capacity([jobs[-1]], calendar)
    assert (nothing.crew, nothing.agents, nothing.infeasible) == (0, 0, ())
    with pytest.raises(InvalidValue):
        Job(release=friday, due_at=friday, work=-HOUR)
    with pytest.raises(InvalidValue):
        Job(release=friday, due_at=friday, work=HOUR, count=0)


def test_two_hundred_tickets_a_day():
    """A fluid day of 20-minute tickets over 8 hours takes 9 people where calls take 12."""
    calendar = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    open_, close = datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2026, 1, 5, 17, tzinfo=UTC)
    day = [Job(release=open_, due_at=close, work=20 * MINUTE, count=200)]
    assert deadline_capacity(day, calendar).agents == 9
    busy = volume_quantile(200, quantile=0.95).count
    day = [Job(release=open_, due_at=close, work=20 * MINUTE, count=busy)]
    assert deadline_capacity(day, calendar).agents == 10
    assert agents_for(Fraction(200, 24), PROMISE, handle_time=20 * MINUTE) == 12


@given(
    arrivals=st.lists(st.integers(0, 20), min_size=1, max_size=12),
    capacity=st.integers(0, 20),
    initial=st.integers(0, 30),
)
def test_backlog_item_by_item(arrivals, capacity, initial):
    periods = backlog_by_period(arrivals, [capacity] * len(arrivals), initial=initial)
    queue = [-1] * initial
    for now, (new, period) in enumerate(zip(arrivals, periods, strict=True)):
        queue += [now] * new
        done = min(capacity, len(queue))
        queue = queue[done:]
        assert (period.backlog, period.done) == (len(queue), done)
        assert period.age == (now - queue[0] if queue else None)


def test_clearing_a_backlog():
    crew = agents_to_clear(
        200, periods=5, arrivals=80, handle_time=25 * MINUTE, productive=5.5 * HOUR
    )
    assert (crew.per_period, crew.per_agent) == (120, Fraction(66, 5))
    assert (crew.exact, crew.agents) == (Fraction(100, 11), 10)
    with pytest.raises(InvalidValue, match="time to clear"):
        agents_to_clear(1, periods=0, arrivals=0, handle_time=MINUTE, productive=HOUR)
    with pytest.raises(InvalidValue, match="each of 2"):
        backlog_by_period([1, 2], [1])
    with pytest.raises(InvalidLoad):
        backlog_by_period([1], [-1])


def test_clearing_by_a_date_counts_open_time():
    """Thursday evening to the next Thursday evening, over a weekend and a holiday: 4 days."""
    office = BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"}, tz="Europe/Berlin", holidays=[date(2026, 3, 31)]
    )
    thursday = datetime(2026, 3, 26, 17, tzinfo=BERLIN)  # the clock changes on the way
    ask = {"arrivals": 80, "per": 8 * HOUR, "handle_time": 25 * MINUTE, "calendar": office}
    by = thursday + timedelta(weeks=1)
    crew = agents_to_clear_by(200, as_of=thursday, due_at=by, productive=Fraction(11, 16), **ask)
    assert crew == agents_to_clear(
        200, periods=4, arrivals=80, handle_time=25 * MINUTE, productive=5.5 * HOUR
    )
    week = [crew.agents * crew.per_agent] * 4
    assert backlog_by_period([80] * 4, week, initial=200)[-1].backlog == 0
    fewer = [(crew.agents - 1) * crew.per_agent] * 4
    assert backlog_by_period([80] * 4, fewer, initial=200)[-1].backlog > 0
    for closed in (thursday, thursday + 8 * HOUR, thursday - HOUR):
        with pytest.raises(InvalidValue, match="no open time"):
            agents_to_clear_by(200, as_of=thursday, due_at=closed, **ask)
    with pytest.raises(InvalidShare):
        agents_to_clear_by(200, as_of=thursday, due_at=by, productive=0, **ask)
    with pytest.raises(InvalidShare):
        agents_to_clear_by(200, as_of=thursday, due_at=by, productive=1.1, **ask)
    with pytest.raises(InvalidLoad, match="backlog"):
        agents_to_clear_by(-1, as_of=thursday, due_at=by, **ask)
    with pytest.raises(InvalidLoad, match="arrivals"):
        agents_to_clear_by(1, as_of=thursday, due_at=by, **{**ask, "arrivals": math.nan})


def test_bad_loads_in_motion():
    ask = {"amplitude": 0.5, "frequency": 1, "service_rate": 2, "at": 3}
    with pytest.raises(InvalidLoad, match="service rate"):
        sinusoidal_load(10, **{**ask, "service_rate": 0})
    for name in ("amplitude", "at"):
        for bad in (math.nan, math.inf, True, "1"):
            with pytest.raises(InvalidValue, match="finite"):
                sinusoidal_load(10, **{**ask, name: bad})
    calls = Demand(count=10, per=HOUR, handle_time=MINUTE)
    with pytest.raises(InvalidValue, match="survives"):
        calls.scaled(handle_time=1e30)
    with pytest.raises(InvalidValue, match="longer than zero"):
        calls.scaled(handle_time=0)
