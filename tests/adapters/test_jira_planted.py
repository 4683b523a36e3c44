"""Bugs planted in the reading of Jira: the test named beside each notices."""

import pytest
from adapters import test_jira as tests
from planted import Bug

DOCUMENTS, PEOPLE, WORDS = (f"adapters._jira_{name}" for name in ("documents", "people", "words"))
TOLD = "adapters.jira:Told"
SERVER = tests.test_a_server_knows_no_types_so_who_is_assigned_is_staff
OWN_ISSUE = tests.test_an_agent_is_the_customer_of_an_own_issue_but_not_in_notes
HOOKS = tests.test_webhooks_tell_a_whole_issue
CUT = tests.test_a_changelog_with_a_larger_total_is_cut
BEGAN = tests.test_what_an_issue_began_with_is_what_its_first_changes_came_from


def test_roles_hold_for_internal_comments():
    tests.test_who_can_read_a_comment({"jsdPublic": False}, public=False)


def test_a_role_may_read_alone():
    marks = {"jsdPublic": True, "visibility": {"type": "role", "value": "Agents"}}
    tests.test_who_can_read_a_comment(marks, public=False)


def test_a_last_page_is_the_last():
    tests.test_what_a_search_says_of_further_answers([{"nextPageToken": "x"}, {"isLast": True}], 0)


def test_support_waits_where_the_site_says_to_do():
    tests.test_a_name_refines_the_category_that_the_site_says("Waiting for support", "new", "new")


BUGS = (
    Bug(f"{TOLD}._first_fields", "first.setdefault(name,", "first.__setitem__(name,", BEGAN),
    Bug(f"{TOLD}._first_fields", "elif name in first", "elif name in ()", BEGAN),
    Bug(f"{TOLD}._first_fields", 'name in {"status", "agent"} and cut', "False", CUT),
    Bug(f"{TOLD}.whole", "own.total > len(self.changes)", "own.total < 0", CUT),
    Bug(f"{TOLD}._comments", "own.said > len(own.comments)", "own.said < 0",
        tests.test_missing_comments_are_a_finding_and_leave_the_first_status),
    Bug(f"{TOLD}._broken", "before != last", "False",
        tests.test_webhooks_without_the_creation_or_a_change_are_cut),
    Bug(f"{TOLD}.messages", "public = comment.public is not False", "public = True",
        test_roles_hold_for_internal_comments),
    Bug(f"{TOLD}._changed_fields", "fields |= value", "fields = value",
        tests.test_several_items_of_one_entry_are_one_change),
    Bug(f"{PEOPLE}:People.role", "public and person in asks", "person in asks", OWN_ISSUE),
    Bug(f"{PEOPLE}:People.role", "person in self.agents or", "", SERVER),
    Bug(f"{PEOPLE}:People.person", "self.keys.get(own, own)", "own", SERVER),
    Bug(f"{PEOPLE}:People._stated", 'kind == "app" or', "False or",
        tests.test_apps_are_system_and_no_reply),
    Bug(f"{DOCUMENTS}:public_of", 'row.get("visibility")', "False", test_a_role_may_read_alone),
    Bug(f"{DOCUMENTS}:Gathered._hook", 'name.endswith("issue_deleted")', "False", HOOKS),
    Bug(f"{DOCUMENTS}:Gathered._meant", '== "custom"', '== "none"',
        tests.test_a_custom_field_called_status_is_no_status),
    Bug(f"{DOCUMENTS}:_first", "change.hooked,", "not change.hooked,",
        tests.test_a_change_of_a_webhook_and_of_the_changelog_is_one),
    Bug(f"{DOCUMENTS}:Gathered._more", "all(open_)", "any(open_)", test_a_last_page_is_the_last),
    Bug(f"{DOCUMENTS}:_number", "int(text)", "-int(text)",
        tests.test_changes_of_one_instant_are_ordered_by_their_id),
    Bug(f"{WORDS}:Words._called", "reverse=True", "reverse=False",
        tests.test_a_renamed_status_is_one_status_and_a_finding_that_names_both),
    Bug(f"{WORDS}:refined", "else told or usual", "else usual",
        test_support_waits_where_the_site_says_to_do),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
