"""The JSON of a report holds every number that its page shows, as a number and in words."""

import json
import re
from datetime import date, datetime, timedelta
from html import unescape
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from frames.histories import drawn_book, drawn_log
from report import made_sections

from support_model import serde
from support_model._cli import demo
from support_model._report.blocks import Bounds, OpenTime, says
from support_model._report.document import document
from support_model._report.document_data import sections_data
from support_model._report.html_page import html_page
from support_model._report.units import LENGTHS
from support_model._report.wording import Wording
from support_model.adapters import EventLog, read_files, table
from support_model.calendars import BusinessCalendar
from support_model.report import make_report, report_to_data

DAY = timedelta(hours=10)
BERLIN = ZoneInfo("Europe/Berlin")
NUMBER = re.compile(r"\d[\d.,:\u00a0-]{0,30}")


@pytest.fixture(scope="module")
def demo_report():
    log = table.read(demo.LOG, table.load(demo.MAPPING))
    calendar = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz="Europe/Berlin")
    return make_report(log, calendar=calendar, hours="Mo-Fr", target=8 * timedelta(hours=1))


def numbers(text):
    return set(NUMBER.findall(text))


def seen(page):
    """The numbers that a page shows, but for those in pictures."""
    body = page[page.index("<main") : page.index("</main>")]
    body = re.sub(r"<svg.{0,200000}?</svg>", " ", body, flags=re.DOTALL)
    return numbers(unescape(re.sub(r"<[^>]{0,2000}>", " ", body)))


def cells(value, kind, clock, day):
    """What a value may be: a length whose column has no one clock is told by that of its row."""
    if isinstance(value, list):
        lows, highs = (list(cells(end, kind, clock, day)) for end in value)
        yield from (Bounds(low, high) for low in lows for high in highs)
    elif value is None or kind not in {"duration", "date", "instant"}:
        yield value
    elif kind == "date":
        yield date.fromisoformat(value)
    elif kind == "instant":
        yield datetime.fromisoformat(value)
    else:
        amount = timedelta(seconds=value)
        yield from [amount] if clock != "business" else []
        yield from [OpenTime(amount, day)] if clock != "calendar" else []


def units(kind):
    """The units in which a page may tell lengths: each in its own, or all in one."""
    return ("", *(row[0] for row in LENGTHS)) if kind == "duration" else ("",)


def of_table(part, wording, day):
    """The cells of a table as its page writes them."""
    for row in part["rows"]:
        for value, column in zip(row, part["columns"], strict=True):
            kind, clock = column["kind"], column.get("clock", "calendar")
            for cell, unit in product(cells(value, kind, clock, day), units(kind)):
                yield wording.cell(cell, kind, unit)
    yield wording.cell(len(part["rows"]))
    yield from (str(each["least"]) for each in part["withheld"])


def of_headline(part, wording, day):
    for value in (part["value"], [part["low"], part["high"]], part["before"]):
        every = cells(value, part["kind"], part.get("clock"), day)
        for cell, unit in product(every, units(part["kind"])):
            yield wording.cell(cell, part["kind"], unit)


def told(part, wording, day):
    """Every text that a part of the data says or stands for."""
    if isinstance(part, dict):
        yield from (value for value in part.values() if isinstance(value, str))
        if "withheld" in part:
            yield from of_table(part, wording, day)
        if "incomplete" in part and "value" in part:
            yield from of_headline(part, wording, day)
    if isinstance(part, dict | list):
        for value in part.values() if isinstance(part, dict) else part:
            yield from told(value, wording, day)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_number_of_a_page_is_in_the_data(demo_report, language):
    wording = Wording(language, BERLIN)
    sections = document(demo_report)
    data = report_to_data(demo_report, wording=wording, sections=sections)
    data = json.loads(json.dumps(data, allow_nan=False))
    day = timedelta(seconds=data["settings"]["working_day"])
    page = html_page(says("report_on", file="x"), sections, wording)
    known = numbers(" ".join(told(data, wording, day)))
    ranks = {f"{n}" for n in range(100)}  # how many rows of a table are shown
    missing = seen(page) - known - ranks
    assert not missing
    assert len(seen(page)) > 300


def test_the_parts_of_a_document_are_all_there():
    wording = Wording(tz=BERLIN)
    data = sections_data(made_sections.SECTIONS, wording, {"created": says("measure_created")})
    data = json.loads(json.dumps(data, allow_nan=False))
    assert [one["key"] for one in data] == [one.key for one in made_sections.SECTIONS]
    for section, plain in zip(made_sections.SECTIONS, data, strict=True):
        assert len(plain["headlines"]) == len(section.headlines)
        assert len(plain["items"]) == len(section.items)
        assert [len(one["rows"]) for one in plain["tables"]] == [
            len(one.rows) for one in section.tables if one.rows
        ]
        for one in plain["lines"] + plain["notes"]:
            assert set(one) == {"text", "code", "params"}
    (groups,) = [one for part in data for one in part["tables"] if one["key"] == "groups"]
    assert groups["rows"][0][1:] == [120, 0.5, [0.4, 0.6], 10800, "2026-03-02T10:00:00+01:00"]
    assert groups["withheld"] == [{"row": 2, "column": "share", "least": 5}]
    assert groups["rows"][2][2] is None
    assert [column["interval"] for column in groups["columns"]] == [0, 0, 0, 1, 0, 0]
    assert groups["columns"][4] | {"title": 0} == {
        "key": "took", "title": 0, "kind": "duration", "interval": False, "unit": "seconds",
        "clock": None, "note": None, "part": None,
    }  # fmt: skip
    (created,) = [one for part in data for one in part["headlines"] if one["key"] == "created"]
    assert created["definition"].startswith("tickets that came")


def test_changes_are_told_attribute_by_attribute(demo_report):
    data = report_to_data(demo_report)
    found = demo_report.changes
    assert [one["measure"] for one in data["changes"]["items"]] == [
        one.measure for one in found.items
    ]
    for plain, change in zip(data["changes"]["items"], found.items, strict=True):
        assert plain["since"] == change.since.isoformat()
        assert plain["where"] == [list(pair) for pair in change.where]
        assert (plain["p"], plain["examples"]) == (change.p, list(change.examples))
    json.dumps(data, allow_nan=False)


SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "reference" / "schemas" / "report.json").read_text(
        "utf-8"
    )
)


def valid(data):
    found = [*jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(json.dumps(data)))]
    assert not [(each.json_path, each.message) for each in found]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_data_fit_the_published_schema(demo_report, language):
    valid(report_to_data(demo_report, Wording(language, BERLIN)))


def test_so_do_those_of_parts_that_the_demo_has_not(demo_report):
    valid(report_to_data(demo_report, sections=made_sections.SECTIONS))
    valid(report_to_data(make_report(EventLog(events=()))))


def test_so_do_those_of_policies_and_groups(tmp_path):
    path = tmp_path / "log.jsonl"
    serde.write_events(drawn_log(100, 12, without=("apply",)), path)
    log = read_files([path], "events")
    valid(report_to_data(make_report(log, by="priority", policies=drawn_book(0))))


def test_the_schema_refuses_what_is_no_report(demo_report):
    data = json.loads(json.dumps(report_to_data(demo_report)))
    for wrong in (
        {"schema": "support_model.report/2"},
        {"sections": [{**data["sections"][0], "headlines": [{"key": "x"}]}]},
        {"figures": [{**data["figures"][0], "unit": "hours"}]},
    ):
        assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(data | wrong)
