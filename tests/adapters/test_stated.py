"""What a system computed beside what its events tell, and why the two differ."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from adapters.toys import ITEMS, installed, saved
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from support_model import BusinessCalendar
from support_model import __main__ as command
from support_model.adapters import FIGURES, EventLog, StatedFigure, _stated, check_stated
from support_model.events import Changed, Created, Message
from support_model.vocabulary import Status

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
NEW, OPEN, HOLD = Status("new", "new"), Status("open", "open"), Status("hold", "on_hold")
PENDING, SOLVED = Status("pending", "pending"), Status("solved", "solved")
CLOSED = Status("closed", "closed")


def at(hours):
    return NINE + timedelta(hours=hours)


def story(*, basis=None):
    """Created 9:00; a bot at +1, a note at +2, a reply at +3; solved, reopened, solved, closed."""
    numbers = iter(range(1, 99))

    def of(kind, hours, role, **parts):
        return kind(ticket_id="7", at=at(hours), seq=next(numbers), role=role, **parts)

    def became(hours, status, role="agent", **fields):
        return of(Changed, hours, role, fields={"status": status, **fields})

    made = {"status": NEW, "group": "desk"}
    return (
        of(Created, 0, "customer", fields=made, basis=basis),
        of(Message, 1, "bot", public=True),
        of(Message, 2, "agent", public=False),
        of(Message, 3, "agent", public=True),
        became(3, OPEN, agent="ann"),
        became(4, HOLD, group="lab"),
        became(6, PENDING, agent="bob"),
        became(9, SOLVED),
        became(13, OPEN, role="customer", group="desk"),
        of(Message, 14, "third_party", public=True),
        of(Message, 15, "agent", public=True),
        became(16, SOLVED),
        became(40, CLOSED, role="system"),
    )


HOURS = timedelta(hours=1)
TOLD = {
    "first_reply": at(3),
    "first_assigned": at(3),
    "first_solved": at(9),
    "last_solved": at(16),
    "closed": at(40),
    "reopened_at": at(13),
    "first_reply_time": 3 * HOURS,
    "first_assigned_time": 3 * HOURS,
    "first_solved_time": 9 * HOURS,
    "last_solved_time": 16 * HOURS,
    "requester_wait": 9 * HOURS,  # new 3, open 1, hold 2, open 3
    "agent_work": 7 * HOURS,
    "on_hold": 2 * HOURS,
    "pending": 3 * HOURS,
    "reopens": 1,
    "replies": 2,
    "messages": 5,
    "group_stations": 3,
    "agent_stations": 2,
    "reassignments": 1,
    "later_reply_times": 0 * HOURS,  # no customer wrote
}


def compared(figure, events=None, calendar=None, **parts):
    log = EventLog(events=story() if events is None else events, stated={"7": (figure,)}, **parts)
    (found,) = check_stated(log, calendar)
    assert (found.ticket, found.figure, found.native) == ("7", figure.name, figure.native)
    assert found.theirs == figure.value
    return found


def stated(name, value, **parts):
    return StatedFigure(name=name, native=f"native.{name}", value=value, **parts)


def test_every_figure_has_a_value_of_ours_or_needs_a_promise():
    assert {*TOLD} | _stated.WITHIN == {*FIGURES}


@pytest.mark.parametrize("name", TOLD)
def test_what_the_events_tell_agrees(name):
    found = compared(stated(name, TOLD[name]))
    assert (found.ours, found.agrees, found.cause) == (TOLD[name], True, "")


@pytest.mark.parametrize("name", [name for name in TOLD if not isinstance(TOLD[name], int)])
def test_a_difference_within_its_rounding_agrees(name):
    near = TOLD[name] - timedelta(seconds=50)
    minute = timedelta(minutes=1)
    found = compared(stated(name, near, within=minute))
    assert (found.agrees, found.cause) == (True, "rounded")
    assert not compared(stated(name, near)).agrees


@pytest.mark.parametrize("name", TOLD)
def test_what_present_values_do_not_tell_is_none_and_no_zero(name):
    found = compared(stated(name, TOLD[name]), story(basis="snapshot"))
    if name in _stated.HISTORY:
        assert (found.ours, found.agrees) == (None, False)
        assert found.cause == "not told: this form has no history"
    else:
        assert found.agrees


@pytest.mark.parametrize("incomplete", [{"7": "cut_history"}, {"*": "more_pages"}])
def test_a_cut_history_is_the_cause_of_a_difference(incomplete):
    found = compared(stated("replies", 9), incomplete=incomplete)
    assert (found.agrees, found.cause) == (False, "the history of the ticket is cut")
    assert compared(stated("replies", 2), incomplete=incomplete).agrees


def test_a_ticket_without_its_creation_is_no_log():
    found = compared(stated("replies", 2), story()[1:])
    assert (found.ours, found.cause) == (None, "the events of the ticket are no log of it")
    found = compared(stated("replies", 2), story()[1:], incomplete={"7": "no_creation"})
    assert found.cause == "the history of the ticket is cut"
    assert not compared(stated("replies", 2), ()).agrees


def test_business_hours_are_compared_only_by_a_calendar():
    figure = stated("first_reply_time", 2 * HOURS, business=True)
    found = compared(figure)
    cause = "measured in business hours: say --hours, or give a calendar"
    assert (found.ours, found.cause, found.compared) == (None, cause, False)
    office = BusinessCalendar.weekly({"mon-fri": "10:00-18:00"}, tz="UTC")
    found = compared(figure, calendar=office)
    assert (found.ours, found.agrees) == (2 * HOURS, True)
    wait = compared(stated("requester_wait", 8 * HOURS, business=True), calendar=office)
    assert (wait.ours, wait.agrees) == (5 * HOURS, False)  # 10-12, 12-13, 13-15; not 22-1


@pytest.mark.parametrize(
    ("name", "value", "cause"),
    [
        ("first_reply", at(1), "theirs counts a reply of a bot"),
        ("first_reply", at(2), "theirs counts an internal note of an agent"),
        ("first_reply", at(0), "theirs counts what came with the creation"),
        ("first_reply", at(14), "theirs counts a reply of somebody who is not known as an agent"),
        ("first_reply", at(3.5), "not explained"),
        ("first_reply_time", 2 * HOURS, "theirs counts an internal note of an agent"),
        ("last_solved", at(40), "theirs counts the change to closed"),
        ("last_solved", None, "theirs is empty"),
        ("replies", 3, "theirs counts automatic replies"),
        ("replies", 9, "not explained"),
        ("messages", 4, "ours counts automatic replies"),
        ("group_stations", 2, "theirs counts each once, ours every stay"),
        ("within_resolution", 1, "needs what was promised"),
        ("first_reply_time", timedelta.max, "not explained"),
        ("reopens", timedelta(hours=1), "not explained"),
    ],
)
def test_the_cause_of_a_difference_is_said(name, value, cause):
    found = compared(stated(name, value))
    assert not found.agrees
    assert found.cause.startswith(cause)


def test_an_open_ticket_differs_in_what_still_runs_or_was_emptied():
    running = story()[:9]
    assert compared(stated("on_hold", HOURS), running).cause.startswith("still running")
    assert compared(stated("last_solved", None), running).cause.startswith("theirs is empty once")
    assert compared(stated("closed", None), running).agrees


def test_nothing_stated_is_nothing_to_check():
    assert check_stated(EventLog(events=story())) == ()


VALUES = st.one_of(
    st.none(), st.integers(), st.timedeltas(), st.datetimes(timezones=st.just(UTC)), st.booleans()
)


@given(st.sampled_from(FIGURES), VALUES, st.booleans(), st.integers(0, 13))
def test_whatever_is_stated_is_compared(name, value, business, kept):
    found = compared(stated(name, value, business=business), story()[:kept])
    assert found.agrees is (found.cause in {"", "rounded"})


def test_the_command_shows_both_and_counts_what_agrees(tmp_path, monkeypatch, capsys):
    toys = installed(monkeypatch)
    read = toys["toy"].read

    def with_figures(payloads, account):
        figures = {
            "1": (stated("reopens", 0), stated("first_reply_time", 2 * HOURS)),
            "2": (stated("first_reply_time", HOURS, business=True),),
        }
        return evolve(read(payloads, account), stated=figures)

    toys["toy"].read = with_figures
    path = saved(tmp_path, "a.json", ITEMS)
    assert command.main(["events", str(path), "--check"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"1 +reopens +0 +0 +agrees", out)
    told = " ".join(out.split())
    assert "2 figures of 1 ticket: 1 agree; " in told
    assert "1 figure of 1 ticket not compared, measured in business hours: say --hours" in told
    hours = ["--hours", "24/7"]
    assert command.main(["events", str(path), "--check", *hours]) == 0
    assert "3 figures of 2 tickets: " in " ".join(capsys.readouterr().out.split())
    assert command.main(["events", str(path), "--check", "--strict"]) == 0
    toys["toy"].read = read
    assert command.main(["events", str(path), "--check"]) == 0
    assert "No figure is checked" in capsys.readouterr().out
