"""A test of the tests: bugs of the kind people make, each rejected by `check_calendar`."""

import inspect
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from support_model import closures
from support_model.calendars import BusinessCalendar
from support_model.errors import LawBroken
from support_model.instants import Span, instant, micros
from support_model.testing import CALENDAR_LAWS, SlowCalendar, check_calendar, probes_of, scenes
from support_model.testing._calendar_laws import check_calendar_at, law_oracle
from support_model.testing._laws import counted_branches

MICROSECOND, MINUTE, HOUR = (timedelta(microseconds=n) for n in (1, 60_000_000, 3_600_000_000))
OFFICE = BusinessCalendar.weekly(
    {"mon-fri": "09:00-12:00, 13:00-17:00"},
    tz="Europe/Berlin",
    holidays=closures.days({"2024-12-24/2024-12-26": "Christmas", "2025-03-31": "moved"}),
    dates={date(2024, 6, 14): "09:00-12:00"},
)
NIGHTS = BusinessCalendar.weekly({"mon-sun": "20:00-06:00"}, tz="America/New_York")
ALWAYS = BusinessCalendar.always("Europe/Berlin")


def faulty(calendar, **methods):
    """The same calendar as a class of somebody's own, with a bug in some of its methods."""
    own = {name: method for name, method in methods.items()}  # noqa: C416 - a namespace
    kind = type("Own", (BusinessCalendar,), own)
    return kind(calendar.form, calendar.name)


right = BusinessCalendar


def add_lands_on_an_opening(self, start, amount):
    due = right.add(self, start, amount)
    return due if self.is_open(due) or not amount else self.next_open(due) or due


def add_loses_a_minute_from_an_opening(self, start, amount):
    opens = self.is_open(start) and not self.is_open(start - MICROSECOND)
    return right.add(self, start, amount) + (MINUTE if opens and amount else 0 * MINUTE)


def close_is_not_strict(self, at):
    closes = not self.is_open(at) and self.is_open(at - MICROSECOND)
    return at if closes else right.next_close(self, at)


def opening_is_not_strict(self, at):
    opens = self.is_open(at) and not self.is_open(at - MICROSECOND)
    return at if opens else right.next_opening(self, at)


def open_at_the_close(self, at):
    return right.is_open(self, at) or right.is_open(self, at - MICROSECOND)


def elapsed_in_wall_time(self, start, end):
    wall = end.astimezone(self.tz).replace(tzinfo=UTC) - start.astimezone(self.tz).replace(
        tzinfo=UTC
    )
    return right.elapsed(self, start, end) + wall - (end - start)


def elapsed_never_negative(self, start, end):
    return abs(right.elapsed(self, start, end))


def elapsed_in_whole_seconds(self, start, end):
    return timedelta(seconds=right.elapsed(self, start, end) // timedelta(seconds=1))


def subtract_is_add_mirrored_badly(self, start, amount):
    back = right.subtract(self, start, amount)
    return self.prev_open(back) or back


def next_open_skips_now(self, at):
    return right.next_open(self, at + MICROSECOND)


def prev_close_not_strict(self, at):
    return right.prev_close(self, at + MICROSECOND)


def periods_end_with_the_year(self, start, end, *, reverse=False):
    stop = min(micros(end), micros(start) + 370 * 86_400_000_000)
    return right.periods(self, start, instant(stop), reverse=reverse)


def periods_backwards_in_order(self, start, end, *, reverse=False):
    del reverse
    return right.periods(self, start, end)


def periods_not_clipped(self, start, end, *, reverse=False):
    found = list(right.periods(self, start, end, reverse=reverse))
    if found and not reverse and self.is_open(instant(micros(found[0].start) - 1)):
        found[0] = Span(instant(micros(found[0].start) - 1), found[0].end)
    return iter(found)


def answers_in_utc(self, start, amount):
    return right.add(self, start, amount).astimezone(UTC)


def naive_midnights(self, day):
    start = datetime(day.year, day.month, day.day, tzinfo=self.tz).astimezone(UTC)
    return right.elapsed(self, start, start + timedelta(hours=24))


def working_days_with_the_first(self, start, end):
    return right.working_days(self, start - timedelta(days=1), end)


def swapped_arguments(self, start, end):
    return right.elapsed(self, end, start)


def forgets_dated_hours(self):
    data = right.to_data(self)
    return {key: value for key, value in data.items() if key != "dates"}


def stale_year(self, start, end):
    """Count a year as it was compiled before its holidays were known."""
    plain = BusinessCalendar.weekly({"mon-fri": "09:00-12:00, 13:00-17:00"}, tz="Europe/Berlin")
    inside = start.year == end.year == 2024
    return plain.elapsed(start, end) if inside else right.elapsed(self, start, end)


PLANTED = {
    "add moves from a close to the next opening": (OFFICE, {"add": add_lands_on_an_opening}),
    "next_close is not strict": (OFFICE, {"next_close": close_is_not_strict}),
    "add loses a minute from an opening": (OFFICE, {"add": add_loses_a_minute_from_an_opening}),
    "next_opening is not strict": (NIGHTS, {"next_opening": opening_is_not_strict}),
    "the close is open": (OFFICE, {"is_open": open_at_the_close}),
    "elapsed in wall time": (NIGHTS, {"elapsed": elapsed_in_wall_time}),
    "elapsed is never negative": (OFFICE, {"elapsed": elapsed_never_negative}),
    "elapsed in whole seconds": (OFFICE, {"elapsed": elapsed_in_whole_seconds}),
    "subtract rounds to a close": (OFFICE, {"subtract": subtract_is_add_mirrored_badly}),
    "next_open skips the instant itself": (OFFICE, {"next_open": next_open_skips_now}),
    "prev_close is not strict": (OFFICE, {"prev_close": prev_close_not_strict}),
    "periods of a year at most": (ALWAYS, {"periods": periods_end_with_the_year}),
    "reverse is ignored": (OFFICE, {"periods": periods_backwards_in_order}),
    "periods reach over the bound": (NIGHTS, {"periods": periods_not_clipped}),
    "answers in UTC": (OFFICE, {"add": answers_in_utc}),
    "every date has 24 hours": (ALWAYS, {"open_time_on": naive_midnights}),
    "the first date counts": (OFFICE, {"working_days": working_days_with_the_first}),
    "swapped arguments": (OFFICE, {"elapsed": swapped_arguments}),
    "data without dated hours": (OFFICE, {"to_data": forgets_dated_hours}),
    "a stale year": (OFFICE, {"elapsed": stale_year}),
}
QUICK = settings(
    max_examples=200,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def judged(calendar, against=None, seed=1):
    """Judge a calendar at two hundred probes of a fixed seed."""

    @QUICK
    @seeded(seed)
    @given(probes_of(calendar))
    def judge(probe):
        check_calendar_at(calendar, probe, against=against)

    judge()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_rejected(name):
    calendar, methods = PLANTED[name]
    with pytest.raises(LawBroken):
        judged(faulty(calendar, **methods))


@pytest.mark.parametrize("name", ["add moves from a close to the next opening", "a stale year"])
def test_the_oracle_alone_sees_it(name):
    calendar, methods = PLANTED[name]
    own, slow = faulty(calendar, **methods), SlowCalendar.of(calendar)

    @QUICK
    @seeded(2)
    @given(probes_of(calendar))
    def judge(probe):
        law_oracle(own, probe, slow)

    with pytest.raises(LawBroken, match="as the oracle"):
        judge()


@pytest.mark.parametrize("calendar", [OFFICE, NIGHTS, ALWAYS])
def test_sound_calendars_pass_beside_their_oracles(calendar):
    own = faulty(calendar)
    check_calendar(own, against=SlowCalendar.of(calendar))
    check_calendar(own, against=calendar)


def branches():
    """The branches that the laws name, read from their text."""
    modules = {inspect.getmodule(law) for law in CALENDAR_LAWS.values()}
    text = "".join(inspect.getsource(module) for module in modules)
    return {part.split('"')[0] for part in text.split('met("')[1:]}


def test_every_branch_of_the_laws_is_met_in_one_example_of_twenty():
    @QUICK
    @seeded(3)
    @given(scenes())
    def judge(scene):
        with counted_branches() as seen:
            check_calendar_at(*scene, against=SlowCalendar.of(scene[0]))
        for branch in set(seen):
            met_in[branch] = met_in.get(branch, 0) + 1

    met_in = dict.fromkeys(branches(), 0)
    judge()
    assert len(met_in) > 20
    rare = {branch: count for branch, count in met_in.items() if count < 10}
    assert not rare
