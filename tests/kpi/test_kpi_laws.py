"""K1 to K9: what must hold of every KPI, whatever the log."""

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from kpi.drawn_logs import GRID, OPEN, at, events, logs

from support_model import kpi
from support_model.calendars import BusinessCalendar
from support_model.figures import Distribution, Rate, Share
from support_model.summaries import from_data, summarize, to_data

OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-10:00"}, tz="UTC")
END = 40 * GRID
HOUR = timedelta(hours=1)
MICRO = timedelta(microseconds=1)
TIMES = (
    kpi.first_response(),
    kpi.AVERAGE_RESPONSE,
    kpi.NEXT_RESPONSE,
    kpi.MTTA,
    kpi.first_resolution(),
    kpi.full_resolution(pause=["pending"]),
    kpi.REQUESTER_WAIT,
    kpi.AGENT_WORK,
    kpi.ON_HOLD_TIME,
    kpi.HANDLE_TIME,
)
SHARES = (
    kpi.ONE_REPLY,
    kpi.NO_FURTHER_CONTACT,
    kpi.no_handoff(),
    kpi.reopened(),
    kpi.reopened(within=HOUR),
    kpi.solved_within(HOUR),
    kpi.ESCALATED,
    kpi.TRANSFERRED,
    kpi.BOUNCED,
    kpi.CONTAINED_BY_BOT,
    kpi.satisfied(),
    kpi.low_effort(direction="high_is_easy", kind="csat"),
    kpi.response_rate("csat"),
)
RATES = (
    kpi.reopenings(),
    kpi.ESCALATIONS_PER_TICKET,
    kpi.TRANSFERS_PER_TICKET,
    kpi.BOUNCES_PER_TICKET,
    kpi.HANDOFFS,
    kpi.touches(gap=HOUR),
    kpi.mean_satisfaction(),
    kpi.ease(direction="low_is_easy", kind="csat"),
    kpi.net_promoter_score(kind="csat"),
    kpi.cost_per_ticket({1: 22, 2: 62.5, 3: 100}),
)
EVERY = (*TIMES, *SHARES, *RATES)


def facts_of(rows):
    return kpi.case_table(events(rows), as_of=at(END))


def state(measure, facts):
    """The state of a figure that merges."""
    figure = measure.of(facts)
    return summarize(figure) if isinstance(figure, Distribution) else figure


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
        assert from_data(json.loads(json.dumps(to_data(figure)))) == figure


@given(logs(), st.permutations([0, 1, 2]))
def test_k3_k5_values_and_order(rows, order):
    facts = facts_of(rows)
    shuffled = [facts[i] for i in order if i < len(facts)]
    for measure in EVERY:
        figure = measure.of(facts)
        assert measure.of(shuffled) == figure
        value = figure.mean if isinstance(figure, Distribution) else figure.value
        assert (value is None) is (figure.n == 0)
        if isinstance(figure, Share) and figure.n:
            assert 0 <= value <= 1
        if isinstance(figure, Rate) and figure.method == "normal" and figure.interval:
            assert figure.interval[0] <= value <= figure.interval[1]
        assert figure.n + sum(figure.excluded.values()) <= len(facts) or measure in TIMES


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
    facts = facts_of([row for row in rows if row["t"] <= END])
    asked = at(GRID * place)
    entries = exits = 0
    for fact in facts:
        was_open = False
        for moment, category in fact.history:
            if moment <= asked:
                entries += not was_open and category in OPEN
                exits += was_open and category not in OPEN
                was_open = category in OPEN
    assert kpi.backlog(facts, at=asked).n == entries - exits


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
