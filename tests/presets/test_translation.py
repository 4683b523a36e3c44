"""What a policy loses and keeps between products, and one ticket under all of them."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.__main__ import main
from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import InvalidTarget
from support_model.events import Changed, Created, Message, PolicyApplied, Promised
from support_model.presets import PRESETS, compare, load_preset, translate
from support_model.presets._loading import STANDARD
from support_model.presets._translation import PARTS
from support_model.serde import write_events
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target, evaluate
from support_model.testing import histories
from support_model.testing._sla_strategies import sla_logs
from support_model.tickets import replay
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
LATE = BusinessCalendar.weekly({"mon-fri": "12:00-20:00"}, tz="UTC")
ALWAYS = BusinessCalendar.always("UTC")

presets = st.sampled_from(PRESETS).map(load_preset)
lengths = st.integers(1, 40).map(lambda hours: hours * HOUR) | st.builds(
    WorkingDays, st.integers(1, 5)
)


@st.composite
def written(draw, preset):
    """A policy in the rules of a preset."""
    metrics = st.sampled_from([*preset.metrics.values()])
    kind = draw(st.sampled_from(("sla", "sla", "ola")))
    targets = st.builds(
        Target,
        metric=metrics,
        within=lengths,
        calendar=st.sampled_from((OFFICE, LATE, ALWAYS)),
        on_change=st.sampled_from((preset.on_change, "forward")),
    )
    held = draw(st.lists(targets, max_size=5))
    return SlaPolicy(name="gold", kind=kind, targets=held)


@given(data=st.data(), preset=presets)
def test_a_translation_accounts_for_every_target(data, preset):
    other = data.draw(presets)
    policy = data.draw(written(preset))
    found = translate(policy, preset, other)
    lost = {dict(reason.params)["number"] for reason in found.lost}
    assert len(found.policy.targets) + len(lost) == len(policy.targets)
    kept = [t for number, t in enumerate(policy.targets, 1) if number not in lost]
    for target, now in zip(kept, found.policy.targets, strict=True):
        assert now.metric == other.metrics[target.metric.name]
        same = ("within", "calendar", "when", "warn_at")
        assert all(getattr(now, part) == getattr(target, part) for part in same)
        differing = {p for p in PARTS if getattr(now.metric, p) != getattr(target.metric, p)}
        told = {
            dict(reason.params)["part"]
            for reason in found.changed
            if reason.code == "metric_differs"
            and dict(reason.params)["metric"] == target.metric.name
        }
        assert told == differing
    assert attrs.evolve(found.policy, targets=policy.targets) == policy


@given(data=st.data(), preset=presets)
def test_what_a_preset_can_say_stays_as_it_is_within_it(data, preset):
    policy = data.draw(written(preset))
    there = translate(policy, preset, preset)
    again = translate(there.policy, preset, preset)
    assert again.policy == there.policy
    assert (again.changed, again.lost, there.changed) == ((), (), ())


def test_a_loss_says_why():
    targets = [
        Target(metric=METRICS["resolution"], within=WorkingDays(2), calendar=OFFICE),
        Target(metric=METRICS["first_response"], within=HOUR, calendar=OFFICE),
        Target(metric=METRICS["resolution"], within=HOUR, calendar=LATE),
        Target(metric=METRICS["resolution"], within=HOUR, calendar=ALWAYS),
        Target(metric=METRICS["periodic_update"], within=HOUR, calendar=OFFICE),
    ]
    policy = SlaPolicy(name="gold", targets=targets)
    found = translate(policy, STANDARD, load_preset("frappe"))
    days, calendar, update = map(str, found.lost)
    assert (
        days == "target 1 for resolution is lost: Frappe Helpdesk takes no targets in working days"
    )
    assert calendar.startswith("target 3 for resolution is lost: Frappe Helpdesk has one calendar")
    assert update.startswith("target 5 for periodic update is lost: Frappe Helpdesk does not")
    inner = attrs.evolve(policy, kind="ola")
    nothing = translate(inner, STANDARD, load_preset("otrs"))
    assert nothing.policy.targets == ()
    assert "runs no policies of kind 'ola'" in str(nothing.lost[0])
    assert nothing.changed == ()


def test_a_change_on_a_target_of_its_own_stays():
    own = Target(metric=METRICS["resolution"], within=HOUR, calendar=OFFICE, on_change="forward")
    usual = attrs.evolve(own, on_change="carry")
    policy = SlaPolicy(name="gold", targets=[own, usual])
    found = translate(policy, STANDARD, load_preset("servicenow"))
    assert [target.on_change for target in found.policy.targets] == ["forward", "restart"]


def test_a_metric_of_another_rule_book_is_refused():
    target = Target(metric=METRICS["resolution"], within=HOUR, calendar=OFFICE)
    policy = SlaPolicy(name="gold", targets=[target])
    with pytest.raises(InvalidTarget, match="none of 'otrs'"):
        translate(policy, load_preset("otrs"), load_preset("glpi"))


BOOK = PolicyBook(
    [
        SlaPolicy(
            name="gold",
            targets=[
                Target(metric=metric, within=4 * HOUR, calendar=OFFICE)
                for metric in METRICS.values()
            ],
        )
    ]
)


@given(log=sla_logs(BOOK, start=st.just(NINE)), later=st.integers(0, 60))
def test_under_its_own_rules_a_ticket_is_what_it_is(log, later):
    as_of = max(event.at for event in log) + later * HOUR
    result = evaluate(log, BOOK, as_of=as_of)
    for answer in compare(log, BOOK, [STANDARD], as_of=as_of):
        assert answer.metric in result or answer.state == "no_target"
        if answer.metric in result:
            clock = result[answer.metric]
            assert (answer.state, answer.due_at) == (clock.state, clock.due_at)
            assert (answer.elapsed, answer.breached) == (clock.elapsed, clock.was_breached)


@given(log=sla_logs(BOOK, start=st.just(NINE)))
def test_every_product_answers_for_every_metric(log):
    as_of = max(event.at for event in log) + HOUR
    products = [load_preset(name) for name in PRESETS]
    answers = compare(log, BOOK, products, as_of=as_of)
    assert {(a.preset, a.metric) for a in answers} == {
        (name, metric) for name in PRESETS for metric in METRICS
    }
    for answer in answers:
        measured = answer.metric in load_preset(answer.preset).metrics
        assert measured == (answer.state != "not_measured")
        assert measured or answer.reasons


@given(data=st.data(), preset=presets)
def test_a_ticket_of_the_product_s_own_workflow_is_measured_by_its_rules(data, preset):
    log = data.draw(histories(preset.workflow))
    assert preset.workflow.check(log) == ()
    as_of = max(event.at for event in log) + HOUR
    answers = compare(log, BOOK, [preset], as_of=as_of)
    resolution = next(answer for answer in answers if answer.metric == "resolution")
    # what a ticket is between two events of one instant it never was
    ends = {event.at: replay(log[:count]) for count, event in enumerate(log, 1)}
    lived = any(ticket.status.category != "void" for ticket in ends.values())
    held = {"running", "paused", "met", "missed", "cancelled", "not_started"}
    assert resolution.state in (held if lived else {"no_target"})


@pytest.mark.parametrize(("gap", "state"), [(0 * HOUR, "no_target"), (HOUR / 60, "cancelled")])
@pytest.mark.parametrize("name", PRESETS)
def test_a_ticket_void_in_the_instant_of_its_creation_had_no_target(name, gap, state):
    common = {"ticket_id": "T1", "role": "agent"}
    log = [
        Created(at=NINE, fields={"status": Status("open", "new")}, **common),
        Changed(at=NINE + gap, fields={"status": Status("cancelled", "void")}, **common),
    ]
    answers = compare(log, BOOK, [load_preset(name)], as_of=NINE + HOUR)
    assert [answer.state for answer in answers if answer.metric == "resolution"] == [state]


@pytest.mark.parametrize("name", PRESETS)
def test_a_date_set_by_hand_wins(name):
    promised = Promised(
        ticket_id="T1", at=NINE + HOUR / 2, role="agent", metric="resolution", due=NINE + 30 * HOUR
    )
    log = [ticket()[0], promised]
    answers = compare(log, BOOK, [load_preset(name)], as_of=NINE + HOUR)
    dues = [answer.due_at for answer in answers if answer.metric == "resolution"]
    assert dues == [NINE + 30 * HOUR]


def ticket():
    common = {"ticket_id": "T1", "role": "agent"}
    opened = {"status": Status("open", "open")}
    return [
        Created(ticket_id="T1", at=NINE, role="customer", fields=opened),
        Message(**common, at=NINE + HOUR / 2, public=True),
        Changed(**common, at=NINE + HOUR, fields={"status": Status("waiting", "pending")}),
    ]


def run(capsys, *arguments):
    code = main([*map(str, arguments)])
    return code, *capsys.readouterr()


def test_the_command_compares(tmp_path, capsys):
    path = tmp_path / "ticket.jsonl"
    write_events(ticket(), path)
    asked = ["compare", path, "--presets", "zammad,otrs", "--target", "resolution=4h"]
    code, out, err = run(capsys, *asked, "--as-of", "2026-03-02T12:00:00+00:00", "--why")
    assert (code, err) == (0, "")
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert rows[0] == "Ticket T1 as of 2026-03-02 12:00 UTC"
    assert "resolution zammad paused 1h" in rows
    assert "resolution otrs running Mon 02 Mar 13:00:00 3h" in rows
    assert any(row.startswith("- otrs: resolution: pause is never") for row in rows)


def test_a_policy_that_the_log_names_is_no_matter_where_others_are_promised(tmp_path, capsys):
    path = tmp_path / "ticket.jsonl"
    named = PolicyApplied(ticket_id="T1", at=NINE, role="system", policy="gone", version="7")
    write_events([*ticket(), named], path)
    assert run(capsys, "compare", path, "--presets", "glpi")[0] == 0


def test_the_command_compares_under_a_desk_it_has_begun(tmp_path, capsys):
    path, desk = tmp_path / "ticket.jsonl", tmp_path / "desk.toml"
    write_events(ticket(), path)
    assert run(capsys, "init", "--to", desk)[0] == 0
    code, out, _ = run(capsys, "compare", path, "--policy", desk, "--tz", "Europe/Berlin")
    assert code == 0
    assert sum(line.startswith("first response") for line in out.splitlines()) == len(PRESETS)
    assert "as of 2026-03-02 11:00 Europe/Berlin" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--presets", "zendisk"], "did you mean 'zendesk'"),
        (["--target", "resolutoin=4h"], "did you mean 'resolution'"),
        (["--target", "resolution=soon"], "not a duration"),
        (["--as-of", "noon"], "no instant with an offset: 'noon'"),
        (["--ticket", "T9"], "no such ticket in the file: 'T9'"),
        ([], "the file holds 2 tickets"),
    ],
)
def test_a_comparison_that_cannot_be_is_one_line(arguments, message, tmp_path, capsys):
    path = tmp_path / "ticket.jsonl"
    other = [attrs.evolve(event, ticket_id="T2") for event in ticket()]
    write_events([*ticket(), *other], path)
    which = [] if not arguments or "--ticket" in arguments else ["--ticket", "T1"]
    code, out, err = run(capsys, "compare", path, *arguments, *which)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert message in err


def test_a_desk_is_never_overwritten(tmp_path, capsys):
    desk = tmp_path / "desk.toml"
    desk.write_text("mine", "utf-8")
    code, _, err = run(capsys, "init", "itil", "--to", desk)
    assert code == 2
    assert "is there already" in err
    assert desk.read_text("utf-8") == "mine"
    code, _, err = run(capsys, "init", "itl", "--to", tmp_path / "other.toml")
    assert code == 2
    assert "did you mean 'itil'" in err
    code, _, err = run(capsys, "init", "--to", tmp_path / "nowhere" / "desk.toml")
    assert code == 2
    assert "cannot be written" in err
