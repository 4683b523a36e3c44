"""Business hours and SLA policies of Freshdesk become calendars and policies."""

import json
import warnings
from datetime import UTC, datetime, timedelta

import pytest
from adapters.scenario import SAMPLES

from support_model.adapters import Account, freshdesk
from support_model.errors import AdapterError, UnknownVendorValue, UnknownZone
from support_model.events import Changed, Created
from support_model.sla import evaluate
from support_model.vocabulary import Priority, Status

SAMPLE = SAMPLES / "freshdesk" / "sla_policies_business_hours_groups.json"
DAY = {"start_time": "8:00 am", "end_time": "5:00 pm"}
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def hours(number=1, **more):
    return {"id": number, "name": f"Hours {number}", "is_default": number == 1,
            "time_zone": "UTC", "working_hours": {"monday": DAY}, **more}  # fmt: skip


def policy(number=1, *, within=None, **more):
    within = {"respond_within": 3600, "resolve_within": 7200, "business_hours": True} | (
        within or {}
    )
    return {"id": number, "name": f"Policy {number}", "active": True, "position": number,
            "sla_target": {f"priority_{n}": within for n in (1, 2, 3, 4)}, **more}  # fmt: skip


def begun(**fields):
    fields = {"status": Status("Open", "open"), "priority": Priority("urgent", 1), **fields}
    return Created(
        ticket_id="7", at=MONDAY + timedelta(hours=7), role="customer", actor="5", fields=fields
    )


def due(book, *events, metric="resolution", **fields):
    result = evaluate([begun(**fields), *events], book, as_of=MONDAY + timedelta(hours=8))
    return result[metric].due_at


@pytest.mark.skipif(not SAMPLE.exists(), reason="the samples are not here")
def test_the_real_answer_of_an_account():
    payload = json.loads(SAMPLE.read_text("utf-8"))
    made = freshdesk.calendars(payload)
    (calendar,) = made.values()
    assert str(calendar.tz) == "Asia/Magadan"
    assert calendar.open_time_on(MONDAY.date()) == timedelta(hours=9)
    book = freshdesk.policies(payload, calendars=made)
    (only,) = book.policies  # the other one is not active
    urgent = {t.metric.name: t.within for t in only.targets if "urgent" in str(t.when)}
    assert urgent == {"first_response": timedelta(hours=1), "resolution": timedelta(hours=4)}
    payload["sla_policies"][0]["active"] = True
    with pytest.warns(UnknownVendorValue) as warned:
        book = freshdesk.policies(payload, calendars=made)
    assert {str(each.message.value) for each in warned} == {"response", "resolution"}
    assert [each.name for each in book.policies] == ["Test SLA", "Default SLA Policy"]
    when = "custom.product_id is 67000001416 and type is 'Incident'"
    assert str(book.policies[0].when) == when


@pytest.mark.parametrize(
    ("start", "end", "open_"),
    [
        ("8:00 am", "5:00 pm", 9 * 60),
        ("12:00 am", "11:59 pm", 24 * 60 - 1),
        ("12:30 pm", "1:15 pm", 45),
        ("09:00", "17:30", 8 * 60 + 30),
        ("8:00 AM", "12:00 P.M.", 4 * 60),
    ],
)
def test_times_of_day(start, end, open_):
    span = {"monday": {"start_time": start, "end_time": end}}
    calendar = freshdesk.calendars([hours(business_hours=span, working_hours=None)])["1"]
    assert calendar.open_time_on(MONDAY.date()) == timedelta(minutes=open_)


def test_the_default_hours_come_first_and_holidays_are_closed():
    holidays = [{"date": "2026-03-02", "name": "Day off"}]
    made = freshdesk.calendars([hours(2, list_of_holidays=holidays), hours(1)])
    assert list(made) == ["1", "2"]
    assert made["2"].open_time_on(MONDAY.date()) == timedelta(0)
    assert made["1"].open_time_on(MONDAY.date()) == timedelta(hours=9)
    with pytest.warns(UnknownVendorValue, match="Jan 01"):
        freshdesk.calendars([hours(list_of_holidays=[{"date": "Jan 01", "name": "x"}])])


def test_targets_count_in_the_hours_of_the_account_and_stop_while_others_work():
    book = freshdesk.policies([policy()], calendars=freshdesk.calendars([hours()]))
    assert due(book) == MONDAY + timedelta(hours=10)
    assert due(book, metric="first_response") == MONDAY + timedelta(hours=9)
    waits = Changed(ticket_id="7", at=MONDAY + timedelta(hours=7, minutes=30), role="agent",
                    actor="3", fields={"status": Status("Parts", "on_hold")})  # fmt: skip
    result = evaluate([begun(), waits], book, as_of=MONDAY + timedelta(hours=12))
    assert result["resolution"].state == "paused"
    plain = freshdesk.policies([policy(within={"business_hours": False})])
    assert due(plain) == MONDAY + timedelta(hours=9)


def test_a_group_with_hours_of_its_own_keeps_them():
    late = {"monday": {"start_time": "12:00 pm", "end_time": "8:00 pm"}}
    groups = [{"id": 61, "name": "Front", "business_hour_id": 2, "auto_ticket_assign": 0}]
    payload = {"sla_policies": [policy()], "groups": groups}
    made = freshdesk.calendars([hours(), hours(2, working_hours=late)])
    book = freshdesk.policies(payload, calendars=made)
    assert due(book, group="Front") == MONDAY + timedelta(hours=14)
    assert due(book, group="Back") == MONDAY + timedelta(hours=10)


def test_the_first_policy_that_fits_holds_and_the_default_is_last():
    always = {"business_hours": False}
    rules = [
        policy(1, is_default=True, applicable_to={}, within=always),
        policy(2, within={**always, "resolve_within": 60}, applicable_to={
            "group_ids": [61], "sources": [3], "ticket_types": [], "company_ids": [9]}),
        policy(3, active=False, within={**always, "resolve_within": 1}),
    ]  # fmt: skip
    book = freshdesk.policies(rules, account=Account(groups={61: "Front"}))
    fits = {"group": "Front", "channel": "phone", "organization": "9"}
    assert due(book, **fits) == MONDAY + timedelta(hours=7, minutes=1)
    assert due(book, **{**fits, "channel": "email"}) == MONDAY + timedelta(hours=9)


def test_what_cannot_be_said_is_warned_of_and_never_met():
    rule = policy(applicable_to={"contact_segments": [4]}, within={"business_hours": False})
    with pytest.warns(UnknownVendorValue, match="contact_segments"):
        book = freshdesk.policies([rule])
    assert book.matching(evaluate([begun()], book, as_of=MONDAY + timedelta(hours=8)).ticket) == ()


def test_a_target_without_a_length_is_none():
    rule = policy(within={"respond_within": None, "resolve_within": 0, "business_hours": False,
                          "next_respond_within": 60})  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (only,) = freshdesk.policies([rule]).policies
    assert {target.metric.name for target in only.targets} == {"next_response"}


@pytest.mark.parametrize(
    ("call", "payload", "text"),
    [
        (freshdesk.calendars, {"agents": []}, "GET /api/v2/business_hours"),
        (freshdesk.policies, [hours()], "GET /api/v2/sla_policies"),
        (freshdesk.policies, [policy()], "calendars=freshdesk.calendars"),
        (freshdesk.calendars, [hours(working_hours={})], "hours of no weekday"),
        (freshdesk.calendars, [hours(working_hours={"monday": {**DAY, "end_time": "late"}})],
         "[0].working_hours.monday.end_time"),
        (freshdesk.calendars, {"description": "x", "errors": [{"message": "no"}]}, "an error of"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(call, payload, text):
    with pytest.raises(AdapterError) as caught:
        call(payload)
    assert text in str(caught.value)


def test_a_zone_of_no_name_is_refused():
    with pytest.raises(UnknownZone, match="did you mean 'Magadan'"):
        freshdesk.calendars([hours(time_zone="Magadaan")])
