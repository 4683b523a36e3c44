"""Questions that people asked about figures in public, each with the right answer."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kpi.test_told import ALWAYS, DAY, HOUR, MINUTE, NINE, created, event, sets, stands, table

from support_model import kpi
from support_model.calendars import BusinessCalendar
from support_model.events import Created, Message, Worked
from support_model.sla import RESOLUTION, SlaPolicy, Target, evaluate
from support_model.vocabulary import Status

UTC_ZONE = ZoneInfo("UTC")
NEW = {"status": Status("new", "new")}


def test_one_met_one_missed_one_in_time_and_one_late():
    gold = SlaPolicy(
        name="gold", targets=[Target(metric=RESOLUTION, within=4 * HOUR, calendar=ALWAYS)]
    )
    logs = [[created(0), stands(2, "solved")], [created(0), stands(6, "solved")],
            [created(0)], [created(9)]]  # fmt: skip
    results = [evaluate(log, gold, as_of=NINE + 10 * HOUR) for log in logs]
    found = kpi.sla_compliance(results, "resolution")
    assert (found.met, found.missed, found.running_late, found.undecided) == (1, 1, 1, 1)
    assert (found.share.numerator, found.share.n) == (1, 3)


def test_resolution_of_what_was_closed_in_april_whenever_it_was_opened():
    facts = table(
        created(), stands(1, "solved"), created(ticket="B"), stands(960, "solved", ticket="B")
    )
    (april,) = kpi.periods(date(2026, 4, 1), date(2026, 5, 1), tz=UTC_ZONE, every="month")
    ((span, part),) = kpi.solved_in(facts, [april]).items()
    assert kpi.first_resolution().of(part).mean == 40 * DAY
    flow = kpi.solved_per_created(facts, since=span.start, until=span.end)
    assert flow.numerator == len(part) == 1


def test_a_local_day_begins_at_local_midnight():
    at = datetime(2026, 9, 8, 2, 23, 34, tzinfo=UTC)  # 21:23 on the 7th in Chicago
    log = [Created(ticket_id="L", at=at, role="customer", fields=NEW)]
    facts = kpi.case_table(log, as_of=at + 2 * DAY)
    days = kpi.periods(
        date(2026, 9, 7), date(2026, 9, 9), tz=ZoneInfo("America/Chicago"), every="day"
    )
    found = {f"{day.start:%d}": len(part) for day, part in kpi.created_in(facts, days).items()}
    assert found == {"07": 1, "08": 0}


def test_the_backlog_of_tuesday_stays_what_it_was():
    log = [
        created(), created(1, "B"), stands(200, "void", "system", "B", name="deleted"),
    ]  # fmt: skip
    assert kpi.backlog(table(*log, hours=24)).n == 2
    assert kpi.backlog(table(*log, hours=400), at=NINE + DAY).n == 2
    assert kpi.backlog(table(*log, hours=400)).n == 1


def test_effort_that_was_not_recorded_is_not_zero():
    facts = table(
        created(role="agent"), event(Worked, 1, duration=10 * MINUTE), stands(2, "solved"),
        created(3, "B", role="agent"), stands(4, "solved", ticket="B"),
    )  # fmt: skip
    found = kpi.HANDLE_TIME.of(facts)
    assert (found.total, found.n, found.excluded) == (10 * MINUTE, 1, {"no_work_recorded": 1})


def test_a_receipt_a_bot_and_a_note_are_no_first_response():
    def first(*log):
        found = kpi.first_response().of(table(created(), *log))
        return found.mean, found.excluded

    reply = event(Message, 2, public=True)
    assert first(event(Message, 0.01, "system", public=True), reply) == (2 * HOUR, {})
    assert first(event(Message, 0.1, "bot", public=True), reply) == (2 * HOUR, {})
    assert first(event(Message, 1, public=False), reply) == (2 * HOUR, {})
    by_bot = first(event(Message, 0.1, "bot", public=True), stands(1, "solved", "bot"))
    assert by_bot == (None, {"solved_without_reply": 1})


def test_both_clocks_by_name():
    friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    log = [Created(ticket_id="T", at=friday, role="customer", fields=NEW),
           Message(ticket_id="T", at=friday + 66 * HOUR, role="agent", public=True)]  # fmt: skip
    facts = kpi.case_table(log, as_of=friday + 9 * DAY)
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
    wall, business = kpi.first_response().on_clocks(facts, [None, office])
    assert (wall.mean, business.mean) == (66 * HOUR, 2 * HOUR)
    assert (wall.clock, business.clock) == ("calendar", "business")


def test_nothing_is_not_zero():
    for measure in (kpi.first_response(), kpi.MTTA, kpi.HANDLE_TIME):
        assert measure.of([]).mean is None
    for measure in (kpi.reopened(), kpi.satisfied(), kpi.touches(gap=timedelta(minutes=1))):
        assert measure.of([]).value is None


def test_an_offer_is_neither_a_handoff_nor_a_person_that_a_bot_needed():
    offered = [sets(1, "system", agent="ann"), sets(2, "system", agent=None)]
    facts = table(
        created(), event(Message, 0.5, "bot", public=True), *offered, stands(3, "solved", "bot")
    )
    assert kpi.KPIS["contained_by_bot"].of(facts).value == 1
    assert kpi.first_response(start="assignment").of(facts).excluded == {"never_assigned": 1}
    taken = table(created(), *offered, sets(4, "system", agent="bob"),
                  event(Message, 5, actor="bob", public=True))  # fmt: skip
    assert (taken[0].agents, kpi.KPIS["handoffs"].of(taken).value) == (("bob",), 0)
    assert kpi.first_response(start="assignment").of(taken).mean == HOUR
