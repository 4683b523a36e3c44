"""The case files of the rules, all of them, and the rules told by example."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import attrs
import pytest
from conformance import semantics

from support_model._sla.metrics import PERIODIC_UPDATE, TOTAL_RESOLUTION
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.events import Changed, Created, Message, PolicyApplied, Promised
from support_model.instants import duration
from support_model.patterns import Field, Function, fact
from support_model.sla import (
    ACKNOWLEDGEMENT,
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    Target,
    evaluate,
)
from support_model.vocabulary import Priority, Status

FILES = sorted((Path(__file__).parents[1] / "conformance" / "semantics").glob("*.json"))
CASES = [case for path in FILES for case in semantics.cases(json.loads(path.read_text("utf-8")))]
START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
ALWAYS_OPEN = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
RANKS = {"urgent": 1, "normal": 2, "low": 3}
URGENT = Field("priority_rank").at_most(1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(case):
    assert semantics.run(case) is None


def test_the_files_are_whole():
    """At least 400 cases, a case of every rule, every pair of values of the mixed ones."""
    assert len(CASES) >= 400
    assert len({case.id for case in CASES}) == len(CASES)
    (rules,) = {json.dumps(json.loads(path.read_text("utf-8"))["rules"]) for path in FILES}
    assert {case.source for case in CASES} == set(json.loads(rules))
    mixed = [case.data for case in CASES if case.source == "4-6"]
    rows = [mixed_values(data) for data in mixed]
    for a, b in combinations(range(5), 2):
        met = {(row[a], row[b]) for row in rows}
        every = {(one[a], two[b]) for one in rows for two in rows}
        assert met == every
    assert [len({row[i] for row in rows}) for i in range(5)] == [11, 6, 4, 7, 7]


def mixed_values(data):
    """Metric, after_stop, on_change and calendar of a mixed case, and the order in its name."""
    like, target = data["metrics"]["mixed"], data["policies"][0]["targets"][0]
    values = like["like"], like["after_stop"], target["on_change"], target["calendar"]
    head = "-".join(values)
    return *values, data["id"].removeprefix(f"{head}-").rpartition("-")[0]


def test_docs_name_rules_and_their_cases():
    page = Path(__file__).parents[2] / "docs" / "explanation" / "service-levels.md"
    told = re.findall(r"^\| .+ \| ([\d.]+) \| `(.+)` \|$", page.read_text("utf-8"), re.MULTILINE)
    assert len(told) > 20
    rules = {case.id: case.source for case in CASES}
    assert [(rules.get(name), name) for _, name in told] == told


def test_a_wrong_expectation_is_seen():
    (case,) = [case for case in CASES if case.id == "due-at-close-met"]
    row = {**case.data["expect"]["clocks"]["sla/resolution"][0], "state": "missed"}
    expect = {"clocks": {"sla/resolution": [row]}, "moments": []}
    told = semantics.run(attrs_like(case, expect))
    assert told == "sla/resolution 1 state: answered met, expected missed"


def attrs_like(case, expect):
    return type(case)(case.id, case.source, {**case.data, "expect": expect})


# In what follows a log is told in hours since its start, and the answers are worked by hand.


def at(hours):
    return START + timedelta(hours=hours)


def event(kind, hours, seq, role="agent", **more):
    return kind(ticket_id="T1", at=at(hours), seq=seq, role=role, **more)


def life(*rows, priority="normal", role="customer", status="open"):
    """A log: rows of (hours, status or field values, or a maker of an event)."""
    fields = {"status": Status(status, status), "priority": Priority(priority, RANKS[priority])}
    log = [event(Created, 0, 0, role, fields=fields)]
    for seq, (hours, what) in enumerate(rows, 1):
        if callable(what):
            log.append(what(hours, seq))
        else:
            log.append(event(Changed, hours, seq, fields=changed(what)))
    return log


def changed(what):
    if isinstance(what, dict):
        return what
    if what in RANKS:
        return {"priority": Priority(what, RANKS[what])}
    return {"status": Status(what, what)}


def says(role="agent", *, public=True):
    return lambda hours, seq: event(Message, hours, seq, role, public=public)


def promises(metric, due):
    due = None if due is None else at(due)
    return lambda hours, seq: event(Promised, hours, seq, metric=metric, due=due)


def of(within, metric=RESOLUTION, calendar=ALWAYS_OPEN, **more):
    within = duration(within) if isinstance(within, str) else within
    return Target(metric=metric, within=within, calendar=calendar, **more)


def clock(log, *targets, as_of, metric="resolution"):
    return evaluate(log, SlaPolicy(name="gold", targets=targets), as_of=at(as_of))[metric]


@pytest.mark.parametrize(
    ("stop", "state", "breached"), [(7.5, "met", False), (8, "met", False), (9, "missed", True)]
)
def test_due_at_closing_equality_is_on_time(stop, state, breached):
    found = clock(life((stop, "solved")), of("8h", calendar=OFFICE), as_of=20)
    assert found.due_at == at(8)
    assert (found.state, found.breached) == (state, breached)
    assert found.elapsed == timedelta(hours=min(stop, 8))


def test_the_oldest_unanswered_message_counts():
    log = life((1, says()), (2, says("customer")), (3, says("customer")))
    found = clock(log, of("2h", NEXT_RESPONSE), as_of=3.5, metric="next_response")
    assert found.last.start == at(2)
    assert found.due_at == at(4)


@pytest.mark.parametrize("role", ["bot", "system", "third_party", "customer"])
def test_only_people_of_ours_reply(role):
    found = clock(
        life((1, says(role))), of("2h", FIRST_RESPONSE), as_of=1.5, metric="first_response"
    )
    assert found.state == "running"


def test_an_internal_message_acknowledges_and_does_not_reply():
    log = life((1, says(public=False)))
    both = of("2h", FIRST_RESPONSE), of("2h", ACKNOWLEDGEMENT)
    assert clock(log, *both, as_of=2, metric="first_response").state == "running"
    assert clock(log, *both, as_of=2, metric="acknowledgement").state == "met"


def test_a_solved_gap_is_taken_out_or_counts():
    log = life((2, "solved"), (5, "open"))
    assert clock(log, of("8h"), as_of=6).elapsed == timedelta(hours=3)
    total = clock(log, of("8h", TOTAL_RESOLUTION), as_of=6, metric="total_resolution")
    assert total.elapsed == timedelta(hours=6)


@pytest.mark.parametrize(
    ("on_change", "due"), [("carry", 4), ("restart", 10), ("forward", 8), ("frozen", 12)]
)
def test_what_a_change_does_to_an_open_cycle(on_change, due):
    """After 6 of 12 hours a target of 4 hours: half of it is left where shares are kept."""
    targets = of("4h", when=URGENT, on_change=on_change), of("12h", on_change=on_change)
    found = clock(life((6, "urgent")), *targets, as_of=6)
    assert found.due_at == at(due)


def test_a_breach_that_a_change_brings_is_at_the_change():
    found = clock(life((6, "urgent")), of("4h", when=URGENT), of("12h"), as_of=7)
    assert (found.due_at, found.breach_at, found.breached) == (at(4), at(6), True)


def test_a_breach_outlives_an_extension():
    found = clock(life((3, "urgent")), of("12h", when=URGENT), of("2h"), as_of=4)
    assert (found.breached, found.was_breached) == (False, True)
    assert found.last.earlier_breaches == (at(2),)


def test_a_promised_date_does_not_move():
    log = life((1, promises("resolution", 5)), (2, "pending"), (4, "urgent"), (4.5, "open"))
    found = clock(log, of("1h", when=URGENT), of("12h"), as_of=4.75)
    assert found.due_at == at(5)


@pytest.mark.parametrize(("pause", "breached"), [(1.75, False), (2, True), (2.25, True)])
def test_a_pause_at_the_due_instant_comes_too_late(pause, breached):
    found = clock(life((pause, "pending")), of("2h"), as_of=9)
    assert (found.state, found.breached) == ("paused", breached)
    assert clock(life((pause, "pending")), of("2h"), as_of=2).breached is breached


def test_shares_of_warnings_are_exact():
    """0.333 of ten microseconds is used up with the fourth."""
    target = of(timedelta(microseconds=10), warn_at=[0.333, 0.3])
    agenda = evaluate(life(), SlaPolicy(name="gold", targets=[target]), as_of=START).agenda
    reached = [(moment.at - START).microseconds for moment in agenda]
    assert reached == [3, 4, 10]


@pytest.mark.parametrize("select", ["first_match", "all"])
def test_a_named_edition_decides_also_for_metrics_that_later_ones_dropped(select):
    book = PolicyBook(
        [
            SlaPolicy(name="gold", version="1", targets=[of("2h")]),
            SlaPolicy(name="gold", version="2", targets=[of("2h", FIRST_RESPONSE)]),
        ],
        select=select,
    )
    named = event(PolicyApplied, 0.5, 1, policy="gold", version="1")
    found = evaluate([*life(), named], book, as_of=at(1))
    assert found["resolution"].due_at == at(2)
    assert found["first_response"].state == "cancelled"
    at_once = event(PolicyApplied, 0, 1, policy="gold", version="1")
    assert "first_response" not in evaluate([*life(), at_once], book, as_of=at(1))


def test_solved_in_the_instant_of_a_change_to_a_target_long_past():
    log = life((5, "urgent"), (5, "solved"))
    found = clock(log, of("2h", when=URGENT), of("24h"), as_of=6)
    assert found.elapsed > timedelta(hours=2)
    assert found.state == "missed"


def test_solved_from_a_pause_in_which_the_due_was_put_into_the_past():
    log = life((3, "pending"), (5, "urgent"), (50, "solved"))
    found = clock(log, of("2h", when=URGENT), of("24h"), as_of=60)
    assert found.elapsed > timedelta(hours=2)
    assert found.state == "missed"


def test_solved_from_a_pause_in_which_a_promised_date_passed():
    log = life((0, promises("resolution", 4)), (3, "pending"), (50, "solved"))
    assert clock(log, of("24h"), as_of=60).state == "missed"


def test_a_frozen_target_is_cancelled_with_its_ticket():
    found = clock(life((1, "void")), of("2h", on_change="frozen"), as_of=5)
    assert found.state == "cancelled"


def test_what_is_cancelled_is_not_breached_later():
    found = clock(life((1, "void")), of("2h"), as_of=5)
    assert found.state == "cancelled"
    assert not found.breached
    assert not found.was_breached


def test_what_was_breached_before_a_cancellation_is_an_earlier_breach():
    """Also where the ticket was solved, too late, in the very instant in which it was voided."""
    for rows in ([(5, "void")], [(5, "solved"), (5, "void")]):
        found = clock(life(*rows), of("2h"), as_of=9)
        assert (found.state, found.breached, found.was_breached) == ("cancelled", False, True)
        assert found.last.earlier_breaches == (at(2),)
        assert found.last.end == at(5)
        assert found.elapsed == found.last.gross_elapsed == timedelta(hours=5)


def test_another_edition_of_equal_targets_moves_no_breach():
    book = PolicyBook([SlaPolicy(name="gold", version=v, targets=[of("2h")]) for v in "12"])
    named = event(PolicyApplied, 3, 1, policy="gold", version="1")
    found = evaluate([*life(), named], book, as_of=at(4))["resolution"]
    assert (found.breach_at, found.last.policy.version) == (at(2), "1")
    assert found.last.earlier_breaches == ()


@pytest.mark.parametrize("select", ["first_match", "all"])
def test_a_metric_is_asked_of_the_agreement_with_the_customer_also_before_it_begins(select):
    teams = SlaPolicy(name="teams", kind="ola", targets=[of("1h", NEXT_RESPONSE), of("1h")])
    gold = SlaPolicy(name="gold", targets=[of("2h", NEXT_RESPONSE)])
    book = PolicyBook([teams, gold], select=select)
    for log in (life(), life((1, says()), (2, says("customer")))):
        result = evaluate(log, book, as_of=at(3))
        assert [clock.kind for clock in result] == ["ola", "ola", "sla"]
        assert result["next_response"].kind == "sla"
        assert result["resolution"].kind == "ola"


def test_a_metric_is_in_a_result_beside_others():
    targets = of("2h"), of("2h", FIRST_RESPONSE)
    result = evaluate(life(), SlaPolicy(name="gold", targets=targets), as_of=at(1))
    assert "resolution" in result
    assert "first_response" in result
    assert "ownership" not in result


@pytest.mark.parametrize(
    ("when", "before"),
    [
        (URGENT & Field("times.replied").at_least(1), False),
        (Function("answered", lambda now: now.after.times.get("replied", 0) > 0), False),
        (URGENT | Function("answered", lambda now: now.after.times.get("replied", 0) > 0), True),
    ],
)
def test_a_condition_on_more_than_fields_is_asked_at_every_event(when, before):
    log = life((1, says()), (2, {"group": "a"}), priority="urgent")
    policy = SlaPolicy(name="gold", when=Field("priority").has(), targets=[of("4h", when=when)])
    assert ("resolution" in evaluate(log, policy, as_of=at(0.5))) is before
    found = evaluate(log, policy, as_of=at(3))["resolution"]
    assert (found.state, found.due_at) == ("running", at(4))


@pytest.mark.parametrize(("days", "hours"), [(1, 24), (2, 30), (2, 48)])
def test_the_shortest_takes_a_working_day_for_24_hours(days, hours):
    both = [
        SlaPolicy(name="days", targets=[of(WorkingDays(days))]),
        SlaPolicy(name="hours", targets=[of(f"{hours}h")]),
    ]
    found = evaluate(life(), PolicyBook(both, select="shortest"), as_of=at(1))["resolution"]
    assert found.last.policy.name == ("hours" if hours < 24 * days else "days")


def test_a_microsecond_is_a_target():
    assert clock(life(), of(timedelta(microseconds=1)), as_of=1).breached


def test_a_reply_in_the_instant_of_a_cancellation_is_none():
    """Within an instant a cancellation comes first, for clocks that stop once as for others."""
    log = life((1, says()), (1, "void"))
    found = clock(log, of("2h", FIRST_RESPONSE), as_of=3, metric="first_response")
    assert (found.state, found.last.end) == ("cancelled", at(1))
    later = life((1, says()), (1.5, "void"))
    found = clock(later, of("2h", FIRST_RESPONSE), as_of=3, metric="first_response")
    assert (found.state, found.last.end) == ("met", at(1))


def test_an_edition_that_promises_the_same_keeps_all_that_was_breached():
    """Two hours were over, then four; the day that is left is the same in both editions."""
    targets = of("4h", when=URGENT), of("24h", when=Field("priority").is_("low")), of("2h")
    book = PolicyBook([SlaPolicy(name="gold", version=v, targets=targets) for v in "12"])
    log = [
        *life((3, "urgent"), (5, "low")),
        event(PolicyApplied, 6, 9, policy="gold", version="1"),
    ]
    for last, version in ((log[:-1], "2"), (log, "1")):
        found = evaluate(last, book, as_of=at(7))["resolution"]
        assert found.last.policy.version == version
        assert found.last.earlier_breaches == (at(2), at(4))
        assert (found.breached, found.due_at) == (False, at(24))


def test_warnings_of_a_promised_date_stand_as_still_as_the_date():
    """A pause moves neither; what falls into it is told at the resume."""
    target = of("24h", warn_at=[0.5, 0.75, timedelta(minutes=-30), timedelta(hours=1)])
    rows = [(0, promises("resolution", 8)), (5, "pending"), (7, "open")]
    policy = SlaPolicy(name="gold", targets=[target])

    def told(number, as_of):
        agenda = evaluate(life(*rows[:number]), policy, as_of=at(as_of)).agenda
        return [((moment.at - START) / timedelta(hours=1), moment.key[6]) for moment in agenda]

    foretold = [
        (4, "0.5"),
        (6, "0.75"),
        (7.5, "-30m"),
        (8, "due"),
        (9, "1h"),
    ]
    assert told(1, 1) == foretold
    assert told(2, 5) == told(2, 6) == foretold[:1]
    assert told(3, 7) == [(4, "0.5"), (7, "0.75"), *foretold[2:]]


def test_a_promised_date_inside_a_pause_is_told_at_the_resume():
    warnings = [0.5, 1.0, timedelta(0), timedelta(hours=1)]
    policy = SlaPolicy(name="gold", targets=[of("24h", warn_at=warnings)])
    log = life((0, promises("resolution", 8)), (5, "pending"), (9, "open"))
    agenda = evaluate(log, policy, as_of=at(9)).agenda
    told = {moment.key[6]: moment.at for moment in agenda}
    assert told.pop("due") == at(9)
    assert told == {"0.5": at(4), "1": at(9), "0s": at(9), "1h": at(10)}


def test_time_alone_warns_of_no_promise_while_paused():
    log = life((0, promises("resolution", 1)), status="pending")
    policy = SlaPolicy(name="gold", targets=[of("4h", warn_at=[0.5])])
    for as_of in (0, 0.25, 0.75, 1, 2):
        assert len(evaluate(log, policy, as_of=at(as_of)).agenda) == 0


def test_no_update_is_owed_in_a_settled_ticket():
    log = life((1, "solved"), (2, says()))
    assert clock(log, of("2h", PERIODIC_UPDATE), as_of=9, metric="periodic_update").last is None


def test_a_date_that_falls_into_a_nightly_pause_waits_for_the_resume():
    log = life((10, "pending"))  # Monday 19:00; due Tuesday 09:00, nothing open in between
    found = clock(log, of(WorkingDays(1), calendar=OFFICE), as_of=26)
    assert found.due_at == at(24)
    assert not found.breached


def test_forwarding_while_paused_breaches_at_the_resume():
    targets = (
        of("2h", when=URGENT),
        of("12h", when=Field("priority").is_("low"), on_change="forward"),
        of("24h"),
    )
    found = clock(life((3, "pending"), (5, "urgent"), (6, "low")), *targets, as_of=10)
    assert found.state == "paused"
    assert not found.breached


@pytest.mark.parametrize("begins_anew", ["after_stop", "reset"])
def test_a_warning_that_was_given_stays_after_a_restart(begins_anew):
    change = {"after_stop": "restart"}
    if begins_anew == "reset":
        change = {"reset": fact("transferred")}
    target = of("2h", attrs.evolve(RESOLUTION, **change), warn_at=[0.5])
    policy = SlaPolicy(name="gold", targets=[target])
    log = life((0, {"group": "a"}), (1.5, "solved"), (5, "open"))
    if begins_anew == "reset":
        log = life((0, {"group": "a"}), (1.5, {"group": "b"}))
    before = evaluate(log, policy, as_of=at(1.25)).agenda.through(at(1.25))
    assert [moment.at for moment in before] == [at(1)]
    assert set(before) <= set(evaluate(log, policy, as_of=at(6)).agenda)


def test_a_cycle_that_waits_for_the_last_due_does_not_restart_before_it():
    metric = attrs.evolve(NEXT_RESPONSE, after_stop="again_after_due")
    targets = of("2h", metric, when=URGENT, on_change="restart"), of("12h", metric)
    log = life(
        (1, says()), (2, says("customer")), (3, says()), (4, says("customer")), (5, "urgent")
    )
    found = clock(log, *targets, as_of=6, metric="next_response")
    assert found.last.start == at(14)
    assert found.due_at == at(16)


def test_what_is_left_shrinks_with_counted_time_and_goes_below_nothing():
    log = life((2, "pending"), (5, "open"))
    left = [clock(log, of("8h"), as_of=hours).remaining for hours in (0, 2, 4, 6, 12)]
    assert left == [timedelta(hours=hours) for hours in (8, 6, 6, 5, -1)]
    asked = clock(life(role="agent"), of("8h", NEXT_RESPONSE), as_of=6, metric="next_response")
    assert (asked.cycles, asked.remaining) == ((), None)


def test_a_promise_that_no_target_takes_is_found():
    """A date on a metric that nothing measures, or under no target, is said and not ignored."""
    log = life((1, promises("resolutoin", 5)), (2, promises("first_response", 6)))
    (misspelt, without) = evaluate(
        log, [SlaPolicy(name="g", targets=[of("2h")])], as_of=at(3)
    ).findings
    assert str(misspelt["hint"]) == "did you mean 'resolution'?"
    assert (without.code, without["metric"]) == ("promise_without_target", "first_response")
    urgent = SlaPolicy(name="g", targets=[of("2h", when=URGENT)])
    log = life((1, promises("resolution", 5)), (2, "normal"), priority="urgent")
    assert evaluate(log[:2], urgent, as_of=at(3)).findings == ()
    (cancelled,) = evaluate(log, urgent, as_of=at(3)).findings
    assert cancelled["metric"] == "resolution"
    void = [*log[:2], event(Changed, 2, 2, fields={"status": Status("spam", "void")})]
    assert evaluate(void, urgent, as_of=at(3)).findings == ()


def test_a_long_time_is_said_in_hours():
    found = clock(life(), of("48h"), as_of=24 * 7)
    assert str(found) == "running, breached, 168:00:00 of 48:00:00, due Wed 04 Mar 2026 09:00 UTC"
    assert str(found.explain()).endswith("168:00:00  in all")


def test_a_cancelled_cycle_holds_no_next_one_back():
    """What no target is for any more is due at no time that a next cycle had to wait for."""
    metric = attrs.evolve(NEXT_RESPONSE, name="calm", after_stop="again_after_due")
    log = life(
        *((1, says()), (2, says("customer")), (3, "normal"), (4, says()), (5, "urgent")),
        *((6, says("customer")),),
        priority="urgent",
    )
    found = clock(log, of("24h", metric, when=URGENT), as_of=7, metric="calm")
    assert [cycle.state for cycle in found.cycles] == ["cancelled", "running"]
    assert found.cycles[1].start == at(6)
