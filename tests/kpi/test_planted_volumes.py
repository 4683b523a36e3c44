"""Mistakes in volumes and in where time goes, each noticed by a test."""

import pytest
from hypothesis import settings
from kpi import test_places, test_volumes
from planted import QUICK, SETTINGS, Bug
from report import test_places_sections, test_volumes_sections


def thorough(test):
    """Return a test of Hypothesis with more examples; it ends at the first that fails."""

    def test_thoroughly():
        own = getattr(test, SETTINGS)
        setattr(test, SETTINGS, settings(own, max_examples=300, **QUICK))
        try:
            test()
        finally:
            setattr(test, SETTINGS, own)

    return test_thoroughly


FLOWS = thorough(test_volumes.test_flows_add_up_and_are_those_of_a_replay)
TIMES = thorough(test_places.test_times_are_those_of_a_replay)
HELD = thorough(test_places.test_stays_within_a_time_are_those_that_waited_for_us_no_longer)
DECIDED = thorough(test_places.test_each_stay_is_decided_in_one_period)
HANDED = thorough(test_places.test_hand_overs_are_those_of_a_replay)
VOLUMES, PLACES, TALLIES = "_kpi.volumes", "_kpi.places", "_kpi.place_tallies"
BUGS = (
    Bug(f"{VOLUMES}:state_of", '"done"', '"open"', FLOWS),
    Bug(f"{VOLUMES}:Flows.move", 'if was == "done"', 'if was == "open"', FLOWS),
    Bug(
        f"{VOLUMES}:Flows.move",
        'if was == "open"',
        "if True",
        test_volumes.test_a_ticket_made_void_after_its_solution_leaves_no_backlog,
    ),
    Bug(
        f"{VOLUMES}:Flows.move",
        "self.restored.append(at)",
        "pass",
        test_volumes.test_a_ticket_restored_into_solved_is_restored_and_solved,
    ),
    Bug(f"{VOLUMES}:Flows.open_before", "self.reopened, ", "", FLOWS),
    Bug(
        f"{VOLUMES}:volumes_of",
        "len({*flows.solvers[solves]})",
        "len(flows.solvers[solves])",
        test_volumes.test_a_ticket_solved_twice_is_two_solutions_of_one_ticket,
    ),
    Bug(
        f"{VOLUMES}:_pace_days",
        "if flows.created",
        "if False",
        test_volumes.test_the_pace_is_taken_over_the_days_of_the_log,
    ),
    Bug(
        f"{VOLUMES}:working_days",
        "begin) - one",
        "begin)",
        test_volumes.test_working_days_are_those_of_the_calendar,
    ),
    Bug(
        f"{VOLUMES}:hours_of_week",
        "(at + offset)",
        "at",
        test_volumes.test_arrivals_lie_in_the_hours_of_the_local_week,
    ),
    Bug(f"{PLACES}:stays_of", " or piece[START] != end", "", TIMES),
    Bug(f"{TALLIES}:Tally.add", "elif since <= end < until", "elif since < end < until", TIMES),
    Bug(f"{TALLIES}:Tally.add", "min(end, until)", "end", TIMES),
    Bug(f"{TALLIES}:Tally.add", "if start >= since", "if start > since", TIMES),
    Bug(f"{PLACES}:_add", "since <= stays[-1][1] < until", "True", TIMES),
    Bug(f"{PLACES}:_running", "pieces.append(now)", "pass", TIMES),
    Bug(f"{PLACES}:_lives", 'elif category != "void"', "else", TIMES),
    Bug(f"{PLACES}:Holding.waited_for_us", 'WAITING_FOR[piece[CATEGORY]] == "us"', "True", HELD),
    Bug(f"{PLACES}:Holding.decided", "count) > limit", "count) >= limit", HELD),
    Bug(f"{PLACES}:Holding.decided", "count) <= limit else", "count) >= 0 else", DECIDED),
    Bug(f"{PLACES}:_moves", "group is not None", "True", HANDED),
    Bug(f"{PLACES}:_Move.acted", "kind in ACTS and ", "", HANDED),
    Bug(f"{PLACES}:_Move.acted", "if self.next_at is not None", "if False", HANDED),
    Bug(f"{PLACES}:_hand_over", "move.next_to == move.from_", "move.next_to is not None", HANDED),
    Bug(
        "_report.volumes:_void_line",
        "start <= each.created < end",
        "start <= each.at < end",
        test_volumes_sections.test_a_ticket_made_void_later_is_named_where_it_came,
    ),
    Bug(
        "_report.volumes:_by",
        "reversed(volumes.by_length[every])",
        "volumes.by_length[every]",
        test_volumes_sections.test_the_live_end_is_there_and_marked,
    ),
    Bug(
        "_report.headlines:course",
        "volume.net > 0",
        "volume.net < 0",
        test_volumes_sections.test_a_backlog_that_grows_is_said_with_then_and_now,
    ),
    Bug(
        "_report.places:_growing",
        "and 2 * each.now >= each.entered - each.left",
        "",
        test_places_sections.test_what_was_worked_off_since_is_no_pile,
    ),
    Bug(
        "_report.places:_delays",
        'cycles.outcome(place) == "missed"',
        "True",
        test_places_sections.test_how_late_what_is_late_is,
    ),
)


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_planted_bugs_are_caught(bug):
    bug.must_be_caught()
