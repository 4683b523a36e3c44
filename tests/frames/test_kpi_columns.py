"""Every KPI is one definition: the figure of columns, or of plain lists, is that of records."""

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import numpy as np
import pytest
from attrs import evolve
from frames.fact_columns import columns_of
from frames.histories import calendars, drawn_as_of, drawn_log

from support_model import kpi
from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.fact_building import facts_of_columns
from support_model._columns.fact_tables import to_arrow
from support_model._kpi import plain_figures
from support_model._time import micros
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.kpi import case_table, packed

HOUR = timedelta(hours=1)
SEEDS = range(25)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")


@cache
def drawn(seed):
    """Return facts as records, of a log that leaves nothing unsaid."""
    log = drawn_log(seed, tickets=3 + seed % 9)
    return case_table(log, as_of=drawn_as_of(seed, log))


@cache
def by_columns(seed):
    """Return the same facts as columns, from the events."""
    log = drawn_log(seed, tickets=3 + seed % 9)
    as_of = micros(drawn_as_of(seed, log))
    return facts_of_columns(EventColumns.known_by(raw_of_events(log), as_of), as_of)


@cache
def stated(seed):
    """Return drawn facts with what sources state besides events, which may contradict them."""
    rng = Random(seed)  # noqa: S311 - a drawn table, the same for a seed
    table = []
    for facts in drawn(seed):
        moments = [facts.created, facts.as_of, *(act.at for act in facts.acts)]
        moments += [at + rng.choice((-HOUR, HOUR)) for at in moments if 2 < at.year < 9998]
        changes = {
            name: rng.choice(moments)
            for name in ("closed", "unknown_wrote", "unknown_acted", "created", "acknowledged")
            if not rng.randrange(4)
        }
        changes |= {name: not rng.randrange(4) for name in ("snapshot", "cut")}
        if not rng.randrange(5):
            changes |= {"solves": ()}
        if not rng.randrange(3):
            changes |= {
                "worked": timedelta(seconds=rng.randrange(9000)),
                "created_by": "third_party",
            }
        if not rng.randrange(3):
            changes |= {"fields": {**facts.fields, "custom.sla_met": rng.choice((True, False))}}
        table.append(evolve(facts, **changes))
    return tuple(table)


PERIOD = {"since": datetime(2026, 1, 20, tzinfo=UTC), "until": datetime(2026, 6, 1, tzinfo=UTC)}
PAUSES = ((), ("pending",), ("solved", "closed"), ("pending", "on_hold", "solved"))
TIMES = {
    **{key: one for key, one in kpi.KPIS.items() if isinstance(one, kpi.TimeKpi)},
    **{
        f"first_response {agent_created} {start} {bots} {notes}": kpi.first_response(
            agent_created=agent_created, start=start, bots=bots, notes=notes
        )
        for agent_created in ("first_customer_message", "next_public_reply", "exclude")
        for start in ("contact", "assignment")
        for bots in (False, True)
        for notes in (False, True)
    },
    **{f"first_resolution {pause}": kpi.first_resolution(pause=pause) for pause in PAUSES},
    **{f"full_resolution {pause}": kpi.full_resolution(pause=pause) for pause in PAUSES},
}
SHARES = {
    **{key: one for key, one in kpi.KPIS.items() if isinstance(one, kpi.ShareKpi)},
    "reopened": kpi.reopened(),
    **{f"reopened within {n}": kpi.reopened(within=n * HOUR) for n in (0, 1, 48, 10**7)},
    **{f"solved within {n}": kpi.solved_within(n * HOUR) for n in (0, 24, 500)},
    **{f"in time {n}": kpi.solved_in_time(n * HOUR, calendar=OFFICE) for n in (0, 8, 10**9)},
    **{f"no handoff {of}": kpi.no_handoff(of) for of in (("group",), ("agent", "group"), ())},
    "satisfied": kpi.satisfied(),
    "satisfied top": kpi.satisfied(top=1),
    "satisfied at least": kpi.satisfied(at_least=0.75),
    "satisfied rated": kpi.satisfied(**PERIOD),
    "satisfied solved": kpi.satisfied(**PERIOD, date="solved"),
    "response": kpi.response_rate("csat"),
    **{
        f"low effort {direction} {scale} {least}": kpi.low_effort(
            direction=direction, scale=scale, at_least=least
        )
        for direction in ("high_is_easy", "low_is_easy")
        for scale in (None, (1, 7))
        for least in (None, 0.5)
    },
}
RATES = {
    **{key: one for key, one in kpi.KPIS.items() if isinstance(one, kpi.RateKpi)},
    "reopenings": kpi.reopenings(),
    "reopenings within": kpi.reopenings(within=24 * HOUR),
    **{f"touches {n}": kpi.touches(gap=n * HOUR) for n in (0, 1, 10**7)},
    "cost": kpi.cost_per_ticket(dict.fromkeys(range(10), 2) | {2: 0.1, 3: 1e-7}),
    "large cost": kpi.cost_per_ticket(dict.fromkeys(range(10), 1e300) | {2: 0.1}),
    "mean": kpi.mean_satisfaction(),
    "mean on a scale": kpi.mean_satisfaction(scale=(1, 5), **PERIOD),
    "net promoter": kpi.net_promoter_score(),
    "net promoter of a share": kpi.net_promoter_score(kind="csat", at_least=0.9, at_most=0.5),
    "effort": kpi.effort(direction="low_is_easy"),
    "ease": kpi.ease(direction="low_is_easy"),
}
EVERY = {**TIMES, **SHARES, **RATES}


def tables():
    for seed in SEEDS:
        yield drawn(seed), by_columns(seed)
        yield stated(seed), columns_of(stated(seed))


def plain_tables():
    """Yield records and the same as plain lists; the next test asks a few of them at a time."""
    for seed in SEEDS[:8]:
        for records in (drawn(seed), stated(seed)):
            yield records, packed([records[:2], records[2:]])


@pytest.fixture
def few_at_once(monkeypatch):
    monkeypatch.setattr(plain_figures, "AT_ONCE", 3)


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize("name", EVERY)
def test_the_figure_of_plain_lists_is_the_figure_of_records(name):
    one = EVERY[name]
    clocks = [None, OFFICE, *calendars()] if name in TIMES else []
    for records, plain in plain_tables():
        assert one.of(plain) == one.of(records)
        assert one.of(plain).excluded == one.of(records).excluded
        assert one.per_ticket(plain) == one.per_ticket(records)
        for clock in clocks:
            assert one.of(plain, calendar=clock) == one.of(records, calendar=clock)


@pytest.mark.parametrize("name", EVERY)
def test_the_figure_of_columns_is_the_figure_of_records(name):
    one = EVERY[name]
    for records, columns in tables():
        assert one.of(columns) == one.of(records)
        assert one.of(columns).excluded == one.of(records).excluded


@pytest.mark.parametrize("name", EVERY)
def test_each_ticket_has_its_answer_in_columns(name):
    one = EVERY[name]
    for seed in SEEDS[:12]:
        assert one.per_ticket(by_columns(seed)) == one.per_ticket(drawn(seed))


@pytest.mark.parametrize("name", TIMES)
def test_times_agree_on_every_calendar(name):
    one = TIMES[name]
    clocks = [None, OFFICE, *calendars()]
    for records, columns in tables():
        for clock in clocks:
            assert one.of(columns, calendar=clock) == one.of(records, calendar=clock)


def wholes():
    """Return the questions about all tickets at once, by name."""
    since, until = PERIOD["since"], PERIOD["until"]
    spans = kpi.periods(since.date(), until.date(), tz="Europe/Berlin", every="week")
    middle = spans[len(spans) // 2].start
    shared = ("requester 1", "ann")
    visits = [
        kpi.Session(at=since + n * 7 * HOUR, requester=who)
        for n in range(400)
        for who in (None, "?", *REQUESTERS)
    ]
    asked = {
        "lives": kpi.resolution_curve,
        "lifetimes": kpi.resolution_lifetimes,
        "flow": lambda facts: kpi.solved_per_created(facts, since=since, until=until),
        "selected": kpi.selected_by_completion,
        "expense": lambda facts: kpi.expense_per_ticket(facts, variable=3.5, fixed=7),
        "topics": lambda facts: kpi.top_topics(
            facts, current=(middle, until), previous=(since, middle), field="channel"
        ),
        "deflection": lambda facts: kpi.deflection(facts, visits, within=30 * HOUR, as_of=until),
        **{
            f"backlog {start} {name}": lambda facts, start=start, clock=clock: kpi.backlog(
                facts, age_from=start, calendar=clock
            )
            for start in ("created", "reopened")
            for name, clock in (("wall", None), ("office", OFFICE))
        },
        **{
            f"attributed {rule}": lambda facts, rule=rule: kpi.attributed(facts, rule)
            for rule in ("solver", "solutions", "first_replier", "touch")
        },
        **{
            f"no repeat {n} {some}": lambda facts, n=n, some=some: kpi.no_repeat(
                facts, within=n * HOUR, shared=some
            )
            for n in (0, 24, 500, 10**7)
            for some in ((), shared)
        },
        **{
            f"repeats {anchor} {link} {start} {n}": (
                lambda facts, anchor=anchor, link=link, start=start, n=n: kpi.repeat_contacts(
                    facts, within=n * HOUR, anchor=anchor, link=link, history_from=start
                )
            )
            for anchor in ("created", "solved")
            for link in ("previous", "first")
            for start in (None, since)
            for n in (0, 100, 900)
        },
    }
    return asked, spans


REQUESTERS = ("ann", "bob", "requester 1")
WHOLES, WEEKS = wholes()


def few(records):
    """Return tickets of few requesters and topics, so that contacts repeat."""
    changed = []
    for place, facts in enumerate(records):
        who = {"requester": REQUESTERS[place % 3] if place % 5 else None}
        what = {"topic": "x" if place % 4 else ("?", None, "y")[place % 3]}
        changed.append(
            evolve(facts, fields={**facts.fields, **who, **what}, created_by="customer")
        )
    return changed


PLAIN = ("lives", "flow", "selected", "backlog", "no repeat", "repeats")
"""Questions about all tickets that plain lists answer, by how their names begin."""


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize("name", [name for name in WHOLES if name.startswith(PLAIN)])
def test_a_question_about_all_tickets_has_one_answer_of_plain_lists(name):
    ask = WHOLES[name]
    for seed in SEEDS[:8]:
        for records in (drawn(seed), few([*drawn(seed), *stated(seed + 1)])):
            assert answer(ask, packed([records])) == answer(ask, records)


def test_plain_lists_are_split_by_a_field_as_records_are():
    for records, plain in plain_tables():
        found = kpi.by(plain, "priority")
        split = [(key, [*part.scalar("ticket_id")]) for key, part in found.items()]
        assert split == named(kpi.by(records, "priority"))
    assert "fields as they are now" in str(refused(kpi.by, plain, "priority", at="created"))


@pytest.mark.parametrize("name", WHOLES)
def test_a_question_about_all_tickets_has_one_answer(name):
    ask = WHOLES[name]
    for records, columns in tables():
        assert answer(ask, columns) == answer(ask, records)
    for seed in SEEDS:
        repeated = few([*drawn(seed), *stated(seed + 1)])
        assert answer(ask, columns_of(repeated)) == answer(ask, repeated)


def answer(ask, facts):
    """Return an answer, or why there is none: a ticket that was solved before it was created."""
    try:
        return ask(facts)
    except InvalidValue as error:
        return str(error)


def test_an_earlier_backlog_is_that_of_its_instant():
    for records, columns in tables():
        for ticket in records:
            at = min(ticket.created + HOUR, *(each.as_of for each in records))
            assert kpi.backlog(columns, at=at) == kpi.backlog(records, at=at)
    late = records[0].as_of + HOUR
    messages = [str(refused(kpi.backlog, facts, at=late)) for facts in (records, columns)]
    assert messages[0] == messages[1]


def refused(call, *args, **options):
    with pytest.raises(InvalidValue) as error:
        call(*args, **options)
    return error.value


def ids(part):
    """Return the tickets of a part, records or columns."""
    if hasattr(part, "words"):
        return [part.words("ticket_id").value(row) for row in range(part.size)]
    return [facts.ticket_id for facts in part]


def named(parts):
    return [(key, ids(part)) for key, part in parts.items()]


@pytest.mark.parametrize("moment", ["as_of", "created", "first_reply", "solved", "rated"])
def test_columns_are_split_by_a_field_as_records_are(moment):
    for records, columns in tables():
        for name in ("priority", "group", "custom.vip", "custom.nobody has this"):
            found = kpi.by(columns, name, at=moment)
            assert named(found) == named(kpi.by(records, name, at=moment))


def test_columns_are_split_by_agents_and_periods_as_records_are():
    for records, columns in tables():
        assert named(kpi.by_rated_agent(columns)) == named(kpi.by_rated_agent(records))
        for split in (kpi.created_in, kpi.solved_in):
            assert named(split(columns, WEEKS)) == named(split(records, WEEKS))
        assert kpi.created_in(columns, []) == kpi.solved_in(columns, []) == {}


@pytest.mark.parametrize(
    "name", ["first_response exclude contact True False", "touches 1", "cost"]
)
def test_an_arrow_table_of_facts_is_asked_as_its_columns_are(name):
    one = EVERY[name]
    for seed in SEEDS:
        assert one.of(to_arrow(by_columns(seed))) == one.of(drawn(seed))
        assert one.of(drawn(seed)[0]) == one.of(drawn(seed)[:1])


def test_a_kpi_of_your_own_is_asked_of_records_alone():
    mine = kpi.ShareKpi(key="mine", definition="mine", judge=lambda facts: facts.solved)
    assert mine.of(drawn(1)).n
    assert "ask it of kpi.case_table" in str(refused(mine.of, by_columns(1)))


def test_a_line_without_a_cost_is_an_error_where_it_is_counted():
    of_one = kpi.cost_per_ticket({1: 2})
    found = {True: 0, False: 0}
    for seed in SEEDS:
        for facts in drawn(seed):
            records, columns, plain = [facts], columns_of([facts]), packed([[facts]])
            lacking = {*facts.lines, *(n for part in facts.merged for n in part.lines)} - {1}
            raised = bool(lacking) and facts.solved
            found[raised] += 1
            if raised:
                messages = {str(refused(of_one.of, asked)) for asked in (records, columns, plain)}
                assert len(messages) == 1
                assert all("a line without a cost" in message for message in messages)
            else:
                assert of_one.of(columns) == of_one.of(records)
    assert all(found.values())


def test_effort_that_no_column_holds_is_an_error_and_no_wrong_sum():
    whole = timedelta(microseconds=2**62)
    facts = drawn(1)[0]
    part = evolve(facts, ticket_id="merged", worked=whole)
    several = evolve(facts, worked=whole, merged=(part, part))
    assert "may not hold" in str(refused(kpi.HANDLE_TIME.of, columns_of([several])))
    assert kpi.HANDLE_TIME.of([several]).total_micros == 3 * 2**62


def test_no_tickets_have_the_figures_of_no_tickets():
    none = by_columns(1).take(np.zeros(0, np.int64))
    for empty in (none, packed([])):
        assert [one.of(empty) for one in EVERY.values()] == [one.of([]) for one in EVERY.values()]
    assert [ask(none) for ask in WHOLES.values()] == [ask([]) for ask in WHOLES.values()]
    assert kpi.by(none, "priority") == kpi.by_rated_agent(none) == {}
    for by in ([], ["week", "priority"], ["solved"]):
        every = {(one.key, one.definition): one for one in EVERY.values()}.values()
        tables_of_none = [kpi.table(facts, every, by=by, tz="UTC") for facts in (none, [])]
        assert tables_of_none[0].equals(tables_of_none[1])
