"""Schedules and SLA policies of Zendesk become calendars and policies; what cannot is said."""

import json
import warnings
from datetime import UTC, date, datetime, timedelta

import pytest
from adapters.scenario import SAMPLES
from adapters.test_zendesk import AT, BIRTH, audit, page

from support_model import BusinessCalendar
from support_model.adapters import Account
from support_model.adapters.zendesk import calendars, policies, read
from support_model.errors import AdapterError, UnknownVendorValue, UnknownZone
from support_model.sla import METRICS, evaluate

OFFICE = {
    "id": 7,
    "name": "Office",
    "time_zone": "Berlin",
    "intervals": [
        {"start_time": 1440 * day + 540, "end_time": 1440 * day + 1020} for day in range(1, 6)
    ],
}


def test_intervals_are_minutes_since_sunday_of_the_zone():
    (office,) = calendars({"schedules": [OFFICE]}).values()
    assert office == BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
    assert office.name == "Office"
    assert office.is_open(datetime(2026, 3, 2, 8, tzinfo=UTC))
    assert not office.is_open(datetime(2026, 3, 1, 9, tzinfo=UTC)), "a Sunday"


def test_an_interval_over_midnight_is_cut_there():
    late = {**OFFICE, "intervals": [{"start_time": 5 * 1440 + 1320, "end_time": 6 * 1440 + 120}]}
    (club,) = calendars({"schedule": late}).values()
    hours = {"fri": "22:00-24:00", "sat": "00:00-02:00"}
    assert club == BusinessCalendar.weekly(hours, tz="Europe/Berlin")
    whole = {**OFFICE, "intervals": [{"start_time": 0, "end_time": 10_080}]}
    (always,) = calendars({"schedule": whole}).values()
    week = timedelta(days=7)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    assert always.elapsed(start, start + week) == week


def test_holidays_are_closed():
    listed = [{"id": 1, "name": "Inventory", "start_date": "2026-03-02", "end_date": "2026-03-03"}]
    for made in (
        calendars({"schedules": [{**OFFICE, "holidays": listed}]}),
        calendars({"schedules": [OFFICE]}, {7: {"holidays": listed}}),
    ):
        opened = [made["7"].open_time_on(date(2026, 3, day)) for day in (2, 3, 4)]
        assert opened == [timedelta(0), timedelta(0), timedelta(hours=8)]


@pytest.mark.parametrize(
    ("payload", "error", "said"),
    [
        ({"schedules": [{**OFFICE, "time_zone": "Nowhere"}]}, UnknownZone, "Nowhere"),
        ({"schedules": [{**OFFICE, "intervals": [{"start_time": 9, "end_time": 9}]}]},
         AdapterError, r"schedules\[0\].intervals\[0\]: not an interval"),
        ({"schedules": [{**OFFICE, "id": None}]}, AdapterError, r"schedules\[0\].id: missing"),
        ({"rows": []}, AdapterError, "schedules: missing"),
        ({"error": "RecordNotFound"}, AdapterError, "RecordNotFound"),
    ],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(payload, error, said):
    with pytest.raises(error, match=said):
        calendars(payload)


def metric(native, minutes=30, priority="high", **more):
    return {
        "metric": native, "priority": priority, "target": minutes, "business_hours": False, **more,
    }  # fmt: skip


def policy(*metrics, every=(), some=(), title="Gold", **more):
    return {
        "id": 1, "title": title, "position": 1, "policy_metrics": list(metrics),
        "filter": {"all": list(every), "any": list(some)}, **more,
    }  # fmt: skip


def test(field, operator, value):
    return {"field": field, "operator": operator, "value": value}


test.__test__ = False


@pytest.mark.parametrize(
    ("native", "name"),
    [
        ("first_reply_time", "first_response"),
        ("next_reply_time", "next_response"),
        ("periodic_update_time", "periodic_update"),
        ("pausable_update_time", "pausable_update"),
        ("requester_wait_time", "requester_wait"),
        ("agent_work_time", "agent_work"),
        ("total_resolution_time", "total_resolution"),
        ("group_ownership_time", "ownership"),
    ],
)
def test_metrics_are_ours(native, name):
    (target,) = policies({"sla_policies": [policy(metric(native))]}).policies[0].targets
    assert target.metric.name == name
    assert (target.metric == METRICS.get(name)) is (
        name not in {"periodic_update", "pausable_update"}
    )
    assert str(target.when) == "priority is 'high'"
    assert target.within == timedelta(minutes=30)


def test_seconds_are_finer_than_minutes_and_null_is_no_target():
    rows = [
        metric("first_reply_time", 1, target_in_seconds=90),
        metric("next_reply_time", None, target_in_seconds=None),
    ]
    (target,) = policies({"sla_policies": [policy(*rows)]}).policies[0].targets
    assert target.within == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (test("priority", "is", "high"), "priority is 'high'"),
        (test("ticket_type_id", "is_not", "2"), "not type is 'incident'"),
        (test("group_id", "is", 31), "group is 'Front desk'"),
        (test("group_id", "is", ""), "not group given"),
        (test("assignee_id", "present", None), "agent given"),
        (test("organization_id", "is", [8, 9]), "organization in '8', '9'"),
        (test("current_tags", "includes", "vip gold"), "tags contains 'vip', 'gold'"),
        (test("current_tags", "not_includes", "spam"), "not tags contains 'spam'"),
        (test("current_via_id", "is", 4), "channel is 'email'"),
        (test("via_id", "is", "29"), "channel is 'chat'"),
        (test("brand_id", "is", 3), "custom.brand_id is '3'"),
        (test("ticket_fields_360", "is", "silver"), "custom.360 is 'silver'"),
    ],
)
def test_conditions_become_patterns(condition, said):
    account = Account(groups={31: "Front desk"})
    read_ = policies({"sla_policies": [policy(every=[condition])]}, account=account)
    assert str(read_.policies[0].when) == said


def test_what_cannot_be_said_is_warned_of_and_never_met():
    odd = policy(
        metric("first_reply_time"), metric("rocket_time"), metric("agent_work_time", 0),
        every=[test("satisfaction", "greater_than", "3")], metric_settings={"x": 1},
    )  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        book = policies({"sla_policies": [odd]})
    assert [str(each.message).split(" met 1")[0] for each in caught] == [
        "zendesk: unknown metric settings of policy 'Gold' 'own ones',",
        "zendesk: unknown metric of policy 'Gold' 'rocket_time',",
        "zendesk: unknown length of a target of policy 'Gold' '0',",
        "zendesk: unknown condition of policy 'Gold' 'satisfaction greater_than',",
    ]
    (gold,) = book.policies
    assert len(gold.targets) == 1
    assert gold.when.never()
    part = [test("satisfaction", "greater_than", "3"), test("priority", "is", "low")]
    with pytest.warns(UnknownVendorValue, match="never met"):
        some = policies({"sla_policies": [policy(some=part)]}).policies[0]
    assert str(some.when) == "priority is 'low'"


def test_policies_are_in_their_order_and_of_one_name_each():
    pages = [
        {"sla_policies": [policy(position=2), policy(position=1, id=2)]},
        {"group_sla_policies": [policy(title="Tier 1", position=3)]},
    ]
    book = policies(pages)
    assert [(each.name, each.kind) for each in book.policies] == [
        ("Gold", "sla"), ("Gold 1", "sla"), ("Tier 1", "ola"),
    ]  # fmt: skip


def test_business_hours_are_those_of_the_schedule():
    rows = {"sla_policies": [policy(metric("first_reply_time", business_hours=True))]}
    with pytest.raises(AdapterError, match=r"policy_metrics\[0\].*calendars=zendesk.calendars"):
        policies(rows)
    hours = calendars({"schedules": [OFFICE]})
    target = policies(rows, calendars=hours).policies[0].targets[0]
    assert target.calendar == hours["7"]
    both = calendars({"schedules": [OFFICE, {**OFFICE, "id": 8, "name": "Night"}]})
    with pytest.warns(UnknownVendorValue, match="taken as schedule 7"):
        policies(rows, calendars=both)


def test_a_ticket_is_measured_by_the_policies_of_its_account():
    begun = audit(BIRTH, {"type": "Create", "field_name": "priority", "value": "high"})
    hours = calendars({"schedules": [OFFICE]})
    rows = {"sla_policies": [policy(metric("requester_wait_time", 60, business_hours=True))]}
    book = policies(rows, calendars=hours)
    result = evaluate(
        read(page(begun)).events, book, as_of=datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    )
    clock = result["requester_wait"]
    assert (clock.state, clock.due_at) == ("running", datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert AT.startswith("2026-03-02T09:00")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the recorded payloads are not here")
def test_recorded_rules_are_read():
    path = SAMPLES / "zendesk" / "stream_examples.json"
    recorded = json.loads(path.read_text("utf-8"))
    (office,) = calendars({"schedules": [recorded["schedules"]]}).values()
    assert office.tz.key == "America/New_York"
    book = policies({"sla_policies": [recorded["sla_policies"]]})
    assert str(book.policies[0].when) == "type is 'incident'"
    assert len(book.policies[0].targets) == 6
