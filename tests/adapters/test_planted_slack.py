"""Bugs in what is read of Slack and said to people: the test named beside each notices."""

import warnings

import pytest
import test_notices as said
from adapters import test_slack as read
from planted import Bug

from support_model.errors import UnknownVendorValue

READ = "adapters.slack:"
BUGS = (
    Bug(
        READ + "_Threads._is_cut",
        "count > len(replies)",
        "count >= len(replies)",
        read.test_missing_replies_cut_the_ticket,
    ),
    Bug(
        READ + "_Threads._is_cut",
        "self.open.get(ts, False)",
        "False",
        read.test_a_thread_without_a_count_is_whole_when_its_last_page_is_there,
    ),
    Bug(READ + "_micros", 'ljust(6, "0")', 'rjust(6, "0")', read.test_a_short_ts_is_a_decimal),
    Bug(
        READ + "_version",
        'message.get("subtype") != "tombstone"',
        "True",
        read.test_a_first_message_that_is_there_and_deleted_later_is_a_ticket,
    ),
    Bug(READ + "_Threads._speaker", "if bot:", "if False:", read.test_who_speaks),
    Bug(
        READ + "_Threads._role",
        "None if person is None else known_role(self.account, person)",
        "None",
        read.test_an_account_may_say_that_a_bot_is_a_person,
    ),
    Bug(
        READ + "_Threads._first",
        'if role in {"customer", "third_party"} else ""',
        "",
        read.test_a_thread_that_an_agent_begins_has_no_customer_and_no_reply,
    ),
    Bug(
        READ + "_People.role",
        "if asks and",
        "if",
        read.test_another_organization_is_the_customer_of_its_own_threads_alone,
    ),
    Bug(
        READ + "_People._is_foreign",
        'and "enterprise_user" not in user',
        "",
        read.test_one_organization_of_several_workspaces_has_no_foreigners,
    ),
    Bug(
        READ + "_last_pages",
        "and not alone",
        "",
        read.test_the_answer_for_a_message_without_replies_ends_no_history,
    ),
    Bug(READ + "_named", 'and not name.startswith("mpdm-")', "",
        read.test_a_few_people_are_not_named_by_their_channel),
    Bug("notices:escaped", '.replace("<", "&lt;")', "",
        said.test_what_users_typed_is_never_markup),
    Bug("notices:_literal", '_MARKUP.sub(f"<{JOIN}", text)', "text",
        said.test_what_users_typed_is_never_markup),
    Bug("notices:_unread", '_FUNCTION.sub(f"{{{JOIN}", text)', "text",
        said.test_what_users_typed_is_never_markup),
    Bug("notices:clean", '_CONTROL.sub(" ", text)', "text",
        said.test_what_users_typed_is_never_markup),
    Bug("notices:_url", "chr(byte) if byte in _SAFE else", "chr(byte) if byte < 128 else",
        said.test_a_ticket_is_quoted_in_a_link),
    Bug("notices:_moved", "tuple(_moved(each, tz) for each in value)", "value",
        said.test_instants_are_said_on_one_clock_down_to_the_last_reason),
    Bug("notices:_is_live", '| {"void"}', "", said.test_the_digest_counts_what_is_open),
    Bug("notices:digest", "micros(due.due_at) < midnight", "True",
        said.test_the_digest_counts_what_is_open),
    Bug("notices:digest", "day + 1, 0", "day + 2, 0",
        said.test_the_day_of_a_digest_ends_at_its_own_midnight),
    Bug("notices:_slack_name", "and _SLACK_USER.fullmatch(user)", "",
        said.test_people_are_mentioned_by_their_ids_alone),
    Bug("notices:_value", "<= VALUE", "<= 9 * VALUE",
        said.test_a_long_text_is_shortened_and_says_so),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_planted_bugs_are_caught(bug):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownVendorValue)
        bug.must_be_caught()
