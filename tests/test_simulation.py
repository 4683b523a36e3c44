"""Other rules on the same past, by example: who would have been late, which moments differ."""

import json
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support_model.__main__ import main
from support_model._ticket_data import event_to_data
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.errors import InvalidValue, NaiveDatetime
from support_model.escalation import EscalationRule, Plan, Step, Threshold
from support_model.events import Changed, Created, PolicyApplied
from support_model.lines import Agent
from support_model.serde import dump_desk
from support_model.simulation import Impact, backtest, impact, impact_summary
from support_model.sla import (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    Target,
    evaluate,
)
from support_model.testing._sla_strategies import policy_books, sla_scenes
from support_model.vocabulary import Priority, Status
from support_model.workflows import INCIDENT

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
ALWAYS_OPEN = BusinessCalendar.always()
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")


def at(hours):
    return START + timedelta(hours=hours)


def ticket(name, solved=None, *, created=0, rank=2):
    log = [
        Created(
            ticket_id=name,
            at=at(created),
            role="customer",
            fields={"status": Status("open", "open"), "priority": Priority(f"P{rank}", rank)},
        )
    ]
    if solved is not None:
        done = {"status": Status("solved", "solved")}
        log.append(Changed(ticket_id=name, at=at(solved), role="agent", fields=done))
    return log


def within(hours, *, metric=RESOLUTION, calendar=ALWAYS_OPEN):
    target = Target(metric=metric, within=timedelta(hours=hours), calendar=calendar)
    return SlaPolicy(name="gold", targets=[target])


LOGS = [
    ticket("T2", 3),
    ticket("T1", 3, rank=1),
    ticket("T3", 1),
    ticket("T4"),
    ticket("T5", 6),
    ticket("T6", created=50),
]


def counts(share):
    return share.numerator, share.n, dict(share.excluded)


def test_a_shorter_target_would_have_been_missed_more_often():
    (row,) = backtest(LOGS, within(4), within(2), as_of=at(8)).rows
    assert (row.segment, row.metric) == ("all", "resolution")
    assert counts(row.old) == (2, 5, {})  # T4 ran out, T5 was late
    assert counts(row.new) == (4, 5, {})
    assert row.newly_breached == ("T1", "T2")
    assert row.no_longer_breached == ()
    assert row.old.key == "resolution_breached"


def test_a_longer_target_is_undecided_where_it_still_runs():
    found = backtest(LOGS, within(2), within(10), as_of=at(8))
    (row,) = found.rows
    assert counts(row.old) == (4, 5, {})
    assert counts(row.new) == (0, 4, {"undecided": 1})
    assert found.no_longer_breached == ("T1", "T2", "T4", "T5")
    assert found.newly_breached == ()


def test_segments_and_metrics_have_rows_of_their_own():
    def rank(seen):
        return f"P{seen.priority.rank}"

    both = SlaPolicy(
        name="gold", targets=[*within(2).targets, *within(1, metric=FIRST_RESPONSE).targets]
    )
    found = backtest(LOGS, within(4), both, as_of=at(8), by=rank)
    assert [(row.segment, row.metric) for row in found.rows] == [
        *(("P1", "first_response"), ("P1", "resolution")),
        *(("P2", "first_response"), ("P2", "resolution")),
    ]
    first = found.rows[0]
    assert counts(first.old) == (0, 0, {"no_target": 1})
    assert counts(first.new) == (1, 1, {})
    assert found.newly_breached == ("T1", "T2", "T4", "T5")


def test_agreements_side_by_side_do_not_speak_for_each_other():
    teams = SlaPolicy(name="teams", targets=within(1).targets, kind="ola")
    found = backtest([ticket("T1", 3)], [within(4), teams], [within(2), teams], as_of=at(8))
    sla, ola = sorted(found.rows, key=lambda row: row.slot, reverse=True)
    assert (sla.slot, sla.newly_breached, counts(sla.new)) == ("sla", ("T1",), (1, 1, {}))
    assert (ola.slot, ola.newly_breached, counts(ola.old)) == ("ola", (), (1, 1, {}))


def test_what_is_neither_kept_nor_breached_is_left_out_by_its_reason():
    void = {"status": Status("spam", "void")}
    spam = [
        *ticket("T1"),
        Changed(ticket_id="T1", at=at(1), role="agent", fields=void),
    ]
    both = [*within(4).targets, *within(1, metric=NEXT_RESPONSE).targets]
    logs, new = [spam, ticket("T2")], SlaPolicy(name="gold", targets=both)
    found = backtest(logs, within(4), new, as_of=at(8))
    assert {row.metric: counts(row.new) for row in found.rows} == {
        "next_response": (0, 0, {"not_started": 1}),
        "resolution": (1, 1, {"cancelled": 1}),
    }


@settings(max_examples=2 * settings.default.max_examples)
@given(scenes=st.lists(sla_scenes(), min_size=1, max_size=3), other=policy_books())
def test_what_is_told_is_what_evaluating_both_ways_tells(scenes, other):
    """Tickets, moments and breaches: nothing more, nothing less, nothing twice."""
    old, as_of = scenes[0].book, max(scene.later for scene in scenes)
    logs = [
        [attrs.evolve(event, ticket_id=f"T{number}") for event in known(scene, old, other)]
        for number, scene in enumerate(scenes)
    ]
    was = [evaluate(log, old, as_of=as_of) for log in logs]
    would_be = [evaluate(log, other, as_of=as_of) for log in logs]
    differing = {
        one.ticket.id: (set(two.agenda) - set(one.agenda), set(one.agenda) - set(two.agenda))
        for one, two in zip(was, would_be, strict=True)
        if set(one.agenda) != set(two.agenda)
    }
    found = {one.ticket_id: one for one in impact(logs, old, other, as_of=as_of)}
    assert {name: (set(i.new), set(i.withdrawn)) for name, i in found.items()} == differing
    rows = backtest(logs, old, other, as_of=as_of).rows
    for row in rows:
        for share, results in ((row.old, was), (row.new, would_be)):
            clocks = [
                clock
                for result in results
                for clock in result
                if (clock.slot, clock.metric.name) == (row.slot, row.metric)
            ]
            assert share.numerator == sum(clock.was_breached for clock in clocks)
            assert share.n + sum(share.excluded.values()) == len(logs_of(row, was, would_be))
    told = {(row.slot, row.metric) for row in rows}
    assert told == {(c.slot, c.metric.name) for r in (*was, *would_be) for c in r}


def known(scene, *books):
    """The events of a scene, without those that name a policy which a book does not have."""
    held = [{(p.name, p.version) for p in book.policies} for book in books]
    for event in scene.log:
        names = getattr(event, "policy", None), getattr(event, "version", None)
        if event.type != "policy_applied" or all(names in one for one in held):
            yield event


def logs_of(row, was, would_be):
    """The tickets that have the row's clock under either rules."""
    return {
        result.ticket.id
        for result in (*was, *would_be)
        for clock in result
        if (clock.slot, clock.metric.name) == (row.slot, row.metric)
    }


def test_other_hours_are_other_rules():
    late = [ticket("T1", 24)]  # Tuesday 09:00
    (row,) = backtest(late, within(10), within(10, calendar=OFFICE), as_of=at(30)).rows
    assert row.no_longer_breached == ("T1",)


def test_impact_tells_the_moments_that_moved():
    found = [*impact(LOGS, within(4), within(2), as_of=at(2.5))]
    assert {one.ticket_id for one in found} == {"T1", "T2", "T4", "T5"}
    one = found[0]
    assert isinstance(one, Impact)
    assert one.ticket_id == "T2"
    assert [moment.at for moment in one.new] == [at(2)]
    assert [moment.at for moment in one.withdrawn] == [at(4)]


def test_equal_rules_have_no_impact():
    assert [*impact(LOGS, within(4), within(4), as_of=at(8))] == []


def test_impact_reads_one_log_at_a_time():
    def logs():
        yield ticket("T1")
        raise AssertionError

    first = next(impact(logs(), within(4), within(2), as_of=at(1)))
    assert first.ticket_id == "T1"


def desk(hours, **more):
    return Desk(policies=within(hours), workflow=INCIDENT, **more)


def test_a_desk_is_compared_with_its_plans_and_timers():
    """Two of four hours are over at 11:00: ann is told; timers are unchanged."""
    half = Step(id="half", to="user:ann", anchor=Threshold(0.5))
    plan = EscalationRule(Plan("warn", [half]), "resolution")
    ann = [Agent(id="ann")]
    found = [*impact(LOGS, desk(4, agents=ann), desk(4, agents=ann, plans=[plan]), as_of=at(4))]
    assert {one.ticket_id: [m.at for m in one.new] for one in found} == {
        name: [at(2)] for name in ("T2", "T1", "T4", "T5")
    }
    assert all(one.withdrawn == () for one in found)
    assert [*impact(LOGS, desk(4), desk(4), as_of=at(8))] == []
    assert [*impact(LOGS, desk(4), within(4), as_of=at(2))] == []


def test_a_summary_says_what_changes_and_what_of_it_lies_in_the_past():
    """As of 11:30 two hours are over for T1, T2, T4, T5: breached at 11:00 instead of at 13:00."""
    found = impact_summary(impact(LOGS, within(4), within(2), as_of=at(2.5)), as_of=at(2.5))
    assert [str(reason) for reason in found] == [
        "4 tickets differ",
        "'breach' dated before: 4 new, 0 withdrawn, 0 changed; T2, T1, T4",
        "'breach' to come: 0 new, 4 withdrawn, 0 changed; T2, T1, T4",
    ]
    book = PolicyBook.of(within(4)).replaced(at(2.5), attrs.evolve(within(2), version="2"))
    dated = impact_summary(impact(LOGS, within(4), book, as_of=at(2)), as_of=at(2))
    assert [reason.code for reason in dated] == ["impact_tickets", "impact_ahead"]


def test_a_moment_that_moves_is_changed():
    target = attrs.evolve(within(4).targets[0], name="soon")
    old, new = (
        attrs.evolve(within(4), targets=[attrs.evolve(target, within=timedelta(hours=hours))])
        for hours in (4, 2)
    )
    found = impact_summary(impact(LOGS[:1], old, new, as_of=at(1)), as_of=at(1), examples=1)
    assert (found[1].code, found[1]["changed"]) == ("impact_ahead", 1)
    assert found[1]["tickets"] == ("T2",)


def test_the_command_line_says_what_another_desk_changes(tmp_path, capsys):
    rows = [{**event_to_data(event)} for log in LOGS[:2] for event in log]
    lost = PolicyApplied(ticket_id="T9", at=at(0), role="system", policy="gold", version="0")
    rows += [event_to_data(event) for event in (*ticket("T9"), lost)]
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    for name, hours in (("old", 4), ("new", 2)):
        dump_desk(Desk(policies=within(hours)), tmp_path / f"{name}.json")
    paths = [str(tmp_path / name) for name in ("old.json", "new.json", "log.jsonl")]
    assert main(["impact", *paths, "--as-of", "2026-03-02T11:30:00+00:00"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "- T9 is under policy 'gold 0', which is gone; there is 'gold 1'",
        "- 2 tickets differ",
        "- 'breach' dated before: 2 new, 0 withdrawn, 0 changed; T2, T1",
        "- 'breach' to come: 0 new, 2 withdrawn, 0 changed; T2, T1",
    ]
    log.write_text("", "utf-8")
    assert main(["impact", *paths]) == 2
    assert "holds no ticket" in capsys.readouterr().err


@pytest.mark.parametrize("segment", [None, 1, Priority("P1", 1)])
def test_a_segment_is_text(segment):
    with pytest.raises(InvalidValue, match="a segment is text"):
        backtest(LOGS, within(4), within(2), as_of=at(8), by=lambda _: segment)


def test_an_instant_needs_a_zone():
    naive = datetime(2026, 3, 2, 9)
    with pytest.raises(NaiveDatetime):
        backtest(LOGS, within(4), within(2), as_of=naive)
    with pytest.raises(NaiveDatetime):
        next(impact(LOGS, within(4), within(2), as_of=naive))
