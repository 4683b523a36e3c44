"""Every law of business time, by its id, on drawn calendars; and the ids in the docs."""

import pickle
import re
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from support_model._calendar.forms import settled
from support_model._calendar.timeline import YEAR, YearTimeline
from support_model.calendars import BusinessCalendar
from support_model.errors import LawBroken
from support_model.instants import Span, instant, micros
from support_model.testing import (
    CALENDAR_LAWS,
    SlowCalendar,
    amounts,
    calendars,
    check_calendar,
    instants,
    probes_of,
    scenes,
)
from support_model.testing._calendar_laws import check_calendar_at, law_oracle
from support_model.testing._calendar_strategies import (
    CLOCK_CHANGES,
    ZONES,
    Probe,
    clock_changes,
    day_hours,
    weekly_hours,
    zones,
)
from support_model.testing._laws import counted_branches, met

OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
NEVER = BusinessCalendar.weekly({}, tz="UTC")
ALWAYS = BusinessCalendar.always("Europe/Berlin")
WAYS = {
    "always": ALWAYS,
    "never": NEVER,
    "weekly": OFFICE,
    "rotating": BusinessCalendar.rotating(
        [{"mon-fri": "06:00-14:00"}, {"sat": "22:00-06:00"}, {}], anchor=date(2024, 1, 1), tz="UTC"
    ),
    "dated": BusinessCalendar.weekly({}, tz="UTC", dates={date(2024, 2, 29): "09:00-10:00"}),
    "versions": NEVER.replaced(date(2010, 1, 1), ALWAYS).replaced(date(2024, 7, 1), OFFICE),
    "union": ALWAYS | OFFICE,
    "intersection": OFFICE & BusinessCalendar.weekly({"mon-sun": "20:00-06:00"}, tz="Asia/Tokyo"),
    "difference": ALWAYS - OFFICE,
    "nothing left": OFFICE - ALWAYS,
    "without a span": ALWAYS - [Span(datetime(2024, 6, 1, tzinfo=UTC), None)],
}
PROBES = st.builds(
    Probe,
    a=instants(),
    b=instants(),
    c=instants(),
    amount=amounts(),
    more=amounts(),
    tz=zones(),
    other=calendars(max_leaves=1),
)
DOCS = Path(__file__).parents[2] / "docs" / "explanation" / "laws.md"


@pytest.mark.parametrize("law", CALENDAR_LAWS)
@given(scene=scenes())
def test_law_near_turned_clocks(law, scene):
    CALENDAR_LAWS[law](*scene)


@given(scenes())
def test_a_calendar_and_its_oracle_answer_alike(scene):
    calendar, probe = scene
    law_oracle(calendar, probe, SlowCalendar.of(calendar))


@pytest.mark.parametrize("k", [-3, 0, 1, 20, 54, 60, 200])
@pytest.mark.parametrize(
    "calendar",
    [
        ALWAYS,
        ALWAYS.replaced(date(2024, 3, 3), OFFICE),
        OFFICE.replaced(date(2024, 3, 3), ALWAYS),
    ],
    ids=["always", "always, then office", "office, then always"],
)
def test_open_time_is_found_before_an_instant_at_which_a_mean_year_begins(calendar, k):
    at = instant(k * YEAR)
    for before in (at, at + timedelta(microseconds=1)):
        last = calendar.prev_open(before)
        assert last == SlowCalendar.of(calendar).prev_open(before)
        held = calendar.periods(before - timedelta(days=7), before, reverse=True)
        assert next(iter(held)).end == last


@pytest.mark.parametrize("name", WAYS)
@given(data=st.data())
def test_all_laws_for_every_way_to_make_a_calendar(name, data):
    check_calendar_at(WAYS[name], data.draw(probes_of(WAYS[name])))


@given(scenes())
def test_what_weeks_prove_is_what_years_show(scene):
    """A line that may end its walk by what its weeks prove, beside one that walks."""
    calendar, probe = scene
    walking = YearTimeline(calendar.form.stretches, calendar.form.regular())
    t, decades = micros(probe.a), 30 * YEAR
    for side in (1, -1):
        level, since = settled(calendar.form, side)
        year = since if side > 0 else since - 10
        if level is not None:
            ends = year * YEAR, (year + 10) * YEAR
            opened = walking.open_before(ends[1]) - walking.open_before(ends[0])
            assert opened == level * 10 * YEAR
    ahead = [
        run for run in islice(calendar.timeline.runs(t, t + decades), 5) if run[0] < t + decades
    ]
    seen = [run for run in islice(walking.runs(t, t + decades), 5) if run[0] < t + decades]
    assert [run[0] for run in ahead] == [run[0] for run in seen]
    last = t + decades
    assert [min(run[1], last) for run in ahead] == [min(run[1], last) for run in seen]


@given(calendars(), PROBES)
def test_a_pickled_calendar_is_the_same(calendar, probe):
    copy = pickle.loads(pickle.dumps(calendar))  # noqa: S301 - made on the same line
    assert copy == calendar
    assert hash(copy) == hash(calendar)
    assert copy.fingerprint == calendar.fingerprint
    assert copy.elapsed(probe.a, probe.b) == calendar.elapsed(probe.a, probe.b)


def test_the_suite_judges_a_calendar_of_ours():
    check_calendar(BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin"))


@pytest.mark.parametrize(
    ("method", "law"),
    [("add", "C4"), ("next_opening", "C16"), ("prev_close", "C16")],
)
def test_a_wrong_answer_breaks_a_law(method, law, monkeypatch):
    """The laws bite: an answer one minute late is found, with its values in the message."""
    right = getattr(BusinessCalendar, method)
    monkeypatch.setattr(
        BusinessCalendar,
        method,
        lambda calendar, *rest: _later(right(calendar, *rest)),
    )
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")

    @settings(phases=[Phase.generate], max_examples=100)  # found is enough; no need to shrink
    @given(st.just(office), PROBES)
    def judge(calendar, probe):
        CALENDAR_LAWS[law](calendar, probe)

    with pytest.raises(LawBroken, match=r"law C\d+ does not hold: ") as caught:
        judge()
    assert caught.value.law == law
    assert caught.value.values


def _later(at):
    return None if at is None else at.replace(second=(at.second + 1) % 60)


def test_the_strategies_know_the_hard_zones():
    assert len(ZONES) >= 14
    assert len(CLOCK_CHANGES) == len(set(CLOCK_CHANGES))


@pytest.mark.parametrize(
    ("strategy", "condition", "least"),
    [
        (zones(), lambda _: True, ZoneInfo("UTC")),
        (amounts(min_value=timedelta(seconds=90)), lambda _: True, timedelta(seconds=120)),
        (day_hours(), lambda hours: len(hours) == 1, [("00:00", "24:00")]),
        (weekly_hours(), lambda _: True, {"mon-fri": [("09:00", "17:00")]}),
        (
            clock_changes(),
            lambda drawn: drawn[0].key == "Pacific/Apia",
            (ZoneInfo("Pacific/Apia"), date(2011, 12, 30)),
        ),
    ],
)
def test_what_is_drawn_shrinks_to_what_is_plain(strategy, condition, least):
    assert find(strategy, condition) == least


@given(PROBES)
def test_a_probe_knows_its_order(probe):
    first, last = probe.ordered
    assert micros(first) <= micros(last)


def test_branches_are_counted():
    with counted_branches() as seen:
        met("C1: reversed")
        met("C1: in order", when=False)
    assert dict(seen) == {"C1: reversed": 1}


def test_docs_and_code_hold_the_same_laws():
    rows = re.findall(r"^\| (C\d+) \| (.+) \|$", DOCS.read_text("utf-8"), re.MULTILINE)
    stated = {law: text.replace("\\|", "|") for law, text in rows}
    assert stated == {
        law: check.__doc__.partition("\n")[0].replace("``", "")
        for law, check in CALENDAR_LAWS.items()
    }
