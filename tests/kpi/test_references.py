"""The figures of three real logs equal figures computed by other means."""

from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from itertools import chain

import pytest
from kpi import real_logs as logs

from support_model import kpi
from support_model.statistics.standardization import decompose, standardize
from support_model.statistics.survival import kaplan_meier
from support_model.summaries import summarize

pytestmark = pytest.mark.skipif(
    not logs.DATA.is_dir(), reason="the real logs are not beside this checkout"
)
HOUR = timedelta(hours=1)
MICRO = timedelta(microseconds=1)
SHARES = {"p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
NEAR = {"rel": 1e-9, "abs": 1e-9}


def compare_times(figure, theirs):
    assert (figure.n, figure.zeros) == (theirs["n"], theirs["zero"])
    assert figure.mean / HOUR == pytest.approx(theirs["mean"], **NEAR)
    rough = summarize(figure)
    assert rough.n == figure.n
    for name, q in SHARES.items():
        assert figure.quantile(q) / HOUR == pytest.approx(theirs[name], **NEAR), name
        assert rough.quantile(q) / HOUR == pytest.approx(theirs[name], rel=0.00501), name
    assert figure.quantile(0) / HOUR == pytest.approx(theirs["min"], **NEAR)
    assert figure.quantile(1) / HOUR == pytest.approx(theirs["max"], **NEAR)


def compare_share(figure, theirs):
    assert (figure.numerator, figure.n) == (theirs["k"], theirs["n"])
    assert figure.value == theirs["rate"]
    assert figure.interval == pytest.approx(theirs["wilson95"], rel=1e-9)


def compare_curve(curve, theirs):
    assert (curve.n, curve.events) == (theirs["n"], theirs["events"])
    assert curve.n - curve.events == theirs["censored"]
    for name, hours in theirs["quantile_hours"].items():
        found = curve.quantile(int(name[1:]) / 100)
        assert found is None if hours is None else found * MICRO / HOUR == pytest.approx(hours)
    for hours, share in theirs["survival_at_hours"].items():
        t = int(hours) * HOUR / MICRO
        known = t <= curve.last  # theirs draws the last level on for ever
        assert curve.at(t) == (pytest.approx(share, rel=1e-11) if known else None)


@cache
def issues():
    """Return package -> facts; each package is watched until its last stamp."""
    found = {}
    for package, lives in logs.github().items():
        end = max(event.at for life in lives for event in life)
        found[package] = [kpi.facts_of(life, as_of=end) for life in lives]
    return found


def test_github_issues():
    reference = logs.reference("github_issues")["by_package"]
    everything = list(chain.from_iterable(issues().values()))
    for package, theirs in reference.items():
        facts = everything if package == "ALL" else issues()[package]
        compare_times(kpi.first_resolution().of(facts), theirs["closed_only_hours"])
        compare_curve(kpi.resolution_curve(facts), theirs["kaplan_meier"])
        closed = kpi.first_resolution().of(facts).n
        assert (closed, len(facts)) == (theirs["closed_share"]["k"], theirs["closed_share"]["n"])


def test_leaving_open_issues_out_understates_by_a_third():
    facts = list(chain.from_iterable(issues().values()))
    closed_only = kpi.first_resolution().of(facts)
    curve = kpi.resolution_curve(facts)
    assert round(closed_only.quantile(0.5) / HOUR) == 476
    assert round(curve.quantile(0.5) * MICRO / HOUR) == 704
    assert closed_only.excluded == {"unsolved": 126}
    assert not kpi.selected_by_completion(facts)


@cache
def incidents():
    return list(logs.uci_lives())


def as_of(at):
    events = chain.from_iterable(incidents())
    return kpi.case_table(events, as_of=at)


@cache
def in_the_end():
    return as_of(max(life[-1].at for life in incidents()))


def test_uci_backlog_and_its_ages():
    reference = logs.reference("uci_incidents_even")["backlog_by_close"]
    facts = in_the_end()
    for at, theirs in reference.items():
        backlog = kpi.backlog(facts, at=datetime.fromisoformat(at))
        assert backlog.n == theirs["open"]
        compare_times(backlog, theirs["age_hours"])


def test_uci_censoring_at_two_cuts():
    truth = {fact.ticket: fact for fact in in_the_end()}
    for theirs in logs.reference("uci_incidents_even")["censoring_demo_close"]:
        facts = as_of(datetime.fromisoformat(theirs["cut"]))
        compare_times(kpi.first_resolution().of(facts), theirs["naive_closed_only"])
        compare_curve(kpi.resolution_curve(facts), theirs["kaplan_meier"])
        later = [truth[fact.ticket] for fact in facts]
        compare_times(kpi.first_resolution().of(later), theirs["truth_later_known"])


def test_uci_repeat_contacts():
    theirs = logs.reference("uci_incidents_even")["repeat_contact_7d_caller_category_subcategory"]
    found = kpi.repeat_contacts(in_the_end(), window=timedelta(days=7))
    compare_share(found.share, theirs)


def test_uci_sla_at_a_fixed_mix():
    reference = logs.reference("uci_incidents_even")["made_sla_by_month_mix_adjusted"]
    cells, mix = {}, Counter()
    for row in logs.uci().values():
        opened = logs.uci_stamp(row["opened_at"])
        k, n = cells.setdefault(f"{opened:%Y-%m}", {}).get(row["priority"], (0, 0))
        cells[f"{opened:%Y-%m}"][row["priority"]] = (k + (row["made_sla"] == "true"), n + 1)
        mix[row["priority"]] += 1
    for month, theirs in reference.items():
        found = standardize(cells[month], mix)
        assert found.value == pytest.approx(theirs["standardised"], rel=1e-12)
        rates = {cell: k / n for cell, (k, n) in cells[month].items()}
        assert rates == pytest.approx(theirs["cells"])
    split = decompose(cells["2016-03"], cells["2016-04"])
    crude = reference["2016-04"]["crude"] - reference["2016-03"]["crude"]
    assert split.change == pytest.approx(crude)
    assert split.rate + split.mix == pytest.approx(split.change, abs=1e-15)
    assert abs(split.mix) < 0.01 < split.rate


def test_bpi_moves_waits_and_ends():
    reference = logs.reference("bpi2013_incidents")
    lives = logs.bpi()
    end = datetime.fromisoformat(reference["log_end"])
    facts = [kpi.facts_of(life, as_of=end) for life in lives]
    assert kpi.selected_by_completion(facts)
    assert not kpi.selected_by_completion(facts[:99])
    compare_share(kpi.ESCALATED.of(facts), reference["escalated_level_up_any"])
    compare_share(kpi.TRANSFERRED.of(facts), reference["handoffs_any"])
    compare_share(kpi.BOUNCED.of(facts), reference["pingpong_any"])
    moves = kpi.TRANSFERS_PER_TICKET.of(facts)
    assert moves.value == pytest.approx(reference["handoffs_mean"], rel=1e-12)
    each = kpi.TRANSFERS_PER_TICKET.per_ticket(facts).values()
    histogram = Counter(min(n, 10) for n in each)
    assert {str(n): histogram[n] for n in sorted(histogram)} == reference["handoffs_hist"]
    assert kpi.BOUNCES_PER_TICKET.of(facts).numerator == reference["pingpong_total"]
    assert kpi.reopenings().of(facts).numerator == reference["reopen_total"]
    assert Counter(str(fact.lines[0]) for fact in facts) == reference["first_level"]
    compare_times(
        kpi.first_resolution().of(facts),
        reference["resolution_to_first_Completed"]["calendar_hours"],
    )
    last = {life[0].ticket_id: life[-1].at for life in lives}
    for name, categories in (
        ("wait_any_hours", ("pending", "on_hold")),
        ("wait_user_hours", ("pending",)),
        ("queued_hours", ("new",)),
    ):
        waits = kpi.TimeKpi(
            key=name,
            definition=name,
            measure=lambda fact, categories=categories: [
                fact.spells(categories, until=last[fact.ticket])
            ],
        )
        compare_times(waits.of(facts), reference[name])
    closed = [last[fact.ticket] if fact.solved else end for fact in facts]
    durations = [(at - fact.created) / MICRO for at, fact in zip(closed, facts, strict=True)]
    curve = kaplan_meier(durations, [fact.solved for fact in facts])
    compare_curve(curve, reference["kaplan_meier_final_Completed"])
