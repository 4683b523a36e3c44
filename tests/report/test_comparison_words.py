"""The words of a comparison say what its numbers say, sign, unit and size included."""

from datetime import timedelta

import pytest
from attrs import evolve
from report.test_comparison import AFTER, BEFORE, MOVES, RESOLVED, STRAIGHT, compared, ticket

from support_model import kpi
from support_model._report import comparison_tables as words
from support_model._report import leads as told_in
from support_model._report.catalogue import ReportedKpi
from support_model._report.comparison_tables import interval_text, narrower

MOVED = ReportedKpi(code="transferred", kpi=kpi.KPIS["transferred"], worse="higher")
CLOSED = ReportedKpi(code="time_to_close", kpi=kpi.TIME_TO_CLOSE, timed=True)


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


def leads_apart(found):
    """Return the lead of each change as if it were the only one, by title."""
    alone = [told_in.leads(evolve(found, changes=(change,)))[0] for change in found.worse]
    return {lead.title: lead for lead in alone}


def test_each_kind_of_figure_has_its_sentence(found):
    told = leads_apart(found)
    assert {title: lead.what for title, lead in told.items()} == {
        "Resolved in one group, never reopened: less often": "100.0% before, 50.0% after (-50.0 "
        "points; 95% interval -62.3 to -36.3 points). That is about 30 tickets fewer than at the "
        "earlier share.",
        "Handed to another group: more often": "0.0% before, 50.0% after (+50.0 points; 95% "
        "interval +36.3 to +62.3 points). That is about 30 tickets more than at the earlier "
        "share.",
        "Changes of group: more": "0 before, 0.50 after (+0.50; 95% interval +0.37 to +0.63).",
    }
    assert all(lead.real == "Real: p < 0.001, adjusted for all figures tested (1)."
               for lead in told.values())  # fmt: skip
    assert told["Resolved in one group, never reopened: less often"].whom == (
        "For whom: channel chat (100.0% to 0.0%, about 30 tickets)."
    )
    assert told["Resolved in one group, never reopened: less often"].mix == (
        "Not the mix: the mix of tickets by channel accounts for 0.0 of -50.0 points."
    )


def test_figures_of_the_same_tickets_are_one_lead(found):
    (lead,) = told_in.leads(found)
    assert lead.title == "Resolved in one group, never reopened: less often"
    assert lead.also == (
        "Mostly the same tickets, so the same event: Handed to another group (0.0% to 50.0%, "
        "p < 0.001); Changes of group (0 to 0.50, p < 0.001)."
    )
    assert "The 3 that got worse are one event" in " ".join(told_in.headline(found))
    first, second, third = found.worse
    half = evolve(second, affected=second.affected[:15])  # kappa 0.5
    apart = evolve(found, changes=(first, half, third))
    assert [each.figure for each in told_in.leads(apart)] == [
        "Resolved in one group, never reopened",
        "Handed to another group",
    ]
    assert "The 3 that got worse are 2 events" in " ".join(told_in.headline(apart))
    near = evolve(found, changes=(first, evolve(second, affected=second.affected[:18]), third))
    assert len(told_in.leads(near)) == 1  # kappa 0.6
    everybody = evolve(found, changes=tuple(
        evolve(each, affected=()) for each in found.changes
    ))  # fmt: skip
    assert len(told_in.leads(everybody)) == 3  # nobody in common


def test_tickets_to_read_are_of_the_first_group_and_went_the_worse_way(found):
    (lead,) = told_in.leads(found)
    ids = [fact.ticket_id for fact in found.worse[0].affected]
    assert len(ids) == 30
    assert lead.read == f"Read a few of the tickets of channel chat: {', '.join(ids[:4])}."
    group = evolve(found.worse[0].groups[0], since=AFTER.start + timedelta(days=1))
    late = evolve(found.worse[0].affected[7], created=AFTER.start + timedelta(days=2))
    affected = (*found.worse[0].affected[:7], late)
    moved = evolve(found.worse[0], groups=(group,), affected=affected)
    (lead,) = told_in.leads(evolve(found, changes=(moved,)))
    assert lead.read == f"Read a few of the tickets of channel chat: {late.ticket_id}."
    nobody = evolve(found.worse[0], affected=())
    assert told_in.leads(evolve(found, changes=(nobody,)))[0].read == ""


def test_the_first_sentence_is_the_answer(found):
    first, periods, *_ = told_in.headline(found)
    assert first == (
        "2026-02-16 to 2026-03-15 against 2026-01-05 to 2026-02-15: Resolved in one group, "
        "never reopened, less often "
        "(50.0% instead of 100.0%), most of all those of channel chat."
    )
    assert periods.startswith("2026-01-05 to 2026-02-15 (60 tickets created) against")
    said = evolve(found.worse[0], asked=evolve(STRAIGHT, worsened="fewer stayed in one group"))
    first, *_ = told_in.headline(evolve(found, changes=(said,)))
    assert "2026-02-15: fewer stayed in one group (50.0% instead of 100.0%), most of all" in first


def test_a_group_of_nearly_all_tickets_is_no_answer(found):
    change = found.worse[0]
    group = change.groups[0]

    def named(before, after):
        large = evolve(group, before=(before, before), after=(0, after))
        return narrower(evolve(change, groups=(large,)))

    assert change.counts == ((60, 60), (30, 60))
    assert named(55, 55) == []
    assert len(named(54, 55)) == len(named(55, 54)) == 1


def test_whether_the_earlier_period_was_a_usual_one(found):
    change = found.worse[0]

    def past(share, against):
        difference = evolve(change.difference, value=against, p=share)
        background = evolve(change, difference=difference)
        (lead,) = told_in.leads(evolve(found, changes=(evolve(change, background=background),)))
        assert lead.past in lead.sentences
        return lead.past

    assert past(0.05, -0.5) == (
        "In the weeks before the earlier period it was 100.0%: the later period is worse than "
        "that too."
    )
    for p, against in ((0.051, -0.5), (None, -0.5), (0.01, 0.5)):
        assert past(p, against).startswith(
            "But: the earlier period may simply have been a good one. In the weeks before it, it "
            "was 100.0%, and"
        )
    assert told_in.leads(found)[0].past == ""


def test_numbers_of_groups_that_do_not_add_up_say_why(found):
    change = found.worse[0]
    group = change.groups[0]

    def whom(*groups):
        (lead,) = told_in.leads(evolve(found, changes=(evolve(change, groups=groups),)))
        return lead.whom

    assert whom(group).endswith("about 30 tickets).")
    more = evolve(group, tickets=31.0)
    assert whom(more).endswith("More than in all, because other groups got better.")
    other = evolve(group, field="group", group="x")
    assert whom(group, other).endswith("One ticket may be in several of these.")


def test_times_are_told_by_the_median_and_by_the_slow():
    before = desk(BEFORE.start, [(30, 2, "a", "mail"), (31, 1, "a", "chat")])
    after = desk(AFTER.start, [(10, 2, "a", "mail"), (50, 30, "a", "chat")])
    found = compared([*before, *after], asked=(RESOLVED, CLOSED), weeks=())
    (lead,) = told_in.leads(found)
    assert lead.title == "Until resolved: longer"
    assert lead.what == (
        "Median 1.0 h before, 30.0 h after (+29.0 h; 95% interval +28.0 to +29.0 h). About 30 "
        "more tickets took over 1.0 h than at the earlier share."
    )
    assert lead.whom.startswith("For whom, by the share slower than 1.0 h: channel chat (0.0%")
    verdicts = {row[0]: row[-1] for row in words.changes(found).rows}
    assert verdicts == {"Until resolved": "really worse", "Until closed": "really different"}


def test_shorter_is_better_and_no_lead():
    before = desk(BEFORE.start, [(40, 30, "a", "mail")])
    after = desk(AFTER.start, [(40, 2, "a", "mail")])
    better = compared([*before, *after], asked=(RESOLVED,), weeks=())
    assert told_in.leads(better) == ()
    assert [change.verdict for change in better.better] == ["better"]
    (row,) = words.changes(better).rows
    assert row == ("Until resolved", "30.0 h", "2.0 h", "-28.0 h", "-28.0 to -28.0 h",
                   "< 0.001", "really better")  # fmt: skip


def test_what_may_be_luck_says_which_way_it_leans():
    before = desk(BEFORE.start, [(9, 2, "a", "mail"), (1, 2, "ab", "mail")])
    after = desk(AFTER.start, [(8, 2, "a", "mail"), (2, 2, "ab", "mail")])
    found = compared([*before, *after], asked=(STRAIGHT, MOVED, RESOLVED), weeks=())
    assert [row[-1] for row in words.changes(found).rows] == [
        "may be chance, leans worse", "may be chance, leans worse", "may be chance",
    ]  # fmt: skip
    assert [change.asked for change in found.doubtful] == [STRAIGHT, MOVED]
    assert list(told_in.headline(found))[3].startswith("2 more lean to the worse side")
    same = compared([*before, *desk(AFTER.start, [(9, 2, "a", "mail"), (1, 2, "ab", "mail")])],
                    asked=(STRAIGHT,), weeks=())  # fmt: skip
    assert list(told_in.headline(same))[3] == "Nothing else leans to the worse side."


@pytest.mark.parametrize(
    ("follow", "says"),
    [
        (timedelta(), "seen right after its end"),
        (timedelta(hours=5), "seen 5.0 h after its end"),
        (timedelta(days=9, hours=5), "seen 9 days after its end"),
    ],
)
def test_how_long_both_were_followed(found, follow, says):
    assert says in list(told_in.headline(evolve(found, follow=follow)))[1]


def test_overlap_is_said_where_there_can_be_one(found):
    apart = evolve(found, changes=tuple(evolve(each, affected=()) for each in found.changes))
    assert "Figures overlap" in list(told_in.headline(apart))[2]
    alone = evolve(found, changes=found.changes[:1])
    assert len(alone.worse) == 1
    assert "Figures overlap" not in list(told_in.headline(alone))[2]


def test_both_bounds_of_a_time_have_one_unit():
    before = desk(BEFORE.start, [(40, 30, "a", "mail")])
    (change,) = compared([*before, *desk(AFTER.start, [(40, 2, "a", "mail")])],
                         asked=(RESOLVED,), weeks=()).changes  # fmt: skip

    def text(low, high):
        return interval_text(evolve(change, difference=evolve(change.difference,
                                                              interval=(low, high))))  # fmt: skip

    assert text(-1.6, 49 / 3600) == "-1.6 to +0.0 h"
    assert text(-0.5, 0.25) == "-30 to +15 min"
    assert text(0.0, 1 / 120) == "0 to +30 s"
    assert text(0.0, 0.0) == "0 to 0 s"


def test_mix_is_told_by_its_part():
    before = desk(BEFORE.start, [(30, 2, "a", "mail"), (10, 30, "a", "chat")])
    after = desk(AFTER.start, [(10, 2, "a", "mail"), (30, 30, "a", "chat")])
    (change,) = compared([*before, *after], asked=(RESOLVED,), weeks=()).changes
    split = change.splits[0]

    def mix(part):
        parts = evolve(split.parts, change=0.2, mix=0.2 * part, rate=0.2 * (1 - part))
        return told_in._mix(evolve(change, splits=(evolve(split, parts=parts),)))

    assert mix(0.5).startswith("Mostly mix")
    assert mix(0.49).startswith("Partly mix")
    assert mix(0.1).startswith("Partly mix")
    assert mix(0.09).startswith("Not the mix: the mix of tickets by channel accounts for")
    assert mix(-0.09).startswith("Not the mix: the mix of tickets by channel accounts for")
    assert "pulls the other way" in mix(-0.1)
    assert mix(1.0).endswith("accounts for +20.0 of +20.0 points.")


def test_tables_of_groups_and_mixes(found):
    rows = words.groups(found).rows
    assert rows[0] == ("Resolved in one group, never reopened", "channel chat",
                       "100.0% of 30", "0.0% of 30", "+30",
                       "< 0.001")  # fmt: skip
    assert all(row[1] == "channel chat" for row in rows)  # mail did not get worse
    assert (
        "Resolved in one group, never reopened",
        "channel",
        "-50.0",
        "-50.0",
        "0.0",
    ) in words.mixes(found).rows
