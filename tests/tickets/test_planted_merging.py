"""Bugs that people make in merges are noticed by the examples of merges."""

import pytest
from planted import Bug
from tickets import test_merging as examples

BUGS = (
    Bug(
        "tickets:_Links.end",
        "while here in self.into",
        "if here in self.into",
        examples.test_what_is_written_to_the_first_of_a_chain_is_read_at_its_end,
    ),
    Bug(
        "tickets:_Links.link",
        "return False",
        "return True",
        examples.test_the_merge_that_closes_a_circle_has_no_effect_and_is_a_finding,
    ),
    Bug(
        "tickets:_Links.link",
        "if other not in self._created:",
        "if False:",
        examples.test_what_waited_counts_from_the_creation_of_a_later_target,
    ),
    Bug(
        "tickets:_Links.unlink",
        "self._ends.clear()",
        "pass",
        examples.test_a_link_that_goes_takes_the_chains_over_it_along,
    ),
    Bug(
        "tickets:_Sweep._statements",
        "restored.add(name)",
        "pass",
        examples.test_a_merge_taken_back_ends_the_redirect,
    ),
    Bug(
        "tickets:_Sweep._statements",
        "elif status is not None and name in self._void:",
        "elif status is not None:",
        examples.test_a_ticket_that_was_no_more_void_when_merged_is_not_taken_back_by_a_status,
    ),
    Bug(
        "tickets:_Sweep._carry",
        "if waiting.source_id not in self._events_of(home, now.micros):",
        "if True:",
        examples.test_merged_again_changes_nothing,
    ),
    Bug(
        "tickets:_Sweep._move",
        "ticket.seq + 1 if ticket.at == event.at else 1",
        "ticket.seq + 1",
        examples.test_a_moved_event_of_another_instant_is_numbered_anew,
    ),
    Bug(
        "tickets:_with_tool_role",
        'event.role == "agent"',
        'event.role == "customer"',
        examples.test_what_the_merge_itself_writes_is_no_reply,
    ),
    Bug(
        "tickets:merged",
        "except (InvalidEvent, InconsistentLog) as problem:",
        "except InvalidEvent as problem:",
        examples.test_one_bad_log_refuses_nothing_else,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
