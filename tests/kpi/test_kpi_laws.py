"""K1 to K9: what must hold of every KPI, whatever the log. A test is named after its laws."""

import json
import re
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kpi.drawn_logs import GRID, OPEN, at, events, logs

from support_model import kpi
from support_model._kpi.sla import Compliance
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.figures import Distribution, Rate, Share
from support_model.inference import kaplan_meier
from support_model.serde import answer_from_data, answer_to_data
from support_model.summaries import Lifetimes, summarize

DOCS = Path(__file__).parents[2] / "docs" / "explanation" / "laws.md"
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-10:00"}, tz="UTC")
END = 40 * GRID
CAME_IN = {None: "created", "solved": "reopened", "closed": "reopened", "void": "restored"}
WENT_OUT = {"solved": "solved", "closed": "solved", "void": "voided"}
HOUR = timedelta(hours=1)
MICRO = timedelta(microseconds=1)
TIMES = (
    kpi.first_response(),
    kpi.KPIS["average_response"],
    kpi.KPIS["next_response"],
    kpi.MTTA,
    kpi.first_resolution(),
    kpi.full_resolution(pause=["pending"]),
    kpi.KPIS["requester_wait"],
    kpi.KPIS["agent_work"],
    kpi.KPIS["on_hold_time"],
    kpi.HANDLE_TIME,
)
SHARES = (
    kpi.KPIS["fcr_one_reply"],
    kpi.KPIS["fcr_no_further_contact"],
    kpi.no_handoff(),
    kpi.reopened(),
    kpi.reopened(within=HOUR),
    kpi.solved_within(HOUR),
    kpi.KPIS["escalated"],
    kpi.KPIS["first_level"],
    kpi.KPIS["transferred"],
    kpi.KPIS["bounced"],
    kpi.KPIS["contained_by_bot"],
    kpi.satisfied(),
    kpi.low_effort(direction="high_is_easy", kind="csat"),
    kpi.response_rate("csat"),
)
RATES = (
    kpi.reopenings(),
    kpi.KPIS["escalations_per_ticket"],
    kpi.KPIS["transfers_per_ticket"],
    kpi.KPIS["bounces_per_ticket"],
    kpi.KPIS["handoffs"],
    kpi.touches(gap=HOUR),
    kpi.mean_satisfaction(),
    kpi.ease(direction="low_is_easy", kind="csat"),
    kpi.net_promoter_score(kind="csat"),
    kpi.cost_per_ticket({1: 22, 2: 62.5, 3: 100}),
)
EVERY = (*TIMES, *SHARES, *RATES)
SEVERAL_PER_TICKET = (
    kpi.KPIS["average_response"],
    kpi.KPIS["next_response"],
)  # a ticket may wait often, or never
SURVEYS = (*SHARES[-3:], *RATES[6:9])  # who was not asked, or did not answer, is not left out


def facts_of(rows):
    return kpi.case_table(events(rows), as_of=at(END))


def state(measure, facts):
    """The state of a figure that merges."""
    figure = measure.of(facts)
    return summarize(figure) if isinstance(figure, Distribution) else figure


apart = st.integers(1, 100).map(lambda n: int(1000 * 1.02**n))  # each in a bucket of its own


@given(st.lists(st.tuples(apart, st.booleans()), min_size=1, max_size=30), st.integers(1, 9))
def test_k6_a_curve_that_merges_is_the_curve(rows, tenths):
    times, seen = [t for t, _ in rows], [ended for _, ended in rows]
    exact = kaplan_meier(times, seen)
    rough = Lifetimes.of(times, seen, key="k", definition="d").curve()
    assert (rough.n, rough.events) == (exact.n, exact.events)
    assert rough.survival == exact.survival
    assert (rough.low, rough.high) == (exact.low, exact.high)
    assert rough.times == pytest.approx(exact.times, rel=0.005)
    found, expected = (curve.quantile(tenths / 10) for curve in (rough, exact))
    assert found == (None if expected is None else pytest.approx(expected, rel=0.005))


@given(logs())
def test_k1_k4_lifetimes_of_tickets(rows):
    facts = facts_of(rows)
    parts = [kpi.resolution_lifetimes([fact]) for fact in facts]
    whole = sum(parts, start=kpi.resolution_lifetimes([]))
    assert whole == kpi.resolution_lifetimes(facts)
    assert whole.n == kpi.resolution_curve(facts).n
    assert whole.n + sum(whole.excluded.values()) == len(facts)  # K3: nobody is lost
    assert through_json(whole) == whole
    assert whole.ended.n == kpi.resolution_curve(facts).events
    with pytest.raises(InvalidValue, match="another key"):
        whole + Lifetimes.of([], [], key="other", definition=whole.definition)
    with pytest.raises(InvalidValue, match="different length"):
        Lifetimes.of([1], [], key="k", definition="d")


@given(logs(), st.integers(0, 3))
def test_k1_k2_parts_add_up_in_any_order(rows, cut):
    facts = facts_of(rows)
    for measure in EVERY:
        one, other = state(measure, facts[:cut]), state(measure, facts[cut:])
        whole, empty = state(measure, facts), state(measure, [])
        assert one + other == other + one == whole
        assert whole + empty == empty + whole == whole
        if len(facts) == 3:
            a, b, c = (state(measure, [fact]) for fact in facts)
            assert (a + b) + c == a + (b + c) == whole


@given(logs())
def test_k1_survives_json(rows):
    facts = facts_of(rows)
    for measure in EVERY:
        figure = state(measure, facts)
        assert through_json(figure) == figure


def through_json(figure):
    return answer_from_data("figure", json.loads(json.dumps(answer_to_data(figure))))


def times_of(micros):
    return Distribution(key="took", clock="calendar", definition="how long", micros=micros)


def share_of(micros):
    quick = sum(each < 1000 for each in micros)
    return Share(key="quick", definition="quick, of all", numerator=quick, n=len(micros))


def rate_of(micros):
    return Rate(
        key="mean",
        definition="mean",
        numerator=Fraction(sum(micros), 7),
        denominator=len(micros),
        n=len(micros),
        squares=Fraction(sum(each * each for each in micros), 49),
        method="normal",
    )


def lifetimes_of(micros):
    return Lifetimes.of(micros, [each % 3 > 0 for each in micros], key="k", definition="d")


@pytest.mark.parametrize(
    "make", [lambda micros: summarize(times_of(micros)), share_of, rate_of, lifetimes_of]
)
@given(parts=st.lists(st.lists(st.integers(0, 10**12), max_size=6), min_size=1), dice=st.randoms())
def test_k1_k2_any_partition_merged_by_any_tree(make, parts, dice):
    """Days, tenants or partitions of an engine, each sent as JSON, joined as they come in."""
    whole = make([each for part in parts for each in part])
    joined = [through_json(make(part)) for part in parts]
    while len(joined) > 1:
        dice.shuffle(joined)
        joined.append(through_json(joined.pop() + joined.pop()))
    assert joined == [whole]


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 6), min_size=1, max_size=5), st.randoms())
def test_k1_k2_compliance(rows, dice):
    names = ("met", "missed", "running_late", "undecided", "cancelled", "no_contact")
    parts = [
        Compliance(metric="resolution", unit="cycle", **dict(zip(names, row, strict=True)))
        for row in rows
    ]
    dice.shuffle(parts)
    whole = sum(parts[1:], start=parts[0])
    assert [getattr(whole, name) for name in names] == [
        sum(column) for column in zip(*rows, strict=True)
    ]
    assert sum((part.share for part in parts[1:]), start=parts[0].share) == whole.share


@given(logs())
def test_k4_one_ticket_at_a_time(rows):
    facts = facts_of(rows)
    for measure in EVERY:
        figure, each = measure.of(facts), measure.per_ticket(facts)
        alone = {}
        for fact in facts:
            alone |= measure.per_ticket([fact])
        assert each == alone
        if isinstance(figure, Distribution):
            found = [took // MICRO for many in each.values() for took in many]
            assert tuple(sorted(found)) == figure.micros
        else:
            assert (sum(each.values()), len(each)) == (figure.numerator, figure.n)
        if isinstance(figure, Rate):
            assert sum(n * n for n in each.values()) == figure.squares


@given(logs(), st.permutations([0, 1, 2]))
def test_k3_k5_values_and_order(rows, order):
    facts = facts_of(rows)
    shuffled = [facts[i] for i in order if i < len(facts)]
    for measure in EVERY:
        figure = measure.of(facts)
        assert measure.of(shuffled) == figure
        value = figure.mean if isinstance(figure, Distribution) else figure.value
        assert (value is None) is (figure.n == 0 or figure.suppressed is not None)
        assert (figure.undefined is None) is (value is not None)
        if isinstance(figure, Share) and figure.n:
            assert 0 <= value <= 1
        if isinstance(figure, Rate) and figure.method == "normal" and figure.interval:
            assert figure.interval[0] <= value <= figure.interval[1]
        counted = figure.n + sum(figure.excluded.values())
        asked = len(facts) if measure not in SURVEYS else counted
        assert counted == asked or measure in SEVERAL_PER_TICKET


@given(logs())
def test_k6_quantiles_rise_between_the_ends(rows):
    facts = facts_of(rows)
    shares = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)
    for measure in TIMES:
        figure = measure.of(facts, calendar=OFFICE)
        if figure.n:
            found = [figure.quantile(q) for q in shares]
            assert found == sorted(found)
            assert found[0] <= figure.mean <= found[-1]
            for q, exact in zip(shares, found, strict=True):
                rough = summarize(figure).quantile(q)
                assert abs(rough - exact) <= exact * 0.005 + MICRO


@given(
    logs(), st.integers(0, 40), st.lists(st.sampled_from([*OPEN, "solved", "void"]), max_size=6)
)
def test_k7_backlog_is_what_came_in_less_what_went_out(rows, place, further):
    now = max(row["t"] for row in rows)
    rows = [
        *rows,
        *(
            {"ticket": "T0", "type": "status", "status": status, "t": now + GRID * i}
            for i, status in enumerate(further)
        ),
    ]
    rows = [row for row in rows if row["t"] <= END]
    asked = GRID * place
    flows, held = Counter(), {}
    for row in sorted(rows, key=lambda row: row["t"]):
        if row["t"] <= asked and "status" in row:
            was, now = held.get(row["ticket"]), row["status"]
            held[row["ticket"]] = now
            if was not in OPEN and now in OPEN:
                flows[CAME_IN[was]] += 1
            elif was in OPEN and now not in OPEN:
                flows[WENT_OUT[now]] += 1
    came_in = flows["created"] + flows["reopened"] + flows["restored"]
    assert (
        kpi.backlog(facts_of(rows), at=at(asked)).n == came_in - flows["solved"] - flows["voided"]
    )


@given(logs())
def test_k8_groups_add_up_to_the_whole(rows):
    facts = facts_of(rows)
    for measure in EVERY:
        parts = [state(measure, part) for part in kpi.by(facts, "requester").values()]
        assert sum(parts, start=state(measure, [])) == state(measure, facts)


@given(logs(), st.integers(-3, 30))
def test_k9_whole_weeks_later_nothing_changes(rows, weeks):
    moved = [row | {"t": row["t"] + weeks * 7 * 86400} for row in rows]
    later = kpi.case_table(events(moved), as_of=at(END) + weeks * timedelta(days=7))
    now = facts_of(rows)
    for measure in EVERY:
        clock = {"calendar": OFFICE} if measure in TIMES else {}
        assert measure.of(later, **clock) == measure.of(now, **clock)


def test_the_laws_of_the_page_are_the_laws_that_are_tested():
    told = re.findall(r"^\| (K\d) \| ", DOCS.read_text("utf-8"), re.MULTILINE)
    named = [name for name in globals() if name.startswith("test_k")]
    tested = {law.upper() for name in named for law in re.findall(r"(?<=_)k\d(?=_)", name)}
    assert told == sorted(tested)
    assert len(told) == 9
