"""Bugs planted in the reading of Freshdesk: the test named beside each notices."""

import pytest
from adapters import test_freshdesk as tests
from planted import Bug

pytestmark = pytest.mark.filterwarnings("ignore::support_model.errors.UnknownVendorValue")
STATS, HISTORY = "adapters._freshdesk_stats", "adapters._freshdesk_history"
READER = "adapters.freshdesk:Reader"
HOLE = tests.test_a_value_before_that_is_not_the_last_one_is_a_hole


def test_a_rule_is_no_agent():
    tests.test_what_a_rule_wrote_is_no_reply_though_it_carries_an_agent({"automation_id": 9})


def test_a_forward_is_no_reply():
    tests.test_who_wrote_and_who_could_read_it(tests.said(source=8), ("agent", "330", False))


def test_a_ticket_closed_at_once():
    stats = {tests.R: tests.T1, tests.C: tests.T1}
    tests.test_statuses_come_from_the_last_stamps(5, stats, [("03 08:00", "Closed")])


def test_a_stamp_that_is_left_over():
    stats = {tests.R: tests.T1, tests.C: tests.T2, tests.U: tests.T1}
    tests.test_statuses_come_from_the_last_stamps(4, stats, [("03 08:00", "Resolved")])


def test_what_was_spam_comes_back():
    tests.test_spam_and_deletion_are_void_and_what_comes_back_is_as_it_was("spam")


BUGS = (
    Bug(f"{READER}._speaker", "not in NOTHING", "in ()", test_a_rule_is_no_agent),
    Bug(f"{READER}._messages", 'and value.get("source") != FORWARDED', "",
        test_a_forward_is_no_reply),
    Bug(f"{STATS}:Present._ends", "if solved != closed else []", "", test_a_ticket_closed_at_once),
    Bug(f"{STATS}:Present.statuses", "at < since", "True", test_a_stamp_that_is_left_over),
    Bug(f"{HISTORY}:_voided", "or alive", "or status", test_what_was_spam_comes_back),
    Bug(f"{HISTORY}:folded", "!= before for key", "is None for key", HOLE),
    Bug("adapters._freshdesk_people:People.role", "if asks and public:", "if asks:",
        tests.test_an_agent_who_asks_is_the_customer_of_that_ticket_but_not_in_notes),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
