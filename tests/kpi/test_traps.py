"""The page of traps states what the logs really say."""

from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import chain, pairwise
from pathlib import Path

import pytest
from kpi import real_logs as logs

from support_model import kpi
from support_model._kpi.facts import DONE
from support_model.calendars import BusinessCalendar

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


@cache
def incidents():
    return logs.uci()


@cache
def facts():
    end = logs.stamp("2018-01-01T00:00:00+00:00")  # after the last update
    return logs.uci_facts(incidents(), as_of=end)


def test_urgent_incidents_by_row():
    urgent = [fact for fact in facts() if fact.fields["priority"] == "1"]
    met = kpi.KPIS["stated_within_sla"].of(urgent)
    flags = [
        row["made_sla"] == "true"
        for log in incidents().values()
        for row in log
        if row["priority"] == "1"
    ]
    low, high = met.interval
    states(
        "urgent tickets, by row",
        f"{100 * sum(flags) / len(flags):.1f} %",
        f"{100 * met.value:.1f} %: {met.numerator} of {met.n}",
        f"interval {100 * low:.1f} to {100 * high:.1f} %",
    )


def reopenings(log):
    done = [logs.STATES.get(row["incident_state"]) in DONE for row in log]
    return sum(was and not now for was, now in pairwise(done))


def test_the_order_of_one_minute():
    def at(row):
        return logs.uci_stamp(row["sys_updated_at"])

    pairs = chain.from_iterable(pairwise(log) for log in incidents().values())
    backwards = [log[::-1] for log in incidents().values()]  # a tie may fall either way
    by_time = sum(reopenings(sorted(log, key=at)) for log in backwards)
    states(
        "sorting by time alone",
        f"{by_time:,} reopenings",
        f"{kpi.reopenings().of(facts()).numerator} reopenings",
        f"{sum(at(a) == at(b) for a, b in pairs):,} updates",
    )
    early = sum(
        at(row) < logs.uci_stamp(row["opened_at"]) for log in incidents().values() for row in log
    )
    times = [measure.of(facts()) for measure in (kpi.MTTA, kpi.first_resolution())]
    below = sum(micros < 0 for figure in times for micros in figure.micros)
    states("updates before the opening", f"{early} rows", f"{below} times below 0")


def test_one_edit_for_many():
    ends = Counter(log[-1]["closed_at"] for log in incidents().values())
    ((minute, n),) = ends.most_common(1)
    assert minute == "24/3/2016 18:40"
    states("one edit for many events", f"{n} closes at 18:40 on 24 March")


def test_a_zone_nobody_stated():
    def median(zone):
        calendar = BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=zone)
        figure = kpi.first_resolution().of(facts(), calendar=calendar)
        return f"{figure.quantile(0.5) / timedelta(hours=1):.2f} h"

    states(
        "a zone that is not stated",
        f"{median('America/Sao_Paulo')} in São Paulo",
        f"{median('Asia/Kolkata')} in Kolkata",
        f"{median('UTC')}, if it is UTC",
    )


def test_incidents_of_2012():
    b = logs.reference("bpi2013_incidents")
    first, final = b["resolution_to_first_Completed"], b["resolution_to_final_Completed"]
    states(
        "last close for resolution",
        f"{final['calendar_hours']['median']:.1f} h",
        f"{first['calendar_hours']['median']:.1f} h",
    )
    clocks = (first[f"business_hours[{zone}]"] for zone in ("UTC", "Europe/Brussels"))
    states("a zone that is stated and dropped", *(f"{clock['median']:.2f} h" for clock in clocks))
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


def test_every_trap_of_the_page_is_computed():
    """A row that no test asks for fails here: the first cells of the tables, and the tests."""
    rows = [row.split(" | ")[0][2:] for row in PAGE.read_text("utf-8").splitlines()
            if row.startswith("| ") and not row.startswith("| trap |")]  # fmt: skip
    asked = Path(__file__).read_text("utf-8")
    words_only = {"first response", "waits and service level"}
    assert [row for row in rows if f'"{row}"' not in asked and row not in words_only] == []
