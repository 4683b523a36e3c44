"""Bugs in what is read in, from payloads, tables and files: the test named beside each notices."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from adapters import test_zendesk, test_zendesk_forms, test_zendesk_rules
from planted import Bug
from serde import test_event_files

from support_model._bounded_files import runs_backwards
from support_model._common_shapes import CALENDAR, INSTANT, NUMBER, SPAN, given
from support_model._records import read, write
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.instants import Span
from support_model.vocabulary import Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def in_a_folder(test):
    """A test that needs a folder, as one that needs nothing."""

    def run():
        with tempfile.TemporaryDirectory() as folder:
            test(Path(folder))

    run.__name__ = test.__name__
    return run


def test_a_span_may_be_empty_and_never_ends_before_it_starts():
    text = AT.isoformat()
    assert read(SPAN, [text, text], "span") == Span(AT, AT)
    assert read(SPAN, [text, ""], "span") == read(SPAN, [text, None], "span") == Span(AT)
    with pytest.raises(InvalidValue):
        read(SPAN, [text, "2026-03-02T08:59:59.999999+00:00"], "span")


def test_an_instant_needs_an_offset():
    with pytest.raises(InvalidValue, match="without an offset"):
        read(INSTANT, "2026-03-02T09:00:00", "instant")


def test_a_ratio_is_kept_exactly():
    for text in ("1/3", "2/1"):
        exact = read(NUMBER, text, "number")
        assert write(NUMBER, exact, "number") == text


def test_calendars_of_one_zone_are_told_apart_by_their_hours():
    early, late = (
        BusinessCalendar.weekly({"mon-fri": hours}, tz="UTC")
        for hours in ("08:00-16:00", "09:00-17:00")
    )
    named = {"early": early, "late": late}
    assert [CALENDAR.write(each, given(named)) for each in (early, late)] == ["early", "late"]


def test_the_whole_file_decides_where_a_ticket_tells_no_direction():
    assert runs_backwards([5, 5, 4, 4], [[5, 5], [4, 4]]) == [True, True]
    assert runs_backwards([4, 4, 5, 5], [[4, 4], [5, 5]]) == [False, False]
    assert runs_backwards([1, 5, 4, 2], [[1, 4], [5, 2]]) == [False, True]


def test_a_deleted_ticket_is_void_whatever_its_custom_status():
    account = test_zendesk.Account(statuses={9: Status("parked", "on_hold")})
    parts = [test_zendesk.change(*row) for row in (("status", "deleted"), ("custom_status_id", 9))]
    (fields,) = test_zendesk.changes(*parts, account=account)
    assert fields["status"].category == "void"


FLAGS = in_a_folder(test_event_files.test_csv_holds_text_and_flags_as_they_are)
BUGS = (
    Bug(
        "_time:_runs_forward",
        "micros(end) < start",
        "micros(end) <= start",
        test_a_span_may_be_empty_and_never_ends_before_it_starts,
    ),
    Bug(
        "_common_shapes:_bound",
        "_instant(text) if text else None",
        "_instant(text)",
        test_a_span_may_be_empty_and_never_ends_before_it_starts,
    ),
    Bug(
        "_common_shapes:_instant",
        "if at.tzinfo is None:",
        "if at is None:",
        test_an_instant_needs_an_offset,
    ),
    Bug(
        "_common_shapes:_ratio_text",
        'f"{number.numerator}/{number.denominator}"',
        "float(number)",
        test_a_ratio_is_kept_exactly,
    ),
    Bug(
        "_common_shapes:_write_calendar",
        "if held == calendar",
        "if held.tz == calendar.tz",
        test_calendars_of_one_zone_are_told_apart_by_their_hours,
    ),
    Bug(
        "_bounded_files:runs_backwards",
        "whole if way is None else way",
        "bool(way)",
        test_the_whole_file_decides_where_a_ticket_tells_no_direction,
    ),
    Bug("_files.event_rows:_cell", "str(value).lower()", "str(value)", FLAGS),
    Bug("_files.event_rows:_dumped", "ensure_ascii=False", "ensure_ascii=True", FLAGS),
    Bug("_files.event_rows:_Cells._data", "else bare(cell)", "else cell", FLAGS),
    Bug(
        "_files.event_rows:_flag",
        "flags = {",
        'cell = cell if cell.islower() else "true"\n    flags = {',
        FLAGS,
    ),
    Bug(
        "_files.event_rows:loaded",
        "_DECODER.decode(text)",
        "json.loads(text)",
        in_a_folder(
            lambda folder: test_event_files.test_what_is_no_event_is_placed(
                "a.jsonl", '{"type": "message", "type": "message"}', 1, "stands twice", folder
            )
        ),
    ),
    Bug(
        "_records:Record._read",
        "value = part.shape.read(data[key], given)",
        'value = part.shape.read(str(data[key]) if key == "version" else data[key], given)',
        in_a_folder(test_event_files.test_a_version_written_as_a_number_is_refused),
    ),
    Bug(
        "adapters._zendesk_desk:roles_of",
        "for person in (*account.roles, *account.bots):",
        "for person in ():",
        test_zendesk.test_the_roles_of_the_account_precede_those_of_the_payload,
    ),
    Bug(
        "adapters._zendesk_audits:_Audit.actor",
        'if self.update.channel == "rule" or',
        "if",
        test_zendesk.test_a_rule_named_on_a_whole_audit_did_all_of_it,
    ),
    Bug(
        "adapters._zendesk_desk:People.role",
        "if since <= number]",
        "if since < number]",
        test_zendesk.test_who_asks_is_told_for_each_instant,
    ),
    Bug(
        "adapters._zendesk_audits:_Audit.notification",
        '== "customer" for each in people',
        "is not None for each in people",
        test_zendesk.test_a_notification_is_a_message_only_to_the_customer,
    ),
    Bug(
        "adapters._zendesk_desk:Desk.fields",
        'and fields.get("status", status).category != "void":',
        ":",
        test_a_deleted_ticket_is_void_whatever_its_custom_status,
    ),
    Bug(
        "adapters._zendesk_desk:roles_of",
        'tally.noted.note("no_role", None, person)\n            continue',
        'raise ValueError("no role")',
        test_zendesk.test_a_deleted_user_refuses_nobody_else,
    ),
    Bug(
        "adapters._zendesk_shapes:_of_one_ticket",
        'sheet.kind == "audits" and ',
        "",
        test_zendesk_forms.test_a_list_cut_into_pages_of_one_ticket_is_whole,
    ),
    Bug(
        "adapters._zendesk_shapes:_told",
        '"body", "html_body", ',
        "",
        test_zendesk.test_a_comment_that_was_redacted_is_no_other_version,
    ),
    Bug(
        "adapters._zendesk_audits:read_audits",
        "item = found.audits.get(number)",
        "item = None if number in found.changes else found.audits.get(number)",
        test_zendesk_forms.test_one_audit_in_both_forms_is_read_once,
    ),
    Bug(
        "adapters._zendesk_desk:Desk.by",
        'and role != "customer" ',
        "",
        test_zendesk_forms.test_answer_bots_are_no_agents,
    ),
    Bug(
        "adapters._zendesk_present:_Ticket.statuses",
        'and (present.category == "closed" or since is not None):',
        ":",
        lambda: test_zendesk_forms.test_a_status_is_told_where_a_stamp_tells_when(
            "open", {"status_updated_at": None}, [], 1
        ),
    ),
    Bug(
        "adapters._zendesk_figures:_of_event",
        'if value.get("deleted") is True:',
        "if False:",
        test_zendesk_forms.test_metric_events_are_figures_too,
    ),
    Bug(
        "adapters._zendesk_present:_ratings",
        'if ticket in (asked if item.value.get("score") == "offered" else rated):',
        "if False:",
        test_zendesk_forms.test_ratings_beside_tickets_count_once_and_when_they_were_given,
    ),
    Bug(
        "adapters._zendesk_webhooks:_Reader.changed",
        'if before == MERGED and status is not None and status.category == "closed":',
        "if False:",
        test_zendesk_forms.test_a_merge_by_webhook_is_one_fact,
    ),
    Bug(
        "adapters._zendesk_webhooks:read_webhooks",
        "if hook.ticket not in told]",
        "if True]",
        test_zendesk_forms.test_webhooks_of_a_ticket_with_audits_say_nothing_more,
    ),
    Bug(
        "adapters._zendesk_rules:_hours",
        "until = min(end, start - start % DAY + DAY)",
        "until = end",
        test_zendesk_rules.test_an_interval_over_midnight_is_cut_there,
    ),
    Bug(
        "adapters._zendesk_rules:_Rules.condition",
        "if some is None or not some.value else",
        "if True else",
        test_zendesk_rules.test_what_cannot_be_said_is_warned_of_and_never_met,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
