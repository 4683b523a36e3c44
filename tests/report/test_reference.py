"""The figures of two real logs equal figures computed by other means, where both define them."""

import json
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support_model._report.report import columns_of
from support_model.adapters import _mapping_files as mappings
from support_model.adapters import table
from support_model.calendars import BusinessCalendar
from support_model.report import make_report, report_to_data

DATA = Path(__file__).parents[2].parent / "shared" / "data"
HOURS = {"mon-fri": "08:00-18:00"}
STATISTICS = {
    "n": "n", "zero": "zeros", "mean": "mean", "min": "min", "p25": "p25", "median": "median",
    "p75": "p75", "p90": "p90", "p95": "p95", "p99": "p99", "max": "max",
}  # fmt: skip

TIMES = {  # path in the reference -> key of the figure
    "uci_incidents_even": {
        "resolution": "first_resolution",
        "time_to_close": "time_to_close",
        "mtta_first_state_not_new": "acknowledgement",
        "close_minus_resolve_calendar_hours": "close_delay",
    },
    "bpi2013_incidents": {
        "resolution_to_first_Completed": "first_resolution",
        "time_to_first_Resolved_or_InCall": "first_resolution",
        "mtta_first_Accepted": "acknowledgement",
    },
}
SHARES = {
    "uci_incidents_even": {
        "made_sla_by_case_last_row": "stated_within_sla",
        "made_sla": "stated_within_sla",
        "reopen_derived_any": "reopened",
        "reopen_recorded_any": "reopened",  # the tool's own count is an independent witness
        "reopen": "reopened",
        "group_changes_derived_any": "transferred",
        "pingpong_any": "bounced",
    },
    "bpi2013_incidents": {
        "reopen_any": "reopened",
        "reopen": "reopened",
        "handoffs_any": "transferred",
        "pingpong_any": "bounced",
        "escalated_level_up_any": "escalated",
        "fcr_proxy_no_handoff_no_reopen_completed": "straight_through",
        "fcr_proxy": "straight_through",
    },
}
NAMED = {
    "reopened": ("unsolved",),
    "transferred": ("no_group",),
    "bounced": ("no_group",),
    "straight_through": ("unsolved", "open_again", "no_solution_recorded"),
}
"""Share -> tickets that the reference counts and the KPI leaves out by these names."""
GROUPS = {"uci_incidents_even": "by_priority", "bpi2013_incidents": "by_impact"}


def made(name, kind, zone, by="priority"):
    mapping = mappings.named(kind)
    path = DATA / f"{name}.csv.gz"
    log = table.read(path, mapping, tz=ZoneInfo(zone), keep=columns_of(mapping, by))
    calendar = BusinessCalendar.weekly(HOURS, tz=zone)
    return log, report_to_data(
        make_report(log, calendar=calendar, hours="Mo-Fr 08:00-18:00", by=by)
    )


def figures(data):
    return {(figure["key"], figure.get("clock")): figure for figure in data}


def compare_time(ours, theirs):
    assert theirs["negative"] == 0
    for name, key in STATISTICS.items():
        theirs_in_seconds = theirs[name] * (1 if name in {"n", "zero"} else 3600)
        assert ours[key] == pytest.approx(theirs_in_seconds, rel=1e-10, abs=1e-5), name


def compare_share(ours, theirs):
    more = sum(ours["excluded"].get(name, 0) for name in NAMED.get(ours["key"], ()))
    assert (ours["numerator"], ours["n"] + more) == (theirs["k"], theirs["n"])
    if more:
        assert ours["numerator"] / (ours["n"] + more) == theirs["rate"]
    else:
        assert ours["value"] == theirs["rate"]
        interval = [ours["interval"]["low"], ours["interval"]["high"]]
        assert interval == pytest.approx(theirs["wilson95"], rel=1e-9, abs=1e-15)


COLUMNS = {
    "times": {"n": "n", "mean": "mean", "median": "median", "p90": "p90", "p95": "p95"},
    "shares": {"numerator": "numerator", "n": "n", "share": "value"},
    "rates": {"sum": "numerator", "n": "n", "rate": "value"},
}


def on_the_page(data):
    """Check that the tables of the document hold the figures; return how many rows they are."""
    by_key = figures(data["figures"])
    (section,) = [each for each in data["sections"] if each["key"] == "figures"]
    compared = 0
    for part in section["tables"]:
        keys = [column["key"] for column in part["columns"]]
        clocks = {"round the clock": "calendar", "opening hours": "business"}
        for row in (dict(zip(keys, row, strict=True)) for row in part["rows"]):
            if row["key"] != "open_counted":
                figure = by_key[row["key"], clocks.get(row.get("clock"))]
                assert all(
                    row[column] == figure[name] for column, name in COLUMNS[part["key"]].items()
                )
                interval = figure.get("median_interval") or figure["interval"]
                assert row["interval"] in ([interval["low"], interval["high"]], None)
                compared += 1
    said = [note["params"]["title"]["code"] for part in section["tables"] for note in part["notes"]
            if note["code"] == "figures_same"]  # fmt: skip
    once = {f"title_{key}" for key, _ in by_key} - {*said}
    assert compared == sum(f"title_{key}" in once for key, _ in by_key)
    return compared


def tickets(figure):
    return figure["n"] + sum(figure["excluded"].values())


def walk(name, zone, ours, reference):
    """Compare every quantity of one level of the reference; return how many were."""
    compared = 0
    for key, theirs in reference.items():
        if key in TIMES[name]:
            mine = TIMES[name][key]
            clocks = {"calendar_hours": "calendar", f"business_hours[{zone}]": "business"}
            blocks = {"calendar_hours": theirs} if "mean" in theirs else theirs
            for clock, block in blocks.items():
                if clock in clocks:
                    compare_time(ours[mine, clocks[clock]], block)
                    compared += 1
        elif key in SHARES[name]:
            compare_share(ours[SHARES[name][key], None], theirs)
            compared += 1
    return compared


@pytest.mark.skipif(not DATA.is_dir(), reason="the real logs are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "kind", "zone", "expected"),
    [
        ("uci_incidents_even", "uci-incidents", "UTC", 7 + 5 + 4 * 4),
        ("bpi2013_incidents", "bpi2013", "Europe/Brussels", 6 + 5 + 4 * 2),
        ("bpi2013_incidents", "bpi2013", "UTC", 6 + 5 + 4 * 2),
    ],
)
def test_every_quantity_that_both_define(name, kind, zone, expected):
    reference = json.loads((DATA / f"{name}_reference.json").read_text())
    log, data = made(name, kind, zone)
    assert (data["log"]["cases"], data["log"]["rows"]) == (reference["cases"], reference["events"])
    compared = walk(name, zone, figures(data["figures"]), reference)
    groups = reference[GROUPS[name]]
    assert [group["value"] for group in data["groups"]] == sorted(groups)
    for group in data["groups"]:
        theirs = groups[group["value"]]
        ours = figures(group["figures"])
        assert tickets(ours["reopened", None]) == theirs["cases"]
        compared += walk(name, zone, ours, theirs)
    assert compared == expected
    assert on_the_page(data) > 20
    if name.startswith("uci"):
        stamps = [recorded.instants["created"] for recorded in log.recorded.values()]
        assert str(min(stamps)) == reference["opened_min"]
        assert str(max(stamps)) == reference["opened_max"]
        months = Counter(f"{stamp:%Y-%m}" for stamp in stamps)
        assert months == reference["opened_by_month"]
        rows = [flag for recorded in log.recorded.values() for flag in recorded.within_sla]
        wrong = reference["made_sla_by_row_WRONG_UNIT"]
        assert (sum(rows), len(rows)) == (wrong["k"], wrong["n"])
        note = next(note["text"] for note in data["notes"] if note["code"] == "by_case_not_by_row")
        assert "93.5% (66,381 of 70,986 rows)" in note
    else:
        assert log.last.isoformat(" ") == reference["log_end"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the real logs are not beside this checkout")
def test_any_column_splits_as_the_reference_counts_it():
    reference = json.loads((DATA / "uci_incidents_even_reference.json").read_text())
    _, data = made("uci_incidents_even", "uci-incidents", "UTC", by="contact_type")
    sizes = {
        group["value"]: tickets(figures(group["figures"])["reopened", None])
        for group in data["groups"]
    }
    assert sizes == reference["cases_by_contact_type"]
