"""A roster as tables: every date once, every hour in it, nothing typed gets out of its cell."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from conformance import oncall as oncall_cases
from english import english
from escalation import cases
from hypothesis import given
from hypothesis import strategies as st

from support_model._oncall.rosters import DutyLoad, load_table, roster_by_day
from support_model.instants import Span, duration
from support_model.oncall import Every, Layer, OnCall

ZONES = ("Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Atlantic/Azores", "UTC")
HOUR = timedelta(hours=1)
PIECE = re.compile(r"(\d\d:\d\d(?::\d\d)?)-(\d\d:\d\d(?::\d\d)?) ([^;]+)")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dates_of(first, last, zone):
    """Every date that the clock of a zone shows in a window, asked every half hour."""
    found, at = set(), first
    while at < last:
        found.add(at.astimezone(zone).date())
        at += HOUR / 2
    return sorted(found)


@given(cases.plans(), st.sampled_from(ZONES))
def test_every_date_has_one_row_whose_hours_are_those_of_the_roster(drawn, name):
    data, first, last = drawn
    zone = ZoneInfo(name)
    roster = oncall_cases.plan_of(data).roster(first, last)
    rows = roster_by_day(roster, tz=zone).rows
    days = dates_of(first, last, zone)
    assert [row[0] for row in rows] == [english(day, "%a %d %b") for day in days]
    assert sum((duration(row[2]) for row in rows), timedelta()) == last - first
    for day, (_, offsets, _, said) in zip(days, rows, strict=True):
        pieces = PIECE.findall(said)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
        if first <= noon < last:
            crew = roster.who(noon)
            at_noon = [who for a, b, who in pieces if a <= "12:00" < b]
            assert at_noon == [", ".join(sorted(crew)) or "NOBODY"]
            assert f"{noon:%z}"[:3] in offsets
        for (_, end, _), (start, _, _) in pairwise(pieces):
            assert end <= start or "then" in offsets  # where the clock goes back


@pytest.mark.parametrize(
    ("zone", "day", "row"),
    [
        ("Europe/Berlin", date(2026, 3, 29), ("+01:00, then +02:00", "23h", "00:00-24:00 ann")),
        ("Europe/Berlin", date(2026, 10, 25), ("+02:00, then +01:00", "25h", "00:00-24:00 ann")),
        ("America/Havana", date(2026, 3, 8), ("-04:00", "23h", "01:00-24:00 ann")),
        ("America/Havana", date(2026, 3, 7), ("-05:00", "24h", "00:00-24:00 ann")),
        (
            "Australia/Lord_Howe",
            date(2026, 4, 5),
            ("+11:00, then +10:30", "24h30m", "00:00-24:00 ann"),
        ),
    ],
)
def test_the_day_on_which_clocks_change_shows_it(zone, day, row):
    plan = OnCall([Layer(["ann"], start="2026-01-05 00:00", tz=zone)])
    tz = ZoneInfo(zone)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=tz)
    roster = plan.roster(noon - 48 * HOUR, noon + 48 * HOUR)
    rows = {found[0]: found[1:] for found in roster_by_day(roster, tz=tz).rows}
    assert rows[english(day, "%a %d %b")] == row


def test_a_gap_is_said_aloud():
    plan = OnCall(
        [Layer(["ann", ["bob", "cid"]], start="2026-03-02 00:00", tz="UTC", form=Every(1, "days"),
               windows={"mon-fri": "09:00-17:00"})]
    )  # fmt: skip
    roster = plan.roster(utc("2026-03-02 00:00"), utc("2026-03-04 12:30:15"))
    assert [row[3] for row in roster_by_day(roster, tz=UTC).rows] == [
        "00:00-09:00 NOBODY; 09:00-17:00 ann; 17:00-24:00 NOBODY",
        "00:00-09:00 NOBODY; 09:00-17:00 bob, cid; 17:00-24:00 NOBODY",
        "00:00-09:00 NOBODY; 09:00-12:30:15 ann",
    ]
    few = roster_by_day(roster, tz=UTC, most=1)
    assert (len(few.rows), few.below) == (1, "and 2 more days")


def test_loads_in_hours_with_the_check_for_one_who_is_away():
    loads = {
        "bob": DutyLoad(total=4 * HOUR),
        "ann": DutyLoad(total=1200 * HOUR, nights=HOUR / 2, weekends=HOUR),
    }
    table = load_table(loads)
    assert table.rows == (("ann", "1,200.0", "0.5", "1.0"), ("bob", "4.0", "0.0", "0.0"))
    assert table.below == (
        "How evenly (1 is equal, 0.50 one carries all): time 0.50, nights 0.50, weekends 0.50"
    )
    alone = {"ann": [Span(utc("2026-03-02 00:00"), utc("2026-03-02 01:30"))], "bob": []}
    checked = load_table(loads, alone=alone)
    assert [row[4] for row in checked.rows] == ["1.5", "all covered"]
    assert checked.columns[4] == "Uncovered if away"
    assert load_table({}).below == ""


def test_a_notebook_shows_a_month_on_the_plan_s_own_clock():
    plan = OnCall(
        [Layer(["<b>ann</b>", "bob & co"], start="2026-03-02 09:00", tz="Europe/Berlin")],
        name="<script>1</script>",
    )
    berlin = ZoneInfo("Europe/Berlin")
    month = plan.roster(datetime(2026, 3, 1, tzinfo=berlin), datetime(2026, 4, 1, tzinfo=berlin))
    text = month._repr_html_()
    root = ET.fromstring(f"<div>{text}</div>")  # noqa: S314 - our own
    days, loads = root.findall("table")
    rows = [["".join(cell.itertext()) for cell in row] for row in days.find("tbody")]
    assert rows == [list(row) for row in roster_by_day(month, tz=berlin).rows]
    assert len(rows) == 31
    assert "<script>1</script>" in "".join(days.find("caption").itertext())
    assert [row[0].text for row in loads.find("tbody")] == ["<b>ann</b>", "bob & co"]
    assert "<script" not in text
    year = plan.roster(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    assert "and 304 more days" in year._repr_html_()


def test_the_clock_of_a_plan_is_that_of_its_layers_where_they_agree():
    berlin, london = (
        Layer(["ann"], start="2026-03-02 09:00", tz=zone)
        for zone in ("Europe/Berlin", "Europe/London")
    )
    assert OnCall([berlin, berlin]).tz.key == "Europe/Berlin"
    assert OnCall([berlin, london]).tz.key == OnCall([]).tz.key == "UTC"


@given(cases.plans())
def test_the_load_of_one_person_is_a_row_of_all_loads(drawn):
    data, first, last = drawn
    roster = oncall_cases.plan_of(data).roster(first, last)
    for person, load in roster.loads(tz="Europe/Berlin").items():
        assert roster.load(person, tz="Europe/Berlin") == load
    assert roster.load("nobody at all", tz="UTC") == DutyLoad()
    always = {"night": "00:00-24:00", "weekend": "mon-sun"}
    for person, load in roster.loads(tz="UTC", **always).items():
        assert roster.load(person, tz="UTC", **always) == load
