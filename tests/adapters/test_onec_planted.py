# ruff: noqa: RUF001 - Russian names are Russian
"""Bugs planted in the reading of 1C are noticed."""

import pytest
from adapters import test_onec, test_onec_reports
from planted import Bug

BUGS = (
    Bug(
        "adapters.onec:_Log.together",
        'if gone and "status" in fields:',
        "if False:",
        test_onec.test_a_mark_of_deletion_is_a_void_status_and_taking_it_off_restores,
    ),
    Bug(
        "adapters._onec_words:plain",
        '.replace("ё", "е")',
        "",
        test_onec.test_the_requester_is_known_however_the_name_is_typed,
    ),
    Bug(
        "adapters._onec_people:full_names",
        "longer and _all_agree(longer)",
        "longer",
        test_onec.test_a_short_name_of_two_people_is_nobody_in_particular,
    ),
    Bug(
        "adapters.onec:_Log.unmoved",
        'fields["status"].category == "new"',
        "True",
        test_onec.test_a_state_that_no_record_tells_is_not_the_first_one,
    ),
    Bug(
        "adapters.onec:_Log.message",
        "public = not comment.internal",
        "public = bool(comment.internal)",
        test_onec.test_comments_may_stand_inside_the_document,
    ),
    Bug(
        "adapters.onec:_Log.recorded",
        "change.at == ticket.at",
        "True",
        test_onec.test_the_beginning_is_told_by_the_first_changes,
    ),
    Bug(
        "adapters.onec:_Log.listed",
        'By("third_party") if ticket.author is None else self.by(ticket.author)',
        "self.by(ticket.author or ticket.requester)",
        test_onec.test_a_list_without_history_tells_the_present_and_what_has_a_stamp,
    ),
    Bug(
        "adapters.onec:_version",
        'counted.rjust(16, b"\\0")[-16:]',
        'b""',
        test_onec.test_the_later_version_of_a_document_is_read,
    ),
    Bug(
        "adapters.onec:_in_order",
        "group = _untied(group, values)",
        "pass",
        test_onec.test_changes_of_one_second_are_ordered_by_their_old_values,
    ),
    Bug(
        "adapters._onec_tables:_Block._settle",
        "self.header.groups[-len(self.pending) :]",
        "self.header.groups[: len(self.pending)]",
        test_onec_reports.test_the_values_of_groups_belong_to_the_rows_below_them,
    ),
    Bug(
        "adapters._onec_tables:_headers",
        "if titles == earlier:",
        "if False:",
        test_onec_reports.test_a_page_may_begin_with_its_header_again,
    ),
    Bug(
        "adapters.onec:_Reader._cut_by_period",
        "ticket.at < begins",
        "ticket.at > begins",
        test_onec_reports.test_a_history_of_a_period_is_cut_for_older_tickets,
    ),
    Bug(
        "adapters._onec_cells:WallClock._shift",
        "begins if ends | {midnight.replace(fold=1).utcoffset()} == {begins} else None",
        "begins",
        test_onec.test_a_stamp_beside_a_change_of_the_clock_is_sure,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
