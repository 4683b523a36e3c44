"""Bugs in the reading of tables: the test named beside each notices."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from adapters import test_table_fields as fields
from adapters import test_table_lists as lists
from planted import Bug

from support_model.adapters import Account, table

pytestmark = pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")
HEADER = ["Ticket ID", "Status", "Created time", "Resolved time", "Closed time", "Agent"]
DAY = "2026-03-02 {}:00"


def tickets(*rows):
    return table.read_tables({"t.csv": [HEADER, *rows]}, Account(tz="Europe/Berlin"), "freshdesk")


def row(status, solved="", closed="", created="09", ticket="1"):
    stamps = [DAY.format(hour) if hour else "" for hour in (created, solved, closed)]
    return [ticket, status, *stamps, "Ann"]


def test_a_ticket_begins_in_the_initial_status_never_in_the_present_one():
    begun = tickets(row("Closed", "10", "11")).events[0]
    assert dict(begun.fields)["status"].name == "Open"


def test_a_ticket_that_is_open_again_is_not_solved():
    log = tickets(row("Pending", "10"))
    assert [event.type for event in log.events] == ["created"]


def test_who_holds_a_ticket_now_did_not_hold_it_from_the_beginning():
    begun = dict(tickets(row("Open")).events[0].fields)
    assert "agent" not in begun
    assert begun["custom.agent"].startswith("person-")


def test_every_event_of_a_list_is_of_present_values():
    assert {event.basis for event in tickets(row("Closed", "10", "11")).events} == {"snapshot"}


def test_an_end_before_the_creation_is_none():
    log = tickets(row("Closed", "08", "11"))
    assert [event.at.hour for event in log.events] == [8, 10]


def test_a_skipped_time_is_the_end_of_the_gap():
    rows = [[HEADER[0], "Status", "Created time", "Contact ID"],
            ["1", "Open", "2026-03-29 02:30", "7"]]  # fmt: skip
    log = table.read_tables({"t.csv": rows}, Account(tz="Europe/Berlin"))
    assert log.events[0].at == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_a_total_is_no_row():
    log = tickets(row("Open"), ["Total", "", "", "", "", ""])
    assert log.incomplete == {}
    assert [found.code for found in log.findings][:1] == ["no_column"]
    assert "no_row" in {found.code for found in log.findings}


def test_noon_and_midnight():
    form = table.StampFormat("%d/%m/%Y %I:%M %p")
    assert [form.read(f"02/03/2026 12:05 {half}").hour for half in ("AM", "PM")] == [0, 12]
    with pytest.raises(ValueError):  # noqa: PT011 - what was wrong is for the caller to say
        form.read("02/03/2026 13:05 PM")


def test_a_month_is_named_in_the_language_that_is_said():
    assert table.StampFormat("%d/%b/%y %H:%M", "es").read("01/ene/26 09:00").month == 1
    with pytest.raises(ValueError):  # noqa: PT011 - as above
        table.StampFormat("%d/%b/%y %H:%M").read("01/ene/26 09:00")


def in_a_folder(test):
    def run():
        with tempfile.TemporaryDirectory() as folder:
            test(Path(folder))

    run.__name__ = test.__name__
    return run


LATEST = in_a_folder(lists.test_of_two_rows_of_a_ticket_the_one_updated_last_holds)
BUGS = (
    Bug(
        "adapters._table_lists:ListReader._statuses",
        "row.status if left else self.initial",
        "row.status",
        test_a_ticket_begins_in_the_initial_status_never_in_the_present_one,
    ),
    Bug(
        "adapters._table_lists:_told",
        'if present.category != "closed":',
        'if present.category == "void":',
        test_a_ticket_that_is_open_again_is_not_solved,
    ),
    Bug(
        "adapters._table_lists:ListReader._fields",
        'fields["custom.agent"]',
        'fields["agent"]',
        test_who_holds_a_ticket_now_did_not_hold_it_from_the_beginning,
    ),
    Bug(
        "adapters._table_lists:ListReader._changed",
        'By("third_party", None, None, "snapshot")',
        'By("third_party")',
        test_every_event_of_a_list_is_of_present_values,
    ),
    Bug(
        "adapters._table_lists:ListReader._recorded",
        "if at >= row.created:",
        "if at:",
        test_an_end_before_the_creation_is_none,
    ),
    Bug("adapters._table_lists:ListReader._latest", "max(versions", "min(versions", LATEST),
    Bug(
        "adapters._table_cells:Instants.resolved",
        "return _end_of_gap(stamp, local, self.tz)",
        "return at",
        test_a_skipped_time_is_the_end_of_the_gap,
    ),
    Bug(
        "adapters._table_cells:_end_of_gap",
        "== after",
        "!= after",
        test_a_skipped_time_is_the_end_of_the_gap,
    ),
    Bug(
        "adapters._table_cells:Words.refuse",
        "is_total(cells, self.mapping.totals)",
        "False",
        test_a_total_is_no_row,
    ),
    Bug("adapters._stamps:_hour", "hour % NOON", "hour", test_noon_and_midnight),
    Bug(
        "adapters._stamps:StampFormat.reader",
        "_months(self.languages)",
        '_months(["en", "es"])',
        test_a_month_is_named_in_the_language_that_is_said,
    ),
    Bug(
        "adapters._table_fields:FieldsReader._changes",
        "if each.field in held and held[each.field] == each.value:",
        "if False:",
        fields.test_a_value_that_a_field_had_already_is_no_change,
    ),
    Bug(
        "adapters._table_fields:_first_of_chain",
        "each.old not in values",
        "each.old in values",
        fields.test_changes_of_one_instant_follow_their_old_values,
    ),
    Bug(
        "adapters._table_fields:FieldsReader._is_first",
        "found.category in BEGUN",
        "True",
        fields.test_a_ticket_that_begins_amid_its_life_is_not_whole,
    ),
    Bug(
        "adapters._table_fields:FieldsReader.ticket",
        "if each.old is None else each.old",
        "",
        fields.test_what_a_ticket_began_with_is_computed_back_from_old_values,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_planted_bugs_are_caught(bug):
    bug.must_be_caught()
