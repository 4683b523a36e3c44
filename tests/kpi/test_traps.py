"""The page of traps states what the logs really say."""

from pathlib import Path

import pytest
from kpi import real_logs as logs

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "kpi-traps.md"

pytestmark = pytest.mark.skipif(
    not logs.DATA.is_dir(), reason="the real logs are not beside this checkout"
)


def line(trap):
    """The row of the page about a trap."""
    rows = [row for row in PAGE.read_text("utf-8").splitlines() if row.startswith(f"| {trap} |")]
    assert len(rows) == 1, trap
    return rows[0]


def states(trap, *figures):
    row = line(trap)
    for figure in figures:
        assert figure in row, (trap, figure)


def test_incidents_of_2016():
    u = logs.reference("uci_incidents_even")
    march, april = u["censoring_demo_close"]
    mix = u["made_sla_by_month_mix_adjusted"]
    states(
        "rows for tickets",
        f"{u['made_sla_by_row_WRONG_UNIT']['rate']:.1%}".replace("%", " %"),
        f"{u['made_sla_by_case_last_row']['rate']:.1%}".replace("%", " %"),
    )
    states(
        "closed for resolved",
        f"{u['time_to_close']['calendar_hours']['median']:.1f} h",
        f"{u['resolution']['calendar_hours']['median']:.2f} h",
        f"{u['close_minus_resolve_calendar_hours']['median']:.2f} h",
    )
    states("no solution recorded", str(u["unresolved_stamp_missing"]))
    states(
        "leaving open tickets out",
        f"{march['naive_closed_only']['median']:.1f} h",
        f"{march['truth_later_known']['median']:.1f} h",
    )
    assert march["kaplan_meier"]["quantile_hours"]["p50"] is None
    states(
        "believing the curve too",
        f"{april['kaplan_meier']['quantile_hours']['p50']:.1f} h",
        f"{april['truth_later_known']['median']:.1f} h",
    )
    states("arrivals at the right edge", f"{u['opened_by_month']['2016-06']} tickets")
    states(
        "reassignments for transfers",
        f"{u['reassign_recorded_any']['rate']:.1%}".replace("%", " %"),
        f"{u['group_changes_derived_any']['rate']:.1%}".replace("%", " %"),
    )
    states(
        "a better month",
        f"{mix['2016-03']['crude']:.1%}".replace("%", " %"),
        f"{mix['2016-04']['crude']:.1%}".replace("%", " %"),
    )


def test_incidents_of_2012():
    b = logs.reference("bpi2013_incidents")
    first, final = b["resolution_to_first_Completed"], b["resolution_to_final_Completed"]
    states(
        "last close for resolution",
        f"{final['calendar_hours']['median']:.1f} h",
        f"{first['calendar_hours']['median']:.1f} h",
    )
    states("a log selected by completion", f"{b['kaplan_meier_final_Completed']['censored']} open")
    taken = b["mtta_first_Accepted"]["calendar_hours"]
    assert taken["median"] == 0
    states("time to acknowledge", f"{taken['zero'] / taken['n']:.1%}".replace("%", " %"))


def test_issues_and_calls():
    g = logs.reference("github_issues")
    everything = g["by_package"]["ALL"]
    median = everything["kaplan_meier"]["quantile_hours"]["p50"]
    closed = everything["closed_only_hours"]["median"]
    states("closed issues only", f"{closed:.0f} h", f"{median:.0f} h", str(g["open"]))
    days = logs.reference("bank_calls_1999")["mean_per_day_by_weekday_Mon0"]
    states("a week of five equal days", f"Sunday {days['6']:,.0f}", f"Friday {days['4']:.0f}")
