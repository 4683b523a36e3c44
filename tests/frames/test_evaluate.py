"""The cycles of a whole log are those of its tickets, evaluated one by one."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from attrs import evolve
from conformance.sla import book_of, cases, events_of, instant
from conformance.sla_rules import rules_of
from frames.cycle_rows import by_ticket, expected
from frames.histories import books, drawn_as_of, drawn_book, drawn_log, logs
from hypothesis import assume, given
from hypothesis import strategies as st
from sla import scene_files

from support_model import kpi
from support_model._frames import evaluate as evaluating
from support_model._frames import hours, workers
from support_model.calendars import BusinessCalendar
from support_model.errors import (
    InconsistentLog,
    InvalidValue,
    MissingCreation,
    NaiveDatetime,
    UnknownPolicy,
)
from support_model.events import Changed, Created, Message, PolicyApplied
from support_model.frames import Events, evaluate, facts, readable, readable_facts, ways
from support_model.patterns import Field, Function, fact
from support_model.sla import METRICS, RESOLUTION, PolicyBook, SlaPolicy, Target
from support_model.sla import evaluate as evaluate_one
from support_model.testing import sla_scenes
from support_model.vocabulary import Priority, Status

ENDINGS = ("merged", "deleted", "restored", "restored solved", "policy")
"""Acts after which a ticket is folded."""
VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "sla.json").read_text(encoding="utf-8")
)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALWAYS_OPEN = BusinessCalendar.always()
NEW, OPEN, PENDING = Status("new", "new"), Status("open", "open"), Status("pending", "pending")
SOLVED = Status("solved", "solved")


def rows(log, book, as_of):
    return evaluate(Events.of(log), book, as_of=as_of).to_pylist()


def wanted(log, book, as_of):
    """What the pure path answers; the log may name a policy that the book does not have."""
    try:
        return expected(log, book, as_of)
    except UnknownPolicy:
        assume(False)  # noqa: FBT003 - as Hypothesis has it
        raise


@given(st.one_of(logs(), logs(without=ENDINGS)), books, st.integers(0, 99))
def test_the_cycles_of_a_log_are_those_of_its_tickets(log, book, seed):
    as_of = drawn_as_of(seed, log)
    answer = wanted(log, book, as_of)
    assert rows(log, book, as_of) == answer


@given(sla_scenes())
def test_the_cycles_of_a_scene_are_those_of_its_ticket(scene):
    answer = wanted(scene.log, scene.book, scene.as_of)
    assert rows(scene.log, scene.book, scene.as_of) == answer


@pytest.mark.parametrize("case", [*cases(VECTORS)], ids=lambda case: case.id)
def test_a_vector_is_answered_as_by_the_fold(case):
    as_of, rules = instant(case.data["expect"]["as_of"]), rules_of(case.source, case.data)
    log = list(rules.preset.prepared(events_of(case.data)))
    book = book_of(case.data, as_of, rules)
    assert rows(log, book, as_of) == expected(log, book, as_of)
    if len(book.policies) == 1:  # then it holds without being named, and no fold is needed
        unnamed = [event for event in log if not isinstance(event, PolicyApplied)]
        assert rows(unnamed, book, as_of) == expected(unnamed, book, as_of)


def test_most_vectors_need_no_fold_once_no_policy_is_named():
    counts = Counter()
    for case in cases(VECTORS):
        as_of, rules = instant(case.data["expect"]["as_of"]), rules_of(case.source, case.data)
        book = book_of(case.data, as_of, rules)
        log = [e for e in events_of(case.data) if not isinstance(e, PolicyApplied)]
        counts.update(ways(Events.of(log), book, as_of=as_of))
    assert counts["columns"] > 0.8 * counts.total()


@pytest.mark.parametrize(
    "path", scene_files.files("clocks", "laws", "merges"), ids=lambda path: path.stem
)
def test_a_scene_file_is_answered_as_by_the_fold(path):
    document = scene_files.read(path)
    book = scene_files.policy_book(document["scene"])
    for row in document["expect"]:
        for log in scene_files.logs(document["scene"]).values():
            as_of = scene_files.instant(row["ask"])
            if log[0].at <= as_of:
                assert rows(log, book, as_of) == expected(log, book, as_of)


@given(logs(without=ENDINGS), books, st.integers(0, 99))
def test_pieces_of_a_log_of_any_size_give_the_same_cycles(log, book, seed):
    as_of = drawn_as_of(seed, log)
    answer = wanted(log, book, as_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluating, "CHUNK", 1)
        assert rows(log, book, as_of) == answer


@given(logs(without=ENDINGS), books, st.integers(0, 99))
def test_a_ticket_with_very_many_events_is_folded_and_answered_alike(log, book, seed):
    as_of = drawn_as_of(seed, log)
    answer = wanted(log, book, as_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluating, "LONGEST", 2)
        assert rows(log, book, as_of) == answer


@given(logs(without=ENDINGS), books, st.integers(0, 99))
def test_without_tables_of_calendars_the_cycles_are_the_same(log, book, seed):
    as_of = drawn_as_of(seed, log)
    answer = wanted(log, book, as_of)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hours, "WIDE", 0)
        assert rows(log, book, as_of) == answer


def test_an_instant_thousands_of_years_on_is_answered():
    log = [Created(ticket_id="T1", at=NINE, role="customer", fields={"status": NEW})]
    closed = BusinessCalendar.weekly({"mon": "09:00-10:00"}, tz="UTC")
    far = datetime(9000, 1, 1, tzinfo=UTC)
    targets = [
        Target(metric=METRICS["resolution"], within=5_000 * 366 * timedelta(1), calendar=closed),
        Target(metric=METRICS["first_response"], within=HOUR, calendar=closed),
    ]
    book = PolicyBook.of(SlaPolicy(name="slow", targets=targets))
    answer = rows(log, book, far)
    assert answer == expected(log, book, far)
    assert [row["due"] for row in answer] == [None, NINE + HOUR]


def test_a_calendar_that_never_opens_is_never_due():
    log = [Created(ticket_id="T1", at=NINE, role="customer", fields={"status": NEW})]
    never = BusinessCalendar.weekly({}, tz="UTC")
    book = PolicyBook.of(SlaPolicy(name="never", targets=[target(calendar=never)]))
    assert rows(log, book, NINE + HOUR) == expected(log, book, NINE + HOUR)


def target(metric=RESOLUTION, within=4 * HOUR, calendar=ALWAYS_OPEN, **more):
    return Target(metric=metric, within=within, calendar=calendar, **more)


def event(kind, hours_on, role="agent", ticket="T1", **more):
    return kind(ticket_id=ticket, at=NINE + hours_on * HOUR, role=role, **more)


def created(ticket="T1", status=NEW, **fields):
    given = {"status": status, **fields}
    return event(Created, 0, "customer", ticket, fields=given)


def test_no_log_has_no_cycles_but_all_columns():
    book = SlaPolicy(name="gold", targets=[target()])
    none = evaluate(Events.of([]), book, as_of=NINE)
    some = evaluate(Events.of([created()]), book, as_of=NINE)
    assert none.num_rows == 0
    assert none.schema == some.schema


def test_tickets_that_did_not_exist_yet_have_no_rows():
    log = [created("T1"), event(Created, 5, "customer", "T2", fields={"status": NEW})]
    book = SlaPolicy(name="gold", targets=[target()])
    answer = evaluate(Events.of(log), book, as_of=NINE + HOUR)
    assert answer["ticket_id"].to_pylist() == ["T1"]
    assert ways(Events.of(log), book, as_of=NINE + HOUR) == {"columns": 1}


def test_a_ticket_without_a_clock_and_a_clock_without_a_cycle_have_a_row_each():
    urgent = {"priority": Priority("urgent", 1)}
    log = [created("T1"), created("T2", **urgent)]
    wait = target(METRICS["next_response"], when=Field("priority").is_("urgent"))
    answer = rows(log, SlaPolicy(name="gold", targets=[wait]), NINE + HOUR)
    seen = [(row["ticket_id"], row["metric"], row["state"], row["number"]) for row in answer]
    assert seen == [("T1", None, None, 0), ("T2", "next_response", "not_started", 0)]


ONE_OF_EACH = {
    "columns": [created(), event(Message, 1, public=True)],
    "void, or merged, and back": [
        created(status=Status("spam", "void")),
        event(Changed, 1, fields={"status": OPEN}),
    ],
    "policy named by the log": [created(), event(PolicyApplied, 1, policy="gold", version="1")],
    "a target was lost": [
        created(priority=Priority("low", 2)),
        event(Changed, 1, fields={"priority": Priority("none", 3)}),
    ],
}


def test_each_way_is_counted_and_a_function_of_the_host_is_folded():
    wide = target(when=~Field("priority").is_("none"))
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[wide]))
    for reason, log in ONE_OF_EACH.items():
        assert ways(Events.of(log), book, as_of=NINE + 9 * HOUR) == {reason: 1}
        assert rows(log, book, NINE + 9 * HOUR) == expected(log, book, NINE + 9 * HOUR)
    asked = target(when=Function("any", bool))
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[asked]))
    log = ONE_OF_EACH["columns"]
    assert ways(Events.of(log), book, as_of=NINE) == {"a function of the host": 1}
    assert rows(log, book, NINE + 9 * HOUR) == expected(log, book, NINE + 9 * HOUR)


def test_half_of_the_drawn_tickets_need_no_fold():
    counts = Counter()
    for seed in range(60):
        log, book = drawn_log(seed, 6, without=ENDINGS), drawn_book(seed)
        counts.update(ways(Events.of(log), book, as_of=drawn_as_of(seed, log)))
    assert counts["columns"] > 0.5 * counts.total()
    assert len(counts) > 5


def test_processes_fold_the_same_cycles():
    log = [
        event(kind, hours_on, "agent", f"T{n}", **more)
        for n in range(workers.FEW + 40)
        for kind, hours_on, more in [
            (Created, n % 7, {"fields": {"status": NEW}}),
            (PolicyApplied, n % 7, {"policy": "gold", "version": "1"}),
            (Changed, n % 7 + n % 5, {"fields": {"status": SOLVED}}),
        ]
    ]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[target(within=2 * HOUR)]))
    as_of = NINE + 20 * HOUR
    answer = evaluate(Events.of(log), book, as_of=as_of, workers=2)
    assert answer.to_pylist() == expected(log, book, as_of)


@pytest.mark.parametrize("count", [0, -1, 1.5, True, None, "2"])
def test_a_number_of_processes_is_a_positive_whole_number(count):
    with pytest.raises(InvalidValue, match="no number of processes"):
        evaluate(Events.of([created()]), [], as_of=NINE, workers=count)


def test_a_book_that_cannot_go_to_a_process_is_refused_with_the_remedy():
    asked = target(when=Function("any", lambda step: step is not None))
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[asked]))
    with pytest.raises(InvalidValue, match="workers=1"):
        evaluate(Events.of([created()]), book, as_of=NINE, workers=2)


def test_what_is_no_log_is_refused():
    late = event(Message, 1, public=True)
    with pytest.raises(InconsistentLog):
        evaluate(Events.of([created("T0"), late]), [], as_of=NINE + 2 * HOUR)
    with pytest.raises(InvalidValue, match="no log, but a list"):
        evaluate([created()], [], as_of=NINE)
    with pytest.raises(NaiveDatetime):
        evaluate(Events.of([created()]), [], as_of=datetime(2026, 1, 1))
    named = [created(), event(PolicyApplied, 1, policy="lost", version="1")]
    for book in ([], [SlaPolicy(name="gold", targets=[target()])]):
        with pytest.raises(UnknownPolicy):
            evaluate(Events.of(named), book, as_of=NINE + 2 * HOUR)


def compliances(log, book, as_of):
    """The compliance of each metric and unit, over evaluations."""
    known = [each for each in by_ticket(log).values() if min(e.at for e in each) <= as_of]
    results = [evaluate_one(each, book, as_of=as_of) for each in known]
    for metric in {name for (_, name), _ in book.slots} | {"ownership"}:
        for unit in ("cycle", "ticket_last", "ticket_any"):
            yield metric, unit, kpi.sla_compliance(results, metric, unit=unit)


@given(st.one_of(logs(), logs(without=ENDINGS)), books, st.integers(0, 99))
def test_compliance_over_a_table_of_cycles_is_that_over_evaluations(log, book, seed):
    as_of = drawn_as_of(seed, log)
    wanted(log, book, as_of)
    cycles = evaluate(Events.of(log), book, as_of=as_of)
    for metric, unit, compliance in compliances(log, book, as_of):
        assert kpi.sla_compliance(cycles, metric, unit=unit) == compliance


def test_compliance_is_counted_by_a_field_of_facts():
    priorities = [Priority("urgent", 1), Priority("low", 2)]
    log = [
        row
        for n in range(12)
        for row in (
            created(f"T{n}", priority=priorities[n % 3 == 0]),
            event(Message, n, ticket=f"T{n}", public=True),
        )
    ]
    book = SlaPolicy(name="gold", targets=[target(METRICS["first_response"])])
    as_of = NINE + 24 * HOUR
    cycles = evaluate(Events.of(log), book, as_of=as_of)
    parts = kpi.by(facts(Events.of(log), as_of=as_of), "priority")
    found = {
        name.name: kpi.sla_compliance(cycles, "first_response", facts=part)
        for name, part in parts.items()
    }
    assert {name: (each.met, each.missed) for name, each in found.items()} == {
        "urgent": (3, 5),
        "low": (2, 2),
    }
    assert sum(found.values(), start=found["low"]) != kpi.sla_compliance(cycles, "first_response")
    assert found["low"] + found["urgent"] == kpi.sla_compliance(cycles, "first_response")


def test_compliance_of_a_table_that_is_none_or_lacks_a_ticket_is_refused():
    book = SlaPolicy(name="gold", targets=[target()])
    cycles = evaluate(Events.of([created()]), book, as_of=NINE)
    other = facts(Events.of([created("T9")]), as_of=NINE)
    with pytest.raises(InvalidValue, match="T9"):
        kpi.sla_compliance(cycles, "resolution", facts=other)
    with pytest.raises(InvalidValue, match="category"):
        kpi.sla_compliance(cycles.drop_columns(["category"]), "resolution")
    with pytest.raises(InvalidValue, match="facts beside"):
        kpi.sla_compliance([], "resolution", facts=other)


def test_a_metric_that_no_cycle_has_is_refused_but_for_one_of_the_library():
    book = SlaPolicy(name="gold", targets=[target(METRICS["first_response"])])
    cycles = evaluate(Events.of([created()]), book, as_of=NINE)
    with pytest.raises(InvalidValue, match="did you mean 'first_response'"):
        kpi.sla_compliance(cycles, "first_respnse")
    assert kpi.sla_compliance(cycles, "resolution").no_target == 1
    unpromised = evaluate(Events.of([created()]), [], as_of=NINE)
    assert kpi.sla_compliance(unpromised, "my_own").no_target == 1


def test_a_table_of_cycles_survives_pandas_polars_and_pieces():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    log = drawn_log(3, 6)
    book, as_of = drawn_book(3, plain=True), drawn_as_of(3, log)
    cycles = evaluate(Events.of(log), book, as_of=as_of)
    halves = [cycles.slice(0, 5), cycles.slice(5)]
    forms = [
        pandas.DataFrame(cycles.to_pandas()),
        polars.from_arrow(cycles),
        pa.concat_tables(halves),
    ]
    for metric in cycles["metric"].unique().to_pylist():
        for form in forms:
            told = kpi.sla_compliance(form, metric)
            assert told == kpi.sla_compliance(cycles, metric)


def test_a_reply_that_starts_a_clock_at_its_place_is_read_once():
    log = [
        created(),
        event(Message, 1, public=True),
        event(Message, 1, "customer", public=True),
        event(Changed, 1, fields={"status": PENDING}),
        event(Changed, 3, fields={"status": OPEN}),
        event(Message, 4, public=True),
    ]
    metrics = [METRICS[name] for name in ("next_response", "periodic_update", "resolution")]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[target(each) for each in metrics]))
    assert ways(Events.of(log), book, as_of=NINE + 9 * HOUR) == {"columns": 1}
    assert rows(log, book, NINE + 9 * HOUR) == expected(log, book, NINE + 9 * HOUR)


def test_a_start_that_has_to_last_begins_nothing_where_the_instant_stops_it():
    log = [
        created(),
        event(Changed, 1, fields={"agent": "ann"}),
        event(Changed, 1, fields={"status": SOLVED}),
        event(Changed, 2, fields={"agent": "bob", "status": OPEN}),
    ]
    work = target(METRICS["assignee_response"], calendar=ALWAYS_OPEN)
    counted = evolve(METRICS["agent_work"], reset=fact("reopened"), after_stop="count")
    again = target(counted, within=2 * HOUR)
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[work, again]))
    assert rows(log, book, NINE + 9 * HOUR) == expected(log, book, NINE + 9 * HOUR)


HIGH, LOW, NONE = Priority("high", 1), Priority("low", 2), Priority("none", 3)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")


def by_columns(log, book, as_of):
    """The rows of a log that no fold answers."""
    assert ways(Events.of(log), book, as_of=as_of) == {"columns": len(by_ticket(log))}
    return rows(log, book, as_of)


@pytest.mark.parametrize("rule", ["carry", "forward", "restart", "frozen"])
@pytest.mark.parametrize("end", [(), (event(Changed, 31, fields={"status": SOLVED}),)])
def test_a_target_that_replaces_another_by_each_rule_needs_no_fold(rule, end):
    log = [
        created(priority=LOW),
        event(Changed, 1, fields={"status": PENDING}),
        event(Changed, 3, fields={"priority": HIGH}),
        event(Changed, 5, fields={"status": OPEN}),
        event(Changed, 6, fields={"priority": NONE}),
        *end,
    ]
    warn = (0.5, timedelta(minutes=-30))
    held = [
        (HIGH, OFFICE, 6 * HOUR),
        (LOW, ALWAYS_OPEN, 30 * HOUR),
        (NONE, ALWAYS_OPEN, 48 * HOUR),
    ]
    targets = [
        target(
            within=within,
            calendar=calendar,
            when=Field("priority").is_(priority.name),
            on_change=rule,
            warn_at=warn,
        )
        for priority, calendar, within in held
    ]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=targets))
    for hours_on in (2, 3, 4, 8, 30, 200):
        known = [each for each in log if each.at <= NINE + hours_on * HOUR]
        as_of = NINE + hours_on * HOUR
        assert by_columns(known, book, as_of) == expected(known, book, as_of)


@pytest.mark.parametrize(("hours_on", "way"), [(3, "columns"), (30, "a target was overdue")])
def test_a_target_that_comes_back_needs_no_fold_unless_it_was_overdue(hours_on, way):
    log = [
        created(priority=HIGH),
        event(Changed, hours_on, fields={"priority": LOW}),
        event(Changed, hours_on + 1, fields={"priority": HIGH}),
    ]
    targets = [
        target(within=within, when=Field("priority").is_(name), warn_at=(0.5,))
        for name, within in (("high", 8 * HOUR), ("low", 90 * HOUR))
    ]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=targets))
    for more in (2, 5, 100):
        as_of = NINE + (hours_on + more) * HOUR
        assert ways(Events.of(log), book, as_of=as_of) == {way: 1}
        assert rows(log, book, as_of) == expected(log, book, as_of)


def test_what_forward_leaves_of_very_long_targets_is_exact():
    long = timedelta(days=300_000, microseconds=7)
    log = [created(priority=LOW), event(Changed, 3, fields={"priority": HIGH})]
    targets = [
        target(within=within, when=Field("priority").is_(name), on_change="forward")
        for name, within in (("high", long), ("low", long + HOUR))
    ]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=targets))
    as_of = NINE + 5 * HOUR
    assert by_columns(log, book, as_of) == expected(log, book, as_of)


def test_an_edition_that_comes_into_force_between_two_events_needs_no_fold():
    log = [
        created(),
        event(Changed, 10, fields={"priority": HIGH}),
        created("T2"),
        event(Changed, 2, ticket="T2", fields={"status": SOLVED}),
    ]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[target()]))
    for number, hours_on in ((2, 3), (3, 10), (5, 12)):
        new = SlaPolicy(name="gold", version=f"{number}", targets=[target(within=number * HOUR)])
        book = book.replaced(NINE + hours_on * HOUR, new)
    for hours_on in (2, 3, 5, 10, 11, 12, 40):
        as_of = NINE + hours_on * HOUR
        known = [each for each in log if each.at <= as_of]
        assert by_columns(known, book, as_of) == expected(known, book, as_of)


def test_a_ticket_that_ends_void_needs_no_fold():
    log = [
        created(),
        event(Changed, 1, fields={"status": PENDING}),
        event(Changed, 2, fields={"status": Status("spam", "void")}),
        event(Message, 3, "customer", public=True),
        created("T2", Status("spam", "void")),
    ]
    metrics = [METRICS[name] for name in ("first_response", "resolution", "periodic_update")]
    targets = [target(each, warn_at=(0.2,)) for each in metrics]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=targets))
    for hours_on in (1, 2, 3, 40):
        as_of = NINE + hours_on * HOUR
        known = [each for each in log if each.at <= as_of]
        assert by_columns(known, book, as_of) == expected(known, book, as_of)


def test_what_a_process_cannot_fold_is_the_error_of_the_fold():
    log = [
        row
        for n in range(workers.FEW + 1)
        for row in (
            created(f"T{n}"),
            event(PolicyApplied, 1, ticket=f"T{n}", policy="lost", version="1"),
        )
    ]
    book = PolicyBook.of(SlaPolicy(name="gold", targets=[target()]))
    with pytest.raises(UnknownPolicy, match="lost"):
        evaluate(Events.of(log), book, as_of=NINE + 2 * HOUR, workers=2)


def test_a_log_without_the_tickets_that_are_none_is_evaluated():
    late = event(Message, 1, public=True)
    sound, now = [created("T0"), created("T2")], NINE + 2 * HOUR
    log = Events.of([sound[0], late, sound[1]])
    book = SlaPolicy(name="gold", targets=[target()])
    remedy = r"Message of ticket 'T1' at 2.*; 1 of 3 tickets are no log: frames\.readable "
    with pytest.raises(MissingCreation, match=remedy):
        evaluate(log, book, as_of=now)
    left, unread = readable(log, as_of=now)
    assert [each.ticket_id for each in unread] == ["T1"]
    assert evaluate(left, book, as_of=now).equals(evaluate(Events.of(sound), book, as_of=now))
    with pytest.raises(MissingCreation, match=r"frames\.readable_facts"):
        facts(log, as_of=now)
    assert facts(left, as_of=now).equals(readable_facts(log, as_of=now)[0])
