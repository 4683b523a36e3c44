"""The volumes of a report: what its first lines say, its tables, and the live end of a log."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from frames.histories import drawn_log

from support_model import kpi, serde
from support_model._cli import demo
from support_model._report import volumes
from support_model._report.document import document
from support_model._report.drawn import drawn
from support_model._report.wording import Wording
from support_model.adapters import Account, EventLog, read_files, table
from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Related
from support_model.report import make_report, period, read_by_columns
from support_model.vocabulary import Status

HOURS = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=demo.TZ)
BERLIN = Account(tz=ZoneInfo(demo.TZ))
UTC_ZONE = ZoneInfo("UTC")
DAY = timedelta(days=1)
START = datetime(2026, 2, 2, 9, tzinfo=UTC)


def told(sections, language):
    """Everything a reader is told, as text: sentences, cells and pictures."""
    wording = Wording(language, UTC_ZONE)
    for section in sections:
        yield wording.say(section.title)
        yield from map(wording.say, (*section.lines, *section.notes))
        for each in section.tables:
            yield from map(wording.say, (each.title, *each.notes))
            yield from (wording.say(column.title) for column in each.columns)
            for row in each.rows:
                for cell, column in zip(row, each.columns, strict=True):
                    yield wording.cell(cell, column.kind)
        for picture in section.drawings:
            yield wording.say(picture.caption)
            yield drawn(picture, wording)


def of_demo():
    mapping = table.load(demo.MAPPING)
    return (
        read_by_columns([demo.LOG], mapping, BERLIN),
        read_files([demo.LOG], mapping, BERLIN),
    )


@pytest.mark.parametrize("calendar", [None, HOURS])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_rows_and_columns_say_the_same(calendar, language):
    columnar, rows = (
        list(told(volumes.sections(make_report(log, calendar=calendar, tz=BERLIN.tz)), language))
        for log in of_demo()
    )
    assert columnar == rows
    assert len(rows) > 300


@pytest.mark.parametrize("seed", range(8))
def test_so_do_drawn_logs(tmp_path, seed):
    path = tmp_path / "log.jsonl"
    serde.write_events(drawn_log(seed, 20), path)
    columnar = read_by_columns([path])
    if columnar is None:
        pytest.skip("a log that may run from the newest to the oldest is read row by row")
    made = [make_report(log) for log in (columnar, read_files([path], "events"))]
    first, second = ([*told(volumes.sections(each), "ru")] for each in made)
    assert first == second


def ticket(name, came, *moves, into=None):
    """Events of a ticket: the day it came, then days and statuses."""
    at = START + came * DAY
    fields = {"status": Status("new", "new"), "group": "desk"}
    yield Created(ticket_id=name, at=at, role="customer", fields=fields)
    for day, status in moves:
        kinds = {"done": "solved", "spam": "void", "open": "open"}
        yield Changed(
            ticket_id=name, at=START + day * DAY, role="agent",
            fields={"status": Status(status, kinds[status])},
        )  # fmt: skip
    if into is not None:
        yield Related(ticket_id=name, at=at + DAY, role="agent", kind="merged_into", other=into)


def report_of(*tickets, **more):
    events = tuple(sorted((e for each in tickets for e in each), key=lambda event: event.at))
    return make_report(EventLog(events=events, file="log", rows=len(events)), **more)


def section_of(report):
    return next(volumes.sections(report))


def lines_of(report):
    return [Wording().say(line) for line in section_of(report).lines]


def table_of(report, key):
    every = (each for section in volumes.sections(report) for each in section.tables)
    (one,) = (each for each in every if each.key == key)
    names = [column.key for column in one.columns]
    return [dict(zip(names, row, strict=True)) for row in one.rows]


FEBRUARY_MARCH = (period("2026-02", UTC_ZONE), period("2026-03", UTC_ZONE))


def a_desk():
    """February: 10 came, 10 solved. March: 30 came, 6 solved twice. April: one more."""
    february = [ticket(f"F{n}", n, (n + 1, "done")) for n in range(10)]
    again = [ticket(f"A{n}", 30 + n, (31 + n, "done"), (32 + n, "open"), (33 + n, "done"))
             for n in range(6)]  # fmt: skip
    open_ones = [ticket(f"O{n}", 35 + n % 10) for n in range(24)]
    return [*february, *again, *open_ones, ticket("L", 60)]


def test_the_first_lines_say_how_many_came_and_were_solved():
    lines = lines_of(report_of(*a_desk(), periods=FEBRUARY_MARCH))
    assert lines[0] == (
        "March 2026: 30 tickets came, 12 solutions (of 6 different tickets), 6 reopened. "
        "February 2026: 10 came, 10 solutions, 0 reopened."
    )


def test_a_backlog_that_grows_is_said_with_then_and_now():
    lines = lines_of(report_of(*a_desk(), periods=FEBRUARY_MARCH))
    assert lines[1].startswith("Not keeping up in March 2026: 12 left the backlog for 36")
    assert "from 0 to 24" in lines[1]


def test_a_backlog_that_falls_is_caught_up_with():
    waiting = [ticket(f"W{n}", n % 20, (40, "done")) for n in range(30)]
    lines = lines_of(report_of(*waiting, ticket("L", 60), periods=FEBRUARY_MARCH))
    assert lines[1].startswith("Keeping up in March 2026, and catching up")


def test_a_small_change_is_no_trend():
    some = [ticket(f"W{n}", n, (n + 1, "done")) for n in range(50)]
    lines = lines_of(report_of(*some, ticket("L", 52), ticket("M", 60), periods=FEBRUARY_MARCH))
    assert "no more than it varies by chance" in lines[1]


def test_the_live_end_is_there_and_marked():
    report = report_of(*a_desk(), periods=FEBRUARY_MARCH)
    assert (
        "Since then, from 2026-04-01 to 2026-04-03 09:00 (not over): 1 came"
        in (lines_of(report)[-1])
    )
    for every in ("month", "week", "day"):
        rows = table_of(report, f"volumes_by_{every}")
        assert rows[0]["whole"] is False
        assert rows[0]["created"] == 1
        assert sum(row["created"] for row in rows) == 41
        assert rows[0]["backlog"] == 25
    assert [row["whole"] for row in table_of(report, "volumes_periods")] == [False, True, False]
    months = table_of(report, "volumes_by_month")
    assert [str(row["start"]) for row in months] == ["2026-04-01", "2026-03-01", "2026-02-01"]
    assert [row["whole"] for row in months] == [False, True, False]  # it begins on 2 February


def test_void_tickets_are_counted_once_and_named_at_the_number():
    merged = [ticket(f"M{n}", 30 + n, into="F1") for n in range(3)]
    spam = [ticket(f"S{n}", 31, (32, "spam"), (33, "open"), (34, "spam")) for n in range(2)]
    report = report_of(*a_desk(), *merged, *spam, periods=FEBRUARY_MARCH)
    lines = lines_of(report)
    assert lines[0].startswith("March 2026: 35 tickets came")
    assert lines[1] == (
        "Of those that came in March 2026, 3 were merged into another ticket and 2 are void as "
        '"spam": counted once, as they came.'
    )
    rows = table_of(report, "void_tickets")
    assert [(row["after"], row["all"]) for row in rows] == [(3, 3), (2, 2)]
    march = table_of(report, "volumes_periods")[1]
    assert (march["voided"], march["restored"], march["net"]) == (7, 2, 24)


def test_a_ticket_made_void_later_is_named_where_it_came():
    spam = [ticket(f"S{n}", 3, (35, "spam")) for n in range(4)]  # came in February, void in March
    report = report_of(*a_desk(), *spam, periods=FEBRUARY_MARCH)
    assert not any(line.startswith("Of those that came") for line in lines_of(report))
    rows = table_of(report, "void_tickets")
    assert [(row["before"], row["after"], row["all"]) for row in rows] == [(0, 4, 4)]


def test_flows_of_a_table_add_up():
    rows = table_of(make_report(of_demo()[0], tz=BERLIN.tz), "volumes_by_day")
    for later, earlier in pairwise(rows):
        assert later["backlog"] == earlier["backlog"] + later["net"]
        assert (
            later["net"]
            == later["created"] + later["reopened"] - later["solved"] - (later["voided"])
        )


def test_what_is_open_is_told_by_age_and_group():
    report = report_of(*a_desk(), periods=FEBRUARY_MARCH)
    ages = table_of(report, "open_ages")
    assert sum(row["open"] for row in ages) == 25
    assert ages[0]["open"] == 1
    (row,) = table_of(report, "work_by_group")
    assert (row["group"], row["open"]) == ("desk", 25)
    events = [event for ticket in a_desk() for event in ticket]
    facts = kpi.case_table(events, as_of=report.as_of)
    assert row["days_of_work"] == kpi.days_of_work(facts, tz="UTC").days
    assert row["open"] == kpi.backlog(facts).n


def test_arrivals_are_all_tickets_created():
    report = make_report(of_demo()[0], tz=BERLIN.tz)
    rows = table_of(report, "arrivals_by_hour")
    assert sum(row["sum"] for row in rows) == report.plain.size
    assert all(row["sum"] == sum(row[f"weekday_{day}"] for day in range(7)) for row in rows)


def test_a_log_of_finished_tickets_says_nothing_of_keeping_up():
    done = [ticket(f"F{n}", n % 59, (n % 59 + 1, "done")) for n in range(200)]
    report = report_of(*done, periods=FEBRUARY_MARCH)
    assert any("cannot be told" in line for line in lines_of(report))
    assert not any(line.startswith(("Keeping", "Not keeping")) for line in lines_of(report))
    assert "days_of_work" not in table_of(report, "volumes_periods")[0]


def test_a_log_too_short_for_two_periods_has_its_days():
    report = report_of(ticket("T", 0), ticket("U", 1, (2, "done")))
    assert report.periods is None
    lines = lines_of(report)
    assert lines[0].startswith("Open at the end of the log")
    assert [row["created"] for row in table_of(report, "volumes_by_day")] == [0, 1, 1]


def test_a_log_without_statuses_tells_what_came_alone():
    events = tuple(e for each in a_desk() for e in each)
    log = EventLog(events=events, file="log", rows=1, undated=frozenset({"status"}))
    report = make_report(log, periods=FEBRUARY_MARCH)
    assert lines_of(report)[0] == "March 2026: 30 tickets came; February 2026: 10."
    assert {*table_of(report, "volumes_by_week")[0]} == {"start", "created", "whole"}


def test_an_empty_log_has_no_volumes():
    assert [*volumes.sections(report_of())] == []


def test_volumes_are_part_of_the_document():
    report = report_of(*a_desk(), periods=FEBRUARY_MARCH)
    assert "volumes" in [section.key for section in document(report)]
