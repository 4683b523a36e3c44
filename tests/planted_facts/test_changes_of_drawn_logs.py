"""`find_changes` names what is planted: a few logs here, `python tasks.py planted` for all."""

from functools import cache
from typing import NamedTuple

from planted_facts import bars
from planted_facts.bars import below, row

judged = cache(bars.judged)


class Named(NamedTuple):
    """A false item, as far as the bars look at one."""

    verdict: str


def test_of_twelve_facts_most_are_named_in_time():
    made = judged("twelve_at_once", 0)
    assert len(made.named) == 12
    assert sum(made.in_time) >= 8, made.faults


def test_one_change_is_named_with_its_group_and_its_week():
    made = judged("group_slower", 1)
    assert (made.named, made.in_time, made.false) == ((True,), (True,), ()), made.faults


def test_where_nothing_is_planted_nothing_is_said():
    made = judged("nothing", 0)
    assert made.items == 0, made.faults


def test_the_bars_tell_what_is_short():
    good, none = judged("group_slower", 1), judged("nothing", 0)
    assert below([row("group_slower", [good]), row("nothing", [none])]) == []
    wrong = row("nothing", [type(none)((), (), (Named("worse"),), 1)])
    silent = row("group_slower", [type(none)((False,), (False,), (), 0)])
    mixed = row("mix_of_types", [type(none)((True,), (True,), (Named("better"),), 1)])
    assert below([mixed]) == ["better or worse where only the mix shifts: mix_of_types"]
    assert below([wrong, silent]) == [
        "more than one false item in ten reports: nothing",
        "named in time in under 75%: group_slower",
        "named in time in under 90%: all kinds",
    ]
