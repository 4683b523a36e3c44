"""Every KPI is one definition: the figure of columns is the figure of records."""

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import pytest
from attrs import evolve
from frames.fact_columns import columns_of
from frames.histories import calendars, drawn_as_of, drawn_log

from support_model import kpi
from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.fact_building import facts_of_columns
from support_model._time import micros
from support_model.calendars import BusinessCalendar
from support_model.kpi import case_table

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
