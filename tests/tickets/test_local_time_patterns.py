"""Patterns over local time: an instant within hours of a week, or while a calendar is open."""

import json
import pickle
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from english import english

from support_model import BusinessCalendar, evaluate
from support_model._records import write
from support_model._sla.policy_data import POLICY
from support_model.errors import InvalidPattern, SupportModelError
from support_model.events import Created
from support_model.patterns import Field, read_pattern
from support_model.reasons_ru import RUSSIAN
from support_model.sla import FIRST_RESPONSE, SlaPolicy, Target, read_policy
from support_model.tickets import replay
from support_model.vocabulary import Status

BRUSSELS = ZoneInfo("Europe/Brussels")
NEW = Status("new", "new")
WEEKEND = Field("created_at").within_hours({"sat-sun": "00:00-24:00"}, tz="Europe/Brussels")
OFFICE = BusinessCalendar.weekly(
    {"mon-fri": "09:00-17:00"}, tz="Europe/Brussels", holidays=["2026-05-01"], name="office"
)


def step(text):
    at = datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)
    log = [Created(ticket_id="T1", at=at, role="customer", fields={"status": NEW})]
    return log, at


@pytest.mark.parametrize(
    ("created", "due"),
    [
        ("2026-03-07T10:00", "Sat 14:00"),
        ("2026-03-09T14:00", "Mon 16:00"),
        ("2026-03-06T23:59", "Sat 01:59"),
        ("2026-03-07T00:00", "Sat 04:00"),
        ("2026-03-09T00:00", "Mon 02:00"),
    ],
)
def test_targets_by_the_hour_of_receipt(created, due):
    always = BusinessCalendar.always("Europe/Brussels")
    policy = SlaPolicy(
        name="g",
        targets=[
            Target(
                metric=FIRST_RESPONSE, within=timedelta(hours=4), calendar=always, when=WEEKEND
            ),
            Target(metric=FIRST_RESPONSE, within=timedelta(hours=2), calendar=always),
        ],
    )
    log, at = step(created)
    found = evaluate(log, policy, as_of=at)["first_response"].due_at
    assert english(found, "%a %H:%M") == due
    again = read_policy(json.loads(json.dumps(write(POLICY, policy, "policy"))))
    assert again == policy


class Seen:
    """A step of which only the instant matters."""

    def __init__(self, at):
        self.event = type("E", (), {"at": at})()


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        ("2026-04-30T09:00", True),
        ("2026-04-30T17:00", False),
        ("2026-05-01T10:00", False),
        ("2026-05-04T16:59:59", True),
    ],
)
def test_open_in_a_calendar(at, holds):
    pattern = Field("at").open_in(OFFICE)
    seen = Seen(datetime.fromisoformat(at).replace(tzinfo=BRUSSELS))
    assert pattern.holds(seen) is holds
    assert (~pattern).holds(seen) is not holds
    (reason,) = pattern.reasons(seen)
    assert str(reason) == f"at is {'within' if holds else 'outside'} office"
    assert "office" in reason.text(RUSSIAN)


def test_it_is_a_value_and_plain_data():
    pattern = Field("at").open_in(OFFICE)
    assert read_pattern(json.loads(json.dumps(pattern.data()))) == pattern
    assert pickle.loads(pickle.dumps(pattern)) == pattern  # noqa: S301 - made on the same line
    assert hash(pattern) == hash(Field("at").open_in(OFFICE))
    short = {"field": "created_at", "open_in": {"hours": {"sat-sun": "00:00-24:00"}, "tz": "UTC"}}
    assert read_pattern(short) == Field("created_at").within_hours(
        {"sat-sun": "00:00-24:00"}, tz="UTC"
    )
    named = {"field": "at", "open_in": "office"}
    assert read_pattern(named, calendars={"office": OFFICE}) == pattern
    with pytest.raises(InvalidPattern, match="unknown calendar"):
        read_pattern(named)


def test_a_policy_names_a_calendar_of_its_desk():
    data = {
        "name": "g",
        "when": {"field": "created_at", "open_in": "office"},
        "targets": [{"metric": "first_response", "calendar": "office", "within": "1h"}],
    }
    policy = read_policy(data, calendars={"office": OFFICE})
    assert policy.when == Field("created_at").open_in(OFFICE)


@pytest.mark.parametrize("value", ["mon", 5, None, True, {"kind": "always"}, {}])
def test_what_is_no_calendar_is_refused(value):
    with pytest.raises(SupportModelError):
        read_pattern({"field": "at", "open_in": value})
    with pytest.raises(InvalidPattern, match="open_in needs a calendar"):
        Field("at").open_in(value)


def test_only_instants_are_within_hours():
    with pytest.raises(InvalidPattern):
        Field("channel").open_in(OFFICE)
    custom = Field("custom.promised").open_in(OFFICE)
    assert not custom.holds(replay_of("2026-03-09T14:00"))


def replay_of(created):
    log, _ = step(created)
    return type("S", (), {"after": replay(log), "before": None, "event": log[0]})()
