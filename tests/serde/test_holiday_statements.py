"""Holidays in files: every statement, how it is resolved, and what is written."""

import json
from datetime import date, timedelta

import pytest

from support_model import closures, serde
from support_model.__main__ import main
from support_model._calendar import closures as resolving
from support_model.calendars import BusinessCalendar
from support_model.errors import DataDrift, InvalidDocument
from support_model.serde import dump_calendar, load_calendar, load_desk

HEAD = """
schema = "support_model.calendar/1"
kind = "hours"
tz = "Europe/Berlin"
weeks = [{mon-fri = "09:00-17:00"}]
"""
EVE = timedelta(hours=4)


def office(holidays):
    return BusinessCalendar.weekly(
        {"mon-fri": "09:00-17:00"}, tz="Europe/Berlin", holidays=holidays
    )


@pytest.fixture
def load(tmp_path):
    def loaded(holidays):
        path = tmp_path / "office.toml"
        path.write_text(f"{HEAD}holidays = {holidays}\n", "utf-8")
        return load_calendar(path)

    return loaded


STATEMENTS = {
    '["2026-12-24"]': closures.days(["2026-12-24"]),
    "[2026-12-24]": closures.days(["2026-12-24"]),
    '["2026-12-24/2026-12-31"]': closures.days(["2026-12-24/2026-12-31"]),
    '[{country = "de", years = [2026]}]': closures.country("DE", years=[2026]),
    '[{country = "DE", subdivision = "BY", categories = ["public", "catholic"],'
    ' years = [2027, 2026], eves = "4h"}]': closures.country(
        "DE", subdivision="BY", categories=["public", "catholic"], years=[2026, 2027], eves=EVE
    ),
    '[{country = "DE", years = [2026], without = ["05-01"]}]': closures.country("DE", years=[2026])
    - closures.days(["2026-05-01"]),
    '[{country = "RU", years = [2024]}]': closures.country("RU", years=[2024]),
    '[{country = "DE", years = [2026]}, {country = "FR", years = [2026]}, "2026-12-24"]': (
        closures.country("DE", years=[2026])
        | closures.country("FR", years=[2026])
        | closures.days(["2026-12-24"])
    ),
    '[{days = ["12-24/12-26"], years = [2026, 2027], name = "feast"}]': closures.days(
        ["12-24/12-26"], years=[2026, 2027], name="feast"
    ),
    '[{days = {2026-12-24 = "eve", 2026-12-31 = "stocktaking"}}]': closures.days(
        {"2026-12-24": "eve", "2026-12-31": "stocktaking"}
    ),
    '[{days = ["2026-12-24"], hours = "12:00-14:00", name = "feast"}]': closures.Closures(
        breaks=[(date(2026, 12, 24), 12 * 3_600_000_000, 14 * 3_600_000_000, "feast")]
    ),
    '[{rule = "FREQ=MONTHLY;BYDAY=1SU", first = 2026-01-01, last = 2026-03-31,'
    ' hours = "02:00-04:00", name = "upkeep"}]': closures.recurring(
        "FREQ=MONTHLY;BYDAY=1SU",
        first=date(2026, 1, 1),
        last=date(2026, 3, 31),
        hours="02:00-04:00",
        name="upkeep",
    ),
    '[{rule = "FREQ=YEARLY", first = 2026-08-01, last = 2028-08-01}]': closures.recurring(
        "FREQ=YEARLY", first=date(2026, 8, 1), last=date(2028, 8, 1)
    ),
    '[{shortened = "12-31", by = "4h", years = [2026], name = "eve"}]': closures.Closures(
        shortened=[(date(2026, 12, 31), 4 * 3_600_000_000, "eve")]
    ),
    '[{working = 2026-02-21, as = "mon", name = "swapped"}]': closures.Closures(
        working=[(date(2026, 2, 21), 0, "swapped")]
    ),
}


@pytest.mark.parametrize("text", STATEMENTS)
def test_a_statement_is_what_python_says(load, text):
    assert load(text) == office(STATEMENTS[text])


@pytest.mark.parametrize("text", STATEMENTS)
@pytest.mark.parametrize("form", ["toml", "json"])
def test_what_is_written_is_read_again(load, tmp_path, text, form):
    calendar = load(text)
    path = tmp_path / f"again.{form}"
    dump_calendar(calendar, path)
    assert load_calendar(path) == calendar


def test_a_country_is_written_as_a_country_and_the_rest_as_dates(load, tmp_path):
    calendar = load('[{country = "DE", subdivision = "BE", years = [2026, 2027], eves = "4h"},'
                    ' {days = {2026-12-24 = "eve"}}]')  # fmt: skip
    path = tmp_path / "again.json"
    dump_calendar(calendar, path)
    written = json.loads(path.read_text("utf-8"))
    country = {"country": "DE", "subdivision": "BE", "years": [2026, 2027], "eves": "4h"}
    assert written["holidays"] == [country]
    assert written["closures"] == {"holidays": [["2026-12-24", "eve"]]}
    assert written["weeks"] == [{"mon-fri": "09:00-17:00"}]


def test_plain_data_hold_resolved_dates(load):
    calendar = load('[{country = "DE", years = [2026]}]')
    data = calendar.to_data()
    assert "holidays" not in data
    assert ["2026-12-25", "Christmas Day"] in data["closures"]["holidays"]
    assert BusinessCalendar.from_data(data) == calendar


def test_dates_of_other_data_are_written_as_dates(load, tmp_path):
    calendar = load('[{country = "DE", years = [2026]}]')
    held = calendar.form.closures
    other = closures.Closures(
        holidays=held.holidays[:-1], source=[("data", "holidays 0.1"), *held.source[1:]]
    )
    path = tmp_path / "old.json"
    dump_calendar(office(other), path)
    assert "holidays" not in json.loads(path.read_text("utf-8"))
    with pytest.warns(DataDrift, match="2026-12-26"):
        assert load_calendar(path) == office(other)


CENTURY = f'{{country = "DE", years = {[2026] * 100}}}'
WRONG = {
    '["12-24"]': ("holidays[0]", "a yearly date needs years"),
    '["2026-12-24", "2026-13-01"]': ("holidays[1]", "not a date"),
    '[{country = "DX", years = [2026]}]': ("holidays[0].country", "no holiday data"),
    '[{country = "DE", subdivision = "XX", years = [2026]}]': (
        "holidays[0].subdivision",
        "no such subdivision of DE",
    ),
    '[{country = "DE", categories = ["publik"], years = [2026]}]': (
        "holidays[0].categories[0]",
        "no such holiday category of DE",
    ),
    '[{country = "DE", years = [1700]}]': ("holidays[0].years[0]", "lack this year"),
    '[{country = "DE", years = []}]': ("holidays[0].years", "a list of 0"),
    '[{country = "DE"}]': ("holidays[0]", "lacks the key 'years'"),
    '[{country = "DE", years = [2026], eve = "4h"}]': ("holidays[0]", "unknown key"),
    '[{country = "DE", years = [2026], eves = "-4h"}]': ("holidays[0].eves", "an eve cannot"),
    '[{country = "DE", years = [2026], eves = "25h"}]': ("holidays[0].eves", "by over 24h"),
    '[{country = "DE", years = [2026], without = ["12-25", "05-02"]}]': (
        "holidays[0].without[1]",
        "no holiday of DE",
    ),
    '[{country = "DE", years = [2026], without = ["02-29"]}]': ("holidays[0].without[0]", "no"),
    '[{days = ["05-01", "02-29"], years = [2026, 2027]}]': (
        "holidays[0].days[1]",
        "a date that none of the years has",
    ),
    '[{shortened = "02-29", by = "1h", years = [2026]}]': ("holidays[0].shortened", "none of the"),
    '[{shortened = "2026-12-31", by = "25h"}]': ("holidays[0]", "up to 24h"),
    '[{days = ["2026-12-24"], hours = "closed"}]': ("holidays[0].hours", "no hours"),
    '[{rule = "FREQ=DAILY", first = 2026-01-01, last = 2026-01-01, hours = ""}]': (
        "holidays[0].hours",
        "no hours",
    ),
    '[{rule = "FREQ=YEARLY;BYMONTH=5", first = 2026-01-01, last = 2026-03-01}]': (
        "holidays[0].rule",
        "a rule without a date",
    ),
    '[{country = "DE", days = ["2026-01-01"], years = [2026]}]': ("holidays[0]", "'days' beside"),
    '[{name = "feast"}]': ("holidays[0]", "lacks the key"),
    '[{days = ["2026-02-30"]}]': ("holidays[0].days[0]", "not a date"),
    '[{rule = "FREQ=HOURLY", first = 2026-01-01, last = 2026-02-01}]': (
        "holidays[0].rule",
        "a frequency finer than daily",
    ),
    '[{rule = "FREQ=DAILY", first = 2026-01-01, last = 2025-02-01}]': ("holidays[0]", "bounds"),
    '[{shortened = "2026-12-31", by = "0h"}]': ("holidays[0]", "shortened by a positive time"),
    '[{working = 2026-02-21, as = "mond"}]': ("holidays[0].as", "unknown value"),
    "[5]": ("holidays[0]", "not text or a table of keys"),
    '[{days = ["0001-01-01/0190-01-01"]}]': ("", "look at too many days"),
    '["1800-01-01/1900-01-01", "1900-01-01/1999-01-01"]': ("", "look at too many days"),
    '[{days = {"01-01/12-31" = "x", "06-01/05-31" = "y"}, years = [2026' + ", 2026" * 99 + "]}]": (
        "",
        "look at too many days",
    ),
    '[{rule = "FREQ=YEARLY", first = 1800-01-01, last = 1999-01-01}]': (
        "",
        "look at too many days",
    ),
    f"[{', '.join(['2026-01-01'] * 201)}]": ("", "too many statements"),
    f"[{', '.join([CENTURY] * 7)}]": ("", "look at too many days"),
}  # fmt: skip


def test_what_takes_out_no_holiday_gets_the_nearest_one(load):
    with pytest.raises(InvalidDocument, match="the nearest is 2026-05-01"):
        load('[{country = "DE", years = [2026], without = ["05-02"]}]')


def test_what_is_taken_out_of_one_year_or_in_a_range_is_read_again(load, tmp_path):
    """Good Friday is 3 April 2026, Easter Monday 6 April; the days between are no holidays."""
    calendar = load('[{country = "DE", years = [2026, 2027], without = ["04-03/04-06"]}]')
    gone = ["2026-04-03", "2026-04-06"]
    holidays = closures.country("DE", years=[2026, 2027])
    assert calendar == office(holidays - closures.days(gone))
    dump_calendar(calendar, tmp_path / "again.json")
    assert load_calendar(tmp_path / "again.json") == calendar
    data = json.loads((tmp_path / "again.json").read_text("utf-8"))
    assert data["holidays"][0]["without"] == gone


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_slip_is_refused_at_its_place(load, text):
    place, problem = WRONG[text]
    with pytest.raises(InvalidDocument) as caught:
        load(text)
    assert caught.value.path.startswith(place)
    assert problem in caught.value.problem


DESK = """
schema = "support_model.desk/1"
[calendars.office]
kind = "hours"
tz = "Europe/Berlin"
weeks = [{mon-fri = "09:00-17:00"}]
holidays = [{country = "DE", subdivision = "BE", years = [2026, 2027], eves = "4h"}, "2026-12-24"]
[calendars.south]
base = "office"
holidays = [{country = "DE", subdivision = "BY", years = [2026]}]
"""


@pytest.mark.parametrize("form", ["toml", "json"])
def test_a_resolved_document_means_the_same_and_holds_the_dates(tmp_path, form):
    path = tmp_path / "desk.toml"
    path.write_text(DESK, "utf-8")
    desk = load_desk(path)
    if form == "json":
        path = tmp_path / "desk.json"
        serde.dump_desk(desk, path)
    again = tmp_path / f"resolved.{form}"
    again.write_text(serde.resolved(path), "utf-8")
    assert load_desk(again) == desk
    assert "Women's Day" in again.read_text("utf-8")
    assert serde.resolved(again) == again.read_text("utf-8")


def test_a_resolved_document_keeps_its_dates_under_other_data(tmp_path, monkeypatch):
    path = tmp_path / "desk.json"
    path.write_text(json.dumps({
        "schema": "support_model.calendar/1", "kind": "hours", "tz": "UTC", "weeks": [{}],
        "holidays": [{"country": "DE", "years": [2026]}],
    }), "utf-8")  # fmt: skip
    before = load_calendar(path)
    data = json.loads(serde.resolved(path))
    closed = data["holidays"][0]["closed"]
    assert ["2026-10-03", "German Unity Day"] in closed
    closed.remove(["2026-10-03", "German Unity Day"])
    data["holidays"][0]["data"] = "holidays 0.1"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.warns(DataDrift, match=r"1 dates stored from holidays 0\.1 .*: 2026-10-03"):
        old = load_calendar(path)
    assert len(old.form.closures.holidays) == len(before.form.closures.holidays) - 1
    monkeypatch.setattr(resolving, "data_version", lambda: "holidays 0.1")
    with pytest.raises(InvalidDocument, match="dates that the statement does not mean") as caught:
        load_calendar(path)
    assert caught.value.path == "holidays[0].data"


def test_dates_without_the_version_of_their_data_are_refused(load):
    with pytest.raises(InvalidDocument, match="without the version of their data") as caught:
        load('[{country = "DE", years = [2026], closed = [["2026-01-01", "New Year"]]}]')
    assert caught.value.path == "holidays[0]"


def test_a_changed_statement_with_old_dates_is_refused(load):
    version = closures.country("DE", years=[2026]).source[0][1]
    with pytest.raises(InvalidDocument, match="dates that the statement does not mean"):
        load(f'[{{country = "DE", years = [2026], data = "{version}", closed = []}}]')


def test_the_command_prints_or_writes_the_resolved_document(tmp_path, capsys):
    path, out = tmp_path / "desk.toml", tmp_path / "out.toml"
    path.write_text(DESK, "utf-8")
    assert main(["resolve", str(path)]) == 0
    printed = capsys.readouterr().out
    assert '["2026-03-08", "Women\'s Day"]' in printed
    assert main(["resolve", str(path), "--out", str(out)]) == 0
    assert out.read_text("utf-8") == printed
    assert load_desk(out) == load_desk(path)
    assert main(["resolve", str(path), "--out", str(tmp_path / "out.json")]) == 2
    assert "another form than the document" in capsys.readouterr().err
    path.write_text(DESK.replace('"DE"', '"DX"'), "utf-8")
    assert main(["resolve", str(path)]) == 2
    assert "calendars.office.holidays[0].country" in capsys.readouterr().err
