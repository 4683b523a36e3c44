"""Where time goes in a report: its sentences, its tables, and how late what is late is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from frames.histories import drawn_book, drawn_log
from report.test_volumes_sections import BERLIN, HOURS, UTC_ZONE, of_demo, told

from support_model import kpi, serde
from support_model._report import places
from support_model._report.blocks import Withheld, says
from support_model._report.wording import Wording
from support_model.adapters import EventLog, read_files
from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message
from support_model.report import make_report, period, read_by_columns
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target
from support_model.vocabulary import Status

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PERIODS = (period("2026-02", UTC_ZONE), period("2026-03", UTC_ZONE))
CATEGORIES = {"New": "new", "Work": "open", "Asked": "pending", "Vendor": "on_hold",
              "Done": "solved", "Spam": "void"}  # fmt: skip


@pytest.mark.parametrize("calendar", [None, HOURS])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_rows_and_columns_say_the_same(calendar, language):
    columnar, rows = (
        [*told(places.sections(make_report(log, calendar=calendar, tz=BERLIN.tz)), language)]
        for log in of_demo()
    )
    assert columnar == rows
    assert len(rows) > 150


@pytest.mark.parametrize("seed", range(8))
def test_so_do_drawn_logs_under_policies(tmp_path, seed):
    path = tmp_path / "log.jsonl"
    serde.write_events(drawn_log(seed, 20, without=("apply",)), path)
    columnar = read_by_columns([path])
    if columnar is None:
        pytest.skip("a log that may run from the newest to the oldest is read row by row")
    logs = (columnar, read_files([path], "events"))
    made = [make_report(log, policies=drawn_book(seed), calendar=HOURS) for log in logs]
    first, second = ([*told(places.sections(each), "ru")] for each in made)
    assert first == second


def ticket(name, *moves, group="desk"):
    """Events of a ticket: (hours after the start, status or "=group" or "reply")."""
    at, status = moves[0]
    fields = {"status": Status(status, CATEGORIES[status]), "group": group}
    yield Created(ticket_id=name, at=START + at * HOUR, role="customer", fields=fields)
    for at, what in moves[1:]:
        told = {"ticket_id": name, "at": START + at * HOUR, "role": "agent"}
        if what == "reply":
            yield Message(public=True, actor="ann", **told)
        elif what.startswith("="):
            yield Changed(fields={"group": what[1:]}, **told)
        else:
            yield Changed(fields={"status": Status(what, CATEGORIES[what])}, **told)


def report_of(*tickets, **more):
    events = sorted((e for each in tickets for e in each), key=lambda event: event.at)
    log = EventLog(events=tuple(events), file="log", rows=len(events))
    return make_report(log, **{"periods": PERIODS} | more)


def section_of(report):
    return next(places.sections(report))


def lines_of(report):
    return [Wording().say(line) for line in section_of(report).lines]


def table_of(report, key):
    every = (each for section in places.sections(report) for each in section.tables)
    (one,) = (each for each in every if each.key == key)
    names = [column.key for column in one.columns]
    return [dict(zip(names, row, strict=True)) for row in one.rows]


def a_desk():
    """Ten tickets: an hour new, two in work, three asked, four at the vendor."""
    moves = (0, "New"), (1, "Work"), (3, "Asked"), (6, "Vendor"), (10, "Done")
    return [ticket(f"T{n}", *moves) for n in range(10)]


def test_waiting_for_a_vendor_is_not_waiting_for_us():
    lines = lines_of(report_of(*a_desk()))
    assert lines[0] == (
        "Of the time in which tickets were open in March 2026, 30.0% was waiting for us, 30.0% "
        'for the customer and 40.0% for others ("Vendor" 40.0%).'
    )
    assert lines[1] == (
        'Most time passed in the statuses "Vendor" 40.0%, "Asked" 30.0% and "Work" 20.0%.'
    )
    rows = {row["status"]: row for row in table_of(report_of(*a_desk()), "time_by_status")}
    assert rows["Vendor"]["waiting_for"].code == "places_others"
    assert rows["Asked"]["waiting_for"].code == "places_customer"
    assert (rows["Vendor"]["time"], rows["New"]["tickets"]) == (40 * HOUR, 10)
    rows = {row["status"]: row for row in table_of(report_of(*a_desk()), "per_ticket_by_status")}
    assert (rows["Vendor"]["per_ticket"], rows["New"]["solved"]) == (4 * HOUR, 10)


def test_times_of_a_table_add_up_to_the_time_that_tickets_were_open():
    report = make_report(of_demo()[0], calendar=HOURS, tz=BERLIN.tz)
    start, end = report.periods[1].start, report.periods[1].end
    facts = kpi.case_table(of_demo()[1].events, as_of=report.as_of)
    whole = timedelta()
    for each in facts:
        for low, high in each.spells(("new", "open", "pending", "on_hold"), until=each.as_of):
            whole += max(min(high, end) - max(low, start), timedelta())
    for where in ("waiting_for", "status", "group"):
        rows = table_of(report, f"time_by_{where}")
        assert sum((row["time"] for row in rows), timedelta()) == whole
        assert sum(row["share"] for row in rows) == pytest.approx(1)
        assert sum(row["open_share"] for row in rows) == pytest.approx(1)


def test_too_few_are_withheld():
    report = report_of(ticket("T", (0, "New"), (2, "=net"), (3, "Done")))
    assert table_of(report, "per_ticket_by_status")[0]["per_ticket"] == Withheld(5)
    assert table_of(report, "stages_by_group")[0]["stay"] == Withheld(5)
    assert table_of(report, "hand_overs")[0]["back"] == Withheld(10)
    assert table_of(report, "first_acts")[0]["first_act"] == Withheld(5)


def test_a_status_in_which_tickets_pile_up_is_named():
    piled = [ticket(f"P{n}", (n, "New"), (n + 1, "Vendor")) for n in range(30)]
    report = report_of(*a_desk(), *piled)
    assert any(
        line.startswith('It piles up in "Vendor": 40 came in and 10 went out in March 2026; 30')
        for line in lines_of(report)
    )
    rows = table_of(report, "stages_by_status")
    assert rows[0]["status"] == "Vendor"
    assert (rows[0]["now"], rows[0]["entered"], rows[0]["left"]) == (30, 40, 10)
    assert rows[0]["oldest"] == 29 * HOUR  # from the first hour to the last event


def test_what_was_worked_off_since_is_no_pile():
    since = [ticket(f"P{n}", (n, "New"), (n + 1, "Vendor"), (1000 + n, "Done")) for n in range(30)]
    open_ones = [ticket(f"O{n}", (1000 + n, "New")) for n in range(5)]
    lines = lines_of(report_of(*since, *open_ones))
    assert not any(line.startswith("It piles up") for line in lines)


def test_hand_overs_are_told_with_returns_and_the_first_act():
    back = [ticket(f"B{n}", (n, "New"), (n + 1, "=net"), (n + 2, "=desk"), (n + 5, "reply"))
            for n in range(12)]  # fmt: skip
    report = report_of(*back)
    assert (
        "24 hand-overs between groups in March 2026, 50.0% of them straight back; most often "
        'from "desk" to "net" (12).'
    ) in lines_of(report)
    there, again = table_of(report, "hand_overs")
    assert (there["from"], there["to"], there["count"], there["back"]) == ("desk", "net", 12, 1.0)
    assert again["back"] == 0.0
    there, again = table_of(report, "first_acts")
    assert (there["first_act"], again["first_act"]) == (HOUR, 3 * HOUR)
    assert (there["acted"], there["untouched"]) == (12, 0)


def test_groups_are_held_against_the_median_of_the_period_before():
    before = [ticket(f"F{n}", (-400 + n, "New"), (-400 + n + 4, "Done")) for n in range(20)]
    slow = [ticket(f"S{n}", (n, "New"), (n + 8, "Done"), group="net") for n in range(10)]
    quick = [ticket(f"Q{n}", (n, "New"), (n + 2, "Done")) for n in range(10)]
    report = report_of(*before, *slow, *quick)
    rows = {row["group"]: row for row in table_of(report, "held_by_group")}
    assert (rows["net"]["held"], rows["net"]["decided"]) == (0.0, 10)
    assert (rows["desk"]["held"], rows["desk"]["held_before"]) == (1.0, 1.0)
    every = [each for section in places.sections(report) for each in section.tables]
    (held,) = (each for each in every if each.key == "held_by_group")
    note = Wording().say(held.notes[0])
    assert "no longer than 4.0 h, the median of all groups in February 2026" in note


def test_how_late_what_is_late_is():
    target = Target(
        metric=METRICS["resolution"], within=2 * HOUR, calendar=BusinessCalendar.always()
    )
    book = PolicyBook([SlaPolicy(name="all", targets=[target])])
    late = [ticket(f"L{n}", (n, "New"), (n + 3 + n / 10, "Done")) for n in range(20)]
    in_time = [ticket(f"I{n}", (n, "New"), (n + 1, "Done")) for n in range(5)]
    running = [ticket("R", (0, "New"))]
    report = report_of(*late, *in_time, *running, policies=book)
    (row,) = table_of(report, "overdue")
    assert (row["policy"], row["metric"], row["late"], row["running"]) == (
        "all", says("metric_resolution"), 21, 1,
    )  # fmt: skip
    assert row["late_most"] == report.as_of - START - 2 * HOUR
    (bins,) = table_of(report, "overdue_bins")
    assert sum(bins[f"late_{n}"] for n in range(5)) == 21
    assert bins["late_0"] == 0  # exactly an hour late is not under an hour
    assert any(line.startswith("21 promises were broken or are past due: half of them by more "
                               "than 2.0 h") for line in lines_of(report))  # fmt: skip


def test_present_values_have_no_places():
    path_free = [
        Created(ticket_id=f"T{n}", at=START, role="third_party", basis="snapshot",
                fields={"status": Status("New", "new")})
        for n in range(3)
    ]  # fmt: skip
    log = EventLog(events=tuple(path_free), file="list", rows=3)
    section = section_of(make_report(log, periods=PERIODS))
    assert [Wording().say(line) for line in section.lines] == [
        "Nothing tells when tickets changed their status or group, so their time has no place."
    ]
    assert section.tables == ()


def test_a_ticket_that_has_just_come_is_not_said_to_be_a_present_value():
    log = [*ticket("T1", (0, "New"), (5, "Done")), *ticket("T2", (5, "New"))]
    (section, _) = places.sections(make_report(EventLog(events=log)))
    assert "places_untold" not in {note.code for note in section.notes}


def test_void_tickets_are_left_out():
    spam = [ticket(f"S{n}", (0, "New"), (100, "Spam")) for n in range(5)]
    assert table_of(report_of(*a_desk(), *spam), "time_by_status") == table_of(
        report_of(*a_desk()), "time_by_status"
    )


def test_a_log_without_groups_has_no_tables_of_them():
    report = report_of(*(ticket(f"T{n}", (0, "New"), (1, "Done"), group=None) for n in "123"))
    keys = {each.key for section in places.sections(report) for each in section.tables}
    assert keys == {
        *("time_by_waiting_for", "time_by_status", "stages_by_status"),
        *("per_ticket_by_waiting_for", "per_ticket_by_status"),
    }


def test_without_periods_times_are_those_of_the_whole_log():
    report = report_of(*a_desk(), periods=None)
    assert report.periods is None
    rows = table_of(report, "time_by_status")
    assert "share_before" not in rows[0]
    assert sum((row["time"] for row in rows), timedelta()) == 100 * HOUR


def test_instants_of_a_zone_bound_the_periods():
    zone = ZoneInfo("Asia/Tokyo")
    spans = (period("2026-02", zone), period("2026-03", zone))
    hours = 24 * 30
    moves = (-24 * 3, "New"), (hours, "Done")
    report = report_of(ticket("T", *moves), periods=spans, tz=zone)
    (row,) = table_of(report, "time_by_status")
    start = spans[1].start
    assert row["time"] == min(START + hours * HOUR, spans[1].end) - max(start, START - 72 * HOUR)


def test_groups_answer_for_the_promises_that_were_decided_while_they_held_the_ticket():
    target = Target(
        metric=METRICS["resolution"], within=4 * HOUR, calendar=BusinessCalendar.always()
    )
    book = PolicyBook([SlaPolicy(name="all", targets=[target])])
    kept = [ticket(f"K{n}", (n, "New"), (n + 2, "Done")) for n in range(12)]
    late = [ticket(f"L{n}", (n, "New"), (n + 3, "=net"), (n + 6 + n, "Done")) for n in range(12)]
    before = [ticket(f"B{n}", (n - 400, "New"), (n - 399, "Done")) for n in range(10)]
    report = report_of(*kept, *late, *before, policies=book)
    net, desk = table_of(report, "promises_by_group")
    assert (net["group"], net["decided"], net["kept"], net["kept_before"]) == (
        "net",
        12,
        0.0,
        None,
    )
    assert (net["late"], net["late_most"]) == (12, 13 * HOUR)
    assert (net["late_by"], net["late_ninety"]) == (7.5 * HOUR, 11.9 * HOUR)
    assert (desk["group"], desk["decided"], desk["kept"], desk["kept_before"]) == (
        "desk", 12, 1.0, 1.0,
    )  # fmt: skip
    assert (desk["late"], desk["late_by"]) == (0, None)


def test_few_late_promises_have_no_median():
    target = Target(metric=METRICS["resolution"], within=HOUR, calendar=BusinessCalendar.always())
    book = PolicyBook([SlaPolicy(name="all", targets=[target])])
    report = report_of(*[ticket(f"L{n}", (n, "New"), (n + 3, "Done")) for n in range(4)],
                       policies=book)  # fmt: skip
    (row,) = table_of(report, "promises_by_group")
    assert isinstance(row["kept"], Withheld)
    assert isinstance(row["late_by"], Withheld)
    assert row["late_most"] == 2 * HOUR
