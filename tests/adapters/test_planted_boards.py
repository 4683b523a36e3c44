"""Bugs in how boards and projects are read: the test named beside each notices."""

import warnings

import pytest
from adapters import test_asana, test_trello
from planted import Bug


def quiet(test, *arguments):
    """A test that warns of what it does not know, as one that does not."""

    def run():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            test(*arguments)

    run.__name__ = test.__name__
    return run


CUT = quiet(test_trello.test_a_card_older_than_the_oldest_action_begins_at_the_instant_in_its_id)
AGENTS = quiet(
    test_trello.test_the_last_member_of_staff_is_the_agent_and_the_one_before_comes_back
)
ARCHIVE = quiet(
    test_trello.test_archiving_is_the_status_that_the_account_says_and_unarchiving_goes_back
)
LABELS = quiet(test_trello.test_labels_change_priority_and_group_and_the_most_urgent_holds)
ONE = quiet(test_asana.test_a_section_and_a_completion_within_seconds_say_one_thing)
STAYS = quiet(test_asana.test_a_completed_task_stays_so_wherever_it_is_moved)
OURS = quiet(test_asana.test_a_section_is_of_the_project_of_the_one_that_was_left)
SAME = quiet(test_asana.test_sections_of_two_projects_may_have_the_same_names)
OLD = quiet(
    test_asana.test_a_field_is_at_the_creation_what_its_first_change_calls_old_or_what_it_is_now
)
PEOPLE = quiet(test_asana.test_people_and_rules)
BUGS = (
    Bug("adapters.trello:_id_instant", "native[:8]", "native[8:16]", CUT),
    Bug("adapters.trello:_Board.present", '"third_party", None', '"customer", None', CUT),
    Bug(
        "adapters.trello:_Board.cut",
        "early = at is not None and at <= first.at",
        "early = at is not None",
        quiet(test_trello.test_an_id_later_than_the_first_action_tells_no_creation),
    ),
    Bug("adapters.trello:_Walk.fields", "reversed(self.staff)", "iter(self.staff)", AGENTS),
    Bug("adapters.trello:_Walk.member", "and self.is_staff(native)", "", AGENTS),
    Bug("adapters.trello:_Walk.status", "if self.closed:", "if True:", ARCHIVE),
    Bug("adapters.trello:_Walk.fields", "each.rank", "-each.rank", LABELS),
    Bug(
        "adapters.trello:_later",
        "(stamp, repr(act)) > (known, repr(earlier))",
        "repr(act) > repr(earlier)",
        quiet(test_trello.test_a_later_edition_of_a_comment_is_the_one_that_holds),
    ),
    Bug(
        "adapters.trello:_Walk.tell",
        'op is PUBLIC or by.role == "customer"',
        "op is PUBLIC",
        quiet(test_trello.test_a_comment_with_the_prefix_is_internal_unless_a_customer_writes_it),
    ),
    Bug(
        "adapters._boards:Replay.settle",
        "and by[:2] == self.by[:2]",
        "",
        quiet(test_trello.test_what_another_does_at_the_instant_of_the_creation_is_a_change),
    ),
    Bug("adapters.asana:_Walk.soon", "story.at - start > WITHIN", "story.at > start", ONE),
    Bug("adapters.asana:_Walk.soon", "return self.on", "return None", ONE),
    Bug("adapters.asana:_Walk.moved", "if self.done and not settled:", "if False:", STAYS),
    Bug("adapters.asana:_Walk.place", "moves[::-1]", "moves", SAME),
    Bug("adapters.asana:_Walk.is_ours", "return own == of", "return True", OURS),
    Bug("adapters.asana:_Walk.old", "fields.setdefault(name, value)", "fields[name] = value",
        quiet(test_asana.test_the_first_change_of_a_field_says_what_it_was)),
    Bug("adapters.asana:_Walk.begin", "if undated and not listed", "if listed", OLD),
    Bug("adapters.asana:_story", "SYSTEM if by is None else", "None if by is None else", PEOPLE),
    Bug(
        "adapters.asana:_Reader.paged",
        'value.get("next_page")',
        'value.get("nextPage")',
        quiet(test_asana.test_the_last_page_that_is_not_there_cuts_the_task),
    ),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_planted_bugs_are_caught(bug):
    bug.must_be_caught()
