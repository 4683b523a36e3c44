"""Bugs planted in the reading of SurveyMonkey: the test named beside each notices."""

import pytest
from adapters import test_surveymonkey as tests
from planted import Bug

NOTHING = tests.test_a_weight_of_nothing_is_no_answer_in_one_question_and_a_score_in_another
MARKED = tests.test_nothing_beside_a_scale_from_one_is_no_answer_without_a_mark
SHARED = tests.test_weights_that_two_choices_share_say_nothing
EDITED = tests.test_an_edited_response_keeps_its_id_and_its_last_answer
PAGES = tests.test_pages_that_are_missing_are_noticed
ORDER = tests.test_the_order_of_day_and_month_shows_in_other_rows
CLOCK = tests.test_clock_changes_are_found
TEXTS = tests.test_choices_by_their_text_and_what_stands_beside_them
JOINED = tests.test_ratings_join_the_tickets_of_another_log
ANSWERS, TABLES = "adapters._survey_answers", "adapters._survey_tables"


def test_noon_and_midnight():
    midnight, noon = (2026, 3, 8, 0, 30), (2026, 3, 8, 12, 30)
    tests.test_stamps_of_all_languages("03/08/2026 12:30:00 AM", "mdy", midnight)
    tests.test_stamps_of_all_languages("03/08/2026 12:30:00 PM", "mdy", noon)


def test_a_scale_is_assumed_only_where_all_answers_lie_on_it():
    tests.test_a_scale_is_said_shown_or_assumed("How easy?", ["5", "7"], None, "no_scale")


def test_columns_go_on():
    tests.test_rows_of_a_matrix_are_columns("Rate us/Overall")


BUGS = (
    Bug(f"{ANSWERS}:_usual", "len({*scores}) == len(scores)", "True", SHARED),
    Bug(f"{ANSWERS}:_usual", "(2, 1, 3) if by_place else (2, 1)", "(2, 1, 3)",
        tests.test_the_place_is_a_score_only_where_the_question_is_a_scale),
    Bug(f"{ANSWERS}:_is_none", "return row[4]", "return False", NOTHING),
    Bug(f"{ANSWERS}:_is_none", "score_of(row[1]) is not None", "False", MARKED),
    Bug(f"{ANSWERS}:_is_none", "rows[:-1]", "rows[1:-1]", NOTHING),
    Bug(f"{ANSWERS}:Ratings.rate", "<= score <= scale[1]", "< score",
        tests.test_a_scale_that_the_account_says_comes_first),
    Bug(f"{ANSWERS}:Ratings.scale", "said or question.scale", "question.scale or said",
        tests.test_a_scale_that_the_account_says_comes_first),
    Bug(f"{ANSWERS}:Ratings._names_rows", "for each in rows", "for each in ()",
        tests.test_a_score_is_the_weight_and_never_the_id),
    Bug("adapters.surveymonkey:Found.response", "max(versions, key=_age)", "earlier", EDITED),
    Bug("adapters.surveymonkey:Found.completeness", "< total", "< 0", PAGES),
    Bug("adapters.surveymonkey:Found.completeness", "and missing", "and not missing", PAGES),
    Bug("adapters.surveymonkey:Found.emit", "not in self.account.accept", '== "partial"',
        tests.test_only_completed_responses_count_each_once),
    Bug(f"{TABLES}:_day_first", "first > MONTHS", "first > 31", ORDER),
    Bug(f"{TABLES}:_hour", "hour % NOON + NOON", "hour + NOON", test_noon_and_midnight),
    Bug(f"{TABLES}:Tables.instant", "early < late", "early > late", CLOCK),
    Bug(f"{TABLES}:Tables.row", "(ended, *row.cells) >", "(ended, *row.cells) <",
        tests.test_tables_overlap_and_the_later_end_holds),
    Bug(f"{TABLES}:Tables.assumed", "score <= USUAL[1]", "score",
        test_a_scale_is_assumed_only_where_all_answers_lie_on_it),
    Bug(f"{TABLES}:_answers", "later and choice.score is None", "False", TEXTS),
    Bug(f"{TABLES}:_columns", "if heading:", "if True:", test_columns_go_on),
    Bug("adapters._joining:joined", "event.micros < own[0].micros", "event.micros < 0", JOINED),
    Bug("adapters._joining:joined", "if ticket in logs", "if ticket", JOINED),
    Bug("adapters._joining:_numbered", "enumerate(events, 1)", "enumerate(events, 2)", JOINED),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_noticed(bug):
    bug.must_be_caught()
