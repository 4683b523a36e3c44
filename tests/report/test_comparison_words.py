"""The words of a comparison say what its numbers say, sign, unit and size included."""

from datetime import timedelta

import pytest
from attrs import evolve
from report.test_comparison import AFTER, BEFORE, MOVES, RESOLVED, STRAIGHT, compared, ticket

from support_model import kpi
from support_model.reporting import comparison_tables as words
from support_model.reporting.catalogue import Asked

MOVED = Asked(title="Handed on", kpi=kpi.TRANSFERRED, worse="higher")
CLOSED = Asked(title="Until closed", kpi=kpi.TIME_TO_CLOSE, timed=True)


def desk(start, rows):
    """Tickets of one period: (how many, hours, groups, channel)."""
    return [
        ticket((start, number, row), start, hours, groups, channel=channel)
        for row, (count, hours, groups, channel) in enumerate(rows)
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def found():
    before = desk(BEFORE.start, [(30, 2, "a", "mail"), (30, 2, "a", "chat")])
    after = desk(AFTER.start, [(30, 2, "a", "mail"), (30, 30, "ab", "chat")])
    return compared([*before, *after], asked=(STRAIGHT, MOVED, MOVES), weeks=())


def leads(found):
    return {lead.title: lead for lead in words.leads(found)}


def test_each_kind_of_figure_has_its_sentence(found):
    told = leads(found)
    assert {title: lead.what for title, lead in told.items()} == {
        "In one group: less often": "100.0% before, 50.0% after (-50.0 points; 95% interval "
        "-62.3 points to -36.3 points). At the earlier share it would have been about 30 tickets "
        "more.",
        "Handed on: more often": "0.0% before, 50.0% after (+50.0 points; 95% interval "
        "+36.3 points to +62.3 points). At the earlier share it would have been about 30 tickets "
        "fewer.",
        "Moves: more": "0 before, 0.50 after (+0.50; 95% interval +0.37 to +0.63).",
    }
    assert all(lead.real == "Real: p < 0.001, adjusted for all figures tested (3)."
               for lead in told.values())  # fmt: skip
    assert told["In one group: less often"].whom == (
        "For whom: channel chat (100.0% to 0.0%, about 30 tickets)."
    )
    assert told["In one group: less often"].mix == (
        "Not the mix: the mix of tickets by channel accounts for 0.0 of -50.0 points."
    )


def test_times_are_told_by_the_median_and_by_the_slow():
    before = desk(BEFORE.start, [(30, 2, "a", "mail"), (31, 1, "a", "chat")])
    after = desk(AFTER.start, [(10, 2, "a", "mail"), (50, 30, "a", "chat")])
    found = compared([*before, *after], asked=(RESOLVED, CLOSED), weeks=())
    (lead,) = words.leads(found)
    assert lead.title == "Until resolved: longer"
    assert lead.what == (
        "Median 1.0 h before, 30.0 h after (+29.0 h; 95% interval +28.0 h to +29.0 h). At the "
        "earlier share about 30 fewer tickets would have taken over 1.0 h."
    )
    assert lead.whom.startswith("For whom, by the share slower than 1.0 h: channel chat (0.0%")
    verdicts = {row[0]: row[-1] for row in words.changes(found).rows}
    assert verdicts == {"Until resolved": "really worse", "Until closed": "really different"}


def test_shorter_is_better_and_no_lead():
    before = desk(BEFORE.start, [(40, 30, "a", "mail")])
    after = desk(AFTER.start, [(40, 2, "a", "mail")])
    better = compared([*before, *after], asked=(RESOLVED,), weeks=())
    assert words.leads(better) == ()
    assert [change.verdict for change in better.better] == ["better"]
    (row,) = words.changes(better).rows
    assert row == ("Until resolved", "30.0 h", "2.0 h", "-28.0 h", "-28.0 h to -28.0 h",
                   "< 0.001", "really better")  # fmt: skip


def test_what_may_be_luck_says_which_way_it_leans():
    before = desk(BEFORE.start, [(9, 2, "a", "mail"), (1, 2, "ab", "mail")])
    after = desk(AFTER.start, [(8, 2, "a", "mail"), (2, 2, "ab", "mail")])
    found = compared([*before, *after], asked=(STRAIGHT, MOVED, RESOLVED), weeks=())
    assert [row[-1] for row in words.changes(found).rows] == [
        "may be luck, leans worse", "may be luck, leans worse", "may be luck",
    ]  # fmt: skip
    assert [change.asked for change in found.doubtful] == [STRAIGHT, MOVED]
    assert words.headline(found)[2].startswith("2 more lean to the worse side")
    same = compared([*before, *desk(AFTER.start, [(9, 2, "a", "mail"), (1, 2, "ab", "mail")])],
                    asked=(STRAIGHT,), weeks=())  # fmt: skip
    assert words.headline(same)[2] == "Nothing else leans to the worse side."


@pytest.mark.parametrize(
    ("follow", "says"),
    [
        (timedelta(), "seen right after its end"),
        (timedelta(hours=5), "seen 5.0 h after its end"),
        (timedelta(days=9, hours=5), "seen 9 days after its end"),
    ],
)
def test_how_long_both_were_followed(found, follow, says):
    assert says in words.headline(evolve(found, follow=follow))[0]


def test_overlap_is_said_where_there_can_be_one(found):
    assert "Figures overlap" in words.headline(found)[1]
    alone = evolve(found, changes=found.changes[:1])
    assert len(alone.worse) == 1
    assert "Figures overlap" not in words.headline(alone)[1]


def test_mix_is_told_by_its_part():
    before = desk(BEFORE.start, [(30, 2, "a", "mail"), (10, 30, "a", "chat")])
    after = desk(AFTER.start, [(10, 2, "a", "mail"), (30, 30, "a", "chat")])
    (change,) = compared([*before, *after], asked=(RESOLVED,), weeks=()).changes
    split = change.splits[0]

    def mix(part):
        parts = evolve(split.parts, change=0.2, mix=0.2 * part, rate=0.2 * (1 - part))
        return words._mix(evolve(change, splits=(evolve(split, parts=parts),)))

    assert mix(0.5).startswith("Mostly mix")
    assert mix(0.49).startswith("Partly mix")
    assert mix(0.1).startswith("Partly mix")
    assert mix(0.09).startswith("Not the mix: the mix of tickets by channel accounts for")
    assert mix(-0.09).startswith("Not the mix: the mix of tickets by channel accounts for")
    assert "pulls the other way" in mix(-0.1)
    assert mix(1.0).endswith("accounts for +20.0 of +20.0 points.")


def test_tables_of_groups_and_mixes(found):
    rows = words.groups(found).rows
    assert rows[0] == ("In one group", "channel chat", "100.0% of 30", "0.0% of 30", "+30",
                       "< 0.001")  # fmt: skip
    assert all(row[1] == "channel chat" for row in rows)  # mail did not get worse
    assert ("In one group", "channel", "-50.0", "-50.0", "0.0") in words.mixes(found).rows
