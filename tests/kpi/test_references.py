"""The figures of four real logs equal figures computed by other means.

Every key of every reference file stands in one of two tables here: how the library answers it,
or why the library has no such figure. A key in neither fails.
"""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
from kpi import real_logs as logs

from support_model import kpi
from support_model.calendars import BusinessCalendar
from support_model.errors import OverdispersedArrivals
from support_model.figures import Share
from support_model.inference import decompose, standardize
from support_model.staffing import volume_profile
from support_model.summaries import summarize

pytestmark = pytest.mark.skipif(
    not logs.DATA.is_dir(), reason="the real logs are not beside this checkout"
)
HOUR = timedelta(hours=1)
MICRO = timedelta(microseconds=1)
SHARES = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
NEAR = {"rel": 1e-9, "abs": 1e-9}
CLOCKS = {"calendar_hours": None} | {
    f"business_hours[{zone}]": BusinessCalendar.weekly({"mon-fri": "08:00-18:00"}, tz=zone)
    for zone in ("UTC", "Europe/Brussels")
}
NOT_DEFINED = {
    "uci_incidents_even": {
        "made_sla_by_row_WRONG_UNIT": "a share of rows; the trap that kpi-traps.md shows",
        "reassign_recorded_any": "the tool's own counter: changes of person and of '?', too",
        "reassign_recorded_mean": "likewise",
        "reassign_recorded_hist": "likewise",
        "fcr_proxy_no_reassign_no_reopen_resolved": "rests on that counter",
        "distinct_updaters_mean": "accounts that touched a row, machines included",
        "rows_by_state": "counts rows, and the unit of the library is the ticket",
    },
    "bpi2013_incidents": {
        "reached_level": "counts the label L2/L3, of four incidents, as the third line; a line "
        "is one number here, and level moves of the reference take it for the second, too",
    },
    "github_issues": {"note": "text"},
    "bank_calls_1999": {
        "busiest_day": "an extreme of raw counts, no figure",
        "max_calls_in_6_min": "likewise",
    },
}


def same_times(figure, theirs):
    """Counts are identical, exact quantiles to 1e-9, those of buckets to half a percent."""
    assert theirs["negative"] == 0
    assert (figure.n, figure.zeros) == (theirs["n"], theirs["zero"])
    assert figure.mean / HOUR == pytest.approx(theirs["mean"], **NEAR)
    rough = summarize(figure)
    assert (rough.n, rough.mean) == (figure.n, figure.mean)
    for name, q in SHARES.items():
        assert figure.quantile(q) / HOUR == pytest.approx(theirs[name], **NEAR), name
        assert rough.quantile(q) / HOUR == pytest.approx(theirs[name], rel=0.005, abs=1e-9), name
    assert figure.quantile(0) / HOUR == pytest.approx(theirs["min"], **NEAR)
    assert figure.quantile(1) / HOUR == pytest.approx(theirs["max"], **NEAR)


def same_share(figure, theirs):
    assert (figure.numerator, figure.n) == (theirs["k"], theirs["n"])
    assert figure.value == theirs["rate"]
    assert figure.interval == pytest.approx(theirs["wilson95"], rel=1e-9, abs=1e-15)


def same_curve(curve, theirs):
    assert (curve.n, curve.events) == (theirs["n"], theirs["events"])
    assert curve.n - curve.events == theirs["censored"]
    for name, hours in theirs["quantile_hours"].items():
        found = curve.quantile(int(name[1:]) / 100)
        assert found is None if hours is None else found * MICRO / HOUR == pytest.approx(hours)
    for hours, share in theirs["survival_at_hours"].items():
        t = int(hours) * HOUR / MICRO
        known = t <= curve.last  # theirs draws the last level on for ever
        assert curve.at(t) == (pytest.approx(share, rel=1e-11) if known else None)


def same(ours):
    """An answer that has to be identical, floats to 1e-12."""

    def compare(facts, theirs):
        found = ours(facts)
        assert found == (pytest.approx(theirs, rel=1e-12) if isinstance(theirs, float) else theirs)

    return compare


def times(measure):
    """A time: by clock, or on wall time alone."""

    def compare(facts, theirs):
        blocks = theirs if "n" not in theirs else {"calendar_hours": theirs}
        for clock, block in blocks.items():
            same_times(measure.of(facts, calendar=CLOCKS[clock]), block)

    return compare


def share(measure):
    """A share of all tickets: the references leave no ticket out, ours says which it does."""

    def compare(facts, theirs):
        figure = measure.of(facts)
        assert set(figure.excluded) <= {"no_group", "unsolved"}
        everybody = figure.n + sum(figure.excluded.values())
        whole = Share(key="", definition="", numerator=figure.numerator, n=everybody)
        same_share(whole, theirs)

    return compare


def groups(field, entries):
    """Figures by the values of a field."""

    def compare(facts, theirs):
        parts = kpi.by(facts, field)
        assert parts.keys() == theirs.keys()
        for name, part in parts.items():
            assert theirs[name].keys() == entries.keys()
            for key, entry in entries.items():
                if entry is not None:
                    entry(part, theirs[name][key])

    return compare


def sizes(field):
    return same(lambda facts: {name: len(part) for name, part in kpi.by(facts, field).items()})


def top(field):
    """The most frequent values of a field, from the topics of a period that holds everything."""

    def compare(facts, theirs):
        ages = (datetime.min.replace(tzinfo=ZoneInfo("UTC")), facts[0].as_of + HOUR)
        found = kpi.top_topics(facts, current=ages, previous=(ages[0], ages[0]), field=field)
        assert {each.name: each.share.numerator for each in found.topics[: len(theirs)]} == theirs

    return compare


def months(moments):
    return Counter(f"{at:%Y-%m}" for at in moments)


def utc(at):
    return at.astimezone(ZoneInfo("UTC"))


# The incidents of one company, 2016


@cache
def incidents():
    return logs.uci()


@cache
def closings():
    return list(logs.uci_lives(incidents()))


def as_of(at):
    return kpi.case_table(chain.from_iterable(closings()), as_of=at)


@cache
def uci():
    return logs.uci_facts(incidents(), as_of=max(life[-1].at for life in closings()))


@cache
def closed():
    return as_of(max(life[-1].at for life in closings()))


def backlogs(facts, theirs):
    for at, each in theirs.items():
        found = kpi.backlog(facts(), at=datetime.fromisoformat(at))
        assert found.n == each["open"]
        same_times(found, each["age_hours"])


def censored(_, theirs):
    truth = {fact.ticket_id: fact for fact in closed()}
    for each in theirs:
        facts = as_of(datetime.fromisoformat(each["cut"]))
        same_times(kpi.first_resolution().of(facts), each["naive_closed_only"])
        same_curve(kpi.resolution_curve(facts), each["kaplan_meier"])
        later = [truth[fact.ticket_id] for fact in facts]
        same_times(kpi.first_resolution().of(later), each["truth_later_known"])


def repeats(_, theirs):
    same_share(kpi.repeat_contacts(closed(), within=timedelta(days=7)).share, theirs)


def at_a_fixed_mix(facts, theirs):
    mix = Counter(fact.fields["priority"] for fact in facts)
    cells = {}
    for fact in facts:
        month = cells.setdefault(f"{fact.created:%Y-%m}", {})
        k, n = month.get(fact.fields["priority"], (0, 0))
        month[fact.fields["priority"]] = (k + fact.fields["custom.sla_met"], n + 1)
    for month, each in theirs.items():
        found = standardize(cells[month], mix)
        assert found.value == pytest.approx(each["standardised"], rel=1e-12)
        rates = {cell: k / n for cell, (k, n) in cells[month].items()}
        assert rates == pytest.approx(each["cells"])
        assert sum(n for _, n in cells[month].values()) == each["n"]
        crude = sum(k for k, _ in cells[month].values()) / each["n"]
        assert crude == pytest.approx(each["crude"], rel=1e-12)
    split = decompose(cells["2016-03"], cells["2016-04"])
    assert split.change == pytest.approx(theirs["2016-04"]["crude"] - theirs["2016-03"]["crude"])
    assert split.rate + split.mix == pytest.approx(split.change, abs=1e-15)
    assert abs(split.mix) < 0.01 < split.rate


UCI = {
    "cases": same(len),
    "events": same(lambda _: sum(map(len, incidents().values()))),
    "unresolved_stamp_missing": same(
        lambda facts: kpi.first_resolution().of(facts).excluded["no_solution_recorded"]
    ),
    "opened_min": same(lambda facts: str(min(fact.created for fact in facts))),
    "opened_max": same(lambda facts: str(max(fact.created for fact in facts))),
    "opened_by_month": same(lambda facts: months(fact.created for fact in facts)),
    "resolution": times(kpi.first_resolution()),
    "time_to_close": times(kpi.TIME_TO_CLOSE),
    "close_minus_resolve_calendar_hours": times(kpi.KPIS["close_delay"]),
    "mtta_first_state_not_new": times(kpi.MTTA),
    "made_sla_by_case_last_row": share(kpi.KPIS["stated_within_sla"]),
    "reopen_recorded_any": share(kpi.reopened()),  # the tool's own count, a second witness
    "reopen_recorded_total": same(lambda facts: kpi.reopenings().of(facts).numerator),
    "reopen_derived_any": share(kpi.reopened()),
    "reopen_derived_total": same(lambda facts: kpi.reopenings().of(facts).numerator),
    "group_changes_derived_any": share(kpi.KPIS["transferred"]),
    "group_changes_derived_mean": same(
        lambda facts: kpi.KPIS["transfers_per_ticket"].of(facts).numerator / len(facts)
    ),
    "pingpong_any": share(kpi.KPIS["bounced"]),
    "pingpong_total": same(lambda facts: kpi.KPIS["bounces_per_ticket"].of(facts).numerator),
    "cases_by_final_priority": sizes("priority"),
    "cases_by_contact_type": sizes("channel"),
    "top_categories": top("topic"),
    "backlog_by_close": lambda _, theirs: backlogs(closed, theirs),
    "censoring_demo_close": censored,
    "repeat_contact_7d_caller_category_subcategory": repeats,
    "made_sla_by_month_mix_adjusted": at_a_fixed_mix,
    "by_priority": groups(
        "priority",
        {
            "cases": same(len),
            "resolution": times(kpi.first_resolution()),
            "made_sla": share(kpi.KPIS["stated_within_sla"]),
            "reopen": share(kpi.reopened()),
            "fcr_proxy": None,  # both rest on the counter that is left out above
            "reassign_mean": None,
        },
    ),
}


# The incidents of another company, 2012


@cache
def vinst():
    return logs.bpi()


@cache
def bpi():
    return logs.bpi_facts(vinst(), as_of=max(life[-1].at for life in vinst()))


@cache
def completions():
    """Facts that end with the last completion, as some figures of the reference have it."""
    lives = (logs.life(fact.ticket_id, fact.created, fact.closed) for fact in bpi())
    return kpi.case_table(chain.from_iterable(lives), as_of=bpi()[0].as_of)


def time_in(*categories):
    """Time spent in some categories up to the last row, over all tickets."""
    last = {life[0].ticket_id: life[-1].at for life in vinst()}
    return kpi.TimeKpi(
        key="time_in",
        definition=f"time in {categories} up to the last row",
        measure=lambda fact: [fact.spells(categories, until=last[fact.ticket_id])],
    )


def in_categories(*categories):
    return lambda facts, theirs: same_times(time_in(*categories).of(facts), theirs)


NET_OF_WAIT = kpi.TimeKpi(
    key="net_of_wait",
    definition="from creation to the last completion, less what it waited",
    measure=lambda fact: [
        fact.spells(("new", "open", "solved"), until=fact.closed) if fact.closed else "unsolved"
    ],
)
HANDED_BACK = kpi.ShareKpi(
    key="handed_back",
    definition="moved to a lower line at least once",
    judge=lambda fact: any(b < a for a, b in zip(fact.lines, fact.lines[1:], strict=False)),
)
FIRST = {"new": "Queued", "solved": "Completed"}  # any other is Accepted
WAITING = ("pending", "on_hold")


def moves(facts):
    return kpi.KPIS["transfers_per_ticket"].per_ticket(facts).values()


BPI = {
    "cases": same(len),
    "events": same(lambda _: sum(map(len, vinst()))),
    "log_end": same(lambda facts: utc(facts[0].as_of).isoformat(" ")),
    "final_status": same(lambda facts: Counter(fact.fields["status"].name for fact in facts)),
    "first_event_status": same(
        lambda facts: Counter(FIRST.get(fact.history[0][1], "Accepted") for fact in facts)
    ),
    "resolution_to_first_Completed": times(kpi.first_resolution()),
    "time_to_first_Resolved_or_InCall": times(kpi.first_resolution()),
    "resolution_to_final_Completed": times(kpi.TIME_TO_CLOSE),
    "mtta_first_Accepted": times(kpi.MTTA),
    "wait_any_hours": in_categories(*WAITING),
    "wait_user_hours": in_categories("pending"),
    "queued_hours": in_categories("new"),
    "net_of_wait_calendar_hours_final_Completed": times(NET_OF_WAIT),
    "reopen_any": share(kpi.reopened()),
    "reopen_total": same(lambda facts: kpi.reopenings().of(facts).numerator),
    "handoffs_any": share(kpi.KPIS["transferred"]),
    "handoffs_mean": same(lambda facts: kpi.KPIS["transfers_per_ticket"].of(facts).value),
    "handoffs_hist": same(lambda facts: Counter(str(min(n, 10)) for n in moves(facts))),
    "pingpong_any": share(kpi.KPIS["bounced"]),
    "pingpong_total": same(lambda facts: kpi.KPIS["bounces_per_ticket"].of(facts).numerator),
    "escalated_level_up_any": share(kpi.KPIS["escalated"]),
    "level_down_any": share(HANDED_BACK),
    "first_level": same(lambda facts: Counter(str(fact.lines[0]) for fact in facts)),
    "fcr_proxy_no_handoff_no_reopen_completed": share(kpi.STRAIGHT_THROUGH),
    "distinct_owner_first_names_mean_without_Siebel": same(
        lambda facts: sum(len(set(fact.agents)) for fact in facts) / len(facts)
    ),
    "kaplan_meier_final_Completed": lambda _, theirs: same_curve(
        kpi.resolution_curve(completions()), theirs
    ),
    "cases_by_impact": sizes("custom.impact"),
    "top_products": top("technology"),
    "backlog_by_final_completed": lambda _, theirs: backlogs(completions, theirs),
    "by_impact": groups(
        "custom.impact",
        {
            "cases": same(len),
            "resolution_to_final_Completed": times(kpi.TIME_TO_CLOSE),
            "reopen": share(kpi.reopened()),
            "fcr_proxy": share(kpi.STRAIGHT_THROUGH),
            "handoffs_mean": same(lambda facts: kpi.KPIS["transfers_per_ticket"].of(facts).value),
        },
    ),
    "final_completed_by_month": same(
        lambda facts: months(utc(fact.closed) for fact in facts if fact.closed)
    ),
    "opened_by_month": same(lambda facts: months(utc(fact.created) for fact in facts)),
}


# The issues of nine projects


@cache
def issues():
    """Return package -> facts; each package is watched until its last stamp."""
    found = {}
    for package, lives in logs.github().items():
        end = max(event.at for life in lives for event in life)
        found[package] = [kpi.facts_of(life, as_of=end) for life in lives]
    return found


@cache
def all_issues():
    return list(chain.from_iterable(issues().values()))


CLOSED = kpi.ShareKpi(key="closed", definition="closed", judge=lambda fact: fact.solved)


def by_package(_, theirs):
    for package, each in theirs.items():
        facts = all_issues() if package == "ALL" else issues()[package]
        assert each.keys() == {"closed_share", "closed_only_hours", "kaplan_meier"}
        same_share(CLOSED.of(facts), each["closed_share"])
        same_times(kpi.first_resolution().of(facts), each["closed_only_hours"])
        same_curve(kpi.resolution_curve(facts), each["kaplan_meier"])


GITHUB = {
    "rows": same(len),
    "open": same(lambda facts: kpi.first_resolution().of(facts).excluded["unsolved"]),
    "by_package": by_package,
}


# A bank's calls


@cache
def calls():
    """Return (the profile of the year by hour of the week, how many slots, how many days)."""
    rows = list(logs.rows("bank_calls_1999"))
    start = datetime.fromisoformat(f"{rows[0]['date']}T00:00:00+00:00")  # wall time, as it is
    days = len({row["date"] for row in rows})
    arrivals = (
        datetime.fromisoformat(f"{row['date']}T{row['start']}:00+00:00")
        for row in rows
        for _ in range(int(row["calls"]))
    )
    end = start + timedelta(days=days)
    with pytest.warns(OverdispersedArrivals):  # a year of hours is no Poisson process
        profile = volume_profile(
            arrivals, BusinessCalendar.always(), start=start, end=end, step=HOUR
        )
    return profile, len(rows), days


def by_weekday(_):
    """Mean calls of a day: what the hours of that day bring together."""
    slots = calls()[0].slots
    return {str(day): sum(s.mean for s in slots if s.weekday == day) for day in range(7)}


def by_hour(_):
    found = Counter()
    for slot in calls()[0].slots:
        found[str(slot.start // HOUR)] += slot.count
    return found


CALLS = {
    "rows": same(lambda _: calls()[1]),
    "days": same(lambda _: calls()[2]),
    "total_calls": same(lambda _: sum(slot.count for slot in calls()[0].slots)),
    "mean_per_day_by_weekday_Mon0": lambda facts, theirs: same_close(by_weekday(facts), theirs),
    "calls_by_hour": same(by_hour),
}


def same_close(ours, theirs):
    assert ours == pytest.approx(theirs, rel=1e-12)


ANSWERED = {
    "uci_incidents_even": (uci, UCI),
    "bpi2013_incidents": (bpi, BPI),
    "github_issues": (all_issues, GITHUB),
    "bank_calls_1999": (lambda: None, CALLS),
}


@pytest.mark.parametrize(
    ("log", "key"), [(log, key) for log, (_, entries) in ANSWERED.items() for key in entries]
)
def test_every_figure_of_a_reference(log, key):
    facts, entries = ANSWERED[log]
    entries[key](facts(), logs.reference(log)[key])


@pytest.mark.parametrize("log", ANSWERED)
def test_no_key_of_a_reference_is_forgotten(log):
    answered, left_out = ANSWERED[log][1].keys(), NOT_DEFINED[log].keys()
    assert not answered & left_out
    assert answered | left_out == logs.reference(log).keys()


def test_every_reference_is_asked():
    files = {path.name.removesuffix("_reference.json") for path in logs.DATA.glob("*.json")}
    assert files == ANSWERED.keys()


def test_leaving_open_issues_out_understates_by_a_third():
    closed_only = kpi.first_resolution().of(all_issues())
    curve = kpi.resolution_curve(all_issues())
    assert round(closed_only.quantile(0.5) / HOUR) == 476
    assert round(curve.quantile(0.5) * MICRO / HOUR) == 704
    assert closed_only.excluded == {"unsolved": 126}
    assert not kpi.selected_by_completion(all_issues())


def test_the_curve_of_all_projects_is_merged_from_theirs():
    parts = [kpi.resolution_lifetimes(facts) for facts in issues().values()]
    merged = sum(parts[1:], start=parts[0]).curve()
    exact = kpi.resolution_curve(all_issues())
    assert (merged.n, merged.events) == (exact.n, exact.events)
    for q in (0.25, 0.5, 0.75, 0.9):
        assert merged.quantile(q) == pytest.approx(exact.quantile(q), rel=0.005)


def test_a_log_of_finished_tickets_is_told():
    assert kpi.selected_by_completion(bpi())
    assert not kpi.selected_by_completion(bpi()[:99])
