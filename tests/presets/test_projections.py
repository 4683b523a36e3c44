"""The law of projections: whatever is prepared or shown, what the engine stores never changes."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.events import Changed, Created, Message, ordered
from support_model.instants import micros
from support_model.presets._projections import (
    BEFORE,
    PROJECTIONS,
    Display,
    due_frozen_while_paused,
    floored_status_edges,
    project,
)
from support_model.sla import RESOLUTION, SlaPolicy, SlaState, Target, evaluate
from support_model.testing._sla_strategies import sla_scenes
from support_model.tickets import replay
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFFICE = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
DUE_ONLY = {"due_frozen_while_paused", "due_only_while_running", "due_unless_paused"} | {
    "due_unless_stopped"
}
UNEVEN = timedelta(seconds=17)


def fed(scene):
    state = SlaState.of(scene.book)
    for event in scene.log:
        if event.micros <= micros(scene.as_of):
            state = state.feed(event)
    return state


def display(clock, name):
    return project(clock, PROJECTIONS[name])


@given(scene=sla_scenes())
def test_what_is_shown_changes_nothing_that_is_stored(scene):
    state = fed(scene)
    stored, result = state.to_data(), state.evaluate(scene.as_of)
    facts = [(str(clock), clock.elapsed, clock.state, clock.was_breached) for clock in result]
    for clock, name in product(result.clocks, PROJECTIONS):
        found, plain = display(clock, name), project(clock)
        assert found == display(clock, name)
        assert plain == Display(clock.due_at, clock.was_breached, clock.breach_at)
        if name in DUE_ONLY:
            assert (found.breached, found.breach_at) == (plain.breached, plain.breach_at)
        if name == "breached_at_its_due":
            assert found.due_at == plain.due_at
            assert found.breached >= plain.breached
        if name == "open_only_breach":
            assert found.due_at == plain.due_at
            assert found.breached <= plain.breached
    assert state.to_data() == stored
    assert state.evaluate(scene.as_of) == result
    assert [(str(c), c.elapsed, c.state, c.was_breached) for c in result] == facts


@pytest.mark.parametrize("name", sorted(BEFORE))
@given(scene=sla_scenes(grain=UNEVEN))
def test_what_is_prepared_changes_no_event_and_no_fact(name, scene):
    log = ordered(scene.log)
    kept = tuple(log)
    prepared = ordered(BEFORE[name](log))
    assert tuple(log) == kept
    assert ordered(BEFORE[name](prepared)) == prepared
    by_seq = {event.seq: event for event in log}
    assert {event.seq for event in prepared} == set(by_seq)
    for event in prepared:
        was = by_seq[event.seq]
        assert timedelta() <= was.at - event.at < MINUTE
        assert event.at == was.at or "status" in dict(event.fields)
    assert dict(replay(prepared).fields) == dict(replay(log).fields)


@given(minutes=st.integers(0, 5), seconds=st.integers(0, 59))
def test_a_floored_wait_begins_at_its_minute(minutes, seconds):
    at = NINE + timedelta(minutes=minutes, seconds=seconds)
    log = floored_status_edges([created(), changed(at, "pending")], MINUTE)
    assert log[1].at == NINE + timedelta(minutes=minutes)


def test_no_edge_is_moved_before_an_earlier_change():
    half, more = NINE + timedelta(seconds=20), NINE + timedelta(seconds=50)
    log = [created(), changed(half, "solved"), changed(more, "pending")]
    log = floored_status_edges(log, MINUTE)
    assert [event.at for event in log] == [NINE, half, half]


def test_a_grain_is_positive():
    with pytest.raises(InvalidValue, match="must be positive"):
        floored_status_edges([created()], timedelta())


def created(at=NINE):
    return Created(ticket_id="T1", at=at, role="customer", fields={"status": Status("o", "open")})


def changed(at, category):
    return Changed(
        ticket_id="T1", at=at, role="agent", fields={"status": Status(category, category)}
    )


def clock_of(*events, as_of, hours=8):
    target = Target(metric=RESOLUTION, within=timedelta(hours=hours), calendar=OFFICE)
    policy = SlaPolicy(name="gold", targets=[target])
    return evaluate(events, policy, as_of=as_of)["resolution"]


def test_each_projection_shows_what_it_says():
    hour = timedelta(hours=1)
    paused = clock_of(created(), changed(NINE + hour, "pending"), as_of=NINE + 3 * hour)
    assert project(paused).due_at == NINE + timedelta(days=1, hours=2)
    assert display(paused, "due_frozen_while_paused").due_at == NINE + 8 * hour
    assert display(paused, "due_unless_paused").due_at is None
    assert display(paused, "due_only_while_running").due_at is None
    met = clock_of(created(), changed(NINE + hour, "solved"), as_of=NINE + 3 * hour)
    assert display(met, "due_unless_paused").due_at == NINE + 8 * hour
    assert display(met, "due_unless_stopped").due_at is None
    assert display(met, "due_only_while_running").due_at is None
    at_due = clock_of(created(), changed(NINE + hour, "solved"), as_of=NINE + 2 * hour, hours=1)
    assert not project(at_due).breached
    assert display(at_due, "breached_at_its_due").breach_at == NINE + hour
    running = clock_of(created(), as_of=NINE + hour)
    assert display(running, "due_only_while_running").due_at == NINE + 8 * hour
    assert display(running, "landing_at_next_opening").due_at == NINE + timedelta(days=1)
    late = clock_of(created(), changed(NINE + 8 * hour, "solved"), as_of=NINE + 9 * hour, hours=1)
    assert project(late).breached
    assert not display(late, "open_only_breach").breached
    still_open = clock_of(created(), as_of=NINE + 9 * hour, hours=1)
    assert display(still_open, "open_only_breach").breached


def test_a_hold_outside_the_hours_moves_the_due_by_its_wall_time():
    evening, morning = NINE + timedelta(hours=11), NINE + timedelta(days=1)
    log = (created(), changed(evening, "pending"), changed(morning - timedelta(hours=1), "open"))
    clock = clock_of(*log, as_of=morning, hours=10)
    assert project(clock).due_at == morning + timedelta(hours=2)
    assert display(clock, "hold_added_as_wall_time").due_at == morning + timedelta(hours=14)


@given(scene=sla_scenes())
def test_without_a_pause_wall_time_adds_nothing(scene):
    for clock in evaluate(scene.log, scene.book, as_of=scene.as_of):
        if clock.last is not None and not clock.last.pauses:
            assert display(clock, "hold_added_as_wall_time").due_at == clock.due_at


def test_an_overrun_clock_has_no_other_due_while_paused():
    log = (created(), changed(NINE + timedelta(hours=5), "pending"))
    clock = clock_of(*log, as_of=NINE + timedelta(hours=6), hours=2)
    found = Display(clock.due_at, breached=True, breach_at=clock.due_at)
    assert due_frozen_while_paused(clock, found) == found


def test_a_message_is_never_moved():
    spoken = Message(ticket_id="T1", at=NINE + UNEVEN, role="agent", public=True)
    assert floored_status_edges([created(), spoken], MINUTE)[1] == spoken


@pytest.mark.parametrize("name", sorted(PROJECTIONS))
def test_where_nothing_is_ever_due_nothing_is_shown(name):
    never = BusinessCalendar.weekly({}, tz="UTC")
    target = Target(metric=RESOLUTION, within=timedelta(hours=1), calendar=never)
    log = [created(), changed(NINE + timedelta(hours=1), "pending")]
    policy = SlaPolicy(name="gold", targets=[target])
    clock = evaluate(log, policy, as_of=NINE + timedelta(hours=2))["resolution"]
    assert display(clock, name) == Display(None, breached=False, breach_at=None)
