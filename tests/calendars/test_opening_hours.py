"""opening_hours: the documented subset means what OSM says, and writing undoes reading."""

import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from english import english
from hypothesis import given
from hypothesis import strategies as st

from support_model import closures
from support_model.calendars import BusinessCalendar
from support_model.closures import Closures
from support_model.errors import InvalidHours, InvalidValue, UnknownZone
from support_model.instants import Span
from support_model.opening_hours import parse, text

sys.path.insert(0, str(Path(__file__).parents[1] / "oracles"))
from opening_hours_oracle import open_half_hours

UTC = ZoneInfo("UTC")
MONDAY = date(2024, 3, 4)
HOLIDAYS = (date(2024, 3, 6), date(2024, 3, 8), date(2024, 3, 9))


def opened(cal, day):
    """Return the open ranges of a local date as the text of a sign on a door."""
    start = datetime(day.year, day.month, day.day, tzinfo=cal.tz)
    found = []
    for span in cal.periods(start, start + timedelta(days=1)):
        end = "24:00" if span.end == start + timedelta(days=1) else f"{span.end:%H:%M}"
        found.append(f"{span.start:%H:%M}-{end}")
    return ",".join(found) or "off"


def week(source, **known):
    cal = parse(source, tz="UTC", **known)
    return [opened(cal, MONDAY + timedelta(days=i)) for i in range(7)]


NINE = "09:00-17:00"
DAY = "00:00-24:00"
OFF = "off"
LATE = "22:00-24:00"
EARLY = "00:00-02:00"
NIGHTS = "00:00-02:00,22:00-24:00"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Mo-Fr 09:00-17:00", [NINE] * 5 + [OFF] * 2),
        ("Mo,We,Fr 9:00-17:00", [NINE, OFF, NINE, OFF, NINE, OFF, OFF]),
        ("Su-Tu 09:00-17:00", [NINE, NINE, OFF, OFF, OFF, OFF, NINE]),
        ("09:00-17:00", [NINE] * 7),
        ("24/7", [DAY] * 7),
        ("24/7; Sa,Su off", [DAY] * 5 + [OFF] * 2),
        ("off", [OFF] * 7),
        ("Mo-Tu", [DAY] * 2 + [OFF] * 5),
        ("Mo open; Tu closed", [DAY] + [OFF] * 6),
        ("Mo 09:00-12:00,13:00-17:00", ["09:00-12:00,13:00-17:00"] + [OFF] * 6),
        ("Mo-We 09:00-17:00; Tu 10:00-11:00", [NINE, "10:00-11:00", NINE] + [OFF] * 4),
        ("Mo-We 09:00-17:00, Tu 18:00-19:00", [NINE, f"{NINE},18:00-19:00", NINE] + [OFF] * 4),
        ("Mo-We 09:00-17:00, Tu off", [NINE, OFF, NINE] + [OFF] * 4),
        ("Mo 09:00-17:00; 12:00-13:00 off", ["09:00-12:00,13:00-17:00"] + [OFF] * 6),
        ("Mo 22:00-02:00", [LATE, EARLY] + [OFF] * 5),
        ("Mo 22:00-26:00", [LATE, EARLY] + [OFF] * 5),
        ("Mo 10:00-10:00", ["10:00-24:00", "00:00-10:00"] + [OFF] * 5),
        (
            "Mo-Su 22:00-02:00; We off",
            [NIGHTS] * 2 + [OFF] + [NIGHTS] * 4,
        ),
        ("Mo-Fr 09:00-17:00; 2024 Mar 05 off", [NINE, OFF, NINE, NINE, NINE, OFF, OFF]),
        ('Mo-Fr 09:00-17:00; 2024 Mar 05-06 off "stock"', [NINE, OFF, OFF, NINE, NINE, OFF, OFF]),
        ("2024 Mar 05,2024 Mar 07 09:00-17:00", [OFF, NINE, OFF, NINE, OFF, OFF, OFF]),
        ("2024 Feb 28-2024 Mar 05 09:00-17:00", [NINE, NINE] + [OFF] * 5),
        ("2024 Feb-Mar Tu 09:00-17:00", [OFF, NINE] + [OFF] * 5),
        ("2024 Mar 05 22:00-26:00; 2024 Mar 06 off", [OFF, LATE] + [OFF] * 5),
    ],
)
def test_a_week_in_march(source, expected):
    assert week(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Mo-Fr 09:00-17:00; Mar 05 off", [NINE, OFF, NINE, NINE, NINE, OFF, OFF]),
        ("Mo-Fr 09:00-17:00; Mar Tu off", [NINE, OFF, NINE, NINE, NINE, OFF, OFF]),
        ("Nov-Mar 09:00-17:00", [NINE] * 7),
        ("Apr-Feb 09:00-17:00", [OFF] * 7),
        ("Mar 07-Mar 05 09:00-17:00", [NINE, NINE, OFF, NINE, NINE, NINE, NINE]),
    ],
)
def test_yearly_dates_hold_in_the_years_given(source, expected):
    assert week(source, years=[2024]) == expected
    other_years = week(source, years=[2025])
    assert other_years == week(source.partition("; Mar")[0] if ";" in source else "off")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Mo-Fr 09:00-17:00", [NINE, NINE, OFF, NINE, OFF, OFF, OFF]),
        ("Mo-Fr 09:00-17:00; PH off", [NINE, NINE, OFF, NINE, OFF, OFF, OFF]),
        ("PH off; Mo-Fr 09:00-17:00", [NINE] * 5 + [OFF, OFF]),
        ("Mo-Fr,PH 09:00-17:00", [NINE] * 6 + [OFF]),
        ("PH 10:00-14:00", [OFF, OFF, "10:00-14:00", OFF, "10:00-14:00", "10:00-14:00", OFF]),
        ("Tu-We 22:00-26:00; PH off", [OFF, LATE, OFF, EARLY, OFF, OFF, OFF]),
        ("PH 22:00-26:00", [OFF, OFF, LATE, EARLY, LATE, NIGHTS, EARLY]),
    ],
)  # fmt: skip
def test_public_holidays(source, expected):
    assert week(source, closures=closures.days(HOLIDAYS)) == expected


def test_no_holidays_is_said_by_empty_closures():
    assert week("09:00-17:00; PH off", closures=Closures()) == [NINE] * 7


def test_a_working_weekend_date_follows_the_rules_of_its_weekday():
    swapped = Closures(working=[(date(2024, 3, 9), 0, "swap")])
    source = "Mo 08:00-16:00; Tu 09:00-17:00; 2024 Mar Mo 07:00-15:00"
    assert week(source, closures=swapped)[5] == "07:00-15:00"


def test_hours_are_read_on_the_clock_of_the_zone():
    cal = parse("Su 01:00-04:00", tz="Europe/Berlin")
    assert cal.open_time_on(date(2024, 3, 31)) == timedelta(hours=2)
    assert cal.tz.key == "Europe/Berlin"


def test_always_open_is_the_calendar_that_never_closes():
    assert parse("24/7", tz="UTC") == BusinessCalendar.always("UTC")


@pytest.mark.parametrize(
    ("source", "word", "at"),
    [
        ("Mo-Fr sunrise-sunset", "sunrise", 6),
        ("Mo-Fr 10:00-sunset", "sunset", 12),
        ("Mo-Fr 10:00-12:00 || off", "||", 18),
        ("SH off", "SH", 0),
        ("Mo-Fr,SH off", "SH", 6),
        ("Mo[1] 10:00-12:00", "[", 2),
        ("Mo 17:00+", "+", 8),
        ("Mo 17:00-18:00+", "+", 14),
        ("Mo 10:00-16:00/01:30", "/", 14),
        ("week 12 off", "week", 0),
        ("easter off", "easter", 0),
        ("unknown", "unknown", 0),
        ('Mo 10:00-12:00 "members"', '"members"', 15),
        ('"by appointment"', '"by appointment"', 0),
        ("Mon 10:00-12:00", "Mon", 0),
        ("mo 10:00-12:00", "mo", 0),
        ("Mo, 10:00-12:00", "10:00", 4),
        ("Mo-Fr 8-12", "8", 6),
        ("Mo 10:00", "end of text", 8),
        ("Mo 25:00-26:00", "25:00", 3),
        ("Mo 10:00-49:00", "49:00", 9),
        ("Mo 10:61-11:00", "10:61", 3),
        ("", "end of text", 0),
        ("Mo 10:00-12:00;", "end of text", 15),
        ("Mo 10:00-12:00 Tu", "Tu", 15),
        ("Mo\N{EN DASH}Fr 10:00-12:00", "\N{EN DASH}", 2),
        ("PH off", "PH", 0),
        ("Mo-Fr,PH 10:00-12:00", "PH", 6),
        ("Dec 24 off", "24", 4),
        ("Jun-Aug off", "Jun", 0),
        ("2024 Dec 24,31 off", "31", 12),
        ("2023 Feb 29 off", "29", 9),
        ("2024 Feb 30 off", "30", 9),
        ("2024 off", "off", 5),
        ("2024 Dec 24-Jan 02 off", "02", 16),
        ("2024 Dec 24-Jan off", "Jan", 12),
        ("0001 Jan-9999 Dec off", "Dec", 14),
        ("Dec 24-2024 Dec 26 off", "26", 16),
        ("Mo 10:00-12:00\0", "\0", 14),
    ],
)
def test_what_lies_outside_the_subset_names_the_word_and_its_place(source, word, at):
    with pytest.raises(InvalidHours) as caught:
        parse(source, tz="UTC")
    assert caught.value.value == word
    assert f"at position {at}:" in str(caught.value)
    assert caught.value.remedy
    assert word == "end of text" or source[at:].startswith(word)


@pytest.mark.parametrize("source", [None, 5, b"24/7", ["24/7"]])
def test_only_text_is_read(source):
    with pytest.raises(InvalidHours):
        parse(source, tz="UTC")


def test_other_arguments_are_checked():
    with pytest.raises(UnknownZone):
        parse("24/7", tz="Europe/Atlantis")
    with pytest.raises(InvalidValue):
        parse("Dec 24 off", tz="UTC", years=["2024"])


@given(
    st.text(alphabet=st.sampled_from('MoTuWePH0123456789:;,-+|/" offJandec2024\0'), max_size=40)
)
def test_any_text_is_read_or_refused(source):
    try:
        parse(source, tz="UTC", closures=Closures(), years=[2024])
    except InvalidHours as error:
        assert error.remedy  # noqa: PT017 - most texts are refused, not all


spans = st.builds(
    lambda start, length: (start, start + length), st.integers(0, 47), st.integers(1, 48)
)
DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def clock(at):
    return f"{at // 60:02d}:{at % 60:02d}"


@st.composite
def rules(draw, *, overnight=True, selectors=("days", "holidays", "date", "none")):
    """Draw a rule both as text and as what the oracle reads."""
    additive = draw(st.booleans())
    closed = draw(st.sampled_from([False, False, True]))
    chosen, dates, on_holidays, selector = set(range(7)), None, False, ""
    kind = draw(st.sampled_from(selectors))
    if kind == "date":
        days = [MONDAY + timedelta(days=draw(st.integers(0, 13)))]
        days.append(days[0] + timedelta(days=draw(st.integers(0, 4))))
        dates = {days[0] + timedelta(days=i) for i in range((days[1] - days[0]).days + 1)}
        selector = "-".join(english(day, "%Y %b %d") for day in days)
    if kind in ("days", "holidays") or (kind == "date" and draw(st.booleans())):
        chosen = draw(st.sets(st.integers(0, 6), min_size=1))
        names = [DAYS[i] for i in sorted(chosen)]
        if kind == "holidays":
            on_holidays = True
            chosen = chosen if draw(st.booleans()) else set()
            names = [*(DAYS[i] for i in sorted(chosen)), "PH"]
        selector = f"{selector} {','.join(names)}".strip()
    ranges = draw(st.lists(spans, min_size=0 if closed else 1, max_size=2))
    if not overnight:
        ranges = [(start, min(end, 48)) for start, end in ranges]
    hours = ",".join(f"{clock(30 * a)}-{clock(30 * b)}" for a, b in ranges)
    if additive and not selector:
        selector = "Mo-Su"  # bare hours after a comma continue the hours before it
    source = " ".join(part for part in (selector, hours, "off" if closed else "") if part)
    return source, (additive, chosen, dates, on_holidays, ranges, closed)


def joined(drawn):
    source = drawn[0][0]
    for words, (additive, *_) in drawn[1:]:
        source += f"{', ' if additive else '; '}{words}"
    return source


def half_hours_of(cal, first, days):
    """Return (date, half hour) wherever a calendar is open, from one date for some days."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    found = set()
    for span in cal.periods(start, start + timedelta(days=days)):
        edges = [(at - start) // timedelta(minutes=30) for at in (span.start, span.end)]
        found.update((first + timedelta(days=at // 48), at % 48) for at in range(*edges))
    return found


@given(st.lists(rules(), min_size=1, max_size=4))
def test_every_half_hour_is_as_the_slow_twin_says(drawn):
    read = [rule for _, rule in drawn]
    if not any(on_holidays for _, _, _, on_holidays, _, _ in read):
        read.append((False, set(), None, True, [], True))
    cal = parse(joined(drawn), tz="UTC", closures=closures.days(HOLIDAYS))
    first = MONDAY - timedelta(days=2)
    days = [first + timedelta(days=i) for i in range(22)]
    expected = {(day, at) for day in days for at in open_half_hours(read, day, HOLIDAYS)}
    assert half_hours_of(cal, first, 22) == expected


later = rules(overnight=False, selectors=("days", "date", "none"))


@given(rules(selectors=("days", "none")), st.lists(later, max_size=3))
def test_opening_hours_py_agrees(first, others):
    # That project drops what a later rule spills into a date which an earlier rule opened,
    # so only the first rule runs overnight here.
    peer = pytest.importorskip("opening_hours")
    source = joined([first, *others])
    theirs = peer.OpeningHours(source, timezone=UTC)
    ours = parse(source, tz="UTC")
    for i in range(21 * 48):
        at = datetime(2024, 3, 3, tzinfo=UTC) + timedelta(minutes=30 * i)
        assert ours.is_open(at) == theirs.is_open(at), (source, at)


HOUR = 3_600_000_000
spring = st.dates(date(2024, 3, 20), date(2024, 4, 10))
clocks = st.tuples(st.integers(0, 1439), st.integers(0, 1440)).map(
    lambda pair: f"{clock(pair[0])}-{clock(pair[1])}"
)
hours = st.lists(clocks, max_size=2)
names = st.text("abc; ", max_size=4)


@st.composite
def calendars(draw):
    """Draw a calendar that opening_hours can say: one week and any dated exceptions."""
    weekday = st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
    single = {
        "holidays": st.dictionaries(spring, names, max_size=3).map(dict.items),
        "working": st.dictionaries(spring, st.integers(0, 6), max_size=2).map(
            lambda rows: [(day, n, "") for day, n in rows.items()]
        ),
        "shortened": st.dictionaries(spring, st.integers(1, 300), max_size=2).map(
            lambda rows: [(day, n * 60_000_000, "") for day, n in rows.items()]
        ),
        "breaks": st.lists(
            st.tuples(spring, st.just(0), st.just(3_600_000_000), names), max_size=2
        ),
    }
    return BusinessCalendar.weekly(
        draw(st.dictionaries(weekday, hours, max_size=7)),
        tz=draw(st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"])),
        holidays=Closures(**draw(st.fixed_dictionaries(single))),
        dates=draw(st.dictionaries(spring, hours, max_size=4)),
        breaks=draw(st.dictionaries(st.one_of(weekday, spring), hours, max_size=2)),
    )


@given(calendars())
def test_reading_undoes_writing(cal):
    again = parse(text(cal), tz=cal.tz)
    window = datetime(2024, 3, 15, tzinfo=UTC), datetime(2024, 4, 20, tzinfo=UTC)
    assert list(again.periods(*window)) == list(cal.periods(*window))
    assert text(again) == text(cal)


def test_writing_is_compact():
    cal = BusinessCalendar.weekly(
        {"mon-thu": "09:00-17:00", "fri": "09:00-12:00", "sun": "22:00-02:00"},
        tz="UTC",
        holidays=["2024-12-25", "2024-12-26", "2025-01-01"],
        dates={date(2024, 12, 31): "10:00-12:00"},
    )
    assert text(cal) == (
        "Mo 00:00-02:00,09:00-17:00; Tu-Th 09:00-17:00; Fr 09:00-12:00; Su 22:00-24:00;"
        " 2024 Dec 25-26,2025 Jan 01 off; 2024 Dec 31 10:00-12:00"
    )
    assert text(BusinessCalendar.weekly({}, tz="UTC")) == "off"
    assert text(parse("24/7; 2024 Mar 30-2024 Apr 02 off", tz="UTC")) == (
        "24/7; 2024 Mar 30-2024 Apr 02 off"
    )


@pytest.mark.parametrize("tz", ["UTC", "Pacific/Apia"])
def test_always_is_said_as_always(tz):
    assert text(BusinessCalendar.always(tz)) == "24/7"


def test_what_cannot_be_said_is_named():
    nine = BusinessCalendar.weekly({"mon": "09:00-17:00"}, tz="UTC")
    start = datetime(2024, 1, 1, tzinfo=UTC)
    rotating = BusinessCalendar.rotating([{"mon": NINE}, {"tue": NINE}], anchor=MONDAY, tz="UTC")
    for cal, what in (
        (nine | BusinessCalendar.always(), "combination"),
        (nine - [Span(start, start + timedelta(days=1))], "closed spans"),
        (nine.replaced(MONDAY, rotating), "versions"),
        (rotating, "rotating weeks"),
        (BusinessCalendar.weekly({"mon": "09:00:30-17:00"}, tz="UTC"), "seconds"),
    ):
        with pytest.raises(InvalidHours, match=what):
            text(cal)
