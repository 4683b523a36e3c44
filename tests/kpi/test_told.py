"""What a log tells and how it is read: scales, credit, fields as they were, merges, zones."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from kpi.drawn_logs import at as drawn_at
from kpi.drawn_logs import events, logs
from kpi.test_kpi_laws import EVERY

from support_model import kpi
from support_model._kpi.facts import Act, Rating
from support_model._time import moved
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidShare, InvalidValue, MissingCreation
from support_model.events import Changed, Created, Message, Rated, RatingRequested, Related, Worked
from support_model.instants import Span
from support_model.kpi import Solve
from support_model.serde import answer_from_data, answer_to_data
from support_model.sla import NEXT_RESPONSE, RESOLUTION, SlaPolicy, Target, evaluate
from support_model.tickets import merged as merged_logs
from support_model.vocabulary import Priority, Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
FIVE, ELEVEN, PERCENT = (1, 5), (0, 10), (0, 100)
ALWAYS = BusinessCalendar.always()


def event(what, hours, role="agent", ticket="T1", /, **more):
    return what(ticket_id=ticket, at=NINE + hours * HOUR, role=role, **more)


def created(hours=0, ticket="T1", role="customer", **fields):
    fields = {"status": Status("new", "new"), **fields}
    return event(Created, hours, role, ticket, fields=fields)


def stands(hours, category, role="agent", ticket="T1", name=None, actor=None, **fields):
    fields = {"status": Status(name or category, category), **fields}
    return event(Changed, hours, role, ticket, fields=fields, actor=actor)


def sets(hours, role="agent", ticket="T1", actor=None, **fields):
    return event(Changed, hours, role, ticket, fields=fields, actor=actor)


def rated(hours, score, scale=FIVE, kind="csat", ticket="T1"):
    return event(Rated, hours, "customer", ticket, kind=kind, score=score, scale=scale)


def table(*log, hours=24 * 60):
    return kpi.case_table(log, as_of=NINE + hours * HOUR)


def answered(*answers, kind="csat"):
    """A ticket for each answer (score, scale)."""
    return [
        kpi.Facts(
            ticket_id=f"T{i}", as_of=NINE, created=NINE, history=[(NINE, "open")],
            ratings=(Rating(kind=kind, at=NINE, score=score, scale=scale),),
        )
        for i, (score, scale) in enumerate(answers)
    ]  # fmt: skip


# Ratings on their scale


@pytest.mark.parametrize(
    ("score", "scale", "holds"),
    [
        (4, FIVE, True), (3, FIVE, False), (3.5, FIVE, False), (4.5, FIVE, True),
        (1, (0, 1), True), (0, (0, 1), False), (0.5, (0, 1), False),
        (3, (1, 3), True), (2, (1, 3), False), (2.9, (1, 3), False),
        (4, (1, 4), True), (3, (1, 4), False), (3.5, (1, 4), False),
        (9, ELEVEN, True), (8, ELEVEN, False), (8.9, ELEVEN, False),
        (99, PERCENT, True), (98, PERCENT, False),
        (4.0, (1.0, 5.0), True),
    ],
)  # fmt: skip
def test_satisfied_is_in_the_highest_steps_of_the_scale(score, scale, holds):
    found = kpi.satisfied().of(answered((score, scale)))
    assert (found.numerator, found.n) == (int(holds), 1)


def test_a_scale_without_whole_steps_is_left_out_by_name_or_read_by_a_share():
    facts = answered((0.9, (0.0, 0.95)), (5, FIVE))
    found = kpi.satisfied().of(facts)
    assert (found.numerator, found.n, found.excluded) == (1, 1, {"other_scale": 1})
    shares = kpi.satisfied(at_least=0.8)
    assert shares.of(facts).value == 1
    edge = answered((80, PERCENT), (79.9, PERCENT), (4.2, FIVE), (4.1, FIVE))
    assert list(shares.per_ticket(edge).values()) == [True, False, True, False]
    assert "at 0.8 or more of their scale" in shares.definition
    for refused, options in (
        (InvalidValue, {"top": 1, "at_least": 0.8}),
        (InvalidShare, {"at_least": 80}),
        (InvalidShare, {"at_least": -0.1}),
    ):
        with pytest.raises(refused):
            kpi.satisfied(**options)


def test_a_net_promoter_score_is_of_eleven_steps_alone():
    facts = answered((10, ELEVEN), (5, FIVE), (90, PERCENT), kind="nps")
    found = kpi.net_promoter_score().of(facts)
    assert (found.value, found.n, found.excluded) == (1, 1, {"other_scale": 2})
    shares = kpi.net_promoter_score(at_least=0.9)
    assert shares.of(facts).value == 1
    alike = answered(*((score, ELEVEN) for score in range(11)), kind="nps")
    assert shares.of(alike).numerator == kpi.net_promoter_score().of(alike).numerator == -5
    strict = kpi.net_promoter_score(at_least=0.9, at_most=0.2)
    assert strict.of(alike).numerator == -1
    for options in ({"at_most": 0.5}, {"at_least": 0.5, "at_most": 0.5}):
        with pytest.raises(InvalidValue):
            kpi.net_promoter_score(**options)


def test_a_mean_is_of_one_scale():
    facts = answered((4, FIVE), (8, ELEVEN))
    mean = kpi.mean_satisfaction()
    mixed = mean.of(facts)
    assert (mixed.value, mixed.interval, mixed.n) == (None, None, 2)
    assert mixed.suppressed == mixed.undefined == "several_scales"
    assert "not defined: several scales" in mixed._repr_html_()
    parts = [mean.of([fact]) for fact in facts]
    assert [part.value for part in parts] == [4, 8]
    assert parts[0] + parts[1] == parts[1] + parts[0] == mixed  # K1 holds of it as well
    assert answer_from_data("figure", answer_to_data(mixed)) == mixed
    named = kpi.mean_satisfaction(scale=FIVE).of(facts)
    assert (named.value, named.excluded) == (4, {"other_scale": 1})
    assert "on the scale 1 to 5" in named.definition
    for scale in ((5, 1), (1, 1)):
        with pytest.raises(InvalidValue):
            kpi.mean_satisfaction(scale=scale)


def test_effort_is_read_on_the_scale_and_direction_stated():
    facts = answered((6, (1, 7)), (5.5, (1, 7)), (4, (1, 7)), (2, FIVE), kind="ces")
    easy = kpi.low_effort(direction="high_is_easy")
    assert list(easy.per_ticket(facts).values()) == [True, True, False, False]
    only = kpi.low_effort(direction="low_is_easy", scale=FIVE).of(facts)
    assert (only.value, only.excluded) == (1, {"other_scale": 3})
    halves = answered((2.5, FIVE), (2, FIVE), kind="ces")
    assert kpi.low_effort(direction="low_is_easy").of(halves).numerator == 1
    shares = kpi.low_effort(direction="low_is_easy", at_least=0.75)
    assert list(shares.per_ticket(answered((2, FIVE), (3, FIVE), kind="ces")).values()) == [
        True, False,
    ]  # fmt: skip
    for mean in (kpi.effort, kpi.ease):
        assert mean(direction="high_is_easy").of(facts).suppressed == "several_scales"
        seven = mean(direction="high_is_easy", scale=(1, 7)).of(facts)
        assert (seven.n, seven.excluded) == (3, {"other_scale": 1})
    assert kpi.ease(direction="low_is_easy", scale=FIVE).of(facts).value == 0.75


def test_an_answer_that_changes_later_stays_in_its_period():
    (fact,) = table(created(), stands(1, "solved"), rated(1.5, 5), rated(2, 1), rated(30, 5))
    first, second = ({"since": NINE + k * DAY, "until": NINE + (k + 1) * DAY} for k in (0, 1))
    assert kpi.satisfied(**first).of([fact]).value == 0
    assert kpi.satisfied(**second).of([fact]).value == 1
    assert kpi.mean_satisfaction(**first).of([fact]).value == 1
    assert kpi.satisfied().of([fact]).value == 1
    (early,) = table(created(), stands(1, "solved"), rated(1.5, 5), rated(2, 1), hours=24)
    assert kpi.satisfied(**first).of([early]) == kpi.satisfied(**first).of([fact])


# Credit and fields as they were


@pytest.mark.parametrize(
    ("log", "agent"),
    [
        ([created(agent="ann"), stands(1, "solved", agent=None, role="system")], "ann"),
        ([created(agent="ann"), stands(1, "solved", actor="bob")], "ann"),
        ([created(agent="ann"), stands(1, "solved", actor="bob", agent="bob")], "ann"),
        ([created(), stands(1, "solved", actor="bob")], "bob"),
        ([created(), stands(1, "solved", actor="rule", role="system")], None),
        ([created(), stands(1, "solved", agent="ann", role="system")], "ann"),
        ([created(agent="ann"), sets(1, agent=None), stands(2, "solved", role="system")], "ann"),
    ],
)
def test_a_solution_belongs_to_the_owner_before_it(log, agent):
    (fact,) = table(*log)
    assert fact.solves[0].agent == agent
    credited = kpi.attributed([fact])
    assert credited.by_agent == ({} if agent is None else {agent: 1})
    assert credited.excluded == ({"unattributed": 1} if agent is None else {})


def test_an_answer_belongs_to_the_owner_before_it_or_the_last():
    log = [created(agent="ann"), stands(1, "solved"), sets(2, role="system", agent=None)]
    (fact,) = table(*log, rated(3, 5))
    assert fact.ratings[0].agent == "ann"
    assert list(kpi.by_rated_agent([fact])) == ["ann"]


def test_the_last_of_two_solutions_and_of_two_reopenings_counts():
    log = [
        created(0), stands(1, "solved", actor="ann"), stands(2, "open", "customer"),
        stands(4, "solved", actor="ben"), stands(7, "open", "customer"),
    ]  # fmt: skip
    ages = kpi.backlog(table(*log), at=NINE + 10 * HOUR, age_from="reopened")
    assert ages.micros == (3 * 3_600_000_000,)
    solved = table(*log, stands(9, "solved", actor="eve"))
    assert kpi.attributed(solved, "solver").by_agent == {"eve": 1}


def test_solutions_that_were_reopened_count_by_a_rule_of_their_own():
    facts = table(
        created(agent="ann"), stands(5, "solved", actor="ann"), stands(60, "open", "customer")
    )
    assert kpi.attributed(facts).by_agent == {}
    assert kpi.attributed(facts).excluded == {"open_again": 1}
    counted = kpi.attributed(facts, "solutions")
    assert (counted.by_agent, counted.excluded) == ({"ann": 1}, {})
    twice = table(
        created(agent="ann"),
        *(stands(h, name) for h, name in ((1, "solved"), (2, "open"))),
        sets(3, agent="bob"),
        stands(4, "solved"),
    )
    assert kpi.attributed(twice, "solutions").by_agent == {"ann": 1, "bob": 1}
    assert kpi.attributed(twice, "solver").by_agent == {"bob": 1}


URGENT, LOW = Priority("urgent", 1), Priority("low", 4)


def test_fields_are_split_as_they_were():
    facts = table(
        created(priority=URGENT),
        event(Message, 1, public=True),
        sets(2, priority=LOW, group="a"),
        stands(3, "solved", group="b", topic="vpn"),
        sets(4, topic="mail"),
        rated(5, 4),
        sets(6, priority=URGENT),
    )

    def value(name, at):
        (found,) = kpi.by(facts, name, at=at)
        return found.name if isinstance(found, Priority) else found

    moments = ("created", "first_reply", "solved", "rated", "as_of")
    assert [value("priority", at) for at in moments] == [
        "urgent", "urgent", "low", "low", "urgent",
    ]  # fmt: skip
    assert [value("group", at) for at in moments] == [None, None, "a", "b", "b"]
    assert [value("topic", at) for at in moments] == [None, None, "vpn", "mail", "mail"]
    with pytest.raises(InvalidValue, match="did you mean 'created'"):
        kpi.by(facts, "priority", at="create")


@given(logs(), st.sampled_from(["created", "first_reply", "solved", "rated", "as_of"]))
def test_however_split_every_ticket_is_in_one_part(rows, at):
    facts = kpi.case_table(events(rows), as_of=drawn_at(10**6))
    parts = kpi.by(facts, "agent", at=at)
    assert sorted(fact.ticket_id for part in parts.values() for fact in part) == sorted(
        fact.ticket_id for fact in facts
    )


# Merged tickets


def merged(hours, ticket, into):
    return [
        event(Related, hours, "agent", ticket, kind="merged_into", other=into),
        stands(hours, "void", ticket=ticket, name="merged"),
    ]


def worked(hours, ticket, minutes, line=None):
    effort = event(Worked, hours, "agent", ticket, duration=minutes * MINUTE)
    note = event(Message, hours, "agent", ticket, public=False, actor="ann")
    return [effort, note, *([] if line is None else [sets(hours, ticket=ticket, line=line)])]


def three(*more):
    """A, B and C with 10, 20 and 40 minutes on lines 1, 1 and 2; all but A solved by nobody."""
    logs = [[created(ticket=name), *worked(1, name, n, line)] for name, n, line in
            (("A", 10, 1), ("B", 20, 1), ("C", 40, 2))]  # fmt: skip
    return [*(event for log in logs for event in log), *more]


def work(*log):
    facts = table(*log)
    effort = kpi.HANDLE_TIME.of(facts)
    touches = kpi.touches(gap=MINUTE).of(facts)
    return effort.total / MINUTE, effort.n, touches.numerator


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ([], (70, 3, 3)),
        (merged(5, "B", "A"), (70, 2, 3)),
        ([*merged(5, "B", "A"), *merged(6, "C", "B")], (70, 1, 3)),
        ([*merged(5, "C", "B"), *merged(6, "B", "A")], (70, 1, 3)),
        ([*merged(5, "B", "A"), stands(9, "open", ticket="B")], (70, 3, 3)),  # taken back
        ([*merged(5, "B", "A"), *merged(6, "B", "C")], (70, 2, 3)),  # the last one holds
        (merged(5, "B", "elsewhere"), (50, 2, 2)),
        ([stands(5, "void", ticket="B", name="spam")], (50, 2, 2)),
        ([event(Related, 5, "agent", "B", kind="merged_into", other="A")], (70, 2, 3)),
    ],
)
def test_work_on_a_merged_ticket_counts_once_where_it_went(more, found):
    assert work(*three(*more)) == found


def test_a_merge_that_closes_a_circle_has_no_effect():
    only = [event(Related, hours, "agent", a, kind="merged_into", other=b)
            for hours, a, b in ((5, "B", "A"), (6, "A", "B"))]  # fmt: skip
    facts = {fact.ticket_id: fact for fact in table(*three(*only))}
    assert (facts["A"].category, facts["B"].category) == ("new", "void")
    assert [part.ticket_id for part in facts["A"].with_merged] == ["A", "B"]
    assert work(*three(*only)) == (70, 2, 3)


names = st.sampled_from("ABCDE")


def followed(ticket, into):
    while ticket in into:
        ticket = into[ticket]
    return ticket


@given(st.lists(st.tuples(names, names | st.none()), min_size=4, max_size=16))
def test_merges_lead_where_following_them_one_by_one_leads(told):
    """A twin that walks: (ticket, into) in order of time, None takes a merge back."""
    into = {}
    log = [created(ticket=name) for name in "ABCDE"]
    for hour, (ticket, other) in enumerate(told, 1):
        if other is None:
            if ticket in into:
                log += [stands(hour, "void", ticket=ticket), stands(hour, "open", ticket=ticket)]
            into.pop(ticket, None)
        elif other != ticket:
            log.append(event(Related, hour, "agent", ticket, kind="merged_into", other=other))
            others = {name: to for name, to in into.items() if name != ticket}
            if followed(other, others) != ticket:
                into[ticket] = other
    facts = table(*log)
    assert [fact.category == "void" for fact in facts] == [name in into for name in "ABCDE"]
    by_ticket = {name: [e for e in log if e.ticket_id == name] for name in "ABCDE"}
    survivors = merged_logs(by_ticket).survivors
    assert dict(survivors) == {name: followed(name, into) for name in into}
    for fact in facts:
        part_of = [name for name in "ABCDE" if followed(name, into) == fact.ticket_id]
        assert sorted(part.ticket_id for part in fact.with_merged) == (part_of or [fact.ticket_id])


def test_a_chain_of_many_merges_takes_no_walk_each():
    """Thousands merged one behind the other; walking each chain would take minutes."""
    n = 3000
    log = [created(ticket=f"T{k}") for k in range(n)]
    log += [event(Related, n - k, "agent", f"T{k}", kind="merged_into", other=f"T{k + 1}")
            for k in range(n - 1)]  # fmt: skip
    facts = kpi.case_table(log, as_of=NINE + 2 * n * HOUR)
    assert len(facts[-1].with_merged) == n


def test_a_circle_of_one_instant_is_closed_by_the_later_name_whatever_the_order_of_the_file():
    pair = [event(Related, 5, "agent", a, kind="merged_into", other=b) for a, b in ("AB", "BA")]
    logs = [[created(ticket=name)] for name in "AB"]
    for log in ([*logs[0], *logs[1], *pair], [*logs[1], *logs[0], *reversed(pair)]):
        facts = {fact.ticket_id: fact for fact in table(*log)}
        assert (facts["A"].category, facts["B"].category) == ("void", "new")
        living = merged_logs({name: [e for e in log if e.ticket_id == name] for name in "AB"})
        assert dict(living.survivors) == {"A": "B"}


def test_cost_and_credit_of_merged_tickets():
    log = three(*merged(5, "B", "A"), *merged(5, "C", "A"), stands(9, "solved", ticket="A"))
    cost = kpi.cost_per_ticket({1: 22, 2: 62}).of(table(*log))
    assert (cost.numerator, cost.n) == (22 + 22 + 62, 1)
    touched = kpi.attributed(table(*log), "touch")
    assert (touched.by_agent, touched.excluded) == ({"ann": 1}, {"void": 2})
    (fact,) = (fact for fact in table(*log) if fact.ticket_id == "B")
    assert (fact.merged_into, fact.category) == ("A", "void")


# Closing, promises, snapshots, readings


def test_only_what_was_closed_has_a_time_to_close():
    facts = table(
        created(), stands(1, "solved"),
        created(ticket="B"), stands(2, "solved", ticket="B"), stands(5, "closed", ticket="B"),
        created(ticket="C"), stands(3, "closed", ticket="C"), stands(4, "open", ticket="C"),
    )  # fmt: skip
    for measure, hours in ((kpi.TIME_TO_CLOSE, 5), (kpi.KPIS["close_delay"], 3)):
        found = measure.of(facts)
        assert (found.mean, found.excluded) == (hours * HOUR, {"not_closed": 2})


def test_open_tickets_have_not_failed_to_go_straight_through():
    facts = table(
        created(group="g"), stands(1, "solved"),
        created(ticket="B", group="g"),
        created(ticket="C"), stands(1, "solved", ticket="C"), stands(2, "open", ticket="C"),
    )  # fmt: skip
    found = kpi.STRAIGHT_THROUGH.of(facts)
    assert (found.value, found.excluded) == (1, {"unsolved": 1, "open_again": 1})


def test_tickets_without_a_promise_are_named():
    gold = SlaPolicy(
        name="gold", targets=[Target(metric=RESOLUTION, within=4 * HOUR, calendar=ALWAYS)]
    )
    logs = [[created(), stands(1, "solved")], [created(role="agent")]]
    results = [evaluate(log, gold, as_of=NINE + DAY) for log in logs]
    for unit in ("cycle", "ticket_last", "ticket_any"):
        found = kpi.sla_compliance(results, NEXT_RESPONSE.name, unit=unit)
        assert found.share.excluded == {"no_target": 2}
        kept = kpi.sla_compliance(results, RESOLUTION.name, unit=unit)
        assert (kept.met, kept.running_late, kept.no_target) == (1, 1, 0)
        both = kept + kpi.sla_compliance(results[:0], RESOLUTION.name, unit=unit)
        assert both == kept


NEW = {"status": Status("new", "new")}


def test_a_ticket_stands_as_its_last_cycle_or_its_worst():
    calendar = {"within": HOUR, "calendar": ALWAYS}
    policy = SlaPolicy(name="gold", targets=[Target(metric=NEXT_RESPONSE, **calendar)])
    talk = [(1, "agent"), (2, "customer"), (5, "agent"), (6, "customer"), (6.5, "agent")]
    log = [created(), *(event(Message, at, role, public=True) for at, role in talk)]
    result = evaluate(log, policy, as_of=NINE + DAY)
    stood = {
        unit: kpi.sla_compliance([result], NEXT_RESPONSE.name, unit=unit)
        for unit in ("cycle", "ticket_last", "ticket_any")
    }
    counts = {unit: (found.met, found.missed) for unit, found in stood.items()}
    assert counts == {"cycle": (1, 1), "ticket_last": (1, 0), "ticket_any": (0, 1)}


SNAPSHOT = {"basis": "snapshot"}


def test_present_values_tell_no_history():
    log = [
        event(Created, 0, "customer", fields=NEW | {"line": 1}, **SNAPSHOT),
        event(Changed, 5, fields={"status": Status("closed", "closed")}, **SNAPSHOT),
    ]  # fmt: skip
    facts = table(*log)
    told = (
        kpi.full_resolution(), kpi.TIME_TO_CLOSE, kpi.HANDLE_TIME,
        kpi.KPIS["stated_within_sla"], kpi.satisfied(),
    )  # fmt: skip
    for measure in told:
        assert "not_stated" not in measure.of(facts).excluded
    history = (
        kpi.first_resolution(), kpi.KPIS["close_delay"], kpi.solved_within(DAY),
        kpi.solved_in_time(DAY, calendar=BusinessCalendar.always()),
        kpi.first_response(), kpi.KPIS["average_response"], kpi.KPIS["next_response"], kpi.MTTA,
        kpi.full_resolution(pause=["pending"]), kpi.KPIS["requester_wait"], kpi.KPIS["agent_work"],
        kpi.KPIS["on_hold_time"], kpi.KPIS["fcr_one_reply"], kpi.KPIS["zero_reply"],
        kpi.KPIS["fcr_no_further_contact"], kpi.STRAIGHT_THROUGH,
        kpi.no_handoff(), kpi.reopened(), kpi.reopened(within=HOUR), kpi.KPIS["escalated"],
        kpi.KPIS["first_level"],
        kpi.KPIS["transferred"], kpi.KPIS["bounced"], kpi.KPIS["contained_by_bot"],
        kpi.reopenings(), kpi.KPIS["escalations_per_ticket"], kpi.KPIS["transfers_per_ticket"],
        kpi.KPIS["bounces_per_ticket"], kpi.KPIS["handoffs"], kpi.touches(gap=HOUR),
        kpi.cost_per_ticket({1: 22}),
    )  # fmt: skip
    for measure in history:
        found = measure.of(facts)
        assert (found.n, found.excluded) == (0, {"not_stated": 1})
    assert kpi.no_repeat(facts, within=HOUR).excluded == {"not_stated": 1}
    assert kpi.attributed(facts, "touch").excluded == {"not_stated": 1}
    assert list(kpi.by(facts, "line", at="created")) == [None]
    assert kpi.backlog(facts).n == 0


def test_one_bad_ticket_is_left_out_by_name():
    log = [created(5, "BAD"), stands(2, "solved", ticket="BAD"), created(ticket="OK")]
    with pytest.raises(MissingCreation, match="BAD"):
        table(*log)
    facts, bad = kpi.readable_cases(log, as_of=NINE + DAY)
    assert [fact.ticket_id for fact in facts] == ["OK"]
    assert [each.ticket_id for each in bad] == ["BAD"]
    assert isinstance(bad[0].problem, MissingCreation)


def test_time_by_status_adds_repeated_stays():
    (fact,) = table(
        created(),
        *(stands(h, "open", name=f"in {where}")
          for h, where in ((1, "dev"), (5, "test"), (7, "dev"))),
        stands(9, "solved", name="done"),
    )  # fmt: skip
    assert fact.time_by_status() == {"new": HOUR, "in dev": 6 * HOUR, "in test": 2 * HOUR}
    assert fact.time_by_status(until=NINE + 2 * HOUR) == {"new": HOUR, "in dev": HOUR}
    later = fact.time_by_status(until=NINE + 10 * HOUR)
    assert later["done"] == HOUR


def test_tickets_solved_in_a_period_whenever_they_were_created():
    facts = table(
        created(), stands(1, "solved"), stands(30, "open"), stands(31, "solved"),
        created(ticket="B"), stands(40, "solved", ticket="B"), created(ticket="C"),
    )  # fmt: skip
    spans = [Span(NINE + k * DAY, NINE + (k + 1) * DAY) for k in range(3)]
    found = kpi.solved_in(facts, spans)
    assert [[fact.ticket_id for fact in part] for part in found.values()] == [
        ["T1"],
        ["T1", "B"],
        [],
    ]
    for span, part in found.items():
        flow = kpi.solved_per_created(facts, since=span.start, until=span.end)
        assert flow.numerator == len(part)
    gap = [Span(NINE, NINE + 2 * HOUR), Span(NINE + 35 * HOUR, NINE + 41 * HOUR)]
    assert [len(part) for part in kpi.solved_in(facts, gap).values()] == [1, 1]


# The zone in which an instant is told

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
CHANGES = tuple(
    datetime(2026, *rest, tzinfo=UTC)
    for rest in ((3, 8, 7), (3, 29, 1), (4, 4, 15), (10, 25, 1), (11, 1, 6), (3, 22, 2))
)


def retold(fact, zone):
    """Facts made of the same instants, told in another zone."""

    def there(at):
        return None if at is None else at.astimezone(zone)

    return kpi.Facts(
        ticket_id=fact.ticket_id, as_of=there(fact.as_of), created=there(fact.created),
        created_by=fact.created_by, fields=fact.fields,
        history=tuple((there(at), what) for at, what in fact.history),
        acts=tuple(Act(there(act.at), act.kind, act.agent) for act in fact.acts),
        waits=tuple(evolve(w, start=there(w.start), end=there(w.end)) for w in fact.waits),
        acknowledged=there(fact.acknowledged),
        solves=tuple(Solve(there(solve.at), solve.agent) for solve in fact.solves),
        reopenings=tuple(map(there, fact.reopenings)),
        groups=fact.groups, lines=fact.lines, agents=fact.agents,
        stays=tuple(stay._replace(at=there(stay.at)) for stay in fact.stays),
        ratings_requested=fact.ratings_requested,
        ratings=tuple(evolve(r, at=there(r.at), solved=there(r.solved)) for r in fact.ratings),
        worked=fact.worked, closed=there(fact.closed),
        statuses=tuple((there(at), name) for at, name in fact.statuses),
        as_were=fact.as_were,
    )  # fmt: skip


hours_ = st.integers(-30, 30)


@given(logs(), st.sampled_from(ZONES), st.sampled_from(CHANGES), st.integers(0, 20), st.data())
def test_k9_zones_in_which_instants_are_told_change_no_figure(rows, name, change, back, data):
    """Logs around a clock change, windows across it; every instant told in the zone and in UTC."""
    zone, shift = ZoneInfo(name), change - NINE - back * 10 * MINUTE
    end = NINE + shift + 60 * HOUR
    facts = kpi.case_table([evolve(e, at=e.at + shift) for e in events(rows)], as_of=end)
    local = [retold(fact, zone) for fact in facts]
    assert tuple(local) == facts
    window, age = (data.draw(st.integers(1, 40)) * HOUR / 4 for _ in range(2))
    asked = [change + data.draw(hours_) * HOUR / 2 for _ in range(3)]
    since, until = sorted(asked[:2])
    visits = [(at, data.draw(st.sampled_from(["r1", "r2", None]))) for at in asked]

    def figures(facts, told):
        sessions = [kpi.Session(at=told(at), requester=who) for at, who in visits]
        spans = [Span(told(since), told(until)), Span(told(until), told(end))]
        cut = {"since": told(since), "until": told(until)}
        return [
            kpi.deflection(facts, sessions, within=window, as_of=told(end)),
            kpi.deflection(facts, sessions, within=window, as_of=told(asked[2])),
            kpi.repeat_contacts(facts, within=window, history_from=told(since)),
            kpi.repeat_contacts(facts, within=window, anchor="solved"),
            kpi.no_repeat(facts, within=window),
            kpi.reopened(within=window).of(facts),
            kpi.solved_within(window).of(facts),
            kpi.touches(gap=window).of(facts),
            kpi.solved_per_created(facts, **cut),
            kpi.satisfied(**cut).of(facts),
            kpi.mean_satisfaction(**cut, date="solved").of(facts),
            kpi.backlog(facts, at=told(asked[2])),
            kpi.backlog(facts, at=told(asked[2]), age_from="reopened"),
            kpi.mature_until(told(asked[2]), age).astimezone(UTC),
            [[fact.ticket_id for fact in part] for part in kpi.created_in(facts, spans).values()],
            [[fact.ticket_id for fact in part] for part in kpi.solved_in(facts, spans).values()],
            kpi.top_topics(
                facts, current=(told(until), told(end)), previous=(told(since), told(until))
            ),
            *(measure.of(facts) for measure in EVERY),
        ]

    assert figures(local, lambda at: at.astimezone(zone)) == figures(facts, lambda at: at)


def test_a_day_over_a_clock_change_is_24_hours():
    berlin = ZoneInfo("Europe/Berlin")
    noon = datetime(2026, 3, 28, 12, tzinfo=berlin)
    assert kpi.mature_until(moved(noon, DAY), DAY) == noon
    log = [
        Created(ticket_id="T1", at=moved(noon, DAY + 30 * MINUTE), role="customer",
                fields={"status": Status("new", "new"), "requester": "ann"}),
    ]  # fmt: skip
    end = moved(noon, 3 * DAY)
    facts = kpi.case_table(log, as_of=end)
    session = kpi.Session(at=noon, requester="ann")
    found = kpi.deflection(facts, [session], within=DAY, as_of=end)
    assert (found.numerator, found.n) == (1, 2)  # 24.5 hours later, 23.5 on the wall clock


def test_tell_shares_of_a_scale_exactly():
    """0.7 of 0 to 10 is 7, although 0.7 * 10 in floats is not."""
    assert kpi.satisfied(at_least=0.7).of(answered((7, ELEVEN))).value == 1
    assert kpi.ease(direction="high_is_easy").of(answered((7, ELEVEN), kind="ces")).numerator == (
        Fraction(7, 10)
    )


def test_whoever_was_asked_twice_is_one():
    log = [created(), event(RatingRequested, 1, "system", kind="csat"), rated(2, 5), rated(3, 4)]
    assert kpi.response_rate("csat").of(table(*log)).value == 1
