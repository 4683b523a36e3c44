"""Every KPI agrees with a slow twin that knows nothing of the library."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from kpi.drawn_logs import GRID, OPEN, at, events, instants, logs, scenes
from oracles import kpi_oracle as twin

from support_model import kpi

SECOND = timedelta(seconds=1)
PRICES = {1: 22, 2: 62.5, 3: 100}


def span(seconds):
    return timedelta(seconds=seconds)


def known(rows, as_of):
    """What both sides see: the library's facts, the twin's lives."""
    return kpi.case_table(events(rows), as_of=at(as_of)), twin.lives(rows, as_of)


def agrees_in_time(measure, facts, lives, ask):
    """Compare a time: `ask` gives the twin's seconds or a reason, or a list of them."""
    excluded, expected = Counter(), {}
    for ticket, life in lives.items():
        if twin.is_void(life):
            excluded["void"] += 1
            continue
        answers = ask(life)
        answers = answers if isinstance(answers, list) else [answers]
        times = [each for each in answers if not isinstance(each, str)]
        excluded.update(each for each in answers if isinstance(each, str))
        if times:
            expected[ticket] = times
    found = measure.per_ticket(facts)
    assert {t: [each / SECOND for each in times] for t, times in found.items()} == expected
    figure = measure.of(facts)
    assert figure.excluded == excluded
    assert figure.total / SECOND == sum(map(sum, expected.values()))


@given(scenes())
def test_times(scene):
    rows, as_of, _ = scene
    facts, lives = known(rows, as_of)
    for measure, ask in (
        (kpi.first_response(), twin.first_response),
        (kpi.KPIS["average_response"], lambda life: twin.responses(life, further=False)),
        (kpi.KPIS["next_response"], lambda life: twin.responses(life, further=True)),
        (kpi.MTTA, twin.acknowledgement),
        (kpi.first_resolution(), twin.first_resolution),
        (kpi.full_resolution(), twin.full_resolution),
        (kpi.KPIS["requester_wait"], lambda life: twin.time_in(life, ("new", "open", "on_hold"))),
        (kpi.KPIS["agent_work"], lambda life: twin.time_in(life, ("new", "open"))),
        (kpi.KPIS["on_hold_time"], lambda life: twin.time_in(life, ("on_hold",))),
    ):
        agrees_in_time(measure, facts, lives, ask)


@given(
    scenes(),
    st.sampled_from(["first_customer_message", "next_public_reply", "exclude"]),
    st.sampled_from(["contact", "assignment"]),
    st.booleans(),
    st.booleans(),
)
def test_first_response_by_other_rules(scene, agent_created, start, bots, notes):
    rows, as_of, _ = scene
    facts, lives = known(rows, as_of)
    options = {"agent_created": agent_created, "start": start, "bots": bots, "notes": notes}
    agrees_in_time(
        kpi.first_response(**options),
        facts,
        lives,
        lambda life: twin.first_response_with(life, **options),
    )


@given(scenes(), st.sets(st.sampled_from([*OPEN, "solved", "closed"])))
def test_resolution_with_pauses(scene, pause):
    rows, as_of, _ = scene
    facts, lives = known(rows, as_of)
    agrees_in_time(
        kpi.first_resolution(pause=pause),
        facts,
        lives,
        lambda life: twin.first_resolution_without(life, pause),
    )


@given(scenes(), instants, st.sampled_from(["created", "reopened"]))
def test_backlog_of_any_instant(scene, as_of, age_from):
    rows, asked, _ = scene
    facts, _ = known(rows, max(as_of, asked))
    ages = kpi.backlog(facts, at=at(asked), age_from=age_from)
    assert [micros / 1e6 for micros in ages.micros] == twin.backlog(rows, asked, age_from)


moments = st.integers(0, 12).map(lambda n: n * GRID)


@given(logs(), instants, moments, instants)
def test_solved_per_created(rows, as_of, since, until):
    since, until = min(since, until), max(since, until)  # a period runs forward
    facts, _ = known(rows, as_of)
    flow = kpi.solved_per_created(facts, since=at(since), until=at(until))
    found = (flow.numerator, flow.denominator)
    assert found == twin.solved_per_created(rows, as_of, since, until)
    assert flow.excluded.get("void", 0) == voids(rows, as_of)


def voids(rows, as_of):
    return sum(map(twin.is_void, twin.lives(rows, as_of).values()))


def agrees(judged, lives, ask):
    """Compare a share: `ask` says yes, no, a reason, or None where it is not asked."""
    answers = Counter("void" if twin.is_void(life) else ask(life) for life in lives.values())
    del answers[None]
    assert (judged.numerator, judged.n) == (answers[True], answers[True] + answers[False])
    reasons = {name: n for name, n in answers.items() if isinstance(name, str)}
    assert judged.excluded == reasons


@given(scenes())
def test_shares(scene):
    rows, as_of, window = scene
    facts, lives = known(rows, as_of)

    def some(count):
        return lambda life: n if isinstance(n := count(life), str) else n > 0

    for measure, ask in (
        (
            kpi.KPIS["fcr_one_reply"],
            lambda x: twin.resolved_with_contact(x, len(twin.replies(x)) == 1),
        ),
        (kpi.KPIS["zero_reply"], lambda x: twin.resolved_with_contact(x, not twin.replies(x))),
        (
            kpi.KPIS["fcr_no_further_contact"],
            lambda x: twin.resolved_with_contact(x, len(twin.contacts(x)) == 1),
        ),
        (kpi.no_handoff(), twin.no_handoff),
        (kpi.reopened(), some(lambda x: twin.reopened(x, None, as_of))),
        (kpi.reopened(within=span(window)), some(lambda x: twin.reopened(x, window, as_of))),
        (kpi.solved_within(span(window)), lambda x: twin.solved_within(x, window, as_of)),
        (kpi.KPIS["escalated"], some(twin.escalations)),
        (kpi.KPIS["first_level"], twin.first_level),
        (kpi.KPIS["transferred"], some(twin.transfers)),
        (kpi.KPIS["bounced"], some(twin.bounces)),
        (kpi.satisfied(), twin.satisfied),
        (kpi.KPIS["contained_by_bot"], twin.contained_by_bot),
        (kpi.response_rate("csat"), lambda x: twin.responded(x, "csat")),
        (kpi.response_rate("nps"), lambda x: twin.responded(x, "nps")),
    ):
        agrees(measure.of(facts), lives, ask)
    names = {id(life): ticket for ticket, life in lives.items()}
    agrees(
        kpi.no_repeat(facts, within=span(window)),
        lives,
        lambda life: twin.no_repeat(rows, names[id(life)], as_of, window),
    )


@given(scenes())
def test_rates(scene):
    rows, as_of, window = scene
    facts, lives = known(rows, as_of)
    for measure, ask in (
        (kpi.reopenings(within=span(window)), lambda x: twin.reopened(x, window, as_of)),
        (kpi.KPIS["escalations_per_ticket"], twin.escalations),
        (kpi.KPIS["transfers_per_ticket"], twin.transfers),
        (kpi.KPIS["bounces_per_ticket"], twin.bounces),
        (kpi.KPIS["handoffs"], twin.handoffs),
        (kpi.touches(gap=span(window)), lambda life: twin.touches(life, window)),
        (kpi.cost_per_ticket(PRICES), lambda life: twin.cost(life, PRICES)),
        (kpi.net_promoter_score(), twin.promotes),
        (kpi.mean_satisfaction(kind="nps"), lambda life: twin.score(life, "nps")),
        (kpi.mean_satisfaction(scale=(1, 5)), lambda life: twin.score_on(life, "csat", [1, 5])),
        (kpi.ease(direction="low_is_easy", kind="csat"), lambda x: twin.ease(x, "csat")),
    ):
        answers = {t: "void" if twin.is_void(life) else ask(life) for t, life in lives.items()}
        answers = {t: n for t, n in answers.items() if n is not None}
        expected = {t: n for t, n in answers.items() if not isinstance(n, str)}
        assert measure.per_ticket(facts) == expected
        figure = measure.of(facts)
        assert figure.excluded == Counter(n for n in answers.values() if isinstance(n, str))
        assert (figure.numerator, figure.n) == (sum(expected.values()), len(expected))
        assert figure.squares == sum(n * n for n in expected.values())


@given(
    scenes(tickets=5, longest=3),
    st.sampled_from(["created", "solved"]),
    st.sampled_from(["previous", "first"]),
    st.none() | moments,
)
def test_repeat_contacts(scene, anchor, link, history_from):
    rows, as_of, window = scene
    facts, _ = known(rows, as_of)
    start = None if history_from is None else at(history_from)
    found = kpi.repeat_contacts(
        facts, within=span(window), anchor=anchor, link=link, history_from=start
    )
    share = found.share
    counted = (share.numerator, share.n, share.excluded.get("no_history", 0))
    expected = twin.repeats(rows, as_of, window, anchor, link, history_from)
    assert (*counted, found.chains, found.longest_chain) == expected
    assert share.excluded.get("void", 0) == voids(rows, as_of)


@given(scenes(longest=3), st.data())
def test_deflection(scene, data):
    """Visits lie on creations, a window before them, and anywhere else."""
    rows, as_of, window = scene
    made = [row["t"] for row in rows if row["type"] == "created"]
    near = st.sampled_from([t - back for t in made for back in (0, window, GRID)])
    whom = st.sampled_from(["r1", "r1", "r2", None])
    visits = data.draw(st.lists(st.tuples(near | instants, whom), max_size=5))
    facts, _ = known(rows, as_of)
    sessions = [kpi.Session(at=at(t), requester=requester) for t, requester in visits]
    found = kpi.deflection(facts, sessions, within=span(window), as_of=at(as_of))
    left_out = (found.excluded.get(code, 0) for code in ("immature", "unknown_requester"))
    counted = (found.numerator, found.n, *left_out)
    assert counted == twin.deflection(rows, visits, as_of, window)
    assert found.excluded.get("void", 0) == voids(rows, as_of)


@given(scenes(), st.sampled_from(["solver", "solutions", "first_replier", "touch"]))
def test_whom_tickets_are_credited_to(scene, rule):
    rows, as_of, _ = scene
    facts, lives = known(rows, as_of)
    found = kpi.attributed(facts, rule)
    agents, excluded = Counter(), Counter()
    for life in lives.values():
        credit = "void" if twin.is_void(life) else twin.credit(life, rule)
        if isinstance(credit, str):
            excluded[credit] += 1
        elif not any(credit):
            excluded["unattributed"] += 1
        else:
            whole = 1 if rule == "solutions" else len(credit)
            agents.update(
                {name: Fraction(credit.count(name), whole) for name in {*credit} - {None}}
            )
    assert (found.by_agent, found.excluded) == (agents, excluded)


@given(logs(), instants, instants)
def test_what_comes_later_changes_nothing(rows, as_of, later):
    early = min(as_of, later)
    past = [row for row in rows if row["t"] <= early]
    if past:
        as_known = kpi.case_table(events(rows), as_of=at(early))
        assert as_known == kpi.case_table(events(past), as_of=at(early))
