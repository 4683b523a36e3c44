"""Every KPI agrees with a slow twin that knows nothing of the library."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from kpi.drawn_logs import GRID, at, events, logs
from oracles import kpi_oracle as twin

from support_model import kpi

SECOND = timedelta(seconds=1)
instants = st.integers(6, 40).map(lambda n: n * GRID)
windows = st.integers(1, 8).map(lambda n: n * GRID)


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


@given(logs(), instants)
def test_times(rows, as_of):
    facts, lives = known(rows, as_of)
    for measure, ask in (
        (kpi.first_response(), twin.first_response),
        (kpi.AVERAGE_RESPONSE, lambda life: twin.responses(life, further=False)),
        (kpi.NEXT_RESPONSE, lambda life: twin.responses(life, further=True)),
        (kpi.MTTA, twin.acknowledgement),
        (kpi.first_resolution(), twin.first_resolution),
        (kpi.full_resolution(), twin.full_resolution),
        (kpi.REQUESTER_WAIT, lambda life: twin.time_in(life, ("new", "open", "on_hold"))),
        (kpi.AGENT_WORK, lambda life: twin.time_in(life, ("new", "open"))),
        (kpi.ON_HOLD_TIME, lambda life: twin.time_in(life, ("on_hold",))),
    ):
        agrees_in_time(measure, facts, lives, ask)


@given(logs(), instants, instants)
def test_backlog_of_any_instant(rows, as_of, asked):
    facts, _ = known(rows, max(as_of, asked))
    ages = kpi.backlog(facts, at=at(asked))
    assert [micros / 1e6 for micros in ages.micros] == twin.backlog(rows, asked)


def agrees(judged, lives, ask):
    """Compare a share: `ask` says yes, no, a reason, or None where it is not asked."""
    answers = Counter("void" if twin.is_void(life) else ask(life) for life in lives.values())
    del answers[None]
    assert (judged.numerator, judged.n) == (answers[True], answers[True] + answers[False])
    reasons = {name: n for name, n in answers.items() if isinstance(name, str)}
    assert judged.excluded == reasons


@given(logs(), instants, windows)
def test_shares(rows, as_of, window):
    facts, lives = known(rows, as_of)

    def some(count):
        return lambda life: n if isinstance(n := count(life), str) else n > 0

    for measure, ask in (
        (kpi.ONE_REPLY, lambda x: twin.resolved_with_contact(x, len(twin.replies(x)) == 1)),
        (kpi.ZERO_REPLY, lambda x: twin.resolved_with_contact(x, not twin.replies(x))),
        (
            kpi.NO_FURTHER_CONTACT,
            lambda x: twin.resolved_with_contact(x, len(twin.contacts(x)) == 1),
        ),
        (kpi.no_handoff(), twin.no_handoff),
        (kpi.reopened(), some(lambda x: twin.reopened(x, None, as_of))),
        (kpi.reopened(within=span(window)), some(lambda x: twin.reopened(x, window, as_of))),
        (kpi.solved_within(span(window)), lambda x: twin.solved_within(x, window, as_of)),
        (kpi.ESCALATED, some(twin.escalations)),
        (kpi.TRANSFERRED, some(twin.transfers)),
        (kpi.BOUNCED, some(twin.bounces)),
        (kpi.satisfied(), twin.satisfied),
    ):
        agrees(measure.of(facts), lives, ask)
    names = {id(life): ticket for ticket, life in lives.items()}
    agrees(
        kpi.no_repeat(facts, window=span(window)),
        lives,
        lambda life: twin.no_repeat(rows, names[id(life)], as_of, window),
    )


@given(logs(), instants, windows)
def test_rates(rows, as_of, window):
    facts, lives = known(rows, as_of)
    for measure, ask in (
        (kpi.reopenings(within=span(window)), lambda x: twin.reopened(x, window, as_of)),
        (kpi.ESCALATIONS_PER_TICKET, twin.escalations),
        (kpi.TRANSFERS_PER_TICKET, twin.transfers),
        (kpi.BOUNCES_PER_TICKET, twin.bounces),
        (kpi.HANDOFFS, twin.handoffs),
        (kpi.touches(gap=span(window)), lambda life: twin.touches(life, window)),
    ):
        answers = {t: "void" if twin.is_void(life) else ask(life) for t, life in lives.items()}
        expected = {t: n for t, n in answers.items() if not isinstance(n, str)}
        assert measure.per_ticket(facts) == expected
        figure = measure.of(facts)
        assert figure.excluded == Counter(n for n in answers.values() if isinstance(n, str))
        assert (figure.numerator, figure.n) == (sum(expected.values()), len(expected))
        assert figure.squares == sum(n * n for n in expected.values())


@given(logs(tickets=4, longest=3), instants, windows)
def test_repeat_contacts(rows, as_of, window):
    facts, _ = known(rows, as_of)
    for anchor in ("created", "solved"):
        found = kpi.repeat_contacts(facts, window=span(window), anchor=anchor)
        share = (found.share.numerator, found.share.n)
        assert share == twin.repeats(rows, as_of, window, anchor)


@given(logs(), instants)
def test_who_solved_it(rows, as_of):
    facts, lives = known(rows, as_of)
    found = kpi.attributed(facts)
    expected = Counter(
        "void" if twin.is_void(life) else twin.solver(life) for life in lives.values()
    )
    everything = Counter({agent: int(n) for agent, n in found.by_agent.items()})
    assert everything + Counter(found.excluded) == expected


@given(logs(), instants, instants)
def test_what_comes_later_changes_nothing(rows, as_of, later):
    early = min(as_of, later)
    past = [row for row in rows if row["t"] <= early]
    if past:
        as_known = kpi.case_table(events(rows), as_of=at(early))
        assert as_known == kpi.case_table(events(past), as_of=at(early))
