"""Bugs planted in the reading of Intercom: the test named beside each notices."""

import pytest
from adapters import test_intercom as tests
from planted import Bug

REOPENS = tests.test_without_states_a_reply_of_the_customer_reopens
STATES = tests.test_with_states_the_part_says_whether_a_reply_reopens
TOGETHER = tests.test_a_part_is_a_reply_a_close_and_an_assignment_at_once
TICKET = tests.test_a_ticket_moves_through_its_states
TEAMS = tests.test_teams_are_groups_and_nobody_is_nobody
ROBOTS = tests.test_robots_and_fin_are_the_system
VERSIONS = tests.test_of_three_versions_the_order_says_nothing
TELLER, DOCUMENTS = "adapters.intercom:Teller", "adapters._intercom_documents"


def test_a_campaign_is_no_teammate():
    tests.test_a_conversation_that_a_teammate_or_a_campaign_began("automated", "system")


def test_a_timer_is_the_system():
    tests.test_what_opens_again("timer_unsnooze")


def test_a_list_is_refused():
    listed = {"conversations": [{"type": "conversation", "id": "8", "created_at": tests.BEGIN}]}
    tests.test_what_tells_nothing_is_refused_and_the_remedy_named(listed, ["conversation_parts"])


def test_five_hundred_parts_are_cut():
    parts = [tests.spoken(str(number), number) for number in range(1, 501)]
    tests.test_histories_that_are_not_whole(tests.conversation(*parts), "cut_history")


def test_a_rating_is_answered_at_its_update():
    tests.test_a_rating_is_asked_at_one_time_and_given_at_another()


def test_two_changes_of_priority():
    tests.test_priority_is_told_backwards_from_what_it_is_now(2)


BUGS = (
    Bug(f"{TELLER}.state_after", 'role == "customer"', 'role != "system"', REOPENS),
    Bug(f"{TELLER}.state_after", '("closed", "snoozed")', '("closed",)', REOPENS),
    Bug(f"{TELLER}.state_after", "told is not None", "told is None", STATES),
    Bug(f"{TELLER}.part", "if told != story.status:", "if told is None:", TOGETHER),
    Bug("adapters.intercom:visibility", "and says(part)", "and False", TOGETHER),
    Bug("adapters.intercom:says", 'part.get("redacted") is True', "False",
        tests.test_redacted_parts_keep_their_time),
    Bug(f"{TELLER}.assigned", 'native = None if native == "0" else native', "native = native",
        tests.test_an_id_of_zero_is_nobody),
    Bug(f"{TELLER}.grouped", "if story.group == team:", "if story.group is team is None:", TEAMS),
    Bug(f"{TELLER}.assigned", "changed = story.agent != agent", "changed = True", TEAMS),
    Bug(f"{TELLER}.role", 'author.get("is_ai_answer") is True', "False", ROBOTS),
    Bug(f"{TELLER}.role", "native == requester", "native != requester",
        tests.test_whoever_asks_is_the_customer_also_a_teammate),
    Bug(f"{TELLER}.by", 'role != "system"', 'role == "system"', test_a_timer_is_the_system),
    Bug(f"{TELLER}.began", 'source.get("delivered_as") in AUTOMATIC', "False",
        test_a_campaign_is_no_teammate),
    Bug(f"{TELLER}.rating", "asked, answered = None, asked", "answered = None",
        tests.test_the_scenario_that_all_systems_tell),
    Bug(f"{TELLER}.rating", '"updated_at"', '"created_at"',
        test_a_rating_is_answered_at_its_update),
    Bug(f"{TELLER}.completeness", "counted != held", "held < 0", test_five_hundred_parts_are_cut),
    Bug(f"{TELLER}.completeness", "not case.begun", "case.begun",
        tests.test_webhooks_without_the_creation_are_cut),
    Bug("adapters.intercom:first_priority", "flips % 2", "flips",
        test_two_changes_of_priority),
    Bug(f"{TELLER}.status", 'state not in ("closed", "snoozed")', "state", TICKET),
    Bug(f"{DOCUMENTS}:newest", "if value is not None", "if True", VERSIONS),
    Bug(f"{DOCUMENTS}:Case.keep", "append(part)", "insert(0, {})",  VERSIONS),
    Bug(f"{DOCUMENTS}:number_of", "int(native) if native.isascii()", "0 if native.isascii()",
        tests.test_parts_are_ordered_by_time_then_by_number),
    Bug(f"{DOCUMENTS}:Found.must_have_parts", "self._told == 0", "self._told < 0",
        test_a_list_is_refused),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
